//! A payment of the ERP, against the payments of its LeafLink order.
//!
//! [`decide`](crate::rules::payment::decide) is asked with what LeafLink has instead of with what is
//! remembered of it: whatever it then wants to send is missing there.

use super::{Area, Cause, Difference, OnItsWay, because};
use crate::rules::ids::PaymentId;
use crate::rules::payment::{Action, Entry, Payment, Plan};
use crate::rules::reasons::Code;

/// The field of every difference here.
pub const FIELD: &str = "payment";

/// One of a payment's two entries, as LeafLink's list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Nothing bears its mark.
    Absent,
    /// It is there.
    There(Entry),
    /// What bears its mark is another amount, or more than one.
    Odd,
}

impl Seen {
    /// The entry, if it is there.
    pub fn entry(&self) -> Option<&Entry> {
        match self {
            Seen::There(entry) => Some(entry),
            Seen::Absent | Seen::Odd => None,
        }
    }
}

/// One payment on both sides.
#[derive(Clone, Debug)]
pub struct Compared<'a> {
    /// Its id in the ERP.
    pub id: &'a PaymentId,
    /// The payment.
    pub payment: &'a Payment,
    /// What people know it by.
    pub label: &'a str,
    /// Its entry in LeafLink.
    pub recorded: &'a Seen,
    /// The negative of that.
    pub taken_back: &'a Seen,
    /// What the rule says of the payment if LeafLink has just these.
    pub plan: &'a Plan,
    /// An entry that is on its way.
    pub on_its_way: Option<OnItsWay>,
}

/// How the two sides differ, if they do.
pub fn difference(compared: &Compared) -> Option<Difference> {
    let Compared { payment, recorded, taken_back, plan, .. } = compared;
    let mut obstacle = None;
    let explanation = if **recorded == Seen::Odd || **taken_back == Seen::Odd {
        obstacle = Some(Code::PaymentConflict.fix().to_owned());
        None
    } else {
        let on_its_way = || compared.on_its_way.as_ref().and_then(OnItsWay::explanation);
        match (&plan.action, plan.reasons.first()) {
            (Action::Send(..), _) => on_its_way(),
            (Action::Drop, _) | (Action::Nothing, None) => return None,
            (Action::Nothing, Some(reason)) => {
                // What may not be sent is missing only if it would be sent otherwise.
                let agree = payment.stands == (recorded.entry().is_some() && taken_back.entry().is_none());
                let cause = match reason.code {
                    Code::PaymentAmountChanged => Cause::Held,
                    _ if agree => return None,
                    Code::PaymentsOff | Code::PaymentBeforeToggle => Cause::Setting,
                    code if code.blocks() => Cause::Held,
                    _ => return None,
                };
                on_its_way().or_else(|| because(cause, format!("{} {}", reason.message, reason.fix).trim()))
            }
        }
    };
    let state = if payment.stands { "" } else { ", taken back" };
    Some(Difference {
        area: Area::Payments,
        subject: compared.id.0.clone(),
        label: compared.label.to_owned(),
        field: FIELD,
        leaflink: shown(recorded, taken_back),
        erp: format!("{} {}{state}", crate::rules::decimal::cents(payment.amount), payment.currency),
        explanation,
        obstacle,
    })
}

fn shown(recorded: &Seen, taken_back: &Seen) -> String {
    match (recorded, taken_back) {
        (Seen::Odd, _) | (_, Seen::Odd) => "another payment with this one's mark".to_owned(),
        (Seen::Absent, _) => "nothing".to_owned(),
        (Seen::There(entry), Seen::Absent) => entry.money(),
        (Seen::There(entry), Seen::There(_)) => format!("{}, taken back", entry.money()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::decision::Reason;
    use crate::rules::ids::{OrderNumber, StaffId, UserId};
    use crate::rules::payment::{Circumstances, Method, decide};

    fn payment(stands: bool) -> Payment {
        Payment {
            label: "Payment pay-1".to_owned(),
            amount: "100.50".parse().unwrap(),
            currency: "USD".to_owned(),
            method: Method::Check,
            stands,
            paid_at_ms: 900,
            posted_at_ms: 1_000,
            recorded_by: UserId("u".to_owned()),
        }
    }

    fn entry() -> Seen {
        Seen::There(Entry {
            order: OrderNumber("5d0c".to_owned()),
            recorded_by: StaffId(4107),
            amount: "100.50".parse().unwrap(),
            currency: "USD".to_owned(),
            paid_at_ms: 900,
            method: "check".to_owned(),
        })
    }

    fn found(
        payment: &Payment,
        recorded: &Seen,
        taken_back: &Seen,
        from_ms: Option<u64>,
        recorder: Option<StaffId>,
        on_its_way: Option<OnItsWay>,
    ) -> Option<Difference> {
        let plan = decide(
            payment,
            &Circumstances {
                own_currency: "USD".to_owned(),
                order: Some(OrderNumber("5d0c".to_owned())),
                recorder,
                counts_from_ms: from_ms,
                recorded: recorded.entry().cloned(),
                taken_back: taken_back.entry().is_some(),
                pending: None,
                now_ms: 5_000,
            },
        );
        let id = PaymentId("pay-1".to_owned());
        let label = "Payment pay-1";
        difference(&Compared { id: &id, payment, label, recorded, taken_back, plan: &plan, on_its_way })
    }

    #[test]
    fn each_explanation() {
        let cause = |one: Option<Difference>| one.map(|one| one.explanation.map(|found| found.cause));
        let (absent, there, who) = (Seen::Absent, entry(), Some(StaffId(4107)));
        let queued = |refused: Option<&str>| Some(OnItsWay { refused: refused.map(str::to_owned) });
        for (stands, recorded, back, from, who, on_its_way, wanted) in [
            (true, &absent, &absent, Some(1), who, None, Some(None)),
            (true, &absent, &absent, Some(1), who, queued(None), Some(Some(Cause::Queued))),
            (true, &absent, &absent, Some(1), who, queued(Some("no")), Some(Some(Cause::Refused))),
            (true, &absent, &absent, None, who, None, Some(Some(Cause::Setting))),
            (true, &absent, &absent, None, who, queued(None), Some(Some(Cause::Queued))),
            (true, &absent, &absent, Some(2_000), who, None, Some(Some(Cause::Setting))),
            (true, &absent, &absent, Some(1), None, None, Some(Some(Cause::Held))),
            (true, &there, &absent, Some(1), who, None, None),
            (true, &there, &absent, None, who, None, None),
            (true, &there, &there, Some(1), who, None, Some(Some(Cause::Held))),
            (false, &absent, &absent, Some(1), who, None, None),
            (false, &absent, &absent, None, who, None, None),
            (false, &there, &absent, Some(1), who, None, Some(None)),
            (false, &there, &absent, None, who, None, Some(Some(Cause::Setting))),
            (false, &there, &there, Some(1), who, None, None),
        ] {
            let came = cause(found(&payment(stands), recorded, back, from, who, on_its_way));
            assert_eq!(came, wanted, "stands {stands}, {recorded:?}, {back:?}, from {from:?}, {who:?}");
        }
    }

    #[test]
    fn an_edited_amount_is_a_difference() {
        let edited = Payment { amount: "90".parse().unwrap(), ..payment(true) };
        let found = found(&edited, &entry(), &Seen::Absent, Some(1), Some(StaffId(1)), None).unwrap();
        assert_eq!((found.leaflink.as_str(), found.erp.as_str()), ("100.50 USD", "90.00 USD"));
        assert_eq!(found.explanation.map(|found| found.cause), Some(Cause::Held));
    }

    #[test]
    fn both_sides_are_shown() {
        let missing = found(&payment(true), &Seen::Absent, &Seen::Absent, Some(1), Some(StaffId(1)), None);
        let missing = missing.unwrap();
        assert_eq!((missing.leaflink.as_str(), missing.erp.as_str()), ("nothing", "100.50 USD"));
        let voided =
            found(&payment(false), &entry(), &Seen::Absent, Some(1), Some(StaffId(1)), None).unwrap();
        assert_eq!((voided.leaflink.as_str(), voided.erp.as_str()), ("100.50 USD", "100.50 USD, taken back"));
        assert_eq!(voided.id(), "payments/pay-1/payment");
    }

    #[test]
    fn what_bears_the_mark_and_is_another_has_no_remedy() {
        for (stands, recorded, taken_back) in
            [(true, Seen::Odd, Seen::Absent), (false, entry(), Seen::Odd), (true, entry(), Seen::Odd)]
        {
            let odd =
                found(&payment(stands), &recorded, &taken_back, Some(1), Some(StaffId(1)), None).unwrap();
            assert_eq!(odd.explanation, None);
            assert_eq!(odd.leaflink, "another payment with this one's mark");
            assert!(matches!(
                odd.remedy(),
                super::super::Remedy::Refuse(Reason { code: Code::RepairRefused, .. })
            ));
        }
    }
}
