//! Towards LeafLink: what LeafLink's order should become because of the sales order.
//!
//! | sales order | LeafLink order |
//! |---|---|
//! | PENDING | stays |
//! | PROCESSING | Accepted |
//! | READY_TO_SHIP | Fulfilled |
//! | DELIVERING | Shipped |
//! | DELIVERED | Complete, or Shipped when the settings say so |
//! | COMPLETED | Complete |
//! | CANCELED | Rejected |
//!
//! Never backwards: an order that is as far or further stays. LeafLink goes one step at a time, and
//! [`next_step`] says which.

use super::{Order, SourceStatus};
use crate::rules::decision::{Findings, Reason};
use crate::rules::reasons::Code;
use crate::rules::sales_order::{SalesOrder, Status};
use crate::rules::settings::{OnDelivered, Settings};

/// How far an order is on the way from placed to complete; `None`: it left that way, or is not on
/// it yet.
pub fn rank(status: SourceStatus) -> Option<u8> {
    match status {
        SourceStatus::Submitted | SourceStatus::Backorder => Some(0),
        SourceStatus::Accepted => Some(1),
        SourceStatus::Fulfilled => Some(2),
        SourceStatus::Shipped => Some(3),
        SourceStatus::Complete => Some(4),
        SourceStatus::Draft | SourceStatus::Rejected | SourceStatus::Combined | SourceStatus::Cancelled => {
            None
        }
    }
}

/// The status that LeafLink's order should reach; `None`: it is where it should be.
pub fn target(erp: Status, leaflink: SourceStatus, settings: &Settings) -> Option<SourceStatus> {
    let rank_now = rank(leaflink)?;
    let wanted = match erp {
        Status::Pending => return None,
        Status::Canceled => return (leaflink != SourceStatus::Complete).then_some(SourceStatus::Rejected),
        _ => counterpart(erp, settings),
    };
    (rank(wanted)? > rank_now).then_some(wanted)
}

/// The status of LeafLink's order that means what a sales order's status means.
pub fn counterpart(erp: Status, settings: &Settings) -> SourceStatus {
    match erp {
        Status::Pending => SourceStatus::Submitted,
        Status::Processing => SourceStatus::Accepted,
        Status::ReadyToShip => SourceStatus::Fulfilled,
        Status::Delivering => SourceStatus::Shipped,
        Status::Delivered => match settings.on_delivered {
            OnDelivered::Complete => SourceStatus::Complete,
            OnDelivered::Shipped => SourceStatus::Shipped,
        },
        Status::Completed => SourceStatus::Complete,
        Status::Canceled => SourceStatus::Rejected,
    }
}

/// A write to LeafLink's order that is wanted. Absent fields are as they should be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The status to reach, step by step.
    pub status: Option<SourceStatus>,
    /// `ship_date`, `YYYY-MM-DD`.
    pub ship_day: Option<String>,
    /// The ERP's id in `external_ids`: set to this, or removed.
    pub external_id: Option<Option<String>>,
}

impl Wanted {
    /// Whether nothing is wanted.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What LeafLink's order should become because of the sales order.
pub fn wanted(
    order: &Order,
    sales_order: &SalesOrder,
    settings: &Settings,
    findings: &mut Findings,
) -> Wanted {
    let status = target(sales_order.status, order.status, settings);
    if matches!(status, Some(SourceStatus::Shipped | SourceStatus::Complete))
        && sales_order.delivery_day.is_none()
    {
        findings.notice(Reason::new(
            Code::NoDeliveryDate,
            format!("{} has no delivery date, so LeafLink's order gets no ship date.", sales_order.number),
        ));
    }
    let ship_day = sales_order.delivery_day.clone().filter(|day| order.ship_day.as_ref() != Some(day));
    let external_id = settings.external_id_key.as_ref().and_then(|key| {
        let is = order.external_ids.get(key);
        (is != Some(&sales_order.id.0)).then(|| Some(sales_order.id.0.clone()))
    });
    Wanted { status, ship_day, external_id }
}

/// What LeafLink's order should become after its sales order was deleted: without the ERP's id, and
/// rejected if the person said so.
pub fn wanted_after_deletion(order: &Order, reject: bool, settings: &Settings) -> Wanted {
    let carries_id = |key: &String| order.external_ids.contains_key(key);
    Wanted {
        status: if reject { target(Status::Canceled, order.status, settings) } else { None },
        ship_day: None,
        external_id: settings.external_id_key.as_ref().is_some_and(carries_id).then_some(None),
    }
}

/// The actions of LeafLink's transition path, with the status that each leads to and the word that
/// `available_transitions` has for it.
const STEPS: [(SourceStatus, &str, &str); 5] = [
    (SourceStatus::Accepted, "accepted", "accept"),
    (SourceStatus::Fulfilled, "fulfilled", "fulfill"),
    (SourceStatus::Shipped, "shipped", "ship"),
    (SourceStatus::Complete, "complete", "complete"),
    (SourceStatus::Rejected, "rejected", "reject"),
];

/// The status that an action of LeafLink's transition path leads to.
pub fn status_after(action: &str) -> Option<SourceStatus> {
    STEPS.iter().find(|(_, _, known)| *known == action).map(|(status, _, _)| *status)
}

/// What the next step towards a status is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is there, or past it.
    Arrived,
    /// This action.
    Do(&'static str),
    /// LeafLink allows no step in that direction.
    Blocked,
}

/// The next step from a status towards another along LeafLink's `available_transitions`.
pub fn next_step(now: SourceStatus, target: SourceStatus, available: &[String]) -> Step {
    let allowed = |word: &str| available.iter().any(|known| known.eq_ignore_ascii_case(word));
    if now == target {
        return Step::Arrived;
    }
    let Some(rank_now) = rank(now) else {
        // Rejected, cancelled and combined orders go nowhere.
        return if now == SourceStatus::Draft { Step::Blocked } else { Step::Arrived };
    };
    let Some(rank_target) = rank(target) else {
        let reject = STEPS.iter().find(|(status, _, _)| *status == target);
        return match reject {
            Some((_, word, action)) if allowed(word) => Step::Do(action),
            _ => Step::Blocked,
        };
    };
    if rank_now >= rank_target {
        return Step::Arrived;
    }
    STEPS
        .iter()
        .find(|(status, word, _)| {
            rank(*status).is_some_and(|rank| rank > rank_now && rank <= rank_target) && allowed(word)
        })
        .map_or(Step::Blocked, |(_, _, action)| Step::Do(action))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::order::sample;
    use SourceStatus::*;

    /// Every cell: what each sales-order status asks of each LeafLink status.
    #[test]
    fn the_table_towards_leaflink() {
        let columns = [
            Submitted, Accepted, Backorder, Fulfilled, Shipped, Complete, Draft, Rejected, Combined,
            Cancelled,
        ];
        let (acc, ful, shi, com, rej) =
            (Some(Accepted), Some(Fulfilled), Some(Shipped), Some(Complete), Some(Rejected));
        for (erp, row) in [
            (Status::Pending, [None; 10]),
            (Status::Processing, [acc, None, acc, None, None, None, None, None, None, None]),
            (Status::ReadyToShip, [ful, ful, ful, None, None, None, None, None, None, None]),
            (Status::Delivering, [shi, shi, shi, shi, None, None, None, None, None, None]),
            (Status::Delivered, [com, com, com, com, com, None, None, None, None, None]),
            (Status::Completed, [com, com, com, com, com, None, None, None, None, None]),
            (Status::Canceled, [rej, rej, rej, rej, rej, None, None, None, None, None]),
        ] {
            for (leaflink, wanted) in columns.into_iter().zip(row) {
                assert_eq!(target(erp, leaflink, &Settings::default()), wanted, "{erp} {leaflink:?}");
            }
        }
    }

    #[test]
    fn delivered_can_stop_at_shipped() {
        let settings = Settings { on_delivered: OnDelivered::Shipped, ..Settings::default() };
        for (leaflink, wanted) in
            [(Submitted, Some(Shipped)), (Fulfilled, Some(Shipped)), (Shipped, None), (Complete, None)]
        {
            assert_eq!(target(Status::Delivered, leaflink, &settings), wanted, "{leaflink:?}");
        }
    }

    #[test]
    fn after_a_deletion_the_id_goes_and_the_order_is_rejected_if_the_person_said_so() {
        let settings = Settings { external_id_key: Some("erp".to_owned()), ..Settings::default() };
        let mut order = Order { status: Accepted, ..sample::order() };
        assert!(wanted_after_deletion(&order, false, &settings).is_empty());
        assert_eq!(wanted_after_deletion(&order, true, &settings).status, Some(Rejected));
        order.external_ids.insert("erp".to_owned(), "so-1".to_owned());
        assert_eq!(wanted_after_deletion(&order, false, &settings).external_id, Some(None));
        assert!(wanted_after_deletion(&order, false, &Settings::default()).is_empty());
        let over = Order { status: Complete, ..order };
        assert_eq!(wanted_after_deletion(&over, true, &settings).status, None);
    }

    #[test]
    fn each_action_leads_to_its_status() {
        for (action, status) in [
            ("accept", Accepted),
            ("fulfill", Fulfilled),
            ("ship", Shipped),
            ("complete", Complete),
            ("reject", Rejected),
        ] {
            assert_eq!(status_after(action), Some(status));
        }
        assert_eq!(status_after("cancel"), None);
    }

    #[test]
    fn one_step_at_a_time_along_what_leaflink_offers() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        for (now, target, available, wanted) in [
            (Submitted, Complete, words(&["accepted", "rejected"]), Step::Do("accept")),
            (Accepted, Complete, words(&["fulfilled", "rejected"]), Step::Do("fulfill")),
            (Fulfilled, Complete, words(&["shipped", "complete"]), Step::Do("ship")),
            (Fulfilled, Complete, words(&["complete"]), Step::Do("complete")),
            (Fulfilled, Shipped, words(&["complete"]), Step::Blocked),
            (Shipped, Fulfilled, words(&["complete"]), Step::Arrived),
            (Submitted, Rejected, words(&["Rejected"]), Step::Do("reject")),
            (Complete, Rejected, words(&[]), Step::Blocked),
            (Cancelled, Accepted, words(&["accepted"]), Step::Arrived),
            (Submitted, Accepted, words(&[]), Step::Blocked),
        ] {
            assert_eq!(next_step(now, target, &available), wanted, "{now:?} {target:?}");
        }
    }
}
