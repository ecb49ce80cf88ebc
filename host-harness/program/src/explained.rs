//! An explanation for people, and as data.
//!
//! What stands in the way comes first, each reason with its fix right below it; then what would be
//! done, what each rule said, and what was read.

use leaflink_sync_kit::exports::insight::Explanation;
use leaflink_sync_kit::host::types::{Decision, Effect, Outcome, Reason, Severity, Stream};
use serde_json::{Value, json};

use leaflink_sync_kit::words;

/// In plain words.
pub fn text(explanation: &Explanation) -> String {
    let mut text = decision(&explanation.decision);
    if !explanation.verdicts.is_empty() {
        text.push_str("\nWhat each rule said\n");
        for verdict in &explanation.verdicts {
            let met = if verdict.passed { "yes" } else { "NO " };
            text.push_str(&format!("  {met}  {}: {}\n", verdict.rule, verdict.detail));
        }
    }
    if !explanation.read.is_empty() {
        text.push_str("\nWhat was read\n");
        for fact in &explanation.read {
            text.push_str(&format!("  {}: {}\n", fact.name, fact.value));
        }
    }
    text
}

/// What was done and why, in one line: each effect, and each reason with its code.
pub fn in_short(decision: &Decision) -> String {
    let effects = decision.effects.iter().map(|effect| effect.summary.clone());
    let reasons = decision.reasons.iter().map(|reason| format!("{}: {}", reason.code, reason.message));
    effects.chain(reasons).collect::<Vec<_>>().join(" ")
}

/// The decision alone: in its first two lines, what is the matter and what to do.
pub fn decision(decision: &Decision) -> String {
    let is_order =
        !matches!(decision.stream, Stream::Products | Stream::Prices | Stream::Stock | Stream::Delivery);
    let order = if is_order { format!("LeafLink order {}", decision.label) } else { decision.label.clone() };
    let (blocking, notices): (Vec<_>, Vec<_>) =
        decision.reasons.iter().partition(|reason| reason.severity == Severity::Blocking);
    let mut text = String::new();
    for (index, reason) in blocking.iter().enumerate() {
        let counted = match blocking.len() {
            1 => String::new(),
            several => format!(" ({} of {several})", index + 1),
        };
        text.push_str(&format!("{order} waits{counted}: {}\n", with_fix(reason)));
    }
    if blocking.is_empty() {
        text.push_str(&format!("{order} {}.\n", standing(decision.outcome, is_order)));
    }
    for reason in notices {
        text.push_str(&format!("Note: {}\n", with_fix(reason)));
    }
    if !decision.effects.is_empty() {
        text.push_str("\nWhat would be done now\n");
        for effect in &decision.effects {
            text.push_str(&in_words(effect));
        }
    }
    text
}

/// As data, in the words of the contract.
pub fn json(explanation: &Explanation) -> Value {
    let verdicts = explanation
        .verdicts
        .iter()
        .map(|verdict| json!({"rule": verdict.rule, "passed": verdict.passed, "detail": verdict.detail}));
    let read = explanation.read.iter().map(|fact| json!({"name": fact.name, "value": fact.value}));
    json!({
        "decision": decision_json(&explanation.decision),
        "verdicts": verdicts.collect::<Vec<_>>(),
        "read": read.collect::<Vec<_>>(),
    })
}

fn decision_json(decision: &Decision) -> Value {
    json!({
        "number": decision.subject,
        "order": decision.label,
        "outcome": words::outcome(decision.outcome),
        "reasons": reasons(&decision.reasons),
        "effects": effects(&decision.effects),
    })
}

/// Reasons as data.
pub(crate) fn reasons(reasons: &[Reason]) -> Vec<Value> {
    let reason = |reason: &Reason| {
        let facts = reason.facts.iter().map(|fact| (fact.name.clone(), fact.value.clone().into()));
        json!({
            "code": reason.code,
            "blocking": reason.severity == Severity::Blocking,
            "message": reason.message,
            "fix": reason.fix,
            "field": reason.field,
            "facts": facts.collect::<serde_json::Map<_, _>>(),
        })
    };
    reasons.iter().map(reason).collect()
}

/// Effects as data.
pub(crate) fn effects(effects: &[Effect]) -> Vec<Value> {
    let effect = |effect: &Effect| {
        let changes = effect.changes.iter();
        let changes = changes
            .map(|change| json!({"field": change.field, "before": change.before, "after": change.after}));
        json!({
            "kind": effect.kind,
            "target": effect.target,
            "summary": effect.summary,
            "changes": changes.collect::<Vec<_>>(),
        })
    };
    effects.iter().map(effect).collect()
}

fn standing(outcome: Outcome, is_order: bool) -> &'static str {
    match outcome {
        Outcome::Unchanged if !is_order => "is the same on both sides",
        Outcome::Applied => "goes ahead; what would be done is below",
        Outcome::Unchanged => "and its sales order agree",
        Outcome::Held => "waits",
        Outcome::Ignored => "is left alone",
        Outcome::Refused => "cannot be used",
        Outcome::Parked => "needs a person",
    }
}

fn with_fix(reason: &Reason) -> String {
    match reason.fix.as_str() {
        "" => reason.message.clone(),
        fix => format!("{}\nWhat to do: {fix}", reason.message),
    }
}

fn in_words(effect: &Effect) -> String {
    let mut text = format!("  {}\n", effect.summary);
    for change in &effect.changes {
        let none = || "none".to_owned();
        let after = change.after.clone().unwrap_or_else(none);
        text.push_str(&match &change.before {
            Some(before) => format!("    {}: {after} (was {before})\n", change.field),
            None => format!("    {}: {after}\n", change.field),
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use leaflink_sync_kit::exports::insight::Verdict;
    use leaflink_sync_kit::host::types::{Change, Fact};

    use super::*;

    fn reason(severity: Severity, message: &str, fix: &str) -> Reason {
        let [code, message, fix] = ["x", message, fix].map(str::to_owned);
        Reason { code, severity, message, fix, field: None, facts: Vec::new() }
    }

    fn explanation(reasons: Vec<Reason>, outcome: Outcome, effects: Vec<Effect>) -> Explanation {
        let [subject, label] = ["uuid", "ab12"].map(str::to_owned);
        Explanation {
            read: vec![Fact { name: "LeafLink status".to_owned(), value: "Submitted".to_owned() }],
            verdicts: vec![Verdict { rule: "a rule".to_owned(), passed: false, detail: "why".to_owned() }],
            decision: Decision { stream: Stream::Orders, subject, label, outcome, reasons, effects },
        }
    }

    #[test]
    fn what_is_the_matter_and_the_fix_are_the_first_two_lines() {
        let reasons = vec![
            reason(Severity::Blocking, "No rep.", "Add one."),
            reason(Severity::Blocking, "No stock.", "Receive some."),
            reason(Severity::Notice, "No customer.", ""),
        ];
        let text = text(&explanation(reasons, Outcome::Held, Vec::new()));
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines[..5],
            [
                "LeafLink order ab12 waits (1 of 2): No rep.",
                "What to do: Add one.",
                "LeafLink order ab12 waits (2 of 2): No stock.",
                "What to do: Receive some.",
                "Note: No customer.",
            ]
        );
        assert!(lines.contains(&"  NO   a rule: why"));
        assert!(lines.contains(&"  LeafLink status: Submitted"));
    }

    #[test]
    fn effects_are_told_with_what_was_before() {
        let change = |before: Option<&str>| Change {
            field: "status".to_owned(),
            before: before.map(str::to_owned),
            after: Some("PROCESSING".to_owned()),
        };
        let [kind, target, summary] = ["k", "t", "Change SO-1."].map(str::to_owned);
        let effect = Effect { kind, target, summary, changes: vec![change(Some("PENDING")), change(None)] };
        let text = text(&explanation(Vec::new(), Outcome::Applied, vec![effect]));
        assert!(
            text.contains("  Change SO-1.\n    status: PROCESSING (was PENDING)\n    status: PROCESSING\n")
        );
    }

    #[test]
    fn data_has_every_part() {
        let data = json(&explanation(vec![reason(Severity::Blocking, "m", "f")], Outcome::Held, Vec::new()));
        assert_eq!(data["decision"]["outcome"], "held");
        assert_eq!(data["decision"]["reasons"][0]["blocking"], true);
        assert_eq!(data["verdicts"][0]["passed"], false);
        assert_eq!(data["read"][0]["value"], "Submitted");
    }
}
