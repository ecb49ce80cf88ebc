//! The few types of the contract that hold bytes or headers, in a form that people can read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::exports::webhooks;
use crate::host::{http, store};

/// Bytes: text where they are UTF-8, else `{"base64": "..."}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bytes(pub Vec<u8>);

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum BytesText<'a> {
    Text(std::borrow::Cow<'a, str>),
    Encoded { base64: String },
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(&self.0) {
            Ok(text) => BytesText::Text(text.into()),
            Err(_) => BytesText::Encoded { base64: STANDARD.encode(&self.0) },
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match BytesText::deserialize(deserializer)? {
            BytesText::Text(text) => text.into_owned().into_bytes(),
            BytesText::Encoded { base64 } => STANDARD.decode(base64).map_err(serde::de::Error::custom)?,
        }))
    }
}

/// A request to LeafLink.
#[derive(Serialize)]
pub(super) struct Request<'a> {
    method: http::Method,
    path: &'a str,
    query: &'a [(String, String)],
    headers: &'a [(String, String)],
    body: Option<Bytes>,
}

impl<'a> Request<'a> {
    pub fn of(request: &'a http::Request) -> Self {
        Self {
            method: request.method,
            path: &request.path,
            query: &request.query,
            headers: &request.headers,
            body: request.body.clone().map(Bytes),
        }
    }
}

/// LeafLink's answer, without the headers that the component never sees.
#[derive(Serialize, Deserialize)]
pub(super) struct Response {
    status: u16,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl From<http::Response> for Response {
    fn from(response: http::Response) -> Self {
        let mut headers = response.headers;
        headers.retain(|(name, _)| !http::is_kept_back(&name.to_ascii_lowercase()));
        Self { status: response.status, headers, body: Bytes(response.body) }
    }
}

impl From<Response> for http::Response {
    fn from(response: Response) -> Self {
        Self { status: response.status, headers: response.headers, body: response.body.0 }
    }
}

/// An entry of the store.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    pub key: String,
    pub value: Bytes,
}

impl From<store::Entry> for Entry {
    fn from(entry: store::Entry) -> Self {
        Self { key: entry.key, value: Bytes(entry.value) }
    }
}

impl From<Entry> for store::Entry {
    fn from(entry: Entry) -> Self {
        Self { key: entry.key, value: entry.value.0 }
    }
}

/// A webhook as it came in, without the headers in which the vendor's own web server may have
/// been given credentials.
#[derive(Serialize, Deserialize)]
pub(crate) struct Webhook {
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl Webhook {
    pub fn of(delivery: &webhooks::Delivery) -> Self {
        let mut headers = delivery.headers.clone();
        headers.retain(|(name, _)| !http::is_host_owned(&name.to_ascii_lowercase()));
        Self { headers, body: Bytes(delivery.body.clone()) }
    }
}

impl From<Webhook> for webhooks::Delivery {
    fn from(webhook: Webhook) -> Self {
        Self { headers: webhook.headers, body: webhook.body.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_whether_they_are_text_or_not() {
        for (bytes, json) in [
            (&b"{\"a\": 1}"[..], r#""{\"a\": 1}""#),
            (&[0xff, 0x00][..], r#"{"base64":"/wA="}"#),
            (b"", r#""""#),
        ] {
            let bytes = Bytes(bytes.to_owned());
            assert_eq!(serde_json::to_string(&bytes).expect("JSON"), json);
            assert_eq!(serde_json::from_str::<Bytes>(json).expect("bytes"), bytes);
        }
    }

    #[test]
    fn cookies_and_credentials_are_left_out() {
        let pair = |name: &str| (name.to_owned(), "canary".to_owned());
        let response = http::Response { status: 200, headers: vec![pair("Set-Cookie")], body: vec![] };
        let webhook =
            webhooks::Delivery { headers: vec![pair("authorization"), pair("cookie")], body: vec![] };
        for json in [
            serde_json::to_string(&Response::from(response)).expect("JSON"),
            serde_json::to_string(&Webhook::of(&webhook)).expect("JSON"),
        ] {
            assert!(!json.contains("canary"), "{json}");
        }
    }
}
