//! Much of the same, written short.

use serde_json::{Map, Value};

/// Stands for many equal values.
const REPEAT: &str = "$repeat";
const MOST_TIMES: usize = 1_000_000;

/// Writes out `{"$repeat": {"times": 2000, "value": ...}}`, which stands for a list of so many equal
/// values, or for a text so many times over.
pub(super) fn repeated(value: Value) -> Result<Value, String> {
    match value {
        Value::Object(mut fields) => match (fields.remove(REPEAT), fields.is_empty()) {
            (Some(repeat), true) => {
                let times = repeat["times"].as_u64().and_then(|times| usize::try_from(times).ok());
                let times = times.filter(|times| *times <= MOST_TIMES).ok_or_else(|| {
                    format!("found {repeat}, expected `times`, at most {MOST_TIMES}, and a `value`")
                })?;
                Ok(match repeated(repeat["value"].clone())? {
                    Value::String(text) => Value::String(text.repeat(times)),
                    value => Value::Array(vec![value; times]),
                })
            }
            (Some(_), false) => Err(format!("`{REPEAT}` stands beside other keys, expected it alone")),
            (None, _) => {
                let fields = fields.into_iter().map(|(key, value)| Ok((key, repeated(value)?)));
                fields.collect::<Result<Map<_, _>, _>>().map(Value::Object)
            }
        },
        Value::Array(elements) => {
            elements.into_iter().map(repeated).collect::<Result<Vec<_>, _>>().map(Value::Array)
        }
        plain => Ok(plain),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn much_of_the_same_is_written_short() {
        let value = serde_json::json!({"a": {"$repeat": {"times": 3, "value": {"b": 1}}},
            "c": {"$repeat": {"times": 2, "value": "xy"}}});
        let all = serde_json::json!({"a": [{"b": 1}, {"b": 1}, {"b": 1}], "c": "xyxy"});
        assert_eq!(repeated(value), Ok(all));
        assert!(repeated(serde_json::json!({"$repeat": {"times": -1, "value": 1}})).is_err());
        assert!(repeated(serde_json::json!({"$repeat": {"times": 1, "value": 1}, "a": 1})).is_err());
    }
}
