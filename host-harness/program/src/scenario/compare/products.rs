//! The Linked and Unlinked Products tabs.

use serde_json::{Map, Value};

use super::Found;
use crate::scenario::expected::Expected;
use crate::scenario::observed::Observed;

impl Found {
    pub(super) fn product_links(&mut self, expected: &Expected, observed: &Observed) {
        if let Some(wanted) = &expected.link_suggestions {
            self.suggestions(wanted, &observed.link_suggestions);
        }
        const OUTCOMES: &str = "outcomes of the steps `link` and `unlink`";
        let outcome = |outcome: &Result<&'static str, String>| match outcome {
            Ok(word) => (*word).to_owned(),
            Err(code) => code.clone(),
        };
        match &expected.link_outcomes {
            Some(wanted) => {
                let came: Vec<_> = observed.link_outcomes.iter().map(outcome).collect();
                self.equal(OUTCOMES, &wanted.join(", "), &came.join(", "));
            }
            None => {
                let refused: Vec<_> =
                    observed.link_outcomes.iter().filter(|came| came.is_err()).map(outcome).collect();
                self.equal("refused steps `link` and `unlink`", "", &refused.join(", "));
            }
        }
        if let Some(wanted) = &expected.linked_products {
            let wanted = Value::Array(wanted.iter().cloned().map(Value::Object).collect());
            self.subset("linked products", &wanted, &observed.linked_products.clone().into());
        }
        if let Some(wanted) = &expected.unlinked_products {
            let came = &observed.unlinked_products;
            self.equal("products that are not linked", &wanted.join(", "), &came.join(", "));
        }
    }

    /// What the journal says.
    pub(super) fn journal(&mut self, expected: &Expected, observed: &Observed) {
        for wanted in expected.journal.iter().flatten() {
            let about: Vec<_> =
                observed.journal.iter().filter(|(subject, _)| *subject == wanted.subject).collect();
            if !about.iter().any(|(_, text)| wanted.contains.iter().all(|part| text.contains(part))) {
                let came: Vec<_> = about.iter().map(|(_, text)| text.as_str()).collect();
                let what = format!("an entry of the journal about {}", wanted.subject);
                self.equal(&what, &wanted.contains.join(" ... "), &came.join("\n"));
            }
        }
    }

    fn suggestions(&mut self, wanted: &[Map<String, Value>], came: &[Value]) {
        let lines = |all: &mut dyn Iterator<Item = String>| all.collect::<Vec<_>>().join("\n");
        if wanted.len() != came.len() {
            let wanted = lines(&mut wanted.iter().map(|one| Value::Object(one.clone()).to_string()));
            self.equal("suggested links", &wanted, &lines(&mut came.iter().map(Value::to_string)));
            return;
        }
        for (position, (wanted, came)) in wanted.iter().zip(came).enumerate() {
            let what = format!("suggested link {}", position + 1);
            let mut wanted = wanted.clone();
            let texts = wanted.remove("because").unwrap_or_default();
            let because = came["because"].as_str().unwrap_or_default();
            for text in texts.as_array().into_iter().flatten().filter_map(Value::as_str) {
                if !because.contains(text) {
                    self.differ(&format!("{what}, because"), &format!("... {text} ..."), because);
                }
            }
            self.subset(&what, &Value::Object(wanted), came);
        }
    }
}
