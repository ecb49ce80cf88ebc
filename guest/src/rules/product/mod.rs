//! "How to Sync Products": which ERP product is which LeafLink product.

mod amount;
pub mod link;
pub mod listing;
pub mod price;
mod profile;
pub mod recreated;
mod score;
mod similar;
pub mod suggest;
mod tokens;
pub mod unit_type;

use rust_decimal::Decimal;

use super::decimal::plain;
use super::ids::{LeafLinkProductId, ProductId};
use unit_type::UnitType;

/// A product of the ERP, as far as linking goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// Its name.
    pub name: String,
    /// Its SKU; may be empty.
    pub sku: String,
    /// What it is counted in.
    pub unit: UnitType,
    /// "Sale Price" for one unit.
    pub price: Option<Decimal>,
    /// Its brand's name.
    pub brand: Option<String>,
    /// Its category's name.
    pub category: Option<String>,
    /// Its strain's name.
    pub strain: Option<String>,
    /// Whether it is sold at present.
    pub active: bool,
    /// The LeafLink product that it is linked to.
    pub leaflink: Option<LeafLinkProductId>,
}

/// A product of LeafLink's catalogue, as far as linking goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: LeafLinkProductId,
    /// Its name; a variety's with its parent's.
    pub name: String,
    /// Its SKU; may be empty.
    pub sku: String,
    /// LeafLink's word for its unit of measure.
    pub unit: String,
    /// How much of the unit of measure one unit is, such as `3.50000`.
    pub denomination: Option<Decimal>,
    /// "Wholesale Price" for one unit, a case price divided.
    pub price: Option<Decimal>,
    /// Its brand's name.
    pub brand: Option<String>,
    /// LeafLink's word for its strain classification.
    pub strain_class: Option<String>,
    /// Whether it is still there to be sold, and if not, why.
    pub standing: Standing,
}

impl Listed {
    /// What it is counted in.
    pub fn counted_in(&self) -> String {
        unit_type::counted_in(&self.unit, self.denomination.map(plain).as_deref())
    }
}

/// Whether a LeafLink product is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is.
    Live,
    /// Somebody archived it.
    Archived,
    /// LeafLink no longer has it.
    Gone,
}
