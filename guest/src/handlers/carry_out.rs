//! Doing what the rules decided about an order, and noting it: one transaction.

use super::letters;
use super::look::{Look, queued};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::Failure;
use crate::host::erp::Written;
use crate::host::outbox::{self, Intent, OrderWish, Subject, Wish};
use crate::host::projection::ProjectionRecord;
use crate::host::state::{OrderState, ReasonRecord, Standing, TotalsRecord};
use crate::host::{self, erp, state, transfers};
use crate::rules::decimal::cents;
use crate::rules::decision::{Findings, Reason};
use crate::rules::ids::{CompanyId, SalesOrderId};
use crate::rules::once::QUIET_MS;
use crate::rules::order::{Action, SourceStatus, outward};
use crate::rules::reasons::Code;
use crate::rules::settings::Settings;

/// Carries a look out.
pub fn carry_out(mut look: Look, settings: &Settings) -> Result<wit::Decision, Failure> {
    let before = state::order(&look.number)?;
    write_to_erp(&mut look)?;
    if let Some(link) = &look.plan.link {
        let company = erp::company_of(&link.company)?;
        let other =
            company.and_then(|company| company.leaflink_customer).filter(|known| *known != link.customer);
        erp::link_customer(link, other.is_some())?;
    }

    let sales_order = erp::sales_order_of(&look.number)?.map(|order| (order.id.0, order.customer));
    if let (Action::Create(_), Some((id, _))) = (&look.plan.action, &sales_order) {
        // Only now has it an id that LeafLink's order can carry.
        look.plan.wanted.external_id = settings.external_id_key.as_ref().map(|_| Some(id.clone()));
    }
    let was_wanted = outbox::wanted_status(&look.number)?;
    let is_queued = match wanted(&look, settings) {
        Some((subject, intent)) => outbox::want(&subject, intent)?,
        None => false,
    };
    let after = after(&look, before.as_ref(), sales_order, was_wanted)?;
    let letter = letters::tell(&look, &after, before.as_ref(), settings)?;
    let decision = decision(&look, is_queued, letter);

    let news =
        !decision.effects.is_empty() || before.as_ref().is_none_or(|before| !before.says_the_same(&after));
    if let (Some(Standing::Imported { sales_order }), Standing::Unlinked) =
        (before.as_ref().map(|before| &before.standing), &after.standing)
    {
        // It was deleted, and nobody told us.
        transfers::forget_matched(&SalesOrderId(sales_order.clone()))?;
    }
    state::put_order(&look.number, &after)?;
    state::looked(&look.number)?;
    if news {
        host::journal(&decision)?;
    }
    Ok(decision)
}

/// What [`carry_out`] would answer, as far as it can be known before the ERP is asked to write.
pub fn foretell(mut look: Look, settings: &Settings) -> Result<wit::Decision, Failure> {
    let before = state::order(&look.number)?;
    let sales_order = match (&look.plan.action, &look.existing) {
        (Action::Create(draft), _) => {
            let id = "the new sales order".to_owned();
            look.plan.wanted.external_id = settings.external_id_key.as_ref().map(|_| Some(id.clone()));
            Some((id, draft.customer.clone()))
        }
        (_, existing) => existing.as_ref().map(|order| (order.id.0.clone(), order.customer.clone())),
    };
    let is_queued = match wanted(&look, settings) {
        Some((subject, intent)) => outbox::is_news(&subject, &intent)?,
        None => false,
    };
    let after = after(&look, before.as_ref(), sales_order, outbox::wanted_status(&look.number)?)?;
    let letter = letters::foretell(&look, &after, before.as_ref())?;
    Ok(decision(&look, is_queued, letter))
}

/// The decision with its effects. What was queued before is no effect of this look.
fn decision(look: &Look, is_queued: bool, letter: Option<String>) -> wit::Decision {
    let mut decision = look.decision();
    if !is_queued {
        let old = queued(&look.number, &look.label, &look.plan.wanted);
        decision.effects.retain(|effect| Some(effect) != old.as_ref());
        if decision.effects.is_empty() && decision.outcome == wit::Outcome::Applied {
            decision.outcome = look.outcome_without_effect();
        }
    }
    decision.effects.extend(letter.map(|subject| letters::to_people(&subject)));
    decision
}

/// What is to be remembered of the order: with the sales order that it is after the look, and that
/// one's customer. `was_wanted`: the status that LeafLink's order was to get before the look.
fn after(
    look: &Look,
    before: Option<&OrderState>,
    sales_order: Option<(String, Option<CompanyId>)>,
    was_wanted: Option<SourceStatus>,
) -> Result<OrderState, Failure> {
    let is_gone = look.modified.is_empty() && look.plan.action == Action::Ignore;
    if let Some(before) = before.filter(|_| is_gone)
        && (sales_order.is_some() || !matches!(before.standing, Standing::Imported { .. }))
    {
        // LeafLink had it: it may have answered from an older copy, so what waits goes on waiting.
        return Ok(before.clone());
    }
    let blocking: Vec<ReasonRecord> = look.blocking().into_iter().map(ReasonRecord::from).collect();
    let (sales_order, customer) = sales_order.unzip();
    let standing = match (sales_order, &look.plan.action) {
        (Some(sales_order), _) => Standing::Imported { sales_order },
        (None, Action::Hold) => Standing::Held {
            since_ms: match before.map(|before| &before.standing) {
                Some(Standing::Held { since_ms, .. }) => *since_ms,
                _ => host::now_ms(),
            },
            reasons: blocking.clone(),
        },
        (None, _) if before.is_some_and(OrderState::was_deleted) => Standing::Unlinked,
        (None, _) => Standing::Ignored,
    };
    // An order that could not be read counts as seen as the list had it; one that LeafLink does not
    // have, as not seen.
    let modified = match look.modified.as_str() {
        "" if is_gone => String::new(),
        "" => state::look(&look.number)?.unwrap_or_default().modified,
        modified => modified.to_owned(),
    };
    let known = |record: fn(&OrderState) -> &Option<ProjectionRecord>| {
        before.and_then(|before| record(before).clone())
    };
    let applied =
        look.plan.applied.as_ref().map(ProjectionRecord::from).or_else(|| known(|before| &before.applied));
    let seen = match &look.plan.seen {
        Some(seen) => {
            let is_applied = applied
                .as_ref()
                .and_then(ProjectionRecord::projection)
                .is_some_and(|applied| applied.same_content(seen));
            (!is_applied).then(|| seen.into())
        }
        None => known(|before| &before.seen),
    };
    Ok(OrderState {
        short_id: look.label.clone(),
        conflicts: if matches!(standing, Standing::Imported { .. }) { blocking } else { Vec::new() },
        reject: standing == Standing::Unlinked && before.is_some_and(|before| before.reject),
        deleted: match before {
            Some(before) if standing == Standing::Unlinked => match &before.standing {
                Standing::Imported { sales_order } => Some(sales_order.clone()),
                _ => before.deleted.clone(),
            },
            _ => None,
        },
        standing,
        placed_at_ms: look.placed_at_ms,
        modified,
        looked_at_ms: host::now_ms(),
        totals: look.plan.totals.as_ref().map(|totals| TotalsRecord {
            leaflink: cents(totals.leaflink),
            computed: cents(totals.computed),
            matched: totals.matched.clone(),
        }),
        applied,
        seen,
        given_up: match was_wanted
            .filter(|status| !look.modified.is_empty() && look.plan.wanted.status != Some(*status))
        {
            Some(status) => Some((status.word().to_owned(), host::now_ms())),
            None => before
                .and_then(|before| before.given_up.clone())
                .filter(|(_, at_ms)| host::now_ms() < at_ms.saturating_add(QUIET_MS)),
        },
        seen_customer: customer.flatten().map(|company| company.0),
        holds: look.holds_while_waiting(before),
    })
}

/// What a look wants of LeafLink's order. An order that could not be read tells nothing about that.
fn wanted(look: &Look, settings: &Settings) -> Option<(Subject, Intent)> {
    if look.modified.is_empty() {
        return None;
    }
    let intent = wish(&look.label, &look.modified, &look.plan.wanted, settings);
    Some((Subject::Order(look.number.clone()), intent))
}

/// The intent for what LeafLink's order should become.
pub fn wish(label: &str, modified: &str, wanted: &outward::Wanted, settings: &Settings) -> Intent {
    Intent {
        label: label.to_owned(),
        wish: Wish::Order(OrderWish {
            status: wanted.status.map(|status| status.word().to_owned()),
            ship_day: wanted.ship_day.clone(),
            external_id: settings.external_id_key.clone().zip(wanted.external_id.clone()),
            ..OrderWish::default()
        }),
        since_ms: host::now_ms(),
        attempts: 0,
        tried_ms: 0,
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
                (look.plan.applied, look.plan.seen) = (None, None);
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
