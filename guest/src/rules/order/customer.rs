//! "SO customer" and "How to Sync Customers": the company of the sales order.
//!
//! The company that the LeafLink customer is connected to; without one, the company of which enough
//! agrees, which is connected from then on; else none. Billing and shipping address fill in only
//! when the company has exactly one address. A company that a person chooses on the sales order is
//! connected to the LeafLink customer, for orders to come.

use super::{Company, CustomerLink, Order, Snapshot, UnlinkedCustomer};
use crate::rules::customer_match::{self, Matched};
use crate::rules::decision::{Findings, Reason};
use crate::rules::ids::LocationId;
use crate::rules::reasons::Code;
use crate::rules::sales_order::SalesOrder;

/// The customer of a new sales order, and the connection that comes with it.
pub fn of<'a>(
    order: &Order,
    snapshot: &'a Snapshot,
    findings: &mut Findings,
) -> (Option<&'a Company>, Option<CustomerLink>) {
    let label = match &order.customer {
        Some(customer) => customer.label(),
        None => "The LeafLink order's customer".to_owned(),
    };
    match (snapshot.companies.as_slice(), &snapshot.unlinked_customer) {
        ([company], _) => (Some(company), None),
        ([company, ..], _) => {
            findings.notice(Reason::new(
                Code::CustomerAmbiguous,
                format!("{label} is connected to more than one ERP company; {} was taken.", company.name),
            ));
            (Some(company), None)
        }
        ([], Some(unlinked)) => matched(order, &label, unlinked, findings),
        ([], None) => {
            findings.notice(not_connected(&label));
            (None, None)
        }
    }
}

/// Looks for the company of which enough agrees.
fn matched<'a>(
    order: &Order,
    label: &str,
    unlinked: &'a UnlinkedCustomer,
    findings: &mut Findings,
) -> (Option<&'a Company>, Option<CustomerLink>) {
    let candidates: Vec<_> = unlinked.candidates.iter().map(|(candidate, _)| candidate.clone()).collect();
    match customer_match::decide(&unlinked.customer, &candidates) {
        Matched::Certain(found) => {
            let company =
                unlinked.candidates.iter().map(|(_, company)| company).find(|company| company.id == found.id);
            let because = found.evidence.join(", ");
            findings.notice(
                Reason::new(
                    Code::CustomerMatched,
                    format!("{label} was connected to {}: {because}.", found.name),
                )
                .with("company", &found.id)
                .with("evidence", &because),
            );
            let link = order.customer.as_ref().map(|customer| CustomerLink {
                company: found.id,
                customer: customer.id,
                instead_of: Vec::new(),
                because,
            });
            (company, link)
        }
        Matched::Ambiguous(several) => {
            let names: Vec<_> =
                several.iter().map(|one| format!("{} ({})", one.name, one.evidence.join(", "))).collect();
            findings.notice(Reason::new(
                Code::CustomerMatchAmbiguous,
                format!("{label} could be {}, so the sales order has no customer.", names.join(" or ")),
            ));
            (None, None)
        }
        Matched::None => {
            findings.notice(not_connected(label));
            (None, None)
        }
    }
}

fn not_connected(label: &str) -> Reason {
    Reason::new(
        Code::CustomerNotConnected,
        format!("{label} is not connected to an ERP company, so the sales order has no customer."),
    )
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

/// The connection that a person made by choosing a company on the sales order. What the component
/// itself wrote, or saw before, is no choice.
pub fn chosen(order: &Order, sales_order: &SalesOrder, snapshot: &Snapshot) -> Option<CustomerLink> {
    let customer = order.customer.as_ref()?;
    let company = sales_order.customer.as_ref()?;
    if snapshot.memory.seen_customer.as_ref() == Some(company) {
        return None;
    }
    let known = snapshot.sales_order_company.as_ref().filter(|known| known.id == *company)?;
    if known.leaflink_customer == Some(customer.id) || snapshot.companies.iter().any(|one| one.id == *company)
    {
        return None;
    }
    let others = snapshot.companies.iter().filter(|other| other.id != *company);
    Some(CustomerLink {
        company: company.clone(),
        customer: customer.id,
        instead_of: others.map(|other| other.id.clone()).collect(),
        because: format!("chosen on {}", sales_order.number),
    })
}
