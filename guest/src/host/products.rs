//! The ERP's products, as far as links to LeafLink go.

use super::answer::{self, Failure};
use super::erp::{Written, failure, number, written};
use super::listings;
use crate::bindings::leaflink_sync::host::records;
use crate::rules::decision::Reason;
use crate::rules::ids::{LeafLinkProductId, ProductId};
use crate::rules::product::Product;
use crate::rules::product::unit_type::{Measures, UnitType};
use crate::rules::reasons::Code;

/// Most ids in one batch read, and records on one page.
const BATCH: usize = 500;

/// One product.
pub fn product(id: &ProductId) -> Result<Option<Product>, Failure> {
    Ok(products(std::slice::from_ref(&id.0))?.pop())
}

/// Products by id, in any order; unknown ones are left out.
pub fn products(ids: &[String]) -> Result<Vec<Product>, Failure> {
    let mut found = Vec::new();
    for batch in ids.chunks(BATCH) {
        for record in records::get_products(batch).map_err(failure)? {
            found.push(of_record(record)?);
        }
    }
    Ok(found)
}

/// Products after `after` that a question answers with something, at most `limit` of the answers.
pub fn listed<T>(
    after: Option<String>,
    limit: usize,
    mut answer: impl FnMut(Product) -> Option<T>,
) -> Result<Vec<T>, Failure> {
    let mut answers = Vec::new();
    let mut after = after;
    loop {
        let page = records::list_products(after.as_deref(), BATCH as u32).map_err(failure)?;
        let last = page.len() < BATCH;
        after = page.last().map(|record| record.id.clone());
        for record in page {
            answers.extend(answer(of_record(record)?));
            if answers.len() == limit {
                return Ok(answers);
            }
        }
        if last {
            return Ok(answers);
        }
    }
}

/// Linked products, a page of the ERP's.
pub struct LinkedPage {
    /// The linked ones among them, with their forms.
    pub products: Vec<(Product, listings::Product)>,
    /// The last id of a full page.
    pub next: Option<String>,
}

/// One page of the ERP's products after `after`.
pub fn linked_page(after: Option<&str>) -> Result<LinkedPage, Failure> {
    let page = records::list_products(after, BATCH as u32).map_err(failure)?;
    let next = if page.len() < BATCH { None } else { page.last().map(|product| product.id.clone()) };
    let linked = page.into_iter().filter(|product| product.leaflink_product_id.is_some());
    let both = |record: records::Product| Ok((of_record(record.clone())?, listings::of_record(record)?));
    Ok(LinkedPage { products: linked.map(both).collect::<Result<_, Failure>>()?, next })
}

/// The products that are linked to any of these.
pub fn linked_to(ids: &[LeafLinkProductId]) -> Result<Vec<Product>, Failure> {
    let mut found = Vec::new();
    for batch in ids.chunks(BATCH) {
        let batch: Vec<u64> = batch.iter().map(|id| id.0).collect();
        for record in records::products_by_leaflink_id(&batch).map_err(failure)? {
            found.push(of_record(record)?);
        }
    }
    Ok(found)
}

/// Links a product to a LeafLink product, or unlinks it.
pub fn link(id: &ProductId, leaflink: Option<LeafLinkProductId>) -> Result<(), Failure> {
    match written(records::link_product(&id.0, leaflink.map(|id| id.0)))? {
        Written::Done(()) => Ok(()),
        Written::Refused(rule) => {
            Err(answer::reject(Reason::new(Code::ErpRefused, format!("The ERP refused: {rule}."))))
        }
    }
}

pub(super) fn unit_type(unit: records::UnitType) -> Result<UnitType, Failure> {
    Ok(UnitType {
        measures: match unit.category {
            records::UnitCategory::Weight => Measures::Weight,
            records::UnitCategory::Volume => Measures::Volume,
            records::UnitCategory::Count | records::UnitCategory::Custom => Measures::Pieces,
        },
        per_si_unit: unit.per_si_unit.as_deref().map(number).transpose()?,
        name: unit.name,
    })
}

fn of_record(record: records::Product) -> Result<Product, Failure> {
    Ok(Product {
        unit: unit_type(record.unit_type)?,
        price: record.sale_price.as_ref().map(|price| number(&price.amount)).transpose()?,
        id: ProductId(record.id),
        name: record.name,
        sku: record.sku,
        brand: record.brand,
        category: record.category,
        strain: record.strain,
        active: record.active,
        leaflink: record.leaflink_product_id.map(LeafLinkProductId),
    })
}
