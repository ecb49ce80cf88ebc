//! What is packed for the lines of sales orders, package by package.

use rusqlite::params;
use rust_decimal::Decimal;

use super::goods::LineState;
use super::header::Head;
use crate::database::Db;
use crate::error::{Result, refuse};
use crate::exact::Exact;

/// Letters and digits of a Metrc package's tag.
const TAG_LENGTH: usize = 24;

/// Goods that are packed for a line of a sales order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// The line's id.
    pub line: String,
    /// The tag of the Metrc package that they are in, such as `1A4060300000001000000123`; absent
    /// where nobody named one.
    pub tag: Option<String>,
    /// How much of them, in the product's own unit.
    pub quantity: Decimal,
}

/// A row of a line's packages.
pub(super) struct Packed {
    pub place: Option<String>,
    pub tag: Option<String>,
    pub quantity: Decimal,
}

/// What is packed for a line, by place and then by tag.
pub(super) fn of_line(db: &Db<'_>, line: &str) -> Result<Vec<Packed>> {
    let sql = "SELECT location, tag, quantity FROM sales_order_packages
               WHERE tenant = ?1 AND line = ?2 ORDER BY ifnull(location, ''), ifnull(tag, '')";
    db.rows(sql, [db.tenant, line], |row| {
        Ok(Packed { place: row.get(0)?, tag: row.get(1)?, quantity: row.get::<_, Exact>(2)?.0 })
    })
}

/// What is packed for an order, line by line.
pub(crate) fn of_order(db: &Db<'_>, order: &str) -> Result<Vec<Package>> {
    let sql = "SELECT k.line, k.tag, k.quantity FROM sales_order_packages k
               JOIN sales_order_lines l ON l.tenant = k.tenant AND l.id = k.line
               WHERE k.tenant = ?1 AND l.sales_order = ?2
               ORDER BY l.position, ifnull(k.location, ''), ifnull(k.tag, '')";
    db.rows(sql, [db.tenant, order], |row| {
        Ok(Package { line: row.get(0)?, tag: row.get(1)?, quantity: row.get::<_, Exact>(2)?.0 })
    })
}

/// Writes what is packed for a line from one package at one place; nothing of it: the row goes.
pub(super) fn set(db: &Db<'_>, line: &str, packed: &Packed) -> Result<()> {
    let Packed { place, tag, quantity } = packed;
    if quantity.is_zero() {
        let sql = "DELETE FROM sales_order_packages
                   WHERE tenant = ?1 AND line = ?2 AND ifnull(location, '') = ifnull(?3, '')
                     AND ifnull(tag, '') = ifnull(?4, '')";
        db.execute(sql, params![db.tenant, line, place, tag])?;
        return Ok(());
    }
    let sql = "INSERT INTO sales_order_packages (tenant, line, location, tag, quantity)
               VALUES (?1, ?2, ?3, ?4, ?5)
               ON CONFLICT (tenant, line, ifnull(location, ''), ifnull(tag, ''))
               DO UPDATE SET quantity = excluded.quantity";
    db.execute(sql, params![db.tenant, line, place, tag, Exact(*quantity)])?;
    Ok(())
}

/// Whether a package with this tag can be packed for a line: it holds one product, and Metrc ships it
/// whole, so that it goes with one sales order. Lines of that order may share it.
pub(super) fn check_tag(db: &Db<'_>, order: &Head, line: &LineState, tag: &str) -> Result<()> {
    let fits = |letter: u8| letter.is_ascii_uppercase() || letter.is_ascii_digit();
    if tag.len() != TAG_LENGTH || !tag.bytes().all(fits) {
        return refuse(format!(
            "`{tag}` is no tag of a Metrc package; it has {TAG_LENGTH} capital letters and digits, such as \
             1A4060300000001000000123"
        ));
    }
    let sql = "SELECT o.id, o.number, l.product, p.name FROM sales_order_packages k
               JOIN sales_order_lines l ON l.tenant = k.tenant AND l.id = k.line
               JOIN sales_orders o ON o.tenant = l.tenant AND o.id = l.sales_order
               JOIN products p ON p.tenant = l.tenant AND p.id = l.product
               WHERE k.tenant = ?1 AND k.tag = ?2 LIMIT 1";
    let known = db.row(sql, [db.tenant, tag], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?, row.get(3)?))
    })?;
    match known {
        Some((id, number, ..)) if id != order.id => refuse(format!(
            "package {tag} is packed for {number} already; a package goes with one sales order"
        )),
        Some((_, _, product, holds)) if product != line.product => {
            let holds: String = holds;
            refuse(format!("package {tag} holds \"{holds}\"; it has no \"{}\"", line.product_name))
        }
        _ => Ok(()),
    }
}
