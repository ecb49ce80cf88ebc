//! The values of a seed file that are more than plain text.

use std::collections::BTreeMap;
use std::fmt;

use leaflink_sync_kit::host::records::SalesOrderStatus;
use rust_decimal::Decimal;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::exact;

/// An exact decimal: in quotes, or a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount(pub Decimal);

/// What is on hand of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stock {
    /// Nobody has counted it.
    Unknown,
    /// By location; none elsewhere.
    Known(BTreeMap<String, Amount>),
}

impl Default for Stock {
    fn default() -> Self {
        Self::Known(BTreeMap::new())
    }
}

/// A sales order's status, in small letters with hyphens: `ready-to-ship`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // The contract's words.
pub enum Status {
    #[default]
    Pending,
    Processing,
    ReadyToShip,
    Delivering,
    Delivered,
    Completed,
    Canceled,
}

impl From<Status> for SalesOrderStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Pending => Self::Pending,
            Status::Processing => Self::Processing,
            Status::ReadyToShip => Self::ReadyToShip,
            Status::Delivering => Self::Delivering,
            Status::Delivered => Self::Delivered,
            Status::Completed => Self::Completed,
            Status::Canceled => Self::Canceled,
        }
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AmountVisitor)
    }
}

struct AmountVisitor;

impl Visitor<'_> for AmountVisitor {
    type Value = Amount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal in quotes, such as \"9.00\", or a whole number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Amount, E> {
        let number = exact::read(text);
        number.map(Amount).ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Amount, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Amount, E> {
        self.visit_str(&number.to_string())
    }
}

impl<'de> Deserialize<'de> for Stock {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StockVisitor)
    }
}

struct StockVisitor;

impl<'de> Visitor<'de> for StockVisitor {
    type Value = Stock;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("quantities by location, such as {\"vault\": \"240\"}, or \"unknown\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Stock, E> {
        match text {
            "unknown" => Ok(Stock::Unknown),
            _ => Err(E::invalid_value(serde::de::Unexpected::Str(text), &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Stock, A::Error> {
        BTreeMap::deserialize(MapAccessDeserializer::new(map)).map(Stock::Known)
    }
}
