//! The kit against components that behave and components that do not.
//!
//! The components are built here, from the contract itself and a few lines of WebAssembly text
//! for the function that a test is about; every other function of them ends in a trap.

mod calls;
mod component;
mod double;
mod limits;
mod loading;
mod recording;
mod swap;
