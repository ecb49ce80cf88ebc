//! Queued writes that wait for a person, as people see them.

use leaflink_sync_kit::Calls;
use serde::Serialize;

use crate::terminal;
use crate::words::utc;

/// Writes read in one go.
const PAGE: u32 = 500;

/// A write that is not tried again until somebody or something changes.
#[derive(Debug, Serialize)]
pub struct ParkedWrite {
    /// Names it for whoever has it tried again or drops it.
    pub id: String,
    /// What people know the thing by.
    pub label: String,
    /// Since when it is wanted, as RFC 3339 has it.
    pub since: String,
    /// The reason's code.
    pub code: String,
    /// Why it waits.
    pub message: String,
    /// What a person can do about it.
    pub fix: String,
}

/// All of a company.
///
/// # Errors
/// The component cannot say.
pub fn all(calls: &Calls) -> anyhow::Result<Vec<ParkedWrite>> {
    let mut rows = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = calls.parked_writes(after.as_deref(), PAGE)?;
        let Some(last) = page.last() else { return Ok(rows) };
        after = Some(last.id.clone());
        rows.extend(page.into_iter().map(|write| ParkedWrite {
            id: write.id,
            label: write.label,
            since: utc(write.since_ms),
            code: write.reason.code,
            message: write.reason.message,
            fix: write.reason.fix,
        }));
    }
}

/// A table of them, in the order given.
pub fn table(rows: &[ParkedWrite]) -> String {
    let headings = ["Write", "About", "Since (UTC)", "Why", "What to do"];
    let row = rows.iter().map(|row| {
        vec![row.id.clone(), row.label.clone(), row.since.clone(), row.message.clone(), row.fix.clone()]
    });
    terminal::table(&headings, row.collect())
}
