//! What of a linked product's form goes to LeafLink: what was edited since it was last applied.
//!
//! Two linked products may differ. A field that nobody filled in or changed since the products were
//! linked stays as LeafLink has it; from the first edit on, the ERP's value is what LeafLink gets.
//! What is an edit is told by what the product said of itself when its link was first seen.
//! Name, SKU and unit type are the ERP's ("Always update the following fields in the ERP"): once both
//! sides agree on one of them, what people make of it in LeafLink is overruled.

use super::form::{Entry, Said};
use super::{Field, Holds, Values, value};
use crate::rules::decision::Reason;
use crate::rules::reasons::Code;
use crate::rules::text::shortened;

/// Longest value that a reason repeats, in characters.
const LONGEST: usize = 80;

/// What is remembered of a linked product's form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Every field's value when it was last applied.
    pub values: Values,
    /// Fields in which LeafLink was left to differ.
    pub apart: Vec<Field>,
    /// What LeafLink itself made of one of the ERP's own fields when it took it, if not the same.
    pub respelled: Values,
}

impl Applied {
    /// A link that was seen, until the product is first looked at: what the product said of itself then
    /// (`own`), and LeafLink's (`theirs`) of the ERP's own fields.
    pub fn seen(own: Values, theirs: &[(Field, String)]) -> Self {
        let differs = |(field, own): &&(Field, String)| value(theirs, *field) != Some(own);
        let apart = own.iter().filter(differs).map(|(field, _)| *field).collect();
        Self { values: own, apart, respelled: Values::new() }
    }

    /// Notes what LeafLink shows (`shown`) now that it has taken what was sent.
    pub fn taken(&mut self, sent: &[(Field, String)], shown: &[(Field, String)]) {
        for (field, wanted) in sent.iter().filter(|(field, _)| field.is_the_erps()) {
            self.respelled.retain(|(known, _)| known != field);
            let other = value(shown, *field).filter(|theirs| theirs != wanted);
            self.respelled.extend(other.map(|theirs| (*field, theirs.to_owned())));
        }
    }
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

    /// Has LeafLink get this field, too.
    pub fn set(&mut self, field: Field, wanted: String) {
        self.applied.apart.retain(|apart| *apart != field);
        self.applied.respelled.retain(|(known, _)| *known != field);
        for values in [&mut self.applied.values, &mut self.send] {
            values.retain(|(known, _)| *known != field);
            values.push((field, wanted.clone()));
        }
    }

    /// Has LeafLink get the ERP's own fields again that were changed there. What was `queued` already,
    /// however that fares, is not sent once more.
    pub fn overrule(&mut self, shown: &[(Field, String)], queued: &[(Field, String)]) {
        for field in moved(&self.applied, shown) {
            let wanted = value(&self.applied.values, field).unwrap_or_default();
            if value(&self.send, field).is_none() && value(queued, field) != Some(wanted) {
                self.reasons.push(overruled(field, wanted, value(shown, field).unwrap_or_default()));
                self.send.push((field, wanted.to_owned()));
            }
        }
    }

    /// Whether a field goes because it was changed in LeafLink.
    pub fn is_overruled(&self, field: Field) -> bool {
        let of_it = |reason: &Reason| reason.field.as_deref() == Some(field.wire());
        self.reasons.iter().any(|reason| reason.code == Code::ListingOverruled && of_it(reason))
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

/// The first look at a linked product: what a person filled in, or changed since the link was first
/// seen, goes where LeafLink shows something else, and all else that did not agree back then may
/// differ from now on. `shown` is LeafLink's side.
pub fn first(entries: &[Entry], shown: &[(Field, String)], seen: &Applied, prices: bool) -> Change {
    let mut change = Change::default();
    for entry in entries {
        let edited = |wanted: &String| value(&seen.values, entry.field).is_some_and(|seen| seen != wanted);
        let filled = entry.said == Said::Form || entry.value.as_ref().is_ok_and(edited);
        match &entry.value {
            Err(reason) if filled && goes(entry.field, prices) => {
                change.reasons.push((**reason).clone());
            }
            Err(_) => {}
            Ok(wanted) => {
                let differs = value(shown, entry.field) != Some(wanted);
                let agreed = value(&seen.values, entry.field).is_some() && !seen.apart.contains(&entry.field);
                change.applied.values.push((entry.field, wanted.clone()));
                if differs && filled && goes(entry.field, prices) {
                    change.send.push((entry.field, wanted.clone()));
                } else if differs && !agreed {
                    change.applied.apart.push(entry.field);
                }
            }
        }
    }
    change
}

/// A later look: what differs from what was last applied goes.
pub fn later(entries: &[Entry], applied: &Applied, prices: bool) -> Change {
    let mut change = Change::default();
    change.applied.apart.clone_from(&applied.apart);
    change.applied.respelled.clone_from(&applied.respelled);
    for entry in entries {
        let field = entry.field;
        let before = value(&applied.values, field);
        let filled = entry.said == Said::Form;
        let is_apart = applied.apart.contains(&field);
        // LeafLink has its own, which nobody in the ERP said anything about.
        let theirs = entry.said == Said::Nobody && is_apart;
        // It had, and now a person says on the form what the ERP takes for granted. (Prices are apart for
        // the setting, too.)
        let is_claimed = filled && is_apart && !field.is_price();
        match &entry.value {
            Err(reason) if goes(field, prices) && (filled || before.is_some_and(|it| !it.is_empty())) => {
                change.reasons.push((**reason).clone());
            }
            Err(_) => change.applied.values.extend(before.map(|before| (field, before.to_owned()))),
            Ok(wanted) => {
                // A field that nobody filled in, and that was not known before, says nothing.
                let edited = match before {
                    Some(before) => is_claimed || (before != wanted && !theirs),
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
                    change.set(field, wanted.clone());
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

fn overruled(field: Field, wanted: &str, theirs: &str) -> Reason {
    let title = field.title();
    let (wanted, theirs) = (shortened(wanted, LONGEST), shortened(theirs, LONGEST));
    let message =
        format!("\"{title}\" was changed to \"{theirs}\" in LeafLink, which gets \"{wanted}\" again.");
    Reason::new(Code::ListingOverruled, message).at(field.wire()).with("field", title)
}

/// The ERP's own fields of which LeafLink shows another value than both sides had agreed on.
pub fn moved(applied: &Applied, shown: &[(Field, String)]) -> Vec<Field> {
    let mut moved = Vec::new();
    for (field, wanted) in &applied.values {
        let Some(theirs) = value(shown, *field) else { continue };
        let is_taken = theirs == wanted || value(&applied.respelled, *field) == Some(theirs);
        if field.is_the_erps() && !is_taken && !applied.apart.contains(field) {
            moved.push(*field);
        }
    }
    moved
}

/// The ERP's own fields that go along, because they were changed in LeafLink.
pub fn go_along(send: &mut Values, applied: &Applied, shown: &[(Field, String)]) {
    if send.is_empty() {
        return;
    }
    for field in moved(applied, shown) {
        if let (None, Some(wanted)) = (value(send, field), value(&applied.values, field)) {
            send.push((field, wanted.to_owned()));
        }
    }
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;
