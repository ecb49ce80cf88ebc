//! JSON values against OpenAPI 3.0 schemas.
//!
//! Covers what LeafLink's description uses: types, `nullable`, `readOnly`, `required`, `enum`,
//! lengths, ranges, unique items, and the formats decimal, date, date-time and uuid. A schema
//! without a type allows everything, which is also how an object without properties is read.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::contradictions::{Also, Contradiction, child_schema};
use super::violation::{Rule, Undocumented, Violation};

/// Which way a body travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// To LeafLink, complete.
    Request,
    /// To LeafLink, naming only what changes.
    PartialRequest,
    /// From LeafLink.
    Response,
}

/// Compares one body with its schema and collects what it finds.
pub(super) struct Checker<'a> {
    document: &'a Value,
    contradictions: &'a [Contradiction],
    direction: Direction,
    pub(super) violations: Vec<Violation>,
    pub(super) undocumented: Vec<Undocumented>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(
        document: &'a Value,
        contradictions: &'a [Contradiction],
        direction: Direction,
    ) -> Self {
        Self { document, contradictions, direction, violations: Vec::new(), undocumented: Vec::new() }
    }

    /// Compares `value` with `schema`. `location` names the schema as the table of contradictions
    /// does (`OrderResponse.total`), `at` the place in the body.
    pub(super) fn check(&mut self, value: &Value, schema: &Value, location: &str, at: &str) {
        if self.accepted_by_example(value, location) {
            return;
        }
        if let Some(reference) = schema["$ref"].as_str() {
            // Loading refused references that lead nowhere. Some lead to a parameter where a schema
            // belongs; the schema of the parameter is meant.
            if let Some(target) = resolve(self.document, reference) {
                let name = reference.rsplit('/').next().unwrap_or(reference);
                self.check(value, target.get("schema").unwrap_or(target), name, at);
            }
            return;
        }
        if value.is_null() {
            if schema["nullable"] != Value::Bool(true) && !declared_type(schema).is_empty() {
                self.report(Rule::WrongType, at, "null, but not nullable");
            }
            return;
        }
        match (declared_type(schema), value) {
            ("", _) => {}
            ("object", Value::Object(fields)) => self.check_object(fields, schema, location, at),
            ("array", Value::Array(items)) => self.check_array(items, schema, location, at),
            ("string", Value::String(text)) => self.check_string(text, schema, at),
            ("number", Value::Number(number)) => self.check_number(number, schema, at),
            ("integer", Value::Number(number)) if number.is_i64() || number.is_u64() => {
                self.check_number(number, schema, at);
            }
            ("boolean", Value::Bool(_)) => {}
            (expected, found) => {
                self.report(Rule::WrongType, at, format!("expected {expected}, found {}", describe(found)))
            }
        }
        self.check_listed(value, schema, at);
    }

    fn check_object(&mut self, fields: &Map<String, Value>, schema: &Value, location: &str, at: &str) {
        let Some(properties) = schema["properties"].as_object() else {
            return;
        };
        for (name, value) in fields {
            let place = format!("{at}.{name}");
            let inner = format!("{location}.{name}");
            match properties.get(name) {
                Some(property) => {
                    if self.direction != Direction::Response
                        && resolved(self.document, property)["readOnly"] == Value::Bool(true)
                    {
                        self.report(Rule::ReadOnlyProperty, &place, "only LeafLink sets it");
                    }
                    self.check(value, property, &inner, &place);
                }
                None if self.accepted_by_example(value, &inner) => {}
                None if self.direction == Direction::Response => match child_schema(&inner) {
                    Some(items) => {
                        let reference = format!("#/components/schemas/{items}");
                        let list = json!({ "type": "array", "items": { "$ref": reference } });
                        self.check(value, &list, &inner, &place);
                    }
                    None => self.undocumented.push(Undocumented { at: place }),
                },
                None => self.report(Rule::UnknownProperty, &place, "the description does not know it"),
            }
        }
        self.check_required(fields, schema, properties, location, at);
    }

    fn check_required(
        &mut self,
        fields: &Map<String, Value>,
        schema: &Value,
        properties: &Map<String, Value>,
        location: &str,
        at: &str,
    ) {
        if self.direction == Direction::PartialRequest {
            return;
        }
        for name in schema["required"].as_array().into_iter().flatten() {
            let Some(name) = name.as_str().filter(|name| !fields.contains_key(*name)) else {
                continue;
            };
            let set_by_leaflink = self.direction == Direction::Request
                && properties.get(name).is_some_and(|property| property["readOnly"] == Value::Bool(true));
            if !set_by_leaflink && !self.may_be_absent(&format!("{location}.{name}")) {
                self.report(Rule::MissingProperty, &format!("{at}.{name}"), "required, but absent");
            }
        }
    }

    fn check_array(&mut self, items: &[Value], schema: &Value, location: &str, at: &str) {
        let inner = format!("{location}[]");
        for (index, item) in items.iter().enumerate() {
            let place = format!("{at}[{index}]");
            self.check(item, &schema["items"], &inner, &place);
            if schema["uniqueItems"] == Value::Bool(true) && items[..index].contains(item) {
                self.report(Rule::OutOfBounds, &place, format!("{item} is listed twice"));
            }
        }
    }

    fn check_string(&mut self, text: &str, schema: &Value, at: &str) {
        let length = text.chars().count() as u64;
        if let Some(most) = schema["maxLength"].as_u64().filter(|most| length > *most) {
            let fault = format!("{length} characters, but at most {most} are allowed");
            self.report(Rule::OutOfBounds, at, fault);
        }
        if let Some(least) = schema["minLength"].as_u64().filter(|least| length < *least) {
            let fault = format!("{length} characters, but at least {least} are needed");
            self.report(Rule::OutOfBounds, at, fault);
        }
        if let Some(fault) = check_format(text, schema) {
            self.report(Rule::BadFormat, at, fault);
        }
    }

    fn check_number(&mut self, number: &serde_json::Number, schema: &Value, at: &str) {
        let bound = |name: &str| Amount::parse(&schema[name].to_string());
        let value = Amount::parse(&number.to_string());
        if let (Some(value), Some(most)) = (&value, bound("maximum"))
            && *value > most
        {
            self.report(Rule::OutOfBounds, at, format!("{number} is above {}", schema["maximum"]));
        }
        if let (Some(value), Some(least)) = (&value, bound("minimum"))
            && *value < least
        {
            self.report(Rule::OutOfBounds, at, format!("{number} is below {}", schema["minimum"]));
        }
    }

    fn check_listed(&mut self, value: &Value, schema: &Value, at: &str) {
        if let Some(listed) = schema["enum"].as_array()
            && !listed.contains(value)
        {
            let fault = format!("{value} is none of {}", schema["enum"]);
            self.report(Rule::NotListed, at, fault);
        }
    }

    fn accepted_by_example(&self, value: &Value, location: &str) -> bool {
        self.contradictions.iter().any(|known| known.covers(location) && known.also.accepts(value))
    }

    fn may_be_absent(&self, location: &str) -> bool {
        self.contradictions.iter().any(|known| known.covers(location) && known.also == Also::Absent)
    }

    fn report(&mut self, rule: Rule, at: &str, detail: impl Into<String>) {
        self.violations.push(Violation::new(rule, at, detail));
    }
}

/// What `#/components/…` means.
pub(super) fn resolve<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(reference.strip_prefix('#')?)
}

/// The thing itself, where `node` only refers to it.
pub(super) fn resolved<'a>(document: &'a Value, node: &'a Value) -> &'a Value {
    node["$ref"].as_str().and_then(|reference| resolve(document, reference)).unwrap_or(node)
}

/// The JSON type that a schema asks for, empty for any. Two types are misspelt in the description.
fn declared_type(schema: &Value) -> &str {
    match schema["type"].as_str() {
        Some("bool") => "boolean",
        Some("objet") => "object",
        Some(known) => known,
        None if schema["properties"].is_object() => "object",
        None => "",
    }
}

fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => format!("the boolean {value}"),
        Value::Number(_) => format!("the number {value}"),
        Value::String(_) => format!("the text {value}"),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// What is wrong with the form of a text. Formats that are not checked: `uri`, `email`, `slug`,
/// `binary`.
pub(super) fn check_format(text: &str, schema: &Value) -> Option<String> {
    let (fits, form) = match schema["format"].as_str()? {
        "decimal" => (Amount::parse(text).is_some(), "a decimal number"),
        "date" => (chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok(), "a date (YYYY-MM-DD)"),
        "date-time" => (chrono::DateTime::parse_from_rfc3339(text).is_ok(), "a time (RFC 3339)"),
        "uuid" => (is_uuid(text), "a UUID"),
        _ => return None,
    };
    (!fits).then(|| format!("`{text}` is not {form}"))
}

/// An exact number.
#[derive(PartialEq, PartialOrd)]
pub(super) struct Amount(Decimal);

impl Amount {
    /// Plain or scientific notation, as JSON writes numbers.
    pub(super) fn parse(text: &str) -> Option<Self> {
        text.parse().or_else(|_| Decimal::from_scientific(text)).ok().map(Self)
    }
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
