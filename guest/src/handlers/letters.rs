//! E-mails about what waits: one for each order and set of reasons, one for each cause of what else
//! waits, a digest when more wait for the same cause, and a note when an order came through.

mod causes;
mod kind;

use std::slice;

use self::causes::{Causes, LETTERS_PER_CAUSE, News as Heard, is_first, note_told, note_untold};
use super::look::Look;
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{Failure, effect};
use crate::host::mail;
use crate::host::state::{CauseState, OrderState, ReasonRecord, Standing};
use crate::rules::ids::ProductId;
use crate::rules::settings::Settings;
use crate::rules::text::count;

pub use self::causes::flush;
pub use self::kind::Kind;

/// Products that one letter tells of in full.
const NAMED: usize = 50;

/// Tells people what this look found, if it is news. Answers the subject of the letter.
pub fn tell(
    look: &Look,
    after: &OrderState,
    before: Option<&OrderState>,
    settings: &Settings,
) -> Result<Option<String>, Failure> {
    match news(look, after, before)? {
        News::Letter { subject, text, causes } => {
            note_told(&look.number.0, causes)?;
            mail::queue(settings, &subject, text)?;
            Ok(Some(subject))
        }
        News::ForTheDigest(causes) => note_untold(&look.number.0, causes).map(|()| None),
        News::None => Ok(None),
    }
}

/// The subject of the letter that [`tell`] would send.
pub fn foretell(
    look: &Look,
    after: &OrderState,
    before: Option<&OrderState>,
) -> Result<Option<String>, Failure> {
    Ok(match news(look, after, before)? {
        News::Letter { subject, .. } => Some(subject),
        News::ForTheDigest(_) | News::None => None,
    })
}

/// What there is to tell.
enum News {
    /// This letter; the causes count it.
    Letter {
        subject: String,
        text: String,
        causes: Causes,
    },
    /// The causes were told for enough other orders.
    ForTheDigest(Causes),
    None,
}

fn news(look: &Look, after: &OrderState, before: Option<&OrderState>) -> Result<News, Failure> {
    if after.waits() {
        if before.is_some_and(|before| before.says_the_same(after)) {
            return Ok(News::None);
        }
        let number = &look.number.0;
        let causes = causes::of(Kind::Order, number, after.open_reasons())?;
        let enough =
            |known: &CauseState| known.told.len() >= LETTERS_PER_CAUSE && !known.told.contains(number);
        if causes.iter().all(|(_, known)| enough(known)) {
            return Ok(News::ForTheDigest(causes));
        }
        let (subject, text) = waiting(look, after);
        return Ok(News::Letter { subject, text, causes });
    }
    let was_waiting = before.is_some_and(OrderState::waits);
    if !was_waiting || !matches!(after.standing, Standing::Imported { .. }) {
        return Ok(News::None);
    }
    let what = match before.map(|before| &before.standing) {
        Some(Standing::Imported { .. }) => "and its sales order differed; what stood between them is settled",
        _ => "waited and is now a sales order",
    };
    Ok(News::Letter {
        subject: format!("LeafLink order {} came through", look.label),
        text: format!("{} {what}.\n\nNothing needs doing.\n", whole_name(look)),
        causes: Vec::new(),
    })
}

/// That people are told, as an effect.
pub fn to_people(subject: &str) -> wit::Effect {
    effect("queue-mail", "admins and error recipients", format!("Tell them: {subject}."), Vec::new())
}

/// `LeafLink order ee12ab01 from Copper Kettle (216.00 USD)`, as far as it could be read.
fn whole_name(look: &Look) -> String {
    format!("LeafLink order {} {}", look.label, look.about).trim_end().to_owned()
}

/// Tells people what keeps a thing: one letter for each cause, and a digest of what else meets the same;
/// of an order's write, a letter each time. Answers the subject of the letter.
pub fn tell_of(
    kind: Kind,
    id: &str,
    label: &str,
    reasons: &[ReasonRecord],
    settings: &Settings,
) -> Result<Option<String>, Failure> {
    if kind != Kind::Order && !is_first(kind, id, reasons)? {
        return Ok(None);
    }
    let words = kind.words();
    let mut subject = format!("{}{}", kind.name(label), words.says);
    if subject.ends_with(' ') {
        subject.push_str(&count(reasons.len(), "reason"));
    }
    let [before, after] = words.intro;
    let mut text = String::new();
    if !before.is_empty() {
        text = format!("{before}{label}{after}\n\n");
    }
    enumerate(reasons, &mut text);
    text.push('\n');
    if !words.again.is_empty() {
        text.push_str(&format!("{}\n", words.again));
    }
    if kind != Kind::Order {
        text.push_str(&format!("Further {}s that meet the same come in one message.\n", words.noun));
    }
    mail::queue(settings, &subject, text)?;
    Ok(Some(subject))
}

/// One letter about every product of a push whose stock newly cannot be pushed. What was told of before
/// is left out, or waits for its digest.
pub fn tell_of_stock(newly: Vec<(ProductId, ReasonRecord)>, settings: &Settings) -> Result<(), Failure> {
    // All are asked about before any is noted: what is new in this push is told here, however many meet it.
    let mut heard = Vec::new();
    for (id, reason) in &newly {
        heard.push(causes::news(Kind::Stock, &id.0, slice::from_ref(reason))?);
    }
    let mut told = Vec::new();
    for ((id, reason), heard) in newly.into_iter().zip(heard) {
        causes::note(Kind::Stock, &id.0, slice::from_ref(&reason), heard)?;
        if heard == Heard::Letter {
            told.push(reason);
        }
    }
    if told.is_empty() {
        return Ok(());
    }
    let subject = format!("The stock of {} does not reach LeafLink", count(told.len(), "product"));
    let mut text = String::from("LeafLink goes on showing what it showed last.\n\n");
    enumerate(&told[..told.len().min(NAMED)], &mut text);
    if told.len() > NAMED {
        text.push_str(&format!("... and {} more.\n", told.len() - NAMED));
    }
    text.push_str(
        "\nIt is tried again every time stock is pushed. You will hear again only if the reasons change.\n",
    );
    mail::queue(settings, &subject, text)
}

fn enumerate(reasons: &[ReasonRecord], text: &mut String) {
    for (index, reason) in reasons.iter().enumerate() {
        text.push_str(&format!("{}. {}\n   What to do: {}\n", index + 1, reason.message, reason.fix));
    }
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
    let mut text = format!("{} {what}.\n\n", whole_name(look));
    enumerate(reasons, &mut text);
    text.push_str(&format!(
        "\n{promise}\nYou will hear again only if the reasons change or the order comes through.\n\n\
         The order's number in LeafLink's API: {}\n",
        look.number
    ));
    let subject = format!("LeafLink order {} is on hold: {}", look.label, count(reasons.len(), "reason"));
    (subject, text)
}
