//! `orders` and `companies`: the reference ERP's tables, from a file that the demo kept.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Args;
use leaflink_sync_kit::CompanyId;
use leaflink_sync_kit::host::Records;
use leaflink_sync_kit::host::records::Company;
use reference_erp::{Erp, SalesOrderRow};

use crate::stage::COMPANY;
use crate::terminal::table;
use crate::words;

/// Records read in one go.
const PAGE: u32 = 500;

#[derive(Debug, Args)]
pub(super) struct ErpFile {
    /// The ERP's database, as `demo --erp FILE` keeps it
    #[arg(long, value_name = "FILE")]
    erp: PathBuf,
}

/// The sales orders whose number, LeafLink order number or customer contains `search`.
pub(super) fn orders(file: &ErpFile, search: Option<&str>) -> anyhow::Result<String> {
    let (erp, company) = open(file)?;
    let rows = erp.sales_orders_table(&company, search)?;
    let headings = [
        "Sales order",
        "LeafLink order",
        "Status",
        "Customer",
        "Owner",
        "Inventory Source",
        "Delivery",
        "Total",
    ];
    let found = words::count(rows.len(), "sales order");
    Ok(format!("{}{found}\n", table(&headings, rows.into_iter().map(order).collect())))
}

/// Every company with its LeafLink customer; the own company with its LeafLink brand comes first.
pub(super) fn companies(file: &ErpFile) -> anyhow::Result<String> {
    let (erp, company) = open(file)?;
    let mut view = erp.view(&company)?;
    let own = view.own_company()?;
    let mut rows = vec![vec![own.name, String::new(), shown(own.leaflink_brand_id)]];
    let mut after: Option<String> = None;
    loop {
        let page = view.list_companies(after.as_deref(), PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some(last.id.clone());
        rows.extend(page.into_iter().map(|Company { name, leaflink_customer_id, .. }| {
            vec![name, shown(leaflink_customer_id), String::new()]
        }));
    }
    Ok(table(&["Company", "LeafLink Customer", "LeafLink Brand"], rows))
}

fn open(file: &ErpFile) -> anyhow::Result<(Erp, CompanyId)> {
    let path = &file.erp;
    ensure!(path.is_file(), "{} is no file; `leaflink-sync demo --erp FILE` makes one", path.display());
    let erp = Erp::open(path).with_context(|| path.display().to_string())?;
    Ok((erp, CompanyId(COMPANY.to_owned())))
}

fn order(row: SalesOrderRow) -> Vec<String> {
    vec![
        row.number,
        row.leaflink_short_id.unwrap_or_default(),
        words::status(row.status).to_owned(),
        row.customer.unwrap_or_default(),
        row.owner.unwrap_or_default(),
        row.location.unwrap_or_default(),
        row.delivery_day.unwrap_or_default(),
        format!("{:.2} {}", row.total, row.currency),
    ]
}

fn shown(id: Option<u64>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}
