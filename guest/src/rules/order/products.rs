//! Item 2.3: every product of the order is connected to an ERP product, of the same unit type.

use super::{ErpProduct, Order, OrderLine, Relink, Snapshot, negative_price};
use crate::rules::decision::{Findings, Reason};
use crate::rules::ids::LeafLinkProductId;
use crate::rules::product::link::in_words;
use crate::rules::product::unit_type::same;
use crate::rules::reasons::Code;
use crate::rules::sorted::Set;
use crate::rules::text::count;

const ALL_CONNECTED: &str = "all products are connected to ERP products";
const SAME_UNITS: &str = "all lines are counted in the ERP's unit types";

/// Checks an order's products. Lines with a negative price sell nothing and need none.
pub fn check(order: &Order, snapshot: &Snapshot, findings: &mut Findings) {
    let mut reasons = Vec::new();
    let mut others = Vec::new();
    let mut seen = Set::new();
    for (index, line) in order.lines.iter().enumerate().filter(|(_, line)| !negative_price::is_discount(line))
    {
        let product = line.product.and_then(|product| snapshot.products.get(&product));
        if product.is_some_and(|product| unit_fits(line, product)) {
            continue;
        }
        // A line without a product is always its own case; a product is reported once.
        if line.product.is_some_and(|product| !seen.insert(product)) {
            continue;
        }
        match product {
            Some(product) => others.push(unit_differs(line, index, product)),
            None => reasons.push(not_connected(line, index, snapshot)),
        }
    }
    if reasons.is_empty() {
        findings.pass(ALL_CONNECTED, count(order.lines.len(), "line"));
    } else {
        findings.fail(ALL_CONNECTED, reasons);
    }
    if !others.is_empty() {
        findings.fail(SAME_UNITS, others);
    }
}

/// Whether a line's quantity means the same in the ERP. What LeafLink does not say is no obstacle.
pub fn unit_fits(line: &OrderLine, product: &ErpProduct) -> bool {
    line.unit.as_deref().is_none_or(|unit| same(&product.unit, unit))
}

/// The reason that a line's quantity would be another amount in the ERP.
pub fn unit_differs(line: &OrderLine, index: usize, product: &ErpProduct) -> Reason {
    let unit = line.unit.as_deref().unwrap_or_default();
    let message = format!(
        "{} was ordered in {unit}, and {} is counted in {} in the ERP.",
        line.label(),
        product.name,
        in_words(&product.unit)
    );
    let reason = Reason::new(Code::LineUnitDiffers, message)
        .at(format!("line_items[{index}].unit_of_measure"))
        .with("product", &product.id);
    match line.product {
        Some(leaflink) => reason.with("leaflink-product", leaflink),
        None => reason,
    }
}

/// The reason that a line's product is not connected.
pub fn not_connected(line: &OrderLine, index: usize, snapshot: &Snapshot) -> Reason {
    let which = match line.product {
        Some(product) => format!("{} (SKU {}, LeafLink product {product})", line.label(), sku(&line.sku)),
        None => format!("Line {} ({}) names no LeafLink product, so it", index + 1, line.label()),
    };
    let reason =
        Reason::new(Code::ProductNotConnected, format!("{which} is not connected to an ERP product."))
            .at(format!("line_items[{index}].product"))
            .with("sku", &line.sku);
    let Some(product) = line.product else { return reason };
    let reason = reason.with("leaflink-product", product);
    match snapshot.relinks.get(&product) {
        Some(relink) => proposed(reason, product, relink),
        None => reason,
    }
}

/// The same reason with the link whose place the product may take: made anew in LeafLink, a product
/// has another id.
fn proposed(mut reason: Reason, product: LeafLinkProductId, relink: &Relink) -> Reason {
    let Relink { product: name, linked, because } = relink;
    reason.message.push_str(&format!(" {name} was linked to LeafLink product {linked}, {because}."));
    reason
        .with_fix(format!(
            "Settings, Integrations, LeafLink, Linked Products: if {product} took the place of {linked}, unlink {name} and link it to LeafLink product {product}."
        ))
        .with("instead-of", linked)
}

fn sku(sku: &str) -> &str {
    if sku.is_empty() { "none" } else { sku }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::order::sample;

    fn codes(unit: Option<&str>) -> Vec<Code> {
        let mut order = sample::order();
        order.lines[0].unit = unit.map(str::to_owned);
        // Two lines of one product are told of once.
        order.lines.push(order.lines[0].clone());
        let mut findings = Findings::default();
        check(&order, &sample::snapshot(), &mut findings);
        findings.reasons.iter().map(|reason| reason.code).collect()
    }

    #[test]
    fn a_quantity_in_another_unit_type_is_another_amount() {
        assert_eq!(codes(Some("Gram")), [Code::LineUnitDiffers]);
        assert_eq!(codes(Some("Unit")), []);
        assert_eq!(codes(None), [], "LeafLink did not say");
    }
}
