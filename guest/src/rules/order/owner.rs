//! "SO owner": the user connected to the order's sales rep; one at random among several.

use super::{Order, Snapshot, User, sales_reps};
use crate::rules::decision::{Findings, Reason};
use crate::rules::reasons::Code;

/// The owner of the sales order. `draw` answers a random number below its argument; it is asked
/// only when there is a choice.
pub fn of<'a>(
    order: &Order,
    snapshot: &'a Snapshot,
    draw: &mut dyn FnMut(u32) -> u32,
    findings: &mut Findings,
) -> Option<&'a User> {
    let users = sales_reps::connected(order, snapshot);
    let owner = match users.as_slice() {
        [] => return None,
        [only] => return Some(only),
        several => {
            let bound = u32::try_from(several.len()).unwrap_or(u32::MAX);
            several.get(draw(bound) as usize).copied().unwrap_or(several[0])
        }
    };
    let names: Vec<_> = users.iter().map(|user| user.name.as_str()).collect();
    findings.notice(Reason::new(
        Code::SalesRepAtRandom,
        format!(
            "The order has several sales reps ({}); {} was drawn as the owner.",
            names.join(", "),
            owner.name
        ),
    ));
    Some(owner)
}
