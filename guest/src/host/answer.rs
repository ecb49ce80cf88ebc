//! From the rules' words to the contract's: reasons, decisions, failures.

use super::state::ReasonRecord;
use crate::bindings::leaflink_sync::connector::failures as wit_failures;
use crate::bindings::leaflink_sync::host::types as wit;
use crate::rules::decision::{Fact, Reason};
use crate::rules::reasons::Code;

pub use wit_failures::Failure;

/// Wait before a call is made again when LeafLink does not say how long.
const RETRY_AFTER_MS: u32 = 60_000;

/// A reason as the contract has it.
pub fn reason(reason: &Reason) -> wit::Reason {
    wit::Reason {
        code: reason.code.word().to_owned(),
        severity: if reason.code.blocks() { wit::Severity::Blocking } else { wit::Severity::Notice },
        message: reason.message.clone(),
        fix: reason.fix.clone(),
        field: reason.field.clone(),
        facts: reason
            .facts
            .iter()
            .map(|Fact { name, value }| wit::Fact { name: name.clone(), value: value.clone() })
            .collect(),
    }
}

/// Reasons as the contract has them, blocking ones first.
pub fn reasons(found: &[Reason]) -> Vec<wit::Reason> {
    let (blocking, notices): (Vec<_>, Vec<_>) = found.iter().partition(|reason| reason.code.blocks());
    blocking.into_iter().chain(notices).map(reason).collect()
}

/// A reason that something waits for, as the contract has it.
pub fn kept(reason: ReasonRecord) -> wit::Reason {
    wit::Reason {
        code: reason.code,
        severity: wit::Severity::Blocking,
        message: reason.message,
        fix: reason.fix,
        field: reason.field,
        facts: reason.facts.into_iter().map(|(name, value)| wit::Fact { name, value }).collect(),
    }
}

/// One thing that a decision does.
pub fn effect(kind: &str, target: &str, summary: String, changes: Vec<wit::Change>) -> wit::Effect {
    wit::Effect { kind: kind.to_owned(), target: target.to_owned(), summary, changes }
}

/// A field that gets a value.
pub fn set(field: &str, after: impl ToString) -> wit::Change {
    wit::Change { field: field.to_owned(), before: None, after: Some(after.to_string()) }
}

/// Run the call again, not before this many milliseconds.
pub fn retry(after_ms: Option<u32>, code: Code, message: String) -> Failure {
    Failure::Retry(wit_failures::Retry {
        after_ms: after_ms.unwrap_or(RETRY_AFTER_MS),
        reason: reason(&Reason::new(code, message)),
    })
}

/// The ERP's database did not answer: nothing was decided.
pub fn erp_unavailable(problem: &str) -> Failure {
    retry(None, Code::ErpUnavailable, format!("The ERP's database did not answer: {problem}."))
}

/// This call will never succeed as it is.
pub fn reject(found: Reason) -> Failure {
    Failure::Reject(reason(&found))
}
