//! The ERP's records in the layout of `expected.json`.

use std::collections::BTreeMap;

use leaflink_sync_kit::host::Records;
use leaflink_sync_kit::host::records::{ChargeDraft, Company, Line, SalesOrder};
use reference_erp::Package;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::PAGE;
use crate::stage::Stage;
use crate::words;

/// By LeafLink's short id; those of other origin by their number.
pub(super) fn sales_orders(stage: &Stage) -> anyhow::Result<BTreeMap<String, Value>> {
    let mut view = stage.erp().view(stage.company())?;
    let mut all: Vec<SalesOrder> = Vec::new();
    loop {
        let after = all.last().map(|order| order.id.clone());
        let page = view.list_sales_orders(after.as_deref(), PAGE)?;
        let last = page.len() < PAGE as usize;
        all.extend(page);
        if last {
            break;
        }
    }
    // In memory there is one view at a time, and the packages are read by another.
    drop(view);
    let key = |order: &SalesOrder| match &order.origin {
        Some(origin) => origin.short_id.clone(),
        None => order.number.clone(),
    };
    all.iter().map(|order| Ok((key(order), sales_order(stage, order)?))).collect()
}

fn sales_order(stage: &Stage, order: &SalesOrder) -> anyhow::Result<Value> {
    let origin = order.origin.as_ref();
    let packages = stage.erp().packages(stage.company(), &order.id)?;
    Ok(json!({
        "leaflink": origin.map(|origin| &origin.short_id),
        "number": order.number,
        "status": words::status(order.status),
        "delivery_day": order.delivery_day,
        "owner": order.owner,
        "customer": order.customer,
        "location": order.location,
        "billing_address": order.billing_address,
        "shipping_address": order.shipping_address,
        "currency": order.currency,
        "total": money(&order.total),
        "leaflink_total": origin.map(|origin| money(&origin.total.amount)),
        "classification": origin.map(|origin| &origin.classification),
        "internal_notes": order.internal_notes,
        "external_notes": order.external_notes,
        "lines": order.lines.iter().map(|one| line(one, &packages)).collect::<Vec<_>>(),
        "charges": order.charges.iter().map(charge).collect::<Vec<_>>(),
    }))
}

fn line(line: &Line, packages: &[Package]) -> Value {
    let packages: Vec<_> = packages.iter().filter(|package| package.line == line.id).map(package).collect();
    json!({
        "product": line.product,
        "quantity": number(&line.quantity),
        "unit_price": number(&line.unit_price),
        "total": money(&line.total),
        "sample": line.is_sample,
        "note": line.note,
        "location": line.location,
        "leaflink_line": line.leaflink_line,
        "fulfilled": number(&line.fulfilled),
        "packages": packages,
    })
}

fn package(package: &Package) -> Value {
    json!({"tag": package.tag, "quantity": number(&package.quantity.to_string())})
}

fn charge(charge: &ChargeDraft) -> Value {
    json!({
        "name": charge.name,
        "kind": words::charge_kind(charge.kind),
        "percent": charge.percent.as_ref().map(|percent| number(percent)),
        "amount": money(&charge.amount),
        "tax": charge.tax,
        "locked": charge.locked,
        "leaflink_key": charge.leaflink_key,
    })
}

/// Every product, with its price and its link.
pub(super) fn products(stage: &Stage) -> anyhow::Result<Vec<Value>> {
    let products = stage.erp().view(stage.company())?.list_products(None, PAGE)?;
    let product = products.iter().map(|product| {
        json!({
            "product": product.id,
            "name": product.name,
            "sku": product.sku,
            "sale_price": product.sale_price.as_ref().map(|price| number(&price.amount)),
            "leaflink_product": product.leaflink_product_id,
        })
    });
    Ok(product.collect())
}

/// Every level of every product.
pub(super) fn stock(stage: &Stage) -> anyhow::Result<Vec<Value>> {
    let mut view = stage.erp().view(stage.company())?;
    let products: Vec<_> = view.list_products(None, PAGE)?.into_iter().map(|product| product.id).collect();
    let levels = view.stock(&products)?;
    let level = levels.iter().map(|level| {
        json!({
            "product": level.product,
            "location": level.location,
            "active": number(&level.active),
            "reserved": number(&level.reserved),
            "promised": number(&level.promised),
        })
    });
    Ok(level.collect())
}

/// The LeafLink customer of every company.
pub(super) fn companies(stage: &Stage) -> anyhow::Result<BTreeMap<String, Option<u64>>> {
    let mut view = stage.erp().view(stage.company())?;
    let mut all: Vec<Company> = Vec::new();
    loop {
        let after = all.last().map(|company| company.id.clone());
        let page = view.list_companies(after.as_deref(), PAGE)?;
        let last = page.len() < PAGE as usize;
        all.extend(page);
        if last {
            break;
        }
    }
    Ok(all.into_iter().map(|company| (company.id, company.leaflink_customer_id)).collect())
}

/// The own company's LeafLink brand.
pub(super) fn leaflink_brand(stage: &Stage) -> anyhow::Result<Option<u64>> {
    Ok(stage.erp().view(stage.company())?.own_company()?.leaflink_brand_id)
}

/// To the cent: `216.00`.
pub(super) fn money(amount: &str) -> String {
    amount.parse::<Decimal>().map_or_else(|_| amount.to_owned(), |amount| format!("{amount:.2}"))
}

/// As short as it can be: `24`, `8.333333333`.
pub(super) fn number(number: &str) -> String {
    number.parse::<Decimal>().map_or_else(|_| number.to_owned(), |number| number.normalize().to_string())
}
