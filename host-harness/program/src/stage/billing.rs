//! People at work on invoices and payments in the ERP's own screens.

use reference_erp::NewPayment;

use super::Stage;
use crate::steps::BillingAct;

impl Stage {
    /// Does something; the ERP notes the payment or transfer for the next round.
    pub(super) fn with_billing(&self, act: &BillingAct) -> anyhow::Result<()> {
        let people = self.erp.people(&self.company);
        match act {
            BillingAct::CreateInvoice { order } => {
                people.create_invoice(&self.sales_order(order)?.id)?;
            }
            BillingAct::PostPayment { invoice, amount, method, user, times } => {
                let payment = NewPayment {
                    invoice: invoice.clone(),
                    amount: amount.0,
                    method: *method,
                    paid_at_ms: self.clock.now_ms(),
                    recorded_by: user.clone(),
                    description: None,
                };
                for _ in 0..times.unwrap_or(1) {
                    people.post_payment(&payment)?;
                }
            }
            BillingAct::ImportPayment { invoice, amount, currency, method, user } => {
                let payment = NewPayment {
                    invoice: invoice.clone(),
                    amount: amount.0,
                    method: *method,
                    paid_at_ms: self.clock.now_ms(),
                    recorded_by: user.clone(),
                    description: None,
                };
                people.import_payment(&payment, currency)?;
            }
            BillingAct::ImportPaymentAmount { payment, amount } => {
                people.import_payment_amount(payment, amount.0)?;
            }
            BillingAct::VoidPayment { payment } => people.void_payment(payment)?,
            BillingAct::DeletePayment { payment } => people.delete_payment(payment)?,
            BillingAct::TouchPayment { payment } => people.touch_payment(payment)?,
            BillingAct::TouchTransfer { transfer } => people.touch_transfer(transfer)?,
        }
        Ok(())
    }
}
