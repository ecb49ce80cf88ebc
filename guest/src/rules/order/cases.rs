//! "Sell in Multiples": products sold in cases.
//!
//! LeafLink counts a line's quantity in units and prices it for one case. The ERP prices one unit.
//! A line's amount is `quantity / units per case * case price`, rounded to the cent once, here; it
//! is never reckoned from the unit price, which may have been rounded (100.00 / 12).

use rust_decimal::Decimal;

use super::OrderLine;
use crate::rules::decimal::{to_cents, to_unit_price};

/// The exact amount of a line, before rounding to the cent.
pub fn exact_amount(line: &OrderLine) -> Decimal {
    line.quantity * line.case_price / line.units_per_case
}

/// The amount of a line, to the cent.
pub fn amount(line: &OrderLine) -> Decimal {
    to_cents(exact_amount(line))
}

/// The price of one unit, to nine places.
pub fn unit_price(line: &OrderLine) -> Decimal {
    to_unit_price(line.case_price / line.units_per_case)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::order::sample;
    use proptest::prelude::*;

    #[test]
    fn a_case_price_is_for_the_case_and_a_quantity_for_units() {
        let line = sample::line("24", "12", "108.00");
        assert_eq!(amount(&line).to_string(), "216.00");
        assert_eq!(unit_price(&line).normalize().to_string(), "9");
    }

    #[test]
    fn a_case_price_that_does_not_divide_keeps_the_lines_amount() {
        let line = sample::line("24", "12", "100.00");
        assert_eq!(unit_price(&line).to_string(), "8.333333333");
        assert_eq!(amount(&line), "200.00".parse().unwrap());
    }

    #[test]
    fn single_units_of_a_case_product_cost_their_share() {
        assert_eq!(amount(&sample::line("5", "12", "100.00")), "41.67".parse().unwrap());
    }

    proptest! {
        #[test]
        fn whole_cases_cost_the_case_price(cases in 1_i64..10_000, units in 1_i64..1_000, cents in 0_i64..10_000_000) {
            let price = Decimal::new(cents, 2);
            let line = sample::line(&(cases * units).to_string(), &units.to_string(), &price.to_string());
            prop_assert_eq!(amount(&line), price * Decimal::from(cases));
        }

        #[test]
        fn a_line_given_back_costs_the_same_as_one_sold(quantity in 1_i64..100_000, cents in 0_i64..1_000_000) {
            let price = Decimal::new(cents, 2);
            let sold = sample::line(&quantity.to_string(), "7", &price.to_string());
            let back = sample::line(&quantity.to_string(), "7", &(-price).to_string());
            prop_assert_eq!(amount(&sold), -amount(&back));
        }
    }
}
