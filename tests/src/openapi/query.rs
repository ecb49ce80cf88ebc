//! Query parameters against their description.

use std::collections::BTreeSet;

use serde_json::Value;

use super::operation::Operation;
use super::schema::{Amount, check_format};
use super::violation::{Rule, Violation};

/// Everything in a decoded query that the operation does not allow.
pub(super) fn check(operation: &Operation, query: &[(String, String)]) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut seen = BTreeSet::new();
    for (name, value) in query {
        let at = format!("?{name}");
        if !seen.insert(name) {
            violations.push(Violation::new(Rule::RepeatedParameter, &at, "given more than once"));
        }
        let described =
            operation.query_parameters().find(|parameter| parameter["name"].as_str() == Some(name));
        match described {
            None => violations.push(Violation::new(
                Rule::UnknownParameter,
                &at,
                format!("{operation} does not know it"),
            )),
            Some(parameter) => violations.extend(
                check_value(parameter, value).map(|fault| Violation::new(Rule::BadParameter, &at, fault)),
            ),
        }
    }
    violations.extend(
        operation
            .query_parameters()
            .filter(|parameter| parameter["required"] == Value::Bool(true))
            .filter_map(|parameter| parameter["name"].as_str())
            .filter(|name| !seen.iter().any(|given| given == name))
            .map(|name| Violation::new(Rule::BadParameter, format!("?{name}"), "required, but not given")),
    );
    violations
}

/// The first fault in the value of one parameter.
fn check_value(parameter: &Value, value: &str) -> Option<String> {
    // Lists and loose case are told in the prose only.
    let prose = parameter["description"].as_str().unwrap_or("").to_lowercase();
    let name = parameter["name"].as_str().unwrap_or("");
    let is_list = name.ends_with("__in") || prose.contains("comma");
    let any_case = prose.contains("case insensitive");

    let check_item = |item: &str| {
        let item = if any_case { item.to_lowercase() } else { item.to_owned() };
        check_text(&item, &parameter["schema"])
    };
    if is_list { value.split(',').find_map(check_item) } else { check_item(value) }
}

/// What is wrong with a value that came as text in a path or a query.
pub(super) fn check_text(text: &str, schema: &Value) -> Option<String> {
    let well_typed = match schema["type"].as_str() {
        Some("integer") => text.parse::<i64>().is_ok(),
        Some("number") => Amount::parse(text).is_some(),
        Some("boolean") => matches!(text, "true" | "false"),
        _ => true,
    };
    if !well_typed {
        return Some(format!("`{text}` is not of the type {}", schema["type"]));
    }
    if let Some(listed) = schema["enum"].as_array()
        && !listed.iter().any(|one| one.as_str() == Some(text))
    {
        return Some(format!("`{text}` is none of {}", schema["enum"]));
    }
    check_format(text, schema)
}
