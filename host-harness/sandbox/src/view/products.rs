//! Products and the newer inventory.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::units;
use crate::decimal;
use crate::world::{CASE, CURRENCY, InventoryItem, Product, World};

/// Names of unit denominations by id, from the published list.
const DENOMINATIONS: [(&str, &str); 25] = [
    ("1", "1.00000"),
    ("1/2", "0.50000"),
    ("1/4", "0.25000"),
    ("1/8", "0.12500"),
    ("3/4", "0.75000"),
    ("2", "2.00000"),
    ("3 1/2", "3.50000"),
    ("7", "7.00000"),
    ("14", "14.00000"),
    ("6", "6.00000"),
    ("28", "28.00000"),
    ("5 1/4", "5.25000"),
    ("4", "4.00000"),
    ("2 1/2", "2.50000"),
    ("8", "8.00000"),
    ("3 3/4", "3.75000"),
    ("1/10", "0.10000"),
    ("6/5", "1.20000"),
    ("3/2", "1.50000"),
    ("2/10", "0.20000"),
    ("1/5", "0.20000"),
    ("1/3", "0.33333"),
    ("1/6", "0.16667"),
    ("3/10", "0.30000"),
    ("4/10", "0.40000"),
];

/// A product.
pub(crate) fn product(world: &World, record: &Product) -> Value {
    let money = |amount: Decimal| decimal::money(amount, CURRENCY);
    let parent = record.parent.and_then(|id| world.products.get(&id));
    let display_name = match parent {
        Some(parent) => format!("{} {}", parent.name, record.name),
        None => record.name.clone(),
    };
    let children = world.products.values().filter(|child| child.parent == Some(record.id)).count();
    let mut body = json!({
        "id": record.id,
        "created_on": record.created_on.stamp(world.offset),
        "last_edit": record.last_edit.stamp(world.offset),
        "modified": record.modified.stamp(world.offset),
        "name": record.name,
        "sku": record.sku,
        "display_name": display_name,
        "quantity": units(record.quantity),
        "reserved_qty": units(record.reserved),
        "available_inventory": decimal::number(record.available()),
        "unit_multiplier": record.unit_multiplier,
        "retail_price": money(record.retail_price),
        "wholesale_price": money(record.wholesale_price),
        "sale_price": money(record.sale_price),
        "price_schedule_price": money(record.wholesale_price),
        "is_medical_line_item": record.medical,
        "parent": parent.map(|parent| json!({"id": parent.id, "name": parent.name})),
        "children_count": children,
        "listing_state": record.listing_state,
        "display_listing_state": record.listing_state,
        "inventory_management": record.tracking.id(),
        "unit_of_measure": record.unit_of_measure,
        "seller": world.company.id,
        "external_ids": record.external_ids,
    });
    for (name, value) in &record.other {
        body[name] = match name.as_str() {
            "unit_denomination" => denomination(value),
            "license" => license(world, value),
            _ => value.clone(),
        };
    }
    // A case of one unit is the unit, whatever was written.
    body["sell_in_unit_of_measure"] = json!((record.unit_multiplier > 1).then_some(CASE));
    body
}

/// Whether a unit denomination can be written so.
pub(crate) fn is_denomination(written: &Value) -> bool {
    !denomination(written).is_null()
}

/// Written as an id, read as an object.
pub(crate) fn denomination(written: &Value) -> Value {
    let name = written
        .as_u64()
        .and_then(|id| usize::try_from(id).ok()?.checked_sub(1))
        .and_then(|index| DENOMINATIONS.get(index));
    match name {
        Some((name, value)) => {
            json!({"id": written, "value": value, "name": name, "label": name})
        }
        None => Value::Null,
    }
}

/// Written as an id, read as an object.
pub(crate) fn license(world: &World, written: &Value) -> Value {
    let known = world.reference.licenses.iter().find(|row| row["id"] == *written);
    known.cloned().unwrap_or(Value::Null)
}

/// Stock of a product at a facility.
pub(crate) fn inventory_item(record: &InventoryItem) -> Value {
    json!({
        "id": record.id,
        "facility": record.facility,
        "inventory": 9000 + record.product % 1000,
        "product": record.product,
        "quantity": decimal::number(record.quantity),
        "quantity_in_product_uom": units(record.quantity),
        "reserved_qty": "0.0000",
        "reserved_qty_in_product_uom": "0.0000",
        "batch": record.batch,
        "is_archived": record.archived,
    })
}
