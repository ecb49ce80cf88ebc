//! What a recording must not reveal, exchanged for something that behaves the same.
//!
//! A recording is good for nothing if the component, played with it, takes another path. So nothing
//! is cut out; it is exchanged everywhere in a call at once, what the component was given as well as
//! what it made of it:
//!
//! - **Signatures of webhooks.** LeafLink's signature of a body is a pass for that body. The one that
//!   the host computed becomes a random one, and where the same signature came with the webhook, it
//!   becomes the same random one: a good signature stays good, a bad one bad.
//! - **E-mail addresses.** Each becomes an invented one of the same length and letter case, equal
//!   addresses becoming equal ones. They cannot be computed back: the key is made for each recorder and
//!   forgotten with it.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::{BuildHasher, Hasher, RandomState};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};
use sha2::{Digest as _, Sha256};

use super::RecordedCall;
use super::tap::import;

/// Exchanges what must not be revealed.
pub(super) struct Mask {
    key: [u8; 32],
}

impl Mask {
    /// With a key that nobody knows.
    pub fn new() -> Self {
        let mut key = Sha256::new();
        for _ in 0..4 {
            // The standard library's own source of randomness from the operating system.
            key.update(RandomState::new().build_hasher().finish().to_le_bytes());
        }
        Self { key: key.finalize().into() }
    }

    /// The call as one line of JSON, masked.
    pub fn line(&self, call: &RecordedCall) -> serde_json::Result<String> {
        let mut line = serde_json::to_string(call)?;
        for code in signatures(call) {
            let other = self.digest(&[&code]);
            for encoded in ENCODINGS {
                line = line.replace(&encoded(&code), &encoded(&other));
            }
        }
        Ok(self.addresses(&line))
    }

    /// The text with every e-mail address exchanged.
    fn addresses(&self, text: &str) -> String {
        let mut masked = String::with_capacity(text.len());
        let (mut rest, mut known) = (text, HashMap::new());
        while let Some(at) = rest.find('@') {
            let (before, after) = (&rest[..at], &rest[at + 1..]);
            let local = local_part(before);
            let domain = domain(after);
            if local.is_empty() || domain.is_empty() {
                masked.push_str(&rest[..=at]);
                rest = after;
                continue;
            }
            masked.push_str(&before[..before.len() - local.len()]);
            let address = &rest[at - local.len()..at + 1 + domain.len()];
            let exchanged = known.entry(address).or_insert_with(|| self.address(local, domain));
            masked.push_str(exchanged);
            rest = &after[domain.len()..];
        }
        masked + rest
    }

    /// An invented address. The domain is exchanged by itself, so that two people of one company
    /// stay so; what follows its last dot stays.
    fn address(&self, local: &str, domain: &str) -> String {
        let (name, top) = domain.rsplit_once('.').unwrap_or((domain, ""));
        let of = format!("{local}@{domain}").to_ascii_lowercase();
        let local = self.disguised(local, of.as_bytes());
        format!("{local}@{}.{top}", self.disguised(name, name.to_ascii_lowercase().as_bytes()))
    }

    /// Letters for letters and digits for digits, so that whatever was an address still is one.
    fn disguised(&self, text: &str, seed: &[u8]) -> String {
        let mut stream = Vec::new();
        let mut disguised = String::with_capacity(text.len());
        for (index, letter) in text.chars().enumerate() {
            while stream.len() <= index {
                stream.extend(self.digest(&[seed, &stream.len().to_le_bytes()]));
            }
            let byte = stream[index];
            disguised.push(match letter {
                'a'..='z' => char::from(b'a' + byte % 26),
                'A'..='Z' => char::from(b'A' + byte % 26),
                '0'..='9' => char::from(b'0' + byte % 10),
                other => other,
            });
        }
        disguised
    }

    fn digest(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut digest = Sha256::new().chain_update(self.key);
        for part in parts {
            digest.update(part);
        }
        digest.finalize().into()
    }
}

/// Ways in which a signature is written.
const ENCODINGS: [fn(&[u8; 32]) -> String; 5] = [
    |code| hexadecimal(code),
    |code| hexadecimal(code).to_uppercase(),
    |code| STANDARD.encode(code),
    |code| STANDARD_NO_PAD.encode(code),
    |code| URL_SAFE.encode(code),
];

/// The codes that were computed under LeafLink's webhook key.
fn signatures(call: &RecordedCall) -> Vec<[u8; 32]> {
    let of_webhooks = call
        .imports
        .iter()
        .filter(|exchange| exchange.0 == import::HMAC && exchange.1.get().contains("LeaflinkWebhook"));
    of_webhooks
        .filter_map(|exchange| {
            let answer: Result<Option<String>, String> = serde_json::from_str(exchange.2.get()).ok()?;
            from_hexadecimal(&answer.ok()??)
        })
        .collect()
}

/// Bytes in hexadecimal.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// 32 bytes from hexadecimal.
pub(super) fn from_hexadecimal(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).ok()?;
    }
    Some(bytes)
}

/// The end of a text that can be the part of an address before its `@`.
fn local_part(before: &str) -> &str {
    let is_local = |c: char| c.is_ascii_alphanumeric() || "._%+-".contains(c);
    let start = before
        .rfind(|c: char| !is_local(c))
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let local = &before[start..];
    // The text is JSON: `\n` and `\u00e9` are characters that stand before the address.
    if !before[..start].ends_with('\\') {
        return local;
    }
    let escape = if local.starts_with('u') { 5 } else { 1 };
    local.get(escape..).unwrap_or("")
}

/// The beginning of a text that can be the part of an address after its `@`.
fn domain(after: &str) -> &str {
    let end = after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-'));
    let domain = after[..end.unwrap_or(after.len())].trim_end_matches(['.', '-']);
    if domain.contains('.') && !domain.starts_with('.') { domain } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::secrets::Key;
    use crate::recording::tap::{hmac_answer, hmac_question};
    use crate::recording::{Exchange, written};

    #[test]
    fn addresses_are_exchanged_and_nothing_else() {
        let mask = Mask::new();
        let text = r#"{"to":"rae@foxglove.example","text":"Dear\nops.7@foxglove.example, 2 @ 5.00 \u00e9Rae@Foxglove.Example."}"#;
        let masked = mask.addresses(text);
        assert_eq!(masked.len(), text.len());
        assert!(!masked.to_lowercase().contains("foxglove"), "{masked}");
        for kept in [r#"{"to":""#, r#","text":"Dear\n"#, ", 2 @ 5.00 ", "\\u00e9", r#".example""#] {
            assert!(masked.contains(kept), "{kept} is gone from {masked}");
        }
        let parsed: serde_json::Value = serde_json::from_str(&masked).expect("JSON still");
        let to = parsed["to"].as_str().expect("an address").to_owned();
        let text = parsed["text"].as_str().expect("a text").to_lowercase();
        assert!(text.contains(&to), "{to} is not in {text}: equal addresses, but for case");
        assert_eq!(mask.addresses("rae@foxglove.example"), to);
        assert_ne!(Mask::new().addresses("rae@foxglove.example"), to, "another recorder, another key");
    }

    #[test]
    fn two_people_of_a_company_stay_so() {
        let masked = Mask::new().addresses("rae@foxglove.example ops@foxglove.example");
        let domains: Vec<_> = masked.split(' ').filter_map(|address| address.split_once('@')).collect();
        assert_eq!(domains[0].1, domains[1].1);
        assert_ne!(domains[0].0, domains[1].0);
    }

    #[test]
    fn a_good_signature_becomes_another_good_one_and_a_bad_one_stays() {
        let code: [u8; 32] = std::array::from_fn(|index| index as u8 * 5 + 1);
        let (good, bad) = (STANDARD.encode(code), STANDARD.encode([7; 32]));
        let call = |given: &str| RecordedCall {
            call: "on-webhook".to_owned(),
            company: "foxglove".to_owned(),
            at_ms: 0,
            component: String::new(),
            arguments: written(&[given]),
            imports: vec![Exchange(
                import::HMAC.to_owned(),
                hmac_question(Key::LeaflinkWebhook, b"body"),
                written(&hmac_answer(&Ok(Some(code)))),
            )],
            outcome: written(&()),
        };
        let mask = Mask::new();
        let masked = |given: &str| -> (String, [u8; 32]) {
            let line = mask.line(&call(given)).expect("JSON");
            assert!(!line.contains(&good) && !line.contains(&hexadecimal(&code)), "{line}");
            let call: RecordedCall = serde_json::from_str(&line).expect("a call");
            (call.subject().expect("what was given"), signatures(&call)[0])
        };
        let (given, computed) = masked(&good);
        assert_eq!(given, STANDARD.encode(computed), "what came with the webhook still fits");
        let (given, computed) = masked(&bad);
        assert_eq!(given, bad);
        assert_ne!(given, STANDARD.encode(computed));
    }

    #[test]
    fn codes_are_read_back() {
        let code = std::array::from_fn(|index| index as u8 * 7);
        assert_eq!(from_hexadecimal(&hexadecimal(&code)), Some(code));
        assert_eq!(from_hexadecimal("ab"), None);
    }
}
