//! A sales order's own columns.

use leaflink_sync_kit::host::records::{SalesOrderStatus, SalesOrderUpdate};
use rusqlite::params;

use super::{Draft, FIRST_NUMBER};
use crate::database::Db;
use crate::error::{Error, Result, refuse};
use crate::exact::{self, Exact};
use crate::organisation;
use crate::words::Word;

/// What the rules need to know of a sales order.
pub(crate) struct Head {
    pub id: String,
    pub number: String,
    pub status: SalesOrderStatus,
    pub customer: Option<String>,
    pub is_linked: bool,
    /// Whether a compliance transfer is matched with it.
    pub has_transfer: bool,
}

/// The head of a sales order.
pub(crate) fn head(db: &Db<'_>, id: &str) -> Result<Head> {
    let sql = "SELECT o.id, o.number, o.status, o.customer, o.leaflink_number IS NOT NULL,
                      EXISTS (SELECT 1 FROM transfers t WHERE t.tenant = o.tenant
                              AND t.sales_order = o.id AND t.state = 'MATCHED')
               FROM sales_orders o WHERE o.tenant = ?1 AND o.id = ?2";
    let head = db.row(sql, [db.tenant, id], |row| {
        Ok(Head {
            id: row.get(0)?,
            number: row.get(1)?,
            status: row.get::<_, Word<_>>(2)?.0,
            customer: row.get(3)?,
            is_linked: row.get(4)?,
            has_transfer: row.get(5)?,
        })
    })?;
    head.ok_or_else(|| Error::NotFound(id.to_owned()))
}

/// Writes the row of a new order; answers its id.
pub(super) fn insert(db: &Db<'_>, draft: &Draft) -> Result<String> {
    organisation::check_currency(db, &draft.currency)?;
    let mut leaflink_total = None;
    if let Some(origin) = &draft.origin {
        check_number_is_free(db, &origin.number)?;
        organisation::check_currency(db, &origin.total.currency)?;
        leaflink_total = Some(exact::parse("LeafLink's total", &origin.total.amount)?);
    }
    if let Some(owner) = &draft.owner {
        check_owner(db, owner)?;
    }
    if let Some(customer) = &draft.customer {
        db.require("companies", customer)?;
    }
    if let Some(location) = &draft.location {
        db.require("locations", location)?;
    }
    check_address(db, draft.customer.as_deref(), draft.billing_address.as_deref())?;
    check_address(db, draft.customer.as_deref(), draft.shipping_address.as_deref())?;

    let number = db.next_number("sales order", FIRST_NUMBER)?;
    let id = format!("so-{number}");
    let origin = draft.origin.as_ref();
    let sql = "INSERT INTO sales_orders
               (tenant, id, number, leaflink_number, leaflink_short_id, leaflink_total,
                leaflink_classification, status, placed_at, currency, customer, billing_address,
                shipping_address, location, owner, internal_notes, external_notes, total,
                last_line, modified_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
                       ?17, '0', 0, ?18)";
    db.execute(
        sql,
        params![
            db.tenant,
            id,
            format!("SO-{number}"),
            origin.map(|origin| &origin.number),
            origin.map(|origin| &origin.short_id),
            leaflink_total.map(Exact),
            origin.and_then(|origin| origin.classification.as_ref()),
            Word(draft.status),
            draft.placed_at_ms.cast_signed(),
            draft.currency,
            draft.customer,
            draft.billing_address,
            draft.shipping_address,
            draft.location,
            draft.owner,
            draft.internal_notes,
            draft.external_notes,
            db.now_ms.cast_signed(),
        ],
    )?;
    Ok(id)
}

/// Writes the columns that an update names, status and total apart.
pub(super) fn apply(db: &Db<'_>, before: &Head, update: &SalesOrderUpdate) -> Result<()> {
    if let Some(customer) = &update.customer {
        set_customer(db, before, customer)?;
    }
    let customer = update.customer.as_deref().or(before.customer.as_deref());
    if let Some(address) = &update.billing_address {
        check_address(db, customer, Some(address))?;
        set(db, &before.id, "billing_address", address)?;
    }
    if let Some(address) = &update.shipping_address {
        check_address(db, customer, Some(address))?;
        set(db, &before.id, "shipping_address", address)?;
    }
    if let Some(location) = &update.location {
        db.require("locations", location)?;
        set(db, &before.id, "location", location)?;
    }
    if let Some(owner) = &update.owner {
        check_owner(db, owner)?;
        set(db, &before.id, "owner", owner)?;
    }
    if let Some(notes) = &update.internal_notes {
        set(db, &before.id, "internal_notes", notes)?;
    }
    if let Some(notes) = &update.external_notes {
        set(db, &before.id, "external_notes", notes)?;
    }
    if let Some(total) = &update.leaflink_total {
        if !before.is_linked {
            return refuse(format!("{} is not linked to a LeafLink order", before.number));
        }
        organisation::check_currency(db, &total.currency)?;
        let total = exact::parse("LeafLink's total", &total.amount)?;
        set(db, &before.id, "leaflink_total", &Exact(total))?;
    }
    Ok(())
}

/// Another customer has other addresses: those of the customer before are taken off.
fn set_customer(db: &Db<'_>, before: &Head, customer: &str) -> Result<()> {
    if before.customer.as_deref() == Some(customer) {
        return Ok(());
    }
    db.require("companies", customer)?;
    let sql = "UPDATE sales_orders
               SET customer = ?3, billing_address = NULL, shipping_address = NULL
               WHERE tenant = ?1 AND id = ?2";
    db.update(&before.id, sql, [db.tenant, &before.id, customer])
}

fn set(db: &Db<'_>, id: &str, column: &str, value: &dyn rusqlite::ToSql) -> Result<()> {
    let sql = format!("UPDATE sales_orders SET {column} = ?3 WHERE tenant = ?1 AND id = ?2");
    db.update(id, &sql, params![db.tenant, id, value])
}

fn check_number_is_free(db: &Db<'_>, leaflink_number: &str) -> Result<()> {
    let sql = "SELECT number FROM sales_orders WHERE tenant = ?1 AND leaflink_number = ?2";
    let holder: Option<String> = db.row(sql, [db.tenant, leaflink_number], |row| row.get(0))?;
    match holder {
        Some(holder) => refuse(format!(
            "LeafLink order {leaflink_number} already is {holder}; unlink or delete that first"
        )),
        None => Ok(()),
    }
}

fn check_owner(db: &Db<'_>, user: &str) -> Result<()> {
    let sql = "SELECT full_name, active FROM users WHERE tenant = ?1 AND id = ?2";
    let found: Option<(String, bool)> =
        db.row(sql, [db.tenant, user], |row| Ok((row.get(0)?, row.get(1)?)))?;
    match found {
        Some((_, true)) => Ok(()),
        Some((name, false)) => refuse(format!("{name} is not active and cannot own an order")),
        None => Err(Error::NotFound(user.to_owned())),
    }
}

fn check_address(db: &Db<'_>, customer: Option<&str>, address: Option<&str>) -> Result<()> {
    let Some(address) = address else {
        return Ok(());
    };
    let sql = "SELECT company, name FROM addresses WHERE tenant = ?1 AND id = ?2";
    let found: Option<(String, String)> =
        db.row(sql, [db.tenant, address], |row| Ok((row.get(0)?, row.get(1)?)))?;
    match found {
        Some((company, _)) if customer == Some(company.as_str()) => Ok(()),
        Some((_, name)) => refuse(format!("\"{name}\" is not an address of the order's customer")),
        None => Err(Error::NotFound(address.to_owned())),
    }
}
