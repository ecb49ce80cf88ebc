//! The drop-downs of the LeafLink tab: LeafLink's lists, page by page, as old as the settings allow.

#![allow(clippy::unwrap_used)]

use chrono::NaiveTime;
use leaflink_sync::document::Document;
use leaflink_sync::stage::{Options, Stage};
use leaflink_sync::steps;
use leaflink_sync::world::LoadedWorld;
use leaflink_sync_kit::Limits;
use leaflink_sync_kit::exports::product_choices::Kind;
use leaflink_sync_tests::component;
use serde_json::{Value, json};

fn stage(leaflink: Value) -> Stage {
    let base = Document::load(&component::root().join("tests/worlds/foxglove.json")).unwrap();
    let own = json!({"settings": {"product-choices-age": "10-minutes"}, "leaflink": leaflink}).to_string();
    let own = Document::parse("the test's own world", own).unwrap();
    let world = LoadedWorld::from_documents(vec![own, base]).unwrap();
    Stage::set_up(&component::load(Limits::DEFAULT).unwrap(), &world, Options::default()).unwrap()
}

fn play(stage: &Stage, steps: Value) {
    let document = Document::parse("the test's own steps", steps.to_string()).unwrap();
    for step in steps::read(&document).unwrap() {
        stage.perform(&step.act).unwrap();
    }
}

/// How often LeafLink was asked for a list.
fn asked(stage: &Stage, path: &str) -> usize {
    stage.host().seen().requests.iter().filter(|request| request.path == path).count()
}

#[test]
fn a_long_list_comes_page_by_page_and_is_read_once() {
    let strains: Vec<Value> =
        (0..1_203).rev().map(|id| json!({"id": 1_000 + id, "name": format!("Strain {id}")})).collect();
    let stage = stage(json!({"strains": strains}));
    let mut all = Vec::new();
    let mut pages = 0;
    loop {
        let after = all.last().map(|choice: &(u64, String)| choice.0);
        let page = stage.calls().product_choices(Kind::Strain, after).unwrap();
        all.extend(page.found.into_iter().map(|choice| (choice.id, choice.name)));
        pages += 1;
        if !page.more {
            break;
        }
    }
    assert_eq!(pages, 3);
    let wanted: Vec<(u64, String)> = (0..1_203).map(|id| (1_000 + id, format!("Strain {id}"))).collect();
    assert_eq!(all, wanted);
    assert_eq!(asked(&stage, "/strains/"), 13);
}

#[test]
fn what_is_kept_grows_old_and_can_be_refreshed() {
    let brands = json!([{"id": 2201, "name": "Foxglove"}, {"id": 2202, "name": "Nightshade"}]);
    let stage = stage(json!({"brands": brands}));
    let offered = || {
        let page = stage.calls().product_choices(Kind::Brand, None).unwrap();
        page.found.into_iter().map(|choice| choice.name).collect::<Vec<_>>()
    };
    assert_eq!(offered(), ["Foxglove", "Nightshade"]);
    play(&stage, json!([{"remove_choice": {"list": "brands", "id": 2201}}]));
    stage.move_to(NaiveTime::from_hms_opt(9, 9, 0).unwrap()).unwrap();
    assert_eq!(offered(), ["Foxglove", "Nightshade"]);
    stage.move_to(NaiveTime::from_hms_opt(9, 11, 0).unwrap()).unwrap();
    assert_eq!(offered(), ["Nightshade"]);
    assert_eq!(asked(&stage, "/brands/"), 2);

    play(&stage, json!([{"remove_choice": {"list": "brands", "id": 2202}}]));
    assert_eq!(offered(), ["Nightshade"]);
    let refreshed = stage.calls().refresh_product_choices(Kind::Brand).unwrap();
    assert!(refreshed.found.is_empty());
    assert_eq!(refreshed.as_of_ms, stage.erp().now_ms());
    assert!(offered().is_empty());
}

#[test]
fn choices_say_what_they_belong_to() {
    let stage = stage(json!({
        "product_categories": [{"id": 7, "name": "Edibles"}],
        "product_subcategories": [{"id": 14, "name": "Gummies", "category": 7}],
        "licenses": [{"id": 70220, "number": "402-00017"}],
    }));
    let first = |kind| {
        let page = stage.calls().product_choices(kind, None).unwrap();
        page.found.into_iter().next().map(|choice| (choice.id, choice.name, choice.within)).unwrap()
    };
    assert_eq!(first(Kind::Category), (7, "Edibles".to_owned(), None));
    assert_eq!(first(Kind::Subcategory), (14, "Gummies".to_owned(), Some(7)));
    assert_eq!(first(Kind::License), (70220, "402-00017".to_owned(), None));
}
