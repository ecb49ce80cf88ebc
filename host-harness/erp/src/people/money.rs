//! Invoices, payments and compliance transfers.

use leaflink_sync_kit::host::records::{SalesOrderStatus, TransferState};

use super::People;
use crate::billing::NewPayment;
use crate::changes::Changed;
use crate::database::Db;
use crate::error::Result;
use crate::sales_orders::Package;
use crate::{billing, changes, transfers};

impl People<'_> {
    /// Makes an invoice for a sales order as it now is; answers its id.
    pub fn create_invoice(&self, order: &str) -> Result<String> {
        self.act(|db| billing::create_invoice(db, order))
    }

    /// Enters a payment; answers its id.
    pub fn post_payment(&self, payment: &NewPayment) -> Result<String> {
        self.act(|db| {
            let id = billing::post_payment(db, payment)?;
            changes::note(db, Changed::Payment, &id)?;
            Ok(id)
        })
    }

    /// Voids a posted payment.
    pub fn void_payment(&self, payment: &str) -> Result<()> {
        self.act(|db| billing::void_payment(db, payment).and_then(|()| touch_payment(db, payment)))
    }

    /// Has the component look at a payment once more.
    pub fn touch_payment(&self, payment: &str) -> Result<()> {
        self.act(|db| touch_payment(db, payment))
    }

    /// Has the component look at a transfer once more.
    pub fn touch_transfer(&self, transfer: &str) -> Result<()> {
        self.act(|db| changes::note(db, Changed::Transfer, transfer))
    }

    /// Deletes a payment. It stays readable, as deleted.
    pub fn delete_payment(&self, payment: &str) -> Result<()> {
        self.act(|db| billing::delete_payment(db, payment).and_then(|()| touch_payment(db, payment)))
    }

    /// Makes a transfer template for a sales order that is PROCESSING or further; answers its id.
    pub fn create_transfer_template(&self, order: &str) -> Result<String> {
        self.act(|db| {
            let transfer = transfers::create_template(db, order)?;
            changes::note(db, Changed::Transfer, &transfer)?;
            Ok(transfer)
        })
    }

    /// Matches a sales order with an outgoing Metrc transfer: the transfer's packages, perhaps several
    /// for a line, are assigned to its lines, and the order moves to the status `then`, if any.
    /// Answers the transfer's id.
    pub fn match_transfer(
        &self,
        order: &str,
        manifest_number: &str,
        packages: &[Package],
        then: Option<SalesOrderStatus>,
    ) -> Result<String> {
        self.act(|db| {
            let transfer = transfers::match_with_order(db, order, manifest_number, packages, then)?;
            changes::note_sales_order(db, order)?;
            changes::note(db, Changed::Transfer, &transfer)?;
            Ok(transfer)
        })
    }

    /// Parts a transfer from its sales order, which is PROCESSING again and keeps its packages.
    pub fn unmatch_transfer(&self, transfer: &str) -> Result<()> {
        self.part(transfer, TransferState::Unmatched, false)
    }

    /// As [`People::unmatch_transfer`] in an ERP that leaves the sales order's status to the component.
    pub fn unmatch_transfer_alone(&self, transfer: &str) -> Result<()> {
        self.part(transfer, TransferState::Unmatched, true)
    }

    /// Records that the buyer turned the transfer away: as unmatching, with state `rejected`.
    pub fn reject_transfer(&self, transfer: &str) -> Result<()> {
        self.part(transfer, TransferState::Rejected, false)
    }

    fn part(&self, transfer: &str, state: TransferState, order_stays: bool) -> Result<()> {
        self.act(|db| {
            let order = transfers::part_from_order(db, transfer, state, order_stays)?;
            changes::note_sales_order(db, &order)?;
            changes::note(db, Changed::Transfer, transfer)
        })
    }
}

fn touch_payment(db: &Db<'_>, payment: &str) -> Result<()> {
    changes::note(db, Changed::Payment, payment)
}
