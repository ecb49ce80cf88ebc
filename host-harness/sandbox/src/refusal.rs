//! Why LeafLink would not do what it was asked, for API clients and for callers in Rust alike.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::json;

use crate::http::Response;
use crate::options::Options;

/// A request that was understood and refused; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such record; says which.
    NotFound(String),
    /// Fields that are missing or wrong, with what is wrong about each.
    Fields(BTreeMap<String, Vec<String>>),
    /// The order's status does not allow it, or a precondition is missing; says why.
    Transition(String),
    /// The request as a whole makes no sense; says why.
    Invalid(String),
}

impl Refusal {
    /// A refusal because of one field.
    pub(crate) fn field(name: &str, message: &str) -> Self {
        Self::Fields(BTreeMap::from([(name.to_owned(), vec![message.to_owned()])]))
    }

    /// The answer that the API gives.
    pub(crate) fn to_response(&self, options: &Options) -> Response {
        match self {
            Self::NotFound(_) => Response::detail(404, "Not found."),
            Self::Fields(fields) => Response::json(400, &json!(fields)),
            Self::Transition(why) => Response::detail(options.refused_transition_status, why),
            Self::Invalid(why) => Response::detail(400, why),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(what) => write!(out, "{what} does not exist"),
            Self::Fields(fields) => {
                let parts: Vec<String> =
                    fields.iter().map(|(name, messages)| format!("{name}: {}", messages.join(" "))).collect();
                out.write_str(&parts.join("; "))
            }
            Self::Transition(why) | Self::Invalid(why) => out.write_str(why),
        }
    }
}

impl std::error::Error for Refusal {}
