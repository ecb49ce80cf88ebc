//! The price of a linked product: read from both sides, asked of the rule, carried out.

use super::side::Side;
use crate::bindings::leaflink_sync::host::types as wit;
use crate::handlers::letters::{self, Kind};
use crate::host::answer::{self, Failure, effect};
use crate::host::erp::Written;
use crate::host::leaflink::{Found, try_again};
use crate::host::outbox::{self, Intent, Subject, Wish};
use crate::host::prices::{self, PriceRecord, PriceWish, Product};
use crate::host::state::ReasonRecord;
use crate::host::{self, erp};
use crate::leaflink::product::Product as Listed;
use crate::leaflink::{Unreadable, read};
use crate::rules::decimal::{cents, plain};
use crate::rules::decision::Reason;
use crate::rules::ids::LeafLinkProductId;
use crate::rules::product::link;
use crate::rules::product::price::{Action, Agreed, Plan, Price, Sides, decide};
use crate::rules::reasons::Code;
use crate::rules::settings::Settings;

/// A linked product with its price on both sides, and what was decided about it.
pub struct Look {
    /// The ERP's side.
    pub product: Product,
    /// LeafLink's product.
    pub leaflink: LeafLinkProductId,
    /// What was decided.
    pub plan: Plan,
    /// What is remembered.
    pub record: PriceRecord,
    /// LeafLink's wholesale price.
    pub shown: Option<Price>,
    /// LeafLink's `modified`.
    modified: String,
    /// The write that is wanted already.
    pub queued: Option<Intent>,
}

/// Reads both sides and asks the rule. With the setting off LeafLink is not asked.
pub fn look(product: Product, side: &Side, settings: &Settings) -> Result<Look, Failure> {
    let listed = if settings.sync_prices { listed(side, &product.name)? } else { Ok(None) };
    look_at(product, side.id, listed, settings.sync_prices)
}

/// Asks the rule about both sides as they were read: LeafLink's product, or why it cannot be used.
pub fn look_at(
    product: Product,
    leaflink: LeafLinkProductId,
    listed: Result<Option<Listed>, Reason>,
    on: bool,
) -> Result<Look, Failure> {
    let record = prices::record(leaflink, &product.id)?;
    let queued = outbox::intent(&Subject::Price(leaflink))?;
    let (listed, unusable) = match listed {
        Ok(listed) => {
            let differs = listed.as_ref().and_then(|listed| unit_differs(&product, leaflink, listed));
            (listed, differs)
        }
        Err(reason) => (None, Some(reason)),
    };
    let amount = listed.as_ref().and_then(|listed| listed.wholesale_price.as_ref());
    let shown = amount.map(|it| Price { amount: it.amount.0, currency: it.currency.clone() });
    let plan = match unusable {
        Some(reason) => Plan { action: Action::Nothing, units: 1, reasons: vec![reason] },
        None => {
            let own_currency = erp::currency()?;
            let sides = Sides {
                name: &product.name,
                own_currency: &own_currency,
                sale_price: product.sale_price.clone(),
                units_per_case: product.units_per_case,
                sell_in_multiples: product.sell_in_multiples,
                wholesale_price: shown.clone(),
                unit_multiplier: listed.as_ref().and_then(|listed| Some(listed.unit_multiplier?.0)),
                agreed: record.agreed(),
                sent: &sent(&record, queued.as_ref()),
            };
            decide(&sides, on)
        }
    };
    let modified = listed.and_then(|listed| listed.modified).unwrap_or_default();
    Ok(Look { product, leaflink, plan, record, shown, modified, queued })
}

/// That a price is for another amount on the other side.
fn unit_differs(product: &Product, leaflink: LeafLinkProductId, listed: &Listed) -> Option<Reason> {
    link::unit_differs(&product.name, &product.unit, leaflink, &listed.name, &listed.counted_in()?)
}

/// LeafLink's product as it now is, or why it cannot be used.
pub fn listed(side: &Side, name: &str) -> Result<Result<Option<Listed>, Reason>, Failure> {
    let id = side.id;
    let unusable = |path: String, problem: String| {
        let message = format!("The field `{path}` of LeafLink product {id} cannot be used: {problem}.");
        Reason::new(Code::LeafLinkProductUnusable, message).at(path)
    };
    Ok(match side.found()? {
        Found::Body(body) => match read::<Listed>(body) {
            Ok(listed) if listed.id == id.0 => Ok(Some(listed)),
            Ok(_) => Err(unusable("id".to_owned(), "it names another product".to_owned())),
            Err(Unreadable::Field { path, problem }) if path != "." => Err(unusable(path, problem)),
            Err(_) => return Err(try_again(format!("LeafLink's answer for product {id} is no product."))),
        },
        Found::Missing => {
            let message = format!("{name} is linked to LeafLink product {id}, which LeafLink does not have.");
            Err(Reason::new(Code::LeafLinkProductGone, message))
        }
        Found::Forbidden(reason) => Err(Reason::clone(reason)),
        Found::TooLarge(limit) => {
            let message = format!(
                "LeafLink's answer for product {id} is larger than the {limit} bytes that the host takes."
            );
            Err(Reason::new(Code::AnswerTooLarge, message))
        }
    })
}

/// Prices that LeafLink may show because of us.
fn sent(record: &PriceRecord, queued: Option<&Intent>) -> Vec<rust_decimal::Decimal> {
    record.sent(host::now_ms()).chain(queued.and_then(wanted)).filter_map(prices::read).collect()
}

/// The price that a queued write would set.
pub fn wanted(intent: &Intent) -> Option<&str> {
    match &intent.wish {
        Wish::Price(wish) => wish.wholesale_price.as_deref(),
        _ => None,
    }
}

impl Look {
    /// What both sides agree on once LeafLink shows `wholesale` and the ERP `sale`.
    pub fn agreed(&self, sale: rust_decimal::Decimal, wholesale: rust_decimal::Decimal) -> Agreed {
        Agreed { sale_price: sale, wholesale_price: wholesale, units: self.plan.units }
    }

    /// The change of LeafLink's price.
    pub fn pushed(&self, price: rust_decimal::Decimal) -> wit::Change {
        wit::Change {
            field: "wholesale_price".to_owned(),
            before: self.shown.as_ref().map(|shown| cents(shown.amount)),
            after: Some(cents(price)),
        }
    }

    /// The wish for a price, if LeafLink's is to change.
    pub fn intent(&self) -> Intent {
        let wholesale_price = match self.plan.action {
            Action::Push(price) => Some(plain(price)),
            Action::Nothing | Action::Agree(_) | Action::Take(_) => None,
        };
        Intent {
            label: self.product.name.clone(),
            wish: Wish::Price(PriceWish { wholesale_price }),
            since_ms: host::now_ms(),
            attempts: 0,
            tried_ms: 0,
            not_before_ms: 0,
            parked: None,
            told: None,
            modified: self.modified.clone(),
        }
    }

    /// The decision, if the wish is news or not.
    pub fn decision(&self, is_news: bool) -> wit::Decision {
        let name = &self.product.name;
        let effects = match self.plan.action {
            Action::Push(price) if is_news => vec![effect(
                "queue-leaflink-write",
                &self.leaflink.to_string(),
                format!("Queue a change of the wholesale price of {name} in LeafLink."),
                vec![self.pushed(price)],
            )],
            Action::Take(price) => vec![effect(
                "set-sale-price",
                &self.product.id.0,
                format!("Change the sale price of {name} in the ERP to what LeafLink has."),
                vec![wit::Change {
                    field: "sale price".to_owned(),
                    before: self.product.sale_price.as_ref().map(|known| plain(known.amount)),
                    after: Some(plain(price)),
                }],
            )],
            Action::Push(_) | Action::Nothing | Action::Agree(_) => Vec::new(),
        };
        let mut reasons = answer::reasons(&self.plan.reasons);
        let blocks = |reason: &Reason| reason.code.blocks();
        let parked = self.queued.as_ref().and_then(|queued| queued.parked.clone());
        let outcome = match &self.plan.action {
            _ if !effects.is_empty() => wit::Outcome::Applied,
            Action::Push(_) => match parked {
                Some(parked) => {
                    reasons.insert(0, answer::kept(parked));
                    wit::Outcome::Parked
                }
                None => wit::Outcome::Unchanged,
            },
            _ if self.plan.reasons.iter().any(blocks) => wit::Outcome::Held,
            _ if !reasons.is_empty() => wit::Outcome::Ignored,
            _ => wit::Outcome::Unchanged,
        };
        wit::Decision {
            stream: wit::Stream::Prices,
            subject: self.product.id.0.clone(),
            label: name.clone(),
            outcome,
            reasons,
            effects,
        }
    }
}

/// What [`carry_out`] would answer, as far as it can be known before the ERP is asked to write.
pub fn foretell(look: Look) -> Result<wit::Decision, Failure> {
    let is_news = outbox::is_news(&Subject::Price(look.leaflink), &look.intent())?;
    Ok(look.decision(is_news))
}

/// Carries a look out.
pub fn carry_out(mut look: Look, settings: &Settings) -> Result<wit::Decision, Failure> {
    let before = look.record.clone();
    match look.plan.action {
        Action::Agree(agreed) => look.record.set_agreed(agreed),
        Action::Take(price) => match prices::set_sale_price(&look.product.id, price)? {
            Written::Done(kept) => {
                let shown = look.shown.as_ref().map(|shown| shown.amount).unwrap_or_default();
                let agreed = look.agreed(kept, shown);
                look.record.set_agreed(agreed);
            }
            Written::Refused(rule) => {
                let message = format!(
                    "The ERP refused the sale price {} that LeafLink's wholesale price of {} makes: {rule}",
                    plain(price),
                    look.product.name
                );
                look.plan.reasons.push(Reason::new(Code::PriceRefusedByErp, message));
                look.plan.action = Action::Nothing;
            }
        },
        Action::Push(_) | Action::Nothing => {}
    }
    let intent = look.intent();
    let replaced = look.queued.as_ref().filter(|queued| queued.wish != intent.wish).and_then(wanted);
    if let Some(price) = replaced {
        // It may have been sent by a call whose commit was lost.
        look.record.note_sent(price.to_owned(), host::now_ms());
    }
    let is_news = outbox::want(&Subject::Price(look.leaflink), intent)?;

    let blocking = look.plan.reasons.iter().filter(|reason| reason.code.blocks());
    look.record.waits_for = blocking.map(ReasonRecord::from).collect();
    let newly_blocked = look.record.waits_for != before.waits_for;
    if newly_blocked && !look.record.waits_for.is_empty() {
        let Product { id, name, .. } = &look.product;
        letters::tell_of(Kind::Price, &id.0, name, &look.record.waits_for, settings)?;
    }
    if look.record != before {
        prices::put_record(look.leaflink, &look.record)?;
    }
    let decision = look.decision(is_news);
    if newly_blocked || decision.outcome == wit::Outcome::Applied {
        host::journal(&decision)?;
    }
    Ok(decision)
}
