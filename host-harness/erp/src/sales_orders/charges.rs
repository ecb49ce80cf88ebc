//! Charges, discounts and taxes on a whole sales order.

use leaflink_sync_kit::host::records::{ChargeDraft, ChargeKind};
use rusqlite::params;
use rust_decimal::Decimal;

use super::header::Head;
use crate::database::Db;
use crate::error::{Error, Result, refuse};
use crate::exact::{self, Exact};
use crate::words::Word;

/// Replaces the set of charges, locked ones included.
pub(super) fn replace(db: &Db<'_>, order: &str, drafts: &[ChargeDraft]) -> Result<()> {
    let sql = "DELETE FROM sales_order_charges WHERE tenant = ?1 AND sales_order = ?2";
    db.execute(sql, [db.tenant, order])?;
    for draft in drafts {
        insert(db, order, draft)?;
    }
    Ok(())
}

/// Adds one charge at the end.
pub(crate) fn add(db: &Db<'_>, order: &Head, draft: &ChargeDraft) -> Result<()> {
    insert(db, &order.id, draft)
}

/// Sets the amount of a charge that people may edit; it no longer is a percentage.
pub(crate) fn set_amount(db: &Db<'_>, order: &Head, position: u32, amount: Decimal) -> Result<()> {
    let (name, kind) = editable(db, order, position)?;
    exact::parse_cents(&format!("The amount of \"{name}\""), &amount.to_string())?;
    check_sign(&name, kind, amount)?;
    let sql = "UPDATE sales_order_charges SET amount = ?4, percent = NULL
               WHERE tenant = ?1 AND sales_order = ?2 AND position = ?3";
    let values = params![db.tenant, order.id, position, Exact(amount)];
    db.update(&order.id, sql, values)
}

/// Removes a charge that people may edit.
pub(crate) fn remove(db: &Db<'_>, order: &Head, position: u32) -> Result<()> {
    editable(db, order, position)?;
    let sql = "DELETE FROM sales_order_charges
               WHERE tenant = ?1 AND sales_order = ?2 AND position = ?3";
    db.update(&order.id, sql, params![db.tenant, order.id, position])
}

/// The amounts of an order's charges; discounts are negative.
pub(super) fn amounts(db: &Db<'_>, order: &str) -> Result<Vec<Decimal>> {
    let sql = "SELECT amount FROM sales_order_charges WHERE tenant = ?1 AND sales_order = ?2";
    db.rows(sql, [db.tenant, order], |row| Ok(row.get::<_, Exact>(0)?.0))
}

fn insert(db: &Db<'_>, order: &str, draft: &ChargeDraft) -> Result<()> {
    let name = &draft.name;
    let amount = exact::parse_cents(&format!("The amount of \"{name}\""), &draft.amount)?;
    check_sign(name, draft.kind, amount)?;
    let what = format!("The percentage of \"{name}\"");
    let percent = draft.percent.as_deref();
    let percent = percent.map(|text| exact::parse(&what, text)).transpose()?;
    if let Some(tax) = &draft.tax {
        db.require("taxes", tax)?;
    }
    let sql = "INSERT INTO sales_order_charges
               (tenant, sales_order, position, name, kind, percent, amount, tax, locked,
                leaflink_key)
               SELECT ?1, ?2, ifnull(max(position), 0) + 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9
               FROM sales_order_charges WHERE tenant = ?1 AND sales_order = ?2";
    db.execute(
        sql,
        params![
            db.tenant,
            order,
            name,
            Word(draft.kind),
            percent.map(Exact),
            Exact(amount),
            draft.tax,
            draft.locked,
            draft.leaflink_key,
        ],
    )?;
    Ok(())
}

/// The name and kind of a charge, if people may edit it.
fn editable(db: &Db<'_>, order: &Head, position: u32) -> Result<(String, ChargeKind)> {
    let sql = "SELECT name, kind, locked FROM sales_order_charges
               WHERE tenant = ?1 AND sales_order = ?2 AND position = ?3";
    let found = db.row(sql, params![db.tenant, order.id, position], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Word<_>>(1)?.0, row.get::<_, bool>(2)?))
    })?;
    match found {
        Some((name, kind, false)) => Ok((name, kind)),
        Some((name, _, true)) => {
            refuse(format!("\"{name}\" follows LeafLink and is not editable here; change it in LeafLink"))
        }
        None => Err(Error::NotFound(format!("charge {position} of {}", order.number))),
    }
}

fn check_sign(name: &str, kind: ChargeKind, amount: Decimal) -> Result<()> {
    match kind {
        ChargeKind::Discount if amount > Decimal::ZERO => {
            refuse(format!("\"{name}\" is a discount of {amount}; a discount's amount is negative"))
        }
        ChargeKind::Charge if amount < Decimal::ZERO => {
            refuse(format!("\"{name}\" is a charge of {amount}; a negative amount is a discount"))
        }
        ChargeKind::Charge | ChargeKind::Discount => Ok(()),
    }
}
