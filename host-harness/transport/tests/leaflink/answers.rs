//! What counts as an answer, and what as none.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::time::Duration;

use leaflink_sync_kit::host::http::{Error, Method, Request, Response};
use leaflink_sync_transport::{LeafLinkAccess, LeafLinkClient, Timeouts};

use crate::served::{KEY, access, answering, client, get};

/// What comes of an answer of exactly these bytes.
fn outcome(answer: impl Into<Vec<u8>>) -> Result<Response, Error> {
    let (address, server) = answering(answer);
    let outcome = client(address).send(get("/products/"));
    server.join().unwrap();
    outcome
}

#[track_caller]
fn assert_no_answer(outcome: Result<Response, Error>) {
    match outcome {
        Err(Error::NoAnswer(text)) => {
            assert!(text.starts_with("GET /products/: sent to "), "{text}");
            assert!(!text.contains(KEY), "{text}");
        }
        other => panic!("expected no answer, got {other:?}"),
    }
}

#[test]
fn every_status_is_an_answer() {
    for status in [201, 400, 401, 403, 404, 409, 429, 500, 502, 503] {
        let answer = outcome(format!(
            "HTTP/1.1 {status} X\r\nretry-after: 3\r\nset-cookie: a=b\r\ncontent-length: 3\r\n\r\nwhy"
        ))
        .unwrap();
        assert_eq!((answer.status, answer.body), (status, b"why".to_vec()));
        assert!(answer.headers.contains(&("retry-after".into(), "3".into())));
        assert!(!answer.headers.iter().any(|(name, _)| name == "set-cookie"));
    }
}

#[test]
fn a_redirect_is_handed_over_and_not_followed() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    elsewhere.set_nonblocking(true).unwrap();
    let target = format!("http://{}/api/v2/", elsewhere.local_addr().unwrap());
    for status in [301, 302, 303, 307, 308] {
        for method in [Method::Get, Method::Post] {
            let (address, server) = answering(format!(
                "HTTP/1.1 {status} Moved\r\nlocation: {target}\r\ncontent-length: 0\r\n\r\n"
            ));
            let answer = client(address).send(Request { method, ..get("/products/") }).unwrap();
            server.join().unwrap();
            assert_eq!(answer.status, status);
            assert!(answer.headers.contains(&("location".into(), target.clone())));
        }
    }
    assert_eq!(elsewhere.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[test]
fn an_answer_above_the_limit_is_too_large_however_it_is_framed() {
    let framed = [
        "HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n\"123456789\"",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\n\"12345\r\n5\r\n6789\"\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n\"123456789\"",
    ];
    for answer in framed {
        for (limit, fits) in [(11, true), (10, false)] {
            let (address, server) = answering(answer);
            let access = LeafLinkAccess { max_response_bytes: limit, ..access(address) };
            let outcome = LeafLinkClient::new(access).unwrap().send(get("/products/"));
            server.join().unwrap();
            match outcome {
                Ok(answer) if fits => assert_eq!(answer.body, b"\"123456789\""),
                Err(Error::TooLarge(10)) if !fits => {}
                other => panic!("limit {limit}: {other:?} for {answer}"),
            }
        }
    }
}

#[test]
fn a_compressed_answer_is_not_unpacked() {
    let encoded = |encoding| {
        outcome(format!("HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: 2\r\n\r\n{{}}"))
    };
    for encoding in ["gzip", "br", "identity, gzip"] {
        assert_no_answer(encoded(encoding));
    }
    assert_eq!(encoded("identity").unwrap().body, b"{}");
}

#[test]
fn an_answer_that_is_not_whole_is_no_answer() {
    let cut = [
        "",
        "HTTP/1.1 200 OK\r\ncontent-le",
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n{}",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n",
        "HTTP/1.1 200 OK\r\n\r\n{\"a\":",
        "not HTTP at all\r\n\r\n",
        "HTTP/1.1 777 Odd\r\ncontent-length: 0\r\n\r\n",
    ];
    for answer in cut {
        assert_no_answer(outcome(answer));
    }
}

#[test]
fn a_silent_server_is_no_answer_after_the_time_limit() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let access = LeafLinkAccess {
        timeouts: Timeouts { connect: Duration::from_secs(5), whole: Duration::from_millis(200) },
        ..access(listener.local_addr().unwrap())
    };
    // The system accepts the connection and takes the request; nobody ever answers.
    assert_no_answer(LeafLinkClient::new(access).unwrap().send(get("/products/")));
}
