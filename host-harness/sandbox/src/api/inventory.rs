//! `/inventory/items/`: stock by facility, for companies on the newer inventory.
//!
//! How a product's `quantity` and its items hang together is not documented. Here a product has so
//! many more units as its items that are not archived have more.

use rust_decimal::Decimal;

use super::filter::{Filter, Test};
use super::form::Form;
use super::{Answer, Call, Failure, read_id};
use crate::http::{Method, Response};
use crate::refusal::Refusal;
use crate::view;
use crate::world::InventoryItem;

const FILTERS: &[Filter] = &[("product", "product", Test::OneOf)];

impl Call<'_> {
    pub(super) fn inventory_items(&mut self, rest: &[&str]) -> Answer {
        match (self.request.method, rest) {
            (Method::Get, _) => {
                let archived = self.param("include_archived") == Some("true");
                let rows = self
                    .world
                    .inventory
                    .values()
                    .filter(|item| archived || !item.archived)
                    .map(view::inventory_item)
                    .collect();
                self.rows(rows, FILTERS, rest)
            }
            (Method::Post, []) => self.create_item(),
            (Method::Patch, [id]) => self.patch_item(read_id(id)?),
            (_, [] | [_]) => Err(Failure::MethodNotAllowed),
            _ => Err(Failure::NoSuchPath),
        }
    }

    /// A new item archives the one of the same product and facility that has no batch.
    fn create_item(&mut self) -> Answer {
        let mut form = Form::read(self.request)?;
        form.require(&["batch", "is_archived", "facility", "product", "quantity"]);
        let batch = form.nullable_integer("batch").flatten();
        let archived = form.flag("is_archived").unwrap_or(false);
        let facility = form.integer("facility").unwrap_or_default();
        let product = form.integer("product").unwrap_or_default();
        let quantity = form.decimal("quantity", 4).unwrap_or_default();
        if !self.world.reference.facilities.iter().any(|row| row["id"] == facility) {
            form.error("facility", &format!("Invalid pk \"{facility}\" - object does not exist."));
        }
        if !self.world.products.contains_key(&product) {
            form.error("product", &format!("Invalid pk \"{product}\" - object does not exist."));
        }
        form.finish()?;
        let before = self.in_facilities(product);
        for item in self.world.inventory.values_mut() {
            if (item.facility, item.product, item.batch) == (facility, product, None) {
                item.archived = true;
            }
        }
        let id = self.world.inventory.last_key_value().map_or(440_001, |(last, _)| last + 1);
        let item = InventoryItem { id, facility, product, quantity, batch, archived };
        let body = view::inventory_item(&item);
        self.world.inventory.insert(id, item);
        self.move_quantity(product, before)?;
        Ok(Response::json(201, &body))
    }

    fn patch_item(&mut self, id: u64) -> Answer {
        let mut form = Form::read(self.request)?;
        let (quantity, archived) = (form.decimal("quantity", 4), form.flag("is_archived"));
        form.finish()?;
        let missing = || Refusal::NotFound(format!("inventory item {id}"));
        let product = self.world.inventory.get(&id).ok_or_else(missing)?.product;
        let before = self.in_facilities(product);
        let item = self.world.inventory.get_mut(&id).ok_or_else(missing)?;
        item.quantity = quantity.unwrap_or(item.quantity);
        item.archived = archived.unwrap_or(item.archived);
        let body = view::inventory_item(item);
        self.move_quantity(product, before)?;
        Ok(Response::json(200, &body))
    }

    /// Units of a product over all facilities.
    fn in_facilities(&self, product: u64) -> Decimal {
        let items = self.world.inventory.values();
        items.filter(|item| item.product == product && !item.archived).map(|item| item.quantity).sum()
    }

    /// Lets a product's quantity follow its items, which came to `before`.
    fn move_quantity(&mut self, product: u64, before: Decimal) -> Result<(), Refusal> {
        let more = self.in_facilities(product) - before;
        if more == Decimal::ZERO {
            return Ok(());
        }
        self.world.change_product(product, |product| {
            product.quantity += more;
            Ok(())
        })
    }
}
