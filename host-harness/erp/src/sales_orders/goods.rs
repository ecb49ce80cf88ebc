//! The goods of a sales order: packing lines, unpacking them, and following the order's status.

use leaflink_sync_kit::host::records::SalesOrderStatus;
use rusqlite::{Params, params};
use rust_decimal::Decimal;

use super::header::Head;
use super::packages::{self, Package, Packed};
use crate::database::{Db, sum_column};
use crate::error::{Error, Result, refuse};
use crate::exact::Exact;
use crate::organisation;
use crate::reserve::Line;
use crate::stock;
use crate::words::{Tracking, Word};

/// A line of an order as its goods see it.
pub(super) struct LineState {
    pub id: String,
    pub product: String,
    pub product_name: String,
    pub leaflink_line: Option<u64>,
    /// Where it is filled from: its own location, else its order's inventory source.
    pub place: Option<String>,
    pub stock_known: bool,
    pub counts: Line,
}

/// The lines of an order, in their order.
pub(super) fn lines(db: &Db<'_>, order: &str) -> Result<Vec<LineState>> {
    select(db, "TRUE ORDER BY l.position", params![db.tenant, order])
}

/// One line of an order.
pub(super) fn line(db: &Db<'_>, order: &str, line: &str) -> Result<LineState> {
    let mut found = select(db, "l.id = ?3", params![db.tenant, order, line])?;
    found.pop().ok_or_else(|| Error::NotFound(line.to_owned()))
}

/// What each line lacks that is not fully packed, of no package that is named.
pub(crate) fn open_lines(db: &Db<'_>, order: &Head) -> Result<Vec<Package>> {
    let open = lines(db, &order.id)?.into_iter().filter(|line| !line.counts.is_fulfilled());
    let lacks = |line: LineState| Package {
        quantity: line.counts.quantity - line.counts.fulfilled,
        line: line.id,
        tag: None,
    };
    Ok(open.map(lacks).collect())
}

/// Assigns a package or a batch to a line.
pub(crate) fn fulfil_line(db: &Db<'_>, order: &Head, package: &Package) -> Result<()> {
    let line = line(db, &order.id, &package.line)?;
    let name = &line.product_name;
    let quantity = package.quantity;
    if matches!(order.status, SalesOrderStatus::Pending | SalesOrderStatus::Canceled) {
        return refuse(format!(
            "{} is {}; nothing is packed before it is PROCESSING",
            order.number,
            super::rules::name(order.status)
        ));
    }
    if quantity <= Decimal::ZERO {
        return refuse(format!("{quantity} of \"{name}\" is nothing to pack"));
    }
    if line.counts.tracking == Tracking::Product {
        return refuse(format!("\"{name}\" has no packages or batches; it is packed by itself"));
    }
    let open = line.counts.quantity - line.counts.fulfilled;
    if quantity > open {
        return refuse(format!(
            "{quantity} of \"{name}\" is more than the {} that are still to be packed",
            open.normalize()
        ));
    }
    let Some(place) = &line.place else {
        return refuse(format!(
            "it is not known where \"{name}\" is taken from; choose an inventory source for {}",
            order.number
        ));
    };
    let active = stock::active(db, &line.product, Some(place))?;
    if line.stock_known && active < quantity {
        return refuse(format!(
            "{quantity} of \"{name}\" are to be packed, and {} are at {}",
            active.normalize(),
            organisation::location_name(db, place)?
        ));
    }
    if let Some(tag) = &package.tag {
        packages::check_tag(db, order, &line, tag)?;
    }
    pack(db, &line, package.tag.as_deref(), quantity)
}

/// Takes all packages or batches off a line again.
pub(crate) fn unfulfil_line(db: &Db<'_>, order: &Head, line: &str) -> Result<()> {
    let line = self::line(db, &order.id, line)?;
    if line.counts.tracking == Tracking::Product {
        return refuse(format!(
            "\"{}\" has no packages or batches; it is unpacked when the order is PENDING again",
            line.product_name
        ));
    }
    unpack(db, &line, line.counts.fulfilled)
}

/// Packs or unpacks each line as the order's status demands.
pub(super) fn follow_status(db: &Db<'_>, order: &str) -> Result<()> {
    for line in lines(db, order)? {
        let more = line.counts.due() - line.counts.fulfilled;
        if more > Decimal::ZERO {
            pack(db, &line, None, more)?;
        } else {
            unpack(db, &line, -more)?;
        }
    }
    Ok(())
}

/// Puts everything packed back where it came from.
pub(super) fn put_all_back(db: &Db<'_>, order: &str) -> Result<()> {
    for line in lines(db, order)? {
        unpack(db, &line, line.counts.fulfilled)?;
    }
    Ok(())
}

/// Takes goods off the shelf for a line.
fn pack(db: &Db<'_>, line: &LineState, tag: Option<&str>, quantity: Decimal) -> Result<()> {
    let place = line.place.as_deref();
    let packed = packages::of_line(db, &line.id)?;
    let same = packed.iter().find(|it| it.place.as_deref() == place && it.tag.as_deref() == tag);
    let before = same.map_or(Decimal::ZERO, |it| it.quantity);
    let now = Packed { place: line.place.clone(), tag: tag.map(str::to_owned), quantity: before + quantity };
    packages::set(db, &line.id, &now)?;
    stock::shift(db, &line.product, place, -quantity)
}

/// Puts goods of a line back on the shelves they came from.
pub(super) fn unpack(db: &Db<'_>, line: &LineState, quantity: Decimal) -> Result<()> {
    let mut left = quantity;
    for packed in packages::of_line(db, &line.id)? {
        let back = packed.quantity.min(left);
        if back > Decimal::ZERO {
            let place = packed.place.clone();
            packages::set(db, &line.id, &Packed { quantity: packed.quantity - back, ..packed })?;
            stock::shift(db, &line.product, place.as_deref(), back)?;
            left -= back;
        }
    }
    Ok(())
}

fn select(db: &Db<'_>, condition: &str, params: impl Params) -> Result<Vec<LineState>> {
    let sql = format!(
        "SELECT l.id, l.product, p.name, l.leaflink_line, ifnull(l.location, o.location),
                p.stock_known, o.status, o.leaflink_number IS NOT NULL, p.tracking, l.quantity,
                (SELECT json_group_array(k.quantity) FROM sales_order_packages k
                 WHERE k.tenant = l.tenant AND k.line = l.id)
         FROM sales_order_lines l
         JOIN sales_orders o ON o.tenant = l.tenant AND o.id = l.sales_order
         JOIN products p ON p.tenant = l.tenant AND p.id = l.product
         WHERE l.tenant = ?1 AND l.sales_order = ?2 AND {condition}"
    );
    db.rows(&sql, params, |row| {
        Ok(LineState {
            id: row.get(0)?,
            product: row.get(1)?,
            product_name: row.get(2)?,
            leaflink_line: row.get::<_, Option<i64>>(3)?.map(i64::cast_unsigned),
            place: row.get(4)?,
            stock_known: row.get(5)?,
            counts: Line {
                status: row.get::<_, Word<_>>(6)?.0,
                from_leaflink: row.get(7)?,
                tracking: row.get::<_, Word<_>>(8)?.0,
                quantity: row.get::<_, Exact>(9)?.0,
                fulfilled: sum_column(row, 10)?,
            },
        })
    })
}
