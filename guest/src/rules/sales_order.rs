//! A sales order as the ERP has it, for the rules that follow it and that follow LeafLink.

use std::fmt;

use rust_decimal::Decimal;

use super::ids::{CompanyId, LineId, LocationId, ProductId, SalesOrderId, UserId};
use super::order::draft::Charge;

/// Statuses of a sales order, in the order in which it normally moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Nothing is reserved.
    Pending,
    /// Unfulfilled lines reserve stock.
    Processing,
    /// Every line is fulfilled.
    ReadyToShip,
    /// On its way.
    Delivering,
    /// The customer has it.
    Delivered,
    /// Done.
    Completed,
    /// Called off.
    Canceled,
}

impl Status {
    /// Every status, in order.
    pub const ALL: [Status; 7] = [
        Status::Pending,
        Status::Processing,
        Status::ReadyToShip,
        Status::Delivering,
        Status::Delivered,
        Status::Completed,
        Status::Canceled,
    ];
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Status::Pending => "PENDING",
            Status::Processing => "PROCESSING",
            Status::ReadyToShip => "READY_TO_SHIP",
            Status::Delivering => "DELIVERING",
            Status::Delivered => "DELIVERED",
            Status::Completed => "COMPLETED",
            Status::Canceled => "CANCELED",
        })
    }
}

/// A line of a sales order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The ERP's own id of the line.
    pub id: String,
    /// The ERP's product.
    pub product: ProductId,
    /// In the product's own unit.
    pub quantity: Decimal,
    /// For one unit.
    pub unit_price: Decimal,
    /// To the cent.
    pub total: Decimal,
    /// Given away as a sample.
    pub is_sample: bool,
    /// The line's note.
    pub note: Option<String>,
    /// Where it is filled from.
    pub location: Option<LocationId>,
    /// Where it came from; absent for a line that was added in the ERP.
    pub leaflink_line: Option<LineId>,
    /// How much of it has packages assigned.
    pub fulfilled: Decimal,
}

impl Line {
    /// Whether any of it was fulfilled.
    pub fn is_started(&self) -> bool {
        !self.fulfilled.is_zero()
    }
}

/// A sales order that came from LeafLink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SalesOrder {
    /// Its id.
    pub id: SalesOrderId,
    /// What the ERP prints.
    pub number: String,
    /// Where it stands.
    pub status: Status,
    /// The customer.
    pub customer: Option<CompanyId>,
    /// The owner.
    pub owner: Option<UserId>,
    /// "Inventory Source".
    pub location: Option<LocationId>,
    /// "Delivery date", `YYYY-MM-DD`.
    pub delivery_day: Option<String>,
    /// Its lines.
    pub lines: Vec<Line>,
    /// Its charges.
    pub charges: Vec<Charge>,
}

impl SalesOrder {
    /// Whether every line is fulfilled.
    pub fn is_fulfilled(&self) -> bool {
        self.lines.iter().all(|line| line.fulfilled >= line.quantity)
    }
}
