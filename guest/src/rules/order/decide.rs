//! The decision about one order: every rule asked, every reason kept.

use super::draft::Draft;
use super::status::{FirstSight, first_sight};
use super::totals::Totals;
use super::{
    Order, Snapshot, classification, credit, customer, discount, lines, location, negative_price, notes,
    owner, products, sales_reps, shipping, stock, tax, totals,
};
use crate::rules::decision::{Findings, Reason};
use crate::rules::reasons::Code;
use crate::rules::settings::Settings;

/// What to do about an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Create this sales order.
    Create(Box<Draft>),
    /// Keep the order waiting; the findings say why.
    Hold,
    /// Leave it alone; the findings say why.
    Ignore,
    /// The ERP has it already.
    Unchanged,
}

/// A decision and how it came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What to do.
    pub action: Action,
    /// What each rule said.
    pub findings: Findings,
    /// The order's money, once it was compared.
    pub totals: Option<Totals>,
}

/// Decides what becomes of an order. `draw` answers a random number below its argument.
pub fn decide(
    order: &Order,
    snapshot: &Snapshot,
    settings: &Settings,
    draw: &mut dyn FnMut(u32) -> u32,
) -> Plan {
    let mut findings = Findings::default();

    if let Some(existing) = &snapshot.existing {
        findings.notice(Reason::new(
            Code::AlreadyImported,
            format!("LeafLink order {} is in the ERP already, as {existing}.", order.short_id),
        ));
        return Plan { action: Action::Unchanged, findings, totals: None };
    }
    let status = match first_sight(order, settings, snapshot.connected_at_ms) {
        FirstSight::Ignore(reason) => {
            findings.notice(reason);
            return Plan { action: Action::Ignore, findings, totals: None };
        }
        FirstSight::Import(status, told) => {
            findings.reasons.extend(told);
            status
        }
    };

    sales_reps::check(order, snapshot, &mut findings);
    products::check(order, snapshot, &mut findings);
    let company = customer::of(order, snapshot, &mut findings);
    let address = customer::address(company, &mut findings);
    let location = location::of(company, settings, snapshot, &mut findings);
    stock::check(order, snapshot, settings, location.as_ref(), &mut findings);
    let totals = totals::compare(order);
    totals::check(order, &totals, settings, &mut findings);

    // The owner is drawn only for an order that comes over, so that looking at it again costs no
    // draw and the findings of a held order stay the same.
    let drawn = if findings.blocked() { None } else { owner::of(order, snapshot, draw, &mut findings) };
    let Some(owner) = drawn else {
        return Plan { action: Action::Hold, findings, totals: Some(totals) };
    };
    let mut charges: Vec<_> =
        order.lines.iter().filter(|line| negative_price::is_discount(line)).map(negative_price::of).collect();
    charges.extend(discount::of(order, totals.lines));
    charges.extend(credit::of(order));
    charges.extend(tax::of(order, totals.tax, snapshot, &mut findings));
    charges.extend(shipping::of(order));
    let (internal_notes, external_notes) = notes::of(order);
    let draft = Draft {
        number: order.number.clone(),
        short_id: order.short_id.clone(),
        leaflink_total: order.total,
        classification: classification::of(order),
        status,
        placed_at_ms: order.placed_at_ms,
        currency: order.currency.clone(),
        customer: company.map(|company| company.id.clone()),
        address,
        location,
        owner: owner.id.clone(),
        internal_notes,
        external_notes,
        lines: lines::of(order, snapshot),
        charges,
    };
    Plan { action: Action::Create(Box::new(draft)), findings, totals: Some(totals) }
}
