//! The client against real sockets that answer with given bytes.

#![allow(clippy::unwrap_used)]

mod answers;
mod reach;
mod requests;
mod served;
mod settings;
