//! What may pass: headers out and headers in. The rules themselves are the kit's, so that there is
//! one table of them.

use leaflink_sync_kit::host::http::{is_host_owned, is_kept_back};
use ureq::http::header::{HeaderMap, HeaderName, HeaderValue};

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
        .filter(|(name, _)| !is_kept_back(name.as_str()))
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect()
}
