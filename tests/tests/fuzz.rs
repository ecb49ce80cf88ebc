//! The component against damaged orders, webhooks and stored state.
//!
//! Every run follows from its seed alone. A test plays a fixed number of seeds, or goes on from
//! there for as many minutes as `LEAFLINK_SYNC_FUZZ_MINUTES` says (`cargo xtask fuzz --minutes N`);
//! what fails names its seed, and `LEAFLINK_SYNC_FUZZ_SEED` plays that one alone.
//!
//! What counts as a failure: the component traps or runs over a limit, a decision makes no sense,
//! one damaged record stops what has nothing to do with it, or a payment is entered twice.

mod fuzz {
    pub mod damage;
}

use std::collections::BTreeSet;
use std::env;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use fuzz::damage;
use leaflink_sandbox::{Method, Sandbox};
use leaflink_sync::document::Document;
use leaflink_sync::stage::{Connections, Options, Stage};
use leaflink_sync::steps;
use leaflink_sync::sync_round::Round;
use leaflink_sync::world::LoadedWorld;
use leaflink_sync_kit::exports::polling::Source;
use leaflink_sync_kit::exports::products::Product;
use leaflink_sync_kit::exports::webhooks::{Delivery, Received};
use leaflink_sync_kit::host::types::{Outcome, Severity};
use leaflink_sync_kit::host::{Records, Store, Transaction, http};
use leaflink_sync_kit::{CallError, Connector, Limits};
use leaflink_sync_tests::bench::{Bench, SIGNATURE_HEADER, answer, not_found};
use leaflink_sync_tests::component;
use serde_json::{Value, json};

fn connector() -> &'static Connector {
    static CONNECTOR: OnceLock<Connector> = OnceLock::new();
    CONNECTOR.get_or_init(|| component::load(Limits::DEFAULT).expect("the component loads"))
}

/// Plays seeds: a fixed number of them, one, or for some minutes.
fn play(fixed: u64, mut run: impl FnMut(u64)) {
    let number = |variable: &str| -> Option<u64> {
        let text = env::var(variable).ok()?;
        Some(text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")))
    };
    if let Some(seed) = number("LEAFLINK_SYNC_FUZZ_SEED") {
        return run(seed);
    }
    let long = number("LEAFLINK_SYNC_FUZZ_MINUTES").map(|minutes| Duration::from_secs(minutes * 60));
    let (began, mut seed) = (Instant::now(), 0);
    while seed < fixed || long.is_some_and(|long| began.elapsed() < long) {
        run(seed);
        seed += 1;
    }
    println!("{seed} seeds in {} s", began.elapsed().as_secs());
}

/// The component's own failures are answers; everything else that can befall a call is not.
#[track_caller]
fn sound<T>(seed: u64, what: &str, outcome: Result<T, CallError>) -> Option<T> {
    match outcome {
        Ok(answer) => Some(answer),
        Err(CallError::Failure(_) | CallError::Schema { .. }) => None,
        // The kit reads the schema before it calls, and calls nothing with one that it cannot read.
        Err(CallError::Host { .. }) if what.contains("`meta/schema`") => None,
        Err(error) => panic!("seed {seed}, {what}: {error}"),
    }
}

/// The shared world with an order, and that order as LeafLink sends it.
fn plain_order(number: &str) -> Value {
    let seed = world().leaflink;
    let mut sandbox = Sandbox::new(seed).expect("the world's LeafLink");
    let placed = json!({
        "short_id": "0c1f9a55", "number": number, "customer": 310_044, "reps": [4107], "tax_percent": "15",
        "discount": "5.00", "discount_type": "$", "shipping": "12.50",
        "lines": [
            {"product": 501_003, "quantity": "2"},
            {"product": 501_003, "quantity": "1", "sample": true, "notes": "taste"},
        ],
    });
    sandbox.place_order(serde_json::from_value(placed).expect("an order")).expect("it can be placed");
    let path = format!("/api/v2/orders-received/{number}/?include_children=line_items");
    let mut request = leaflink_sandbox::Request::new(Method::Get, &path);
    request.headers.push(("Authorization".to_owned(), format!("App {}", sandbox.api_key())));
    serde_json::from_slice(&sandbox.handle(&request).body).expect("an order is JSON")
}

fn world() -> leaflink_sync::world::World {
    let file = component::root().join("tests/scenarios/plain-order/world.json");
    LoadedWorld::load(&file).expect("the shared world").world
}

#[test]
fn damaged_orders() {
    let body = Arc::new(Mutex::new(Vec::new()));
    let shown = Arc::clone(&body);
    let leaflink = move |request: &http::Request| match request.path.starts_with("/orders-received/") {
        true => answer(200, shown.lock().expect("the body").clone()),
        false => not_found(),
    };
    let bench = Bench::new(&world().erp, Box::new(leaflink)).expect("a bench");
    let calls = bench.calls(connector());
    calls.map_user(4107, "u-rae").expect("the user is mapped");
    let mut came_over = 0;
    play(400, |seed| {
        let number = format!("2f1dd9c7-4b0e-4d7a-9d2f-{seed:012x}");
        let order = plain_order(&number);
        let random = &mut fastrand::Rng::with_seed(seed);
        // First as an order, then as an edit of it.
        for part in 0..2 {
            let sent = if part == 0 && seed % 2 == 0 {
                order.to_string().into_bytes()
            } else {
                damage::json(&order, random)
            };
            body.lock().expect("the body").clone_from(&sent);
            let text = String::from_utf8_lossy(&sent).into_owned();
            let what = format!("on-order of {}", &text[..text.floor_char_boundary(2_000)]);
            let Some(decision) = sound(seed, &what, calls.on_order(&number)) else { continue };
            let blocked = decision.reasons.iter().any(|reason| reason.severity == Severity::Blocking);
            if decision.outcome == Outcome::Held {
                assert!(blocked, "seed {seed}: held without a reason: {what}");
            }
            for reason in &decision.reasons {
                assert!(!reason.message.is_empty() && !reason.code.is_empty(), "seed {seed}: {what}");
            }
            sound(seed, "explain", calls.explain(&number));
        }
        let view = &mut bench.erp().view(bench.company()).expect("a view");
        let orders = view.sales_orders_by_leaflink_number(&[number]).expect("the sales orders");
        assert!(orders.len() <= 1, "seed {seed}: {} sales orders", orders.len());
        for line in orders.iter().flat_map(|order| &order.lines) {
            let quantity: rust_decimal::Decimal = line.quantity.parse().expect("a decimal");
            let total: rust_decimal::Decimal = line.total.parse().expect("a decimal");
            assert!(quantity.is_sign_positive() && total.scale() <= 2, "seed {seed}: {line:?}");
        }
        came_over += orders.len();
    });
    assert!(came_over > 0, "no order came over: the bodies do not reach the rules");
}

#[test]
fn damaged_webhooks() {
    let bench = Bench::new(&world().erp, Box::new(|_| not_found())).expect("a bench");
    let calls = bench.calls(connector());
    let order = plain_order("2f1dd9c7-4b0e-4d7a-9d2f-0f6f0c1f9a55");
    let bodies = [
        json!({"action": "created", "type": "order", "data": order}),
        json!({"action": "updated", "type": "product", "data": {"id": 501_003, "seller": 77, "name": "Gummies"}}),
    ];
    let mut accepted = 0;
    play(600, |seed| {
        let random = &mut fastrand::Rng::with_seed(seed);
        let body = &bodies[random.usize(..bodies.len())];
        let body = if seed % 8 == 0 { body.to_string().into_bytes() } else { damage::json(body, random) };
        let mut signature = SIGNATURE_HEADER.to_owned();
        let forged = seed % 5 == 4;
        if forged {
            signature = String::from_utf8_lossy(&damage::bytes(signature.as_bytes(), random)).into_owned();
        }
        let forged = signature != SIGNATURE_HEADER;
        let headers = vec![("ll-signature".to_owned(), signature)];
        let received = sound(seed, "on-webhook", calls.on_webhook(&Delivery { headers, body }));
        if let Some(Received::Accepted(_)) = received {
            assert!(!forged, "seed {seed}: a forged event was accepted");
            accepted += 1;
        }
    });
    assert!(accepted > 0, "no event was accepted: the bodies do not reach the reader");
}

/// Stories whose state is damaged, in several ways that records can be in.
const STORIES: [&str; 7] = [
    "scenarios/held-then-through",
    "scenarios/payments-several-and-partial",
    "scenarios/payments-request-lost",
    "scenarios/life-status-lost-answers",
    "scenarios/stock-pushed-when-it-differs",
    "scenarios/links-suggestions",
    "scenarios/transfers-matched",
];

/// The story that leaves every kind of record: `tests/golden.rs` sees to that.
const EVERY_KIND: &str = "golden/story";

/// A story played to its end in one process.
fn played(name: &str) -> Stage {
    let folder = component::root().join("tests").join(name);
    let file = |name: &str| -> Document { Document::load(&folder.join(name)).expect("a story's file") };
    let world = LoadedWorld::load(Path::new(&folder.join("world.json"))).expect("the story's world");
    let steps = steps::read(&file("events.json")).expect("the story's steps");
    let options = Options { connections: Connections::InProcess, random_seed: 1, ..Options::default() };
    let stage = Stage::set_up(connector(), &world, options).expect("a stage");
    for step in &steps {
        if let Some(at) = step.at {
            stage.move_to(at).expect("the time moves on");
        }
        stage.perform(&step.act).expect("a step");
    }
    stage
}

/// Everything that a company may ask for, after its state was damaged.
fn use_all(seed: u64, what: &str, stage: &Stage) {
    let calls = stage.calls();
    let round = |round: Round| {
        let looks =
            round.looks.into_iter().chain(round.products).chain(round.payments).chain(round.transfers);
        for look in looks {
            sound(seed, what, look.outcome);
        }
        let errors = [round.stopped, round.cut_short, round.undelivered, round.catalogue.stopped];
        for error in errors.into_iter().flatten() {
            sound::<()>(seed, what, Err(error));
        }
    };
    round(stage.sync().expect("a round"));
    round(stage.push_stock().expect("a round"));
    let numbers: Vec<String> = {
        let orders = stage.sandbox().orders();
        orders.iter().filter_map(|order| order["number"].as_str().map(str::to_owned)).collect()
    };
    for number in numbers {
        sound(seed, what, calls.on_order(&number));
        sound(seed, what, calls.explain(&number));
    }
    let products = {
        let mut view = stage.erp().view(stage.company()).expect("a view");
        view.list_products(None, 100).expect("the ERP's products")
    };
    for product in products {
        sound(seed, what, calls.on_product_change(&Product::Erp(product.id)));
        if let Some(id) = product.leaflink_product_id {
            sound(seed, what, calls.on_product_change(&Product::Leaflink(id)));
        }
    }
    sound(seed, what, calls.held_orders(None, 100));
    sound(seed, what, calls.poll(Source::Products));
    sound(seed, what, calls.settings());
    sound(seed, what, calls.list_user_mappings());
    // What may have been sent is looked for after a while, and then perhaps sent.
    stage.let_pass(Duration::from_secs(150));
    round(stage.sync().expect("a round"));
}

/// No two payments of LeafLink bear the same mark.
fn no_payment_is_entered_twice(seed: u64, what: &str, stage: &Stage) {
    let payments = stage.sandbox().payments();
    let mut reasons: Vec<&str> = payments.iter().filter_map(|payment| payment["reason"].as_str()).collect();
    let all = reasons.len();
    reasons.sort_unstable();
    reasons.dedup();
    assert_eq!(reasons.len(), all, "seed {seed}, {what}: a payment was entered twice");
}

/// No two products of LeafLink bear the same name.
fn no_product_is_made_twice(seed: u64, what: &str, stage: &Stage) {
    let products = stage.sandbox().products();
    let mut names: Vec<&str> = products.iter().filter_map(|product| product["name"].as_str()).collect();
    names.sort_unstable();
    let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
    assert_eq!(twice, None, "seed {seed}, {what}: a product was made twice");
}

#[test]
fn damaged_state() {
    let names = STORIES.into_iter().chain([EVERY_KIND]);
    let stages: Vec<(&str, Stage)> = names.map(|name| (name, played(name))).collect();
    // That one is cut off while LeafLink fails; from here on it answers.
    stages[STORIES.len()].1.sandbox().clear_faults();
    let snapshots: Vec<_> = stages.iter().map(|(_, stage)| stage.snapshot().expect("a snapshot")).collect();
    let (mut whole, mut made) = (0, 0);
    play(300, |seed| {
        let random = &mut fastrand::Rng::with_seed(seed);
        let turn = usize::try_from(seed / 2).unwrap_or(0);
        // Every other one: each of its records in turn, so that each is damaged.
        let has_every_kind = seed % 2 == 0;
        let at = if has_every_kind { STORIES.len() } else { turn % STORIES.len() };
        let (name, stage) = &stages[at];
        stage.restore(&snapshots[at]).expect("the story's end");
        let before = stage.sandbox().products().len();
        let mut transaction = stage.erp().begin(stage.company()).expect("a transaction");
        let entries = transaction.scan("", None, 1_000).expect("its state");
        whole = whole.max(if has_every_kind { entries.len() } else { 0 });
        let entry = if has_every_kind {
            &entries[turn % entries.len()]
        } else {
            &entries[random.usize(..entries.len())]
        };
        let what = match damage::state(&entry.value, random) {
            Some(damaged) => {
                transaction.put(&entry.key, &damaged).expect("a damaged record");
                format!("{name}: `{}` became {:?}", entry.key, String::from_utf8_lossy(&damaged))
            }
            None => {
                transaction.delete(&entry.key).expect("a lost record");
                format!("{name}: `{}` was lost", entry.key)
            }
        };
        Transaction::commit(Box::new(transaction)).expect("the damage is done");
        use_all(seed, &what, stage);
        no_payment_is_entered_twice(seed, &what, stage);
        no_product_is_made_twice(seed, &what, stage);
        made += stage.sandbox().products().len() - before;
    });
    if env::var_os("LEAFLINK_SYNC_FUZZ_SEED").is_none() {
        assert!(whole <= 150, "300 seeds do not reach each of its {whole} records");
        assert!(made > 100, "a product was made {made} times: what is queued is not worked on");
    }
}

/// Each field of each kind of record wrong in turn: what is read and makes no sense is as sound as what
/// cannot be read.
#[test]
fn each_field_of_each_kind_of_record() {
    let stage = played(EVERY_KIND);
    stage.sandbox().clear_faults();
    let snapshot = stage.snapshot().expect("a snapshot");
    let entries = {
        let mut view = stage.erp().view(stage.company()).expect("a view");
        view.scan("", None, 1_000).expect("its state")
    };
    let (mut seen, mut tried) = (BTreeSet::new(), 0);
    for entry in entries {
        let Ok(whole) = serde_json::from_slice::<Value>(&entry.value) else { continue };
        let kind = entry.key.rsplit_once('/').map_or(entry.key.as_str(), |(kind, _)| kind);
        // The same field of another record of its kind is the same again.
        let fresh: Vec<_> = damage::each_field(&whole)
            .into_iter()
            .filter(|wrong| !seen.contains(&format!("{kind} {}", wrong.path)))
            .collect();
        for wrong in fresh {
            seen.insert(format!("{kind} {}", wrong.path));
            stage.restore(&snapshot).expect("the story's end");
            let mut transaction = stage.erp().begin(stage.company()).expect("a transaction");
            transaction.put(&entry.key, wrong.record.to_string().as_bytes()).expect("a damaged record");
            Transaction::commit(Box::new(transaction)).expect("the damage is done");
            let what = format!("`{}` became {}", entry.key, wrong.record);
            use_all(tried, &what, &stage);
            no_payment_is_entered_twice(tried, &what, &stage);
            no_product_is_made_twice(tried, &what, &stage);
            tried += 1;
        }
    }
    println!("{} fields of records, wrong in {tried} ways", seen.len());
    assert!(seen.len() > 200, "only {} fields were reached", seen.len());
}

/// One damaged record of an order or of the outbox stops nothing that has nothing to do with it:
/// the list of orders is read, other orders are looked at, other writes are delivered.
#[test]
fn a_damaged_record_stops_nothing_else() {
    for (name, prefix) in [
        ("scenarios/held-then-through", "order/"),
        ("scenarios/life-status-lost-answers", "order/"),
        ("scenarios/payments-request-lost", "outbox/"),
        (EVERY_KIND, "outage"),
    ] {
        let stage = played(name);
        stage.sandbox().clear_faults();
        let snapshot = stage.snapshot().expect("a snapshot");
        let keys: Vec<String> = {
            let mut view = stage.erp().view(stage.company()).expect("a view");
            let entries = view.scan(prefix, None, 100).expect("its state");
            entries.into_iter().map(|entry| entry.key).collect()
        };
        for key in keys {
            stage.restore(&snapshot).expect("the story's end");
            let mut transaction = stage.erp().begin(stage.company()).expect("a transaction");
            transaction.put(&key, b"{\"short").expect("a damaged record");
            Transaction::commit(Box::new(transaction)).expect("the damage is done");
            let round = stage.sync().expect("a round");
            assert!(round.stopped.is_none(), "{name}, `{key}`: {:?}", round.stopped);
            assert!(round.undelivered.is_none(), "{name}, `{key}`: {:?}", round.undelivered);
            let pushed = stage.push_stock().expect("a round");
            assert!(pushed.stopped.is_none(), "{name}, `{key}`: {:?}", pushed.stopped);
            stage.calls().held_orders(None, 100).expect("what waits can be listed");
        }
    }
}
