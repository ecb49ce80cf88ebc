//! `suggest`: the Unlinked Products tab of a kept ERP, with the LeafLink products that each may be.
//!
//! LeafLink's side is its catalogue as the component last read it, so LeafLink itself need not be
//! there. Linking needs it: the component reads the one product anew.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::ensure;
use clap::Args;
use leaflink_sync_kit::Calls;
use leaflink_sync_kit::exports::product_links::Suggestion;
use leaflink_sync_kit::host::Records;
use leaflink_sync_kit::host::records::Product;
use serde_json::{Value, json};

use super::ComponentFile;
use super::kept::{Kept, PAGE};
use super::tables::ErpFile;
use crate::terminal::table;
use crate::words::{count, utc};

#[derive(Debug, Args)]
pub(super) struct Wishes {
    #[command(flatten)]
    erp: ErpFile,
    #[command(flatten)]
    component: ComponentFile,
    /// Only this product, named by its id; may be given several times
    #[arg(long, value_name = "PRODUCT")]
    product: Vec<String>,
    /// Print the products as JSON
    #[arg(long)]
    json: bool,
}

/// A product that is not linked, or whose link has come to nothing.
struct Open {
    product: Product,
    found: Vec<Suggestion>,
}

pub(super) fn run(wishes: &Wishes) -> anyhow::Result<String> {
    let kept = Kept::open(&wishes.erp, &wishes.component)?;
    let products = if wishes.product.is_empty() { kept.products()? } else { named(&kept, &wishes.product)? };
    let unlinked = unlinked(&kept.calls)?;
    let (mut rows, mut as_of_ms) = (Vec::new(), 0);
    for page in products.chunks(PAGE as usize) {
        let ids: Vec<_> = page.iter().map(|product| product.id.clone()).collect();
        let answer = kept.calls.suggest_product_links(&ids)?;
        as_of_ms = answer.as_of_ms;
        let mut found: BTreeMap<String, Vec<Suggestion>> = BTreeMap::new();
        for one in answer.found {
            found.entry(one.product.clone()).or_default().push(one);
        }
        rows.extend(page.iter().filter_map(|product| {
            let found = found.remove(&product.id).unwrap_or_default();
            let is_open = unlinked.contains(&product.id) || !found.is_empty();
            is_open.then(|| Open { product: product.clone(), found })
        }));
    }
    if wishes.json {
        let whole = json!({
            "as_of": utc(as_of_ms),
            "products": rows.iter().map(Open::json).collect::<Vec<_>>(),
        });
        return Ok(format!("{}\n", serde_json::to_string_pretty(&whole)?));
    }
    let headings = ["Id", "Product", "LeafLink Product", ">Score", "Sure", "Because"];
    let found = count(rows.len(), "product");
    Ok(format!(
        "{}{found} to link, by LeafLink's catalogue of {}\n",
        table(&headings, rows.iter().flat_map(Open::rows).collect()),
        utc(as_of_ms)
    ))
}

/// The products with these ids.
fn named(kept: &Kept, ids: &[String]) -> anyhow::Result<Vec<Product>> {
    let mut view = kept.erp.view(&kept.company)?;
    let mut products = Vec::new();
    for page in ids.chunks(PAGE as usize) {
        products.extend(view.get_products(page)?);
    }
    for id in ids {
        ensure!(
            products.iter().any(|product| product.id == *id),
            "the ERP has no product {id}; `products` lists them"
        );
    }
    Ok(products)
}

/// The Unlinked Products tab: active products without a link.
fn unlinked(calls: &Calls) -> anyhow::Result<BTreeSet<String>> {
    let mut all = BTreeSet::new();
    let mut after: Option<String> = None;
    loop {
        let page = calls.list_unlinked_products(after.as_deref(), PAGE)?;
        let Some(last) = page.last() else { return Ok(all) };
        after = Some(last.product.clone());
        all.extend(page.into_iter().map(|one| one.product));
    }
}

impl Open {
    /// A line for each suggestion, best first; one line if there is none.
    fn rows(&self) -> Vec<Vec<String>> {
        let Product { id, name, .. } = &self.product;
        if self.found.is_empty() {
            return vec![vec![id.clone(), name.clone(), "-".to_owned()]];
        }
        let row = self.found.iter().map(|one| {
            let instead = one.instead_of.map(|linked| format!(", instead of {linked}")).unwrap_or_default();
            vec![
                id.clone(),
                name.clone(),
                format!("{} ({}{instead})", one.leaflink_name, one.leaflink_product),
                one.score.to_string(),
                if one.certain { "yes" } else { "no" }.to_owned(),
                one.because.clone(),
            ]
        });
        row.collect()
    }

    fn json(&self) -> Value {
        let suggestion = self.found.iter().map(|one| {
            json!({
                "leaflink_product": one.leaflink_product,
                "leaflink_name": one.leaflink_name,
                "score": one.score,
                "certain": one.certain,
                "because": one.because,
                "instead_of": one.instead_of,
            })
        });
        json!({
            "product": self.product.id,
            "name": self.product.name,
            "sku": self.product.sku,
            "linked_to": self.product.leaflink_product_id,
            "suggestions": suggestion.collect::<Vec<_>>(),
        })
    }
}

#[cfg(test)]
mod tests {
    use leaflink_sync_kit::host::records::{UnitCategory, UnitType};

    use super::*;

    fn open(leaflink_product_id: Option<u64>, found: Vec<Suggestion>) -> Open {
        let unit_type =
            UnitType { name: "Unit".to_owned(), category: UnitCategory::Count, per_si_unit: None };
        let product = Product {
            id: "p".to_owned(),
            name: "Gummies".to_owned(),
            sku: "GUM".to_owned(),
            description: String::new(),
            unit_type,
            sale_price: None,
            units_per_case: None,
            brand: None,
            category: None,
            strain: None,
            active: true,
            modified_at_ms: 0,
            leaflink_product_id,
            leaflink_listing: None,
        };
        Open { product, found }
    }

    #[test]
    fn a_product_that_may_be_none_is_listed_and_one_made_anew_names_what_it_replaces() {
        assert_eq!(open(None, Vec::new()).rows(), [["p", "Gummies", "-"]]);
        let anew = Suggestion {
            product: "p".to_owned(),
            leaflink_product: 90,
            leaflink_name: "Gummies".to_owned(),
            score: 89,
            certain: false,
            because: "made anew".to_owned(),
            instead_of: Some(88),
        };
        let open = open(Some(88), vec![anew]);
        assert_eq!(open.rows(), [["p", "Gummies", "Gummies (90, instead of 88)", "89", "no", "made anew"]]);
        assert_eq!(open.json()["suggestions"][0]["instead_of"], 88);
        assert_eq!(open.json()["linked_to"], 88);
    }
}
