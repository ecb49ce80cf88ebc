//! `/orders-received/`: orders that buyers placed with the company.

use serde::Deserialize;

use super::line_item::LineItem;
use super::value::{Amount, Named, Number, Words, id_if_it_is_one};
use crate::rules::sorted::Map;

/// An order, read with `include_children=line_items`.
#[derive(Clone, Debug, Deserialize)]
pub struct Order {
    /// The UUID: the order's identity.
    pub number: String,
    /// The "Order No." of the user interface.
    #[serde(default)]
    pub short_id: Option<String>,
    /// RFC 3339.
    pub created_on: String,
    /// RFC 3339.
    pub modified: String,
    /// Title Case.
    pub status: String,
    /// The seller's customer record.
    #[serde(default)]
    pub customer: Option<Named>,
    /// Company staff.
    #[serde(default)]
    pub sales_reps: Vec<Named>,
    /// "Adult Use", "Medical", ...
    #[serde(default)]
    pub classification: Option<String>,
    /// One discount for the order.
    #[serde(default)]
    pub discount: Option<Number>,
    /// `%` or `$`.
    #[serde(default)]
    pub discount_type: Option<String>,
    /// A rate.
    #[serde(default)]
    pub tax_amount: Option<Number>,
    /// Always `%`.
    #[serde(default)]
    pub tax_type: Option<String>,
    /// The tax in money.
    #[serde(default)]
    pub final_tax: Option<Number>,
    /// The taxes that make up the rate.
    #[serde(default)]
    pub order_taxes: Option<Vec<OrderTax>>,
    /// Shipping.
    #[serde(default)]
    pub shipping_charge: Option<Amount>,
    /// The sum of the credits applied.
    #[serde(default)]
    pub credits: Option<Number>,
    /// LeafLink's total.
    pub total: Amount,
    /// Seen by the buyer.
    #[serde(default)]
    pub notes: Option<String>,
    /// Seen by the seller only.
    #[serde(default)]
    pub internal_notes: Option<String>,
    /// RFC 3339.
    #[serde(default)]
    pub ship_date: Option<String>,
    /// Ids of other systems, by key.
    #[serde(default)]
    pub external_ids: Option<Map<String, Option<String>>>,
    /// States that the order can go to.
    #[serde(default)]
    pub available_transitions: Words,
    /// The lines.
    pub line_items: Vec<LineItem>,
}

/// One of the taxes of an order.
#[derive(Clone, Debug, Deserialize)]
pub struct OrderTax {
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// In percent.
    pub rate: Number,
}

/// An order in a list that was asked for these fields only.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct OrderHint {
    /// The UUID.
    pub number: String,
    /// RFC 3339; empty when LeafLink left it out.
    #[serde(default)]
    pub created_on: String,
    /// RFC 3339; empty when LeafLink left it out.
    #[serde(default)]
    pub modified: String,
    /// LeafLink's id of the selling company: our own.
    #[serde(default, deserialize_with = "id_if_it_is_one")]
    pub seller: Option<u64>,
}

/// An order in a list that was asked for what it holds.
#[derive(Clone, Debug, Deserialize)]
pub struct OpenOrder {
    /// The UUID.
    pub number: String,
    /// The "Order No.".
    #[serde(default)]
    pub short_id: Option<String>,
    /// Where it stands.
    #[serde(default)]
    pub status: Option<String>,
    /// The lines.
    pub line_items: Vec<LineItem>,
}
