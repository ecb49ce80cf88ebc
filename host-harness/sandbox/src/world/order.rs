//! An order and its lines.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::payment_options::PaymentOption;
use super::status::Status;
use crate::time::Instant;

/// Whether an order's discount is a rate or an amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum DiscountType {
    /// Percent of the subtotal.
    #[default]
    #[serde(rename = "%")]
    Percent,
    /// An amount of money.
    #[serde(rename = "$")]
    Amount,
}

impl DiscountType {
    /// As bodies write it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Percent => "%",
            Self::Amount => "$",
        }
    }
}

/// A tax named on an order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OrderTax {
    pub id: u64,
    pub name: String,
    pub rate: Decimal,
}

/// A sales rep's place on an order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rep {
    pub id: u64,
    pub staff: u64,
    pub created_on: Instant,
}

/// One order.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    /// LeafLink's inner id, which lines and webhooks show.
    pub id: u64,
    pub number: String,
    pub short_id: String,
    pub external_id_seller: Option<String>,
    pub created_on: Instant,
    pub modified: Instant,
    /// Username of the last editor.
    pub user: String,
    pub customer: u64,
    pub status: Status,
    pub manual: bool,
    pub discount: Decimal,
    pub discount_type: DiscountType,
    pub tax_percent: Decimal,
    pub taxes: Vec<OrderTax>,
    pub shipping: Decimal,
    pub credits: Decimal,
    pub currency: String,
    pub total_override: Option<Decimal>,
    pub payment_option: Option<PaymentOption>,
    pub payment_due_date: Option<Instant>,
    pub paid: bool,
    pub paid_date: Option<String>,
    pub ship_date: Option<Instant>,
    pub shipping_details: Option<String>,
    pub notes: Option<String>,
    pub internal_notes: Option<String>,
    pub delivery_preferences: Option<String>,
    pub delivery_provider: Option<u64>,
    pub delivery_info: Value,
    pub reps: Vec<Rep>,
    pub classification: String,
    pub is_combination: bool,
    pub external_ids: BTreeMap<String, String>,
    pub lines: Vec<Line>,
    pub as_sent: Option<Value>,
    pub body: Option<String>,
}

/// One line of an order.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub id: u64,
    pub product: Option<u64>,
    /// The product's name, code and prices when it was ordered.
    pub frozen: Map<String, Value>,
    /// Units, never cases.
    pub quantity: Decimal,
    pub unit_multiplier: u64,
    pub price: Decimal,
    pub sale_price: Decimal,
    pub on_sale: bool,
    pub wholesale_price: Option<Decimal>,
    pub sample: bool,
    pub medical: bool,
    pub unit_of_measure: String,
    pub notes: Option<String>,
    pub batch: Option<u64>,
    pub position: Option<u64>,
    pub packed: bool,
    pub packed_at: Option<Instant>,
    pub packed_by: Option<u64>,
}

impl Line {
    /// What the line costs: cases times the price that counts, to the cent.
    pub fn amount(&self) -> Decimal {
        let price =
            if self.on_sale && self.sale_price > Decimal::ZERO { self.sale_price } else { self.price };
        crate::decimal::cents(self.quantity * price / Decimal::from(self.unit_multiplier.max(1)))
    }

    /// A text of the frozen product, such as its `sku`.
    pub fn frozen_text(&self, field: &str) -> &str {
        self.frozen.get(field).and_then(Value::as_str).unwrap_or_default()
    }
}
