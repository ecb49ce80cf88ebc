//! An order's money: from its lines to its total and what is left to pay.

use rust_decimal::Decimal;

use super::{DiscountType, Order, World};
use crate::decimal::cents;
use crate::options::{Options, TotalFormula};

/// The sums of an order, each to the cent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Totals {
    pub tax: Decimal,
    pub total: Decimal,
}

impl Totals {
    /// Works out an order's sums by the chosen formula; a stated total goes before it.
    pub fn of(order: &Order, options: &Options) -> Self {
        let subtotal: Decimal = order.lines.iter().map(super::Line::amount).sum();
        let discount = cents(match order.discount_type {
            DiscountType::Percent => subtotal * order.discount / Decimal::ONE_HUNDRED,
            DiscountType::Amount => order.discount,
        });
        let taxed = match options.total_formula {
            TotalFormula::DiscountThenTax => subtotal - discount,
            TotalFormula::TaxThenDiscount => subtotal,
            TotalFormula::TaxOnShipping => subtotal - discount + order.shipping,
        };
        let tax = cents(taxed * order.tax_percent / Decimal::ONE_HUNDRED);
        let credits = if options.credits_lower_total { order.credits } else { Decimal::ZERO };
        let total = subtotal - discount + tax + order.shipping - credits;
        Self { tax, total: order.total_override.unwrap_or(total) }
    }
}

impl World {
    /// The sum of the payments recorded on an order.
    pub fn paid_on(&self, number: &str) -> Decimal {
        self.payments.values().filter(|payment| payment.order == number).map(|payment| payment.total).sum()
    }
}
