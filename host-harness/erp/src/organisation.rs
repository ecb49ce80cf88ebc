//! The company itself: its people, its places, its taxes.

use leaflink_sync_kit::host::records::{Location, OwnCompany, Tax, User};
use rusqlite::{Row, params};

use crate::database::{Db, id_list, page_size};
use crate::error::{Error, Result, refuse};
use crate::exact::Exact;

pub(crate) fn own_company(db: &Db<'_>) -> Result<OwnCompany> {
    let sql = "SELECT name, currency, leaflink_brand FROM tenants WHERE tenant = ?1";
    let company = db.row(sql, [db.tenant], |row| {
        Ok(OwnCompany {
            name: row.get(0)?,
            currency: row.get(1)?,
            leaflink_brand_id: row.get::<_, Option<i64>>(2)?.map(i64::cast_unsigned),
        })
    })?;
    company.ok_or_else(|| Error::NotFound(db.tenant.to_owned()))
}

/// Checks that an amount is in the company's own currency.
pub(crate) fn check_currency(db: &Db<'_>, currency: &str) -> Result<()> {
    let own = own_company(db)?.currency;
    if own != currency {
        return refuse(format!("the company keeps its books in {own}, not in {currency}"));
    }
    Ok(())
}

/// The addresses of the company's admins.
pub(crate) fn admins(db: &Db<'_>) -> Result<Vec<String>> {
    let sql = "SELECT email FROM admins WHERE tenant = ?1 ORDER BY email";
    db.rows(sql, [db.tenant], |row| row.get(0))
}

pub(crate) fn list_users(db: &Db<'_>, after: Option<&str>, limit: u32) -> Result<Vec<User>> {
    let sql = "SELECT id, full_name, email, active FROM users
               WHERE tenant = ?1 AND id > ifnull(?2, '') ORDER BY id LIMIT ?3";
    db.rows(sql, params![db.tenant, after, page_size(limit)?], user)
}

pub(crate) fn get_users(db: &Db<'_>, ids: &[String]) -> Result<Vec<User>> {
    let sql = "SELECT id, full_name, email, active FROM users
               WHERE tenant = ?1 AND id IN (SELECT value FROM json_each(?2)) ORDER BY id";
    db.rows(sql, params![db.tenant, id_list(ids)?], user)
}

pub(crate) fn locations(db: &Db<'_>) -> Result<Vec<Location>> {
    let sql = "SELECT id, name, license_number FROM locations WHERE tenant = ?1 ORDER BY id";
    db.rows(sql, [db.tenant], |row| {
        Ok(Location { id: row.get(0)?, name: row.get(1)?, license_number: row.get(2)? })
    })
}

/// A place's name, for messages.
pub(crate) fn location_name(db: &Db<'_>, id: &str) -> Result<String> {
    let sql = "SELECT name FROM locations WHERE tenant = ?1 AND id = ?2";
    let name = db.row(sql, [db.tenant, id], |row| row.get(0))?;
    name.ok_or_else(|| Error::NotFound(id.to_owned()))
}

pub(crate) fn taxes(db: &Db<'_>) -> Result<Vec<Tax>> {
    let sql = "SELECT id, name, rate_percent FROM taxes WHERE tenant = ?1 ORDER BY id";
    db.rows(sql, [db.tenant], |row| {
        Ok(Tax { id: row.get(0)?, name: row.get(1)?, rate_percent: row.get::<_, Exact>(2)?.0.to_string() })
    })
}

fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User { id: row.get(0)?, full_name: row.get(1)?, email: row.get(2)?, active: row.get(3)? })
}
