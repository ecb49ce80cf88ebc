//! The world before anything happens: a short JSON file, most of it defaults.

mod catalogue;
mod order;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use serde::Deserialize;
use serde_json::{Map, Value};

pub use catalogue::{FacilitySeed, InventoryItemSeed, LicenseSeed, NamedSeed, ProductSeed, SubcategorySeed};
pub use order::{LineSeed, OrderSeed, TaxSeed};

use crate::fault::Fault;
use crate::options::Options;

/// Everything a sandbox starts from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// The seller whose key this is.
    pub company: CompanySeed,
    /// The key that requests must carry: `Authorization: App <key>`.
    #[serde(default = "default_key")]
    pub api_key: String,
    /// Signs webhooks; without it they go out unsigned.
    #[serde(default)]
    pub webhook_key: Option<String>,
    /// The company's offset from UTC, in which instants are written.
    #[serde(default = "default_offset")]
    pub offset: String,
    /// What the clock shows at first, ISO 8601.
    #[serde(default = "default_now")]
    pub now: String,
    /// What LeafLink does not document.
    #[serde(default)]
    pub options: Options,
    /// The company's people.
    #[serde(default)]
    pub staff: Vec<StaffSeed>,
    /// The company's customer records.
    #[serde(default)]
    pub customers: Vec<CustomerSeed>,
    /// The catalogue.
    #[serde(default)]
    pub products: Vec<ProductSeed>,
    /// Orders already there. Those that are Submitted or Accepted reserve stock; the stock of
    /// those further on has left the products' `quantity` already.
    #[serde(default)]
    pub orders: Vec<OrderSeed>,
    /// Brands; one named after the company by default.
    #[serde(default)]
    pub brands: Vec<NamedSeed>,
    /// The company's licences; one by default.
    #[serde(default)]
    pub licenses: Vec<LicenseSeed>,
    /// Product categories; one by default.
    #[serde(default)]
    pub product_categories: Vec<NamedSeed>,
    /// Product subcategories; one by default.
    #[serde(default)]
    pub product_subcategories: Vec<SubcategorySeed>,
    /// Product lines.
    #[serde(default)]
    pub product_lines: Vec<NamedSeed>,
    /// Strains.
    #[serde(default)]
    pub strains: Vec<NamedSeed>,
    /// Places of the newer inventory.
    #[serde(default)]
    pub facilities: Vec<FacilitySeed>,
    /// Stock by place of the newer inventory.
    #[serde(default)]
    pub inventory_items: Vec<InventoryItemSeed>,
    /// Faults armed from the start.
    #[serde(default)]
    pub faults: Vec<Fault>,
}

impl Seed {
    /// Reads a seed file.
    ///
    /// # Errors
    /// If the file can not be read or is no seed: names the file, the line, the place in the
    /// document and what was expected there.
    pub fn load(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the LeafLink seed {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("{} is no LeafLink seed", path.display()))
    }

    /// Reads a seed from its text.
    ///
    /// # Errors
    /// As [`load`](Self::load), without the file.
    pub fn parse(text: &str) -> Result<Self> {
        let mut source = serde_json::Deserializer::from_str(text);
        let seed = serde_path_to_error::deserialize(&mut source).map_err(|error| {
            let place = error.path().to_string();
            anyhow!("line {}, at `{place}`: {}", error.inner().line(), error.into_inner())
        })?;
        source.end().context("there is text after the end of the seed")?;
        Ok(seed)
    }
}

/// The seller.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompanySeed {
    /// LeafLink's id of the company.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its short name in URLs; made from the name by default.
    #[serde(default)]
    pub slug: Option<String>,
    /// Two-letter state.
    #[serde(default = "default_state")]
    pub state: String,
}

/// One of the company's people.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StaffSeed {
    /// LeafLink's id of the person as staff of this company.
    pub id: u64,
    /// First and last name.
    pub name: String,
    /// Made from the name by default.
    #[serde(default)]
    pub email: Option<String>,
    /// Whether the person administers the company.
    #[serde(default)]
    pub admin: bool,
    /// Whether the person may still sign in.
    #[serde(default = "yes")]
    pub active: bool,
}

/// One of the company's customer records.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomerSeed {
    /// LeafLink's id of the record.
    pub id: u64,
    /// The customer's name.
    pub name: String,
    /// The seller's own name for it.
    #[serde(default)]
    pub nickname: Option<String>,
    /// May be empty or missing, as in real records.
    #[serde(default)]
    pub license_number: Option<String>,
    /// The name on the licence.
    #[serde(default)]
    pub business_license_name: Option<String>,
    /// Trade name.
    #[serde(default)]
    pub dba: String,
    /// Where it is; an invented place by default.
    #[serde(default)]
    pub address: AddressSeed,
    /// Contact address.
    #[serde(default)]
    pub email: Option<String>,
    /// Contact number.
    #[serde(default)]
    pub phone: Option<String>,
    /// The buyer company on LeafLink behind the record, if any.
    #[serde(default)]
    pub partner: Option<u64>,
    /// Whether the record is archived.
    #[serde(default)]
    pub archived: bool,
    /// Ids in other systems.
    #[serde(default)]
    pub external_ids: BTreeMap<String, String>,
    /// Further fields of the record, as the API writes them.
    #[serde(default)]
    pub fields: Map<String, Value>,
}

/// A postal address.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AddressSeed {
    /// Street and number.
    pub address: String,
    /// Unit within the building.
    pub unit_number: Option<String>,
    /// City.
    pub city: String,
    /// Two-letter state.
    pub state: String,
    /// ZIP code.
    pub zipcode: String,
}

impl Default for AddressSeed {
    fn default() -> Self {
        Self {
            address: "1 Orchard Street".to_owned(),
            unit_number: None,
            city: "Larkspur".to_owned(),
            state: default_state(),
            zipcode: "80000".to_owned(),
        }
    }
}

fn default_key() -> String {
    "sandbox-key".to_owned()
}

fn default_offset() -> String {
    "-07:00".to_owned()
}

fn default_now() -> String {
    "2026-01-01T00:00:00Z".to_owned()
}

fn default_state() -> String {
    "CO".to_owned()
}

fn yes() -> bool {
    true
}
