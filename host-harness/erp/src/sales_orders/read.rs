//! Sales orders as the contract shows them.

use std::collections::BTreeMap;

use leaflink_sync_kit::host::records::{ChargeDraft, LeaflinkOrigin, Line, SalesOrder};
use leaflink_sync_kit::host::types::Money;
use rusqlite::{Params, Row, params};

use crate::companies::grouped;
use crate::database::{Db, id_list, page_size, sum_column};
use crate::error::Result;
use crate::exact::Exact;
use crate::words::Word;

pub(crate) fn list(db: &Db<'_>, after: Option<&str>, limit: u32) -> Result<Vec<SalesOrder>> {
    let limit = page_size(limit)?;
    select(db, "id > ifnull(?2, '') ORDER BY id LIMIT ?3", params![db.tenant, after, limit])
}

pub(crate) fn get(db: &Db<'_>, ids: &[String]) -> Result<Vec<SalesOrder>> {
    let condition = "id IN (SELECT value FROM json_each(?2)) ORDER BY id";
    select(db, condition, params![db.tenant, id_list(ids)?])
}

pub(crate) fn by_leaflink_number(db: &Db<'_>, numbers: &[String]) -> Result<Vec<SalesOrder>> {
    let condition = "leaflink_number IN (SELECT value FROM json_each(?2)) ORDER BY id";
    select(db, condition, params![db.tenant, id_list(numbers)?])
}

fn select(db: &Db<'_>, condition: &str, params: impl Params) -> Result<Vec<SalesOrder>> {
    let sql = format!(
        "SELECT id, number, leaflink_number, leaflink_short_id, leaflink_total,
                leaflink_classification, status, placed_at, delivery_day, currency, customer,
                billing_address, shipping_address, location, owner, internal_notes,
                external_notes, total, modified_at
         FROM sales_orders WHERE tenant = ?1 AND {condition}"
    );
    let mut orders = db.rows(&sql, params, order)?;
    let ids: Vec<&str> = orders.iter().map(|order| order.id.as_str()).collect();
    let ids = serde_json::Value::from(ids).to_string();
    let mut lines = lines(db, &ids)?;
    let mut charges = charges(db, &ids)?;
    for order in &mut orders {
        order.lines = lines.remove(&order.id).unwrap_or_default();
        order.charges = charges.remove(&order.id).unwrap_or_default();
    }
    Ok(orders)
}

fn lines(db: &Db<'_>, orders: &str) -> Result<BTreeMap<String, Vec<Line>>> {
    let sql = "SELECT l.sales_order, l.id, l.product, l.quantity, l.unit_price, l.total,
                      l.is_sample, l.note, l.location, l.leaflink_line,
                      (SELECT json_group_array(k.quantity) FROM sales_order_packages k
                       WHERE k.tenant = l.tenant AND k.line = l.id)
               FROM sales_order_lines l
               WHERE l.tenant = ?1 AND l.sales_order IN (SELECT value FROM json_each(?2))
               ORDER BY l.sales_order, l.position";
    let rows = db.rows(sql, [db.tenant, orders], |row| Ok((row.get(0)?, line(row)?)))?;
    Ok(grouped(rows))
}

fn charges(db: &Db<'_>, orders: &str) -> Result<BTreeMap<String, Vec<ChargeDraft>>> {
    let sql = "SELECT sales_order, name, kind, percent, amount, tax, locked, leaflink_key
               FROM sales_order_charges
               WHERE tenant = ?1 AND sales_order IN (SELECT value FROM json_each(?2))
               ORDER BY sales_order, position";
    let rows = db.rows(sql, [db.tenant, orders], |row| Ok((row.get(0)?, charge(row)?)))?;
    Ok(grouped(rows))
}

fn order(row: &Row<'_>) -> rusqlite::Result<SalesOrder> {
    let currency: String = row.get(9)?;
    let number: Option<String> = row.get(2)?;
    let origin = match number {
        Some(number) => Some(LeaflinkOrigin {
            number,
            short_id: row.get(3)?,
            total: Money { amount: row.get::<_, Exact>(4)?.0.to_string(), currency: currency.clone() },
            classification: row.get(5)?,
        }),
        None => None,
    };
    Ok(SalesOrder {
        id: row.get(0)?,
        number: row.get(1)?,
        origin,
        status: row.get::<_, Word<_>>(6)?.0,
        placed_at_ms: row.get::<_, i64>(7)?.cast_unsigned(),
        delivery_day: row.get(8)?,
        currency,
        customer: row.get(10)?,
        billing_address: row.get(11)?,
        shipping_address: row.get(12)?,
        location: row.get(13)?,
        owner: row.get(14)?,
        internal_notes: row.get(15)?,
        external_notes: row.get(16)?,
        lines: Vec::new(),
        charges: Vec::new(),
        total: row.get::<_, Exact>(17)?.0.to_string(),
        modified_at_ms: row.get::<_, i64>(18)?.cast_unsigned(),
    })
}

fn line(row: &Row<'_>) -> rusqlite::Result<Line> {
    Ok(Line {
        id: row.get(1)?,
        product: row.get(2)?,
        quantity: row.get::<_, Exact>(3)?.0.to_string(),
        unit_price: row.get::<_, Exact>(4)?.0.to_string(),
        total: row.get::<_, Exact>(5)?.0.to_string(),
        is_sample: row.get(6)?,
        note: row.get(7)?,
        location: row.get(8)?,
        leaflink_line: row.get::<_, Option<i64>>(9)?.map(i64::cast_unsigned),
        fulfilled: sum_column(row, 10)?.to_string(),
    })
}

fn charge(row: &Row<'_>) -> rusqlite::Result<ChargeDraft> {
    Ok(ChargeDraft {
        name: row.get(1)?,
        kind: row.get::<_, Word<_>>(2)?.0,
        percent: row.get::<_, Option<Exact>>(3)?.map(|n| n.0.to_string()),
        amount: row.get::<_, Exact>(4)?.0.to_string(),
        tax: row.get(5)?,
        locked: row.get(6)?,
        leaflink_key: row.get(7)?,
    })
}
