//! E-mails about orders, payments and prices that wait: one for each order and set of reasons, one
//! for each cause of payments or prices, a digest when many wait for the same cause, and a note
//! when an order came through.

use super::look::Look;
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{Failure, effect};
use crate::host::outbox::{self, Subject};
use crate::host::rounds::PAYMENTS;
use crate::host::state::{CauseState, OrderState, ReasonRecord, Standing};
use crate::host::{self, listings, mail, payments, prices, state};
use crate::rules::ids::{LeafLinkProductId, OrderNumber, PaymentId, ProductId};
use crate::rules::settings::Settings;
use crate::rules::text::{count, shortened};

/// Orders that get a letter of their own about one cause before the rest go into a digest.
const LETTERS_PER_CAUSE: usize = 3;
/// What the causes of payments begin with.
const PAYMENT: &str = "payment/";
/// What the causes of products begin with.
const PRODUCT: &str = "product/";
/// What the causes of prices begin with.
const PRICE: &str = "price/";
/// After this long a cause is told anew: a day.
const CAUSE_MS: u64 = 24 * 60 * 60 * 1_000;
/// Causes that one flush goes through.
const CAUSES: u32 = 500;
/// Orders that a digest names.
const NAMED: usize = 50;
/// Orders that one cause collects.
const COLLECTED: usize = 1_000;

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

/// What is known of each cause that an order waits for, by its key.
type Causes = Vec<(String, CauseState)>;

fn news(look: &Look, after: &OrderState, before: Option<&OrderState>) -> Result<News, Failure> {
    if after.waits() {
        if before.is_some_and(|before| before.says_the_same(after)) {
            return Ok(News::None);
        }
        let causes = causes_of("", after.open_reasons())?;
        let number = &look.number.0;
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

/// Sends a digest for each cause that has orders nobody was told of. Call it once a round.
pub fn flush(settings: &Settings) -> Result<(), Failure> {
    let now = host::now_ms();
    let payments_under_way = PAYMENTS.is_under_way()?;
    for (cause, mut known) in state::causes(None, CAUSES)? {
        if payments_under_way && cause.starts_with(PAYMENT) {
            // What they waited for may have come: those that wait still are told of after the round.
            continue;
        }
        if !known.untold.is_empty() {
            let untold = std::mem::take(&mut known.untold);
            let mut waiting = Vec::new();
            use wit::Stream::{Orders, Payments, Prices, Products};
            let (stream, noun, still_waiting): (_, _, fn(String) -> Result<_, Failure>) = match &cause {
                cause if cause.starts_with(PAYMENT) => (Payments, "more payment", waiting_payment),
                cause if cause.starts_with(PRODUCT) => (Products, "more product", waiting_product),
                cause if cause.starts_with(PRICE) => (Prices, "more price", waiting_price),
                _ => (Orders, "more LeafLink order", waiting_order),
            };
            for id in untold {
                // One that came through meanwhile needs no telling.
                waiting.extend(still_waiting(id)?);
            }
            if !waiting.is_empty() {
                let (subject, text) = digest(&known, noun, &waiting);
                host::journal(&wit::Decision {
                    stream,
                    subject: format!("cause/{cause}"),
                    label: known.message.clone(),
                    outcome: wit::Outcome::Held,
                    reasons: Vec::new(),
                    effects: vec![to_people(&subject)],
                })?;
                mail::queue(settings, &subject, text)?;
            }
            state::put_cause(&cause, &known)?;
        } else if now.saturating_sub(known.first_ms) > CAUSE_MS {
            state::forget_cause(&cause)?;
        }
    }
    Ok(())
}

/// That people are told, as an effect.
pub fn to_people(subject: &str) -> wit::Effect {
    effect("queue-mail", "admins and error recipients", format!("Tell them: {subject}."), Vec::new())
}

fn waiting_order(number: String) -> Result<Option<String>, Failure> {
    let order = state::readable_order(&OrderNumber(number))?.filter(OrderState::waits);
    Ok(order.map(|order| format!("LeafLink order {}", order.short_id)))
}

fn waiting_payment(id: String) -> Result<Option<String>, Failure> {
    let id = PaymentId(id);
    let waits = !payments::known(&id)?.waits_for.is_empty();
    let parked = outbox::intent(&Subject::Payment(id.clone()))?.is_some_and(|known| known.waits());
    Ok((waits || parked).then(|| format!("Payment {id}")))
}

fn waiting_product(id: String) -> Result<Option<String>, Failure> {
    let id = ProductId(id);
    let mut waits = !listings::record(&id)?.waits_for.is_empty();
    for subject in [Subject::NewProduct(id.clone()), Subject::Listing(id.clone())] {
        waits |= outbox::intent(&subject)?.is_some_and(|known| known.parked.is_some());
    }
    if !waits {
        return Ok(None);
    }
    Ok(listings::product(&id)?.map(|product| product.name))
}

fn waiting_price(id: String) -> Result<Option<String>, Failure> {
    let Ok(id) = id.parse().map(LeafLinkProductId) else { return Ok(None) };
    let parked = outbox::intent(&Subject::Price(id))?.is_some_and(|known| known.parked.is_some());
    if !parked && !prices::waits(id)? {
        return Ok(None);
    }
    let product = prices::linked_to(&[id])?.pop();
    Ok(product.map(|product| format!("The price of {}", product.name)))
}

/// What is known of the causes that something waits for. One that was told long ago is told anew.
/// `kind` keeps the causes of payments and prices apart from those of orders.
fn causes_of(kind: &str, reasons: &[ReasonRecord]) -> Result<Causes, Failure> {
    let now = host::now_ms();
    let mut causes = Vec::new();
    for reason in reasons {
        let key = format!("{kind}{}", key(reason));
        let mut known = state::cause(&key)?;
        if known.told.is_empty() || now.saturating_sub(known.first_ms) > CAUSE_MS {
            known = CauseState { first_ms: now, untold: known.untold, ..CauseState::default() };
        }
        known.message.clone_from(&reason.message);
        known.fix.clone_from(&reason.fix);
        causes.push((key, known));
    }
    Ok(causes)
}

fn note_told(id: &str, causes: Causes) -> Result<(), Failure> {
    for (key, mut known) in causes {
        if known.told.len() < LETTERS_PER_CAUSE && !known.told.iter().any(|told| told == id) {
            known.told.push(id.to_owned());
        }
        state::put_cause(&key, &known)?;
    }
    Ok(())
}

/// The first cause keeps the order or payment for its digest.
fn note_untold(id: &str, mut causes: Causes) -> Result<(), Failure> {
    match causes.first_mut() {
        Some((key, known))
            if known.untold.len() < COLLECTED && !known.untold.iter().any(|untold| untold == id) =>
        {
            known.untold.push(id.to_owned());
            state::put_cause(key, known)
        }
        _ => Ok(()),
    }
}

/// `LeafLink order ee12ab01 from Copper Kettle (216.00 USD)`, as far as it could be read.
fn whole_name(look: &Look) -> String {
    format!("LeafLink order {} {}", look.label, look.about).trim_end().to_owned()
}

/// Tells people why a payment does not reach LeafLink: one letter for each cause and day, and a
/// digest of further payments that meet the same.
pub fn tell_of_payment(
    id: &PaymentId,
    label: &str,
    reasons: &[ReasonRecord],
    settings: &Settings,
) -> Result<(), Failure> {
    if !is_first_of_cause(PAYMENT, &id.0, reasons)? {
        return Ok(());
    }
    let subject = format!("{label} does not reach LeafLink: {}", count(reasons.len(), "reason"));
    let mut text = format!("LeafLink does not have {label} as the ERP has it.\n\n");
    enumerate(reasons, &mut text);
    text.push_str("\nFurther payments that meet the same come in one message.\n");
    mail::queue(settings, &subject, text)
}

/// Tells people why a product does not reach LeafLink as its form has it, as often as of a payment.
pub fn tell_of_product(
    id: &ProductId,
    label: &str,
    reasons: &[ReasonRecord],
    settings: &Settings,
) -> Result<(), Failure> {
    if !is_first_of_cause(PRODUCT, &id.0, reasons)? {
        return Ok(());
    }
    let subject = format!("{label} does not reach LeafLink: {}", count(reasons.len(), "reason"));
    let mut text = format!("What the LeafLink tab of {label} says did not reach LeafLink.\n\n");
    enumerate(reasons, &mut text);
    text.push_str(
        "\nIt is tried again when the product's form is saved. Further products that meet the same come in one message.\n",
    );
    mail::queue(settings, &subject, text)
}

/// Tells people that LeafLink's price of a product is for something else from now on.
pub fn tell_of_stale_price(label: &str, reason: &wit::Reason, settings: &Settings) -> Result<(), Failure> {
    let subject = format!("LeafLink's price of {label} is for something else now");
    let text = format!("{}\n\nWhat to do: {}\n", reason.message, reason.fix);
    mail::queue(settings, &subject, text)
}

/// Tells people why the prices of a product do not follow each other, as often as of a payment.
pub fn tell_of_price(
    id: LeafLinkProductId,
    label: &str,
    reasons: &[ReasonRecord],
    settings: &Settings,
) -> Result<(), Failure> {
    if !is_first_of_cause(PRICE, &id.to_string(), reasons)? {
        return Ok(());
    }
    let subject = format!("The price of {label} is not in step: {}", count(reasons.len(), "reason"));
    let mut text = format!(
        "The sale price of {label} in the ERP and its wholesale price in LeafLink differ, and neither was changed.\n\n"
    );
    enumerate(reasons, &mut text);
    text.push_str(
        "\nIt is tried again when the product changes on either side. Further products that meet the same come in one message.\n",
    );
    mail::queue(settings, &subject, text)
}

/// Whether a letter is due because one of the reasons is news; the others wait for the digest.
fn is_first_of_cause(kind: &str, id: &str, reasons: &[ReasonRecord]) -> Result<bool, Failure> {
    let causes = causes_of(kind, reasons)?;
    if causes.iter().all(|(_, known)| known.told.iter().any(|told| told == id)) {
        return Ok(false);
    }
    if causes.iter().all(|(_, known)| !known.told.is_empty()) {
        note_untold(id, causes)?;
        return Ok(false);
    }
    note_told(id, causes)?;
    Ok(true)
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

fn digest(cause: &CauseState, noun: &str, waiting: &[String]) -> (String, String) {
    let subject = format!("{} on hold for one cause", count(waiting.len(), noun));
    let mut text = format!("{}\nWhat to do: {}\n\nWaiting for this:\n", cause.message, cause.fix);
    for name in waiting.iter().take(NAMED) {
        text.push_str(&format!("- {name}\n"));
    }
    if waiting.len() > NAMED {
        text.push_str(&format!("- and {} more\n", waiting.len() - NAMED));
    }
    text.push_str("\nThey come over by themselves once nothing stands in their way.\n");
    (subject, text)
}
