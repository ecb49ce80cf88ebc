//! The imports, as the handlers want them: typed, and with every failure turned into the host's
//! next action.

pub mod alarms;
pub mod answer;
pub mod catalogue;
pub mod choices;
pub mod erp;
#[cfg(all(test, not(feature = "next-schema")))]
mod kinds;
#[cfg(target_arch = "wasm32")]
#[allow(unsafe_code)]
mod last_words;
pub mod leaflink;
pub mod listings;
pub mod mail;
pub mod migration;
pub mod outage;
pub mod outbox;
pub mod payments;
pub mod prices;
pub mod products;
pub mod projection;
pub mod rounds;
mod sales_order_wire;
pub mod state;
pub mod stock;
pub mod transfers;
pub mod webhooks;

use crate::bindings::leaflink_sync::host as wit;

/// Appends a decision to the journal.
pub fn journal(decision: &wit::types::Decision) -> Result<(), answer::Failure> {
    wit::journal::append(decision).map_err(|error| {
        let text = match error {
            wit::journal::Error::QuotaExceeded(text) | wit::journal::Error::Unavailable(text) => text,
        };
        answer::erp_unavailable(&text)
    })
}

/// The time, in milliseconds since 1970.
pub fn now_ms() -> u64 {
    wit::clock::now()
}

/// A line of the log that warns.
pub fn warn(message: &str) {
    wit::log::write(wit::log::Level::Warn, message);
}

/// A random number below `bound`.
pub fn draw(bound: u32) -> u32 {
    wit::random::below(bound)
}
