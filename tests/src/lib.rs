//! What the tests of the whole share.
//!
//! - [`component`] finds and loads the built component: nothing here tests a stand-in for it.
//! - [`openapi`] judges requests and answers by LeafLink's published description.

pub mod component;
pub mod openapi;
