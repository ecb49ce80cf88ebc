//! Towards the state that a LeafLink order should reach: ship date, external id, status.
//!
//! All of these set a state, so that an answer that was lost costs one more look and nothing else.

use serde_json::json;

use super::{Attempt, stock};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{Failure, effect, set};
use crate::host::leaflink::{Found, Refusal, Sent};
use crate::host::outbox::OrderWish;
use crate::host::{erp, leaflink, state};
use crate::leaflink::to_rules;
use crate::rules::decimal::plain;
use crate::rules::decision::Reason;
use crate::rules::ids::{LeafLinkProductId, OrderNumber};
use crate::rules::order::outward::{Step, next_step, status_after};
use crate::rules::order::{Order, SourceStatus};
use crate::rules::reasons::Code;
use crate::rules::sorted::Map;

/// Sends the one request that brings the order nearer.
pub fn attempt(number: &OrderNumber, label: &str, wish: &mut OrderWish) -> Result<Attempt, Failure> {
    let body = match leaflink::order(number)? {
        Found::Body(body) => body,
        Found::Forbidden(reason) => return Ok(Attempt::Refused(*reason)),
        Found::Missing | Found::TooLarge(_) => {
            let message = format!("LeafLink order {label} cannot be read.");
            return Ok(Attempt::Refused(Reason::new(Code::OrderNotFound, message)));
        }
    };
    let order = match to_rules::order(&body, number, &erp::currency()?) {
        Ok(order) => order,
        Err(mut reasons) => return Ok(Attempt::Refused(reasons.remove(0))),
    };
    let target = wish.status.as_deref().and_then(SourceStatus::from_word);
    Ok(match request(&order, wish) {
        Request::None => {
            if target == Some(order.status) {
                state::note_own_status(number, order.status)?;
            }
            stock::look_again(&wish.gives_back)?;
            Attempt::Done(Vec::new())
        }
        Request::Blocked(reason) => Attempt::Refused(reason),
        Request::Patch(body, effect) => match leaflink::patch_order(number, &body)? {
            Sent::Done(_) => {
                wish.ship_day = None;
                wish.external_id = None;
                Attempt::Done(vec![effect])
            }
            Sent::Refused(refusal) => Attempt::Refused(Reason::new(
                refusal.code(Code::WriteRefused),
                format!("LeafLink refused a change of order {}: {refusal}.", order.short_id),
            )),
            Sent::NotTaken(later) | Sent::Unknown(later) => Attempt::Later(later),
        },
        Request::Transition("reject", _) if let Some(first) = hold_back(&order, wish)? => first,
        Request::Transition(action, effect) => match leaflink::transition(number, action)? {
            // Whether that was the last step, the next look at the order tells.
            Sent::Done(_) => {
                if let Some(status) = status_after(action) {
                    state::note_own_status(number, status)?;
                }
                Attempt::Done(vec![effect])
            }
            Sent::Refused(refusal) => Attempt::Refused(refused(&order, action, &refusal)),
            Sent::NotTaken(later) | Sent::Unknown(later) => Attempt::Later(later),
        },
    })
}

/// What is to be done before an order is rejected that LeafLink has taken off its quantity: LeafLink
/// puts those units on offer again by itself, and the ERP, where the sales order was called off, has
/// them on its shelf already. So they are noted as held back, and LeafLink is told to show as much
/// less, before it is asked to give them back.
fn hold_back(order: &Order, wish: &mut OrderWish) -> Result<Option<Attempt>, Failure> {
    let taken = matches!(order.status, SourceStatus::Fulfilled | SourceStatus::Shipped);
    let units = if taken { order.units(|_| true) } else { Map::new() };
    let gives_back = units.iter().map(|(product, quantity)| (*product, plain(*quantity))).collect();
    if wish.gives_back != gives_back {
        wish.gives_back = gives_back;
        return Ok(Some(Attempt::Prepared));
    }
    stock::lower(wish.gives_back.keys().map(|product| LeafLinkProductId(*product)))
}

enum Request {
    /// The order is as it should be.
    None,
    Patch(serde_json::Value, wit::Effect),
    Transition(&'static str, wit::Effect),
    Blocked(Reason),
}

/// The one request that brings the order nearer; parts of the intent that came true are dropped.
fn request(order: &Order, wish: &mut OrderWish) -> Request {
    if wish.ship_day.is_some() && wish.ship_day == order.ship_day {
        wish.ship_day = None;
    }
    if wish.external_id.as_ref().is_some_and(|(key, value)| order.external_ids.get(key) == value.as_ref()) {
        wish.external_id = None;
    }
    let mut body = serde_json::Map::new();
    let mut changes = Vec::new();
    if let Some(day) = &wish.ship_day {
        // Noon in UTC is the same day in every time zone of the United States.
        body.insert("ship_date".to_owned(), json!(format!("{day}T12:00:00Z")));
        changes.push(set("ship_date", day));
    }
    if let Some((key, value)) = &wish.external_id {
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
    let Some(target) = wish.status.as_deref().and_then(SourceStatus::from_word) else {
        wish.status = None;
        return Request::None;
    };
    match next_step(order.status, target, &order.available_transitions) {
        Step::Arrived => {
            wish.status = None;
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
    let mut word = action.to_owned();
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    word
}

/// Why LeafLink refused a transition. A missing payment term has a fix of its own.
fn refused(order: &Order, action: &str, refusal: &Refusal) -> Reason {
    if refusal.words.to_ascii_lowercase().contains("payment term") {
        let message =
            format!("LeafLink keeps order {} at {}: {refusal}.", order.short_id, order.status.word());
        return Reason::new(Code::PaymentTermRequired, message);
    }
    Reason::new(
        refusal.code(Code::WriteRefused),
        format!("LeafLink refused to {action} order {}: {refusal}.", order.short_id),
    )
}
