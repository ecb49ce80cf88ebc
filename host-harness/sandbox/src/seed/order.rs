//! An order as a seed or a scenario states it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;

use crate::decimal;
use crate::world::{DiscountType, Status};

/// An order to be placed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderSeed {
    /// LeafLink's UUID; made from `short_id` by default, always the same one.
    #[serde(default)]
    pub number: Option<String>,
    /// The number that people see; made up by default.
    #[serde(default)]
    pub short_id: Option<String>,
    /// The seller's own number for it.
    #[serde(default)]
    pub external_id_seller: Option<String>,
    /// Id of the customer record.
    pub customer: u64,
    /// Where it starts.
    #[serde(default = "submitted")]
    pub status: Status,
    /// Whether the seller entered it.
    #[serde(default)]
    pub manual: bool,
    /// Staff ids of the sales reps.
    #[serde(default)]
    pub reps: Vec<u64>,
    /// `Adult Use` or `Medical`.
    #[serde(default = "adult_use")]
    pub classification: String,
    /// One discount on the whole order; none by default.
    #[serde(default, deserialize_with = "decimal::optional")]
    pub discount: Option<Decimal>,
    /// Whether `discount` is a rate or an amount.
    #[serde(default)]
    pub discount_type: DiscountType,
    /// Tax rate; the sum of `taxes` by default.
    #[serde(default, deserialize_with = "decimal::optional")]
    pub tax_percent: Option<Decimal>,
    /// The taxes by name.
    #[serde(default)]
    pub taxes: Vec<TaxSeed>,
    /// Shipping charge; none by default.
    #[serde(default, deserialize_with = "decimal::optional")]
    pub shipping: Option<Decimal>,
    /// Credit of the customer that is applied to this order; none by default.
    #[serde(default, deserialize_with = "decimal::optional")]
    pub credits: Option<Decimal>,
    /// Notes that the buyer sees.
    #[serde(default)]
    pub notes: Option<String>,
    /// Notes that only the seller sees.
    #[serde(default)]
    pub internal_notes: Option<String>,
    /// The customer's wishes for the delivery.
    #[serde(default)]
    pub delivery_preferences: Option<String>,
    /// When it is to be delivered, ISO 8601.
    #[serde(default)]
    pub ship_date: Option<String>,
    /// When it was placed, ISO 8601; now by default.
    #[serde(default)]
    pub created_on: Option<String>,
    /// Leaves the order without any payment option or term.
    #[serde(default)]
    pub no_payment_term: bool,
    /// What was ordered.
    pub lines: Vec<LineSeed>,
    /// LeafLink's total where it is to differ from its own formula.
    #[serde(default, deserialize_with = "decimal::optional")]
    pub total: Option<Decimal>,
    /// Currency of every amount.
    #[serde(default = "usd")]
    pub currency: String,
    /// What to change in the order's JSON before it is sent, to make it malformed.
    ///
    /// A JSON merge patch (RFC 7396: objects merge, `null` removes), with two additions. Where the
    /// target is an array, an object whose names are numbers patches those elements:
    /// `{"line_items": {"2": {"quantity": "-5"}}}`. And `{"$value": x}` puts `x` there as it is,
    /// `null` included.
    #[serde(default)]
    pub as_sent: Option<Value>,
    /// Text sent in place of the order's JSON. `$fails`: LeafLink cannot write the order out, and
    /// answers 500 wherever it would be in.
    #[serde(default)]
    pub body: Option<String>,
    /// Ids in other systems.
    #[serde(default)]
    pub external_ids: BTreeMap<String, String>,
}

/// One line of an order.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineSeed {
    /// LeafLink's id; the next free one by default.
    #[serde(default)]
    pub id: Option<u64>,
    /// The product; none for a line that is only money.
    #[serde(default)]
    pub product: Option<u64>,
    /// The name frozen on the line; the product's by default.
    #[serde(default)]
    pub name: Option<String>,
    /// Units, never cases.
    #[serde(default = "one", deserialize_with = "decimal::required")]
    pub quantity: Decimal,
    /// Price of a unit, of a case for case products; the product's wholesale price by default,
    /// nothing for samples.
    #[serde(default, deserialize_with = "decimal::optional")]
    pub price: Option<Decimal>,
    /// Sale price on the same footing; the product's by default.
    #[serde(default, deserialize_with = "decimal::optional")]
    pub sale_price: Option<Decimal>,
    /// Whether the sale price counts; by default, whether there is one.
    #[serde(default)]
    pub on_sale: Option<bool>,
    /// Whether it is a free sample.
    #[serde(default)]
    pub sample: bool,
    /// Notes on the line.
    #[serde(default)]
    pub notes: Option<String>,
    /// Units in a case at the time of ordering; the product's by default.
    #[serde(default)]
    pub units_per_case: Option<u64>,
    /// Id of the batch shown on the invoice.
    #[serde(default)]
    pub batch: Option<u64>,
}

/// A tax on the order.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxSeed {
    /// What it is called.
    pub name: String,
    /// Its rate in percent.
    #[serde(deserialize_with = "decimal::required")]
    pub rate: Decimal,
}

fn submitted() -> Status {
    Status::Submitted
}

fn adult_use() -> String {
    "Adult Use".to_owned()
}

fn usd() -> String {
    "USD".to_owned()
}

fn one() -> Decimal {
    Decimal::ONE
}
