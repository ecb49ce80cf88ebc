//! A product of the catalogue.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::time::Instant;

/// The currency of every product's prices: LeafLink's companies have one.
pub(crate) const CURRENCY: &str = "USD";

/// What a product is sold in, if not by the unit.
pub(crate) const CASE: &str = "Case";

/// How a product's stock is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tracking {
    /// By its own quantity.
    Managed,
    /// Not at all: it never runs out.
    Unlimited,
    /// By the parent's quantity.
    Inherited,
}

impl Tracking {
    /// From LeafLink's id of the setting.
    pub fn from_id(id: u64) -> Option<Self> {
        match id {
            1 => Some(Self::Managed),
            2 => Some(Self::Unlimited),
            3 => Some(Self::Inherited),
            _ => None,
        }
    }

    /// LeafLink's id of the setting.
    pub fn id(self) -> u64 {
        match self {
            Self::Managed => 1,
            Self::Unlimited => 2,
            Self::Inherited => 3,
        }
    }
}

/// One product: the fields that rules look at, and the rest as it was written.
#[derive(Clone, Debug)]
pub(crate) struct Product {
    pub id: u64,
    pub created_on: Instant,
    /// Does not move when only the reserved quantity does.
    pub modified: Instant,
    /// The last edit by a person or a client.
    pub last_edit: Instant,
    pub name: String,
    pub sku: String,
    pub quantity: Decimal,
    pub reserved: Decimal,
    pub tracking: Tracking,
    pub listing_state: String,
    pub unit_multiplier: u64,
    pub unit_of_measure: String,
    pub wholesale_price: Decimal,
    pub sale_price: Decimal,
    pub retail_price: Decimal,
    pub medical: bool,
    pub parent: Option<u64>,
    pub external_ids: BTreeMap<String, String>,
    /// Everything else, by name, as bodies write it.
    pub other: Map<String, Value>,
    /// Sent in its place.
    pub body: Option<String>,
}

impl Product {
    /// Units free to sell.
    pub fn available(&self) -> Decimal {
        self.quantity - self.reserved
    }

    /// Whether people buy it by the case.
    pub fn is_sold_in_cases(&self) -> bool {
        self.other.get("sell_in_unit_of_measure").is_some_and(|sold_in| *sold_in == CASE)
    }

    /// Whether retailers see it in the marketplace.
    pub fn is_shown_to_buyers(&self) -> bool {
        matches!(self.listing_state.as_str(), "Available" | "Backorder")
    }

    /// Lets the thresholds flip the listing state, as LeafLink does when stock changes.
    pub fn apply_thresholds(&mut self) {
        if self.tracking != Tracking::Managed || matches!(self.listing_state.as_str(), "Archived" | "Sample")
        {
            return;
        }
        let available = self.available();
        let bound = |name: &str| self.other.get(name).and_then(Value::as_i64).map(Decimal::from);
        let low = bound("threshold_value").is_some_and(|bound| available <= bound);
        let high = bound("reverse_threshold_value").is_some_and(|bound| available >= bound);
        let action = match (low, high) {
            (true, _) => "threshold_action",
            (false, true) => "reverse_threshold_action",
            (false, false) => return,
        };
        let state = match self.other.get(action).and_then(Value::as_str) {
            Some("available") => "Available",
            Some("backorder") => "Backorder",
            Some("unavailable") => "Unavailable",
            Some("internal") => "Internal",
            _ => return,
        };
        state.clone_into(&mut self.listing_state);
    }
}
