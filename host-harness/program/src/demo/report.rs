//! What came of the day: every order that LeafLink has, where it stands in the ERP, the sums, and the
//! tables of all else.
//!
//! The fields are what `--json` prints.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::DateTime;
use leaflink_sync_kit::exports::insight::HeldOrder;
use leaflink_sync_kit::host::Records;
use leaflink_sync_kit::host::types::{Decision, Stream};
use reference_erp::SalesOrderRow;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::day::Day;
use super::tables::{self, CheckRow, Paid, ProductRow, RepairedRow, SuggestedRow, Tables, Transferred};
use crate::drift::DriftReport;
use crate::parked::ParkedWrite;
use crate::stage::Stage;
use crate::words;

/// Records read in one go.
pub(super) const PAGE: u32 = 500;

/// The whole day.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// Orders that became sales orders, in the order of their sales orders.
    pub orders: Vec<Imported>,
    /// Orders that wait, the longest waiting first.
    pub held: Vec<Held>,
    /// Orders that are no business of the ERP.
    pub left_alone: Vec<LeftAlone>,
    /// LeafLink products that were suggested for products of the ERP.
    pub suggestions: Vec<SuggestedRow>,
    pub products: Vec<ProductRow>,
    /// Sales orders on which something was paid.
    pub payments: Vec<Paid>,
    pub transfers: Vec<Transferred>,
    /// Writes to LeafLink that wait for a person.
    pub parked: Vec<ParkedWrite>,
    pub check_list: Vec<CheckRow>,
    /// Differences that were repaired in the course of the day.
    pub repairs: Vec<RepairedRow>,
    /// Where the two sides differ at the end.
    #[serde(serialize_with = "as_data")]
    pub drift: DriftReport,
    pub mails: Vec<Mail>,
    pub totals: Totals,
    pub rounds: usize,
    pub looks: usize,
    pub stumbles: Vec<Stumble>,
    pub leaflink_requests: usize,
    pub calls: usize,
    pub peak_memory_bytes: usize,
    pub seconds: f64,
}

/// An order that became a sales order.
#[derive(Debug, Serialize)]
pub(super) struct Imported {
    pub leaflink: String,
    pub sales_order: String,
    pub status: &'static str,
    pub customer: Option<String>,
    pub location: Option<String>,
    pub owner: Option<String>,
    pub currency: String,
    #[serde(serialize_with = "cents")]
    pub total: Decimal,
    #[serde(serialize_with = "cents")]
    pub leaflink_total: Decimal,
    /// Codes of what a person may want to know.
    pub notices: Vec<String>,
}

/// An order that waits.
#[derive(Debug, Serialize)]
pub(super) struct Held {
    pub leaflink: String,
    pub customer: String,
    /// Time of day.
    pub since: String,
    pub reasons: Vec<Reason>,
}

/// Why an order waits.
#[derive(Debug, Serialize)]
pub(super) struct Reason {
    pub code: String,
    pub message: String,
    pub fix: String,
    pub field: Option<String>,
}

/// An order that was not to come over.
#[derive(Debug, Serialize)]
pub(super) struct LeftAlone {
    pub leaflink: String,
    pub customer: String,
    pub reasons: Vec<String>,
}

/// An e-mail that arrived.
#[derive(Debug, Serialize)]
pub(super) struct Mail {
    pub to: Vec<String>,
    pub subject: String,
    pub text: String,
}

/// Sums over the sales orders that came from LeafLink.
#[derive(Debug, Default, Serialize)]
pub(super) struct Totals {
    pub imported: usize,
    pub held: usize,
    pub left_alone: usize,
    pub by_status: BTreeMap<&'static str, usize>,
    #[serde(serialize_with = "cents")]
    pub sales_orders: Decimal,
    #[serde(serialize_with = "cents")]
    pub leaflink: Decimal,
    #[serde(serialize_with = "cents")]
    pub difference: Decimal,
}

/// A call that failed and was made again later.
#[derive(Debug, Serialize)]
pub(super) struct Stumble {
    pub time: String,
    pub what: String,
}

impl Report {
    pub fn of(stage: &Stage, day: Day, took: Duration) -> anyhow::Result<Self> {
        let decisions = last_decisions(stage)?;
        let known = known_orders(stage);
        let held = held(stage, &known)?;
        let orders = imported(stage, &decisions)?;
        let left_alone = known
            .iter()
            .filter(|(_, order)| {
                !held.iter().any(|held| held.leaflink == order.short_id)
                    && !orders.iter().any(|imported| imported.leaflink == order.short_id)
            })
            .map(|(number, order)| LeftAlone {
                leaflink: order.short_id.clone(),
                customer: order.customer.clone(),
                reasons: decisions.get(number).map(codes).unwrap_or_default(),
            })
            .collect::<Vec<_>>();
        let Tables { products, payments, transfers, parked, check_list, drift } = Tables::of(stage)?;
        let seen = stage.host().seen();
        Ok(Self {
            totals: Totals::of(&orders, held.len(), left_alone.len()),
            orders,
            held,
            left_alone,
            suggestions: tables::suggestions(stage, day.suggested)?,
            products,
            payments,
            transfers,
            parked,
            check_list,
            repairs: tables::repairs(day.repaired),
            drift,
            mails: stage
                .mails()
                .into_iter()
                .map(|mail| Mail { to: mail.to, subject: mail.subject, text: mail.text })
                .collect(),
            rounds: day.rounds,
            looks: day.looks,
            stumbles: day.stumbles.into_iter().map(|(time, what)| Stumble { time, what }).collect(),
            leaflink_requests: seen.requests.len(),
            calls: seen.calls,
            peak_memory_bytes: seen.peak_memory,
            seconds: took.as_secs_f64(),
        })
    }
}

impl Totals {
    fn of(orders: &[Imported], held: usize, left_alone: usize) -> Self {
        let mut totals = Self { imported: orders.len(), held, left_alone, ..Self::default() };
        for order in orders {
            *totals.by_status.entry(order.status).or_default() += 1;
            totals.sales_orders += order.total;
            totals.leaflink += order.leaflink_total;
        }
        totals.difference = totals.leaflink - totals.sales_orders;
        totals
    }
}

/// An order as LeafLink's people know it.
struct Known {
    short_id: String,
    customer: String,
}

/// LeafLink's orders by number.
fn known_orders(stage: &Stage) -> BTreeMap<String, Known> {
    let sandbox = stage.sandbox();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let orders = sandbox.orders();
    let known = orders.iter().map(|order| {
        let customer = text(&order["customer"]["display_name"]);
        (text(&order["number"]), Known { short_id: text(&order["short_id"]), customer })
    });
    known.collect()
}

fn imported(stage: &Stage, decisions: &BTreeMap<String, Decision>) -> anyhow::Result<Vec<Imported>> {
    let rows = stage.erp().sales_orders_table(stage.company(), None)?;
    let mut view = stage.erp().view(stage.company())?;
    let mut imported = Vec::new();
    for page in rows.chunks(PAGE as usize) {
        let ids: Vec<_> = page.iter().map(|row| row.id.clone()).collect();
        let origins: BTreeMap<_, _> = view
            .get_sales_orders(&ids)?
            .into_iter()
            .filter_map(|order| Some((order.id, order.origin?)))
            .collect();
        for row in page {
            let Some(origin) = origins.get(&row.id) else { continue };
            let notices = decisions.get(&origin.number).map(codes).unwrap_or_default();
            let leaflink_total = origin.total.amount.parse()?;
            imported.push(sales_order(row, &origin.short_id, leaflink_total, notices));
        }
    }
    Ok(imported)
}

fn sales_order(
    row: &SalesOrderRow,
    short_id: &str,
    leaflink_total: Decimal,
    notices: Vec<String>,
) -> Imported {
    Imported {
        leaflink: short_id.to_owned(),
        sales_order: row.number.clone(),
        status: words::status(row.status),
        customer: row.customer.clone(),
        location: row.location.clone(),
        owner: row.owner.clone(),
        currency: row.currency.clone(),
        total: row.total,
        leaflink_total,
        notices,
    }
}

fn held(stage: &Stage, known: &BTreeMap<String, Known>) -> anyhow::Result<Vec<Held>> {
    let mut orders: Vec<HeldOrder> = Vec::new();
    loop {
        let after = orders.last().map(|order| order.number.clone());
        let page = stage.calls().held_orders(after.as_deref(), PAGE)?;
        if page.is_empty() {
            break;
        }
        orders.extend(page);
    }
    orders.sort_by_key(|order| order.held_since_ms);
    let held = orders.into_iter().map(|order| {
        let found = known.get(&order.number);
        Held {
            leaflink: found.map_or(order.short_id, |known| known.short_id.clone()),
            customer: found.map(|known| known.customer.clone()).unwrap_or_default(),
            since: time_of_day(stage, order.held_since_ms),
            reasons: order
                .reasons
                .into_iter()
                .map(|reason| Reason {
                    code: reason.code,
                    message: reason.message,
                    fix: reason.fix,
                    field: reason.field,
                })
                .collect(),
        }
    });
    Ok(held.collect())
}

/// The newest decision about each order.
fn last_decisions(stage: &Stage) -> anyhow::Result<BTreeMap<String, Decision>> {
    let mut decisions = BTreeMap::new();
    let mut after = 0;
    loop {
        let page = stage.erp().journal(stage.company(), after, PAGE)?;
        let Some(last) = page.last() else { return Ok(decisions) };
        after = last.id;
        for entry in page {
            if entry.decision.stream == Stream::Orders {
                decisions.insert(entry.decision.subject.clone(), entry.decision);
            }
        }
    }
}

/// An amount as text, to the cent.
pub(super) fn cents<S: Serializer>(amount: &Decimal, out: S) -> Result<S::Ok, S::Error> {
    out.collect_str(&format_args!("{amount:.2}"))
}

fn as_data<S: Serializer>(drift: &DriftReport, out: S) -> Result<S::Ok, S::Error> {
    drift.json().serialize(out)
}

fn codes(decision: &Decision) -> Vec<String> {
    decision.reasons.iter().map(|reason| reason.code.clone()).collect()
}

fn time_of_day(stage: &Stage, at_ms: u64) -> String {
    let at = i64::try_from(at_ms).ok().and_then(DateTime::from_timestamp_millis);
    at.map(|at| at.with_timezone(&stage.now().timezone()).format("%H:%M").to_string()).unwrap_or_default()
}
