//! The drift report: asked page by page, shown to people, and as data.
//!
//! What nothing explains comes first, since it alone needs somebody.

use std::collections::BTreeSet;

use leaflink_sync_kit::exports::Failure;
use leaflink_sync_kit::exports::drift::{Area, Cause, Difference};
use leaflink_sync_kit::{CallError, Calls};
use serde_json::{Value, json};

use crate::steps::AreaWord;
use crate::terminal::{Ink, table};
use crate::words::count;

/// Explained differences of one cause that people are shown.
const SHOWN: usize = 20;

/// Every area, in the order in which they are compared.
const AREAS: [AreaWord; 5] =
    [AreaWord::Products, AreaWord::Prices, AreaWord::Stock, AreaWord::Statuses, AreaWord::Payments];

/// Causes, with what people read above their differences.
const CAUSES: [(Cause, &str, &str); 6] = [
    (Cause::Held, "held", "Waits for a person"),
    (Cause::Refused, "refused", "Refused by LeafLink"),
    (Cause::Queued, "queued", "On its way"),
    (Cause::Recent, "recent", "Changed a short while ago"),
    (Cause::Setting, "setting", "Not kept in step by the settings"),
    (Cause::Rule, "rule", "Left as it is by rule"),
];

/// Where the two sides differ.
#[derive(Clone, Debug, Default)]
pub struct DriftReport {
    /// Every difference, area by area.
    pub differences: Vec<Difference>,
    /// How many things were compared.
    pub compared: u64,
    /// Areas that the component does not compare.
    pub not_compared: Vec<&'static str>,
}

/// Compares the two sides in these areas; in all of them, if none is named.
///
/// # Errors
/// The component could not say.
pub fn report(calls: &Calls, areas: &[AreaWord]) -> Result<DriftReport, CallError> {
    let mut report = DriftReport::default();
    let mut seen = BTreeSet::new();
    for area in if areas.is_empty() { &AREAS[..] } else { areas } {
        let mut after: Option<String> = None;
        loop {
            let page = match calls.compare(of_word(*area), after.as_deref()) {
                Err(error) if matches!(error.failure(), Some(Failure::NotSupported(_))) => {
                    report.not_compared.push(word(of_word(*area)));
                    break;
                }
                page => page?,
            };
            report.compared += u64::from(page.compared);
            // LeafLink's lists move while they are paged.
            report.differences.extend(page.differences.into_iter().filter(|one| seen.insert(one.id.clone())));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(report)
}

impl DriftReport {
    /// What nothing explains.
    pub fn unexplained(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|one| one.explanation.is_none())
    }

    fn of_cause(&self, cause: Cause) -> impl Iterator<Item = &Difference> {
        self.differences
            .iter()
            .filter(move |one| one.explanation.as_ref().is_some_and(|why| why.cause == cause))
    }

    /// In plain words.
    pub fn text(&self, ink: Ink) -> String {
        let unexplained = self.unexplained().count();
        let explained = self.differences.len() - unexplained;
        let compared = count(usize::try_from(self.compared).unwrap_or(usize::MAX), "thing");
        let mut text = format!("{compared} compared: {unexplained} unexplained, {explained} explained\n");
        if !self.not_compared.is_empty() {
            text.push_str(&format!("Not compared by this component: {}\n", self.not_compared.join(", ")));
        }
        if unexplained > 0 {
            text.push_str(&format!("\n{}\n", ink.bad(&format!("Unexplained ({unexplained})"))));
            let headings = ["What", "Field", "LeafLink", "ERP", "To repair it"];
            text.push_str(&table(&headings, self.unexplained().map(unexplained_row).collect()));
        }
        for (cause, _, title) in CAUSES {
            let number = self.of_cause(cause).count();
            if number == 0 {
                continue;
            }
            text.push_str(&format!("\n{}\n", ink.heading(&format!("{title} ({number})"))));
            let headings = ["What", "Field", "LeafLink", "ERP", "Because"];
            let rows = self.of_cause(cause).take(SHOWN).map(explained_row).collect();
            text.push_str(&table(&headings, rows));
            if number > SHOWN {
                text.push_str(&format!("... and {} more; --json has them all\n", number - SHOWN));
            }
        }
        text
    }

    /// As data.
    pub fn json(&self) -> Value {
        json!({
            "compared": self.compared,
            "not_compared": self.not_compared,
            "unexplained": self.unexplained().map(json_of).collect::<Vec<_>>(),
            "explained": self
                .differences
                .iter()
                .filter(|one| one.explanation.is_some())
                .map(json_of)
                .collect::<Vec<_>>(),
        })
    }
}

/// A difference as data.
pub fn json_of(one: &Difference) -> Value {
    json!({
        "id": one.id,
        "area": word(one.area),
        "label": one.label,
        "field": one.field,
        "leaflink": one.leaflink,
        "erp": one.erp,
        "cause": one.explanation.as_ref().map(|why| cause_word(why.cause)),
        "because": one.explanation.as_ref().map(|why| why.text.as_str()),
        "obstacle": one.obstacle,
    })
}

fn unexplained_row(one: &Difference) -> Vec<String> {
    let remedy = match &one.obstacle {
        Some(obstacle) => obstacle.clone(),
        None => format!("repair {}", one.id),
    };
    vec![one.label.clone(), one.field.clone(), one.leaflink.clone(), one.erp.clone(), remedy]
}

fn explained_row(one: &Difference) -> Vec<String> {
    let because = one.explanation.as_ref().map(|why| why.text.clone()).unwrap_or_default();
    vec![one.label.clone(), one.field.clone(), one.leaflink.clone(), one.erp.clone(), because]
}

fn of_word(word: AreaWord) -> Area {
    match word {
        AreaWord::Products => Area::Products,
        AreaWord::Prices => Area::Prices,
        AreaWord::Stock => Area::Stock,
        AreaWord::Statuses => Area::Statuses,
        AreaWord::Payments => Area::Payments,
    }
}

fn word(area: Area) -> &'static str {
    match area {
        Area::Products => "products",
        Area::Prices => "prices",
        Area::Stock => "stock",
        Area::Statuses => "statuses",
        Area::Payments => "payments",
    }
}

fn cause_word(cause: Cause) -> &'static str {
    CAUSES.iter().find(|(known, ..)| *known == cause).map_or("", |(_, word, _)| word)
}

#[cfg(test)]
mod tests {
    use leaflink_sync_kit::exports::drift::Explanation;

    use super::*;

    fn one(id: &str, cause: Option<Cause>) -> Difference {
        Difference {
            id: id.to_owned(),
            area: Area::Stock,
            label: "Cartridge, Alpine 1 g".to_owned(),
            field: "stock".to_owned(),
            leaflink: "216".to_owned(),
            erp: "200".to_owned(),
            explanation: cause.map(|cause| Explanation { cause, text: "so it is.".to_owned() }),
            obstacle: None,
        }
    }

    #[test]
    fn what_is_unexplained_comes_first_and_long_lists_are_cut() {
        let mut differences: Vec<_> =
            (0..SHOWN + 5).map(|n| one(&format!("stock/q{n}/stock"), Some(Cause::Queued))).collect();
        differences.push(one("stock/p/stock", None));
        differences.push(one("stock/h/stock", Some(Cause::Held)));
        let report = DriftReport { differences, compared: 311, not_compared: vec!["prices"] };
        let text = report.text(Ink::plain());
        let places: Vec<_> = [
            "311 things compared: 1 unexplained, 26 explained",
            "Not compared by this component: prices",
            "Unexplained (1)",
            "repair stock/p/stock",
            "Waits for a person (1)",
            "so it is.",
            "On its way (25)",
            "... and 5 more",
        ]
        .iter()
        .map(|part| text.find(part).unwrap_or_else(|| panic!("{part}: {text}")))
        .collect();
        assert!(places.is_sorted(), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
        let json = report.json();
        assert_eq!(json["unexplained"][0]["id"], "stock/p/stock");
        assert_eq!(json["unexplained"][0]["cause"], Value::Null);
        assert_eq!(json["explained"].as_array().map(Vec::len), Some(26));
        assert_eq!(json["explained"][25]["cause"], "held");
    }

    #[test]
    fn a_healthy_day_is_one_line() {
        let report = DriftReport { compared: 1, ..DriftReport::default() };
        assert_eq!(report.text(Ink::plain()), "1 thing compared: 0 unexplained, 0 explained\n");
    }
}
