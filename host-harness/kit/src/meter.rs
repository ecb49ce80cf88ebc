//! What a call used: counted for the limits, reported to the host.

use std::time::Duration;

use wasmtime::ResourceLimiter;

use crate::limits::{CORE_INSTANCES, Limits, MEMORIES, TABLES};
use crate::trace::{CallId, DecisionReport, RequestReport, WriteReport};

/// What one call used. The host receives it after every call, whatever came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallReport {
    /// The call's id.
    pub id: CallId,
    /// The function of the component that was called, such as `on-order`.
    pub call: &'static str,
    /// What it was about, where the caller named it.
    pub subject: Option<String>,
    /// From the request for a transaction to the commit, waiting included.
    pub duration: Duration,
    /// The part of `duration` that was spent in the host's own code.
    pub host_time: Duration,
    /// Fuel burnt, if the engine counts it ([`Budget::Fuel`](crate::Budget::Fuel)).
    pub fuel: Option<u64>,
    /// Linear memory at its largest, in bytes.
    pub peak_memory: usize,
    /// Requests handed to the host for LeafLink.
    pub http_requests: u64,
    /// Keys put or deleted in the store.
    pub store_writes: u64,
    /// Writes to the ERP's records that it took.
    pub record_writes: u64,
    /// Those writes, and the mails that were queued, in order. They took effect only if the call was
    /// committed.
    pub writes: Vec<WriteReport>,
    /// The requests, in order.
    pub requests: Vec<RequestReport>,
    /// The decisions that were appended to the journal, in order. They are there only if the call
    /// was committed.
    pub decisions: Vec<DecisionReport>,
}

/// Running counts of one call.
#[derive(Default)]
pub(crate) struct Meter {
    pub host_time: Duration,
    pub http_requests: u64,
    pub store_writes: u64,
    pub store_written_bytes: u64,
    pub store_read_bytes: u64,
    pub record_writes: u64,
    pub mails: u64,
    pub journal_entries: u64,
    pub log_lines: u32,
    pub writes: Vec<WriteReport>,
    pub requests: Vec<RequestReport>,
    pub decisions: Vec<DecisionReport>,
    pub journal_bytes: u64,
    pub record_bytes: u64,
    pub records_written: u64,
}

/// Bounds memory and tables, each over all that an instance has, and remembers what it refused: inside the component a refusal looks
/// like any other failed allocation, which ends in a plain `unreachable`.
pub(crate) struct MemoryLimiter {
    memory_bytes: usize,
    table_elements: usize,
    memory_used: usize,
    table_used: usize,
    pub peak_memory: usize,
    pub refused: bool,
}

impl MemoryLimiter {
    pub fn new(limits: &Limits) -> Self {
        Self {
            memory_bytes: limits.memory_bytes,
            table_elements: limits.table_elements,
            memory_used: 0,
            table_used: 0,
            peak_memory: 0,
            refused: false,
        }
    }
}

/// What is in use once a part of it has grown; nothing if that is more than `allowed`.
fn grown(used: usize, current: usize, desired: usize, allowed: usize) -> Option<usize> {
    let used = used.saturating_add(desired.saturating_sub(current));
    (used <= allowed).then_some(used)
}

impl ResourceLimiter for MemoryLimiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let Some(used) = grown(self.memory_used, current, desired, self.memory_bytes) else {
            self.refused = true;
            return Ok(false);
        };
        self.memory_used = used;
        self.peak_memory = self.peak_memory.max(used);
        Ok(true)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let Some(used) = grown(self.table_used, current, desired, self.table_elements) else {
            self.refused = true;
            return Ok(false);
        };
        self.table_used = used;
        Ok(true)
    }

    fn instances(&self) -> usize {
        CORE_INSTANCES as usize
    }

    fn tables(&self) -> usize {
        TABLES as usize
    }

    fn memories(&self) -> usize {
        MEMORIES as usize
    }
}
