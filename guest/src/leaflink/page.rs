//! The envelope of lists: `{count, next, previous, results}`.

use serde::Deserialize;
use serde_json::value::RawValue;

/// One page of a list. The records are kept raw, so that one that does not parse spoils no other.
#[derive(Debug, Deserialize)]
pub struct Page {
    /// Where the next page is; only whether there is one is used.
    #[serde(default)]
    pub next: Option<String>,
    /// The records of this page.
    pub results: Vec<Box<RawValue>>,
}

impl Page {
    /// Whether another page follows. None follows an empty one, whatever it says.
    pub fn has_next(&self) -> bool {
        self.next.is_some() && !self.results.is_empty()
    }
}
