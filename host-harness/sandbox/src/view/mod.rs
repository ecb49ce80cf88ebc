//! Records as the API writes them, numbers and strings where the published samples have them.

mod malformed;
mod orders;
mod people;
mod products;
mod webhook;

use rust_decimal::Decimal;
use serde_json::{Value, json};

pub(crate) use malformed::{patch, sent_lines};
pub(crate) use orders::{line, lines, order};
pub(crate) use people::{customer, customer_summary, staff};
pub(crate) use products::{denomination, inventory_item, is_denomination, license, product};
pub(crate) use webhook::webhook_order;

use crate::decimal;
use crate::world::{Credit, Event, Order, Payment, Rep, Source, World};

/// A payment.
pub(crate) fn payment(world: &World, payment: &Payment) -> Value {
    let created_on = payment.created_on.stamp(world.offset);
    json!({
        "id": payment.id,
        "created_on": created_on,
        "modified": created_on,
        "order": payment.order,
        "recorded_by": payment.recorded_by,
        "recorder_name": world.staff.get(&payment.recorded_by).map(|person| &person.name),
        "total": decimal::money_text(payment.total, &payment.currency),
        "payment_date": payment.payment_date.entered(world.offset),
        "reason": payment.reason,
        "payment_type": payment.payment_type,
    })
}

/// An entry of the event log.
pub(crate) fn event(world: &World, event: &Event) -> Value {
    let at = event.at.stamp(world.offset);
    let source = match event.source {
        Source::App => "app",
        Source::Api => "api",
        Source::Other => "other",
    };
    json!({
        "id": event.id,
        "order": event.order,
        "author_name": event.author,
        "by": event.username,
        "event_type": event.kind,
        "description": null,
        "created_on": at,
        "modified": at,
        "timestamp": at,
        "changed_fields": event.changed,
        "source": source,
        "source_detail": "",
    })
}

/// A credit.
pub(crate) fn credit(world: &World, credit: &Credit) -> Value {
    let display = world.order(&credit.applied_to).map(|order| order.short_id.clone()).ok();
    json!({
        "id": credit.id,
        "company": world.company.id,
        "customer": customer_summary(world, credit.customer),
        "amount": decimal::money(credit.amount, &credit.currency),
        "credit_date": credit.at.day(world.offset),
        "status": "used",
        "status_display": "Used",
        "reason": "other",
        "reason_display": "Other",
        "brand": null,
        "order": null,
        "order_display": null,
        "notes": "",
        "applied_to": credit.applied_to,
        "applied_to_display": display,
        "read_only": true,
        "archived": false,
    })
}

/// A rep's place on an order.
pub(crate) fn rep(world: &World, order: &Order, rep: &Rep) -> Value {
    json!({
        "id": rep.id,
        "order": order.number,
        "rep": rep.staff,
        "created_on": rep.created_on.stamp(world.offset),
    })
}

/// Units, with the four decimals that LeafLink shows.
fn units(quantity: Decimal) -> Value {
    decimal::fixed(quantity, 4)
}
