//! Two worker processes of one company at once: two hosts, each with connections of its own, on one
//! database file. However their calls of `deliver` come between each other's, and whichever of them
//! took its ticket first, a payment is entered once.

use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use leaflink_sync::document::Document;
use leaflink_sync::stage::{Connections, Options, Stage};
use leaflink_sync::steps;
use leaflink_sync::world::LoadedWorld;
use leaflink_sync_kit::exports::delivery::Delivered;
use leaflink_sync_kit::host::{Records, Transaction, Urgency, http, log, secrets};
use leaflink_sync_kit::{CallInfo, Calls, CompanyId, Connector, Host, Limits};
use leaflink_sync_tests::component;
use reference_erp::Erp;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Longer than what was sent may take to appear.
const QUIET: Duration = Duration::from_secs(150);

fn built() -> &'static Connector {
    static BUILT: OnceLock<Connector> = OnceLock::new();
    BUILT.get_or_init(|| component::load(Limits::DEFAULT).expect("the component loads"))
}

/// A process's host: its own connections to the database, and the same LeafLink and clock.
struct OwnConnections {
    erp: Erp,
    around: Arc<dyn Host>,
}

impl Host for OwnConnections {
    fn begin(&self, company: &CompanyId, info: &CallInfo) -> anyhow::Result<Box<dyn Transaction>> {
        Ok(Box::new(self.erp.begin(company)?.of_call(info)))
    }

    fn send(&self, company: &CompanyId, request: http::Request) -> Result<http::Response, http::Error> {
        self.around.send(company, request)
    }

    fn send_as(
        &self,
        company: &CompanyId,
        urgency: Urgency,
        request: http::Request,
    ) -> Result<http::Response, http::Error> {
        self.around.send_as(company, urgency, request)
    }

    fn hmac_sha256(
        &self,
        company: &CompanyId,
        key: secrets::Key,
        message: &[u8],
    ) -> anyhow::Result<Option<[u8; 32]>> {
        self.around.hmac_sha256(company, key, message)
    }

    fn now_ms(&self) -> u64 {
        self.around.now_ms()
    }

    fn random_below(&self, bound: u32) -> u32 {
        self.around.random_below(bound)
    }

    fn log(&self, company: &CompanyId, info: &CallInfo, level: log::Level, message: &str) {
        self.around.log(company, info, level, message);
    }
}

/// A worker process.
struct Worker {
    erp: Erp,
    calls: Calls,
}

impl Worker {
    fn on(stage: &Stage) -> Self {
        let (around, clock) = (stage.host_for_component(), stage.host_for_component());
        let erp = Erp::open(stage.erp().path()).expect("the same file");
        let erp = erp.with_clock(Arc::new(move || clock.now_ms()));
        let host = OwnConnections { erp: erp.clone(), around };
        Self { erp, calls: built().calls(Arc::new(host), stage.company().clone()) }
    }

    fn ticket(&self) -> u64 {
        self.erp.next_ticket(self.calls.company()).expect("a ticket")
    }

    fn deliver(&self, ticket: u64) -> Delivered {
        self.calls.deliver(ticket).expect("a delivery")
    }
}

/// A company with a sales order that LeafLink knows, and two workers.
struct Works {
    _folder: TempDir,
    stage: Stage,
    workers: [Worker; 2],
    posted: usize,
}

impl Works {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let world = component::root().join("tests/scenarios/payments-answer-lost/world.json");
        let world = LoadedWorld::load(&world).expect("a world");
        let options = Options {
            connections: Connections::InProcess,
            erp_file: Some(folder.path().join("erp.sqlite")),
            ..Options::default()
        };
        let stage = Stage::set_up(built(), &world, options).expect("a stage");
        let workers = [Worker::on(&stage), Worker::on(&stage)];
        let works = Self { _folder: folder, stage, workers, posted: 0 };
        let lines = json!([{"product": 501_002, "quantity": "100"}]);
        let order = json!({"short_id": "fb0d0001", "customer": 310_044, "reps": [4107], "lines": lines});
        works.perform(json!({ "place_order": order }));
        works.stage.sync().expect("a round");
        works.perform(json!({"set_status": {"order": "fb0d0001", "status": "PROCESSING"}}));
        works.perform(json!({"create_invoice": {"order": "fb0d0001"}}));
        works.stage.sync().expect("a round");
        works
    }

    fn perform(&self, step: Value) {
        let document = Document::parse("the test's own steps", json!([step]).to_string()).expect("JSON");
        for step in steps::read(&document).expect("a step") {
            self.stage.perform(&step.act).expect("it can be done");
        }
    }

    /// People enter a payment, and its entry is queued.
    fn post(&mut self) {
        let payment = json!({"invoice": "inv-1001", "amount": "1.00", "method": "check", "user": "u-rae"});
        self.perform(json!({ "post_payment": payment }));
        self.posted += 1;
        let payments = {
            let mut view = self.stage.erp().view(self.stage.company()).expect("a view");
            let orders = view.list_sales_orders(None, 10).expect("sales orders");
            view.payments_of_sales_order(&orders[0].id).expect("payments")
        };
        assert_eq!(payments.len(), self.posted);
        for payment in payments {
            self.workers[0].calls.on_payment(&payment.id).expect("a look");
        }
    }

    fn entered(&self) -> usize {
        self.stage.sandbox().payments().len()
    }

    /// Time passes, and the workers take turns until nothing is left.
    fn finish(&self) {
        for turn in 0..40 {
            let worker = &self.workers[turn % 2];
            match worker.deliver(worker.ticket()) {
                Delivered::Worked(_) => {}
                Delivered::Idle(Some(_)) => self.stage.let_pass(QUIET),
                Delivered::Idle(None) => return,
            }
        }
        panic!("the workers come to no end");
    }
}

#[test]
fn a_payment_is_entered_once_whichever_worker_comes_first() {
    let mut works = Works::new();
    // Each takes a ticket and delivers, twice: all ways in which these can come between each other.
    let ways: Vec<u8> = (0..=u8::MAX).filter(|way| way.count_ones() == 4).collect();
    let (mut at_once, mut held_up) = (0, 0);
    for way in &ways {
        works.post();
        let mut tickets = [None, None];
        for step in 0..8 {
            let who = usize::from(way >> step & 1);
            let worker = &works.workers[who];
            match tickets[who].take() {
                None => tickets[who] = Some(worker.ticket()),
                Some(ticket) => drop(worker.deliver(ticket)),
            }
        }
        match works.entered() == works.posted {
            true => at_once += 1,
            false => held_up += 1,
        }
        works.finish();
        assert_eq!(works.entered(), works.posted, "way {way:08b}");
    }
    println!("{} ways: {at_once} entered it at once, {held_up} after the quiet period", ways.len());
    assert!(at_once > 0 && held_up > 0, "{at_once} at once, {held_up} held up");
}

#[test]
fn an_older_ticket_sends_nothing() {
    let mut works = Works::new();
    works.post();
    let [one, other] = &works.workers;
    let older = one.ticket();
    let newer = other.ticket();
    // Armed for the ticket after `newer`.
    assert!(matches!(other.deliver(newer), Delivered::Worked(_)));
    for ticket in [older, newer] {
        one.deliver(ticket);
        assert_eq!(works.entered(), 0, "ticket {ticket} sent it");
    }
    // Whether `newer` was used by a call that sent it, nobody can know: not before it is quiet.
    other.deliver(other.ticket());
    assert_eq!(works.entered(), 0);
    works.finish();
    assert_eq!(works.entered(), 1);
}

#[test]
fn a_payment_is_entered_once_while_both_work_as_fast_as_they_can() {
    let mut works = Works::new();
    for _ in 0..10 {
        works.post();
        thread::scope(|scope| {
            for worker in &works.workers {
                scope.spawn(|| {
                    for _ in 0..6 {
                        worker.deliver(worker.ticket());
                    }
                });
            }
        });
        works.finish();
        assert_eq!(works.entered(), works.posted);
    }
}
