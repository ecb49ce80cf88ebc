//! LeafLink's side of a product, read when it is first asked for, and once.

use std::cell::OnceCell;

use crate::host::answer::Failure;
use crate::host::leaflink::{Found, product_body};
use crate::rules::ids::LeafLinkProductId;

/// A LeafLink product, read or not.
pub struct Side {
    /// Its id.
    pub id: LeafLinkProductId,
    found: OnceCell<Found>,
}

impl Side {
    /// The product of an id, not read yet.
    pub fn of(id: LeafLinkProductId) -> Self {
        Self { id, found: OnceCell::new() }
    }

    /// What LeafLink has.
    pub fn found(&self) -> Result<&Found, Failure> {
        match self.found.get() {
            Some(found) => Ok(found),
            None => {
                let found = product_body(self.id)?;
                Ok(self.found.get_or_init(|| found))
            }
        }
    }
}
