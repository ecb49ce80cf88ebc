//! The drift report and repairs, in the layout of `expected.json`.

use leaflink_sync_kit::host::types::Decision;
use serde_json::{Value, json};

use super::Names;
use crate::drift::{self, DriftReport};
use leaflink_sync_kit::words;

/// The differences of a report, with orders named by their short ids.
pub(super) fn differences(report: &DriftReport, names: &Names) -> Vec<Value> {
    let differences = report.differences.iter().map(|one| {
        let id: Vec<_> = one.id.split('/').map(|part| names.short(part)).collect();
        let mut data = drift::json_of(one);
        data["id"] = json!(id.join("/"));
        data
    });
    differences.collect()
}

/// What came of a repair.
pub(super) fn repair(outcome: &Result<Decision, String>) -> Value {
    match outcome {
        Ok(decision) => json!({
            "outcome": words::outcome(decision.outcome),
            "reasons": decision.reasons.iter().map(|reason| reason.code.as_str()).collect::<Vec<_>>(),
            "effects": decision.effects.iter().map(|effect| effect.kind.as_str()).collect::<Vec<_>>(),
            "says": decision.reasons.iter().map(|reason| reason.message.as_str()).collect::<Vec<_>>().join(" "),
        }),
        Err(code) => json!({ "rejected": code }),
    }
}
