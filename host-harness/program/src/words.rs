//! The words that people and files use for the contract's enumerations.

use chrono::{DateTime, SecondsFormat};
use leaflink_sync_kit::exports::inventory::Mode;
use leaflink_sync_kit::host::records::{ChargeKind, PaymentMethod, SalesOrderStatus};

/// Every status of a sales order, in order.
pub(crate) const STATUSES: [SalesOrderStatus; 7] = [
    SalesOrderStatus::Pending,
    SalesOrderStatus::Processing,
    SalesOrderStatus::ReadyToShip,
    SalesOrderStatus::Delivering,
    SalesOrderStatus::Delivered,
    SalesOrderStatus::Completed,
    SalesOrderStatus::Canceled,
];

pub(crate) fn status(status: SalesOrderStatus) -> &'static str {
    match status {
        SalesOrderStatus::Pending => "PENDING",
        SalesOrderStatus::Processing => "PROCESSING",
        SalesOrderStatus::ReadyToShip => "READY_TO_SHIP",
        SalesOrderStatus::Delivering => "DELIVERING",
        SalesOrderStatus::Delivered => "DELIVERED",
        SalesOrderStatus::Completed => "COMPLETED",
        SalesOrderStatus::Canceled => "CANCELED",
    }
}

pub(crate) fn charge_kind(kind: ChargeKind) -> &'static str {
    match kind {
        ChargeKind::Charge => "charge",
        ChargeKind::Discount => "discount",
    }
}

/// Every way of payment.
pub(crate) const PAYMENT_METHODS: [PaymentMethod; 6] = [
    PaymentMethod::Cash,
    PaymentMethod::Check,
    PaymentMethod::CreditCard,
    PaymentMethod::BankRemittance,
    PaymentMethod::BankTransfer,
    PaymentMethod::Other,
];

pub(crate) fn payment_method(method: PaymentMethod) -> &'static str {
    match method {
        PaymentMethod::Cash => "cash",
        PaymentMethod::Check => "check",
        PaymentMethod::CreditCard => "credit-card",
        PaymentMethod::BankRemittance => "bank-remittance",
        PaymentMethod::BankTransfer => "bank-transfer",
        PaymentMethod::Other => "other",
    }
}

/// "Inventory Management" of a LeafLink product.
pub(crate) fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Managed => "managed",
        Mode::Unlimited => "unlimited",
        Mode::Inherited => "inherited",
    }
}

/// `1 order`, `2 orders`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// An instant as RFC 3339 has it, in UTC and to the millisecond.
pub(crate) fn utc(at_ms: u64) -> String {
    let at = i64::try_from(at_ms).ok().and_then(DateTime::from_timestamp_millis);
    at.map(|at| at.to_rfc3339_opts(SecondsFormat::Millis, true)).unwrap_or_default()
}
