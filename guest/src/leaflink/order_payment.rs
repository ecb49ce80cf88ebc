//! `/order-payments/`: payments on orders. They can be made and read, not changed or removed.

use serde::{Deserialize, Serialize};

use super::value::{Amount, AmountBody};

/// A payment on an order.
#[derive(Clone, Debug, Deserialize)]
pub struct OrderPayment {
    /// Its identity.
    pub id: u64,
    /// The order's UUID.
    pub order: String,
    /// Negative when it takes another back.
    pub total: Amount,
    /// RFC 3339.
    #[serde(default)]
    pub payment_date: Option<String>,
    /// Free text; the only place for a mark of ours.
    #[serde(default)]
    pub reason: Option<String>,
    /// other, cash, check, credit, trade, ach, wire, cashier; newer words are possible.
    #[serde(default)]
    pub payment_type: Option<String>,
}

/// The body that makes a payment.
#[derive(Clone, Debug, Serialize)]
pub struct NewOrderPayment {
    /// The order's UUID.
    pub order: String,
    /// Company-staff id.
    pub recorded_by: u64,
    /// Negative to take another back.
    pub total: AmountBody,
    /// RFC 3339.
    pub payment_date: String,
    /// Carries our mark.
    pub reason: String,
    /// One of LeafLink's words.
    pub payment_type: String,
}
