//! Keys, paths, methods and the request budget.

use leaflink_sandbox::{Method, Request};
use serde_json::json;

use crate::{request, sandbox, sandbox_with};

fn status(target: &str, authorization: Option<&str>) -> u16 {
    let mut request = Request::new(Method::Get, target);
    if let Some(value) = authorization {
        request = request.header("authorization", value);
    }
    sandbox().handle(&request).status
}

#[test]
fn only_the_exact_key_is_let_in() {
    let path = "/api/v2/companies/";
    assert_eq!(status(path, Some("App sandbox-key")), 200);
    for wrong in ["App  sandbox-key", "Bearer sandbox-key", "App other", "sandbox-key", ""] {
        assert_eq!(status(path, Some(wrong)), 401, "{wrong}");
    }
    assert_eq!(status(path, None), 401);
}

#[test]
fn a_path_ends_in_a_slash() {
    assert_eq!(status("/api/v2/companies", Some("App sandbox-key")), 400);
}

#[test]
fn unknown_paths_do_not_exist() {
    let paths = [
        "/api/v2/nonsense/",
        "/api/v2companies/",
        "/companies/",
        "/api/v2/orders-received/no-such-number/",
        "/api/v2/products/abc/",
        "/api/v2/companies/9999/products/",
        "/api/v2/brands/2201/more/",
    ];
    for path in paths {
        assert_eq!(status(path, Some("App sandbox-key")), 404, "{path}");
    }
}

#[test]
fn lists_are_there_under_the_company_too() {
    assert_eq!(status("/api/v2/companies/8801/products/", Some("App sandbox-key")), 200);
}

#[test]
fn what_a_path_cannot_do_is_405() {
    let mut sandbox = sandbox();
    for (method, path) in [
        (Method::Post, "/brands/"),
        (Method::Delete, "/customers/310044/"),
        (Method::Patch, "/order-payments/1/"),
        (Method::Delete, "/order-payments/1/"),
        (Method::Post, "/credits/"),
        (Method::Other, "/products/"),
    ] {
        assert_eq!(sandbox.handle(&request(method, path)).status, 405, "{path}");
    }
}

#[test]
fn too_many_requests_are_told_when_to_come_back() {
    let mut sandbox = sandbox_with(json!({"rate_limit": {"requests": 2, "window_ms": 60_000}}));
    let ask = request(Method::Get, "/companies/");
    let at = |ms: u64| crate::NOW_MS + ms;
    sandbox.set_now_ms(at(0));
    assert_eq!(sandbox.handle(&ask).status, 200);
    sandbox.set_now_ms(at(1_000));
    assert_eq!(sandbox.handle(&ask).status, 200);
    sandbox.set_now_ms(at(43_500));
    let refused = sandbox.handle(&ask);
    assert_eq!(refused.status, 429);
    assert!(refused.headers.contains(&("Retry-After".into(), "17".into())));
    sandbox.set_now_ms(at(60_000));
    assert_eq!(sandbox.handle(&ask).status, 200);
    assert_eq!(sandbox.handle(&ask).status, 429);
}

#[test]
fn what_is_left_of_the_limit_is_announced_if_asked_for() {
    let limit = json!({"requests": 3, "window_ms": 60_000, "announced": true});
    let mut sandbox = sandbox_with(json!({ "rate_limit": limit }));
    let ask = request(Method::Get, "/companies/");
    for (ms, left, reset) in [(0, "2", "60"), (20_500, "1", "40"), (60_000, "1", "21")] {
        sandbox.set_now_ms(crate::NOW_MS + ms);
        let headers = sandbox.handle(&ask).headers;
        for (name, figure) in
            [("RateLimit-Limit", "3"), ("RateLimit-Remaining", left), ("RateLimit-Reset", reset)]
        {
            assert!(headers.contains(&(name.into(), figure.into())), "at {ms} ms: {headers:?}");
        }
    }
}
