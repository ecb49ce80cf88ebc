//! `payments`: what happens to a payment in the ERP, towards LeafLink.

use super::Component;
use super::letters::{self, Kind};
use super::settings::in_force;
use crate::bindings::exports::leaflink_sync::connector::payments::Guest;
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{self, Failure, effect, set};
use crate::host::outbox::{self, Intent, Subject, Wish};
use crate::host::payments::{self, EntryRecord, PaymentState, PaymentWish};
use crate::host::rounds::PAYMENTS;
use crate::host::state::ReasonRecord;
use crate::host::{self, erp, state};
use crate::rules::decision::Reason;
use crate::rules::ids::PaymentId;
use crate::rules::once::Progress;
use crate::rules::payment::{
    Action, Circumstances, Entry, Payment, Pending, Plan, Side, decide, owes_negative,
};
use crate::rules::reasons::Code;
use crate::rules::settings::Settings;

impl Guest for Component {
    fn on_payment(id: String) -> Result<wit::Decision, Failure> {
        look(&PaymentId(id), &in_force()?)
    }
}

/// Looks at the next payment of a round over those that wait; absent: there is none left.
pub fn look_at_next() -> Result<Option<wit::Decision>, Failure> {
    let Some(id) = PAYMENTS.next()?.map(PaymentId) else { return Ok(None) };
    match look(&id, &in_force()?) {
        // One that cannot be read keeps no other from being looked at.
        Err(Failure::Reject(reason)) => {
            let decision = wit::Decision {
                stream: wit::Stream::Payments,
                label: format!("Payment {id}"),
                subject: id.0,
                outcome: wit::Outcome::Refused,
                reasons: vec![reason],
                effects: Vec::new(),
            };
            host::journal(&decision)?;
            Ok(Some(decision))
        }
        looked => looked.map(Some),
    }
}

/// Looks at one payment as it now is, and queues the entry that LeafLink should get.
fn look(id: &PaymentId, settings: &Settings) -> Result<wit::Decision, Failure> {
    let Some((payment, sales_order)) = payments::read(id)? else {
        let message = format!("The ERP has no payment {id}.");
        return Err(answer::reject(Reason::new(Code::PaymentNotFound, message)));
    };
    let subject = Subject::Payment(id.clone());
    let queued = outbox::intent(&subject)?;
    let known = payments::known(id)?;
    let circumstances = Circumstances {
        own_currency: erp::currency()?,
        order: erp::origin_of(&sales_order)?,
        recorder: state::staff_of(&payment.recorded_by)?.or(settings.payments_recorded_by),
        counts_from_ms: payments::counts_from()?,
        recorded: known.recorded.as_ref().map(|recorded| recorded.entry.entry()),
        taken_back: known.taken_back.is_some(),
        pending: queued.as_ref().and_then(pending),
        now_ms: host::now_ms(),
    };
    let mut plan = decide(&payment, &circumstances);
    let effects = match &plan.action {
        Action::Send(side, entry) => match wish(id, *side, entry) {
            Ok(wish) => queue(&subject, label(&payment, entry)?, wish, queued)?,
            Err(reason) => {
                plan = Plan { action: Action::Nothing, reasons: vec![*reason] };
                Vec::new()
            }
        },
        Action::Drop => dropped(&subject, queued)?,
        Action::Nothing => again(&subject, queued)?,
    };

    let outcome = match () {
        () if !effects.is_empty() => wit::Outcome::Applied,
        () if plan.reasons.iter().any(|reason| reason.code.blocks()) => wit::Outcome::Held,
        () if !plan.reasons.is_empty() => wit::Outcome::Ignored,
        () => wit::Outcome::Unchanged,
    };
    let before = known.clone();
    let known = waiting(id, &payment.label, known, &plan.reasons, settings)?;
    let known = PaymentState { owes_negative: owes_negative(&payment, &circumstances), ..known };
    let news = known != before;
    if news {
        payments::put(id, &known)?;
    }
    let decision = wit::Decision {
        stream: wit::Stream::Payments,
        subject: id.0.clone(),
        label: payment.label,
        outcome,
        reasons: answer::reasons(&plan.reasons),
        effects,
    };
    if news || outcome != wit::Outcome::Unchanged {
        host::journal(&decision)?;
    }
    Ok(decision)
}

/// Notes what a payment waits for, and tells people if that is news.
pub fn waiting(
    id: &PaymentId,
    label: &str,
    mut known: PaymentState,
    reasons: &[Reason],
    settings: &Settings,
) -> Result<PaymentState, Failure> {
    let waits_for: Vec<ReasonRecord> =
        reasons.iter().filter(|reason| reason.code.blocks()).map(ReasonRecord::from).collect();
    if known.waits_for != waits_for && !waits_for.is_empty() {
        letters::tell_of(Kind::Payment, &id.0, label, &waits_for, settings)?;
    }
    known.waits_for = waits_for;
    Ok(known)
}

/// The entry that is on its way.
fn pending(intent: &Intent) -> Option<Pending> {
    match &intent.wish {
        Wish::Payment(wish) => Some(Pending { side: wish.side, begun: wish.progress.begun() }),
        _ => None,
    }
}

/// What people know a payment by: with its amount and its order.
pub fn label(payment: &Payment, entry: &Entry) -> Result<String, Failure> {
    let order =
        state::readable_order(&entry.order)?.map_or_else(|| entry.order.0.clone(), |known| known.short_id);
    Ok(format!("{} ({}) on LeafLink order {order}", payment.label, entry.money()))
}

/// The wish for an entry, with its mark.
pub fn wish(id: &PaymentId, side: Side, entry: &Entry) -> Result<PaymentWish, Box<Reason>> {
    let Some(mark) = payments::mark(id, side) else {
        let message = format!("Payment {id} is not sent: the host holds no key to mark it with.");
        return Err(Box::new(Reason::new(Code::PaymentMarkMissing, message)));
    };
    let entry = EntryRecord::from(entry);
    Ok(PaymentWish { side, entry, mark, progress: Progress::Ready, unanswered: 0, others: Vec::new() })
}

/// Queues an entry in place of the one that has not begun.
pub fn queue(
    subject: &Subject,
    label: String,
    wish: PaymentWish,
    queued: Option<Intent>,
) -> Result<Vec<wit::Effect>, Failure> {
    let entry = wish.entry.entry();
    let wish = Wish::Payment(wish);
    if queued.as_ref().is_some_and(|queued| queued.wish == wish && !queued.waits()) {
        return Ok(Vec::new());
    }
    let queue = effect(
        "queue-leaflink-write",
        &entry.order.0,
        format!("Queue {label} for LeafLink."),
        vec![set("total", entry.money()), set("payment_type", &entry.method)],
    );
    let intent = Intent {
        label,
        wish,
        since_ms: host::now_ms(),
        attempts: 0,
        tried_ms: 0,
        not_before_ms: 0,
        parked: None,
        told: queued.and_then(|queued| queued.told),
        modified: String::new(),
    };
    outbox::put_intent(subject, &intent)?;
    Ok(vec![queue])
}

/// Forgets the entry that is on its way and has not begun.
fn dropped(subject: &Subject, queued: Option<Intent>) -> Result<Vec<wit::Effect>, Failure> {
    let Some(mut intent) = queued else { return Ok(Vec::new()) };
    let Wish::Payment(wish) = &mut intent.wish else { return Ok(Vec::new()) };
    wish.progress = Progress::Settled;
    outbox::put_intent(subject, &intent)?;
    let summary = format!("Do not send {}.", intent.label);
    Ok(vec![effect("drop-leaflink-write", &intent.label, summary, Vec::new())])
}

/// Somebody asks again: an entry that was parked is tried once more, beginning with a look at what
/// LeafLink has.
pub fn again(subject: &Subject, queued: Option<Intent>) -> Result<Vec<wit::Effect>, Failure> {
    let Some(mut intent) = queued.filter(Intent::waits) else { return Ok(Vec::new()) };
    intent.try_again();
    outbox::put_intent(subject, &intent)?;
    let summary = format!("Try {} again.", intent.label);
    Ok(vec![effect("queue-leaflink-write", &intent.label, summary, Vec::new())])
}
