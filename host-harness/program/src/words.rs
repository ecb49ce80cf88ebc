//! The words that people and files use for the contract's enumerations.

use leaflink_sync_kit::host::http::Method;
use leaflink_sync_kit::host::records::{ChargeKind, SalesOrderStatus};
use leaflink_sync_kit::host::types::Outcome;

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

pub(crate) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Applied => "applied",
        Outcome::Unchanged => "unchanged",
        Outcome::Held => "held",
        Outcome::Ignored => "ignored",
        Outcome::Refused => "refused",
        Outcome::Parked => "parked",
    }
}

pub(crate) fn charge_kind(kind: ChargeKind) -> &'static str {
    match kind {
        ChargeKind::Charge => "charge",
        ChargeKind::Discount => "discount",
    }
}

pub(crate) fn method(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
    }
}

/// `1 order`, `2 orders`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}
