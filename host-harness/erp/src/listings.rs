//! The "LeafLink" tab of the product form: what a person wants a product's LeafLink product to be.

use leaflink_sync_kit::host::records::{InventoryManagement, LeaflinkListing};
use leaflink_sync_kit::host::types::Money;
use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};

use crate::database::Db;
use crate::error::Result;
use crate::exact::Exact;
use crate::seed::Amount;
use crate::words::{Word, Words};

/// The tab. What is left out is an empty field; an empty name, SKU and description stand for the
/// product's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Listing {
    /// "Create LeafLink product".
    pub create: bool,
    /// "Name".
    pub name: Option<String>,
    /// "SKU".
    pub sku: Option<String>,
    /// "Description".
    pub description: Option<String>,
    /// "Show Inventory Quantity to Buyers"; absent: nobody ticked or unticked it yet.
    pub show_inventory_quantity: Option<bool>,
    /// "LeafLink License".
    pub license: Option<u64>,
    /// "LeafLink Brand".
    pub brand: Option<u64>,
    /// "LeafLink Product Line".
    pub product_line: Option<u64>,
    /// "LeafLink Category".
    pub category: Option<u64>,
    /// "LeafLink Subcategory".
    pub subcategory: Option<u64>,
    /// "Inventory Management".
    pub inventory_management: Option<Management>,
    /// "Wholesale Price", as LeafLink states it: for one case if it is sold in multiples.
    pub wholesale_price: Option<Amount>,
    /// "Sale Price" in LeafLink, as above.
    pub sale_price: Option<Amount>,
    /// "Retail Price", for one unit.
    pub retail_price: Option<Amount>,
    /// "Minimum Order (Units)".
    pub minimum_order: Option<Amount>,
    /// "Maximum Order (Units)".
    pub maximum_order: Option<Amount>,
    /// "LeafLink Strain Classification", in LeafLink's word.
    pub strain_classification: Option<String>,
    /// "LeafLink Strain".
    pub strain: Option<u64>,
    /// "Sell in Multiples", of the product's units per case; absent as above.
    pub sell_in_multiples: Option<bool>,
}

/// "Inventory Management".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The contract's words.
pub enum Management {
    Unlimited,
    Inherited,
    Managed,
}

impl Words for Management {
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Unlimited, "unlimited"), (Self::Inherited, "inherited"), (Self::Managed, "managed")];
}

/// The columns that [`read`] takes, of the table under the name `l`.
pub(crate) const COLUMNS: &str = "l.create_product, l.name AS l_name, l.sku AS l_sku,
    l.description AS l_description, l.show_inventory, l.license, l.brand AS l_brand, l.product_line,
    l.category AS l_category, l.subcategory, l.inventory_management, l.wholesale_price,
    l.sale_price AS l_sale_price, l.retail_price, l.minimum_order, l.maximum_order,
    l.strain_classification, l.strain AS l_strain, l.sell_in_multiples";

/// The tab of a row, in the contract's words; absent: it was never filled in.
pub(crate) fn record(row: &Row<'_>, currency: &str) -> rusqlite::Result<Option<LeaflinkListing>> {
    let Some(listing) = read(row)? else { return Ok(None) };
    let money = |amount: Option<Amount>| {
        amount.map(|amount| Money { amount: amount.0.to_string(), currency: currency.to_owned() })
    };
    let decimal = |amount: Option<Amount>| amount.map(|amount| amount.0.to_string());
    Ok(Some(LeaflinkListing {
        create: listing.create,
        name: listing.name,
        sku: listing.sku,
        description: listing.description,
        show_inventory_quantity: listing.show_inventory_quantity,
        license: listing.license,
        brand: listing.brand,
        product_line: listing.product_line,
        category: listing.category,
        subcategory: listing.subcategory,
        inventory_management: listing.inventory_management.map(|how| match how {
            Management::Unlimited => InventoryManagement::Unlimited,
            Management::Inherited => InventoryManagement::Inherited,
            Management::Managed => InventoryManagement::Managed,
        }),
        wholesale_price: money(listing.wholesale_price),
        sale_price: money(listing.sale_price),
        retail_price: money(listing.retail_price),
        minimum_order: decimal(listing.minimum_order),
        maximum_order: decimal(listing.maximum_order),
        strain_classification: listing.strain_classification,
        strain: listing.strain,
        sell_in_multiples: listing.sell_in_multiples,
    }))
}

/// The tab of a product; absent: it was never filled in.
pub(crate) fn of(db: &Db<'_>, product: &str) -> Result<Option<Listing>> {
    let sql = format!("SELECT {COLUMNS} FROM leaflink_listings l WHERE l.tenant = ?1 AND l.product = ?2");
    Ok(db.row(&sql, [db.tenant, product], read)?.flatten())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Option<Listing>> {
    let Some(create) = row.get::<_, Option<bool>>("create_product")? else { return Ok(None) };
    let id = |column: &str| row.get(column).map(|id: Option<i64>| id.map(i64::cast_unsigned));
    let amount =
        |column: &str| row.get(column).map(|amount: Option<Exact>| amount.map(|amount| Amount(amount.0)));
    Ok(Some(Listing {
        create,
        name: row.get("l_name")?,
        sku: row.get("l_sku")?,
        description: row.get("l_description")?,
        show_inventory_quantity: row.get("show_inventory")?,
        license: id("license")?,
        brand: id("l_brand")?,
        product_line: id("product_line")?,
        category: id("l_category")?,
        subcategory: id("subcategory")?,
        inventory_management: row.get::<_, Option<Word<Management>>>("inventory_management")?.map(|it| it.0),
        wholesale_price: amount("wholesale_price")?,
        sale_price: amount("l_sale_price")?,
        retail_price: amount("retail_price")?,
        minimum_order: amount("minimum_order")?,
        maximum_order: amount("maximum_order")?,
        strain_classification: row.get("strain_classification")?,
        strain: id("l_strain")?,
        sell_in_multiples: row.get("sell_in_multiples")?,
    }))
}

/// Writes the tab of a product in place of what was there.
pub(crate) fn put(db: &Db<'_>, product: &str, listing: &Listing) -> Result<()> {
    let id = |id: Option<u64>| id.map(u64::cast_signed);
    let amount = |amount: Option<Amount>| amount.map(|amount| Exact(amount.0));
    let sql = "INSERT OR REPLACE INTO leaflink_listings VALUES
               (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
                ?20, ?21)";
    db.execute(
        sql,
        params![
            db.tenant,
            product,
            listing.create,
            listing.name,
            listing.sku,
            listing.description,
            listing.show_inventory_quantity,
            id(listing.license),
            id(listing.brand),
            id(listing.product_line),
            id(listing.category),
            id(listing.subcategory),
            listing.inventory_management.map(Word),
            amount(listing.wholesale_price),
            amount(listing.sale_price),
            amount(listing.retail_price),
            amount(listing.minimum_order),
            amount(listing.maximum_order),
            listing.strain_classification,
            id(listing.strain),
            listing.sell_in_multiples,
        ],
    )?;
    Ok(())
}
