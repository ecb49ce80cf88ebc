//! LeafLink's catalogue, read for the lists and suggestions of product links.
//!
//! Once a day all of it, in between what was modified and what a person edited since: LeafLink has
//! two stamps, and neither always moves. A whole pass that did not come by a product it knew asks
//! for that one by itself, because a list that moves while it is paged can skip a row.

use chrono::{Duration, SecondsFormat, Utc};

use super::{OVERLAP_MINUTES, PAGE, UNREADABLE_ROUNDS, instant, later};
use crate::bindings::exports::leaflink_sync::connector::polling::Polled;
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{self, Failure};
use crate::host::catalogue::{self, CatalogueState, Record, Stage};
use crate::host::leaflink::{FoundProduct, Listed};
use crate::host::state::Pass;
use crate::host::{self, leaflink};
use crate::leaflink::product::Product;
use crate::leaflink::{Unreadable, read};
use crate::rules::decision::Reason;
use crate::rules::ids::LeafLinkProductId;
use crate::rules::reasons::Code;

/// From one whole pass to the next: a day.
const WHOLE_MS: u64 = 24 * 60 * 60 * 1_000;
/// Products that one call asks for one by one.
const MISSED: usize = 50;
/// Brands whose names are kept; a seller has a handful.
const BRANDS: usize = 200;
/// What is read of each product.
const FIELDS: &str = "id,name,display_name,sku,modified,last_edit,listing_state,unit_of_measure,\
                      unit_denomination,unit_multiplier,brand,strain_classification,wholesale_price";

/// Does one part of reading the catalogue.
pub fn poll() -> Result<Polled, Failure> {
    let mut state = catalogue::state()?;
    let mut refused = Vec::new();
    let next = match state.under_way.take().unwrap_or_else(|| begin(&state)) {
        Stage::Whole(pass, edited) => whole(&mut state, pass, edited, &mut refused)?,
        Stage::Missed => missed(&mut state, &mut refused)?,
        Stage::Modified(pass) => match changed(&mut state, "modified__gte", pass, &mut refused)? {
            Ok(pass) => Some(Stage::Modified(pass)),
            Err(highest) => {
                advance(&mut state.modified, highest);
                Some(Stage::Edited(first_page()))
            }
        },
        Stage::Edited(pass) => match changed(&mut state, "last_edit__gte", pass, &mut refused)? {
            Ok(pass) => Some(Stage::Edited(pass)),
            Err(highest) => {
                advance(&mut state.last_edit, highest);
                state.read_ms = host::now_ms();
                None
            }
        },
    };
    state.under_way = next;
    catalogue::put_state(&state)?;
    Ok(Polled {
        look_at: Vec::new(),
        more: state.under_way.as_ref().is_some_and(|stage| !waits(stage)),
        watermark_ms: state
            .modified
            .as_deref()
            .and_then(instant)
            .and_then(|time| u64::try_from(time.timestamp_millis()).ok()),
        refused,
    })
}

/// Whether a page could not be read, so that the next call may come some minutes later.
fn waits(stage: &Stage) -> bool {
    match stage {
        Stage::Whole(pass, _) | Stage::Modified(pass) | Stage::Edited(pass) => pass.unreadable > 0,
        Stage::Missed => false,
    }
}

fn begin(state: &CatalogueState) -> Stage {
    let due = state.whole_ms.is_none_or(|done| host::now_ms().saturating_sub(done) >= WHOLE_MS);
    if due || state.modified.is_none() {
        Stage::Whole(first_page(), None)
    } else {
        Stage::Modified(first_page())
    }
}

fn first_page() -> Pass {
    Pass { limit: PAGE, ..Pass::default() }
}

/// One page of all products.
fn whole(
    state: &mut CatalogueState,
    mut pass: Pass,
    mut edited: Option<String>,
    refused: &mut Vec<wit::Reason>,
) -> Result<Option<Stage>, Failure> {
    if pass.offset == 0 {
        state.round = state.round.wrapping_add(1);
        state.brands.clear();
    }
    let products = match read_page(&mut pass, None, refused)? {
        Page::More(products) => (products, true),
        Page::Last(products) => (products, false),
    };
    for product in &products.0 {
        keep(state, product)?;
        raise(&mut pass.highest, product.modified.as_deref());
        raise(&mut edited, product.last_edit.as_deref());
    }
    if products.1 {
        return Ok(Some(Stage::Whole(pass, edited)));
    }
    advance(&mut state.modified, pass.highest);
    advance(&mut state.last_edit, edited);
    Ok(Some(Stage::Missed))
}

/// Products that were known and that the whole pass did not come by.
fn missed(state: &mut CatalogueState, refused: &mut Vec<wit::Reason>) -> Result<Option<Stage>, Failure> {
    let mut asked = 0;
    for (id, record) in catalogue::all()? {
        if record.round == state.round || record.is_gone() {
            continue;
        }
        if asked == MISSED {
            return Ok(Some(Stage::Missed));
        }
        asked += 1;
        match leaflink::product(id)? {
            FoundProduct::There(product) => keep(state, &product)?,
            FoundProduct::Missing => catalogue::put_record(id, &record.gone(state.round))?,
            // What is known of it stays as it is until the next whole pass.
            FoundProduct::Unreadable(problem) => {
                refused.push(refuse(problem)?);
                catalogue::put_record(id, &record.seen(state.round))?;
            }
        }
    }
    let now = host::now_ms();
    state.whole_ms = Some(now);
    state.read_ms = now;
    Ok(None)
}

/// One page of what changed by one of the stamps: the next page's pass, or, with the last page, the
/// latest stamp.
fn changed(
    state: &mut CatalogueState,
    filter: &'static str,
    mut pass: Pass,
    refused: &mut Vec<wit::Reason>,
) -> Result<Result<Pass, Option<String>>, Failure> {
    let by_edit = filter == "last_edit__gte";
    let since = if by_edit { &state.last_edit } else { &state.modified };
    let Some(since) = since.as_deref().and_then(instant) else { return Ok(Err(None)) };
    let since = since.with_timezone(&Utc) - Duration::minutes(OVERLAP_MINUTES);
    let since = since.to_rfc3339_opts(SecondsFormat::Micros, true);
    let (products, more) = match read_page(&mut pass, Some((filter, &since)), refused)? {
        Page::More(products) => (products, true),
        Page::Last(products) => (products, false),
    };
    for product in &products {
        keep(state, product)?;
        raise(
            &mut pass.highest,
            if by_edit { product.last_edit.as_deref() } else { product.modified.as_deref() },
        );
    }
    Ok(if more { Ok(pass) } else { Err(pass.highest) })
}

enum Page {
    More(Vec<Product>),
    Last(Vec<Product>),
}

/// Reads one page and moves the pass on. A page that is too large for the host is halved, and a
/// single product that is too large is passed over.
fn read_page(
    pass: &mut Pass,
    filter: Option<(&str, &str)>,
    refused: &mut Vec<wit::Reason>,
) -> Result<Page, Failure> {
    let (limit, offset) = (pass.limit.to_string(), pass.offset.to_string());
    let mut query = vec![("fields_include", FIELDS)];
    query.extend(filter);
    query.extend([("limit", limit.as_str()), ("offset", offset.as_str())]);
    let page = match leaflink::page("/products/", &query)? {
        Listed::Page(page) => page,
        Listed::TooLarge(_) | Listed::Unreadable(_) if pass.limit > 1 => {
            pass.limit /= 2;
            return Ok(Page::More(Vec::new()));
        }
        // An outage shows like this, too, so a product is passed over only when it was so for long.
        Listed::Unreadable(problem) if pass.unreadable < UNREADABLE_ROUNDS => {
            pass.unreadable += 1;
            refused.push(answer::reason(&Reason::new(Code::LeafLinkUnavailable, problem)));
            return Ok(Page::More(Vec::new()));
        }
        Listed::TooLarge(bytes) => {
            return passed_over(
                pass,
                &format!("it is larger than the {bytes} bytes that the host takes"),
                refused,
            );
        }
        Listed::Unreadable(problem) => return passed_over(pass, &problem, refused),
    };
    pass.unreadable = 0;
    let mut products = Vec::new();
    for record in &page.results {
        match read::<Product>(record.get().as_bytes()) {
            Ok(product) => products.push(product),
            Err(Unreadable::Field { path, problem }) => {
                refused.push(refuse(format!("{}: `{path}`: {problem}.", which(record.get())))?);
            }
            Err(Unreadable::NotJson(problem)) => {
                refused.push(refuse(format!("{}: {problem}.", which(record.get())))?);
            }
        }
    }
    pass.offset += page.results.len() as u64;
    let more = page.next.is_some() && !page.results.is_empty();
    Ok(if more { Page::More(products) } else { Page::Last(products) })
}

fn passed_over(pass: &mut Pass, problem: &str, refused: &mut Vec<wit::Reason>) -> Result<Page, Failure> {
    pass.offset += 1;
    (pass.limit, pass.unreadable) = (PAGE, 0);
    let problem = format!(
        "Product {} of LeafLink's list was passed over: {}.",
        pass.offset,
        problem.trim_end_matches('.')
    );
    refused.push(refuse(problem)?);
    Ok(Page::More(Vec::new()))
}

fn keep(state: &mut CatalogueState, product: &Product) -> Result<(), Failure> {
    if let Some(brand) = product.brand.map(|brand| brand.0)
        && !state.brands.contains_key(&brand)
        && state.brands.len() < BRANDS
    {
        let name = leaflink::brand_name(brand)?;
        state.brands.insert(brand, name.unwrap_or_default());
    }
    catalogue::put_record(LeafLinkProductId(product.id), &Record::of(product, state.round))
}

fn raise(highest: &mut Option<String>, stamp: Option<&str>) {
    if let Some(stamp) = stamp.filter(|stamp| later(stamp, highest.as_deref())) {
        *highest = Some(stamp.to_owned());
    }
}

/// Watermarks only move on.
fn advance(watermark: &mut Option<String>, highest: Option<String>) {
    raise(watermark, highest.as_deref());
}

/// What names a product that cannot be read.
fn which(record: &str) -> String {
    #[derive(serde::Deserialize)]
    struct Named {
        id: u64,
    }
    read::<Named>(record.as_bytes()).map_or_else(
        |_| "A product in LeafLink's list".to_owned(),
        |named| format!("LeafLink product {}", named.id),
    )
}

fn refuse(message: String) -> Result<wit::Reason, Failure> {
    let reason = answer::reason(&Reason::new(Code::ProductUnusable, message));
    host::journal(&wit::Decision {
        stream: wit::Stream::Products,
        subject: "products".to_owned(),
        label: "a product in LeafLink's list".to_owned(),
        outcome: wit::Outcome::Refused,
        reasons: vec![reason.clone()],
        effects: Vec::new(),
    })?;
    Ok(reason)
}
