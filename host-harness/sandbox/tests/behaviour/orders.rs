//! The life of an order: money, transitions, edits, combining.

use leaflink_sandbox::{Method, Sandbox};
use serde_json::{Value, json};

use crate::{apply, get, order, patch, place, request, sandbox, sandbox_with, send, transition};

fn read(sandbox: &mut Sandbox, number: &str) -> Value {
    get(sandbox, &format!("/orders-received/{number}/?include_children=line_items"))
}

#[test]
fn a_case_product_costs_its_price_by_the_case() {
    let mut sandbox = sandbox();
    let number = place(&mut sandbox, json!({}));
    let order = read(&mut sandbox, &number);
    assert_eq!(order["total"], json!({"amount": 324, "currency": "USD"}));
    assert_eq!(order["payment_balance"], json!(324));
    let line = &order["line_items"][0];
    assert_eq!(line["quantity"], "36.0000");
    assert_eq!(line["bulk_units"], 3);
    assert_eq!(line["unit_multiplier"], 12);
    assert_eq!(line["ordered_unit_price"], json!({"amount": 108, "currency": "USD"}));
    assert_eq!(line["frozen_data"]["product"]["sku"], "FOX-GUM-12");
    assert_eq!(line["sold_by_case"], true);
}

#[test]
fn sale_prices_samples_and_rebates_count() {
    let mut sandbox = sandbox();
    let number = place(
        &mut sandbox,
        json!({"lines": [
            {"product": 501002, "quantity": "10", "sale_price": "22.50"},
            {"product": 501002, "quantity": "1", "sample": true},
            {"product": 501002, "quantity": "1", "sale_price": "5.00", "on_sale": false},
            {"name": "Loyalty rebate", "price": "-15.00"},
        ]}),
    );
    let order = read(&mut sandbox, &number);
    assert_eq!(order["total"]["amount"], json!(235));
    assert_eq!(order["line_items"][0]["sale_price"]["amount"], json!(22.5));
    assert_eq!(order["line_items"][1]["is_sample"], true);
    assert_eq!(order["line_items"][3]["product"], Value::Null);
    assert_eq!(order["line_items"][3]["frozen_data"]["product"]["name"], "Loyalty rebate");
}

#[test]
fn each_line_is_rounded_to_the_cent() {
    let mut sandbox = sandbox();
    let line = json!({"product": 501001, "quantity": "1", "price": "10.50"});
    let number = place(&mut sandbox, json!({"lines": [line, line]}));
    // 10.50 / 12 is 0.875: 0.88 a line, where the unrounded sum would make 1.75.
    assert_eq!(read(&mut sandbox, &number)["total"]["amount"], json!(1.76));
}

#[test]
fn the_total_follows_the_chosen_formula() {
    let money = json!({
        "discount": "10", "tax_percent": "15", "shipping": "25.00", "credits": "45.01"
    });
    for (options, total, tax) in [
        (json!({}), json!(360.34), "43.74"),
        (json!({"total_formula": "tax_then_discount"}), json!(365.2), "48.60"),
        (json!({"total_formula": "tax_on_shipping"}), json!(364.09), "47.49"),
        (json!({"credits_lower_total": true}), json!(315.33), "43.74"),
    ] {
        let mut sandbox = sandbox_with(options.clone());
        let number = place(&mut sandbox, money.clone());
        let order = read(&mut sandbox, &number);
        assert_eq!(order["total"]["amount"], total, "{options}");
        assert_eq!(order["final_tax"], tax, "{options}");
        assert_eq!(order["credits"], "45.01");
    }
}

#[test]
fn a_stated_total_goes_before_the_formula() {
    let mut sandbox = sandbox();
    let number = place(&mut sandbox, json!({"total": "999.99", "discount": "15", "discount_type": "$"}));
    let order = read(&mut sandbox, &number);
    assert_eq!(order["total"]["amount"], json!(999.99));
    assert_eq!(order["discount_type"], "$");
}

#[test]
fn taxes_by_name_make_the_rate() {
    let mut sandbox = sandbox();
    let taxes = json!([{"name": "Excise", "rate": "10"}, {"name": "City", "rate": "2.5"}]);
    let number = place(&mut sandbox, json!({"taxes": taxes}));
    let order = read(&mut sandbox, &number);
    assert_eq!(order["tax_amount"], json!(12.5));
    assert_eq!(order["final_tax"], "40.50");
    assert_eq!(order["order_taxes"][1]["name"], "City");
}

#[test]
fn credits_are_listed() {
    let mut sandbox = sandbox();
    let number = place(&mut sandbox, json!({"credits": "45.01"}));
    let credit = get(&mut sandbox, "/credits/")["results"][0].clone();
    assert_eq!(credit["applied_to"], json!(number));
    assert_eq!(credit["amount"]["amount"], json!(45.01));
}

#[test]
fn instants_carry_the_companys_offset() {
    let mut sandbox = sandbox();
    sandbox.set_now_ms(crate::NOW_MS + 60_000);
    let number = place(&mut sandbox, json!({"ship_date": "2026-03-05T17:00:00Z"}));
    let order = read(&mut sandbox, &number);
    assert_eq!(order["created_on"], "2026-03-02T09:01:00.000000-07:00");
    assert_eq!(order["ship_date"], "2026-03-05T10:00:00-07:00");
}

#[test]
fn an_order_goes_step_by_step() {
    let mut sandbox = sandbox();
    let number = place(&mut sandbox, json!({"status": "Draft"}));
    assert_eq!(read(&mut sandbox, &number)["available_transitions"], json!(["submitted"]));
    let mut modified = String::new();
    for (action, status) in [
        ("submit", "Submitted"),
        ("accept", "Accepted"),
        ("fulfill", "Fulfilled"),
        ("ship", "Shipped"),
        ("complete", "Complete"),
    ] {
        let (code, order) = transition(&mut sandbox, &number, action);
        assert_eq!((code, &order["status"]), (200, &json!(status)));
        let now = order["modified"].as_str().unwrap().to_owned();
        assert!(now > modified, "{action} moves `modified`");
        modified = now;
    }
    let kinds: Vec<Value> = sandbox.event_logs().iter().map(|event| event["event_type"].clone()).collect();
    assert_eq!(kinds, ["created", "submitted", "accepted", "fulfilled", "shipped", "completed"]);
    let log = sandbox.event_logs();
    assert_eq!(log[2]["changed_fields"]["status"], json!({"original": "Submitted", "new": "Accepted"}));
    assert_eq!(log[2]["source"], "api");
    assert_eq!(log[0]["source"], "app");
}

#[test]
fn forbidden_steps_are_refused_with_a_reason() {
    let mut sandbox = sandbox_with(json!({"refused_transition_status": 409}));
    let number = place(&mut sandbox, json!({}));
    let before = read(&mut sandbox, &number);
    for action in ["ship", "complete", "submit", "cancel"] {
        let (code, body) = transition(&mut sandbox, &number, action);
        assert_eq!(code, 409, "{action}");
        assert!(body["detail"].as_str().unwrap().contains("Submitted"), "{body}");
    }
    assert_eq!(read(&mut sandbox, &number), before);
    assert_eq!(transition(&mut sandbox, &number, "unaccept").0, 404);
}

#[test]
fn the_buyer_can_cancel_while_submitted() {
    let mut sandbox = sandbox();
    place(&mut sandbox, json!({}));
    apply(&mut sandbox, json!({"transition": {"order": "ee12ab01", "action": "cancel"}}));
    assert_eq!(sandbox.orders()[0]["status"], "Cancelled");
    assert_eq!(sandbox.orders()[0]["available_transitions"], json!([]));
}

#[test]
fn without_a_payment_term_an_order_is_not_accepted() {
    let mut sandbox = sandbox_with(json!({"payment_term_required": true}));
    let number = place(&mut sandbox, json!({"no_payment_term": true}));
    let (code, body) = transition(&mut sandbox, &number, "accept");
    assert_eq!(code, 400);
    assert!(body["detail"].as_str().unwrap().contains("payment term"));
    let path = format!("/orders-received/{number}/");
    let chosen = json!({"selected_payment_option": {"payment_method_id": 1, "payment_term_id": 20}});
    let order = patch(&mut sandbox, &path, chosen);
    assert_eq!(order["payment_term"], "COD");
    assert_eq!(transition(&mut sandbox, &number, "accept").0, 200);
}

#[test]
fn patch_writes_what_it_may_and_ignores_the_rest() {
    let mut sandbox = sandbox();
    let number = place(&mut sandbox, json!({}));
    let path = format!("/orders-received/{number}/");
    let before = read(&mut sandbox, &number);
    let after = patch(
        &mut sandbox,
        &path,
        json!({
            "discount": 15, "discount_type": "$", "notes": "Ring twice", "paid": true,
            "ship_date": "2026-03-05T17:00:00Z", "shipping_charge": {"amount": 5.5, "currency": "USD"},
            "status": "Complete", "number": "x", "unknown": 1,
        }),
    );
    assert_eq!(after["total"]["amount"], json!(314.5));
    assert_eq!(after["notes"], "Ring twice");
    assert_eq!(after["paid"], true);
    assert_eq!(after["status"], "Submitted");
    assert_eq!(after["number"], before["number"]);
    assert!(after["modified"].as_str() > before["modified"].as_str());
    assert_eq!(patch(&mut sandbox, &path, json!({"ship_date": null}))["ship_date"], Value::Null);
}

#[test]
fn a_bad_patch_changes_nothing_and_names_every_field() {
    let mut sandbox = sandbox();
    let number = place(&mut sandbox, json!({}));
    let before = read(&mut sandbox, &number);
    let path = format!("/orders-received/{number}/");
    let long = "x".repeat(2001);
    let bad = json!({"notes": long, "ship_date": "tomorrow", "discount": "ten", "discount_type": "€"});
    let response = send(&mut sandbox, Method::Patch, &path, bad);
    assert_eq!(response.status, 400);
    let errors = response.to_json().unwrap();
    let names: Vec<&String> = errors.as_object().unwrap().keys().collect();
    assert_eq!(names, ["discount", "discount_type", "notes", "ship_date"]);
    assert_eq!(read(&mut sandbox, &number), before);
    let mut broken = request(Method::Patch, &path);
    broken.body = b"{".to_vec();
    assert_eq!(sandbox.handle(&broken).status, 400);
}

#[test]
fn external_ids_merge_and_null_takes_away() {
    let mut sandbox = sandbox();
    let number = place(&mut sandbox, json!({}));
    let path = format!("/orders-received/{number}/");
    patch(&mut sandbox, &path, json!({"external_ids": {"erp": "1", "qbo": "2"}}));
    let order = patch(&mut sandbox, &path, json!({"external_ids": {"erp": "3"}}));
    assert_eq!(order["external_ids"], json!({"erp": "3", "qbo": "2"}));
    let order = patch(&mut sandbox, &path, json!({"external_ids": {"qbo": null}}));
    assert_eq!(order["external_ids"], json!({"erp": "3"}));
    let long = json!({"external_ids": {"erp": "x".repeat(37)}});
    assert_eq!(send(&mut sandbox, Method::Patch, &path, long).status, 400);
}

#[test]
fn line_items_are_added_changed_and_deleted() {
    let mut sandbox = sandbox();
    let number = place(&mut sandbox, json!({}));
    let money = |amount: &str| json!({"amount": amount, "currency": "USD"});
    let created = send(
        &mut sandbox,
        Method::Post,
        "/line-items/",
        json!({"order": number, "product": 501002, "quantity": 2,
               "ordered_unit_price": money("25.00"), "sale_price": money("0.00")}),
    );
    assert_eq!(created.status, 201);
    let line = created.to_json().unwrap();
    let path = format!("/line-items/{}/", line["id"]);
    assert_eq!(read(&mut sandbox, &number)["total"]["amount"], json!(374));
    let line = patch(&mut sandbox, &path, json!({"sale_price": money("20.00"), "batch": 66012}));
    assert_eq!((&line["on_sale"], &line["batch"]), (&json!(true), &json!(66012)));
    assert_eq!(read(&mut sandbox, &number)["total"]["amount"], json!(364));
    assert_eq!(sandbox.handle(&request(Method::Delete, &path)).status, 204);
    assert_eq!(sandbox.handle(&request(Method::Get, &path)).status, 404);
    assert_eq!(read(&mut sandbox, &number)["total"]["amount"], json!(324));
    let missing = send(&mut sandbox, Method::Post, "/line-items/", json!({"order": number}));
    assert_eq!(missing.status, 400);
    assert_eq!(missing.to_json().unwrap()["product"], json!(["This field is required."]));
}

#[test]
fn the_parts_of_an_order_are_bare_arrays() {
    let mut sandbox = sandbox();
    let number = place(&mut sandbox, json!({}));
    let part = |name: &str| format!("/orders-received/{number}/{name}/");
    let lines = get(&mut sandbox, &part("line-items"));
    assert_eq!(lines, read(&mut sandbox, &number)["line_items"]);
    assert_eq!(get(&mut sandbox, &part("payments")), json!([]));
    assert_eq!(get(&mut sandbox, &part("comments")), json!([]));
}

#[test]
fn a_person_edits_lines_and_reps() {
    let mut sandbox = sandbox();
    let number = place(
        &mut sandbox,
        json!({"reps": [4107], "lines": [
            {"id": 1, "product": 501001, "quantity": "36"},
            {"id": 2, "product": 501001, "quantity": "12"},
        ]}),
    );
    apply(
        &mut sandbox,
        json!({"edit_order": {"order": "ee12ab01", "edit": {
            "notes": "Soon",
            "change": [{"id": 1, "quantity": "24", "price": "100.00"}],
            "remove": [2],
            "add": [{"id": 3, "product": 501002, "quantity": "4"}],
        }}}),
    );
    let order = read(&mut sandbox, &number);
    assert_eq!(order["notes"], "Soon");
    assert_eq!(order["total"]["amount"], json!(300));
    let ids: Vec<&Value> = order["line_items"].as_array().unwrap().iter().map(|line| &line["id"]).collect();
    assert_eq!(ids, [1, 3]);
    apply(&mut sandbox, json!({"set_reps": {"order": "ee12ab01", "reps": [4100, 4107]}}));
    let reps = get(&mut sandbox, "/order-sales-reps/");
    assert_eq!(crate::column(&reps, "rep"), [4100, 4107]);
    let event = sandbox.event_logs().pop().unwrap();
    assert_eq!(event["event_type"], "rep_edited");
}

#[test]
fn combined_orders_become_one() {
    let mut sandbox = sandbox();
    let first = place(&mut sandbox, json!({"short_id": "a"}));
    let second = place(&mut sandbox, json!({"short_id": "b", "shipping": "10.00"}));
    let made = apply(&mut sandbox, json!({"combine": {"orders": ["a", "b"]}}));
    let order = read(&mut sandbox, &made[0]);
    assert_eq!(order["is_combination"], true);
    assert_eq!(order["total"]["amount"], json!(658));
    assert_eq!(order["line_items"].as_array().unwrap().len(), 2);
    for source in [first, second] {
        let source = read(&mut sandbox, &source);
        assert_eq!(source["status"], "Combined");
        assert_eq!(source["is_combination"], false);
        assert_ne!(source["line_items"][0]["id"], order["line_items"][0]["id"]);
    }
}

#[test]
fn orders_that_do_not_belong_together_do_not_combine() {
    let mut sandbox = sandbox();
    place(&mut sandbox, json!({"short_id": "a"}));
    place(&mut sandbox, json!({"short_id": "b", "customer": 310045}));
    place(&mut sandbox, json!({"short_id": "c", "status": "Rejected"}));
    let before = sandbox.orders();
    for orders in [vec!["a", "b"], vec!["a", "c"], vec!["a", "a"], vec![]] {
        let orders: Vec<String> = orders.into_iter().map(str::to_owned).collect();
        assert!(sandbox.combine(&orders).is_err(), "{orders:?}");
    }
    assert_eq!(sandbox.orders(), before);
}

#[test]
fn a_mixed_cart_becomes_two_orders() {
    let mut sandbox = sandbox();
    let cart = order(json!({"lines": [
        {"product": 501001, "quantity": "12"}, {"product": 501003, "quantity": "2"},
    ]}));
    assert_eq!(sandbox.place_cart(cart).unwrap().len(), 2);
    let orders = sandbox.orders();
    assert_eq!(orders[0]["line_items"][0]["product"], 501001);
    assert_eq!(orders[0]["classification"], "Adult Use");
    assert_eq!(orders[1]["line_items"][0]["is_medical_line_item"], true);
    assert_eq!(orders[1]["classification"], "Medical");
    let plain = order(json!({"short_id": "x"}));
    assert_eq!(sandbox.place_cart(plain).unwrap().len(), 1);
}

#[test]
fn numbers_are_stable_and_not_made_of_the_short_id() {
    let (mut one, mut other) = (sandbox(), sandbox());
    let number = place(&mut one, json!({}));
    assert_eq!(number, place(&mut other, json!({})));
    assert_eq!(number.len(), 36);
    assert!(!number.contains("ee12ab01"));
    assert!(one.place_order(order(json!({}))).is_err(), "the number is taken");
}

#[test]
fn only_drafts_are_deleted() {
    let mut sandbox = sandbox();
    let draft = place(&mut sandbox, json!({"short_id": "a", "status": "Draft"}));
    let placed = place(&mut sandbox, json!({"short_id": "b"}));
    let delete = |number: &str| request(Method::Delete, &format!("/orders-received/{number}/"));
    assert_eq!(sandbox.handle(&delete(&draft)).status, 204);
    assert_eq!(sandbox.handle(&delete(&draft)).status, 404);
    assert_eq!(sandbox.handle(&delete(&placed)).status, 400);
}
