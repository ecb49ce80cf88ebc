//! The LeafLink tab of products: the ERP's records of it, and what the store keeps about it.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::answer::Failure;
use super::erp::{failure, number};
use super::payments::ProgressRecord;
use super::products::unit_type;
use super::state::{ReasonRecord, get, put};
use crate::bindings::leaflink_sync::host::types::Money as WitMoney;
use crate::bindings::leaflink_sync::host::{records, secrets};
use crate::rules::ids::{LeafLinkProductId, ProductId};
use crate::rules::once::Progress;
use crate::rules::product::listing::change::Applied;
use crate::rules::product::listing::{Field, Inventory, Money, Tab, Values};
use crate::rules::product::unit_type::UnitType;
use crate::rules::reasons::Code;

const PREFIX: &str = "listing/";

/// A product of the ERP with its LeafLink tab.
#[derive(Clone, Debug)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// Its name.
    pub name: String,
    /// Its SKU.
    pub sku: String,
    /// Its description.
    pub description: String,
    /// What it is counted in.
    pub unit: UnitType,
    /// "Sale Price" for one unit.
    pub sale_price: Option<Money>,
    /// "Units Per Case".
    pub units_per_case: Option<u32>,
    /// The LeafLink product that it is linked to.
    pub leaflink: Option<LeafLinkProductId>,
    /// The tab; absent: nobody ever filled it in.
    pub tab: Option<Tab>,
}

/// One product; absent: the ERP has none of this id.
pub fn product(id: &ProductId) -> Result<Option<Product>, Failure> {
    records::get_products(std::slice::from_ref(&id.0)).map_err(failure)?.pop().map(of_record).transpose()
}

/// The products that are linked to any of these, of which there are at most 500.
pub fn linked_to(ids: &[LeafLinkProductId]) -> Result<Vec<Product>, Failure> {
    let ids: Vec<u64> = ids.iter().map(|id| id.0).collect();
    records::products_by_leaflink_id(&ids).map_err(failure)?.into_iter().map(of_record).collect()
}

pub(super) fn of_record(record: records::Product) -> Result<Product, Failure> {
    Ok(Product {
        unit: unit_type(record.unit_type)?,
        id: ProductId(record.id),
        name: record.name,
        sku: record.sku,
        description: record.description,
        sale_price: money(record.sale_price)?,
        units_per_case: record.units_per_case,
        leaflink: record.leaflink_product_id.map(LeafLinkProductId),
        tab: record.leaflink_listing.map(tab).transpose()?,
    })
}

fn money(money: Option<WitMoney>) -> Result<Option<Money>, Failure> {
    money.map(|money| Ok((number(&money.amount)?, money.currency))).transpose()
}

fn tab(tab: records::LeaflinkListing) -> Result<Tab, Failure> {
    let decimal = |text: Option<String>| -> Result<Option<Decimal>, Failure> {
        text.map(|text| number(&text)).transpose()
    };
    Ok(Tab {
        create: tab.create,
        name: tab.name,
        sku: tab.sku,
        description: tab.description,
        show_quantity: tab.show_inventory_quantity,
        license: tab.license,
        brand: tab.brand,
        product_line: tab.product_line,
        category: tab.category,
        subcategory: tab.subcategory,
        inventory: tab.inventory_management.map(|how| match how {
            records::InventoryManagement::Unlimited => Inventory::Unlimited,
            records::InventoryManagement::Inherited => Inventory::Inherited,
            records::InventoryManagement::Managed => Inventory::Managed,
        }),
        wholesale_price: money(tab.wholesale_price)?,
        sale_price: money(tab.sale_price)?,
        retail_price: money(tab.retail_price)?,
        minimum_order: decimal(tab.minimum_order)?,
        maximum_order: decimal(tab.maximum_order)?,
        strain_classification: tab.strain_classification,
        strain: tab.strain,
        sell_in_multiples: tab.sell_in_multiples,
    })
}

/// What is kept about a product's LeafLink tab.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingRecord {
    /// The LeafLink product that it was applied to; absent: none yet.
    #[serde(default)]
    pub leaflink: Option<u64>,
    /// Every field as it was last applied, by LeafLink's name.
    #[serde(default)]
    pub values: Vec<(String, String)>,
    /// Fields in which LeafLink was left to differ.
    #[serde(default)]
    pub apart: Vec<String>,
    /// LeafLink's name, SKU and unit type: all of them as `seen`, and what it itself made of the ERP's
    /// when it took them since.
    #[serde(default)]
    pub theirs: Vec<(String, String)>,
    /// What the product said of itself when its link to this LeafLink product was first seen, until
    /// the form is applied to it.
    #[serde(default)]
    pub seen: Option<(u64, Vec<(String, String)>)>,
    /// LeafLink products that were made of it so far.
    #[serde(default)]
    pub made: u32,
    /// "Create LeafLink product" was ticked while the product was linked, and was not unticked since:
    /// that tick has had its product.
    #[serde(default)]
    pub tick_settled: bool,
    /// What it waits for, as people were told.
    #[serde(default)]
    pub waits_for: Vec<ReasonRecord>,
}

impl ListingRecord {
    /// What was applied to a LeafLink product; absent: nothing yet.
    pub fn applied(&self, leaflink: LeafLinkProductId) -> Option<Applied> {
        (self.leaflink == Some(leaflink.0)).then(|| Applied {
            values: fields(&self.values),
            apart: self.apart.iter().filter_map(|name| Field::of_wire(name)).collect(),
            // What was seen of another link says nothing of this one.
            respelled: if self.seen.is_none() { fields(&self.theirs) } else { Values::new() },
        })
    }

    /// What was seen of its link to a LeafLink product; nothing: that was not seen.
    pub fn seen(&self, leaflink: LeafLinkProductId) -> Applied {
        match &self.seen {
            Some((id, values)) if *id == leaflink.0 => Applied::seen(fields(values), &fields(&self.theirs)),
            _ => Applied::default(),
        }
    }

    /// What both sides last agreed on, as far as that is known.
    pub fn agreed(&self, leaflink: LeafLinkProductId) -> Applied {
        self.applied(leaflink).unwrap_or_else(|| self.seen(leaflink))
    }

    /// Whether people were told that it waits for this.
    pub fn waits_for(&self, code: Code) -> bool {
        self.waits_for.iter().any(|reason| reason.code == code.word())
    }

    /// Notes what was applied to a LeafLink product.
    pub fn set_applied(&mut self, leaflink: LeafLinkProductId, applied: &Applied) {
        self.seen = None;
        self.leaflink = Some(leaflink.0);
        self.values = stored(&applied.values);
        self.apart = applied.apart.iter().map(|field| field.wire().to_owned()).collect();
        self.theirs = stored(&applied.respelled);
    }
}

/// Values as they are kept. A field that a later version does not know is left out.
pub fn fields(stored: &[(String, String)]) -> Values {
    stored.iter().filter_map(|(name, value)| Some((Field::of_wire(name)?, value.clone()))).collect()
}

/// Values as they are kept.
pub fn stored(values: &[(Field, String)]) -> Vec<(String, String)> {
    values.iter().map(|(field, value)| (field.wire().to_owned(), value.clone())).collect()
}

/// What is kept about a product's LeafLink tab.
pub fn record(id: &ProductId) -> Result<ListingRecord, Failure> {
    Ok(get(&format!("{PREFIX}{id}"))?.unwrap_or_default())
}

/// Notes of a linked product, before it is unlinked, that a tick at "Create LeafLink product" has had
/// its product.
pub fn settle_tick(id: &ProductId) -> Result<(), Failure> {
    let ticked = product(id)?.and_then(|product| product.tab).is_some_and(|tab| tab.create);
    let mut record = record(id)?;
    if ticked && !record.tick_settled {
        record.tick_settled = true;
        put_record(id, &record)?;
    }
    Ok(())
}

/// Keeps it.
pub fn put_record(id: &ProductId, record: &ListingRecord) -> Result<(), Failure> {
    put(&format!("{PREFIX}{id}"), record)
}

/// The mark of the LeafLink product that is made of a product for the so-many-th time, which nobody
/// can foresee. Absent: the host has no key for it.
pub fn mark(id: &ProductId, made: u32) -> Option<String> {
    let what = format!("product/{id}/{made}");
    super::payments::mark_of(secrets::hmac_sha256(secrets::Key::WriteToken, what.as_bytes())?)
}

/// A LeafLink product that should be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewProductWish {
    /// Its fields, by LeafLink's name.
    pub values: Vec<(String, String)>,
    /// The LeafLink company that sells it.
    pub seller: u64,
    /// The key and the value of `external_ids` that it is known again by; absent: its name and SKU.
    #[serde(default)]
    pub mark: Option<(String, String)>,
    /// LeafLink products of its SKU that were there before it was sent: none of them is it.
    #[serde(default)]
    pub before: Vec<u64>,
    /// How far it is.
    #[serde(with = "ProgressRecord")]
    pub progress: Progress,
    /// How often it was sent without an answer.
    #[serde(default)]
    pub unanswered: u32,
}

impl NewProductWish {
    /// Whether it asks for the same product, however far it is.
    pub fn is_same(&self, other: &Self) -> bool {
        self.values == other.values && self.seller == other.seller && self.mark == other.mark
    }
}

/// Fields that a LeafLink product should get.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListingWish {
    /// By LeafLink's name.
    pub values: Vec<(String, String)>,
}
