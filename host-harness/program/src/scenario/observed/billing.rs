//! Payments in LeafLink, and what was last said of payments and transfers, in the layout of
//! `expected.json`.

use std::collections::BTreeMap;

use leaflink_sync_kit::host::types::Decision;
use serde_json::{Value, json};

use super::Names;
use super::records::money;
use crate::stage::Stage;
use leaflink_sync_kit::words;

/// Every payment on a LeafLink order, oldest first.
pub(super) fn leaflink_payments(stage: &Stage, names: &Names) -> Vec<Value> {
    let payments = stage.sandbox().payments();
    let payment = payments.iter().map(|payment| {
        json!({
            "order": names.short(payment["order"].as_str().unwrap_or_default()),
            "amount": money(payment["total"]["amount"].as_str().unwrap_or_default()),
            "currency": payment["total"]["currency"],
            "type": payment["payment_type"],
            "recorded_by": payment["recorded_by"],
            "reason": payment["reason"],
        })
    });
    payment.collect()
}

/// What was said last, by the ERP's id.
pub(super) fn last_words(decisions: &BTreeMap<String, Decision>) -> BTreeMap<String, Value> {
    let said = |decision: &Decision| {
        json!({
            "outcome": words::outcome(decision.outcome),
            "reasons": decision.reasons.iter().map(|reason| reason.code.as_str()).collect::<Vec<_>>(),
        })
    };
    decisions.iter().map(|(id, decision)| (id.clone(), said(decision))).collect()
}
