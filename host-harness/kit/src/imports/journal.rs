//! The `journal` import.

use super::{JournalStop, Stop, printed_size, unanswered};
use crate::bindings::leaflink_sync::host::journal::{Error, Host};
use crate::bindings::leaflink_sync::host::types::Decision;
use crate::limits::{Limit, spend};
use crate::state::CallState;
use crate::trace::DecisionReport;

impl Host for CallState {
    fn append(&mut self, decision: Decision) -> Result<(), JournalStop> {
        self.must_write("journal.append")?;
        let bytes = printed_size(&decision);
        spend(&mut self.meter.journal_entries, 1, Limit::JournalEntries, self.limits.journal_entries.into())
            .and_then(|()| {
                let allowed = self.limits.journal_bytes as u64;
                spend(&mut self.meter.journal_bytes, bytes, Limit::JournalBytes, allowed)
            })
            .map_err(|exceeded| {
                // As for the store: told once, and then ended.
                if self.is_doomed() {
                    return exceeded.into();
                }
                self.doom(exceeded.into());
                Stop::Answer(Error::QuotaExceeded(exceeded.to_string()))
            })?;
        let report = DecisionReport::from(&decision);
        self.ask("journal.append", |link| link.tx.append(decision))?.map_err(Stop::Answer)?;
        self.meter.decisions.push(report);
        Ok(())
    }

    fn convert_error(&mut self, stop: JournalStop) -> wasmtime::Result<Error> {
        let error = stop.answer()?;
        match &error {
            Error::QuotaExceeded(what) | Error::Unavailable(what) => {
                self.doom(unanswered("journal", what));
            }
        }
        Ok(error)
    }
}
