//! Stock by product and place: reading levels, and moving goods off the shelf and back.

use std::collections::BTreeMap;

use leaflink_sync_kit::host::records::StockLevel;
use rusqlite::params;
use rust_decimal::Decimal;

use crate::database::{Db, id_list};
use crate::error::Result;
use crate::exact::Exact;
use crate::reserve::{Level, Line};
use crate::words::Word;

/// A product and a place. No place: what orders take that name none.
type Spot = (String, Option<String>);

/// The levels of these products, by product and place. None for a product whose stock is unknown;
/// one row of zeros for a product that is known to have nothing anywhere.
pub(crate) fn levels(db: &Db<'_>, products: &[String]) -> Result<Vec<StockLevel>> {
    let ids = id_list(products)?;
    let mut levels = BTreeMap::<Spot, Level>::new();
    for (spot, active) in on_the_shelf(db, &ids)? {
        levels.entry(spot).or_default().active += active;
    }
    for (spot, line) in open_lines(db, &ids)? {
        levels.entry(spot).or_default().count(&line);
    }
    for (spot, quantity) in assembly_inputs(db, &ids)? {
        levels.entry(spot).or_default().reserved += quantity;
    }
    levels.retain(|(_, place), level| place.is_some() || !level.is_zero());

    let mut rows = Vec::new();
    for product in products_of_known_stock(db, &ids)? {
        let from = (product.clone(), None);
        let own = levels.range(from..).take_while(|((of, _), _)| *of == product);
        let count = rows.len();
        rows.extend(own.map(|((_, place), level)| row(&product, place.clone(), *level)));
        if rows.len() == count {
            rows.push(row(&product, None, Level::default()));
        }
    }
    Ok(rows)
}

/// What is on the shelf of one product at one place.
pub(crate) fn active(db: &Db<'_>, product: &str, place: Option<&str>) -> Result<Decimal> {
    let sql = "SELECT active FROM stock
               WHERE tenant = ?1 AND product = ?2 AND ifnull(location, '') = ifnull(?3, '')";
    let active = db.row(sql, params![db.tenant, product, place], |row| row.get::<_, Exact>(0))?;
    Ok(active.map_or(Decimal::ZERO, |active| active.0))
}

/// Sets what is on the shelf.
pub(crate) fn set_active(db: &Db<'_>, product: &str, place: Option<&str>, active: Decimal) -> Result<()> {
    let sql = "INSERT INTO stock (tenant, product, location, active) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (tenant, product, ifnull(location, ''))
               DO UPDATE SET active = excluded.active";
    db.execute(sql, params![db.tenant, product, place, Exact(active)])?;
    Ok(())
}

/// Puts goods on the shelf (`by` above zero) or takes them off it.
pub(crate) fn shift(db: &Db<'_>, product: &str, place: Option<&str>, by: Decimal) -> Result<()> {
    set_active(db, product, place, active(db, product, place)? + by)
}

fn products_of_known_stock(db: &Db<'_>, ids: &str) -> Result<Vec<String>> {
    let sql = "SELECT id FROM products WHERE tenant = ?1 AND stock_known = 1
               AND id IN (SELECT value FROM json_each(?2)) ORDER BY id";
    db.rows(sql, [db.tenant, ids], |row| row.get(0))
}

fn on_the_shelf(db: &Db<'_>, ids: &str) -> Result<Vec<(Spot, Decimal)>> {
    let sql = "SELECT product, location, active FROM stock
               WHERE tenant = ?1 AND product IN (SELECT value FROM json_each(?2))";
    db.rows(sql, [db.tenant, ids], |row| Ok(((row.get(0)?, row.get(1)?), row.get::<_, Exact>(2)?.0)))
}

fn assembly_inputs(db: &Db<'_>, ids: &str) -> Result<Vec<(Spot, Decimal)>> {
    let sql = "SELECT product, location, quantity FROM assembly_inputs
               WHERE tenant = ?1 AND product IN (SELECT value FROM json_each(?2))";
    db.rows(sql, [db.tenant, ids], |row| Ok(((row.get(0)?, row.get(1)?), row.get::<_, Exact>(2)?.0)))
}

/// The lines that can want stock: those of PENDING and PROCESSING orders. A line that names no
/// place is filled from its order's inventory source.
fn open_lines(db: &Db<'_>, ids: &str) -> Result<Vec<(Spot, Line)>> {
    let sql = "SELECT l.id, l.product, ifnull(l.location, o.location), o.status,
                      o.leaflink_number IS NOT NULL, p.tracking, l.quantity
               FROM sales_order_lines l
               JOIN sales_orders o ON o.tenant = l.tenant AND o.id = l.sales_order
               JOIN products p ON p.tenant = l.tenant AND p.id = l.product
               WHERE l.tenant = ?1 AND l.product IN (SELECT value FROM json_each(?2))
                 AND o.status IN ('PENDING', 'PROCESSING')";
    let mut lines = db.rows(sql, [db.tenant, ids], |row| {
        let line = Line {
            status: row.get::<_, Word<_>>(3)?.0,
            from_leaflink: row.get(4)?,
            tracking: row.get::<_, Word<_>>(5)?.0,
            quantity: row.get::<_, Exact>(6)?.0,
            fulfilled: Decimal::ZERO,
        };
        Ok((row.get::<_, String>(0)?, (row.get(1)?, row.get(2)?), line))
    })?;
    let sql = "SELECT k.line, k.quantity FROM sales_order_packages k
               JOIN sales_order_lines l ON l.tenant = k.tenant AND l.id = k.line
               JOIN sales_orders o ON o.tenant = l.tenant AND o.id = l.sales_order
               WHERE k.tenant = ?1 AND l.product IN (SELECT value FROM json_each(?2))
                 AND o.status = 'PROCESSING'";
    let mut packed = BTreeMap::<String, Decimal>::new();
    for (line, quantity) in
        db.rows(sql, [db.tenant, ids], |row| Ok((row.get(0)?, row.get::<_, Exact>(1)?.0)))?
    {
        *packed.entry(line).or_default() += quantity;
    }
    for (id, _, line) in &mut lines {
        line.fulfilled = packed.get(id).copied().unwrap_or_default();
    }
    Ok(lines.into_iter().map(|(_, spot, line)| (spot, line)).collect())
}

fn row(product: &str, location: Option<String>, level: Level) -> StockLevel {
    StockLevel {
        product: product.to_owned(),
        location,
        active: level.active.normalize().to_string(),
        reserved: level.reserved.normalize().to_string(),
        promised: level.promised.normalize().to_string(),
    }
}
