//! Trading partners, with their licences and addresses.

use std::collections::BTreeMap;

use leaflink_sync_kit::host::records::{Address, Company, License};
use rusqlite::{Params, params};

use crate::database::{Db, id_list, number_list, page_size};
use crate::error::Result;

pub(crate) fn list(db: &Db<'_>, after: Option<&str>, limit: u32) -> Result<Vec<Company>> {
    let limit = page_size(limit)?;
    select(db, "id > ifnull(?2, '') ORDER BY id LIMIT ?3", params![db.tenant, after, limit])
}

pub(crate) fn get(db: &Db<'_>, ids: &[String]) -> Result<Vec<Company>> {
    let condition = "id IN (SELECT value FROM json_each(?2)) ORDER BY id";
    select(db, condition, params![db.tenant, id_list(ids)?])
}

pub(crate) fn by_leaflink_customer(db: &Db<'_>, ids: &[u64]) -> Result<Vec<Company>> {
    let condition = "leaflink_customer IN (SELECT value FROM json_each(?2)) ORDER BY id";
    select(db, condition, params![db.tenant, number_list(ids)?])
}

/// Sets or clears the "LeafLink Customer" of a company.
pub(crate) fn link(db: &Db<'_>, id: &str, customer: Option<u64>) -> Result<()> {
    let sql = "UPDATE companies SET leaflink_customer = ?3 WHERE tenant = ?1 AND id = ?2";
    db.update(id, sql, params![db.tenant, id, customer.map(u64::cast_signed)])
}

fn select(db: &Db<'_>, condition: &str, params: impl Params) -> Result<Vec<Company>> {
    let sql = format!(
        "SELECT id, name, legal_name, inventory_source, leaflink_customer
         FROM companies WHERE tenant = ?1 AND {condition}"
    );
    let mut companies = db.rows(&sql, params, |row| {
        Ok(Company {
            id: row.get(0)?,
            name: row.get(1)?,
            legal_name: row.get(2)?,
            licenses: Vec::new(),
            addresses: Vec::new(),
            default_inventory_source: row.get(3)?,
            leaflink_customer_id: row.get::<_, Option<i64>>(4)?.map(i64::cast_unsigned),
        })
    })?;
    let ids: Vec<&str> = companies.iter().map(|company| company.id.as_str()).collect();
    let ids = serde_json::Value::from(ids).to_string();
    let mut licenses = licenses(db, &ids)?;
    let mut addresses = addresses(db, &ids)?;
    for company in &mut companies {
        company.licenses = licenses.remove(&company.id).unwrap_or_default();
        company.addresses = addresses.remove(&company.id).unwrap_or_default();
    }
    Ok(companies)
}

fn licenses(db: &Db<'_>, companies: &str) -> Result<BTreeMap<String, Vec<License>>> {
    let sql = "SELECT company, number, active FROM company_licenses
               WHERE tenant = ?1 AND company IN (SELECT value FROM json_each(?2))
               ORDER BY company, number";
    let rows = db.rows(sql, [db.tenant, companies], |row| {
        let license = License { number: row.get(1)?, active: row.get(2)? };
        Ok((row.get(0)?, license))
    })?;
    Ok(grouped(rows))
}

fn addresses(db: &Db<'_>, companies: &str) -> Result<BTreeMap<String, Vec<Address>>> {
    let sql = "SELECT company, id, name, street, city, state, zip, license_number FROM addresses
               WHERE tenant = ?1 AND company IN (SELECT value FROM json_each(?2))
               ORDER BY company, id";
    let rows = db.rows(sql, [db.tenant, companies], |row| {
        let address = Address {
            id: row.get(1)?,
            name: row.get(2)?,
            street: row.get(3)?,
            city: row.get(4)?,
            state: row.get(5)?,
            zip: row.get(6)?,
            license_number: row.get(7)?,
        };
        Ok((row.get(0)?, address))
    })?;
    Ok(grouped(rows))
}

/// Rows by the record they belong to, in the order they came.
pub(crate) fn grouped<T>(rows: Vec<(String, T)>) -> BTreeMap<String, Vec<T>> {
    let mut groups = BTreeMap::<String, Vec<T>>::new();
    for (owner, row) in rows {
        groups.entry(owner).or_default().push(row);
    }
    groups
}
