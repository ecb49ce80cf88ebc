//! The leaflink-sync component: keeps an ERP and the LeafLink marketplace in step.
//!
//! Three layers, each knowing only the ones below it:
//! - [`rules`]: what to do and why. Pure functions from what was read to a decision; they know no
//!   JSON, no storage, no WebAssembly.
//! - [`leaflink`]: LeafLink's JSON as it is on the wire, and its translation into the rules' words.
//! - `handlers` and `host`: the exported functions. They read, ask the rules, and carry out.

#[allow(missing_docs, unsafe_code, clippy::all, unused_qualifications)]
mod bindings {
    wit_bindgen::generate!({
        path: "../wit",
        generate_all,
        world: "connector",
        pub_export_macro: true,
        additional_derives: [PartialEq],
    });
}

mod handlers;
mod host;
mod json;
pub mod leaflink;
pub mod rules;
