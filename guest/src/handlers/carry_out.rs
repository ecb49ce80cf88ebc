//! Doing what the rules decided about an order, and noting it: one transaction.

use super::letters::{self, Told};
use super::look::{Look, queued};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{Failure, effect};
use crate::host::erp::Written;
use crate::host::outbox::{self, Intent, OrderWish, Subject, Wish};
use crate::host::projection::ProjectionRecord;
use crate::host::state::{OrderState, ReasonRecord, Standing, TotalsRecord};
use crate::host::{self, erp, state};
use crate::rules::decimal::cents;
use crate::rules::decision::{Findings, Reason};
use crate::rules::order::{Action, outward};
use crate::rules::reasons::Code;
use crate::rules::settings::Settings;

/// Carries a look out.
pub fn carry_out(mut look: Look, settings: &Settings) -> Result<wit::Decision, Failure> {
    let before = state::order(&look.number)?;
    let was_waiting = before.as_ref().is_some_and(OrderState::waits);
    write_to_erp(&mut look)?;
    if let Some(link) = &look.plan.link {
        let company = erp::company_of(&link.company)?;
        let other =
            company.and_then(|company| company.leaflink_customer).filter(|known| *known != link.customer);
        erp::link_customer(link, other.is_some())?;
    }

    let sales_order = erp::sales_order_of(&look.number)?;
    if let (Action::Create(_), Some(created)) = (&look.plan.action, &sales_order) {
        // Only now has it an id that LeafLink's order can carry.
        look.plan.wanted.external_id = settings.external_id_key.as_ref().map(|_| Some(created.id.0.clone()));
    }
    let mut decision = look.decision();
    if !queue(&look, settings)? {
        // It was queued before: nothing new for the journal.
        let old = queued(&look.number, &look.label, &look.plan.wanted);
        decision.effects.retain(|effect| Some(effect) != old.as_ref());
        if decision.effects.is_empty() && decision.outcome == wit::Outcome::Applied {
            decision.outcome = look.outcome_without_effect();
        }
    }

    let blocking: Vec<ReasonRecord> = look.blocking().into_iter().map(ReasonRecord::from).collect();
    let standing = match (&sales_order, &look.plan.action) {
        (Some(order), _) => Standing::Imported { sales_order: order.id.0.clone() },
        (None, Action::Hold) => Standing::Held {
            since_ms: match before.as_ref().map(|before| &before.standing) {
                Some(Standing::Held { since_ms, .. }) => *since_ms,
                _ => host::now_ms(),
            },
            reasons: blocking.clone(),
        },
        (None, _) if before.as_ref().is_some_and(OrderState::was_deleted) => Standing::Unlinked,
        (None, _) => Standing::Ignored,
    };
    // An order that could not be read counts as seen as the list had it.
    let modified = match look.modified.as_str() {
        "" => state::look(&look.number)?.unwrap_or_default().modified,
        modified => modified.to_owned(),
    };
    let applied = look.plan.applied.as_ref().map(ProjectionRecord::from);
    let after = OrderState {
        short_id: look.label.clone(),
        conflicts: if matches!(standing, Standing::Imported { .. }) { blocking } else { Vec::new() },
        standing: standing.clone(),
        placed_at_ms: look.placed_at_ms,
        modified,
        looked_at_ms: host::now_ms(),
        totals: look.plan.totals.as_ref().map(|totals| TotalsRecord {
            leaflink: cents(totals.leaflink),
            computed: cents(totals.computed),
            matched: totals.matched.clone(),
        }),
        applied: applied.or_else(|| before.as_ref().and_then(|before| before.applied.clone())),
        reject: standing == Standing::Unlinked && before.as_ref().is_some_and(|before| before.reject),
        seen_customer: sales_order.and_then(|order| order.customer).map(|company| company.0),
    };

    if let Told::Letter(subject) = letters::tell(&look, &after, before.as_ref(), was_waiting, settings)? {
        let summary = format!("Tell them: {subject}.");
        decision.effects.push(effect("queue-mail", "admins and error recipients", summary, Vec::new()));
    }
    let news =
        !decision.effects.is_empty() || before.as_ref().is_none_or(|before| !before.says_the_same(&after));
    state::put_order(&look.number, &after)?;
    state::looked(&look.number)?;
    if news {
        host::journal(&decision)?;
    }
    Ok(decision)
}

/// Keeps what a look wants of LeafLink's order. Answers whether that is news.
fn queue(look: &Look, settings: &Settings) -> Result<bool, Failure> {
    // An order that could not be read tells nothing about what is wanted.
    if look.modified.is_empty() {
        return Ok(false);
    }
    let wanted = wish(&look.label, &look.modified, &look.plan.wanted, settings);
    outbox::want(&Subject::Order(look.number.clone()), wanted)
}

/// The intent for what LeafLink's order should become.
pub fn wish(label: &str, modified: &str, wanted: &outward::Wanted, settings: &Settings) -> Intent {
    Intent {
        label: label.to_owned(),
        wish: Wish::Order(OrderWish {
            status: wanted.status.map(|status| status.word().to_owned()),
            ship_day: wanted.ship_day.clone(),
            external_id: settings.external_id_key.clone().zip(wanted.external_id.clone()),
        }),
        since_ms: host::now_ms(),
        attempts: 0,
        not_before_ms: 0,
        parked: None,
        told: None,
        modified: modified.to_owned(),
    }
}

/// Creates or changes the sales order. What the ERP refuses becomes a reason.
fn write_to_erp(look: &mut Look) -> Result<(), Failure> {
    match &look.plan.action {
        Action::Create(draft) => {
            if let Written::Refused(rule) = erp::create_sales_order(draft)? {
                refused(&mut look.plan.findings, &rule);
                look.plan.action = Action::Hold;
                look.plan.link = None;
                look.plan.applied = None;
                look.plan.wanted = outward::Wanted::default();
            }
        }
        Action::Update(update) => {
            let Some(existing) = &look.existing else { return Ok(()) };
            if update.changes.iter().any(|change| change.field != "status")
                && let Written::Refused(rule) = erp::update_sales_order(&existing.id, update, &look.currency)?
            {
                refused(&mut look.plan.findings, &rule);
                look.plan.action = Action::Unchanged;
                look.plan.applied = None;
                return Ok(());
            }
            if let Some(status) = update.status
                && let Written::Refused(rule) = erp::set_status(&existing.id, status)?
            {
                refused(&mut look.plan.findings, &rule);
                let mut rest = update.as_ref().clone();
                rest.status = None;
                rest.changes.retain(|change| change.field != "status");
                // The status is tried again at the next look.
                let base = state::memory(&look.number)?.applied;
                if let (Some(applied), Some(base)) = (&mut look.plan.applied, base) {
                    applied.status = base.status;
                }
                look.plan.action =
                    if rest.is_empty() { Action::Unchanged } else { Action::Update(Box::new(rest)) };
            }
        }
        Action::Hold | Action::Ignore | Action::Unchanged => {}
    }
    Ok(())
}

fn refused(findings: &mut Findings, rule: &str) {
    findings.fail(
        "the ERP takes the change",
        vec![Reason::new(Code::ErpRefused, format!("The ERP refused: {rule}"))],
    );
}
