//! `insight`: what waits, why, and what would happen.

use super::Component;
use super::carry_out::foretell;
use super::look::look;
use super::polling::watermark_ms;
use super::products;
use super::sales_orders::not_linked;
use super::settings::in_force;
use crate::bindings::exports::leaflink_sync::connector::insight::{
    Explanation, Figures, Guest, Handler, HeldOrder, ReasonCount, Verdict,
};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{self, Failure};
use crate::host::state::{self, Standing};
use crate::host::{erp, outbox};
use crate::rules::decision::Fact;
use crate::rules::ids::{OrderNumber, SalesOrderId};
use crate::rules::sorting::sort_by;

impl Guest for Component {
    fn held_orders(after: Option<String>, limit: u32) -> Result<Vec<HeldOrder>, Failure> {
        let mut held = Vec::new();
        for number in state::held(after.as_deref(), limit.clamp(1, 500))? {
            if let Some(order) = state::readable_order(&number)? {
                held.push(HeldOrder {
                    number: number.0,
                    short_id: order.short_id.clone(),
                    reasons: order.open_reasons().iter().cloned().map(answer::kept).collect(),
                    held_since_ms: match order.standing {
                        Standing::Held { since_ms, .. } => since_ms,
                        _ => order.looked_at_ms,
                    },
                    looked_at_ms: order.looked_at_ms,
                });
            }
        }
        Ok(held)
    }

    fn status() -> Result<Figures, Failure> {
        let queue = outbox::figures()?;
        let (mut held, mut held_by_reason) = (0, Vec::<ReasonCount>::new());
        for number in state::all_held()? {
            held += 1;
            let Some(order) = state::readable_order(&number)? else { continue };
            let mut codes: Vec<&str> = order.open_reasons().iter().map(|it| it.code.as_str()).collect();
            sort_by(&mut codes, Ord::cmp);
            codes.dedup();
            for code in codes {
                match held_by_reason.iter_mut().find(|known| known.code == code) {
                    Some(known) => known.orders += 1,
                    None => held_by_reason.push(ReasonCount { code: code.to_owned(), orders: 1 }),
                }
            }
        }
        sort_by(&mut held_by_reason, |one, other| one.code.cmp(&other.code));
        Ok(Figures {
            queued: queue.queued,
            queued_since_ms: queue.oldest.map(|(since_ms, ..)| since_ms),
            parked: queue.parked,
            held,
            held_by_reason,
            watermark_ms: watermark_ms(&state::poll_orders()?),
        })
    }

    fn explain(number: String) -> Result<Explanation, Failure> {
        let settings = in_force()?;
        let look = look(&OrderNumber(number), &settings, &mut first)?;
        let verdicts = look.plan.findings.verdicts.iter();
        Ok(Explanation {
            verdicts: verdicts
                .map(|verdict| Verdict {
                    rule: verdict.rule.to_owned(),
                    passed: verdict.passed,
                    detail: verdict.detail.clone(),
                })
                .collect(),
            read: look
                .read
                .iter()
                .map(|Fact { name, value }| wit::Fact { name: name.clone(), value: value.clone() })
                .collect(),
            decision: foretell(look, &settings)?,
        })
    }

    fn preview(handler: Handler) -> Result<wit::Decision, Failure> {
        let number = match handler {
            Handler::Order(number) => OrderNumber(number),
            Handler::SalesOrder(id) => {
                let id = SalesOrderId(id);
                match erp::origin_of(&id)? {
                    Some(number) => number,
                    None => return Ok(not_linked(&id)),
                }
            }
            Handler::Product(product) => return products::foretell(&product),
        };
        let settings = in_force()?;
        foretell(look(&number, &settings, &mut first)?, &settings)
    }
}

/// Nothing is drawn for a preview: it shows the first of those among whom the draw would be.
fn first(_bound: u32) -> u32 {
    0
}
