//! E-mails about orders that wait: one for each order and set of reasons, one digest when many
//! orders wait for the same cause, and a note when an order came through.

use super::look::Look;
use crate::host::answer::Failure;
use crate::host::state::{CauseState, OrderState, ReasonRecord, Standing};
use crate::host::{self, mail, state};
use crate::rules::settings::Settings;
use crate::rules::text::{count, shortened};

/// Letters about one cause before the rest of its orders go into a digest.
const LETTERS_PER_CAUSE: u32 = 3;
/// After this long a cause is told anew: a day.
const CAUSE_MS: u64 = 24 * 60 * 60 * 1_000;
/// Causes that one flush goes through.
const CAUSES: u32 = 500;
/// Orders that a digest names.
const NAMED: usize = 50;
/// Orders that one cause collects.
const COLLECTED: usize = 1_000;

/// What people were told.
pub enum Told {
    /// A letter of this subject.
    Letter(String),
    /// Nothing, or nothing yet.
    Nothing,
}

/// Tells people what this look found, if it is news.
pub fn tell(
    look: &Look,
    after: &OrderState,
    before: Option<&OrderState>,
    was_waiting: bool,
    settings: &Settings,
) -> Result<Told, Failure> {
    if after.waits() {
        if before.is_some_and(|before| before.says_the_same(after)) || !first_tellings(look, after)? {
            return Ok(Told::Nothing);
        }
        let (subject, text) = waiting(look, after);
        mail::queue(settings, &subject, text)?;
        return Ok(Told::Letter(subject));
    }
    let came_through = was_waiting && matches!(after.standing, Standing::Imported { .. });
    if !came_through {
        return Ok(Told::Nothing);
    }
    let subject = format!("LeafLink order {} came through", look.label);
    let what = match before.map(|before| &before.standing) {
        Some(Standing::Imported { .. }) => "and its sales order differed; what stood between them is settled",
        _ => "waited and is now a sales order",
    };
    let text = format!("LeafLink order {} {} {what}.\n\nNothing needs doing.\n", look.label, look.about);
    mail::queue(settings, &subject, text)?;
    Ok(Told::Letter(subject))
}

/// Sends a digest for each cause that has orders nobody was told of. Call it once a round.
pub fn flush(settings: &Settings) -> Result<(), Failure> {
    let now = host::now_ms();
    for (cause, mut known) in state::causes(None, CAUSES)? {
        if !known.untold.is_empty() {
            let (subject, text) = digest(&known);
            mail::queue(settings, &subject, text)?;
            known.untold.clear();
            state::put_cause(&cause, &known)?;
        } else if now.saturating_sub(known.first_ms) > CAUSE_MS {
            state::forget_cause(&cause)?;
        }
    }
    Ok(())
}

/// Counts a letter towards its causes. When all of them were told often enough, the order is kept
/// for the digest instead, and there is no letter.
fn first_tellings(look: &Look, after: &OrderState) -> Result<bool, Failure> {
    let now = host::now_ms();
    let mut causes = Vec::new();
    for reason in after.open_reasons() {
        let key = key(reason);
        let mut known = state::cause(&key)?;
        if known.told == 0 || now.saturating_sub(known.first_ms) > CAUSE_MS {
            let untold = std::mem::take(&mut known.untold);
            known = CauseState {
                first_ms: now,
                told: 0,
                untold,
                message: reason.message.clone(),
                fix: reason.fix.clone(),
                noun: None,
            };
        }
        causes.push((key, known));
    }
    if causes.iter().all(|(_, known)| known.told >= LETTERS_PER_CAUSE) {
        if let Some((key, known)) = causes.first_mut()
            && known.untold.len() < COLLECTED
        {
            known.untold.push(format!("{} {}", look.label, look.about));
            state::put_cause(key, known)?;
        }
        return Ok(false);
    }
    for (key, mut known) in causes {
        known.told += 1;
        state::put_cause(&key, &known)?;
    }
    Ok(true)
}

/// Tells people why a payment does not reach LeafLink: one letter for each cause and day, and a
/// digest of further payments that meet the same.
pub fn tell_of_payment(label: &str, reasons: &[ReasonRecord], settings: &Settings) -> Result<(), Failure> {
    let now = host::now_ms();
    let mut causes = Vec::new();
    for reason in reasons {
        let key = payment_key(reason);
        causes.push((reason, state::cause(&key)?, key));
    }
    let is_told = |known: &CauseState| known.told > 0 && now.saturating_sub(known.first_ms) <= CAUSE_MS;
    if causes.iter().all(|(_, known, _)| is_told(known)) {
        if let Some((_, known, key)) = causes.first_mut()
            && known.untold.len() < COLLECTED
        {
            known.untold.push(label.to_owned());
            state::put_cause(key, known)?;
        }
        return Ok(());
    }
    for (reason, known, key) in causes.into_iter().filter(|(_, known, _)| !is_told(known)) {
        let known = CauseState {
            first_ms: now,
            told: 1,
            untold: known.untold,
            message: reason.message.clone(),
            fix: reason.fix.clone(),
            noun: Some("payment".to_owned()),
        };
        state::put_cause(&key, &known)?;
    }
    let subject = format!("{label} does not reach LeafLink: {}", count(reasons.len(), "reason"));
    let mut text = format!("{label} was entered in the ERP and is not recorded in LeafLink.\n\n");
    enumerate(reasons, &mut text);
    text.push_str("\nFurther payments that meet the same come in one message.\n");
    mail::queue(settings, &subject, text)
}

/// A payment no longer waits: it has no place in a digest that was not sent yet.
pub fn forget_payment(label: &str, reasons: &[ReasonRecord]) -> Result<(), Failure> {
    for reason in reasons {
        let key = payment_key(reason);
        let mut known = state::cause(&key)?;
        let before = known.untold.len();
        known.untold.retain(|untold| untold != label);
        if known.untold.len() != before {
            state::put_cause(&key, &known)?;
        }
    }
    Ok(())
}

fn payment_key(reason: &ReasonRecord) -> String {
    format!("payment/{}", key(reason))
}

fn enumerate(reasons: &[ReasonRecord], text: &mut String) {
    for (index, reason) in reasons.iter().enumerate() {
        text.push_str(&format!("{}. {}\n   What to do: {}\n", index + 1, reason.message, reason.fix));
    }
}

fn key(reason: &ReasonRecord) -> String {
    let (code, field, about) = reason.cause();
    // Fields name a place in one order; for a cause that many share, only what it is about counts.
    let about = if about.is_empty() { field.unwrap_or_default().to_owned() } else { about.join(",") };
    shortened(&format!("{code}/{about}"), 60)
}

fn waiting(look: &Look, after: &OrderState) -> (String, String) {
    let reasons = after.open_reasons();
    let (what, promise) = match after.standing {
        Standing::Imported { .. } => (
            "has an edit that did not reach its sales order",
            "The order is looked at again by itself: once nothing stands in its way, the edit comes over.",
        ),
        _ => (
            "did not become a sales order",
            "The order is looked at again by itself: once nothing stands in its way, it comes over.",
        ),
    };
    let mut text = format!("LeafLink order {} {} {what}.\n\n", look.label, look.about);
    enumerate(reasons, &mut text);
    text.push_str(&format!(
        "\n{promise}\nYou will hear again only if the reasons change or the order comes through.\n\n\
         The order's number in LeafLink's API: {}\n",
        look.number
    ));
    let subject = format!("LeafLink order {} is on hold: {}", look.label, count(reasons.len(), "reason"));
    (subject, text)
}

fn digest(cause: &CauseState) -> (String, String) {
    let noun = cause.noun.as_deref().unwrap_or("LeafLink order");
    let orders = count(cause.untold.len(), &format!("more {noun}"));
    let subject = format!("{orders} on hold for one cause");
    let mut text = format!("{}\nWhat to do: {}\n\n{orders} wait for this:\n", cause.message, cause.fix);
    for order in cause.untold.iter().take(NAMED) {
        text.push_str(&format!("- {order}\n"));
    }
    if cause.untold.len() > NAMED {
        text.push_str(&format!("- and {} more\n", cause.untold.len() - NAMED));
    }
    text.push_str("\nThey come over by themselves once nothing stands in their way.\n");
    (subject, text)
}
