//! Stock: receiving, counting, assembling.

use rusqlite::params;
use rust_decimal::Decimal;

use super::People;
use crate::database::Db;
use crate::error::{Error, Result, refuse};
use crate::exact::{self, Exact};
use crate::{products, stock};

impl People<'_> {
    /// Puts goods that came in on the shelf of a place. Refused while the product's stock is
    /// unknown: count it first.
    pub fn receive_stock(&self, product: &str, location: &str, quantity: Decimal) -> Result<()> {
        self.act(|db| {
            db.require("locations", location)?;
            check_positive(quantity)?;
            let product_row = products::summary(db, product)?;
            if !product_row.stock_known {
                return refuse(format!(
                    "the stock of \"{}\" is unknown; count it before adding to it",
                    product_row.name
                ));
            }
            stock::shift(db, product, Some(location), quantity)
        })
    }

    /// Sets what is on the shelf of a place to what was counted there. From then on the product's
    /// stock is known; where it was never counted it has none.
    pub fn count_stock(&self, product: &str, location: &str, counted: Decimal) -> Result<()> {
        self.act(|db| {
            db.require("locations", location)?;
            exact::check("The count", counted)?;
            if counted < Decimal::ZERO {
                return refuse(format!("{counted} cannot be counted on a shelf"));
            }
            if !products::summary(db, product)?.stock_known {
                clear_stock(db, product)?;
                set_stock_known(db, product, true)?;
            }
            stock::set_active(db, product, Some(location), counted)
        })
    }

    /// Declares a product's stock unknown, until somebody counts it.
    pub fn forget_stock(&self, product: &str) -> Result<()> {
        self.act(|db| set_stock_known(db, product, false))
    }

    /// Plans an assembly that will take goods from a shelf; they are reserved until it is
    /// completed or dropped. Answers the id of the plan.
    pub fn plan_assembly(&self, product: &str, location: &str, quantity: Decimal) -> Result<String> {
        self.act(|db| {
            products::summary(db, product)?;
            db.require("locations", location)?;
            check_positive(quantity)?;
            let id = format!("as-{}", db.next_number("assembly", 1001)?);
            let sql = "INSERT INTO assembly_inputs (tenant, id, product, location, quantity)
                       VALUES (?1, ?2, ?3, ?4, ?5)";
            db.execute(sql, params![db.tenant, id, product, location, Exact(quantity)])?;
            Ok(id)
        })
    }

    /// Completes an assembly: its input leaves the shelf.
    pub fn complete_assembly(&self, id: &str) -> Result<()> {
        self.act(|db| {
            let (product, location, quantity) = take_assembly(db, id)?;
            stock::shift(db, &product, Some(&location), -quantity)
        })
    }

    /// Drops a planned assembly: its input is free again.
    pub fn drop_assembly(&self, id: &str) -> Result<()> {
        self.act(|db| take_assembly(db, id).map(drop))
    }
}

fn take_assembly(db: &Db<'_>, id: &str) -> Result<(String, String, Decimal)> {
    let sql = "DELETE FROM assembly_inputs WHERE tenant = ?1 AND id = ?2
               RETURNING product, location, quantity";
    let input =
        db.row(sql, [db.tenant, id], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, Exact>(2)?.0)))?;
    input.ok_or_else(|| Error::NotFound(id.to_owned()))
}

fn clear_stock(db: &Db<'_>, product: &str) -> Result<()> {
    let sql = "DELETE FROM stock WHERE tenant = ?1 AND product = ?2";
    db.execute(sql, [db.tenant, product])?;
    Ok(())
}

fn set_stock_known(db: &Db<'_>, product: &str, known: bool) -> Result<()> {
    let sql = "UPDATE products SET stock_known = ?3 WHERE tenant = ?1 AND id = ?2";
    db.update(product, sql, params![db.tenant, product, known])
}

fn check_positive(quantity: Decimal) -> Result<()> {
    exact::check("The quantity", quantity)?;
    if quantity <= Decimal::ZERO {
        return refuse(format!("the quantity is {quantity}; it must be more than nothing"));
    }
    Ok(())
}
