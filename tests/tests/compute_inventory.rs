//! What LeafLink should show, asked of every linked product or of some, a page at a time.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use leaflink_sync::document::Document;
use leaflink_sync::stage::{Connections, Options, Stage};
use leaflink_sync::world::LoadedWorld;
use leaflink_sync_kit::Limits;
use leaflink_sync_kit::exports::inventory::Availability;
use leaflink_sync_tests::component;
use serde_json::{Value, json};

/// More than two pages, and every third is not linked.
const PRODUCTS: u64 = 1_203;

fn stage() -> Stage {
    let base = Document::load(&component::root().join("tests/worlds/foxglove.json")).unwrap();
    let products: Vec<Value> = (0..PRODUCTS)
        .map(|n| {
            let mut product = json!({"id": id(n), "name": id(n), "stock": {"vault": n.to_string()}});
            if n % 3 != 0 {
                product["leaflink_product"] = json!(600_000 + n);
            }
            product
        })
        .collect();
    let listed: Vec<Value> = (0..PRODUCTS)
        .filter(|n| n % 3 != 0)
        .map(|n| json!({"id": 600_000 + n, "name": id(n), "quantity": "0"}))
        .collect();
    let own = json!({"erp": {"products": products}, "leaflink": {"products": listed}}).to_string();
    let own = Document::parse("the test's own world", own).unwrap();
    let world = LoadedWorld::from_documents(vec![own, base]).unwrap();
    let options = Options { connections: Connections::InProcess, ..Options::default() };
    Stage::set_up(&component::load(Limits::DEFAULT).unwrap(), &world, options).unwrap()
}

/// Products and their figures.
type Figures = BTreeMap<String, Option<String>>;

fn id(n: u64) -> String {
    format!("p-{n:04}")
}

/// Every page of an answer, as products with their figures, and how many pages there were.
fn all(stage: &Stage, asked: &[String]) -> (Figures, usize) {
    let figure = |one: Availability| (one.product, one.available);
    let (mut figures, mut pages, mut after) = (Figures::new(), 0, None::<String>);
    loop {
        let page = stage.calls().compute_inventory(asked, after.as_deref()).unwrap();
        assert!(page.products.len() <= 500);
        let before = figures.len();
        let on_page = page.products.len();
        figures.extend(page.products.into_iter().map(figure));
        assert_eq!(figures.len(), before + on_page, "a product came twice");
        pages += 1;
        after = page.next;
        if after.is_none() {
            return (figures, pages);
        }
    }
}

/// How many products have the figure that is wanted.
fn same(figures: &Figures, wanted: &Figures) -> usize {
    wanted.iter().filter(|(product, figure)| figures.get(*product) == Some(figure)).count()
}

#[test]
fn an_empty_list_asks_for_every_linked_product() {
    let (figures, pages) = all(&stage(), &[]);
    let linked: Figures =
        (0..PRODUCTS).filter(|n| n % 3 != 0).map(|n| (id(n), Some(n.to_string()))).collect();
    assert_eq!(same(&figures, &linked), linked.len());
    assert!((0..PRODUCTS).step_by(3).all(|n| !figures.contains_key(&id(n))), "one that is not linked");
    assert_eq!(pages, 3);
}

#[test]
fn a_long_list_is_answered_to_its_end() {
    let asked: Vec<String> = (0..PRODUCTS).rev().map(id).collect();
    let (figures, pages) = all(&stage(), &asked);
    assert_eq!(figures.len(), asked.len());
    assert_eq!(figures.values().flatten().count(), 802);
    assert_eq!(pages, 3);
}

#[test]
fn products_that_do_not_exist_are_left_out() {
    let stage = stage();
    let answer = stage.calls().compute_inventory(&["none".to_owned(), id(7)], None).unwrap();
    assert_eq!(answer.products.iter().map(|one| one.product.as_str()).collect::<Vec<_>>(), ["p-0007"]);
    assert_eq!(answer.next, None);
    let behind = stage.calls().compute_inventory(&[id(7)], Some("p-0008")).unwrap();
    assert!(behind.products.is_empty());
}
