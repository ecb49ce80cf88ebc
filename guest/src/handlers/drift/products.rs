//! The links of products, and what linked products are called on either side.

use super::{Page, Write, prices};
use crate::host::answer::Failure;
use crate::host::catalogue::Record;
use crate::host::leaflink::{self, FoundProduct};
use crate::host::products::{self, LinkedPage};
use crate::leaflink::product::Product as Wire;
use crate::rules::drift::Difference;
use crate::rules::drift::product::differences;
use crate::rules::ids::{LeafLinkProductId, ProductId};
use crate::rules::product::Product;

/// Compares one page of linked products with LeafLink's list.
pub fn page(after: Option<&str>) -> Result<Page, Failure> {
    let LinkedPage { products, next } = products::linked_page(after)?;
    let mut page = Page { differences: Vec::new(), compared: 0, next };
    if products.is_empty() {
        return Ok(page);
    }
    let mut list = prices::list()?;
    for product in &products {
        let Some(leaflink) = product.leaflink else { continue };
        page.compared += 1;
        page.differences.extend(match list.remove(&leaflink.0) {
            Some(wire) => of(product, leaflink, Some(&wire)),
            None => alone(product, leaflink)?,
        });
    }
    Ok(page)
}

/// Compares one product. None of these differences is put right by a write.
pub fn one(id: &str) -> Result<Vec<(Difference, Write)>, Failure> {
    let Some(product) = products::product(&ProductId(id.to_owned()))? else { return Ok(Vec::new()) };
    let Some(leaflink) = product.leaflink else { return Ok(Vec::new()) };
    let found = alone(&product, leaflink)?.into_iter();
    Ok(found.map(|one| (one, Box::new(|| Ok(Vec::new())) as Write)).collect())
}

/// A product that is not on LeafLink's list, asked for by itself.
fn alone(product: &Product, leaflink: LeafLinkProductId) -> Result<Vec<Difference>, Failure> {
    Ok(match leaflink::product(leaflink)? {
        FoundProduct::There(wire) => of(product, leaflink, Some(&wire)),
        FoundProduct::Missing => of(product, leaflink, None),
        // What cannot be read, the poll of products tells.
        FoundProduct::Unreadable(_) => Vec::new(),
    })
}

fn of(product: &Product, leaflink: LeafLinkProductId, wire: Option<&Wire>) -> Vec<Difference> {
    let listed = wire.map(|wire| Record::of(wire, 0).listed(leaflink, &[]));
    differences(product, listed.as_ref())
}
