//! What is kept of a transfer goes with its sales order.

#![allow(clippy::unwrap_used)]

use leaflink_sync::document::Document;
use leaflink_sync::stage::{Options, Stage};
use leaflink_sync::steps;
use leaflink_sync::world::LoadedWorld;
use leaflink_sync_kit::Limits;
use leaflink_sync_kit::host::Store;
use leaflink_sync_tests::component;
use serde_json::{Value, json};

fn play(stage: &Stage, steps: Value) {
    let document = Document::parse("the test's own steps", steps.to_string()).unwrap();
    for step in steps::read(&document).unwrap() {
        stage.perform(&step.act).unwrap();
    }
}

/// How many sales orders are noted with their transfer.
fn noted(stage: &Stage) -> usize {
    let mut view = stage.erp().view(stage.company()).unwrap();
    view.scan("matched/", None, 10).unwrap().len()
}

#[test]
fn a_deleted_sales_order_forgets_its_transfer() {
    let connector = component::load(Limits::DEFAULT).unwrap();
    for untold in [false, true] {
        let base = Document::load(&component::root().join("tests/worlds/foxglove.json")).unwrap();
        let own = json!({"settings": {"sales-order-location": "vault"}}).to_string();
        let own = Document::parse("the test's own world", own).unwrap();
        let world = LoadedWorld::from_documents(vec![own, base]).unwrap();
        let stage = Stage::set_up(&connector, &world, Options::default()).unwrap();
        let lines = json!([{"product": 501002, "quantity": "10"}]);
        play(
            &stage,
            json!([
                {"place_order": {"short_id": "a1", "customer": 310044, "reps": [4107], "lines": lines}},
                {"sync": true},
                {"set_status": {"order": "a1", "status": "PROCESSING"}},
                {"match_transfer": {"order": "a1", "manifest": "0004512"}},
                {"sync": true}
            ]),
        );
        assert_eq!(noted(&stage), 1);
        play(
            &stage,
            json!([
                {"unmatch_transfer": {"order": "a1", "transfer": "tr-1001"}},
                {"sync": true},
                {"delete_order": {"order": "a1", "untold": untold}},
                {"look_at": "a1"}
            ]),
        );
        assert_eq!(noted(&stage), 0, "untold: {untold}");
    }
}
