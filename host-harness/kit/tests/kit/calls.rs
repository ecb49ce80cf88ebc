//! When a call commits, and when nothing of it remains.

use leaflink_sync_kit::exports::polling::Source;
use leaflink_sync_kit::exports::products::Product;
use leaflink_sync_kit::exports::sales_orders::Deletion;
use leaflink_sync_kit::exports::{Failure, insight};
use leaflink_sync_kit::host::Urgency;
use leaflink_sync_kit::host::http::Method;
use leaflink_sync_kit::{Budget, CallError, Engine, Limits};

use crate::component::{ANSWER, Fixture, OK, TEXT, expect_error, put, send, send_as};
use crate::double::{Double, Faults};

fn engine() -> Engine {
    Engine::new(Limits { budget: Budget::Fuel(10_000_000), ..Limits::DEFAULT }).expect("an engine")
}

/// Asserts that the one call so far left nothing behind, and that the next call works.
#[track_caller]
fn assert_nothing_remains(double: &Double) {
    let seen = double.seen();
    assert_eq!((seen.begun, seen.committed, seen.dropped), (1, 0, 1));
    assert!(seen.state.is_empty());
}

#[test]
fn a_call_that_succeeds_is_committed() {
    let double = Double::default();
    let bytes = Fixture::new().text("k").body("drift.repair", format!("{} {OK}", put())).build();
    double.calls(&engine(), &bytes).repair("d-1").expect("a repair");

    let seen = double.seen();
    assert_eq!((seen.begun, seen.committed, seen.dropped), (1, 1, 0));
    assert_eq!(seen.state["k"], b"k");
}

#[test]
fn a_call_that_fails_changes_nothing() {
    let double = Double::default();
    // err(not-supported("k"))
    let failure = format!(
        "{} (i32.store8 (i32.const {ANSWER}) (i32.const 1))
         (i32.store8 (i32.const {}) (i32.const 3))
         (i32.store (i32.const {}) (i32.const {TEXT}))
         (i32.store (i32.const {}) (i32.const 20))
         (i32.const {ANSWER})",
        put(),
        ANSWER + 4,
        ANSWER + 8,
        ANSWER + 12,
    );
    let bytes = Fixture::new().text("keeping tags in step").body("drift.repair", failure).build();
    let error = double.calls(&engine(), &bytes).repair("d-1").expect_err("a failure");

    assert_nothing_remains(&double);
    let Some(Failure::NotSupported(what)) = error.failure() else {
        panic!("{error}");
    };
    assert_eq!(what, "keeping tags in step");
    assert_eq!(error.to_string(), "this version of the component does not do this yet: keeping tags in step");
}

#[test]
fn a_trap_changes_nothing_and_hurts_no_other_call() {
    let double = Double::default();
    let log = format!("(call $log.write (i32.const 3) (i32.const {TEXT}) (i32.const 20))");
    let bytes = Fixture::new()
        .text("kettle boiled over..")
        .body("orders.on-order", format!("{} {log} unreachable", put()))
        .body("drift.repair", OK)
        .build();
    let calls = double.calls(&engine(), &bytes);
    let error = calls.on_order("o-1").expect_err("a trap");

    assert_nothing_remains(&double);
    let message = error.to_string();
    for words in ["`on-order`", "unreachable", "kettle boiled over..", "nothing was changed"] {
        assert!(message.contains(words), "{words:?} is not in: {message}");
    }
    calls.repair("d-1").expect("the next call");
}

#[test]
fn a_read_only_call_is_never_committed() {
    let double = Double::default();
    let bytes = Fixture::new().body("settings.get", OK).build();
    double.calls(&engine(), &bytes).settings().expect("settings");
    assert_nothing_remains(&double);
}

#[test]
fn a_read_only_call_may_not_write() {
    let double = Double::default();
    let bytes = Fixture::new().text("k").body("insight.preview", format!("{} {OK}", put())).build();
    let handler = insight::Handler::Order("o-1".to_owned());
    let error = double.calls(&engine(), &bytes).preview(&handler).expect_err("a refusal");

    assert_nothing_remains(&double);
    assert!(matches!(error, CallError::Forbidden { call: "preview", import: "store.put" }), "{error}");
}

#[test]
fn only_deliver_may_send_more_than_get() {
    let post = format!("{} {} {OK}", send(1, 10), expect_error(0, 8));
    let bytes = Fixture::new()
        .text("/products/")
        .body("orders.on-order", post)
        .body("delivery.deliver", format!("{} {OK}", send(1, 10)))
        .build();
    let double = Double::default();
    let calls = double.calls(&engine(), &bytes);

    calls.on_order("o-1").expect("an order, its POST refused");
    assert!(double.seen().requests.is_empty());

    calls.deliver(1).expect("a delivery");
    let seen = double.seen();
    assert_eq!(seen.requests.len(), 1);
    assert_eq!(seen.requests[0].method, Method::Post);
    assert_eq!(seen.requests[0].path, "/products/");
}

#[test]
fn people_wait_for_queued_writes_but_not_for_those_in_bulk() {
    for (bulk, of_repair, of_deliver) in
        [(false, Urgency::Person, Urgency::Person), (true, Urgency::Background, Urgency::Background)]
    {
        let body = format!("{} {OK}", send_as(0, 10, bulk));
        let bytes = Fixture::new()
            .text("/products/")
            .body("polling.poll", &body)
            .body("drift.repair", &body)
            .body("delivery.deliver", &body)
            .build();
        let double = Double::default();
        let calls = double.calls(&engine(), &bytes);
        calls.poll(Source::Orders).expect("a poll");
        calls.repair("d-1").expect("a repair");
        calls.deliver(1).expect("a delivery");
        assert_eq!(double.seen().urgencies, [Urgency::Background, of_repair, of_deliver], "bulk: {bulk}");
    }
}

#[test]
fn an_answer_that_is_too_large_is_not_passed_on() {
    let double =
        Double::new(Faults { body_bytes: Limits::DEFAULT.http_response_bytes + 1, ..Faults::default() });
    let too_large = 4;
    let bytes = Fixture::new()
        .text("/products/")
        .body("orders.on-order", format!("{} {} {OK}", send(0, 10), expect_error(too_large, 8)))
        .build();
    double.calls(&engine(), &bytes).on_order("o-1").expect("an order");
}

#[test]
fn an_ok_after_the_database_went_away_is_not_committed() {
    let double = Double::new(Faults { store: true, ..Faults::default() });
    let bytes = Fixture::new().text("k").body("drift.repair", format!("{} {OK}", put())).build();
    let error = double.calls(&engine(), &bytes).repair("d-1").expect_err("no commit");

    assert_nothing_remains(&double);
    assert!(matches!(error, CallError::Host { .. }), "{error}");
    assert!(error.to_string().contains("the database went away"), "{error}");
}

#[test]
fn a_host_that_opens_no_transaction() {
    let double = Double::new(Faults { begin: true, ..Faults::default() });
    let bytes = Fixture::new().body("drift.repair", OK).build();
    let error = double.calls(&engine(), &bytes).repair("d-1").expect_err("no transaction");
    assert!(matches!(error, CallError::Host { call: "repair", .. }), "{error}");
    assert!(error.to_string().contains("no connection is free"), "{error}");
}

#[test]
fn a_host_whose_import_fails() {
    let double = Double::new(Faults { secrets: true, ..Faults::default() });
    let hmac = format!(
        "(call $secrets.hmac-sha256 (i32.const 0) (i32.const {TEXT}) (i32.const 0) \
         (i32.const {ANSWER}))"
    );
    let bytes = Fixture::new().body("drift.repair", format!("{hmac} {OK}")).build();
    let error = double.calls(&engine(), &bytes).repair("d-1").expect_err("no key store");
    assert_nothing_remains(&double);
    assert!(matches!(error, CallError::Host { .. }), "{error}");
    assert!(error.to_string().contains("the key store is locked"), "{error}");
}

#[test]
fn a_host_that_cannot_commit() {
    let double = Double::new(Faults { commit: true, ..Faults::default() });
    let bytes = Fixture::new().body("drift.repair", OK).build();
    let error = double.calls(&engine(), &bytes).repair("d-1").expect_err("no commit");
    assert_nothing_remains(&double);
    assert!(matches!(error, CallError::Commit { call: "repair", .. }), "{error}");
    assert!(error.to_string().contains("the disk is full"), "{error}");
}

#[test]
fn time_stands_still_within_a_call() {
    let double = Double::default();
    let body = format!("(if (i64.ne (call $clock.now) (call $clock.now)) (then unreachable)) {OK}");
    let bytes = Fixture::new().body("drift.repair", body).build();
    let calls = double.calls(&engine(), &bytes);
    calls.repair("d-1").expect("a repair");
    calls.repair("d-1").expect("a repair");
    assert_eq!(double.seen().clock_reads, 2);
}

#[test]
fn a_random_bound_of_zero_counts_as_one() {
    let double = Double::default();
    let body = format!("(drop (call $random.below (i32.const 0))) {OK}");
    let bytes = Fixture::new().body("drift.repair", body).build();
    double.calls(&engine(), &bytes).repair("d-1").expect("a repair");
    assert_eq!(double.seen().random_bounds, [1]);
}

#[test]
fn the_host_is_told_what_each_call_used() {
    let double = Double::default();
    let bytes = Fixture::new().text("k").body("drift.repair", format!("{} {OK}", put())).build();
    let calls = double.calls(&engine(), &bytes);
    calls.repair("d-1").expect("a repair");
    calls.repair("d-1").expect("a repair");
    calls.on_order("o-1").expect_err("a trap");

    let seen = double.seen();
    let [(first, None), (second, None), (trapped, Some(_))] = seen.reports.as_slice() else {
        panic!("{:?}", seen.reports);
    };
    assert_eq!(first.call, "repair");
    assert_eq!(first.store_writes, 1);
    assert_eq!(first.peak_memory, 16 * 65_536);
    assert!(first.fuel.is_some_and(|fuel| fuel > 0));
    // A fresh instance each time: the same work burns the same fuel, to the unit.
    assert_eq!(first.fuel, second.fuel);
    assert_eq!((trapped.call, trapped.store_writes), ("on-order", 0));
}

#[test]
fn a_call_about_one_thing_says_what_it_is_about() {
    let double = Double::default();
    let bytes = Fixture::new()
        .body("products.on-product-change", OK)
        .body("sales-orders.on-sales-order-deleted", OK)
        .build();
    let calls = double.calls(&engine(), &bytes);
    calls.on_product_change(&Product::Erp("p-flower".to_owned())).expect("a product");
    calls.on_product_change(&Product::Leaflink(501_003)).expect("a product");
    let deletion = Deletion {
        sales_order: "so-1001".to_owned(),
        leaflink_order: "5d0c".to_owned(),
        reject_in_leaflink: true,
    };
    calls.on_sales_order_deleted(&deletion).expect("a deletion");
    let seen = double.seen();
    let subjects: Vec<_> = seen.reports.iter().filter_map(|(report, _)| report.subject.as_deref()).collect();
    assert_eq!(subjects, ["p-flower", "501003", "so-1001"]);
}

#[test]
fn nothing_is_left_in_memory_for_the_next_call() {
    let double = Double::default();
    let body = format!(
        "(if (i32.load (i32.const {TEXT})) (then unreachable))
         (i32.store (i32.const {TEXT}) (i32.const 1)) {OK}"
    );
    let bytes = Fixture::new().body("drift.repair", body).build();
    let calls = double.calls(&engine(), &bytes);
    for _ in 0..100 {
        calls.repair("d-1").expect("a repair");
    }
}
