//! What an ERP vendor implements: a trait for each import of the contract.
//!
//! [`Host`] is the vendor's process: it opens transactions, talks to LeafLink, knows the time.
//! [`Transaction`] is one call's view of the ERP's database: the key-value state, the records, the
//! queued e-mail and the journal, which commit together or not at all. The documentation of each
//! interface in `wit/deps/host/` is the contract that these traits carry; it is not repeated here.

use crate::bindings::leaflink_sync::host as wit;
use crate::error::CallError;
use crate::meter::CallReport;
use crate::trace::{CallId, CallInfo};

/// Requests and answers of the `http` import.
pub mod http {
    pub use super::wit::http::{Error, Method, Request, Response};
    pub use crate::imports::http_rules::{check_path, is_host_owned, is_kept_back};
}

/// Entries and errors of the `store` import.
pub mod store {
    pub use super::wit::store::{Entry, Error};
}

/// Messages and errors of the `mail` import.
pub mod mail {
    pub use super::wit::mail::{Error, Message};
}

/// The ERP's records.
pub mod records {
    pub use super::wit::records::{
        Address, ChargeDraft, ChargeKind, Company, Error, InventoryManagement, Invoice, LeaflinkListing,
        LeaflinkOrigin, License, Line, LineDraft, Location, OwnCompany, Payment, PaymentMethod, PaymentState,
        Product, SalesOrder, SalesOrderDraft, SalesOrderStatus, SalesOrderUpdate, StockLevel, Tax, Transfer,
        TransferState, UnitCategory, UnitType, User,
    };
}

/// Errors of the `journal` import.
pub mod journal {
    pub use super::wit::journal::Error;
}

/// Levels of the `log` import.
pub mod log {
    pub use super::wit::log::Level;
}

/// Named keys of the `secrets` import.
pub mod secrets {
    pub use super::wit::secrets::Key;
}

/// Decisions, reasons and the other words that imports and exports share.
pub mod types {
    pub use super::wit::types::{Change, Decision, Effect, Fact, Money, Outcome, Reason, Severity, Stream};
}

/// The company (tenant of the ERP) on whose behalf a call is made. The component never sees it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CompanyId(pub String);

impl std::fmt::Display for CompanyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who waits for a request to LeafLink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// A person, at a screen or after a change in the ERP: queued writes that are not stock, too.
    Person,
    /// Nobody in particular: polling, looks at what it found, stock.
    Background,
}

/// The vendor's process, as the component needs it.
pub trait Host: Send + Sync {
    /// The id of a call that is about to begin. A host whose runs must be alike to the last byte
    /// (a simulation) counts; any other leaves this as it is.
    fn next_call_id(&self) -> CallId {
        CallId::fresh()
    }

    /// Opens the transaction of one call, waiting for the company's turn. What `info` says is
    /// stamped on the journal entries of this transaction.
    fn begin(&self, company: &CompanyId, info: &CallInfo) -> anyhow::Result<Box<dyn Transaction>>;

    /// Sends one request to LeafLink with the company's key.
    ///
    /// The kit has already refused what the contract forbids (methods, paths, headers).
    fn send(&self, company: &CompanyId, request: http::Request) -> Result<http::Response, http::Error>;

    /// As [`send`](Host::send), and knows whether somebody waits for it. A host that keeps
    /// LeafLink's limit on requests leaves a part of it to people.
    fn send_as(
        &self,
        company: &CompanyId,
        _urgency: Urgency,
        request: http::Request,
    ) -> Result<http::Response, http::Error> {
        self.send(company, request)
    }

    /// HMAC-SHA256 under one of the company's keys; `None` if there is no such key.
    fn hmac_sha256(
        &self,
        company: &CompanyId,
        key: secrets::Key,
        message: &[u8],
    ) -> anyhow::Result<Option<[u8; 32]>>;

    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now_ms(&self) -> u64;

    /// A uniform number below `bound`, which is at least 1.
    fn random_below(&self, bound: u32) -> u32;

    /// Takes one line of the component's log, as the component wrote it: it may hold line breaks
    /// and control characters, so write it escaped.
    fn log(&self, company: &CompanyId, info: &CallInfo, level: log::Level, message: &str);

    /// Is told what a call used and, if it failed, how; after every call, for metrics.
    fn called(&self, _company: &CompanyId, _report: &CallReport, _error: Option<&CallError>) {}
}

/// One call's view of the ERP's database. Dropped without [`commit`](Transaction::commit), it
/// leaves no trace.
pub trait Transaction: Store + Mail + Records + Journal {
    /// Makes everything written through this transaction durable and visible, all at once.
    fn commit(self: Box<Self>) -> anyhow::Result<()>;
}

/// The `store` import.
pub trait Store {
    /// See `store.get`.
    fn get(&mut self, key: &str) -> Result<Option<Vec<u8>>, store::Error>;
    /// See `store.put`.
    fn put(&mut self, key: &str, value: &[u8]) -> Result<(), store::Error>;
    /// See `store.delete`.
    fn delete(&mut self, key: &str) -> Result<(), store::Error>;
    /// See `store.scan`.
    fn scan(
        &mut self,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<store::Entry>, store::Error>;
}

/// The `mail` import.
pub trait Mail {
    /// See `mail.queue`. The kit has already checked the message's own rules.
    fn queue(&mut self, message: mail::Message) -> Result<(), mail::Error>;
}

/// The `journal` import.
pub trait Journal {
    /// See `journal.append`.
    fn append(&mut self, decision: types::Decision) -> Result<(), journal::Error>;
}

/// The `records` import: the ERP itself.
#[allow(missing_docs)] // Each method is the function of its name in `records.wit`; the first, `get-own-company`.
pub trait Records {
    fn own_company(&mut self) -> Result<records::OwnCompany, records::Error>;
    fn list_users(&mut self, after: Option<&str>, limit: u32) -> Result<Vec<records::User>, records::Error>;
    fn get_users(&mut self, ids: &[String]) -> Result<Vec<records::User>, records::Error>;
    fn locations(&mut self) -> Result<Vec<records::Location>, records::Error>;

    fn list_products(
        &mut self,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<records::Product>, records::Error>;
    fn get_products(&mut self, ids: &[String]) -> Result<Vec<records::Product>, records::Error>;
    fn products_by_leaflink_id(&mut self, ids: &[u64]) -> Result<Vec<records::Product>, records::Error>;
    fn stock(&mut self, products: &[String]) -> Result<Vec<records::StockLevel>, records::Error>;
    fn link_product(&mut self, id: &str, leaflink_product: Option<u64>) -> Result<(), records::Error>;
    fn set_sale_price(&mut self, id: &str, price: types::Money) -> Result<(), records::Error>;

    fn list_companies(
        &mut self,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<records::Company>, records::Error>;
    fn get_companies(&mut self, ids: &[String]) -> Result<Vec<records::Company>, records::Error>;
    fn companies_by_leaflink_customer(
        &mut self,
        ids: &[u64],
    ) -> Result<Vec<records::Company>, records::Error>;
    fn link_company(&mut self, id: &str, customer: Option<u64>) -> Result<(), records::Error>;

    fn taxes(&mut self) -> Result<Vec<records::Tax>, records::Error>;

    fn get_sales_orders(&mut self, ids: &[String]) -> Result<Vec<records::SalesOrder>, records::Error>;
    fn sales_orders_by_leaflink_number(
        &mut self,
        numbers: &[String],
    ) -> Result<Vec<records::SalesOrder>, records::Error>;
    fn list_sales_orders(
        &mut self,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<records::SalesOrder>, records::Error>;
    fn create_sales_order(&mut self, draft: records::SalesOrderDraft) -> Result<String, records::Error>;
    fn update_sales_order(
        &mut self,
        id: &str,
        update: records::SalesOrderUpdate,
    ) -> Result<(), records::Error>;
    fn unlink_sales_order(&mut self, id: &str) -> Result<(), records::Error>;

    fn get_payments(&mut self, ids: &[String]) -> Result<Vec<records::Payment>, records::Error>;
    fn payments_of_sales_order(&mut self, id: &str) -> Result<Vec<records::Payment>, records::Error>;
    fn invoices_of_sales_order(&mut self, id: &str) -> Result<Vec<records::Invoice>, records::Error>;
    fn get_transfers(&mut self, ids: &[String]) -> Result<Vec<records::Transfer>, records::Error>;
}
