//! What of a LeafLink order counts as an edit when it changes.
//!
//! The projection of the order as it was last applied is remembered. A field that differs from it
//! was edited in LeafLink; one that does not is left to the ERP's users, so that nothing of theirs
//! is overwritten by an echo.

use rust_decimal::Decimal;

use super::{Discount, Order, SourceStatus, negative_price};
use crate::rules::ids::{LeafLinkProductId, LineId, StaffId};

/// One line, as far as edits go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineProjection {
    /// The line.
    pub id: LineId,
    /// Its product.
    pub product: Option<LeafLinkProductId>,
    /// In units.
    pub quantity: Decimal,
    /// Units in one case.
    pub units_per_case: Decimal,
    /// For one case.
    pub case_price: Decimal,
    /// A sample.
    pub is_sample: bool,
    /// Its note.
    pub note: Option<String>,
}

/// An order, as far as edits go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Projection {
    /// Its status.
    pub status: SourceStatus,
    /// Its lines, in order.
    pub lines: Vec<LineProjection>,
    /// Its sales reps.
    pub sales_reps: Vec<StaffId>,
    /// Its discount.
    pub discount: Option<Discount>,
    /// Its taxes, as rates.
    pub taxes: Vec<Decimal>,
    /// Its tax in money, as LeafLink reckoned it.
    pub final_tax: Option<Decimal>,
    /// Its shipping charge.
    pub shipping: Decimal,
    /// Its credits.
    pub credits: Decimal,
    /// Seen by the seller only.
    pub internal_notes: Option<String>,
    /// Seen by the buyer.
    pub external_notes: Option<String>,
}

impl Projection {
    /// The projection of an order.
    pub fn of(order: &Order) -> Self {
        let (internal_notes, external_notes) = super::notes::of(order);
        Self {
            status: order.status,
            lines: order
                .lines
                .iter()
                .map(|line| LineProjection {
                    id: line.id,
                    product: line.product,
                    quantity: line.quantity.normalize(),
                    units_per_case: line.units_per_case.normalize(),
                    case_price: line.case_price.normalize(),
                    is_sample: line.is_sample,
                    note: line.note.clone(),
                })
                .collect(),
            sales_reps: order.sales_reps.iter().map(|rep| rep.staff).collect(),
            discount: order.discount,
            taxes: order.taxes.iter().map(|tax| tax.rate.normalize()).collect(),
            final_tax: order.final_tax.map(|tax| tax.normalize()),
            shipping: order.shipping.normalize(),
            credits: order.credits.normalize(),
            internal_notes,
            external_notes,
        }
    }

    /// The line with an id.
    pub fn line(&self, id: LineId) -> Option<&LineProjection> {
        self.lines.iter().find(|line| line.id == id)
    }

    /// The same but for the status: what a person edits, apart from where the order stands.
    pub fn same_content(&self, other: &Self) -> bool {
        let mut other = other.clone();
        other.status = self.status;
        *self == other
    }

    /// Whether anything that makes up the charges differs: discount, credits, tax, shipping, or a
    /// line with a negative price. `with_prices`: whether prices count.
    pub fn same_money(&self, other: &Self) -> bool {
        let negative = |projection: &Self| {
            projection
                .lines
                .iter()
                .filter(|line| negative_price::is_negative(line.case_price))
                .cloned()
                .collect::<Vec<_>>()
        };
        self.discount == other.discount
            && self.taxes == other.taxes
            && self.final_tax == other.final_tax
            && self.shipping == other.shipping
            && self.credits == other.credits
            && negative(self) == negative(other)
    }
}
