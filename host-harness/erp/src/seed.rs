//! A company to start with, from a JSON file: its people, places, products, stock, customers.
//!
//! Whatever can have a sensible default may be left out, so that a file shows what matters in it.
//! Amounts and quantities are decimals in quotes (`"9.00"`) or whole numbers.

mod check;
mod load;
mod values;
pub(crate) mod write;

use serde::Deserialize;

pub use load::SeedError;
pub use values::{Amount, Status, Stock};

use crate::listings::Listing;
use crate::words::Tracking;

/// A company as a seed file describes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// The company itself.
    pub company: Company,
    /// The people who work there.
    #[serde(default)]
    pub users: Vec<User>,
    /// Its own places where stock is kept.
    #[serde(default)]
    pub locations: Vec<Location>,
    /// What it sells.
    #[serde(default)]
    pub products: Vec<Product>,
    /// Whom it sells to.
    #[serde(default)]
    pub customers: Vec<Customer>,
    /// Taxes it can add to an order.
    #[serde(default)]
    pub taxes: Vec<Tax>,
    /// Orders that exist already. They are packed from the stock of this file.
    #[serde(default)]
    pub sales_orders: Vec<SalesOrder>,
}

/// The company itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Company {
    /// Its name.
    pub name: String,
    /// ISO 4217 code of its books.
    #[serde(default = "default_currency")]
    pub currency: String,
    /// E-mail addresses of its admins.
    #[serde(default)]
    pub admins: Vec<String>,
    /// "LeafLink Brand".
    pub leaflink_brand: Option<u64>,
}

/// A person who works for the company.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// Unique among users.
    pub id: String,
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Whether the user can own sales orders.
    #[serde(default = "yes")]
    pub active: bool,
}

/// A place where stock is kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// Unique among locations.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Licence number.
    pub license: Option<String>,
}

/// A product.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Unique among products.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Stock keeping unit.
    #[serde(default)]
    pub sku: String,
    /// Text for buyers.
    #[serde(default)]
    pub description: String,
    /// A built-in unit type (`Unit`, `Gram`, ...); any other name becomes a unit type of the
    /// company's own.
    #[serde(default = "default_unit")]
    pub unit: String,
    /// "Sale Price" for one unit.
    pub sale_price: Option<Amount>,
    /// Units in one case.
    pub units_per_case: Option<u32>,
    /// How its stock is followed.
    #[serde(default)]
    pub tracking: Tracking,
    /// Brand name.
    pub brand: Option<String>,
    /// Category name.
    pub category: Option<String>,
    /// Strain name.
    pub strain: Option<String>,
    /// Whether it is sold at present.
    #[serde(default = "yes")]
    pub active: bool,
    /// The LeafLink product that it is linked to.
    pub leaflink_product: Option<u64>,
    /// The "LeafLink" tab of its form. Left out: nobody ever filled it in.
    pub leaflink_listing: Option<Listing>,
    /// On hand by location, or `"unknown"`. Left out: none anywhere.
    #[serde(default)]
    pub stock: Stock,
}

/// A trading partner.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// Unique among customers.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its name in the licence register.
    pub legal_name: Option<String>,
    /// Numbers of its valid licences.
    #[serde(default)]
    pub licenses: Vec<String>,
    /// Numbers of licences that lapsed.
    #[serde(default)]
    pub inactive_licenses: Vec<String>,
    /// Where it can be billed and delivered to.
    #[serde(default)]
    pub addresses: Vec<Address>,
    /// "Default Inventory Source": a location of the company's own.
    pub inventory_source: Option<String>,
    /// "LeafLink Customer".
    pub leaflink_customer: Option<u64>,
}

/// An address of a customer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Unique among all addresses.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Street and number.
    #[serde(default)]
    pub street: String,
    /// City.
    #[serde(default)]
    pub city: String,
    /// Two letters.
    #[serde(default)]
    pub state: String,
    /// ZIP code.
    #[serde(default)]
    pub zip: String,
    /// Licence number.
    pub license: Option<String>,
}

/// A tax.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tax {
    /// Unique among taxes.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `"15"` is fifteen hundredths.
    pub rate_percent: Amount,
}

/// A sales order that exists already, not from LeafLink. Numbers are given in the file's order,
/// from SO-1001.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SalesOrder {
    /// The buying company.
    pub customer: Option<String>,
    /// The user who owns it.
    pub owner: Option<String>,
    /// "Inventory Source".
    pub location: Option<String>,
    /// Whatever the status demands is done to reach it: lines are packed, a transfer is matched.
    #[serde(default)]
    pub status: Status,
    /// At least one.
    pub lines: Vec<Line>,
}

/// A line of a sales order.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What is ordered.
    pub product: String,
    /// In the product's own unit.
    pub quantity: Amount,
    /// For one unit.
    pub unit_price: Amount,
}

fn yes() -> bool {
    true
}

fn default_currency() -> String {
    "USD".to_owned()
}

fn default_unit() -> String {
    "Unit".to_owned()
}
