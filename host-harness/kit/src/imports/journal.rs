//! The `journal` import.

use super::{JournalStop, Stop, unanswered};
use crate::bindings::leaflink_sync::host::journal::{Error, Host};
use crate::bindings::leaflink_sync::host::types::Decision;
use crate::limits::{Limit, spend};
use crate::state::CallState;

impl Host for CallState {
    fn append(&mut self, decision: Decision) -> Result<(), JournalStop> {
        self.must_write("journal.append")?;
        spend(&mut self.meter.journal_entries, 1, Limit::JournalEntries, self.limits.journal_entries.into())
            .map_err(|exceeded| {
                self.doom(exceeded.into());
                Stop::Answer(Error::QuotaExceeded(exceeded.to_string()))
            })?;
        self.ask("journal.append", |link| link.tx.append(decision))?.map_err(Stop::Answer)
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
