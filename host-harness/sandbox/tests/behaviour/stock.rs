//! What orders and pushes do to stock.

use leaflink_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::{apply, build, get, patch, place, sandbox, seed, transition};

/// `quantity`, `reserved_qty` and `available_inventory` of a product.
fn stock(sandbox: &mut Sandbox, product: u64) -> (Value, Value, Value) {
    let product = get(sandbox, &format!("/products/{product}/"));
    (product["quantity"].clone(), product["reserved_qty"].clone(), product["available_inventory"].clone())
}

fn held(quantity: &str, reserved: &str, available: i64) -> (Value, Value, Value) {
    (json!(quantity), json!(reserved), json!(available))
}

#[test]
fn stock_is_reserved_then_taken_then_given_back() {
    let mut sandbox = sandbox();
    let number = place(&mut sandbox, json!({"status": "Draft"}));
    assert_eq!(stock(&mut sandbox, 501001), held("800.0000", "0.0000", 800));
    for (action, after) in [
        ("submit", held("800.0000", "36.0000", 764)),
        ("accept", held("800.0000", "36.0000", 764)),
        ("fulfill", held("764.0000", "0.0000", 764)),
        ("ship", held("764.0000", "0.0000", 764)),
        ("reject", held("800.0000", "0.0000", 800)),
    ] {
        transition(&mut sandbox, &number, action);
        assert_eq!(stock(&mut sandbox, 501001), after, "{action}");
    }
}

#[test]
fn rejecting_and_cancelling_release_the_reserve() {
    let mut sandbox = sandbox();
    let number = place(&mut sandbox, json!({"short_id": "a"}));
    place(&mut sandbox, json!({"short_id": "b"}));
    assert_eq!(stock(&mut sandbox, 501001), held("800.0000", "72.0000", 728));
    transition(&mut sandbox, &number, "reject");
    apply(&mut sandbox, json!({"transition": {"order": "b", "action": "cancel"}}));
    assert_eq!(stock(&mut sandbox, 501001), held("800.0000", "0.0000", 800));
}

#[test]
fn editing_and_combining_move_the_reserve_along() {
    let mut sandbox = sandbox();
    place(
        &mut sandbox,
        json!({"short_id": "a", "lines": [
            {"id": 1, "product": 501001, "quantity": "36"},
            {"id": 2, "product": 501001, "quantity": "12"},
        ]}),
    );
    assert_eq!(stock(&mut sandbox, 501001).1, "48.0000");
    apply(
        &mut sandbox,
        json!({"edit_order": {"order": "a", "edit": {
            "change": [{"id": 1, "quantity": "24"}],
            "remove": [2],
            "add": [{"product": 501002, "quantity": "5"}],
        }}}),
    );
    assert_eq!(stock(&mut sandbox, 501001).1, "24.0000");
    assert_eq!(stock(&mut sandbox, 501002).1, "5.0000");
    place(&mut sandbox, json!({"short_id": "b"}));
    apply(&mut sandbox, json!({"combine": {"orders": ["a", "b"]}}));
    assert_eq!(stock(&mut sandbox, 501001).1, "60.0000");
}

#[test]
fn a_reserve_does_not_move_the_products_modified() {
    let mut sandbox = sandbox();
    let modified = |sandbox: &mut Sandbox| get(sandbox, "/products/501001/")["modified"].clone();
    let before = modified(&mut sandbox);
    let number = place(&mut sandbox, json!({}));
    assert_eq!(modified(&mut sandbox), before);
    transition(&mut sandbox, &number, "accept");
    assert_eq!(modified(&mut sandbox), before);
    transition(&mut sandbox, &number, "fulfill");
    assert_ne!(modified(&mut sandbox), before);
}

#[test]
fn a_push_is_of_everything_or_of_what_is_free() {
    let mut sandbox = sandbox();
    place(&mut sandbox, json!({}));
    patch(&mut sandbox, "/products/501001/", json!({"quantity": 2000}));
    assert_eq!(stock(&mut sandbox, 501001), held("2000.0000", "36.0000", 1964));
    patch(&mut sandbox, "/products/501001/", json!({"available_inventory": "764.0000"}));
    assert_eq!(stock(&mut sandbox, 501001), held("800.0000", "36.0000", 764));
    apply(&mut sandbox, json!({"set_stock": {"quantities": {"501001": "12.5"}}}));
    let (quantity, _, available) = stock(&mut sandbox, 501001);
    assert_eq!((quantity, available), (json!("12.5000"), json!(-23.5)));
}

#[test]
fn unlimited_products_count_nothing_and_varieties_count_on_their_parent() {
    let mut seed = seed();
    seed["products"][0]["inventory_management"] = json!(2);
    seed["products"][1]["inventory_management"] = json!(3);
    seed["products"][1]["parent"] = json!(501003);
    let mut sandbox = build(&seed);
    place(
        &mut sandbox,
        json!({"lines": [
            {"product": 501001, "quantity": "36"}, {"product": 501002, "quantity": "4"},
        ]}),
    );
    assert_eq!(stock(&mut sandbox, 501001).1, "0.0000");
    assert_eq!(stock(&mut sandbox, 501002).1, "0.0000");
    assert_eq!(stock(&mut sandbox, 501003).1, "4.0000");
}

#[test]
fn seeded_orders_reserve_and_what_they_took_is_gone_already() {
    let mut seed = seed();
    let line = json!([{"product": 501001, "quantity": "36"}]);
    seed["orders"] = json!([
        {"short_id": "a", "customer": 310044, "lines": line},
        {"short_id": "b", "customer": 310044, "lines": line, "status": "Shipped"},
    ]);
    let mut sandbox = build(&seed);
    assert_eq!(stock(&mut sandbox, 501001), held("800.0000", "36.0000", 764));
    let product = get(&mut sandbox, "/products/501001/");
    assert_eq!(product["modified"], product["created_on"], "the seed's orders are no news");
    let shipped = sandbox.orders()[1]["number"].as_str().unwrap().to_owned();
    transition(&mut sandbox, &shipped, "reject");
    assert_eq!(stock(&mut sandbox, 501001), held("836.0000", "36.0000", 800));
}

#[test]
fn thresholds_flip_the_listing_state() {
    let mut seed = seed();
    seed["products"][1]["fields"] = json!({
        "threshold_value": 0, "threshold_action": "unavailable",
        "reverse_threshold_value": 1, "reverse_threshold_action": "available",
    });
    let mut sandbox = build(&seed);
    let state = |sandbox: &mut Sandbox| get(sandbox, "/products/501002/")["listing_state"].clone();
    patch(&mut sandbox, "/products/501002/", json!({"available_inventory": 0}));
    assert_eq!(state(&mut sandbox), "Unavailable");
    patch(&mut sandbox, "/products/501002/", json!({"available_inventory": 10}));
    assert_eq!(state(&mut sandbox), "Available");
    place(&mut sandbox, json!({"lines": [{"product": 501002, "quantity": "10"}]}));
    assert_eq!(state(&mut sandbox), "Unavailable");
}
