//! Products, companies and users.

use leaflink_sync_kit::host::types::Money;
use rusqlite::params;
use rust_decimal::Decimal;

use super::People;
use crate::changes::{self, Changed};
use crate::error::Result;
use crate::organisation;
use crate::{companies, products};

impl People<'_> {
    /// Links a product to a LeafLink product, or unlinks it.
    pub fn link_product(&self, product: &str, leaflink_product: Option<u64>) -> Result<()> {
        self.act(|db| {
            products::link(db, product, leaflink_product)?;
            changes::note(db, Changed::Product, product)
        })
    }

    /// Sets the "Sale Price" for one unit, in the company's currency.
    pub fn set_sale_price(&self, product: &str, price: Decimal) -> Result<()> {
        self.act(|db| {
            let price =
                Money { amount: price.to_string(), currency: organisation::own_company(db)?.currency };
            products::set_sale_price(db, product, &price)?;
            changes::note(db, Changed::Product, product)
        })
    }

    /// Has the component look at a product once more.
    pub fn touch_product(&self, product: &str) -> Result<()> {
        self.act(|db| changes::note(db, Changed::Product, product))
    }

    /// Sets or clears the "LeafLink Customer" of a company.
    pub fn link_company(&self, company: &str, leaflink_customer: Option<u64>) -> Result<()> {
        self.act(|db| companies::link(db, company, leaflink_customer))
    }

    /// Sets or clears the "Default Inventory Source" of a company.
    pub fn set_inventory_source(&self, company: &str, location: Option<&str>) -> Result<()> {
        self.act(|db| {
            if let Some(location) = location {
                db.require("locations", location)?;
            }
            let sql = "UPDATE companies SET inventory_source = ?3 WHERE tenant = ?1 AND id = ?2";
            db.update(company, sql, params![db.tenant, company, location])
        })
    }

    /// Makes a user able to own sales orders, or not.
    pub fn set_user_active(&self, user: &str, active: bool) -> Result<()> {
        self.act(|db| {
            let sql = "UPDATE users SET active = ?3 WHERE tenant = ?1 AND id = ?2";
            db.update(user, sql, params![db.tenant, user, active])
        })
    }
}
