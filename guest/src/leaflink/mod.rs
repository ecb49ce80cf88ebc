//! LeafLink's Marketplace V2 API as it is on the wire.
//!
//! One module for each resource, with the fields that LeafLink's description has. Unknown fields
//! are passed over; a field that is used must be what the description says, with the variations
//! that were seen in real payloads (numbers as text, objects as bare ids). Wire types know no rules;
//! [`to_rules`] translates an order into the rules' own words.

pub mod company_staff;
pub mod customer;
pub mod inventory_item;
pub mod line_item;
pub mod listing;
pub mod order;
pub mod order_payment;
pub mod page;
mod path;
pub mod product;
pub mod sales_rep;
pub mod to_rules;
pub mod value;
pub mod webhook;

use serde::de::DeserializeOwned;

/// Why a body could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is not JSON at all.
    NotJson(String),
    /// It is JSON, and this field is not what LeafLink's description says.
    Field {
        /// Where, such as `line_items[2].quantity`.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl Unreadable {
    /// The field that is wrong (`.`: the whole body) and what is wrong with it.
    pub fn field_and_problem(self) -> (String, String) {
        match self {
            Unreadable::NotJson(problem) => (".".to_owned(), problem),
            Unreadable::Field { path, problem } => (path, problem),
        }
    }
}

/// Reads a body.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Unreadable> {
    let text =
        std::str::from_utf8(body).map_err(|_| Unreadable::NotJson("it is not UTF-8 text".to_owned()))?;
    crate::json::from_str(text).map_err(|problem| unreadable(text, &problem))
}

fn unreadable(text: &str, problem: &serde_json::Error) -> Unreadable {
    let message = problem.to_string();
    if problem.is_data() {
        Unreadable::Field { path: path::path_of(text, problem), problem: without_position(&message) }
    } else {
        Unreadable::NotJson(message)
    }
}

/// The message without serde_json's "at line 1 column 2": bodies are one long line.
fn without_position(message: &str) -> String {
    message.rsplit_once(" at line ").map_or(message, |(before, _)| before).to_owned()
}

#[cfg(test)]
mod shapes;
