//! The rules of `http.wit` about a request, and what is passed on of an answer.

use crate::bindings::leaflink_sync::host::http::{Method, Request, Response};

/// Headers of a request that are the host's own, because they carry credentials, name a host or a
/// caller, belong to one connection, or would turn a `GET` into another method on the way.
const HOST_OWNED: [&str; 23] = [
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "keep-alive",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
    "www-authenticate",
    "x-api-key",
    "x-auth-token",
    "x-method-override",
    "x-original-method",
    "x-original-url",
    "x-rewrite-url",
];
const HOST_OWNED_PREFIXES: [&str; 3] = ["proxy-", "x-forwarded-", "x-http-method"];

/// Headers of an answer that are of no use above the connection, or would be a credential.
const KEPT_BACK: [&str; 4] = ["connection", "keep-alive", "set-cookie", "transfer-encoding"];

/// Whether only the host may set this header of a request (a lower-case name): it is dropped from
/// what the component sends, and kept from logs.
pub fn is_host_owned(name: &str) -> bool {
    HOST_OWNED.contains(&name) || HOST_OWNED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Whether the component never sees this header of an answer (a lower-case name).
pub fn is_kept_back(name: &str) -> bool {
    KEPT_BACK.contains(&name)
}

/// The request as it may be sent, or the rule that it breaks.
pub(super) fn admit(mut request: Request, any_method: bool, most_bytes: usize) -> Result<Request, String> {
    if request.method != Method::Get && !any_method {
        return Err("only `deliver` may use a method other than GET".to_owned());
    }
    check_path(&request.path)?;
    for (name, value) in &request.headers {
        check_header(name, value)?;
    }
    request.headers.retain(|(name, _)| !is_host_owned(name));
    let size = size(&request);
    if size > most_bytes {
        return Err(format!("the request has {size} bytes; this host sends at most {most_bytes}"));
    }
    Ok(request)
}

/// The answer as the component may see it: lower-case names, without those that are kept back.
pub(super) fn clean(mut response: Response) -> Response {
    for (name, _) in &mut response.headers {
        name.make_ascii_lowercase();
    }
    response.headers.retain(|(name, _)| !is_kept_back(name));
    response
}

/// Bytes of an answer's headers and body.
pub(super) fn response_size(response: &Response) -> usize {
    pairs_size(&response.headers) + response.body.len()
}

fn size(request: &Request) -> usize {
    request.path.len()
        + pairs_size(&request.query)
        + pairs_size(&request.headers)
        + request.body.as_ref().map_or(0, Vec::len)
}

fn pairs_size(pairs: &[(String, String)]) -> usize {
    pairs.iter().map(|(name, value)| name.len() + value.len()).sum()
}

/// Checks a path below the API's root by the rules of `http.wit`.
///
/// # Errors
/// The rule that it breaks, with the path.
pub fn check_path(path: &str) -> Result<(), String> {
    let broken = |rule: &str| Err(format!("the path {path:?} {rule}"));
    let Some(inner) = path.strip_prefix('/') else {
        return broken("does not begin with `/`");
    };
    if inner.is_empty() {
        return Ok(());
    }
    let Some(inner) = inner.strip_suffix('/') else {
        return broken("does not end with `/`");
    };
    for segment in inner.split('/') {
        if segment.is_empty() {
            return broken("contains `//`");
        }
        let Some(decoded) = decode(segment) else {
            return broken("is not percent-encoded");
        };
        // Servers decode before they route: an encoded `..` climbs just as a plain one does.
        let mut parts = decoded.split(|byte| matches!(byte, b'/' | b'\\'));
        if parts.any(|part| part == b"." || part == b"..") {
            return broken("contains a `.` or `..` segment");
        }
        if decoded.iter().any(u8::is_ascii_control) {
            return broken("contains a control character");
        }
    }
    Ok(())
}

/// A segment's bytes, or nothing if it contains a character that must be percent-encoded there.
fn decode(segment: &str) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(segment.len());
    let mut bytes = segment.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'%' => {
                let high = char::from(bytes.next()?).to_digit(16)?;
                let low = char::from(bytes.next()?).to_digit(16)?;
                decoded.push((high * 16 + low) as u8);
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => decoded.push(byte),
            _ if b"-._~!$&'()*+,;=:@".contains(&byte) => decoded.push(byte),
            _ => return None,
        }
    }
    Some(decoded)
}

fn check_header(name: &str, value: &str) -> Result<(), String> {
    let is_name =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_name) {
        return Err(format!("{name:?} is not a lower-case header name"));
    }
    if value.chars().any(char::is_control) {
        return Err(format!("the value of the header `{name}` contains a control character"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(path: &str) -> Request {
        Request {
            method: Method::Get,
            path: path.to_owned(),
            query: vec![],
            headers: vec![],
            body: None,
            bulk: false,
        }
    }

    fn refused(path: &str) -> String {
        admit(get(path), false, 1_000).expect_err(path)
    }

    #[test]
    fn ordinary_paths_pass() {
        for path in [
            "/",
            "/products/",
            "/orders-received/5d0c-11/",
            "/a%20b/c@d/~x/",
            "/a%2Fb/",
            "/it's;x=1:@/",
            "/..a/",
        ] {
            admit(get(path), false, 1_000).expect(path);
        }
    }

    #[test]
    fn paths_that_could_lead_elsewhere_are_refused() {
        for (path, rule) in [
            ("", "does not begin"),
            ("products/", "does not begin"),
            ("https://elsewhere.example/", "does not begin"),
            ("/products", "does not end"),
            ("//elsewhere.example/", "contains `//`"),
            ("/a//b/", "contains `//`"),
            ("/a/../b/", "`.` or `..`"),
            ("/a/./b/", "`.` or `..`"),
            ("/a/%2e%2E/b/", "`.` or `..`"),
            ("/a/.%2e/", "`.` or `..`"),
            ("/a%2f..%2fb/", "`.` or `..`"),
            ("/a%5c..%5cb/", "`.` or `..`"),
            ("/a?b=c/", "not percent-encoded"),
            ("/a#b/", "not percent-encoded"),
            ("/a\\b/", "not percent-encoded"),
            ("/a b/", "not percent-encoded"),
            ("/a\r\nb/", "not percent-encoded"),
            ("/ä/", "not percent-encoded"),
            ("/a%2/", "not percent-encoded"),
            ("/a%zz/", "not percent-encoded"),
            ("/a%/", "not percent-encoded"),
            ("@evil.example/", "does not begin"),
            ("/a%0d%0a/", "control character"),
            ("/a%00/", "control character"),
            ("/a%7f/", "control character"),
        ] {
            let message = refused(path);
            assert!(message.contains(rule), "{path:?}: {message}");
        }
    }

    #[test]
    fn credentials_and_hop_headers_are_dropped_and_others_kept() {
        let mut request = get("/products/");
        for name in [
            "authorization",
            "cookie",
            "host",
            "proxy-authorization",
            "x-forwarded-host",
            "x-http-method-override",
            "user-agent",
            "x-auth-token",
            "content-type",
        ] {
            request.headers.push((name.to_owned(), "v".to_owned()));
        }
        let request = admit(request, false, 1_000).expect("a request");
        assert_eq!(request.headers, [("content-type".to_owned(), "v".to_owned())]);
    }

    #[test]
    fn headers_that_could_split_a_request_are_refused() {
        for (name, value) in [("Accept", "v"), ("a b", "v"), ("", "v"), ("accept", "v\r\nx: y")] {
            let mut request = get("/products/");
            request.headers.push((name.to_owned(), value.to_owned()));
            admit(request, false, 1_000).expect_err(name);
        }
    }

    #[test]
    fn the_whole_request_counts_towards_its_size() {
        let mut request = get("/12345678/");
        request.query.push(("12".to_owned(), "345".to_owned()));
        request.headers.push(("abcd".to_owned(), "e".to_owned()));
        request.body = Some(vec![0; 10]);
        admit(request.clone(), false, 30).expect("30 bytes");
        let message = admit(request, false, 29).expect_err("too large");
        assert!(message.contains("30 bytes"), "{message}");
    }

    #[test]
    fn answers_lose_their_cookies_and_capitals() {
        let response = clean(Response {
            status: 200,
            headers: vec![
                ("Set-Cookie".to_owned(), "a=b".to_owned()),
                ("Retry-After".to_owned(), "7".to_owned()),
            ],
            body: vec![],
        });
        assert_eq!(response.headers, [("retry-after".to_owned(), "7".to_owned())]);
    }
}
