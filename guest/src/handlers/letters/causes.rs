//! One message for each cause: what was told of it, and the digests of what met it afterwards.
//!
//! What meets a cause first is told in full, by a letter of its own; what meets it while that is still
//! so waits for the digest of the next round. A cause that nothing meets any more is forgotten, so that
//! it is told anew when it comes again. Orders get three letters for each cause and day instead: what
//! was told of an order, its own record says.

use super::kind::Kind;
use super::to_people;
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::Failure;
use crate::host::outbox::{self, Intent, Subject};
use crate::host::rounds::PAYMENTS;
use crate::host::state::{CauseState, OrderState, ReasonRecord};
use crate::host::{self, listings, mail, payments, prices, state, stock, transfers};
use crate::rules::ids::{OrderNumber, PaymentId, TransferId};
use crate::rules::reasons::Code;
use crate::rules::settings::Settings;
use crate::rules::text::{count, shortened};

/// Orders that get a letter of their own about one cause before the rest go into a digest.
pub const LETTERS_PER_CAUSE: usize = 3;
/// After this long a cause is told anew: a day.
const CAUSE_MS: u64 = 24 * 60 * 60 * 1_000;
/// Causes that one flush goes through.
const CAUSES: u32 = 500;
/// Things that a digest names.
const NAMED: usize = 50;
/// Things that one cause collects.
const COLLECTED: usize = 1_000;
/// Things other than orders that are known to have been told of one cause.
const KNOWN: usize = 200;

/// What is known of each cause that a thing waits for, by its key.
pub type Causes = Vec<(String, CauseState)>;

/// What is known of the causes that something waits for. One that was told long ago is told anew.
pub fn of(kind: Kind, id: &str, reasons: &[ReasonRecord]) -> Result<Causes, Failure> {
    let now = host::now_ms();
    let mut causes = Vec::new();
    for reason in reasons {
        let key = key(kind, id, reason);
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

/// Notes that people are told of a thing.
pub fn note_told(id: &str, causes: Causes) -> Result<(), Failure> {
    for (key, mut known) in causes {
        known.note_told(id, Kind::of(&key));
        state::put_cause(&key, &known)?;
    }
    Ok(())
}

/// The first cause keeps the thing for its digest.
pub fn note_untold(id: &str, mut causes: Causes) -> Result<(), Failure> {
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

impl CauseState {
    fn note_told(&mut self, id: &str, kind: Kind) {
        // Orders have letters of their own, which are counted here.
        let most = if kind == Kind::Order { LETTERS_PER_CAUSE } else { KNOWN };
        if self.told.len() < most && !self.is_told(id) {
            self.told.push(id.to_owned());
        }
    }

    fn is_told(&self, id: &str) -> bool {
        self.told.iter().any(|told| told == id)
    }
}

/// How people hear of a thing other than an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// By a letter: one of its causes is new.
    Letter,
    /// By the next digest: others met the same before.
    Digest,
    /// They have heard.
    Known,
}

/// How people are to hear of a thing.
pub fn news(kind: Kind, id: &str, reasons: &[ReasonRecord]) -> Result<News, Failure> {
    let causes = of(kind, id, reasons)?;
    Ok(match () {
        // A price that went stale once more is for something else again.
        () if causes.iter().all(|(_, known)| known.is_told(id)) => match kind {
            Kind::StalePrice => News::Letter,
            _ => News::Known,
        },
        () if causes.iter().all(|(_, known)| !known.told.is_empty()) => News::Digest,
        () => News::Letter,
    })
}

/// Notes how people hear of a thing.
pub fn note(kind: Kind, id: &str, reasons: &[ReasonRecord], news: News) -> Result<(), Failure> {
    match news {
        News::Letter => note_told(id, of(kind, id, reasons)?),
        News::Digest => note_untold(id, of(kind, id, reasons)?),
        News::Known => Ok(()),
    }
}

/// Whether a letter is due because one of the reasons is news; the others wait for the digest.
pub fn is_first(kind: Kind, id: &str, reasons: &[ReasonRecord]) -> Result<bool, Failure> {
    let news = news(kind, id, reasons)?;
    note(kind, id, reasons, news)?;
    Ok(news == News::Letter)
}

/// The key of a cause. What keeps all of a product is one cause, whether its form, its price or its
/// stock meets it.
fn key(kind: Kind, id: &str, reason: &ReasonRecord) -> String {
    let (code, field, about) = reason.cause();
    let field = field.unwrap_or_default();
    let (kind, code, about) = match of_whole_product(kind, code) {
        // Each product has its own units.
        Some(code @ Code::UnitTypeDiffers) => (Kind::Product, code.word(), id.to_owned()),
        Some(code) => (Kind::Product, code.word(), field.to_owned()),
        // Fields name a place in one order; for a cause that many share, only what it is about counts.
        None if about.is_empty() => (kind, code, field.to_owned()),
        None => (kind, code, about.join(",")),
    };
    format!("{}{}", kind.words().prefix, shortened(&format!("{code}/{about}"), 60))
}

/// The code of what keeps all of a product, if this one does.
fn of_whole_product(kind: Kind, code: &str) -> Option<Code> {
    if !matches!(kind, Kind::Product | Kind::Price | Kind::Stock) {
        return None;
    }
    match Code::from_word(code)? {
        Code::UnitTypeDiffers | Code::UnitNotConvertible => Some(Code::UnitTypeDiffers),
        code @ (Code::LeafLinkProductGone
        | Code::LeafLinkProductUnusable
        | Code::AnswerTooLarge
        | Code::UnitsPerCaseUnusable) => Some(code),
        _ => None,
    }
}

/// Sends a digest for each cause that has things nobody was told of, and forgets the causes that nothing
/// meets any more. Call it once a round.
pub fn flush(settings: &Settings) -> Result<(), Failure> {
    let now = host::now_ms();
    let payments_under_way = PAYMENTS.is_under_way()?;
    for (cause, before) in state::causes(None, CAUSES)? {
        let kind = Kind::of(&cause);
        if payments_under_way && kind == Kind::Payment {
            // What they waited for may have come: those that wait still are told of after the round.
            continue;
        }
        let mut known = before.clone();
        if kind != Kind::Order {
            known.told.clear();
            for id in &before.told {
                if waiting(kind, &cause, id, settings)?.is_some() {
                    known.told.push(id.clone());
                }
            }
        }
        let mut names = Vec::new();
        for id in std::mem::take(&mut known.untold) {
            // One that came through meanwhile needs no telling.
            if let Some(name) = waiting(kind, &cause, &id, settings)? {
                names.push(name);
                if kind != Kind::Order {
                    known.note_told(&id, kind);
                }
            }
        }
        if !names.is_empty() {
            let (subject, text) = digest(kind, &known, &names);
            host::journal(&wit::Decision {
                stream: kind.stream(),
                subject: format!("cause/{cause}"),
                label: known.message.clone(),
                outcome: wit::Outcome::Held,
                reasons: Vec::new(),
                effects: vec![to_people(&subject)],
            })?;
            mail::queue(settings, &subject, text)?;
        }
        let is_old = before.untold.is_empty() && now.saturating_sub(known.first_ms) > CAUSE_MS;
        if is_old || (kind != Kind::Order && known.told.is_empty()) {
            state::forget_cause(&cause)?;
        } else if known != before {
            state::put_cause(&cause, &known)?;
        }
    }
    Ok(())
}

/// What people know a thing by, if it still waits for a cause.
fn waiting(kind: Kind, cause: &str, id: &str, settings: &Settings) -> Result<Option<String>, Failure> {
    let id = id.to_owned();
    let (label, met) = match kind {
        Kind::Order => {
            let order = state::readable_order(&OrderNumber(id))?.filter(OrderState::waits);
            return Ok(order.map(|order| kind.name(&order.short_id)));
        }
        Kind::Payment => {
            let label = format!("Payment {id}");
            let payment = PaymentId(id);
            let mut met = met(kind, payments::known(&payment)?.waits_for);
            note_parked(&[Subject::Payment(payment)], &mut met)?;
            (label, met)
        }
        // It is told of one thing at a time: that the ERP refuses to follow it, or how it ended.
        Kind::Transfer => {
            let id = TransferId(id);
            let known = transfers::known(&id)?;
            if known.told.is_none() {
                return Ok(None);
            }
            let code = if known.done.is_none() { Code::ErpRefused } else { Code::TransferRejected };
            (transfers::name(&id, known)?, vec![(kind, code.word().to_owned())])
        }
        Kind::Product | Kind::Price | Kind::StalePrice | Kind::Stock => {
            let Some(product) = stock::products(&[id])?.pop() else { return Ok(None) };
            if kind == Kind::StalePrice {
                let stands = product.leaflink.is_some() && !settings.sync_prices;
                return Ok(stands.then(|| kind.name(&product.name)));
            }
            let met = met_by_product(&product)?;
            (product.name, met)
        }
    };
    Ok(is_met(cause, &met).then(|| kind.name(&label)))
}

/// What a thing waits for: codes, each with the kind of letter that tells of it.
type Met = Vec<(Kind, String)>;

/// All that the form, the price and the stock of a product wait for.
fn met_by_product(product: &stock::Product) -> Result<Met, Failure> {
    let id = &product.id;
    let mut all = met(Kind::Product, listings::record(id)?.waits_for);
    note_parked(&[Subject::NewProduct(id.clone()), Subject::Listing(id.clone())], &mut all)?;
    if let Some(leaflink) = product.leaflink {
        all.extend(met(Kind::Price, prices::record(leaflink, id)?.waits_for));
        all.extend(stock::record(leaflink, id)?.told.into_iter().map(|code| (Kind::Stock, code)));
        note_parked(&[Subject::Price(leaflink), Subject::Stock(leaflink)], &mut all)?;
    }
    Ok(all)
}

fn met(kind: Kind, reasons: Vec<ReasonRecord>) -> Met {
    reasons.into_iter().map(|reason| (kind, reason.code)).collect()
}

/// Writes that are parked. Of several reasons, which are of one code, the first is kept.
fn note_parked(subjects: &[Subject], met: &mut Met) -> Result<(), Failure> {
    for subject in subjects {
        let parked = outbox::intent(subject)?.filter(Intent::waits).and_then(|intent| intent.parked);
        met.extend(parked.map(|reason| (Kind::of_write(subject), reason.code)));
    }
    Ok(())
}

/// Whether one of these is of the cause's kind and code. A form that lacks another field than before
/// waits for the same still: whoever fills it in was told of both.
fn is_met(cause: &str, met: &[(Kind, String)]) -> bool {
    met.iter().any(|(kind, code)| {
        let (kind, code) = match of_whole_product(*kind, code) {
            Some(whole) => (Kind::Product, whole.word()),
            None => (*kind, code.as_str()),
        };
        let rest = cause.strip_prefix(kind.words().prefix).and_then(|rest| rest.strip_prefix(code));
        rest.is_some_and(|rest| rest.starts_with('/'))
    })
}

fn digest(kind: Kind, cause: &CauseState, waiting: &[String]) -> (String, String) {
    let words = kind.words();
    let subject = format!("{} on hold for one cause", count(waiting.len(), &format!("more {}", words.noun)));
    let mut text = format!("{}\nWhat to do: {}\n\nWaiting for this:\n", cause.message, cause.fix);
    for name in waiting.iter().take(NAMED) {
        text.push_str(&format!("- {name}\n"));
    }
    if waiting.len() > NAMED {
        text.push_str(&format!("- and {} more\n", waiting.len() - NAMED));
    }
    text.push_str(&format!("\n{}\n", words.promise));
    (subject, text)
}

#[cfg(test)]
mod tests {
    use super::super::kind;
    use super::*;
    use crate::rules::decision::Reason;

    fn record(code: Code) -> Reason {
        Reason::new(code, "It is so.")
    }

    fn key_of(kind: Kind, id: &str, reason: Reason) -> String {
        key(kind, id, &ReasonRecord::from(&reason))
    }

    #[test]
    fn what_keeps_all_of_a_product_is_one_cause_for_form_price_and_stock() {
        let unit = |kind, code| key_of(kind, "p-1", record(code));
        let differs = unit(Kind::Product, Code::UnitTypeDiffers);
        assert_eq!(differs, unit(Kind::Price, Code::UnitTypeDiffers));
        assert_eq!(differs, unit(Kind::Stock, Code::UnitNotConvertible));
        for code in [Code::LeafLinkProductGone, Code::AnswerTooLarge, Code::UnitsPerCaseUnusable] {
            let stock = key_of(Kind::Stock, "p-1", record(code).with("product", "p-1"));
            let form = key_of(Kind::Product, "p-1", record(code).with("field", "Units Per Case"));
            assert_eq!((&form, &form), (&stock, &key_of(Kind::Price, "p-1", record(code))));
        }
    }

    #[test]
    fn another_field_other_words_another_product_of_another_unit_and_another_stream_are_other_causes() {
        let unusable = |field| key_of(Kind::Stock, "p-1", record(Code::LeafLinkProductUnusable).at(field));
        assert_ne!(unusable("quantity"), unusable("reserved_qty"));
        let refused = |kind, words| key_of(kind, "p-1", record(Code::WriteRefused).with("words", words));
        assert_ne!(refused(Kind::Stock, "no"), refused(Kind::Stock, "not now"));
        assert_ne!(refused(Kind::Stock, "no"), refused(Kind::Order, "no"));
        let unit = |id| key_of(Kind::Product, id, record(Code::UnitTypeDiffers));
        assert_ne!(unit("p-1"), unit("p-2"));
        let too_large = |kind| key_of(kind, "p-1", record(Code::AnswerTooLarge));
        assert_ne!(too_large(Kind::Product), too_large(Kind::Payment));
    }

    #[test]
    fn every_kind_knows_its_own_causes() {
        for kind in kind::NAMED.into_iter().chain([Kind::Order]) {
            for code in Code::ALL {
                let key = key_of(kind, "p-1", record(*code).with("words", "LeafLink's / words"));
                let whole = of_whole_product(kind, code.word()).is_some();
                assert_eq!(Kind::of(&key), if whole { Kind::Product } else { kind }, "{key}");
                assert!(is_met(&key, &[(kind, code.word().to_owned())]), "{key}");
            }
        }
    }
}
