//! How a call can fail.

use std::time::Duration;

use wasmtime::{Trap, WasmBacktrace};

use crate::bindings::leaflink_sync::host::types::Reason;
use crate::exports::Failure;
use crate::host::CompanyId;
use crate::limits::{Budget, Exceeded};
use crate::schema::{Fit, StoredSchema};
use crate::state::{CallState, Halt};

/// Why a call did not succeed. Whatever the case, its transaction was dropped, except where
/// [`Commit`](CallError::Commit) says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The component's own answer: what to do next.
    #[error("{}", sentence(.0))]
    Failure(Box<Failure>),

    /// The component broke down: a fault in it, to be reported to its makers.
    #[error(
        "the component broke down in `{call}` ({trap}){}; nothing was changed in the ERP",
        last_words(.last_log)
    )]
    Trapped {
        /// The function that was called.
        call: &'static str,
        /// What wasmtime says of it, such as "wasm `unreachable` instruction executed".
        trap: String,
        /// The component's last log line; a panic's message, if it was one.
        last_log: Option<String>,
        /// The component's stack, innermost function first, where there is one.
        backtrace: Option<String>,
    },

    /// The component computed, or the call went on, for too long.
    #[error(
        "`{call}` was ended after {} s of computing and {} s in all; nothing was changed in the ERP",
        .computing.as_secs(), .total.as_secs()
    )]
    TimeLimit {
        /// The function that was called.
        call: &'static str,
        /// Time spent in the component.
        computing: Duration,
        /// Time since the call entered it, waits for the host included.
        total: Duration,
    },

    /// The component asked for more memory than it may have.
    #[error(
        "`{call}` needed more memory than the {allowed} bytes that a call may use; nothing was \
         changed in the ERP"
    )]
    MemoryLimit {
        /// The function that was called.
        call: &'static str,
        /// [`Limits::memory_bytes`](crate::Limits::memory_bytes).
        allowed: usize,
    },

    /// The component burnt all its fuel. Only on an engine with [`Budget::Fuel`].
    #[error(
        "`{call}` needed more than the {allowed} units of fuel that a call may burn; nothing was \
         changed in the ERP"
    )]
    OutOfFuel {
        /// The function that was called.
        call: &'static str,
        /// The budget.
        allowed: u64,
    },

    /// The component ran over a countable limit.
    #[error("`{call}` was ended: {exceeded}; nothing was changed in the ERP")]
    Limit {
        /// The function that was called.
        call: &'static str,
        /// Which limit, and its figure.
        exceeded: Exceeded,
    },

    /// The component used an import that this function may not use: a write in a preview, say.
    #[error(
        "the component broke its contract: `{call}` may not use `{import}`; nothing was changed \
         in the ERP"
    )]
    Forbidden {
        /// The function that was called.
        call: &'static str,
        /// The import that it used.
        import: &'static str,
    },

    /// The company's stored state is of another schema than the one that the component works with.
    #[error("{}", schema_sentence(.call, .stored, (*.oldest, *.writes), .fit))]
    Schema {
        /// The function that was called.
        call: &'static str,
        /// The schema of the stored state.
        stored: StoredSchema,
        /// The schema that the component writes.
        writes: u32,
        /// The oldest that it can read.
        oldest: u32,
        /// What the component can do with it.
        fit: Fit,
    },

    /// The component's `migrate` came to no end.
    #[error(
        "`migrate` was called {chunks} times for {company} and says that there is still more to do; the \
         company's calls are not begun, and the next one goes on with it. Put another file in place, or \
         raise `migration_chunks`"
    )]
    MigrationWithoutEnd {
        /// Whose state it was to bring to the component's schema.
        company: CompanyId,
        /// [`Limits::migration_chunks`](crate::Limits::migration_chunks).
        chunks: u32,
    },

    /// The host itself failed: it opened no transaction, or an import found it unable to answer.
    #[error("the ERP could not serve `{call}`, and nothing was changed in it: {source:#}")]
    Host {
        /// The function that was called.
        call: &'static str,
        /// The host's own error.
        source: anyhow::Error,
    },

    /// The component succeeded, and the host could not commit. Whether it did is for the host to
    /// know; the call may be made again in either case.
    #[error("the ERP could not commit what `{call}` decided: {source:#}")]
    Commit {
        /// The function that was called.
        call: &'static str,
        /// The host's own error.
        source: anyhow::Error,
    },
}

impl CallError {
    /// The component's own failure, if it was one.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            CallError::Failure(failure) => Some(failure),
            _ => None,
        }
    }

    /// What the kit ended the call for.
    pub(crate) fn from_halt(halt: Halt, state: &CallState) -> Self {
        let call = state.call.name;
        match halt {
            Halt::Limit(exceeded) => CallError::Limit { call, exceeded },
            Halt::Forbidden(import) => CallError::Forbidden { call, import },
            Halt::OutOfTime => CallError::out_of_time(state),
            Halt::Host(source) => CallError::Host { call, source },
        }
    }

    /// What made wasmtime give the call up.
    pub(crate) fn from_wasmtime(error: wasmtime::Error, state: &CallState) -> Self {
        let error = match error.downcast::<Halt>() {
            Ok(halt) => return CallError::from_halt(halt, state),
            Err(error) => error,
        };
        let call = state.call.name;
        match (error.downcast_ref::<Trap>(), state.limits.budget) {
            (Some(Trap::Interrupt), _) => CallError::out_of_time(state),
            (Some(Trap::OutOfFuel), Budget::Fuel(allowed)) => CallError::OutOfFuel { call, allowed },
            _ if state.memory.refused => CallError::MemoryLimit { call, allowed: state.limits.memory_bytes },
            (trap, _) => CallError::Trapped {
                call,
                trap: match trap {
                    Some(trap) => trap.to_string(),
                    None => error.root_cause().to_string(),
                },
                last_log: state.last_log.clone(),
                backtrace: error.downcast_ref::<WasmBacktrace>().map(WasmBacktrace::to_string),
            },
        }
    }

    fn out_of_time(state: &CallState) -> Self {
        let total = state.started.elapsed();
        CallError::TimeLimit {
            call: state.call.name,
            computing: total.saturating_sub(state.meter.host_time),
            total,
        }
    }
}

fn schema_sentence(call: &str, stored: &StoredSchema, (oldest, writes): (u32, u32), fit: &Fit) -> String {
    let does = format!("the stored state has {stored}, and this component reads schema {oldest} to {writes}");
    let what_to_do = match fit {
        Fit::Ready | Fit::AfterMigration => {
            "call `migrate` until it has no more to do, then make this call again"
        }
        Fit::TooNew => "it needs the newer component that wrote it",
        Fit::TooOld => "migrate it with an earlier version of the component first",
    };
    format!("`{call}` was not begun: {does}; {what_to_do}. Nothing was changed in the ERP")
}

fn sentence(failure: &Failure) -> String {
    match failure {
        Failure::Retry(retry) => format!(
            "not decided yet, to be called again in {} s: {}",
            retry.after_ms.div_ceil(1_000),
            words(&retry.reason)
        ),
        Failure::Reject(reason) => format!("refused for good: {}", words(reason)),
        Failure::Misconfigured(reason) => {
            format!("settings or keys are wrong or missing: {}", words(reason))
        }
        Failure::NotSupported(what) => {
            format!("this version of the component does not do this yet: {what}")
        }
    }
}

fn words(reason: &Reason) -> String {
    let Reason { code, message, fix, .. } = reason;
    if fix.is_empty() { format!("{message} [{code}]") } else { format!("{message} {fix} [{code}]") }
}

fn last_words(last_log: &Option<String>) -> String {
    match last_log {
        Some(line) => format!(", after logging {line:?}"),
        None => String::new(),
    }
}
