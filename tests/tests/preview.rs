//! A preview says what the handler then does: the same outcome, reasons and effects.

#![allow(clippy::unwrap_used)]

use leaflink_sync::document::Document;
use leaflink_sync::stage::{Happened, Options, Stage};
use leaflink_sync::steps;
use leaflink_sync::world::LoadedWorld;
use leaflink_sync_kit::Limits;
use leaflink_sync_kit::host::types::{Decision, Effect, Outcome};
use leaflink_sync_tests::component;
use serde_json::{Value, json};

/// The kinds of the effects of looking at an order after these steps, and the outcome; that both
/// are foretold is checked.
fn looked_at(settings: Value, steps: Vec<Value>) -> (Outcome, Vec<String>) {
    let base = Document::load(&component::root().join("tests/worlds/foxglove.json")).unwrap();
    let own = Document::parse("the test's own world", json!({"settings": settings}).to_string()).unwrap();
    let world = LoadedWorld::from_documents(vec![own, base]).unwrap();
    let stage =
        Stage::set_up(&component::load(Limits::DEFAULT).unwrap(), &world, Options::default()).unwrap();
    play(&stage, steps);

    let said = stage.preview("a1").unwrap();
    let explained = stage.explain("a1").unwrap().decision;
    let Some(Happened::LookedAt(look)) = play(&stage, vec![json!({"look_at": "a1"})]) else {
        panic!("a look came to something else")
    };
    let did = look.outcome.unwrap();
    for said in [said, explained] {
        assert_eq!(said.outcome, did.outcome);
        assert_eq!(said.reasons, did.reasons);
        assert_eq!(effects(&said), effects(&did));
    }
    (did.outcome, did.effects.into_iter().map(|effect| effect.kind).collect())
}

/// The effects; a sales order that is not there yet has no id that could be foretold.
fn effects(decision: &Decision) -> Vec<Effect> {
    let mut effects = decision.effects.clone();
    for change in effects.iter_mut().flat_map(|effect| &mut effect.changes) {
        if change.after.as_deref().is_some_and(|id| id.starts_with("so-") || id == "the new sales order") {
            change.after = Some("an id".to_owned());
        }
    }
    effects
}

fn play(stage: &Stage, steps: Vec<Value>) -> Option<Happened> {
    let document = Document::parse("the test's own steps", Value::from(steps).to_string()).unwrap();
    let steps = steps::read(&document).unwrap();
    steps.iter().map(|step| stage.perform(&step.act).unwrap()).last()
}

fn place(reps: &[u64], quantity: &str) -> Value {
    let lines = json!([{"id": 1, "product": 501002, "quantity": quantity}]);
    json!({"place_order": {"short_id": "a1", "customer": 310044, "reps": reps, "lines": lines}})
}

fn sync() -> Value {
    json!({"sync": true})
}

#[test]
fn of_an_import() {
    let settings = json!({"external-id-key": "foxglove", "on-submitted": "processing"});
    let (outcome, kinds) = looked_at(settings, vec![place(&[4107], "2")]);
    assert_eq!(outcome, Outcome::Applied);
    assert_eq!(kinds, ["create-sales-order", "queue-leaflink-write"]);
}

#[test]
fn of_an_order_that_is_held_for_the_first_and_for_the_second_time() {
    let held = |steps| looked_at(json!({}), steps);
    assert_eq!(held(vec![place(&[4110], "2")]), (Outcome::Held, vec!["queue-mail".to_owned()]));
    assert_eq!(held(vec![place(&[4110], "2"), sync()]), (Outcome::Held, Vec::new()));
}

#[test]
fn of_an_order_that_comes_through() {
    let map = json!({"map_user": {"staff": 4110, "user": "u-ines"}});
    let (_, kinds) = looked_at(json!({}), vec![place(&[4110], "2"), sync(), map]);
    assert_eq!(kinds, ["create-sales-order", "queue-mail"]);
}

#[test]
fn of_an_edit_and_of_one_that_cannot_come_over() {
    let edit = json!({"edit_order": {"order": "a1", "edit": {"notes": "b", "change": [{"id": 1, "quantity": "3"}]}}});
    let (_, kinds) = looked_at(json!({}), vec![place(&[4107], "2"), sync(), edit.clone()]);
    assert_eq!(kinds, ["update-sales-order"]);

    let pack = |order: &str| {
        [
            json!({"set_location": {"order": order, "location": "vault"}}),
            json!({"set_status": {"order": order, "status": "PROCESSING"}}),
            json!({"fulfil_order": {"order": order}}),
        ]
    };
    let steps = [place(&[4107], "2"), sync()].into_iter().chain(pack("a1")).chain([edit]);
    let (_, kinds) = looked_at(json!({}), steps.collect());
    assert_eq!(kinds, ["update-sales-order", "queue-leaflink-write", "queue-mail"]);
}

#[test]
fn of_a_look_that_finds_nothing_to_do() {
    assert_eq!(looked_at(json!({}), vec![place(&[4107], "2"), sync()]), (Outcome::Unchanged, Vec::new()));
}

#[test]
fn of_a_write_that_is_queued_already() {
    let late = json!({"fault": {"method": "POST", "times": 9, "effect": "bad_gateway"}});
    let settings = json!({"on-submitted": "processing"});
    assert_eq!(
        looked_at(settings, vec![late, place(&[4107], "2"), sync()]),
        (Outcome::Unchanged, Vec::new())
    );
}

#[test]
fn of_an_order_whose_sales_order_was_deleted() {
    let delete = json!({"delete_order": {"order": "a1", "untold": true}});
    let settings = json!({"external-id-key": "foxglove"});
    let (outcome, kinds) = looked_at(settings, vec![place(&[4107], "2"), sync(), delete]);
    assert_eq!(outcome, Outcome::Applied);
    assert_eq!(kinds, ["queue-leaflink-write"]);
}
