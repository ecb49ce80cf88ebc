//! `polling`: what changed in LeafLink since the watermark, one page a call.
//!
//! The watermark is the latest `modified` of a finished pass, never a clock's time. A pass reads
//! from some minutes before it, because LeafLink's own rows can become visible late. A list that
//! moves while it is paged can skip a row, so a pass of several pages is repeated until it finds
//! nothing new; only then the watermark moves.

pub mod products;

use std::fmt;

use chrono::{DateTime, Duration, FixedOffset, SecondsFormat, Utc};

use super::Component;
use super::settings::in_force;
use super::{alarms, letters};
use crate::bindings::exports::leaflink_sync::connector::polling::{Due, Guest, Polled, Source, Subject};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::alarms::{Watch, put_watch, watch};
use crate::host::answer::{self, Failure};
use crate::host::leaflink::Listed;
use crate::host::state::{LookRecord, Pass, Place, PollState};
use crate::host::{self, leaflink, state, webhooks};
use crate::leaflink::order::OrderHint;
use crate::leaflink::page::Page;
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
/// Failures of LeafLink over one page: only then are smaller pages tried. An outage shows alike, and is
/// waited out.
const FAILED_IN_A_ROW: u32 = 3;
/// Pages in a row that begin alike: the list ignores which page is asked for. A list that moves can
/// show a record twice, and one by one a page is a record.
const ALIKE_IN_A_ROW: u32 = 3;
/// What is compared of the first record of a page: what names it is in it.
const BEGINNING: usize = 160;
/// How far ahead of the host's clock a stamp may be.
const AHEAD_MS: u64 = 24 * 60 * 60 * 1_000;
/// Records that were passed over and are told of.
const PASSED_OVER_TOLD: usize = 10;
/// Orders, or products, that one call answers.
const LOOKS: usize = 100;
/// Held orders that are put on the list at the end of a pass; the next pass goes on behind them.
const HELD: u32 = 500;
/// How often a pass is begun anew because it found something.
const MOST_AGAIN: u32 = 10;
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
        let mut list = to_look_at(None)?.0;
        list.extend(webhooks::products(LOOKS)?.into_iter().map(|product| Subject::Product(product.0)));
        Ok(list)
    }
}

fn poll_orders() -> Result<Polled, Failure> {
    let mut poll = state::poll_orders()?;
    if poll.pass.is_none() && poll.answered.is_some() {
        return answered(poll, Vec::new());
    }
    if poll.connected_at_ms.is_none() {
        poll.connected_at_ms = Some(host::now_ms());
        state::put_schema()?;
    }
    let mut pass = match poll.pass.take() {
        Some(pass) => pass,
        None => {
            // An earlier version left it there; what changed since is hidden, and nobody knows since when.
            // Not so where only our clock has been put back: it shows that the last pass is to come, too.
            let is_put_back = poll.finished_ms.is_some_and(|finished| finished > host::now_ms());
            poll.watermark = poll.watermark.filter(|stamp| is_put_back || !is_ahead(stamp));
            letters::flush(&in_force()?)?;
            let deep = poll.deep_ms.is_none_or(|last| host::now_ms().saturating_sub(last) >= DEEP_EVERY_MS);
            Pass { limit: PAGE, deep, ..Pass::default() }
        }
    };
    let mut watch = watch()?;
    let mut refused = Vec::new();
    let query = query(&poll, &pass);
    let Some(listed) = page(&mut pass, "/orders-received/", &as_pairs(&query), &mut refused)? else {
        poll.pass = Some(pass);
        return answered(poll, refused);
    };
    let pass = match listed {
        Listed::TooLarge(limit) => {
            let problem = format!("it is larger than the {limit} bytes that the host takes");
            Some(smaller(pass, &problem))
        }
        // An outage shows like this, too. Records in a row that cannot be read are one: the pass ends,
        // and the next begins where this one did.
        Listed::Unreadable(problem) if pass.limit == 1 && pass.unreadable + 1 == UNREADABLE_IN_A_ROW => {
            poll.pass = None;
            return answered(poll, vec![answer::reason(&Reason::new(Code::LeafLinkUnavailable, problem))]);
        }
        Listed::Unreadable(problem) => Some(smaller(pass, &problem)),
        Listed::Page(page) => {
            let records = page.results.len() as u64;
            let mut pass = page
                .results
                .iter()
                .try_fold(pass, |pass, record| note(pass, record.get(), &mut watch, &mut refused))?;
            if stands_still(&mut pass, &page) {
                refused.push(endless("orders"));
                None
            } else if page.has_next() {
                pass.offset += records;
                pass.limit = (pass.limit * 2).min(PAGE);
                pass.unreadable = 0;
                Some(pass)
            } else {
                finish(pass, &mut poll, &mut watch, &mut refused)?
            }
        }
    };
    poll.pass = pass;
    put_watch(&watch)?;
    answered(poll, refused)
}

/// A part of the list, and up to where it goes if there is more.
fn to_look_at(after: Option<&Place>) -> Result<(Vec<Subject>, Option<Place>), Failure> {
    let (numbers, up_to) = state::looks(after, LOOKS)?;
    Ok((numbers.into_iter().map(|number| Subject::Order(number.0)).collect(), up_to))
}

/// While a pass is under way, its pages bring what may stand anywhere on the list, and the first of
/// the list are answered; after it the rest, part by part, those that could not be looked at among it.
fn answered(mut poll: PollState, refused: Vec<wit::Reason>) -> Result<Polled, Failure> {
    let (look_at, up_to) = to_look_at(poll.answered.as_ref())?;
    poll.answered = up_to.filter(|_| poll.pass.is_none());
    state::put_poll_orders(&poll)?;
    Ok(Polled {
        look_at,
        more: poll.answered.is_some() || poll.pass.as_ref().is_some_and(|pass| !is_waited_out(pass)),
        watermark_ms: watermark_ms(&poll),
        refused,
    })
}

/// Up to when LeafLink's changes of orders were listed.
pub fn watermark_ms(poll: &PollState) -> Option<u64> {
    poll.watermark.as_deref().and_then(stamp_ms)
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
        let problem = format!(
            "LeafLink's list of orders holds a record that names no order: {}.",
            shortened(record, 120)
        );
        refused.push(refuse(Source::Orders, Code::RecordUnusable, problem)?);
        return Ok(pass);
    };
    if let Some(seller) = hint.seller
        && webhooks::own_company()?.is_none()
    {
        webhooks::put_own_company(seller)?;
    }
    let is_ahead = raise(&mut pass.highest, Some(&hint.modified));
    let number = OrderNumber(hint.number);
    // One that waits is looked at again at the end of the pass: it is no news.
    let looked_at = state::readable_order(&number)?.is_some_and(|known| known.modified == hint.modified);
    let listed = state::look(&number)?;
    if !looked_at && listed.is_none_or(|listed| listed.modified != hint.modified) {
        let placed_at_ms = stamp_ms(&hint.created_on).unwrap_or(0);
        if is_ahead {
            refuse(Source::Orders, Code::StampAhead, ahead("order", &number))?;
        }
        state::put_look(&number, &LookRecord { modified: hint.modified, placed_at_ms, again: false })?;
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
    if pass.offset > 0 && pass.found && pass.again < MOST_AGAIN {
        let again = pass.again + 1;
        return Ok(Some(Pass {
            limit: PAGE,
            highest: pass.highest,
            deep: pass.deep,
            again,
            failed: pass.failed,
            ..Pass::default()
        }));
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
            refused.push(refuse(Source::Orders, Code::RecordUnusable, problem.clone())?);
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
    let mut held = state::held(poll.held_after.as_deref(), HELD)?;
    if held.is_empty() {
        held = state::held(None, HELD)?;
    }
    for number in &held {
        if let Some(known) = state::readable_order(number)?
            && !known.needs_edit_in_leaflink()
        {
            state::look_again(number, &known)?;
        }
    }
    poll.held_after = held.get(HELD as usize - 1).map(|last| last.0.clone());
    Ok(None)
}

/// Notes what is wrong with a record of a list.
fn refuse(source: Source, code: Code, message: String) -> Result<wit::Reason, Failure> {
    let reason = answer::reason(&Reason::new(code, message));
    let (stream, subject, label) = match source {
        Source::Orders => (wit::Stream::Orders, "orders-received", "a record in LeafLink's list of orders"),
        Source::Products => (wit::Stream::Products, "products", "a product in LeafLink's list"),
    };
    host::journal(&wit::Decision {
        stream,
        subject: subject.to_owned(),
        label: label.to_owned(),
        outcome: if code.blocks() { wit::Outcome::Refused } else { wit::Outcome::Unchanged },
        reasons: vec![reason.clone()],
        effects: Vec::new(),
    })?;
    Ok(reason)
}

/// The page of a pass; absent: LeafLink failed over it, which is told of and waited out.
fn page(
    pass: &mut Pass,
    path: &str,
    query: &[(&str, &str)],
    refused: &mut Vec<wit::Reason>,
) -> Result<Option<Listed>, Failure> {
    let failed = match leaflink::page_of_pass(path, query)? {
        Ok(listed) => return Ok(Some(listed)),
        Err(failed) => failed.reason,
    };
    pass.failed += 1;
    if is_waited_out(pass) {
        refused.push(failed);
        return Ok(None);
    }
    Ok(Some(Listed::Unreadable(failed.message)))
}

/// LeafLink failed over the page, which is asked for again in the next call, some minutes later.
fn is_waited_out(pass: &Pass) -> bool {
    (1..FAILED_IN_A_ROW).contains(&pass.failed)
}

/// Notes that a page was had, and what it begins with; whether the list comes to no end.
fn stands_still(pass: &mut Pass, page: &Page) -> bool {
    if is_waited_out(pass) {
        pass.failed = 0;
    }
    let first = page.results.first().map(|first| shortened(first.get(), BEGINNING));
    pass.alike = if first == pass.first { pass.alike + 1 } else { 1 };
    pass.first = first;
    pass.alike == ALIKE_IN_A_ROW && page.has_next()
}

fn endless(what: &str) -> wit::Reason {
    let problem = format!("LeafLink's list of {what} begins with the same record on every page.");
    answer::reason(&Reason::new(Code::LeafLinkUnavailable, problem))
}

/// Stamps only move on. One that is ahead of its time, as is answered then, moves nothing: what
/// changes until then would be passed over.
fn raise(highest: &mut Option<String>, stamp: Option<&str>) -> bool {
    let Some(stamp) = stamp.filter(|stamp| later(stamp, highest.as_deref())) else { return false };
    let is_ahead = is_ahead(stamp);
    if !is_ahead {
        *highest = Some(stamp.to_owned());
    }
    is_ahead
}

fn is_ahead(stamp: &str) -> bool {
    stamp_ms(stamp).is_some_and(|time| time > host::now_ms().saturating_add(AHEAD_MS))
}

fn ahead(what: &str, which: &dyn fmt::Display) -> String {
    format!("LeafLink {what} {which} was changed at a time that is to come; the watermark stays before it.")
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

fn stamp_ms(text: &str) -> Option<u64> {
    u64::try_from(instant(text)?.timestamp_millis()).ok()
}

fn as_pairs<'a>(query: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    query.iter().map(|(name, value)| (*name, value.as_str())).collect()
}
