//! Towards the wholesale price that LeafLink should show.
//!
//! Both sides are read and the rule is asked once more, so that what is sent is the ERP's price as
//! it now is, and nothing is sent that LeafLink has already: an answer that was lost, or a commit.

use serde_json::json;

use super::Attempt;
use crate::handlers::products::price::{Look, look};
use crate::handlers::products::side::Side;
use crate::handlers::settings::in_force;
use crate::host::answer::{Failure, effect};
use crate::host::leaflink::{self, Sent};
use crate::host::prices::{self, PriceWish};
use crate::host::{self, erp, webhooks};
use crate::leaflink::product::Product as Listed;
use crate::leaflink::read;
use crate::rules::decimal::{cents, plain};
use crate::rules::decision::Reason;
use crate::rules::ids::LeafLinkProductId;
use crate::rules::product::price::Action;
use crate::rules::reasons::Code;

/// Sets LeafLink's wholesale price, if the ERP's still asks for it.
pub fn attempt(id: LeafLinkProductId, label: &str, wish: &mut PriceWish) -> Result<Attempt, Failure> {
    let nothing = Ok(Attempt::Done(Vec::new()));
    let settings = in_force()?;
    let product = if settings.sync_prices { prices::linked_to(&[id])?.pop() } else { None };
    let Some(product) = product else {
        wish.wholesale_price = None;
        return nothing;
    };
    let mut look = look(product, &Side::of(id), &settings)?;
    match look.plan.action {
        Action::Push(price) => send(&mut look, price, label, wish),
        Action::Agree(agreed) => {
            // What was wanted is seen now; what LeafLink shows instead of it may yet give way to it.
            if wish.wholesale_price == Some(plain(agreed.wholesale_price)) {
                wish.wholesale_price = None;
            }
            want(None, &mut look, wish);
            look.record.set_agreed(agreed);
            prices::put_record(id, &look.record)?;
            nothing
        }
        // What came in between is for a look to decide.
        Action::Nothing | Action::Take(_) => {
            want(None, &mut look, wish);
            prices::put_record(id, &look.record)?;
            webhooks::announce_product(id)?;
            nothing
        }
    }
}

/// Wants another price, or none. The one before may have been sent by a call whose commit was lost.
fn want(price: Option<String>, look: &mut Look, wish: &mut PriceWish) {
    if wish.wholesale_price != price
        && let Some(before) = std::mem::replace(&mut wish.wholesale_price, price)
    {
        look.record.note_sent(before, host::now_ms());
    }
}

fn send(
    look: &mut Look,
    price: rust_decimal::Decimal,
    label: &str,
    wish: &mut PriceWish,
) -> Result<Attempt, Failure> {
    let id = look.leaflink;
    want(Some(plain(price)), look, wish);
    prices::put_record(id, &look.record)?;
    let amount = json!({ "amount": cents(price), "currency": erp::currency()? });
    match leaflink::patch_product(id, &json!({ "wholesale_price": amount }))? {
        Sent::Done(answer) => {
            let confirmed = read::<Listed>(&answer).ok().and_then(|listed| listed.wholesale_price);
            if let Some(confirmed) = confirmed.filter(|confirmed| confirmed.amount.0 != price) {
                let message = format!(
                    "LeafLink took the wholesale price {} of {label} and answered with {}.",
                    cents(price),
                    cents(confirmed.amount.0)
                );
                return Ok(Attempt::Refused(Reason::new(Code::PriceRefused, message)));
            }
            wish.wholesale_price = None;
            let sale = look.product.sale_price.as_ref().map(|sale| sale.amount).unwrap_or_default();
            let agreed = look.agreed(sale, price);
            look.record.set_agreed(agreed);
            look.record.waits_for.clear();
            prices::put_record(id, &look.record)?;
            let summary = format!("Change the wholesale price of {label} in LeafLink.");
            let done = effect("patch-leaflink-product", &id.to_string(), summary, vec![look.pushed(price)]);
            Ok(Attempt::Noted(vec![done], std::mem::take(&mut look.plan.reasons)))
        }
        Sent::Refused(refusal) => {
            let message =
                format!("LeafLink refused the wholesale price {} of {label}: {refusal}.", cents(price));
            let code = refusal.code(Code::PriceRefused);
            Ok(Attempt::Refused(Reason::new(code, message).with("words", refusal)))
        }
        Sent::NotTaken(later) => Ok(Attempt::Later(later)),
        Sent::Unknown(later) => {
            look.record.note_sent(plain(price), host::now_ms());
            prices::put_record(id, &look.record)?;
            Ok(Attempt::Later(later))
        }
    }
}
