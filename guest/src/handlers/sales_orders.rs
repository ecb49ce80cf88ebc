//! `sales-orders`: what happens to a sales order in the ERP, towards LeafLink.

use super::Component;
use super::carry_out::{carry_out, wish};
use super::look::{look, queued};
use super::settings::in_force;
use super::transfers::{follow_transfer, waiting_transfer};
use crate::bindings::exports::leaflink_sync::connector::sales_orders::{Deletion, Guest};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{self, Failure, effect};
use crate::host::outbox::{self, Subject};
use crate::host::state::Standing;
use crate::host::{self, erp, state, transfers};
use crate::rules::decision::Reason;
use crate::rules::ids::{OrderNumber, SalesOrderId};
use crate::rules::order::SourceStatus;
use crate::rules::order::outward::Wanted;
use crate::rules::reasons::Code;

impl Guest for Component {
    fn on_sales_order_change(id: String) -> Result<wit::Decision, Failure> {
        let id = SalesOrderId(id);
        let Some(number) = erp::origin_of(&id)? else { return Ok(not_linked(&id)) };
        if let Some(transfer) = waiting_transfer(&id)? {
            return follow_transfer(&transfer);
        }
        let settings = in_force()?;
        let look = look(&number, &settings, &mut host::draw)?;
        carry_out(look, &settings)
    }

    fn on_sales_order_deleted(deletion: Deletion) -> Result<wit::Decision, Failure> {
        let settings = in_force()?;
        let number = OrderNumber(deletion.leaflink_order);
        let id = SalesOrderId(deletion.sales_order);
        let Some(mut known) = state::order(&number)? else { return Ok(not_linked(&id)) };
        // A look that came first found the sales order gone, and knew nothing of LeafLink's order.
        let is_news = match &known.standing {
            Standing::Imported { sales_order } => *sales_order == id.0,
            Standing::Unlinked => {
                deletion.reject_in_leaflink && !known.reject && known.deleted.as_ref() == Some(&id.0)
            }
            _ => false,
        };
        if !is_news {
            return Ok(not_linked(&id));
        }
        erp::unlink_sales_order(&id)?;
        transfers::forget_matched(&id)?;
        known.standing = Standing::Unlinked;
        known.conflicts.clear();
        known.seen_customer = None;
        known.reject = deletion.reject_in_leaflink;
        known.deleted = Some(id.0.clone());
        let wanted = Wanted {
            status: deletion.reject_in_leaflink.then_some(SourceStatus::Rejected),
            ship_day: None,
            external_id: settings.external_id_key.as_ref().map(|_| None),
        };
        let intent = wish(&known.short_id, &known.modified, &wanted, &settings);
        outbox::put_intent(&Subject::Order(number.clone()), &intent)?;
        state::put_order(&number, &known)?;

        let unlink = effect(
            "unlink-sales-order",
            &id.0,
            format!(
                "Unlink the deleted sales order from LeafLink order {}; an edit in LeafLink brings it over as a new one.",
                known.short_id
            ),
            Vec::new(),
        );
        let decision = wit::Decision {
            stream: wit::Stream::SalesOrders,
            subject: number.0.clone(),
            label: known.short_id.clone(),
            outcome: wit::Outcome::Applied,
            reasons: Vec::new(),
            effects: std::iter::once(unlink).chain(queued(&number, &known.short_id, &wanted)).collect(),
        };
        host::journal(&decision)?;
        Ok(decision)
    }
}

/// A sales order that is not LeafLink's.
pub fn not_linked(id: &SalesOrderId) -> wit::Decision {
    let reason =
        Reason::new(Code::NotFromLeafLink, format!("Sales order {id} is not linked to a LeafLink order."));
    wit::Decision {
        stream: wit::Stream::SalesOrders,
        subject: id.0.clone(),
        label: id.0.clone(),
        outcome: wit::Outcome::Ignored,
        reasons: vec![answer::reason(&reason)],
        effects: Vec::new(),
    }
}
