//! What the judge finds, worded for the person who reads a failed test.

use std::fmt;

/// A rule of the description that a request or an answer broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// No such path.
    UnknownPath,
    /// The path exists, but LeafLink answers 400 to one that does not end in a slash.
    MissingTrailingSlash,
    /// The path exists, but not with this method.
    UnknownMethod,
    /// A part of the path, such as an id, is not what it has to be.
    BadPathParameter,
    /// A query parameter that the operation does not know.
    UnknownParameter,
    /// A query parameter given twice.
    RepeatedParameter,
    /// A query parameter with a value that it cannot take.
    BadParameter,
    /// A call that needs a JSON body came without one.
    MissingBody,
    /// A body where none is documented.
    UnexpectedBody,
    /// An answer with a success status that the operation does not document.
    UnknownStatus,
    /// A request names a property that LeafLink does not know.
    UnknownProperty,
    /// A request sets a property that only LeafLink sets.
    ReadOnlyProperty,
    /// A required property is absent.
    MissingProperty,
    /// A value of the wrong JSON type.
    WrongType,
    /// A value outside the documented list.
    NotListed,
    /// A text or number outside the documented length or range, or a list with repeated items.
    OutOfBounds,
    /// A text that is not the decimal, date, time or UUID that it has to be.
    BadFormat,
}

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The rule that was broken.
    pub rule: Rule,
    /// Where: `path`, `?parameter` or a place in the body such as `body.results[0].total.amount`.
    pub at: String,
    /// What is wrong there, as a sentence fragment.
    pub detail: String,
}

impl Violation {
    pub(super) fn new(rule: Rule, at: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { rule, at: at.into(), detail: detail.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.detail)
    }
}

/// A property of an answer that the description does not know. LeafLink adds such properties
/// without notice, so this is news rather than a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undocumented {
    /// The place in the body, such as `body.results[0].colour`.
    pub at: String,
}

impl fmt::Display for Undocumented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: not in the description", self.at)
    }
}
