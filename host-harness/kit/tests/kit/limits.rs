//! Every limit: run over it, see it named, and see that nothing remains and the next call works.

use std::time::Duration;

use leaflink_sync_kit::exports::webhooks;
use leaflink_sync_kit::limits::{Exceeded, Limit};
use leaflink_sync_kit::{Budget, CallError, Engine, Limits};

use crate::component::{ANSWER, Fixture, OK, TEXT, expect_error, put, repeat, send};
use crate::double::Double;

const FUEL: Limits = Limits { budget: Budget::Fuel(50_000_000), ..Limits::DEFAULT };

/// Runs `body` as `on-order` and answers how it failed, having seen that it left nothing behind
/// and that a second call succeeds.
fn failure(limits: Limits, double: &Double, body: &str) -> CallError {
    let engine = Engine::new(limits).expect("an engine");
    let bytes = Fixture::new()
        .text("k/products/")
        .body("orders.on-order", format!("{body} {OK}"))
        .body("drift.repair", OK)
        .build();
    let calls = double.calls(&engine, &bytes);
    let error = calls.on_order("o-1").expect_err("a limit");
    {
        let seen = double.seen();
        assert_eq!((seen.begun, seen.committed, seen.dropped), (1, 0, 1));
        assert!(seen.state.is_empty());
    }
    calls.repair("d-1").expect("the next call");
    error
}

#[test]
fn an_endless_loop_runs_out_of_time() {
    let limits = Limits { budget: Budget::Time(Duration::from_millis(30)), ..Limits::DEFAULT };
    let error = failure(limits, &Double::default(), "(loop (br 0))");
    assert!(matches!(error, CallError::TimeLimit { call: "on-order", .. }), "{error}");
}

#[test]
fn an_endless_loop_runs_out_of_fuel() {
    let error = failure(FUEL, &Double::default(), "(loop (br 0))");
    assert!(matches!(error, CallError::OutOfFuel { allowed: 50_000_000, .. }), "{error}");
}

#[test]
fn no_request_is_sent_when_the_call_has_taken_too_long() {
    let double = Double::default();
    let limits = Limits { call_time: Duration::ZERO, ..FUEL };
    let error = failure(limits, &double, &get());
    assert!(matches!(error, CallError::TimeLimit { .. }), "{error}");
    assert!(double.seen().requests.is_empty());
}

#[test]
fn a_memory_bomb_is_told_from_a_panic() {
    // What Rust does: grow, and abort if that fails.
    let bomb = "(if (i32.eq (memory.grow (i32.const 16384)) (i32.const -1)) (then unreachable))";
    let error = failure(FUEL, &Double::default(), bomb);
    assert!(matches!(error, CallError::MemoryLimit { .. }), "{error}");
}

#[test]
fn a_table_bomb_is_ended_too() {
    let limits = Limits { table_elements: 100, ..FUEL };
    let grow = |by: u32| {
        format!(
            "(if (i32.eq (table.grow $table (ref.null func) (i32.const {by})) (i32.const -1)) \
             (then unreachable))"
        )
    };
    // One is there already, and the adapters have tables of their own.
    let error = failure(limits.clone(), &Double::default(), &grow(100));
    assert!(matches!(error, CallError::MemoryLimit { .. }), "{error}");
    let bit_by_bit = repeat(100, &grow(1));
    let error = failure(limits.clone(), &Double::default(), &bit_by_bit);
    assert!(matches!(error, CallError::MemoryLimit { .. }), "{error}");

    let engine = Engine::new(limits).expect("an engine");
    let bytes = Fixture::new().body("orders.on-order", format!("{} {OK}", grow(20))).build();
    Double::default().calls(&engine, &bytes).on_order("o-1").expect("within the limit");
}

#[test]
fn deep_recursion_is_a_trap() {
    let mut fixture = Fixture::new();
    fixture = fixture
        .body("orders.on-order", "(call $orders.on-order (local.get 0) (local.get 1))")
        .body("drift.repair", OK);
    let engine = Engine::new(FUEL).expect("an engine");
    let double = Double::default();
    let calls = double.calls(&engine, &fixture.build());
    let error = calls.on_order("o-1").expect_err("a stack overflow");
    assert!(matches!(error, CallError::Trapped { .. }), "{error}");
    assert!(error.to_string().contains("call stack exhausted"), "{error}");
    calls.repair("d-1").expect("the next call");
}

#[test]
fn too_many_requests() {
    let limits = Limits { http_requests: 3, ..FUEL };
    let double = Double::default();
    let error = failure(limits, &double, &repeat(4, &get()));
    assert_exceeded(&error, Limit::HttpRequests, 3);
    assert_eq!(double.seen().requests.len(), 3);
}

#[test]
fn too_many_writes_to_the_store() {
    let limits = Limits { store_writes: 3, ..FUEL };
    // The component is told, and ends in `ok` all the same.
    let quota_exceeded = 1;
    let body = format!("{} {}", repeat(4, &put()), expect_error(quota_exceeded, 4));
    let error = failure(limits, &Double::default(), &body);
    assert_exceeded(&error, Limit::StoreWrites, 3);
}

#[test]
fn too_many_bytes_written_to_the_store() {
    let limits = Limits { store_written_bytes: 1 << 20, ..FUEL };
    let mebibyte = format!(
        "(drop (memory.grow (i32.const 32)))
         (call $store.put (i32.const {TEXT}) (i32.const 1) (i32.const 65536) (i32.const 1048576) \
         (i32.const {ANSWER}))"
    );
    let error = failure(limits, &Double::default(), &mebibyte);
    assert_exceeded(&error, Limit::StoreWrittenBytes, 1 << 20);
}

#[test]
fn too_many_bytes_read_from_the_store() {
    let limits = Limits { store_read_bytes: 1 << 20, ..FUEL };
    let double = Double::default();
    double.seen().state.insert("k".to_owned(), vec![0; 1 << 19]);
    let get = format!("(call $store.get (i32.const {TEXT}) (i32.const 1) (i32.const {ANSWER}))");
    let engine = Engine::new(limits).expect("an engine");
    let bytes = Fixture::new()
        .text("k")
        .body("orders.on-order", format!("(drop (memory.grow (i32.const 32))) {get} {get} {OK}"))
        .build();
    let error = double.calls(&engine, &bytes).on_order("o-1").expect_err("a limit");
    assert_exceeded(&error, Limit::StoreReadBytes, 1 << 20);
}

#[test]
fn too_many_writes_to_the_records() {
    let limits = Limits { record_writes: 2, ..FUEL };
    let unlink =
        format!("(call $records.unlink-sales-order (i32.const {TEXT}) (i32.const 1) (i32.const {ANSWER}))");
    let error = failure(limits, &Double::default(), &repeat(3, &unlink));
    assert_exceeded(&error, Limit::RecordWrites, 2);
}

#[test]
fn too_many_bytes_written_to_the_records() {
    let limits = Limits { record_written_bytes: 25_000, ..FUEL };
    // 10,000 bytes of the empty memory before the text, an escaped NUL each.
    let unlink =
        format!("(call $records.unlink-sales-order (i32.const 0) (i32.const 4000) (i32.const {ANSWER}))");
    let error = failure(limits, &Double::default(), &repeat(4, &unlink));
    assert_exceeded(&error, Limit::RecordWrittenBytes, 25_000);
}

#[test]
fn too_many_bytes_in_the_journal() {
    let limits = Limits { journal_bytes: 25_000, ..FUEL };
    let append = format!(
        "(call $journal.append (i32.const 0) (i32.const 0) (i32.const 4000) (i32.const 0) (i32.const 0) \
         (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const {ANSWER}))"
    );
    let error = failure(limits, &Double::default(), &repeat(4, &append));
    assert_exceeded(&error, Limit::JournalBytes, 25_000);
}

#[test]
fn more_than_may_be_handed_to_the_component() {
    let engine = Engine::new(Limits { input_bytes: 100, ..FUEL }).expect("an engine");
    let bytes = Fixture::new().body("webhooks.on-webhook", OK).body("settings.put", OK).build();
    let double = Double::default();
    let calls = double.calls(&engine, &bytes);
    let delivery = |bytes: usize| webhooks::Delivery {
        headers: vec![("ll-signature".to_owned(), "x".repeat(28))],
        body: vec![b' '; bytes],
    };
    calls.on_webhook(&delivery(60)).expect("100 bytes");
    let error = calls.on_webhook(&delivery(61)).expect_err("101 bytes");
    let exceeded = Exceeded { limit: Limit::InputBytes, allowed: 100 };
    assert!(matches!(error, CallError::Limit { exceeded: found, .. } if found == exceeded), "{error}");
    calls.put_settings(&" ".repeat(101)).expect_err("101 bytes");
    let seen = double.seen();
    assert_eq!((seen.begun, seen.reports.len()), (1, 3), "a refused call begins nothing and is reported");
}

#[test]
fn too_many_messages() {
    let limits = Limits { mails: 2, ..FUEL };
    let mail = format!(
        "(call $mail.queue (i32.const 0) (i32.const 0) (i32.const {TEXT}) (i32.const 1) \
         (i32.const {TEXT}) (i32.const 1) (i32.const {ANSWER}))"
    );
    let error = failure(limits, &Double::default(), &repeat(3, &mail));
    assert_exceeded(&error, Limit::Mails, 2);
}

#[test]
fn more_than_may_be_handed_over_at_once() {
    let limits = Limits { handover_bytes: (1 << 20) + 256, ..FUEL };
    let log = "(drop (memory.grow (i32.const 48)))
               (call $log.write (i32.const 0) (i32.const 0) (i32.const 2097152))";
    let error = failure(limits, &Double::default(), log);
    assert!(matches!(error, CallError::Trapped { .. }), "{error}");
}

#[test]
fn a_batch_and_a_page_have_a_largest_size() {
    let refused = 1;
    let page = format!(
        "(call $records.list-products (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 501) \
         (i32.const {ANSWER})) {}",
        expect_error(refused, 4)
    );
    let batch = format!(
        "(call $records.get-products (i32.const 524288) (i32.const 501) (i32.const {ANSWER})) {}",
        expect_error(refused, 4)
    );
    let ok = format!(
        "(call $records.list-products (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 500) \
         (i32.const {ANSWER})) (if (i32.load8_u (i32.const {ANSWER})) (then unreachable))"
    );
    let engine = Engine::new(FUEL).expect("an engine");
    let bytes = Fixture::new().body("orders.on-order", format!("{page} {batch} {ok} {OK}")).build();
    Double::default().calls(&engine, &bytes).on_order("o-1").expect("an order");
}

#[test]
fn keys_and_scans_have_their_rules() {
    let invalid = 0;
    let put = |key_bytes: u32| {
        format!(
            "(call $store.put (i32.const 65536) (i32.const {key_bytes}) (i32.const 0) \
             (i32.const 0) (i32.const {ANSWER}))"
        )
    };
    let scan = |limit: u32| {
        format!(
            "(call $store.scan (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) \
             (i32.const 0) (i32.const {limit}) (i32.const {ANSWER}))"
        )
    };
    let refused = expect_error(invalid, 4);
    let fine = format!("(if (i32.load8_u (i32.const {ANSWER})) (then unreachable))");
    let body = [
        put(0),
        refused.clone(),
        put(257),
        refused.clone(),
        put(256),
        fine.clone(),
        scan(0),
        refused.clone(),
        scan(1_001),
        refused.clone(),
        scan(1_000),
        fine.clone(),
        // A list of empty keys is a list of invalid ones; the batch's size is looked at first.
        format!("(call $store.get-many (i32.const 524288) (i32.const 1001) (i32.const {ANSWER}))"),
        refused,
        format!("(call $store.get-many (i32.const 524288) (i32.const 0) (i32.const {ANSWER}))"),
        fine,
    ]
    .join(" ");
    let engine = Engine::new(FUEL).expect("an engine");
    let bytes = Fixture::new().body("orders.on-order", format!("{body} {OK}")).build();
    Double::default().calls(&engine, &bytes).on_order("o-1").expect("an order");
}

#[test]
fn long_lines_are_cut_and_further_lines_dropped() {
    let limits = Limits { log_lines: 2, log_line_bytes: 5, ..FUEL };
    let log = |bytes: u32| format!("(call $log.write (i32.const 1) (i32.const {TEXT}) (i32.const {bytes}))");
    let engine = Engine::new(limits).expect("an engine");
    let bytes = Fixture::new()
        .text("grün und gut")
        .body("orders.on-order", format!("{} {} {} {OK}", log(5), log(13), log(5)))
        .build();
    let double = Double::default();
    double.calls(&engine, &bytes).on_order("o-1").expect("an order");
    assert_eq!(double.seen().lines, ["grün", "grün…"]);
}

#[test]
fn more_calls_than_places_wait_for_one() {
    let engine = Engine::new(Limits { concurrent_calls: 2, ..FUEL }).expect("an engine");
    let bytes = Fixture::new().body("drift.repair", OK).build();
    let double = Double::default();
    let calls = double.calls(&engine, &bytes);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..50 {
                    calls.repair("d-1").expect("a repair");
                }
            });
        }
    });
    assert_eq!(double.seen().committed, 400);
}

#[test]
fn without_the_address_space_for_a_pool_calls_still_run() {
    let engine = Engine::new(Limits { concurrent_calls: 100_000, ..FUEL }).expect("an engine");
    assert!(!engine.is_pooled());
    let bytes = Fixture::new().body("drift.repair", OK).build();
    Double::default().calls(&engine, &bytes).repair("d-1").expect("a repair");
}

/// A `GET /products/`, given the text of [`failure`].
fn get() -> String {
    send(0, 10).replace(&format!("(i32.const {TEXT})"), &format!("(i32.const {})", TEXT + 1))
}

#[track_caller]
fn assert_exceeded(error: &CallError, limit: Limit, allowed: u64) {
    match error {
        CallError::Limit { call: "on-order", exceeded } => {
            assert_eq!(*exceeded, Exceeded { limit, allowed });
        }
        other => panic!("{other}"),
    }
}
