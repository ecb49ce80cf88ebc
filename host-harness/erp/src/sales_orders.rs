//! Sales orders: every change goes through here, and ends with the rules checked, goods moved and
//! the total summed, or leaves no trace.

mod charges;
mod goods;
mod header;
mod lines;
mod packages;
mod read;
mod rules;

use leaflink_sync_kit::host::records::{
    ChargeDraft, LeaflinkOrigin, SalesOrderDraft, SalesOrderStatus, SalesOrderUpdate,
};
use rusqlite::params;
use rust_decimal::Decimal;

use crate::billing;
use crate::database::Db;
use crate::error::{Result, refuse};
use crate::exact::Exact;
use crate::transfers;
use crate::words::Word;

pub(crate) use charges::{add as add_charge, remove as remove_charge, set_amount as set_charge};
pub(crate) use goods::{fulfil_line, open_lines, unfulfil_line};
pub(crate) use header::{Head, head};
pub(crate) use lines::{LineForm, add as add_line, edit as edit_line, remove as remove_line};
pub use packages::Package;
pub(crate) use packages::of_order as packages;
pub(crate) use read::{by_leaflink_number, get, list};

/// The number of a company's first sales order.
const FIRST_NUMBER: i64 = 1001;

/// A sales order as it is written, whoever writes it.
pub(crate) struct Draft {
    pub origin: Option<LeaflinkOrigin>,
    pub status: SalesOrderStatus,
    pub placed_at_ms: u64,
    pub currency: String,
    pub customer: Option<String>,
    pub billing_address: Option<String>,
    pub shipping_address: Option<String>,
    pub location: Option<String>,
    pub owner: Option<String>,
    pub internal_notes: Option<String>,
    pub external_notes: Option<String>,
    pub lines: Vec<LineForm>,
    pub charges: Vec<ChargeDraft>,
}

impl From<SalesOrderDraft> for Draft {
    fn from(draft: SalesOrderDraft) -> Self {
        Self {
            origin: Some(draft.origin),
            status: draft.status,
            placed_at_ms: draft.placed_at_ms,
            currency: draft.currency,
            customer: draft.customer,
            billing_address: draft.billing_address,
            shipping_address: draft.shipping_address,
            location: draft.location,
            owner: Some(draft.owner),
            internal_notes: draft.internal_notes,
            external_notes: draft.external_notes,
            lines: draft.lines.into_iter().map(LineForm::from).collect(),
            charges: draft.charges,
        }
    }
}

/// Creates a sales order; answers its id.
pub(crate) fn create(db: &Db<'_>, draft: &Draft) -> Result<String> {
    db.atomically(|| {
        let id = header::insert(db, draft)?;
        lines::replace(db, &id, &draft.lines)?;
        charges::replace(db, &id, &draft.charges)?;
        settle(db, &id)?;
        Ok(id)
    })
}

/// Changes a sales order; what the update leaves out stays as it is.
pub(crate) fn update(db: &Db<'_>, id: &str, update: &SalesOrderUpdate) -> Result<()> {
    change(db, id, |before| {
        header::apply(db, before, update)?;
        if let Some(drafts) = &update.lines {
            let forms: Vec<LineForm> = drafts.iter().cloned().map(LineForm::from).collect();
            lines::replace(db, id, &forms)?;
        }
        if let Some(drafts) = &update.charges {
            charges::replace(db, id, drafts)?;
        }
        match update.status {
            Some(status) => set_status(db, before, status),
            None => Ok(()),
        }
    })
}

/// Makes a change to a sales order and settles it; a refusal half-way leaves no trace.
pub(crate) fn change<T>(db: &Db<'_>, id: &str, work: impl FnOnce(&Head) -> Result<T>) -> Result<T> {
    db.atomically(|| {
        let before = head(db, id)?;
        let done = work(&before)?;
        settle(db, id)?;
        Ok(done)
    })
}

/// Moves an order to a status. Part of a [`change`], which then checks the status's preconditions.
pub(crate) fn set_status(db: &Db<'_>, before: &Head, status: SalesOrderStatus) -> Result<()> {
    rules::check_move(before, status)?;
    let sql = "UPDATE sales_orders SET status = ?3 WHERE tenant = ?1 AND id = ?2";
    db.update(&before.id, sql, params![db.tenant, before.id, Word(status)])?;
    let canceled = status == SalesOrderStatus::Canceled;
    if canceled != (before.status == SalesOrderStatus::Canceled) {
        billing::set_invoices_voided(db, &before.id, canceled)?;
    }
    Ok(())
}

/// Takes the LeafLink origin off a sales order. Nothing follows LeafLink any more: its lines lose
/// their keys, and people may edit its charges.
pub(crate) fn unlink(db: &Db<'_>, id: &str) -> Result<()> {
    db.atomically(|| {
        let sql = "UPDATE sales_orders SET leaflink_number = NULL, leaflink_short_id = NULL,
                   leaflink_total = NULL, leaflink_classification = NULL, modified_at = ?3
                   WHERE tenant = ?1 AND id = ?2";
        db.update(id, sql, params![db.tenant, id, db.now_ms.cast_signed()])?;
        let sql = "UPDATE sales_order_lines SET leaflink_line = NULL
                   WHERE tenant = ?1 AND sales_order = ?2";
        db.execute(sql, [db.tenant, id])?;
        let sql = "UPDATE sales_order_charges SET leaflink_key = NULL, locked = 0
                   WHERE tenant = ?1 AND sales_order = ?2";
        db.execute(sql, [db.tenant, id])?;
        Ok(())
    })
}

/// Deletes a sales order: what was packed goes back on the shelf, its invoices are voided.
pub(crate) fn delete(db: &Db<'_>, id: &str) -> Result<()> {
    db.atomically(|| {
        let head = head(db, id)?;
        if head.has_transfer {
            return refuse(format!(
                "{} is matched with a transfer; unmatch it before deleting the order",
                head.number
            ));
        }
        if head.status == SalesOrderStatus::Completed {
            return refuse(format!(
                "{} is completed and its goods are sold; move it back before deleting it",
                head.number
            ));
        }
        billing::check_no_posted_payments(db, &head)?;
        goods::put_all_back(db, id)?;
        billing::set_invoices_voided(db, id, true)?;
        transfers::forget_order(db, id)?;
        let sql = "DELETE FROM sales_orders WHERE tenant = ?1 AND id = ?2";
        db.update(id, sql, [db.tenant, id])
    })
}

/// Brings an order in line with its new state: goods, preconditions, total, time.
fn settle(db: &Db<'_>, id: &str) -> Result<()> {
    goods::follow_status(db, id)?;
    rules::check_state(db, &head(db, id)?)?;
    let total: Decimal =
        lines::amounts(db, id)?.iter().sum::<Decimal>() + charges::amounts(db, id)?.iter().sum::<Decimal>();
    let sql = "UPDATE sales_orders SET total = ?3, modified_at = ?4 WHERE tenant = ?1 AND id = ?2";
    db.update(id, sql, params![db.tenant, id, Exact(total), db.now_ms.cast_signed()])
}
