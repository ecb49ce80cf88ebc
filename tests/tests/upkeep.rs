//! The sync itself under trouble: a queued write that cannot be read, LeafLink's limit shared by
//! background work and people, and more orders that wait than one call answers.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::time::Duration;

use leaflink_sync::document::Document;
use leaflink_sync::stage::{Connections, Happened, Options, Stage};
use leaflink_sync::steps;
use leaflink_sync::world::LoadedWorld;
use leaflink_sync_kit::exports::Failure;
use leaflink_sync_kit::exports::polling::{Source, Subject};
use leaflink_sync_kit::host::{Records, Store, Transaction, Urgency};
use leaflink_sync_kit::{CallError, Connector, Limits};
use leaflink_sync_tests::component;
use serde_json::{Value, json};

fn stage() -> Stage {
    static COMPONENT: OnceLock<Connector> = OnceLock::new();
    let component = COMPONENT.get_or_init(|| component::load(Limits::DEFAULT).unwrap());
    let base = Document::load(&component::root().join("tests/worlds/foxglove.json")).unwrap();
    let world = LoadedWorld::from_documents(vec![base]).unwrap();
    let options = Options { connections: Connections::InProcess, ..Options::default() };
    Stage::set_up(component, &world, options).unwrap()
}

fn play(stage: &Stage, steps: Value) -> Option<Happened> {
    let document = Document::parse("the test's own steps", steps.to_string()).unwrap();
    let steps = steps::read(&document).unwrap();
    steps.iter().map(|step| stage.perform(&step.act).unwrap()).last()
}

fn place(short_id: &str) -> Value {
    let lines = json!([{"product": 501002, "quantity": "1"}]);
    json!({"place_order": {"short_id": short_id, "number": short_id, "customer": 310044, "reps": [4107], "lines": lines}})
}

fn code(error: &CallError) -> &str {
    match error.failure() {
        Some(Failure::Retry(retry)) => &retry.reason.code,
        Some(Failure::Reject(reason) | Failure::Misconfigured(reason)) => &reason.code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_queued_write_that_cannot_be_read_stands_in_nobodys_way() {
    let stage = stage();
    for key in ["outbox/order/0-spoilt", "outbox/payment/spoilt"] {
        let mut transaction = stage.erp().begin(stage.company()).unwrap();
        transaction.put(key, b"{\"label\": 7").unwrap();
        Transaction::commit(Box::new(transaction)).unwrap();
    }
    let change = json!({"set_status": {"order": "fc010001", "status": "PROCESSING"}});
    play(&stage, json!([place("fc010001"), {"sync": true}, change, {"sync": true}]));
    let orders = stage.sandbox().orders();
    assert_eq!(orders[0]["status"], "Accepted");

    let parked = stage.calls().parked_writes(None, 10).unwrap();
    let shown: Vec<_> = parked.iter().map(|write| (write.id.as_str(), write.reason.code.as_str())).collect();
    let unreadable = "stored-state-unreadable";
    assert_eq!(shown, [("order/0-spoilt", unreadable), ("payment/spoilt", unreadable)]);
    let second = stage.calls().parked_writes(Some("order/0-spoilt"), 10).unwrap();
    assert_eq!(second.len(), 1);

    assert_eq!(code(&stage.calls().retry_write("order/0-spoilt").unwrap_err()), unreadable);
    let decision = stage.calls().drop_write("order/0-spoilt", "seen to by hand").unwrap();
    assert!(decision.reasons[0].message.contains("seen to by hand"), "{decision:?}");
    assert_eq!(stage.calls().parked_writes(None, 10).unwrap().len(), 1);
    for unknown in ["order/0-spoilt", "order/fc010001", "", "nonsense\n"] {
        assert_eq!(code(&stage.calls().drop_write(unknown, "").unwrap_err()), "write-not-found");
    }
}

#[test]
fn a_watermark_that_is_still_to_come_is_given_up() {
    let stage = stage();
    play(&stage, json!([place("fc030001"), {"sync": true}]));
    let key = "poll/orders";
    let mut transaction = stage.erp().begin(stage.company()).unwrap();
    let mut poll: Value = serde_json::from_slice(&transaction.get(key).unwrap().unwrap()).unwrap();
    poll["watermark"] = "2038-01-19T03:14:07.000000Z".into();
    transaction.put(key, poll.to_string().as_bytes()).unwrap();
    Transaction::commit(Box::new(transaction)).unwrap();

    stage.let_pass(Duration::from_secs(3_600));
    play(&stage, json!([place("fc030002"), {"sync": true}]));
    let mut view = stage.erp().view(stage.company()).unwrap();
    assert_eq!(view.sales_orders_by_leaflink_number(&["fc030002".to_owned()]).unwrap().len(), 1);
    let poll: Value = serde_json::from_slice(&view.get(key).unwrap().unwrap()).unwrap();
    assert!(poll["watermark"].as_str().unwrap().starts_with("2026-"), "{poll}");
}

#[test]
fn people_are_answered_when_the_background_has_used_its_part() {
    let stage = stage();
    play(&stage, json!([place("fc020001"), {"sync": true}]));
    let (now, budget) = (u64::try_from(stage.now().timestamp_millis()).unwrap(), stage.host().budget());
    while budget.take(now, Urgency::Background).is_ok() {}
    let sent = stage.host().seen().requests.len();
    assert_eq!(code(&stage.calls().on_order("fc020001").unwrap_err()), "leaflink-busy");
    assert_eq!(stage.host().seen().requests.len(), sent);
    stage.explain("fc020001").unwrap();
    assert_eq!(stage.host().seen().requests.len(), sent + 1);
    while budget.take(now, Urgency::Person).is_ok() {}
    let refused = stage.calls().explain("fc020001").unwrap_err();
    assert_eq!(code(&refused), "leaflink-busy");
    let Some(Failure::Retry(retry)) = refused.failure() else { panic!("{refused}") };
    assert_eq!(retry.after_ms, 60_000);
}

/// Places orders that wait for stock, a second apart.
fn place_held(stage: &Stage, numbers: impl Iterator<Item = u32>, product: u32) {
    for number in numbers {
        stage.let_pass(Duration::from_secs(1));
        let short_id = format!("fd{number:06}");
        let lines = json!([{"product": product, "quantity": "100000"}]);
        let order = json!({"short_id": short_id, "number": short_id, "customer": 310044, "reps": [4107], "lines": lines});
        play(stage, json!([{"place_order": order}]));
    }
}

/// A host's own loop, as the README has it: polls until there is no more, and looks at what is named.
/// Answers the orders in the order of looks, and the watermark.
fn poll_and_look(stage: &Stage) -> (Vec<String>, Option<u64>) {
    let mut looked_at = Vec::new();
    for _ in 0..40 {
        let polled = stage.calls().poll(Source::Orders).unwrap();
        for subject in polled.look_at {
            let Subject::Order(number) = subject else { continue };
            // LeafLink's limit on requests is kept.
            stage.let_pass(Duration::from_secs(1));
            stage.calls().on_order(&number).unwrap();
            looked_at.push(number);
        }
        if !polled.more {
            return (looked_at, polled.watermark_ms);
        }
    }
    panic!("polling comes to no end after {} looks", looked_at.len());
}

#[test]
fn orders_that_wait_keep_no_poll_from_its_end_and_no_new_order_waiting() {
    let stage = stage();
    // More than one page, and further apart than a pass overlaps the one before.
    place_held(&stage, 0..150, 501_002);
    stage.let_pass(Duration::from_secs(60 * 60));
    place_held(&stage, 150..300, 501_002);
    let (looked_at, watermark) = poll_and_look(&stage);
    assert_eq!(looked_at.iter().collect::<BTreeSet<_>>().len(), 300);
    assert!(watermark.is_some());
    assert_eq!(stage.calls().status().unwrap().held, 300);

    // Each waits on the list to be looked at again, and what is new goes before them.
    stage.let_pass(Duration::from_secs(60 * 60));
    play(&stage, json!([place("fe010001")]));
    let (looked_at, _) = poll_and_look(&stage);
    assert!(looked_at[..100].contains(&"fe010001".to_owned()), "{looked_at:?}");
    assert!(looked_at.len() > 300, "{}", looked_at.len());
    assert_eq!(stage.calls().status().unwrap().held, 300);
}

#[test]
fn the_last_of_many_orders_that_wait_goes_through_once_its_cause_is_gone() {
    let stage = stage();
    place_held(&stage, 0..599, 501_002);
    place_held(&stage, 599..600, 501_003);
    poll_and_look(&stage);
    assert_eq!(stage.calls().status().unwrap().held, 600);
    let stock = json!({"product": "p-cartridge", "location": "vault", "quantity": "100000"});
    play(&stage, json!([{"receive_stock": stock}]));
    for _ in 0..3 {
        stage.let_pass(Duration::from_secs(10 * 60));
        poll_and_look(&stage);
    }
    assert_eq!(stage.calls().status().unwrap().held, 599);
}

/// What piled up while LeafLink was away goes out in a fifth more than the time that LeafLink's limit
/// makes of it, however long each of the writes would have waited by itself.
#[test]
fn what_an_outage_left_is_worked_off_as_fast_as_the_limit_allows() {
    const ORDERS: u32 = 190;
    const REQUESTS_A_MINUTE: usize = 300;
    let stage = stage();
    let numbers: Vec<String> = (0..ORDERS).map(|number| format!("fe{number:06}")).collect();
    let minute = || {
        stage.let_pass(Duration::from_secs(60));
        play(&stage, json!([{"sync": true}]));
    };
    for number in &numbers {
        play(&stage, json!([place(number)]));
    }
    (0..20).for_each(|_| minute());

    let away = json!({"status": {"code": 503}});
    let fault = json!({"method": "POST", "path": "/orders-received/", "times": 1_000_000, "effect": away});
    play(&stage, json!([{"fault": fault}]));
    for number in &numbers {
        play(&stage, json!([{"set_status": {"order": number, "status": "PROCESSING"}}]));
    }
    (0..150).for_each(|_| minute());
    assert_eq!(stage.calls().status().unwrap().queued, ORDERS);

    stage.sandbox().clear_faults();
    let before = stage.host().seen().requests.len();
    let mut minutes = 0;
    while stage.calls().status().unwrap().queued > 0 {
        minute();
        minutes += 1;
        let requests = stage.host().seen().requests.len() - before;
        assert!(requests <= 5 * numbers.len(), "{requests} requests for {ORDERS} writes");
        // The last minute need not be full.
        assert!(
            (minutes - 1) * REQUESTS_A_MINUTE * 10 <= requests * 12,
            "{minutes} minutes, {requests} requests"
        );
    }
    let orders = stage.sandbox().orders();
    assert_eq!(orders.iter().filter(|order| order["status"] == "Accepted").count(), numbers.len());
}
