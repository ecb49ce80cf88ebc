//! Which call it was, and what it did: the words by which journal, log and metrics name one call.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::host::http::{Error, Method, Response};
use crate::host::types::{Decision, Outcome, Stream};

/// Names one call everywhere: in the journal's entries, in log lines, in reports. Printable ASCII
/// of the host's choosing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub String);

impl CallId {
    /// An id that no other call has, in this process or another. Later ids sort after earlier ones
    /// of the same process.
    pub fn fresh() -> Self {
        static PROCESS: OnceLock<u64> = OnceLock::new();
        static COUNT: AtomicU64 = AtomicU64::new(0);
        // The standard library seeds this from the system's randomness.
        let process = PROCESS.get_or_init(|| RandomState::new().build_hasher().finish());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Self(format!("{now:012x}-{count:06x}-{process:016x}"))
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One call, as the host is told of it when it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallInfo {
    /// Its id.
    pub id: CallId,
    /// The function of the component that is called, such as `on-order`.
    pub call: &'static str,
    /// What it is about, where the caller names it: an order's number, a payment's id.
    pub subject: Option<String>,
    /// The component's version and revision, such as `0.1.0 (3f9a1c07b2d4)`.
    pub component: String,
}

/// A request to LeafLink, as far as a report keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestReport {
    /// Its method.
    pub method: Method,
    /// Its path, below the API's root.
    pub path: String,
    /// What came of it.
    pub result: RequestResult,
    /// How long it took.
    pub duration: Duration,
}

/// What came of a request to LeafLink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestResult {
    /// An answer with this status.
    Status(u16),
    /// The host did not allow it.
    NotAllowed,
    /// Nothing reached LeafLink.
    NotSent,
    /// It was not sent, because LeafLink's limit on requests is used up.
    NotNow,
    /// It was sent, and nobody knows whether it took effect.
    NoAnswer,
    /// The answer was larger than the host passes on.
    TooLarge,
}

impl From<&Result<Response, Error>> for RequestResult {
    fn from(answer: &Result<Response, Error>) -> Self {
        match answer {
            Ok(response) => RequestResult::Status(response.status),
            Err(Error::NotAllowed(_)) => RequestResult::NotAllowed,
            Err(Error::NotSent(_)) => RequestResult::NotSent,
            Err(Error::NotNow(_)) => RequestResult::NotNow,
            Err(Error::NoAnswer(_)) => RequestResult::NoAnswer,
            Err(Error::TooLarge(_)) => RequestResult::TooLarge,
        }
    }
}

/// A decision that the call appended to the journal, without its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionReport {
    /// The part of the sync that it belongs to.
    pub stream: Stream,
    /// The thing that was looked at.
    pub subject: String,
    /// What came of it.
    pub outcome: Outcome,
    /// The codes of all its reasons.
    pub reasons: Vec<String>,
    /// All its effects.
    pub effects: Vec<EffectReport>,
}

/// One thing that a decision says it does, without its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectReport {
    /// What is done, such as `set-sale-price`.
    pub kind: String,
    /// What it is done to.
    pub target: String,
}

/// Something that a call did within its transaction besides what it stored: what a decision in the
/// journal has to account for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteReport {
    /// The import, such as `records.set-sale-price` or `mail.queue`.
    pub import: &'static str,
    /// The record's id, LeafLink's number of the order that a new sales order is of, or the mail's
    /// subject.
    pub subject: String,
}

impl From<&Decision> for DecisionReport {
    fn from(decision: &Decision) -> Self {
        Self {
            stream: decision.stream,
            subject: decision.subject.clone(),
            outcome: decision.outcome,
            reasons: decision.reasons.iter().map(|reason| reason.code.clone()).collect(),
            effects: decision
                .effects
                .iter()
                .map(|effect| EffectReport { kind: effect.kind.clone(), target: effect.target.clone() })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_all_different_and_sort_in_order() {
        let ids: Vec<_> = (0..1_000).map(|_| CallId::fresh()).collect();
        assert!(ids.is_sorted_by(|one, other| one < other));
        assert!(ids.iter().all(|id| id.0.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')));
    }
}
