//! What a replayed call did differently.

use std::collections::BTreeMap;

use serde_json::Value;

use super::answers::{Question, is_write};
use super::tap::import;
use super::{Exchange, RecordedCall};

/// How a replayed call compares with the recorded one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It asked, wrote and answered the same, byte for byte.
    Identical,
    /// It answered and wrote the same, and read something else, or in another order.
    SameEffects,
    /// It answered or wrote something else.
    Different,
    /// It asked for something that the recording does not know, so that what it would have done
    /// after that cannot be told. It may differ before that.
    NotComparable,
}

/// A recorded call beside the same call played again.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// How they compare.
    pub verdict: Verdict,
    /// What differs, the answer first; at least one if the verdict says so.
    pub differences: Vec<Difference>,
    /// What was asked that the recording does not know.
    pub asked: Option<String>,
}

/// One value that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What it belongs to: `answer`, or an effect such as `store.put order/...`.
    pub of: String,
    /// Where in it, such as `outcome` or `lines[2].quantity`; empty for the whole.
    pub place: String,
    /// As it was recorded; absent: there was none.
    pub before: Option<String>,
    /// As it is now; absent: there is none.
    pub after: Option<String>,
}

impl Comparison {
    /// Compares, as far as the played call got before it asked what is not known.
    pub(super) fn of(
        recorded: &RecordedCall,
        played: &RecordedCall,
        unanswered: Option<(Question, usize)>,
    ) -> Self {
        let before = effects(&recorded.imports);
        let Some((question, asked)) = unanswered else {
            let mut differences = Vec::new();
            compare("answer", &parsed(&recorded.outcome), &parsed(&played.outcome), &mut differences);
            compare_effects(&before, &effects(&played.imports), true, &mut differences);
            let verdict = match () {
                () if !differences.is_empty() => Verdict::Different,
                () if same_bytes(&recorded.imports, &played.imports) => Verdict::Identical,
                () => Verdict::SameEffects,
            };
            return Self { verdict, differences, asked: None };
        };
        let mut differences = Vec::new();
        let until = asked.min(played.imports.len());
        compare_effects(&before, &effects(&played.imports[..until]), false, &mut differences);
        let arguments = serde_json::from_str(&question.arguments).unwrap_or_default();
        let target = target(&question.import, &arguments);
        Self { verdict: Verdict::NotComparable, differences, asked: Some(target) }
    }
}

fn same_bytes(one: &[Exchange], other: &[Exchange]) -> bool {
    let bytes = |Exchange(import, question, answer): &Exchange| {
        format!("{import}\0{}\0{}", question.get(), answer.get())
    };
    one.len() == other.len() && one.iter().map(bytes).eq(other.iter().map(bytes))
}

/// Everything that a call changed, by what it changed; of several changes of one thing each has its
/// number.
fn effects(imports: &[Exchange]) -> BTreeMap<(String, usize), Value> {
    let mut effects = BTreeMap::new();
    for Exchange(import, question, _) in imports.iter().filter(|one| is_write(&one.0, &one.1)) {
        let arguments = parsed(question);
        let target = target(import, &arguments);
        let number = (0..).find(|number| !effects.contains_key(&(target.clone(), *number))).unwrap_or(0);
        effects.insert((target, number), arguments);
    }
    effects
}

/// An import and what it is about, in a few words.
fn target(import: &str, arguments: &Value) -> String {
    let first = &arguments[0];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let about = match import {
        import::SEND => {
            let mut about = format!("{} {}", text(&first["method"]).to_uppercase(), text(&first["path"]));
            for (number, pair) in first["query"].as_array().into_iter().flatten().enumerate() {
                let mark = if number == 0 { '?' } else { '&' };
                about.push_str(&format!("{mark}{}={}", text(&pair[0]), text(&pair[1])));
            }
            about
        }
        import::MAIL => text(&first["subject"]),
        import::JOURNAL => format!("{} {}", text(&first["stream"]), text(&first["subject"])),
        _ if first.is_string() => text(first),
        _ => shown(first),
    };
    format!("{import} {about}").trim_end().to_owned()
}

/// With `whole`, the played call is over, and what it did not do it will not do.
fn compare_effects(
    before: &BTreeMap<(String, usize), Value>,
    after: &BTreeMap<(String, usize), Value>,
    whole: bool,
    differences: &mut Vec<Difference>,
) {
    let whole_effect = |of: &str, before: Option<&Value>, after: Option<&Value>| Difference {
        of: of.to_owned(),
        place: String::new(),
        before: before.map(shown),
        after: after.map(shown),
    };
    for (key, known) in before {
        match after.get(key) {
            Some(now) => compare(&key.0, known, now, differences),
            None if whole => differences.push(whole_effect(&key.0, Some(known), None)),
            None => {}
        }
    }
    let added = after.iter().filter(|(key, _)| !before.contains_key(key));
    differences.extend(added.map(|(key, now)| whole_effect(&key.0, None, Some(now))));
}

fn compare(of: &str, before: &Value, after: &Value, differences: &mut Vec<Difference>) {
    if before == after {
        return;
    }
    let (mut was, mut is) = (Vec::new(), Vec::new());
    leaves(before, "", &mut was);
    leaves(after, "", &mut is);
    let known: BTreeMap<_, _> = was.iter().cloned().collect();
    let now: BTreeMap<_, _> = is.iter().cloned().collect();
    let gone = was.iter().filter(|(place, _)| !now.contains_key(place));
    let differ = is.iter().filter(|(place, value)| known.get(place) != Some(value));
    for (place, _) in gone.chain(differ) {
        differences.push(Difference {
            of: of.to_owned(),
            place: place.clone(),
            before: known.get(place).cloned(),
            after: now.get(place).cloned(),
        });
    }
}

/// Every value with its place. Entries of a list go by what names them, so that one more reason is one
/// difference; JSON inside a text, as in the store and in requests, is looked into.
fn leaves(value: &Value, place: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                let inner = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
                leaves(value, &inner, found);
            }
        }
        Value::Array(values) if !values.is_empty() => {
            let mut seen = BTreeMap::new();
            for (index, value) in values.iter().enumerate() {
                let name = named(value).unwrap_or_else(|| index.to_string());
                let times: &mut u32 = seen.entry(name.clone()).or_default();
                *times += 1;
                let again = if *times > 1 { format!(" #{times}") } else { String::new() };
                leaves(value, &format!("{place}[{name}{again}]"), found);
            }
        }
        Value::String(text) if text.starts_with(['{', '[']) => match serde_json::from_str::<Value>(text) {
            Ok(inner) => leaves(&inner, place, found),
            Err(_) => found.push((place.to_owned(), shown(value))),
        },
        value => found.push((place.to_owned(), shown(value))),
    }
}

fn named(value: &Value) -> Option<String> {
    let text = |key: &str| value.get(key)?.as_str();
    match (text("code"), text("kind"), text("target")) {
        (Some(code), ..) => Some(code.to_owned()),
        (None, Some(kind), Some(target)) => Some(format!("{kind} {target}")),
        _ => text("name").or_else(|| text("field")).map(str::to_owned),
    }
}

fn parsed(json: &super::Json) -> Value {
    serde_json::from_str(json.get()).unwrap_or_default()
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
