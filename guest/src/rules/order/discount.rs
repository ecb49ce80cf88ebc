//! Item 9: the order's discount is copied onto the sales order.

use rust_decimal::Decimal;

use super::draft::{Charge, ChargeKind, ChargeSource};
use super::{Discount, Order};
use crate::rules::decimal::{percent_of, to_cents};

/// The discount in money, given the sum of the lines. A percentage is rounded to the cent here.
pub fn amount(order: &Order, lines: Decimal) -> Decimal {
    match order.discount {
        Some(Discount::Percent(percent)) => percent_of(percent, lines),
        Some(Discount::Amount(amount)) => to_cents(amount),
        None => Decimal::ZERO,
    }
}

/// The discount as a charge, given the sum of the lines.
pub fn of(order: &Order, lines: Decimal) -> Option<Charge> {
    let amount = amount(order, lines);
    (!amount.is_zero()).then(|| Charge {
        name: "LeafLink discount".to_owned(),
        kind: ChargeKind::Discount,
        percent: match order.discount {
            Some(Discount::Percent(percent)) => Some(percent),
            _ => None,
        },
        amount: -amount,
        tax: None,
        locked: false,
        source: Some(ChargeSource::Discount),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::order::sample;

    #[test]
    fn a_percentage_is_of_the_lines_and_keeps_its_rate() {
        let mut order = sample::order();
        order.discount = Some(Discount::Percent("7.5".parse().unwrap()));
        let charge = of(&order, "33.30".parse().unwrap()).unwrap();
        assert_eq!(charge.amount, "-2.50".parse().unwrap());
        assert_eq!(charge.percent, Some("7.5".parse().unwrap()));
    }

    #[test]
    fn an_amount_is_taken_as_it_is() {
        let mut order = sample::order();
        order.discount = Some(Discount::Amount("15".parse().unwrap()));
        let charge = of(&order, "33.30".parse().unwrap()).unwrap();
        assert_eq!((charge.amount, charge.percent), ("-15".parse().unwrap(), None));
    }
}
