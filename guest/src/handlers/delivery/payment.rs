//! One entry among a LeafLink order's payments: read back, armed, sent, noted.
//!
//! What the next step is, [`once`] says; here it is taken.

use chrono::{DateTime, SecondsFormat};
use serde_json::value::RawValue;

use super::Attempt;
use crate::bindings::leaflink_sync::host::types::Effect;
use crate::handlers::payments::{waiting, wish as new_wish};
use crate::handlers::settings::in_force;
use crate::host::answer::{Failure, effect, set};
use crate::host::leaflink::{Found, Later, Sent};
use crate::host::payments::{PaymentState, PaymentWish, Recorded};
use crate::host::{self, erp, leaflink, payments};
use crate::leaflink::order_payment::{NewOrderPayment, OrderPayment};
use crate::leaflink::read;
use crate::leaflink::value::AmountBody;
use crate::rules::decimal::cents;
use crate::rules::decision::Reason;
use crate::rules::ids::PaymentId;
use crate::rules::once::{self, Marked, Progress, QUIET_MS, Step};
use crate::rules::payment::{Action, Circumstances, Entry, Side, decide, owes_negative};
use crate::rules::reasons::Code;
use crate::rules::text::shortened;

/// Longest text before the mark, in characters. The mark must never be cut off.
const LONGEST_TEXT: usize = 150;

/// Takes the next step of an entry.
pub fn attempt(id: &PaymentId, label: &str, wish: &mut PaymentWish, ticket: u64) -> Result<Attempt, Failure> {
    let now_ms = host::now_ms();
    let entry = wish.entry.entry();
    let found = match leaflink::payments_of(&entry.order) {
        // Nothing was sent, so that the rest of the queue need not wait for this.
        Err(Failure::Retry(retry)) => {
            wish.set_unsent(ticket, now_ms);
            return Ok(Attempt::Later(Later {
                after_ms: Some(retry.after_ms),
                problem: retry.reason.message,
            }));
        }
        found => found?,
    };
    let list: Vec<Box<RawValue>> = match found {
        Found::Body(body) => match read(&body) {
            Ok(list) => list,
            Err(_) => {
                wish.set_unsent(ticket, now_ms);
                let problem = "LeafLink's list of the order's payments cannot be read".to_owned();
                return Ok(Attempt::Later(Later { after_ms: None, problem }));
            }
        },
        Found::Missing => {
            wish.set_unsent(ticket, now_ms);
            let message = format!("{label}: LeafLink has no such order.");
            return Ok(Attempt::Refused(Reason::new(Code::OrderNotFound, message)));
        }
        Found::Forbidden(reason) => {
            wish.set_unsent(ticket, now_ms);
            return Ok(Attempt::Refused(*reason));
        }
        Found::TooLarge(limit) => {
            wish.set_unsent(ticket, now_ms);
            let message =
                format!("{label}: LeafLink's list of the order's payments is larger than {limit} bytes.");
            return Ok(Attempt::Refused(Reason::new(Code::AnswerTooLarge, message)));
        }
    };
    let (marked, leaflink_id) = marked(&list, &wish.mark, &entry);
    let wanted = is_wanted(id, wish.side)?;
    match once::next(wish.progress, marked, wanted, wish.unanswered, ticket, now_ms) {
        Step::Adopt => settle(id, label, wish, leaflink_id),
        Step::Conflict => {
            wish.progress = Progress::Unknown { since_ms: now_ms };
            let message = format!(
                "{label} has the mark {} in LeafLink, and what bears it there is not one payment of {}.",
                wish.mark,
                entry.money()
            );
            Ok(Attempt::Refused(Reason::new(Code::PaymentConflict, message)))
        }
        Step::GiveUp => {
            let message = format!(
                "{label} was sent {} times without an answer, and LeafLink shows no payment with the mark {}.",
                wish.unanswered, wish.mark
            );
            Ok(Attempt::Refused(Reason::new(Code::PaymentUnanswered, message)))
        }
        Step::Wait { since_ms, for_ms } => {
            if matches!(wish.progress, Progress::Armed { .. }) {
                wish.unanswered = wish.unanswered.saturating_add(1);
            }
            wish.progress = Progress::Unknown { since_ms };
            let problem = "whether LeafLink has it is not known yet".to_owned();
            Ok(Attempt::Later(Later { after_ms: u32::try_from(for_ms).ok(), problem }))
        }
        Step::Arm => {
            wish.progress = Progress::Armed { ticket };
            Ok(Attempt::Prepared)
        }
        Step::Send => send(id, label, wish, &entry),
        Step::Drop => {
            let summary = format!("Do not send {label}.");
            let dropped = effect("drop-leaflink-write", &id.0, summary, Vec::new());
            go_on(id, wish, &entry, payments::known(id)?, dropped)
        }
    }
}

impl PaymentWish {
    /// Notes that this call sends nothing.
    fn set_unsent(&mut self, ticket: u64, now_ms: u64) {
        self.progress = once::unsent(self.progress, ticket, now_ms);
    }
}

/// What an order's payments show of a mark, and LeafLink's id of the entry that bears it.
pub fn marked(list: &[Box<RawValue>], mark: &str, entry: &Entry) -> (Marked, Option<u64>) {
    // A mark is letters and digits, which JSON writes as they are: no other field holds it by chance.
    let mut bearers = list.iter().filter(|payment| payment.get().contains(mark));
    match (bearers.next(), bearers.next()) {
        (None, _) => (Marked::None, None),
        (Some(_), Some(_)) => (Marked::Several, None),
        (Some(one), None) => match read::<OrderPayment>(one.get().as_bytes()) {
            Ok(payment) => {
                let agrees =
                    payment.total.amount.0 == entry.amount && payment.total.currency == entry.currency;
                (Marked::One { agrees }, Some(payment.id))
            }
            Err(_) => (Marked::One { agrees: false }, None),
        },
    }
}

/// Whether an entry is still to be made: the setting is on, and the payment is as it was then. One that
/// was entered before the setting was last turned on is not recorded; what LeafLink has is taken back
/// whenever it was entered.
fn is_wanted(id: &PaymentId, side: Side) -> Result<bool, Failure> {
    let Some(from_ms) = payments::counts_from()? else { return Ok(false) };
    let payment = payments::read(id)?.map(|(payment, _)| payment).filter(|payment| payment.stands);
    Ok(match side {
        Side::Record => payment.is_some_and(|payment| payment.posted_at_ms >= from_ms),
        Side::TakeBack => payment.is_none(),
    })
}

fn send(id: &PaymentId, label: &str, wish: &mut PaymentWish, entry: &Entry) -> Result<Attempt, Failure> {
    let what = match wish.side {
        Side::Record => format!("Payment {id} of the ERP"),
        Side::TakeBack => format!("Payment {id} of the ERP was taken back"),
    };
    let paid_at = i64::try_from(entry.paid_at_ms).ok().and_then(DateTime::from_timestamp_millis);
    let body = NewOrderPayment {
        order: entry.order.0.clone(),
        recorded_by: entry.recorded_by.0,
        total: AmountBody { amount: cents(entry.amount), currency: entry.currency.clone() },
        payment_date: paid_at.unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true),
        reason: format!("{} [{}]", shortened(&what, LONGEST_TEXT), wish.mark),
        payment_type: entry.method.clone(),
    };
    match leaflink::record_payment(&body)? {
        Sent::Done(body) => settle(id, label, wish, read::<OrderPayment>(&body).ok().map(|made| made.id)),
        Sent::Refused(refusal) => {
            wish.progress = Progress::Ready;
            let message = format!("LeafLink refused {label}: {refusal}.");
            let code = refusal.code(Code::PaymentRefused);
            Ok(Attempt::Refused(Reason::new(code, message).with("words", refusal)))
        }
        Sent::NotTaken(later) => {
            wish.progress = Progress::Ready;
            Ok(Attempt::Later(later))
        }
        Sent::Unknown(Later { after_ms, problem }) => {
            wish.progress = Progress::Unknown { since_ms: host::now_ms() };
            wish.unanswered = wish.unanswered.saturating_add(1);
            let quiet = u32::try_from(QUIET_MS).unwrap_or(u32::MAX);
            Ok(Attempt::Later(Later {
                after_ms: Some(after_ms.map_or(quiet, |wish| wish.max(quiet))),
                problem,
            }))
        }
    }
}

/// Notes that LeafLink has the entry.
fn settle(
    id: &PaymentId,
    label: &str,
    wish: &mut PaymentWish,
    leaflink_id: Option<u64>,
) -> Result<Attempt, Failure> {
    let entry = wish.entry.entry();
    let mut known = payments::known(id)?;
    let recorded = Some(Recorded { id: leaflink_id, entry: wish.entry.clone() });
    match wish.side {
        Side::Record => known.recorded = recorded,
        Side::TakeBack => known.taken_back = recorded,
    }
    let done = effect(
        "record-leaflink-payment",
        &leaflink_id.map_or_else(|| id.0.clone(), |id| id.to_string()),
        format!("LeafLink has {label}."),
        vec![set("total", entry.money())],
    );
    go_on(id, wish, &entry, known, done)
}

/// The wish is settled. What became of the payment in the meantime comes now: its negative follows,
/// or what it waits for is noted.
fn go_on(
    id: &PaymentId,
    wish: &mut PaymentWish,
    entry: &Entry,
    mut known: PaymentState,
    done: Effect,
) -> Result<Attempt, Failure> {
    wish.progress = Progress::Settled;
    let mut reasons = Vec::new();
    if let Some((payment, _)) = payments::read(id)? {
        let circumstances = settled(entry, &known)?;
        let plan = decide(&payment, &circumstances);
        if let Action::Send(side, negative) = &plan.action
            && let Ok(next) = new_wish(id, *side, negative)
        {
            *wish = next;
        }
        known = waiting(id, &payment.label, known, &plan.reasons, &in_force()?)?;
        known.owes_negative = owes_negative(&payment, &circumstances);
        reasons = plan.reasons;
    }
    payments::put(id, &known)?;
    Ok(Attempt::Noted(vec![done], reasons))
}

/// What surrounds a payment of which nothing is on its way any more.
fn settled(entry: &Entry, known: &PaymentState) -> Result<Circumstances, Failure> {
    Ok(Circumstances {
        own_currency: erp::currency()?,
        order: Some(entry.order.clone()),
        recorder: Some(entry.recorded_by),
        counts_from_ms: payments::counts_from()?,
        recorded: known.recorded.as_ref().map(|recorded| recorded.entry.entry()),
        taken_back: known.taken_back.is_some(),
        pending: None,
        now_ms: host::now_ms(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::ids::{OrderNumber, StaffId};

    const MARK: &str = "MZXW6YTBMZXW6YTB";

    fn shown(json: &str) -> (Marked, Option<u64>) {
        let entry = Entry {
            order: OrderNumber("5d0c".to_owned()),
            recorded_by: StaffId(4107),
            amount: "100.50".parse().unwrap(),
            currency: "USD".to_owned(),
            paid_at_ms: 0,
            method: "check".to_owned(),
        };
        marked(&read::<Vec<Box<RawValue>>>(json.as_bytes()).unwrap(), MARK, &entry)
    }

    fn payment(id: u64, amount: &str, currency: &str, reason: &str) -> String {
        format!(
            r#"{{"id": {id}, "order": "5d0c", "total": {{"amount": {amount}, "currency": "{currency}"}}, "reason": "{reason}"}}"#
        )
    }

    #[test]
    fn an_entry_is_known_by_its_mark_alone() {
        let same = payment(1, "\"100.50\"", "USD", "somebody's own");
        let ours = payment(2, "100.5", "USD", &format!("Payment pay-1 of the ERP [{MARK}] edited by hand"));
        assert_eq!(shown("[]"), (Marked::None, None));
        assert_eq!(shown(&format!("[{same}]")), (Marked::None, None));
        assert_eq!(shown(&format!("[{same}, {ours}]")), (Marked::One { agrees: true }, Some(2)));
        assert_eq!(shown(&format!("[{ours}, {ours}]")), (Marked::Several, None));
    }

    #[test]
    fn another_amount_or_currency_does_not_agree() {
        for (amount, currency) in [("\"100.51\"", "USD"), ("\"-100.50\"", "USD"), ("\"100.50\"", "CAD")] {
            let list = format!("[{}]", payment(2, amount, currency, MARK));
            assert_eq!(shown(&list).0, Marked::One { agrees: false }, "{list}");
        }
    }

    #[test]
    fn what_cannot_be_read_matters_only_with_the_mark() {
        assert_eq!(shown(r#"[{"odd": true}, 5]"#), (Marked::None, None));
        assert_eq!(shown(&format!(r#"[{{"reason": "{MARK}"}}]"#)), (Marked::One { agrees: false }, None));
    }
}
