//! Damage: what a seed does to bytes, to JSON, and to a record.

use fastrand::Rng;
use serde_json::Value;

/// What stands in JSON where nobody expects it.
const ODD: [&str; 22] = [
    "null",
    "true",
    "0",
    "-0",
    "-1",
    "1e400",
    "0.1e-30",
    "12345678901234567890.123456789",
    "99999999999999999999999999999999999",
    "0.000000001",
    "\"\"",
    "\"NaN\"",
    "\"-79228162514264337593543950335\"",
    "\"999999999999999999.999999999\"",
    "\"\\u0000\\r\\nBcc: x\"",
    "\"=cmd|' /C calc'!A0\"",
    "\"../../%2e%2e/\"",
    "\"9999-12-31T23:59:59.999999Z\"",
    "\"0000-01-01T00:00:00Z\"",
    "[]",
    "{}",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
];

/// Some bytes, flipped, cut, doubled or put in.
pub fn bytes(whole: &[u8], random: &mut Rng) -> Vec<u8> {
    let mut damaged = whole.to_vec();
    for _ in 0..random.usize(1..4) {
        let at = random.usize(..=damaged.len().saturating_sub(1));
        match random.u8(..5) {
            _ if damaged.is_empty() => damaged.push(random.u8(..)),
            0 => damaged[at] ^= 1 << random.u8(..8),
            1 => damaged.truncate(at),
            2 => damaged.insert(at, *random.choice(b"\"\\{}[]:,0\x00\xff\r\n").unwrap_or(&0)),
            3 => {
                let piece = damaged[at..(at + 40).min(damaged.len())].to_vec();
                damaged.splice(at..at, piece);
            }
            _ => drop(damaged.remove(at)),
        }
    }
    damaged
}

/// A document with a few of its values replaced, left out, given twice, or its text damaged.
pub fn json(whole: &Value, random: &mut Rng) -> Vec<u8> {
    if random.u8(..5) == 0 {
        return bytes(whole.to_string().as_bytes(), random);
    }
    let mut document = whole.clone();
    let mut marks = Vec::new();
    for mark in 0..random.usize(1..4) {
        let count = leaves(&document);
        let mut left = random.usize(..count.max(1));
        // A text that nothing else has; it is replaced once the document is text.
        let name = format!("@odd{mark}@");
        change(&mut document, &mut left, &Value::String(name.clone()));
        marks.push(format!("\"{name}\""));
    }
    let mut text = document.to_string();
    for mark in marks {
        text = text.replace(&mark, ODD[random.usize(..ODD.len())]);
    }
    text.into_bytes()
}

/// A record's bytes damaged; nothing: the record is lost.
pub fn state(whole: &[u8], random: &mut Rng) -> Option<Vec<u8>> {
    match random.u8(..6) {
        0 => None,
        1 => Some(ODD[random.usize(..ODD.len())].as_bytes().to_vec()),
        2 => Some(whole[..random.usize(..=whole.len())].to_vec()),
        3 => match serde_json::from_slice(whole) {
            Ok(document) => Some(json(&document, random)),
            Err(_) => Some(bytes(whole, random)),
        },
        _ => Some(bytes(whole, random)),
    }
}

/// A record with one of its fields wrong: still JSON, and mostly of the same type, so that it is read.
pub struct Wrong {
    /// The field, without positions in lists: `/reasons/code`.
    pub path: String,
    /// The whole record.
    pub record: Value,
}

/// Each field of a record wrong in turn, in each of a few ways. Of a list the first entry.
pub fn each_field(whole: &Value) -> Vec<Wrong> {
    let mut found = Vec::new();
    fields(whole, "", "", &mut found);
    let mut all = Vec::new();
    for (path, pointer) in found {
        let ways: &[Value] = match whole.pointer(&pointer) {
            Some(Value::String(_)) => &["".into(), "no number".into(), "-99999999999999999999".into()],
            Some(Value::Number(_)) => &[0.into(), u64::MAX.into(), "9".into()],
            _ => &[Value::Null, true.into(), "9".into()],
        };
        for way in ways {
            let mut record = whole.clone();
            if let Some(field) = record.pointer_mut(&pointer) {
                *field = way.clone();
            }
            all.push(Wrong { path: path.clone(), record });
        }
        let mut record = whole.clone();
        if let Some((parent, name)) = pointer.rsplit_once('/')
            && let Some(Value::Object(parent)) = record.pointer_mut(parent)
            && parent.remove(&name.replace("~1", "/").replace("~0", "~")).is_some()
        {
            all.push(Wrong { path, record });
        }
    }
    all
}

/// Names and JSON pointers of what holds nothing else.
fn fields(value: &Value, path: &str, pointer: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (name, value) in map {
                let escaped = name.replace('~', "~0").replace('/', "~1");
                fields(value, &format!("{path}/{name}"), &format!("{pointer}/{escaped}"), found);
            }
        }
        Value::Array(list) if !list.is_empty() => fields(&list[0], path, &format!("{pointer}/0"), found),
        _ => found.push((path.to_owned(), pointer.to_owned())),
    }
}

/// Values of a document, itself and what holds others included.
fn leaves(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(leaves).sum(),
        Value::Object(map) => map.values().map(leaves).sum(),
        _ => 0,
    }
}

/// Replaces the value that is `left` values away.
fn change(value: &mut Value, left: &mut usize, by: &Value) -> bool {
    if *left == 0 {
        *value = by.clone();
        return true;
    }
    *left -= 1;
    match value {
        Value::Array(list) => list.iter_mut().any(|value| change(value, left, by)),
        Value::Object(map) => map.values_mut().any(|value| change(value, left, by)),
        _ => false,
    }
}
