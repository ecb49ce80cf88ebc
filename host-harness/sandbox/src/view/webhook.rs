//! The order as webhooks tell it, which is not the order of REST.

use serde_json::{Value, json};

use crate::decimal;
use crate::world::{Customer, Order, Totals, World};

/// The `data` of an order's webhook: money as bare strings, no product ids, no `modified`.
pub(crate) fn webhook_order(world: &World, order: &Order) -> Value {
    let totals = Totals::of(order, &world.options);
    let customer = world.customer(order.customer).ok();
    let lines: Vec<Value> = order
        .lines
        .iter()
        .map(|line| {
            json!({
                "sale_price": decimal::text(line.sale_price, 2),
                "is_sample": line.sample,
                "quantity": decimal::text(line.quantity, 4),
                "unit_multiplier": line.unit_multiplier,
                "id": line.id,
                "product": {
                    "name": line.frozen_text("name"),
                    "sku": line.frozen_text("sku"),
                },
                "ordered_unit_price": decimal::text(line.price, 2),
            })
        })
        .collect();
    let reps: Vec<Value> = order
        .reps
        .iter()
        .filter_map(|rep| world.staff.get(&rep.staff))
        .map(|person| json!({"id": person.id, "email": person.email}))
        .collect();
    json!({
        "id": order.id,
        "payment_due_date": order.payment_due_date.map(|at| at.entered(world.offset)),
        "notes": order.notes.as_deref().unwrap_or_default(),
        "internal_notes": order.internal_notes,
        "user": order.user,
        "external_id_seller": order.external_id_seller.as_ref().unwrap_or(&order.short_id),
        "paid": order.paid,
        "shipping_charge": decimal::text(order.shipping, 2),
        "discount_amount": decimal::text(order.discount, 4),
        "ship_date": order.ship_date.map(|at| at.entered(world.offset)),
        "discount_type": order.discount_type.name(),
        "sales_reps": reps,
        "number": order.number,
        "total": decimal::text(totals.total, 2),
        "external_id_buyer": order.short_id,
        "created_on": order.created_on.stamp(world.offset),
        "paid_date": order.paid_date,
        "payment_term": order.payment_option.map(|option| option.term()),
        "tax_amount": decimal::text(order.tax_percent, 6),
        "orderedproduct_set": lines,
        "shipping_details": order.shipping_details,
        "manual": order.manual,
        "buyer": customer.and_then(partner),
        "delivery_preferences": order.delivery_preferences.as_deref().unwrap_or_default(),
        "status": order.status.name(),
        "customer": customer.map(|record| full_customer(world, record)),
        "tax_type": "%",
        "seller": seller(world),
    })
}

/// The whole customer record, its companies spelled out and its state in words.
fn full_customer(world: &World, record: &Customer) -> Value {
    let mut body = super::customer(world, record);
    body["state"] = json!(state_name(&record.address.state));
    body["partner"] = partner(record).unwrap_or(Value::Null);
    body["owner"] = seller(world);
    body["license_type"] = license_type(&record.address.state);
    body["tags"] = json!([]);
    for only_in_rest in
        ["modified", "external_ids", "available_payment_options", "corporate_address", "delivery_address"]
    {
        if let Some(fields) = body.as_object_mut() {
            fields.shift_remove(only_in_rest);
        }
    }
    body
}

fn partner(record: &Customer) -> Option<Value> {
    let id = record.partner?;
    let licenses: Vec<Value> = record
        .license_number
        .iter()
        .map(|number| {
            json!({"id": id + 8_000, "number": number,
                   "type": license_type(&record.address.state)})
        })
        .collect();
    Some(json!({"id": id, "name": record.name, "licenses": licenses}))
}

fn seller(world: &World) -> Value {
    let licenses: Vec<Value> = world
        .reference
        .licenses
        .iter()
        .map(|row| {
            json!({"id": row["id"], "number": row["number"],
                   "type": license_type(&world.company.state)})
        })
        .collect();
    json!({"id": world.company.id, "name": world.company.name, "licenses": licenses})
}

fn license_type(state: &str) -> Value {
    json!({
        "has_medical_line_items": false,
        "state": state,
        "display_type": "Adult Use",
        "id": 61,
        "type": "Recreational",
        "classification": "Store",
    })
}

/// The name of a state, for the states with a market on LeafLink; else its letters.
fn state_name(letters: &str) -> &str {
    match letters {
        "AK" => "Alaska",
        "AZ" => "Arizona",
        "CA" => "California",
        "CO" => "Colorado",
        "FL" => "Florida",
        "IL" => "Illinois",
        "MA" => "Massachusetts",
        "MD" => "Maryland",
        "MI" => "Michigan",
        "MO" => "Missouri",
        "NJ" => "New Jersey",
        "NM" => "New Mexico",
        "NV" => "Nevada",
        "NY" => "New York",
        "OH" => "Ohio",
        "OK" => "Oklahoma",
        "OR" => "Oregon",
        "WA" => "Washington",
        other => other,
    }
}
