//! Every folder of `tests/scenarios/` is a test of the folder's name.
//!
//! The scenarios run in parallel threads on one loaded component, each with its own database,
//! LeafLink and mail server.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use leaflink_sync::scenario::{self, Difference};
use leaflink_sync::stage::Connections;
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
            Ok(Trial::test(name, move || play(&connector, &folder)))
        })
        .collect()
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
