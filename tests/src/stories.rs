//! Tests made of the scenarios: one for each folder of `tests/scenarios/`, with the folder's name.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use leaflink_sync::scenario;
use leaflink_sync_kit::{Connector, Limits};
use libtest_mimic::{Arguments, Failed, Trial};

use crate::component;

/// Every scenario's folder, by name.
pub fn folders() -> anyhow::Result<Vec<PathBuf>> {
    scenario::find(&component::root().join("tests/scenarios"))
}

/// A test for each scenario.
pub fn each(
    connector: &Connector,
    test: fn(&Connector, &Path) -> Result<(), Failed>,
) -> anyhow::Result<Vec<Trial>> {
    let trial = |folder: PathBuf| {
        let name = folder.file_name().and_then(|name| name.to_str());
        let name = name.with_context(|| format!("{} has no plain name", folder.display()))?.to_owned();
        let connector = connector.clone();
        Ok(Trial::test(name, move || test(&connector, &folder)))
    };
    folders()?.into_iter().map(trial).collect()
}

/// The `main` of a test of its own harness: loads the component once and runs the trials on it.
pub fn run(trials: impl FnOnce(&Connector) -> anyhow::Result<Vec<Trial>>) -> ExitCode {
    let arguments = Arguments::from_args();
    match component::load(Limits::DEFAULT).and_then(|connector| trials(&connector)) {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit_code(),
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
