//! The only way to LeafLink: one origin, one API, one key.
//!
//! The caller names a path below the API's root. The client adds the origin and the key, so a
//! request can leave for no other place, and it follows no redirect, so an answer cannot send the
//! key elsewhere either. The rules of the `http` import are checked here again although the kit
//! has done so: this is the last gate before the network.

mod access;
mod carrier;
mod reach;
mod rules;

use std::io::Read;
use std::sync::Arc;

use leaflink_sync_kit::host::http::{Error, Method, Request, Response, check_path};
use leaflink_sync_kit::words;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ureq::Agent;
use ureq::http::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap,
    HeaderValue, TRANSFER_ENCODING, USER_AGENT,
};
use ureq::http::request::Builder;
use ureq::http::response::Parts as Head;

pub use access::{AccessError, ApiKey, LeafLinkAccess, Origin, Timeouts};
pub use carrier::{Carrier, NotCarried};

/// All but RFC 3986's unreserved characters are encoded in a query.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A client for one company's access to LeafLink. Cheap to keep, safe to share between threads.
#[derive(Debug)]
pub struct LeafLinkClient {
    wire: Wire,
    access: LeafLinkAccess,
    authorization: HeaderValue,
    user_agent: HeaderValue,
}

/// What carries the requests.
#[derive(Debug)]
enum Wire {
    Network(Agent),
    Carrier(Arc<dyn Carrier>),
}

impl LeafLinkClient {
    /// Checks the access and prepares a connection pool; connects to nothing yet.
    ///
    /// # Errors
    /// When a part of `access` could not be sent as it is, or a limit is zero.
    pub fn new(access: LeafLinkAccess) -> Result<LeafLinkClient, AccessError> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .https_only(access.origin.is_https())
            .proxy(None)
            .timeout_resolve(Some(access.timeouts.connect))
            .timeout_connect(Some(access.timeouts.connect))
            .timeout_global(Some(access.timeouts.whole))
            .build();
        Self::on(Wire::Network(reach::agent(config)), access)
    }

    /// A client whose requests a carrier takes instead of the network, each as it would leave.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn carried_by(carrier: Arc<dyn Carrier>, access: LeafLinkAccess) -> Result<Self, AccessError> {
        Self::on(Wire::Carrier(carrier), access)
    }

    fn on(wire: Wire, access: LeafLinkAccess) -> Result<Self, AccessError> {
        access.check()?;
        Ok(LeafLinkClient {
            wire,
            authorization: access.api_key.authorization()?,
            user_agent: access.user_agent_header()?,
            access,
        })
    }

    /// Sends one request and waits for the whole answer. Any status is an `Ok`.
    ///
    /// # Errors
    /// [`Error::NotSent`] only where it is certain that LeafLink received nothing; in any doubt
    /// [`Error::NoAnswer`]. No error text contains the key or a header's value.
    pub fn send(&self, request: Request) -> Result<Response, Error> {
        let outgoing = self.prepare(&request).map_err(Error::NotAllowed)?;
        let takes_body = matches!(request.method, Method::Post | Method::Patch);
        if request.body.is_some() && !takes_body {
            return Err(Error::NotAllowed("a GET or DELETE request must not have a body".into()));
        }
        let subject = format!("{} {}", words::method(request.method), request.path);
        let body = request.body.unwrap_or_default();
        let agent = match &self.wire {
            Wire::Network(agent) => agent,
            Wire::Carrier(carrier) => {
                let answer = carrier.carry(outgoing.body(body).map_err(not_allowed)?);
                let (head, body) = answer.map_err(|cause| self.not_carried(&subject, &cause))?.into_parts();
                return self.whole(&subject, &head, body.as_slice());
            }
        };
        let answer = match takes_body {
            true => agent.run(outgoing.body(body).map_err(not_allowed)?),
            false => agent.run(outgoing.body(()).map_err(not_allowed)?),
        };
        let (head, body) = answer.map_err(|error| self.failure(&subject, &error))?.into_parts();
        self.whole(&subject, &head, body.into_reader())
    }

    /// Everything but the body, or the rule that the request breaks.
    fn prepare(&self, request: &Request) -> Result<Builder, String> {
        check_path(&request.path)?;
        let mut headers = rules::passed_on(&request.headers)?;
        headers.entry(ACCEPT).or_insert(JSON);
        if request.body.is_some() {
            headers.entry(CONTENT_TYPE).or_insert(JSON);
        }
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        headers.insert(USER_AGENT, self.user_agent.clone());
        headers.insert(AUTHORIZATION, self.authorization.clone());

        let origin = self.access.origin.as_str();
        let url =
            format!("{origin}{}{}{}", self.access.base_path, request.path, encode_query(&request.query));
        let mut outgoing = Builder::new().method(words::method(request.method)).uri(url);
        let uri = outgoing.uri_ref().ok_or("the path and query do not make a web address; shorten them")?;
        // Cannot happen after the rules above; it is what keeps the key at home if they ever err.
        if !self.access.origin.is_of(uri) {
            return Err(format!("the address is not on {origin}"));
        }
        if let Some(map) = outgoing.headers_mut() {
            *map = headers;
        }
        Ok(outgoing)
    }

    fn failure(&self, subject: &str, error: &ureq::Error) -> Error {
        match reach::nothing_sent(error) {
            true => self.not_sent(subject, &error.to_string()),
            false => self.no_answer(subject, &error.to_string()),
        }
    }

    fn not_carried(&self, subject: &str, cause: &NotCarried) -> Error {
        match cause {
            NotCarried::NothingSent(cause) => self.not_sent(subject, cause),
            NotCarried::NoAnswer(cause) => self.no_answer(subject, cause),
        }
    }

    fn not_sent(&self, subject: &str, cause: &str) -> Error {
        Error::NotSent(format!(
            "{subject}: could not reach {}, nothing was sent: {cause}",
            self.access.origin.as_str()
        ))
    }

    fn no_answer(&self, subject: &str, cause: &str) -> Error {
        Error::NoAnswer(format!(
            "{subject}: sent to {}, but no whole answer came back: {cause}",
            self.access.origin.as_str()
        ))
    }

    /// Reads the answer to its end, up to the limit.
    fn whole(&self, subject: &str, head: &Head, body: impl Read) -> Result<Response, Error> {
        let status = head.status.as_u16();
        if !(100..=599).contains(&status) {
            return Err(self.no_answer(subject, &format!("{status} is not an HTTP status")));
        }
        if let Some(encoding) = head.headers.get(CONTENT_ENCODING)
            && !encoding.as_bytes().eq_ignore_ascii_case(b"identity")
        {
            return Err(self.no_answer(subject, "it is compressed, which was not asked for"));
        }
        let limit = self.access.max_response_bytes;
        let mut bytes = Vec::new();
        body.take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| self.no_answer(subject, &error.to_string()))?;
        if bytes.len() as u64 > limit {
            return Err(Error::TooLarge(limit));
        }
        if !tells_its_end(status, &head.headers) && !is_json(&bytes) {
            return Err(self.no_answer(subject, "it may have been cut short"));
        }
        Ok(Response { status, headers: rules::handed_over(&head.headers), body: bytes })
    }
}

/// Whether a body cut short by a lost connection would have been noticed while reading it.
fn tells_its_end(status: u16, headers: &HeaderMap) -> bool {
    matches!(status, 100..=199 | 204 | 304)
        || headers.contains_key(CONTENT_LENGTH)
        || headers.contains_key(TRANSFER_ENCODING)
}

fn is_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
}

fn encode_query(query: &[(String, String)]) -> String {
    let mut encoded = String::new();
    for (name, value) in query {
        encoded.push(if encoded.is_empty() { '?' } else { '&' });
        encoded.extend(utf8_percent_encode(name, QUERY));
        encoded.push('=');
        encoded.extend(utf8_percent_encode(value, QUERY));
    }
    encoded
}

fn not_allowed(error: ureq::http::Error) -> Error {
    Error::NotAllowed(format!("the request is not valid HTTP: {error}"))
}
