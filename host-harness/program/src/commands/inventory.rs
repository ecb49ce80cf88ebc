//! `inventory`: plays a scenario, and asks at its end what LeafLink should show of each linked product.
//!
//! The component reads LeafLink's open orders and products to say so. That is why there is a scenario
//! and not a kept ERP alone.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use leaflink_sync_kit::exports::inventory::Availability;
use serde_json::{Value, json};

use super::{ComponentFile, component};
use crate::explained;
use crate::scenario;
use crate::terminal::table;
use crate::words::{count, mode};

#[derive(Debug, Args)]
pub(super) struct Wishes {
    #[command(flatten)]
    component: ComponentFile,
    /// The scenario whose end is looked at
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// Only this product, named by its id and linked or not; may be given several times
    #[arg(long, value_name = "PRODUCT")]
    product: Vec<String>,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(wishes: &Wishes) -> anyhow::Result<String> {
    let connector = component::load(&wishes.component)?;
    let (figures, names) = scenario::inventory(&connector, &wishes.folder, &wishes.product)?;
    if wishes.json {
        let figures: Vec<_> = figures.iter().map(|one| as_json(one, &names)).collect();
        return Ok(format!("{}\n", serde_json::to_string_pretty(&figures)?));
    }
    let headings = [
        "Product",
        "Inventory",
        ">Active",
        ">Reserved",
        ">Held back",
        ">Buffer",
        ">Rounded off",
        ">Available",
        ">shown",
        "Why",
    ];
    let found = count(figures.len(), "product");
    let differ = figures.iter().filter(|one| one.differs).count();
    let rows = figures.iter().map(|one| row(one, &names)).collect();
    Ok(format!("{}{found}, {differ} to be written to LeafLink\n", table(&headings, rows)))
}

/// `available` is what is left of `active`, column by column.
fn row(one: &Availability, names: &BTreeMap<String, String>) -> Vec<String> {
    let why = one.reasons.iter().map(|reason| reason.message.as_str()).collect::<Vec<_>>().join(" ");
    let or_dash = |figure: &Option<String>| figure.clone().unwrap_or_else(|| "-".to_owned());
    vec![
        names.get(&one.product).unwrap_or(&one.product).clone(),
        one.mode.map_or("-", mode).to_owned(),
        one.active.clone(),
        one.reserved.clone(),
        one.held_back.clone(),
        one.safety_buffer.clone(),
        one.rounded_off.clone(),
        or_dash(&one.available),
        or_dash(&one.shown),
        why,
    ]
}

fn as_json(one: &Availability, names: &BTreeMap<String, String>) -> Value {
    json!({
        "product": one.product,
        "name": names.get(&one.product),
        "leaflink_product": one.leaflink_product,
        "inventory": one.mode.map(mode),
        "active": one.active,
        "reserved": one.reserved,
        "held_back": one.held_back,
        "safety_buffer": one.safety_buffer,
        "rounded_off": one.rounded_off,
        "available": one.available,
        "shown": one.shown,
        "confirmed": one.confirmed,
        "differs": one.differs,
        "reasons": explained::reasons(&one.reasons),
    })
}
