//! What the steps of a scenario brought about, apart from what is stored.

use leaflink_sync_kit::CallError;
use leaflink_sync_kit::exports::Failure;
use leaflink_sync_kit::exports::insight::Explanation;
use leaflink_sync_kit::host::types::Decision;

use crate::stage::Happened;
use crate::sync_round::{Look, Round};
use crate::words;

/// What came of the steps, in their order.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// LeafLink's number and outcome, for each `look_at`.
    pub looked_at: Vec<(String, &'static str)>,
    /// `poll`, `deliver` or LeafLink's number, and code.
    pub failures: Vec<(String, String)>,
    /// The order as its step names it, for each `explain`.
    pub explained: Vec<(String, Explanation)>,
    /// The order as its step names it, for each `preview`.
    pub previewed: Vec<(String, Decision)>,
}

impl Progress {
    /// Notes what came of a step.
    pub fn note(&mut self, happened: Happened) {
        match happened {
            Happened::Done => {}
            Happened::Synced(round) => self.note_round(&round),
            Happened::LookedAt(look) => {
                self.note_failure(&look);
                if let Ok(decision) = &look.outcome {
                    self.looked_at.push((look.number, words::outcome(decision.outcome)));
                }
            }
            Happened::Explained { order, explanation } => self.explained.push((order, *explanation)),
            Happened::Previewed { order, decision } => self.previewed.push((order, *decision)),
        }
    }

    fn note_round(&mut self, round: &Round) {
        for look in &round.looks {
            self.note_failure(look);
        }
        for reason in &round.refused {
            self.failures.push(("poll".to_owned(), reason.code.clone()));
        }
        if let Some(error) = &round.stopped {
            self.failures.push(("poll".to_owned(), code(error)));
        }
        if let Some(error) = &round.undelivered {
            self.failures.push(("deliver".to_owned(), code(error)));
        }
    }

    fn note_failure(&mut self, look: &Look) {
        if let Err(error) = &look.outcome {
            self.failures.push((look.number.clone(), code(error)));
        }
    }
}

/// The reason's code, or the whole sentence where there is none.
fn code(error: &CallError) -> String {
    match error.failure() {
        Some(Failure::Retry(retry)) => retry.reason.code.clone(),
        Some(Failure::Reject(reason) | Failure::Misconfigured(reason)) => reason.code.clone(),
        Some(Failure::NotSupported(_)) | None => error.to_string(),
    }
}
