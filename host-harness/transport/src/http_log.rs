//! A log of the traffic with LeafLink: one line of JSON an exchange, fit to be kept and read.
//!
//! Bodies that are JSON stand in the line as JSON, digit for digit as they were sent, so that
//! amounts of money can be compared. No credential is ever written.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use leaflink_sync_kit::host::http::{Error, Request, Response, is_host_owned};
use leaflink_sync_kit::words;
use serde::Serialize;
use serde_json::value::RawValue;

/// The longest body that is logged whole, in bytes. A longer one is logged as text, cut here, with
/// a mark at its end.
pub const BODY_LIMIT: usize = 64 << 10;

/// Writes exchanges as lines to `W`, from any thread.
#[derive(Debug)]
pub struct HttpLog<W> {
    out: Mutex<W>,
}

impl<W: Write> HttpLog<W> {
    /// A log that appends to `out`.
    pub fn new(out: W) -> HttpLog<W> {
        HttpLog { out: Mutex::new(out) }
    }

    /// Writes one exchange and flushes. `at_ms` is when it was asked for, in milliseconds since
    /// 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// When the line cannot be written.
    pub fn record(&self, at_ms: u64, request: &Request, outcome: &Result<Response, Error>) -> io::Result<()> {
        let mut line = serde_json::to_vec(&Exchange::new(at_ms, request, outcome))?;
        line.push(b'\n');
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        out.write_all(&line)?;
        out.flush()
    }

    /// Ends the log and gives back what it wrote to.
    pub fn into_inner(self) -> W {
        self.out.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One line. Exactly one of `status` with `response`, and `error`, is there.
#[derive(Serialize)]
struct Exchange<'a> {
    at_ms: u64,
    method: &'static str,
    path: &'a str,
    query: &'a [(String, String)],
    headers: Vec<&'a (String, String)>,
    body: Option<Logged<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<Logged<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure<'a>>,
}

impl<'a> Exchange<'a> {
    fn new(at_ms: u64, request: &'a Request, outcome: &'a Result<Response, Error>) -> Self {
        let answer = outcome.as_ref().ok();
        Exchange {
            at_ms,
            method: words::method(request.method),
            path: &request.path,
            query: &request.query,
            headers: request
                .headers
                .iter()
                .filter(|(name, _)| !is_host_owned(&name.to_ascii_lowercase()))
                .collect(),
            body: request.body.as_deref().map(Logged::new),
            status: answer.map(|answer| answer.status),
            response: answer.map(|answer| Logged::new(&answer.body)),
            error: outcome.as_ref().err().map(Failure::new),
        }
    }
}

/// A body as it stands in a line.
#[derive(Serialize)]
#[serde(untagged)]
enum Logged<'a> {
    Json(Box<RawValue>),
    Text(Cow<'a, str>),
}

impl<'a> Logged<'a> {
    fn new(body: &'a [u8]) -> Self {
        if body.len() > BODY_LIMIT {
            let kept = String::from_utf8_lossy(&body[..BODY_LIMIT]);
            let mark = format!("{kept} [cut: {BODY_LIMIT} of {} bytes]", body.len());
            return Logged::Text(mark.into());
        }
        let text = String::from_utf8_lossy(body);
        // Inside JSON a line break can only be white space, so this keeps one line without
        // touching a value.
        match RawValue::from_string(text.replace(['\r', '\n'], " ")) {
            Ok(json) => Logged::Json(json),
            Err(_) => Logged::Text(text),
        }
    }
}

/// Why there is no answer.
#[derive(Serialize)]
struct Failure<'a> {
    kind: &'static str,
    text: Cow<'a, str>,
}

impl<'a> Failure<'a> {
    fn new(error: &'a Error) -> Self {
        let (kind, text) = match error {
            Error::NotAllowed(text) => ("not-allowed", text.into()),
            Error::NotSent(text) => ("not-sent", text.into()),
            Error::NoAnswer(text) => ("no-answer", text.into()),
            Error::NotNow(ms) => ("not-now", format!("not before {ms} ms").into()),
            Error::TooLarge(limit) => {
                ("too-large", format!("the answer is larger than {limit} bytes").into())
            }
        };
        Failure { kind, text }
    }
}

#[cfg(test)]
mod tests {
    use leaflink_sync_kit::host::http::Method;

    use super::*;

    fn request(body: Option<&[u8]>) -> Request {
        Request {
            method: Method::Post,
            path: "/order-payments/".into(),
            query: vec![("b".into(), "2".into()), ("a".into(), "1".into())],
            headers: vec![
                ("x-note".into(), "n".into()),
                ("Authorization".into(), "App k3y".into()),
                ("cookie".into(), "k3y".into()),
            ],
            body: body.map(<[u8]>::to_vec),
            bulk: false,
        }
    }

    fn answer(body: &[u8]) -> Result<Response, Error> {
        Ok(Response { status: 201, headers: vec![], body: body.to_vec() })
    }

    fn logged(request: &Request, outcome: &Result<Response, Error>) -> String {
        let log = HttpLog::new(Vec::new());
        log.record(7, request, outcome).unwrap();
        String::from_utf8(log.into_inner()).unwrap()
    }

    #[test]
    fn one_line_with_json_digit_for_digit_and_no_secret() {
        let line = logged(&request(Some(b"{\r\n \"total\": 10.10}")), &answer(b"[1.0]\n"));
        assert_eq!(
            line,
            "{\"at_ms\":7,\"method\":\"POST\",\"path\":\"/order-payments/\",\
             \"query\":[[\"b\",\"2\"],[\"a\",\"1\"]],\"headers\":[[\"x-note\",\"n\"]],\
             \"body\":{   \"total\": 10.10},\"status\":201,\"response\":[1.0]}\n"
        );
    }

    #[test]
    fn what_is_not_json_is_text() {
        let line = logged(&request(None), &answer(b"<h1>\nBad \"gateway\""));
        assert!(line.contains(r#""body":null,"status":201,"#), "{line}");
        assert!(line.ends_with("\"response\":\"<h1>\\nBad \\\"gateway\\\"\"}\n"), "{line}");
    }

    #[test]
    fn a_failure_is_logged_by_kind() {
        let line = logged(&request(None), &Err(Error::NoAnswer("reset".into())));
        assert!(line.ends_with("\"error\":{\"kind\":\"no-answer\",\"text\":\"reset\"}}\n"), "{line}");
        assert!(!line.contains("status"), "{line}");
    }

    #[test]
    fn a_large_body_is_cut_with_a_mark() {
        let whole = vec![b'7'; BODY_LIMIT];
        assert!(logged(&request(None), &answer(&whole)).ends_with("77}\n"));
        let line = logged(&request(None), &answer(&[b'7'; BODY_LIMIT + 1]));
        assert!(line.ends_with("77 [cut: 65536 of 65537 bytes]\"}\n"));
        assert!(line.len() < BODY_LIMIT + 400);
    }

    #[test]
    fn lines_follow_each_other() {
        let log = HttpLog::new(Vec::new());
        log.record(1, &request(None), &answer(b"1")).unwrap();
        log.record(2, &request(None), &answer(b"2")).unwrap();
        let text = String::from_utf8(log.into_inner()).unwrap();
        assert_eq!(text.lines().count(), 2);
    }
}
