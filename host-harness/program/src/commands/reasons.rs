//! `reasons`: the component's own table.

use super::ComponentFile;
use super::component::load;
use crate::terminal::table;

/// Every reason code with its meaning and the step that puts it right.
pub(super) fn run(file: &ComponentFile) -> anyhow::Result<String> {
    let reasons = load(file)?.reasons()?;
    let rows = reasons.into_iter().map(|reason| vec![reason.code, reason.meaning, reason.fix]);
    Ok(table(&["Code", "What it means", "What to do"], rows.collect()))
}
