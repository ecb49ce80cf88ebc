//! Item 8: internal and external notes are copied onto the sales order.

use super::Order;

/// The notes as the sales order takes them: internal, external. An empty note is none.
pub fn of(order: &Order) -> (Option<String>, Option<String>) {
    let kept = |note: &Option<String>| note.clone().filter(|text| !text.trim().is_empty());
    (kept(&order.internal_notes), kept(&order.external_notes))
}
