//! `drift`: where the two sides differ, and putting it right item by item.

mod orders;
mod payments;
mod prices;
mod products;
mod stock;

use super::Component;
use crate::bindings::exports::leaflink_sync::connector::drift as shape;
use crate::bindings::leaflink_sync::host::types as wit;
use crate::handlers::polling::later;
use crate::host::answer::{self, Failure};
use crate::host::catalogue::CatalogueState;
use crate::host::outbox::Intent;
use crate::host::{self, webhooks};
use crate::leaflink::product::Product;
use crate::rules::decision::Reason;
use crate::rules::drift::{Area, Cause, Difference, OnItsWay, Remedy, named};
use crate::rules::ids::LeafLinkProductId;
use crate::rules::reasons::Code;

/// What was found on one page.
struct Page {
    differences: Vec<Difference>,
    /// How many things were compared.
    compared: u32,
    next: Option<String>,
}

/// Queues the write that removes a difference, and says what it did.
type Write = Box<dyn FnOnce() -> Result<Vec<wit::Effect>, Failure>>;

impl shape::Guest for Component {
    fn compare(area: shape::Area, after: Option<String>) -> Result<shape::Report, Failure> {
        let after = after.as_deref();
        let page = match area {
            shape::Area::Statuses => orders::page(after)?,
            shape::Area::Payments => payments::page(after)?,
            shape::Area::Stock => stock::page(after)?,
            shape::Area::Prices => prices::page(after)?,
            shape::Area::Products => products::page(after)?,
        };
        Ok(shape::Report {
            differences: page.differences.into_iter().map(shown).collect(),
            compared: page.compared,
            next: page.next,
        })
    }

    fn repair(id: String) -> Result<wit::Decision, Failure> {
        let Some(wanted) = named(&id) else {
            let message = format!("`{id}` is no difference that a report gives.");
            return Err(answer::reject(Reason::new(Code::DifferenceUnknown, message)));
        };
        let found = match wanted.area {
            Area::Statuses => orders::one(wanted.subject)?,
            Area::Payments => payments::one(wanted.subject)?,
            Area::Stock => stock::one(wanted.subject)?,
            Area::Prices => prices::one(wanted.subject)?,
            Area::Products => products::one(wanted.subject)?,
        };
        let decision = repaired(&wanted, found.into_iter().find(|(one, _)| one.field == wanted.field))?;
        host::journal(&decision)?;
        Ok(decision)
    }
}

/// Does what can be done about a difference, if it is still there.
fn repaired(
    wanted: &crate::rules::drift::Named<'_>,
    found: Option<(Difference, Write)>,
) -> Result<wit::Decision, Failure> {
    let label = found.as_ref().map_or_else(|| wanted.subject.to_owned(), |(one, _)| one.label.clone());
    let (outcome, reason, effects) = match found {
        None => {
            let message = format!("{label}: there is no such difference, or not any more.");
            (wit::Outcome::Unchanged, Some(Reason::new(Code::DifferenceGone, message)), Vec::new())
        }
        Some((difference, write)) => match difference.remedy() {
            Remedy::Write => (wit::Outcome::Applied, None, write()?),
            Remedy::Wait(reason) => (wit::Outcome::Unchanged, Some(reason), Vec::new()),
            Remedy::Refuse(reason) => (wit::Outcome::Refused, Some(reason), Vec::new()),
        },
    };
    Ok(wit::Decision {
        stream: match wanted.area {
            Area::Products => wit::Stream::Products,
            Area::Prices => wit::Stream::Prices,
            Area::Stock => wit::Stream::Stock,
            Area::Statuses => wit::Stream::SalesOrders,
            Area::Payments => wit::Stream::Payments,
        },
        subject: wanted.subject.to_owned(),
        label,
        outcome,
        reasons: reason.iter().map(answer::reason).collect(),
        effects,
    })
}

/// Why a LeafLink product will be looked at without anybody's doing, if it will. `listed` is what
/// LeafLink shows of it.
fn to_be_looked_at(
    leaflink: LeafLinkProductId,
    listed: Option<&Product>,
    catalogue: &CatalogueState,
) -> Result<Option<&'static str>, Failure> {
    let is_news = listed.is_some_and(|listed| {
        let after = |stamp: &Option<String>, known: &Option<String>| {
            stamp.as_deref().is_some_and(|stamp| later(stamp, known.as_deref()))
        };
        after(&listed.modified, &catalogue.modified) || after(&listed.last_edit, &catalogue.last_edit)
    });
    Ok(if webhooks::is_product_listed(leaflink)? {
        Some("it is on the list of products to be looked at; the next round does it.")
    } else if catalogue.whole_ms.is_none() || catalogue.again {
        Some("LeafLink's products were not read to the end yet; the next rounds do it.")
    } else if is_news {
        Some("LeafLink changed it since its products were last read; the next time brings it.")
    } else {
        None
    })
}

/// How a write fares that is on its way.
fn on_its_way(intent: &Intent) -> OnItsWay {
    let words = intent.parked.as_ref().map(|reason| format!("{} {}", reason.message, reason.fix));
    OnItsWay { refused: words }
}

fn shown(one: Difference) -> shape::Difference {
    shape::Difference {
        id: one.id(),
        area: match one.area {
            Area::Products => shape::Area::Products,
            Area::Prices => shape::Area::Prices,
            Area::Stock => shape::Area::Stock,
            Area::Statuses => shape::Area::Statuses,
            Area::Payments => shape::Area::Payments,
        },
        obstacle: match one.remedy() {
            Remedy::Refuse(_) => Some(
                one.obstacle
                    .or_else(|| one.explanation.as_ref().map(|why| why.text.clone()))
                    .unwrap_or_default(),
            ),
            Remedy::Write | Remedy::Wait(_) => None,
        },
        label: one.label,
        field: one.field.to_owned(),
        leaflink: one.leaflink,
        erp: one.erp,
        explanation: one.explanation.map(|why| shape::Explanation {
            cause: match why.cause {
                Cause::Queued => shape::Cause::Queued,
                Cause::Recent => shape::Cause::Recent,
                Cause::Held => shape::Cause::Held,
                Cause::Refused => shape::Cause::Refused,
                Cause::Setting => shape::Cause::Setting,
                Cause::Rule | Cause::Theirs => shape::Cause::Rule,
            },
            text: why.text,
        }),
    }
}
