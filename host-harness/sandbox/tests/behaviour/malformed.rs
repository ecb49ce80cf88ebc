//! Orders that are sent malformed.

use leaflink_sandbox::Method;
use serde_json::{Value, json};

use crate::{apply, get, place, request, sandbox};

#[test]
fn an_order_is_malformed_wherever_it_is_sent() {
    let mut sandbox = sandbox();
    let number = place(
        &mut sandbox,
        json!({"as_sent": {
            "status": "Delivered",
            "customer": {"$value": null},
            "total": null,
            "line_items": {"0": {"quantity": "-5"}},
        }}),
    );
    let listed = get(&mut sandbox, "/orders-received/?include_children=line_items")["results"][0].clone();
    assert_eq!(listed["status"], "Delivered");
    assert_eq!(listed["customer"], Value::Null);
    assert_eq!(listed.get("total"), None);
    assert_eq!(listed["line_items"][0]["quantity"], "-5");
    let plain = get(&mut sandbox, &format!("/orders-received/{number}/"));
    assert_eq!(plain.get("line_items"), None);
    let lines = get(&mut sandbox, &format!("/orders-received/{number}/line-items/"));
    assert_eq!(lines[0]["quantity"], "-5");
    assert_eq!(get(&mut sandbox, "/line-items/")["results"][0]["quantity"], "-5");
    assert_eq!(sandbox.orders()[0]["status"], "Submitted");
}

#[test]
fn raw_text_breaks_the_page_it_is_on() {
    let mut sandbox = sandbox();
    let number = place(&mut sandbox, json!({"short_id": "a", "body": "<html>oops"}));
    place(&mut sandbox, json!({"short_id": "b"}));
    let one = sandbox.handle(&request(Method::Get, &format!("/orders-received/{number}/")));
    assert_eq!(one.body, b"<html>oops");
    let page = sandbox.handle(&request(Method::Get, "/orders-received/"));
    assert_eq!((page.status, page.to_json()), (200, None));
    let other = get(&mut sandbox, "/orders-received/?limit=1");
    assert_eq!(other["results"][0]["short_id"], "b");
}

#[test]
fn an_edit_mends_it() {
    let mut sandbox = sandbox();
    let number = place(&mut sandbox, json!({"as_sent": {"number": 7}, "body": "x"}));
    apply(&mut sandbox, json!({"edit_order": {"order": "ee12ab01", "edit": {"as_sent": {}, "body": ""}}}));
    let order = get(&mut sandbox, &format!("/orders-received/{number}/"));
    assert_eq!(order["number"], json!(number));
}

#[test]
fn even_an_order_that_is_no_object_is_sent() {
    let mut sandbox = sandbox();
    let number = place(&mut sandbox, json!({"as_sent": {"$value": "nothing"}}));
    let path = format!("/orders-received/{number}/?include_children=line_items,customer");
    assert_eq!(get(&mut sandbox, &path), json!("nothing"));
}
