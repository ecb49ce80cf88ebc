//! A LeafLink order in the rules' own words: checked, exact, free of JSON.

use rust_decimal::Decimal;

use super::{negative_price, outward};
use crate::rules::ids::{CustomerId, LeafLinkProductId, LineId, OrderNumber, StaffId};
use crate::rules::sorted::Map;

/// Statuses of a LeafLink order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceStatus {
    /// Not placed yet.
    Draft,
    /// The buyer, or a sales rep for the buyer, placed it.
    Submitted,
    /// The seller agreed.
    Accepted,
    /// Waits for stock.
    Backorder,
    /// Picked, packed and staged.
    Fulfilled,
    /// Left the building.
    Shipped,
    /// The retailer has it.
    Complete,
    /// The seller called it off.
    Rejected,
    /// Merged into another order.
    Combined,
    /// The buyer called it off.
    Cancelled,
}

impl SourceStatus {
    /// Every status with LeafLink's word for it.
    pub const WORDS: &[(SourceStatus, &str)] = &[
        (SourceStatus::Draft, "Draft"),
        (SourceStatus::Submitted, "Submitted"),
        (SourceStatus::Accepted, "Accepted"),
        (SourceStatus::Backorder, "Backorder"),
        (SourceStatus::Fulfilled, "Fulfilled"),
        (SourceStatus::Shipped, "Shipped"),
        (SourceStatus::Complete, "Complete"),
        (SourceStatus::Rejected, "Rejected"),
        (SourceStatus::Combined, "Combined"),
        (SourceStatus::Cancelled, "Cancelled"),
    ];

    /// LeafLink's word.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(status, _)| *status == self).map_or("", |(_, word)| word)
    }

    /// The status of a word, whatever its case.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(_, known)| known.eq_ignore_ascii_case(word)).map(|(status, _)| *status)
    }
}

/// One sales rep of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SalesRep {
    /// Company-staff id.
    pub staff: StaffId,
    /// "First Last", or empty when LeafLink sent only the id.
    pub name: String,
}

impl SalesRep {
    /// A name for people.
    pub fn label(&self) -> String {
        if self.name.is_empty() {
            format!("LeafLink user {}", self.staff)
        } else {
            format!("{} (LeafLink user {})", self.name, self.staff)
        }
    }
}

/// The seller's customer record that an order names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Its id.
    pub id: CustomerId,
    /// Its name, or empty when LeafLink sent only the id.
    pub name: String,
}

impl Customer {
    /// A name for people.
    pub fn label(&self) -> String {
        if self.name.is_empty() { format!("LeafLink customer {}", self.id) } else { self.name.clone() }
    }
}

/// The one discount of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discount {
    /// Hundredths of the sum of the lines.
    Percent(Decimal),
    /// An amount of money.
    Amount(Decimal),
}

/// A tax of an order, stated as a rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderTax {
    /// LeafLink's name for it, if it has one.
    pub name: Option<String>,
    /// In percent.
    pub rate: Decimal,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLine {
    /// The line's own id; later edits find it by this.
    pub id: LineId,
    /// The product, unless the line is money only.
    pub product: Option<LeafLinkProductId>,
    /// The product's name when the order was placed.
    pub name: String,
    /// The product's SKU when the order was placed.
    pub sku: String,
    /// In units, also for products that are sold in cases.
    pub quantity: Decimal,
    /// Units in one case; 1 when the product is not sold in cases.
    pub units_per_case: Decimal,
    /// What was charged for one case (for one unit when there are no cases).
    pub case_price: Decimal,
    /// Given away as a sample.
    pub is_sample: bool,
    /// The line's own note.
    pub note: Option<String>,
    /// LeafLink's word for what the quantity counts; absent: LeafLink does not say.
    pub unit: Option<String>,
}

impl OrderLine {
    /// A name for people.
    pub fn label(&self) -> String {
        match (self.name.is_empty(), self.product) {
            (false, _) => self.name.clone(),
            (true, Some(product)) => format!("LeafLink product {product}"),
            (true, None) => format!("LeafLink line {}", self.id),
        }
    }
}

impl Order {
    /// The units that its buyer was promised, by LeafLink product: of an order that was placed and
    /// not called off.
    pub fn holds(&self) -> Map<u64, Decimal> {
        if outward::rank(self.status).is_some() && self.status != SourceStatus::Backorder {
            return self.units(|line| !negative_price::is_discount(line));
        }
        Map::new()
    }

    /// The units on these lines, by LeafLink product.
    pub fn units(&self, counts: fn(&OrderLine) -> bool) -> Map<u64, Decimal> {
        let mut units: Map<u64, Decimal> = Map::new();
        for line in self.lines.iter().filter(|line| counts(line)) {
            if let Some(product) = line.product {
                *units.entry(product.0, Default::default) += line.quantity;
            }
        }
        units
    }
}

/// A LeafLink order. All amounts are in `currency`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The UUID.
    pub number: OrderNumber,
    /// The "Order No." that people see.
    pub short_id: String,
    /// Where it stands.
    pub status: SourceStatus,
    /// When it was placed, in milliseconds since 1970.
    pub placed_at_ms: u64,
    /// When LeafLink last changed it, as LeafLink wrote it.
    pub modified: String,
    /// The customer, if it names one.
    pub customer: Option<Customer>,
    /// Its sales reps.
    pub sales_reps: Vec<SalesRep>,
    /// "Adult Use", "Medical", ...
    pub classification: Option<String>,
    /// Its lines, in LeafLink's order.
    pub lines: Vec<OrderLine>,
    /// Its discount, if it has one.
    pub discount: Option<Discount>,
    /// Its taxes.
    pub taxes: Vec<OrderTax>,
    /// The tax in money, as LeafLink reckoned it.
    pub final_tax: Option<Decimal>,
    /// The shipping charge.
    pub shipping: Decimal,
    /// The sum of the credits applied to it.
    pub credits: Decimal,
    /// LeafLink's own total.
    pub total: Decimal,
    /// ISO 4217.
    pub currency: String,
    /// Seen by the buyer.
    pub external_notes: Option<String>,
    /// Seen by the seller only.
    pub internal_notes: Option<String>,
    /// The day of `ship_date`, `YYYY-MM-DD`.
    pub ship_day: Option<String>,
    /// Ids of other systems, by key.
    pub external_ids: Map<String, String>,
    /// LeafLink's words for the statuses that it can go to.
    pub available_transitions: Vec<String>,
}
