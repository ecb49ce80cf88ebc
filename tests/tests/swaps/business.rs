//! The business that goes on while files are swapped, and the files.

use std::fs;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use leaflink_sync::document::Document;
use leaflink_sync::stage::{Connections, Options, Stage};
use leaflink_sync::steps;
use leaflink_sync::world::LoadedWorld;
use leaflink_sync_kit::host::{Records, Store};
use leaflink_sync_kit::schema::StoredSchema;
use leaflink_sync_kit::{Connector, Limits};
use leaflink_sync_tests::component;
use serde_json::Value;

/// Orders of the day. The next schema's migration takes ten at a time.
pub const ORDERS: usize = 24;
/// How long a thread waits for another before the test fails.
const PATIENCE: Duration = Duration::from_secs(180);

pub fn built() -> &'static Connector {
    static BUILT: OnceLock<Connector> = OnceLock::new();
    BUILT.get_or_init(|| component::load(Limits::DEFAULT).expect("the component loads"))
}

pub fn this_file() -> Vec<u8> {
    fs::read(component::path().expect("the component")).expect("its file")
}

pub fn next_file() -> Vec<u8> {
    fs::read(component::next_path().expect("the component of the next schema")).expect("its file")
}

/// The same component as another file: with a custom section that says nothing.
pub fn again(file: &[u8]) -> Vec<u8> {
    [file, &[0, 6, 5], b"again"].concat()
}

pub fn stage() -> Stage {
    stage_with(Options::default())
}

pub fn stage_with(options: Options) -> Stage {
    let world = component::root().join("tests/scenarios/payments-answer-lost/world.json");
    let world = LoadedWorld::load(&world).expect("a world");
    Stage::set_up(built(), &world, Options { connections: Connections::InProcess, ..options })
        .expect("a stage")
}

pub fn perform(stage: &Stage, step: &str) {
    let document = Document::parse("step.json", format!("[{step}]")).expect("JSON");
    for step in steps::read(&document).expect("a step") {
        stage.perform(&step.act).expect("it can be done");
    }
}

pub fn short_id(order: usize) -> String {
    format!("fb{order:06x}")
}

/// An order from a buyer's cart to the money received.
pub fn business(stage: &Stage, order: usize) {
    place(stage, order);
    stage.sync().expect("a round");
    finish(stage, order);
}

/// A buyer sends an order off.
pub fn place(stage: &Stage, order: usize) {
    let short_id = short_id(order);
    // LeafLink counts requests by the minute.
    stage.move_to(stage.now().time() + TimeDelta::minutes(1)).expect("later");
    perform(
        stage,
        &format!(
            r#"{{"place_order": {{"short_id": "{short_id}", "customer": 310044, "reps": [4107],
                "lines": [{{"product": 501002, "quantity": "{}"}}]}}}}"#,
            1 + order % 3
        ),
    );
}

/// The order is accepted, invoiced and paid.
pub fn finish(stage: &Stage, order: usize) {
    let short_id = short_id(order);
    perform(stage, &format!(r#"{{"set_status": {{"order": "{short_id}", "status": "PROCESSING"}}}}"#));
    perform(stage, &format!(r#"{{"create_invoice": {{"order": "{short_id}"}}}}"#));
    let invoice = 1001 + order;
    perform(
        stage,
        &format!(
            r#"{{"post_payment": {{"invoice": "inv-{invoice}", "amount": "{}.00", "method": "check", "user": "u-rae"}}}}"#,
            5 + order
        ),
    );
    stage.sync().expect("a round");
}

/// Both sides, as far as people see them.
#[derive(Debug, PartialEq)]
pub struct End {
    pub sales_orders: Vec<String>,
    pub orders: Vec<Value>,
    pub payments: Vec<Value>,
    pub mails: usize,
}

pub fn end(stage: &Stage) -> End {
    for _ in 0..3 {
        let round = stage.sync().expect("a round");
        assert!(round.stopped.is_none() && round.undelivered.is_none(), "{round:?}");
    }
    let mut view = stage.erp().view(stage.company()).expect("the ERP");
    let sales_orders = view.list_sales_orders(None, 500).expect("sales orders");
    let mut orders = stage.sandbox().orders();
    for order in &mut orders {
        // When it was last written to; the clock stands still, but retries move the order's place in lists.
        order.as_object_mut().map(|order| order.remove("modified"));
    }
    let mut payments = stage.sandbox().payments();
    for payment in &mut payments {
        payment.as_object_mut().map(|payment| payment.remove("id"));
    }
    payments.sort_by_key(Value::to_string);
    End {
        sales_orders: sales_orders
            .into_iter()
            .map(|mut order| {
                order.modified_at_ms = 0;
                format!("{order:?}")
            })
            .collect(),
        orders,
        payments,
        mails: stage.mails().len(),
    }
}

/// The same business on one file.
pub fn undisturbed(orders: usize) -> End {
    let stage = stage();
    (0..orders).for_each(|order| business(&stage, order));
    let end = end(&stage);
    assert_eq!((end.sales_orders.len(), end.payments.len()), (orders, orders));
    end
}

/// Every record of the component's about an order.
pub fn order_records(stage: &Stage) -> Vec<String> {
    let mut view = stage.erp().view(stage.company()).expect("the ERP");
    let entries = view.scan("order/", None, 1_000).expect("the store");
    entries.into_iter().map(|entry| String::from_utf8(entry.value).expect("JSON")).collect()
}

pub fn stored(stage: &Stage) -> StoredSchema {
    let mut view = stage.erp().view(stage.company()).expect("the ERP");
    StoredSchema::read(&mut view).expect("a schema")
}

/// Waits for what another thread does.
pub fn wait_until(what: &str, reached: impl Fn() -> bool) {
    let began = Instant::now();
    while !reached() {
        assert!(began.elapsed() < PATIENCE, "waited {PATIENCE:?} for {what}");
        thread::sleep(Duration::from_millis(2));
    }
}
