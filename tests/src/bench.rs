//! The component on the reference ERP, with a LeafLink that is a function of the request.
//!
//! For tests that need another hand on the host than a scenario has: limits of their own, answers
//! of their own, and what each call used.

use std::sync::{Arc, Mutex, PoisonError};

use leaflink_sync_kit::host::{Transaction, http, log, secrets};
use leaflink_sync_kit::{CallError, CallInfo, CallReport, Calls, CompanyId, Connector, Host};
use reference_erp::{Erp, Seed};

/// What LeafLink answers to a request.
pub type LeafLink = Box<dyn Fn(&http::Request) -> http::Response + Send + Sync>;

/// What the clock shows, always: 2026-03-02T09:30:00-07:00 in milliseconds since 1970.
const NOW_MS: u64 = 1_772_469_000_000;

/// What every message is signed with here.
pub const SIGNATURE: [u8; 32] = [7; 32];
/// The same as LeafLink writes it into the header of a webhook.
pub const SIGNATURE_HEADER: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

/// One company, its ERP and its LeafLink.
pub struct Bench {
    host: Arc<BenchHost>,
    company: CompanyId,
}

impl Bench {
    /// A bench with this company in its ERP.
    ///
    /// # Errors
    /// The ERP cannot be made, or the seed contradicts itself.
    pub fn new(seed: &Seed, leaflink: LeafLink) -> anyhow::Result<Self> {
        let company = CompanyId("bench".to_owned());
        let erp = Erp::temporary()?.with_clock(Arc::new(|| NOW_MS));
        erp.seed(&company, seed)?;
        let (last, sent) = (Mutex::default(), Mutex::default());
        Ok(Self { host: Arc::new(BenchHost { erp, leaflink, last, sent }), company })
    }

    /// Another company in the same ERP, on the same host.
    ///
    /// # Errors
    /// The seed contradicts itself.
    pub fn add_company(&self, company: &CompanyId, seed: &Seed) -> anyhow::Result<()> {
        Ok(self.host.erp.seed(company, seed)?)
    }

    /// The calls of any company on a component.
    pub fn calls_of(&self, company: &CompanyId, connector: &Connector) -> Calls {
        connector.calls(self.host.clone(), company.clone())
    }

    /// The bench's own company.
    pub fn company(&self) -> &CompanyId {
        &self.company
    }

    /// What was sent to LeafLink for a company, in order.
    pub fn sent(&self, company: &CompanyId) -> Vec<http::Request> {
        let sent = self.host.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.iter().filter(|(of, _)| of == company).map(|(_, request)| request.clone()).collect()
    }

    /// The calls of this company on a component.
    pub fn calls(&self, connector: &Connector) -> Calls {
        connector.calls(self.host.clone(), self.company.clone())
    }

    /// The ERP.
    pub fn erp(&self) -> &Erp {
        &self.host.erp
    }

    /// What the last call used; `None` before the first.
    pub fn last_report(&self) -> Option<CallReport> {
        self.host.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// An answer with this status and JSON body.
pub fn answer(status: u16, body: impl Into<Vec<u8>>) -> http::Response {
    http::Response {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.into(),
    }
}

/// LeafLink's answer where there is nothing.
pub fn not_found() -> http::Response {
    answer(404, r#"{"detail": "Not found."}"#)
}

struct BenchHost {
    erp: Erp,
    leaflink: LeafLink,
    last: Mutex<Option<CallReport>>,
    sent: Mutex<Vec<(CompanyId, http::Request)>>,
}

impl Host for BenchHost {
    fn begin(&self, company: &CompanyId, _info: &CallInfo) -> anyhow::Result<Box<dyn Transaction>> {
        Ok(Box::new(self.erp.begin(company)?))
    }

    fn send(&self, company: &CompanyId, request: http::Request) -> Result<http::Response, http::Error> {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.push((company.clone(), request.clone()));
        drop(sent);
        Ok((self.leaflink)(&request))
    }

    fn hmac_sha256(
        &self,
        _company: &CompanyId,
        _key: secrets::Key,
        _message: &[u8],
    ) -> anyhow::Result<Option<[u8; 32]>> {
        // Whatever the message: enough for a test to sign one, and not a secret.
        Ok(Some(SIGNATURE))
    }

    fn now_ms(&self) -> u64 {
        NOW_MS
    }

    fn random_below(&self, _bound: u32) -> u32 {
        0
    }

    fn log(&self, _company: &CompanyId, _info: &CallInfo, _level: log::Level, _message: &str) {}

    fn called(&self, _company: &CompanyId, report: &CallReport, _error: Option<&CallError>) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(report.clone());
    }
}
