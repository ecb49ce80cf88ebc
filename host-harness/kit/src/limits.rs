//! Every limit of a call, in one place.
//!
//! [`Limits`] holds what a vendor may choose; [`contract`] holds the figures that the WIT contract
//! itself promises to the component, which are the same on every host.

use std::time::Duration;

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

/// Figures that the contract in `wit/deps/host/` states.
pub mod contract {
    use super::MIB;

    /// Longest key of the `store` import, in bytes.
    pub const STORE_KEY_BYTES: usize = 256;
    /// Largest value of the `store` import, in bytes.
    pub const STORE_VALUE_BYTES: usize = MIB;
    /// Most keys that one `store.get-many` asks for.
    pub const STORE_BATCH_KEYS: usize = 1_000;
    /// Most entries that one `store.scan` answers.
    pub const STORE_SCAN_ENTRIES: u32 = 1_000;
    /// Most ids in one batch of the `records` import, and most records on one page of it.
    pub const RECORDS_BATCH: usize = 500;
    /// Most addresses that a message goes to besides the company's admins.
    pub const MAIL_ADDRESSES: usize = 50;
    /// Longest subject of a message, in characters.
    pub const MAIL_SUBJECT_CHARS: usize = 200;
}

/// Core modules in one component: the module itself and the two that connect its imports, with
/// room for a linker that needs more.
pub const CORE_INSTANCES: u32 = 8;
/// Tables in one component.
pub const TABLES: u32 = 4;
/// Linear memories in one component.
pub const MEMORIES: u32 = 1;

/// How often the clock that ends endless calls ticks. A call may overrun its time by this much.
pub const TICK: Duration = Duration::from_millis(10);

/// How the component's own computing is bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Budget {
    /// Time spent inside the component; time inside the host's imports does not count. For
    /// production: what must be bounded there is real time.
    Time(Duration),
    /// Instructions, as wasmtime counts them (`fuel`). For tests: the count is exact and the same
    /// on every machine.
    Fuel(u64),
}

/// What one call may use, and how many calls run at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest component file that is loaded, in bytes.
    pub component_bytes: usize,
    /// Most calls inside the component at one time, over all companies. Further calls wait.
    pub concurrent_calls: u32,
    /// The component's own computing.
    pub budget: Budget,
    /// From the call's beginning, waits for the host included. No further request is sent after
    /// it. A request that is under way is bounded by the host's own time limit.
    pub call_time: Duration,
    /// Linear memory, in bytes, over all the component's memories.
    pub memory_bytes: usize,
    /// Elements of all the component's tables.
    pub table_elements: usize,
    /// Stack of the compiled code, in bytes.
    pub stack_bytes: usize,
    /// Bytes that the component hands to the host in one import call or one answer.
    pub handover_bytes: usize,
    /// Bytes that a caller hands to the component in one call: a webhook's body and headers, or a
    /// settings document.
    pub input_bytes: usize,
    /// Requests to LeafLink.
    pub http_requests: u32,
    /// One request to LeafLink: path, query, headers and body, in bytes.
    pub http_request_bytes: usize,
    /// One answer of LeafLink: headers and body, in bytes.
    pub http_response_bytes: usize,
    /// Keys put or deleted in the store.
    pub store_writes: u32,
    /// Bytes put into the store, keys included.
    pub store_written_bytes: usize,
    /// Bytes read from the store, keys included.
    pub store_read_bytes: usize,
    /// Writes to the ERP's records.
    pub record_writes: u32,
    /// Bytes of all the texts in those writes.
    pub record_written_bytes: usize,
    /// Messages queued.
    pub mails: u32,
    /// Text of one message, in bytes.
    pub mail_text_bytes: usize,
    /// Decisions appended to the journal.
    pub journal_entries: u32,
    /// Bytes of all the texts in those decisions.
    pub journal_bytes: usize,
    /// Lines logged; further ones are dropped.
    pub log_lines: u32,
    /// One line of the log, in bytes; the rest of a longer one is cut off.
    pub log_line_bytes: usize,
    /// Calls of `migrate` before a company's next call, when a [`Slot`](crate::swap::Slot) makes them.
    pub migration_chunks: u32,
}

impl Limits {
    /// The limits for production. Generous: a call of the component uses a few per cent of them.
    pub const DEFAULT: Self = Self {
        component_bytes: 16 * MIB,
        concurrent_calls: 64,
        budget: Budget::Time(Duration::from_secs(10)),
        call_time: Duration::from_secs(300),
        memory_bytes: 64 * MIB,
        table_elements: 20_000,
        stack_bytes: 512 * KIB,
        handover_bytes: 32 * MIB,
        input_bytes: MIB,
        http_requests: 500,
        http_request_bytes: MIB,
        http_response_bytes: 16 * MIB,
        store_writes: 5_000,
        store_written_bytes: 16 * MIB,
        store_read_bytes: 32 * MIB,
        record_writes: 1_000,
        record_written_bytes: 16 * MIB,
        mails: 50,
        mail_text_bytes: 256 * KIB,
        journal_entries: 1_000,
        journal_bytes: 16 * MIB,
        log_lines: 1_000,
        log_line_bytes: 4 * KIB,
        migration_chunks: 100_000,
    };

    /// The first pair of limits that cannot both hold, in words.
    pub(crate) const fn contradiction(&self) -> Option<&'static str> {
        let no_budget = match self.budget {
            Budget::Time(time) => time.is_zero(),
            Budget::Fuel(fuel) => fuel == 0,
        };
        if no_budget {
            Some("`budget` is zero, so every call would end at once")
        } else if self.concurrent_calls == 0 {
            Some("`concurrent_calls` is zero, so every call would wait for ever")
        } else if self.http_response_bytes >= self.memory_bytes {
            Some("an answer of `http_response_bytes` does not fit into `memory_bytes`")
        } else if self.http_request_bytes > self.handover_bytes {
            Some("a request of `http_request_bytes` exceeds `handover_bytes`")
        } else if self.mail_text_bytes > self.handover_bytes {
            Some("a message of `mail_text_bytes` exceeds `handover_bytes`")
        } else if self.store_written_bytes < contract::STORE_VALUE_BYTES {
            Some("`store_written_bytes` is less than the one value that the contract promises")
        } else if self.store_read_bytes < contract::STORE_VALUE_BYTES {
            Some("`store_read_bytes` is less than the one value that the contract promises")
        } else if self.handover_bytes < contract::STORE_VALUE_BYTES + contract::STORE_KEY_BYTES {
            Some("`handover_bytes` is less than the one value that the contract promises")
        } else if self.stack_bytes < 64 * KIB {
            Some("`stack_bytes` is less than 64 KiB, which compiled code needs to run at all")
        } else {
            None
        }
    }
}

const _: () = assert!(Limits::DEFAULT.contradiction().is_none());

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A countable limit of [`Limits`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    /// [`Limits::input_bytes`].
    #[error("bytes handed to the component")]
    InputBytes,
    /// [`Limits::http_requests`].
    #[error("requests to LeafLink")]
    HttpRequests,
    /// [`Limits::store_writes`].
    #[error("keys written to the store")]
    StoreWrites,
    /// [`Limits::store_written_bytes`].
    #[error("bytes written to the store")]
    StoreWrittenBytes,
    /// [`Limits::store_read_bytes`].
    #[error("bytes read from the store")]
    StoreReadBytes,
    /// [`Limits::record_writes`].
    #[error("writes to the ERP's records")]
    RecordWrites,
    /// [`Limits::record_written_bytes`].
    #[error("bytes written to the ERP's records")]
    RecordWrittenBytes,
    /// [`Limits::mails`].
    #[error("queued messages")]
    Mails,
    /// [`Limits::journal_entries`].
    #[error("journal entries")]
    JournalEntries,
    /// [`Limits::journal_bytes`].
    #[error("bytes appended to the journal")]
    JournalBytes,
}

/// A limit that a call ran over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than {allowed} {limit} in one call")]
pub struct Exceeded {
    /// Which limit.
    pub limit: Limit,
    /// Its figure.
    pub allowed: u64,
}

/// Counts `more` onto `used`, unless that is more than `allowed`.
pub(crate) fn spend(used: &mut u64, more: usize, limit: Limit, allowed: u64) -> Result<(), Exceeded> {
    *used = used.saturating_add(more as u64);
    if *used > allowed {
        return Err(Exceeded { limit, allowed });
    }
    Ok(())
}
