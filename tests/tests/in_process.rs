//! Without network and files the same stories come to the same ends, and a stage can come back to
//! an earlier moment.

#![allow(clippy::unwrap_used)]

use leaflink_sync::document::Document;
use leaflink_sync::scenario;
use leaflink_sync::stage::{Connections, Options, Stage};
use leaflink_sync::steps;
use leaflink_sync::world::LoadedWorld;
use leaflink_sync_kit::Limits;
use leaflink_sync_tests::{component, stories};

#[test]
fn every_scenario_ends_as_it_does_over_real_connections() {
    let connector = component::load(Limits::DEFAULT).unwrap();
    let mut wrong = Vec::new();
    for folder in stories::folders().unwrap() {
        let played = scenario::play(&connector, &folder, Connections::InProcess)
            .unwrap_or_else(|error| panic!("{}: {error:#}", folder.display()));
        if !played.differences.is_empty() {
            wrong.push((folder, played.differences));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_stage_comes_back_to_an_earlier_moment() {
    let folder = component::root().join("tests/scenarios/payments-answer-lost");
    let world = LoadedWorld::load(&folder.join("world.json")).unwrap();
    let steps = steps::read(&Document::load(&folder.join("events.json")).unwrap()).unwrap();
    let options = Options { connections: Connections::InProcess, ..Options::default() };
    let stage = Stage::set_up(&component::load(Limits::DEFAULT).unwrap(), &world, options).unwrap();
    let play = || {
        for step in &steps {
            step.at.map_or(Ok(()), |at| stage.move_to(at)).unwrap();
            stage.perform(&step.act).unwrap();
        }
        let sandbox = stage.sandbox();
        (stage.erp().dump().unwrap(), sandbox.orders(), sandbox.payments(), stage.mails())
    };

    let before = stage.snapshot().unwrap();
    let dump = stage.erp().dump().unwrap();
    let end = play();
    assert_ne!(end.0, dump);
    stage.restore(&before).unwrap();
    assert_eq!(stage.erp().dump().unwrap(), dump);
    assert_eq!(play(), end);
}
