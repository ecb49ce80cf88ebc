//! Webhooks: what LeafLink would post to the seller's address, signed, as data.

use std::io;
use std::time::Duration;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use serde::Serialize;
use serde_json::ser::Formatter;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::world::World;

/// The header that carries a webhook's signature.
pub const SIGNATURE_HEADER: &str = "LL-Signature";

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whether the record is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Create,
    Edit,
}

/// One webhook, ready to be posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// The body's bytes: `{"data": {...}, "type": "order", "action": "edit"}`.
    pub body: Vec<u8>,
    /// The value of [`SIGNATURE_HEADER`]; none if the company has no webhook key.
    pub signature: Option<String>,
}

impl Webhook {
    /// The body as JSON, to look into.
    pub fn to_json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl Webhook {
    /// Posts it as LeafLink does; the status of the answer.
    ///
    /// # Errors
    /// Nobody answers at the address.
    pub fn post(&self, url: &str) -> Result<u16> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .build()
            .into();
        let mut request = agent
            .post(url)
            .header("Content-Type", "application/json")
            .header("User-Agent", "python-requests/2.32.3");
        if let Some(signature) = &self.signature {
            request = request.header(SIGNATURE_HEADER, signature);
        }
        let answer = request.send(&self.body[..]).with_context(|| format!("nobody answers at {url}"))?;
        Ok(answer.status().as_u16())
    }
}

impl World {
    /// Queues a webhook.
    pub fn queue_webhook(&mut self, kind: &str, change: Change, data: &Value) {
        let action = match change {
            Change::Create => "create",
            Change::Edit => "edit",
        };
        let body = python_json(&json!({"data": data, "type": kind, "action": action}));
        let signature = self.webhook_key.as_deref().map(|key| sign(key, &body));
        self.webhooks.push(Webhook { body, signature });
    }
}

/// base64 of HMAC-SHA256 over the body, under the key's text.
pub fn sign(key: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(body);
    STANDARD.encode(mac.finalize().into_bytes())
}

/// JSON text as Python's default writes it: spaces after commas and colons, ASCII only.
fn python_json(value: &Value) -> Vec<u8> {
    let mut text = Vec::new();
    let mut writer = serde_json::Serializer::with_formatter(&mut text, Python);
    value.serialize(&mut writer).expect("a JSON value can be written to memory");
    text
}

struct Python;

impl Formatter for Python {
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        for letter in fragment.chars() {
            if letter.is_ascii() {
                out.write_all(letter.encode_utf8(&mut [0; 4]).as_bytes())?;
            } else {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_with_hmac_sha256_in_base64() {
        // RFC 4231, test case 2.
        let signature = sign("Jefe", b"what do ya want for nothing?");
        assert_eq!(signature, "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
    }

    #[test]
    fn writes_json_as_python_does() {
        let value = json!({"a": [1, "½ \"oz\"", "🌿"], "b": {}});
        let text = String::from_utf8(python_json(&value)).unwrap();
        assert_eq!(text, r#"{"a": [1, "\u00bd \"oz\"", "\ud83c\udf3f"], "b": {}}"#);
    }
}
