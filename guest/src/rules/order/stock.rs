//! Item 2.3: sufficient inventory.
//!
//! An order asks for the sum of its lines of one product, samples included. What there is: active
//! less reserved, at the order's inventory source; without one, at the locations that the settings
//! choose for LeafLink; without those, everywhere. What other PENDING orders from LeafLink were
//! promised is taken off as well, so that two buyers are never promised the same unit.

use rust_decimal::Decimal;

use super::{Order, Snapshot, negative_price, products};
use crate::rules::decimal::plain;
use crate::rules::decision::{Findings, Reason};
use crate::rules::ids::{LocationId, ProductId};
use crate::rules::reasons::Code;
use crate::rules::settings::Settings;
use crate::rules::sorted::Map;
use crate::rules::text::count;

const SUFFICIENT: &str = "all products have sufficient inventory";

/// Checks that there is enough of everything.
pub fn check(
    order: &Order,
    snapshot: &Snapshot,
    settings: &Settings,
    source: Option<&LocationId>,
    findings: &mut Findings,
) {
    let mut reasons = Vec::new();
    let wanted = wanted(order, snapshot);
    for (product, Wanted { name, unit, quantity }) in &wanted {
        let levels: Vec<_> = snapshot.stock.iter().filter(|level| level.product == *product).collect();
        if levels.is_empty() {
            reasons.push(
                Reason::new(Code::StockUnknown, format!("The stock of {name} is unknown in the ERP."))
                    .with("product", product)
                    .with("wanted", plain(*quantity)),
            );
            continue;
        }
        let here = levels.iter().filter(|level| counts(level.location.as_ref(), settings, source));
        let (active, reserved, promised) = here
            .fold((Decimal::ZERO, Decimal::ZERO, Decimal::ZERO), |sum, level| {
                (sum.0 + level.active, sum.1 + level.reserved, sum.2 + level.promised)
            });
        let available = active - reserved - promised;
        if available < *quantity {
            reasons.push(
                Reason::new(
                    Code::InsufficientStock,
                    format!(
                        "{name}: the order asks for {} {unit}, and {} can be had{} ({} on hand, {} reserved, {} promised on pending LeafLink orders).",
                        plain(*quantity),
                        plain(available.max(Decimal::ZERO)),
                        place(settings, source, snapshot),
                        plain(active),
                        plain(reserved),
                        plain(promised),
                    ),
                )
                .with_fix(format!(
                    "Receive or free {} {unit} of {name}, or lower the quantity in LeafLink.",
                    plain(quantity - available)
                ))
                .with("product", product)
                .with("wanted", plain(*quantity))
                .with("available", plain(available)),
            );
        }
    }
    if reasons.is_empty() {
        findings.pass(
            SUFFICIENT,
            format!("{}{}", count(wanted.len(), "product"), place(settings, source, snapshot)),
        );
    } else {
        findings.fail(SUFFICIENT, reasons);
    }
}

struct Wanted {
    name: String,
    unit: String,
    quantity: Decimal,
}

/// What the order asks for, by ERP product; lines whose product is not linked, or is counted in
/// another unit, are left out.
fn wanted(order: &Order, snapshot: &Snapshot) -> Map<ProductId, Wanted> {
    let mut wanted: Map<ProductId, Wanted> = Map::new();
    for line in order.lines.iter().filter(|line| !negative_price::is_discount(line)) {
        let product = line.product.and_then(|product| snapshot.products.get(&product));
        if let Some(product) = product.filter(|product| products::unit_fits(line, product)) {
            let wanted = wanted.entry(product.id.clone(), || Wanted {
                name: product.name.clone(),
                unit: product.unit.name.clone(),
                quantity: Decimal::ZERO,
            });
            wanted.quantity += line.quantity;
        }
    }
    wanted
}

/// Whether stock at a place counts. Order lines that name no place could be filled from any, so
/// what they reserve always counts.
pub fn counts(location: Option<&LocationId>, settings: &Settings, source: Option<&LocationId>) -> bool {
    match (location, source) {
        (None, _) => true,
        (Some(location), Some(source)) => location == source,
        (Some(location), None) => {
            settings.inventory_locations.is_empty() || settings.inventory_locations.contains(location)
        }
    }
}

fn place(settings: &Settings, source: Option<&LocationId>, snapshot: &Snapshot) -> String {
    let name = |location: &LocationId| {
        snapshot.locations.get(location).cloned().unwrap_or_else(|| location.to_string())
    };
    match source {
        Some(source) => format!(" at {}", name(source)),
        None if settings.inventory_locations.is_empty() => " at all locations".to_owned(),
        None => {
            format!(" at {}", settings.inventory_locations.iter().map(name).collect::<Vec<_>>().join(", "))
        }
    }
}
