//! Looking at one LeafLink order: what is there, and what the rules say about it.
//!
//! `on-order` carries out what comes of it; `preview` and `explain` only show it.

use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{self, Failure, effect, set};
use crate::host::leaflink::Found;
use crate::host::{erp, leaflink, state};
use crate::leaflink::to_rules;
use crate::rules::decimal::{cents, plain};
use crate::rules::decision::{Fact, Findings, Reason, fact};
use crate::rules::ids::OrderNumber;
use crate::rules::order::draft::{ChargeKind, Draft, NewStatus};
use crate::rules::order::totals::Totals;
use crate::rules::order::{Action, Order, Plan, Snapshot, decide};
use crate::rules::reasons::Code;
use crate::rules::settings::Settings;
use crate::rules::text::{count, shortened};

/// What was found, and what is to be done about it.
pub struct Look {
    /// The order's UUID.
    pub number: OrderNumber,
    /// Its "Order No.", or the UUID when it could not be read.
    pub label: String,
    /// LeafLink's `modified`; empty when it could not be read.
    pub modified: String,
    /// The customer and the total, for people.
    pub about: String,
    /// What was read, in plain words.
    pub read: Vec<Fact>,
    /// What to do.
    pub action: Action,
    /// What each rule said.
    pub findings: Findings,
    /// LeafLink's total against the parts.
    pub totals: Option<Totals>,
}

/// Looks at an order. `draw` answers a random number below its argument.
pub fn look(
    number: &OrderNumber,
    settings: &Settings,
    draw: &mut dyn FnMut(u32) -> u32,
) -> Result<Look, Failure> {
    if !leaflink::is_order_number(&number.0) {
        let shown: String = shortened(&number.0, 64).chars().filter(|c| !c.is_control()).collect();
        return Err(answer::reject(Reason::new(
            Code::OrderNotFound,
            format!("`{shown}` is not the number of a LeafLink order."),
        )));
    }
    let body = match leaflink::order(number)? {
        Found::Body(body) => body,
        Found::TooLarge(limit) => {
            let reason = Reason::new(
                Code::AnswerTooLarge,
                format!("LeafLink's answer for order {number} is larger than the {limit} bytes that the host takes; its notes or its lines are too many."),
            )
            .at("line_items");
            return held_unread(number, vec![reason]);
        }
        Found::Missing => {
            let mut look = unread(number)?;
            look.findings
                .reasons
                .push(Reason::new(Code::OrderNotFound, format!("LeafLink has no order {number}.")));
            look.action = Action::Ignore;
            return Ok(look);
        }
    };
    let currency = erp::currency()?;
    let order = match to_rules::order(&body, number, &currency) {
        Ok(order) => order,
        Err(reasons) => return held_unread(number, reasons),
    };
    let snapshot = erp::snapshot(&order, currency)?;
    let Plan { action, findings, totals } = decide(&order, &snapshot, settings, draw);
    Ok(Look {
        number: number.clone(),
        label: order.short_id.clone(),
        modified: order.modified.clone(),
        about: about(&order),
        read: facts(&order, &snapshot),
        action,
        findings,
        totals,
    })
}

/// An order that could not be read, held for that.
fn held_unread(number: &OrderNumber, reasons: Vec<Reason>) -> Result<Look, Failure> {
    let mut look = unread(number)?;
    look.findings.fail("the LeafLink order can be read", reasons);
    Ok(look)
}

fn unread(number: &OrderNumber) -> Result<Look, Failure> {
    let label = state::order(number)?.map_or_else(|| number.0.clone(), |known| known.short_id);
    Ok(Look {
        number: number.clone(),
        label,
        modified: String::new(),
        about: String::new(),
        read: Vec::new(),
        action: Action::Hold,
        findings: Findings::default(),
        totals: None,
    })
}

impl Look {
    /// The decision as the contract has it, with its effects.
    pub fn decision(&self) -> wit::Decision {
        let (outcome, effects) = match &self.action {
            Action::Create(draft) => (wit::Outcome::Applied, vec![creation(draft)]),
            Action::Hold => (wit::Outcome::Held, Vec::new()),
            Action::Ignore => (wit::Outcome::Ignored, Vec::new()),
            Action::Unchanged => (wit::Outcome::Unchanged, Vec::new()),
        };
        wit::Decision {
            stream: wit::Stream::Orders,
            subject: self.number.0.clone(),
            label: self.label.clone(),
            outcome,
            reasons: answer::reasons(&self.findings.reasons),
            effects,
        }
    }

    /// The blocking reasons.
    pub fn blocking(&self) -> Vec<&Reason> {
        self.findings.reasons.iter().filter(|reason| reason.code.blocks()).collect()
    }
}

fn about(order: &Order) -> String {
    let customer =
        order.customer.as_ref().map_or_else(|| "an unnamed customer".to_owned(), |customer| customer.label());
    format!("from {customer} ({} {})", cents(order.total), order.currency)
}

fn facts(order: &Order, snapshot: &Snapshot) -> Vec<Fact> {
    let mut facts = vec![
        fact("order", format!("{} ({})", order.short_id, order.number)),
        fact("LeafLink status", order.status.word()),
        fact("last changed in LeafLink", &order.modified),
        fact(
            "customer",
            order.customer.as_ref().map_or_else(|| "none".to_owned(), |customer| customer.label()),
        ),
        fact("sales reps", order.sales_reps.iter().map(|rep| rep.label()).collect::<Vec<_>>().join(", ")),
        fact("LeafLink total", format!("{} {}", cents(order.total), order.currency)),
        fact("lines", count(order.lines.len(), "line")),
    ];
    for line in &order.lines {
        let product = line.product.and_then(|product| snapshot.products.get(&product));
        let erp = product
            .map_or_else(|| "not connected".to_owned(), |product| format!("ERP product {}", product.name));
        facts.push(fact(
            format!("line {}", line.id),
            format!("{} x {}, {erp}", plain(line.quantity), line.label()),
        ));
    }
    facts
}

fn creation(draft: &Draft) -> wit::Effect {
    let mut changes = vec![
        set(
            "status",
            match draft.status {
                NewStatus::Pending => "PENDING",
                NewStatus::Processing => "PROCESSING",
            },
        ),
        set("owner", &draft.owner),
        set("total", format!("{} {}", cents(draft.total()), draft.currency)),
        set("LeafLink total", format!("{} {}", cents(draft.leaflink_total), draft.currency)),
    ];
    changes.extend(draft.customer.as_ref().map(|customer| set("customer", customer)));
    changes.extend(draft.location.as_ref().map(|location| set("inventory source", location)));
    changes.extend(draft.address.as_ref().map(|address| set("billing and shipping address", address)));
    for line in &draft.lines {
        let what = format!(
            "{} x {} at {} = {}",
            plain(line.quantity),
            line.product,
            plain(line.unit_price),
            cents(line.total)
        );
        changes.push(set(&format!("line {}", line.leaflink_line), what));
    }
    for charge in &draft.charges {
        let kind = match charge.kind {
            ChargeKind::Charge => "charge",
            ChargeKind::Discount => "discount",
        };
        let locked = if charge.locked { ", locked" } else { "" };
        changes.push(set(kind, format!("{} {}{locked}", charge.name, cents(charge.amount))));
    }
    effect(
        "create-sales-order",
        &draft.number.0,
        format!(
            "Create a sales order with {} for LeafLink order {}.",
            count(draft.lines.len(), "line"),
            draft.short_id
        ),
        changes,
    )
}
