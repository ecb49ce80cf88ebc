//! Scenarios: a folder with the world before, what happens, and the world expected after.
//!
//! `tests/scenarios/README.md` describes the three files. A scenario is played through the real
//! component, real HTTP, real SMTP and a real database; then the end is compared with what was
//! expected, and every difference is told with what was wanted and what came.

mod compare;
mod expected;
mod observed;
mod progress;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use leaflink_sync_kit::Connector;
use leaflink_sync_kit::exports::insight::Explanation;
use leaflink_sync_kit::exports::inventory::Availability;
use leaflink_sync_kit::host::Records;
use leaflink_sync_kit::host::types::Decision;

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
/// Records read in one go.
const PAGE: usize = 500;

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

/// What came of repairs: the two sides before them and after.
#[derive(Debug)]
pub struct Repaired {
    /// At the scenario's end.
    pub before: DriftReport,
    /// What was decided about each difference that was to be repaired, in that order, by its id.
    pub repairs: Vec<(String, Decision)>,
    /// After the next round of the sync.
    pub after: DriftReport,
}

/// Plays the scenario in a folder, has differences at its end repaired, each named by its id, and plays
/// one more round of the sync. The two sides are compared in these areas; in all of them, if none is
/// named.
///
/// # Errors
/// As [`drift`]; or no report gives such an id.
pub fn repair(
    connector: &Connector,
    folder: &Path,
    areas: &[AreaWord],
    ids: &[String],
) -> anyhow::Result<Repaired> {
    let (stage, _, _) = to_the_end(connector, folder, Options::default())?;
    let before = stage.drift(areas)?;
    let repair = |id: &String| Ok((id.clone(), stage.repair(id)?));
    let repairs = ids.iter().map(repair).collect::<anyhow::Result<_>>()?;
    stage.sync()?;
    Ok(Repaired { before, repairs, after: stage.drift(areas)? })
}

/// Plays the scenario in a folder, and asks at its end what LeafLink should show of these products; of
/// every linked one, if none is named. Answers the products' names too, by id.
///
/// # Errors
/// As [`play`]; the ERP has no such product; or the component could not say.
pub fn inventory(
    connector: &Connector,
    folder: &Path,
    products: &[String],
) -> anyhow::Result<(Vec<Availability>, BTreeMap<String, String>)> {
    let (stage, _, _) = to_the_end(connector, folder, Options::default())?;
    let figures = stage.inventory(products)?;
    if let Some(id) = products.iter().find(|id| !figures.iter().any(|one| one.product == **id)) {
        bail!("the ERP has no product {id}");
    }
    let mut names = BTreeMap::new();
    let ids: Vec<_> = figures.iter().map(|one| one.product.clone()).collect();
    let mut view = stage.erp().view(stage.company())?;
    for page in ids.chunks(PAGE) {
        names.extend(view.get_products(page)?.into_iter().map(|product| (product.id, product.name)));
    }
    Ok((figures, names))
}

/// Plays the scenario in a folder, lets the sync do what it would do in the next minutes, and
/// compares the two sides in all areas.
///
/// # Errors
/// As [`drift`].
pub fn drift_at_rest(connector: &Connector, folder: &Path) -> anyhow::Result<DriftReport> {
    let (stage, _, _) = to_the_end(connector, folder, in_process())?;
    // An outage that the story ends in is over by then, and LeafLink's limit is free again.
    stage.sandbox().clear_faults();
    stage.let_pass(Duration::from_secs(120));
    stage.sync()?;
    stage.push_stock()?;
    stage.let_pass(Duration::from_secs(120));
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
