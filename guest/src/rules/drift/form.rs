//! The LeafLink tab of a linked product, against what LeafLink shows of it.
//!
//! [`change`](crate::rules::product::listing::change) is asked as at a look: what would have to be
//! sent, and is not on its way, was lost. What LeafLink had taken over, and shows no more, was edited
//! there. The wholesale price is compared with the other prices.

use super::{Area, Cause, Difference, Explanation, OnItsWay, because};
use crate::rules::ids::ProductId;
use crate::rules::product::listing::change::Change;
use crate::rules::product::listing::form::{Entry, Said};
use crate::rules::product::listing::{Field, Holds, Inventory, value};
use crate::rules::text::shortened;

/// Longest text of a field that is shown, in characters.
const LONGEST: usize = 80;

/// A linked product's form and what LeafLink shows of it.
pub struct Sides<'a> {
    /// The product's id in the ERP.
    pub id: &'a ProductId,
    /// Its name.
    pub name: &'a str,
    /// What the form says.
    pub entries: &'a [Entry],
    /// What LeafLink shows.
    pub shown: &'a [(Field, String)],
    /// Whether the product was looked at since it was linked.
    pub applied: bool,
    /// What a look would do now.
    pub change: &'a Change,
    /// Whether the setting that keeps prices in step is on.
    pub prices: bool,
    /// What the form was held for when it was last looked at.
    pub waits_for: Option<String>,
    /// Why the product will be looked at without anybody's doing.
    pub to_be_looked_at: Option<&'static str>,
    /// The fields that are on their way, and how that fares.
    pub on_its_way: Option<(&'a [(Field, String)], OnItsWay)>,
    /// What people know a choice of a drop-down by.
    pub known_as: &'a dyn Fn(Field, &str) -> Option<String>,
}

/// How the two sides differ, field by field, as far as LeafLink shows them.
pub fn differences(sides: &Sides) -> Vec<Difference> {
    sides.entries.iter().filter_map(|entry| difference(sides, entry)).collect()
}

fn difference(sides: &Sides, entry: &Entry) -> Option<Difference> {
    let field = entry.field;
    let shown = value(sides.shown, field).filter(|_| field != Field::WholesalePrice)?;
    let (erp, explanation) = match &entry.value {
        Ok(wanted) if wanted.trim() == shown.trim() => return None,
        Ok(wanted) => (words(sides, field, wanted), explanation(sides, entry, wanted)?),
        // What is wrong with it is told as long as it holds the form up.
        Err(reason) => {
            let held = sides.change.reasons.iter().find(|held| **held == **reason)?;
            ("cannot be sent".to_owned(), because(Cause::Held, format!("{} {}", held.message, held.fix)))
        }
    };
    Some(Difference {
        area: Area::Products,
        subject: sides.id.0.clone(),
        label: sides.name.to_owned(),
        field: field.wire(),
        leaflink: words(sides, field, shown),
        erp,
        explanation,
        obstacle: None,
    })
}

/// What explains that a field differs; absent: it is no difference, for LeafLink's own value of
/// something that nobody says anything about in the ERP.
fn explanation(sides: &Sides, entry: &Entry, wanted: &str) -> Option<Option<Explanation>> {
    let field = entry.field;
    let is_price_kept = field.is_price() && !sides.prices;
    let is_apart = sides.change.applied.apart.contains(&field);
    if let Some((values, on_its_way)) = &sides.on_its_way
        && value(values, field) == Some(wanted)
    {
        return Some(on_its_way.explanation());
    }
    // That the link does not hold is told of the link.
    if field == Field::UnitType && is_apart {
        return None;
    }
    if entry.said == Said::Nobody && (is_price_kept || is_apart || !sides.applied) {
        return None;
    }
    let to_be_sent = value(&sides.change.send, field).is_some();
    let is_respelled = value(&sides.change.applied.respelled, field) == value(sides.shown, field);
    Some(if is_price_kept {
        because(Cause::Setting, "the setting that keeps prices in step is off.")
    } else if !to_be_sent && is_apart {
        because(
            Cause::Rule,
            "linked products may differ in this; the next edit of it in the ERP goes to LeafLink.",
        )
    } else if !to_be_sent && entry.said == Said::Nobody {
        because(
            Cause::Rule,
            "nobody filled it in in the ERP, so LeafLink keeps its own; fill it in there to send it.",
        )
    } else if to_be_sent {
        let is_news = sides.change.is_overruled(field);
        held(sides)
            .and_then(|text| because(Cause::Held, text))
            .or_else(|| because(Cause::Recent, sides.to_be_looked_at.filter(|_| is_news)?))
    } else if is_respelled {
        because(Cause::Rule, "LeafLink took the ERP's, and itself made this of it.")
    } else {
        because(
            Cause::Theirs,
            "it was edited in LeafLink, where that stays until the next edit of it in the ERP; repair sends the ERP's.",
        )
    })
}

/// Why nothing of the form goes.
fn held(sides: &Sides) -> Option<String> {
    let now = sides.change.reasons.iter().find(|reason| reason.code.blocks());
    now.map(|reason| format!("{} {}", reason.message, reason.fix)).or_else(|| sides.waits_for.clone())
}

fn words(sides: &Sides, field: Field, text: &str) -> String {
    let name = match field.holds() {
        _ if text.is_empty() => return "none".to_owned(),
        Holds::Word if field == Field::Inventory => return Inventory::word(text).unwrap_or(text).to_owned(),
        Holds::Id | Holds::Ids => (sides.known_as)(field, text),
        _ => None,
    };
    match name {
        Some(name) => format!("{} ({text})", shortened(&name, LONGEST)),
        None => shortened(text, LONGEST),
    }
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
