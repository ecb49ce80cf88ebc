//! A call that breaks down leaves no trace: the database stays as it was, byte for byte, and the
//! next call works.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::sync::OnceLock;
use std::time::Duration;

use leaflink_sandbox::{Method, Request, Sandbox};
use leaflink_sync::world::LoadedWorld;
use leaflink_sync_kit::host::types::Outcome;
use leaflink_sync_kit::{Budget, CallError, Connector, Engine, Limits};
use leaflink_sync_tests::bench::{Bench, answer, not_found};
use leaflink_sync_tests::component;
use serde_json::{Value, json};
use wasmparser::{BinaryReader, ExternalKind, Operator, OperatorsReader, Parser, Payload, TypeRef};

/// The order's number.
const NUMBER: &str = "2f1dd9c7-4b0e-4d7a-9d2f-0f6f0c1f9a55";
const PLENTY_OF_FUEL: u64 = 10_000_000_000;

/// A plain order of the shared world with so many lines, as LeafLink sends it.
fn order(lines: usize) -> Value {
    let mut sandbox = Sandbox::new(world().leaflink).expect("the world's LeafLink");
    let seed = json!({
        "short_id": "0c1f9a55", "number": NUMBER, "customer": 310_044, "reps": [4107], "tax_percent": "15",
        "lines": vec![json!({"product": 501_003, "quantity": "0.1"}); lines],
    });
    sandbox.place_order(serde_json::from_value(seed).expect("an order")).expect("it can be placed");
    let path = format!("/api/v2/orders-received/{NUMBER}/?include_children=line_items");
    let mut request = Request::new(Method::Get, &path);
    request.headers.push(("Authorization".to_owned(), format!("App {}", sandbox.api_key())));
    let response = sandbox.handle(&request);
    assert_eq!(response.status, 200);
    serde_json::from_slice(&response.body).expect("an order is JSON")
}

fn world() -> leaflink_sync::world::World {
    let file = component::root().join("tests/scenarios/plain-order/world.json");
    LoadedWorld::load(&file).expect("the shared world").world
}

/// A bench on which LeafLink has this order, and its sales rep is connected.
fn bench(order: &str) -> Bench {
    let body = order.to_owned();
    let path = format!("/orders-received/{NUMBER}/");
    let leaflink = move |request: &leaflink_sync_kit::host::http::Request| {
        if request.path == path { answer(200, body.as_bytes()) } else { not_found() }
    };
    let bench = Bench::new(&world().erp, Box::new(leaflink)).expect("a bench");
    bench.calls(usual()).map_user(4107, "u-rae").expect("the user is mapped");
    bench
}

/// Everything that a call could have left behind: the rows, and the file itself.
fn state(bench: &Bench) -> (String, Vec<u8>) {
    let dump = bench.erp().dump().expect("a dump");
    bench.erp().checkpoint().expect("a checkpoint");
    (dump, fs::read(bench.erp().path()).expect("the database's file"))
}

fn load(limits: Limits) -> Connector {
    component::load(limits).expect("the component loads under these limits")
}

/// The component under the usual limits, compiled once.
fn usual() -> &'static Connector {
    static USUAL: OnceLock<Connector> = OnceLock::new();
    USUAL.get_or_init(|| load(Limits::DEFAULT))
}

/// Makes the call, which must fail and leave nothing behind.
fn fails(bench: &Bench, connector: &Connector) -> CallError {
    let before = state(bench);
    let error = bench.calls(connector).on_order(NUMBER).expect_err("the call fails");
    assert!(state(bench) == before, "the call left something behind: {error}");
    error
}

/// The next call works.
fn works(bench: &Bench, outcome: Outcome) {
    let decision = bench.calls(usual()).on_order(NUMBER).expect("the next call works");
    assert_eq!(decision.outcome, outcome);
}

/// The component's functions, as they lie in its file.
struct Code {
    bytes: Vec<u8>,
    /// Where the code of each function is, its `end` included.
    bodies: Vec<Range<usize>>,
    /// What its exported functions are called, each with its place in `bodies`.
    exports: Vec<(String, usize)>,
}

impl Code {
    fn read() -> Self {
        let bytes = fs::read(component::path().expect("the component")).expect("its file");
        let (mut imported, mut exports, mut bodies) = (0, Vec::new(), Vec::new());
        for payload in Parser::new(0).parse_all(&bytes) {
            match payload.expect("the component is well-formed") {
                // A component holds several modules; the one with these exports is meant.
                Payload::ModuleSection { .. } if exports.len() < 10 => {
                    (imported, exports, bodies) = (0, Vec::new(), Vec::new());
                }
                Payload::ModuleSection { .. } => break,
                Payload::ImportSection(imports) => {
                    let imports = imports.into_imports().map(|import| import.expect("an import").ty);
                    imported +=
                        imports.filter(|of| matches!(of, TypeRef::Func(_) | TypeRef::FuncExact(_))).count();
                }
                Payload::ExportSection(found) => {
                    let found = found.into_iter().map(|export| export.expect("an export"));
                    let found = found.filter(|export| export.kind == ExternalKind::Func);
                    exports.extend(found.map(|export| (export.name.to_owned(), export.index as usize)));
                }
                Payload::CodeSectionEntry(body) => {
                    let code = body.get_operators_reader().expect("a function's code");
                    bodies.push(code.original_position() as usize..body.range().end as usize);
                }
                _ => {}
            }
        }
        for (_, index) in &mut exports {
            *index -= imported;
        }
        Self { bytes, bodies, exports }
    }

    /// The component with this in one of its functions, after the call with which an exported
    /// function sets the instance up. The rest is filled up with `unreachable`.
    fn load_with(mut self, function: &str, planted: &[u8]) -> Connector {
        let found = self.exports.iter().find(|(name, _)| name == function);
        let index = found.unwrap_or_else(|| panic!("the component has no function {function}")).1;
        let code = self.bodies[index].clone();
        let operators = self.operators(&code);
        let set_up = operators.windows(2).find(|two| matches!(two[0].0, Operator::Call { .. }));
        let begin = if planted.is_empty() { code.start } else { set_up.expect("a call")[1].1 };
        let code = begin..code.end - 1;
        self.bytes[code.clone()].fill(0);
        self.bytes[code][..planted.len()].copy_from_slice(planted);
        let engine = Engine::new(Limits::DEFAULT).expect("an engine");
        engine.load_bytes(&self.bytes).expect("it is a component still")
    }

    /// A place where the component panics: message, length and place pushed, and the call that
    /// does not come back. The standard library's own is the one that is called most.
    fn panic(&self) -> Vec<u8> {
        use Operator::{Call, I32Const, Unreachable};
        let mut places: BTreeMap<u32, (usize, Range<usize>)> = BTreeMap::new();
        for body in &self.bodies {
            for five in self.operators(body).windows(5) {
                let [(one, from), (two, _), (three, _), (Call { function_index }, _), (Unreachable, to)] =
                    five
                else {
                    continue;
                };
                if [one, two, three].iter().all(|it| matches!(it, I32Const { .. })) {
                    places.entry(*function_index).or_insert((0, *from..*to)).0 += 1;
                }
            }
        }
        let most = places.into_values().max_by_key(|(count, _)| *count);
        self.bytes[most.expect("the component panics nowhere").1].to_vec()
    }

    /// The instructions of a function, each with its place in the file.
    fn operators(&self, body: &Range<usize>) -> Vec<(Operator<'_>, usize)> {
        let reader = BinaryReader::new(&self.bytes[body.clone()], body.start as u64);
        let operators = OperatorsReader::new(reader).into_iter_with_offsets();
        let found = operators.map(|it| it.expect("an instruction"));
        found.map(|(operator, at)| (operator, at as usize)).collect()
    }
}

const ON_ORDER: &str = "leaflink-sync:connector/orders@0.1.0#on-order";

/// The component with a fault planted in one function of its module: the first thing that it does
/// is to trap.
fn with_trap_in(function: &str) -> Connector {
    Code::read().load_with(function, &[])
}

#[test]
fn a_call_that_traps_leaves_no_trace() {
    let bench = bench(&order(1).to_string());
    for function in [
        ON_ORDER,
        // Runs after everything is written and answered, and before the commit.
        "cabi_post_leaflink-sync:connector/orders@0.1.0#on-order",
    ] {
        let error = fails(&bench, &with_trap_in(function));
        assert!(matches!(error, CallError::Trapped { .. }), "{function}: {error}");
    }
    let report = bench.last_report().expect("the call was reported");
    assert_eq!(report.record_writes, 1, "the second call wrote before it trapped");
    works(&bench, Outcome::Applied);
}

#[test]
fn what_a_panic_says_is_in_the_report_of_the_trap() {
    let bench = bench(&order(1).to_string());
    let code = Code::read();
    let panic = code.panic();
    let error = fails(&bench, &code.load_with(ON_ORDER, &panic));
    let CallError::Trapped { last_log: Some(words), .. } = &error else { panic!("{error}") };
    assert!(words.starts_with("panicked at ") && words.contains(".rs:"), "{words}");
    assert!(error.to_string().contains("panicked at "), "{error}");
    works(&bench, Outcome::Applied);
}

#[test]
fn a_call_that_computes_too_long_leaves_no_trace() {
    let bench = bench(&order(1_000).to_string());
    let error = fails(&bench, &load(Limits { budget: Budget::Fuel(1_000_000), ..Limits::DEFAULT }));
    assert!(matches!(error, CallError::OutOfFuel { .. }), "{error}");
    works(&bench, Outcome::Applied);
}

#[test]
fn a_call_that_goes_on_too_long_leaves_no_trace() {
    let bench = bench(&order(1).to_string());
    let error = fails(&bench, &load(Limits { call_time: Duration::ZERO, ..Limits::DEFAULT }));
    assert!(matches!(error, CallError::TimeLimit { .. }), "{error}");
    works(&bench, Outcome::Applied);
}

#[test]
fn a_call_that_asks_for_too_much_memory_leaves_no_trace() {
    let mut huge = order(1);
    huge["notes"] = json!("x".repeat(3 << 20));
    let bench = bench(&huge.to_string());
    let tight = Limits { memory_bytes: 5 << 20, http_response_bytes: 4 << 20, ..Limits::DEFAULT };
    let error = fails(&bench, &load(tight));
    assert!(matches!(error, CallError::MemoryLimit { .. }), "{error}");
    works(&bench, Outcome::Held);
}

#[test]
fn a_call_that_writes_too_much_leaves_no_trace() {
    let bench = bench(&order(1).to_string());
    for (limit, limits) in [
        ("writes to the ERP's records", Limits { record_writes: 0, ..Limits::DEFAULT }),
        ("keys written to the store", Limits { store_writes: 0, ..Limits::DEFAULT }),
        ("journal entries", Limits { journal_entries: 0, ..Limits::DEFAULT }),
    ] {
        let error = fails(&bench, &load(limits)).to_string();
        assert!(error.contains(limit), "{error}");
    }
    works(&bench, Outcome::Applied);
}

/// Ends the call after more and more of its work, up to the last step but one.
#[test]
fn wherever_a_call_runs_out_of_fuel_it_leaves_no_trace() {
    let body = order(2).to_string();
    let fuel = |budget| Limits { budget: Budget::Fuel(budget), ..Limits::DEFAULT };
    let whole = {
        let bench = bench(&body);
        bench.calls(&load(fuel(PLENTY_OF_FUEL))).on_order(NUMBER).expect("there is plenty of fuel");
        bench.last_report().and_then(|report| report.fuel).expect("fuel is counted")
    };

    let bench = bench(&body);
    let mut after_a_write = 0;
    let steps = 8;
    for budget in (1..steps).map(|step| whole * step / steps).chain([whole * 99 / 100]) {
        let error = fails(&bench, &load(fuel(budget)));
        assert!(matches!(error, CallError::OutOfFuel { .. }), "{error}");
        let report = bench.last_report().expect("the call was reported");
        after_a_write += u32::from(report.record_writes + report.store_writes > 0);
    }
    assert!(after_a_write > 0, "no step ended the call between its first write and its end");

    let decision = bench.calls(&load(fuel(whole))).on_order(NUMBER).expect("exactly enough fuel");
    assert_eq!(decision.outcome, Outcome::Applied);
}
