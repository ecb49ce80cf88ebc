//! What a call used: counted for the limits, reported to the host.

use std::time::Duration;

use wasmtime::ResourceLimiter;

use crate::limits::Limits;

/// What one call used. The host receives it after every call, whatever came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallReport {
    /// The function of the component that was called, such as `on-order`.
    pub call: &'static str,
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
    /// Writes to the ERP's records.
    pub record_writes: u64,
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
}

/// Bounds memory and tables, and remembers what it refused: inside the component a refusal looks
/// like any other failed allocation, which ends in a plain `unreachable`.
pub(crate) struct MemoryLimiter {
    memory_bytes: usize,
    table_elements: usize,
    pub peak_memory: usize,
    pub refused: bool,
}

impl MemoryLimiter {
    pub fn new(limits: &Limits) -> Self {
        Self {
            memory_bytes: limits.memory_bytes,
            table_elements: limits.table_elements,
            peak_memory: 0,
            refused: false,
        }
    }
}

impl ResourceLimiter for MemoryLimiter {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let allowed = desired <= self.memory_bytes;
        if allowed {
            self.peak_memory = self.peak_memory.max(desired);
        }
        self.refused |= !allowed;
        Ok(allowed)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let allowed = desired <= self.table_elements;
        self.refused |= !allowed;
        Ok(allowed)
    }
}
