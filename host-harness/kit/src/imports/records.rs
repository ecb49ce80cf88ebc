//! The `records` import.

use super::{RecordsStop, Stop, printed_size, unanswered};
use crate::bindings::leaflink_sync::host::records::{
    Company, Error, Host, Invoice, Location, OwnCompany, Payment, Product, SalesOrder, SalesOrderDraft,
    SalesOrderUpdate, StockLevel, Tax, Transfer, User,
};
use crate::bindings::leaflink_sync::host::types::Money;
use crate::host::Transaction;
use crate::limits::{Limit, contract, spend};
use crate::state::CallState;
use crate::trace::WriteReport;

type Answer<T> = Result<T, RecordsStop>;

impl Host for CallState {
    fn get_own_company(&mut self) -> Answer<OwnCompany> {
        self.read("records.get-own-company", |tx| tx.own_company())
    }

    fn list_users(&mut self, after: Option<String>, limit: u32) -> Answer<Vec<User>> {
        check_page(limit)?;
        self.read("records.list-users", |tx| tx.list_users(after.as_deref(), limit))
    }

    fn get_users(&mut self, ids: Vec<String>) -> Answer<Vec<User>> {
        check_batch(&ids)?;
        self.read("records.get-users", |tx| tx.get_users(&ids))
    }

    fn locations(&mut self) -> Answer<Vec<Location>> {
        self.read("records.locations", |tx| tx.locations())
    }

    fn list_products(&mut self, after: Option<String>, limit: u32) -> Answer<Vec<Product>> {
        check_page(limit)?;
        self.read("records.list-products", |tx| tx.list_products(after.as_deref(), limit))
    }

    fn get_products(&mut self, ids: Vec<String>) -> Answer<Vec<Product>> {
        check_batch(&ids)?;
        self.read("records.get-products", |tx| tx.get_products(&ids))
    }

    fn products_by_leaflink_id(&mut self, ids: Vec<u64>) -> Answer<Vec<Product>> {
        check_batch(&ids)?;
        self.read("records.products-by-leaflink-id", |tx| tx.products_by_leaflink_id(&ids))
    }

    fn stock(&mut self, products: Vec<String>) -> Answer<Vec<StockLevel>> {
        check_batch(&products)?;
        self.read("records.stock", |tx| tx.stock(&products))
    }

    fn link_product(&mut self, id: String, leaflink_product: Option<u64>) -> Answer<()> {
        self.write("records.link-product", printed_size(&(&id, leaflink_product)), &id, |tx| {
            tx.link_product(&id, leaflink_product)
        })
    }

    fn set_sale_price(&mut self, id: String, price: Money) -> Answer<()> {
        self.write("records.set-sale-price", printed_size(&(&id, &price)), &id, |tx| {
            tx.set_sale_price(&id, price)
        })
    }

    fn list_companies(&mut self, after: Option<String>, limit: u32) -> Answer<Vec<Company>> {
        check_page(limit)?;
        self.read("records.list-companies", |tx| tx.list_companies(after.as_deref(), limit))
    }

    fn get_companies(&mut self, ids: Vec<String>) -> Answer<Vec<Company>> {
        check_batch(&ids)?;
        self.read("records.get-companies", |tx| tx.get_companies(&ids))
    }

    fn companies_by_leaflink_customer(&mut self, ids: Vec<u64>) -> Answer<Vec<Company>> {
        check_batch(&ids)?;
        self.read("records.companies-by-leaflink-customer", |tx| tx.companies_by_leaflink_customer(&ids))
    }

    fn link_company(&mut self, id: String, customer: Option<u64>) -> Answer<()> {
        self.write("records.link-company", printed_size(&(&id, customer)), &id, |tx| {
            tx.link_company(&id, customer)
        })
    }

    fn taxes(&mut self) -> Answer<Vec<Tax>> {
        self.read("records.taxes", |tx| tx.taxes())
    }

    fn get_sales_orders(&mut self, ids: Vec<String>) -> Answer<Vec<SalesOrder>> {
        check_batch(&ids)?;
        self.read("records.get-sales-orders", |tx| tx.get_sales_orders(&ids))
    }

    fn sales_orders_by_leaflink_number(&mut self, numbers: Vec<String>) -> Answer<Vec<SalesOrder>> {
        check_batch(&numbers)?;
        self.read("records.sales-orders-by-leaflink-number", |tx| {
            tx.sales_orders_by_leaflink_number(&numbers)
        })
    }

    fn list_sales_orders(&mut self, after: Option<String>, limit: u32) -> Answer<Vec<SalesOrder>> {
        check_page(limit)?;
        self.read("records.list-sales-orders", |tx| tx.list_sales_orders(after.as_deref(), limit))
    }

    fn create_sales_order(&mut self, draft: SalesOrderDraft) -> Answer<String> {
        let number = draft.origin.number.clone();
        self.write("records.create-sales-order", printed_size(&draft), &number, |tx| {
            tx.create_sales_order(draft)
        })
    }

    fn update_sales_order(&mut self, id: String, update: SalesOrderUpdate) -> Answer<()> {
        self.write("records.update-sales-order", printed_size(&(&id, &update)), &id, |tx| {
            tx.update_sales_order(&id, update)
        })
    }

    fn unlink_sales_order(&mut self, id: String) -> Answer<()> {
        self.write("records.unlink-sales-order", printed_size(&id), &id, |tx| tx.unlink_sales_order(&id))
    }

    fn get_payments(&mut self, ids: Vec<String>) -> Answer<Vec<Payment>> {
        check_batch(&ids)?;
        self.read("records.get-payments", |tx| tx.get_payments(&ids))
    }

    fn payments_of_sales_order(&mut self, id: String) -> Answer<Vec<Payment>> {
        self.read("records.payments-of-sales-order", |tx| tx.payments_of_sales_order(&id))
    }

    fn invoices_of_sales_order(&mut self, id: String) -> Answer<Vec<Invoice>> {
        self.read("records.invoices-of-sales-order", |tx| tx.invoices_of_sales_order(&id))
    }

    fn get_transfers(&mut self, ids: Vec<String>) -> Answer<Vec<Transfer>> {
        check_batch(&ids)?;
        self.read("records.get-transfers", |tx| tx.get_transfers(&ids))
    }

    fn convert_error(&mut self, stop: RecordsStop) -> wasmtime::Result<Error> {
        let error = stop.answer()?;
        if let Error::Unavailable(what) = &error {
            self.doom(unanswered("records", what));
        }
        Ok(error)
    }
}

impl CallState {
    fn read<T>(
        &mut self,
        import: &'static str,
        question: impl FnOnce(&mut dyn Transaction) -> Result<T, Error>,
    ) -> Answer<T> {
        self.ask(import, |link| question(link.tx.as_mut()))?.map_err(Stop::Answer)
    }

    fn write<T>(
        &mut self,
        import: &'static str,
        bytes: usize,
        subject: &str,
        change: impl FnOnce(&mut dyn Transaction) -> Result<T, Error>,
    ) -> Answer<T> {
        self.must_write(import)?;
        spend(&mut self.meter.record_writes, 1, Limit::RecordWrites, self.limits.record_writes.into())?;
        let allowed = self.limits.record_written_bytes as u64;
        spend(&mut self.meter.record_bytes, bytes, Limit::RecordWrittenBytes, allowed)?;
        let written = self.read(import, change)?;
        self.meter.records_written += 1;
        self.meter.writes.push(WriteReport { import, subject: subject.to_owned() });
        Ok(written)
    }
}

fn check_batch<T>(ids: &[T]) -> Answer<()> {
    if ids.len() > contract::RECORDS_BATCH {
        return Err(refused(format!(
            "{} records were asked for at once; a batch holds at most {}",
            ids.len(),
            contract::RECORDS_BATCH
        )));
    }
    Ok(())
}

fn check_page(limit: u32) -> Answer<()> {
    if limit == 0 || limit as usize > contract::RECORDS_BATCH {
        return Err(refused(format!(
            "a page of {limit} records was asked for; a page holds 1 to {}",
            contract::RECORDS_BATCH
        )));
    }
    Ok(())
}

fn refused(rule: String) -> RecordsStop {
    Stop::Answer(Error::Refused(rule))
}
