//! Towards the stock that LeafLink should show.
//!
//! A figure is only sent while both sides look as they did when it was reckoned; otherwise it is
//! reckoned anew, here and now. One that was sent and not answered may come to LeafLink late, and
//! then stands there in place of a later one: it is reckoned anew as soon as that can no longer be.

use serde_json::json;

use super::Attempt;
use crate::bindings::leaflink_sync::host::types as wit;
use crate::handlers::inventory::intent;
use crate::handlers::settings::in_force;
use crate::handlers::stock::{Seen, as_seen, assess, seen, shown_now};
use crate::host::answer::{Failure, effect};
use crate::host::leaflink::Sent;
use crate::host::outbox::{self, StockWish, Subject};
use crate::host::stock::StockRecord;
use crate::host::{self, leaflink, stock};
use crate::rules::decimal::plain;
use crate::rules::decision::Reason;
use crate::rules::ids::LeafLinkProductId;
use crate::rules::once::QUIET_MS;
use crate::rules::reasons::Code;
use crate::rules::sorted::Map;
use crate::rules::stock_push::Shown;

/// Sets what LeafLink shows, unless it shows it already.
pub fn attempt(id: LeafLinkProductId, label: &str, wish: &mut StockWish) -> Result<Attempt, Failure> {
    let settings = in_force()?;
    let product = if settings.sync_inventory { stock::linked_to(id)? } else { None };
    let (Some(product), Some(mut available)) = (product, wish.available.take()) else {
        return Ok(Attempt::Done(Vec::new()));
    };
    let shown = match shown_now(id)? {
        Some(Seen::Good { shown, archived: false, .. }) => shown,
        Some(Seen::Unusable(reason)) => return Ok(Attempt::Refused(reason)),
        // The next push tells people of it.
        Some(Seen::Good { .. }) | None => return Ok(Attempt::Done(Vec::new())),
    };
    let levels = stock::levels(std::slice::from_ref(&product))?;
    let levels = levels.get(&product.id).map_or(&[][..], Vec::as_slice);
    let mut before = shown.clone();
    if wish.as_seen != as_seen(&shown, levels) {
        let Some(now) = assess(vec![product.clone()], &settings)?.pop() else {
            return Ok(Attempt::Done(Vec::new()));
        };
        let figure = now.figure.available.filter(|_| now.figure.differs);
        let (Some(figure), Some(shown)) = (figure, &now.shown) else {
            // An answer may have been lost: LeafLink shows what it should.
            let record = now.record_now();
            stock::put_record(id, &record)?;
            return Ok(done(&record, available, wish, Vec::new()));
        };
        (available, before) = (plain(figure), shown.clone());
    }
    send(id, &product, label, before, available, wish)
}

fn send(
    id: LeafLinkProductId,
    product: &stock::Product,
    label: &str,
    before: Shown,
    available: String,
    wish: &mut StockWish,
) -> Result<Attempt, Failure> {
    match leaflink::patch_product(id, &json!({ "available_inventory": available }))? {
        Sent::Done(answer) => {
            let confirmed = match seen(id, &answer) {
                Seen::Good { shown, .. } => {
                    // An order came in between, and its units were put on offer once more: reckoned anew
                    // by the next call.
                    if shown.reserved > before.reserved {
                        *wish = StockWish::anew(available.clone());
                    }
                    plain(shown.available)
                }
                // It was taken; what LeafLink now shows, the next push reads.
                Seen::Unusable(_) => available.clone(),
            };
            let mut record = stock::record(id, &product.id)?;
            record.confirmed = Some(confirmed);
            stock::put_record(id, &record)?;
            let change = wit::Change {
                field: "available_inventory".to_owned(),
                before: Some(plain(before.available)),
                after: Some(available.clone()),
            };
            let summary = format!("Change the stock of {label} in LeafLink.");
            let effects = vec![effect("patch-leaflink-product", &id.to_string(), summary, vec![change])];
            Ok(done(&record, available, wish, effects))
        }
        Sent::Refused(refusal) => {
            wish.available = Some(available);
            let message = format!("LeafLink refused the stock of {label}: {refusal}.");
            let code = refusal.code(Code::WriteRefused);
            Ok(Attempt::Refused(Reason::new(code, message).with("words", refusal)))
        }
        Sent::NotTaken(later) => {
            wish.available = Some(available);
            Ok(Attempt::Later(later))
        }
        Sent::Unknown(later) => {
            wish.available = Some(available);
            let unanswered_ms = Some(host::now_ms());
            stock::put_record(id, &StockRecord { unanswered_ms, ..stock::record(id, &product.id)? })?;
            Ok(Attempt::Later(later))
        }
    }
}

/// LeafLink shows `available`, as it should. An earlier figure that may yet come has it looked at again.
fn done(record: &StockRecord, available: String, wish: &mut StockWish, effects: Vec<wit::Effect>) -> Attempt {
    match record.unsure_until(host::now_ms()) {
        // What is to be reckoned anew at once comes first, and comes here once more.
        Some(until_ms) if wish.available.is_none() => {
            *wish = StockWish::anew(available);
            Attempt::Again(effects, until_ms)
        }
        _ => Attempt::Done(effects),
    }
}

/// Has LeafLink show less of the products of which it shows more than it should: the first request
/// that does so; none is needed: nothing.
pub fn lower(ids: impl Iterator<Item = LeafLinkProductId>) -> Result<Option<Attempt>, Failure> {
    let settings = in_force()?;
    let mut products = Vec::new();
    for id in ids.filter(|_| settings.sync_inventory) {
        products.extend(stock::linked_to(id)?);
    }
    if products.is_empty() {
        return Ok(None);
    }
    for one in assess(products, &settings)? {
        if let (Some(id), Some(shown), Some(available)) =
            (one.product.leaflink, one.shown, one.figure.available)
            && available < shown.available
        {
            let mut wish = StockWish::default();
            match send(id, &one.product, &one.product.name, shown, plain(available), &mut wish)? {
                // The next push tells people of it, and what it is sent for does not wait for that.
                Attempt::Refused(_) => {}
                Attempt::Again(effects, _) => return Ok(Some(Attempt::Done(effects))),
                attempt => return Ok(Some(attempt)),
            }
        }
    }
    Ok(None)
}

/// LeafLink gave these back. They are looked at once more when nothing that was sent for it can still
/// come late.
pub fn look_again(gave_back: &Map<u64, String>) -> Result<(), Failure> {
    for id in gave_back.keys().map(|product| LeafLinkProductId(*product)) {
        let subject = Subject::Stock(id);
        if let Some(product) = stock::linked_to(id)?
            && outbox::intent(&subject)?.is_none()
        {
            let mut wanted = intent(&product.name, "", StockWish::anew(String::new()));
            wanted.not_before_ms = wanted.since_ms + QUIET_MS;
            outbox::put_intent(&subject, &wanted)?;
            let summary = format!("Look at the stock of {} in LeafLink again.", product.name);
            host::journal(&wit::Decision {
                stream: wit::Stream::Stock,
                subject: product.id.0,
                label: product.name,
                outcome: wit::Outcome::Applied,
                reasons: Vec::new(),
                effects: vec![effect("look-again", &id.to_string(), summary, Vec::new())],
            })?;
        }
    }
    Ok(())
}
