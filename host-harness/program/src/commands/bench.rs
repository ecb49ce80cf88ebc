//! `bench`: how long the component takes over large catalogues.
//!
//! A company with as many products in the ERP as in LeafLink, nothing linked, and names and SKUs that
//! agree only roughly; then the Unlinked Products tab is asked for all of them, as many a call as one
//! call answers.

use std::time::{Duration, Instant};

use clap::Args;
use serde_json::{Value, json};

use super::{ComponentFile, component};
use crate::document::Document;
use crate::stage::{Connections, Options, Stage};
use crate::steps::{Act, SyncAct};
use crate::terminal::table;
use crate::words::count;
use crate::world::LoadedWorld;

/// Products that one call answers.
const A_CALL: usize = 500;

#[derive(Debug, Args)]
pub(super) struct Wishes {
    #[command(flatten)]
    component: ComponentFile,
    /// Products on each side
    #[arg(long, value_name = "NUMBER", default_value_t = 5_000)]
    products: usize,
}

pub(super) fn run(wishes: &Wishes) -> anyhow::Result<String> {
    let connector = component::load(&wishes.component)?;
    let world = Document::parse("bench", world(wishes.products).to_string())?;
    let world = LoadedWorld::from_documents(vec![world])?;
    let options = Options { connections: Connections::InProcess, ..Options::default() };
    let stage = Stage::set_up(&connector, &world, options)?;
    let began = Instant::now();
    stage.perform(&Act::Sync(SyncAct::PollProducts(())))?;
    let reading = began.elapsed();

    let ids: Vec<String> = (0..wishes.products).map(erp_id).collect();
    let (mut calls, mut found, mut whole, mut longest) = (0, 0, Duration::ZERO, Duration::ZERO);
    for asked in ids.chunks(A_CALL) {
        let began = Instant::now();
        found += stage.calls().suggest_product_links(asked)?.found.len();
        let took = began.elapsed();
        (calls, whole, longest) = (calls + 1, whole + took, longest.max(took));
    }
    let memory = stage.host().seen().peak_memory / 1024;
    let headings = [
        "Suggestions for",
        ">Calls",
        ">Found",
        ">All calls",
        ">Longest call",
        ">Most memory",
        ">Reading the catalogue",
    ];
    let row = vec![
        format!("{} of {}", count(wishes.products, "product"), wishes.products),
        calls.to_string(),
        found.to_string(),
        format!("{} ms", whole.as_millis()),
        format!("{} ms", longest.as_millis()),
        format!("{memory} KiB"),
        format!("{} ms", reading.as_millis()),
    ];
    Ok(table(&headings, vec![row]))
}

fn erp_id(n: usize) -> String {
    format!("p-{n:06}")
}

/// The world: what a product is called differs a little from side to side, as it does with people.
fn world(products: usize) -> Value {
    const FIRST: [&str; 20] = [
        "Night", "Copper", "Blue", "Wild", "Alpine", "Golden", "Desert", "Silver", "Lucky", "Quiet", "Red",
        "Northern", "Sweet", "Stone", "River", "Cedar", "Velvet", "Amber", "Early", "Summit",
    ];
    const SECOND: [&str; 25] = [
        "Garden", "Kush", "Dream", "Haze", "Cookies", "Diesel", "Glue", "Cake", "Runtz", "Sherbet", "Mints",
        "Punch", "Fire", "Widow", "Jack", "Skunk", "Berry", "Lemon", "Orange", "Mango", "Melon", "Gelato",
        "Zkittlez", "Breath", "Express",
    ];
    const KIND: [&str; 10] = [
        "Flower 3.5 g",
        "Flower 7 g",
        "Pre-roll 1 g",
        "Pre-roll 5 x 0.5 g",
        "Cartridge 1 g",
        "Cartridge 0.5 g",
        "Gummies 100 mg",
        "Chocolate 100 mg",
        "Tincture 30 ml",
        "Live Rosin 1 g",
    ];
    let name = |n: usize| (FIRST[n % 20], SECOND[n / 20 % 25], KIND[n / 500 % 10], n / 5_000);
    let in_erp: Vec<_> = (0..products)
        .map(|n| {
            let (first, second, kind, batch) = name(n);
            json!({"id": erp_id(n), "name": format!("{first} {second}, {kind} {batch}"), "sku": format!("ERP-{n:06}")})
        })
        .collect();
    let in_leaflink: Vec<_> = (0..products)
        .map(|n| {
            let (first, second, kind, batch) = name(n);
            json!({"id": 600_001 + n, "name": format!("{kind} - {first} {second} {batch}"), "sku": format!("LL{n:06}"), "wholesale_price": "20.00", "quantity": "10"})
        })
        .collect();
    json!({
        "about": "As many products on either side, and nothing linked.",
        "now": "2026-03-02T09:00:00-07:00",
        "erp": {"company": {"name": "Bench", "admins": ["admin@bench.example"]}, "products": in_erp},
        "leaflink": {"company": {"id": 8801, "name": "Bench"}, "products": in_leaflink},
    })
}
