//! The sandbox held against what is known of LeafLink.

// A test may fail where it stands.
#![allow(clippy::unwrap_used)]

mod access;
mod catalogue;
mod faults;
mod lists;
mod malformed;
mod orders;
mod payments;
mod seeds;
mod served;
mod stock;
mod webhooks;

use leaflink_sandbox::{Event, Method, OrderSeed, Request, Response, Sandbox, Seed};
use serde_json::{Value, json};

/// 2026-03-02T16:00:00Z, nine o'clock at the company.
const NOW_MS: u64 = 1_772_467_200_000;

/// A company with two reps, two customers and three products.
fn seed() -> Value {
    json!({
        "company": {"id": 8801, "name": "Foxglove Farms"},
        "webhook_key": "hush",
        "now": "2026-03-02T16:00:00Z",
        "staff": [
            {"id": 4107, "name": "Rae Okafor"},
            {"id": 4100, "name": "Dana Quill", "admin": true}
        ],
        "customers": [
            {"id": 310044, "name": "Copper Kettle Dispensary", "license_number": "402R-99901",
             "nickname": "Kettle", "partner": 62001},
            {"id": 310045, "name": "Tin Lantern Wellness"}
        ],
        "products": [
            {"id": 501001, "name": "Gummies", "sku": "FOX-GUM-12", "wholesale_price": "108.00",
             "units_per_case": 12, "quantity": "800"},
            {"id": 501002, "name": "Pre-Roll", "sku": "FOX-PR-1G", "wholesale_price": "25.00",
             "quantity": "50"},
            {"id": 501003, "name": "Tincture", "sku": "FOX-TIN", "wholesale_price": "40.00",
             "quantity": "20", "medical": true}
        ]
    })
}

/// A sandbox of [`seed`] with `options`.
fn sandbox_with(options: Value) -> Sandbox {
    let mut seed = seed();
    seed["options"] = options;
    build(&seed)
}

fn sandbox() -> Sandbox {
    build(&seed())
}

fn build(seed: &Value) -> Sandbox {
    Sandbox::new(Seed::parse(&seed.to_string()).unwrap()).unwrap()
}

/// An order of three cases of gummies, changed by a merge of top-level fields.
fn order(changes: Value) -> OrderSeed {
    let mut order = json!({
        "short_id": "ee12ab01",
        "customer": 310044,
        "lines": [{"product": 501001, "quantity": "36"}],
    });
    for (name, value) in changes.as_object().unwrap() {
        order[name] = value.clone();
    }
    serde_json::from_value(order).unwrap()
}

/// Places [`order`]; its number.
fn place(sandbox: &mut Sandbox, changes: Value) -> String {
    sandbox.place_order(order(changes)).unwrap()
}

fn apply(sandbox: &mut Sandbox, event: Value) -> Vec<String> {
    let event: Event = serde_json::from_value(event).unwrap();
    sandbox.apply(event).unwrap()
}

fn request(method: Method, path: &str) -> Request {
    Request::new(method, &format!("/api/v2{path}")).header("Authorization", "App sandbox-key")
}

fn send(sandbox: &mut Sandbox, method: Method, path: &str, body: Value) -> Response {
    sandbox.handle(&request(method, path).json(&body))
}

/// The body of a GET that succeeds.
fn get(sandbox: &mut Sandbox, path: &str) -> Value {
    let response = sandbox.handle(&request(Method::Get, path));
    assert_eq!(response.status, 200, "{}", String::from_utf8_lossy(&response.body));
    response.to_json().unwrap()
}

/// The body of a PATCH that succeeds.
fn patch(sandbox: &mut Sandbox, path: &str, body: Value) -> Value {
    let response = send(sandbox, Method::Patch, path, body);
    assert_eq!(response.status, 200, "{}", String::from_utf8_lossy(&response.body));
    response.to_json().unwrap()
}

/// Status and body of a transition.
fn transition(sandbox: &mut Sandbox, number: &str, action: &str) -> (u16, Value) {
    let path = format!("/orders-received/{number}/transition/{action}/");
    let response = sandbox.handle(&request(Method::Post, &path));
    (response.status, response.to_json().unwrap())
}

/// `field` of each row of a list.
fn column(page: &Value, field: &str) -> Vec<Value> {
    page["results"].as_array().unwrap().iter().map(|row| row[field].clone()).collect()
}
