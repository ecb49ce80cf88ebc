//! What of a linked product's form goes to LeafLink: what was edited since it was last applied.
//!
//! Two linked products may differ. A field that nobody filled in or changed since the products were
//! linked stays as LeafLink has it; from the first edit on, the ERP's value is what LeafLink gets.
//! When anything goes, name, SKU and unit type go along if LeafLink's differ from what it had
//! agreed to: "Always update the following fields in the ERP".

use super::form::{Entry, Said};
use super::{Field, Holds, Values, value};
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

    /// Holds everything back for another unit type in LeafLink (`differs`), unless what is sent, or
    /// is on its way already, puts that right.
    pub fn hold_for_unit(&mut self, differs: Option<Reason>, on_its_way: bool) {
        let is_sent = on_its_way || !self.send.is_empty();
        if !is_sent || self.applied.apart.contains(&Field::UnitType) {
            self.reasons.extend(differs);
        }
    }
}

/// The first look at a linked product: what a person filled in goes where LeafLink shows something
/// else, and all else may differ from now on. `shown` is LeafLink's side.
pub fn first(entries: &[Entry], shown: &[(Field, String)], prices: bool) -> Change {
    let mut change = Change::default();
    for entry in entries {
        let filled = entry.said == Said::Form;
        match &entry.value {
            Err(reason) if filled && goes(entry.field, prices) => {
                change.reasons.push((**reason).clone());
            }
            Err(_) => {}
            Ok(wanted) => {
                let differs = value(shown, entry.field) != Some(wanted);
                change.applied.values.push((entry.field, wanted.clone()));
                if differs && filled && goes(entry.field, prices) {
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
        let field = entry.field;
        let before = value(&applied.values, field);
        let filled = entry.said == Said::Form;
        // LeafLink has its own, which nobody in the ERP said anything about.
        let theirs = entry.said == Said::Nobody && applied.apart.contains(&field);
        match &entry.value {
            Err(reason) if goes(field, prices) && (filled || before.is_some_and(|it| !it.is_empty())) => {
                change.reasons.push((**reason).clone());
            }
            Err(_) => change.applied.values.extend(before.map(|before| (field, before.to_owned()))),
            Ok(wanted) => {
                // A field that nobody filled in, and that was not known before, says nothing.
                let edited = match before {
                    Some(before) => before != wanted && !theirs,
                    None => filled,
                };
                if edited && !goes(field, prices) {
                    // It was not applied, and goes once the setting lets it.
                    change.applied.values.extend(before.map(|before| (field, before.to_owned())));
                    change.reasons.push(kept_back(field, prices));
                    continue;
                }
                change.applied.values.push((field, wanted.clone()));
                if edited && wanted.is_empty() && field.holds() == Holds::Id {
                    change.reasons.push(cannot_be_emptied(field));
                } else if edited {
                    change.send.push((field, wanted.clone()));
                    change.applied.apart.retain(|apart| *apart != field);
                }
            }
        }
    }
    change
}

/// Whether an edit of the field is sent at all. Prices go with the setting that lets prices go, and
/// the wholesale price follows the product's own "Sale Price" then, by a rule of its own.
fn goes(field: Field, prices: bool) -> bool {
    !field.is_price() || (prices && field != Field::WholesalePrice)
}

/// That LeafLink's wholesale price, of which nothing is sent, is for something else after this: for
/// another number of units, or another unit type.
pub fn price_that_stays(name: &str, send: &[(Field, String)], shown: &[(Field, String)]) -> Option<Reason> {
    let is_other = |field: &Field| value(send, *field).is_some_and(|it| value(shown, *field) != Some(it));
    if ![Field::UnitsPerCase, Field::UnitType].iter().any(is_other) {
        return None;
    }
    let price = value(shown, Field::WholesalePrice).filter(|price| !price.starts_with("0.00 "))?;
    let is_for = |first: &[(Field, String)]| {
        let of = |field| value(first, field).or_else(|| value(shown, field)).unwrap_or_default();
        format!("{} {}", of(Field::UnitsPerCase), of(Field::UnitType))
    };
    let message = format!(
        "LeafLink's wholesale price of {name}, {price}, was for {} and is for {} from now on: nothing of a price is sent, because the setting that keeps prices in step is off.",
        is_for(shown),
        is_for(send)
    );
    Some(Reason::new(Code::WholesalePriceStays, message).with("wholesale-price", price))
}

fn cannot_be_emptied(field: Field) -> Reason {
    let title = field.title();
    let message = format!("\"{title}\" was emptied, which LeafLink's API has no way to do.");
    Reason::new(Code::ListingFieldKept, message).with("field", title)
}

fn kept_back(field: Field, prices: bool) -> Reason {
    let title = field.title();
    let (code, why) = if prices {
        (Code::ListingPriceFollows, "LeafLink's follows the product's own \"Sale Price\".")
    } else {
        (Code::ListingPriceKept, "the setting that keeps prices in step is off.")
    };
    Reason::new(code, format!("\"{title}\" was changed and is not sent: {why}")).with("field", title)
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
