//! `parked`: the writes to LeafLink that wait for a person, and what the person says to one.

use clap::Args;
use serde_json::json;

use super::ComponentFile;
use super::kept::Kept;
use super::tables::ErpFile;
use crate::parked;
use crate::words::count;

#[derive(Debug, Args)]
pub(super) struct Wishes {
    #[command(flatten)]
    erp: ErpFile,
    #[command(flatten)]
    component: ComponentFile,
    /// Have this one tried again by the next delivery
    #[arg(long, value_name = "WRITE", conflicts_with = "drop")]
    retry: Option<String>,
    /// Drop this one for good
    #[arg(long, value_name = "WRITE", requires = "why")]
    drop: Option<String>,
    /// Why it is dropped, for the journal
    #[arg(long, value_name = "TEXT", requires = "drop")]
    why: Option<String>,
    /// Print the writes as JSON
    #[arg(long)]
    json: bool,
}

/// Says a person's word, if there is one, and lists what waits then.
pub(super) fn run(wishes: &Wishes) -> anyhow::Result<String> {
    let Kept { erp, calls, .. } = Kept::open(&wishes.erp, &wishes.component)?;
    let decided = match (&wishes.retry, &wishes.drop) {
        (Some(id), _) => Some((calls.retry_write(id)?, "is tried again by the next delivery")),
        (_, Some(id)) => {
            Some((calls.drop_write(id, wishes.why.as_deref().unwrap_or_default())?, "is dropped"))
        }
        _ => None,
    };
    let said = decided.map(|(decision, what)| format!("{} {what}.", decision.label));
    if said.is_some() {
        erp.checkpoint()?;
    }
    let waiting = parked::all(&calls)?;
    if wishes.json {
        let whole = json!({"said": said, "parked": waiting});
        return Ok(format!("{}\n", serde_json::to_string_pretty(&whole)?));
    }
    let said = said.map(|said| format!("{said}\n\n")).unwrap_or_default();
    Ok(match waiting.len() {
        0 => format!("{said}No write waits for a person.\n"),
        writes => {
            let waits = if writes == 1 { "waits" } else { "wait" };
            format!("{said}{}{} {waits} for a person.\n", parked::table(&waiting), count(writes, "write"))
        }
    })
}
