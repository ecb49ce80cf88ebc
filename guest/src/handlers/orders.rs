//! `orders`: a LeafLink order becomes a sales order, its edits follow, or it waits with its reasons.

use super::Component;
use super::carry_out::carry_out;
use super::look::look;
use super::settings::in_force;
use crate::bindings::exports::leaflink_sync::connector::orders::Guest;
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host;
use crate::host::answer::Failure;
use crate::rules::ids::OrderNumber;

impl Guest for Component {
    fn on_order(number: String) -> Result<wit::Decision, Failure> {
        let settings = in_force()?;
        let look = look(&OrderNumber(number), &settings, &mut host::draw)?;
        carry_out(look, &settings)
    }
}
