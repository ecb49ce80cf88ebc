//! The `records` import: each function handed to the module that knows the table.

use leaflink_sync_kit::host::{Records, records, types};

use crate::transaction::ErpTransaction;
use crate::{billing, companies, organisation, products, sales_orders, stock, transfers};

type Answer<T> = Result<T, records::Error>;

impl Records for ErpTransaction {
    fn own_company(&mut self) -> Answer<records::OwnCompany> {
        Ok(organisation::own_company(&self.db())?)
    }

    fn list_users(&mut self, after: Option<&str>, limit: u32) -> Answer<Vec<records::User>> {
        Ok(organisation::list_users(&self.db(), after, limit)?)
    }

    fn get_users(&mut self, ids: &[String]) -> Answer<Vec<records::User>> {
        Ok(organisation::get_users(&self.db(), ids)?)
    }

    fn locations(&mut self) -> Answer<Vec<records::Location>> {
        Ok(organisation::locations(&self.db())?)
    }

    fn list_products(&mut self, after: Option<&str>, limit: u32) -> Answer<Vec<records::Product>> {
        Ok(products::list(&self.db(), after, limit)?)
    }

    fn get_products(&mut self, ids: &[String]) -> Answer<Vec<records::Product>> {
        Ok(products::get(&self.db(), ids)?)
    }

    fn products_by_leaflink_id(&mut self, ids: &[u64]) -> Answer<Vec<records::Product>> {
        Ok(products::by_leaflink_id(&self.db(), ids)?)
    }

    fn stock(&mut self, products: &[String]) -> Answer<Vec<records::StockLevel>> {
        Ok(stock::levels(&self.db(), products)?)
    }

    fn link_product(&mut self, id: &str, leaflink_product: Option<u64>) -> Answer<()> {
        Ok(products::link(&self.db(), id, leaflink_product)?)
    }

    fn set_sale_price(&mut self, id: &str, price: types::Money) -> Answer<()> {
        Ok(products::set_sale_price(&self.db(), id, &price)?)
    }

    fn list_companies(&mut self, after: Option<&str>, limit: u32) -> Answer<Vec<records::Company>> {
        Ok(companies::list(&self.db(), after, limit)?)
    }

    fn get_companies(&mut self, ids: &[String]) -> Answer<Vec<records::Company>> {
        Ok(companies::get(&self.db(), ids)?)
    }

    fn companies_by_leaflink_customer(&mut self, ids: &[u64]) -> Answer<Vec<records::Company>> {
        Ok(companies::by_leaflink_customer(&self.db(), ids)?)
    }

    fn link_company(&mut self, id: &str, customer: Option<u64>) -> Answer<()> {
        Ok(companies::link(&self.db(), id, customer)?)
    }

    fn taxes(&mut self) -> Answer<Vec<records::Tax>> {
        Ok(organisation::taxes(&self.db())?)
    }

    fn get_sales_orders(&mut self, ids: &[String]) -> Answer<Vec<records::SalesOrder>> {
        Ok(sales_orders::get(&self.db(), ids)?)
    }

    fn sales_orders_by_leaflink_number(&mut self, numbers: &[String]) -> Answer<Vec<records::SalesOrder>> {
        Ok(sales_orders::by_leaflink_number(&self.db(), numbers)?)
    }

    fn list_sales_orders(&mut self, after: Option<&str>, limit: u32) -> Answer<Vec<records::SalesOrder>> {
        Ok(sales_orders::list(&self.db(), after, limit)?)
    }

    fn create_sales_order(&mut self, draft: records::SalesOrderDraft) -> Answer<String> {
        Ok(sales_orders::create(&self.db(), &draft.into())?)
    }

    fn update_sales_order(&mut self, id: &str, update: records::SalesOrderUpdate) -> Answer<()> {
        Ok(sales_orders::update(&self.db(), id, &update)?)
    }

    fn unlink_sales_order(&mut self, id: &str) -> Answer<()> {
        Ok(sales_orders::unlink(&self.db(), id)?)
    }

    fn get_payments(&mut self, ids: &[String]) -> Answer<Vec<records::Payment>> {
        Ok(billing::get_payments(&self.db(), ids)?)
    }

    fn payments_of_sales_order(&mut self, id: &str) -> Answer<Vec<records::Payment>> {
        Ok(billing::payments_of(&self.db(), id)?)
    }

    fn invoices_of_sales_order(&mut self, id: &str) -> Answer<Vec<records::Invoice>> {
        Ok(billing::invoices_of(&self.db(), id)?)
    }

    fn get_transfers(&mut self, ids: &[String]) -> Answer<Vec<records::Transfer>> {
        Ok(transfers::get(&self.db(), ids)?)
    }
}
