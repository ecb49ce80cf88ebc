//! The words that columns hold for the contract's enumerations.

use leaflink_sync_kit::host::records::{
    ChargeKind, PaymentMethod, PaymentState, SalesOrderStatus, TransferState, UnitCategory,
};
use leaflink_sync_kit::host::types::{Outcome, Stream};
use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use serde::Deserialize;

/// How stock of a product is followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tracking {
    /// By quantity alone: a line is fulfilled as soon as its order leaves PENDING.
    Product,
    /// By compliance (Metrc) packages: a line is fulfilled when packages are assigned, and from
    /// DELIVERING its order needs a matched transfer.
    #[default]
    Package,
    /// By batches: a line is fulfilled when batches are assigned; no transfer is needed.
    Batch,
}

/// An enumeration whose values a column holds as words.
pub(crate) trait Words: Copy + PartialEq + 'static {
    /// Every value with its word.
    const WORDS: &'static [(Self, &'static str)];

    /// The word for this value.
    fn word(self) -> &'static str {
        let found = Self::WORDS.iter().find(|(value, _)| *value == self);
        found.map_or("", |(_, word)| word)
    }
}

/// A column that holds one of an enumeration's words.
#[derive(Clone, Copy)]
pub(crate) struct Word<T>(pub T);

impl<T: Words> ToSql for Word<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.word()))
    }
}

impl<T: Words> FromSql for Word<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = value.as_str()?;
        let found = T::WORDS.iter().find(|(_, word)| *word == text);
        found
            .map(|(value, _)| Word(*value))
            .ok_or_else(|| FromSqlError::Other(format!("`{text}` is not a word of its column").into()))
    }
}

impl Words for Tracking {
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Product, "product"), (Self::Package, "package"), (Self::Batch, "batch")];
}

impl Words for SalesOrderStatus {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Pending, "PENDING"),
        (Self::Processing, "PROCESSING"),
        (Self::ReadyToShip, "READY_TO_SHIP"),
        (Self::Delivering, "DELIVERING"),
        (Self::Delivered, "DELIVERED"),
        (Self::Completed, "COMPLETED"),
        (Self::Canceled, "CANCELED"),
    ];
}

impl Words for UnitCategory {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Count, "count"),
        (Self::Volume, "volume"),
        (Self::Weight, "weight"),
        (Self::Custom, "custom"),
    ];
}

impl Words for ChargeKind {
    const WORDS: &'static [(Self, &'static str)] = &[(Self::Charge, "CHARGE"), (Self::Discount, "DISCOUNT")];
}

impl Words for PaymentMethod {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Cash, "CASH"),
        (Self::Check, "CHECK"),
        (Self::CreditCard, "CREDIT_CARD"),
        (Self::BankRemittance, "BANK_REMITTANCE"),
        (Self::BankTransfer, "BANK_TRANSFER"),
        (Self::Other, "OTHER"),
    ];
}

impl Words for PaymentState {
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Posted, "POSTED"), (Self::Voided, "VOIDED"), (Self::Deleted, "DELETED")];
}

impl Words for TransferState {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Template, "TEMPLATE"),
        (Self::Matched, "MATCHED"),
        (Self::Unmatched, "UNMATCHED"),
        (Self::Rejected, "REJECTED"),
    ];
}

impl Words for Stream {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Orders, "orders"),
        (Self::SalesOrders, "sales-orders"),
        (Self::Customers, "customers"),
        (Self::Products, "products"),
        (Self::Prices, "prices"),
        (Self::Stock, "stock"),
        (Self::Payments, "payments"),
        (Self::Transfers, "transfers"),
        (Self::Webhooks, "webhooks"),
        (Self::Delivery, "delivery"),
        (Self::Users, "users"),
        (Self::Settings, "settings"),
    ];
}

impl Words for Outcome {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Applied, "applied"),
        (Self::Unchanged, "unchanged"),
        (Self::Held, "held"),
        (Self::Ignored, "ignored"),
        (Self::Refused, "refused"),
        (Self::Parked, "parked"),
    ];
}
