//! The data import: rows that another system kept, taken over as they are.
//!
//! Screens check what a person enters; rows from before were checked by rules that nobody knows, if
//! by any. Like many a real ERP this one takes them over unchecked.

use rusqlite::params;
use rust_decimal::Decimal;

use super::People;
use crate::billing::NewPayment;
use crate::changes::{self, Changed};
use crate::error::Result;
use crate::exact::Exact;
use crate::{billing, stock};

impl People<'_> {
    /// Takes a payment over, of whatever amount and currency; answers its id.
    pub fn import_payment(&self, payment: &NewPayment, currency: &str) -> Result<String> {
        self.act(|db| {
            db.require("users", &payment.recorded_by)?;
            let order = billing::order_of_invoice(db, &payment.invoice)?;
            let id = billing::insert_payment(db, payment, &order, currency)?;
            changes::note(db, Changed::Payment, &id)?;
            Ok(id)
        })
    }

    /// Takes over another amount of a payment that is entered already, which no screen allows.
    pub fn import_payment_amount(&self, payment: &str, amount: Decimal) -> Result<()> {
        self.act(|db| {
            billing::set_amount(db, payment, amount)?;
            changes::note(db, Changed::Payment, payment)
        })
    }

    /// Takes a "Sale Price" over, or that there is none.
    pub fn import_sale_price(&self, product: &str, price: Option<Decimal>) -> Result<()> {
        self.act(|db| {
            let sql = "UPDATE products SET sale_price = ?3, modified_at = ?4 WHERE tenant = ?1 AND id = ?2";
            let price = price.map(Exact);
            db.update(product, sql, params![db.tenant, product, price, db.now_ms.cast_signed()])?;
            changes::note(db, Changed::Product, product)
        })
    }

    /// Takes over what is said to be on hand at a place.
    pub fn import_stock(&self, product: &str, location: &str, quantity: Decimal) -> Result<()> {
        self.act(|db| {
            db.require("locations", location)?;
            stock::set_active(db, product, Some(location), quantity)
        })
    }
}
