//! What was read from the ERP for one order.

use rust_decimal::Decimal;

use super::SourceStatus;
use super::projection::Projection;
use crate::rules::customer_match;
use crate::rules::ids::{
    CompanyId, CustomerId, LeafLinkProductId, LocationId, ProductId, StaffId, TaxId, UserId,
};
use crate::rules::product::unit_type::UnitType;
use crate::rules::sales_order::SalesOrder;
use crate::rules::sorted::Map;

/// A person in the ERP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Its name.
    pub name: String,
    /// Whether it can own a sales order.
    pub active: bool,
}

/// A product of the ERP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErpProduct {
    /// Its id.
    pub id: ProductId,
    /// Its name.
    pub name: String,
    /// What it is counted in.
    pub unit: UnitType,
}

/// Stock of one product at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockLevel {
    /// Which product.
    pub product: ProductId,
    /// Which place; `None`: order lines that name none.
    pub location: Option<LocationId>,
    /// On hand, reserved included.
    pub active: Decimal,
    /// Of that, spoken for by PROCESSING orders and assemblies.
    pub reserved: Decimal,
    /// Promised on PENDING orders from LeafLink, not in `reserved`.
    pub promised: Decimal,
}

/// An address of a trading partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Its id.
    pub id: LocationId,
    /// Its name.
    pub name: String,
}

/// A trading partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Company {
    /// Its id.
    pub id: CompanyId,
    /// Its name.
    pub name: String,
    /// Its addresses.
    pub addresses: Vec<Address>,
    /// "Default Inventory Source".
    pub default_inventory_source: Option<LocationId>,
    /// "LeafLink Customer".
    pub leaflink_customer: Option<CustomerId>,
}

/// An ERP product that is linked to a LeafLink product in whose place another came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relink {
    /// The ERP product's name.
    pub product: String,
    /// The LeafLink product that it is linked to.
    pub linked: LeafLinkProductId,
    /// What is the matter with that one.
    pub because: &'static str,
}

/// A tax of the ERP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErpTax {
    /// Its id.
    pub id: TaxId,
    /// Its name.
    pub name: String,
    /// In percent.
    pub rate: Decimal,
}

/// A customer that no company is linked to, with the companies that it could be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnlinkedCustomer {
    /// The LeafLink customer.
    pub customer: customer_match::Customer,
    /// Every company of the ERP.
    pub candidates: Vec<(customer_match::Candidate, Company)>,
}

/// What is remembered of looks before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// The order as it was last applied to its sales order.
    pub applied: Option<Projection>,
    /// The order as it was last looked at, where edits of it could not be applied.
    pub seen: Option<Projection>,
    /// The person who deleted it wants LeafLink's order rejected.
    pub reject: bool,
    /// The status that LeafLink's order was to get because of the sales order, and perhaps did.
    pub own_status: Option<SourceStatus>,
    /// The customer that the sales order had.
    pub seen_customer: Option<CompanyId>,
}

/// What was read from the ERP for one order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The company's own currency.
    pub currency: String,
    /// The ERP user of each mapped LeafLink user; `None`: the user is gone.
    pub users: Map<StaffId, Option<User>>,
    /// The ERP product of each linked LeafLink product.
    pub products: Map<LeafLinkProductId, ErpProduct>,
    /// By LeafLink product that is linked to nothing: the link whose place it may take.
    pub relinks: Map<LeafLinkProductId, Relink>,
    /// Stock of those products.
    pub stock: Vec<StockLevel>,
    /// Companies linked to the order's customer, by id.
    pub companies: Vec<Company>,
    /// The company that the existing sales order names as its customer.
    pub sales_order_company: Option<Company>,
    /// Places of the ERP that hold stock, with their names.
    pub locations: Map<LocationId, String>,
    /// Taxes of the ERP, by id.
    pub taxes: Vec<ErpTax>,
    /// When no company is linked to the order's customer: the customer, and every company.
    pub unlinked_customer: Option<UnlinkedCustomer>,
    /// The sales order that the order already became.
    pub existing: Option<SalesOrder>,
    /// What is remembered of looks before.
    pub memory: Memory,
    /// When the integration was connected, in milliseconds since 1970.
    pub connected_at_ms: Option<u64>,
}
