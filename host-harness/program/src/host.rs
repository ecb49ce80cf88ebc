//! The host that the component runs in here: the reference ERP, a client to LeafLink, keys that
//! never leave this module, a clock and a seeded generator of random numbers.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hmac::{Hmac, Mac};
use leaflink_sync_kit::host::Urgency;
use leaflink_sync_kit::host::{Transaction, http, log, secrets};
use leaflink_sync_kit::{CallError, CallId, CallInfo, CallReport, CompanyId, Host};
use leaflink_sync_telemetry::{CallLog, Metrics};
use leaflink_sync_transport::{HttpLog, LeafLinkClient, RequestBudget};
use reference_erp::Erp;
use sha2::Sha256;

use leaflink_sync_kit::words;

use crate::accounts;

/// The keys that the component may use and may not see. They are neither shown nor printed.
pub struct Keys {
    /// LeafLink's webhook key, if the company has one.
    pub leaflink_webhook: Option<Vec<u8>>,
    /// The key that marks our own writes.
    pub write_token: Vec<u8>,
}

impl Keys {
    /// HMAC-SHA256 of a message with one of them; nothing if there is no such key.
    ///
    /// # Errors
    /// Never: a key of any length will do.
    pub fn hmac_sha256(&self, key: secrets::Key, message: &[u8]) -> anyhow::Result<Option<[u8; 32]>> {
        let key = match key {
            secrets::Key::LeaflinkWebhook => self.leaflink_webhook.as_deref(),
            secrets::Key::WriteToken => Some(self.write_token.as_slice()),
        };
        let Some(key) = key.filter(|key| !key.is_empty()) else {
            return Ok(None);
        };
        let mut code = Hmac::<Sha256>::new_from_slice(key)?;
        code.update(message);
        Ok(Some(code.finalize().into_bytes().into()))
    }
}

/// Where a log of the traffic with LeafLink goes.
pub type TrafficLog = HttpLog<Box<dyn Write + Send>>;

/// One company's host.
pub struct LocalHost {
    erp: Erp,
    leaflink: LeafLinkClient,
    /// One company, one key: its owner's budget.
    budget: RequestBudget,
    keys: Keys,
    traffic_log: Option<TrafficLog>,
    call_log: Option<CallLog<Box<dyn Write + Send>>>,
    metrics: Metrics,
    random: Mutex<fastrand::Rng>,
    seen: Mutex<Seen>,
    loses_commit: AtomicBool,
    calls_begun: AtomicU64,
}

/// What the host saw of the component's calls.
#[derive(Debug, Default)]
pub struct Seen {
    /// Requests to LeafLink, in order.
    pub requests: Vec<Request>,
    /// Calls of the component.
    pub calls: usize,
    /// The most memory that a call used, in bytes.
    pub peak_memory: usize,
    /// Lines of the component's log that warn or report an error.
    pub warnings: Vec<String>,
    /// What committed calls wrote to the ERP or to LeafLink, or mailed, without an effect in the
    /// journal that says so.
    pub unjournaled: Vec<String>,
    /// Why a log is incomplete, if it is.
    pub log_failure: Option<io::Error>,
}

/// A request to LeafLink, as far as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// `GET`, `POST`, ...
    pub method: &'static str,
    /// Below the API's root.
    pub path: String,
    /// The component's function that asked for it; empty while that call is under way.
    pub call: &'static str,
}

impl LocalHost {
    /// A host whose clock is the ERP's, and whose random numbers follow from `random_seed`.
    pub fn new(erp: Erp, leaflink: LeafLinkClient, keys: Keys, random_seed: u64) -> Self {
        Self {
            erp,
            leaflink,
            budget: RequestBudget::default(),
            keys,
            traffic_log: None,
            call_log: None,
            metrics: Metrics::new(),
            random: Mutex::new(fastrand::Rng::with_seed(random_seed)),
            seen: Mutex::default(),
            loses_commit: AtomicBool::new(false),
            calls_begun: AtomicU64::new(0),
        }
    }

    /// The same host, writing every exchange with LeafLink to a log.
    #[must_use]
    pub fn with_traffic_log(self, log: Option<TrafficLog>) -> Self {
        Self { traffic_log: log, ..self }
    }

    /// How many calls have begun: what the next call's id follows from.
    pub(crate) fn calls_begun(&self) -> u64 {
        self.calls_begun.load(Ordering::Relaxed)
    }

    /// Counts on from here, for a stage that comes back to an earlier moment.
    pub(crate) fn count_calls_from(&self, begun: u64) {
        self.calls_begun.store(begun, Ordering::Relaxed);
    }

    /// The same host, writing what came of every call to a log.
    #[must_use]
    pub fn with_call_log(self, log: Option<Box<dyn Write + Send>>) -> Self {
        Self { call_log: log.map(CallLog::new), ..self }
    }

    /// What was counted of the calls so far.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    fn note_log_failure(&self, written: io::Result<()>) {
        if let Err(failure) = written {
            self.seen().log_failure.get_or_insert(failure);
        }
    }

    /// Has the next call's transaction fail at its commit, as when the ERP's process dies there.
    pub fn lose_next_commit(&self) {
        self.loses_commit.store(true, Ordering::Relaxed);
    }

    /// Takes [`lose_next_commit`](Self::lose_next_commit) back.
    pub(crate) fn keep_next_commit(&self) {
        self.loses_commit.store(false, Ordering::Relaxed);
    }

    /// Whether the next call's transaction is to fail at its commit.
    pub(crate) fn loses_next_commit(&self) -> bool {
        self.loses_commit.load(Ordering::Relaxed)
    }

    /// The random numbers to come.
    pub(crate) fn random(&self) -> MutexGuard<'_, fastrand::Rng> {
        lock(&self.random)
    }

    /// LeafLink's limit on requests, as it is kept here.
    pub fn budget(&self) -> &RequestBudget {
        &self.budget
    }

    /// What was seen so far.
    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        lock(&self.seen)
    }
}

impl Host for LocalHost {
    /// Counted, so that the same day twice has the same journal.
    fn next_call_id(&self) -> CallId {
        CallId(format!("{:06}", self.calls_begun.fetch_add(1, Ordering::Relaxed) + 1))
    }

    fn begin(&self, company: &CompanyId, info: &CallInfo) -> anyhow::Result<Box<dyn Transaction>> {
        let transaction = self.erp.begin(company)?.of_call(info);
        Ok(Box::new(match self.loses_commit.swap(false, Ordering::Relaxed) {
            true => transaction.without_commit(),
            false => transaction,
        }))
    }

    fn send(&self, company: &CompanyId, request: http::Request) -> Result<http::Response, http::Error> {
        self.send_as(company, Urgency::Background, request)
    }

    fn send_as(
        &self,
        _company: &CompanyId,
        urgency: Urgency,
        request: http::Request,
    ) -> Result<http::Response, http::Error> {
        let (at_ms, method) = (self.now_ms(), words::method(request.method));
        if let Err(wait_ms) = self.budget.take(at_ms, urgency) {
            return Err(http::Error::NotNow(u32::try_from(wait_ms).unwrap_or(u32::MAX)));
        }
        self.seen().requests.push(Request { method, path: request.path.clone(), call: "" });
        let outcome = self.leaflink.send(request.clone());
        self.budget.answered(at_ms, outcome.as_ref().ok());
        if let Some(log) = &self.traffic_log
            && let Err(failure) = log.record(at_ms, &request, &outcome)
        {
            self.seen().log_failure.get_or_insert(failure);
        }
        outcome
    }

    fn hmac_sha256(
        &self,
        _company: &CompanyId,
        key: secrets::Key,
        message: &[u8],
    ) -> anyhow::Result<Option<[u8; 32]>> {
        self.keys.hmac_sha256(key, message)
    }

    fn now_ms(&self) -> u64 {
        self.erp.now_ms()
    }

    fn random_below(&self, bound: u32) -> u32 {
        lock(&self.random).u32(..bound.max(1))
    }

    fn log(&self, company: &CompanyId, info: &CallInfo, level: log::Level, message: &str) {
        if let Some(log) = &self.call_log {
            let written = log.component_line(self.now_ms(), company, info, level, message);
            self.note_log_failure(written);
        }
        if matches!(level, log::Level::Warn | log::Level::Error) {
            self.seen().warnings.push(message.to_owned());
        }
    }

    fn called(&self, company: &CompanyId, report: &CallReport, error: Option<&CallError>) {
        self.metrics.called(report, error);
        if let Some(log) = &self.call_log {
            let written = log.called(self.now_ms(), company, report, error);
            self.note_log_failure(written);
        }
        let mut seen = self.seen();
        seen.calls += 1;
        if error.is_none() {
            seen.unjournaled.extend(accounts::missing(report));
        }
        for request in seen.requests.iter_mut().filter(|request| request.call.is_empty()) {
            request.call = report.call;
        }
        seen.peak_memory = seen.peak_memory.max(report.peak_memory);
    }
}

/// Each use leaves the value whole, so a panic elsewhere does not spoil it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A clock that stands still until it is moved; clones show the same time.
#[derive(Clone, Debug)]
pub struct SetClock(Arc<Mutex<u64>>);

impl SetClock {
    /// A clock that shows `now_ms`, milliseconds since 1970-01-01T00:00:00Z.
    pub fn at(now_ms: u64) -> Self {
        Self(Arc::new(Mutex::new(now_ms)))
    }

    /// The time it shows.
    pub fn now_ms(&self) -> u64 {
        *lock(&self.0)
    }

    /// Moves it.
    pub fn set(&self, now_ms: u64) {
        *lock(&self.0) = now_ms;
    }
}
