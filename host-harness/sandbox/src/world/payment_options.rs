//! Ways and terms of payment that LeafLink offers.

use serde_json::{Value, json};

/// A method together with a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PaymentOption {
    method: Method,
    term: Term,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Method {
    id: u64,
    name: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Term {
    id: u64,
    name: &'static str,
    days: Option<u32>,
    code: &'static str,
}

const METHODS: &[Method] = &[
    Method { id: 1, name: "Cash" },
    Method { id: 2, name: "Check" },
    Method { id: 3, name: "Wire" },
    Method { id: 4, name: "ACH" },
];

const TERMS: &[Term] = &[
    Term { id: 3, name: "Net 15", days: Some(15), code: "net15" },
    Term { id: 5, name: "Net 7", days: Some(7), code: "net7" },
    Term { id: 6, name: "Net 30", days: Some(30), code: "net30" },
    Term { id: 20, name: "COD", days: None, code: "cod" },
];

impl PaymentOption {
    /// What an order starts with.
    pub const DEFAULT: Self = Self { method: METHODS[3], term: TERMS[0] };

    /// Every option that a customer of the sandbox may choose.
    pub fn offered() -> [Self; 2] {
        [Self::DEFAULT, Self { method: METHODS[0], term: TERMS[3] }]
    }

    /// The option with these ids, if LeafLink knows both.
    pub fn by_ids(method: u64, term: u64) -> Option<Self> {
        let method = *METHODS.iter().find(|known| known.id == method)?;
        let term = *TERMS.iter().find(|known| known.id == term)?;
        Some(Self { method, term })
    }

    /// The option with this term, by its name or code in any case.
    pub fn by_term(text: &str) -> Option<Self> {
        let term = *TERMS
            .iter()
            .find(|known| known.name.eq_ignore_ascii_case(text) || known.code.eq_ignore_ascii_case(text))?;
        Some(Self { method: Self::DEFAULT.method, term })
    }

    /// The term's name: `Net 15`.
    pub fn term(&self) -> &'static str {
        self.term.name
    }

    /// The method's name: `ACH`.
    pub fn method(&self) -> &'static str {
        self.method.name
    }

    /// As bodies write it.
    pub fn to_json(self) -> Value {
        json!({
            "id": 900_000 + self.method.id * 100 + self.term.id,
            "is_default": self == Self::DEFAULT,
            "payment_program": null,
            "payment_strategy": null,
            "payment_method": {"id": self.method.id, "method": self.method.name},
            "payment_term": {
                "id": self.term.id,
                "term": self.term.name,
                "days": self.term.days,
                "code": self.term.code,
            },
        })
    }
}
