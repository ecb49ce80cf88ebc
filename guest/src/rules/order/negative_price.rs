//! Item 10: LeafLink order items with a negative price are discounts on the sales order.
//!
//! Such a line sells nothing: it asks for no linked product and no stock.

use rust_decimal::Decimal;

use super::draft::{Charge, ChargeKind, ChargeSource};
use super::{OrderLine, cases};

/// Whether a line is a discount.
pub fn is_discount(line: &OrderLine) -> bool {
    is_negative(line.case_price)
}

/// Whether a price is below zero; `-0.00` is not.
pub fn is_negative(price: Decimal) -> bool {
    price < Decimal::ZERO
}

/// The discount that a line with a negative price becomes.
pub fn of(line: &OrderLine) -> Charge {
    Charge {
        name: line.label(),
        kind: ChargeKind::Discount,
        percent: None,
        amount: cases::amount(line),
        tax: None,
        locked: false,
        source: Some(ChargeSource::Line(line.id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::order::sample;

    #[test]
    fn the_discount_is_price_times_quantity_and_keeps_the_lines_name() {
        let mut line = sample::line("2", "1", "-7.50");
        line.name = "Loyalty rebate".to_owned();
        assert!(is_discount(&line));
        let charge = of(&line);
        assert_eq!((charge.name.as_str(), charge.amount), ("Loyalty rebate", "-15.00".parse().unwrap()));
        assert_eq!(charge.source, Some(ChargeSource::Line(line.id)));
    }

    #[test]
    fn a_free_line_is_not_a_discount() {
        assert!(!is_discount(&sample::line("2", "1", "0")));
        assert!(!is_discount(&sample::line("2", "1", "-0.00")));
    }
}
