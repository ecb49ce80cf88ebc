//! Where a line is filled from when the order has no inventory source.
//!
//! Only if the settings ask for it. The rule is the same every time: the first location, by id,
//! that can fill the whole line; if none can, the one that has most of it, the first by id among
//! equals. Lines are placed one after another, and what one takes the next cannot.

use rust_decimal::Decimal;

use super::Snapshot;
use super::draft::NewLine;
use crate::rules::ids::{LocationId, ProductId};
use crate::rules::settings::{LinePlacement, Settings};
use crate::rules::sorted::Map;

/// Places the lines of an order that has no inventory source.
pub fn place(lines: &mut [NewLine], snapshot: &Snapshot, settings: &Settings) {
    if settings.line_placement == LinePlacement::None {
        return;
    }
    let mut free: Map<(ProductId, LocationId), Decimal> = Map::new();
    for level in &snapshot.stock {
        if let Some(location) = &level.location
            && (settings.inventory_locations.is_empty() || settings.inventory_locations.contains(location))
        {
            let key = (level.product.clone(), location.clone());
            free.insert(key, level.active - level.reserved - level.promised);
        }
    }
    for line in lines {
        let mut best: Option<(LocationId, Decimal)> = None;
        for ((product, location), has) in &free {
            if *product != line.product {
                continue;
            }
            if *has >= line.quantity {
                best = Some((location.clone(), *has));
                break;
            }
            if best.as_ref().is_none_or(|(_, most)| has > most) {
                best = Some((location.clone(), *has));
            }
        }
        if let Some((location, has)) = best {
            free.insert((line.product.clone(), location.clone()), has - line.quantity);
            line.location = Some(location);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::order::{StockLevel, lines, sample};

    fn placed(stock: &[(&str, &str)], quantities: &[&str], placement: LinePlacement) -> Vec<Option<String>> {
        let mut snapshot = sample::snapshot();
        let product = snapshot.stock[0].product.clone();
        snapshot.stock = stock
            .iter()
            .map(|(location, active)| StockLevel {
                product: product.clone(),
                location: Some(LocationId((*location).to_owned())),
                active: active.parse().unwrap(),
                reserved: Decimal::ZERO,
                promised: Decimal::ZERO,
            })
            .collect();
        let mut order = sample::order();
        order.lines = quantities.iter().map(|quantity| sample::line(quantity, "1", "1")).collect();
        let mut lines = lines::of(&order, &snapshot);
        place(&mut lines, &snapshot, &Settings { line_placement: placement, ..Settings::default() });
        lines.into_iter().map(|line| line.location.map(|location| location.0)).collect()
    }

    #[test]
    fn the_first_that_can_fill_the_line() {
        let stock = [("b", "100"), ("a", "5"), ("c", "100")];
        assert_eq!(placed(&stock, &["10"], LinePlacement::ByStock), [Some("b".to_owned())]);
        assert_eq!(placed(&stock, &["10"], LinePlacement::None), [None]);
    }

    #[test]
    fn what_one_line_takes_the_next_cannot() {
        let stock = [("a", "15"), ("b", "15")];
        let wanted = ["a", "b", "a"].map(|location| Some(location.to_owned()));
        assert_eq!(placed(&stock, &["10", "10", "10"], LinePlacement::ByStock), wanted);
    }
}
