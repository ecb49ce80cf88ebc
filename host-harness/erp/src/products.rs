//! Products: what is sold, in which unit, at which price, linked to what in LeafLink.

use leaflink_sync_kit::host::records::{Product, UnitType};
use leaflink_sync_kit::host::types::Money;
use rusqlite::{Params, Row, params};

use crate::database::{Db, id_list, number_list, page_size};
use crate::error::{Error, Result, refuse};
use crate::exact::{self, Exact};
use crate::listings;
use crate::organisation;
use crate::words::Word;

pub(crate) fn list(db: &Db<'_>, after: Option<&str>, limit: u32) -> Result<Vec<Product>> {
    let limit = page_size(limit)?;
    select(db, "p.id > ifnull(?2, '') ORDER BY p.id LIMIT ?3", params![db.tenant, after, limit])
}

pub(crate) fn get(db: &Db<'_>, ids: &[String]) -> Result<Vec<Product>> {
    let condition = "p.id IN (SELECT value FROM json_each(?2)) ORDER BY p.id";
    select(db, condition, params![db.tenant, id_list(ids)?])
}

pub(crate) fn by_leaflink_id(db: &Db<'_>, ids: &[u64]) -> Result<Vec<Product>> {
    let condition = "p.leaflink_product IN (SELECT value FROM json_each(?2)) ORDER BY p.id";
    select(db, condition, params![db.tenant, number_list(ids)?])
}

/// Links a product to a LeafLink product, or unlinks it.
pub(crate) fn link(db: &Db<'_>, id: &str, leaflink_product: Option<u64>) -> Result<()> {
    let number = leaflink_product.map(u64::cast_signed);
    let sql = "SELECT name FROM products
               WHERE tenant = ?1 AND leaflink_product = ?2 AND id <> ?3";
    let holder: Option<String> = db.row(sql, params![db.tenant, number, id], |row| row.get(0))?;
    if let (Some(holder), Some(number)) = (holder, leaflink_product) {
        return refuse(format!(
            "LeafLink product {number} is linked to \"{holder}\"; unlink that product first"
        ));
    }
    let sql = "UPDATE products SET leaflink_product = ?3, modified_at = ?4
               WHERE tenant = ?1 AND id = ?2";
    db.update(id, sql, params![db.tenant, id, number, db.now_ms.cast_signed()])
}

/// Sets the "Sale Price" for one unit of a product that is sold.
pub(crate) fn set_sale_price(db: &Db<'_>, id: &str, price: &Money) -> Result<()> {
    organisation::check_currency(db, &price.currency)?;
    let amount = exact::parse("The sale price", &price.amount)?;
    if amount.is_sign_negative() && !amount.is_zero() {
        return refuse(format!("a sale price is never negative, and {amount} is"));
    }
    let sql = "SELECT name FROM products WHERE tenant = ?1 AND id = ?2 AND active = 0";
    if let Some(name) = db.row(sql, [db.tenant, id], |row| row.get::<_, String>(0))? {
        return refuse(format!("\"{name}\" is no longer sold, and its sale price stays as it was"));
    }
    let sql = "UPDATE products SET sale_price = ?3, modified_at = ?4 WHERE tenant = ?1 AND id = ?2";
    db.update(id, sql, params![db.tenant, id, Exact(amount), db.now_ms.cast_signed()])
}

/// What the rules of stock and orders need to know of a product.
pub(crate) struct Summary {
    pub name: String,
    pub stock_known: bool,
}

/// A product's summary.
pub(crate) fn summary(db: &Db<'_>, id: &str) -> Result<Summary> {
    let sql = "SELECT name, stock_known FROM products WHERE tenant = ?1 AND id = ?2";
    let found =
        db.row(sql, [db.tenant, id], |row| Ok(Summary { name: row.get(0)?, stock_known: row.get(1)? }))?;
    found.ok_or_else(|| Error::NotFound(id.to_owned()))
}

fn select(db: &Db<'_>, condition: &str, params: impl Params) -> Result<Vec<Product>> {
    let sql = format!(
        "SELECT p.id, p.name, p.sku, p.description, u.name, u.category, u.per_si_unit,
                p.sale_price, t.currency, p.units_per_case, p.brand, p.category, p.strain,
                p.active, p.leaflink_product, p.modified_at, {}
         FROM products p
         JOIN tenants t ON t.tenant = p.tenant
         JOIN unit_types u ON u.tenant = p.tenant AND u.name = p.unit_type
         LEFT JOIN leaflink_listings l ON l.tenant = p.tenant AND l.product = p.id
         WHERE p.tenant = ?1 AND {condition}",
        listings::COLUMNS
    );
    db.rows(&sql, params, product)
}

fn product(row: &Row<'_>) -> rusqlite::Result<Product> {
    let currency: String = row.get(8)?;
    let leaflink_listing = listings::record(row, &currency)?;
    let price: Option<Exact> = row.get(7)?;
    Ok(Product {
        id: row.get(0)?,
        name: row.get(1)?,
        sku: row.get(2)?,
        description: row.get(3)?,
        unit_type: UnitType {
            name: row.get(4)?,
            category: row.get::<_, Word<_>>(5)?.0,
            per_si_unit: row.get::<_, Option<Exact>>(6)?.map(|n| n.0.to_string()),
        },
        sale_price: price.map(|price| Money { amount: price.0.to_string(), currency }),
        units_per_case: row.get(9)?,
        brand: row.get(10)?,
        category: row.get(11)?,
        strain: row.get(12)?,
        active: row.get(13)?,
        leaflink_product_id: row.get::<_, Option<i64>>(14)?.map(i64::cast_unsigned),
        leaflink_listing,
        modified_at_ms: row.get::<_, i64>(15)?.cast_unsigned(),
    })
}
