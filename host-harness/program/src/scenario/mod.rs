//! Scenarios: a folder with the world before, what happens, and the world expected after.
//!
//! `tests/scenarios/README.md` describes the three files. A scenario is played through the real
//! component, real HTTP, real SMTP and a real database; then the end is compared with what was
//! expected, and every difference is told with what was wanted and what came.

mod compare;
mod expected;
mod observed;
mod progress;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use leaflink_sync_kit::Connector;
use leaflink_sync_kit::exports::insight::Explanation;

use crate::document::Document;
use crate::drift::DriftReport;
use crate::stage::{Connections, Options, Stage};
use crate::steps::{self, AreaWord};
use crate::world::LoadedWorld;
use expected::Expected;
use observed::Observed;
use progress::Progress;

/// What the random numbers of a scenario follow from, so that it ends the same each time.
const RANDOM_SEED: u64 = 1;

/// A scenario that was played to its end.
#[derive(Debug)]
pub struct Played {
    /// What it shows, in its own words.
    pub about: String,
    /// Where the end differs from what was expected; empty: it passed.
    pub differences: Vec<Difference>,
}

/// One thing that came out differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What it is about.
    pub what: String,
    /// What was expected.
    pub wanted: String,
    /// What is there.
    pub came: String,
}

/// The scenarios in a folder: the folder itself if it is one, else those of its subfolders, by
/// name.
///
/// # Errors
/// The folder cannot be read, or holds no scenario.
pub fn find(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if is_scenario(folder) {
        return Ok(vec![folder.to_owned()]);
    }
    let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if is_scenario(&path) {
            found.push(path);
        }
    }
    anyhow::ensure!(!found.is_empty(), "{} holds no scenario: a folder with world.json", folder.display());
    found.sort();
    Ok(found)
}

fn is_scenario(folder: &Path) -> bool {
    folder.join("world.json").is_file()
}

/// Plays the scenario in a folder.
///
/// # Errors
/// A file is missing or malformed, or a step could not be done; names the file and the line.
pub fn play(connector: &Connector, folder: &Path, connections: Connections) -> anyhow::Result<Played> {
    play_with(connector, folder, Options { connections, ..Options::default() })
}

/// Plays the scenario in a folder on a stage with these options; its random numbers are its own.
///
/// # Errors
/// As [`play`].
pub fn play_with(connector: &Connector, folder: &Path, options: Options) -> anyhow::Result<Played> {
    let expected = Expected::read(Document::load(&folder.join("expected.json"))?)?;
    let (stage, progress, about) = to_the_end(connector, folder, options)?;
    let observed = Observed::of(&stage, progress, &expected)?;
    Ok(Played { about, differences: compare::compare(&expected, &observed) })
}

/// Plays the scenario in a folder, and asks at its end how a LeafLink order, named by its short id,
/// is decided upon.
///
/// # Errors
/// As [`play`]; or the component could not say.
pub fn explain(connector: &Connector, folder: &Path, order: &str) -> anyhow::Result<Explanation> {
    let (stage, _, _) = to_the_end(connector, folder, Options::default())?;
    stage.explain(order)
}

/// Plays the scenario in a folder, and compares the two sides at its end in these areas; in all of
/// them, if none is named.
///
/// # Errors
/// As [`play`]; or the component could not say.
pub fn drift(connector: &Connector, folder: &Path, areas: &[AreaWord]) -> anyhow::Result<DriftReport> {
    let (stage, _, _) = to_the_end(connector, folder, Options::default())?;
    stage.drift(areas)
}

/// Plays the scenario in a folder, lets the sync do what it would do in the next minutes, and
/// compares the two sides in all areas.
///
/// # Errors
/// As [`drift`].
pub fn drift_at_rest(connector: &Connector, folder: &Path) -> anyhow::Result<DriftReport> {
    let (stage, _, _) = to_the_end(connector, folder, in_process())?;
    stage.sync()?;
    stage.push_stock()?;
    stage.drift(&[])
}

fn in_process() -> Options {
    Options { connections: Connections::InProcess, ..Options::default() }
}

/// The stage after the last step, what the steps brought about, and what the scenario shows.
fn to_the_end(
    connector: &Connector,
    folder: &Path,
    options: Options,
) -> anyhow::Result<(Stage, Progress, String)> {
    let world = LoadedWorld::load(&folder.join("world.json"))?;
    let events = Document::load(&folder.join("events.json"))?;
    let steps = steps::read(&events)?;

    let options = Options { random_seed: RANDOM_SEED, ..options };
    let stage = Stage::set_up(connector, &world, options)?;
    // What the set-up asked for is no part of the story.
    stage.host().seen().requests.clear();
    let mut progress = Progress::default();
    for step in &steps {
        let happened = step
            .at
            .map_or(Ok(()), |at| stage.move_to(at))
            .and_then(|()| stage.perform(&step.act))
            .map_err(|error| events.problem(&step.place, format!("{error:#}")))?;
        progress.note(happened);
    }
    Ok((stage, progress, world.world.about))
}
