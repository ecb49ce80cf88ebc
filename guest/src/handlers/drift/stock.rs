//! What LeafLink offers of linked products, against the figures that a push would reckon.

use super::{Page, Write, on_its_way};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::handlers::inventory::{intent, queued};
use crate::handlers::settings::in_force;
use crate::handlers::stock::{Assessed, assess};
use crate::host::answer::Failure;
use crate::host::outbox::{self, StockWish, Subject};
use crate::host::{self, stock};
use crate::rules::decimal::plain;
use crate::rules::drift::Difference;
use crate::rules::drift::stock::{Product, difference};
use crate::rules::settings::Settings;

/// Compares one page of linked products.
pub fn page(after: Option<&str>) -> Result<Page, Failure> {
    let (products, next) = stock::linked_page(after)?;
    let compared = u32::try_from(products.len()).unwrap_or(u32::MAX);
    let mut differences = Vec::new();
    if !products.is_empty() {
        let settings = in_force()?;
        let pushed_ms = stock::pushed()?;
        for one in assess(products, &settings)? {
            differences.extend(of(&one, &settings, pushed_ms)?);
        }
    }
    Ok(Page { differences, compared, next })
}

/// Compares one product, and says how its difference is put right.
pub fn one(id: &str) -> Result<Vec<(Difference, Write)>, Failure> {
    let settings = in_force()?;
    let mut products = stock::products(&[id.to_owned()])?;
    products.retain(|product| product.leaflink.is_some());
    let Some(one) = assess(products, &settings)?.pop() else { return Ok(Vec::new()) };
    let found = of(&one, &settings, stock::pushed()?)?;
    Ok(found.map(|found| (found, Box::new(move || write(&one)) as Write)).into_iter().collect())
}

fn of(one: &Assessed, settings: &Settings, pushed_ms: Option<u64>) -> Result<Option<Difference>, Failure> {
    let intent = match one.product.leaflink {
        Some(leaflink) => outbox::intent(&Subject::Stock(leaflink))?,
        None => None,
    };
    Ok(difference(&Product {
        id: &one.product.id,
        name: &one.product.name,
        shown: one.shown.as_ref(),
        figure: &one.figure,
        on_its_way: intent.as_ref().map(on_its_way),
        kept_in_step: settings.sync_inventory,
        pushed_ms,
        now_ms: host::now_ms(),
    }))
}

fn write(one: &Assessed) -> Result<Vec<wit::Effect>, Failure> {
    let Some(leaflink) = one.product.leaflink else { return Ok(Vec::new()) };
    let available = one.figure.available.map(plain);
    let wish = StockWish { available, as_seen: one.as_seen.clone() };
    outbox::put_intent(&Subject::Stock(leaflink), &intent(&one.product.name, &one.modified, wish))?;
    Ok(queued(leaflink, one).into_iter().collect())
}
