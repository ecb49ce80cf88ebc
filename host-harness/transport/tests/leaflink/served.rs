//! A server with one answer, and the client that asks it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use leaflink_sync_kit::host::http::{Method, Request};
use leaflink_sync_transport::{ApiKey, LeafLinkAccess, LeafLinkClient, Origin};

pub const KEY: &str = "s3cr3t-key-0123456789";

/// Answers one request with `answer`, closes, and returns what it was asked.
pub fn answering(answer: impl Into<Vec<u8>>) -> (SocketAddr, JoinHandle<Asked>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer = answer.into();
    let server = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let asked = Asked::read(&stream);
        // The client hangs up early on an answer that is too large.
        let _ = (&stream).write_all(&answer);
        asked
    });
    (address, server)
}

#[derive(Debug)]
pub struct Asked {
    pub line: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Asked {
    fn read(stream: &TcpStream) -> Asked {
        let mut reader = BufReader::new(stream);
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_owned()),
            }
        }
        let headers: Vec<(String, String)> = lines[1..]
            .iter()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let mut asked = Asked { line: lines[0].clone(), headers, body: Vec::new() };
        let length = asked.header("content-length").map_or(0, |length| length.parse().unwrap());
        asked.body = vec![0; length];
        reader.read_exact(&mut asked.body).unwrap();
        asked
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let value = values.next();
        assert_eq!(values.next(), None, "{name} is sent twice");
        value
    }
}

pub fn access(address: SocketAddr) -> LeafLinkAccess {
    LeafLinkAccess::new(Origin::loopback(address).unwrap(), ApiKey::new(KEY).unwrap())
}

pub fn client(address: SocketAddr) -> LeafLinkClient {
    LeafLinkClient::new(access(address)).unwrap()
}

pub fn get(path: &str) -> Request {
    Request {
        method: Method::Get,
        path: path.into(),
        query: vec![],
        headers: vec![],
        body: None,
        bulk: false,
    }
}
