//! No story ends with a difference between the two sides that nothing explains.
//!
//! Each scenario is played to its end, the sync does what it would do in the next minutes, and then
//! the drift report of all areas is asked for. What it cannot explain is a mistake of the sync or of
//! the report.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use leaflink_sync::scenario;
use leaflink_sync::terminal::Ink;
use leaflink_sync_kit::{Connector, Limits};
use leaflink_sync_tests::component;
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    match trials() {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn trials() -> anyhow::Result<Vec<Trial>> {
    let connector = component::load(Limits::DEFAULT)?;
    let folders = scenario::find(&component::root().join("tests/scenarios"))?;
    folders
        .into_iter()
        .map(|folder| {
            let name = folder.file_name().and_then(|name| name.to_str());
            let name = name.with_context(|| format!("{} has no plain name", folder.display()))?.to_owned();
            let connector = connector.clone();
            Ok(Trial::test(name, move || compare(&connector, &folder)))
        })
        .collect()
}

fn compare(connector: &Connector, folder: &Path) -> Result<(), Failed> {
    let report = scenario::drift_at_rest(connector, folder).map_err(|error| format!("{error:#}"))?;
    if report.unexplained().next().is_none() {
        return Ok(());
    }
    Err(report.text(Ink::plain()).into())
}
