//! `polling`: what changed in LeafLink since the watermark, one page a call.
//!
//! The watermark is the latest `modified` of a finished pass, never a clock's time. A pass reads
//! from some minutes before it, because LeafLink's own rows can become visible late. A list that
//! moves while it is paged can skip a row, so a pass of several pages is repeated until it finds
//! nothing new; only then the watermark moves.

pub mod products;

use chrono::{DateTime, Duration, FixedOffset, SecondsFormat, Utc};

use super::Component;
use super::settings::in_force;
use super::{alarms, letters};
use crate::bindings::exports::leaflink_sync::connector::polling::{Due, Guest, Polled, Source, Subject};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::alarms::{Watch, put_watch, watch};
use crate::host::answer::{self, Failure};
use crate::host::leaflink::Listed;
use crate::host::state::{LookRecord, Pass, PollState};
use crate::host::{self, leaflink, state, webhooks};
use crate::leaflink::order::OrderHint;
use crate::leaflink::read;
use crate::rules::decision::Reason;
use crate::rules::ids::OrderNumber;
use crate::rules::reasons::Code;
use crate::rules::text::shortened;

/// Orders in one page.
const PAGE: u64 = 100;
/// How far before the watermark a pass begins.
const OVERLAP_MINUTES: i64 = 10;
const OVERLAP: Duration = Duration::minutes(OVERLAP_MINUTES);
/// Once a day a pass begins this long before the watermark, for what became visible very late.
const DEEP_OVERLAP_DAYS: i64 = 7;
const DEEP_EVERY_MS: u64 = 24 * 60 * 60 * 1_000;
/// Single records in a row that cannot be read: LeafLink itself is in trouble.
const UNREADABLE_IN_A_ROW: u32 = 3;
/// Records that were passed over and are told of.
const PASSED_OVER_TOLD: usize = 10;
/// Orders, or products, that one call answers.
const LOOKS: usize = 100;
/// Held orders that are put on the list at the end of a pass.
const HELD: u32 = 500;
/// What the first pass asks for: orders that are not settled yet.
const OPEN_STATUSES: &str = "submitted,accepted,backorder";

impl Guest for Component {
    fn poll(source: Source) -> Result<Polled, Failure> {
        match source {
            Source::Orders => poll_orders(),
            Source::Products => products::poll(),
        }
    }

    fn next_due() -> Result<Vec<Due>, Failure> {
        alarms::next_due()
    }

    fn to_look_at() -> Result<Vec<Subject>, Failure> {
        let mut list = orders_to_look_at()?;
        list.extend(webhooks::products(LOOKS)?.into_iter().map(|product| Subject::Product(product.0)));
        Ok(list)
    }
}

fn poll_orders() -> Result<Polled, Failure> {
    let mut poll = state::poll_orders()?;
    if poll.connected_at_ms.is_none() {
        poll.connected_at_ms = Some(host::now_ms());
        state::put_schema()?;
    }
    let pass = match poll.pass.take() {
        Some(pass) => pass,
        None => {
            letters::flush(&in_force()?)?;
            let deep = poll.deep_ms.is_none_or(|last| host::now_ms().saturating_sub(last) >= DEEP_EVERY_MS);
            Pass { limit: PAGE, deep, ..Pass::default() }
        }
    };
    let mut watch = watch()?;
    let mut refused = Vec::new();
    let pass = match leaflink::page("/orders-received/", &as_pairs(&query(&poll, &pass)))? {
        Listed::TooLarge(limit) => {
            let problem = format!("it is larger than the {limit} bytes that the host takes");
            Some(smaller(pass, &problem))
        }
        // An outage shows like this, too. Records in a row that cannot be read are one: the pass ends,
        // and the next begins where this one did.
        Listed::Unreadable(problem) if pass.limit == 1 && pass.unreadable + 1 == UNREADABLE_IN_A_ROW => {
            poll.pass = None;
            return answered(
                &poll,
                false,
                vec![answer::reason(&Reason::new(Code::LeafLinkUnavailable, problem))],
            );
        }
        Listed::Unreadable(problem) => Some(smaller(pass, &problem)),
        Listed::Page(page) => {
            let records = page.results.len() as u64;
            let mut pass = page
                .results
                .iter()
                .try_fold(pass, |pass, record| note(pass, record.get(), &mut watch, &mut refused))?;
            let more = page.next.is_some() && records > 0;
            if more {
                pass.offset += records;
                pass.limit = (pass.limit * 2).min(PAGE);
                pass.unreadable = 0;
                Some(pass)
            } else {
                finish(pass, &mut poll, &mut watch, &mut refused)?
            }
        }
    };
    let more = pass.is_some();
    poll.pass = pass;
    put_watch(&watch)?;
    answered(&poll, more, refused)
}

fn orders_to_look_at() -> Result<Vec<Subject>, Failure> {
    Ok(state::looks(LOOKS)?.into_iter().map(|number| Subject::Order(number.0)).collect())
}

fn answered(poll: &PollState, more: bool, refused: Vec<wit::Reason>) -> Result<Polled, Failure> {
    state::put_poll_orders(poll)?;
    Ok(Polled { look_at: orders_to_look_at()?, more, watermark_ms: watermark_ms(poll), refused })
}

/// Up to when LeafLink's changes of orders were listed.
pub fn watermark_ms(poll: &PollState) -> Option<u64> {
    let watermark = poll.watermark.as_deref().and_then(instant);
    watermark.and_then(|time| u64::try_from(time.timestamp_millis()).ok())
}

/// The query of one page.
fn query(poll: &PollState, pass: &Pass) -> Vec<(&'static str, String)> {
    let mut query = vec![("fields_include", "number,created_on,modified,seller".to_owned())];
    match from(poll, if pass.deep { Duration::days(DEEP_OVERLAP_DAYS) } else { OVERLAP }) {
        Some(from) => query.push(("modified__gte", from)),
        None if !poll.opened => query.push(("status", OPEN_STATUSES.to_owned())),
        None => {}
    }
    query.push(("limit", pass.limit.to_string()));
    query.push(("offset", pass.offset.to_string()));
    query
}

/// From when on orders can have changed unseen; absent before the first poll. A company whose orders
/// have yet to begin has no watermark, and what is new there is what came since it was connected.
pub fn since(poll: &PollState) -> Option<String> {
    from(poll, OVERLAP).or_else(|| {
        let connected = i64::try_from(poll.connected_at_ms?).ok()?;
        Some(before(DateTime::from_timestamp_millis(connected)?, OVERLAP))
    })
}

fn from(poll: &PollState, overlap: Duration) -> Option<String> {
    let watermark = poll.watermark.as_deref().and_then(instant)?;
    Some(before(watermark.with_timezone(&Utc), overlap))
}

fn before(time: DateTime<Utc>, overlap: Duration) -> String {
    (time - overlap).to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Notes one record of a page.
fn note(
    mut pass: Pass,
    record: &str,
    watch: &mut Watch,
    refused: &mut Vec<wit::Reason>,
) -> Result<Pass, Failure> {
    let hint =
        read::<OrderHint>(record.as_bytes()).ok().filter(|hint| leaflink::is_order_number(&hint.number));
    let Some(hint) = hint else {
        refused.push(refuse(format!(
            "LeafLink's list of orders holds a record that names no order: {}.",
            shortened(record, 120)
        ))?);
        return Ok(pass);
    };
    if let Some(seller) = hint.seller
        && webhooks::own_company()?.is_none()
    {
        webhooks::put_own_company(seller)?;
    }
    if later(&hint.modified, pass.highest.as_deref()) {
        pass.highest = Some(hint.modified.clone());
    }
    let number = OrderNumber(hint.number);
    let looked_at = state::readable_order(&number)?.is_some_and(|known| {
        known.modified == hint.modified && (!known.waits() || known.needs_edit_in_leaflink())
    });
    let listed = state::look(&number)?;
    if !looked_at && listed.is_none_or(|listed| listed.modified != hint.modified) {
        let placed_at_ms =
            instant(&hint.created_on).map_or(0, |time| u64::try_from(time.timestamp_millis()).unwrap_or(0));
        state::put_look(&number, &LookRecord { modified: hint.modified, placed_at_ms })?;
        watch.find(&number, host::now_ms());
        pass.found = true;
    }
    Ok(pass)
}

/// The page could not be had: asks for half, and passes over a single record that spoils its page
/// by itself, so that it keeps no other from being seen. After it, pages grow again.
fn smaller(mut pass: Pass, problem: &str) -> Pass {
    if pass.limit > 1 {
        return Pass { limit: pass.limit / 2, ..pass };
    }
    pass.offset += 1;
    pass.unreadable += 1;
    pass.passed_over.push(format!(
        "Record {} of LeafLink's list of orders was passed over: {}.",
        pass.offset,
        problem.trim_end_matches('.')
    ));
    pass
}

/// The last page was read: the watermark moves, unless the list may have moved under the pass.
fn finish(
    pass: Pass,
    poll: &mut PollState,
    watch: &mut Watch,
    refused: &mut Vec<wit::Reason>,
) -> Result<Option<Pass>, Failure> {
    let now = host::now_ms();
    if pass.offset > 0 && pass.found {
        let again = Pass { limit: PAGE, highest: pass.highest, deep: pass.deep, ..Pass::default() };
        return Ok(Some(again));
    }
    poll.finished_ms = Some(now);
    if pass.deep {
        poll.deep_ms = Some(now);
    }
    if pass.passed_over.is_empty() {
        poll.in_the_way_since_ms = None;
    } else if poll.in_the_way_since_ms.is_none() {
        // Told once; for as long as it lasts, the watermark stands and the alarm tells of it.
        poll.in_the_way_since_ms = Some(now);
        for problem in pass.passed_over.iter().take(PASSED_OVER_TOLD) {
            refused.push(refuse(problem.clone())?);
        }
    }
    if let Some(highest) = pass.highest
        && pass.passed_over.is_empty()
        && later(&highest, poll.watermark.as_deref())
    {
        poll.watermark = Some(highest);
        watch.moved(now);
    }
    poll.opened = true;
    for number in state::held(None, HELD)? {
        if let Some(known) = state::readable_order(&number)?
            && !known.needs_edit_in_leaflink()
        {
            state::look_again(&number, &known)?;
        }
    }
    Ok(None)
}

fn refuse(message: String) -> Result<wit::Reason, Failure> {
    let reason = answer::reason(&Reason::new(Code::RecordUnusable, message));
    host::journal(&wit::Decision {
        stream: wit::Stream::Orders,
        subject: "orders-received".to_owned(),
        label: "a record in LeafLink's list of orders".to_owned(),
        outcome: wit::Outcome::Refused,
        reasons: vec![reason.clone()],
        effects: Vec::new(),
    })?;
    Ok(reason)
}

/// Whether one of LeafLink's instants is after another. One that cannot be read is after none.
pub fn later(one: &str, other: Option<&str>) -> bool {
    match (instant(one), other.and_then(instant)) {
        (Some(one), Some(other)) => one > other,
        (Some(_), None) => true,
        (None, _) => false,
    }
}

fn instant(text: &str) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc3339(text).ok()
}

fn as_pairs<'a>(query: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    query.iter().map(|(name, value)| (*name, value.as_str())).collect()
}
