//! `/products/`: the company's catalogue.

use serde::Deserialize;

use super::value::{Amount, Id, Number, Word};

/// A product, as far as links go. Prices are for one case when it is sold in cases.
#[derive(Clone, Debug, Deserialize)]
pub struct Product {
    /// Its identity.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// A variety's name after its parent's.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Its SKU.
    #[serde(default)]
    pub sku: Option<String>,
    /// RFC 3339; the data last changed.
    #[serde(default)]
    pub modified: Option<String>,
    /// RFC 3339; a person last changed it. Neither is always the later one.
    #[serde(default)]
    pub last_edit: Option<String>,
    /// Available, Archived, Sample, Backorder, Internal, Unavailable.
    #[serde(default)]
    pub listing_state: Option<String>,
    /// Milligram, Gram, ..., Unit.
    #[serde(default)]
    pub unit_of_measure: Option<String>,
    /// How much of the unit of measure one unit is.
    #[serde(default)]
    pub unit_denomination: Option<Denomination>,
    /// Its brand.
    #[serde(default)]
    pub brand: Option<Id>,
    /// sativa, indica, ..., na.
    #[serde(default)]
    pub strain_classification: Option<String>,
    /// Units in one case.
    #[serde(default)]
    pub unit_multiplier: Option<Number>,
    /// "Wholesale Price".
    #[serde(default)]
    pub wholesale_price: Option<Amount>,
}

/// Which product a record is about, when the rest of it may not be readable.
#[derive(Clone, Debug, Deserialize)]
pub struct WhichProduct {
    /// Its identity.
    pub id: u64,
}

/// A product, as far as its stock goes.
#[derive(Clone, Debug, Deserialize)]
pub struct StockOfProduct {
    /// Its identity.
    pub id: u64,
    /// RFC 3339; the data last changed.
    #[serde(default)]
    pub modified: Option<String>,
    /// 1 or Managed, 2 or Unlimited, 3 or Inherited.
    #[serde(default)]
    pub inventory_management: Option<Word>,
    /// Milligram, Gram, ..., Unit.
    #[serde(default)]
    pub unit_of_measure: Option<String>,
    /// On hand, reserved included.
    #[serde(default)]
    pub quantity: Option<Number>,
    /// On submitted and accepted orders.
    #[serde(default)]
    pub reserved_qty: Option<Number>,
    /// Free to sell.
    #[serde(default)]
    pub available_inventory: Option<Number>,
    /// Whether buyers can order fractions of a unit.
    #[serde(default)]
    pub allow_fractional_quantities: Option<bool>,
}

/// A part or a multiple of a unit of measure.
#[derive(Clone, Debug, Deserialize)]
pub struct Denomination {
    /// Such as `3.50000`.
    pub value: Number,
}

/// `/brands/{id}/`.
#[derive(Clone, Debug, Deserialize)]
pub struct Brand {
    /// Its name.
    pub name: String,
}
