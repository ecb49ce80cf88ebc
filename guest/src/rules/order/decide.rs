//! The decision about one order: every rule asked, every reason kept.

use super::draft::Draft;
use super::follow::{Followed, Update, follow};
use super::outward::{self, Wanted};
use super::projection::Projection;
use super::status::{FirstSight, first_sight};
use super::totals::Totals;
use super::{
    Order, Snapshot, SourceStatus, classification, credit, customer, discount, lines, location,
    negative_price, notes, owner, placement, products, sales_reps, shipping, stock, tax, totals,
};
use crate::rules::decimal::cents;
use crate::rules::decision::{Findings, Reason, Verdict};
use crate::rules::ids::{CompanyId, CustomerId};
use crate::rules::reasons::Code;
use crate::rules::sales_order::SalesOrder;
use crate::rules::settings::Settings;

/// What to do to the ERP about an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Create this sales order.
    Create(Box<Draft>),
    /// Change the sales order that it became.
    Update(Box<Update>),
    /// Keep the order waiting; the findings say why.
    Hold,
    /// Leave it alone; the findings say why.
    Ignore,
    /// The sales order is as it should be.
    Unchanged,
}

/// A connection between an ERP company and a LeafLink customer to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerLink {
    /// The company.
    pub company: CompanyId,
    /// The customer.
    pub customer: CustomerId,
    /// Companies that were connected to the customer before.
    pub instead_of: Vec<CompanyId>,
    /// What speaks for it.
    pub because: String,
}

/// A decision and how it came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What to do to the ERP.
    pub action: Action,
    /// The connection to make.
    pub link: Option<CustomerLink>,
    /// What LeafLink's order should become because of its sales order.
    pub wanted: Wanted,
    /// The order as it is applied with this decision; absent: it is not in the ERP.
    pub applied: Option<Projection>,
    /// The order as it is, when all or part of it is in the ERP with this decision.
    pub seen: Option<Projection>,
    /// What each rule said.
    pub findings: Findings,
    /// The order's money, once it was compared.
    pub totals: Option<Totals>,
}

impl Plan {
    /// A plan that changes nothing.
    pub fn without_effect(action: Action, findings: Findings) -> Self {
        Self {
            action,
            link: None,
            wanted: Wanted::default(),
            applied: None,
            seen: None,
            findings,
            totals: None,
        }
    }
}

/// Decides what becomes of an order. `draw` answers a random number below its argument.
pub fn decide(
    order: &Order,
    snapshot: &Snapshot,
    settings: &Settings,
    draw: &mut dyn FnMut(u32) -> u32,
) -> Plan {
    match &snapshot.existing {
        Some(existing) => keep_in_step(order, existing, snapshot, settings, draw),
        None => import(order, snapshot, settings, draw),
    }
}

/// An order that is not in the ERP: the gate of "How to Sync Orders", and the sales order.
fn import(order: &Order, snapshot: &Snapshot, settings: &Settings, draw: &mut dyn FnMut(u32) -> u32) -> Plan {
    let mut findings = Findings::default();
    // Deleted with or without the ERP telling: either way the order was applied once. An edit that
    // waited when people deleted the sales order is none that comes after.
    let deleted = snapshot.memory.seen.as_ref().or(snapshot.memory.applied.as_ref());
    if deleted.is_some_and(|then| then.same_content(&Projection::of(order))) {
        findings.notice(Reason::new(
            Code::UnlinkedUntilEdited,
            format!(
                "The sales order of LeafLink order {} was deleted; the order comes over again when it is edited in LeafLink.",
                order.short_id
            ),
        ));
        let wanted = outward::wanted_after_deletion(order, snapshot.memory.reject, settings);
        return Plan { wanted, ..Plan::without_effect(Action::Ignore, findings) };
    }
    let status = match first_sight(order, settings, snapshot.connected_at_ms) {
        FirstSight::Ignore(reason) => {
            findings.notice(reason);
            return Plan::without_effect(Action::Ignore, findings);
        }
        FirstSight::Import(status, told) => {
            findings.reasons.extend(told);
            status
        }
    };

    sales_reps::check(order, snapshot, &mut findings);
    products::check(order, snapshot, &mut findings);
    let (company, link) = customer::of(order, snapshot, &mut findings);
    let address = customer::address(company, &mut findings);
    let location = location::of(company, settings, snapshot, &mut findings);
    stock::check(order, snapshot, settings, location.as_ref(), &mut findings);
    let totals = totals::compare(order);
    totals::check(order, &totals, settings, &mut findings);

    // The owner is drawn only for an order that comes over, so that looking at it again costs no
    // draw and the findings of a held order stay the same.
    let drawn = if findings.blocked() { None } else { owner::of(order, snapshot, draw, &mut findings) };
    let Some(owner) = drawn else {
        return Plan { totals: Some(totals), ..Plan::without_effect(Action::Hold, findings) };
    };
    let mut charges: Vec<_> =
        order.lines.iter().filter(|line| negative_price::is_discount(line)).map(negative_price::of).collect();
    charges.extend(discount::of(order, totals.lines));
    charges.extend(credit::of(order));
    charges.extend(tax::of(order, totals.tax, snapshot, &mut findings));
    charges.extend(shipping::of(order));
    let (internal_notes, external_notes) = notes::of(order);
    let mut lines = lines::of(order, snapshot);
    if location.is_none() {
        placement::place(&mut lines, snapshot, settings);
    }
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
        lines,
        charges,
    };
    let wanted =
        Wanted { status: outward::target(status.into(), order.status, settings), ..Wanted::default() };
    let mut applied = Projection::of(order);
    if outward::rank(order.status) > outward::rank(SourceStatus::Accepted) {
        // The sales order starts where it can; the rest of the way is still to be followed.
        applied.status = SourceStatus::Accepted;
    }
    Plan {
        action: Action::Create(Box::new(draft)),
        link,
        wanted,
        applied: Some(applied),
        seen: Some(Projection::of(order)),
        findings,
        totals: Some(totals),
    }
}

/// An order that is in the ERP: LeafLink's edits come in, the sales order's progress goes out.
fn keep_in_step(
    order: &Order,
    existing: &SalesOrder,
    snapshot: &Snapshot,
    settings: &Settings,
    draw: &mut dyn FnMut(u32) -> u32,
) -> Plan {
    let mut findings = Findings::default();
    // An order that was imported before projections were kept: what is there now is what was applied.
    let base = snapshot.memory.applied.clone().unwrap_or_else(|| Projection::of(order));
    let Followed { update, applied } =
        follow(order, &base, existing, snapshot, settings, draw, &mut findings);

    // Where the sales order goes with this update is where LeafLink is already.
    let after = SalesOrder { status: update.status.unwrap_or(existing.status), ..existing.clone() };
    let called_off = outward::rank(order.status).is_none();
    let wanted =
        if called_off { Wanted::default() } else { outward::wanted(order, &after, settings, &mut findings) };
    let totals = totals::compare(order);
    explain_steps(order, existing, &update, &wanted, &totals, &mut findings);
    Plan {
        action: if update.is_empty() { Action::Unchanged } else { Action::Update(Box::new(update)) },
        link: customer::chosen(order, existing, snapshot),
        wanted,
        applied: Some(applied),
        seen: Some(Projection::of(order)),
        totals: Some(totals),
        findings,
    }
}

/// What each side's rules said of an order that is in the ERP, for people.
fn explain_steps(
    order: &Order,
    existing: &SalesOrder,
    update: &Update,
    wanted: &Wanted,
    totals: &Totals,
    findings: &mut Findings,
) {
    let blocking: Vec<&str> = findings
        .reasons
        .iter()
        .filter(|reason| reason.code.blocks())
        .map(|reason| reason.message.as_str())
        .collect();
    let edits = match (blocking.is_empty(), update.changes.as_slice()) {
        (false, _) => blocking.join(" "),
        (true, []) => "nothing was edited since it was last applied".to_owned(),
        (true, changes) => {
            let fields: Vec<&str> = changes.iter().map(|change| change.field.as_str()).collect();
            format!("edited: {}", fields.join(", "))
        }
    };
    let passed = blocking.is_empty();
    findings.verdicts.push(Verdict { rule: "LeafLink's edits reach the sales order", passed, detail: edits });

    let standing =
        format!("LeafLink has {}, {} is {}", order.status.word(), existing.number, existing.status);
    let statuses = match (update.status, wanted.status) {
        (Some(status), _) => format!("{standing} and becomes {status}"),
        (None, Some(status)) => format!("{standing}; LeafLink's order is to become {}", status.word()),
        (None, None) => standing,
    };
    findings.pass("the status follows, both ways", statuses);

    let sum = format!("{} {}", cents(totals.leaflink), order.currency);
    match &totals.matched {
        Some(way) => findings.pass(totals::AGREES, format!("{sum}: {way}")),
        None => findings.verdicts.push(Verdict {
            rule: totals::AGREES,
            passed: false,
            detail: format!("{sum}, and the parts add up to {}", cents(totals.computed)),
        }),
    }
}
