//! The list of what people changed, for the component to look at; and the tickets of `deliver`.
//!
//! Both outlive the ERP's process: a change is listed in its own transaction, and a ticket is
//! committed before it is used.

use leaflink_sync_kit::host::CompanyId;
use rusqlite::params;

use crate::database::Db;
use crate::erp::Erp;
use crate::error::Result;
use crate::words::{Word, Words};

/// What was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// A sales order that came from LeafLink.
    SalesOrder,
    /// A sales order that came from LeafLink and is no more.
    DeletedSalesOrder,
    /// A product.
    Product,
    /// A payment.
    Payment,
    /// A compliance transfer.
    Transfer,
}

impl Words for Changed {
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::SalesOrder, "SALES_ORDER"),
        (Self::DeletedSalesOrder, "DELETED_SALES_ORDER"),
        (Self::Product, "PRODUCT"),
        (Self::Payment, "PAYMENT"),
        (Self::Transfer, "TRANSFER"),
    ];
}

/// An entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What was changed.
    pub what: Changed,
    /// The record's id.
    pub id: String,
    /// LeafLink's number of a sales order.
    pub leaflink_order: Option<String>,
    /// Whether a deleted sales order's LeafLink order is to be rejected.
    pub reject_in_leaflink: bool,
    number: i64,
}

impl Erp {
    /// What people changed and nobody has looked at since, by kind and id.
    ///
    /// # Errors
    /// No such company, or SQLite failed.
    pub fn changes(&self, company: &CompanyId) -> anyhow::Result<Vec<Change>> {
        let view = self.view(company)?;
        let db = view.db();
        let sql = "SELECT kind, id, leaflink_number, reject_in_leaflink, change FROM changes
                   WHERE tenant = ?1 ORDER BY kind, id";
        Ok(db.rows(sql, [db.tenant], |row| {
            Ok(Change {
                what: row.get::<_, Word<_>>(0)?.0,
                id: row.get(1)?,
                leaflink_order: row.get(2)?,
                reject_in_leaflink: row.get(3)?,
                number: row.get(4)?,
            })
        })?)
    }

    /// Takes an entry off the list, unless the record was changed again since the list was read.
    ///
    /// # Errors
    /// No such company, or SQLite failed.
    pub fn looked_at(&self, company: &CompanyId, change: &Change) -> Result<()> {
        let transaction = self.begin(company)?;
        let db = transaction.db();
        let sql = "DELETE FROM changes WHERE tenant = ?1 AND kind = ?2 AND id = ?3 AND change = ?4";
        db.execute(sql, params![db.tenant, Word(change.what), change.id, change.number])?;
        transaction.commit()
    }

    /// The next ticket for the component's `deliver`. It is committed when this returns.
    ///
    /// # Errors
    /// No such company, or SQLite failed.
    pub fn next_ticket(&self, company: &CompanyId) -> Result<u64> {
        let transaction = self.begin(company)?;
        let ticket = transaction.db().next_number("ticket", 1)?;
        transaction.commit()?;
        Ok(ticket.cast_unsigned())
    }
}

/// Lists a record that was changed.
pub(crate) fn note(db: &Db<'_>, what: Changed, id: &str) -> Result<()> {
    insert(db, what, id, None, false)
}

/// Lists a sales order that was changed, if it came from LeafLink.
pub(crate) fn note_sales_order(db: &Db<'_>, id: &str) -> Result<()> {
    match leaflink_number(db, id)? {
        Some(number) => insert(db, Changed::SalesOrder, id, Some(&number), false),
        None => Ok(()),
    }
}

/// Takes a sales order that is about to be deleted off the list. With `reject_in_leaflink` it is
/// listed as deleted, if it came from LeafLink.
pub(crate) fn note_deletion(db: &Db<'_>, id: &str, reject_in_leaflink: Option<bool>) -> Result<()> {
    let sql = "DELETE FROM changes WHERE tenant = ?1 AND kind = ?2 AND id = ?3";
    db.execute(sql, params![db.tenant, Word(Changed::SalesOrder), id])?;
    match (leaflink_number(db, id)?, reject_in_leaflink) {
        (Some(number), Some(reject)) => insert(db, Changed::DeletedSalesOrder, id, Some(&number), reject),
        _ => Ok(()),
    }
}

fn leaflink_number(db: &Db<'_>, sales_order: &str) -> Result<Option<String>> {
    let sql = "SELECT leaflink_number FROM sales_orders WHERE tenant = ?1 AND id = ?2";
    Ok(db.row(sql, [db.tenant, sales_order], |row| row.get(0))?.flatten())
}

fn insert(db: &Db<'_>, what: Changed, id: &str, leaflink: Option<&str>, reject: bool) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO changes
               (tenant, kind, id, leaflink_number, reject_in_leaflink, change)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let number = db.next_number("change", 1)?;
    db.execute(sql, params![db.tenant, Word(what), id, leaflink, reject, number])?;
    Ok(())
}
