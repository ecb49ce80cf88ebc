//! Differences that a fault may make, each with its reason. Everything else is a mistake.

/// A difference that is none.
struct Exception {
    /// The scenarios' names begin so.
    scenarios: &'static str,
    /// The lines of the end begin so.
    lines: &'static str,
    /// And hold one of these.
    with: &'static [&'static str],
}

/// Of several payments that wait for one cause the first is told in a letter and the others in a
/// digest; which one is first depends on which look succeeded first.
const FIRST_OF_SEVERAL: [&str; 2] = ["does not reach LeafLink: 1 reason", "on hold for one cause"];

/// LeafLink refuses once; when that answer is lost nobody knows of the refusal, and the second attempt
/// is taken.
const REFUSED_ONCE: [&str; 1] = ["does not reach LeafLink"];

const EXCEPTIONS: [Exception; 4] = [
    Exception { scenarios: "payments-recorder-not-connected", lines: "mail:", with: &FIRST_OF_SEVERAL },
    Exception { scenarios: "payments-that-cannot-be-sent", lines: "mail:", with: &FIRST_OF_SEVERAL },
    Exception { scenarios: "payments-refused", lines: "mail:", with: &REFUSED_ONCE },
    Exception { scenarios: "drift-payments-explained", lines: "mail:", with: &REFUSED_ONCE },
];

/// Whether a line of the end may differ.
pub fn may_differ(scenario: &str, line: &str) -> bool {
    EXCEPTIONS.iter().any(|known| {
        scenario.starts_with(known.scenarios)
            && line.starts_with(known.lines)
            && known.with.iter().any(|part| line.contains(part))
    })
}
