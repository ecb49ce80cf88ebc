//! Orders as they are sent where a scenario wants them malformed.

use serde_json::{Map, Value};

use super::lines;
use crate::world::{Order, World};

/// The lines of an order as they are sent.
pub(crate) fn sent_lines(world: &World, record: &Order) -> Value {
    let mut lines = lines(world, record);
    if let Some(change) = record.as_sent.as_ref().and_then(|change| change.get("line_items")) {
        patch(&mut lines, change);
    }
    lines
}

/// Applies a merge patch with the two additions that `OrderSeed::as_sent` documents.
pub(crate) fn patch(target: &mut Value, change: &Value) {
    let Value::Object(changes) = change else {
        *target = change.clone();
        return;
    };
    if let Some(literal) = changes.get("$value") {
        *target = literal.clone();
        return;
    }
    if !changes.is_empty() && changes.keys().all(|name| name.parse::<usize>().is_ok()) {
        if let Value::Array(elements) = target {
            patch_elements(elements, changes);
        }
        // Without the array (lines not asked for) there is nothing to make malformed.
        return;
    }
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(fields) = target else { return };
    for (name, change) in changes {
        if change.is_null() {
            fields.shift_remove(name);
        } else if fields.contains_key(name) || !addresses_elements(change) {
            patch(fields.entry(name.clone()).or_insert(Value::Null), change);
        }
    }
}

/// Elements are counted before any is removed.
fn patch_elements(elements: &mut Vec<Value>, changes: &Map<String, Value>) {
    let mut removed = Vec::new();
    for (name, change) in changes {
        let Ok(index) = name.parse::<usize>() else { continue };
        if change.is_null() {
            removed.push(index);
        } else if let Some(element) = elements.get_mut(index) {
            patch(element, change);
        }
    }
    let mut index = 0;
    elements.retain(|_| {
        index += 1;
        !removed.contains(&(index - 1))
    });
}

fn addresses_elements(change: &Value) -> bool {
    change.as_object().is_some_and(|changes| {
        !changes.is_empty() && changes.keys().all(|name| name.parse::<usize>().is_ok())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn patched(mut target: Value, change: Value) -> Value {
        patch(&mut target, &change);
        target
    }

    #[test]
    fn merges_objects_and_removes_nulls() {
        let order = json!({"a": {"b": 1, "c": 2}, "d": 3});
        assert_eq!(patched(order, json!({"a": {"b": null}, "d": "x"})), json!({"a": {"c": 2}, "d": "x"}));
    }

    #[test]
    fn a_literal_is_put_as_it_is() {
        assert_eq!(patched(json!({"a": 1}), json!({"a": {"$value": null}})), json!({"a": null}));
        assert_eq!(
            patched(json!({"a": {"b": 1}}), json!({"a": {"$value": {"c": 2}}})),
            json!({"a": {"c": 2}})
        );
    }

    #[test]
    fn numbers_address_elements() {
        let order = json!({"line_items": [{"q": 1}, {"q": 2}, {"q": 3}]});
        let change = json!({"line_items": {"0": null, "2": {"q": "-5"}}});
        assert_eq!(patched(order, change.clone()), json!({"line_items": [{"q": 2}, {"q": "-5"}]}));
        assert_eq!(patched(json!({"x": 1}), change), json!({"x": 1}));
    }
}
