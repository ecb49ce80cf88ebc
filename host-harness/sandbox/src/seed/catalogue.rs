//! Products and the reference data around them.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::decimal;

/// One product.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductSeed {
    /// LeafLink's id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// The seller's code; `SKU-<id>` by default.
    #[serde(default)]
    pub sku: Option<String>,
    /// Price of a unit; of a case if `units_per_case` is above 1.
    #[serde(default, deserialize_with = "decimal::optional")]
    pub wholesale_price: Option<Decimal>,
    /// Sale price on the same footing; none by default.
    #[serde(default, deserialize_with = "decimal::optional")]
    pub sale_price: Option<Decimal>,
    /// Suggested retail price of a unit; none by default.
    #[serde(default, deserialize_with = "decimal::optional")]
    pub retail_price: Option<Decimal>,
    /// Above 1 the product is sold in cases.
    #[serde(default = "one")]
    pub units_per_case: u64,
    /// Unit of measure, in LeafLink's words.
    #[serde(default = "default_unit")]
    pub unit: String,
    /// Units on hand, whether reserved or not.
    #[serde(default, deserialize_with = "decimal::optional")]
    pub quantity: Option<Decimal>,
    /// 1 Managed, 2 Unlimited, 3 Inherited from the parent.
    #[serde(default = "one")]
    pub inventory_management: u64,
    /// Listing state, in LeafLink's words.
    #[serde(default = "default_state")]
    pub listing_state: String,
    /// Whether it may go on medical orders only.
    #[serde(default)]
    pub medical: bool,
    /// The parent, if it is a variety.
    #[serde(default)]
    pub parent: Option<u64>,
    /// Brand; the first by default.
    #[serde(default)]
    pub brand: Option<u64>,
    /// Licence; the first by default.
    #[serde(default)]
    pub license: Option<u64>,
    /// Ids in other systems.
    #[serde(default)]
    pub external_ids: BTreeMap<String, String>,
    /// Further fields of the product, as the API writes them.
    #[serde(default)]
    pub fields: Map<String, Value>,
    /// Sent in place of the product, JSON or not; `$fails` as for an order.
    #[serde(default)]
    pub body: Option<String>,
}

/// A record of which little more is needed than its id and name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedSeed {
    /// LeafLink's id.
    pub id: u64,
    /// Its name.
    pub name: String,
}

/// A subcategory of products.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubcategorySeed {
    /// LeafLink's id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// The category it belongs to.
    pub category: u64,
}

/// One of the company's licences.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LicenseSeed {
    /// LeafLink's id.
    pub id: u64,
    /// The licence number.
    pub number: String,
    /// What the state calls it, such as `Recreational`.
    #[serde(default = "default_license_type", rename = "type")]
    pub kind: String,
    /// `Adult Use` or `Medical`.
    #[serde(default = "default_display_type")]
    pub display_type: String,
    /// What it allows, such as `MIPS`.
    #[serde(default = "default_classification")]
    pub classification: String,
}

/// A place of the newer inventory.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacilitySeed {
    /// LeafLink's id.
    pub id: u64,
    /// Its name.
    pub name: String,
}

/// Stock of one product at one place.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InventoryItemSeed {
    /// LeafLink's id.
    pub id: u64,
    /// The place.
    pub facility: u64,
    /// The product.
    pub product: u64,
    /// Units there.
    #[serde(deserialize_with = "decimal::required")]
    pub quantity: Decimal,
    /// The batch, if stock is kept by batch.
    #[serde(default)]
    pub batch: Option<u64>,
}

fn one() -> u64 {
    1
}

fn default_unit() -> String {
    "Unit".to_owned()
}

fn default_state() -> String {
    "Available".to_owned()
}

fn default_license_type() -> String {
    "Recreational".to_owned()
}

fn default_display_type() -> String {
    "Adult Use".to_owned()
}

fn default_classification() -> String {
    "MIPS".to_owned()
}
