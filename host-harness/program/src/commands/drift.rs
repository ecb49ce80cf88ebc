//! `drift`: plays a scenario and compares the two sides at its end; repairs differences, and compares
//! again after one more round.

use std::path::PathBuf;

use clap::Args;
use leaflink_sync_kit::words;
use serde_json::json;

use super::{ComponentFile, component};
use crate::explained;
use crate::scenario::{self, Repaired};
use crate::steps::AreaWord;
use crate::terminal::{Ink, table};

#[derive(Debug, Args)]
pub(super) struct Wishes {
    #[command(flatten)]
    component: ComponentFile,
    /// The scenario whose end is looked at
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// Only this area; may be given several times
    #[arg(long, value_enum, value_name = "AREA")]
    area: Vec<AreaWord>,
    /// Repair this difference, named by its id; may be given several times
    #[arg(long, value_name = "ID")]
    repair: Vec<String>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(wishes: &Wishes, ink: Ink) -> anyhow::Result<String> {
    let connector = component::load(&wishes.component)?;
    if !wishes.repair.is_empty() {
        let repaired = scenario::repair(&connector, &wishes.folder, &wishes.area, &wishes.repair)?;
        return if wishes.json { as_json(&repaired) } else { Ok(text(&repaired, ink)) };
    }
    let report = scenario::drift(&connector, &wishes.folder, &wishes.area)?;
    Ok(if wishes.json {
        format!("{}\n", serde_json::to_string_pretty(&report.json())?)
    } else {
        report.text(ink)
    })
}

fn text(repaired: &Repaired, ink: Ink) -> String {
    let row = repaired.repairs.iter().map(|(id, decision)| {
        vec![id.clone(), words::outcome(decision.outcome).to_owned(), explained::in_short(decision)]
    });
    let repairs = table(&["Difference", "Outcome", "What and why"], row.collect());
    [
        ("Before", repaired.before.text(ink)),
        ("Repairs", repairs),
        ("After a round of the sync", repaired.after.text(ink)),
    ]
    .map(|(heading, part)| format!("{}\n{part}", ink.heading(heading)))
    .join("\n")
}

fn as_json(repaired: &Repaired) -> anyhow::Result<String> {
    let repair = repaired.repairs.iter().map(|(id, decision)| {
        json!({
            "id": id,
            "outcome": words::outcome(decision.outcome),
            "reasons": explained::reasons(&decision.reasons),
            "effects": explained::effects(&decision.effects),
        })
    });
    let whole = json!({
        "before": repaired.before.json(),
        "repairs": repair.collect::<Vec<_>>(),
        "after": repaired.after.json(),
    });
    Ok(format!("{}\n", serde_json::to_string_pretty(&whole)?))
}
