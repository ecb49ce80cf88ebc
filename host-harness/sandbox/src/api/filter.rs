//! Filters of lists: a table says which parameter tests which field, and how.

use serde_json::Value;

use crate::refusal::Refusal;
use crate::time::Instant;

/// How a parameter is compared with its field.
#[derive(Clone, Copy)]
pub(super) enum Test {
    /// Equal to one of a comma list.
    OneOf,
    /// The same, whatever the case.
    OneOfAnyCase,
    /// Equal to none of a comma list, whatever the case.
    NoneOfAnyCase,
    /// Equal to the whole text, whatever the case.
    AnyCase,
    /// Contains the text, whatever the case.
    Contains,
    /// Begins with the text.
    StartsWith,
    /// `true` or `false`.
    Flag,
    /// Whether the field is null.
    IsNull,
    /// At or after an instant.
    Gte,
    /// After an instant.
    Gt,
    /// At or before an instant.
    Lte,
    /// Before an instant.
    Lt,
}

/// A parameter, the field it tests, and how.
pub(super) type Filter = (&'static str, &'static str, Test);

/// The four bounds on a field that is an instant.
pub(super) const fn bounds(field: &'static str, names: [&'static str; 4]) -> [Filter; 4] {
    [
        (names[0], field, Test::Gte),
        (names[1], field, Test::Gt),
        (names[2], field, Test::Lte),
        (names[3], field, Test::Lt),
    ]
}

pub(super) const MODIFIED: [Filter; 4] =
    bounds("modified", ["modified__gte", "modified__gt", "modified__lte", "modified__lt"]);
pub(super) const CREATED_ON: [Filter; 4] =
    bounds("created_on", ["created_on__gte", "created_on__gt", "created_on__lte", "created_on__lt"]);

/// The filters that a request asks for.
pub(super) struct Conditions(Vec<(&'static str, Want)>);

enum Want {
    OneOf { texts: Vec<String>, fold: bool, wanted: bool },
    Contains(String),
    StartsWith(String),
    Flag(bool),
    IsNull(bool),
    Time(Test, Instant),
    ExternalId { key: String, values: Vec<String> },
}

impl Conditions {
    /// Reads the filters from a query; parameters that no filter knows are ignored.
    pub fn read(filters: &[&[Filter]], query: &[(String, String)]) -> Result<Self, Refusal> {
        let mut conditions = Vec::new();
        for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
            let known = filters.iter().copied().flatten().find(|(param, ..)| param == name);
            if let Some((_, field, test)) = known {
                conditions.push((*field, Want::read(name, *test, value)?));
            }
        }
        let find = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value);
        match (find("external_id_key"), find("external_id_values")) {
            (Some(key), Some(values)) => {
                let values = split(values);
                conditions.push(("external_ids", Want::ExternalId { key: key.clone(), values }));
            }
            (None, None) => {}
            _ => {
                return Err(Refusal::Invalid(
                    "external_id_key and external_id_values must be used together.".to_owned(),
                ));
            }
        }
        Ok(Self(conditions))
    }

    /// Whether a row passes; `field` gives its fields, instants as microseconds.
    pub fn hold(&self, field: impl Fn(&str) -> Value) -> bool {
        self.0.iter().all(|(name, want)| want.accepts(&field(name)))
    }
}

impl Want {
    fn read(name: &str, test: Test, value: &str) -> Result<Self, Refusal> {
        let fold = |text: &str| text.to_lowercase();
        Ok(match test {
            Test::OneOf => Self::OneOf { texts: split(value), fold: false, wanted: true },
            Test::OneOfAnyCase => Self::OneOf { texts: split(&fold(value)), fold: true, wanted: true },
            Test::NoneOfAnyCase => Self::OneOf { texts: split(&fold(value)), fold: true, wanted: false },
            Test::AnyCase => Self::OneOf { texts: vec![fold(value)], fold: true, wanted: true },
            Test::Contains => Self::Contains(fold(value)),
            Test::StartsWith => Self::StartsWith(value.to_owned()),
            Test::Flag => Self::Flag(flag(name, value)?),
            Test::IsNull => Self::IsNull(flag(name, value)?),
            Test::Gte | Test::Gt | Test::Lte | Test::Lt => {
                let instant =
                    Instant::parse(value).ok_or_else(|| Refusal::field(name, "Enter a valid date/time."))?;
                Self::Time(test, instant)
            }
        })
    }

    fn accepts(&self, value: &Value) -> bool {
        if let Value::Array(elements) = value {
            return elements.iter().any(|element| self.accepts(element));
        }
        match self {
            Self::OneOf { texts, fold, wanted } => {
                let text = if *fold { text(value).to_lowercase() } else { text(value) };
                texts.contains(&text) == *wanted
            }
            Self::Contains(part) => text(value).to_lowercase().contains(part),
            Self::StartsWith(start) => text(value).starts_with(start),
            Self::Flag(wanted) => value.as_bool().unwrap_or(false) == *wanted,
            Self::IsNull(wanted) => value.is_null() == *wanted,
            Self::Time(test, bound) => value.as_i64().is_some_and(|at| match test {
                Test::Gte => at >= bound.0,
                Test::Gt => at > bound.0,
                Test::Lte => at <= bound.0,
                _ => at < bound.0,
            }),
            Self::ExternalId { key, values } => {
                let held = value.get(key).and_then(Value::as_str);
                held.is_some_and(|held| values.iter().any(|value| value == held))
            }
        }
    }
}

fn split(list: &str) -> Vec<String> {
    list.split(',').map(|text| text.trim().to_owned()).collect()
}

fn flag(name: &str, value: &str) -> Result<bool, Refusal> {
    match value.to_lowercase().as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(Refusal::field(name, "Must be a valid boolean.")),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
