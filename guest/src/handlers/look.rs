//! Looking at one LeafLink order: what is there, and what the rules say about it.
//!
//! `on-order` carries out what comes of it; `preview` and `explain` only show it.

use rust_decimal::Decimal;

use super::relinks::relinks;
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{self, Failure, effect, set};
use crate::host::leaflink::Found;
use crate::host::state::OrderState;
use crate::host::{erp, leaflink, state};
use crate::leaflink::to_rules;
use crate::rules::decimal::{cents, plain};
use crate::rules::decision::{Fact, Findings, Reason, fact};
use crate::rules::ids::OrderNumber;
use crate::rules::order::draft::{ChargeKind, Draft};
use crate::rules::order::follow::Update;
use crate::rules::order::outward::Wanted;
use crate::rules::order::{Action, CustomerLink, Order, Plan, Snapshot, UnlinkedCustomer, decide};
use crate::rules::reasons::Code;
use crate::rules::sales_order::{SalesOrder, Status};
use crate::rules::settings::Settings;
use crate::rules::sorted::Map;
use crate::rules::text::{count, shortened};

/// What was found, and what is to be done about it.
pub struct Look {
    /// The order's UUID.
    pub number: OrderNumber,
    /// Its "Order No.", or the UUID when it could not be read.
    pub label: String,
    /// When it was placed, in milliseconds since 1970; 0 when it could not be read.
    pub placed_at_ms: u64,
    /// LeafLink's `modified`; empty when it could not be read.
    pub modified: String,
    /// The customer and the total, for people.
    pub about: String,
    /// What was read, in plain words.
    pub read: Vec<Fact>,
    /// The units that its buyer was promised, by LeafLink product.
    pub holds: Map<u64, Decimal>,
    /// The company's currency.
    pub currency: String,
    /// The sales order that it already became.
    pub existing: Option<SalesOrder>,
    /// What to do, and why.
    pub plan: Plan,
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
        Found::Forbidden(reason) => return held_unread(number, vec![*reason]),
        Found::Missing => {
            let mut look = unread(number)?;
            look.plan
                .findings
                .reasons
                .push(Reason::new(Code::OrderNotFound, format!("LeafLink has no order {number}.")));
            look.plan.action = Action::Ignore;
            return Ok(look);
        }
    };
    let currency = erp::currency()?;
    let order = match to_rules::order(&body, number, &currency) {
        Ok(order) => order,
        Err(reasons) => {
            let mut look = held_unread(number, reasons)?;
            look.label = to_rules::short_id(&body).unwrap_or(look.label);
            return Ok(look);
        }
    };
    let snapshot = surroundings(&order, currency.clone())?;
    let plan = decide(&order, &snapshot, settings, draw);
    Ok(Look {
        number: number.clone(),
        label: order.short_id.clone(),
        placed_at_ms: order.placed_at_ms,
        modified: order.modified.clone(),
        about: about(&order),
        read: facts(&order, &snapshot),
        holds: order.holds(),
        currency,
        existing: snapshot.existing,
        plan,
    })
}

/// What the rules need to know of the ERP; of LeafLink, the customer's record when no company is
/// connected to it yet, and of its catalogue what a product that is linked to nothing may replace.
fn surroundings(order: &Order, currency: String) -> Result<Snapshot, Failure> {
    let mut snapshot = erp::snapshot(order, currency)?;
    if let Some(customer) = &order.customer
        && snapshot.existing.is_none()
        && snapshot.companies.is_empty()
        && let Some(record) = leaflink::customer(customer.id)?
    {
        snapshot.unlinked_customer =
            Some(UnlinkedCustomer { customer: to_rules::customer(record), candidates: erp::candidates()? });
    }
    snapshot.relinks = relinks(order, &snapshot)?;
    Ok(snapshot)
}

/// An order that could not be read, held for that.
fn held_unread(number: &OrderNumber, reasons: Vec<Reason>) -> Result<Look, Failure> {
    let mut look = unread(number)?;
    look.plan.findings.fail("the LeafLink order can be read", reasons);
    Ok(look)
}

fn unread(number: &OrderNumber) -> Result<Look, Failure> {
    let label = state::order(number)?.map_or_else(|| number.0.clone(), |known| known.short_id);
    Ok(Look {
        number: number.clone(),
        label,
        placed_at_ms: 0,
        modified: String::new(),
        about: String::new(),
        read: Vec::new(),
        holds: Map::new(),
        currency: String::new(),
        existing: erp::sales_order_of(number)?,
        plan: Plan::without_effect(Action::Hold, Findings::default()),
    })
}

impl Look {
    /// The decision as the contract has it, with its effects.
    pub fn decision(&self) -> wit::Decision {
        let mut effects = Vec::new();
        match &self.plan.action {
            Action::Create(draft) => effects.push(creation(draft)),
            Action::Update(update) => effects.push(self.change(update)),
            Action::Hold | Action::Ignore | Action::Unchanged => {}
        }
        if let Some(link) = &self.plan.link {
            effects.push(connection(link));
            effects.extend(disconnections(link));
        }
        effects.extend(queued(&self.number, &self.label, &self.plan.wanted));
        let outcome = if effects.is_empty() { self.outcome_without_effect() } else { wit::Outcome::Applied };
        wit::Decision {
            stream: wit::Stream::Orders,
            subject: self.number.0.clone(),
            label: self.label.clone(),
            outcome,
            reasons: answer::reasons(&self.plan.findings.reasons),
            effects,
        }
    }

    /// What came of it if nothing is done.
    pub fn outcome_without_effect(&self) -> wit::Outcome {
        match &self.plan.action {
            Action::Ignore => wit::Outcome::Ignored,
            _ if self.plan.findings.blocked() => wit::Outcome::Held,
            _ => wit::Outcome::Unchanged,
        }
    }

    fn change(&self, update: &Update) -> wit::Effect {
        let changes = update.changes.iter().map(|change| wit::Change {
            field: change.field.clone(),
            before: change.before.clone(),
            after: change.after.clone(),
        });
        let (id, name) = match &self.existing {
            Some(existing) => (existing.id.0.as_str(), existing.number.as_str()),
            None => (self.number.0.as_str(), "the sales order"),
        };
        effect(
            "update-sales-order",
            id,
            format!("Change {name} as LeafLink order {} was edited.", self.label),
            changes.collect(),
        )
    }

    /// What the order holds while it waits. What an order held that cannot be read now, it holds
    /// still.
    pub fn holds_while_waiting(&self, before: Option<&OrderState>) -> Map<u64, String> {
        match (&self.plan.action, before) {
            (Action::Hold, Some(before)) if self.modified.is_empty() => before.holds.clone(),
            (Action::Hold, _) => {
                self.holds.iter().map(|(product, quantity)| (*product, plain(*quantity))).collect()
            }
            _ => Map::new(),
        }
    }

    /// The blocking reasons.
    pub fn blocking(&self) -> Vec<&Reason> {
        self.plan.findings.reasons.iter().filter(|reason| reason.code.blocks()).collect()
    }
}

fn connection(link: &CustomerLink) -> wit::Effect {
    effect(
        "connect-customer",
        &link.company.0,
        format!(
            "Connect company {} to LeafLink customer {} ({}).",
            link.company, link.customer, link.because
        ),
        link.instead_of
            .iter()
            .map(|company| wit::Change {
                field: "company of the LeafLink customer".to_owned(),
                before: Some(company.0.clone()),
                after: Some(link.company.0.clone()),
            })
            .collect(),
    )
}

/// Companies that are the LeafLink customer no longer.
pub fn disconnections(link: &CustomerLink) -> impl Iterator<Item = wit::Effect> {
    link.instead_of.iter().map(|company| {
        let summary = format!("Company {company} is LeafLink customer {} no longer.", link.customer);
        effect("disconnect-customer", &company.0, summary, Vec::new())
    })
}

/// The write to LeafLink that is wanted, as an effect; none when nothing is.
pub fn queued(number: &OrderNumber, label: &str, wanted: &Wanted) -> Option<wit::Effect> {
    let mut changes = Vec::new();
    changes.extend(wanted.status.map(|status| set("status", status.word())));
    changes.extend(wanted.ship_day.as_ref().map(|day| set("ship_date", day)));
    changes.extend(wanted.external_id.as_ref().map(|id| wit::Change {
        field: "external_ids".to_owned(),
        before: None,
        after: id.clone(),
    }));
    (!changes.is_empty()).then(|| {
        effect(
            "queue-leaflink-write",
            &number.0,
            format!("Queue a change of LeafLink order {label}."),
            changes,
        )
    })
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
        set("status", Status::from(draft.status)),
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
        let line = line.leaflink_line.map_or_else(String::new, |line| line.to_string());
        changes.push(set(&format!("line {line}"), what));
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
