//! Finding the operation that a method and a path mean, and its schemas.

use std::fmt;

use serde_json::Value;

use super::query::check_text;
use super::schema::resolved;
use super::violation::{Rule, Violation};

/// The values that `{action}` takes. The description types it as any text and lists them in the
/// prose beside it.
const TRANSITION_ACTIONS: [&str; 7] = ["submit", "accept", "fulfill", "cancel", "reject", "ship", "complete"];

/// One method of one path, as described.
pub(super) struct Operation<'a> {
    document: &'a Value,
    /// In lower case, as the description writes it.
    pub(super) method: &'a str,
    /// The path with its parameters, such as `/products/{id}/`.
    pub(super) template: &'a str,
    /// What the methods of this path share.
    path_item: &'a Value,
    description: &'a Value,
}

impl<'a> Operation<'a> {
    /// The operation for a concrete path, which begins and ends in a slash.
    pub(super) fn find(document: &'a Value, method: &str, path: &str) -> Result<Self, Violation> {
        let Some((template, path_item)) = find_path(document, path) else {
            let slashed = format!("{path}/");
            return Err(if find_path(document, &slashed).is_some() {
                Violation::new(Rule::MissingTrailingSlash, "path", format!("`{path}` has to end in a slash"))
            } else {
                Violation::new(Rule::UnknownPath, "path", format!("`{path}` is not described"))
            });
        };
        methods(document, template, path_item)
            .find(|operation| operation.method.eq_ignore_ascii_case(method))
            .ok_or_else(|| {
                Violation::new(
                    Rule::UnknownMethod,
                    "path",
                    format!("{} is not described for `{template}`", method.to_uppercase()),
                )
            })
    }

    /// Every operation of the description, by path.
    pub(super) fn all(document: &'a Value) -> impl Iterator<Item = Self> {
        paths(document).flat_map(move |(template, item)| methods(document, template, item))
    }

    /// Faults in the variable parts of a path that [`find`](Self::find) took for this operation.
    pub(super) fn check_path(&self, path: &str) -> Vec<Violation> {
        let mut violations = Vec::new();
        for (name, text) in self
            .template
            .split('/')
            .zip(path.split('/'))
            .filter_map(|(part, text)| Some((variable(part)?, text)))
        {
            let fault = match self.path_parameter(name) {
                _ if name == "action" && !TRANSITION_ACTIONS.contains(&text) => {
                    Some(format!("`{text}` is none of {}", TRANSITION_ACTIONS.join(", ")))
                }
                Some(parameter) => check_text(text, &parameter["schema"]),
                None => None,
            };
            violations.extend(
                fault.map(|fault| {
                    Violation::new(Rule::BadPathParameter, "path", format!("{{{name}}}: {fault}"))
                }),
            );
        }
        violations
    }

    /// A path that this operation takes, with something plausible for each variable part.
    pub(super) fn sample_path(&self) -> String {
        let parts: Vec<&str> = self
            .template
            .split('/')
            .map(|part| match variable(part) {
                None => part,
                Some("action") => TRANSITION_ACTIONS[0],
                Some(name) => {
                    let format = self
                        .path_parameter(name)
                        .and_then(|parameter| parameter["schema"]["format"].as_str());
                    if format == Some("uuid") { "00000000-0000-0000-0000-000000000000" } else { "1" }
                }
            })
            .collect();
        parts.join("/")
    }

    /// The query parameters, by what the description lists for the path and for the method.
    pub(super) fn query_parameters(&self) -> impl Iterator<Item = &'a Value> {
        self.parameters("query")
    }

    fn path_parameter(&self, name: &str) -> Option<&'a Value> {
        self.parameters("path").find(|parameter| parameter["name"].as_str() == Some(name))
    }

    fn parameters(&self, place: &'static str) -> impl Iterator<Item = &'a Value> {
        let document = self.document;
        [self.path_item, self.description]
            .into_iter()
            .filter_map(|owner| owner["parameters"].as_array())
            .flatten()
            .map(move |parameter| resolved(document, parameter))
            .filter(move |parameter| parameter["in"].as_str() == Some(place))
    }

    /// What the description says of the JSON body: its schema, and perhaps an example beside it.
    pub(super) fn request_content(&self) -> Option<&'a Value> {
        json_content(self.request_body())
    }

    /// The schema of the JSON body; `None` where the operation takes none.
    pub(super) fn request_schema(&self) -> Option<&'a Value> {
        self.request_content()?.get("schema")
    }

    /// Whether a body is described, JSON or not.
    pub(super) fn takes_a_body(&self) -> bool {
        !self.request_body().is_null()
    }

    fn request_body(&self) -> &'a Value {
        resolved(self.document, &self.description["requestBody"])
    }

    /// The documented statuses, each with what is said of its JSON body, where it has one.
    pub(super) fn responses(&self) -> impl Iterator<Item = (u16, Option<&'a Value>)> {
        self.description["responses"]
            .as_object()
            .into_iter()
            .flatten()
            .filter_map(|(status, answer)| Some((status.parse().ok()?, json_content(answer))))
    }

    /// The schema of the answer with this status; `None` where that answer has no body.
    pub(super) fn response_schema(&self, status: u16) -> Result<Option<&'a Value>, Violation> {
        self.responses()
            .find(|(documented, _)| *documented == status)
            .map(|(_, content)| content.and_then(|content| content.get("schema")))
            .ok_or_else(|| {
                Violation::new(
                    Rule::UnknownStatus,
                    "status",
                    format!("{self} is not described to answer {status}"),
                )
            })
    }

    /// The name of the place where a schema of this operation begins.
    pub(super) fn location(&self, side: &str) -> String {
        format!("{self} {side}")
    }
}

impl fmt::Display for Operation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method.to_uppercase(), self.template)
    }
}

fn paths(document: &Value) -> impl Iterator<Item = (&str, &Value)> {
    document["paths"].as_object().into_iter().flatten().map(|(template, item)| (template.as_str(), item))
}

/// A path written out wins over one with a variable part in the same place.
fn find_path<'a>(document: &'a Value, path: &str) -> Option<(&'a str, &'a Value)> {
    paths(document)
        .filter(|(template, _)| fits(template, path))
        .min_by_key(|(template, _)| template.matches('{').count())
}

fn fits(template: &str, path: &str) -> bool {
    template.split('/').count() == path.split('/').count()
        && template
            .split('/')
            .zip(path.split('/'))
            .all(|(part, text)| if variable(part).is_some() { !text.is_empty() } else { part == text })
}

/// The name in a variable part of a path: `id` of `{id}`.
fn variable(part: &str) -> Option<&str> {
    part.strip_prefix('{')?.strip_suffix('}')
}

fn methods<'a>(
    document: &'a Value,
    template: &'a str,
    path_item: &'a Value,
) -> impl Iterator<Item = Operation<'a>> {
    const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];
    METHODS.into_iter().filter_map(move |method| {
        Some(Operation { document, method, template, path_item, description: path_item.get(method)? })
    })
}

fn json_content(owner: &Value) -> Option<&Value> {
    owner.get("content")?.get("application/json")
}
