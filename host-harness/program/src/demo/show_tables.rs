//! The tables at the end of the day, as a person wants to see them.

use super::tables::{CheckRow, Paid, ProductRow, RepairedRow, SuggestedRow, Transferred};
use crate::terminal::table;

/// Name and page of the LeafLink product, prices and stock on both sides.
pub(super) fn products(rows: &[ProductRow]) -> String {
    let headings =
        ["Product", "LeafLink Product", ">Sale Price", ">in LeafLink", ">Available", ">shown", "Inventory"];
    let row = rows.iter().map(|row| {
        let page = row.leaflink_page.iter().map(|page| format!("\n{page}")).collect::<String>();
        vec![
            row.product.clone(),
            row.leaflink.as_ref().map(|name| format!("{name}{page}")).unwrap_or_else(|| "-".to_owned()),
            or_dash(row.sale_price.as_deref()),
            or_dash(row.wholesale_price.as_deref()),
            or_dash(row.available.as_deref()),
            or_dash(row.shown.as_deref()),
            or_dash(row.inventory),
        ]
    });
    table(&headings, row.collect())
}

pub(super) fn payments(rows: &[Paid]) -> String {
    let headings =
        ["Sales order", "LeafLink", ">Posted", ">Taken back", ">Sum", ">Payments in LeafLink", ">their sum"];
    let row = rows.iter().map(|row| {
        vec![
            row.sales_order.clone(),
            row.leaflink.clone(),
            row.posted.to_string(),
            row.taken_back.to_string(),
            format!("{:.2}", row.erp),
            row.in_leaflink.to_string(),
            format!("{:.2}", row.leaflink_sum),
        ]
    });
    table(&headings, row.collect())
}

pub(super) fn transfers(rows: &[Transferred]) -> String {
    let headings = ["Manifest", "Transfer", "Sales order", "Status", "LeafLink", "Status there", ">Packages"];
    let row = rows.iter().map(|row| {
        vec![
            or_dash(row.manifest.as_deref()),
            row.state.to_owned(),
            or_dash(row.sales_order.as_deref()),
            or_dash(row.status),
            or_dash(row.leaflink.as_deref()),
            or_dash(row.leaflink_status.as_deref()),
            row.packages.to_string(),
        ]
    });
    table(&headings, row.collect())
}

/// What was suggested, and which of it people took.
pub(super) fn suggestions(rows: &[SuggestedRow]) -> String {
    let row = rows.iter().map(|row| {
        let certain = if row.certain { "yes" } else { "no" };
        let linked = if row.linked { "yes" } else { "no" };
        vec![
            row.product.clone(),
            row.leaflink.clone(),
            row.score.to_string(),
            certain.to_owned(),
            linked.to_owned(),
            row.because.clone(),
        ]
    });
    table(&["Product", "LeafLink Product", ">Score", "Sure", "Linked", "Because"], row.collect())
}

/// What both sides showed, and what the repair did about it.
pub(super) fn repairs(rows: &[RepairedRow]) -> String {
    let row = rows.iter().map(|row| {
        vec![
            row.time.clone(),
            row.label.clone(),
            or_dash(row.field.as_deref()),
            or_dash(row.leaflink.as_deref()),
            or_dash(row.erp.as_deref()),
            row.what.clone(),
        ]
    });
    table(&["Time", "What", "Field", "LeafLink", "ERP", "Repair"], row.collect())
}

pub(super) fn check_list(rows: &[CheckRow]) -> String {
    let row = rows.iter().map(|row| {
        let done = if row.done { "yes" } else { "no" };
        vec![row.title.clone(), done.to_owned(), row.detail.clone()]
    });
    table(&["Check", "Done", "What was found"], row.collect())
}

fn or_dash(text: Option<&str>) -> String {
    text.unwrap_or("-").to_owned()
}
