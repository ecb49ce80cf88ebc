//! Things that go wrong on purpose.

use leaflink_sandbox::{Delivery, Method, Response, Sandbox};
use serde_json::{Value, json};

use crate::{apply, get, patch, place, request, sandbox};

fn inject(sandbox: &mut Sandbox, fault: Value) {
    apply(sandbox, json!({"fault": fault}));
}

fn ask(sandbox: &mut Sandbox, method: Method, path: &str) -> Response {
    sandbox.handle(&request(method, path))
}

#[test]
fn a_fault_hits_the_nth_request_of_its_kind() {
    let mut sandbox = sandbox();
    inject(
        &mut sandbox,
        json!({"method": "GET", "path": "/products/", "hit": 2, "times": 2,
               "effect": {"status": {"code": 503, "body": "{}", "retry_after": 4}}}),
    );
    assert_eq!(ask(&mut sandbox, Method::Get, "/brands/").status, 200);
    assert_eq!(ask(&mut sandbox, Method::Get, "/products/").status, 200);
    let hit = ask(&mut sandbox, Method::Get, "/products/501001/");
    assert_eq!(hit.status, 503);
    assert!(hit.headers.contains(&("Retry-After".into(), "4".into())));
    assert_eq!(ask(&mut sandbox, Method::Delete, "/products/501001/").status, 200);
    assert_eq!(ask(&mut sandbox, Method::Get, "/products/").status, 503);
    assert_eq!(ask(&mut sandbox, Method::Get, "/products/").status, 200);
}

#[test]
fn a_lost_answer_is_carried_out_and_a_lost_request_is_not() {
    for (effect, status) in [("lost_request", "Submitted"), ("lost_answer", "Accepted")] {
        let mut sandbox = sandbox();
        let number = place(&mut sandbox, json!({}));
        inject(&mut sandbox, json!({"method": "POST", "effect": effect}));
        let path = format!("/orders-received/{number}/transition/accept/");
        assert_eq!(ask(&mut sandbox, Method::Post, &path).delivery, Delivery::Lost);
        assert_eq!(sandbox.orders()[0]["status"], status, "{effect}");
    }
}

#[test]
fn a_late_commit_is_carried_out_when_the_clock_gets_there() {
    let mut sandbox = sandbox();
    let number = place(&mut sandbox, json!({}));
    sandbox.set_now_ms(1_000_000);
    inject(&mut sandbox, json!({"method": "POST", "effect": {"late_commit": {"ms": 60_000}}}));
    let path = format!("/orders-received/{number}/transition/accept/");
    assert_eq!(ask(&mut sandbox, Method::Post, &path).delivery, Delivery::Lost);
    sandbox.set_now_ms(1_059_999);
    assert_eq!(sandbox.orders()[0]["status"], "Submitted");
    sandbox.set_now_ms(1_060_000);
    assert_eq!(sandbox.orders()[0]["status"], "Accepted");
}

#[test]
fn answers_are_spoiled_on_the_way() {
    let mut sandbox = sandbox();
    for effect in ["garbled", "truncated"] {
        inject(&mut sandbox, json!({"effect": effect}));
        let answer = ask(&mut sandbox, Method::Get, "/products/");
        assert_eq!((answer.status, answer.to_json()), (200, None), "{effect}");
    }
    inject(&mut sandbox, json!({"effect": "bad_gateway"}));
    let answer = ask(&mut sandbox, Method::Get, "/products/");
    assert_eq!(answer.status, 502);
    assert!(answer.headers.contains(&("Content-Type".into(), "text/html".into())));
    inject(&mut sandbox, json!({"effect": {"late": {"ms": 900}}}));
    let answer = ask(&mut sandbox, Method::Get, "/products/");
    assert_eq!((answer.status, answer.delivery), (200, Delivery::Late(900)));
}

#[test]
fn a_stale_read_shows_the_past_and_a_write_reaches_the_present() {
    let mut sandbox = sandbox();
    inject(&mut sandbox, json!({"path": "/products/", "times": 2, "effect": "stale"}));
    patch(&mut sandbox, "/products/501001/", json!({"name": "New"}));
    assert_eq!(get(&mut sandbox, "/products/501001/")["name"], "Gummies");
    assert_eq!(get(&mut sandbox, "/products/501001/")["name"], "New");
}

#[test]
fn faults_can_be_taken_away() {
    let mut sandbox = sandbox();
    inject(&mut sandbox, json!({"times": 100, "effect": "bad_gateway"}));
    assert_eq!(ask(&mut sandbox, Method::Get, "/brands/").status, 502);
    sandbox.clear_faults();
    assert_eq!(ask(&mut sandbox, Method::Get, "/brands/").status, 200);
}
