//! What the tests of leaflink-sync share.

pub mod openapi;
