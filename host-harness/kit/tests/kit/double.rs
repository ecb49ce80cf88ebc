//! A host in memory: one key-value map, no records, a LeafLink that always answers the same.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::bail;
use leaflink_sync_kit::host::{
    Host, Journal, Mail, Records, Store, Transaction, Urgency, http, journal, log, mail, records, secrets,
    store, types,
};
use leaflink_sync_kit::{CallError, CallInfo, CallReport, Calls, CompanyId, Engine};

/// What the host keeps and saw.
#[derive(Default)]
pub struct Seen {
    pub state: BTreeMap<String, Vec<u8>>,
    pub begun: u32,
    /// Transactions that waited for the busy company's turn.
    pub waiting: u32,
    pub committed: u32,
    pub dropped: u32,
    pub requests: Vec<http::Request>,
    pub urgencies: Vec<Urgency>,
    pub lines: Vec<String>,
    pub reports: Vec<(CallReport, Option<String>)>,
    pub clock_reads: u32,
    pub random_bounds: Vec<u32>,
}

/// How the host misbehaves, if it does.
#[derive(Clone, Default)]
pub struct Faults {
    pub begin: bool,
    pub commit: bool,
    pub store: bool,
    pub secrets: bool,
    /// This company is in the middle of a slow call for as long as somebody holds its turn.
    pub busy: Option<(CompanyId, Arc<Mutex<()>>)>,
    /// Bytes of LeafLink's answer.
    pub body_bytes: usize,
}

#[derive(Clone, Default)]
pub struct Double {
    seen: Arc<Mutex<Seen>>,
    faults: Faults,
}

impl Double {
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The calls of a company of this host on a component.
    pub fn calls(&self, engine: &Engine, component: &[u8]) -> Calls {
        let connector = engine.load_bytes(component).expect("a component");
        connector.calls(Arc::new(self.clone()), CompanyId("foxglove".to_owned()))
    }
}

impl Host for Double {
    fn begin(&self, company: &CompanyId, _: &CallInfo) -> anyhow::Result<Box<dyn Transaction>> {
        if self.faults.begin {
            bail!("no connection is free");
        }
        if let Some((busy, turn)) = &self.faults.busy
            && company == busy
        {
            self.seen().waiting += 1;
            drop(turn.lock().unwrap_or_else(PoisonError::into_inner));
        }
        let mut seen = self.seen();
        seen.begun += 1;
        Ok(Box::new(View { state: seen.state.clone(), host: self.clone(), committed: false }))
    }

    fn send(&self, _: &CompanyId, request: http::Request) -> Result<http::Response, http::Error> {
        self.seen().requests.push(request);
        Ok(http::Response { status: 200, headers: vec![], body: vec![b' '; self.faults.body_bytes] })
    }

    fn send_as(
        &self,
        company: &CompanyId,
        urgency: Urgency,
        request: http::Request,
    ) -> Result<http::Response, http::Error> {
        self.seen().urgencies.push(urgency);
        self.send(company, request)
    }

    fn hmac_sha256(&self, _: &CompanyId, _: secrets::Key, _: &[u8]) -> anyhow::Result<Option<[u8; 32]>> {
        if self.faults.secrets {
            bail!("the key store is locked");
        }
        Ok(None)
    }

    fn now_ms(&self) -> u64 {
        let mut seen = self.seen();
        seen.clock_reads += 1;
        // A clock that steps back.
        1_000 - u64::from(seen.clock_reads)
    }

    fn random_below(&self, bound: u32) -> u32 {
        self.seen().random_bounds.push(bound);
        bound - 1
    }

    fn log(&self, _: &CompanyId, _: &CallInfo, _: log::Level, message: &str) {
        self.seen().lines.push(message.to_owned());
    }

    fn called(&self, _: &CompanyId, report: &CallReport, error: Option<&CallError>) {
        let error = error.map(CallError::to_string);
        self.seen().reports.push((report.clone(), error));
    }
}

struct View {
    state: BTreeMap<String, Vec<u8>>,
    host: Double,
    committed: bool,
}

impl Transaction for View {
    fn commit(mut self: Box<Self>) -> anyhow::Result<()> {
        if self.host.faults.commit {
            bail!("the disk is full");
        }
        self.committed = true;
        let mut seen = self.host.seen();
        seen.committed += 1;
        seen.state = std::mem::take(&mut self.state);
        Ok(())
    }
}

impl Drop for View {
    fn drop(&mut self) {
        if !self.committed {
            self.host.seen().dropped += 1;
        }
    }
}

impl Store for View {
    fn get(&mut self, key: &str) -> Result<Option<Vec<u8>>, store::Error> {
        Ok(self.state.get(key).cloned())
    }

    fn put(&mut self, key: &str, value: &[u8]) -> Result<(), store::Error> {
        if self.host.faults.store {
            return Err(store::Error::Unavailable("the database went away".to_owned()));
        }
        self.state.insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    fn delete(&mut self, key: &str) -> Result<(), store::Error> {
        self.state.remove(key);
        Ok(())
    }

    fn scan(
        &mut self,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<store::Entry>, store::Error> {
        let is_on_page = |key: &str| key.starts_with(prefix) && after.is_none_or(|after| key > after);
        let entries = self.state.iter().filter(|(key, _)| is_on_page(key));
        let entry =
            |(key, value): (&String, &Vec<u8>)| store::Entry { key: key.clone(), value: value.clone() };
        Ok(entries.map(entry).take(limit as usize).collect())
    }
}

impl Mail for View {
    fn queue(&mut self, _: mail::Message) -> Result<(), mail::Error> {
        Ok(())
    }
}

impl Journal for View {
    fn append(&mut self, _: types::Decision) -> Result<(), journal::Error> {
        Ok(())
    }
}

type Answer<T> = Result<T, records::Error>;

fn none<T>() -> Answer<T> {
    Err(records::Error::Refused("this host has no such records".to_owned()))
}

impl Records for View {
    fn own_company(&mut self) -> Answer<records::OwnCompany> {
        none()
    }
    fn list_users(&mut self, _: Option<&str>, _: u32) -> Answer<Vec<records::User>> {
        none()
    }
    fn get_users(&mut self, _: &[String]) -> Answer<Vec<records::User>> {
        none()
    }
    fn locations(&mut self) -> Answer<Vec<records::Location>> {
        none()
    }
    fn list_products(&mut self, _: Option<&str>, _: u32) -> Answer<Vec<records::Product>> {
        Ok(vec![])
    }
    fn get_products(&mut self, _: &[String]) -> Answer<Vec<records::Product>> {
        none()
    }
    fn products_by_leaflink_id(&mut self, _: &[u64]) -> Answer<Vec<records::Product>> {
        none()
    }
    fn stock(&mut self, _: &[String]) -> Answer<Vec<records::StockLevel>> {
        none()
    }
    fn link_product(&mut self, _: &str, _: Option<u64>) -> Answer<()> {
        none()
    }
    fn set_sale_price(&mut self, _: &str, _: types::Money) -> Answer<()> {
        none()
    }
    fn list_companies(&mut self, _: Option<&str>, _: u32) -> Answer<Vec<records::Company>> {
        none()
    }
    fn get_companies(&mut self, _: &[String]) -> Answer<Vec<records::Company>> {
        none()
    }
    fn companies_by_leaflink_customer(&mut self, _: &[u64]) -> Answer<Vec<records::Company>> {
        none()
    }
    fn link_company(&mut self, _: &str, _: Option<u64>) -> Answer<()> {
        none()
    }
    fn taxes(&mut self) -> Answer<Vec<records::Tax>> {
        none()
    }
    fn get_sales_orders(&mut self, _: &[String]) -> Answer<Vec<records::SalesOrder>> {
        none()
    }
    fn sales_orders_by_leaflink_number(&mut self, _: &[String]) -> Answer<Vec<records::SalesOrder>> {
        none()
    }
    fn list_sales_orders(&mut self, _: Option<&str>, _: u32) -> Answer<Vec<records::SalesOrder>> {
        none()
    }
    fn create_sales_order(&mut self, _: records::SalesOrderDraft) -> Answer<String> {
        none()
    }
    fn update_sales_order(&mut self, _: &str, _: records::SalesOrderUpdate) -> Answer<()> {
        none()
    }
    fn unlink_sales_order(&mut self, _: &str) -> Answer<()> {
        none()
    }
    fn get_payments(&mut self, _: &[String]) -> Answer<Vec<records::Payment>> {
        none()
    }
    fn payments_of_sales_order(&mut self, _: &str) -> Answer<Vec<records::Payment>> {
        none()
    }
    fn invoices_of_sales_order(&mut self, _: &str) -> Answer<Vec<records::Invoice>> {
        none()
    }
    fn get_transfers(&mut self, _: &[String]) -> Answer<Vec<records::Transfer>> {
        none()
    }
}
