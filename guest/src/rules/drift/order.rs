//! A LeafLink order, against the sales order that it became or should become.
//!
//! [`decide`](crate::rules::order::decide) is asked as at a look. What the plan wants of either side
//! is a difference; so is a status that the plan leaves although the two do not mean the same.

use super::{Area, Cause, Difference, Explanation, OnItsWay, because};
use crate::rules::order::follow::FieldChange;
use crate::rules::order::outward::{counterpart, rank};
use crate::rules::order::{Action, Order, Plan, SourceStatus};
use crate::rules::reasons::Code;
use crate::rules::sales_order::{SalesOrder, Status};
use crate::rules::settings::Settings;

/// The sales order is missing.
pub const SALES_ORDER: &str = "sales-order";
/// Edits of LeafLink's order did not come over.
pub const EDITS: &str = "edits";
/// LeafLink's status.
pub const STATUS: &str = "status";
/// LeafLink's ship date.
pub const SHIP_DATE: &str = "ship-date";
/// The ERP's id in LeafLink's `external_ids`.
pub const EXTERNAL_ID: &str = "external-id";

/// What the sync has of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Why it will be looked at without anybody's doing; absent: as far as is known there is no need.
    pub to_be_looked_at: Option<String>,
    /// What it, or an edit of it, was held for when it was last looked at.
    pub waits_for: Option<String>,
    /// The status that is on its way to LeafLink.
    pub status: Option<(SourceStatus, OnItsWay)>,
    /// The ship date that is on its way.
    pub ship_day: Option<(String, OnItsWay)>,
    /// The id that is on its way, or its removal.
    pub external_id: Option<(Option<String>, OnItsWay)>,
}

impl Known {
    /// Why the ERP's side may lag behind LeafLink's. A further look brings nothing of what is held, so
    /// that counts first.
    fn why_behind(&self) -> Option<Explanation> {
        let held = self.waits_for.clone().and_then(|text| because(Cause::Held, text));
        held.or_else(|| self.next_look())
    }

    /// Why LeafLink's side may lag behind the ERP's: `same` is the write that would remove it.
    fn why_ahead(&self, same: Option<&OnItsWay>) -> Option<Explanation> {
        same.and_then(OnItsWay::explanation).or_else(|| self.next_look())
    }

    fn next_look(&self) -> Option<Explanation> {
        because(Cause::Recent, self.to_be_looked_at.clone()?)
    }
}

/// How the two sides differ over an order.
pub fn differences(
    order: &Order,
    sales_order: Option<&SalesOrder>,
    plan: &Plan,
    known: &Known,
    settings: &Settings,
) -> Vec<Difference> {
    let of = |field, leaflink: String, erp: String, explanation| Difference {
        area: Area::Statuses,
        subject: order.number.0.clone(),
        label: format!("LeafLink order {}", order.short_id),
        field,
        leaflink,
        erp,
        explanation,
        obstacle: None,
    };
    let has = order.status.word().to_owned();
    let mut found = Vec::new();
    let mut moves = false;
    match &plan.action {
        Action::Create(_) | Action::Hold => {
            let blocked = plan.findings.reasons.iter().find(|reason| reason.code.blocks());
            let explanation = match (blocked, &known.waits_for) {
                (Some(reason), Some(_)) => because(Cause::Held, format!("{} {}", reason.message, reason.fix)),
                (None, Some(text)) => because(
                    Cause::Recent,
                    format!(
                        "it was held, and nothing stands in its way now; the next round brings it over. It was: {text}"
                    ),
                ),
                (_, None) => known.why_behind(),
            };
            found.push(of(SALES_ORDER, has, "no sales order".to_owned(), explanation));
            return found;
        }
        Action::Update(update) => {
            moves = update.status.is_some();
            let side = |pick: fn(&FieldChange) -> &Option<String>| {
                let fields = update
                    .changes
                    .iter()
                    .map(|change| format!("{} {}", change.field, pick(change).as_deref().unwrap_or("none")));
                fields.collect::<Vec<_>>().join(", ")
            };
            let explanation = known.why_behind();
            found.push(of(EDITS, side(|change| &change.after), side(|change| &change.before), explanation));
        }
        Action::Ignore | Action::Unchanged => {}
    }

    let wanted = &plan.wanted;
    if let Some(status) = wanted.status {
        let erp = match sales_order {
            Some(sales_order) => {
                format!("{} ({} is {})", status.word(), sales_order.number, sales_order.status)
            }
            None => format!("{} (its sales order was deleted)", status.word()),
        };
        let same = known.status.as_ref().filter(|(queued, _)| *queued == status).map(|(_, way)| way);
        found.push(of(STATUS, has, erp, known.why_ahead(same)));
    } else if let Some(sales_order) = sales_order
        && !moves
        && !agree(order.status, sales_order.status, settings)
    {
        found.push(of(STATUS, has, sales_order.status.to_string(), left_so(order, sales_order, plan)));
    }
    if let Some(day) = &wanted.ship_day {
        let same = known.ship_day.as_ref().filter(|(queued, _)| queued == day).map(|(_, way)| way);
        let shows = order.ship_day.clone().unwrap_or_else(|| "none".to_owned());
        found.push(of(SHIP_DATE, shows, day.clone(), known.why_ahead(same)));
    }
    if let Some(id) = &wanted.external_id {
        let shows = settings.external_id_key.as_ref().and_then(|key| order.external_ids.get(key));
        let text = |id: Option<&String>| id.cloned().unwrap_or_else(|| "none".to_owned());
        let same = known.external_id.as_ref().filter(|(queued, _)| queued == id).map(|(_, way)| way);
        found.push(of(EXTERNAL_ID, text(shows), text(id.as_ref()), known.why_ahead(same)));
    }
    found
}

/// An order that cannot be read.
pub fn unreadable(
    number: &str,
    label: &str,
    problem: &str,
    sales_order: Option<&SalesOrder>,
    known: &Known,
) -> Difference {
    Difference {
        area: Area::Statuses,
        subject: number.to_owned(),
        label: format!("LeafLink order {label}"),
        field: SALES_ORDER,
        leaflink: "cannot be read".to_owned(),
        erp: sales_order.map_or_else(|| "no sales order".to_owned(), |order| order.number.clone()),
        explanation: match &known.waits_for {
            Some(_) => because(Cause::Held, problem),
            None => known.why_behind(),
        },
        obstacle: None,
    }
}

/// Whether two statuses mean the same.
fn agree(leaflink: SourceStatus, erp: Status, settings: &Settings) -> bool {
    match leaflink {
        SourceStatus::Draft | SourceStatus::Submitted | SourceStatus::Backorder => erp == Status::Pending,
        SourceStatus::Rejected | SourceStatus::Cancelled | SourceStatus::Combined => erp == Status::Canceled,
        further => further == counterpart(erp, settings),
    }
}

/// Why a status is left as it is although it means something else.
fn left_so(order: &Order, sales_order: &SalesOrder, plan: &Plan) -> Option<Explanation> {
    let told =
        plan.findings.reasons.iter().find(|reason| {
            matches!(reason.code, Code::StatusAhead | Code::RejectedTooLate | Code::ErpRefused)
        });
    if let Some(reason) = told {
        return because(Cause::Held, format!("{} {}", reason.message, reason.fix));
    }
    let (is, erp) = (order.status.word(), sales_order.status);
    let text = if erp == Status::Canceled {
        format!("LeafLink does not reject an order that is {is}.")
    } else if rank(order.status).is_none() {
        format!("LeafLink's order is {is}, and LeafLink has no way back from there.")
    } else if rank(order.status) > rank(SourceStatus::Accepted) && !sales_order.is_fulfilled() {
        let number = &sales_order.number;
        format!("LeafLink's order is {is}; {number} follows when each of its lines is fulfilled.")
    } else {
        format!(
            "LeafLink's order is {is} and {} is {erp}; LeafLink's statuses never go back.",
            sales_order.number
        )
    };
    because(Cause::Rule, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::decision::{Findings, Reason};
    use crate::rules::ids::{ProductId, SalesOrderId};
    use crate::rules::order::follow::Update;
    use crate::rules::order::outward::{Wanted, target};
    use crate::rules::order::sample;
    use crate::rules::sales_order::Line;

    fn sales_order(status: Status) -> SalesOrder {
        SalesOrder {
            id: SalesOrderId("so-1".to_owned()),
            number: "SO-1001".to_owned(),
            status,
            customer: None,
            owner: None,
            location: None,
            delivery_day: None,
            lines: Vec::new(),
            charges: Vec::new(),
        }
    }

    fn plan(wanted: Wanted) -> Plan {
        Plan { wanted, ..Plan::without_effect(Action::Unchanged, Findings::default()) }
    }

    fn causes(found: &[Difference]) -> Vec<(&'static str, Option<Cause>)> {
        found.iter().map(|one| (one.field, one.explanation.as_ref().map(|why| why.cause))).collect()
    }

    /// Every pair of statuses either agrees, is on its way, or says why it stays.
    #[test]
    fn no_pair_of_statuses_is_passed_over() {
        use SourceStatus::*;
        let settings = Settings::default();
        let mut agreeing = 0;
        for leaflink in [
            Submitted, Accepted, Backorder, Fulfilled, Shipped, Complete, Draft, Rejected, Combined,
            Cancelled,
        ] {
            for erp in Status::ALL {
                let order = Order { status: leaflink, ..sample::order() };
                let status = target(erp, leaflink, &settings);
                let plan = plan(Wanted { status, ..Wanted::default() });
                let found = differences(&order, Some(&sales_order(erp)), &plan, &Known::default(), &settings);
                let wanted = match (status, agree(leaflink, erp, &settings)) {
                    (Some(_), _) => vec![(STATUS, None)],
                    (None, false) => vec![(STATUS, Some(Cause::Rule))],
                    (None, true) => Vec::new(),
                };
                agreeing += usize::from(wanted.is_empty());
                assert_eq!(causes(&found), wanted, "{leaflink:?} {erp}");
            }
        }
        // Three that are placed, three that are off, and one each for Accepted, Fulfilled and Shipped;
        // Complete is what both DELIVERED and COMPLETED mean.
        assert_eq!(agreeing, 11);
    }

    #[test]
    fn what_is_queued_explains_only_the_same() {
        let order = Order { status: SourceStatus::Submitted, ..sample::order() };
        let wanted = Wanted {
            status: Some(SourceStatus::Accepted),
            ship_day: Some("2026-03-09".to_owned()),
            external_id: Some(Some("so-1".to_owned())),
        };
        let on = |refused: Option<&str>| OnItsWay { refused: refused.map(str::to_owned) };
        for (known, wanted_causes) in [
            (Known::default(), [None, None, None]),
            (
                Known {
                    status: Some((SourceStatus::Accepted, on(None))),
                    ship_day: Some(("2026-03-09".to_owned(), on(Some("no")))),
                    external_id: Some((Some("so-1".to_owned()), on(None))),
                    ..Known::default()
                },
                [Some(Cause::Queued), Some(Cause::Refused), Some(Cause::Queued)],
            ),
            (
                Known {
                    status: Some((SourceStatus::Rejected, on(None))),
                    ship_day: Some(("2026-03-10".to_owned(), on(None))),
                    external_id: Some((None, on(None))),
                    ..Known::default()
                },
                [None, None, None],
            ),
            (
                Known {
                    to_be_looked_at: Some("It is on the list.".to_owned()),
                    ship_day: Some(("2026-03-09".to_owned(), on(None))),
                    ..Known::default()
                },
                [Some(Cause::Recent), Some(Cause::Queued), Some(Cause::Recent)],
            ),
        ] {
            let found = differences(
                &order,
                Some(&sales_order(Status::Processing)),
                &plan(wanted.clone()),
                &known,
                &Settings { external_id_key: Some("erp".to_owned()), ..Settings::default() },
            );
            let [status, day, id] = wanted_causes;
            assert_eq!(causes(&found), [(STATUS, status), (SHIP_DATE, day), (EXTERNAL_ID, id)], "{known:?}");
        }
    }

    #[test]
    fn an_order_that_is_not_there_says_what_it_waits_for() {
        let order = sample::order();
        let held = || {
            let mut findings = Findings::default();
            findings.fail("stock", vec![Reason::new(Code::InsufficientStock, "Gummies: too few.")]);
            Plan::without_effect(Action::Hold, findings)
        };
        let text = |text: &str| Some(text.to_owned());
        for (to_be_looked_at, waits_for, wanted) in [
            (None, None, None),
            (text("LeafLink changed it after the last poll."), None, Some(Cause::Recent)),
            (None, text("Gummies: too few."), Some(Cause::Held)),
            (text("It is on the list."), text("Gummies: too few."), Some(Cause::Held)),
        ] {
            let known = Known { to_be_looked_at, waits_for, ..Known::default() };
            let found = differences(&order, None, &held(), &known, &Settings::default());
            assert_eq!(causes(&found), [(SALES_ORDER, wanted)], "{known:?}");
        }
    }

    #[test]
    fn edits_that_did_not_come_over_are_one_difference() {
        let order = Order { status: SourceStatus::Rejected, ..sample::order() };
        let change = FieldChange {
            field: "status".to_owned(),
            before: Some("PENDING".to_owned()),
            after: Some("CANCELED".to_owned()),
        };
        let update = Update { status: Some(Status::Canceled), changes: vec![change], ..Update::default() };
        let plan = Plan { action: Action::Update(Box::new(update)), ..plan(Wanted::default()) };
        let found = differences(
            &order,
            Some(&sales_order(Status::Pending)),
            &plan,
            &Known::default(),
            &Settings::default(),
        );
        assert_eq!(causes(&found), [(EDITS, None)]);
        assert_eq!(
            (found[0].leaflink.as_str(), found[0].erp.as_str()),
            ("status CANCELED", "status PENDING")
        );
    }

    #[test]
    fn edits_that_are_held_are_held_whether_the_order_is_to_be_looked_at_or_not() {
        let plan = Plan { action: Action::Update(Box::default()), ..plan(Wanted::default()) };
        let text = |text: &str| Some(text.to_owned());
        for (to_be_looked_at, waits_for, wanted) in [
            (None, text("Too late."), Some(Cause::Held)),
            (text("It is on the list."), text("Too late."), Some(Cause::Held)),
            (text("It is on the list."), None, Some(Cause::Recent)),
        ] {
            let known = Known { to_be_looked_at, waits_for, ..Known::default() };
            let ours = sales_order(Status::Pending);
            let found = differences(&sample::order(), Some(&ours), &plan, &known, &Settings::default());
            assert_eq!(causes(&found), [(EDITS, wanted)], "{known:?}");
        }
    }

    #[test]
    fn an_edit_that_is_not_of_the_status_leaves_the_status_to_be_compared() {
        let order = Order { status: SourceStatus::Shipped, ..sample::order() };
        let plan = Plan { action: Action::Update(Box::default()), ..plan(Wanted::default()) };
        let ours = sales_order(Status::Processing);
        let found = differences(&order, Some(&ours), &plan, &Known::default(), &Settings::default());
        assert_eq!(causes(&found), [(EDITS, None), (STATUS, Some(Cause::Rule))]);
    }

    #[test]
    fn an_order_that_cannot_be_read_says_what_it_waits_for() {
        let text = |text: &str| Some(text.to_owned());
        let one = |to_be_looked_at, waits_for| {
            let known = Known { to_be_looked_at, waits_for, ..Known::default() };
            let ours = sales_order(Status::Pending);
            unreadable("5d0c", "ee12ab01", "`total` is no amount.", Some(&ours), &known)
        };
        let held = one(text("It is on the list."), text("What was told."));
        assert_eq!(causes(std::slice::from_ref(&held)), [(SALES_ORDER, Some(Cause::Held))]);
        assert_eq!(held.explanation.map(|why| why.text), text("`total` is no amount."));
        assert_eq!((held.leaflink.as_str(), held.erp.as_str()), ("cannot be read", "SO-1001"));
        assert_eq!(causes(&[one(text("It is on the list."), None)]), [(SALES_ORDER, Some(Cause::Recent))]);
        assert_eq!(causes(&[one(None, None)]), [(SALES_ORDER, None)]);
    }

    #[test]
    fn a_status_that_stays_says_why() {
        let line = |fulfilled: bool| Line {
            id: "l-1".to_owned(),
            product: ProductId("p".to_owned()),
            quantity: 1.into(),
            unit_price: 9.into(),
            total: 9.into(),
            is_sample: false,
            note: None,
            location: None,
            leaflink_line: None,
            fulfilled: u8::from(fulfilled).into(),
        };
        for (leaflink, erp, lines, wanted) in [
            (SourceStatus::Complete, Status::Canceled, Vec::new(), "does not reject an order"),
            (SourceStatus::Rejected, Status::Processing, Vec::new(), "no way back from there"),
            (SourceStatus::Shipped, Status::Processing, vec![line(false)], "SO-1001 follows when"),
            (SourceStatus::Shipped, Status::Processing, vec![line(true)], "never go back"),
            (SourceStatus::Accepted, Status::Pending, vec![line(false)], "never go back"),
        ] {
            let order = Order { status: leaflink, ..sample::order() };
            let ours = SalesOrder { lines, ..sales_order(erp) };
            let found = differences(
                &order,
                Some(&ours),
                &plan(Wanted::default()),
                &Known::default(),
                &Settings::default(),
            );
            let text = found.into_iter().next().and_then(|one| one.explanation).map(|why| why.text);
            assert!(text.as_ref().is_some_and(|text| text.contains(wanted)), "{leaflink:?} {erp}: {text:?}");
        }
    }

    #[test]
    fn a_status_that_was_refused_says_so() {
        let order = Order { status: SourceStatus::Rejected, ..sample::order() };
        for (code, wanted) in [
            (Code::RejectedTooLate, Cause::Held),
            (Code::StatusAhead, Cause::Held),
            (Code::ErpRefused, Cause::Held),
            (Code::InsufficientStock, Cause::Rule),
        ] {
            let mut plan = plan(Wanted::default());
            plan.findings.reasons.push(Reason::new(code, "Too late."));
            let found = differences(
                &order,
                Some(&sales_order(Status::ReadyToShip)),
                &plan,
                &Known::default(),
                &Settings::default(),
            );
            assert_eq!(causes(&found), [(STATUS, Some(wanted))], "{code:?}");
        }
    }
}
