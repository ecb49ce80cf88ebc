//! `replay`: plays recorded calls on another component, and shows what it does differently.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use chrono::DateTime;
use clap::Args;
use leaflink_sync_kit::Connector;
use leaflink_sync_kit::recording::{Comparison, Difference, Reader, RecordedCall, Verdict, replay};
use serde_json::{Value, json};

use super::{ComponentFile, component, print};
use crate::terminal::{Ink, table};
use crate::words::count;

/// Calls that are shown one by one, unless all are asked for.
const SHOWN_CALLS: usize = 20;
/// Longest value that is shown whole, in characters.
const SHOWN_CHARS: usize = 160;

#[derive(Debug, Args)]
pub(super) struct Wishes {
    #[command(flatten)]
    component: ComponentFile,
    /// Recordings, as `--record` writes them
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Only calls of this function, such as on-order
    #[arg(long, value_name = "NAME")]
    call: Option<String>,
    /// Only calls whose first argument is this: an order's number, a payment's id
    #[arg(long, value_name = "ID")]
    about: Option<String>,
    /// Show every call that differs, not only the first 20
    #[arg(long)]
    all: bool,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// Plays the recordings. The exit code is that of `diff`: 0 when every call answers and writes the
/// same, 1 when one differs or cannot be compared, 2 when the files or the component cannot be used.
pub(super) fn run(wishes: &Wishes, ink: Ink) -> anyhow::Result<ExitCode> {
    match played(wishes) {
        Ok(report) => {
            let text = if wishes.json { report.json()? } else { report.text(wishes.all, ink) };
            print(&text)?;
            Ok(if report.is_the_same() { ExitCode::SUCCESS } else { ExitCode::from(1) })
        }
        Err(error) => {
            eprintln!("leaflink-sync: {error:#}");
            Ok(ExitCode::from(2))
        }
    }
}

fn played(wishes: &Wishes) -> anyhow::Result<Report> {
    let connector = component::load(&wishes.component)?;
    let mut report = Report::new(&connector);
    for path in &wishes.files {
        let mut reader = Reader::open(path)?;
        for call in reader.by_ref() {
            let call = call?;
            let wanted = wishes.call.as_ref().is_none_or(|name| *name == call.call)
                && wishes.about.as_ref().is_none_or(|about| call.subject().as_ref() == Some(about));
            if wanted {
                let played = replay(&connector, &call).map_err(anyhow::Error::msg);
                let played = played.with_context(|| path.display().to_string())?;
                report.add(&call, played.comparison);
            }
        }
        if reader.cut_off() {
            report.cut_off.push(path.display().to_string());
        }
    }
    Ok(report)
}

/// What came of playing recordings.
struct Report {
    component: String,
    digest: String,
    /// Digests of the components that were recorded, with their calls.
    recorded_by: BTreeMap<String, usize>,
    /// Calls by function and verdict.
    calls: BTreeMap<String, BTreeMap<Verdict, usize>>,
    /// Those that are not the same.
    told: Vec<(RecordedCall, Comparison)>,
    cut_off: Vec<String>,
}

const VERDICTS: [(Verdict, &str); 4] = [
    (Verdict::Identical, "identical"),
    (Verdict::SameEffects, "same effects"),
    (Verdict::Different, "different"),
    (Verdict::NotComparable, "not comparable"),
];

impl Report {
    fn new(connector: &Connector) -> Self {
        let is = connector.description();
        Self {
            component: format!("{} {} ({})", is.name, is.version, is.revision),
            digest: connector.digest().to_string(),
            recorded_by: BTreeMap::new(),
            calls: BTreeMap::new(),
            told: Vec::new(),
            cut_off: Vec::new(),
        }
    }

    fn add(&mut self, call: &RecordedCall, comparison: Comparison) {
        *self.recorded_by.entry(call.component.clone()).or_default() += 1;
        *self.calls.entry(call.call.clone()).or_default().entry(comparison.verdict).or_default() += 1;
        if comparison.verdict > Verdict::SameEffects {
            self.told.push((call.clone(), comparison));
        }
    }

    fn is_the_same(&self) -> bool {
        self.told.is_empty()
    }

    fn total(&self, verdict: Verdict) -> usize {
        self.calls.values().filter_map(|calls| calls.get(&verdict)).sum()
    }

    fn text(&self, all: bool, ink: Ink) -> String {
        let mut text = String::new();
        for (digest, calls) in &self.recorded_by {
            text.push_str(&format!("recorded   {} by {}\n", count(*calls, "call"), short(digest)));
        }
        text.push_str(&format!("played on  {} {}\n\n", short(&self.digest), self.component));

        let headings = ["Call", ">identical", ">same effects", ">different", ">not comparable"];
        let row = |name: &str, of: &dyn Fn(Verdict) -> usize| {
            let figures = VERDICTS.iter().map(|(verdict, _)| of(*verdict).to_string());
            std::iter::once(name.to_owned()).chain(figures).collect::<Vec<_>>()
        };
        let mut rows: Vec<_> = self
            .calls
            .iter()
            .map(|(name, calls)| row(name, &|verdict| calls.get(&verdict).copied().unwrap_or(0)))
            .collect();
        rows.push(row("all", &|verdict| self.total(verdict)));
        text.push_str(&table(&headings, rows));

        let shown = if all { self.told.len() } else { SHOWN_CALLS.min(self.told.len()) };
        for (call, comparison) in &self.told[..shown] {
            text.push('\n');
            text.push_str(&call_text(call, comparison, ink));
        }
        if shown < self.told.len() {
            text.push_str(&format!("\n... and {} more; --all shows them\n", self.told.len() - shown));
        }
        for file in &self.cut_off {
            text.push_str(&format!("\n{file} ends in the middle of a call, which was left out.\n"));
        }
        text.push_str(match self.is_the_same() {
            true => "\nEvery call answers and writes what it did.\n",
            false => "\n",
        });
        text
    }

    fn json(&self) -> anyhow::Result<String> {
        let totals: BTreeMap<_, _> =
            VERDICTS.iter().map(|(verdict, name)| (*name, self.total(*verdict))).collect();
        let calls: Vec<Value> = self
            .told
            .iter()
            .map(|(call, comparison)| {
                let differences = comparison.differences.iter().map(
                    |it| json!({"of": it.of, "place": it.place, "before": it.before, "after": it.after}),
                );
                json!({
                    "call": call.call, "company": call.company, "at_ms": call.at_ms, "about": call.subject(),
                    "verdict": name(comparison.verdict), "asked_for_something_new": comparison.asked,
                    "differences": differences.collect::<Vec<_>>(),
                })
            })
            .collect();
        let report = json!({
            "same": self.is_the_same(), "component": self.digest, "recorded_by": self.recorded_by,
            "totals": totals, "calls": calls, "cut_off": self.cut_off,
        });
        Ok(format!("{}\n", serde_json::to_string_pretty(&report)?))
    }
}

fn name(verdict: Verdict) -> &'static str {
    VERDICTS.iter().find(|(one, _)| *one == verdict).map_or("", |(_, name)| name)
}

fn call_text(call: &RecordedCall, comparison: &Comparison, ink: Ink) -> String {
    let at = i64::try_from(call.at_ms).ok().and_then(DateTime::from_timestamp_millis);
    let at = at.map(|at| at.format("%Y-%m-%d %H:%M:%S UTC").to_string()).unwrap_or_default();
    let about = call.subject().map(|subject| format!(" {subject}")).unwrap_or_default();
    let heading =
        format!("{}{about}, company {}, {at}: {}", call.call, call.company, name(comparison.verdict));
    let mut text = format!("{}\n", ink.heading(&heading));
    let mut of = "";
    for difference in &comparison.differences {
        if difference.of != of {
            text.push_str(&format!("  {}\n", difference.of));
            of = &difference.of;
        }
        text.push_str(&difference_text(difference, ink));
    }
    if let Some(asked) = &comparison.asked {
        text.push_str(&format!(
            "  asked for something new: {}\n  The recording has no answer to that, so what comes after it cannot be compared.\n",
            shortened(asked)
        ));
    }
    text
}

fn difference_text(difference: &Difference, ink: Ink) -> String {
    let place = if difference.place.is_empty() { "" } else { &difference.place };
    let mut text = String::new();
    if !place.is_empty() {
        text.push_str(&format!("    {place}\n"));
    }
    if let Some(before) = &difference.before {
        text.push_str(&format!("      {} {}\n", ink.bad("-"), shortened(before)));
    }
    if let Some(after) = &difference.after {
        text.push_str(&format!("      {} {}\n", ink.good("+"), shortened(after)));
    }
    text
}

/// On one line, and no longer than can be read.
fn shortened(text: &str) -> String {
    let line = text.replace('\n', " / ");
    match line.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}

/// Enough of a digest to know a file by.
fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}
