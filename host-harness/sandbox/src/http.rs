//! Requests and answers as data, so that the sandbox needs no socket.

use axum::http;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Deserialize;
use serde_json::Value;

/// The methods that Marketplace V2 knows; every other one is `Other` and refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or makes a transition.
    Post,
    /// Changes some fields.
    Patch,
    /// Deletes, or archives.
    Delete,
    /// Any other method.
    Other,
}

impl Method {
    /// Reads the method of a request line.
    pub fn from_name(name: &str) -> Self {
        match name {
            "GET" => Self::Get,
            "POST" => Self::Post,
            "PATCH" => Self::Patch,
            "DELETE" => Self::Delete,
            _ => Self::Other,
        }
    }
}

/// One request.
#[derive(Clone, Debug)]
pub struct Request {
    /// What to do.
    pub method: Method,
    /// The path with its leading slash, such as `/api/v2/products/`.
    pub path: String,
    /// What follows the `?`, still encoded; empty if there is none.
    pub query: String,
    /// Header names in any case, and their values.
    pub headers: Vec<(String, String)>,
    /// The body's bytes; empty if there is none.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without headers or body; `target` is the path with its query, if any.
    pub fn new(method: Method, target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self { method, path: path.to_owned(), query: query.to_owned(), headers: Vec::new(), body: Vec::new() }
    }

    /// The same request with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same request with a JSON body.
    #[must_use]
    pub fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string().into_bytes();
        self.header("Content-Type", "application/json")
    }

    /// A request as it came over the network.
    pub fn from_http(head: &http::request::Parts, body: Vec<u8>) -> Self {
        let headers = head
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        Self {
            method: Method::from_name(head.method.as_str()),
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers,
            body,
        }
    }

    /// The first header of this name.
    pub(crate) fn get_header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The query's names and values, decoded, in the order sent.
    pub(crate) fn query_pairs(&self) -> Vec<(String, String)> {
        self.query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (decode(name), decode(value))
            })
            .collect()
    }
}

/// A record's text over which LeafLink fails: every answer that it is in has status 500.
pub(crate) const FAILS: &str = "$fails";

/// How an answer reaches the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// At once.
    Prompt,
    /// After this many milliseconds.
    Late(u64),
    /// Never: the connection breaks.
    Lost,
}

/// One answer.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Header names and values.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
    /// Whether and when the client gets it.
    pub delivery: Delivery,
}

impl Response {
    /// A JSON answer.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::json_text(status, body.to_string())
    }

    /// LeafLink failed over what it was to write out.
    pub(crate) fn failed() -> Self {
        Self::detail(500, "A server error occurred.")
    }

    /// A JSON answer whose text is ready, or is meant to be broken.
    pub(crate) fn json_text(status: u16, body: String) -> Self {
        if body == FAILS {
            return Self::failed();
        }
        Self::with_type(status, "application/json", body)
    }

    /// An answer of another kind.
    pub(crate) fn with_type(status: u16, content_type: &str, body: String) -> Self {
        Self {
            status,
            headers: vec![("Content-Type".to_owned(), content_type.to_owned())],
            body: body.into_bytes(),
            delivery: Delivery::Prompt,
        }
    }

    /// The error shape of Django REST Framework.
    pub(crate) fn detail(status: u16, message: &str) -> Self {
        Self::json(status, &serde_json::json!({ "detail": message }))
    }

    /// The answer as it goes over the network, if it does.
    pub fn into_http(self) -> http::Response<Vec<u8>> {
        let mut builder = http::Response::builder().status(self.status);
        for (name, value) in &self.headers {
            builder = builder.header(name, value);
        }
        // Only a fault can ask for a status or header that HTTP does not have.
        builder.body(self.body).unwrap_or_else(|_| {
            let mut refused = http::Response::new(Vec::new());
            *refused.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
            refused
        })
    }

    /// The body as JSON; `None` if it is not JSON.
    pub fn to_json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// Writes a query, names sorted, as LeafLink's paging links have it.
pub(crate) fn encode_query(mut pairs: Vec<(String, String)>) -> String {
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    let encode = |text: &str| utf8_percent_encode(text, KEPT).to_string();
    pairs.sort();
    let written: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    written.join("&")
}

fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_decoded_and_written_back_sorted() {
        let request = Request::new(Method::Get, "/x/?limit=2&a=2026-01-01T00%3A00%3A00%2B01&b=x+y");
        let pairs = request.query_pairs();
        assert_eq!(pairs[1], ("a".into(), "2026-01-01T00:00:00+01".into()));
        assert_eq!(pairs[2], ("b".into(), "x y".into()));
        assert_eq!(encode_query(pairs), "a=2026-01-01T00%3A00%3A00%2B01&b=x%20y&limit=2");
    }
}
