//! `/products/`: the company's catalogue.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::read;
use super::value::{Amount, Id, Number, Word};
use crate::rules::decimal::plain;
use crate::rules::product::unit_type;
use crate::rules::sorted::Map;

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

impl Product {
    /// What it is counted in, if LeafLink says so.
    pub fn counted_in(&self) -> Option<String> {
        Some(counted_in(self.unit_of_measure.as_deref()?, self.unit_denomination.as_ref()))
    }
}

/// A unit of measure with its denomination.
pub fn counted_in(unit: &str, denomination: Option<&Denomination>) -> String {
    unit_type::counted_in(unit, denomination.and_then(|it| it.0.as_deref()))
}

/// Whether a product was taken off the catalogue, for LeafLink deletes none. In every other state
/// somebody can order it, or will: sellers enter orders for those that buyers do not see.
pub fn is_archived(listing_state: Option<&str>) -> bool {
    listing_state == Some("Archived")
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
    /// Available, Archived, Sample, Backorder, Internal, Unavailable.
    #[serde(default)]
    pub listing_state: Option<String>,
    /// 1 or Managed, 2 or Unlimited, 3 or Inherited.
    #[serde(default)]
    pub inventory_management: Option<Word>,
    /// Milligram, Gram, ..., Unit.
    #[serde(default)]
    pub unit_of_measure: Option<String>,
    /// How much of the unit of measure one unit is.
    #[serde(default)]
    pub unit_denomination: Option<Denomination>,
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

/// A part or a multiple of a unit of measure: of a product an object with its value, of which `3.5`
/// is kept; on the line of an order its label or name. Another shape says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denomination(pub Option<String>);

impl<'de> Deserialize<'de> for Denomination {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw: Box<RawValue> = Deserialize::deserialize(deserializer)?;
        Ok(Self::of(&raw))
    }
}

impl Denomination {
    /// What a field says.
    pub fn of(raw: &RawValue) -> Self {
        let raw = raw.get().as_bytes();
        Self(match read::<Map<String, Box<RawValue>>>(raw) {
            Ok(object) => object
                .get("value")
                .and_then(|value| read::<Number>(value.get().as_bytes()).ok())
                .map(|value| plain(value.0)),
            Err(_) => read::<Word>(raw).ok().map(|word| word.0),
        })
    }
}

/// `/brands/{id}/`.
#[derive(Clone, Debug, Deserialize)]
pub struct Brand {
    /// Its name.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denomination_comes_in_three_forms() {
        for (json, wanted) in [
            (r#"{"id": 7, "value": "3.50000", "name": "3 1/2", "label": "3 1/2"}"#, Some("3.5")),
            (r#""3 1/2""#, Some("3 1/2")),
            ("1", Some("1")),
            (r#"{"id": 7}"#, None),
            ("[7]", None),
        ] {
            assert_eq!(read::<Denomination>(json.as_bytes()).unwrap().0.as_deref(), wanted, "{json}");
        }
        assert_eq!(read::<Option<Denomination>>(b"null").unwrap(), None);
    }
}
