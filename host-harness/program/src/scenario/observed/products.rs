//! The Linked and Unlinked Products tabs in the layout of `expected.json`.

use leaflink_sync_kit::exports::product_links::Suggestion;
use serde_json::{Value, json};

use super::PAGE;
use crate::stage::Stage;

/// A suggestion for a product.
pub(super) fn suggestion(suggestion: &Suggestion) -> Value {
    json!({
        "product": suggestion.product,
        "leaflink_product": suggestion.leaflink_product,
        "leaflink_name": suggestion.leaflink_name,
        "score": suggestion.score,
        "certain": suggestion.certain,
        "because": suggestion.because,
        "instead_of": suggestion.instead_of,
    })
}

/// Every linked product, by id.
pub(super) fn linked(stage: &Stage) -> anyhow::Result<Vec<Value>> {
    let mut linked = Vec::new();
    let mut after = None;
    loop {
        let page = stage.calls().list_product_links(after.as_deref(), PAGE)?;
        let Some(last) = page.last() else { return Ok(linked) };
        after = Some(last.product.clone());
        linked.extend(page.into_iter().map(|product| {
            json!({
                "product": product.product,
                "leaflink_product": product.leaflink_product,
                "leaflink_name": product.leaflink_name,
                "leaflink_page": product.leaflink_page,
                "missing": product.missing,
            })
        }));
    }
}

/// Every product that is not linked, by id.
pub(super) fn unlinked(stage: &Stage) -> anyhow::Result<Vec<String>> {
    let mut unlinked = Vec::new();
    let mut after = None;
    loop {
        let page = stage.calls().list_unlinked_products(after.as_deref(), PAGE)?;
        let Some(last) = page.last() else { return Ok(unlinked) };
        after = Some(last.product.clone());
        unlinked.extend(page.into_iter().map(|product| product.product));
    }
}
