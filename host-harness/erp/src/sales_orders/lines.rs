//! The lines of a sales order. Equal lines are not merged.

use std::collections::{BTreeMap, BTreeSet};

use leaflink_sync_kit::host::records::LineDraft;
use rusqlite::params;
use rust_decimal::Decimal;

use super::goods::{self, LineState};
use super::header::Head;
use crate::database::Db;
use crate::error::{Error, Result, refuse};
use crate::exact::{self, Exact};
use crate::products;
use crate::words::Tracking;

/// A line as it is written, whoever writes it.
#[derive(Clone, Debug)]
pub(crate) struct LineForm {
    /// The line that it replaces.
    pub id: Option<String>,
    pub product: String,
    pub quantity: String,
    pub unit_price: String,
    /// Kept as given; absent: quantity by price, to the cent.
    pub total: Option<String>,
    pub is_sample: bool,
    pub note: Option<String>,
    pub location: Option<String>,
    pub leaflink_line: Option<u64>,
}

impl From<LineDraft> for LineForm {
    fn from(draft: LineDraft) -> Self {
        Self {
            id: draft.id,
            product: draft.product,
            quantity: draft.quantity,
            unit_price: draft.unit_price,
            total: Some(draft.total),
            is_sample: draft.is_sample,
            note: draft.note,
            location: draft.location,
            leaflink_line: draft.leaflink_line,
        }
    }
}

/// The figures of a line, read and checked.
struct Figures {
    quantity: Decimal,
    unit_price: Decimal,
    total: Decimal,
}

/// Replaces the set of lines. One that names a line by id, or by its LeafLink line, keeps its id and
/// what is packed for it; what is packed cannot be edited away.
pub(super) fn replace(db: &Db<'_>, order: &str, forms: &[LineForm]) -> Result<()> {
    if forms.is_empty() {
        return refuse("a sales order has at least one line");
    }
    let mut unused: Vec<LineState> = goods::lines(db, order)?;
    let mut seen = BTreeSet::new();
    let mut positions = BTreeMap::new();
    for (position, form) in forms.iter().enumerate() {
        if let Some(key) = form.leaflink_line
            && !seen.insert(key)
        {
            return refuse(format!("LeafLink line {key} is named by two lines"));
        }
        let same = |line: &LineState| match &form.id {
            Some(id) => line.id == *id,
            None => line.leaflink_line.is_some() && line.leaflink_line == form.leaflink_line,
        };
        let id = match (unused.iter().position(same), &form.id) {
            (Some(index), _) => rewrite(db, unused.swap_remove(index), form)?,
            (None, None) => insert(db, order, form)?,
            (None, Some(id)) => return refuse(format!("the order has no line {id} (any more)")),
        };
        positions.insert(position, id);
    }
    for line in unused {
        check_nothing_packed(&line, "removed")?;
        delete(db, &line.id)?;
    }
    for (position, id) in positions {
        let sql = "UPDATE sales_order_lines SET position = ?3 WHERE tenant = ?1 AND id = ?2";
        db.update(&id, sql, params![db.tenant, id, position as i64])?;
    }
    Ok(())
}

/// Adds one line at the end; answers its id.
pub(crate) fn add(db: &Db<'_>, order: &Head, form: &LineForm) -> Result<String> {
    insert(db, &order.id, form)
}

/// Sets a line's quantity and price. The total stays if both stay, and is multiplied anew if not.
pub(crate) fn edit(
    db: &Db<'_>,
    order: &Head,
    line: &str,
    quantity: Decimal,
    unit_price: Decimal,
) -> Result<()> {
    let line = goods::line(db, &order.id, line)?;
    let sql = "SELECT unit_price FROM sales_order_lines WHERE tenant = ?1 AND id = ?2";
    let price = db.row(sql, [db.tenant, &line.id], |row| row.get::<_, Exact>(0))?;
    let same_price = price.is_some_and(|price| price.0 == unit_price);
    if same_price && line.counts.quantity == quantity {
        return Ok(());
    }
    exact::check("The quantity", quantity)?;
    exact::check("The price", unit_price)?;
    check_quantity(&line.product_name, quantity)?;
    check_price(&line.product_name, unit_price)?;
    if line.counts.tracking != Tracking::Product {
        check_not_below_packed(&line, quantity)?;
    }
    let total = exact::cents(quantity * unit_price);
    let sql = "UPDATE sales_order_lines SET quantity = ?3, unit_price = ?4, total = ?5
               WHERE tenant = ?1 AND id = ?2";
    let figures = params![db.tenant, line.id, Exact(quantity), Exact(unit_price), Exact(total)];
    db.update(&line.id, sql, figures)
}

/// Removes one line; what is packed for it goes back on the shelf first.
pub(crate) fn remove(db: &Db<'_>, order: &Head, line: &str) -> Result<()> {
    let line = goods::line(db, &order.id, line)?;
    goods::unpack(db, &line, line.counts.fulfilled)?;
    delete(db, &line.id)?;
    if goods::lines(db, &order.id)?.is_empty() {
        return refuse("a sales order has at least one line");
    }
    Ok(())
}

/// The amounts of an order's lines.
pub(super) fn amounts(db: &Db<'_>, order: &str) -> Result<Vec<Decimal>> {
    let sql = "SELECT total FROM sales_order_lines WHERE tenant = ?1 AND sales_order = ?2";
    db.rows(sql, [db.tenant, order], |row| Ok(row.get::<_, Exact>(0)?.0))
}

fn insert(db: &Db<'_>, order: &str, form: &LineForm) -> Result<String> {
    let figures = figures(db, form)?;
    let sql = "UPDATE sales_orders SET last_line = last_line + 1 WHERE tenant = ?1 AND id = ?2
               RETURNING last_line";
    let number: Option<i64> = db.row(sql, [db.tenant, order], |row| row.get(0))?;
    let Some(number) = number else {
        return Err(Error::NotFound(order.to_owned()));
    };
    let id = format!("{order}-{number}");
    let sql = "INSERT INTO sales_order_lines
               (tenant, sales_order, id, position, product, quantity, unit_price, total, is_sample,
                note, location, leaflink_line)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    db.execute(
        sql,
        params![
            db.tenant,
            order,
            id,
            number,
            form.product,
            Exact(figures.quantity),
            Exact(figures.unit_price),
            Exact(figures.total),
            form.is_sample,
            form.note,
            form.location,
            form.leaflink_line.map(u64::cast_signed),
        ],
    )?;
    Ok(id)
}

/// Gives a line new figures under its old id.
fn rewrite(db: &Db<'_>, line: LineState, form: &LineForm) -> Result<String> {
    let figures = figures(db, form)?;
    if form.product != line.product {
        check_nothing_packed(&line, "given another product")?;
    }
    check_not_below_packed(&line, figures.quantity)?;
    let sql = "UPDATE sales_order_lines
               SET product = ?3, quantity = ?4, unit_price = ?5, total = ?6, is_sample = ?7,
                   note = ?8, location = ?9
               WHERE tenant = ?1 AND id = ?2";
    let values = params![
        db.tenant,
        line.id,
        form.product,
        Exact(figures.quantity),
        Exact(figures.unit_price),
        Exact(figures.total),
        form.is_sample,
        form.note,
        form.location,
    ];
    db.update(&line.id, sql, values)?;
    Ok(line.id)
}

fn delete(db: &Db<'_>, line: &str) -> Result<()> {
    let sql = "DELETE FROM sales_order_lines WHERE tenant = ?1 AND id = ?2";
    db.update(line, sql, [db.tenant, line])
}

fn figures(db: &Db<'_>, form: &LineForm) -> Result<Figures> {
    let name = products::summary(db, &form.product)?.name;
    if let Some(location) = &form.location {
        db.require("locations", location)?;
    }
    let quantity = exact::parse(&format!("The quantity of \"{name}\""), &form.quantity)?;
    let unit_price = exact::parse(&format!("The price of \"{name}\""), &form.unit_price)?;
    check_quantity(&name, quantity)?;
    check_price(&name, unit_price)?;
    let total = match &form.total {
        Some(total) => exact::parse_cents(&format!("The line total of \"{name}\""), total)?,
        None => exact::cents(quantity * unit_price),
    };
    Ok(Figures { quantity, unit_price, total })
}

fn check_quantity(product: &str, quantity: Decimal) -> Result<()> {
    if quantity <= Decimal::ZERO {
        return refuse(format!(
            "the quantity of \"{product}\" is {quantity}; a line orders more than nothing"
        ));
    }
    Ok(())
}

fn check_price(product: &str, price: Decimal) -> Result<()> {
    if price < Decimal::ZERO {
        return refuse(format!(
            "the price of \"{product}\" is {price}; what lowers an order is a discount, not a line"
        ));
    }
    Ok(())
}

fn check_nothing_packed(line: &LineState, verb: &str) -> Result<()> {
    if !line.counts.fulfilled.is_zero() {
        return refuse(format!(
            "{} of \"{}\" are fulfilled already; the line cannot be {verb}",
            line.counts.fulfilled.normalize(),
            line.product_name
        ));
    }
    Ok(())
}

fn check_not_below_packed(line: &LineState, quantity: Decimal) -> Result<()> {
    if quantity < line.counts.fulfilled {
        return refuse(format!(
            "{} of \"{}\" are fulfilled already; the quantity cannot go down to {quantity}",
            line.counts.fulfilled.normalize(),
            line.product_name
        ));
    }
    Ok(())
}
