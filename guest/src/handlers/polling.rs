//! `polling`: what changed in LeafLink since the watermark, one page a call.
//!
//! The watermark is the latest `modified` of a finished pass, never a clock's time. A pass reads
//! from some minutes before it, because LeafLink's own rows can become visible late. A list that
//! moves while it is paged can skip a row, so a pass of several pages is repeated until it finds
//! nothing new; only then the watermark moves.

mod products;

use chrono::{DateTime, Duration, FixedOffset, SecondsFormat, Utc};

use super::Component;
use super::letters;
use super::settings::in_force;
use crate::bindings::exports::leaflink_sync::connector::polling::{Guest, Polled, Source, Subject};
use crate::bindings::leaflink_sync::host::types as wit;
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
/// Orders that one call answers.
const LOOKS: usize = 100;
/// Held orders that are put on the list at the end of a pass.
const HELD: u32 = 500;
/// Rounds in which a single record that cannot be read is tried again.
const UNREADABLE_ROUNDS: u32 = 3;
/// What the first pass asks for: orders that are not settled yet.
const OPEN_STATUSES: &str = "submitted,accepted,backorder";

impl Guest for Component {
    fn poll(source: Source) -> Result<Polled, Failure> {
        match source {
            Source::Orders => poll_orders(),
            Source::Products => products::poll(),
        }
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
            Pass { limit: PAGE, ..Pass::default() }
        }
    };
    let mut refused = Vec::new();
    let pass = match leaflink::page("/orders-received/", &as_pairs(&query(&poll, &pass)))? {
        Listed::TooLarge(limit) => {
            let problem = format!("it is larger than the {limit} bytes that the host takes");
            Some(smaller(pass, &problem, &mut refused)?)
        }
        // An outage shows like this, too, so a record is passed over only when it was so for long.
        Listed::Unreadable(problem) if pass.limit == 1 && pass.unreadable < UNREADABLE_ROUNDS => {
            poll.pass = Some(Pass { unreadable: pass.unreadable + 1, ..pass });
            return answered(
                &poll,
                false,
                vec![answer::reason(&Reason::new(Code::LeafLinkUnavailable, problem))],
            );
        }
        Listed::Unreadable(problem) => Some(smaller(pass, &problem, &mut refused)?),
        Listed::Page(page) => {
            let records = page.results.len() as u64;
            let pass =
                page.results.iter().try_fold(pass, |pass, record| note(pass, record.get(), &mut refused))?;
            let more = page.next.is_some() && records > 0;
            if more { Some(Pass { offset: pass.offset + records, ..pass }) } else { finish(pass, &mut poll)? }
        }
    };
    let more = pass.is_some();
    poll.pass = pass;
    answered(&poll, more, refused)
}

fn orders_to_look_at() -> Result<Vec<Subject>, Failure> {
    Ok(state::looks(LOOKS)?.into_iter().map(|number| Subject::Order(number.0)).collect())
}

fn answered(poll: &PollState, more: bool, refused: Vec<wit::Reason>) -> Result<Polled, Failure> {
    state::put_poll_orders(poll)?;
    let watermark = poll.watermark.as_deref().and_then(instant);
    Ok(Polled {
        look_at: orders_to_look_at()?,
        more,
        watermark_ms: watermark.and_then(|time| u64::try_from(time.timestamp_millis()).ok()),
        refused,
    })
}

/// The query of one page.
fn query(poll: &PollState, pass: &Pass) -> Vec<(&'static str, String)> {
    let mut query = vec![("fields_include", "number,created_on,modified,seller".to_owned())];
    match since(poll) {
        Some(from) => query.push(("modified__gte", from)),
        None if !poll.opened => query.push(("status", OPEN_STATUSES.to_owned())),
        None => {}
    }
    query.push(("limit", pass.limit.to_string()));
    query.push(("offset", pass.offset.to_string()));
    query
}

/// From when on orders can have changed unseen; absent before the first pass was finished.
pub fn since(poll: &PollState) -> Option<String> {
    let watermark = poll.watermark.as_deref().and_then(instant)?;
    let from = watermark.with_timezone(&Utc) - Duration::minutes(OVERLAP_MINUTES);
    Some(from.to_rfc3339_opts(SecondsFormat::Micros, true))
}

/// Notes one record of a page.
fn note(mut pass: Pass, record: &str, refused: &mut Vec<wit::Reason>) -> Result<Pass, Failure> {
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
    let looked_at = state::order(&number)?.is_some_and(|known| {
        known.modified == hint.modified && (!known.waits() || known.needs_edit_in_leaflink())
    });
    let listed = state::look(&number)?;
    if !looked_at && listed.is_none_or(|listed| listed.modified != hint.modified) {
        let placed_at_ms =
            instant(&hint.created_on).map_or(0, |time| u64::try_from(time.timestamp_millis()).unwrap_or(0));
        state::put_look(&number, &LookRecord { modified: hint.modified, placed_at_ms })?;
        pass.found = true;
    }
    Ok(pass)
}

/// The page could not be had: asks for half, and passes over a single record that spoils its page
/// by itself.
fn smaller(pass: Pass, problem: &str, refused: &mut Vec<wit::Reason>) -> Result<Pass, Failure> {
    if pass.limit > 1 {
        return Ok(Pass { limit: pass.limit / 2, ..pass });
    }
    refused.push(refuse(format!(
        "Record {} of LeafLink's list of orders was passed over: {problem}.",
        pass.offset + 1
    ))?);
    Ok(Pass { offset: pass.offset + 1, limit: PAGE, unreadable: 0, passed_over: true, ..pass })
}

/// The last page was read: the watermark moves, unless the list may have moved under the pass.
fn finish(pass: Pass, poll: &mut PollState) -> Result<Option<Pass>, Failure> {
    if pass.offset > 0 && pass.found {
        return Ok(Some(Pass { limit: PAGE, highest: pass.highest, ..Pass::default() }));
    }
    if let Some(highest) = pass.highest
        && !pass.passed_over
        && later(&highest, poll.watermark.as_deref())
    {
        poll.watermark = Some(highest);
    }
    poll.opened = true;
    for number in state::held(None, HELD)? {
        if let Some(known) = state::order(&number)?
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
fn later(one: &str, other: Option<&str>) -> bool {
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
