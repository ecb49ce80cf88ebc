//! `/inventory/items/`: stock of a product at a facility.

use serde::Deserialize;

use super::value::Number;

/// An inventory item.
#[derive(Clone, Debug, Deserialize)]
pub struct InventoryItem {
    /// Its identity.
    pub id: u64,
    /// Which facility.
    #[serde(default)]
    pub facility: Option<u64>,
    /// Which product.
    pub product: u64,
    /// On hand.
    pub quantity: Number,
    /// On submitted and accepted orders.
    #[serde(default)]
    pub reserved_qty: Option<Number>,
    /// Replaced by another item.
    #[serde(default)]
    pub is_archived: Option<bool>,
}
