//! The status table, cell by cell, through the component: real steps take LeafLink's order to one
//! status and its sales order to another while nobody looks; then the sync runs, and both are
//! where the table says.
//!
//! Drafts and back orders are never reached from an order that came over already, so they are seen
//! in the table of first sights alone.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use chrono::TimeDelta;
use leaflink_sync::document::Document;
use leaflink_sync::stage::{Options, Stage};
use leaflink_sync::steps;
use leaflink_sync::world::LoadedWorld;
use leaflink_sync_kit::Limits;
use leaflink_sync_kit::host::Records;
use leaflink_sync_kit::host::records::SalesOrderStatus::{
    self, Canceled, Completed, Delivered, Delivering, Pending, Processing, ReadyToShip,
};
use leaflink_sync_tests::component;
use serde_json::{Value, json};

/// How far a sales order is brought before the sync runs.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Erp {
    At(SalesOrderStatus),
    /// PROCESSING, and every line is fulfilled.
    Packed,
}

const ERP: [Erp; 8] = [
    Erp::At(Pending),
    Erp::At(Processing),
    Erp::Packed,
    Erp::At(ReadyToShip),
    Erp::At(Delivering),
    Erp::At(Delivered),
    Erp::At(Completed),
    Erp::At(Canceled),
];

/// LeafLink's statuses that an order which came over can reach, and by which actions.
const LEAFLINK: [(&str, &[&str]); 8] = [
    ("Submitted", &[]),
    ("Accepted", &["accept"]),
    ("Fulfilled", &["accept", "fulfill"]),
    ("Shipped", &["accept", "fulfill", "ship"]),
    ("Complete", &["accept", "fulfill", "ship", "complete"]),
    ("Rejected", &["reject"]),
    ("Cancelled", &["cancel"]),
    ("Combined", &["combine"]),
];

/// Where a cell ends: the sales order, LeafLink's order, and what people are told.
type End = (SalesOrderStatus, &'static str, Option<&'static str>);

const AHEAD: Option<&str> = Some("status-ahead");
const LATE: Option<&str> = Some("rejected-too-late");
const NO_DAY: Option<&str> = Some("no-delivery-date");

/// Rounds in which every cell comes to its end.
const ROUNDS: usize = 8;

/// A row for each of [`LEAFLINK`], a column for each of [`ERP`]. What is told of a missing delivery
/// date is left out: it goes with every way to Shipped and beyond.
#[rustfmt::skip]
const TABLE: [[End; 8]; 8] = [
    // Submitted
    [(Pending, "Submitted", None), (Processing, "Accepted", None), (Processing, "Accepted", None), (ReadyToShip, "Fulfilled", None),
     (Delivering, "Shipped", None), (Delivered, "Complete", None), (Completed, "Complete", None), (Canceled, "Rejected", None)],
    // Accepted
    [(Processing, "Accepted", None), (Processing, "Accepted", None), (Processing, "Accepted", None), (ReadyToShip, "Fulfilled", None),
     (Delivering, "Shipped", None), (Delivered, "Complete", None), (Completed, "Complete", None), (Canceled, "Rejected", None)],
    // Fulfilled
    [(Pending, "Fulfilled", AHEAD), (Processing, "Fulfilled", AHEAD), (ReadyToShip, "Fulfilled", None), (ReadyToShip, "Fulfilled", None),
     (Delivering, "Shipped", None), (Delivered, "Complete", None), (Completed, "Complete", None), (Canceled, "Rejected", None)],
    // Shipped
    [(Pending, "Shipped", AHEAD), (Processing, "Shipped", AHEAD), (Delivering, "Shipped", None), (Delivering, "Shipped", None),
     (Delivering, "Shipped", None), (Delivered, "Complete", None), (Completed, "Complete", None), (Canceled, "Rejected", None)],
    // Complete
    [(Pending, "Complete", AHEAD), (Processing, "Complete", AHEAD), (Completed, "Complete", None), (Completed, "Complete", None),
     (Completed, "Complete", None), (Completed, "Complete", None), (Completed, "Complete", None), (Canceled, "Complete", None)],
    // Rejected
    [(Canceled, "Rejected", None), (Canceled, "Rejected", None), (Canceled, "Rejected", None), (ReadyToShip, "Rejected", LATE),
     (Delivering, "Rejected", LATE), (Delivered, "Rejected", LATE), (Completed, "Rejected", LATE), (Canceled, "Rejected", None)],
    // Cancelled
    [(Canceled, "Cancelled", None), (Canceled, "Cancelled", None), (Canceled, "Cancelled", None), (ReadyToShip, "Cancelled", LATE),
     (Delivering, "Cancelled", LATE), (Delivered, "Cancelled", LATE), (Completed, "Cancelled", LATE), (Canceled, "Cancelled", None)],
    // Combined
    [(Canceled, "Combined", None), (Canceled, "Combined", None), (Canceled, "Combined", None), (ReadyToShip, "Combined", LATE),
     (Delivering, "Combined", LATE), (Delivered, "Combined", LATE), (Completed, "Combined", LATE), (Canceled, "Combined", None)],
];

#[test]
fn every_cell() {
    check_table(&json!({}), |end| end);
}

#[test]
fn every_cell_where_delivered_stops_at_shipped() {
    check_table(&json!({"on-delivered": "shipped"}), |end| match end {
        (Delivered, "Complete", told) => (Delivered, "Shipped", told),
        other => other,
    });
}

#[test]
fn every_first_sight() {
    let sights = |submitted, accepted| -> Vec<(&str, Option<(SalesOrderStatus, &str)>)> {
        vec![
            ("Draft", None),
            ("Submitted", Some((submitted, accepted))),
            ("Accepted", Some((Processing, "Accepted"))),
            ("Backorder", None),
            ("Fulfilled", Some((Processing, "Fulfilled"))),
            ("Shipped", Some((Processing, "Shipped"))),
            ("Complete", Some((Processing, "Complete"))),
            ("Rejected", None),
            ("Combined", None),
            ("Cancelled", None),
        ]
    };
    for (setting, wanted) in
        [("pending", sights(Pending, "Submitted")), ("processing", sights(Processing, "Accepted"))]
    {
        let stage = stage(&json!({"on-submitted": setting}));
        // The first look only asks for orders that are open, so it is over before these come.
        play(&stage, vec![json!({"sync": true})]);
        let names = (0..wanted.len()).map(|row| format!("f{row}"));
        let placed = names.clone().zip(&wanted).map(|(name, (status, _))| place(&name, status));
        play(&stage, placed.chain([json!({"sync": true}), json!({"sync": true})]).collect());
        let ends = ends(&stage);
        for (name, (status, wanted)) in names.zip(wanted) {
            let (erp, leaflink) = &ends[&name];
            let found = erp.map(|erp| (erp, leaflink.as_str()));
            assert_eq!(found, wanted, "{status} at first sight, on-submitted {setting}");
            assert!(wanted.is_some() || leaflink == status, "{status} became {leaflink}");
        }
    }
}

fn check_table(settings: &Value, adjusted: fn(End) -> End) {
    let stage = stage(settings);
    let mut cells = Vec::new();
    for (row, (leaflink, actions)) in LEAFLINK.into_iter().enumerate() {
        for (column, erp) in ERP.into_iter().enumerate() {
            cells.push((format!("r{row}c{column}"), leaflink, actions, erp, adjusted(TABLE[row][column])));
        }
    }
    let placed = cells.iter().map(|(name, ..)| place(name, "Submitted"));
    play(&stage, placed.chain([json!({"sync": true})]).collect());
    for (name, _, actions, erp, _) in &cells {
        play(&stage, actions.iter().map(|action| in_leaflink(name, action)).collect());
        play(&stage, in_erp(name, *erp));
    }
    // So many orders at once take more than LeafLink's limit allows in a minute.
    for _ in 0..ROUNDS {
        stage.move_to(stage.now().time() + TimeDelta::minutes(2)).unwrap();
        play(&stage, vec![json!({"sync": true})]);
    }
    let ends = ends(&stage);
    for (name, leaflink, _, erp, (wanted_erp, wanted_leaflink, told)) in cells {
        let cell = format!("LeafLink {leaflink}, ERP {erp:?}, {settings}");
        let (erp, leaflink) = &ends[&name];
        assert_eq!((*erp, leaflink.as_str()), (Some(wanted_erp), wanted_leaflink), "{cell}");
        let reasons = stage.explain(&name).unwrap().decision.reasons;
        let codes = reasons.iter().map(|reason| reason.code.as_str()).filter(|code| Some(*code) != NO_DAY);
        assert_eq!(codes.collect::<Vec<_>>(), told.into_iter().collect::<Vec<_>>(), "{cell}");
    }
}

/// A stage on which goods are followed by batch, so that none of them needs a transfer.
fn stage(settings: &Value) -> Stage {
    let mut settings = settings.clone();
    settings["sales-order-location"] = json!("vault");
    let own = json!({
        "erp": {"products": [{"id": "p-cartridge", "tracking": "batch", "stock": {"vault": "900"}}]},
        "settings": settings,
    });
    let base = Document::load(&component::root().join("tests/worlds/foxglove.json")).unwrap();
    let own = Document::parse("the test's own world", own.to_string()).unwrap();
    let world = LoadedWorld::from_documents(vec![own, base]).unwrap();
    Stage::set_up(&component::load(Limits::DEFAULT).unwrap(), &world, Options::default()).unwrap()
}

fn place(name: &str, status: &str) -> Value {
    json!({"place_order": {
        "short_id": name, "customer": 310044, "reps": [4107], "status": status,
        "lines": [{"product": 501003, "quantity": "1"}],
    }})
}

fn in_leaflink(name: &str, action: &str) -> Value {
    match action {
        "combine" => json!({"combine": {"orders": [name]}}),
        action => json!({"transition": {"order": name, "action": action}}),
    }
}

/// The way of a sales order from PENDING.
fn in_erp(name: &str, to: Erp) -> Vec<Value> {
    let status = |status: &str| json!({"set_status": {"order": name, "status": status}});
    let pack = json!({"fulfil_order": {"order": name}});
    let last = match to {
        Erp::At(Pending) => return Vec::new(),
        Erp::At(Canceled) => return vec![status("CANCELED")],
        Erp::At(Processing) => return vec![status("PROCESSING")],
        Erp::Packed => return vec![status("PROCESSING"), pack],
        Erp::At(ReadyToShip) => "READY_TO_SHIP",
        Erp::At(Delivering) => "DELIVERING",
        Erp::At(Delivered) => "DELIVERED",
        Erp::At(Completed) => "COMPLETED",
    };
    vec![status("PROCESSING"), pack, status(last)]
}

fn play(stage: &Stage, steps: Vec<Value>) {
    let document = Document::parse("the test's own steps", Value::from(steps).to_string()).unwrap();
    for step in steps::read(&document).unwrap() {
        stage.perform(&step.act).unwrap_or_else(|error| panic!("{:?}: {error:#}", step.act));
    }
}

/// By short id: the sales order's status, if there is one, and LeafLink's.
fn ends(stage: &Stage) -> BTreeMap<String, (Option<SalesOrderStatus>, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let orders = stage.sandbox().orders();
    let mut view = stage.erp().view(stage.company()).unwrap();
    let mut end = |order: &Value| {
        let found = view.sales_orders_by_leaflink_number(&[text(&order["number"])]).unwrap();
        (found.first().map(|order| order.status), text(&order["status"]))
    };
    orders.iter().map(|order| (text(&order["short_id"]), end(order))).collect()
}
