//! LeafLink's records and the rules that keep them together.
//!
//! Every change of an order goes through one place ([`orders`]), which moves the stock it holds
//! ([`stock`]), its `modified`, the event log and the webhooks along with it.

mod customers;
mod init;
mod order;
mod orders;
mod payment_options;
mod payments;
mod place;
mod product;
mod products;
mod shared;
mod status;
mod stock;
mod totals;

use std::collections::BTreeMap;

use chrono::FixedOffset;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

pub(crate) use customers::Customer;
pub use order::DiscountType;
pub(crate) use order::{Line, Order, OrderTax, Rep};
pub use orders::{LineEdit, OrderEdit};
pub(crate) use payment_options::PaymentOption;
pub(crate) use payments::{NewPayment, PAYMENT_TYPES};
pub(crate) use place::Placing;
pub(crate) use product::{CASE, CURRENCY, Product, Tracking};
pub use status::{Action, Status};
pub(crate) use totals::Totals;

use shared::Shared;

use crate::options::Options;
use crate::time::Instant;
use crate::webhook::Webhook;

/// Where a change came from, as the event log tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A person in LeafLink's own screens.
    App,
    /// A client of the API.
    Api,
    /// LeafLink itself.
    Other,
}

/// One of the company's people.
#[derive(Clone, Debug)]
pub(crate) struct Staff {
    pub id: u64,
    pub name: String,
    pub email: String,
    pub admin: bool,
    pub active: bool,
}

impl Staff {
    /// The sign-in name: `rae.okafor`.
    pub fn username(&self) -> String {
        self.name.to_lowercase().split_whitespace().collect::<Vec<_>>().join(".")
    }
}

/// The seller.
#[derive(Clone, Debug)]
pub(crate) struct Company {
    pub id: u64,
    pub name: String,
    pub slug: String,
    pub state: String,
}

/// One payment recorded on an order.
#[derive(Clone, Debug)]
pub(crate) struct Payment {
    pub id: u64,
    pub created_on: Instant,
    pub order: String,
    pub recorded_by: u64,
    pub total: Decimal,
    pub currency: String,
    pub payment_date: Instant,
    pub reason: String,
    pub payment_type: String,
}

/// One entry of the orders' event log.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub id: u64,
    pub order: String,
    pub author: String,
    pub username: String,
    pub kind: &'static str,
    pub at: Instant,
    pub changed: Map<String, Value>,
    pub source: Source,
}

/// A credit of a customer, applied to an order.
#[derive(Clone, Debug)]
pub(crate) struct Credit {
    pub id: u64,
    pub customer: u64,
    pub amount: Decimal,
    pub currency: String,
    pub applied_to: String,
    pub at: Instant,
}

/// Stock of one product at one facility.
#[derive(Clone, Debug)]
pub(crate) struct InventoryItem {
    pub id: u64,
    pub facility: u64,
    pub product: u64,
    pub quantity: Decimal,
    pub batch: Option<u64>,
    pub archived: bool,
}

/// Lists that nothing here changes, each row as the API writes it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reference {
    pub companies: Vec<Value>,
    pub brands: Vec<Value>,
    pub licenses: Vec<Value>,
    pub categories: Vec<Value>,
    pub subcategories: Vec<Value>,
    pub product_lines: Vec<Value>,
    pub strains: Vec<Value>,
    pub facilities: Vec<Value>,
}

impl Reference {
    /// The list of a path.
    pub fn list(&self, name: &str) -> Option<&Vec<Value>> {
        Some(match name {
            "companies" => &self.companies,
            "brands" => &self.brands,
            "licenses" => &self.licenses,
            "product-categories" => &self.categories,
            "product-subcategories" => &self.subcategories,
            "product-lines" => &self.product_lines,
            "strains" => &self.strains,
            "facilities" => &self.facilities,
            _ => return None,
        })
    }

    /// As above, to be changed.
    fn list_mut(&mut self, name: &str) -> Option<&mut Vec<Value>> {
        Some(match name {
            "brands" => &mut self.brands,
            "licenses" => &mut self.licenses,
            "product-categories" => &mut self.categories,
            "product-subcategories" => &mut self.subcategories,
            "product-lines" => &mut self.product_lines,
            "strains" => &mut self.strains,
            _ => return None,
        })
    }
}

/// Everything LeafLink knows.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub company: Company,
    pub offset: FixedOffset,
    pub options: Options,
    pub staff: Shared<BTreeMap<u64, Staff>>,
    pub customers: Shared<BTreeMap<u64, Customer>>,
    pub products: Shared<BTreeMap<u64, Product>>,
    /// By LeafLink's inner id, which rises with the time of placing.
    pub orders: Shared<BTreeMap<u64, Order>>,
    pub payments: Shared<BTreeMap<u64, Payment>>,
    pub events: Shared<Vec<Event>>,
    pub credits: Shared<Vec<Credit>>,
    pub inventory: Shared<BTreeMap<u64, InventoryItem>>,
    pub reference: Shared<Reference>,
    pub webhooks: Vec<Webhook>,
    pub webhook_key: Option<String>,
    now: Instant,
    last_stamp: Instant,
    next_line: u64,
    next_rep: u64,
    next_tax: u64,
}

impl World {
    /// Sets the clock.
    pub fn set_now(&mut self, now: Instant) {
        self.now = now;
    }

    /// The clock, without a stamp.
    pub fn now(&self) -> Instant {
        self.now
    }

    /// The instant of a write: the clock, but always later than the write before.
    fn stamp(&mut self) -> Instant {
        self.last_stamp = self.now.max(Instant(self.last_stamp.0 + 1));
        self.last_stamp
    }

    /// The person whose name a change carries.
    fn author(&self, source: Source) -> (String, String) {
        let person = self.staff.values().find(|person| person.admin).or_else(|| self.staff.values().next());
        match (source, person) {
            (Source::App, Some(person)) => (person.name.clone(), person.username()),
            (Source::Api, _) => ("API".to_owned(), "api".to_owned()),
            _ => ("LeafLink".to_owned(), "leaflink".to_owned()),
        }
    }
}

/// The id after the last one, or `first` in an empty table.
fn next_id<T>(table: &BTreeMap<u64, T>, first: u64) -> u64 {
    table.last_key_value().map_or(first, |(last, _)| last + 1)
}
