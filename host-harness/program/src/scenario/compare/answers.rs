//! What was answered to people's questions.

use serde_json::{Map, Value, json};

use super::Found;
use crate::scenario::expected::Answer;

impl Found {
    /// Answers in the order of the questions, each as data and as people read it.
    pub(super) fn answers(&mut self, verb: &str, wanted: &[Answer], came: &[(Value, String)]) {
        if wanted.len() != came.len() {
            let what = format!("number of steps `{verb}`");
            self.differ(&what, &wanted.len().to_string(), &came.len().to_string());
        }
        for (position, (wanted, (data, text))) in wanted.iter().zip(came).enumerate() {
            let what = format!("answer {} to `{verb}`", position + 1);
            self.subset(&what, &as_data(wanted), data);
            let first: String = text.lines().take(2).map(|line| format!("{line}\n")).collect();
            for (part, text, texts) in [
                ("first two lines of ", &first, &wanted.first_lines_contain),
                ("text of ", text, &wanted.contains),
            ] {
                for wanted in texts.iter().filter(|wanted| !text.contains(*wanted)) {
                    self.differ(&format!("{part}{what}"), &format!("... {wanted} ..."), text);
                }
            }
        }
    }
}

/// What is wanted of the answer as data.
fn as_data(answer: &Answer) -> Value {
    let mut data = Map::new();
    data.insert("order".to_owned(), json!(answer.order));
    for (key, value) in [
        ("outcome", answer.outcome.as_ref().map(|outcome| json!(outcome))),
        ("reasons", answer.reasons.as_ref().map(|reasons| json!(reasons))),
        ("effects", answer.effects.as_ref().map(|effects| json!(effects))),
        ("verdicts", answer.verdicts.as_ref().map(|verdicts| json!(verdicts))),
    ] {
        if let Some(value) = value {
            data.insert(key.to_owned(), value);
        }
    }
    Value::Object(data)
}
