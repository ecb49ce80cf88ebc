//! What orders do to stock.
//!
//! An order's footprint is what it holds of each product: reserved while Submitted or Accepted,
//! taken from Fulfilled on, nothing otherwise. A change of an order moves stock by the difference
//! of its footprints, which covers every documented case and the edits in between.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::{Order, Status, Tracking, World};

/// What an order holds of one product, in units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Hold {
    reserved: Decimal,
    taken: Decimal,
}

/// What an order holds, by product.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Footprint(BTreeMap<u64, Hold>);

impl Footprint {
    /// The footprint of an order as it stands.
    pub fn of(order: &Order) -> Self {
        let mut holds = BTreeMap::<u64, Hold>::new();
        for line in &order.lines {
            let Some(product) = line.product else { continue };
            let hold = holds.entry(product).or_default();
            match order.status {
                Status::Submitted | Status::Accepted => hold.reserved += line.quantity,
                Status::Fulfilled | Status::Shipped | Status::Complete => {
                    hold.taken += line.quantity;
                }
                Status::Draft
                | Status::Backorder
                | Status::Rejected
                | Status::Combined
                | Status::Cancelled => {}
            }
        }
        Self(holds)
    }

    /// Only what the order has taken from the quantity.
    pub fn taken_by(order: &Order) -> Self {
        let mut footprint = Self::of(order);
        footprint.0.retain(|_, hold| hold.taken != Decimal::ZERO);
        footprint
    }

    fn get(&self, product: u64) -> Hold {
        self.0.get(&product).copied().unwrap_or_default()
    }
}

impl World {
    /// Moves stock from what an order held to what it holds now; the products touched.
    pub(super) fn move_stock(&mut self, before: &Footprint, after: &Footprint) -> BTreeSet<u64> {
        let products: BTreeSet<u64> = before.0.keys().chain(after.0.keys()).copied().collect();
        let mut touched = BTreeSet::new();
        for product in products {
            let (old, new) = (before.get(product), after.get(product));
            let reserved = new.reserved - old.reserved;
            let taken = new.taken - old.taken;
            if (reserved, taken) == (Decimal::ZERO, Decimal::ZERO) {
                continue;
            }
            let Some(holder) = self.stock_holder(product) else { continue };
            let now = self.stamp();
            if let Some(record) = self.products.get_mut(&holder) {
                record.reserved += reserved;
                record.quantity -= taken;
                let listed = record.listing_state.clone();
                record.apply_thresholds();
                if taken != Decimal::ZERO || record.listing_state != listed {
                    record.modified = now;
                }
                touched.insert(holder);
            }
        }
        touched
    }

    /// Whose quantity counts for a product: its own, its parent's, or none.
    fn stock_holder(&self, product: u64) -> Option<u64> {
        let record = self.products.get(&product)?;
        match record.tracking {
            Tracking::Managed => Some(product),
            Tracking::Unlimited => None,
            Tracking::Inherited => record.parent.filter(|parent| {
                self.products.get(parent).is_some_and(|it| it.tracking == Tracking::Managed)
            }),
        }
    }
}
