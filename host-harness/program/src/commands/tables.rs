//! `orders` and `companies`: the reference ERP's tables, from a file that the demo kept.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::Args;
use leaflink_sync_kit::CompanyId;
use leaflink_sync_kit::host::Records;
use leaflink_sync_kit::host::records::Company;
use reference_erp::{DocumentRow, Erp, SalesOrderRow};

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

impl ErpFile {
    /// The database.
    pub(super) fn path(&self) -> &Path {
        &self.erp
    }
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
    let orders = table(&headings, rows.into_iter().map(order).collect());
    let documents = erp.documents(&company, search)?;
    if documents.is_empty() {
        return Ok(format!("{orders}{found}\n"));
    }
    let headings = ["Document", "Number", "Sales order", "LeafLink order"];
    let documents = documents.into_iter().map(|DocumentRow { kind, number, sales_order, leaflink_order }| {
        let kind = if kind == "INVOICE" { "Invoice" } else { "Shipping manifest" };
        vec![kind.to_owned(), number, sales_order, leaflink_order.unwrap_or_default()]
    });
    Ok(format!("{orders}{found}\n\n{}", table(&headings, documents.collect())))
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

pub(super) fn open(file: &ErpFile) -> anyhow::Result<(Erp, CompanyId)> {
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

#[cfg(test)]
mod tests {
    use leaflink_sync_kit::host::Transaction;
    use leaflink_sync_kit::host::records::{LeaflinkOrigin, LineDraft, SalesOrderDraft, SalesOrderStatus};
    use leaflink_sync_kit::host::types::Money;

    use super::*;

    /// A kept ERP with one sales order from LeafLink and one that people entered.
    fn kept() -> (tempfile::TempDir, ErpFile) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("erp.sqlite");
        let erp = Erp::open(&path).unwrap();
        let company = CompanyId(COMPANY.to_owned());
        let seed = serde_json::json!({
            "company": {"name": "Foxglove Farms", "leaflink_brand": 77},
            "users": [{"id": "u", "name": "Rae", "email": "rae@foxglove.example"}],
            "locations": [{"id": "v", "name": "Vault"}],
            "products": [{"id": "p", "name": "Gummies", "stock": {"v": "10"}}],
            "customers": [
                {"id": "c1", "name": "Copper Kettle", "leaflink_customer": 310044},
                {"id": "c2", "name": "Blue Heron"}
            ],
            "sales_orders": [{"customer": "c2", "lines": [{"product": "p", "quantity": "1", "unit_price": "9"}]}]
        });
        erp.seed(&company, &serde_json::from_value(seed).unwrap()).unwrap();
        let money = |amount: &str| Money { amount: amount.to_owned(), currency: "USD".to_owned() };
        let line = LineDraft {
            id: None,
            product: "p".to_owned(),
            quantity: "2".to_owned(),
            unit_price: "9".to_owned(),
            total: "18.00".to_owned(),
            is_sample: false,
            note: None,
            location: None,
            leaflink_line: Some(1),
        };
        let draft = SalesOrderDraft {
            origin: LeaflinkOrigin {
                number: "5d0c6f1e-0000-4000-8000-000000000000".to_owned(),
                short_id: "5d0c6f1e".to_owned(),
                total: money("18.00"),
                classification: None,
            },
            status: SalesOrderStatus::Pending,
            placed_at_ms: 1,
            currency: "USD".to_owned(),
            customer: Some("c1".to_owned()),
            billing_address: None,
            shipping_address: None,
            location: None,
            owner: "u".to_owned(),
            internal_notes: None,
            external_notes: None,
            lines: vec![line],
            charges: Vec::new(),
        };
        let mut transaction = erp.begin(&company).unwrap();
        transaction.create_sales_order(draft).unwrap();
        Transaction::commit(Box::new(transaction)).unwrap();
        (folder, ErpFile { erp: path })
    }

    #[test]
    fn sales_orders_show_their_leaflink_number_and_are_found_by_it() {
        let (_folder, file) = kept();
        let all = orders(&file, None).unwrap();
        assert!(all.contains("5d0c6f1e") && all.contains("SO-1001") && all.contains("18.00 USD"), "{all}");
        assert!(all.ends_with("2 sales orders\n"), "{all}");
        for found in ["5D0C6F", "so-1002", "kettle", "8000-000000000000"] {
            let some = orders(&file, Some(found)).unwrap();
            assert!(some.contains("SO-1002") && some.ends_with("1 sales order\n"), "{found}: {some}");
        }
        assert!(orders(&file, Some("nothing such")).unwrap().ends_with("0 sales orders\n"));
    }

    #[test]
    fn companies_show_customer_and_brand() {
        let (_folder, file) = kept();
        let text = companies(&file).unwrap();
        let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split("  ").collect()).collect();
        let has = |name: &str, id: &str| {
            rows.iter().any(|row| row[0] == name && row.iter().any(|cell| cell.trim() == id))
        };
        assert!(has("Foxglove Farms", "77") && has("Copper Kettle", "310044"), "{text}");
        assert!(!has("Blue Heron", "310044"), "{text}");
    }

    #[test]
    fn a_file_that_is_not_there_is_not_made() {
        let file = ErpFile { erp: PathBuf::from("no-such.sqlite") };
        let error = orders(&file, None).unwrap_err().to_string();
        assert!(error.contains("no-such.sqlite is no file"), "{error}");
        assert!(!file.erp.exists());
    }
}
