//! "SO customer": the company that the LeafLink customer is connected to, or none.
//!
//! Billing and shipping address fill in only when the company has exactly one address.

use super::{Company, Order, Snapshot};
use crate::rules::decision::{Findings, Reason};
use crate::rules::ids::LocationId;
use crate::rules::reasons::Code;

/// The customer of the sales order.
pub fn of<'a>(order: &Order, snapshot: &'a Snapshot, findings: &mut Findings) -> Option<&'a Company> {
    let label = match &order.customer {
        Some(customer) => customer.label(),
        None => "The LeafLink order's customer".to_owned(),
    };
    match snapshot.companies.as_slice() {
        [] => {
            findings.notice(Reason::new(
                Code::CustomerNotConnected,
                format!("{label} is not connected to an ERP company, so the sales order has no customer."),
            ));
            None
        }
        [company] => Some(company),
        [company, ..] => {
            findings.notice(Reason::new(
                Code::CustomerAmbiguous,
                format!("{label} is connected to more than one ERP company; {} was taken.", company.name),
            ));
            Some(company)
        }
    }
}

/// The billing and shipping address of the sales order.
pub fn address(company: Option<&Company>, findings: &mut Findings) -> Option<LocationId> {
    let company = company?;
    match company.addresses.as_slice() {
        [only] => Some(only.id.clone()),
        several => {
            let how_many = if several.is_empty() { "no address" } else { "several addresses" };
            findings.notice(Reason::new(
                Code::AddressNotFilled,
                format!("{} has {how_many}, so billing and shipping address are empty.", company.name),
            ));
            None
        }
    }
}
