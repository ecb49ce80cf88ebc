//! Customers and staff.

use serde_json::{Value, json};

use crate::world::{Customer, PaymentOption, Staff, World};

/// A customer record.
pub(crate) fn customer(world: &World, record: &Customer) -> Value {
    let place = &record.address;
    let address = json!({
        "address": place.address,
        "city": place.city,
        "state": place.state,
        "unit_number": place.unit_number,
        "zipcode": place.zipcode,
        "county": null,
    });
    let mut body = json!({
        "id": record.id,
        "name": record.name,
        "nickname": record.nickname,
        "license_number": record.license_number,
        "created_on": record.created_on.stamp(world.offset),
        "modified": record.modified.stamp(world.offset),
        "address": place.address,
        "unit_number": place.unit_number,
        "city": place.city,
        "state": place.state,
        "zipcode": place.zipcode,
        "owner": world.company.id,
        "partner": record.partner,
        "external_ids": record.external_ids,
        "available_payment_options": PaymentOption::offered().map(PaymentOption::to_json),
        "corporate_address": address,
        "delivery_address": address,
    });
    for (name, value) in &record.other {
        body[name] = value.clone();
    }
    body
}

/// What an order tells about its customer.
pub(crate) fn customer_summary(world: &World, id: u64) -> Value {
    let Ok(record) = world.customer(id) else { return Value::Null };
    let nickname = record.nickname.as_deref().filter(|name| !name.is_empty());
    json!({
        "id": record.id,
        "display_name": nickname.unwrap_or(&record.name),
        "ext_acct_id": record.other.get("ext_acct_id"),
        "delinquent": record.other.get("delinquent"),
    })
}

/// A member of the staff. `id` and `user` are different numbers, as in LeafLink.
pub(crate) fn staff(world: &World, person: &Staff) -> Value {
    json!({
        "id": person.id,
        "user": person.id + 146_000,
        "company": world.company.id,
        "is_admin": person.admin,
        "is_active": person.active,
        "is_poc": person.admin,
        "email": person.email,
        "phone": "",
        "identification_number": "",
        "display_name": person.name,
        "username": person.username(),
    })
}
