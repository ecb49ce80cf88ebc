//! The component's own state in `store`: every key and every record it keeps.
//!
//! | key | record |
//! |---|---|
//! | `meta/schema` | the schema of all the others |
//! | `settings` | the settings document as it was put |
//! | `user/<staff>` | the ERP user of a LeafLink user |
//! | `customer/<customer>` | the ERP company of a LeafLink customer, when the company's own field names another |
//! | `order/<number>` | what was last decided about an order |
//! | `held/<number>` | nothing; an order that waits |
//! | `look/order/<number>` | the `modified` with which an order was listed that is to be looked at |
//! | `look/product/<id>` | nothing; a LeafLink product that is to be looked at; see [`super::webhooks`] |
//! | `watch` | the signs by which silence is judged; see [`super::alarms`] |
//! | `webhooks` | when webhooks came; see [`super::webhooks`] |
//! | `leaflink-company` | LeafLink's id of this company |
//! | `poll/orders` | how far LeafLink's orders were read |
//! | `payment/<id>` | what LeafLink has of a payment, and what people were told of it |
//! | `waiting/payment/<id>` | nothing; a payment that waits |
//! | `look/payments` | the waiting payment that was last looked at; absent: no round over them is under way |
//! | `waiting/product/<id>` | nothing; a product that waits for LeafLink to say which company sells it; see [`super::rounds`] |
//! | `look/products` | the same as `look/payments`, of those |
//! | `payments-from` | when the payments setting was turned on; absent: it is off |
//! | `transfer/<id>` | the transfer as it was last acted upon |
//! | `matched/<sales order>` | the transfer that was last seen matched to it |
//! | `stock/<leaflink product>` | what LeafLink confirmed of its stock, and what people were told; see [`super::stock`] |
//! | `price/<leaflink product>` | the prices that both sides last agreed on, and what people were told; see [`super::prices`] |
//! | `priced/<product>` | the LeafLink product whose `price/...` is of this product |
//! | `prices-on` | how often the price setting was turned on, and whether it is |
//! | `pushed/stock` | when stock was last pushed to the end |
//! | `poll/products` | how far, and when, LeafLink's catalogue was read; see [`super::catalogue`] |
//! | `catalogue/<product>` | a product of LeafLink's catalogue |
//! | `listing/<product>` | what was last applied of a product's LeafLink tab, and what people were told; see [`super::listings`] |
//! | `choices/<list>` | a list of LeafLink's that a drop-down offers, and when it was read; see [`super::choices`] |
//! | `outbox/<kind>/<id>` | a write to LeafLink that is wanted; see [`super::outbox`] |
//! | `outage` | attempts in a row that came to nothing, and when LeafLink last came back; see [`super::outage`] |
//! | `cause/<cause>` | how often people were told of one cause, and which orders they were not |
//!
//! Records are JSON. A field may be added with a default; anything else is a new schema, and
//! [`super::migration`] brings what is stored to it.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::answer::{self, Failure};
use super::outbox;
use super::projection::ProjectionRecord;
use crate::bindings::leaflink_sync::host::store;
use crate::rules::decision::Reason;
use crate::rules::ids::{CompanyId, CustomerId, LeafLinkProductId, OrderNumber, StaffId, UserId};
use crate::rules::order::{Memory, SourceStatus};
use crate::rules::reasons::Code;
use crate::rules::sorted::Map;
use crate::rules::sorting::sort_by;

/// The schema that this component writes.
pub const SCHEMA: u32 = if cfg!(feature = "next-schema") { 2 } else { 1 };
/// The oldest schema that it reads.
pub const OLDEST_SCHEMA: u32 = 1;

/// Keys in one batch read.
pub(super) const BATCH: usize = 500;

pub(super) const SCHEMA_KEY: &str = "meta/schema";
const SETTINGS_KEY: &str = "settings";
const POLL_ORDERS_KEY: &str = "poll/orders";
pub(super) const ORDER_PREFIX: &str = "order/";
const LOOK_PREFIX: &str = "look/order/";
/// Keys of one scan.
const SCAN: u32 = 1_000;
const HELD_PREFIX: &str = "held/";
const CAUSE_PREFIX: &str = "cause/";
const USER_PREFIX: &str = "user/";
/// How long a status that was given up is known for ours if LeafLink's order has it after all.
const OURS_FOR_MS: u64 = 60 * 60 * 1_000;

/// What was last decided about a LeafLink order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderState {
    /// The "Order No.".
    #[cfg_attr(feature = "next-schema", serde(rename = "order_no"))]
    pub short_id: String,
    /// What came of it.
    pub standing: Standing,
    /// When it was placed, in milliseconds since 1970; 0 when it could not be read.
    #[serde(default)]
    pub placed_at_ms: u64,
    /// LeafLink's `modified` when it was looked at; empty when it could not be read.
    pub modified: String,
    /// When it was looked at.
    pub looked_at_ms: u64,
    /// LeafLink's total against the parts, once it was computed.
    #[serde(default)]
    pub totals: Option<TotalsRecord>,
    /// Edits of LeafLink that could not be taken over, and why.
    #[serde(default)]
    pub conflicts: Vec<ReasonRecord>,
    /// The order as it was last applied to its sales order.
    #[serde(default)]
    pub applied: Option<ProjectionRecord>,
    /// The order as it was last looked at, where edits of it could not be taken over.
    #[serde(default)]
    pub seen: Option<ProjectionRecord>,
    /// The customer that the sales order had.
    #[serde(default)]
    pub seen_customer: Option<String>,
    /// Its sales order was deleted, and LeafLink's order is to be rejected for that.
    #[serde(default)]
    pub reject: bool,
    /// The sales order that was deleted. The order may have become another one before, of which the
    /// ERP tells later.
    #[serde(default)]
    pub deleted: Option<String>,
    /// The status that LeafLink's order was to get when it was last given up, and when that was. It may
    /// have been sent before.
    #[serde(default)]
    pub given_up: Option<(String, u64)>,
    /// While it waits: the units that its buyer was promised, by LeafLink product.
    #[serde(default)]
    pub holds: Map<u64, String>,
}

/// What came of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It is in the ERP.
    Imported {
        /// As this sales order.
        sales_order: String,
    },
    /// It waits.
    Held {
        /// Since when.
        since_ms: u64,
        /// The blocking reasons.
        reasons: Vec<ReasonRecord>,
    },
    /// It does not come over (now).
    Ignored,
    /// Its sales order was deleted; it comes over again once it is edited.
    Unlinked,
}

/// A reason as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReasonRecord {
    /// Its code.
    pub code: String,
    /// Its message.
    pub message: String,
    /// Its fix.
    pub fix: String,
    /// The field it is about.
    #[serde(default)]
    pub field: Option<String>,
    /// Its figures.
    #[serde(default)]
    pub facts: Vec<(String, String)>,
}

impl ReasonRecord {
    /// What the reason is about, without the figures that move: its code, its field, and the ids
    /// of what it names.
    pub fn cause(&self) -> (&str, Option<&str>, Vec<&str>) {
        let about = self.facts.iter().filter(|(name, _)| ABOUT.contains(&name.as_str()));
        (&self.code, self.field.as_deref(), about.map(|(_, value)| value.as_str()).collect())
    }
}

/// Figures of a reason that say what it is about.
const ABOUT: [&str; 7] = ["staff", "leaflink-product", "product", "line", "recorded-by", "field", "words"];

fn own((code, field, about): (&str, Option<&str>, Vec<&str>)) -> (String, Option<String>, Vec<String>) {
    (code.to_owned(), field.map(str::to_owned), about.into_iter().map(str::to_owned).collect())
}

impl From<&Reason> for ReasonRecord {
    fn from(reason: &Reason) -> Self {
        Self {
            code: reason.code.word().to_owned(),
            message: reason.message.clone(),
            fix: reason.fix.clone(),
            field: reason.field.clone(),
            facts: reason.facts.iter().map(|fact| (fact.name.clone(), fact.value.clone())).collect(),
        }
    }
}

/// LeafLink's total against the parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TotalsRecord {
    /// LeafLink's own.
    pub leaflink: String,
    /// The parts put together.
    pub computed: String,
    /// The way of computing that matched; none did: absent.
    pub matched: Option<String>,
}

/// How far LeafLink's orders were read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollState {
    /// The latest `modified` of a finished pass.
    #[serde(default)]
    pub watermark: Option<String>,
    /// When the first pass began: the integration was connected.
    #[serde(default)]
    pub connected_at_ms: Option<u64>,
    /// The first pass, over the orders that were open then, is done.
    #[serde(default)]
    pub opened: bool,
    /// The pass under way.
    #[serde(default)]
    pub pass: Option<Pass>,
    /// When the last pass was finished.
    #[serde(default)]
    pub finished_ms: Option<u64>,
    /// When the last pass was finished that began days before the watermark.
    #[serde(default)]
    pub deep_ms: Option<u64>,
    /// Since when every finished pass met a record that cannot be read.
    #[serde(default)]
    pub in_the_way_since_ms: Option<u64>,
    /// The held order that was last put on the list; absent: the next pass puts the first ones there.
    #[serde(default)]
    pub held_after: Option<String>,
    /// The list was longer than what one call answers: up to here it was answered.
    #[serde(default)]
    pub answered: Option<Place>,
}

/// An order's place on the list of those to be looked at: its number, and when it was placed; one
/// without news comes [`BEHIND`] all others.
pub type Place = (String, u64);

/// Later than any order is placed.
const BEHIND: u64 = 1 << 60;

/// A pass over the pages of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pass {
    /// Records to skip.
    pub offset: u64,
    /// Records to ask for.
    pub limit: u64,
    /// The latest `modified` so far.
    pub highest: Option<String>,
    /// It put an order on the list.
    #[serde(default)]
    pub found: bool,
    /// How often it was begun anew because of that.
    #[serde(default)]
    pub again: u32,
    /// Records that it passed over, in words. It proves nothing then about what lies before its end.
    #[serde(default)]
    pub passed_over: Vec<String>,
    /// It began days before the watermark.
    #[serde(default)]
    pub deep: bool,
    /// How often in a row its one record could not be read.
    #[serde(default)]
    pub unreadable: u32,
    /// How often in a row LeafLink failed over its page; it stays once it was often enough to look for
    /// a record that is to blame.
    #[serde(default)]
    pub failed: u32,
    /// What the last page began with.
    #[serde(default)]
    pub first: Option<String>,
    /// How many pages in a row began with that.
    #[serde(default)]
    pub alike: u32,
}

/// Notes that the state is of this component's schema.
pub fn put_schema() -> Result<(), Failure> {
    put(SCHEMA_KEY, &SCHEMA)
}

/// The schema of the stored state; none was ever stored: absent.
#[cfg(not(feature = "next-schema"))]
pub fn schema() -> Result<Option<u32>, Failure> {
    get(SCHEMA_KEY)
}

/// The settings document, if one was put.
pub fn settings() -> Result<Option<serde_json::Map<String, serde_json::Value>>, Failure> {
    get(SETTINGS_KEY)
}

/// Replaces the settings document.
pub fn put_settings(document: &serde_json::Map<String, serde_json::Value>) -> Result<(), Failure> {
    put(SETTINGS_KEY, document)
}

/// How far LeafLink's orders were read.
pub fn poll_orders() -> Result<PollState, Failure> {
    get(POLL_ORDERS_KEY).map(Option::unwrap_or_default)
}

/// Notes how far LeafLink's orders were read.
pub fn put_poll_orders(state: &PollState) -> Result<(), Failure> {
    put(POLL_ORDERS_KEY, state)
}

/// The ERP users of LeafLink users; unmapped ones are left out.
pub fn users(staff: impl IntoIterator<Item = StaffId>) -> Result<Map<StaffId, UserId>, Failure> {
    let staff: Vec<StaffId> = staff.into_iter().collect();
    let mut users = Map::new();
    for batch in staff.chunks(BATCH) {
        let keys: Vec<String> = batch.iter().map(|staff| user_key(*staff)).collect();
        let values = store::get_many(&keys).map_err(store_failure)?;
        for ((staff, key), value) in batch.iter().zip(&keys).zip(values) {
            if let Some(value) = value {
                users.insert(*staff, UserId(decode(key, &value)?));
            }
        }
    }
    Ok(users)
}

/// Maps a LeafLink user to an ERP user, or unmaps it.
pub fn put_user(staff: StaffId, user: Option<&UserId>) -> Result<(), Failure> {
    match user {
        Some(user) => put(&user_key(staff), &user.0),
        None => store::delete(&user_key(staff)).map_err(store_failure),
    }
}

/// The company that is a LeafLink customer besides the one that its own field names.
pub fn company_beside(customer: CustomerId) -> Result<Option<CompanyId>, Failure> {
    Ok(get::<String>(&customer_key(customer))?.map(CompanyId))
}

/// Notes such a company, or forgets it.
pub fn put_company_beside(customer: CustomerId, company: Option<&CompanyId>) -> Result<(), Failure> {
    match company {
        Some(company) => put(&customer_key(customer), &company.0),
        None => store::delete(&customer_key(customer)).map_err(store_failure),
    }
}

fn customer_key(customer: CustomerId) -> String {
    format!("customer/{customer}")
}

/// What was last decided about an order.
pub fn order(number: &OrderNumber) -> Result<Option<OrderState>, Failure> {
    get(&format!("{ORDER_PREFIX}{number}"))
}

/// The same where another thing is decided: a record that cannot be read stops its own order, at
/// whose look it is reported, and nothing else. Absent then, too.
pub fn readable_order(number: &OrderNumber) -> Result<Option<OrderState>, Failure> {
    let key = format!("{ORDER_PREFIX}{number}");
    let value = store::get(&key).map_err(store_failure)?;
    Ok(value.and_then(|value| decode(&key, &value).ok()))
}

/// Notes what was decided about an order, and keeps the list of held orders in step.
pub fn put_order(number: &OrderNumber, state: &OrderState) -> Result<(), Failure> {
    put(&format!("{ORDER_PREFIX}{number}"), state)?;
    let held_key = format!("{HELD_PREFIX}{number}");
    if state.waits() { put(&held_key, &()) } else { store::delete(&held_key).map_err(store_failure) }
}

/// Notes that LeafLink's order has a status because of us. It is no edit of LeafLink's then: a
/// person may have moved the sales order back before its echo is seen.
pub fn note_own_status(number: &OrderNumber, status: SourceStatus) -> Result<(), Failure> {
    let Some(mut known) = order(number)? else { return Ok(()) };
    let Some(applied) = &mut known.applied else { return Ok(()) };
    applied.set_status(status);
    put_order(number, &known)
}

/// What the rules need to remember of an order.
pub fn memory(number: &OrderNumber) -> Result<Memory, Failure> {
    let Some(known) = order(number)? else { return Ok(Memory::default()) };
    let projection = known.applied.as_ref().and_then(ProjectionRecord::projection);
    let seen = known.seen.as_ref().and_then(ProjectionRecord::projection);
    Ok(match known.standing {
        Standing::Imported { .. } => {
            let seen_customer = known.seen_customer.map(CompanyId);
            let given_up =
                known.given_up.filter(|(_, at_ms)| super::now_ms().abs_diff(*at_ms) <= OURS_FOR_MS);
            let given_up = given_up.and_then(|(status, _)| SourceStatus::from_word(&status));
            let own_status = outbox::wanted_status(number)?.or(given_up);
            Memory { applied: projection, seen, own_status, seen_customer, ..Memory::default() }
        }
        Standing::Unlinked => Memory { applied: projection, seen, reject: known.reject, ..Memory::default() },
        Standing::Held { .. } | Standing::Ignored => Memory::default(),
    })
}

/// Numbers of held orders after `after`, at most `limit`.
pub fn held(after: Option<&str>, limit: u32) -> Result<Vec<OrderNumber>, Failure> {
    numbers(HELD_PREFIX, after, limit)
}

/// Numbers of all held orders.
pub fn all_held() -> Result<Vec<OrderNumber>, Failure> {
    let mut all = Vec::new();
    loop {
        let after = all.last().map(|last: &OrderNumber| last.0.as_str());
        let page = held(after, SCAN)?;
        let is_last = page.len() < SCAN as usize;
        all.extend(page);
        if is_last {
            return Ok(all);
        }
    }
}

/// LeafLink products that held orders wait for.
pub fn awaited_products() -> Result<Vec<LeafLinkProductId>, Failure> {
    let mut awaited = Vec::new();
    for number in all_held()? {
        let Some(order) = readable_order(&number)? else { continue };
        for (name, id) in order.open_reasons().iter().flat_map(|reason| &reason.facts) {
            if name == "leaflink-product"
                && let Ok(id) = id.parse().map(LeafLinkProductId)
                && !awaited.contains(&id)
            {
                awaited.push(id);
            }
        }
    }
    Ok(awaited)
}

/// An order that is to be looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookRecord {
    /// The `modified` that it was listed with; empty when it is to be looked at for another reason.
    pub modified: String,
    /// When it was placed, in milliseconds since 1970: who came first is served first.
    pub placed_at_ms: u64,
    /// It waits, and is looked at once more without news from LeafLink.
    #[serde(default, skip_serializing_if = "is_false")]
    pub again: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // As serde calls it.
fn is_false(flag: &bool) -> bool {
    !flag
}

/// Notes that an order is to be looked at.
pub fn put_look(number: &OrderNumber, record: &LookRecord) -> Result<(), Failure> {
    put(&format!("{LOOK_PREFIX}{number}"), record)
}

/// How an order is listed; absent: it is not on the list.
pub fn look(number: &OrderNumber) -> Result<Option<LookRecord>, Failure> {
    get_or_default(&format!("{LOOK_PREFIX}{number}"))
}

/// Puts an order that waits on the list, without news from LeafLink.
pub fn look_again(number: &OrderNumber, known: &OrderState) -> Result<(), Failure> {
    if look(number)?.is_some() {
        return Ok(());
    }
    put_look(number, &LookRecord { placed_at_ms: known.placed_at_ms, again: true, ..LookRecord::default() })
}

/// Takes an order off the list of those to be looked at.
pub fn looked(number: &OrderNumber) -> Result<(), Failure> {
    store::delete(&format!("{LOOK_PREFIX}{number}")).map_err(store_failure)
}

/// Orders to be looked at after a place on the list, those that were placed first coming first, at
/// most `limit`; of more, those with news, and up to which place these go.
pub fn looks(after: Option<&Place>, limit: usize) -> Result<(Vec<OrderNumber>, Option<Place>), Failure> {
    let mut listed: Vec<(String, LookRecord)> = Vec::new();
    loop {
        let scanned = listed.last().map(|(number, _)| number.clone());
        let page = entries_or_default(LOOK_PREFIX, scanned.as_deref(), SCAN)?;
        let is_last = page.len() < SCAN as usize;
        listed.extend(page);
        if is_last {
            break;
        }
    }
    let rank = |record: &LookRecord| record.placed_at_ms | if record.again { BEHIND } else { 0 };
    if let Some((last, up_to)) = after {
        listed.retain(|(number, record)| (rank(record), number) > (*up_to, last));
    }
    sort_by(&mut listed, |(one, a), (other, b)| (a.placed_at_ms, one).cmp(&(b.placed_at_ms, other)));
    let mut up_to = None;
    if listed.len() > limit {
        let (waiting, news): (Vec<_>, Vec<_>) = listed.into_iter().partition(|(_, record)| record.again);
        listed = news;
        listed.extend(waiting);
        listed.truncate(limit);
        up_to = listed.last().map(|(number, record)| (number.clone(), rank(record)));
    }
    Ok((listed.into_iter().map(|(number, _)| OrderNumber(number)).collect(), up_to))
}

fn numbers(prefix: &str, after: Option<&str>, limit: u32) -> Result<Vec<OrderNumber>, Failure> {
    let entries = raw_entries(prefix, after, limit)?;
    Ok(entries.into_iter().map(|entry| OrderNumber(entry.key[prefix.len()..].to_owned())).collect())
}

/// How often people were told of one cause.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CauseState {
    /// When the first of these letters went out.
    pub first_ms: u64,
    /// Orders that a letter was written for since; other things that people were told of.
    pub told: Vec<String>,
    /// Those that wait for the digest.
    pub untold: Vec<String>,
    /// What the cause is, in words, as it was last found.
    pub message: String,
    /// How to put it right.
    pub fix: String,
}

/// How often people were told of a cause.
pub fn cause(cause: &str) -> Result<CauseState, Failure> {
    get_or_default(&format!("{CAUSE_PREFIX}{cause}")).map(Option::unwrap_or_default)
}

/// Notes how often people were told of a cause.
pub fn put_cause(cause: &str, state: &CauseState) -> Result<(), Failure> {
    put(&format!("{CAUSE_PREFIX}{cause}"), state)
}

/// Forgets a cause.
pub fn forget_cause(cause: &str) -> Result<(), Failure> {
    store::delete(&format!("{CAUSE_PREFIX}{cause}")).map_err(store_failure)
}

/// Causes after `after`, at most `limit`.
pub fn causes(after: Option<&str>, limit: u32) -> Result<Vec<(String, CauseState)>, Failure> {
    entries_or_default(CAUSE_PREFIX, after, limit)
}

/// Entries below a prefix. A record that cannot be read counts as an empty one: only for records
/// whose key says what matters, so that one of them does not stop all others.
pub(super) fn entries_or_default<T: DeserializeOwned + Default>(
    prefix: &str,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<(String, T)>, Failure> {
    let entries = raw_entries(prefix, after, limit)?.into_iter();
    Ok(entries
        .map(|entry| {
            let record = decode(&entry.key, &entry.value).unwrap_or_default();
            (entry.key[prefix.len()..].to_owned(), record)
        })
        .collect())
}

/// As [`get`], for the same kind of records.
pub(super) fn get_or_default<T: DeserializeOwned + Default>(key: &str) -> Result<Option<T>, Failure> {
    let value = store::get(key).map_err(store_failure)?;
    Ok(value.map(|value| decode(key, &value).unwrap_or_default()))
}

/// Entries below a prefix, their values as they are stored.
pub(super) fn raw_entries(
    prefix: &str,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<store::Entry>, Failure> {
    let after = after.map(|rest| format!("{prefix}{rest}"));
    store::scan(prefix, after.as_deref(), limit).map_err(store_failure)
}

/// A LeafLink user that an ERP user is mapped to; of several, the one with the lowest id.
pub fn staff_of(user: &UserId) -> Result<Option<StaffId>, Failure> {
    const PAGE: u32 = 1_000;
    let mut found: Option<u64> = None;
    let mut after: Option<String> = None;
    loop {
        let page: Vec<(String, String)> = entries_or_default(USER_PREFIX, after.as_deref(), PAGE)?;
        for (staff, mapped) in &page {
            if *mapped == user.0
                && let Ok(staff) = staff.parse()
            {
                found = Some(found.map_or(staff, |known| known.min(staff)));
            }
        }
        if page.len() < PAGE as usize {
            return Ok(found.map(StaffId));
        }
        after = page.into_iter().last().map(|(staff, _)| staff);
    }
}

fn user_key(staff: StaffId) -> String {
    format!("{USER_PREFIX}{staff}")
}

pub(super) fn get<T: DeserializeOwned>(key: &str) -> Result<Option<T>, Failure> {
    let value = store::get(key).map_err(store_failure)?;
    value.map(|value| decode(key, &value)).transpose()
}

pub(super) fn decode<T: DeserializeOwned>(key: &str, value: &[u8]) -> Result<T, Failure> {
    // As text, like LeafLink's bodies: reading bytes would be a second deserialiser in the component.
    match std::str::from_utf8(value) {
        Ok(text) => crate::json::from_str(text).map_err(|problem| unreadable(key, &problem)),
        Err(problem) => Err(unreadable(key, &problem)),
    }
}

fn unreadable(key: &str, problem: &dyn fmt::Display) -> Failure {
    answer::reject(Reason::new(
        Code::StoredStateUnreadable,
        format!("The stored record `{key}` cannot be read: {problem}."),
    ))
}

pub(super) fn put<T: Serialize>(key: &str, value: &T) -> Result<(), Failure> {
    let bytes = serde_json::to_vec(value).map_err(|problem| {
        answer::reject(Reason::new(
            Code::StoredStateUnreadable,
            format!("The record `{key}` cannot be written: {problem}."),
        ))
    })?;
    store::put(key, &bytes).map_err(store_failure)
}

pub(super) fn delete(key: &str) -> Result<(), Failure> {
    store::delete(key).map_err(store_failure)
}

pub(super) fn store_failure(error: store::Error) -> Failure {
    match error {
        store::Error::Unavailable(text) => answer::erp_unavailable(&text),
        store::Error::Invalid(text) | store::Error::QuotaExceeded(text) => answer::reject(Reason::new(
            Code::StoredStateUnreadable,
            format!("The host refused to store a record: {text}."),
        )),
    }
}

impl OrderState {
    /// What the order, or an edit of it, waits for.
    pub fn open_reasons(&self) -> &[ReasonRecord] {
        match &self.standing {
            Standing::Held { reasons, .. } => reasons,
            _ => &self.conflicts,
        }
    }

    /// Whether the order, or an edit of it, waits for something.
    pub fn waits(&self) -> bool {
        !self.open_reasons().is_empty()
    }

    /// Whether it waits for something that only an edit in LeafLink can change.
    pub fn needs_edit_in_leaflink(&self) -> bool {
        let code = |reason: &ReasonRecord| Code::from_word(&reason.code);
        self.open_reasons().iter().filter_map(code).any(Code::needs_edit_in_leaflink)
    }

    /// Whether its sales order was deleted.
    pub fn was_deleted(&self) -> bool {
        matches!(self.standing, Standing::Unlinked | Standing::Imported { .. })
    }

    /// Whether another state tells people the same: figures that move from one look to the next
    /// (stock that falls from 5 to 4) are no news.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let kind = |state: &Self| match &state.standing {
            Standing::Held { .. } => Standing::Held { since_ms: 0, reasons: Vec::new() },
            standing => standing.clone(),
        };
        let causes = |state: &Self| {
            let mut causes: Vec<_> = state.open_reasons().iter().map(ReasonRecord::cause).map(own).collect();
            sort_by(&mut causes, Ord::cmp);
            causes
        };
        kind(self) == kind(other) && causes(self) == causes(other)
    }

    /// Whether it waits for a reason with this figure (`staff`, `leaflink-product`, ...).
    pub fn waits_for(&self, name: &str, value: &str) -> bool {
        self.open_reasons()
            .iter()
            .flat_map(|reason| &reason.facts)
            .any(|(fact, known)| fact == name && known == value)
    }
}
