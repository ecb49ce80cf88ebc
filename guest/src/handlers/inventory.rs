//! `inventory`: what LeafLink should show as available, and queueing the writes that bring it there.

use super::Component;
use super::letters;
use super::settings::in_force;
use super::stock::{Assessed, assess};
use crate::bindings::exports::leaflink_sync::connector::inventory::{
    Availability, Computed, Guest, Mode, Pushed,
};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{self, Failure, effect};
use crate::host::outbox::{self, Intent, StockWish, Subject, Wish};
use crate::host::state::ReasonRecord;
use crate::host::{self, stock};
use crate::rules::decimal::plain;
use crate::rules::decision::Reason;
use crate::rules::ids::{LeafLinkProductId, ProductId};
use crate::rules::sorting::sort_by;
use crate::rules::stock_push::Mode as Is;

/// Products in one answer.
const MOST: usize = 500;

impl Guest for Component {
    fn compute_inventory(mut asked: Vec<String>, after: Option<String>) -> Result<Computed, Failure> {
        let (products, next) = if asked.is_empty() {
            stock::linked_page(after.as_deref())?
        } else {
            let (page, next) = page(&mut asked, after.as_deref());
            (stock::products(page)?, next)
        };
        let products = assess(products, &in_force()?)?.iter().map(availability).collect();
        Ok(Computed { products, next })
    }

    fn push_inventory(after: Option<String>) -> Result<Pushed, Failure> {
        let settings = in_force()?;
        if !settings.sync_inventory {
            return Ok(Pushed { looked_at: 0, decisions: Vec::new(), next: None });
        }
        let (products, next) = stock::linked_page(after.as_deref())?;
        let looked_at = u32::try_from(products.len()).unwrap_or(u32::MAX);
        let mut decisions = Vec::new();
        let mut newly_blocked = Vec::new();
        let assessed = assess(products, &settings)?;
        for one in &assessed {
            let Some(leaflink) = one.product.leaflink else { continue };
            decisions.extend(push(leaflink, one, &mut newly_blocked)?);
        }
        letters::tell_of_stock(newly_blocked, &settings)?;
        if next.is_none() {
            stock::put_pushed(host::now_ms())?;
        }
        Ok(Pushed { looked_at, decisions, next })
    }
}

/// The page of a list behind one of its products, and the last product of a page that is not the
/// last. By id and each once: a list that repeats a product would lead back to it.
fn page<'a>(asked: &'a mut Vec<String>, after: Option<&str>) -> (&'a [String], Option<String>) {
    sort_by(asked, String::cmp);
    asked.dedup();
    let begin = after.map_or(0, |after| asked.partition_point(|id| id.as_str() <= after));
    let rest = &asked[begin..];
    let page = &rest[..rest.len().min(MOST)];
    (page, page.last().filter(|_| page.len() < rest.len()).cloned())
}

/// Queues the write that a product needs, or takes back one that it no longer needs. Answers the
/// decision unless the product is as it should be.
fn push(
    leaflink: LeafLinkProductId,
    one: &Assessed,
    newly_blocked: &mut Vec<(ProductId, ReasonRecord)>,
) -> Result<Option<wit::Decision>, Failure> {
    let subject = Subject::Stock(leaflink);
    let available = one.figure.available.filter(|_| one.figure.differs).map(plain);
    let known = outbox::intent(&subject)?.map(|intent| intent.wish);
    let is_news = !matches!(&known, Some(Wish::Stock(known)) if known.available == available);
    let wish = StockWish { as_seen: one.as_seen.clone(), available: available.clone() };
    let mut wanted = intent(&one.product.name, &one.modified, wish);
    if let (None, Some(shown), Some(until_ms)) =
        (&available, one.figure.available, one.record.unsure_until(wanted.since_ms))
    {
        wanted.wish = Wish::Stock(StockWish::anew(plain(shown)));
        wanted.not_before_ms = until_ms;
    }
    outbox::want(&subject, wanted)?;

    let blocking: Vec<&Reason> = one.figure.reasons.iter().filter(|reason| reason.code.blocks()).collect();
    let codes: Vec<String> = blocking.iter().map(|reason| reason.code.word().to_owned()).collect();
    let blocked_otherwise = codes != one.record.told;
    if blocked_otherwise {
        let reasons = blocking.iter().map(|reason| (one.product.id.clone(), ReasonRecord::from(*reason)));
        newly_blocked.extend(reasons);
    }
    let record = stock::StockRecord { told: codes, ..one.record_now() };
    if blocked_otherwise || record.confirmed != one.record.confirmed {
        stock::put_record(leaflink, &record)?;
    }

    let effects = if is_news { queued(leaflink, one) } else { None };
    if effects.is_none() && blocking.is_empty() {
        return Ok(None);
    }
    let decision = wit::Decision {
        stream: wit::Stream::Stock,
        subject: one.product.id.0.clone(),
        label: one.product.name.clone(),
        outcome: if effects.is_none() { wit::Outcome::Held } else { wit::Outcome::Applied },
        reasons: answer::reasons(&one.figure.reasons),
        effects: effects.into_iter().collect(),
    };
    if blocked_otherwise || decision.outcome == wit::Outcome::Applied {
        host::journal(&decision)?;
    }
    Ok(Some(decision))
}

/// The write that a product needs, as an effect; none: it needs none.
pub fn queued(leaflink: LeafLinkProductId, one: &Assessed) -> Option<wit::Effect> {
    let available = one.figure.available.filter(|_| one.figure.differs)?;
    let shown = one.shown.as_ref()?;
    Some(effect(
        "queue-leaflink-write",
        &leaflink.to_string(),
        format!("Queue a change of the stock of {} in LeafLink.", one.product.name),
        vec![wit::Change {
            field: "available_inventory".to_owned(),
            before: Some(plain(shown.available)),
            after: Some(plain(available)),
        }],
    ))
}

/// The intent for what LeafLink should show.
pub fn intent(label: &str, modified: &str, wish: StockWish) -> Intent {
    Intent {
        label: label.to_owned(),
        wish: Wish::Stock(wish),
        since_ms: host::now_ms(),
        attempts: 0,
        tried_ms: 0,
        not_before_ms: 0,
        parked: None,
        told: None,
        modified: modified.to_owned(),
    }
}

fn availability(one: &Assessed) -> Availability {
    let figure = &one.figure;
    Availability {
        product: one.product.id.0.clone(),
        leaflink_product: one.product.leaflink.map(|id| id.0),
        mode: one.shown.as_ref().map(|shown| match shown.mode {
            Is::Managed => Mode::Managed,
            Is::Unlimited => Mode::Unlimited,
            Is::Inherited => Mode::Inherited,
        }),
        available: figure.available.map(plain),
        active: plain(figure.active),
        reserved: plain(figure.reserved),
        held_back: plain(figure.held_back),
        safety_buffer: plain(figure.buffer),
        rounded_off: plain(figure.rounded_off),
        shown: one.shown.as_ref().map(|shown| plain(shown.available)),
        confirmed: one.record.confirmed.clone(),
        differs: figure.differs,
        reasons: answer::reasons(&figure.reasons),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_with_repeats_ends_and_answers_each_product_once() {
        let asked: Vec<String> = (0..1_501).map(|number| format!("p-{}", number * 7 % 1_100)).collect();
        let (mut answered, mut after) = (Vec::new(), None);
        for _ in 0..3 {
            let mut asked = asked.clone();
            let (products, next) = page(&mut asked, after.as_deref());
            answered.extend(products.to_vec());
            after = next;
        }
        assert_eq!(after, None);
        let mut each: Vec<String> = (0..1_100).map(|number| format!("p-{number}")).collect();
        each.sort();
        assert_eq!(answered, each);
    }
}
