//! "SO location": the inventory source of the sales order.
//!
//! The customer's Default Inventory Source, if that setting is on and the customer has one; else
//! the company-wide location of the settings; else none.

use super::{Company, Snapshot};
use crate::rules::decision::{Findings, Reason};
use crate::rules::ids::LocationId;
use crate::rules::reasons::Code;
use crate::rules::settings::Settings;

/// The inventory source of the sales order.
pub fn of(
    company: Option<&Company>,
    settings: &Settings,
    snapshot: &Snapshot,
    findings: &mut Findings,
) -> Option<LocationId> {
    let customers = company
        .filter(|_| settings.use_customer_inventory_source)
        .and_then(|company| company.default_inventory_source.as_ref());
    let chosen = customers.or(settings.sales_order_location.as_ref())?;
    if snapshot.locations.contains_key(chosen) {
        return Some(chosen.clone());
    }
    findings.notice(Reason::new(
        Code::LocationGone,
        format!("The inventory source {chosen} no longer exists in the ERP, so the sales order has none."),
    ));
    None
}
