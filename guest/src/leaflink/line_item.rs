//! `/line-items/`: the lines of an order.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::product::Denomination;
use super::value::{Amount, Id, Number};

/// A line item. `quantity` counts units; the prices are for one case of `unit_multiplier` units.
#[derive(Clone, Debug, Deserialize)]
pub struct LineItem {
    /// The line's identity.
    pub id: u64,
    /// The product; `null` on a line that is money only.
    #[serde(default)]
    pub product: Option<Id>,
    /// Units.
    pub quantity: Number,
    /// Units in one case.
    #[serde(default)]
    pub unit_multiplier: Option<Number>,
    /// The price at the time of the order.
    pub ordered_unit_price: Amount,
    /// The price while on sale; 0 when there is none.
    #[serde(default)]
    pub sale_price: Option<Amount>,
    /// Whether the sale price is the one that counts.
    #[serde(default)]
    pub on_sale: Option<bool>,
    /// A sample.
    #[serde(default)]
    pub is_sample: Option<bool>,
    /// The line's note.
    #[serde(default)]
    pub notes: Option<String>,
    /// What the quantity counts: Gram, Unit, ...
    #[serde(default)]
    pub unit_of_measure: Option<String>,
    /// Its place among the lines.
    #[serde(default)]
    pub position: Option<i64>,
    /// The product as it was when the order was placed.
    #[serde(default)]
    pub frozen_data: Option<FrozenData>,
}

impl LineItem {
    /// Whether the line is a discount: the price that counts is below zero.
    pub fn gives_money_back(&self) -> bool {
        let on_sale = self.on_sale.unwrap_or(true)
            && self.sale_price.as_ref().is_some_and(|sale| sale.amount.0 > Decimal::ZERO);
        !on_sale && self.ordered_unit_price.amount.0 < Decimal::ZERO
    }
}

/// What LeafLink keeps of the product at the time of the order.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct FrozenData {
    /// The product.
    #[serde(default)]
    pub product: Option<FrozenProduct>,
}

/// The product at the time of the order.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct FrozenProduct {
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// Its SKU.
    #[serde(default)]
    pub sku: Option<String>,
    /// What it was counted in: Gram, Unit, ...
    #[serde(default)]
    pub unit_of_measure: Option<String>,
    /// How much of that one unit was.
    #[serde(default)]
    pub unit_denomination: Option<Denomination>,
}
