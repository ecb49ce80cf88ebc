//! Webhooks: when, of what shape, signed how.

use leaflink_sandbox::{Sandbox, sign};
use serde_json::{Value, json};

use crate::{build, patch, place, sandbox, seed, transition};

/// Type, action and id or number of each webhook that is due.
fn due(sandbox: &mut Sandbox) -> Vec<(String, String)> {
    let words = |body: &Value| {
        (body["type"].as_str().unwrap().to_owned(), body["action"].as_str().unwrap().to_owned())
    };
    sandbox.take_webhooks().iter().map(|webhook| words(&webhook.to_json())).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(kind, action)| ((*kind).to_owned(), (*action).to_owned())).collect()
}

#[test]
fn orders_and_the_stock_they_move_are_announced() {
    let mut sandbox = sandbox();
    assert!(sandbox.take_webhooks().is_empty(), "a seed announces nothing");
    let number = place(&mut sandbox, json!({}));
    assert_eq!(due(&mut sandbox), pairs(&[("order", "create"), ("product", "edit")]));
    transition(&mut sandbox, &number, "accept");
    assert_eq!(due(&mut sandbox), pairs(&[("order", "edit")]));
    transition(&mut sandbox, &number, "fulfill");
    assert_eq!(due(&mut sandbox), pairs(&[("order", "edit"), ("product", "edit")]));
    patch(&mut sandbox, "/products/501001/", json!({"quantity": 5}));
    assert_eq!(due(&mut sandbox), pairs(&[("product", "edit")]));
}

#[test]
fn the_order_of_a_webhook_is_not_the_order_of_rest() {
    let mut sandbox = sandbox();
    place(&mut sandbox, json!({"reps": [4107], "shipping": "10.00", "tax_percent": "15"}));
    let body = sandbox.take_webhooks()[0].to_json();
    let data = &body["data"];
    assert_eq!(data["total"], "382.60");
    assert_eq!(data["shipping_charge"], "10.00");
    assert_eq!(data["discount_amount"], "0.0000");
    assert_eq!(data["tax_amount"], "15.000000");
    assert_eq!(
        data["orderedproduct_set"][0],
        json!({"sale_price": "0.00", "is_sample": false, "quantity": "36.0000",
               "unit_multiplier": 12, "id": 9_100_001,
               "product": {"name": "Gummies", "sku": "FOX-GUM-12"}, "ordered_unit_price": "108.00"})
    );
    assert_eq!(data["sales_reps"], json!([{"id": 4107, "email": "rae.okafor@example.test"}]));
    assert_eq!(data["customer"]["state"], "Colorado");
    assert_eq!(data["customer"]["license_number"], "402R-99901");
    assert_eq!(data["buyer"]["licenses"][0]["number"], "402R-99901");
    for missing in ["modified", "line_items", "short_id", "external_ids", "available_transitions"] {
        assert_eq!(data.get(missing), None, "{missing}");
    }
}

#[test]
fn bodies_are_signed_and_written_as_python_writes_them() {
    let mut sandbox = sandbox();
    place(&mut sandbox, json!({"notes": "½ case"}));
    let webhook = sandbox.take_webhooks().remove(0);
    assert_eq!(webhook.signature, Some(sign("hush", &webhook.body)));
    let text = String::from_utf8(webhook.body).unwrap();
    assert!(text.starts_with(r#"{"data": {"id": 77001, "#), "{text}");
    assert!(text.ends_with(r#""type": "order", "action": "create"}"#), "{text}");
    assert!(text.contains(r#""notes": "\u00bd case""#), "{text}");
}

#[test]
fn without_a_key_nothing_is_signed() {
    let mut seed = seed();
    seed["webhook_key"] = Value::Null;
    let mut sandbox = build(&seed);
    place(&mut sandbox, json!({}));
    assert!(sandbox.take_webhooks().iter().all(|webhook| webhook.signature.is_none()));
}
