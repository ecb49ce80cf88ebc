//! Items 2.1 and 2.2: at least one sales rep, and every sales rep connected to an ERP user.

use super::{Order, Snapshot, User};
use crate::rules::decision::{Findings, Reason};
use crate::rules::reasons::Code;
use crate::rules::text::count;

const AT_LEAST_ONE: &str = "the LeafLink order has at least one sales rep";
const ALL_CONNECTED: &str = "all sales reps are connected to ERP users";

/// Checks an order's sales reps.
pub fn check(order: &Order, snapshot: &Snapshot, findings: &mut Findings) {
    if order.sales_reps.is_empty() {
        findings.fail(
            AT_LEAST_ONE,
            vec![
                Reason::new(Code::NoSalesRep, format!("LeafLink order {} has no sales rep.", order.short_id))
                    .at("sales_reps"),
            ],
        );
        return;
    }
    findings.pass(AT_LEAST_ONE, count(order.sales_reps.len(), "sales rep"));

    let reasons: Vec<Reason> = order
        .sales_reps
        .iter()
        .filter_map(|rep| {
            let (code, message) = match snapshot.users.get(&rep.staff) {
                Some(Some(user)) if user.active => return None,
                Some(Some(user)) => (
                    Code::SalesRepUserUnavailable,
                    format!(
                        "Sales rep {} is connected to {}, who is no longer active in the ERP.",
                        rep.label(),
                        user.name
                    ),
                ),
                Some(None) => (
                    Code::SalesRepUserUnavailable,
                    format!(
                        "Sales rep {} is connected to a user who no longer exists in the ERP.",
                        rep.label()
                    ),
                ),
                None => (
                    Code::SalesRepNotConnected,
                    format!("Sales rep {} is not connected to an ERP user.", rep.label()),
                ),
            };
            Some(Reason::new(code, message).at("sales_reps").with("staff", rep.staff))
        })
        .collect();
    if reasons.is_empty() {
        findings.pass(ALL_CONNECTED, names(&connected(order, snapshot)));
    } else {
        findings.fail(ALL_CONNECTED, reasons);
    }
}

/// The users whom an order's sales reps are connected to, each once, in the order's order.
pub fn connected<'a>(order: &Order, snapshot: &'a Snapshot) -> Vec<&'a User> {
    let mut users: Vec<&User> = Vec::new();
    for rep in &order.sales_reps {
        if let Some(Some(user)) = snapshot.users.get(&rep.staff)
            && !users.iter().any(|known| known.id == user.id)
        {
            users.push(user);
        }
    }
    users
}

fn names(users: &[&User]) -> String {
    users.iter().map(|user| user.name.as_str()).collect::<Vec<_>>().join(", ")
}
