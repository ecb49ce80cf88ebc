//! `journal`: what was decided and done, and whether anybody has changed the record of it since.

use anyhow::Context;
use clap::Args;
use leaflink_sync_kit::words;
use reference_erp::JournalEntry;
use serde_json::{Value, json};

use super::tables::{ErpFile, open};
use crate::explained;
use crate::terminal::table;
use crate::words::{count, utc};

/// Entries read in one go.
const PAGE: u32 = 500;

#[derive(Debug, Args)]
pub(super) struct Wishes {
    #[command(flatten)]
    erp: ErpFile,
    /// Only entries about this: an id, or a part of the name that people know it by
    #[arg(long, value_name = "TEXT")]
    subject: Option<String>,
    /// Print the entries as JSON, with everything that they hold
    #[arg(long)]
    json: bool,
}

pub(super) fn run(wishes: &Wishes) -> anyhow::Result<String> {
    let (erp, company) = open(&wishes.erp)?;
    let sealed = erp.verify_journal(&company).context("the journal cannot be trusted")?;
    let mut entries = Vec::new();
    let mut after = 0;
    loop {
        let page = erp.journal(&company, after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = last.id;
        entries.extend(page.into_iter().filter(|entry| is_meant(entry, wishes.subject.as_deref())));
    }
    if wishes.json {
        let entries: Vec<Value> = entries.iter().map(as_json).collect();
        let whole = json!({"entries": entries, "sealed": sealed.entries, "last_seal": sealed.last});
        return Ok(format!("{}\n", serde_json::to_string_pretty(&whole)?));
    }
    let shown = count(entries.len(), "decision");
    let rows = entries.iter().map(row).collect();
    let headings = ["Time (UTC)", "Call", "Function", "Stream", "Subject", "Outcome", "What and why"];
    Ok(format!(
        "{}{shown} shown. All {} of the journal are as they were written; its last seal is {}\n",
        table(&headings, rows),
        sealed.entries,
        if sealed.last.is_empty() { "none" } else { &sealed.last },
    ))
}

fn is_meant(entry: &JournalEntry, subject: Option<&str>) -> bool {
    let Some(wanted) = subject.map(str::to_lowercase) else { return true };
    let decision = &entry.decision;
    decision.subject.to_lowercase() == wanted
        || decision.label.to_lowercase().contains(&wanted)
        || decision.effects.iter().any(|effect| effect.target.to_lowercase() == wanted)
}

fn row(entry: &JournalEntry) -> Vec<String> {
    let decision = &entry.decision;
    vec![
        utc(entry.decided_at_ms),
        entry.call_id.clone(),
        entry.call.clone(),
        words::stream(decision.stream).to_owned(),
        decision.label.clone(),
        words::outcome(decision.outcome).to_owned(),
        explained::in_short(decision),
    ]
}

fn as_json(entry: &JournalEntry) -> Value {
    let decision = &entry.decision;
    json!({
        "entry": entry.id,
        "time": utc(entry.decided_at_ms),
        "call_id": entry.call_id,
        "call": entry.call,
        "component": entry.component,
        "stream": words::stream(decision.stream),
        "subject": decision.subject,
        "label": decision.label,
        "outcome": words::outcome(decision.outcome),
        "reasons": explained::reasons(&decision.reasons),
        "effects": explained::effects(&decision.effects),
    })
}
