//! "SO credit": a LeafLink credit is a discount that people cannot edit in the ERP.

use super::Order;
use super::draft::{Charge, ChargeKind, ChargeSource};
use crate::rules::decimal::to_cents;

/// The locked discount for the credits applied to an order.
pub fn of(order: &Order) -> Option<Charge> {
    (!order.credits.is_zero()).then(|| Charge {
        name: "LeafLink credit".to_owned(),
        kind: ChargeKind::Discount,
        percent: None,
        amount: -to_cents(order.credits),
        tax: None,
        locked: true,
        source: Some(ChargeSource::Credit),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::order::sample;

    #[test]
    fn a_credit_is_a_locked_discount() {
        let mut order = sample::order();
        order.credits = "45.01".parse().unwrap();
        let charge = of(&order).unwrap();
        assert_eq!(
            (charge.kind, charge.locked, charge.amount),
            (ChargeKind::Discount, true, "-45.01".parse().unwrap())
        );
    }

    #[test]
    fn no_credit_no_charge() {
        assert_eq!(of(&sample::order()), None);
    }
}
