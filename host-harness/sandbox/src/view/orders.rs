//! Orders and their lines in REST bodies.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Value, json};

use super::{customer_summary, units};
use crate::decimal;
use crate::world::{Line, Order, PaymentOption, Totals, World};

/// An order without its lines.
pub(crate) fn order(world: &World, order: &Order) -> Value {
    let totals = Totals::of(order, &world.options);
    let balance = totals.total - world.paid_on(&order.number);
    let money = |amount: Decimal| decimal::money(amount, &order.currency);
    let entered = |at: Option<crate::time::Instant>| at.map(|at| at.entered(world.offset));
    let customer = world.customer(order.customer).ok();
    let taxes: Vec<Value> = order
        .taxes
        .iter()
        .map(|tax| {
            json!({
                "id": tax.id,
                "order": order.id,
                "tax": tax.id,
                "name": tax.name,
                "rate": decimal::text(tax.rate, 4),
                "state": world.company.state,
                "auto_apply": true,
            })
        })
        .collect();
    let reps: Vec<Value> = order
        .reps
        .iter()
        .map(|rep| {
            let name = world.staff.get(&rep.staff).map(|person| &person.name);
            json!({"id": rep.staff, "user": name})
        })
        .collect();
    let address = customer.map(|record| {
        let place = &record.address;
        json!({
            "address": place.address,
            "city": place.city,
            "state": place.state,
            "unit_number": place.unit_number,
            "zipcode": place.zipcode,
        })
    });
    json!({
        "number": order.number,
        "short_id": order.short_id,
        "external_id_seller": order.external_id_seller,
        "external_id_buyer": null,
        "ext_acct_id": null,
        "created_on": order.created_on.stamp(world.offset),
        "user": order.user,
        "buyer": customer.and_then(|record| record.partner),
        "seller": world.company.id,
        "customer": customer_summary(world, order.customer),
        "brand": null,
        "status": order.status.name(),
        "manual": order.manual,
        "discount": decimal::number(order.discount),
        "discount_type": order.discount_type.name(),
        "tax_amount": decimal::number(order.tax_percent),
        "tax_type": "%",
        "final_tax": decimal::fixed(totals.tax, 2),
        "shipping_charge": money(order.shipping),
        "total": money(totals.total),
        "payment_term": order.payment_option.map(|option| option.term()),
        "payment_methods": order.payment_option.map(|option| vec![option.method()]),
        "available_payment_options": PaymentOption::offered().map(PaymentOption::to_json),
        "selected_payment_option": order.payment_option.map(PaymentOption::to_json),
        "payment_due_date": entered(order.payment_due_date),
        "paid": order.paid,
        "paid_date": order.paid_date,
        "ship_date": entered(order.ship_date),
        "shipping_details": order.shipping_details,
        "notes": order.notes,
        "internal_notes": order.internal_notes,
        "delivery_preferences": order.delivery_preferences,
        "sales_reps": reps,
        "classification": order.classification,
        "payment_balance": decimal::number(balance),
        "available_transitions": order.status.available(),
        "modified": order.modified.stamp(world.offset),
        "has_special_requests": false,
        "delivery_provider": order.delivery_provider,
        "order_taxes": taxes,
        "delivery_info": order.delivery_info,
        "is_combination": order.is_combination,
        "llf_payment_method": false,
        "credits": decimal::fixed(order.credits, 2),
        "facility_id": null,
        "order_number": order.number,
        "order_seller_number": order.external_id_seller.as_ref().unwrap_or(&order.short_id),
        "order_buyer_number": order.short_id,
        "order_short_number": order.short_id,
        "distributor": "",
        "external_ids": order.external_ids,
        "corporate_address": address,
        "delivery_address": address,
    })
}

/// The lines of an order.
pub(crate) fn lines(world: &World, order: &Order) -> Value {
    order.lines.iter().map(|it| line(world, order, it)).collect()
}

/// One line of an order.
pub(crate) fn line(world: &World, order: &Order, line: &Line) -> Value {
    let money = |amount: Decimal| decimal::money(amount, &order.currency);
    let cases = line.quantity / Decimal::from(line.unit_multiplier.max(1));
    json!({
        "id": line.id,
        "batch": line.batch,
        "notes": line.notes.as_deref().unwrap_or_default(),
        "order": order.number,
        "on_sale": line.on_sale,
        "product": line.product,
        "facility": null,
        "order_id": order.id,
        "position": line.position,
        "quantity": units(line.quantity),
        "is_packed": line.packed,
        "is_sample": line.sample,
        "packed_at": line.packed_at.map(|at| at.entered(world.offset)),
        "packed_by": line.packed_by,
        "bulk_units": cases.trunc().to_i64(),
        "hide_batch": false,
        "sale_price": money(line.sale_price),
        "frozen_data": {"product": line.frozen},
        "is_backorder": false,
        "package_tags": null,
        "sold_by_case": line.unit_multiplier > 1,
        "unit_multiplier": line.unit_multiplier,
        "unit_of_measure": line.unit_of_measure,
        "ordered_unit_price": money(line.price),
        "is_medical_line_item": line.medical,
        "wholesale_price": line.wholesale_price.map(|price| decimal::text(price, 2)),
    })
}
