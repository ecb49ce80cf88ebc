//! `scenario`: plays scenario folders.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::bail;
use clap::Args;
use leaflink_sync_kit::Connector;

use super::{ComponentFile, component, print};
use crate::explained;
use crate::recording::Recording;
use crate::scenario::{self, Difference};
use crate::stage::Options;
use crate::terminal::Ink;
use crate::words::count;

#[derive(Debug, Args)]
pub(super) struct Wishes {
    #[command(flatten)]
    component: ComponentFile,
    /// Scenarios, or folders of scenarios
    #[arg(required = true, value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// Play one scenario, and explain the LeafLink order with this short id as it stands at the end
    #[arg(long, value_name = "ORDER")]
    explain: Option<String>,
    /// With --explain: print the explanation as JSON
    #[arg(long, requires = "explain")]
    json: bool,
    /// Record every call of the component here, for `replay`
    #[arg(long, value_name = "FILE", conflicts_with = "explain")]
    record: Option<PathBuf>,
}

pub(super) fn run(wishes: &Wishes, ink: Ink) -> anyhow::Result<ExitCode> {
    let connector = component::load(&wishes.component)?;
    let mut scenarios = Vec::new();
    for folder in &wishes.folders {
        scenarios.extend(scenario::find(folder)?);
    }
    if let Some(order) = &wishes.explain {
        return explain(&connector, &scenarios, order, wishes.json);
    }
    let recording = wishes.record.as_deref().map(Recording::begin).transpose()?;
    let mut failed = 0;
    for folder in &scenarios {
        let began = Instant::now();
        let recorder = recording.as_ref().map(Recording::recorder);
        let played = scenario::play_with(&connector, folder, Options { recorder, ..Options::default() });
        let name = folder.display();
        let millis = began.elapsed().as_millis();
        let (passed, text) = match &played {
            Err(error) => (false, format!("{error:#}\n")),
            Ok(played) => {
                (played.differences.is_empty(), played.differences.iter().map(shown).collect::<String>())
            }
        };
        failed += usize::from(!passed);
        let verdict = if passed { ink.good("ok  ") } else { ink.bad("FAIL") };
        let about = played.map(|played| played.about).unwrap_or_default();
        print(&format!("{verdict} {name} ({millis} ms): {about}\n{}", indented(&text, "     ")))?;
    }
    let passed = scenarios.len() - failed;
    print(&format!("{}: {passed} passed, {failed} failed\n", count(scenarios.len(), "scenario")))?;
    if let Some(recording) = &recording {
        print(&recording.end()?)?;
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn explain(
    connector: &Connector,
    scenarios: &[PathBuf],
    order: &str,
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    let [folder] = scenarios else {
        bail!("--explain plays one scenario, and {} were named", scenarios.len());
    };
    let explanation = scenario::explain(connector, folder, order)?;
    if as_json {
        print(&format!("{}\n", serde_json::to_string_pretty(&explained::json(&explanation))?))?;
    } else {
        print(&explained::text(&explanation))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn shown(difference: &Difference) -> String {
    let Difference { what, wanted, came } = difference;
    let hanging = |text: &str| text.trim_end().replace('\n', "\n           ");
    format!("{what}\n   wanted  {}\n   came    {}\n", hanging(wanted), hanging(came))
}

fn indented(text: &str, by: &str) -> String {
    text.lines().map(|line| format!("{by}{line}\n")).collect()
}
