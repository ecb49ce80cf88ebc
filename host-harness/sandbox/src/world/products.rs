//! What can happen to a product.

use super::{Product, World, next_id};
use crate::refusal::Refusal;
use crate::view;
use crate::webhook::Change;

impl World {
    /// The product of this id.
    pub fn product(&self, id: u64) -> Result<&Product, Refusal> {
        self.products.get(&id).ok_or_else(|| Refusal::NotFound(format!("product {id}")))
    }

    /// Changes a product, and its instants, thresholds and webhook with it.
    pub fn change_product(
        &mut self,
        id: u64,
        change: impl FnOnce(&mut Product) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let mut product = self.product(id)?.clone();
        let available = product.available();
        change(&mut product)?;
        if product.available() != available {
            product.apply_thresholds();
        }
        product.modified = self.stamp();
        product.last_edit = product.modified;
        self.products.insert(id, product);
        self.announce_product(id, Change::Edit);
        Ok(())
    }

    /// Adds a product under a new id, which is returned; instants are set here.
    pub fn add_product(&mut self, mut product: Product) -> u64 {
        let id = next_id(&self.products, 501_001);
        product.id = id;
        product.created_on = self.stamp();
        product.modified = product.created_on;
        product.last_edit = product.created_on;
        self.products.insert(id, product);
        self.announce_product(id, Change::Create);
        id
    }

    /// Archives a product, which is all that deleting does in LeafLink.
    pub fn archive_product(&mut self, id: u64) -> Result<(), Refusal> {
        self.change_product(id, |product| {
            "Archived".clone_into(&mut product.listing_state);
            Ok(())
        })
    }

    /// Archives a product and makes it again under another id, with the same name and code and
    /// nothing reserved; the new id.
    pub fn recreate_product(&mut self, id: u64) -> Result<u64, Refusal> {
        let mut product = self.product(id)?.clone();
        self.archive_product(id)?;
        product.reserved = rust_decimal::Decimal::ZERO;
        product.external_ids.clear();
        Ok(self.add_product(product))
    }

    /// Takes a row out of a list that products refer to. Products that refer to it stay as they are.
    pub fn remove_choice(&mut self, list: &str, id: u64) -> Result<(), Refusal> {
        let rows = self.reference.list_mut(list);
        let rows = rows.ok_or_else(|| Refusal::Invalid(format!("`{list}` is no list of choices")))?;
        let before = rows.len();
        rows.retain(|row| row["id"] != id);
        if rows.len() == before {
            return Err(Refusal::NotFound(format!("{id} of {list}")));
        }
        Ok(())
    }

    /// Queues the webhook of a product.
    pub(super) fn announce_product(&mut self, id: u64, change: Change) {
        if let Some(product) = self.products.get(&id) {
            let data = view::product(self, product);
            self.queue_webhook("product", change, &data);
        }
    }
}
