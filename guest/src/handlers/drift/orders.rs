//! LeafLink's orders against the sales orders.
//!
//! LeafLink's list is walked, a page a call; its rows are read as a look reads an order. What a look
//! would do is a difference. The customer's record is not read for it: who the customer is changes
//! no status.

use super::{Page, Write, on_its_way};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::handlers::carry_out::wish;
use crate::handlers::look::queued;
use crate::handlers::polling::later;
use crate::handlers::settings::in_force;
use crate::host::answer::{Failure, effect};
use crate::host::leaflink::{Found, Listed, try_again};
use crate::host::outbox::{self, OrderWish, Subject, Wish};
use crate::host::state::{self, LookRecord, OrderState, PollState};
use crate::host::{erp, leaflink};
use crate::leaflink::order::OrderHint;
use crate::leaflink::{read, to_rules};
use crate::rules::drift::order::{self, EDITS, EXTERNAL_ID, Known, SALES_ORDER, SHIP_DATE, STATUS};
use crate::rules::drift::{Difference, OnItsWay};
use crate::rules::ids::OrderNumber;
use crate::rules::order::outward::Wanted;
use crate::rules::order::{SourceStatus, decide};
use crate::rules::settings::Settings;

/// Orders in one request.
const PAGE: u64 = 100;

/// What is the same for every order of a call.
struct Around {
    settings: Settings,
    currency: String,
    poll: PollState,
}

impl Around {
    fn read() -> Result<Self, Failure> {
        Ok(Self { settings: in_force()?, currency: erp::currency()?, poll: state::poll_orders()? })
    }
}

/// What was found of one order.
struct Compared {
    differences: Vec<Difference>,
    label: String,
    modified: String,
    wanted: Wanted,
}

/// Compares one page of LeafLink's orders.
pub fn page(after: Option<&str>) -> Result<Page, Failure> {
    let around = Around::read()?;
    let mut offset: u64 = after.and_then(|after| after.parse().ok()).unwrap_or(0);
    let mut limit = PAGE;
    let page = loop {
        let (from, most) = (offset.to_string(), limit.to_string());
        let query = [("include_children", "line_items"), ("limit", most.as_str()), ("offset", from.as_str())];
        match leaflink::page("/orders-received/", &query)? {
            Listed::Page(page) => break page,
            Listed::TooLarge(_) if limit > 1 => limit /= 2,
            // An order that is too large for the host is held for that, and known by its own look.
            Listed::TooLarge(_) => offset += 1,
            Listed::Unreadable(problem) => return Err(try_again(problem)),
        }
    };
    let records = page.results.len() as u64;
    let mut differences = Vec::new();
    for record in &page.results {
        differences.extend(
            compared(record.get().as_bytes(), &around)?.map(|one| one.differences).unwrap_or_default(),
        );
    }
    let more = page.next.is_some() && records > 0;
    Ok(Page {
        differences,
        compared: u32::try_from(records).unwrap_or(u32::MAX),
        next: more.then(|| (offset + records).to_string()),
    })
}

/// Compares one order, and says how each of its differences is put right.
pub fn one(number: &str) -> Result<Vec<(Difference, Write)>, Failure> {
    let number = OrderNumber(number.to_owned());
    if !leaflink::is_order_number(&number.0) {
        return Ok(Vec::new());
    }
    let Found::Body(body) = leaflink::order(&number)? else { return Ok(Vec::new()) };
    let around = Around::read()?;
    let Some(Compared { differences, label, modified, wanted }) = compared(&body, &around)? else {
        return Ok(Vec::new());
    };
    let key = around.settings.external_id_key;
    Ok(differences
        .into_iter()
        .map(|one| {
            let (number, label, modified, key) =
                (number.clone(), label.clone(), modified.clone(), key.clone());
            let only = match one.field {
                STATUS => Wanted { status: wanted.status, ..Wanted::default() },
                SHIP_DATE => Wanted { ship_day: wanted.ship_day.clone(), ..Wanted::default() },
                EXTERNAL_ID => Wanted { external_id: wanted.external_id.clone(), ..Wanted::default() },
                _ => Wanted::default(),
            };
            let write: Write = match one.field {
                SALES_ORDER | EDITS => Box::new(move || look_again(&number, &label)),
                _ => Box::new(move || write(&number, &label, &modified, &only, key)),
            };
            (one, write)
        })
        .collect())
}

/// Compares an order as LeafLink wrote it; absent: it names none.
fn compared(body: &[u8], around: &Around) -> Result<Option<Compared>, Failure> {
    let Some(hint) = read::<OrderHint>(body).ok().filter(|hint| leaflink::is_order_number(&hint.number))
    else {
        return Ok(None);
    };
    let number = OrderNumber(hint.number.clone());
    let before = state::order(&number)?;
    let known = known(&number, &hint, before.as_ref(), &around.poll)?;
    let read = match to_rules::order(body, &number, &around.currency) {
        Ok(read) => read,
        Err(reasons) => {
            let label = to_rules::short_id(body).unwrap_or_else(|| hint.number.clone());
            let problem: Vec<String> =
                reasons.iter().map(|reason| format!("{} {}", reason.message, reason.fix)).collect();
            let existing = erp::sales_order_of(&number)?;
            let one = order::unreadable(&hint.number, &label, &problem.join(" "), existing.as_ref(), &known);
            let (modified, wanted) = (hint.modified, Wanted::default());
            return Ok(Some(Compared { differences: vec![one], label, modified, wanted }));
        }
    };
    let snapshot = erp::snapshot(&read, around.currency.clone())?;
    // Which sales rep would be drawn makes no difference here.
    let plan = decide(&read, &snapshot, &around.settings, &mut |_| 0);
    Ok(Some(Compared {
        differences: order::differences(&read, snapshot.existing.as_ref(), &plan, &known, &around.settings),
        label: read.short_id,
        modified: read.modified,
        wanted: plan.wanted,
    }))
}

/// What the sync has of an order.
fn known(
    number: &OrderNumber,
    hint: &OrderHint,
    before: Option<&OrderState>,
    poll: &PollState,
) -> Result<Known, Failure> {
    let is_news = before.is_none_or(|before| before.modified != hint.modified);
    let to_be_looked_at = if state::look(number)?.is_some() {
        Some("it is on the list of orders to be looked at; the next round does it.")
    } else if !poll.opened {
        Some("LeafLink's orders were not read to the end yet; the next rounds do it.")
    } else if is_news && later(&hint.modified, poll.watermark.as_deref()) {
        Some("LeafLink changed it since the last poll; the next one brings it.")
    } else {
        None
    };
    let mut known = Known {
        to_be_looked_at: to_be_looked_at.map(str::to_owned),
        waits_for: before
            .and_then(|before| before.open_reasons().first())
            .map(|reason| format!("{} {}", reason.message, reason.fix)),
        ..Known::default()
    };
    if let Some(intent) = outbox::intent(&Subject::Order(number.clone()))?
        && let Wish::Order(wish) = &intent.wish
    {
        let on_its_way: OnItsWay = on_its_way(&intent);
        let status = wish.status.as_deref().and_then(SourceStatus::from_word);
        known.status = status.map(|status| (status, on_its_way.clone()));
        known.ship_day = wish.ship_day.clone().map(|day| (day, on_its_way.clone()));
        known.external_id = wish.external_id.clone().map(|(_, id)| (id, on_its_way));
    }
    Ok(known)
}

/// Queues the one part of a wish. What else is on its way stays so; what LeafLink refused is not
/// tried again with it.
fn write(
    number: &OrderNumber,
    label: &str,
    modified: &str,
    only: &Wanted,
    key: Option<String>,
) -> Result<Vec<wit::Effect>, Failure> {
    let subject = Subject::Order(number.clone());
    let settings = Settings { external_id_key: key, ..Settings::default() };
    let mut intent = wish(label, modified, only, &settings);
    if let Some(before) = outbox::intent(&subject)?.filter(|before| before.parked.is_none())
        && let (Wish::Order(before), Wish::Order(now)) = (before.wish, &mut intent.wish)
    {
        let OrderWish { status, ship_day, external_id, gives_back: _ } = before;
        now.status = now.status.take().or(status);
        now.ship_day = now.ship_day.take().or(ship_day);
        now.external_id = now.external_id.take().or(external_id);
    }
    outbox::put_intent(&subject, &intent)?;
    Ok(queued(number, label, only).into_iter().collect())
}

/// Puts an order on the list that the next poll answers.
fn look_again(number: &OrderNumber, label: &str) -> Result<Vec<wit::Effect>, Failure> {
    let placed_at_ms = state::order(number)?.map_or(0, |known| known.placed_at_ms);
    state::put_look(number, &LookRecord { placed_at_ms, ..LookRecord::default() })?;
    let summary = format!("Look at LeafLink order {label} again; the next poll names it.");
    Ok(vec![effect("look-again", &number.0, summary, Vec::new())])
}
