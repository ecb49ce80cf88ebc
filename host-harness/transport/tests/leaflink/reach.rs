//! Failures before the first byte of a request.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use leaflink_sync_kit::host::http::Error;
use leaflink_sync_transport::{ApiKey, LeafLinkAccess, LeafLinkClient, Origin, Timeouts};

use crate::served::{KEY, access, get};

#[test]
fn a_server_that_cannot_be_reached_was_sent_nothing() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let unknown = Origin::https("https://leaflink.invalid").unwrap();
    let unknown = LeafLinkAccess::new(unknown, ApiKey::new(KEY).unwrap());
    for access in [access(address), unknown] {
        let origin = access.origin.as_str().to_owned();
        match LeafLinkClient::new(access).unwrap().send(get("/products/")) {
            Err(Error::NotSent(text)) => assert!(text.contains(&origin), "{text}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_failed_tls_handshake_sent_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = Origin::https(&format!("https://{}", listener.local_addr().unwrap())).unwrap();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"220 this is no TLS server\r\n").unwrap();
        let mut received = Vec::new();
        // The client may reset the connection; what came before is what counts.
        let _ = stream.read_to_end(&mut received);
        received
    });
    let client = LeafLinkClient::new(LeafLinkAccess::new(origin, ApiKey::new(KEY).unwrap()));
    match client.unwrap().send(get("/products/")) {
        Err(Error::NotSent(_)) => {}
        other => panic!("{other:?}"),
    }
    let received = server.join().unwrap();
    assert!(!String::from_utf8_lossy(&received).contains("HTTP/1.1"));
}

#[test]
fn a_tls_server_that_stays_silent_was_sent_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = Origin::https(&format!("https://{}", listener.local_addr().unwrap())).unwrap();
    let short = Duration::from_millis(200);
    for timeouts in [
        Timeouts { connect: short, whole: Duration::from_secs(5) },
        Timeouts { connect: Duration::from_secs(5), whole: short },
    ] {
        let access = LeafLinkAccess::new(origin.clone(), ApiKey::new(KEY).unwrap());
        let access = LeafLinkAccess { timeouts, ..access };
        match LeafLinkClient::new(access).unwrap().send(get("/products/")) {
            Err(Error::NotSent(_)) => {}
            other => panic!("{other:?}"),
        }
    }
}
