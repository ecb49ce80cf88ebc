//! Payments on orders.

use leaflink_sandbox::{Method, Response, Sandbox};
use serde_json::{Value, json};

use crate::{get, place, sandbox, sandbox_with, send};

fn pay(sandbox: &mut Sandbox, number: &str, amount: &str) -> Response {
    let body = json!({
        "order": number, "recorded_by": 4107, "total": {"amount": amount, "currency": "USD"},
        "payment_date": "2026-03-06T00:00:00Z", "reason": "PMT-311", "payment_type": "check",
    });
    send(sandbox, Method::Post, "/order-payments/", body)
}

fn balance(sandbox: &mut Sandbox, number: &str) -> Value {
    get(sandbox, &format!("/orders-received/{number}/"))["payment_balance"].clone()
}

#[test]
fn payments_lower_the_balance_and_negative_ones_raise_it() {
    let mut sandbox = sandbox();
    let number = place(&mut sandbox, json!({}));
    let created = pay(&mut sandbox, &number, "100.00");
    assert_eq!(created.status, 201);
    let payment = created.to_json().unwrap();
    assert_eq!(payment["total"], json!({"amount": "100.00", "currency": "USD"}));
    assert_eq!(payment["recorder_name"], "Rae Okafor");
    assert_eq!(payment["payment_date"], "2026-03-05T17:00:00-07:00");
    assert_eq!(balance(&mut sandbox, &number), json!(224));
    pay(&mut sandbox, &number, "-40.50");
    assert_eq!(balance(&mut sandbox, &number), json!(264.5));
    let of_order = get(&mut sandbox, &format!("/orders-received/{number}/payments/"));
    assert_eq!(of_order, get(&mut sandbox, "/order-payments/")["results"]);
    let path = format!("/order-payments/{}/", payment["id"]);
    assert_eq!(get(&mut sandbox, &path), payment);
    assert_eq!(sandbox.payments().len(), 2);
}

#[test]
fn a_payment_must_say_what_it_is_for() {
    let mut sandbox = sandbox();
    let number = place(&mut sandbox, json!({}));
    let post = |sandbox: &mut Sandbox, changes: Value| {
        let mut body = json!({
            "order": number, "recorded_by": 4107, "payment_date": "2026-03-06T00:00:00Z",
            "total": {"amount": "1.00", "currency": "USD"},
        });
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        let response = send(sandbox, Method::Post, "/order-payments/", body);
        (response.status, response.to_json().unwrap())
    };
    for (field, wrong) in [
        ("order", json!("no-such-order")),
        ("recorded_by", json!(1)),
        ("payment_date", Value::Null),
        ("total", json!({"amount": "1.001", "currency": "USD"})),
        ("total", json!({"amount": "1.00"})),
        ("payment_type", json!("barter")),
    ] {
        let (status, body) = post(&mut sandbox, json!({field: wrong}));
        assert_eq!(status, 400, "{field}");
        assert!(body.get(field).is_some(), "{field}: {body}");
    }
    let empty = send(&mut sandbox, Method::Post, "/order-payments/", json!({}));
    let missing = empty.to_json().unwrap();
    for field in ["order", "recorded_by", "total", "payment_date"] {
        assert_eq!(missing[field], json!(["This field is required."]));
    }
    assert!(sandbox.payments().is_empty());
}

#[test]
fn what_payments_do_to_the_order_is_a_choice() {
    let order = |sandbox: &mut Sandbox, number: &str| get(sandbox, &format!("/orders-received/{number}/"));
    let mut plain = sandbox();
    let number = place(&mut plain, json!({}));
    let before = order(&mut plain, &number);
    pay(&mut plain, &number, "324.00");
    let after = order(&mut plain, &number);
    assert_eq!(after["modified"], before["modified"]);
    assert_eq!(after["paid"], false);

    let mut moving = sandbox_with(json!({"payment_moves_modified": true}));
    place(&mut moving, json!({}));
    let before = order(&mut moving, &number);
    pay(&mut moving, &number, "324.00");
    assert_ne!(order(&mut moving, &number)["modified"], before["modified"]);

    let mut flagging = sandbox_with(json!({"payment_sets_paid": true}));
    place(&mut flagging, json!({}));
    pay(&mut flagging, &number, "300.00");
    assert_eq!(order(&mut flagging, &number)["paid"], false);
    pay(&mut flagging, &number, "24.00");
    let paid = order(&mut flagging, &number);
    assert_eq!((&paid["paid"], &paid["paid_date"]), (&json!(true), &json!("2026-03-02")));
}
