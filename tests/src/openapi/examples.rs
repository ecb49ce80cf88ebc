//! The examples that LeafLink publishes with its description.

use std::fmt;

use serde_json::{Value, json};

use super::operation::Operation;
use super::schema::resolved;

/// A published example and the exchange in which it would be sent or received.
#[derive(Debug, Clone)]
pub struct Example {
    /// The exchange that it is an example of.
    pub exchange: Exchange,
    /// The JSON body.
    pub body: Value,
}

/// The side of a call that a body belongs to. Paths are concrete: an invented id stands for each
/// variable part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exchange {
    /// The body is sent.
    Request {
        /// In upper case.
        method: String,
        /// Below `/api/v2`.
        path: String,
    },
    /// The body is received.
    Response {
        /// In upper case.
        method: String,
        /// Below `/api/v2`.
        path: String,
        /// The status of the answer.
        status: u16,
    },
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request { method, path } => write!(f, "{method} {path}"),
            Self::Response { method, path, status } => write!(f, "{method} {path} -> {status}"),
        }
    }
}

/// All examples, by path, then method, request before answers.
pub(super) fn all(document: &Value) -> Vec<Example> {
    let mut examples = Vec::new();
    for operation in Operation::all(document) {
        let method = operation.method.to_uppercase();
        let path = operation.sample_path();
        for body in examples_in(document, operation.request_content()) {
            let exchange = Exchange::Request { method: method.clone(), path: path.clone() };
            examples.push(Example { exchange, body });
        }
        for (status, content) in operation.responses() {
            for body in examples_in(document, content) {
                let exchange = Exchange::Response { method: method.clone(), path: path.clone(), status };
                examples.push(Example { exchange, body });
            }
        }
    }
    examples
}

/// LeafLink puts an example beside the schema, inside it, inside the component it refers to, or
/// inside the component that a page lists; the last is given back as a page of one.
fn examples_in(document: &Value, content: Option<&Value>) -> Vec<Value> {
    let Some(content) = content else {
        return Vec::new();
    };
    let schema = &content["schema"];
    let listed = &schema["properties"]["results"]["items"];
    let page = resolved(document, listed)
        .get("example")
        .map(|item| json!({ "count": 1, "next": null, "previous": null, "results": [item] }));
    [content, resolved(document, schema)]
        .into_iter()
        .filter_map(|owner| owner.get("example").cloned())
        .chain(page)
        .collect()
}
