//! Writes that wait for a person: shown, tried again, dropped.

use super::{name, note};
use crate::bindings::exports::leaflink_sync::connector::delivery::Parked;
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{self, Failure, effect};
use crate::host::outbox::{self, Entry, Intent, Subject};
use crate::host::state::ReasonRecord;
use crate::rules::decision::Reason;
use crate::rules::reasons::Code;
use crate::rules::text::{has_control, shortened};

/// Writes in one answer.
const MOST: u32 = 500;
/// Longest reason for dropping one, in characters.
const LONGEST_WHY: usize = 400;

/// Writes that wait, after the one with the id `after`.
pub fn list(after: Option<&str>, limit: u32) -> Result<Vec<Parked>, Failure> {
    let limit = usize::try_from(limit.clamp(1, MOST)).unwrap_or(1);
    Ok(outbox::waiting(after, limit)?.into_iter().map(shown).collect())
}

fn shown((subject, intent): Entry) -> Parked {
    let id = subject.id();
    match intent {
        Ok(Intent { label, parked: Some(reason), since_ms, .. }) => {
            Parked { id, label, reason: answer::kept(reason), since_ms }
        }
        Ok(intent) => {
            let reason = unreadable(&id);
            Parked { id, label: intent.label, reason: answer::reason(&reason), since_ms: intent.since_ms }
        }
        Err(_) => {
            let reason = unreadable(&id);
            Parked { label: id.clone(), id, reason: answer::reason(&reason), since_ms: 0 }
        }
    }
}

fn unreadable(id: &str) -> Reason {
    let message = format!("The queued write `{id}` cannot be read.");
    Reason::new(Code::StoredStateUnreadable, message).with_fix(
        "Drop it; what LeafLink lacks is queued anew at the next change. Report this to the ERP's vendor.",
    )
}

/// Makes one due.
pub fn retry(id: &str) -> Result<wit::Decision, Failure> {
    let (subject, intent) = found(id)?;
    let Ok(mut intent) = intent else { return Err(answer::reject(unreadable(id))) };
    intent.try_again();
    outbox::put_intent(&subject, &intent)?;
    let summary = format!("Try again: {}.", name(&subject, &intent.label));
    note(
        &subject,
        &intent.label,
        wit::Outcome::Applied,
        Vec::new(),
        vec![effect("queue-leaflink-write", id, summary, Vec::new())],
    )
}

/// Drops one. It stays where it is, so that the same wish does not come back by itself.
pub fn drop(id: &str, why: &str) -> Result<wit::Decision, Failure> {
    let why = shortened(why.trim(), LONGEST_WHY);
    let (subject, intent) = found(id)?;
    let label = match intent {
        Ok(mut intent) => {
            let reason = dropped(&name(&subject, &intent.label), &why);
            intent.parked = Some(ReasonRecord::from(&reason));
            outbox::put_intent(&subject, &intent)?;
            intent.label
        }
        Err(_) => {
            outbox::forget(&subject)?;
            id.to_owned()
        }
    };
    let reason = dropped(&name(&subject, &label), &why);
    let effect = effect("drop-leaflink-write", id, reason.message.clone(), Vec::new());
    note(&subject, &label, wit::Outcome::Applied, vec![answer::reason(&reason)], vec![effect])
}

fn dropped(what: &str, why: &str) -> Reason {
    let why = if why.is_empty() || has_control(why) { "no reason given" } else { why };
    Reason::new(Code::WriteDropped, format!("{what} is not sent: {}.", why.trim_end_matches('.')))
}

/// One that waits for a person.
fn found(id: &str) -> Result<Entry, Failure> {
    let waits =
        |(_, intent): &(Subject, Result<Intent, Failure>)| intent.as_ref().map_or(true, Intent::waits);
    outbox::entry(id)?.filter(waits).ok_or_else(|| {
        let shown: String = shortened(id, 80).chars().filter(|c| !c.is_control()).collect();
        answer::reject(Reason::new(Code::WriteNotFound, format!("No write `{shown}` waits for a person.")))
    })
}
