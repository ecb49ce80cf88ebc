//! Where LeafLink is and how a company is let in: origin, key, limits.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use leaflink_sync_kit::host::http::check_path;
use ureq::http::Uri;
use ureq::http::header::HeaderValue;
use ureq::http::uri::Scheme;

/// What [`LeafLinkClient`](super::LeafLinkClient) needs to know. Start from
/// [`production`](LeafLinkAccess::production) or [`new`](LeafLinkAccess::new) and change fields.
#[derive(Clone, Debug)]
pub struct LeafLinkAccess {
    /// Scheme, host and port. Requests and the key go nowhere else.
    pub origin: Origin,
    /// The API's root on that origin, without a trailing slash.
    pub base_path: String,
    /// The company's key.
    pub api_key: ApiKey,
    /// LeafLink asks for the bare name of the calling system in snake case.
    pub user_agent: String,
    /// How long to wait.
    pub timeouts: Timeouts,
    /// The largest answer that is passed on, in bytes.
    pub max_response_bytes: u64,
}

/// How long to wait for LeafLink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For the name look-up, and again for connection and TLS together.
    pub connect: Duration,
    /// From the start until the last byte of the answer.
    pub whole: Duration,
}

impl LeafLinkAccess {
    /// LeafLink itself.
    pub fn production(api_key: ApiKey) -> LeafLinkAccess {
        LeafLinkAccess::new(Origin("https://app.leaflink.com".into()), api_key)
    }

    /// Any origin, with the root, name and limits that suit LeafLink.
    pub fn new(origin: Origin, api_key: ApiKey) -> LeafLinkAccess {
        LeafLinkAccess {
            origin,
            base_path: "/api/v2".into(),
            api_key,
            user_agent: "leaflink_sync".into(),
            timeouts: Timeouts { connect: Duration::from_secs(10), whole: Duration::from_secs(60) },
            max_response_bytes: 16 << 20,
        }
    }

    pub(super) fn check(&self) -> Result<(), AccessError> {
        let rooted = format!("{}/", self.base_path);
        check_path(&rooted).map_err(AccessError::BasePath)?;
        if self.timeouts.connect.is_zero() || self.timeouts.whole.is_zero() {
            return Err(AccessError::Limit("timeout"));
        }
        if self.max_response_bytes == 0 {
            return Err(AccessError::Limit("largest answer"));
        }
        Ok(())
    }

    pub(super) fn user_agent_header(&self) -> Result<HeaderValue, AccessError> {
        let name = &self.user_agent;
        let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        HeaderValue::from_str(name)
            .ok()
            .filter(|_| !name.is_empty() && name.chars().all(is_word))
            .ok_or_else(|| AccessError::UserAgent(name.clone()))
    }
}

/// Scheme, host and port, and nothing more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// An origin reached over TLS, such as `https://app.leaflink.com`.
    ///
    /// # Errors
    /// When the text is anything but `https://host` or `https://host:port`.
    pub fn https(text: &str) -> Result<Origin, AccessError> {
        let refused = || AccessError::Origin(text.escape_debug().to_string());
        let uri: Uri = text.parse().map_err(|_| refused())?;
        let authority = uri.authority().ok_or_else(refused)?;
        let bare = format!("https://{authority}");
        if authority.host().is_empty()
            || authority.as_str().contains('@')
            || !text.eq_ignore_ascii_case(&bare)
        {
            return Err(refused());
        }
        Ok(Origin(bare.to_ascii_lowercase()))
    }

    /// A server on this machine, without TLS: the sandbox.
    ///
    /// # Errors
    /// When the address can be reached from outside; a key must not travel unencrypted.
    pub fn loopback(address: SocketAddr) -> Result<Origin, AccessError> {
        if !address.ip().is_loopback() {
            return Err(AccessError::NotLoopback(address));
        }
        Ok(Origin(format!("http://{address}")))
    }

    /// As it begins a web address, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    pub(super) fn is_of(&self, uri: &Uri) -> bool {
        let scheme = uri.scheme().map_or("", Scheme::as_str);
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        self.0 == format!("{scheme}://{authority}")
    }
}

/// A company's LeafLink API key. It can be sent, and neither shown nor printed.
#[derive(Clone)]
pub struct ApiKey(String);

impl ApiKey {
    /// Takes a key as LeafLink shows it.
    ///
    /// # Errors
    /// When it is empty or contains anything but visible ASCII, which hints at a slip in copying.
    pub fn new(key: &str) -> Result<ApiKey, AccessError> {
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(AccessError::ApiKey);
        }
        Ok(ApiKey(key.into()))
    }

    pub(super) fn authorization(&self) -> Result<HeaderValue, AccessError> {
        let mut value = HeaderValue::from_str(&format!("App {}", self.0)).map_err(|_| AccessError::ApiKey)?;
        value.set_sensitive(true);
        Ok(value)
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(hidden)")
    }
}

/// Why an access cannot be used. No text contains the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccessError {
    /// Not `https://host[:port]`.
    #[error("LeafLink's origin \"{0}\" must read https://host or https://host:port and no more")]
    Origin(String),
    /// Plain HTTP beyond this machine.
    #[error("{0} is not on this machine: use https, the API key must not travel unencrypted")]
    NotLoopback(SocketAddr),
    /// The root of the API is no clean path.
    #[error("the root of LeafLink's API: {0}")]
    BasePath(String),
    /// Empty, or with blanks or other odd characters.
    #[error("the LeafLink API key is empty or has blanks or special characters: copy it again")]
    ApiKey,
    /// Not in snake case.
    #[error("the user agent \"{}\" must be one word in snake_case", .0.escape_debug())]
    UserAgent(String),
    /// A limit of zero would refuse everything.
    #[error("the {0} for LeafLink is zero: set one above zero")]
    Limit(&'static str),
}
