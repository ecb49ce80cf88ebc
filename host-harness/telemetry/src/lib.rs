//! What an engineer on call reads: metrics in OpenMetrics text, and a log in JSON lines.
//!
//! Both live on what the kit tells a [`Host`](leaflink_sync_kit::Host) anyway: hand every
//! [`called`](leaflink_sync_kit::Host::called) and [`log`](leaflink_sync_kit::Host::log) on to
//! [`Metrics`] and [`CallLog`], and the component's answer to `insight.status` to
//! [`Metrics::set_status`]. [`MetricsServer`] lets a scraper read the metrics over HTTP. A company is a
//! label where a figure is about it alone; an order or payment never is: they are named in the log and
//! in the journal, where each entry bears the same call id.

mod log;
mod metrics;
mod server;

pub use log::CallLog;
pub use metrics::Metrics;
pub use server::MetricsServer;

use leaflink_sync_kit::CallError;
use leaflink_sync_kit::exports::Failure;

/// The part of the sync that a function of the component belongs to; none for those that are about
/// all of it.
pub fn stream_of(call: &str) -> Option<&'static str> {
    Some(match call {
        "on-order" | "explain" | "preview" | "held-orders" => "orders",
        "on-sales-order-change" | "on-sales-order-deleted" => "sales-orders",
        "on-company-change" => "customers",
        "on-product-change" => "products",
        "compute-inventory" | "push-inventory" => "stock",
        "on-payment" => "payments",
        "on-transfer" => "transfers",
        "on-webhook" => "webhooks",
        "deliver" => "delivery",
        call if call.starts_with("settings.") => "settings",
        call if call.starts_with("users.") => "users",
        call if call.starts_with("product-links.") => "products",
        call if call.starts_with("customer-links.") => "customers",
        _ => return None,
    })
}

/// The word for how a call ended.
pub fn ending(error: Option<&CallError>) -> &'static str {
    match error {
        None => "ok",
        Some(CallError::Failure(failure)) => match **failure {
            Failure::Retry(_) => "retry",
            Failure::Reject(_) => "reject",
            Failure::Misconfigured(_) => "misconfigured",
            Failure::NotSupported(_) => "not-supported",
        },
        Some(CallError::Trapped { .. }) => "trap",
        Some(CallError::TimeLimit { .. } | CallError::OutOfFuel { .. }) => "time-limit",
        Some(CallError::MemoryLimit { .. }) => "memory-limit",
        Some(CallError::Limit { .. }) => "limit",
        Some(CallError::Forbidden { .. }) => "forbidden",
        Some(CallError::Schema { .. } | CallError::MigrationWithoutEnd { .. }) => "schema",
        Some(CallError::Host { .. }) => "host",
        Some(CallError::Commit { .. }) => "commit",
    }
}
