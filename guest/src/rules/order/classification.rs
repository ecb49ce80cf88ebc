//! Note: medical and recreational orders stay apart.
//!
//! LeafLink splits a cart with both into two orders. Each becomes a sales order of its own; nothing
//! joins them. The classification goes along, so that people can tell them apart.

use super::Order;

/// What the sales order says of its kind.
pub fn of(order: &Order) -> Option<String> {
    order.classification.clone().filter(|word| !word.is_empty())
}
