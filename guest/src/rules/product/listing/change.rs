//! What of a linked product's form goes to LeafLink: what was edited since it was last applied.
//!
//! Two linked products may differ. A field that nobody filled in or changed since the products were
//! linked stays as LeafLink has it; from the first edit on, the ERP's value is what LeafLink gets.
//! When anything goes, name, SKU and unit type go along if LeafLink's differ from what it had
//! agreed to: "Always update the following fields in the ERP".

use super::form::Entry;
use super::{Field, Values, value};
use crate::rules::decision::Reason;
use crate::rules::reasons::Code;

/// What is remembered of a linked product's form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Every field's value when it was last applied.
    pub values: Values,
    /// Fields in which LeafLink was left to differ.
    pub apart: Vec<Field>,
}

/// What should be done about a linked product's form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The fields that LeafLink should get.
    pub send: Values,
    /// Why they cannot go, or what does not go.
    pub reasons: Vec<Reason>,
    /// What is to be remembered once LeafLink has them.
    pub applied: Applied,
}

impl Change {
    /// Whether a field is wrong, so that nothing goes.
    pub fn is_blocked(&self) -> bool {
        self.reasons.iter().any(|reason| reason.code.blocks())
    }
}

/// The first look at a linked product: what a person filled in goes where LeafLink shows something
/// else, and all else may differ from now on. `shown` is LeafLink's side.
pub fn first(entries: &[Entry], shown: &[(Field, String)], prices: bool) -> Change {
    let mut change = Change::default();
    for entry in entries {
        match &entry.value {
            Err(reason) if entry.filled => change.reasons.push((**reason).clone()),
            Err(_) => {}
            Ok(wanted) => {
                let differs = value(shown, entry.field) != Some(wanted);
                change.applied.values.push((entry.field, wanted.clone()));
                if differs && entry.filled && may_go(entry, prices, &mut change.reasons) {
                    change.send.push((entry.field, wanted.clone()));
                } else if differs {
                    change.applied.apart.push(entry.field);
                }
            }
        }
    }
    change
}

/// A later look: what differs from what was last applied goes.
pub fn later(entries: &[Entry], applied: &Applied, prices: bool) -> Change {
    let mut change =
        Change { applied: Applied { values: Vec::new(), apart: applied.apart.clone() }, ..Change::default() };
    for entry in entries {
        let before = value(&applied.values, entry.field);
        match &entry.value {
            Err(reason) if entry.filled || before.is_some_and(|before| !before.is_empty()) => {
                change.reasons.push((**reason).clone());
            }
            Err(_) => {}
            Ok(wanted) => {
                change.applied.values.push((entry.field, wanted.clone()));
                // A field that has become readable, and that nobody filled in, says nothing.
                let edited = match before {
                    Some(before) => before != wanted,
                    None => entry.filled,
                };
                if edited && may_go(entry, prices, &mut change.reasons) {
                    change.send.push((entry.field, wanted.clone()));
                    change.applied.apart.retain(|field| *field != entry.field);
                }
            }
        }
    }
    change
}

/// Whether an edit of the field is sent at all. Prices go with the setting that lets prices go, and
/// the wholesale price follows the product's own "Sale Price" then, by a rule of its own.
fn may_go(entry: &Entry, prices: bool, reasons: &mut Vec<Reason>) -> bool {
    if !entry.field.is_price() {
        return true;
    }
    if !prices && entry.filled {
        let title = entry.field.title();
        let message =
            format!("\"{title}\" was changed and is not sent: the setting that keeps prices in step is off.");
        reasons.push(Reason::new(Code::ListingPriceKept, message).with("field", title));
    }
    prices && entry.field != Field::WholesalePrice
}

/// The ERP's own fields that go along: LeafLink shows another value than was agreed.
pub fn go_along(send: &mut Values, applied: &Applied, shown: &[(Field, String)]) {
    if send.is_empty() {
        return;
    }
    for (field, wanted) in &applied.values {
        let is_other = value(shown, *field) != Some(wanted);
        if field.is_the_erps() && is_other && !applied.apart.contains(field) && value(send, *field).is_none()
        {
            send.push((*field, wanted.clone()));
        }
    }
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;
