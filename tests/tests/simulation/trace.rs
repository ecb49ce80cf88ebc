//! A fingerprint of everything that happened: two runs with the same one went the same way, byte
//! for byte.

use std::hash::{DefaultHasher, Hash, Hasher};

use leaflink_sync_kit::host::http;

/// The fingerprint, and what happened in words if somebody is to read it.
#[derive(Default)]
pub struct Trace {
    hasher: DefaultHasher,
    lines: Option<Vec<String>>,
}

impl Trace {
    /// Keeps the words, too.
    pub fn keep_words(&mut self) {
        self.lines = Some(Vec::new());
    }

    /// Notes an exchange with LeafLink.
    pub fn exchange(&mut self, request: &http::Request, answer: &Result<http::Response, http::Error>) {
        (request.method as u8, &request.path, &request.query, &request.body).hash(&mut self.hasher);
        match answer {
            Ok(response) => (response.status, &response.body).hash(&mut self.hasher),
            Err(error) => format!("{error:?}").hash(&mut self.hasher),
        }
        if let Some(lines) = &mut self.lines {
            let query: Vec<String> =
                request.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let body = request.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
            let came = match answer {
                Ok(response) => response.status.to_string(),
                Err(error) => format!("{error:?}"),
            };
            let method = format!("{:?}", request.method);
            lines.push(format!("    {method} {} {} {body} -> {came}", request.path, query.join("&")));
        }
    }

    /// Notes something else.
    pub fn note(&mut self, what: &str) {
        what.hash(&mut self.hasher);
        if let Some(lines) = &mut self.lines {
            lines.push(what.to_owned());
        }
    }

    /// The fingerprint so far.
    pub fn fingerprint(&self) -> u64 {
        self.hasher.finish()
    }

    /// The words.
    pub fn words(&mut self) -> Vec<String> {
        self.lines.take().unwrap_or_default()
    }
}
