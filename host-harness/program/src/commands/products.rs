//! `products`: the ERP's Products table, with the "LeafLink Product" column; takes a link away.
//!
//! The ERP keeps the number of the LeafLink product; its name and page are the component's to say,
//! from LeafLink's catalogue as it was last read. So LeafLink itself need not be there.

use std::collections::BTreeMap;

use clap::Args;
use leaflink_sync_kit::Calls;
use leaflink_sync_kit::exports::product_links::Linked;
use leaflink_sync_kit::host::records::Product;
use leaflink_sync_kit::host::types::Outcome;
use serde_json::{Value, json};

use super::ComponentFile;
use super::kept::{Kept, PAGE};
use super::tables::ErpFile;
use crate::terminal::table;
use crate::words::count;

#[derive(Debug, Args)]
pub(super) struct Wishes {
    #[command(flatten)]
    erp: ErpFile,
    #[command(flatten)]
    component: ComponentFile,
    /// Unlink this product, named by its id
    #[arg(long, value_name = "PRODUCT")]
    unlink: Option<String>,
    /// Print the products as JSON
    #[arg(long)]
    json: bool,
}

/// Unlinks a product, if a person wants that, and lists every product of a kept ERP then.
pub(super) fn run(wishes: &Wishes) -> anyhow::Result<String> {
    let kept = Kept::open(&wishes.erp, &wishes.component)?;
    let said = match &wishes.unlink {
        Some(product) => {
            let decision = kept.calls.unlink_product(product)?;
            kept.erp.checkpoint()?;
            Some(match decision.outcome {
                Outcome::Unchanged => format!("{} was linked to no LeafLink product.", decision.label),
                _ => format!("{} is no longer linked to a LeafLink product.", decision.label),
            })
        }
        None => None,
    };
    let linked = linked(&kept.calls)?;
    let products = kept.products()?;
    if wishes.json {
        let products: Vec<_> = products.iter().map(|product| as_json(&linked, product)).collect();
        let whole = json!({"said": said, "products": products});
        return Ok(format!("{}\n", serde_json::to_string_pretty(&whole)?));
    }
    let said = said.map(|said| format!("{said}\n\n")).unwrap_or_default();
    let found = count(products.len(), "product");
    let rows = products.into_iter().map(|product| row(&linked, product)).collect();
    let headings = ["Id", "Product", "SKU", "Unit", ">Sale Price", "LeafLink Product"];
    Ok(format!("{said}{}{found}\n", table(&headings, rows)))
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
    vec![product.id, product.name, product.sku, product.unit_type.name, price.unwrap_or_default(), leaflink]
}

fn as_json(linked: &BTreeMap<String, Linked>, product: &Product) -> Value {
    let link = linked.get(&product.id);
    json!({
        "product": product.id,
        "name": product.name,
        "sku": product.sku,
        "unit": product.unit_type.name,
        "sale_price": product.sale_price.as_ref().map(|price| &price.amount),
        "leaflink_product": link.map(|link| link.leaflink_product),
        "leaflink_name": link.map(|link| &link.leaflink_name),
        "leaflink_page": link.and_then(|link| link.leaflink_page.as_ref()),
        "missing": link.is_some_and(|link| link.missing),
    })
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
