//! The list of every kind of stored record, and what it takes to read those of released versions.
//!
//! `tests/golden/VERSION/` holds, of each released version, the state at the end of a story
//! (`state.txt`) and the form of everything that it stores (`forms.txt`): a line for each field, each
//! spelling of a choice, and each word that stands in a text. What a later version with the same
//! schema may do is add: kinds, fields with a default, words. What it may not do is lose or misread:
//! - every record of `state.txt` is read as the type that this version has for it and written again,
//!   and has every field as it was;
//! - every line of `forms.txt` is still a line of this version's form, also of what the story does
//!   not leave.
//!
//! Renaming, dropping, or storing in another way is a new schema with a migration. State of an older
//! schema comes through that, in `tests/tests/golden.rs`.

mod form;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use serde::Serialize;
use serde_json::Value;

use super::alarms::Watch;
use super::catalogue::{self, CatalogueState};
use super::choices::ListRecord;
use super::listings::{self, ListingRecord};
use super::outage::Outage;
use super::outbox::{Intent, Wish};
use super::payments::{EntryRecord, PaymentState};
use super::prices::{self, PriceRecord};
use super::projection::ProjectionRecord;
use super::state::{self, CauseState, LookRecord, OrderState, PollState};
use super::stock::StockRecord;
use super::transfers::{self, TransferState};
use super::webhooks::WebhookState;
use crate::rules::ids::LeafLinkProductId;
use crate::rules::order::SourceStatus;
use crate::rules::product::listing::Field;
use crate::rules::reasons::Code;
use crate::rules::settings::{self, DEFINITIONS};
use crate::rules::transfer;

/// A kind of record.
struct Kind {
    /// Its key, as the table of [`state`] has it.
    key: &'static str,
    /// Reads a record and writes it again; fails if something in it is not understood.
    again: fn(&str, &[u8]) -> Result<Value, String>,
    /// Its fields.
    form: fn() -> BTreeSet<String>,
}

impl Kind {
    fn is_of(&self, key: &str) -> bool {
        match self.key.split_once('<') {
            Some((fixed, _)) => key.len() > fixed.len() && key.starts_with(fixed),
            None => key == self.key,
        }
    }
}

/// A kind, and whether the rules understand a record of it.
macro_rules! kinds {
    ($($key:literal: $record:ty $(, $understood:expr)?;)*) => {
        &[$(Kind {
            key: $key,
            again: |key, value| {
                let record: $record = state::decode(key, value).map_err(|failure| format!("{failure:?}"))?;
                $(
                    let understood: fn(&$record) -> bool = $understood;
                    if !understood(&record) {
                        return Err(format!("the rules do not understand {record:?}"));
                    }
                )?
                Ok(serde_json::to_value(&record).expect("records are JSON"))
            },
            form: form::of::<$record>,
        }),*]
    };
}

/// Every kind, in the order of the table of [`state`].
const KINDS: &[Kind] = kinds! {
    "meta/schema": u32;
    "settings": serde_json::Map<String, Value>, |settings| {
        settings.keys().all(|key| DEFINITIONS.iter().any(|definition| definition.key == key))
    };
    "user/<staff>": String;
    "customer/<customer>": String;
    "order/<number>": OrderState, |order| {
        let whole = |applied: &ProjectionRecord| {
            applied.projection().is_some_and(|projection| ProjectionRecord::from(&projection) == *applied)
        };
        order.applied.as_ref().is_none_or(whole)
    };
    "held/<number>": ();
    "look/order/<number>": LookRecord;
    "look/product/<id>": ();
    "watch": Watch;
    "webhooks": WebhookState;
    "leaflink-company": u64;
    "poll/orders": PollState;
    "payment/<id>": PaymentState, |payment| {
        let entries = payment.recorded.iter().chain(&payment.taken_back);
        entries.map(|recorded| &recorded.entry).all(|kept| EntryRecord::from(&kept.entry()) == *kept)
    };
    "waiting/payment/<id>": ();
    "look/payments": String;
    "waiting/product/<id>": ();
    "look/products": String;
    "payments-from": u64;
    "transfer/<id>": TransferState, |transfer| {
        transfer.done.as_deref().is_none_or(|done| transfer_words().any(|word| word == done))
    };
    "matched/<sales order>": String;
    "stock/<leaflink product>": StockRecord, |stock| stock.confirmed().is_some() == stock.confirmed.is_some();
    "price/<leaflink product>": PriceRecord, |price| {
        let Some(agreed) = price.agreed() else { return !is_there(price, "agreed") };
        let mut again = price.clone();
        again.set_agreed(agreed);
        again == *price && price.all_sent().all(|sent| prices::read(sent).is_some())
    };
    "priced/<product>": u64;
    "prices-on": prices::Setting;
    "pushed/stock": u64;
    "poll/products": CatalogueState;
    "catalogue/<product>": catalogue::Record, |product| {
        let listed = product.clone().listed(LeafLinkProductId(1), &[]);
        is_there(product, "price") == listed.price.is_some()
            && is_there(product, "denomination") == listed.denomination.is_some()
    };
    "listing/<product>": ListingRecord, |listing| {
        let seen = listing.seen.as_ref().map(|(_, values)| values);
        let known = |values: &Vec<(String, String)>| listings::fields(values).len() == values.len();
        known(&listing.values)
            && seen.is_none_or(known)
            && known(&listing.theirs)
            && listing.apart.iter().all(|name| Field::of_wire(name).is_some())
    };
    "choices/<list>": ListRecord;
    "outbox/<kind>/<id>": Intent, |intent| match &intent.wish {
        Wish::Order(wish) => wish.status.as_deref().is_none_or(|word| SourceStatus::from_word(word).is_some()),
        Wish::Payment(wish) => EntryRecord::from(&wish.entry.entry()) == wish.entry,
        Wish::Stock(_) => true,
        Wish::NewProduct(wish) => listings::fields(&wish.values).len() == wish.values.len(),
        Wish::Listing(wish) => listings::fields(&wish.values).len() == wish.values.len(),
        Wish::Price(wish) => wish.wholesale_price.as_deref().is_none_or(|text| prices::read(text).is_some()),
    };
    "outage": Outage;
    "cause/<cause>": CauseState;
};

/// Whether a record has a value in a field that only its module sees.
fn is_there(record: &impl Serialize, field: &str) -> bool {
    !serde_json::to_value(record).expect("records are JSON")[field].is_null()
}

fn transfer_words() -> impl Iterator<Item = &'static str> {
    use transfer::State::{Matched, Rejected, Template, Unmatched};
    [Template, Matched, Unmatched, Rejected].into_iter().map(transfers::word)
}

/// The form of everything that this version stores.
fn forms() -> BTreeSet<String> {
    let mut lines: BTreeSet<String> = KINDS
        .iter()
        .flat_map(|kind| (kind.form)().into_iter().map(|line| format!("{}{line}", kind.key)))
        .collect();
    for definition in DEFINITIONS {
        match definition.kind {
            settings::Kind::Choice(words) => {
                lines.extend(words.iter().map(|word| format!("setting {} {{{word}}}", definition.key)));
            }
            kind => {
                lines.insert(format!("setting {} {}", definition.key, format!("{kind:?}").to_lowercase()));
            }
        }
    }
    lines.extend(SourceStatus::WORDS.iter().map(|(_, word)| format!("status {word}")));
    lines.extend(Field::ALL.iter().map(|field| format!("field of a listing {}", field.wire())));
    lines.extend(transfer_words().map(|word| format!("state of a transfer {word}")));
    lines.extend(Code::ALL.iter().map(|code| format!("reason {}", code.word())));
    lines
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/golden")
}

/// The folder of a released version, and its records.
type Released = (PathBuf, Vec<(String, Vec<u8>)>);

/// The released versions whose state is of this schema.
fn released() -> Vec<Released> {
    let mut found = Vec::new();
    for entry in fs::read_dir(golden()).expect("tests/golden") {
        let folder = entry.expect("an entry").path();
        let Ok(text) = fs::read_to_string(folder.join("state.txt")) else { continue };
        let records = text.lines().map(|line| line.split_once('\t').expect("a tab"));
        let records: Vec<_> =
            records.map(|(key, value)| (key.to_owned(), value.as_bytes().to_owned())).collect();
        let schema = records.iter().find(|(key, _)| key == state::SCHEMA_KEY).expect("its schema");
        if schema.1 == state::SCHEMA.to_string().as_bytes() {
            found.push((folder, records));
        }
    }
    found
}

/// What of `old` is not in `new` as it was. Fields may be added.
fn lost(old: &Value, new: &Value, path: &str, found: &mut Vec<String>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, value) in old {
                let path = format!("{path}.{name}");
                match new.get(name) {
                    Some(kept) => lost(value, kept, &path, found),
                    None => found.push(format!("{path} is gone")),
                }
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (place, (old, new)) in old.iter().zip(new).enumerate() {
                lost(old, new, &format!("{path}[{place}]"), found);
            }
        }
        _ if old == new => {}
        _ => found.push(format!("{path} was {old} and became {new}")),
    }
}

#[test]
fn every_record_of_a_released_version_keeps_every_field() {
    let released = released();
    assert!(!released.is_empty(), "no version of this schema has golden state: run `cargo xtask golden`");
    let mut wrong = Vec::new();
    for (folder, records) in &released {
        for (key, value) in records {
            let Some(kind) = KINDS.iter().find(|kind| kind.is_of(key)) else {
                wrong.push(format!("{}: {key} is of no kind of this list", folder.display()));
                continue;
            };
            let mut found = Vec::new();
            match (kind.again)(key, value) {
                Ok(again) => {
                    let old = serde_json::from_slice(value).expect("records are JSON");
                    lost(&old, &again, "", &mut found);
                }
                Err(problem) => found.push(problem),
            }
            wrong.extend(found.into_iter().map(|what| format!("{key}: {what}")));
        }
    }
    assert!(wrong.is_empty(), "stored records that this version loses or misreads:\n{}", wrong.join("\n"));
}

#[test]
fn everything_that_a_released_version_stores_is_still_stored_so() {
    let forms = forms();
    for (folder, _) in released() {
        let kept = fs::read_to_string(folder.join("forms.txt")).expect("its forms: run `cargo xtask golden`");
        let gone: Vec<_> = kept.lines().filter(|line| !forms.contains(*line)).collect();
        assert!(gone.is_empty(), "of {} this version no longer has:\n{}", folder.display(), gone.join("\n"));
    }
}

#[test]
fn the_list_is_that_of_the_table() {
    let rows = include_str!("state.rs").lines().filter_map(|line| line.strip_prefix("//! | `"));
    let keys: Vec<_> = rows.filter_map(|row| Some(row.split_once('`')?.0)).collect();
    assert_eq!(KINDS.iter().map(|kind| kind.key).collect::<Vec<_>>(), keys);
}

#[test]
fn a_lost_or_changed_field_is_seen_wherever_it_is() {
    let old = serde_json::json!({"a": [{"b": 1, "c": null}], "d": "x"});
    let seen = |new: Value| {
        let mut found = Vec::new();
        lost(&old, &new, "", &mut found);
        found.join("; ")
    };
    assert_eq!(seen(serde_json::json!({"a": [{"b": 1, "c": null, "e": 5}], "d": "x", "f": 1})), "");
    assert_eq!(seen(serde_json::json!({"a": [{"b": 1}], "d": "x"})), ".a[0].c is gone");
    assert_eq!(seen(serde_json::json!({"a": [], "d": "x"})), ".a was [{\"b\":1,\"c\":null}] and became []");
    assert_eq!(seen(serde_json::json!({"a": [{"b": 2, "c": null}], "d": "x"})), ".a[0].b was 1 and became 2");
}

/// Writes the forms of this version beside its state. Not a test: it changes the checkout.
#[test]
#[ignore = "writes tests/golden; `cargo xtask golden` runs it before a release"]
fn write_golden_forms() {
    let file = golden().join(env!("CARGO_PKG_VERSION")).join("forms.txt");
    assert!(!file.exists(), "{} is there already; it is never written again", file.display());
    let lines: Vec<_> = forms().into_iter().map(|line| line + "\n").collect();
    fs::write(&file, lines.concat()).expect("the forms");
    println!("{}: {} lines", file.display(), lines.len());
}
