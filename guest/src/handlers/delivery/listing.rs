//! Towards the fields that a linked LeafLink product should have: one `PATCH` of what still differs.

use serde_json::Value;

use super::Attempt;
use crate::bindings::leaflink_sync::host::types as wit;
use crate::handlers::products::listing::{price_along, say_what_is_priced};
use crate::handlers::settings::in_force;
use crate::host::answer::{Failure, effect};
use crate::host::leaflink::{self, Found, Later, Refusal, Sent};
use crate::host::listings::{self, ListingWish, fields, stored};
use crate::host::webhooks;
use crate::leaflink::listing::{body, shown};
use crate::rules::decision::Reason;
use crate::rules::ids::{LeafLinkProductId, ProductId};
use crate::rules::product::listing::change::go_along;
use crate::rules::product::listing::{Field, Values, value};
use crate::rules::reasons::Code;

/// Sends what of the wish LeafLink does not show yet.
pub fn attempt(id: &ProductId, label: &str, wish: &mut ListingWish) -> Result<Attempt, Failure> {
    let mut send = fields(&std::mem::take(&mut wish.values));
    // Unlinked meanwhile: there is nothing to send it to.
    let Some((product, leaflink)) =
        listings::product(id)?.and_then(|product| product.leaflink.map(|leaflink| (product, leaflink)))
    else {
        return Ok(Attempt::Done(Vec::new()));
    };
    let Some(applied) = listings::record(id)?.applied(leaflink) else {
        return Ok(Attempt::Done(Vec::new()));
    };
    let unchanged = |wish: &mut ListingWish| wish.values = stored(&send);
    let there = match leaflink::product_body(leaflink)? {
        Found::Body(there) => there,
        Found::Missing => {
            unchanged(wish);
            let message =
                format!("{label} is linked to LeafLink product {leaflink}, which LeafLink does not have.");
            return Ok(Attempt::Refused(Reason::new(Code::LeafLinkProductGone, message)));
        }
        Found::Forbidden(reason) => {
            unchanged(wish);
            return Ok(Attempt::Refused(*reason));
        }
        Found::TooLarge(limit) => {
            unchanged(wish);
            let message =
                format!("{label}: LeafLink's answer is larger than the {limit} bytes that the host takes.");
            return Ok(Attempt::Refused(Reason::new(Code::AnswerTooLarge, message)));
        }
    };
    let there = match shown(&there) {
        Ok(there) => there,
        Err(problem) => {
            let (field, problem) = problem.field_and_problem();
            unchanged(wish);
            let problem = format!("`{field}` of LeafLink's answer cannot be read: {problem}");
            return Ok(Attempt::Later(Later { after_ms: None, problem }));
        }
    };
    send.retain(|(field, wanted)| value(&there, *field) != Some(wanted));
    go_along(&mut send, &applied, &there);
    // The price is the one of this moment, and goes in the same request as what it is for.
    send.retain(|(field, _)| *field != Field::WholesalePrice);
    if in_force()?.sync_prices && say_what_is_priced(&send) {
        match price_along(&product, leaflink, &send, &there)? {
            Ok((price, _)) => send.extend(price.map(|price| (Field::WholesalePrice, price))),
            Err(reason) => {
                wish.values = stored(&send);
                return Ok(Attempt::Refused(*reason));
            }
        }
    }
    let body = body(&send);
    if body.is_empty() {
        return Ok(Attempt::Done(Vec::new()));
    }
    match leaflink::patch_product(leaflink, &Value::Object(body))? {
        Sent::Done(answer) => {
            note_taken(id, leaflink, &send, &answer)?;
            if say_what_is_priced(&send) {
                // Its price is looked at again, which waited for that.
                webhooks::announce_product(leaflink)?;
            }
            let changes = send
                .iter()
                .map(|(field, after)| wit::Change {
                    field: field.title().to_owned(),
                    before: value(&there, *field).map(str::to_owned),
                    after: Some(after.clone()),
                })
                .collect();
            let summary = format!("Change {label} in LeafLink.");
            Ok(Attempt::Done(vec![effect("patch-leaflink-product", &leaflink.to_string(), summary, changes)]))
        }
        Sent::Refused(refusal) => {
            wish.values = stored(&send);
            Ok(Attempt::RefusedFor(refused(label, &refusal)))
        }
        Sent::NotTaken(later) | Sent::Unknown(later) => {
            wish.values = stored(&send);
            Ok(Attempt::Later(later))
        }
    }
}

/// Remembers what LeafLink made of the ERP's own fields, so that it is not taken for a change that
/// somebody made there, and sent again for good.
fn note_taken(
    id: &ProductId,
    leaflink: LeafLinkProductId,
    sent: &Values,
    answer: &[u8],
) -> Result<(), Failure> {
    // An answer that does not say so is known by the next look.
    let Ok(there) = shown(answer) else { return Ok(()) };
    let before = listings::record(id)?;
    if let Some(mut applied) = before.applied(leaflink) {
        let mut record = before.clone();
        applied.taken(sent, &there);
        record.set_applied(leaflink, &applied);
        if record != before {
            listings::put_record(id, &record)?;
        }
    }
    Ok(())
}

/// What LeafLink says of each field, next to the form's own name of it.
pub fn refused(label: &str, refusal: &Refusal) -> Vec<Reason> {
    if refusal.forbidden || refusal.fields.is_empty() {
        let message = format!("LeafLink refused {label}: {}.", refusal.words);
        let code = refusal.code(Code::ListingRefused);
        return vec![Reason::new(code, message).with("words", &refusal.words)];
    }
    let mut reasons = Vec::new();
    for (name, problem) in &refusal.fields {
        let title = Field::of_wire(name)
            .map_or_else(|| format!("`{name}`"), |field| format!("\"{}\"", field.title()));
        let message = format!("LeafLink refused {title} of {label}: {problem}.");
        reasons.push(
            Reason::new(Code::ListingRefused, message)
                .at(name.as_str())
                .with("field", title)
                .with("words", problem),
        );
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(forbidden: bool, fields: &[(&str, &str)]) -> Refusal {
        let fields = fields.iter().map(|(name, problem)| ((*name).to_owned(), (*problem).to_owned()));
        Refusal { words: "its words".to_owned(), forbidden, fields: fields.collect() }
    }

    #[test]
    fn a_refusal_is_told_by_field_unless_it_is_the_key_that_may_not() {
        let told = |refusal| {
            let reasons = refused("Chews", &refusal).into_iter();
            reasons.map(|reason| (reason.code, reason.message)).collect::<Vec<_>>()
        };
        let whole = "LeafLink refused Chews: its words.".to_owned();
        let of_sku = "LeafLink refused \"SKU\" of Chews: taken.".to_owned();
        assert_eq!(told(refusal(false, &[])), [(Code::ListingRefused, whole.clone())]);
        assert_eq!(told(refusal(false, &[("sku", "taken")])), [(Code::ListingRefused, of_sku)]);
        // `{"detail": "..."}` reads like what is said of a field.
        assert_eq!(told(refusal(true, &[("detail", "no")])), [(Code::LeafLinkForbidden, whole)]);
    }
}
