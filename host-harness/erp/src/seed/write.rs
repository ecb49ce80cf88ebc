//! Writing a seed into the ERP.

use leaflink_sync_kit::host::CompanyId;
use leaflink_sync_kit::host::records::{SalesOrderStatus, UnitCategory};
use rusqlite::params;

use super::{Customer, Product, SalesOrder, Seed, Stock};
use crate::database::Db;
use crate::erp::Erp;
use crate::error::{Error, Result, refuse};
use crate::exact::Exact;
use crate::sales_orders::{self, Draft, LineForm};
use crate::words::Word;
use crate::{listings, stock, transfers};

/// The built-in unit types, and how many of each make one kilogram or litre.
const UNIT_TYPES: [(&str, UnitCategory, Option<&str>); 10] = [
    ("Unit", UnitCategory::Count, None),
    ("Milligram", UnitCategory::Weight, Some("1000000")),
    ("Gram", UnitCategory::Weight, Some("1000")),
    ("Kilogram", UnitCategory::Weight, Some("1")),
    ("Ounce", UnitCategory::Weight, Some("35.27396195")),
    ("Pound", UnitCategory::Weight, Some("2.204622622")),
    ("Milliliter", UnitCategory::Volume, Some("1000")),
    ("Liter", UnitCategory::Volume, Some("1")),
    ("Fluid Ounce", UnitCategory::Volume, Some("33.814022702")),
    ("Gallon", UnitCategory::Volume, Some("0.264172052")),
];

impl Erp {
    /// Makes the company that a seed describes. All of it is written or nothing.
    ///
    /// # Errors
    /// The company exists already, or the seed breaks a rule of the ERP.
    pub fn seed(&self, company: &CompanyId, seed: &Seed) -> Result<()> {
        seed.check().map_err(|problem| Error::Refused(format!("{}: {}", problem.path, problem.text)))?;
        let transaction = self.begin_for(company, false)?;
        write(&transaction.db(), seed)?;
        transaction.commit()
    }
}

fn write(db: &Db<'_>, seed: &Seed) -> Result<()> {
    if db.require_tenant().is_ok() {
        return refuse(format!("the company {} exists already", db.tenant));
    }
    organisation(db, seed)?;
    for (name, category, per_si_unit) in UNIT_TYPES {
        unit_type(db, name, category, per_si_unit)?;
    }
    for row in &seed.products {
        product(db, row)?;
    }
    for row in &seed.customers {
        customer(db, row)?;
    }
    for row in &seed.sales_orders {
        sales_order(db, &seed.company.currency, row)?;
    }
    Ok(())
}

fn organisation(db: &Db<'_>, seed: &Seed) -> Result<()> {
    let company = &seed.company;
    let brand = company.leaflink_brand.map(u64::cast_signed);
    db.execute(
        "INSERT INTO tenants (tenant, name, currency, leaflink_brand) VALUES (?1, ?2, ?3, ?4)",
        params![db.tenant, company.name, company.currency, brand],
    )?;
    for email in &company.admins {
        let sql = "INSERT OR IGNORE INTO admins (tenant, email) VALUES (?1, ?2)";
        db.execute(sql, [db.tenant, email])?;
    }
    for user in &seed.users {
        db.execute(
            "INSERT INTO users (tenant, id, full_name, email, active) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![db.tenant, user.id, user.name, user.email, user.active],
        )?;
    }
    for place in &seed.locations {
        db.execute(
            "INSERT INTO locations (tenant, id, name, license_number) VALUES (?1, ?2, ?3, ?4)",
            params![db.tenant, place.id, place.name, place.license],
        )?;
    }
    for tax in &seed.taxes {
        db.execute(
            "INSERT INTO taxes (tenant, id, name, rate_percent) VALUES (?1, ?2, ?3, ?4)",
            params![db.tenant, tax.id, tax.name, Exact(tax.rate_percent.0)],
        )?;
    }
    Ok(())
}

/// A unit type of the company's own, unless there is one of this name.
pub(crate) fn own_unit_type(db: &Db<'_>, name: &str) -> Result<()> {
    unit_type(db, name, UnitCategory::Custom, None)
}

/// A unit type that exists already stays as it is.
fn unit_type(db: &Db<'_>, name: &str, category: UnitCategory, per_si_unit: Option<&str>) -> Result<()> {
    let sql = "INSERT OR IGNORE INTO unit_types (tenant, name, category, per_si_unit)
               VALUES (?1, ?2, ?3, ?4)";
    db.execute(sql, params![db.tenant, name, Word(category), per_si_unit])?;
    Ok(())
}

fn product(db: &Db<'_>, product: &Product) -> Result<()> {
    own_unit_type(db, &product.unit)?;
    let sql = "INSERT INTO products
               (tenant, id, name, sku, description, unit_type, sale_price, units_per_case, brand,
                category, strain, tracking, stock_known, active, leaflink_product, modified_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
    db.execute(
        sql,
        params![
            db.tenant,
            product.id,
            product.name,
            product.sku,
            product.description,
            product.unit,
            product.sale_price.map(|price| Exact(price.0)),
            product.units_per_case,
            product.brand,
            product.category,
            product.strain,
            Word(product.tracking),
            product.stock != Stock::Unknown,
            product.active,
            product.leaflink_product.map(u64::cast_signed),
            db.now_ms.cast_signed(),
        ],
    )?;
    if let Some(listing) = &product.leaflink_listing {
        listings::put(db, &product.id, listing)?;
    }
    if let Stock::Known(by_location) = &product.stock {
        for (place, quantity) in by_location {
            stock::set_active(db, &product.id, Some(place), quantity.0)?;
        }
    }
    Ok(())
}

fn customer(db: &Db<'_>, customer: &Customer) -> Result<()> {
    let sql = "INSERT INTO companies
               (tenant, id, name, legal_name, inventory_source, leaflink_customer)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    db.execute(
        sql,
        params![
            db.tenant,
            customer.id,
            customer.name,
            customer.legal_name,
            customer.inventory_source,
            customer.leaflink_customer.map(u64::cast_signed),
        ],
    )?;
    let valid = customer.licenses.iter().map(|number| (number, true));
    let lapsed = customer.inactive_licenses.iter().map(|number| (number, false));
    for (number, active) in valid.chain(lapsed) {
        let sql = "INSERT OR IGNORE INTO company_licenses (tenant, company, number, active)
                   VALUES (?1, ?2, ?3, ?4)";
        db.execute(sql, params![db.tenant, customer.id, number, active])?;
    }
    for address in &customer.addresses {
        let sql = "INSERT INTO addresses
                   (tenant, id, company, name, street, city, state, zip, license_number)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        db.execute(
            sql,
            params![
                db.tenant,
                address.id,
                customer.id,
                address.name,
                address.street,
                address.city,
                address.state,
                address.zip,
                address.license,
            ],
        )?;
    }
    Ok(())
}

/// Enters an order and takes it to its status the way people would.
fn sales_order(db: &Db<'_>, currency: &str, order: &SalesOrder) -> Result<()> {
    let status = SalesOrderStatus::from(order.status);
    let id = sales_orders::create(db, &draft(db, currency, order))?;
    let goods_leave = !matches!(
        status,
        SalesOrderStatus::Pending | SalesOrderStatus::Processing | SalesOrderStatus::Canceled
    );
    if goods_leave {
        move_to(db, &id, SalesOrderStatus::Processing)?;
        let head = sales_orders::head(db, &id)?;
        let packages = sales_orders::open_lines(db, &head)?;
        if status == SalesOrderStatus::ReadyToShip {
            for package in &packages {
                sales_orders::fulfil_line(db, &head, package)?;
            }
        } else {
            let manifest = format!("manifest of {}", head.number);
            transfers::match_with_order(db, &id, &manifest, &packages, None)?;
        }
    }
    move_to(db, &id, status)
}

fn move_to(db: &Db<'_>, order: &str, status: SalesOrderStatus) -> Result<()> {
    sales_orders::change(db, order, |head| sales_orders::set_status(db, head, status))
}

fn draft(db: &Db<'_>, currency: &str, order: &SalesOrder) -> Draft {
    let lines = order.lines.iter().map(|line| LineForm {
        id: None,
        product: line.product.clone(),
        quantity: line.quantity.0.to_string(),
        unit_price: line.unit_price.0.to_string(),
        total: None,
        is_sample: false,
        note: None,
        location: None,
        leaflink_line: None,
    });
    Draft {
        origin: None,
        status: SalesOrderStatus::Pending,
        placed_at_ms: db.now_ms,
        currency: currency.to_owned(),
        customer: order.customer.clone(),
        billing_address: None,
        shipping_address: None,
        location: order.location.clone(),
        owner: order.owner.clone(),
        internal_notes: None,
        external_notes: None,
        lines: lines.collect(),
        charges: Vec::new(),
    }
}
