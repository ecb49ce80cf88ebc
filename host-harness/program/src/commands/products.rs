//! `products`: the ERP's Products table, with the "LeafLink Product" column.
//!
//! The ERP keeps the number of the LeafLink product; its name and page are the component's to say,
//! from LeafLink's catalogue as it was last read. So LeafLink itself need not be there.

use std::collections::BTreeMap;
use std::sync::Arc;

use leaflink_sync_kit::Calls;
use leaflink_sync_kit::exports::product_links::Linked;
use leaflink_sync_kit::host::Records;
use leaflink_sync_kit::host::records::Product;

use super::tables::{ErpFile, open};
use super::{ComponentFile, component, offline};
use crate::terminal::table;
use crate::words::count;

/// Records read in one go.
const PAGE: u32 = 500;

/// Every product of a kept ERP.
pub(super) fn run(file: &ErpFile, component: &ComponentFile) -> anyhow::Result<String> {
    let (erp, company) = open(file)?;
    let linked =
        linked(&component::load_for(component, file)?.calls(Arc::new(offline(&erp)?), company.clone()))?;
    let mut view = erp.view(&company)?;
    let mut rows = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = view.list_products(after.as_deref(), PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some(last.id.clone());
        rows.extend(page.into_iter().map(|product| row(&linked, product)));
    }
    let found = count(rows.len(), "product");
    Ok(format!("{}{found}\n", table(&["Product", "SKU", "Unit", ">Sale Price", "LeafLink Product"], rows)))
}

fn linked(calls: &Calls) -> anyhow::Result<BTreeMap<String, Linked>> {
    let mut all = BTreeMap::new();
    let mut after: Option<String> = None;
    loop {
        let page = calls.list_product_links(after.as_deref(), PAGE)?;
        let Some(last) = page.last() else { return Ok(all) };
        after = Some(last.product.clone());
        all.extend(page.into_iter().map(|one| (one.product.clone(), one)));
    }
}

fn row(linked: &BTreeMap<String, Linked>, product: Product) -> Vec<String> {
    let price = product.sale_price.map(|price| format!("{} {}", price.amount, price.currency));
    let leaflink = linked.get(&product.id).map(column).unwrap_or_default();
    vec![product.name, product.sku, product.unit_type.name, price.unwrap_or_default(), leaflink]
}

/// Name and page; empty for a product that is not linked.
fn column(linked: &Linked) -> String {
    let mut text = match linked.leaflink_name.as_str() {
        "" => format!("LeafLink product {}", linked.leaflink_product),
        name => name.to_owned(),
    };
    if linked.missing {
        text.push_str(" (no longer in LeafLink)");
    }
    if let Some(page) = &linked.leaflink_page {
        text.push_str(&format!("\n{page}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linked(name: &str, page: Option<&str>, missing: bool) -> Linked {
        Linked {
            product: "p".to_owned(),
            leaflink_product: 88,
            leaflink_name: name.to_owned(),
            leaflink_page: page.map(str::to_owned),
            missing,
        }
    }

    #[test]
    fn the_column_shows_name_and_page() {
        let page = "https://www.leaflink.example/p/88";
        assert_eq!(column(&linked("Gummies", Some(page), false)), format!("Gummies\n{page}"));
        assert_eq!(column(&linked("Gummies", None, true)), "Gummies (no longer in LeafLink)");
        // Its catalogue was not read yet.
        assert_eq!(column(&linked("", None, false)), "LeafLink product 88");
    }
}
