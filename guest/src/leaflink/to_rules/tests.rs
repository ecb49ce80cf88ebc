//! Bad fields are named, all of them; odd but legal forms are taken.

use super::*;
use serde_json::{Value, json};

const NUMBER: &str = "5d0c6f1e-93b7-4b0e-8a55-c0ffee12ab01";

fn body() -> Value {
    json!({
        "number": NUMBER, "short_id": "ee12ab01", "status": "Submitted",
        "created_on": "2026-03-02T09:15:03.776119-07:00", "modified": "2026-03-02T09:20:49.494713-07:00",
        "customer": {"id": 310044, "display_name": "Copper Kettle", "ext_acct_id": null},
        "sales_reps": [{"id": 4107, "user": "Rae Okafor"}],
        "discount": 0, "discount_type": "%", "tax_amount": 0, "tax_type": "%", "final_tax": "0.00", "order_taxes": [],
        "shipping_charge": {"amount": 0, "currency": "USD"}, "credits": "0.00",
        "total": {"amount": 216, "currency": "USD"},
        "notes": "", "internal_notes": null, "classification": "Adult Use",
        "line_items": [{
            "id": 9100001, "product": 501001, "quantity": "24.0000", "unit_multiplier": 12,
            "ordered_unit_price": {"amount": 108, "currency": "USD"}, "sale_price": {"amount": "0.00", "currency": "USD"},
            "on_sale": false, "is_sample": false, "notes": "", "position": 0,
            "frozen_data": {"product": {"name": "Gummies", "sku": "GUM-12"}},
        }],
    })
}

fn parse(body: &Value) -> Result<Order, Vec<Reason>> {
    order(body.to_string().as_bytes(), &OrderNumber(NUMBER.to_owned()), "USD")
}

/// The one reason's code and field after a change at a JSON pointer.
fn after(pointer: &str, value: Value) -> Vec<(Code, String)> {
    let mut body = body();
    *body.pointer_mut(pointer).unwrap() = value;
    parse(&body)
        .unwrap_err()
        .into_iter()
        .map(|reason| (reason.code, reason.field.unwrap_or_default()))
        .collect()
}

#[test]
fn a_plain_order_is_taken() {
    let order = parse(&body()).unwrap();
    assert_eq!((order.lines.len(), order.total), (1, "216".parse().unwrap()));
    assert_eq!(order.final_tax, None);
}

#[test]
fn each_bad_field_is_named() {
    for (pointer, value, code, field) in [
        ("/status", json!("Teleported"), Code::UnknownStatus, "status"),
        ("/notes", json!(5), Code::FieldUnusable, "notes"),
        ("/line_items/0/quantity", json!("-5"), Code::NegativeQuantity, "line_items[0].quantity"),
        ("/line_items/0/quantity", json!("many"), Code::FieldUnusable, "line_items[0].quantity"),
        ("/line_items/0/unit_multiplier", json!(0), Code::FieldUnusable, "line_items[0].unit_multiplier"),
        (
            "/line_items/0/ordered_unit_price/currency",
            json!("CAD"),
            Code::CurrencyNotSupported,
            "line_items[0].ordered_unit_price.currency",
        ),
        ("/total/currency", json!("CAD"), Code::CurrencyNotSupported, "total.currency"),
        ("/created_on", json!("yesterday"), Code::FieldUnusable, "created_on"),
        ("/created_on", json!("2026-03-02T09:15:03"), Code::FieldUnusable, "created_on"),
        (
            "/customer/display_name",
            json!("<script>alert(1)</script>"),
            Code::NameWithMarkup,
            "customer.display_name",
        ),
        ("/sales_reps/0/user", json!("Rae\r\nBcc: x"), Code::NameWithMarkup, "sales_reps[0].user"),
        ("/notes", json!("x".repeat(LONGEST_NOTE + 1)), Code::TextTooLong, "notes"),
        ("/discount", json!(-1), Code::FieldUnusable, "discount"),
        ("/number", json!("another"), Code::WrongOrder, "number"),
    ] {
        assert_eq!(after(pointer, value.clone()), [(code, field.to_owned())], "{pointer} {value}");
    }
}

#[test]
fn a_missing_field_is_named() {
    for (parent, field, wanted) in [
        ("", "total", "total"),
        ("", "line_items", "line_items"),
        ("/line_items/0", "quantity", "line_items[0].quantity"),
    ] {
        let mut body = body();
        body.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(field);
        let reasons = parse(&body).unwrap_err();
        assert_eq!(reasons[0].field.as_deref(), Some(wanted));
    }
}

#[test]
fn every_bad_field_is_reported_not_only_the_first() {
    let mut body = body();
    body["status"] = json!("Teleported");
    body["total"]["currency"] = json!("CAD");
    body["line_items"][0]["quantity"] = json!("-1");
    assert_eq!(parse(&body).unwrap_err().len(), 3);
}

#[test]
fn too_many_lines_are_held_back() {
    let mut body = body();
    let line = body["line_items"][0].clone();
    body["line_items"] = Value::Array(vec![line; MOST_LINES + 1]);
    assert_eq!(parse(&body).unwrap_err()[0].code, Code::TooManyLines);
}

#[test]
fn bare_ids_are_taken_for_objects() {
    let mut body = body();
    body["customer"] = json!(310044);
    body["sales_reps"] = json!([4107]);
    body["line_items"][0]["product"] = json!("501001");
    let order = parse(&body).unwrap();
    assert_eq!(order.customer.unwrap().id, CustomerId(310044));
    assert_eq!(order.sales_reps[0].staff, StaffId(4107));
    assert_eq!(order.lines[0].product, Some(LeafLinkProductId(501001)));
}

#[test]
fn the_sale_price_counts_when_on_sale_and_above_zero() {
    for (on_sale, sale, wanted) in [
        (json!(true), json!("99.00"), "99"),
        (json!(true), json!("0.00"), "108"),
        (json!(false), json!("99.00"), "108"),
        (Value::Null, json!(99), "99"),
    ] {
        let mut body = body();
        body["line_items"][0]["on_sale"] = on_sale;
        body["line_items"][0]["sale_price"]["amount"] = sale;
        assert_eq!(parse(&body).unwrap().lines[0].case_price, wanted.parse().unwrap());
    }
}

#[test]
fn unknown_fields_are_passed_over() {
    let mut body = body();
    body["brand_new_field"] = json!({"deep": [1, 2, {"x": null}]});
    body["line_items"][0]["another"] = json!(1e300);
    assert!(parse(&body).is_ok());
}

#[test]
fn lines_follow_their_position() {
    let mut body = body();
    let mut second = body["line_items"][0].clone();
    second["id"] = json!(9100000);
    second["position"] = json!(1);
    body["line_items"].as_array_mut().unwrap().insert(0, second);
    let ids: Vec<_> = parse(&body).unwrap().lines.iter().map(|line| line.id.0).collect();
    assert_eq!(ids, [9100001, 9100000]);
}

#[test]
fn the_unit_is_the_one_of_the_time_of_the_order() {
    for (then, denomination, now, wanted) in [
        (json!("Gram"), json!("1"), json!("Pound"), Some("Gram")),
        (json!("Gram"), json!("3 1/2"), json!("Pound"), Some("3 1/2 Gram")),
        (json!("Gram"), Value::Null, json!("Pound"), Some("Gram")),
        (Value::Null, json!("One"), json!("Pound"), Some("Pound")),
        (json!(""), json!("3 1/2"), Value::Null, None),
    ] {
        let mut body = body();
        body["line_items"][0]["frozen_data"]["product"]["unit_of_measure"] = then;
        body["line_items"][0]["frozen_data"]["product"]["unit_denomination"] = denomination;
        body["line_items"][0]["unit_of_measure"] = now;
        assert_eq!(parse(&body).unwrap().lines[0].unit.as_deref(), wanted);
    }
}
