//! "Sync payments recorded in the ERP to LeafLink": which entries LeafLink gets, and how each gets
//! there once.
//!
//! LeafLink's payments can be made and read, and neither changed nor removed. So a payment is one
//! entry, taking it back is a second one of the negative amount, and [`once`](super::once) sees to it that
//! no entry is made twice. [`decide`] says which entry is due.

mod decide;

pub use decide::{Action, Circumstances, Entry, Method, Payment, Pending, Plan, Side, decide, owes_negative};
