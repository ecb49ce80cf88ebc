//! The seller's customer records.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::World;
use crate::refusal::Refusal;
use crate::seed::AddressSeed;
use crate::time::Instant;

/// One customer record: the fields that rules look at, and the rest as it was written.
#[derive(Clone, Debug)]
pub(crate) struct Customer {
    pub id: u64,
    pub created_on: Instant,
    pub modified: Instant,
    pub name: String,
    pub nickname: Option<String>,
    pub license_number: Option<String>,
    pub partner: Option<u64>,
    pub address: AddressSeed,
    pub external_ids: BTreeMap<String, String>,
    /// Everything else, by name, as bodies write it.
    pub other: Map<String, Value>,
}

impl World {
    /// The record of this id.
    pub fn customer(&self, id: u64) -> Result<&Customer, Refusal> {
        self.customers.get(&id).ok_or_else(|| Refusal::NotFound(format!("customer {id}")))
    }

    /// Changes a record, and its `modified` with it.
    pub fn change_customer(
        &mut self,
        id: u64,
        change: impl FnOnce(&mut Customer) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let mut record = self.customer(id)?.clone();
        change(&mut record)?;
        record.modified = self.stamp();
        self.customers.insert(id, record);
        Ok(())
    }
}
