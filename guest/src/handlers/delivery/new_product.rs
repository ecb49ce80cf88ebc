//! One new LeafLink product: looked for, armed, sent, and linked in the transaction that notes it.
//!
//! What the next step is, [`once`] says. The product is known again by a mark of its own in
//! `external_ids`, where LeafLink's support issued a key for it. Without one it is known by its name
//! and SKU among the products that were not there before it was sent; a product of both that was
//! there, and is linked to nothing, keeps a second one from being made.

use serde_json::{Value, json};

use super::Attempt;
use super::listing::refused;
use crate::handlers::products::listing::look_again;
use crate::handlers::settings::in_force;
use crate::handlers::waking::wake;
use crate::host::answer::{Failure, effect, set};
use crate::host::leaflink::{self, Later, Listed, Sent};
use crate::host::listings::{self, NewProductWish, fields};
use crate::host::{self, products};
use crate::leaflink::listing::{Candidate, body};
use crate::leaflink::read;
use crate::rules::decision::Reason;
use crate::rules::ids::{LeafLinkProductId, ProductId};
use crate::rules::once::{self, Marked, Progress, QUIET_MS, Step};
use crate::rules::product::listing::change::Applied;
use crate::rules::product::listing::{Field, Inventory, Values, value};
use crate::rules::reasons::Code;

/// What is read of products that may be the one.
const FIELDS: &str = "id,name,sku,listing_state";
/// Products of one SKU that are looked through.
const MOST_ALIKE: usize = 1_000;

/// Takes the next step of a new product.
pub fn attempt(
    id: &ProductId,
    label: &str,
    wish: &mut NewProductWish,
    ticket: u64,
) -> Result<Attempt, Failure> {
    let now_ms = host::now_ms();
    let found = match look_for(wish) {
        Ok(found) => found,
        // Nothing was sent, so that the rest of the queue need not wait for this.
        Err(Failure::Retry(retry)) => {
            wish.progress = once::unsent(wish.progress, ticket, now_ms);
            return Ok(Attempt::Later(Later {
                after_ms: Some(retry.after_ms),
                problem: retry.reason.message,
            }));
        }
        Err(failure) => return Err(failure),
    };
    if wish.progress == Progress::Ready
        && let Some(twin) = twin(wish, &found)?
    {
        let message =
            format!("LeafLink has a product of the name and SKU of {label} already: number {twin}.");
        let reason = Reason::new(Code::LeafLinkProductExists, message).with("leaflink-product", twin);
        return Ok(Attempt::Refused(reason));
    }
    let (marked, made) = match made(wish, &found)?.as_slice() {
        [] => (Marked::None, None),
        [one] => (Marked::One { agrees: true }, Some(*one)),
        _ => (Marked::Several, None),
    };
    match once::next(wish.progress, marked, is_wanted(id)?, wish.unanswered, ticket, now_ms) {
        Step::Adopt => match made {
            Some(made) => settle(id, label, wish, made),
            None => Ok(Attempt::Done(Vec::new())),
        },
        // Without a mark of its own it is known by what it says, so none is merely alike.
        Step::Conflict | Step::Doubt => {
            wish.progress = Progress::Unknown { since_ms: now_ms };
            let message =
                format!("LeafLink has several products that were made of {label}, or may have been.");
            Ok(Attempt::Refused(Reason::new(Code::NewProductConflict, message)))
        }
        Step::GiveUp => {
            let message = format!(
                "{label} was sent to LeafLink {} times without an answer, and LeafLink shows no such product.",
                wish.unanswered
            );
            Ok(Attempt::Refused(Reason::new(Code::NewProductUnanswered, message)))
        }
        Step::Wait { since_ms, for_ms } => {
            if matches!(wish.progress, Progress::Armed { .. }) {
                wish.unanswered = wish.unanswered.saturating_add(1);
            }
            wish.progress = Progress::Unknown { since_ms };
            let problem = "whether LeafLink has made it is not known yet".to_owned();
            Ok(Attempt::Later(Later { after_ms: u32::try_from(for_ms).ok(), problem }))
        }
        Step::Arm => {
            if wish.progress == Progress::Ready {
                wish.before = found.iter().map(|candidate| candidate.id).collect();
            }
            wish.progress = Progress::Armed { ticket };
            Ok(Attempt::Prepared)
        }
        Step::Send => send(id, label, wish),
        Step::Drop => {
            wish.progress = Progress::Settled;
            let summary = format!("Do not make {label} in LeafLink.");
            Ok(Attempt::Done(vec![effect("drop-leaflink-write", &id.0, summary, Vec::new())]))
        }
    }
}

/// The products among which it may be: those with its mark once it may have been sent, otherwise
/// those of its SKU.
fn look_for(wish: &NewProductWish) -> Result<Vec<Candidate>, Failure> {
    let values = fields(&wish.values);
    let mut query = vec![("fields_include", FIELDS)];
    match &wish.mark {
        Some((key, mark)) if wish.progress != Progress::Ready => {
            query.extend([("external_id_key", key.as_str()), ("external_id_values", mark.as_str())]);
        }
        _ => query.push(("sku", value(&values, Field::Sku).unwrap_or_default())),
    }
    // Every page, and none passed over: what is not seen would be made a second time.
    let mut found = Vec::new();
    let mut seen = 0;
    while seen < MOST_ALIKE {
        let offset = seen.to_string();
        let rest = [&query[..], &[("offset", offset.as_str())]].concat();
        match leaflink::page("/products/", if seen == 0 { &query } else { &rest })? {
            Listed::Page(page) => {
                let rows = page.results.iter().map(|row| read::<Candidate>(row.get().as_bytes()));
                found.extend(rows.filter_map(Result::ok));
                seen += page.results.len();
                if page.next.is_none() || page.results.is_empty() {
                    return Ok(found);
                }
            }
            Listed::Unreadable(problem) => return Err(leaflink::try_again(problem)),
            Listed::TooLarge(limit) => {
                return Err(leaflink::try_again(format!(
                    "LeafLink's list of products of one SKU is larger than the {limit} bytes that the host takes"
                )));
            }
        }
    }
    Err(leaflink::try_again(format!("LeafLink has {seen} products of one SKU, or more")))
}

/// A product of the same name and SKU that is there, and linked to nothing.
fn twin(wish: &NewProductWish, found: &[Candidate]) -> Result<Option<u64>, Failure> {
    let values = fields(&wish.values);
    for candidate in found {
        if is_alike(&values, candidate)
            && candidate.listing_state.as_deref() != Some("Archived")
            && products::linked_to(&[LeafLinkProductId(candidate.id)])?.is_empty()
        {
            return Ok(Some(candidate.id));
        }
    }
    Ok(None)
}

/// The products that this wish made, as far as LeafLink shows.
fn made(wish: &NewProductWish, found: &[Candidate]) -> Result<Vec<u64>, Failure> {
    // Nothing was sent: whatever there is was not made by this.
    if wish.progress == Progress::Ready {
        return Ok(Vec::new());
    }
    if wish.mark.is_some() {
        return Ok(found.iter().map(|candidate| candidate.id).collect());
    }
    let values = fields(&wish.values);
    let mut made = Vec::new();
    for candidate in found {
        if is_alike(&values, candidate)
            && !wish.before.contains(&candidate.id)
            && products::linked_to(&[LeafLinkProductId(candidate.id)])?.is_empty()
        {
            made.push(candidate.id);
        }
    }
    Ok(made)
}

fn is_alike(values: &[(Field, String)], candidate: &Candidate) -> bool {
    candidate.sku.as_deref() == value(values, Field::Sku)
        && candidate.name.as_deref() == value(values, Field::Name)
}

/// Whether it is still to be made: "Create LeafLink product" is ticked, and it is linked to nothing.
fn is_wanted(id: &ProductId) -> Result<bool, Failure> {
    let product = listings::product(id)?;
    Ok(product.is_some_and(|product| product.leaflink.is_none() && product.tab.is_some_and(|tab| tab.create)))
}

fn send(id: &ProductId, label: &str, wish: &mut NewProductWish) -> Result<Attempt, Failure> {
    let values = fields(&wish.values);
    let mut body = body(&values);
    let managed = value(&values, Field::Inventory) == Some(Inventory::Managed.id());
    let mut put = |name: &str, value: Value| drop(body.insert(name.to_owned(), value));
    put("seller", json!(wish.seller));
    put("manufacturer", json!(wish.seller));
    put("listing_state", json!(in_force()?.new_product_state));
    // `base_units_per_unit`, the grams or the milligrams of cannabinoids in one unit, is left out, as in
    // the example of LeafLink's manual: neither the form nor the ERP knows it, and buyers would see
    // whatever were made up.
    if managed {
        // Nothing is offered before the next push of stock says how much there is.
        put("quantity", json!("0"));
    }
    if let Some((key, mark)) = &wish.mark {
        put("external_ids", json!({ key: mark }));
    }
    match leaflink::create_product(&Value::Object(body))? {
        Sent::Done(answer) => match read::<Candidate>(&answer) {
            Ok(made) => settle(id, label, wish, made.id),
            Err(_) => unknown(wish, None, "LeafLink's answer cannot be read".to_owned()),
        },
        Sent::Refused(refusal) => {
            wish.progress = Progress::Ready;
            Ok(Attempt::RefusedFor(refused(label, &refusal)))
        }
        Sent::NotTaken(later) => {
            wish.progress = Progress::Ready;
            Ok(Attempt::Later(later))
        }
        Sent::Unknown(Later { after_ms, problem }) => unknown(wish, after_ms, problem),
    }
}

fn unknown(wish: &mut NewProductWish, after_ms: Option<u32>, problem: String) -> Result<Attempt, Failure> {
    wish.progress = Progress::Unknown { since_ms: host::now_ms() };
    wish.unanswered = wish.unanswered.saturating_add(1);
    let quiet = u32::try_from(QUIET_MS).unwrap_or(u32::MAX);
    Ok(Attempt::Later(Later { after_ms: Some(after_ms.map_or(quiet, |after| after.max(quiet))), problem }))
}

/// LeafLink has it: links it, notes what was applied, and lets orders go on that wait for it. What a
/// person changed on the form meanwhile goes after it.
fn settle(id: &ProductId, label: &str, wish: &mut NewProductWish, made: u64) -> Result<Attempt, Failure> {
    let made = LeafLinkProductId(made);
    wish.progress = Progress::Settled;
    let mut record = listings::record(id)?;
    record.made = record.made.saturating_add(1);
    let linked = listings::product(id)?.and_then(|product| product.leaflink);
    let taken = products::linked_to(&[made])?.iter().any(|product| product.id != *id);
    if taken || linked.is_some_and(|linked| linked != made) {
        listings::put_record(id, &record)?;
        let message = format!(
            "LeafLink product {made} was made of {label}, and one of the two is linked to another now."
        );
        let reason = Reason::new(Code::NewProductTooLate, message).with("leaflink-product", made);
        return Ok(Attempt::Refused(reason));
    }
    let values: Values = fields(&wish.values);
    record.set_applied(made, &Applied { values, ..Applied::default() });
    record.waits_for.clear();
    listings::put_record(id, &record)?;
    products::link(id, Some(made))?;
    wake("leaflink-product", &made.to_string())?;
    look_again(id, made)?;
    let summary = format!("{label} is LeafLink product {made}, and linked to it.");
    let link = vec![set("LeafLink Product", made)];
    Ok(Attempt::Done(vec![
        effect("create-leaflink-product", &made.to_string(), summary, Vec::new()),
        effect("link-product", &id.0, format!("Link {label} to LeafLink product {made}."), link),
    ]))
}
