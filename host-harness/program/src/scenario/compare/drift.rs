//! The drift report and repairs.

use serde_json::{Map, Value};

use super::Found;
use crate::scenario::expected::Expected;
use crate::scenario::observed::Observed;

impl Found {
    pub(super) fn drift(&mut self, expected: &Expected, observed: &Observed) {
        if let Some(reports) = &expected.drift {
            if reports.len() != observed.drift.len() {
                let (wanted, came) = (reports.len().to_string(), observed.drift.len().to_string());
                self.differ("number of steps `drift`", &wanted, &came);
            }
            for (position, (wanted, came)) in reports.iter().zip(&observed.drift).enumerate() {
                self.each(&format!("report {}, difference", position + 1), wanted, came);
            }
        }
        if let Some(wanted) = &expected.repairs {
            self.each("repair", wanted, &observed.repairs);
        }
    }

    /// Compares lists; a list of texts stands for a text that contains each of them.
    fn each(&mut self, what: &str, wanted: &[Map<String, Value>], came: &[Value]) {
        if wanted.len() != came.len() {
            let lines = |all: Vec<String>| all.join("\n");
            let wanted = lines(wanted.iter().map(|one| Value::Object(one.clone()).to_string()).collect());
            self.equal(&format!("each {what}"), &wanted, &lines(came.iter().map(Value::to_string).collect()));
            return;
        }
        for (position, (wanted, came)) in wanted.iter().zip(came).enumerate() {
            let what = format!("{what} {}", position + 1);
            let mut wanted = wanted.clone();
            for key in ["because", "obstacle", "says"] {
                if !wanted.get(key).is_some_and(Value::is_array) {
                    continue;
                }
                let texts = wanted.remove(key).unwrap_or_default();
                let text = came[key].as_str().unwrap_or_default();
                for part in texts.as_array().into_iter().flatten().filter_map(Value::as_str) {
                    if !text.contains(part) {
                        self.differ(&format!("{what}, {key}"), &format!("... {part} ..."), text);
                    }
                }
            }
            self.subset(&what, &Value::Object(wanted), came);
        }
    }
}
