//! Where the two sides stand at the end of the day, besides orders: products, payments, transfers, what
//! waits for a person, how the integration is set up, and what differs.
//!
//! The fields are what `--json` prints.

use std::collections::{BTreeMap, BTreeSet};

use leaflink_sync_kit::host::Records;
use leaflink_sync_kit::host::records::{PaymentState, SalesOrder, TransferState};
use leaflink_sync_kit::host::types::Stream;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;

use super::day::{Repaired, Suggested};
use super::report::{PAGE, cents};
use crate::drift::DriftReport;
use crate::explained;
use crate::parked::{self, ParkedWrite};
use crate::stage::Stage;
use crate::words::mode;

/// All of them.
#[derive(Debug)]
pub(super) struct Tables {
    pub products: Vec<ProductRow>,
    pub payments: Vec<Paid>,
    pub transfers: Vec<Transferred>,
    pub parked: Vec<ParkedWrite>,
    pub check_list: Vec<CheckRow>,
    pub drift: DriftReport,
}

/// A product of the ERP, and the LeafLink product that it is linked to.
#[derive(Debug, Serialize)]
pub(super) struct ProductRow {
    pub product: String,
    /// LeafLink's name of its product; nothing, if it is linked to none.
    pub leaflink: Option<String>,
    pub leaflink_page: Option<String>,
    /// The ERP's "Sale Price" of one unit.
    pub sale_price: Option<String>,
    /// LeafLink's wholesale price, of a case where it sells cases.
    pub wholesale_price: Option<String>,
    /// `managed`, `unlimited` or `inherited`.
    pub inventory: Option<&'static str>,
    /// What LeafLink should show; nothing, where the ERP does not say.
    pub available: Option<String>,
    /// What LeafLink shows.
    pub shown: Option<String>,
}

/// What was paid on one sales order.
#[derive(Debug, Serialize)]
pub(super) struct Paid {
    pub sales_order: String,
    pub leaflink: String,
    /// Payments that count, and such as were voided or deleted.
    pub posted: usize,
    pub taken_back: usize,
    /// The sum of those that count.
    #[serde(serialize_with = "cents")]
    pub erp: Decimal,
    /// How many payments LeafLink has on the order; one that takes another back is one too.
    pub in_leaflink: usize,
    #[serde(serialize_with = "cents")]
    pub leaflink_sum: Decimal,
}

/// A compliance transfer that the component was told of.
#[derive(Debug, Serialize)]
pub(super) struct Transferred {
    pub manifest: Option<String>,
    pub state: &'static str,
    pub sales_order: Option<String>,
    pub status: Option<&'static str>,
    pub leaflink: Option<String>,
    pub leaflink_status: Option<String>,
    /// How many Metrc packages the sales order's lines are packed from.
    pub packages: usize,
}

/// A LeafLink product that was suggested for one of the ERP.
#[derive(Debug, Serialize)]
pub(super) struct SuggestedRow {
    pub product: String,
    pub leaflink: String,
    pub score: u32,
    pub certain: bool,
    pub because: String,
    /// A person took it.
    pub linked: bool,
}

/// A difference that was repaired.
#[derive(Debug, Serialize)]
pub(super) struct RepairedRow {
    /// Time of day.
    pub time: String,
    pub id: String,
    pub label: String,
    pub field: Option<String>,
    /// What both sides showed before.
    pub leaflink: Option<String>,
    pub erp: Option<String>,
    pub outcome: &'static str,
    /// What was done, or why nothing was.
    pub what: String,
}

/// A line of the set-up check-list.
#[derive(Debug, Serialize)]
pub(super) struct CheckRow {
    pub title: String,
    pub done: bool,
    pub detail: String,
}

impl Tables {
    pub fn of(stage: &Stage) -> anyhow::Result<Self> {
        let orders = sales_orders(stage)?;
        let checks = stage.calls().readiness()?.into_iter();
        Ok(Self {
            products: products(stage)?,
            payments: payments(stage, &orders)?,
            transfers: transfers(stage, &orders)?,
            parked: parked::all(stage.calls())?,
            check_list: checks
                .map(|check| CheckRow { title: check.title, done: check.done, detail: check.detail })
                .collect(),
            drift: stage.drift(&[])?,
        })
    }
}

fn products(stage: &Stage) -> anyhow::Result<Vec<ProductRow>> {
    let mut links = BTreeMap::new();
    let mut after: Option<String> = None;
    loop {
        let page = stage.calls().list_product_links(after.as_deref(), PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some(last.product.clone());
        links.extend(page.into_iter().map(|link| (link.product.clone(), link)));
    }
    let theirs: BTreeMap<_, _> = stage
        .sandbox()
        .products()
        .into_iter()
        .filter_map(|product| Some((product["id"].as_u64()?, product)))
        .collect();
    let mut rows = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = stage.erp().view(stage.company())?.list_products(after.as_deref(), PAGE)?;
        let Some(last) = page.last() else { return Ok(rows) };
        after = Some(last.id.clone());
        let ids: Vec<_> = page.iter().map(|product| product.id.clone()).collect();
        let figures: BTreeMap<_, _> = stage
            .calls()
            .compute_inventory(&ids, None)?
            .products
            .into_iter()
            .map(|figure| (figure.product.clone(), figure))
            .collect();
        rows.extend(page.into_iter().map(|product| {
            let link = links.get(&product.id);
            let listed = link.and_then(|link| theirs.get(&link.leaflink_product));
            let figure = figures.get(&product.id).filter(|_| link.is_some());
            ProductRow {
                product: product.name,
                leaflink: link.map(|link| link.leaflink_name.clone()),
                leaflink_page: link.and_then(|link| link.leaflink_page.clone()),
                sale_price: product.sale_price.map(|price| price_text(&price.amount)),
                wholesale_price: listed.map(|listed| format!("{:.2}", amount(&listed["wholesale_price"]))),
                inventory: figure.and_then(|figure| figure.mode).map(mode),
                available: figure.and_then(|figure| figure.available.clone()),
                shown: figure.and_then(|figure| figure.shown.clone()),
            }
        }));
    }
}

/// To the cent, or with all its places if it has more.
fn price_text(amount: &str) -> String {
    match amount.parse::<Decimal>() {
        Ok(amount) if amount.normalize().scale() <= 2 => format!("{amount:.2}"),
        Ok(amount) => amount.normalize().to_string(),
        Err(_) => amount.to_owned(),
    }
}

/// An amount of LeafLink's, which is written as a text or as a number.
fn amount(money: &Value) -> Decimal {
    money["amount"].to_string().trim_matches('"').parse().unwrap_or_default()
}

/// The sales orders that came from LeafLink, by id.
fn sales_orders(stage: &Stage) -> anyhow::Result<BTreeMap<String, SalesOrder>> {
    let mut view = stage.erp().view(stage.company())?;
    let mut orders = BTreeMap::new();
    let mut after: Option<String> = None;
    loop {
        let page = view.list_sales_orders(after.as_deref(), PAGE)?;
        let Some(last) = page.last() else { return Ok(orders) };
        after = Some(last.id.clone());
        let from_leaflink = page.into_iter().filter(|order| order.origin.is_some());
        orders.extend(from_leaflink.map(|order| (order.id.clone(), order)));
    }
}

/// What was suggested in the course of the day, with the products' names.
pub(super) fn suggestions(stage: &Stage, suggested: Vec<Suggested>) -> anyhow::Result<Vec<SuggestedRow>> {
    let ids: Vec<_> = suggested.iter().map(|one| one.suggestion.product.clone()).collect();
    let products = stage.erp().view(stage.company())?.get_products(&ids)?;
    let row = suggested.into_iter().map(|Suggested { suggestion, linked }| SuggestedRow {
        product: products
            .iter()
            .find(|product| product.id == suggestion.product)
            .map_or(suggestion.product, |product| product.name.clone()),
        leaflink: suggestion.leaflink_name,
        score: suggestion.score,
        certain: suggestion.certain,
        because: suggestion.because,
        linked,
    });
    Ok(row.collect())
}

/// What was repaired in the course of the day.
pub(super) fn repairs(repaired: Vec<Repaired>) -> Vec<RepairedRow> {
    let row = repaired.into_iter().map(|Repaired { time, id, difference, decision }| {
        let seen = difference.as_ref();
        RepairedRow {
            time,
            outcome: leaflink_sync_kit::words::outcome(decision.outcome),
            what: explained::in_short(&decision),
            id,
            label: decision.label,
            field: seen.map(|one| one.field.clone()),
            leaflink: seen.map(|one| one.leaflink.clone()),
            erp: seen.map(|one| one.erp.clone()),
        }
    });
    row.collect()
}

fn short_id(order: &SalesOrder) -> String {
    order.origin.as_ref().map(|origin| origin.short_id.clone()).unwrap_or_default()
}

fn payments(stage: &Stage, orders: &BTreeMap<String, SalesOrder>) -> anyhow::Result<Vec<Paid>> {
    let theirs = stage.sandbox().payments();
    let mut view = stage.erp().view(stage.company())?;
    let mut rows = Vec::new();
    for order in orders.values() {
        let ours = view.payments_of_sales_order(&order.id)?;
        let number = order.origin.as_ref().map(|origin| origin.number.as_str());
        let theirs: Vec<_> = theirs.iter().filter(|payment| payment["order"].as_str() == number).collect();
        if ours.is_empty() && theirs.is_empty() {
            continue;
        }
        let counting: Vec<_> = ours.iter().filter(|payment| payment.state == PaymentState::Posted).collect();
        let mut erp = Decimal::ZERO;
        for payment in &counting {
            erp += payment.amount.amount.parse::<Decimal>()?;
        }
        rows.push(Paid {
            sales_order: order.number.clone(),
            leaflink: short_id(order),
            posted: counting.len(),
            taken_back: ours.len() - counting.len(),
            erp,
            in_leaflink: theirs.len(),
            leaflink_sum: theirs.iter().map(|payment| amount(&payment["total"])).sum(),
        });
    }
    Ok(rows)
}

fn transfers(stage: &Stage, orders: &BTreeMap<String, SalesOrder>) -> anyhow::Result<Vec<Transferred>> {
    let mut told = BTreeSet::new();
    let mut after = 0;
    loop {
        let page = stage.erp().journal(stage.company(), after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = last.id;
        let about = page.into_iter().map(|entry| entry.decision);
        told.extend(about.filter(|one| one.stream == Stream::Transfers).map(|one| one.subject));
    }
    let told: Vec<_> = told.into_iter().collect();
    let statuses: BTreeMap<String, String> = stage
        .sandbox()
        .orders()
        .iter()
        .filter_map(|order| {
            Some((order["number"].as_str()?.to_owned(), order["status"].as_str()?.to_owned()))
        })
        .collect();
    let transfers = stage.erp().view(stage.company())?.get_transfers(&told)?;
    let row = transfers.into_iter().map(|transfer| {
        let order = transfer.sales_order.as_ref().and_then(|id| orders.get(id));
        let packages = match order {
            Some(order) => stage.erp().packages(stage.company(), &order.id)?,
            None => Vec::new(),
        };
        let tags: BTreeSet<_> = packages.iter().filter_map(|package| package.tag.as_ref()).collect();
        Ok(Transferred {
            packages: tags.len(),
            manifest: transfer.manifest_number,
            state: match transfer.state {
                TransferState::Template => "template",
                TransferState::Matched => "matched",
                TransferState::Unmatched => "unmatched",
                TransferState::Rejected => "rejected",
            },
            sales_order: order.map(|order| order.number.clone()),
            status: order.map(|order| crate::words::status(order.status)),
            leaflink: order.map(short_id),
            leaflink_status: order
                .and_then(|order| order.origin.as_ref())
                .and_then(|origin| statuses.get(&origin.number).cloned()),
        })
    });
    row.collect()
}
