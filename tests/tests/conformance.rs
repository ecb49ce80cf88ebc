//! The component and the sandbox, both measured by what LeafLink publishes of its API.
//!
//! LeafLink's description, its examples and payloads after its documentation are not part of this
//! repository; the tests look for them in the folder that `LEAFLINK_REFERENCE` names, and say that
//! they were skipped where it is not set.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use leaflink_sync::document::Document;
use leaflink_sync::stage::{Options, Stage};
use leaflink_sync::steps;
use leaflink_sync::world::LoadedWorld;
use leaflink_sync_kit::exports::polling::{Source, Subject};
use leaflink_sync_kit::host::types::Decision;
use leaflink_sync_kit::{Connector, Limits};
use leaflink_sync_tests::bench::{Bench, answer, not_found};
use leaflink_sync_tests::openapi::{Exchange, OpenApi, REFERENCE_VARIABLE, Rule, Violation};
use leaflink_sync_tests::{component, stories};
use leaflink_sync_transport::HttpLog;
use serde_json::{Value, json};

/// LeafLink's description, or `None` after saying that the test is skipped.
fn description() -> Option<OpenApi> {
    let api = OpenApi::from_environment().expect("the description loads");
    if api.is_none() {
        println!("skipped: {REFERENCE_VARIABLE} is not set");
    }
    api
}

fn load() -> Connector {
    component::load(Limits::DEFAULT).expect("the component loads")
}

// --- Scenarios ---

/// The scenario's traffic with LeafLink: one line of JSON an exchange. The log is the program's
/// own, so it also shows what a person would be shown.
fn traffic(connector: &Connector, folder: &Path) -> anyhow::Result<String> {
    let world = LoadedWorld::load(&folder.join("world.json"))?;
    let events = Document::load(&folder.join("events.json"))?;
    let shared = Shared::default();
    let log = HttpLog::new(Box::new(shared.clone()) as Box<dyn Write + Send>);
    let stage = Stage::set_up(connector, &world, Options { traffic_log: Some(log), ..Options::default() })?;
    for step in steps::read(&events)? {
        step.at.map_or(Ok(()), |at| stage.move_to(at))?;
        stage.perform(&step.act)?;
    }
    drop(stage);
    Ok(String::from_utf8(shared.0.lock().expect("nobody panics with it").clone())?)
}

/// Memory that is written on one side and read on the other.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics with it").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether the scenario has LeafLink answer what LeafLink would not. Then its answers are not
/// judged; what the component asks always is.
fn is_malformed_on_purpose(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.iter().any(|(key, value)| {
            ["as_sent", "body", "fault", "faults"].contains(&key.as_str()) || is_malformed_on_purpose(value)
        }),
        Value::Array(elements) => elements.iter().any(is_malformed_on_purpose),
        _ => false,
    }
}

/// What one exchange does that LeafLink's description does not allow.
fn violations(api: &OpenApi, exchange: &Value, judge_answer: bool) -> Vec<Violation> {
    let text = |key: &str| exchange[key].as_str().unwrap_or_default();
    let query: Vec<(String, String)> =
        serde_json::from_value(exchange["query"].clone()).expect("pairs of texts");
    let body = Some(&exchange["body"]).filter(|body| !body.is_null());
    let mut found = api.check_request(text("method"), text("path"), &query, body);
    let (status, response) = (exchange["status"].as_u64(), &exchange["response"]);
    // A very long answer is in the log as a piece of text.
    if let Some(status) = status.filter(|_| judge_answer && !response.is_string()) {
        let status = u16::try_from(status).expect("a status");
        let mut answer = api.check_response(text("method"), text("path"), status, response);
        if query.iter().any(|(name, _)| name == "fields_include") {
            // The request said which fields it does without.
            answer.retain(|violation| violation.rule != Rule::MissingProperty);
        }
        found.extend(answer);
    }
    found
}

#[test]
fn every_request_and_every_answer_of_every_scenario_is_as_leaflink_describes_it() {
    let Some(api) = description() else { return };
    let connector = load();
    let folders = stories::folders().expect("scenarios");
    let mut judged: BTreeMap<String, u32> = BTreeMap::new();
    let mut problems = Vec::new();
    for folder in &folders {
        let events = Document::load(&folder.join("events.json")).expect("events");
        let world = Document::load(&folder.join("world.json")).expect("a world");
        let malformed = [&events, &world].iter().any(|document| is_malformed_on_purpose(document.value()));
        let log =
            traffic(&connector, folder).unwrap_or_else(|error| panic!("{}: {error:#}", folder.display()));
        for line in log.lines() {
            let exchange: Value = serde_json::from_str(line).expect("a line of the log is JSON");
            let what = format!("{} {}", exchange["method"], exchange["path"]);
            let found = violations(&api, &exchange, !malformed);
            problems.extend(found.iter().map(|it| format!("{}: {what}: {it}", folder.display())));
            *judged.entry(exchange["method"].to_string()).or_default() += 1;
        }
    }
    println!("judged: {judged:?}");
    assert!(judged.values().sum::<u32>() > 100, "hardly any traffic was judged: {judged:?}");
    problems.sort();
    problems.dedup();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn no_key_is_in_the_log() {
    let folder = component::root().join("tests/scenarios/plain-order");
    let world = LoadedWorld::load(&folder.join("world.json")).expect("the shared world").world.leaflink;
    let log = traffic(&load(), &folder).expect("the traffic");
    assert!(log.contains("/orders-received/"), "{log}");
    for secret in [Some(world.api_key), world.webhook_key].into_iter().flatten() {
        assert!(!log.contains(&secret), "the log shows `{secret}`");
    }
}

// --- Published payloads ---

/// Reasons that say that an order could not be read.
const UNREAD: [&str; 5] =
    ["order-unreadable", "field-unusable", "unknown-status", "wrong-order", "name-with-markup"];

/// What the component makes of these orders, given as LeafLink's page and one by one.
fn read(connector: &Connector, orders: Vec<Value>) -> Vec<Decision> {
    let numbers: Vec<String> = orders.iter().map(|order| text(order, "number")).collect();
    let leaflink = move |request: &leaflink_sync_kit::host::http::Request| {
        if request.path == "/orders-received/" {
            let page = json!({"count": orders.len(), "next": null, "previous": null, "results": orders});
            return answer(200, page.to_string());
        }
        let asked = orders.iter().find(|order| {
            request.path == format!("/orders-received/{}/", order["number"].as_str().unwrap_or_default())
        });
        asked.map_or_else(not_found, |order| answer(200, order.to_string()))
    };
    let seed = serde_json::from_value(json!({"company": {"name": "Foxglove Farms"}})).expect("a seed");
    let bench = Bench::new(&seed, Box::new(leaflink)).expect("a bench");
    let calls = bench.calls(connector);

    let polled = calls.poll(Source::Orders).expect("the page is read");
    assert!(polled.refused.is_empty(), "{:?}", polled.refused);
    let mut listed: Vec<_> = polled
        .look_at
        .into_iter()
        .map(|subject| match subject {
            Subject::Order(number) => number,
            Subject::Product(product) => panic!("product {product} in a page of orders"),
        })
        .collect();
    let mut wanted = numbers.clone();
    listed.sort();
    wanted.sort();
    assert_eq!(listed, wanted);
    numbers.iter().map(|number| calls.on_order(number).expect("the order is looked at")).collect()
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_else(|| panic!("{value} has no text `{key}`")).to_owned()
}

/// No field of the order stopped it from being read.
fn assert_read(what: &str, decision: &Decision) {
    let codes: Vec<_> = decision.reasons.iter().map(|reason| reason.code.as_str()).collect();
    assert!(!codes.iter().any(|code| UNREAD.contains(code)), "{what}: {:?}", decision.reasons);
    assert!(!codes.is_empty(), "{what}: nothing is connected, and the component has nothing to say");
}

/// The examples of orders that LeafLink publishes. They come without lines; each gets the line that
/// LeafLink's example adds to an order.
fn published_orders(api: &OpenApi) -> Vec<Value> {
    let mut orders: BTreeMap<String, Value> = BTreeMap::new();
    let mut lines = Vec::new();
    for example in api.examples() {
        match &example.exchange {
            Exchange::Request { method, path } if method == "POST" && path == "/line-items/" => {
                let mut line = example.body;
                line["id"] = json!(lines.len() + 1);
                lines.push(line);
            }
            Exchange::Response { method, path, .. }
                if method == "GET" && path.starts_with("/orders-received/") =>
            {
                let listed = example.body["results"].as_array().cloned();
                let found = listed.unwrap_or_else(|| vec![example.body]).into_iter();
                let found = found.filter(|order| order["number"].is_string());
                orders.extend(found.map(|order| (text(&order, "number"), order)));
            }
            _ => {}
        }
    }
    assert!(!lines.is_empty(), "no example of a line was found");
    let mut orders: Vec<_> = orders.into_values().collect();
    for order in &mut orders {
        order["line_items"] = json!(lines);
    }
    orders
}

#[test]
fn the_orders_that_leaflink_publishes_are_read() {
    let Some(api) = description() else { return };
    let orders = published_orders(&api);
    assert!(!orders.is_empty(), "no example of an order was found");
    let connector = load();
    let statuses: Vec<_> = orders.iter().map(|order| text(order, "status")).collect();
    println!("{} published orders: {}", orders.len(), statuses.join(", "));
    for decision in read(&connector, orders) {
        assert_read(&decision.label, &decision);
    }
}

/// The payloads of one kind beside the description.
fn samples(prefix: &str) -> Option<Vec<(PathBuf, Value)>> {
    let folder = Path::new(&env::var_os(REFERENCE_VARIABLE)?).join("leaflink-samples");
    let entries = fs::read_dir(&folder).ok()?.map(|entry| entry.expect("a file").path());
    let mut files: Vec<_> = entries
        .filter(|file| {
            file.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(prefix))
        })
        .collect();
    files.sort();
    let read = |file: PathBuf| {
        let text = fs::read_to_string(&file).expect("a sample is text");
        (file, serde_json::from_str(&text).expect("a sample is JSON"))
    };
    Some(files.into_iter().map(read).collect())
}

#[test]
fn orders_in_every_shape_that_was_seen_are_read() {
    let Some(files) = samples("orders-received.") else {
        println!("skipped: {REFERENCE_VARIABLE} is not set");
        return;
    };
    let connector = load();
    let mut looked_at = 0;
    for (file, sample) in files {
        let orders: Vec<Value> = match sample["results"].as_array() {
            Some(page) => page.clone(),
            None => vec![sample],
        };
        // Requests, payments and pages without orders have no number or no lines.
        let orders: Vec<Value> =
            orders.into_iter().filter(|it| it["number"].is_string() && it["line_items"].is_array()).collect();
        if orders.is_empty() {
            continue;
        }
        for decision in read(&connector, orders) {
            assert_read(&format!("{}, order {}", file.display(), decision.label), &decision);
            looked_at += 1;
        }
    }
    assert!(looked_at >= 3, "only {looked_at} orders were found among the samples");
}

#[test]
fn people_in_the_shape_that_was_seen_are_listed() {
    let Some(files) = samples("company-staff.") else {
        println!("skipped: {REFERENCE_VARIABLE} is not set");
        return;
    };
    for (file, page) in files {
        let body = page.to_string();
        let leaflink = move |_: &leaflink_sync_kit::host::http::Request| answer(200, body.as_bytes());
        let seed = serde_json::from_value(json!({"company": {"name": "Foxglove Farms"}})).expect("a seed");
        let bench = Bench::new(&seed, Box::new(leaflink)).expect("a bench");
        let mapped = bench.calls(&load()).list_user_mappings().expect("the people are listed");
        assert!(!mapped.is_empty(), "{}", file.display());
    }
}
