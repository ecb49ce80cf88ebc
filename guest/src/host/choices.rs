//! What the drop-downs of the LeafLink tab offer: LeafLink's lists, kept for a while.

use serde::{Deserialize, Serialize};

use super::answer::Failure;
use super::state::{delete, get, put};
use super::{leaflink, now_ms};
use crate::leaflink::listing::ChoiceRow;
use crate::leaflink::read;
use crate::rules::decision::Reason;
use crate::rules::product::listing::{Choice, List};
use crate::rules::reasons::Code;
use crate::rules::settings::Settings;

/// A list is not read again within this time because a choice is missing in it.
const MISSED_MS: u64 = 10 * 60 * 1_000;
const SELLER_KEY: &str = "choices/seller";
const LISTS: [List; 6] =
    [List::License, List::Brand, List::ProductLine, List::Category, List::Subcategory, List::Strain];

/// A list as it was last read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListRecord {
    /// When it was read to its end.
    pub read_ms: u64,
    /// Id, name, and what it is part of.
    rows: Vec<(u64, String, Option<u64>)>,
}

impl ListRecord {
    /// Its choices, as LeafLink has them in order.
    pub fn choices(self) -> Vec<Choice> {
        self.rows.into_iter().map(|(id, name, within)| Choice { id, name, within }).collect()
    }

    fn is_fresh(&self, settings: &Settings) -> bool {
        now_ms().saturating_sub(self.read_ms) < settings.choices_age_ms
    }
}

fn path(list: List) -> &'static str {
    match list {
        List::License => "/licenses/",
        List::Brand => "/brands/",
        List::ProductLine => "/product-lines/",
        List::Category => "/product-categories/",
        List::Subcategory => "/product-subcategories/",
        List::Strain => "/strains/",
    }
}

fn key(list: List) -> String {
    format!("choices{}", path(list).trim_end_matches('/'))
}

/// What people know a choice by, if its list was read before.
pub fn name(list: List, choice: u64) -> Option<String> {
    let known: ListRecord = get(&key(list)).ok()??;
    known.rows.into_iter().find(|(id, ..)| *id == choice).map(|(_, name, _)| name)
}

/// A list, read anew (and kept, with `keep`) if what is kept is older than the settings say.
pub fn list(list: List, settings: &Settings, keep: bool) -> Result<ListRecord, Failure> {
    match get::<ListRecord>(&key(list))? {
        Some(known) if known.is_fresh(settings) => Ok(known),
        _ => refresh(list, settings, keep),
    }
}

/// A list in which a choice is looked for: read anew, too, when the choice is not in it.
pub fn list_with(wanted: List, choice: u64, settings: &Settings, keep: bool) -> Result<Vec<Choice>, Failure> {
    let known = list(wanted, settings, keep)?;
    let is_there = known.rows.iter().any(|(id, ..)| *id == choice);
    if is_there || now_ms().saturating_sub(known.read_ms) < MISSED_MS {
        return Ok(known.choices());
    }
    Ok(refresh(wanted, settings, keep)?.choices())
}

/// Reads a list from LeafLink to its end, and keeps it.
pub fn refresh(list: List, settings: &Settings, keep: bool) -> Result<ListRecord, Failure> {
    let seller = match list {
        List::Brand | List::Strain => seller(settings, keep)?,
        List::License | List::ProductLine | List::Category | List::Subcategory => None,
    };
    let seller = seller.map(|id| id.to_string());
    let query: Vec<(&str, &str)> = seller.iter().map(|id| ("company", id.as_str())).collect();
    let mut record = ListRecord { read_ms: now_ms(), rows: Vec::new() };
    leaflink::every(path(list), &query, &mut |row| {
        if let Ok(row) = read::<ChoiceRow>(row.as_bytes()) {
            let name = row.number.or(row.name).unwrap_or_default();
            record.rows.push((row.id, name, row.category.or(row.brand).map(|id| id.0)));
        }
    })?;
    if keep {
        put(&key(list), &record)?;
    }
    Ok(record)
}

/// The LeafLink company whose products these are; absent: LeafLink names none, or several. That is for
/// people to put right, with another key, and so it is asked each time.
pub fn seller(settings: &Settings, keep: bool) -> Result<Option<u64>, Failure> {
    let known: Option<ListRecord> = get(SELLER_KEY)?;
    if let Some(seller) = known.as_ref().filter(|known| known.is_fresh(settings)).and_then(only) {
        return Ok(Some(seller));
    }
    let mut record = ListRecord { read_ms: now_ms(), rows: Vec::new() };
    leaflink::every("/companies/", &[], &mut |row| {
        if let Ok(row) = read::<ChoiceRow>(row.as_bytes())
            && row.seller != Some(false)
        {
            record.rows.push((row.id, row.name.unwrap_or_default(), None));
        }
    })?;
    if keep {
        if known.is_some_and(|known| known.rows != record.rows) {
            // The lists are those of another company, or of several.
            for list in LISTS {
                delete(&key(list))?;
            }
        }
        put(SELLER_KEY, &record)?;
    }
    Ok(only(&record))
}

/// The one company of a list.
fn only(record: &ListRecord) -> Option<u64> {
    match record.rows.as_slice() {
        [(id, ..)] => Some(*id),
        _ => None,
    }
}

/// Has the company be asked for at the next need, however lately it was: people may have put another
/// key in.
pub fn ask_seller_anew() -> Result<(), Failure> {
    match get::<ListRecord>(SELLER_KEY)? {
        Some(known) => put(SELLER_KEY, &ListRecord { read_ms: 0, ..known }),
        None => Ok(()),
    }
}

/// Why there is no seller.
pub fn no_seller() -> Reason {
    Reason::new(
        Code::SellerUnknown,
        "LeafLink names no company, or several, that sell products with this API key.",
    )
}
