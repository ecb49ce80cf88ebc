//! Things that go wrong on purpose: a rule says which requests it hits and what happens to them.

use serde::Deserialize;

use crate::http::{Delivery, Method, Request, Response};

/// A fault that waits for its requests.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Hits this method only; every one by default.
    #[serde(default)]
    pub method: Option<Method>,
    /// Hits paths that begin so, counted from `/api/v2`: `/products/`; every one by default.
    #[serde(default)]
    pub path: String,
    /// The first matching request that it hits, counted from 1.
    #[serde(default = "one")]
    pub hit: u32,
    /// How many matching requests in a row it hits.
    #[serde(default = "one")]
    pub times: u32,
    /// What happens.
    pub effect: Effect,
}

/// What a fault does to a request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// Answers with this code and body; the request has no effect.
    Status {
        /// The status code.
        code: u16,
        /// The body, sent as JSON; empty by default.
        #[serde(default)]
        body: String,
        /// Seconds for a `Retry-After` header, if there is to be one.
        #[serde(default)]
        retry_after: Option<u32>,
    },
    /// A gateway's 502 page in HTML; the request has no effect.
    BadGateway,
    /// Carries out the request, and says so in text that is no JSON.
    Garbled,
    /// Carries out the request, and cuts the answer in half.
    Truncated,
    /// Carries out the request, and answers this many milliseconds late.
    Late {
        /// The delay.
        ms: u64,
    },
    /// The connection breaks before the request is carried out.
    LostRequest,
    /// The request is carried out and the connection breaks before the answer.
    LostAnswer,
    /// The connection breaks, and the request is carried out this many milliseconds later, as soon
    /// as the clock is moved past that.
    LateCommit {
        /// The delay.
        ms: u64,
    },
    /// A list is answered from its beginning, whatever page is asked for, and says that there is another.
    FirstPage,
    /// A read is answered from what was there when the fault was armed; writes are untouched.
    Stale,
}

impl Effect {
    /// The answer of a fault that keeps the request from being carried out.
    pub(crate) fn instead(&self) -> Option<Response> {
        match self {
            Self::Status { code, body, retry_after } => {
                let mut response = Response::json_text(*code, body.clone());
                if let Some(seconds) = retry_after {
                    response.headers.push(("Retry-After".to_owned(), seconds.to_string()));
                }
                Some(response)
            }
            Self::BadGateway => Some(Response::with_type(
                502,
                "text/html",
                "<html><body><h1>502 Bad Gateway</h1></body></html>".to_owned(),
            )),
            Self::LostRequest | Self::LateCommit { .. } => {
                let mut response = Response::json_text(500, String::new());
                response.delivery = Delivery::Lost;
                Some(response)
            }
            Self::Garbled
            | Self::Truncated
            | Self::Late { .. }
            | Self::LostAnswer
            | Self::FirstPage
            | Self::Stale => None,
        }
    }

    /// What a fault does to the answer of a request that was carried out.
    pub(crate) fn spoil(&self, response: &mut Response) {
        match self {
            Self::Garbled => response.body = b"{\"count\": 1, \"results\": [{]}".to_vec(),
            Self::Truncated => response.body.truncate(response.body.len() / 2),
            Self::FirstPage => {
                let body = String::from_utf8_lossy(&response.body);
                let body = body.replacen("\"next\":null", "\"next\":\"the same\"", 1);
                response.body = body.into_bytes();
            }
            Self::Late { ms } => response.delivery = Delivery::Late(*ms),
            Self::LostAnswer => response.delivery = Delivery::Lost,
            Self::Status { .. }
            | Self::BadGateway
            | Self::LostRequest
            | Self::LateCommit { .. }
            | Self::Stale => {}
        }
    }
}

/// A fault with its count of matching requests so far.
#[derive(Clone, Debug)]
pub(crate) struct Armed {
    fault: Fault,
    seen: u32,
}

impl Armed {
    pub fn new(fault: Fault) -> Self {
        Self { fault, seen: 0 }
    }

    /// The fault and how many matching requests it has seen; nothing when it is used up.
    pub fn left(&self) -> Option<(&Fault, u32)> {
        (self.seen < self.fault.hit.saturating_add(self.fault.times) - 1).then_some((&self.fault, self.seen))
    }

    /// How many matching requests it has seen.
    pub fn seen(&self) -> u32 {
        self.seen
    }

    /// Counts on from here.
    pub fn set_seen(&mut self, seen: u32) {
        self.seen = seen;
    }

    /// Counts the request if it matches; the effect if it is one of those to be hit.
    pub fn strike(&mut self, request: &Request, path: &str) -> Option<Effect> {
        let fault = &self.fault;
        if fault.method.is_some_and(|method| method != request.method) || !path.starts_with(&fault.path) {
            return None;
        }
        self.seen = self.seen.saturating_add(1);
        let due = self.seen >= fault.hit && self.seen - fault.hit < fault.times;
        due.then(|| fault.effect.clone())
    }
}

fn one() -> u32 {
    1
}
