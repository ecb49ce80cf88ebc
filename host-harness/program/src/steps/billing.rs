//! What people do with invoices, payments and compliance transfers, as steps write it.

use leaflink_sync_kit::host::records::PaymentMethod;
use serde::{Deserialize, Deserializer};

use super::Quantity;
use super::people::word;
use crate::words;

/// What people do with invoices, payments and transfers. They are named by the ERP's ids, the sales
/// order by LeafLink's short id or by its own number.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs)] // The fields are those of `reference_erp::People`'s functions.
pub enum BillingAct {
    /// A sales order gets an invoice.
    CreateInvoice { order: String },
    /// A payment that is made now is entered, perhaps several times.
    PostPayment {
        invoice: String,
        amount: Quantity,
        #[serde(deserialize_with = "method")]
        method: PaymentMethod,
        user: String,
        times: Option<u32>,
    },
    /// A payment of whatever amount and currency is taken over from another system.
    ImportPayment {
        invoice: String,
        amount: Quantity,
        currency: String,
        #[serde(deserialize_with = "method")]
        method: PaymentMethod,
        user: String,
    },
    /// A payment gets another amount, which no screen allows.
    ImportPaymentAmount { payment: String, amount: Quantity },
    /// A payment is voided.
    VoidPayment { payment: String },
    /// A payment is deleted.
    DeletePayment { payment: String },
    /// Nothing happens to the payment; the component is told of it once more.
    TouchPayment { payment: String },
    /// Nothing happens to the transfer; the component is told of it once more.
    TouchTransfer { transfer: String },
}

/// The verbs of [`BillingAct`].
pub(super) const BILLING_VERBS: [&str; 8] = [
    "create_invoice",
    "post_payment",
    "import_payment",
    "import_payment_amount",
    "void_payment",
    "delete_payment",
    "touch_payment",
    "touch_transfer",
];

fn method<'de, D: Deserializer<'de>>(source: D) -> Result<PaymentMethod, D::Error> {
    word(&String::deserialize(source)?, words::PAYMENT_METHODS, words::payment_method)
}
