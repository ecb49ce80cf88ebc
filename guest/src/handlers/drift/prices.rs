//! LeafLink's wholesale prices against the ERP's sale prices.

use super::{Page, Write, on_its_way, to_be_looked_at};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::handlers::polling::products::FIELDS;
use crate::handlers::products::price::{Look, listed, look_at, wanted};
use crate::handlers::products::side::Side;
use crate::handlers::settings::in_force;
use crate::host::answer::{Failure, effect};
use crate::host::catalogue::{self, CatalogueState};
use crate::host::outbox::{self, Subject};
use crate::host::prices::{self, LinkedPage};
use crate::host::{leaflink, webhooks};
use crate::leaflink::product::Product as Listed;
use crate::leaflink::read;
use crate::rules::decimal::plain;
use crate::rules::decision::Reason;
use crate::rules::drift::Difference;
use crate::rules::drift::price::{Product, difference};
use crate::rules::ids::{LeafLinkProductId, ProductId};
use crate::rules::product::price::Action;
use crate::rules::sorted::Map;

/// Compares one page of linked products. LeafLink's are read as its list; one that is not on it, or
/// cannot be read there, is asked for by itself.
pub fn page(after: Option<&str>) -> Result<Page, Failure> {
    let LinkedPage { products, next } = prices::linked_page(after)?;
    let compared = u32::try_from(products.len()).unwrap_or(u32::MAX);
    let mut differences = Vec::new();
    if !products.is_empty() {
        let on = in_force()?.sync_prices;
        let catalogue = catalogue::state()?;
        let mut list = list()?;
        for product in products {
            let Some(leaflink) = product.leaflink else { continue };
            let found = match list.remove(&leaflink.0) {
                Some(found) => Ok(Some(found)),
                None => listed(&Side::of(leaflink), &product.name)?,
            };
            differences.extend(of(product, leaflink, found, on, &catalogue)?.map(|(one, _)| one));
        }
    }
    Ok(Page { differences, compared, next })
}

/// LeafLink's products that can be read, as its list has them.
fn list() -> Result<Map<u64, Listed>, Failure> {
    let mut list = Map::new();
    leaflink::every("/products/", &[("fields_include", FIELDS)], &mut |record| {
        if let Ok(product) = read::<Listed>(record.as_bytes()) {
            list.insert(product.id, product);
        }
    })?;
    Ok(list)
}

/// Compares one product, and says how its difference is put right.
pub fn one(id: &str) -> Result<Vec<(Difference, Write)>, Failure> {
    let Some(product) = prices::product(&ProductId(id.to_owned()))? else { return Ok(Vec::new()) };
    let Some(leaflink) = product.leaflink else { return Ok(Vec::new()) };
    let found = listed(&Side::of(leaflink), &product.name)?;
    let found = of(product, leaflink, found, in_force()?.sync_prices, &catalogue::state()?)?;
    Ok(found.map(|(one, look)| (one, Box::new(move || write(&look)) as Write)).into_iter().collect())
}

fn of(
    product: prices::Product,
    leaflink: LeafLinkProductId,
    found: Result<Option<Listed>, Reason>,
    on: bool,
    catalogue: &CatalogueState,
) -> Result<Option<(Difference, Look)>, Failure> {
    let listed = found.as_ref().ok().and_then(Option::as_ref);
    let to_be_looked_at = to_be_looked_at(leaflink, listed, catalogue)?;
    let look = look_at(product, leaflink, found, true)?;
    let same = look.queued.as_ref().filter(|intent| match look.plan.action {
        Action::Push(price) => wanted(intent) == Some(plain(price).as_str()),
        Action::Nothing | Action::Agree(_) | Action::Take(_) => false,
    });
    let found = difference(&Product {
        id: &look.product.id,
        name: &look.product.name,
        sale_price: look.product.sale_price.as_ref(),
        shown: look.shown.as_ref(),
        plan: &look.plan,
        kept_in_step: on,
        on_its_way: same.map(on_its_way),
        to_be_looked_at,
    });
    Ok(found.map(|found| (found, look)))
}

/// Queues the price for LeafLink; or, if the ERP is to take LeafLink's, has the next poll name it.
fn write(look: &Look) -> Result<Vec<wit::Effect>, Failure> {
    let leaflink = look.leaflink;
    if let Action::Push(_) = look.plan.action {
        outbox::put_intent(&Subject::Price(leaflink), &look.intent())?;
        return Ok(look.decision(true).effects);
    }
    webhooks::announce_product(leaflink)?;
    let summary = format!("Look at {} again; the next poll names it.", look.product.name);
    Ok(vec![effect("look-again", &leaflink.to_string(), summary, Vec::new())])
}
