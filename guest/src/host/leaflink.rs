//! Reading from LeafLink: one GET, and what its answer means for the call.

use std::cell::Cell;
use std::fmt;

use super::answer::{self, Failure};
use crate::bindings::leaflink_sync::connector::failures as wit_failures;
use crate::bindings::leaflink_sync::host::http;
use crate::leaflink::customer::Customer;
use crate::leaflink::order_payment::NewOrderPayment;
use crate::leaflink::page::Page;
use crate::leaflink::product::{Brand, Product};
use crate::leaflink::{Unreadable, read};
use crate::rules::decision::Reason;
use crate::rules::ids::{CustomerId, LeafLinkProductId, OrderNumber};
use crate::rules::reasons::Code;
use crate::rules::text::{has_control, shortened};

/// Longest wait that a `Retry-After` can ask for: an hour.
const LONGEST_RETRY_MS: u32 = 3_600_000;

/// How often an order is asked for again when its answer is no JSON.
const GARBLED_AGAIN: u32 = 2;
/// Records in one page of a list that is read whole.
const PAGE: u64 = 100;
/// Requests for one such list.
const MOST_PAGES: u32 = 100;

thread_local! {
    /// Whether nobody waits for what this call asks. An instance lives for one call.
    static BULK: Cell<bool> = const { Cell::new(false) };
}

/// Nobody waits for what this call asks of LeafLink: the host has other requests go first.
pub fn nobody_waits() {
    BULK.set(true);
}

/// What LeafLink has at a path.
pub enum Found {
    /// A body.
    Body(Vec<u8>),
    /// Nothing.
    Missing,
    /// Something that this API key may not read: why.
    Forbidden(Box<Reason>),
    /// More than the host passes on, which is this many bytes.
    TooLarge(u64),
}

/// Reads one order with its lines.
pub fn order(number: &OrderNumber) -> Result<Found, Failure> {
    let path = format!("/orders-received/{}/", segment(&number.0));
    let query = [("include_children", "line_items")];
    let mut found = get(&path, &query)?;
    // A gateway of LeafLink's now and then answers with something else than the order, and well the
    // next time: people need not hear of that.
    for _ in 0..GARBLED_AGAIN {
        match &found {
            Found::Body(body) if is_no_json(body) => found = get(&path, &query)?,
            _ => break,
        }
    }
    Ok(found)
}

fn is_no_json(body: &[u8]) -> bool {
    matches!(read::<Box<serde_json::value::RawValue>>(body), Err(Unreadable::NotJson(_)))
}

/// Reads a customer's record. One that cannot be had matches no company; the order says so.
pub fn customer(id: CustomerId) -> Result<Option<Customer>, Failure> {
    match get(&format!("/customers/{id}/"), &[])? {
        Found::Body(body) => Ok(read(&body).ok()),
        Found::Missing | Found::Forbidden(_) | Found::TooLarge(_) => Ok(None),
    }
}

/// A product, or why there is none.
pub enum FoundProduct {
    /// The product.
    There(Box<Product>),
    /// LeafLink has none of this id.
    Missing,
    /// It is there and cannot be read: why.
    Unreadable(String),
}

/// Reads a product.
pub fn product(id: LeafLinkProductId) -> Result<FoundProduct, Failure> {
    let path = format!("/products/{id}/");
    Ok(match get(&path, &[])? {
        Found::Body(body) => match read(&body) {
            Ok(product) => FoundProduct::There(Box::new(product)),
            Err(unreadable) => FoundProduct::Unreadable(unreadable_answer(&path, unreadable)),
        },
        Found::Missing => FoundProduct::Missing,
        Found::Forbidden(reason) => FoundProduct::Unreadable(reason.message),
        Found::TooLarge(limit) => FoundProduct::Unreadable(format!(
            "LeafLink's answer at {path} is larger than the {limit} bytes that the host takes."
        )),
    })
}

/// The name of a brand; absent: LeafLink tells none.
pub fn brand_name(id: u64) -> Result<Option<String>, Failure> {
    match get(&format!("/brands/{id}/"), &[])? {
        Found::Body(body) => Ok(read::<Brand>(&body).ok().map(|brand| brand.name)),
        Found::Missing | Found::Forbidden(_) | Found::TooLarge(_) => Ok(None),
    }
}

/// A page of a list, or why there is none.
pub enum Listed {
    /// The page.
    Page(Page),
    /// It is larger than the host passes on, which is this many bytes.
    TooLarge(u64),
    /// It is not a page. Most likely an outage; a single record can be the cause, too.
    Unreadable(String),
}

/// Reads one page of a list. A key that may not read a list is of no use, or the wrong one.
pub fn page(path: &str, query: &[(&str, &str)]) -> Result<Listed, Failure> {
    page_of_pass(path, query)?.map_err(Failure::Retry)
}

/// The same for a pass that can note that LeafLink itself failed over the page. Most likely that is an
/// outage; a single record that LeafLink cannot write out can be the cause, too.
pub fn page_of_pass(
    path: &str,
    query: &[(&str, &str)],
) -> Result<Result<Listed, wit_failures::Retry>, Failure> {
    Ok(Ok(match ask(path, query)? {
        Err(failed) => return Ok(Err(failed)),
        Ok(Found::Body(body)) => match read(&body) {
            Ok(page) => Listed::Page(page),
            Err(unreadable) => Listed::Unreadable(unreadable_answer(path, unreadable)),
        },
        Ok(Found::TooLarge(limit)) => Listed::TooLarge(limit),
        Ok(Found::Forbidden(reason)) => return Err(key_refused(reason.message)),
        Ok(Found::Missing) => {
            return Err(answer::reject(Reason::new(
                Code::LeafLinkRefused,
                format!("LeafLink has nothing at {path}."),
            )));
        }
    }))
}

/// Reads a product, as it was sent.
pub fn product_body(id: LeafLinkProductId) -> Result<Found, Failure> {
    get(&format!("/products/{id}/"), &[])
}

/// Reads a product among others. What LeafLink answers for it alone, trouble with its record say, is
/// handed over and is no failure of the call: the others are read.
pub fn product_among_others(id: LeafLinkProductId) -> Result<Result<Found, Failure>, Failure> {
    match ask(&format!("/products/{id}/"), &[]) {
        Ok(found) => Ok(found.map_err(Failure::Retry)),
        Err(refused @ Failure::Reject(_)) => Ok(Err(refused)),
        Err(failure) => Err(failure),
    }
}

/// Hands over every record of a list, as far as the bound on requests goes. A record that makes its
/// page unreadable or too large, or over which LeafLink fails, is passed over; two such in a row are an
/// outage.
pub fn every(path: &str, query: &[(&str, &str)], each: &mut dyn FnMut(&str)) -> Result<(), Failure> {
    let (mut offset, mut limit, mut passed_over) = (0_u64, PAGE, false);
    let mut pages = 0;
    while pages < MOST_PAGES {
        // Smaller ones are on top: a list is not cut short because LeafLink failed over part of it.
        pages += u32::from(limit == PAGE);
        let (from, most) = (offset.to_string(), limit.to_string());
        let mut query = query.to_vec();
        query.extend([("limit", most.as_str()), ("offset", from.as_str())]);
        let listed = page_of_pass(path, &query)?;
        let listed = listed.unwrap_or_else(|failed| Listed::Unreadable(failed.reason.message));
        match listed {
            Listed::Page(page) => {
                let records = page.results.len() as u64;
                page.results.iter().for_each(|record| each(record.get()));
                if page.next.is_none() || records == 0 {
                    break;
                }
                (offset, limit, passed_over) = (offset + records, (limit * 2).min(PAGE), false);
            }
            Listed::TooLarge(_) if limit > 1 => limit /= 2,
            // One record at a time tells soonest whether LeafLink fails over one or over all.
            Listed::Unreadable(_) if limit > 1 => limit = 1,
            Listed::Unreadable(problem) if passed_over => {
                return Err(answer::retry(None, Code::LeafLinkUnavailable, problem));
            }
            Listed::TooLarge(_) | Listed::Unreadable(_) => {
                (offset, limit, passed_over) = (offset + 1, 1, true);
            }
        }
    }
    Ok(())
}

fn unreadable_answer(path: &str, unreadable: Unreadable) -> String {
    let problem = match unreadable {
        Unreadable::NotJson(problem) => problem,
        Unreadable::Field { path, problem } => format!("`{path}`: {problem}"),
    };
    format!("LeafLink's answer at {path} cannot be read: {problem}.")
}

/// Make the call again, because of an answer that cannot be read.
pub fn try_again(problem: String) -> Failure {
    answer::retry(None, Code::LeafLinkUnavailable, problem)
}

/// What came of a write.
pub enum Sent {
    /// LeafLink took it; its answer.
    Done(Vec<u8>),
    /// LeafLink refuses it; sending it again as it is will not help.
    Refused(Refusal),
    /// It had no effect: it did not reach LeafLink, or came too soon.
    NotTaken(Later),
    /// Nobody knows whether it had an effect: look before it is sent again.
    Unknown(Later),
}

/// Why LeafLink refuses a write.
pub struct Refusal {
    /// In its own words.
    pub words: String,
    /// It is not for what was sent: this API key may not send it.
    pub forbidden: bool,
    /// What it says of single fields, by their names.
    pub fields: Vec<(String, String)>,
}

impl Refusal {
    /// The code of the reason: `code`, if what was sent is the matter.
    pub fn code(&self, code: Code) -> Code {
        if self.forbidden { Code::LeafLinkForbidden } else { code }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

/// When to try again, and why.
pub struct Later {
    /// LeafLink's own wish, in milliseconds.
    pub after_ms: Option<u32>,
    /// What happened.
    pub problem: String,
}

/// Changes fields of an order.
pub fn patch_order(number: &OrderNumber, body: &serde_json::Value) -> Result<Sent, Failure> {
    send(
        http::Method::Patch,
        format!("/orders-received/{}/", segment(&number.0)),
        Some(body.to_string().into_bytes()),
    )
}

/// Changes fields of a product.
pub fn patch_product(id: LeafLinkProductId, body: &serde_json::Value) -> Result<Sent, Failure> {
    send(http::Method::Patch, format!("/products/{id}/"), Some(body.to_string().into_bytes()))
}

/// Makes a product.
pub fn create_product(body: &serde_json::Value) -> Result<Sent, Failure> {
    send(http::Method::Post, "/products/".to_owned(), Some(body.to_string().into_bytes()))
}

/// Moves an order one step on.
pub fn transition(number: &OrderNumber, action: &str) -> Result<Sent, Failure> {
    send(http::Method::Post, format!("/orders-received/{}/transition/{action}/", segment(&number.0)), None)
}

/// Reads the payments of an order.
pub fn payments_of(number: &OrderNumber) -> Result<Found, Failure> {
    get(&format!("/orders-received/{}/payments/", segment(&number.0)), &[])
}

/// Records a payment on an order.
pub fn record_payment(payment: &NewOrderPayment) -> Result<Sent, Failure> {
    let body = serde_json::to_vec(payment).map_err(|problem| {
        answer::reject(Reason::new(
            Code::RequestNotAllowed,
            format!("The payment cannot be written as JSON: {problem}."),
        ))
    })?;
    send(http::Method::Post, "/order-payments/".to_owned(), Some(body))
}

fn send(method: http::Method, path: String, body: Option<Vec<u8>>) -> Result<Sent, Failure> {
    let request = request(method, &path, Vec::new(), body);
    let response = match http::send(&request) {
        Ok(response) => response,
        // The answer was there and too large: what it answers to was done or not; look again.
        Err(http::Error::TooLarge(_)) => {
            let problem = "LeafLink's answer was too large".to_owned();
            return Ok(Sent::Unknown(Later { after_ms: None, problem }));
        }
        Err(http::Error::NotAllowed(rule)) => return Err(not_allowed(&path, &rule)),
        Err(http::Error::NotSent(problem)) => {
            let problem = format!("LeafLink could not be reached: {problem}");
            return Ok(Sent::NotTaken(Later { after_ms: None, problem }));
        }
        Err(http::Error::NotNow(after_ms)) => {
            let problem = "LeafLink's limit on requests is used up for now".to_owned();
            return Ok(Sent::NotTaken(Later { after_ms: Some(after_ms), problem }));
        }
        Err(http::Error::NoAnswer(problem)) => {
            let problem = format!("LeafLink did not answer: {problem}");
            return Ok(Sent::Unknown(Later { after_ms: None, problem }));
        }
    };
    let later = || Later {
        after_ms: retry_after_ms(&response),
        problem: format!("LeafLink answered {}: {}", response.status, words(&response.body)),
    };
    match response.status {
        200..=299 => Ok(Sent::Done(response.body)),
        401 => Err(key_refused(format!("LeafLink refused the API key (401): {}.", words(&response.body)))),
        429 => Ok(Sent::NotTaken(later())),
        408 | 425 | 500..=599 => Ok(Sent::Unknown(later())),
        status => Ok(Sent::Refused(Refusal {
            words: format!("{} ({status})", words(&response.body)),
            forbidden: status == 403,
            fields: field_errors(&response.body),
        })),
    }
}

fn request(
    method: http::Method,
    path: &str,
    query: Vec<(String, String)>,
    body: Option<Vec<u8>>,
) -> http::Request {
    let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
    if body.is_some() {
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    http::Request { method, path: path.to_owned(), query, headers, body, bulk: BULK.get() }
}

fn not_allowed(path: &str, rule: &str) -> Failure {
    answer::reject(Reason::new(
        Code::RequestNotAllowed,
        format!("The host refused to send a request for {path}: {rule}."),
    ))
}

fn key_refused(message: String) -> Failure {
    Failure::Misconfigured(answer::reason(&Reason::new(Code::LeafLinkKeyRefused, message)))
}

fn get(path: &str, query: &[(&str, &str)]) -> Result<Found, Failure> {
    ask(path, query)?.map_err(Failure::Retry)
}

/// What LeafLink has, or that it failed over that.
fn ask(path: &str, query: &[(&str, &str)]) -> Result<Result<Found, wit_failures::Retry>, Failure> {
    let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let response = match http::send(&request(http::Method::Get, path, query, None)) {
        Ok(response) => response,
        Err(http::Error::TooLarge(limit)) => return Ok(Ok(Found::TooLarge(limit))),
        Err(http::Error::NotAllowed(rule)) => return Err(not_allowed(path, &rule)),
        Err(http::Error::NotNow(after_ms)) => {
            let message =
                format!("Nothing was asked of LeafLink at {path}: its limit on requests is used up for now.");
            return Err(answer::retry(Some(after_ms), Code::LeafLinkBusy, message));
        }
        Err(http::Error::NotSent(problem) | http::Error::NoAnswer(problem)) => {
            return Err(answer::retry(
                None,
                Code::LeafLinkUnavailable,
                format!("LeafLink could not be reached: {problem}."),
            ));
        }
    };
    match response.status {
        200..=299 => Ok(Ok(Found::Body(response.body))),
        404 | 410 => Ok(Ok(Found::Missing)),
        401 => Err(key_refused(format!("LeafLink refused the API key (401): {}.", words(&response.body)))),
        // The key is known, and lacks a permission, or this record is not for it.
        403 => {
            let message =
                format!("LeafLink does not let this API key read {path} (403): {}.", words(&response.body));
            Ok(Ok(Found::Forbidden(Box::new(Reason::new(Code::LeafLinkForbidden, message)))))
        }
        status @ (408 | 425 | 429 | 500..=599) => {
            let retry = wit_failures::Retry {
                after_ms: retry_after_ms(&response).unwrap_or(60_000),
                reason: answer::reason(&Reason::new(
                    Code::LeafLinkUnavailable,
                    format!("LeafLink answered {status} for {path}: {}.", words(&response.body)),
                )),
            };
            // The others say themselves that it is not what was asked for.
            if matches!(status, 500 | 502 | 504) { Ok(Err(retry)) } else { Err(Failure::Retry(retry)) }
        }
        status => Err(answer::reject(Reason::new(
            Code::LeafLinkRefused,
            format!("LeafLink answered {status} for {path}: {}.", words(&response.body)),
        ))),
    }
}

/// `Retry-After` in seconds, as milliseconds within bounds. Dates are not taken: no clock of ours
/// is LeafLink's.
fn retry_after_ms(response: &http::Response) -> Option<u32> {
    let (_, value) = response.headers.iter().find(|(name, _)| name == "retry-after")?;
    let seconds: u32 = value.trim().parse().ok()?;
    Some(seconds.saturating_mul(1_000).clamp(1_000, LONGEST_RETRY_MS))
}

/// LeafLink's own words in an error body, for people.
fn words(body: &[u8]) -> String {
    #[derive(serde::Deserialize)]
    struct Detail {
        detail: String,
    }
    let text = match read::<Detail>(body) {
        Ok(Detail { detail }) => detail,
        Err(_) => {
            let told = field_errors(body).into_iter();
            let told: Vec<_> = told.map(|(field, problem)| format!("`{field}`: {problem}")).collect();
            if told.is_empty() {
                String::from_utf8_lossy(&body[..body.len().min(400)]).into_owned()
            } else {
                told.join("; ")
            }
        }
    };
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match line.trim().trim_end_matches('.') {
        "" => "no explanation".to_owned(),
        line => shortened(line, 200),
    }
}

/// What an error body says of each field: `{"wholesale_price": ["A valid number is required."]}`. A
/// body of another kind says nothing of any.
fn field_errors(body: &[u8]) -> Vec<(String, String)> {
    use serde_json::{Map, Value};
    let mut told = Vec::new();
    for (field, messages) in read::<Map<String, Value>>(body).unwrap_or_default() {
        let messages = match messages {
            Value::Array(messages) => messages,
            message => vec![message],
        };
        let messages: Option<Vec<&str>> = messages.iter().map(Value::as_str).collect();
        let Some(messages) = messages else { return Vec::new() };
        told.push((field, messages.join(" ").trim_end_matches('.').to_owned()));
    }
    told
}

/// A path segment with everything but unreserved characters percent-encoded.
fn segment(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-_~".contains(&byte) || (byte == b'.' && !has_only_dots(text)) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

fn has_only_dots(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'.')
}

/// Whether a text can be the number of a LeafLink order.
pub fn is_order_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 64 && !has_control(text) && !has_only_dots(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_cannot_leave_its_path_segment() {
        for (number, wanted) in [
            ("5d0c-6f1e", "5d0c-6f1e"),
            ("../companies", "..%2Fcompanies"),
            ("..", "%2E%2E"),
            ("a?b#c", "a%3Fb%23c"),
            ("é", "%C3%A9"),
        ] {
            assert_eq!(segment(number), wanted);
        }
    }

    #[test]
    fn leaflinks_words_fit_a_sentence() {
        assert_eq!(words(br#"{"detail": "Invalid token."}"#), "Invalid token");
        assert_eq!(words(b"<html>\nBad Gateway\n</html>"), "<html> Bad Gateway </html>");
        assert_eq!(words(b""), "no explanation");
        let two = br#"{"sku": "Taken.", "wholesale_price": ["Not a number.", "Too long."]}"#;
        assert_eq!(words(two), "`sku`: Taken; `wholesale_price`: Not a number. Too long");
        assert_eq!(words(br#"{"odd": {"deeper": 1}}"#), r#"{"odd": {"deeper": 1}}"#);
    }
}
