//! Webhook bodies: `{"action", "type", "data"}`.
//!
//! `data` is not the REST shape and lacks what an import needs (product ids, `modified`), so only
//! what it is about is read from it.

use serde::Deserialize;

use super::value::Id;

/// An event.
#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    /// `create` or `edit`; others are possible.
    pub action: String,
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
    #[serde(default)]
    pub id: Option<Id>,
}
