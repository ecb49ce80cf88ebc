//! `drift`: plays a scenario and compares the two sides at its end.

use std::path::PathBuf;

use clap::Args;

use super::{ComponentFile, component};
use crate::scenario;
use crate::steps::AreaWord;
use crate::terminal::Ink;

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
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(wishes: &Wishes, ink: Ink) -> anyhow::Result<String> {
    let connector = component::load(&wishes.component)?;
    let report = scenario::drift(&connector, &wishes.folder, &wishes.area)?;
    Ok(if wishes.json {
        format!("{}\n", serde_json::to_string_pretty(&report.json())?)
    } else {
        report.text(ink)
    })
}
