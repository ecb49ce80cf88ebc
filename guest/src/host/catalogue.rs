//! LeafLink's catalogue as it was last read, kept so that suggestions need not read it anew.
//!
//! One record for each product under `catalogue/<product>`, and under `poll/products` how far and
//! when it was read. A product that LeafLink no longer has stays, marked so: an ERP product may be
//! linked to it.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::answer::Failure;
use super::state::{BATCH, Pass, decode, entries_or_default, get, put, store_failure};
use crate::bindings::leaflink_sync::host::store;
use crate::leaflink::product::{Product, is_archived};
use crate::rules::decimal::{parse, plain, to_unit_price};
use crate::rules::ids::LeafLinkProductId;
use crate::rules::product::{Listed, Standing};
use crate::rules::sorting::sort_by;

const STATE_KEY: &str = "poll/products";
const PREFIX: &str = "catalogue/";
/// Records in one page of a scan.
const PAGE: u32 = 1_000;

/// How far LeafLink's catalogue was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueState {
    /// The latest `modified` of a finished pass.
    pub modified: Option<String>,
    /// The latest `last_edit` of a finished pass. Neither is always the later of the two.
    pub last_edit: Option<String>,
    /// When the last whole pass ended; absent: the catalogue was never read to the end.
    pub whole_ms: Option<u64>,
    /// When the last pass of any kind ended.
    pub read_ms: u64,
    /// Counts whole passes.
    pub round: u32,
    /// What is under way.
    pub under_way: Option<UnderWay>,
    /// The next pass is a whole one, whenever the last was.
    #[serde(default)]
    pub again: bool,
    /// Names of brands by their ids; empty: LeafLink tells none.
    pub brands: Vec<(u64, String)>,
}

/// A part of reading the catalogue that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnderWay {
    /// Which.
    pub stage: Stage,
    /// How far it came; `highest` is the latest `modified`.
    pub pass: Pass,
    /// The latest `last_edit` so far.
    pub edited: Option<String>,
}

/// A part of reading the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// All of it.
    Whole,
    /// Products that the whole pass did not come by are asked for one by one.
    Missed,
    /// What was modified.
    Modified,
    /// What a person edited.
    Edited,
}

/// A product of the catalogue in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    name: String,
    sku: String,
    unit: String,
    denomination: Option<String>,
    price: Option<String>,
    brand: Option<u64>,
    strain_class: Option<String>,
    archived: bool,
    gone: bool,
    /// The whole pass that last came by it.
    pub round: u32,
}

/// What stands for a record that cannot be read: it is offered to nobody, and read anew with the
/// next whole pass.
impl Default for Record {
    fn default() -> Self {
        Self {
            name: String::new(),
            sku: String::new(),
            unit: String::new(),
            denomination: None,
            price: None,
            brand: None,
            strain_class: None,
            archived: true,
            gone: false,
            round: u32::MAX,
        }
    }
}

impl Record {
    /// What is kept of a product.
    pub fn of(product: &Product, round: u32) -> Self {
        let display = product.display_name.as_ref().filter(|name| !name.is_empty());
        let cases = product.unit_multiplier.map_or(Decimal::ONE, |units| units.0).max(Decimal::ONE);
        let price = product.wholesale_price.as_ref().map(|price| to_unit_price(price.amount.0 / cases));
        Self {
            name: display.unwrap_or(&product.name).clone(),
            sku: product.sku.clone().unwrap_or_default(),
            unit: product.unit_of_measure.clone().unwrap_or_default(),
            denomination: product.unit_denomination.clone().and_then(|it| it.0),
            price: price.map(plain),
            brand: product.brand.map(|brand| brand.0),
            strain_class: product.strain_classification.clone(),
            archived: is_archived(product.listing_state.as_deref()),
            gone: false,
            round,
        }
    }

    /// The same, come by in another whole pass.
    pub fn seen(self, round: u32) -> Self {
        Self { round, ..self }
    }

    /// The same, no longer there.
    pub fn gone(self, round: u32) -> Self {
        Self { gone: true, round, ..self }
    }

    /// Whether it is known that LeafLink no longer has it.
    pub fn is_gone(&self) -> bool {
        self.gone
    }

    /// In the rules' words.
    pub fn listed(self, id: LeafLinkProductId, brands: &[(u64, String)]) -> Listed {
        let number = |text: Option<String>| text.and_then(|text| parse(&text, 18, 9));
        Listed {
            id,
            name: self.name,
            sku: self.sku,
            unit: self.unit,
            denomination: number(self.denomination),
            price: number(self.price),
            brand: brands
                .iter()
                .find(|(brand, name)| self.brand == Some(*brand) && !name.is_empty())
                .map(|(_, name)| name.clone()),
            strain_class: self.strain_class,
            standing: match (self.gone, self.archived) {
                (true, _) => Standing::Gone,
                (false, true) => Standing::Archived,
                (false, false) => Standing::Live,
            },
        }
    }
}

/// How far the catalogue was read.
pub fn state() -> Result<CatalogueState, Failure> {
    get(STATE_KEY).map(Option::unwrap_or_default)
}

/// Notes how far the catalogue was read.
pub fn put_state(state: &CatalogueState) -> Result<(), Failure> {
    put(STATE_KEY, state)
}

/// Keeps a product.
pub fn put_record(id: LeafLinkProductId, record: &Record) -> Result<(), Failure> {
    put(&format!("{PREFIX}{id}"), record)
}

/// Products after `after` in the order of their ids as text, at most `limit` and [`PAGE`].
pub fn page(
    after: Option<LeafLinkProductId>,
    limit: u32,
) -> Result<Vec<(LeafLinkProductId, Record)>, Failure> {
    let after = after.map(|id| id.to_string());
    let page: Vec<(String, Record)> = entries_or_default(PREFIX, after.as_deref(), limit.min(PAGE))?;
    Ok(page
        .into_iter()
        .filter_map(|(id, record)| Some((LeafLinkProductId(id.parse().ok()?), record)))
        .collect())
}

/// The whole catalogue in the order of the ids.
pub fn all() -> Result<Vec<(LeafLinkProductId, Record)>, Failure> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let found = page(after, PAGE)?;
        let last = found.len() < PAGE as usize;
        after = found.last().map(|(id, _)| *id);
        all.extend(found);
        if last {
            // The store's order is that of the ids as text.
            sort_by(&mut all, |(one, _), (other, _)| one.cmp(other));
            return Ok(all);
        }
    }
}

/// Some products of the catalogue, in the order in which they are asked for.
pub fn records(ids: &[LeafLinkProductId]) -> Result<Vec<Option<Record>>, Failure> {
    let mut found = Vec::new();
    for batch in ids.chunks(BATCH) {
        let keys: Vec<String> = batch.iter().map(|id| format!("{PREFIX}{id}")).collect();
        let values = store::get_many(&keys).map_err(store_failure)?;
        for (key, value) in keys.iter().zip(values) {
            found.push(value.map(|value| decode(key, &value).unwrap_or_default()));
        }
    }
    Ok(found)
}
