//! What is checked around every call and after every act.

use std::collections::BTreeMap;

use leaflink_sync_kit::CallError;
use leaflink_sync_kit::exports::Failure;
use leaflink_sync_kit::host::records::{SalesOrder, SalesOrderStatus};
use leaflink_sync_kit::host::types::{Outcome, Stream};
use reference_erp::JournalEntry;
use serde_json::Value;

use super::stock;
use crate::books::Books;
use crate::history::Crash;
use crate::world::{UnderWay, World, is_over};

/// A call begins; answers whether the ERP's process dies in it. `queued`: the outbox, if the call
/// may send writes.
pub fn begins(world: &mut World, queued: Option<&BTreeMap<String, Vec<u8>>>) -> Option<Crash> {
    let dies = match (world.crash, queued) {
        (Some((None | Some(0), at)), Some(_)) | (Some((None, at)), None) => {
            world.crash = None;
            Some(at)
        }
        (Some((Some(left), at)), Some(_)) => {
            world.crash = Some((Some(left - 1), at));
            None
        }
        (Some((Some(_), _)), None) | (None, _) => None,
    };
    world.call = UnderWay { dies, queued: queued.cloned(), ..UnderWay::default() };
    dies
}

/// A call ended, or its process died and nothing came of it; answers whether it did what it was
/// called for. It may fail only when something went wrong around it, and then with what the host is
/// to do.
pub fn ended<T>(world: &mut World, outcome: Option<&Result<T, CallError>>) -> bool {
    let call = &world.call;
    let excused = match outcome {
        None | Some(Ok(_)) => true,
        Some(Err(CallError::Failure(failure))) => {
            matches!(**failure, Failure::Retry(_)) && (call.struck > 0 || call.stale)
        }
        Some(Err(CallError::Commit { .. })) => call.dies == Some(Crash::BeforeCommit),
        Some(Err(_)) => false,
    };
    if outcome.is_none() {
        world.trace.note("  the process died");
    }
    if let Some(Err(error)) = outcome {
        world.trace.note(&format!("  failed: {error}"));
        if !excused {
            world.violations.push(format!("a call failed, and nothing around it did: {error}"));
        }
    }
    match call.dies {
        Some(Crash::BeforeCommit) => {
            world.counters.hit("a call died before its commit");
            if world.call.wrote {
                world.counters.hit("a write was sent and the call died before its commit");
            }
        }
        Some(Crash::AfterCommit) => world.counters.hit("a call died after it had committed"),
        None => {}
    }
    outcome.is_some_and(Result::is_ok)
}

/// An entry of the journal.
pub fn decided(world: &mut World, entry: &JournalEntry) {
    let decision = &entry.decision;
    let told: Vec<&str> = decision.reasons.iter().map(|reason| reason.message.as_str()).collect();
    world.trace.note(&format!(
        "  journal: {:?} {} {:?} {told:?} {:?}",
        decision.stream,
        decision.label,
        decision.outcome,
        decision.effects.iter().map(|effect| effect.summary.as_str()).collect::<Vec<_>>()
    ));
    if decision.outcome == Outcome::Held
        && decision.stream == Stream::Orders
        && world.memory.held.insert(decision.subject.clone())
    {
        world.counters.hit("an order was held");
    }
    let codes = decision.reasons.iter().map(|reason| reason.code.clone()).collect();
    if decision.stream != Stream::Delivery {
        world.memory.decided.insert(decision.subject.clone(), codes);
    }
}

/// What calls made of the ERP's records.
pub fn compare(world: &mut World, before: &Books) {
    let after = world.memory.books.clone();
    for order in &before.orders {
        match after.orders.iter().find(|known| known.id == order.id) {
            Some(now) => moved(world, order, now),
            None => world.violations.push(format!("the component removed {}", order.number)),
        }
    }
    for order in &after.orders {
        if !before.orders.iter().any(|known| known.id == order.id) {
            came_over(world, order);
        }
    }
}

/// What a call made of the queued writes.
pub fn compare_queued(
    world: &mut World,
    queued: &BTreeMap<String, Vec<u8>>,
    still_queued: &BTreeMap<String, Vec<u8>>,
) {
    for (key, intent) in queued {
        attempted(world, key, intent, still_queued.get(key));
    }
}

/// The component may move a sales order forward, or cancel one that LeafLink called off.
fn moved(world: &mut World, before: &SalesOrder, after: &SalesOrder) {
    if before.status == after.status {
        return;
    }
    let number = after.origin.as_ref().map_or("", |origin| origin.number.as_str());
    let allowed = match after.status {
        SalesOrderStatus::Canceled => {
            let orders = world.sandbox.order_rows();
            orders.iter().any(|order| order.number == number && is_over(order.status))
        }
        // Parting a transfer takes the sales order back, and the component sees to that later, too.
        SalesOrderStatus::Processing if world.memory.parted.contains(number) => true,
        status => before.status != SalesOrderStatus::Canceled && status as u8 > before.status as u8,
    };
    if !allowed {
        world.violations.push(format!(
            "the component moved {} from {:?} to {:?}",
            after.number, before.status, after.status
        ));
    }
}

/// An order comes over once, and again only after people deleted it.
fn came_over(world: &mut World, order: &SalesOrder) {
    let Some(origin) = &order.origin else { return };
    if world.memory.forgotten.remove(&origin.number) {
        world.counters.hit("an order was deleted in the ERP and came over again");
        world.memory.may_be_rejected.remove(&origin.number);
        // What people had given up is promised anew.
        stock::the_erps_own(world);
    } else if !world.memory.came_over.insert(origin.number.clone()) {
        world
            .violations
            .push(format!("LeafLink order {} came over a second time as {}", origin.short_id, order.number));
    }
    world.memory.came_over.insert(origin.number.clone());
    if world.memory.held.remove(&origin.number) {
        world.counters.hit("a held order came through");
    }
}

/// Counts what an attempt came to.
fn attempted(world: &mut World, key: &str, before: &[u8], after: Option<&Vec<u8>>) {
    let before: Value = serde_json::from_slice(before).unwrap_or(Value::Null);
    let after: Option<Value> = after.and_then(|after| serde_json::from_slice(after).ok());
    let attempts = |intent: &Value| intent["attempts"].as_u64().unwrap_or_default();
    let (was, is) = (attempts(&before), after.as_ref().map(attempts));
    if was >= 1 && is.is_some_and(|is| is > was) && world.call.struck > 0 {
        world.counters.hit("two faults hit one queued write");
    }
    if was >= 2 && is.is_none_or(|is| is == 0) {
        world.counters.hit("a queued write succeeded after two failed attempts or more");
    }
    let is_payment = key.starts_with("outbox/payment/");
    if is_payment || key.starts_with("outbox/new-product/") {
        let (sent_again, found) = if is_payment {
            (
                "one payment was sent again after the quiet period",
                "a payment that nobody had heard of was found by its mark",
            )
        } else {
            (
                "one new product was sent again after the quiet period",
                "a new product that nobody had heard of was found again",
            )
        };
        let unknown = |intent: &Value| intent.to_string().contains("unknown");
        let armed = |intent: &Value| intent.to_string().contains("armed");
        match &after {
            Some(after) if unknown(&before) && armed(after) => {
                world.counters.hit(sent_again);
            }
            None if unknown(&before) && !world.call.wrote => {
                world.counters.hit(found);
            }
            _ => {}
        }
    }
}

/// After every act.
pub fn check(world: &mut World) {
    stock::still_in_step(world);
}
