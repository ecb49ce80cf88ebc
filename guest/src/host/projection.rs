//! The remembered projection of an order, as it is stored.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::rules::decimal::{parse, plain};
use crate::rules::ids::{LeafLinkProductId, LineId, StaffId};
use crate::rules::order::projection::{LineProjection, Projection};
use crate::rules::order::{Discount, SourceStatus};

/// A [`Projection`] in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectionRecord {
    status: String,
    lines: Vec<LineRecord>,
    sales_reps: Vec<u64>,
    discount: Option<(String, String)>,
    taxes: Vec<String>,
    final_tax: Option<String>,
    shipping: String,
    credits: String,
    internal_notes: Option<String>,
    external_notes: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct LineRecord {
    id: u64,
    product: Option<u64>,
    quantity: String,
    units_per_case: String,
    case_price: String,
    is_sample: bool,
    note: Option<String>,
}

impl From<&Projection> for ProjectionRecord {
    fn from(projection: &Projection) -> Self {
        Self {
            status: projection.status.word().to_owned(),
            lines: projection
                .lines
                .iter()
                .map(|line| LineRecord {
                    id: line.id.0,
                    product: line.product.map(|product| product.0),
                    quantity: plain(line.quantity),
                    units_per_case: plain(line.units_per_case),
                    case_price: plain(line.case_price),
                    is_sample: line.is_sample,
                    note: line.note.clone(),
                })
                .collect(),
            sales_reps: projection.sales_reps.iter().map(|staff| staff.0).collect(),
            discount: projection.discount.map(|discount| match discount {
                Discount::Percent(percent) => ("%".to_owned(), plain(percent)),
                Discount::Amount(amount) => ("$".to_owned(), plain(amount)),
            }),
            taxes: projection.taxes.iter().copied().map(plain).collect(),
            final_tax: projection.final_tax.map(plain),
            shipping: plain(projection.shipping),
            credits: plain(projection.credits),
            internal_notes: projection.internal_notes.clone(),
            external_notes: projection.external_notes.clone(),
        }
    }
}

impl ProjectionRecord {
    /// The same content in another status.
    pub fn set_status(&mut self, status: SourceStatus) {
        status.word().clone_into(&mut self.status);
    }

    /// The projection; absent when the record is damaged, which counts as not remembered.
    pub fn projection(&self) -> Option<Projection> {
        Some(Projection {
            status: SourceStatus::from_word(&self.status)?,
            lines: self
                .lines
                .iter()
                .map(|line| {
                    Some(LineProjection {
                        id: LineId(line.id),
                        product: line.product.map(LeafLinkProductId),
                        quantity: number(&line.quantity)?,
                        units_per_case: number(&line.units_per_case)?,
                        case_price: number(&line.case_price)?,
                        is_sample: line.is_sample,
                        note: line.note.clone(),
                    })
                })
                .collect::<Option<_>>()?,
            sales_reps: self.sales_reps.iter().map(|staff| StaffId(*staff)).collect(),
            discount: match &self.discount {
                None => None,
                Some((kind, value)) if kind == "%" => Some(Discount::Percent(number(value)?)),
                Some((_, value)) => Some(Discount::Amount(number(value)?)),
            },
            taxes: self.taxes.iter().map(|rate| number(rate)).collect::<Option<_>>()?,
            final_tax: match &self.final_tax {
                None => None,
                Some(tax) => Some(number(tax)?),
            },
            shipping: number(&self.shipping)?,
            credits: number(&self.credits)?,
            internal_notes: self.internal_notes.clone(),
            external_notes: self.external_notes.clone(),
        })
    }
}

fn number(text: &str) -> Option<Decimal> {
    parse(text, 18, 9)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::order::sample;

    #[test]
    fn what_is_stored_reads_back_the_same() {
        let mut order = sample::order();
        order.discount = Some(Discount::Percent("7.50".parse().unwrap()));
        order.final_tax = Some("1.10".parse().unwrap());
        order.internal_notes = Some("Leave at the back door".to_owned());
        let projection = Projection::of(&order);
        let json = serde_json::to_string(&ProjectionRecord::from(&projection)).unwrap();
        let record: ProjectionRecord = serde_json::from_str(&json).unwrap();
        let back = record.projection().unwrap();
        assert!(back.same_content(&projection));
        assert_eq!(back.status, projection.status);
    }
}
