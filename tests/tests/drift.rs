//! No story ends with a difference between the two sides that nothing explains.
//!
//! Each scenario is played to its end, the sync does what it would do in the next minutes, and then
//! the drift report of all areas is asked for. What it cannot explain is a mistake of the sync or of
//! the report.

use std::path::Path;
use std::process::ExitCode;

use leaflink_sync::scenario;
use leaflink_sync::terminal::Ink;
use leaflink_sync_kit::Connector;
use leaflink_sync_tests::stories;
use libtest_mimic::Failed;

fn main() -> ExitCode {
    stories::run(|connector| stories::each(connector, compare))
}

fn compare(connector: &Connector, folder: &Path) -> Result<(), Failed> {
    let report = scenario::drift_at_rest(connector, folder).map_err(|error| format!("{error:#}"))?;
    if report.unexplained().next().is_none() {
        return Ok(());
    }
    Err(report.text(Ink::plain()).into())
}
