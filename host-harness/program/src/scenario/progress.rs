//! What the steps of a scenario brought about, apart from what is stored.

use std::collections::BTreeMap;

use leaflink_sync_kit::CallError;
use leaflink_sync_kit::exports::Failure;
use leaflink_sync_kit::exports::insight::Explanation;
use leaflink_sync_kit::exports::product_links::Suggestion;
use leaflink_sync_kit::exports::readiness::Check;
use leaflink_sync_kit::host::types::Decision;

use crate::drift::DriftReport;
use crate::stage::Happened;
use crate::sync_round::{Catalogue, Look, Round};
use leaflink_sync_kit::words;

/// What came of the steps, in their order.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// LeafLink's number and outcome, for each `look_at`.
    pub looked_at: Vec<(String, &'static str)>,
    /// What was last said of each payment, by its id.
    pub payments: BTreeMap<String, Decision>,
    /// What was last said of each transfer, by its id.
    pub transfers: BTreeMap<String, Decision>,
    /// What was last said of each product, by the ERP's id, or by LeafLink's if it is linked to none.
    pub products: BTreeMap<String, Decision>,
    /// `poll`, `poll_products`, `suggest_links`, `deliver`, LeafLink's number, or the id of a payment,
    /// transfer or product, and code.
    pub failures: Vec<(String, String)>,
    /// The order as its step names it, for each `explain`.
    pub explained: Vec<(String, Explanation)>,
    /// The order as its step names it, for each `preview`.
    pub previewed: Vec<(String, Decision)>,
    /// What the last `check_list` showed.
    pub checked: Vec<Check>,
    /// What every `suggest_links` was answered, one after the other.
    pub suggested: Vec<Suggestion>,
    /// What every step `drift` was answered.
    pub drift: Vec<DriftReport>,
    /// For each `repair`, the decision; or the code of the reason that it was rejected for.
    pub repaired: Vec<Result<Decision, String>>,
    /// For each `link` and `unlink`, the outcome, or the code of the reason that it was refused for.
    pub linked: Vec<Result<&'static str, String>>,
}

impl Progress {
    /// Notes what came of a step.
    pub fn note(&mut self, happened: Happened) {
        match happened {
            Happened::Done => {}
            Happened::Synced(round) => self.note_round(*round),
            Happened::LookedAt(look) => {
                self.note_failure(&look);
                if let Ok(decision) = &look.outcome {
                    self.looked_at.push((look.number, words::outcome(decision.outcome)));
                }
            }
            Happened::ReadCatalogue(catalogue) => self.note_catalogue(catalogue),
            Happened::Suggested(Ok(suggestions)) => self.suggested.extend(suggestions.found),
            Happened::Suggested(Err(error)) => {
                self.failures.push(("suggest_links".to_owned(), code(&error)));
            }
            Happened::Linked(outcome) => self.linked.push(match outcome {
                Ok(decision) => Ok(words::outcome(decision.outcome)),
                Err(error) => Err(code(&error)),
            }),
            Happened::Checked(checks) => self.checked = checks,
            Happened::Compared(report) => self.drift.push(*report),
            Happened::Repaired(outcome) => self.repaired.push(outcome.map_err(|error| code(&error))),
            Happened::Explained { order, explanation } => self.explained.push((order, *explanation)),
            Happened::Previewed { order, decision } => self.previewed.push((order, *decision)),
        }
    }

    fn note_round(&mut self, round: Round) {
        for look in &round.looks {
            self.note_failure(look);
        }
        for look in round.products.iter().chain(&round.payments).chain(&round.transfers) {
            self.note_failure(look);
        }
        let said = |look: Look| Some((look.number, look.outcome.ok()?));
        self.payments.extend(round.payments.into_iter().filter_map(said));
        self.transfers.extend(round.transfers.into_iter().filter_map(said));
        for reason in &round.refused {
            self.failures.push(("poll".to_owned(), reason.code.clone()));
        }
        if let Some(error) = round.cut_short.as_ref().or(round.stopped.as_ref()) {
            self.failures.push(("poll".to_owned(), code(error)));
        }
        if let Some(error) = &round.undelivered {
            self.failures.push(("deliver".to_owned(), code(error)));
        }
        self.note_products(round.products);
        self.note_catalogue(round.catalogue);
    }

    fn note_products(&mut self, looks: Vec<Look>) {
        for decision in looks.into_iter().filter_map(|look| look.outcome.ok()) {
            self.products.insert(decision.subject.clone(), decision);
        }
    }

    fn note_catalogue(&mut self, catalogue: Catalogue) {
        for look in &catalogue.looks {
            self.note_failure(look);
        }
        self.note_products(catalogue.looks);
        let refused = catalogue.refused.iter().map(|reason| reason.code.clone());
        for code in refused.chain(catalogue.stopped.as_ref().map(code)) {
            self.failures.push(("poll_products".to_owned(), code));
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
