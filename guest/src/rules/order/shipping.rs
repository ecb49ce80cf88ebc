//! Item 9: the order's shipping charge is copied onto the sales order.

use super::Order;
use super::draft::{Charge, ChargeKind, ChargeSource};
use crate::rules::decimal::to_cents;

/// The shipping charge of an order.
pub fn of(order: &Order) -> Option<Charge> {
    (!order.shipping.is_zero()).then(|| Charge {
        name: "Shipping".to_owned(),
        kind: ChargeKind::Charge,
        percent: None,
        amount: to_cents(order.shipping),
        tax: None,
        locked: false,
        source: Some(ChargeSource::Shipping),
    })
}
