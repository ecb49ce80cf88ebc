//! The sales order that a LeafLink order becomes.

use rust_decimal::Decimal;

use crate::rules::ids::{CompanyId, LineId, LocationId, OrderNumber, ProductId, TaxId, UserId};
use crate::rules::sales_order::Status;

/// Statuses that a new sales order can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewStatus {
    /// Nothing is reserved.
    Pending,
    /// Its stock is reserved.
    Processing,
}

impl From<NewStatus> for Status {
    fn from(status: NewStatus) -> Self {
        match status {
            NewStatus::Pending => Self::Pending,
            NewStatus::Processing => Self::Processing,
        }
    }
}

/// A line of the sales order as it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLine {
    /// The line that it replaces; absent for a new one.
    pub id: Option<String>,
    /// The ERP's product.
    pub product: ProductId,
    /// In the product's own unit.
    pub quantity: Decimal,
    /// For one unit, nine places.
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
}

/// What a charge on the sales order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChargeKind {
    /// Adds to the total.
    Charge,
    /// Takes from the total.
    Discount,
}

/// What of the LeafLink order a charge stands for; later edits find it by this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChargeSource {
    /// A line with a negative price.
    Line(LineId),
    /// The order's discount.
    Discount,
    /// The credits applied to it.
    Credit,
    /// One of its taxes, by its place among them.
    Tax(u32),
    /// Its shipping charge.
    Shipping,
}

/// A charge, discount, credit or tax on the whole sales order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// What the ERP shows.
    pub name: String,
    /// Which way it counts.
    pub kind: ChargeKind,
    /// Given when it was stated as a percentage.
    pub percent: Option<Decimal>,
    /// To the cent; negative for a discount.
    pub amount: Decimal,
    /// The ERP tax, when it is one.
    pub tax: Option<TaxId>,
    /// People cannot edit it in the ERP.
    pub locked: bool,
    /// What it stands for; absent for a charge that was added in the ERP.
    pub source: Option<ChargeSource>,
}

/// The sales order to create.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// LeafLink's order.
    pub number: OrderNumber,
    /// Its "Order No.".
    pub short_id: String,
    /// LeafLink's own total, kept as it was sent.
    pub leaflink_total: Decimal,
    /// "Adult Use", "Medical", ...
    pub classification: Option<String>,
    /// Its first status.
    pub status: NewStatus,
    /// When the order was placed, in milliseconds since 1970.
    pub placed_at_ms: u64,
    /// ISO 4217.
    pub currency: String,
    /// The customer.
    pub customer: Option<CompanyId>,
    /// Billing and shipping address: the customer's only one.
    pub address: Option<LocationId>,
    /// "Inventory Source".
    pub location: Option<LocationId>,
    /// The owner.
    pub owner: UserId,
    /// Seen by the seller only.
    pub internal_notes: Option<String>,
    /// Seen by the buyer.
    pub external_notes: Option<String>,
    /// Its lines, laid out as in LeafLink.
    pub lines: Vec<NewLine>,
    /// Its charges.
    pub charges: Vec<Charge>,
}

impl Draft {
    /// Lines and charges, summed.
    pub fn total(&self) -> Decimal {
        let lines: Decimal = self.lines.iter().map(|line| line.total).sum();
        let charges: Decimal = self.charges.iter().map(|charge| charge.amount).sum();
        lines + charges
    }
}
