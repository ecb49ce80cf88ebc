//! The sync itself.

use std::collections::BTreeMap;

use super::Found;
use crate::scenario::expected::Expected;
use crate::scenario::observed::Observed;

impl Found {
    pub(super) fn upkeep(&mut self, expected: &Expected, observed: &Observed) {
        if let Some(parked) = &expected.parked {
            self.equal("writes that wait for a person", &pairs(parked), &pairs(&observed.parked));
        }
        if let Some(alarms) = &expected.alarms {
            self.equal("alarms", &alarms.join(", "), &observed.alarms.join(", "));
        }
        if let Some(answers) = &expected.webhook_answers {
            self.equal("answers to webhooks", &pairs(answers), &pairs(&observed.webhook_answers));
        }
        let Some(checks) = &expected.check_list else { return };
        let titles = |titles: Vec<&String>| titles.into_iter().cloned().collect::<Vec<_>>().join(", ");
        self.equal(
            "titles of the check-list",
            &titles(checks.keys().collect()),
            &titles(observed.check_list.keys().collect()),
        );
        for (title, wanted) in checks {
            let Some((done, detail)) = observed.check_list.get(title) else { continue };
            self.equal(
                &format!("check `{title}` done ({detail})"),
                &wanted.done.to_string(),
                &done.to_string(),
            );
            for text in wanted.contains.iter().filter(|text| !detail.contains(*text)) {
                self.differ(&format!("detail of check `{title}`"), &format!("... {text} ..."), detail);
            }
        }
    }
}

fn pairs<K: std::fmt::Display, V: std::fmt::Display>(all: &BTreeMap<K, V>) -> String {
    all.iter().map(|(key, value)| format!("{key}: {value}")).collect::<Vec<_>>().join(", ")
}
