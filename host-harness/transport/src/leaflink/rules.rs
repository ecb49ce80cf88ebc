//! What may pass: paths, headers out and headers in.

use percent_encoding::percent_decode_str;
use ureq::http::header::{HeaderMap, HeaderName, HeaderValue};

/// Headers that carry credentials, name a host or a caller, or belong to one connection. They are
/// the host's own: dropped from requests, and kept from the log.
const HOST_OWNED: &[&str] = &[
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-api-key",
    "x-auth-token",
];
const HOST_OWNED_PREFIXES: &[&str] = &["proxy-", "x-forwarded-", "x-http-method"];

/// Headers of an answer that are of no use above the connection, or would be a credential.
const KEPT_BACK: &[&str] = &["connection", "keep-alive", "set-cookie", "transfer-encoding"];

/// Whether only the host may set this header (a lower-case name).
pub(crate) fn is_host_owned(name: &str) -> bool {
    HOST_OWNED.contains(&name) || HOST_OWNED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Checks a path below the API's root; the error names the rule that it breaks.
pub(super) fn check_path(path: &str) -> Result<(), String> {
    if !path.starts_with('/') || !path.ends_with('/') {
        return Err("a path must begin and end with a slash".into());
    }
    if path.contains("//") {
        return Err("a path must not contain an empty segment".into());
    }
    if let Some(odd) = first_unencoded(path) {
        let odd = odd.escape_debug();
        return Err(format!("a path's segments must be percent-encoded; this one contains '{odd}'"));
    }
    // Servers decode before they route: an encoded `..` climbs just as a plain one does.
    let decoded: Vec<u8> = percent_decode_str(path).collect();
    if decoded.iter().any(u8::is_ascii_control) {
        return Err("a path must not contain a control character".into());
    }
    if decoded.split(|byte| matches!(byte, b'/' | b'\\')).any(|s| s == b"." || s == b"..") {
        return Err("a path must not contain a '.' or '..' segment".into());
    }
    Ok(())
}

/// The first character that RFC 3986 does not allow in a path as it is.
fn first_unencoded(path: &str) -> Option<char> {
    let bytes = path.as_bytes();
    path.char_indices().find_map(|(at, c)| {
        let fine = match c {
            '%' => bytes.get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)),
            c => c.is_ascii_alphanumeric() || "/-._~!$&'()*+,;=:@".contains(c),
        };
        (!fine).then_some(c)
    })
}

/// The component's headers without those that are the host's; the error names the broken rule,
/// never a value.
pub(super) fn passed_on(headers: &[(String, String)]) -> Result<HeaderMap, String> {
    let mut passed = HeaderMap::new();
    for (name, value) in headers {
        let shown = name.escape_debug();
        let parsed = HeaderName::from_lowercase(name.as_bytes())
            .map_err(|_| format!("the header name '{shown}' must be a lower-case HTTP name"))?;
        if value.chars().any(char::is_control) {
            return Err(format!("the value of the header '{shown}' contains a control character"));
        }
        let value = HeaderValue::from_str(value)
            .map_err(|_| format!("the value of the header '{shown}' is not valid in HTTP"))?;
        if !is_host_owned(name) {
            passed.append(parsed, value);
        }
    }
    Ok(passed)
}

/// The answer's headers as the component may see them.
pub(super) fn handed_over(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .filter(|(name, _)| !KEPT_BACK.contains(&name.as_str()))
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_below_the_root_pass() {
        for path in ["/", "/orders-received/5d0c-1/", "/a%20b/", "/a%2Fb/", "/it's;x=1:@/", "/..a/"] {
            assert_eq!(check_path(path), Ok(()), "{path}");
        }
    }

    #[test]
    fn other_paths_are_refused() {
        for path in [
            "",
            "a/",
            "/a",
            "//evil.example/",
            "/a//b/",
            "@evil.example/",
            "https://evil.example/",
            "/a?b=/",
            "/a#b/",
            "/../",
            "/./",
            "/a/../b/",
            "/%2e%2E/",
            "/a%2f..%2fb/",
            "/..\\a/",
            "/a%5c..%5cb/",
            "/a b/",
            "/a\r\n/",
            "/a%0d%0a/",
            "/a%00/",
            "/a%/",
            "/a%zz/",
            "/ä/",
            "/a%7f/",
        ] {
            assert!(check_path(path).is_err(), "{path:?}");
        }
    }
}
