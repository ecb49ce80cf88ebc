//! What the tests of the whole share.
//!
//! - [`component`] finds and loads the built component: nothing here tests a stand-in for it.
//! - [`mod@bench`] runs it on the reference ERP with a LeafLink whose every answer a test writes.
//! - [`openapi`] judges requests and answers by LeafLink's published description.
//! - [`stories`] makes a test of each scenario.

pub mod bench;
pub mod component;
pub mod openapi;
pub mod stories;
