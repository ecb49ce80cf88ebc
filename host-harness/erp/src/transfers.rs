//! Compliance (Metrc) transfers of sales orders.

use leaflink_sync_kit::host::records::{SalesOrderStatus, Transfer, TransferState};
use rusqlite::params;

use crate::database::{Db, id_list};
use crate::error::{Result, refuse};
use crate::sales_orders::{self, Head, Package};
use crate::words::Word;

/// The number of a company's first transfer.
const FIRST_NUMBER: i64 = 1001;

pub(crate) fn get(db: &Db<'_>, ids: &[String]) -> Result<Vec<Transfer>> {
    let sql = "SELECT id, manifest_number, sales_order, state FROM transfers
               WHERE tenant = ?1 AND id IN (SELECT value FROM json_each(?2)) ORDER BY id";
    db.rows(sql, params![db.tenant, id_list(ids)?], |row| {
        Ok(Transfer {
            id: row.get(0)?,
            manifest_number: row.get(1)?,
            sales_order: row.get(2)?,
            state: row.get::<_, Word<_>>(3)?.0,
        })
    })
}

/// Makes a transfer template for an order; answers its id.
pub(crate) fn create_template(db: &Db<'_>, order: &str) -> Result<String> {
    let order = sales_orders::head(db, order)?;
    check_takes_transfer(&order)?;
    insert(db, &order, TransferState::Template, None)
}

/// Matches an order with an outgoing transfer: packs the lines with the transfer's packages and,
/// if so wished, moves the order on. Answers the transfer's id: that of the order's template, if
/// it had one, for that is what Metrc used.
pub(crate) fn match_with_order(
    db: &Db<'_>,
    order: &str,
    manifest_number: &str,
    packages: &[Package],
    then: Option<SalesOrderStatus>,
) -> Result<String> {
    sales_orders::change(db, order, |order| {
        check_takes_transfer(order)?;
        for package in packages {
            sales_orders::fulfil_line(db, order, package)?;
        }
        let sql = "UPDATE transfers SET state = 'MATCHED', manifest_number = ?3
                   WHERE tenant = ?1 AND id = (SELECT min(id) FROM transfers
                   WHERE tenant = ?1 AND sales_order = ?2 AND state = 'TEMPLATE')
                   RETURNING id";
        let template = db.row(sql, [db.tenant, &order.id, manifest_number], |row| row.get(0))?;
        let id = match template {
            Some(id) => id,
            None => insert(db, order, TransferState::Matched, Some(manifest_number))?,
        };
        if let Some(status) = then {
            sales_orders::set_status(db, &sales_orders::head(db, &order.id)?, status)?;
        }
        Ok(id)
    })
}

/// Parts an order from its transfer, because the two differ (`Unmatched`) or the goods were turned
/// away (`Rejected`). The order keeps its packages and is PROCESSING again, unless it is to stay as
/// it is.
pub(crate) fn part_from_order(
    db: &Db<'_>,
    transfer: &str,
    state: TransferState,
    order_stays: bool,
) -> Result<String> {
    let sql = "SELECT sales_order FROM transfers
               WHERE tenant = ?1 AND id = ?2 AND state = 'MATCHED'";
    let order: Option<String> = db.row(sql, [db.tenant, transfer], |row| row.get(0))?;
    let Some(order) = order else {
        db.require("transfers", transfer)?;
        return refuse(format!("transfer {transfer} is not matched with an order"));
    };
    let sql = "UPDATE transfers SET state = ?3 WHERE tenant = ?1 AND id = ?2";
    if order_stays {
        db.update(transfer, sql, params![db.tenant, transfer, Word(state)])?;
        return Ok(order);
    }
    sales_orders::change(db, &order, |order| {
        db.update(transfer, sql, params![db.tenant, transfer, Word(state)])?;
        sales_orders::set_status(db, order, SalesOrderStatus::Processing)
    })?;
    Ok(order)
}

/// Before an order is deleted: its templates go with it, its former transfers forget it.
pub(crate) fn forget_order(db: &Db<'_>, order: &str) -> Result<()> {
    let sql = "DELETE FROM transfers
               WHERE tenant = ?1 AND sales_order = ?2 AND state = 'TEMPLATE'";
    db.execute(sql, [db.tenant, order])?;
    let sql = "UPDATE transfers SET sales_order = NULL WHERE tenant = ?1 AND sales_order = ?2";
    db.execute(sql, [db.tenant, order])?;
    Ok(())
}

fn insert(db: &Db<'_>, order: &Head, state: TransferState, manifest_number: Option<&str>) -> Result<String> {
    let id = format!("tr-{}", db.next_number("transfer", FIRST_NUMBER)?);
    let sql = "INSERT INTO transfers (tenant, id, manifest_number, sales_order, state)
               VALUES (?1, ?2, ?3, ?4, ?5)";
    db.execute(sql, params![db.tenant, id, manifest_number, order.id, Word(state)])?;
    Ok(id)
}

fn check_takes_transfer(order: &Head) -> Result<()> {
    match order.status {
        SalesOrderStatus::Pending | SalesOrderStatus::Canceled => {
            refuse(format!("{} must be PROCESSING or further before it can have a transfer", order.number))
        }
        _ if order.has_transfer => {
            refuse(format!("{} is matched with a transfer already; unmatch it first", order.number))
        }
        _ => Ok(()),
    }
}
