//! Invoices of sales orders, and the payments on them.

use leaflink_sync_kit::host::records::{Invoice, Payment, PaymentMethod, PaymentState, SalesOrderStatus};
use leaflink_sync_kit::host::types::Money;
use rusqlite::{Params, Row, params};
use rust_decimal::Decimal;

use crate::database::{Db, id_list};
use crate::error::{Error, Result, refuse};
use crate::exact::{self, Exact};
use crate::sales_orders::{self, Head};
use crate::words::Word;

/// The number of a company's first invoice and payment.
const FIRST_NUMBER: i64 = 1001;

/// A payment as a person enters it.
#[derive(Clone, Debug)]
pub struct NewPayment {
    /// The invoice that it pays.
    pub invoice: String,
    /// In the invoice's currency, above zero, exact to the cent.
    pub amount: Decimal,
    /// How it was paid.
    pub method: PaymentMethod,
    /// When it was paid, in milliseconds since 1970. It counts as entered now.
    pub paid_at_ms: u64,
    /// The user who enters it.
    pub recorded_by: String,
    /// What the person wrote about it.
    pub description: Option<String>,
}

pub(crate) fn get_payments(db: &Db<'_>, ids: &[String]) -> Result<Vec<Payment>> {
    let condition = "id IN (SELECT value FROM json_each(?2)) ORDER BY id";
    select(db, condition, params![db.tenant, id_list(ids)?])
}

pub(crate) fn payments_of(db: &Db<'_>, order: &str) -> Result<Vec<Payment>> {
    select(db, "sales_order = ?2 ORDER BY id", params![db.tenant, order])
}

pub(crate) fn invoices_of(db: &Db<'_>, order: &str) -> Result<Vec<Invoice>> {
    let sql = "SELECT id, number, sales_order, total, currency, voided FROM invoices
               WHERE tenant = ?1 AND sales_order = ?2 ORDER BY id";
    db.rows(sql, [db.tenant, order], |row| {
        Ok(Invoice {
            id: row.get(0)?,
            number: row.get(1)?,
            sales_order: row.get(2)?,
            total: Money { amount: row.get::<_, Exact>(3)?.0.to_string(), currency: row.get(4)? },
            voided: row.get(5)?,
        })
    })
}

/// Makes an invoice for a sales order as it now is; answers its id.
pub(crate) fn create_invoice(db: &Db<'_>, order: &str) -> Result<String> {
    let order = sales_orders::head(db, order)?;
    if order.status == SalesOrderStatus::Canceled {
        return refuse(format!("{} is CANCELED and cannot be invoiced", order.number));
    }
    let number = db.next_number("invoice", FIRST_NUMBER)?;
    let id = format!("inv-{number}");
    let sql = "INSERT INTO invoices (tenant, id, number, sales_order, total, currency, voided)
               SELECT tenant, ?3, ?4, id, total, currency, 0 FROM sales_orders
               WHERE tenant = ?1 AND id = ?2";
    db.execute(sql, params![db.tenant, order.id, id, format!("INV-{number}")])?;
    Ok(id)
}

/// Enters a payment; answers its id.
pub(crate) fn post_payment(db: &Db<'_>, payment: &NewPayment) -> Result<String> {
    let sql = "SELECT number, sales_order, currency, voided FROM invoices
               WHERE tenant = ?1 AND id = ?2";
    let invoice = db.row(sql, [db.tenant, &payment.invoice], |row| {
        Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    })?;
    let Some((number, order, currency, voided)): Option<(String, String, String, bool)> = invoice else {
        return Err(Error::NotFound(payment.invoice.clone()));
    };
    if voided {
        return refuse(format!("{number} is voided and takes no payment"));
    }
    exact::check("The payment", payment.amount)?;
    db.require("users", &payment.recorded_by)?;
    if payment.amount <= Decimal::ZERO || payment.amount != exact::cents(payment.amount) {
        return refuse(format!(
            "a payment of {} is not possible; it is above zero and exact to the cent",
            payment.amount
        ));
    }
    insert_payment(db, payment, &order, &currency)
}

/// The sales order that an invoice is for.
pub(crate) fn order_of_invoice(db: &Db<'_>, invoice: &str) -> Result<String> {
    let sql = "SELECT sales_order FROM invoices WHERE tenant = ?1 AND id = ?2";
    let order = db.row(sql, [db.tenant, invoice], |row| row.get(0))?;
    order.ok_or_else(|| Error::NotFound(invoice.to_owned()))
}

/// Writes a payment as it is; answers its id.
pub(crate) fn insert_payment(
    db: &Db<'_>,
    payment: &NewPayment,
    order: &str,
    currency: &str,
) -> Result<String> {
    let id = format!("pay-{}", db.next_number("payment", FIRST_NUMBER)?);
    let sql = "INSERT INTO payments (tenant, id, invoice, sales_order, amount, currency, method,
               state, paid_at, posted_at, recorded_by, description)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'POSTED', ?8, ?9, ?10, ?11)";
    db.execute(
        sql,
        params![
            db.tenant,
            id,
            payment.invoice,
            order,
            Exact(payment.amount),
            currency,
            Word(payment.method),
            payment.paid_at_ms.cast_signed(),
            db.now_ms.cast_signed(),
            payment.recorded_by,
            payment.description,
        ],
    )?;
    Ok(id)
}

/// Voids a posted payment.
pub(crate) fn void_payment(db: &Db<'_>, id: &str) -> Result<()> {
    match payment_state(db, id)? {
        PaymentState::Posted => set_payment_state(db, id, PaymentState::Voided),
        PaymentState::Voided => refuse(format!("payment {id} is voided already")),
        PaymentState::Deleted => refuse(format!("payment {id} is deleted")),
    }
}

/// Deletes a payment: it stays readable as deleted.
pub(crate) fn delete_payment(db: &Db<'_>, id: &str) -> Result<()> {
    match payment_state(db, id)? {
        PaymentState::Posted | PaymentState::Voided => set_payment_state(db, id, PaymentState::Deleted),
        PaymentState::Deleted => refuse(format!("payment {id} is deleted already")),
    }
}

/// Writes another amount of a payment.
pub(crate) fn set_amount(db: &Db<'_>, id: &str, amount: Decimal) -> Result<()> {
    let sql = "UPDATE payments SET amount = ?3 WHERE tenant = ?1 AND id = ?2";
    db.update(id, sql, params![db.tenant, id, Exact(amount)])
}

/// Voids all invoices of an order, or makes them count again.
pub(crate) fn set_invoices_voided(db: &Db<'_>, order: &str, voided: bool) -> Result<()> {
    let sql = "UPDATE invoices SET voided = ?3 WHERE tenant = ?1 AND sales_order = ?2";
    db.execute(sql, params![db.tenant, order, voided])?;
    Ok(())
}

/// An order that money was received for is not deleted.
pub(crate) fn check_no_posted_payments(db: &Db<'_>, order: &Head) -> Result<()> {
    let payments = payments_of(db, &order.id)?;
    match payments.iter().find(|payment| payment.state == PaymentState::Posted) {
        Some(payment) => refuse(format!(
            "payment {} is posted for {}; void or delete it before deleting the order",
            payment.id, order.number
        )),
        None => Ok(()),
    }
}

fn payment_state(db: &Db<'_>, id: &str) -> Result<PaymentState> {
    let sql = "SELECT state FROM payments WHERE tenant = ?1 AND id = ?2";
    let state = db.row(sql, [db.tenant, id], |row| row.get::<_, Word<_>>(0))?;
    state.map_or_else(|| Err(Error::NotFound(id.to_owned())), |state| Ok(state.0))
}

fn set_payment_state(db: &Db<'_>, id: &str, state: PaymentState) -> Result<()> {
    let sql = "UPDATE payments SET state = ?3 WHERE tenant = ?1 AND id = ?2";
    db.update(id, sql, params![db.tenant, id, Word(state)])
}

fn select(db: &Db<'_>, condition: &str, params: impl Params) -> Result<Vec<Payment>> {
    let sql = format!(
        "SELECT id, invoice, sales_order, amount, currency, method, state, paid_at, posted_at,
                recorded_by, description
         FROM payments WHERE tenant = ?1 AND {condition}"
    );
    db.rows(&sql, params, payment)
}

fn payment(row: &Row<'_>) -> rusqlite::Result<Payment> {
    Ok(Payment {
        id: row.get(0)?,
        invoice: row.get(1)?,
        sales_order: row.get(2)?,
        amount: Money { amount: row.get::<_, Exact>(3)?.0.to_string(), currency: row.get(4)? },
        method: row.get::<_, Word<_>>(5)?.0,
        state: row.get::<_, Word<_>>(6)?.0,
        paid_at_ms: row.get::<_, i64>(7)?.cast_unsigned(),
        posted_at_ms: row.get::<_, i64>(8)?.cast_unsigned(),
        recorded_by: row.get(9)?,
        description: row.get(10)?,
    })
}
