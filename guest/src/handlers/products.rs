//! `products`: what happens to a product on either side.
//!
//! The product's form is looked at first, its price after that: unit type and case size decide what a
//! price in LeafLink is for.

pub mod listing;
pub mod price;
pub mod side;

use self::side::Side;
use super::Component;
use super::settings::in_force;
use crate::bindings::exports::leaflink_sync::connector::products::{Guest, Product as Moved};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{self, Failure};
use crate::host::prices::{self, Product};
use crate::host::webhooks;
use crate::rules::decision::Reason;
use crate::rules::ids::{LeafLinkProductId, ProductId};
use crate::rules::reasons::Code;
use crate::rules::settings::Settings;

impl Guest for Component {
    fn on_product_change(moved: Moved) -> Result<wit::Decision, Failure> {
        let settings = in_force()?;
        let decision = decide(&moved, &settings, true)?;
        if let Moved::Leaflink(id) = moved {
            webhooks::product_looked(LeafLinkProductId(id))?;
        }
        Ok(decision)
    }
}

/// What a look at a product would do.
pub fn foretell(moved: &Moved) -> Result<wit::Decision, Failure> {
    decide(moved, &in_force()?, false)
}

/// Looks at a product; with `for_real`, carries out what that comes to.
fn decide(moved: &Moved, settings: &Settings, for_real: bool) -> Result<wit::Decision, Failure> {
    let (id, pair) = match pair(moved)? {
        Pair::Linked(product, leaflink) => (product.id.clone(), Ok((product, Side::of(leaflink)))),
        Pair::Alone(Some(id), decision) => {
            if for_real {
                prices::unlinked(&id)?;
            }
            (id, Err(decision))
        }
        Pair::Alone(None, decision) => return Ok(decision),
    };
    let side = pair.as_ref().ok().map(|(_, side)| side);
    let of_form = match listing::look(&id, side, matches!(moved, Moved::Erp(_)), for_real, settings)? {
        Some(look) if for_real => Some(listing::carry_out(look, settings)?),
        Some(look) => Some(listing::foretell(look)?),
        None => None,
    };
    let of_price = match pair {
        // LeafLink's price is for something else until then; it is looked at afterwards.
        Ok(_) if of_form.as_ref().is_some_and(|(_, unlike)| *unlike) => None,
        Ok((product, side)) => {
            let look = price::look(product, &side, settings)?;
            Some(if for_real { price::carry_out(look, settings)? } else { price::foretell(look)? })
        }
        Err(decision) => Some(decision),
    };
    Ok(match (of_form.map(|(decision, _)| decision), of_price) {
        (Some(form), Some(price)) => together(form, price),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => unknown(&id)?,
    })
}

/// What was decided of the form and of the price, as one answer. Each is in the journal by itself.
fn together(form: wit::Decision, price: wit::Decision) -> wit::Decision {
    let says_something = |decision: &wit::Decision| {
        !matches!(decision.outcome, wit::Outcome::Unchanged | wit::Outcome::Ignored)
    };
    match (says_something(&form), says_something(&price)) {
        (_, false) if form.outcome != wit::Outcome::Unchanged => form,
        (false, _) => price,
        (true, false) => form,
        (true, true) => {
            let outcome = if form.outcome == wit::Outcome::Applied { price.outcome } else { form.outcome };
            let mut reasons = form.reasons;
            reasons.extend(price.reasons);
            let mut effects = form.effects;
            effects.extend(price.effects);
            wit::Decision { outcome, reasons, effects, ..price }
        }
    }
}

/// A product with what it is linked to.
enum Pair {
    /// Both sides are known.
    Linked(Product, LeafLinkProductId),
    /// There is no other side: the ERP's product, if it is that, and what is to be said of it.
    Alone(Option<ProductId>, wit::Decision),
}

fn pair(moved: &Moved) -> Result<Pair, Failure> {
    let (id, subject, label) = match moved {
        Moved::Erp(id) => {
            let id = ProductId(id.clone());
            let Some(product) = prices::product(&id)? else { return unknown(&id) };
            match product.leaflink {
                Some(leaflink) => return Ok(Pair::Linked(product, leaflink)),
                None => (Some(id.clone()), id.0, product.name),
            }
        }
        Moved::Leaflink(id) => {
            let id = LeafLinkProductId(*id);
            match prices::linked_to(&[id])?.pop() {
                Some(product) => return Ok(Pair::Linked(product, id)),
                None => (None, id.to_string(), format!("LeafLink product {id}")),
            }
        }
    };
    let reason = Reason::new(Code::PriceWithoutLink, format!("{label} is linked to no other product."));
    let decision = wit::Decision {
        stream: wit::Stream::Prices,
        subject,
        label,
        outcome: wit::Outcome::Ignored,
        reasons: vec![answer::reason(&reason)],
        effects: Vec::new(),
    };
    Ok(Pair::Alone(id, decision))
}

fn unknown<T>(id: &ProductId) -> Result<T, Failure> {
    let message = format!("The ERP has no product {id}.");
    Err(answer::reject(Reason::new(Code::ProductNotFound, message)))
}
