//! `/order-sales-reps/`: which staff are sales reps of which order.

use serde::Deserialize;

/// A sales rep of an order.
#[derive(Clone, Debug, Deserialize)]
pub struct OrderSalesRep {
    /// The record's own id.
    pub id: u64,
    /// The order's UUID.
    pub order: String,
    /// Company-staff id.
    pub rep: u64,
}
