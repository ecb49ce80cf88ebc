//! LeafLink's catalogue, read for the lists and suggestions of product links.
//!
//! Once a day all of it, in between what was modified and what a person edited since: LeafLink has
//! two stamps, and neither always moves. A whole pass that did not come by a product it knew asks
//! for that one by itself, because a list that moves while it is paged can skip a row.
//!
//! Linked products whose price, name, SKU or unit type is not what was last agreed on are noted to be
//! looked at.

use chrono::{Duration, SecondsFormat, Utc};
use rust_decimal::Decimal;

use super::{
    ALIKE_IN_A_ROW, LOOKS, OVERLAP_MINUTES, PAGE, UNREADABLE_IN_A_ROW, ahead, endless, instant,
    is_waited_out, page, raise, refuse, stamp_ms, stands_still,
};
use crate::bindings::exports::leaflink_sync::connector::polling::{Polled, Source, Subject};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::handlers::products::listing::note_seen;
use crate::handlers::settings::in_force;
use crate::host::answer::{self, Failure};
use crate::host::catalogue::{self, CatalogueState, Record, Stage, UnderWay};
use crate::host::leaflink::{FoundProduct, Listed};
use crate::host::rounds::PRODUCTS;
use crate::host::state::Pass;
use crate::host::{self, leaflink, listings, outbox, prices, webhooks};
use crate::leaflink::listing::shown_in_catalogue;
use crate::leaflink::product::{Product, WhichProduct};
use crate::leaflink::{Unreadable, read};
use crate::rules::decision::Reason;
use crate::rules::ids::LeafLinkProductId;
use crate::rules::product::listing::change::moved;
use crate::rules::product::unit_type::same;
use crate::rules::reasons::Code;

/// From one whole pass to the next: a day.
const WHOLE_MS: u64 = 24 * 60 * 60 * 1_000;
/// Products that one call asks for one by one.
const MISSED: usize = 50;
/// Brands whose names are kept; a seller has a handful.
const BRANDS: usize = 200;
/// What is read of each product.
pub const FIELDS: &str = "id,name,display_name,sku,modified,last_edit,listing_state,unit_of_measure,\
                      unit_denomination,unit_multiplier,brand,strain_classification,wholesale_price";

/// Does one part of reading the catalogue.
pub fn poll() -> Result<Polled, Failure> {
    let mut state = catalogue::state()?;
    let mut refused = Vec::new();
    let work = state.under_way.take().unwrap_or_else(|| begin(&state));
    let next = match work.stage {
        Stage::Whole | Stage::Modified | Stage::Edited => listed(&mut state, work, &mut refused)?,
        Stage::Missed => missed(&mut state, work, &mut refused)?,
    };
    state.under_way = next;
    catalogue::put_state(&state)?;
    if state.under_way.is_none() {
        // LeafLink may say by now which company sells.
        PRODUCTS.begin()?;
    }
    Ok(Polled {
        look_at: webhooks::products(LOOKS)?.into_iter().map(|id| Subject::Product(id.0)).collect(),
        // An outage is waited out: on with it in the next call, some minutes later.
        more: state
            .under_way
            .as_ref()
            .is_some_and(|work| work.pass.unreadable < UNREADABLE_IN_A_ROW && !is_waited_out(&work.pass)),
        watermark_ms: state.modified.as_deref().and_then(stamp_ms),
        refused,
    })
}

fn begin(state: &CatalogueState) -> UnderWay {
    let due = state.whole_ms.is_none_or(|done| host::now_ms().saturating_sub(done) >= WHOLE_MS);
    stage(if due || state.again || state.modified.is_none() { Stage::Whole } else { Stage::Modified })
}

/// The beginning of a stage.
fn stage(stage: Stage) -> UnderWay {
    UnderWay { stage, pass: Pass { limit: PAGE, ..Pass::default() }, edited: None }
}

/// One page of LeafLink's list, all of it or what changed by one of the stamps.
fn listed(
    state: &mut CatalogueState,
    mut work: UnderWay,
    refused: &mut Vec<wit::Reason>,
) -> Result<Option<UnderWay>, Failure> {
    let since = match work.stage {
        Stage::Modified => Some(("modified__gte", &state.modified)),
        Stage::Edited => Some(("last_edit__gte", &state.last_edit)),
        Stage::Whole | Stage::Missed => None,
    };
    let since = since.map(|(filter, stamp)| (filter, before(stamp.as_deref())));
    if since.is_none() && work.pass.offset == 0 {
        state.round = state.round.wrapping_add(1);
        state.brands.clear();
        state.again = false;
    }
    let (products, more) = match since {
        // No product has this stamp.
        Some((_, None)) => (Vec::new(), false),
        Some((filter, Some(since))) => read_page(&mut work.pass, Some((filter, &since)), refused)?,
        None => read_page(&mut work.pass, None, refused)?,
    };
    for product in &products {
        keep(state, product)?;
        let modified_ahead = raise(&mut work.pass.highest, product.modified.as_deref());
        let edited_ahead = raise(&mut work.edited, product.last_edit.as_deref());
        // Told with each whole pass: once a day.
        if (modified_ahead || edited_ahead) && work.stage == Stage::Whole {
            refuse(Source::Products, Code::StampAhead, ahead("product", &product.id))?;
        }
    }
    note_looks(&products)?;
    if work.stage == Stage::Whole {
        let ids: Vec<LeafLinkProductId> = products.iter().map(|it| LeafLinkProductId(it.id)).collect();
        for linked in listings::linked_to(&ids)? {
            let listed = products.iter().find(|listed| linked.leaflink == Some(LeafLinkProductId(listed.id)));
            note_seen(&linked, &listed.map(shown_in_catalogue).unwrap_or_default(), false)?;
        }
    }
    if more {
        return Ok(Some(work).filter(|work| work.pass.alike < ALIKE_IN_A_ROW));
    }
    // What a list by one stamp shows of the other proves nothing about what it does not show.
    if work.stage != Stage::Edited {
        raise(&mut state.modified, work.pass.highest.as_deref());
    }
    if work.stage != Stage::Modified {
        raise(&mut state.last_edit, work.edited.as_deref());
    }
    Ok(match work.stage {
        Stage::Whole => Some(stage(Stage::Missed)),
        Stage::Modified => Some(stage(Stage::Edited)),
        Stage::Edited | Stage::Missed => {
            state.read_ms = host::now_ms();
            None
        }
    })
}

/// Some minutes before a stamp.
fn before(stamp: Option<&str>) -> Option<String> {
    let stamp = stamp.and_then(instant)?.with_timezone(&Utc) - Duration::minutes(OVERLAP_MINUTES);
    Some(stamp.to_rfc3339_opts(SecondsFormat::Micros, true))
}

/// Products that were known and that the whole pass did not come by.
fn missed(
    state: &mut CatalogueState,
    work: UnderWay,
    refused: &mut Vec<wit::Reason>,
) -> Result<Option<UnderWay>, Failure> {
    let mut asked = 0;
    for (id, record) in catalogue::all()? {
        if record.round == state.round || record.is_gone() {
            continue;
        }
        if asked == MISSED {
            return Ok(Some(work));
        }
        asked += 1;
        match leaflink::product(id)? {
            FoundProduct::There(product) => keep(state, &product)?,
            FoundProduct::Missing => catalogue::put_record(id, &record.gone(state.round))?,
            // What is known of it stays as it is until the next whole pass.
            FoundProduct::Unreadable(problem) => {
                refused.push(refuse(Source::Products, Code::ProductUnusable, problem)?);
                catalogue::put_record(id, &record.seen(state.round))?;
            }
        }
    }
    let now = host::now_ms();
    state.whole_ms = Some(now);
    state.read_ms = now;
    Ok(None)
}

/// Reads one page and moves the pass on; answers the products, and whether there are more. A page
/// that cannot be had is halved, and a single product that spoils its page by itself is passed over,
/// so that it keeps no other from being seen. It is told of once the list can be read behind it:
/// several in a row are an outage, and then none was passed over.
fn read_page(
    pass: &mut Pass,
    filter: Option<(&str, &str)>,
    refused: &mut Vec<wit::Reason>,
) -> Result<(Vec<Product>, bool), Failure> {
    let (limit, offset) = (pass.limit.to_string(), pass.offset.to_string());
    let mut query = vec![("fields_include", FIELDS)];
    query.extend(filter);
    query.extend([("limit", limit.as_str()), ("offset", offset.as_str())]);
    let Some(listed) = page(pass, "/products/", &query, refused)? else { return Ok((Vec::new(), true)) };
    let page = match listed {
        Listed::Page(page) => page,
        Listed::TooLarge(_) | Listed::Unreadable(_) if pass.limit > 1 => {
            (pass.limit, pass.unreadable) = (pass.limit / 2, 0);
            return Ok((Vec::new(), true));
        }
        Listed::TooLarge(bytes) => {
            pass_over(pass, &format!("it is larger than the {bytes} bytes that the host takes"));
            return Ok((Vec::new(), true));
        }
        Listed::Unreadable(problem) => {
            pass.unreadable += 1;
            if pass.unreadable < UNREADABLE_IN_A_ROW {
                pass_over(pass, &problem);
            } else {
                pass.offset -= pass.passed_over.len() as u64;
                (pass.limit, pass.passed_over, pass.failed) = (PAGE, Vec::new(), 0);
                refused.push(answer::reason(&Reason::new(Code::LeafLinkUnavailable, problem)));
            }
            return Ok((Vec::new(), true));
        }
    };
    for problem in std::mem::take(&mut pass.passed_over) {
        refused.push(refuse(Source::Products, Code::ProductUnusable, problem)?);
    }
    (pass.limit, pass.unreadable) = ((pass.limit * 2).min(PAGE), 0);
    let mut products = Vec::new();
    for record in &page.results {
        match read::<Product>(record.get().as_bytes()) {
            Ok(product) => products.push(product),
            Err(Unreadable::Field { path, problem }) => {
                let problem = format!("{}: `{path}`: {problem}.", which(record.get()));
                refused.push(refuse(Source::Products, Code::ProductUnusable, problem)?);
            }
            Err(Unreadable::NotJson(problem)) => {
                let problem = format!("{}: {problem}.", which(record.get()));
                refused.push(refuse(Source::Products, Code::ProductUnusable, problem)?);
            }
        }
    }
    pass.offset += page.results.len() as u64;
    if stands_still(pass, &page) {
        refused.push(endless("products"));
    }
    Ok((products, page.has_next()))
}

fn pass_over(pass: &mut Pass, problem: &str) {
    pass.offset += 1;
    pass.passed_over.push(format!(
        "Product {} of LeafLink's list was passed over: {}.",
        pass.offset,
        problem.trim_end_matches('.')
    ));
}

fn keep(state: &mut CatalogueState, product: &Product) -> Result<(), Failure> {
    if let Some(brand) = product.brand.map(|brand| brand.0)
        && !state.brands.iter().any(|(known, _)| *known == brand)
        && state.brands.len() < BRANDS
    {
        let name = leaflink::brand_name(brand)?;
        state.brands.push((brand, name.unwrap_or_default()));
    }
    catalogue::put_record(LeafLinkProductId(product.id), &Record::of(product, state.round))
}

/// Puts linked products on the list of those to be looked at whose price, name, SKU or unit type is
/// not what both sides last agreed on, or whose unit types differ and people were not told. Our own
/// writes are what was agreed on, and so come to nothing here.
fn note_looks(listed: &[Product]) -> Result<(), Failure> {
    if listed.is_empty() {
        return Ok(());
    }
    let prices = in_force()?.sync_prices;
    let ids: Vec<LeafLinkProductId> = listed.iter().map(|product| LeafLinkProductId(product.id)).collect();
    for product in prices::linked_to(&ids)? {
        let Some(id) = product.leaflink else { continue };
        let Some(listed) = listed.iter().find(|listed| listed.id == id.0) else { continue };
        let differs = listed.counted_in().is_some_and(|unit| !same(&product.unit, &unit));
        let form = listings::record(&product.id)?;
        if differs != form.waits_for(Code::UnitTypeDiffers)
            || !moved(&form.agreed(id), &shown_in_catalogue(listed)).is_empty()
        {
            webhooks::announce_product(id)?;
            continue;
        }
        if !prices {
            continue;
        }
        let shown = listed
            .wholesale_price
            .as_ref()
            .map(|price| (price.amount.0, listed.unit_multiplier.as_ref().map_or(Decimal::ONE, |it| it.0)));
        let is_agreed = prices::record(id, &product.id)?.agreed().is_some_and(|agreed| {
            shown == Some((agreed.wholesale_price, agreed.units.into()))
                && product.sale_price.is_some_and(|price| price.amount == agreed.sale_price)
        });
        // A write on its way reads both sides again.
        let is_queued = || -> Result<bool, Failure> {
            Ok(outbox::intent(&outbox::Subject::Price(id))?.is_some_and(|queued| queued.parked.is_none()))
        };
        if !is_agreed && !is_queued()? {
            webhooks::announce_product(id)?;
        }
    }
    Ok(())
}

/// What names a product that cannot be read.
fn which(record: &str) -> String {
    read::<WhichProduct>(record.as_bytes()).map_or_else(
        |_| "A product in LeafLink's list".to_owned(),
        |product| format!("LeafLink product {}", product.id),
    )
}
