//! Payments recorded on orders. They can only be added.

use rust_decimal::Decimal;

use super::{Payment, Source, Totals, World, next_id};
use crate::refusal::Refusal;
use crate::time::Instant;

/// The kinds of payment that LeafLink takes.
pub(crate) const PAYMENT_TYPES: [&str; 8] =
    ["other", "cash", "check", "credit", "trade", "ach", "wire", "cashier"];

/// A payment to be recorded.
#[derive(Clone, Debug)]
pub(crate) struct NewPayment {
    pub order: String,
    pub recorded_by: u64,
    pub total: Decimal,
    pub currency: String,
    pub payment_date: Instant,
    pub reason: String,
    pub payment_type: String,
}

impl World {
    /// Records a payment; its id.
    pub fn record_payment(&mut self, new: NewPayment) -> Result<u64, Refusal> {
        let Ok(order) = self.order(&new.order) else {
            return Err(Refusal::field("order", "Object with this number does not exist."));
        };
        let total = Totals::of(order, &self.options).total;
        if !self.staff.contains_key(&new.recorded_by) {
            let message = format!("Invalid pk \"{}\" - object does not exist.", new.recorded_by);
            return Err(Refusal::field("recorded_by", &message));
        }
        let number = new.order.clone();
        let id = next_id(&self.payments, 660_001);
        let created_on = self.stamp();
        self.payments.insert(
            id,
            Payment {
                id,
                created_on,
                order: new.order,
                recorded_by: new.recorded_by,
                total: new.total,
                currency: new.currency,
                payment_date: new.payment_date,
                reason: new.reason.chars().take(self.options.payment_reason_kept).collect(),
                payment_type: new.payment_type,
            },
        );
        let covered = self.paid_on(&number) >= total;
        let sets_paid = self.options.payment_sets_paid;
        if sets_paid || self.options.payment_moves_modified {
            let day = created_on.day(self.offset);
            self.change_order(&number, Source::Other, "edited", |order| {
                if sets_paid {
                    order.paid = covered;
                    order.paid_date = covered.then_some(day);
                }
                Ok(())
            })?;
        }
        Ok(id)
    }
}
