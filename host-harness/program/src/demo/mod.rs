//! The demo: one business day of a small brand, from nine to five.
//!
//! `demo/world.json` and `demo/events.json` are the day; they have the format of the scenarios.

mod day;
mod report;
mod show;
mod show_tables;
mod tables;

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, bail};
use clap::Args;
use leaflink_sync_kit::Host;
use leaflink_sync_transport::HttpLog;

use crate::commands::{ComponentFile, component_path, load};
use crate::document::{Document, Place};
use crate::host::TrafficLog;
use crate::in_use::InUse;
use crate::recording::Recording;
use crate::stage::{Options, Stage};
use crate::steps;
use crate::terminal::Ink;
use crate::world::LoadedWorld;
use report::Report;

/// What the person asked for.
#[derive(Debug, Args)]
pub struct Wishes {
    #[command(flatten)]
    component: ComponentFile,
    /// Keep the ERP's database here, for any SQLite tool
    #[arg(long, value_name = "FILE")]
    erp: Option<PathBuf>,
    /// Write every exchange with LeafLink here, a line of JSON each
    #[arg(long, value_name = "FILE")]
    http_log: Option<PathBuf>,
    /// Write a line of JSON here for each call of the component and each decision
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// Write the day's metrics here, as OpenMetrics text
    #[arg(long, value_name = "FILE")]
    metrics: Option<PathBuf>,
    /// Record every call of the component here, for `replay`
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
    /// Use these settings of the integration: a JSON object
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Use this LeafLink in place of the built-in day: a sandbox seed with its orders
    #[arg(long, value_name = "FILE")]
    sandbox: Option<PathBuf>,
    /// What the random draws follow from
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
}

/// Plays the day; answers what to show.
///
/// # Errors
/// A file that was named is missing or malformed, or this machine gives no port or file.
pub fn run(wishes: &Wishes, ink: Ink) -> anyhow::Result<String> {
    let connector = load(&wishes.component)?;
    let mut world = LoadedWorld::from_documents(vec![Document::parse(
        "demo/world.json",
        include_str!("../../demo/world.json"),
    )?])?;
    let events = Document::parse("demo/events.json", include_str!("../../demo/events.json"))?;
    let mut steps = steps::read(&events)?;
    if let Some(path) = &wishes.sandbox {
        world.take_leaflink_from(path)?;
        steps.clear();
    }
    let settings = wishes.settings.as_deref().map(Document::load).transpose()?;

    let recording = wishes.record.as_deref().map(Recording::begin).transpose()?;
    let began = Instant::now();
    let stage = Stage::set_up(
        &connector,
        &world,
        Options {
            erp_file: wishes.erp.clone(),
            traffic_log: wishes.http_log.as_deref().map(traffic_log).transpose()?,
            call_log: wishes.log.as_deref().map(log_file).transpose()?,
            random_seed: wishes.seed,
            recorder: recording.as_ref().map(Recording::recorder),
            ..Options::default()
        },
    )?;
    if let Some(erp) = &wishes.erp {
        InUse::beside(erp).begin(&connector, &fs::read(component_path(&wishes.component)?)?)?;
    }
    if let Some(document) = &settings {
        put_settings(&stage, document)?;
    }
    let day = day::play(&stage, &events, &steps)?;
    // The report asks the component too: before the logs of its calls are closed.
    let report = Report::of(&stage, day, began.elapsed())?;
    stage.erp().checkpoint()?;
    if let Some(path) = &wishes.metrics {
        let metrics = stage.host().metrics();
        metrics.set_status(stage.company(), &stage.calls().status()?, stage.host().now_ms());
        metrics.set_webhooks(stage.company(), stage.webhook_counts().by_answer());
        fs::write(path, metrics.text()).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    if let (Some(path), Some(failure)) = (&wishes.http_log, &stage.host().seen().log_failure) {
        bail!("{} is incomplete: {failure}", path.display());
    }
    let recorded = recording.as_ref().map(Recording::end).transpose()?;
    if wishes.json {
        return Ok(format!("{}\n", serde_json::to_string_pretty(&report)?));
    }
    let mut text = show::text(&report, ink);
    text.extend(recorded);
    text.push_str(&show::where_to_look(wishes.erp.as_deref(), wishes.http_log.as_deref()));
    Ok(text)
}

fn traffic_log(path: &Path) -> anyhow::Result<TrafficLog> {
    Ok(HttpLog::new(log_file(path)?))
}

fn log_file(path: &Path) -> anyhow::Result<Box<dyn Write + Send>> {
    let file = File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(Box::new(file))
}

fn put_settings(stage: &Stage, document: &Document) -> anyhow::Result<()> {
    let Some(settings) = document.value().as_object() else {
        return Err(document.problem(&Place::root(), "expected a JSON object of settings"));
    };
    let mut problems = stage.put_settings(settings)?;
    problems.sort_by_key(|(wrong, _)| settings.keys().position(|key| key == wrong));
    let told: Vec<_> = problems
        .into_iter()
        .map(|(key, problem)| document.problem(&Place::root().key(&key), problem).to_string())
        .collect();
    if told.is_empty() { Ok(()) } else { bail!(told.join("\n")) }
}
