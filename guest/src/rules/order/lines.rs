//! Note: the sales order keeps LeafLink's layout of lines.
//!
//! One sales-order line for each LeafLink line that sells something, in LeafLink's order, found
//! again by the line's own id. Two lines of one product stay two.

use super::draft::NewLine;
use super::{Order, OrderLine, Snapshot, cases, negative_price};
use crate::rules::ids::ProductId;

/// The lines of the sales order. Lines whose product is not linked are left out; the gate has
/// reported them.
pub fn of(order: &Order, snapshot: &Snapshot) -> Vec<NewLine> {
    order
        .lines
        .iter()
        .filter(|line| !negative_price::is_discount(line))
        .filter_map(|line| {
            let product = snapshot.products.get(&line.product?)?;
            Some(new(line, product.id.clone()))
        })
        .collect()
}

/// The line that a LeafLink line becomes.
pub fn new(line: &OrderLine, product: ProductId) -> NewLine {
    NewLine {
        id: None,
        product,
        quantity: line.quantity,
        unit_price: cases::unit_price(line),
        total: cases::amount(line),
        is_sample: line.is_sample,
        note: line.note.clone(),
        location: None,
        leaflink_line: Some(line.id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::order::sample;

    #[test]
    fn duplicate_lines_stay_two_and_in_order() {
        let mut order = sample::order();
        let mut again = order.lines[0].clone();
        again.id.0 += 1;
        order.lines.push(again);
        let lines = of(&order, &sample::snapshot());
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].product, lines[1].product);
        assert!(lines[0].leaflink_line < lines[1].leaflink_line);
    }
}
