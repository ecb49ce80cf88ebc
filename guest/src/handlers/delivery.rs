//! `delivery`: one wanted write a call, towards the state that LeafLink's order should reach.
//!
//! Every call reads the order first and sends the one request that brings it nearer. All these
//! writes set a state, so an answer that was lost costs one more look and nothing else.

use serde_json::json;

use super::Component;
use super::settings::in_force;
use crate::bindings::exports::leaflink_sync::connector::delivery::{Delivered, Guest};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{self, Failure, effect, set};
use crate::host::leaflink::{Found, Sent};
use crate::host::state::{self, Intent, ReasonRecord};
use crate::host::{self, erp, leaflink, mail};
use crate::leaflink::to_rules;
use crate::rules::decision::Reason;
use crate::rules::ids::OrderNumber;
use crate::rules::order::outward::{Step, next_step};
use crate::rules::order::{Order, SourceStatus};
use crate::rules::reasons::Code;

/// Intents that one call chooses from, a page at a time.
const PAGE: u32 = 200;
/// The first wait after an attempt that came to nothing; it doubles up to the longest.
const FIRST_WAIT_MS: u64 = 15_000;
const LONGEST_WAIT_MS: u64 = 3_600_000;

impl Guest for Component {
    fn deliver(_ticket: u64) -> Result<Delivered, Failure> {
        let now = host::now_ms();
        match next_due(now)? {
            Next::Due(number, intent) => work_on(&number, *intent).map(Delivered::Worked),
            Next::Later(when) => Ok(Delivered::Idle(when)),
        }
    }
}

enum Next {
    Due(OrderNumber, Box<Intent>),
    Later(Option<u64>),
}

/// The intent that has waited longest among those that are due.
fn next_due(now: u64) -> Result<Next, Failure> {
    let mut due: Option<(OrderNumber, Intent)> = None;
    let mut soonest = None;
    let mut after = None;
    loop {
        let page = state::intents(after.as_ref(), PAGE)?;
        let last = page.len() < PAGE as usize;
        after = page.last().map(|(number, _)| number.clone());
        for (number, intent) in page {
            if intent.parked.is_some() {
                continue;
            }
            if intent.not_before_ms > now {
                soonest =
                    Some(soonest.map_or(intent.not_before_ms, |known: u64| known.min(intent.not_before_ms)));
            } else if due.as_ref().is_none_or(|(_, known)| intent.since_ms < known.since_ms) {
                due = Some((number, intent));
            }
        }
        if last {
            return Ok(match due {
                Some((number, intent)) => Next::Due(number, Box::new(intent)),
                None => Next::Later(soonest),
            });
        }
    }
}

fn work_on(number: &OrderNumber, mut intent: Intent) -> Result<wit::Decision, Failure> {
    let body = match leaflink::order(number)? {
        Found::Body(body) => body,
        Found::Missing | Found::TooLarge(_) => {
            let reason =
                Reason::new(Code::OrderNotFound, format!("LeafLink order {} cannot be read.", intent.label));
            return park(number, intent, reason);
        }
    };
    let order = match to_rules::order(&body, number, &erp::currency()?) {
        Ok(order) => order,
        Err(mut reasons) => return park(number, intent, reasons.remove(0)),
    };
    let effects = match request(&order, &mut intent) {
        Request::None => Vec::new(),
        Request::Patch(body, effect) => match leaflink::patch_order(number, &body)? {
            Sent::Done => {
                intent.ship_day = None;
                intent.external_id = None;
                vec![effect]
            }
            Sent::Refused(words) => {
                let reason = Reason::new(
                    Code::WriteRefused,
                    format!("LeafLink refused a change of order {}: {words}.", order.short_id),
                );
                return park(number, intent, reason);
            }
            Sent::Later { after_ms, problem } => return later(number, intent, after_ms, &problem),
        },
        Request::Transition(action, effect) => match leaflink::transition(number, action)? {
            // Whether that was the last step, the next look at the order tells.
            Sent::Done => vec![effect],
            Sent::Refused(words) => return park(number, intent, refusal(&order, action, &words)),
            Sent::Later { after_ms, problem } => return later(number, intent, after_ms, &problem),
        },
        Request::Blocked(reason) => return park(number, intent, reason),
    };
    intent.attempts = 0;
    intent.not_before_ms = 0;
    state::put_intent(number, &intent)?;
    let outcome = if effects.is_empty() { wit::Outcome::Unchanged } else { wit::Outcome::Applied };
    note(number, &intent, outcome, Vec::new(), effects)
}

enum Request {
    /// The order is as it should be.
    None,
    Patch(serde_json::Value, wit::Effect),
    Transition(&'static str, wit::Effect),
    Blocked(Reason),
}

/// The one request that brings the order nearer; parts of the intent that came true are dropped.
fn request(order: &Order, intent: &mut Intent) -> Request {
    if intent.ship_day.is_some() && intent.ship_day == order.ship_day {
        intent.ship_day = None;
    }
    if intent.external_id.as_ref().is_some_and(|(key, value)| order.external_ids.get(key) == value.as_ref()) {
        intent.external_id = None;
    }
    let mut body = serde_json::Map::new();
    let mut changes = Vec::new();
    if let Some(day) = &intent.ship_day {
        // Noon in UTC is the same day in every time zone of the United States.
        body.insert("ship_date".to_owned(), json!(format!("{day}T12:00:00Z")));
        changes.push(set("ship_date", day));
    }
    if let Some((key, value)) = &intent.external_id {
        body.insert("external_ids".to_owned(), json!({ key: value }));
        changes.push(wit::Change {
            field: format!("external_ids.{key}"),
            before: order.external_ids.get(key).cloned(),
            after: value.clone(),
        });
    }
    if !body.is_empty() {
        let summary = format!("Change LeafLink order {}.", order.short_id);
        return Request::Patch(
            body.into(),
            effect("patch-leaflink-order", &order.number.0, summary, changes),
        );
    }
    let Some(target) = intent.status.as_deref().and_then(SourceStatus::from_word) else {
        intent.status = None;
        return Request::None;
    };
    match next_step(order.status, target, &order.available_transitions) {
        Step::Arrived => {
            intent.status = None;
            Request::None
        }
        Step::Do(action) => {
            let summary = format!(
                "{} LeafLink order {}, on the way to {}.",
                capital(action),
                order.short_id,
                target.word()
            );
            let change = wit::Change {
                field: "status".to_owned(),
                before: Some(order.status.word().to_owned()),
                after: Some(action.to_owned()),
            };
            Request::Transition(
                action,
                effect("transition-leaflink-order", &order.number.0, summary, vec![change]),
            )
        }
        Step::Blocked => Request::Blocked(Reason::new(
            Code::StepNotAllowed,
            format!(
                "LeafLink order {} is {} and should become {}; LeafLink offers: {}.",
                order.short_id,
                order.status.word(),
                target.word(),
                if order.available_transitions.is_empty() {
                    "nothing".to_owned()
                } else {
                    order.available_transitions.join(", ")
                }
            ),
        )),
    }
}

fn capital(action: &str) -> String {
    let mut letters = action.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Why LeafLink refused a transition. A missing payment term has a fix of its own.
fn refusal(order: &Order, action: &str, words: &str) -> Reason {
    if words.to_lowercase().contains("payment term") {
        let message = format!("LeafLink keeps order {} at {}: {words}.", order.short_id, order.status.word());
        return Reason::new(Code::PaymentTermRequired, message);
    }
    Reason::new(
        Code::WriteRefused,
        format!("LeafLink refused to {action} order {}: {words}.", order.short_id),
    )
}

/// Not tried again until the order or the wish changes; people are told once.
fn park(number: &OrderNumber, mut intent: Intent, reason: Reason) -> Result<wit::Decision, Failure> {
    intent.parked = Some(ReasonRecord::from(&reason));
    if intent.told.as_ref() != Some(&reason.message) {
        intent.told = Some(reason.message.clone());
        let subject = format!("LeafLink order {} could not be updated", intent.label);
        let text = format!(
            "{}\nWhat to do: {}\n\nIt is tried again when the order changes in LeafLink or in the ERP.\n",
            reason.message, reason.fix
        );
        mail::queue(&in_force()?, &subject, text)?;
    }
    state::put_intent(number, &intent)?;
    note(number, &intent, wit::Outcome::Parked, vec![answer::reason(&reason)], Vec::new())
}

/// Tried again after a wait that doubles, with a random part so that many do not come at once.
fn later(
    number: &OrderNumber,
    mut intent: Intent,
    after_ms: Option<u32>,
    problem: &str,
) -> Result<wit::Decision, Failure> {
    let wait = FIRST_WAIT_MS.saturating_mul(1 << intent.attempts.min(12)).min(LONGEST_WAIT_MS);
    let jitter = u64::from(host::draw(u32::try_from(wait / 4).unwrap_or(u32::MAX)));
    let wait = wait.max(after_ms.map_or(0, u64::from)) + jitter;
    intent.attempts = intent.attempts.saturating_add(1);
    intent.not_before_ms = host::now_ms() + wait;
    state::put_intent(number, &intent)?;
    let reason = Reason::new(
        Code::LeafLinkUnavailable,
        format!(
            "A change of LeafLink order {} is tried again in {} s: {problem}.",
            intent.label,
            wait / 1_000
        ),
    );
    note(number, &intent, wit::Outcome::Held, vec![answer::reason(&reason)], Vec::new())
}

fn note(
    number: &OrderNumber,
    intent: &Intent,
    outcome: wit::Outcome,
    reasons: Vec<wit::Reason>,
    effects: Vec<wit::Effect>,
) -> Result<wit::Decision, Failure> {
    let decision = wit::Decision {
        stream: wit::Stream::Delivery,
        subject: number.0.clone(),
        label: intent.label.clone(),
        outcome,
        reasons,
        effects,
    };
    if outcome != wit::Outcome::Unchanged {
        host::journal(&decision)?;
    }
    Ok(decision)
}
