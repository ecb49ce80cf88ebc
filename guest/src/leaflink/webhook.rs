//! Webhook bodies: `{"action", "type", "data"}`.
//!
//! `data` is not the REST shape and lacks what an import needs (product ids, `modified`), so only
//! what it is about is read from it.

use serde::Deserialize;

use super::value::id_if_it_is_one;

/// An event.
#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    /// `order` or `product`; others are possible.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is about.
    pub data: EventData,
}

/// What an event is about.
#[derive(Clone, Debug, Deserialize)]
pub struct EventData {
    /// The UUID, for an order.
    #[serde(default)]
    pub number: Option<String>,
    /// The id, for a product (and, lately, for an order).
    #[serde(default, deserialize_with = "id_if_it_is_one")]
    pub id: Option<u64>,
    /// The selling company: a bare id, or an object with one.
    #[serde(default, deserialize_with = "id_if_it_is_one")]
    pub seller: Option<u64>,
    /// When the order was placed, RFC 3339; empty when LeafLink left it out.
    #[serde(default)]
    pub created_on: Option<String>,
}
