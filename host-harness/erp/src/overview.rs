//! What screens and programs show: sales orders at a glance, waiting mail, the journal.

use leaflink_sync_kit::host::CompanyId;
use leaflink_sync_kit::host::records::SalesOrderStatus;
use rusqlite::{Row, params};
use rust_decimal::Decimal;

use crate::component::journal::{self, JournalEntry, Sealed};
use crate::component::mail::{self, QueuedMail};
use crate::erp::Erp;
use crate::error::Result;
use crate::exact::Exact;
use crate::organisation;
use crate::sales_orders::{self, Package};
use crate::words::Word;

/// A row of the sales orders table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SalesOrderRow {
    /// The order's id.
    pub id: String,
    /// What the ERP prints, such as `SO-1042`.
    pub number: String,
    /// LeafLink's "Order No.", for orders linked to one.
    pub leaflink_short_id: Option<String>,
    /// The order's status.
    pub status: SalesOrderStatus,
    /// Lines and charges, summed.
    pub total: Decimal,
    /// ISO 4217 code of the total.
    pub currency: String,
    /// The owner's name.
    pub owner: Option<String>,
    /// The customer's name.
    pub customer: Option<String>,
    /// The name of the "Inventory Source".
    pub location: Option<String>,
    /// "Delivery date", `YYYY-MM-DD`.
    pub delivery_day: Option<String>,
}

/// An invoice or a shipping manifest, with the numbers that are printed on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentRow {
    /// `INVOICE` or `SHIPPING_MANIFEST`.
    pub kind: String,
    /// Its own number.
    pub number: String,
    /// The number of its sales order.
    pub sales_order: String,
    /// LeafLink's order number, when the order came from LeafLink.
    pub leaflink_order: Option<String>,
}

impl Erp {
    /// Every company of this ERP, by id.
    ///
    /// # Errors
    /// SQLite failed.
    pub fn companies(&self) -> anyhow::Result<Vec<CompanyId>> {
        let lease = self.lease_to_read()?;
        let mut statement =
            lease.connection().prepare_cached("SELECT tenant FROM tenants ORDER BY tenant")?;
        let companies = statement.query_map([], |row| row.get(0).map(CompanyId))?;
        Ok(companies.collect::<rusqlite::Result<_>>()?)
    }

    /// The sales orders of a company, oldest first; with `search`, those whose number, LeafLink
    /// order number or customer's name contains it, in whatever case.
    ///
    /// # Errors
    /// No such company, or SQLite failed.
    pub fn sales_orders_table(
        &self,
        company: &CompanyId,
        search: Option<&str>,
    ) -> anyhow::Result<Vec<SalesOrderRow>> {
        let view = self.view(company)?;
        let db = view.db();
        let sql = "SELECT o.id, o.number, o.leaflink_short_id, o.status, o.total, o.currency,
                          u.full_name, c.name, p.name, o.delivery_day
                   FROM sales_orders o
                   LEFT JOIN users u ON u.tenant = o.tenant AND u.id = o.owner
                   LEFT JOIN companies c ON c.tenant = o.tenant AND c.id = o.customer
                   LEFT JOIN locations p ON p.tenant = o.tenant AND p.id = o.location
                   WHERE o.tenant = ?1 AND (?2 IS NULL
                       OR instr(lower(o.number), lower(?2))
                       OR instr(lower(o.leaflink_short_id), lower(?2))
                       OR instr(lower(o.leaflink_number), lower(?2))
                       OR instr(lower(c.name), lower(?2)))
                   ORDER BY length(o.id), o.id";
        Ok(db.rows(sql, params![db.tenant, search], sales_order_row)?)
    }

    /// Invoices and shipping manifests with the numbers that are printed on them; with `search`,
    /// those on which the text is, in whatever case.
    ///
    /// # Errors
    /// No such company, or SQLite failed.
    pub fn documents(&self, company: &CompanyId, search: Option<&str>) -> anyhow::Result<Vec<DocumentRow>> {
        let view = self.view(company)?;
        let db = view.db();
        let sql = "SELECT kind, number, sales_order, leaflink_order FROM documents
                   WHERE tenant = ?1 AND (?2 IS NULL
                       OR instr(lower(number), lower(?2))
                       OR instr(lower(sales_order), lower(?2))
                       OR instr(lower(leaflink_order), lower(?2))
                       OR instr(lower(leaflink_number), lower(?2)))
                   ORDER BY kind, length(number), number";
        let row = |row: &Row<'_>| {
            Ok(DocumentRow {
                kind: row.get(0)?,
                number: row.get(1)?,
                sales_order: row.get(2)?,
                leaflink_order: row.get(3)?,
            })
        };
        Ok(db.rows(sql, params![db.tenant, search], row)?)
    }

    /// What is packed for a sales order, line by line.
    ///
    /// # Errors
    /// No such company, or SQLite failed.
    pub fn packages(&self, company: &CompanyId, sales_order: &str) -> anyhow::Result<Vec<Package>> {
        Ok(sales_orders::packages(&self.view(company)?.db(), sales_order)?)
    }

    /// The e-mail addresses of a company's admins.
    ///
    /// # Errors
    /// No such company, or SQLite failed.
    pub fn admins(&self, company: &CompanyId) -> anyhow::Result<Vec<String>> {
        Ok(organisation::admins(&self.view(company)?.db())?)
    }

    /// E-mail that waits to be sent, oldest first.
    ///
    /// # Errors
    /// No such company, or SQLite failed.
    pub fn unsent_mail(&self, company: &CompanyId) -> anyhow::Result<Vec<QueuedMail>> {
        Ok(mail::unsent(&self.view(company)?.db())?)
    }

    /// Notes that a mail was sent.
    ///
    /// # Errors
    /// No such company or mail, or SQLite failed.
    pub fn mark_sent(&self, company: &CompanyId, mail: i64) -> Result<()> {
        let transaction = self.begin(company)?;
        mail::mark_sent(&transaction.db(), mail)?;
        transaction.commit()
    }

    /// At most `limit` journal entries after the entry with the id `after` (0: from the first),
    /// oldest first.
    ///
    /// # Errors
    /// No such company, or SQLite failed.
    pub fn journal(&self, company: &CompanyId, after: i64, limit: u32) -> anyhow::Result<Vec<JournalEntry>> {
        Ok(journal::entries(&self.view(company)?.db(), after, limit)?)
    }

    /// Recomputes every seal of the company's journal: an entry that was changed or removed in
    /// between does not fit the next one's seal.
    ///
    /// # Errors
    /// The first entry that does not fit, by its id; no such company, or SQLite failed.
    pub fn verify_journal(&self, company: &CompanyId) -> anyhow::Result<Sealed> {
        Ok(journal::verify(&self.view(company)?.db())?)
    }
}

fn sales_order_row(row: &Row<'_>) -> rusqlite::Result<SalesOrderRow> {
    Ok(SalesOrderRow {
        id: row.get(0)?,
        number: row.get(1)?,
        leaflink_short_id: row.get(2)?,
        status: row.get::<_, Word<_>>(3)?.0,
        total: row.get::<_, Exact>(4)?.0,
        currency: row.get(5)?,
        owner: row.get(6)?,
        customer: row.get(7)?,
        location: row.get(8)?,
        delivery_day: row.get(9)?,
    })
}
