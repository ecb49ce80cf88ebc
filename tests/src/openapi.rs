//! The published description of LeafLink's V2 API, used as a judge.
//!
//! [`OpenApi`] answers two questions: would LeafLink's own documentation allow this request, and
//! does it promise this answer? Scenario tests put every request of the component and every answer
//! of the sandbox before it, so that neither side can drift away from the real API unnoticed.
//!
//! The description is LeafLink's and is not part of this repository. Tests read it from the folder
//! that the environment variable [`REFERENCE_VARIABLE`] names, and say that they were skipped where
//! it is not set.
//!
//! The description contradicts its own examples in a few places. The `contradictions` module lists
//! them, each with the evidence; outside that list the description is taken at its word.

mod contradictions;
mod examples;
mod operation;
mod query;
mod schema;
mod violation;

#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

pub use examples::{Example, Exchange};
pub use violation::{Rule, Undocumented, Violation};

use contradictions::Contradiction;
use operation::Operation;
use schema::{Checker, Direction};

/// The environment variable that names the folder with LeafLink's published description.
pub const REFERENCE_VARIABLE: &str = "LEAFLINK_REFERENCE";

/// The file in that folder which holds the description.
pub const DESCRIPTION_FILE: &str = "leaflink-v2-openapi.yml";

/// LeafLink's description of its V2 API, ready to judge requests and answers.
#[derive(Debug)]
pub struct OpenApi {
    document: Value,
    contradictions: Vec<Contradiction>,
}

impl OpenApi {
    /// Reads the description from a YAML file.
    ///
    /// # Errors
    /// The file cannot be read, is not YAML, has no `paths`, or has a `$ref` that leads nowhere.
    pub fn load(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file)
            .with_context(|| format!("cannot read the API description {}", file.display()))?;
        Self::parse(&text).with_context(|| format!("in the API description {}", file.display()))
    }

    /// Reads the description from the folder that [`REFERENCE_VARIABLE`] names; `None` where the
    /// variable is not set, in which case a test prints that it was skipped and passes.
    ///
    /// # Errors
    /// The variable is set, but [`load`](Self::load) fails on the file in that folder.
    pub fn from_environment() -> Result<Option<Self>> {
        std::env::var_os(REFERENCE_VARIABLE)
            .map(|folder| Self::load(&Path::new(&folder).join(DESCRIPTION_FILE)))
            .transpose()
    }

    fn parse(yaml: &str) -> Result<Self> {
        let document: Value = serde_saphyr::from_str(yaml).context("it is not readable as YAML")?;
        if !document["paths"].is_object() {
            bail!("it has no `paths`: is this an OpenAPI 3 document?");
        }
        if let Some(reference) = dangling_reference(&document, &document) {
            bail!("the reference `{reference}` leads nowhere");
        }
        Ok(Self { document, contradictions: contradictions::known() })
    }

    /// Everything in a request that the description does not allow; empty when it is fine.
    ///
    /// `path` is what follows `/api/v2`, with both slashes (`/products/2093/`); `query` is decoded;
    /// `body` is the JSON sent. Bodies that are not JSON (image uploads) are not judged.
    #[must_use]
    pub fn check_request(
        &self,
        method: &str,
        path: &str,
        query: &[(String, String)],
        body: Option<&Value>,
    ) -> Vec<Violation> {
        let operation = match Operation::find(&self.document, method, path) {
            Ok(operation) => operation,
            Err(violation) => return vec![violation],
        };
        let mut violations = operation.check_path(path);
        violations.extend(query::check(&operation, query));
        violations.extend(self.check_request_body(&operation, body));
        violations
    }

    fn check_request_body(&self, operation: &Operation, body: Option<&Value>) -> Vec<Violation> {
        match (operation.request_schema(), body) {
            (Some(schema), Some(body)) => {
                // PATCH changes what it names and nothing else, also where the description reuses
                // the schema of the create call with its list of required properties.
                let direction =
                    if operation.method == "patch" { Direction::PartialRequest } else { Direction::Request };
                let mut checker = Checker::new(&self.document, &self.contradictions, direction);
                checker.check(body, schema, &operation.location("request"), "body");
                checker.violations
            }
            (Some(_), None) => {
                vec![Violation::new(Rule::MissingBody, "body", format!("{operation} needs a JSON body"))]
            }
            (None, Some(_)) if !operation.takes_a_body() => vec![Violation::new(
                Rule::UnexpectedBody,
                "body",
                format!("{operation} is documented without a body"),
            )],
            (None, _) => Vec::new(),
        }
    }

    /// Everything in an answer that breaks the documented success schema; empty when it is fine.
    ///
    /// Pass `Value::Null` for an empty body. The description says nothing about error answers, so
    /// those with a status of 300 and above are not judged. Properties that the description does
    /// not know are no violations; [`undocumented`](Self::undocumented) lists them.
    #[must_use]
    pub fn check_response(&self, method: &str, path: &str, status: u16, body: &Value) -> Vec<Violation> {
        match self.judge_response(method, path, status, body) {
            Ok(Some(checker)) => checker.violations,
            Ok(None) => Vec::new(),
            Err(violation) => vec![violation],
        }
    }

    /// The properties of an answer that the description does not know, in the order found.
    ///
    /// Empty where [`check_response`](Self::check_response) has no schema to compare with.
    #[must_use]
    pub fn undocumented(&self, method: &str, path: &str, status: u16, body: &Value) -> Vec<Undocumented> {
        match self.judge_response(method, path, status, body) {
            Ok(Some(checker)) => checker.undocumented,
            Ok(None) | Err(_) => Vec::new(),
        }
    }

    /// `None` means that there is nothing to compare the answer with.
    fn judge_response(
        &self,
        method: &str,
        path: &str,
        status: u16,
        body: &Value,
    ) -> Result<Option<Checker<'_>>, Violation> {
        let operation = Operation::find(&self.document, method, path)?;
        if status >= 300 {
            return Ok(None);
        }
        let Some(schema) = operation.response_schema(status)? else {
            return if body.is_null() {
                Ok(None)
            } else {
                Err(Violation::new(
                    Rule::UnexpectedBody,
                    "body",
                    format!("{operation} answers {status} without a body"),
                ))
            };
        };
        let mut checker = Checker::new(&self.document, &self.contradictions, Direction::Response);
        checker.check(body, schema, &operation.location("response"), "body");
        Ok(Some(checker))
    }

    /// Every example that LeafLink publishes, with the exchange it belongs to. An example of a
    /// schema that several operations share is listed once for each of them, and in a page of one
    /// for each operation that lists it.
    #[must_use]
    pub fn examples(&self) -> Vec<Example> {
        examples::all(&self.document)
    }
}

/// The first `$ref` in `node` that leads nowhere in `document`.
fn dangling_reference<'a>(document: &Value, node: &'a Value) -> Option<&'a str> {
    match node {
        Value::Object(map) => map
            .get("$ref")
            .and_then(Value::as_str)
            .filter(|reference| schema::resolve(document, reference).is_none())
            .or_else(|| map.values().find_map(|child| dangling_reference(document, child))),
        Value::Array(items) => items.iter().find_map(|child| dangling_reference(document, child)),
        _ => None,
    }
}
