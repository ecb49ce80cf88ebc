//! What a rule answers: reasons, verdicts, effects.

use super::reasons::Code;

/// A named value shown beside a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub name: String,
    /// Its value, in plain words.
    pub value: String,
}

/// Shorthand for a [`Fact`].
pub fn fact(name: impl Into<String>, value: impl ToString) -> Fact {
    Fact { name: name.into(), value: value.to_string() }
}

/// Why a decision came out as it did, for the person who must act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Which entry of the table.
    pub code: Code,
    /// What is the matter, with names and figures.
    pub message: String,
    /// The step that puts it right.
    pub fix: String,
    /// Where in LeafLink's JSON the trouble is.
    pub field: Option<String>,
    /// The figures behind the message.
    pub facts: Vec<Fact>,
}

impl Reason {
    /// A reason whose fix is the one of the table.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), fix: code.fix().to_owned(), field: None, facts: Vec::new() }
    }

    /// Replaces the table's fix by a more exact one.
    pub fn with_fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = fix.into();
        self
    }

    /// Names the field of LeafLink's JSON.
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Adds a figure.
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.facts.push(fact(name, value));
        self
    }

    /// The value of one of the figures.
    pub fn fact(&self, name: &str) -> Option<&str> {
        self.facts.iter().find(|fact| fact.name == name).map(|fact| fact.value.as_str())
    }
}

/// A rule of the guide and what it said about one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The rule, in the guide's words.
    pub rule: &'static str,
    /// Whether it was met.
    pub passed: bool,
    /// What was found.
    pub detail: String,
}

/// What several rules found: their verdicts and their reasons, in the order in which they ran.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// One for each rule that looked.
    pub verdicts: Vec<Verdict>,
    /// Blocking ones and notices.
    pub reasons: Vec<Reason>,
}

impl Findings {
    /// Notes that a rule was met.
    pub fn pass(&mut self, rule: &'static str, detail: impl Into<String>) {
        self.verdicts.push(Verdict { rule, passed: true, detail: detail.into() });
    }

    /// Notes that a rule was not met, with every reason.
    pub fn fail(&mut self, rule: &'static str, reasons: Vec<Reason>) {
        let detail = reasons.iter().map(|reason| reason.message.as_str()).collect::<Vec<_>>().join(" ");
        self.verdicts.push(Verdict { rule, passed: false, detail });
        self.reasons.extend(reasons);
    }

    /// Notes something that a person may want to know.
    pub fn notice(&mut self, reason: Reason) {
        self.reasons.push(reason);
    }

    /// Whether any reason blocks.
    pub fn blocked(&self) -> bool {
        self.reasons.iter().any(|reason| reason.code.blocks())
    }
}
