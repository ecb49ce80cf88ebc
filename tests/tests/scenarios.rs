//! Every folder of `tests/scenarios/` is a test of the folder's name.
//!
//! The scenarios run in parallel threads on one loaded component, each with its own database,
//! LeafLink and mail server.

use std::path::Path;
use std::process::ExitCode;

use leaflink_sync::scenario::{self, Difference};
use leaflink_sync::stage::Connections;
use leaflink_sync_kit::Connector;
use leaflink_sync_tests::stories;
use libtest_mimic::Failed;

fn main() -> ExitCode {
    stories::run(|connector| stories::each(connector, play))
}

fn play(connector: &Connector, folder: &Path) -> Result<(), Failed> {
    let played =
        scenario::play(connector, folder, Connections::Real).map_err(|error| format!("{error:#}"))?;
    if played.differences.is_empty() {
        return Ok(());
    }
    let differences: String = played.differences.iter().map(shown).collect();
    Err(format!("{}\n{differences}", played.about).into())
}

fn shown(difference: &Difference) -> String {
    let Difference { what, wanted, came } = difference;
    format!("- {what}\n  wanted: {wanted}\n  came:   {came}\n")
}
