//! `delivery`: one wanted write a call, towards the state that LeafLink should reach.
//!
//! Every call reads what the wish is about once more and sends the one request that brings it
//! nearer. What each kind of wish needs is in a module of its own; choosing, waiting, parking and
//! telling people is the same for all and is here.

mod listing;
mod new_product;
mod order;
mod parked;
pub(super) mod payment;
mod price;
mod stock;

use super::Component;
use super::letters::{self, Kind};
use super::payments;
use super::products;
use super::settings::in_force;
use crate::bindings::exports::leaflink_sync::connector::delivery::{Delivered, Guest, Parked};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{self, Failure};
use crate::host::leaflink::Later;
use crate::host::outbox::{self, Intent, Next, Subject, Wish};
use crate::host::state::ReasonRecord;
use crate::host::{self, leaflink, outage, stock as stocked};
use crate::rules::decision::Reason;
use crate::rules::reasons::Code;

/// The first wait after an attempt that came to nothing; it doubles up to the longest.
const FIRST_WAIT_MS: u64 = 15_000;
const LONGEST_WAIT_MS: u64 = 15 * 60 * 1_000;
/// The longest wait that LeafLink or the host can ask for.
const LONGEST_ASKED_MS: u64 = 60 * 60 * 1_000;

impl Guest for Component {
    fn deliver(ticket: u64) -> Result<Delivered, Failure> {
        let next = outbox::next_due(host::now_ms())?;
        // After what people wait for and what was armed for this very call; before stock by the hundred.
        if !matches!(&next, Next::Due(subject, _) if !subject.is_bulk())
            && let Some(looked) = next_that_waits()?
        {
            return Ok(Delivered::Worked(looked));
        }
        match next {
            Next::Due(subject, intent) => work_on(&subject, *intent, ticket).map(Delivered::Worked),
            Next::Later(when) => Ok(Delivered::Idle(when)),
        }
    }

    fn list_parked(after: Option<String>, limit: u32) -> Result<Vec<Parked>, Failure> {
        parked::list(after.as_deref(), limit)
    }

    fn retry_parked(id: String) -> Result<wit::Decision, Failure> {
        parked::retry(&id)
    }

    fn drop_parked(id: String, why: String) -> Result<wit::Decision, Failure> {
        parked::drop(&id, &why)
    }
}

/// Looks at the next payment or product of a round over those that wait.
fn next_that_waits() -> Result<Option<wit::Decision>, Failure> {
    match payments::look_at_next()? {
        None => products::listing::look_at_next(),
        looked => Ok(looked),
    }
}

/// What came of one attempt. The wish has lost the parts that came true.
pub(super) enum Attempt {
    /// These requests were sent and taken; none, if all was as it should be.
    Done(Vec<wit::Effect>),
    /// As above, and the wish is to be looked at again at this time.
    Again(Vec<wit::Effect>, u64),
    /// As the first, with what a person may want to know.
    Noted(Vec<wit::Effect>, Vec<Reason>),
    /// Nothing was sent; the next call sends.
    Prepared,
    /// LeafLink, or what was read, does not allow it.
    Refused(Reason),
    /// As above, for several reasons.
    RefusedFor(Vec<Reason>),
    /// It did not arrive, or nobody knows.
    Later(Later),
}

fn work_on(subject: &Subject, mut intent: Intent, ticket: u64) -> Result<wit::Decision, Failure> {
    let notes_itself = intent.wish.is_made_once();
    let before = (!notes_itself).then(|| intent.clone());
    if subject.is_bulk() {
        leaflink::nobody_waits();
    }
    let attempt = match (subject, &mut intent.wish) {
        (Subject::Order(number), Wish::Order(wish)) => order::attempt(number, &intent.label, wish),
        (Subject::Payment(id), Wish::Payment(wish)) => payment::attempt(id, &intent.label, wish, ticket),
        (Subject::Stock(id), Wish::Stock(wish)) => stock::attempt(*id, &intent.label, wish),
        (Subject::NewProduct(id), Wish::NewProduct(wish)) => {
            new_product::attempt(id, &intent.label, wish, ticket)
        }
        (Subject::Listing(id), Wish::Listing(wish)) => listing::attempt(id, &intent.label, wish),
        (Subject::Price(id), Wish::Price(wish)) => price::attempt(*id, &intent.label, wish),
        (subject, _) => {
            let message =
                format!("{}: what is queued for it is of another kind.", name(subject, &intent.label));
            Ok(Attempt::Refused(Reason::new(Code::StoredStateUnreadable, message)))
        }
    };
    if attempt.is_err()
        && let Some(before) = before
    {
        // Nothing of it came true, whatever was taken out of it to be sent.
        intent = before;
    }
    let attempt = match attempt {
        // What will never succeed must not stand in the way of the others.
        Err(Failure::Reject(reason)) => Attempt::Refused(refusal(reason)),
        // Nor must what LeafLink does not show now. That its limit is used up, or the ERP does not
        // answer, is true of all and ends the call.
        Err(Failure::Retry(retry))
            if !notes_itself && retry.reason.code == Code::LeafLinkUnavailable.word() =>
        {
            Attempt::Later(Later { after_ms: Some(retry.after_ms), problem: retry.reason.message })
        }
        attempt => attempt?,
    };
    match attempt {
        Attempt::Done(effects) => done(subject, intent, effects, &[], 0),
        Attempt::Again(effects, at_ms) => done(subject, intent, effects, &[], at_ms),
        Attempt::Noted(effects, reasons) => done(subject, intent, effects, &reasons, 0),
        Attempt::Prepared => {
            outbox::put_intent(subject, &intent)?;
            note(subject, &intent.label, wit::Outcome::Unchanged, Vec::new(), Vec::new())
        }
        Attempt::Refused(reason) => park(subject, intent, &[reason]),
        Attempt::RefusedFor(reasons) => park(subject, intent, &reasons),
        Attempt::Later(Later { after_ms, problem }) => later(subject, intent, after_ms, &problem),
    }
}

/// Why the attempt can never succeed as it is.
fn refusal(reason: wit::Reason) -> Reason {
    let code = Code::from_word(&reason.code).unwrap_or(Code::StoredStateUnreadable);
    Reason::new(code, reason.message).with_fix(reason.fix)
}

fn done(
    subject: &Subject,
    mut intent: Intent,
    effects: Vec<wit::Effect>,
    reasons: &[Reason],
    not_before_ms: u64,
) -> Result<wit::Decision, Failure> {
    intent.attempts = 0;
    intent.not_before_ms = not_before_ms;
    if !effects.is_empty() {
        outage::taken(host::now_ms())?;
    }
    outbox::put_intent(subject, &intent)?;
    let outcome = if effects.is_empty() { wit::Outcome::Unchanged } else { wit::Outcome::Applied };
    note(subject, &intent.label, outcome, answer::reasons(reasons), effects)
}

/// Not tried again until the order or the wish changes; people are told once.
fn park(subject: &Subject, mut intent: Intent, reasons: &[Reason]) -> Result<wit::Decision, Failure> {
    let kept: Vec<ReasonRecord> = reasons.iter().map(ReasonRecord::from).collect();
    let messages = reasons.iter().map(|reason| reason.message.as_str()).collect::<Vec<_>>().join(" ");
    if intent.told.as_ref() != Some(&messages) {
        intent.told = Some(messages);
        tell(subject, &intent.label, &kept)?;
    }
    intent.parked = kept.into_iter().next();
    outbox::put_intent(subject, &intent)?;
    note(subject, &intent.label, wit::Outcome::Parked, answer::reasons(reasons), Vec::new())
}

fn tell(subject: &Subject, label: &str, reasons: &[ReasonRecord]) -> Result<(), Failure> {
    let id = match subject {
        Subject::Stock(leaflink) | Subject::Price(leaflink) => {
            stocked::linked_to(*leaflink)?.map_or_else(|| id(subject), |product| product.id.0)
        }
        _ => id(subject),
    };
    letters::tell_of(Kind::of_write(subject), &id, label, reasons, &in_force()?).map(|_| ())
}

/// Tried again after a wait that doubles, with a random part so that many do not come at once.
fn later(
    subject: &Subject,
    mut intent: Intent,
    after_ms: Option<u32>,
    problem: &str,
) -> Result<wit::Decision, Failure> {
    let wait = FIRST_WAIT_MS.saturating_mul(1 << intent.attempts.min(12)).min(LONGEST_WAIT_MS);
    let jitter = u64::from(host::draw(u32::try_from(wait / 4).unwrap_or(u32::MAX)));
    let wait = wait.max(after_ms.map_or(0, u64::from).min(LONGEST_ASKED_MS)) + jitter;
    intent.attempts = intent.attempts.saturating_add(1);
    intent.tried_ms = host::now_ms();
    intent.not_before_ms = intent.tried_ms + wait;
    outage::failed()?;
    outbox::put_intent(subject, &intent)?;
    let problem = problem.trim_end_matches('.');
    let reason = Reason::new(
        Code::LeafLinkUnavailable,
        format!("{} is tried again in {} s: {problem}.", name(subject, &intent.label), wait / 1_000),
    );
    note(subject, &intent.label, wit::Outcome::Held, vec![answer::reason(&reason)], Vec::new())
}

fn note(
    subject: &Subject,
    label: &str,
    outcome: wit::Outcome,
    reasons: Vec<wit::Reason>,
    effects: Vec<wit::Effect>,
) -> Result<wit::Decision, Failure> {
    let decision = wit::Decision {
        stream: wit::Stream::Delivery,
        subject: id(subject),
        label: label.to_owned(),
        outcome,
        reasons,
        effects,
    };
    if outcome != wit::Outcome::Unchanged {
        host::journal(&decision)?;
    }
    Ok(decision)
}

fn id(subject: &Subject) -> String {
    match subject {
        Subject::Order(number) => number.0.clone(),
        Subject::Payment(id) => id.0.clone(),
        Subject::Stock(id) | Subject::Price(id) => id.to_string(),
        Subject::NewProduct(id) | Subject::Listing(id) => id.0.clone(),
    }
}

/// What is tried, in words that begin a sentence.
pub(super) fn name(subject: &Subject, label: &str) -> String {
    match subject {
        Subject::Order(_) => format!("A change of LeafLink order {label}"),
        Subject::Payment(_) => label.to_owned(),
        Subject::Stock(_) => format!("A change of the stock of {label} in LeafLink"),
        Subject::NewProduct(_) => format!("Making {label} in LeafLink"),
        Subject::Listing(_) => format!("A change of {label} in LeafLink"),
        Subject::Price(_) => format!("A change of the wholesale price of {label} in LeafLink"),
    }
}
