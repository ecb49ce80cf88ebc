//! `orders`: a LeafLink order becomes a sales order, or waits with its reasons.

use super::Component;
use super::look::{Look, look};
use super::settings::in_force;
use crate::bindings::exports::leaflink_sync::connector::orders::Guest;
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{Failure, effect};
use crate::host::erp::Written;
use crate::host::state::{OrderState, ReasonRecord, Standing, TotalsRecord};
use crate::host::{self, erp, mail, state};
use crate::rules::decimal::cents;
use crate::rules::decision::Reason;
use crate::rules::ids::OrderNumber;
use crate::rules::order::Action;
use crate::rules::reasons::Code;
use crate::rules::settings::Settings;
use crate::rules::text::count;

impl Guest for Component {
    fn on_order(number: String) -> Result<wit::Decision, Failure> {
        let settings = in_force()?;
        let look = look(&OrderNumber(number), &settings, &mut host::draw)?;
        carry_out(look, &settings)
    }
}

/// Does what the rules decided, and notes it.
fn carry_out(mut look: Look, settings: &Settings) -> Result<wit::Decision, Failure> {
    let before = state::order(&look.number)?;
    let mut created = None;
    if let Action::Create(draft) = &look.action {
        match erp::create_sales_order(draft)? {
            Written::Done(id) => created = Some(id),
            Written::Refused(rule) => {
                look.findings.fail(
                    "the ERP takes the sales order",
                    vec![Reason::new(Code::ErpRefused, format!("The ERP refused the sales order: {rule}"))],
                );
                look.action = Action::Hold;
            }
        }
    }

    let mut decision = look.decision();
    let standing = standing(&look, created.map(|id| id.0), before.as_ref())?;
    if let Some(text) = letter(&look, &standing, before.as_ref()) {
        mail::queue(settings, &text.subject, text.body)?;
        decision.effects.push(effect(
            "queue-mail",
            "admins and error recipients",
            format!("Tell them: {}.", text.subject),
            Vec::new(),
        ));
    }

    let news = before.as_ref().is_none_or(|before| !same_standing(&before.standing, &standing))
        || !decision.effects.is_empty();
    state::put_order(
        &look.number,
        &OrderState {
            short_id: look.label.clone(),
            standing,
            modified: look.modified.clone(),
            looked_at_ms: host::now_ms(),
            totals: look.totals.as_ref().map(|totals| TotalsRecord {
                leaflink: cents(totals.leaflink),
                computed: cents(totals.computed),
                matched: totals.matched.clone(),
            }),
        },
    )?;
    state::looked(&look.number)?;
    if news {
        host::journal(&decision)?;
    }
    Ok(decision)
}

/// Where the order stands after this look.
fn standing(look: &Look, created: Option<String>, before: Option<&OrderState>) -> Result<Standing, Failure> {
    if let Some(sales_order) = created {
        return Ok(Standing::Imported { sales_order });
    }
    let known = erp::sales_order_of(&look.number)?.map(|existing| existing.id);
    Ok(match (&look.action, known) {
        (_, Some(sales_order)) => Standing::Imported { sales_order },
        (Action::Hold, None) => Standing::Held {
            since_ms: match before.map(|before| &before.standing) {
                Some(Standing::Held { since_ms, .. }) => *since_ms,
                _ => host::now_ms(),
            },
            reasons: look.blocking().into_iter().map(ReasonRecord::from).collect(),
        },
        _ => Standing::Ignored,
    })
}

/// Whether two standings tell people the same.
fn same_standing(one: &Standing, other: &Standing) -> bool {
    match (one, other) {
        (Standing::Held { reasons: one, .. }, Standing::Held { reasons: other, .. }) => {
            causes(one) == causes(other)
        }
        (one, other) => one == other,
    }
}

/// What the reasons are about, without figures that move from one look to the next: stock that
/// falls from 5 to 4 is not news.
fn causes(reasons: &[ReasonRecord]) -> Vec<(&str, Option<&str>, Vec<&str>)> {
    let mut causes: Vec<_> = reasons
        .iter()
        .map(|reason| {
            let about = reason
                .facts
                .iter()
                .filter(|(name, _)| ["staff", "leaflink-product", "product"].contains(&name.as_str()))
                .map(|(_, value)| value.as_str())
                .collect();
            (reason.code.as_str(), reason.field.as_deref(), about)
        })
        .collect();
    causes.sort();
    causes
}

struct Letter {
    subject: String,
    body: String,
}

/// The e-mail that this look calls for: one for each order and set of reasons, and one when an
/// order that waited came through.
fn letter(look: &Look, standing: &Standing, before: Option<&OrderState>) -> Option<Letter> {
    let before = before.map(|before| &before.standing);
    match standing {
        Standing::Held { .. } if before.is_some_and(|before| same_standing(before, standing)) => None,
        Standing::Held { .. } => Some(held_letter(look)),
        Standing::Imported { .. } if matches!(before, Some(Standing::Held { .. })) => Some(Letter {
            subject: format!("LeafLink order {} came through", look.label),
            body: format!(
                "LeafLink order {} {} waited and is now a sales order.\n\nNothing needs doing.\n",
                look.label, look.about
            ),
        }),
        _ => None,
    }
}

fn held_letter(look: &Look) -> Letter {
    let blocking = look.blocking();
    let mut body = format!("LeafLink order {} {} did not become a sales order.\n\n", look.label, look.about);
    for (index, reason) in blocking.iter().enumerate() {
        body.push_str(&format!("{}. {}\n   What to do: {}\n", index + 1, reason.message, reason.fix));
    }
    body.push_str(
        "\nThe order is looked at again by itself: once nothing stands in its way, it comes over.\n\
         You will hear again only if the reasons change or the order comes through.\n",
    );
    body.push_str(&format!("\nThe order's number in LeafLink's API: {}\n", look.number));
    Letter {
        subject: format!("LeafLink order {} is on hold: {}", look.label, count(blocking.len(), "reason")),
        body,
    }
}
