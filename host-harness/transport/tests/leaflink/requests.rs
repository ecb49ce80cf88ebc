//! What leaves for LeafLink, and what does not.

use std::io::ErrorKind;
use std::net::TcpListener;

use leaflink_sync_kit::host::http::{Error, Method, Request};

use crate::served::{KEY, answering, client, get};

fn with_header(name: &str, value: &str) -> Request {
    Request { headers: vec![(name.into(), value.into())], ..get("/orders-received/") }
}

#[test]
fn a_request_is_completed_with_origin_key_and_name() {
    let (address, server) = answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nX-Odd: v\r\n\r\n{}");
    let query = [("modified__gte", "2026-01-02T03:04:05+00:00"), ("q", "a b&c=d/é"), ("q", "2")];
    let answer = client(address)
        .send(Request {
            query: query.map(|(name, value)| (name.into(), value.into())).into(),
            ..get("/orders-received/5d0c/")
        })
        .unwrap();
    let asked = server.join().unwrap();
    assert_eq!(
        asked.line,
        "GET /api/v2/orders-received/5d0c/?modified__gte=2026-01-02T03%3A04%3A05%2B00%3A00\
         &q=a%20b%26c%3Dd%2F%C3%A9&q=2 HTTP/1.1"
    );
    assert_eq!(asked.header("authorization"), Some(&*format!("App {KEY}")));
    assert_eq!(asked.header("user-agent"), Some("leaflink_sync"));
    assert_eq!(asked.header("accept"), Some("application/json"));
    assert_eq!(asked.header("accept-encoding"), Some("identity"));
    assert_eq!(asked.header("host"), Some(&*address.to_string()));
    assert_eq!(asked.header("content-type"), None);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, b"{}");
    assert!(answer.headers.contains(&("x-odd".into(), "v".into())), "{:?}", answer.headers);
}

#[test]
fn writes_carry_json_or_a_length_of_zero() {
    for (method, name) in [(Method::Post, "POST"), (Method::Patch, "PATCH")] {
        for body in [None, Some(br#"{"total":"10.10"}"#.to_vec())] {
            let (address, server) = answering("HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n");
            let request = Request { method, body: body.clone(), ..get("/order-payments/") };
            assert_eq!(client(address).send(request).unwrap().status, 201);
            let asked = server.join().unwrap();
            assert_eq!(asked.line, format!("{name} /api/v2/order-payments/ HTTP/1.1"));
            assert_eq!(asked.header("transfer-encoding"), None);
            assert_eq!(asked.header("content-type"), body.as_ref().map(|_| "application/json"));
            let body = body.unwrap_or_default();
            assert_eq!(asked.header("content-length"), Some(&*body.len().to_string()));
            assert_eq!(asked.body, body);
        }
    }
    let (address, server) = answering("HTTP/1.1 204 No Content\r\n\r\n");
    let request = Request { method: Method::Delete, ..get("/line-items/7/") };
    assert_eq!(client(address).send(request).unwrap().status, 204);
    assert_eq!(server.join().unwrap().line, "DELETE /api/v2/line-items/7/ HTTP/1.1");
}

#[test]
fn what_breaks_a_rule_is_refused_unsent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let client = client(listener.local_addr().unwrap());
    let broken = [
        get("//evil.example/"),
        get("@evil.example/"),
        get("https://evil.example/"),
        get("/../../admin/"),
        get("/%2e%2e/admin/"),
        get("/products"),
        get("/products/?x=/"),
        get("/products/#/"),
        get("/a\r\nhost: evil.example\r\n/"),
        with_header("x-note", "a\r\nx-evil: b"),
        with_header("x-note", "a\nb"),
        with_header("x-note", "a\0b"),
        with_header("x-note", "a\tb"),
        with_header("authorization", "a\r\nb"),
        with_header("x note", "a"),
        with_header("X-Note", "a"),
        with_header("x\r\ny", "a"),
        Request { body: Some(b"{}".to_vec()), ..get("/products/") },
        get(&format!("/{}/", "a".repeat(70_000))),
    ];
    for request in broken {
        let shown = format!("{request:?}");
        match client.send(request) {
            Err(Error::NotAllowed(_)) => {}
            other => panic!("{other:?} for {shown}"),
        }
    }
    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[test]
fn headers_of_the_host_are_dropped_and_others_pass() {
    let (address, server) = answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let dropped = [
        "authorization",
        "cookie",
        "host",
        "content-length",
        "connection",
        "transfer-encoding",
        "proxy-authorization",
        "te",
        "upgrade",
        "expect",
        "user-agent",
        "accept-encoding",
        "x-forwarded-host",
        "x-api-key",
    ];
    let mut headers: Vec<_> = dropped.map(|name| (name.to_owned(), "evil".to_owned())).into();
    headers.push(("accept".into(), "application/problem+json".into()));
    headers.push(("x-note".into(), "kept".into()));
    client(address).send(Request { headers, ..get("/products/") }).unwrap();
    let asked = server.join().unwrap();
    assert!(!asked.headers.iter().any(|(_, value)| value.contains("evil")), "{asked:?}");
    assert_eq!(asked.header("authorization"), Some(&*format!("App {KEY}")));
    assert_eq!(asked.header("accept"), Some("application/problem+json"));
    assert_eq!(asked.header("x-note"), Some("kept"));
}
