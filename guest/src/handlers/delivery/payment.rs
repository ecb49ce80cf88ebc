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

/// Dates that are less than this apart may be the same day somewhere.
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

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
    let (mut marked, leaflink_id) = marked(&list, &wish.mark, &entry);
    let alike = if marked == Marked::None { alike(id, wish, &entry, &list, ticket)? } else { Vec::new() };
    if !alike.is_empty() {
        marked = Marked::Alike;
    }
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
        Step::Doubt => {
            wish.progress = Progress::Unknown { since_ms: now_ms };
            let message = format!(
                "{label} was sent without an answer, and LeafLink shows a payment of {} without its mark {} that was not there before: number {}.",
                entry.money(),
                wish.mark,
                alike.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
            );
            // Who has it tried again has seen that it is another.
            wish.others.extend(alike);
            Ok(Attempt::Refused(Reason::new(Code::PaymentAlike, message)))
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
            if wish.progress == Progress::Ready {
                wish.others = shown(&list).map(|payment| payment.id).collect();
            }
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
        match once::unsent(self.progress, ticket, now_ms) {
            Progress::Ready => self.set_ready(),
            progress => self.progress = progress,
        }
    }

    /// Notes that LeafLink does not have it: it is as if it had never been sent.
    fn set_ready(&mut self) {
        self.progress = Progress::Ready;
        self.others.clear();
    }

    /// Whether LeafLink may have it from an attempt before this call.
    fn is_in_doubt(&self, ticket: u64, now_ms: u64) -> bool {
        match once::unsent(self.progress, ticket, now_ms) {
            Progress::Unknown { .. } => true,
            _ => self.progress.begun() && self.unanswered > 0,
        }
    }
}

/// An order's payments, as far as they can be read.
pub fn shown(list: &[Box<RawValue>]) -> impl Iterator<Item = OrderPayment> + '_ {
    list.iter().filter_map(|payment| read(payment.get().as_bytes()).ok())
}

/// Payments that may be this entry without its mark, once that is in doubt: new on the order, of the
/// same amount, day and type, and of no other payment of the ERP.
fn alike(
    id: &PaymentId,
    wish: &PaymentWish,
    entry: &Entry,
    list: &[Box<RawValue>],
    ticket: u64,
) -> Result<Vec<u64>, Failure> {
    if !wish.is_in_doubt(ticket, host::now_ms()) {
        return Ok(Vec::new());
    }
    let mut found: Vec<OrderPayment> = shown(list)
        .filter(|payment| !wish.others.contains(&payment.id) && says_the_same(payment, entry))
        .collect();
    if let (false, Some((_, sales_order))) = (found.is_empty(), payments::read(id)?) {
        for (other, _) in payments::of_sales_order(&sales_order)? {
            let known = payments::known(&other)?;
            let theirs = known.recorded.iter().chain(&known.taken_back).filter_map(|recorded| recorded.id);
            let theirs: Vec<u64> = theirs.collect();
            let marks = [payments::mark(&other, Side::Record), payments::mark(&other, Side::TakeBack)];
            found.retain(|payment| {
                let reason = payment.reason.as_deref().unwrap_or_default();
                !theirs.contains(&payment.id) && !marks.iter().flatten().any(|mark| reason.contains(mark))
            });
        }
    }
    Ok(found.into_iter().map(|payment| payment.id).collect())
}

/// Whether a payment is of an entry's amount, day and type, as far as LeafLink says so.
fn says_the_same(payment: &OrderPayment, entry: &Entry) -> bool {
    let paid_at = payment.payment_date.as_deref().and_then(|date| DateTime::parse_from_rfc3339(date).ok());
    let apart = paid_at.map_or(0, |at| at.timestamp_millis().abs_diff(entry.paid_at_ms.cast_signed()));
    payment.total.amount.0 == entry.amount
        && payment.total.currency == entry.currency
        && apart < DAY_MS
        && payment.payment_type.as_ref().is_none_or(|kind| *kind == entry.method)
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
            wish.set_ready();
            let message = format!("LeafLink refused {label}: {refusal}.");
            let code = refusal.code(Code::PaymentRefused);
            Ok(Attempt::Refused(Reason::new(code, message).with("words", refusal)))
        }
        Sent::NotTaken(later) => {
            wish.set_ready();
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
    use crate::host::payments::EntryRecord;
    use crate::rules::ids::{OrderNumber, StaffId};

    const MARK: &str = "MZXW6YTBMZXW6YTB";

    fn bearing(json: &str) -> (Marked, Option<u64>) {
        marked(&read::<Vec<Box<RawValue>>>(json.as_bytes()).unwrap(), MARK, &entry())
    }

    fn entry() -> Entry {
        Entry {
            order: OrderNumber("5d0c".to_owned()),
            recorded_by: StaffId(4107),
            amount: "100.50".parse().unwrap(),
            currency: "USD".to_owned(),
            paid_at_ms: 1_772_467_200_000,
            method: "check".to_owned(),
        }
    }

    #[test]
    fn the_same_is_of_the_same_amount_day_and_type() {
        let same = |amount: &str, date: &str, kind: &str| {
            let json = format!(
                r#"{{"id": 1, "order": "5d0c", "total": {{"amount": {amount}, "currency": "USD"}}, "payment_date": {date}, "payment_type": {kind}}}"#
            );
            says_the_same(&read(json.as_bytes()).unwrap(), &entry())
        };
        let (at, check) = (r#""2026-03-02T16:00:00Z""#, r#""check""#);
        assert!(same("\"100.50\"", at, check));
        assert!(same("100.5", "null", "null"), "what LeafLink does not say differs in nothing");
        assert!(same("100.5", r#""2026-03-02T00:00:00-05:00""#, check), "the day alone was kept");
        assert!(!same("100.5", r#""2026-03-03T16:00:00Z""#, check));
        assert!(!same("100.51", at, check));
        assert!(!same("-100.5", at, check));
        assert!(!same("100.5", at, r#""cash""#));
    }

    #[test]
    fn what_was_sent_and_not_answered_is_in_doubt_until_it_is_known_not_to_be_there() {
        let doubt = |progress, unanswered| {
            let entry = EntryRecord::from(&entry());
            let mark = MARK.to_owned();
            PaymentWish { side: Side::Record, entry, mark, progress, unanswered, others: Vec::new() }
                .is_in_doubt(7, 0)
        };
        assert!(!doubt(Progress::Ready, 0) && !doubt(Progress::Ready, 1));
        assert!(!doubt(Progress::Armed { ticket: 6 }, 0), "this call would be the first to send it");
        assert!(doubt(Progress::Armed { ticket: 6 }, 1));
        assert!(doubt(Progress::Armed { ticket: 5 }, 0));
        assert!(doubt(Progress::Unknown { since_ms: 0 }, 0));
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
        assert_eq!(bearing("[]"), (Marked::None, None));
        assert_eq!(bearing(&format!("[{same}]")), (Marked::None, None));
        assert_eq!(bearing(&format!("[{same}, {ours}]")), (Marked::One { agrees: true }, Some(2)));
        assert_eq!(bearing(&format!("[{ours}, {ours}]")), (Marked::Several, None));
    }

    #[test]
    fn another_amount_or_currency_does_not_agree() {
        for (amount, currency) in [("\"100.51\"", "USD"), ("\"-100.50\"", "USD"), ("\"100.50\"", "CAD")] {
            let list = format!("[{}]", payment(2, amount, currency, MARK));
            assert_eq!(bearing(&list).0, Marked::One { agrees: false }, "{list}");
        }
    }

    #[test]
    fn what_cannot_be_read_matters_only_with_the_mark() {
        assert_eq!(bearing(r#"[{"odd": true}, 5]"#), (Marked::None, None));
        assert_eq!(bearing(&format!(r#"[{{"reason": "{MARK}"}}]"#)), (Marked::One { agrees: false }, None));
    }
}
