//! Lists: pages with their envelope, and rows cut down to the fields asked for.

use serde_json::{Value, json};

use super::Call;
use crate::http::{FAILS, Response, encode_query};

impl Call<'_> {
    /// One page of `rows`, each written out only if it is on the page.
    pub(super) fn page<T>(&self, rows: &[T], mut write: impl FnMut(&T) -> String) -> Response {
        let options = &self.world.options;
        let number = |name: &str| self.param(name).and_then(|text| text.parse::<usize>().ok());
        let limit = number("limit")
            .filter(|limit| *limit > 0)
            .unwrap_or(options.default_limit)
            .min(options.max_limit)
            .max(1);
        let offset = number("offset").unwrap_or(0);
        let end = offset.saturating_add(limit);
        let next = (end < rows.len()).then(|| self.link(limit, end));
        let previous = (offset > 0).then(|| self.link(limit, offset.saturating_sub(limit)));
        let results: Vec<String> = rows.iter().skip(offset).take(limit).map(&mut write).collect();
        if results.iter().any(|row| row == FAILS) {
            return Response::failed();
        }
        // Rows are spliced in as text, because a row may be meant to be no JSON.
        let body = format!(
            "{{\"count\":{},\"next\":{},\"previous\":{},\"results\":[{}]}}",
            rows.len(),
            json!(next),
            json!(previous),
            results.join(",")
        );
        Response::json_text(200, body)
    }

    /// Cuts a row down to `fields_include`, or by `fields_exclude`.
    pub(super) fn shape(&self, mut row: Value) -> Value {
        if let Value::Object(fields) = &mut row {
            if self.param("fields_include").is_some() {
                fields.retain(|name, _| self.listed("fields_include", name));
            }
            if self.param("fields_exclude").is_some() {
                fields.retain(|name, _| !self.listed("fields_exclude", name));
            }
        }
        row
    }

    /// The absolute address of another page of the same list.
    fn link(&self, limit: usize, offset: usize) -> String {
        let mut pairs: Vec<(String, String)> =
            self.query.iter().filter(|(name, _)| name != "limit" && name != "offset").cloned().collect();
        pairs.push(("limit".to_owned(), limit.to_string()));
        if offset > 0 {
            pairs.push(("offset".to_owned(), offset.to_string()));
        }
        // Who reaches the sandbox over a socket names it; otherwise it stands in for LeafLink.
        let origin = match self.request.get_header("host") {
            Some(host) => format!("http://{host}"),
            None => "https://app.leaflink.com".to_owned(),
        };
        format!("{origin}{}?{}", self.request.path, encode_query(pairs))
    }
}
