//! The drift report of the stage's company, and repairs.

use leaflink_sync_kit::CallError;
use leaflink_sync_kit::host::types::Decision;

use super::Stage;
use crate::drift::{self, DriftReport};
use crate::steps::AreaWord;

impl Stage {
    /// Compares the two sides in these areas; in all of them, if none is named.
    ///
    /// # Errors
    /// The component could not say, or changed something by answering.
    pub fn drift(&self, areas: &[AreaWord]) -> anyhow::Result<DriftReport> {
        self.without_effect(|| Ok(drift::report(&self.calls, areas)?))
    }

    /// Has one difference repaired, as far as that goes without the next round.
    pub fn repair(&self, id: &str) -> Result<Decision, CallError> {
        let mut parts: Vec<String> = id.split('/').map(str::to_owned).collect();
        if let [area, subject, _] = parts.as_mut_slice()
            && area == "statuses"
        {
            *subject = self.order_number(subject);
        }
        self.calls.repair(&parts.join("/"))
    }
}
