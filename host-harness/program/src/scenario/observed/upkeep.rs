//! The sync itself: writes that wait for a person, alarms, the set-up check-list.

use std::collections::BTreeMap;

use leaflink_sync_kit::exports::readiness::Check;
use leaflink_sync_kit::host::types::{Decision, Outcome};

use super::{Names, PAGE};
use crate::stage::Stage;

/// The code of each parked write's reason, by `order/<short id>` or the like.
pub(super) fn parked(stage: &Stage, names: &Names) -> anyhow::Result<BTreeMap<String, String>> {
    let mut parked = BTreeMap::new();
    let mut after = None;
    loop {
        let page = stage.calls().parked_writes(after.as_deref(), PAGE)?;
        let Some(last) = page.last() else { return Ok(parked) };
        after = Some(last.id.clone());
        for write in page {
            let id = match write.id.strip_prefix("order/") {
                Some(number) => format!("order/{}", names.short(number)),
                None => write.id,
            };
            parked.insert(id, write.reason.code);
        }
    }
}

/// `code: raised` or `code: over` for each alarm in the journal, in order.
pub(super) fn alarms(journal: &[Decision]) -> Vec<String> {
    let told = |decision: &Decision| {
        let code = decision.subject.strip_prefix("alarm/")?;
        Some(format!("{code}: {}", if decision.outcome == Outcome::Held { "raised" } else { "over" }))
    };
    journal.iter().filter_map(told).collect()
}

/// The checks by their title.
pub(super) fn check_list(checks: Vec<Check>) -> BTreeMap<String, (bool, String)> {
    checks.into_iter().map(|check| (check.title, (check.done, check.detail))).collect()
}
