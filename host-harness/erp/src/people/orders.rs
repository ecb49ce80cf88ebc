//! Sales orders.

use chrono::NaiveDate;
use leaflink_sync_kit::host::records::{ChargeDraft, SalesOrderStatus, SalesOrderUpdate};
use rusqlite::params;
use rust_decimal::Decimal;

use super::People;
use crate::changes;
use crate::database::Db;
use crate::error::{Result, refuse};
use crate::organisation;
use crate::sales_orders::{self, Draft, Head, LineForm, Package};

/// A sales order as a person enters it. It starts PENDING, placed now.
#[derive(Clone, Debug, Default)]
pub struct NewSalesOrder {
    /// The buying company.
    pub customer: Option<String>,
    /// The user who owns it.
    pub owner: Option<String>,
    /// "Inventory Source".
    pub location: Option<String>,
    /// At least one.
    pub lines: Vec<NewLine>,
}

/// A line as a person enters it; its amount is quantity by price, to the cent.
#[derive(Clone, Debug)]
pub struct NewLine {
    /// What is ordered.
    pub product: String,
    /// In the product's own unit.
    pub quantity: Decimal,
    /// For one unit, in the company's currency.
    pub unit_price: Decimal,
    /// Where it is filled from, if not from the order's inventory source.
    pub location: Option<String>,
}

impl From<&NewLine> for LineForm {
    fn from(line: &NewLine) -> Self {
        Self {
            id: None,
            product: line.product.clone(),
            quantity: line.quantity.to_string(),
            unit_price: line.unit_price.to_string(),
            total: None,
            is_sample: false,
            note: None,
            location: line.location.clone(),
            leaflink_line: None,
        }
    }
}

impl People<'_> {
    /// Enters a sales order; answers its id.
    pub fn create_sales_order(&self, order: &NewSalesOrder) -> Result<String> {
        self.act(|db| sales_orders::create(db, &draft(db, order)?))
    }

    /// Deletes a sales order. Refused while a transfer is matched with it or a payment is posted.
    /// `reject_in_leaflink` is what the person chose for LeafLink's order, and what the component is
    /// to be told; nothing keeps the deletion from it.
    pub fn delete_sales_order(&self, order: &str, reject_in_leaflink: Option<bool>) -> Result<()> {
        self.act(|db| {
            changes::note_deletion(db, order, reject_in_leaflink)?;
            sales_orders::delete(db, order)
        })
    }

    /// Moves a sales order to a status whose preconditions hold.
    pub fn set_status(&self, order: &str, status: SalesOrderStatus) -> Result<()> {
        self.change(order, |db, head| sales_orders::set_status(db, head, status))
    }

    /// Cancels a sales order: what was packed goes back, its invoices are voided.
    pub fn cancel_sales_order(&self, order: &str) -> Result<()> {
        self.set_status(order, SalesOrderStatus::Canceled)
    }

    /// Sets the customer. The addresses of another customer are taken off.
    pub fn set_customer(&self, order: &str, customer: &str) -> Result<()> {
        let customer = Some(customer.to_owned());
        self.update(order, SalesOrderUpdate { customer, ..nothing() })
    }

    /// Sets the billing and the shipping address, each one of the customer's.
    pub fn set_addresses(&self, order: &str, billing: &str, shipping: &str) -> Result<()> {
        let update = SalesOrderUpdate {
            billing_address: Some(billing.to_owned()),
            shipping_address: Some(shipping.to_owned()),
            ..nothing()
        };
        self.update(order, update)
    }

    /// Sets the owner.
    pub fn set_owner(&self, order: &str, user: &str) -> Result<()> {
        let owner = Some(user.to_owned());
        self.update(order, SalesOrderUpdate { owner, ..nothing() })
    }

    /// Sets the "Inventory Source" of the order and of its lines. What is packed already stays
    /// taken from where it came.
    pub fn set_location(&self, order: &str, location: &str) -> Result<()> {
        self.change(order, |db, head| {
            db.require("locations", location)?;
            let sql = "UPDATE sales_orders SET location = ?3 WHERE tenant = ?1 AND id = ?2";
            db.update(&head.id, sql, [db.tenant, &head.id, location])?;
            let sql = "UPDATE sales_order_lines SET location = ?3
                       WHERE tenant = ?1 AND sales_order = ?2";
            db.execute(sql, [db.tenant, &head.id, location])?;
            Ok(())
        })
    }

    /// Sets the "Delivery date" (`YYYY-MM-DD`), or clears it.
    pub fn set_delivery_day(&self, order: &str, day: Option<&str>) -> Result<()> {
        self.change(order, |db, head| {
            if let Some(day) = day {
                check_day(day)?;
            }
            let sql = "UPDATE sales_orders SET delivery_day = ?3 WHERE tenant = ?1 AND id = ?2";
            db.update(&head.id, sql, params![db.tenant, head.id, day])
        })
    }

    /// Sets the internal and the external notes.
    pub fn set_notes(&self, order: &str, internal: &str, external: &str) -> Result<()> {
        let update = SalesOrderUpdate {
            internal_notes: Some(internal.to_owned()),
            external_notes: Some(external.to_owned()),
            ..nothing()
        };
        self.update(order, update)
    }

    /// Assigns packages or batches to a line, from the place that the line is filled from.
    pub fn fulfil_line(&self, order: &str, line: &str, quantity: Decimal) -> Result<()> {
        let package = Package { line: line.to_owned(), tag: None, quantity };
        self.change(order, |db, head| sales_orders::fulfil_line(db, head, &package))
    }

    /// Assigns packages or batches to whatever is still to be packed.
    pub fn fulfil_order(&self, order: &str) -> Result<()> {
        self.change(order, |db, head| {
            for open in sales_orders::open_lines(db, head)? {
                sales_orders::fulfil_line(db, head, &open)?;
            }
            Ok(())
        })
    }

    /// Takes all packages or batches off a line again.
    pub fn unfulfil_line(&self, order: &str, line: &str) -> Result<()> {
        self.change(order, |db, head| sales_orders::unfulfil_line(db, head, line))
    }

    /// Adds a line; answers its id.
    pub fn add_line(&self, order: &str, line: &NewLine) -> Result<String> {
        self.change(order, |db, head| sales_orders::add_line(db, head, &line.into()))
    }

    /// Sets a line's quantity and unit price. The line's amount is kept if both stay as they are.
    pub fn set_line(&self, order: &str, line: &str, quantity: Decimal, unit_price: Decimal) -> Result<()> {
        self.change(order, |db, head| sales_orders::edit_line(db, head, line, quantity, unit_price))
    }

    /// Removes a line; what was packed for it goes back on the shelf.
    pub fn remove_line(&self, order: &str, line: &str) -> Result<()> {
        self.change(order, |db, head| sales_orders::remove_line(db, head, line))
    }

    /// Adds a charge, a discount or a tax at the end.
    pub fn add_charge(&self, order: &str, charge: &ChargeDraft) -> Result<()> {
        self.change(order, |db, head| sales_orders::add_charge(db, head, charge))
    }

    /// Sets the amount of the charge at `position`, counted from 1. Refused for a locked one.
    pub fn set_charge(&self, order: &str, position: u32, amount: Decimal) -> Result<()> {
        self.change(order, |db, head| sales_orders::set_charge(db, head, position, amount))
    }

    /// Removes the charge at `position`, counted from 1. Refused for a locked one.
    pub fn remove_charge(&self, order: &str, position: u32) -> Result<()> {
        self.change(order, |db, head| sales_orders::remove_charge(db, head, position))
    }

    fn update(&self, order: &str, update: SalesOrderUpdate) -> Result<()> {
        self.act(|db| {
            sales_orders::update(db, order, &update)?;
            changes::note_sales_order(db, order)
        })
    }

    fn change<T>(&self, order: &str, work: impl FnOnce(&Db<'_>, &Head) -> Result<T>) -> Result<T> {
        self.act(|db| {
            let done = sales_orders::change(db, order, |head| work(db, head))?;
            changes::note_sales_order(db, order)?;
            Ok(done)
        })
    }
}

fn draft(db: &Db<'_>, order: &NewSalesOrder) -> Result<Draft> {
    Ok(Draft {
        origin: None,
        status: SalesOrderStatus::Pending,
        placed_at_ms: db.now_ms,
        currency: organisation::own_company(db)?.currency,
        customer: order.customer.clone(),
        billing_address: None,
        shipping_address: None,
        location: order.location.clone(),
        owner: order.owner.clone(),
        internal_notes: None,
        external_notes: None,
        lines: order.lines.iter().map(LineForm::from).collect(),
        charges: Vec::new(),
    })
}

/// An update that changes nothing.
fn nothing() -> SalesOrderUpdate {
    SalesOrderUpdate {
        status: None,
        customer: None,
        billing_address: None,
        shipping_address: None,
        location: None,
        owner: None,
        internal_notes: None,
        external_notes: None,
        lines: None,
        charges: None,
        leaflink_total: None,
    }
}

fn check_day(day: &str) -> Result<()> {
    let parsed = NaiveDate::parse_from_str(day, "%Y-%m-%d");
    if day.len() != 10 || parsed.is_err() {
        return refuse(format!("`{day}` is not a day; write it as YYYY-MM-DD"));
    }
    Ok(())
}
