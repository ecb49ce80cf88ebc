//! What is kept of webhooks: when each kind last came, and the products that are to be looked at.
//!
//! Orders that a webhook names go on the list of [`super::state`], like those that a poll finds.

use serde::{Deserialize, Serialize};

use super::answer::Failure;
use super::state::{LookRecord, delete, entries_or_default, get, look, put, put_look};
use crate::rules::ids::{LeafLinkProductId, OrderNumber};

const KEY: &str = "webhooks";
const COMPANY_KEY: &str = "leaflink-company";
const PRODUCT_PREFIX: &str = "look/product/";
/// A wrong signature is noted once in this long: strangers shall not make the host write.
const REFUSED_EVERY_MS: u64 = 60_000;

/// When webhooks came, in milliseconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookState {
    /// The last one about an order.
    #[serde(default)]
    pub order_ms: Option<u64>,
    /// The last one about a product.
    #[serde(default)]
    pub product_ms: Option<u64>,
    /// The last one that was refused, to the minute.
    #[serde(default)]
    pub refused_ms: Option<u64>,
}

/// When webhooks came.
pub fn state() -> Result<WebhookState, Failure> {
    get(KEY).map(Option::unwrap_or_default)
}

/// Notes when webhooks came.
pub fn put_state(state: &WebhookState) -> Result<(), Failure> {
    put(KEY, state)
}

/// Notes that one was refused.
pub fn note_refused(now_ms: u64) -> Result<(), Failure> {
    let mut known = state()?;
    if known.refused_ms.is_none_or(|before| now_ms.saturating_sub(before) >= REFUSED_EVERY_MS) {
        known.refused_ms = Some(now_ms);
        put_state(&known)?;
    }
    Ok(())
}

/// LeafLink's id of this company; absent: no order of it was listed yet.
pub fn own_company() -> Result<Option<u64>, Failure> {
    get(COMPANY_KEY)
}

/// Notes LeafLink's id of this company.
pub fn put_own_company(id: u64) -> Result<(), Failure> {
    put(COMPANY_KEY, &id)
}

/// Puts an order on the list of those to be looked at, unless it is there with news.
pub fn announce_order(number: &OrderNumber, placed_at_ms: u64) -> Result<(), Failure> {
    match look(number)? {
        Some(listed) if !listed.again => Ok(()),
        _ => put_look(number, &LookRecord { placed_at_ms, ..LookRecord::default() }),
    }
}

/// Puts a product on the list of those to be looked at.
pub fn announce_product(id: LeafLinkProductId) -> Result<(), Failure> {
    put(&format!("{PRODUCT_PREFIX}{id}"), &())
}

/// Whether a product is on the list of those to be looked at.
pub fn is_product_listed(id: LeafLinkProductId) -> Result<bool, Failure> {
    Ok(get::<()>(&format!("{PRODUCT_PREFIX}{id}"))?.is_some())
}

/// Takes a product off the list of those to be looked at.
pub fn product_looked(id: LeafLinkProductId) -> Result<(), Failure> {
    delete(&format!("{PRODUCT_PREFIX}{id}"))
}

/// LeafLink products that are to be looked at, at most `limit`.
pub fn products(limit: usize) -> Result<Vec<LeafLinkProductId>, Failure> {
    let limit = u32::try_from(limit).unwrap_or(u32::MAX);
    let listed: Vec<(String, ())> = entries_or_default(PRODUCT_PREFIX, None, limit)?;
    Ok(listed.into_iter().filter_map(|(id, ())| id.parse().ok().map(LeafLinkProductId)).collect())
}
