//! The judge itself on trial: LeafLink's examples pass, planted faults are found.

use serde_json::json;

use super::*;

const ORDER: &str = "/orders-received/93b532b3-a125-4cd2-9b71-9996b1e164ce/";

/// LeafLink's description, or `None` after saying that the test is skipped.
fn leaflink() -> Option<OpenApi> {
    let api = OpenApi::from_environment().expect("the description loads");
    if api.is_none() {
        println!("skipped: {REFERENCE_VARIABLE} is not set");
    }
    api
}

/// Judges an example where it belongs.
fn judge(api: &OpenApi, example: &Example) -> Vec<Violation> {
    match &example.exchange {
        Exchange::Request { method, path } => api.check_request(method, path, &[], Some(&example.body)),
        Exchange::Response { method, path, status } => {
            api.check_response(method, path, *status, &example.body)
        }
    }
}

/// The published answer to this call.
fn published_answer(api: &OpenApi, wanted: &str) -> Value {
    api.examples()
        .into_iter()
        .find(|example| example.exchange.to_string() == wanted)
        .unwrap_or_else(|| panic!("no example for {wanted}"))
        .body
}

/// The broken rules by their places, to compare at a glance.
fn found(violations: &[Violation]) -> Vec<(Rule, &str)> {
    let mut found: Vec<_> =
        violations.iter().map(|violation| (violation.rule, violation.at.as_str())).collect();
    found.sort_by_key(|(_, at)| *at);
    found
}

fn query(name: &str, value: &str) -> Vec<(String, String)> {
    vec![(name.to_owned(), value.to_owned())]
}

#[test]
fn every_published_example_passes() {
    let Some(api) = leaflink() else { return };
    let examples = api.examples();
    for wanted in ["GET /orders-received/ -> 200", "PATCH /products/1/", "POST /line-items/"] {
        published_answer(&api, wanted);
    }
    for example in &examples {
        assert_eq!(judge(&api, example), [], "{}", example.exchange);
    }
}

#[test]
fn every_shown_contradiction_is_needed_by_an_example() {
    let Some(mut api) = leaflink() else { return };
    let examples = api.examples();
    for unneeded in contradictions::shown() {
        api.contradictions = contradictions::known();
        api.contradictions.retain(|known| *known != unneeded);
        let needed = examples.iter().any(|example| !judge(&api, example).is_empty());
        assert!(needed, "all examples pass without {unneeded:?}");
    }
}

#[test]
fn wrong_paths_and_methods_are_found() {
    let Some(api) = leaflink() else { return };
    let rule = |method: &str, path: &str| {
        let violations = api.check_request(method, path, &[], None);
        violations.first().map(|violation| violation.rule)
    };
    assert_eq!(rule("GET", "/products/"), None);
    assert_eq!(rule("get", "/products/2093/"), None);
    assert_eq!(rule("POST", &format!("{ORDER}transition/accept/")), None);
    assert_eq!(rule("GET", "/product/"), Some(Rule::UnknownPath));
    assert_eq!(rule("GET", "/products//"), Some(Rule::UnknownPath));
    assert_eq!(rule("GET", "/products"), Some(Rule::MissingTrailingSlash));
    assert_eq!(rule("PUT", "/products/2093/"), Some(Rule::UnknownMethod));
    assert_eq!(rule("GET", "/products/gummies/"), Some(Rule::BadPathParameter));
    assert_eq!(rule("GET", "/orders-received/5577a4c0/"), Some(Rule::BadPathParameter));
    assert_eq!(rule("POST", &format!("{ORDER}transition/accepted/")), Some(Rule::BadPathParameter));
}

#[test]
fn wrong_queries_are_found() {
    let Some(api) = leaflink() else { return };
    let rule = |path: &str, name: &str, value: &str| {
        let violations = api.check_request("GET", path, &query(name, value), None);
        violations.first().map(|violation| violation.rule)
    };
    let orders = "/orders-received/";
    assert_eq!(rule(orders, "status", "submitted"), None);
    assert_eq!(rule(orders, "status", "Submitted,accepted"), None);
    assert_eq!(rule(orders, "brand__in", "1,2"), None);
    assert_eq!(rule(orders, "include_children", "line_items"), None);
    assert_eq!(rule(orders, "status", "submitted,lost"), Some(Rule::BadParameter));
    assert_eq!(rule(orders, "brand__in", "1,two"), Some(Rule::BadParameter));
    assert_eq!(rule(orders, "limit", "ten"), Some(Rule::BadParameter));
    assert_eq!(rule(orders, "brand", "1,2"), Some(Rule::BadParameter));
    assert_eq!(rule(orders, "page", "2"), Some(Rule::UnknownParameter));
    assert_eq!(rule("/credits/", "credit_date_after", "2024-02-29"), None);
    assert_eq!(rule("/credits/", "credit_date_after", "2023-02-29"), Some(Rule::BadParameter));
    let twice = [query("limit", "1"), query("limit", "2")].concat();
    assert_eq!(found(&api.check_request("GET", orders, &twice, None)), [(Rule::RepeatedParameter, "?limit")]);
}

#[test]
fn wrong_request_bodies_are_found() {
    let Some(api) = leaflink() else { return };
    let patch = |body: Value| api.check_request("PATCH", "/products/2093/", &[], Some(&body));
    assert_eq!(patch(json!({ "quantity": "12.5000" })), []);
    assert_eq!(
        found(&patch(json!({ "quantty": "1", "sku": 7, "threshold_value": "5" }))),
        [
            (Rule::UnknownProperty, "body.quantty"),
            (Rule::WrongType, "body.sku"),
            (Rule::WrongType, "body.threshold_value"),
        ]
    );
    assert_eq!(
        found(&patch(json!({ "sku": "x".repeat(256), "listing_state": "available" }))),
        [(Rule::NotListed, "body.listing_state"), (Rule::OutOfBounds, "body.sku"),]
    );
    assert_eq!(found(&patch(json!({ "strains": [1, 2, 1] }))), [(Rule::OutOfBounds, "body.strains[2]")]);
    let order = json!({ "payment_balance": "0", "payment_due_date": "tomorrow" });
    assert_eq!(
        found(&api.check_request("PATCH", ORDER, &[], Some(&order))),
        [(Rule::ReadOnlyProperty, "body.payment_balance"), (Rule::BadFormat, "body.payment_due_date"),]
    );
}

#[test]
fn creating_needs_every_required_property_and_a_body() {
    let Some(api) = leaflink() else { return };
    let pay = |body: Option<&Value>| api.check_request("POST", "/order-payments/", &[], body);
    let mut payment = json!({
        "order": "93b532b3-a125-4cd2-9b71-9996b1e164ce",
        "recorded_by": 13,
        "total": { "amount": "10.00", "currency": "USD" },
        "payment_date": "2024-05-01T00:00:00Z",
        "payment_type": "cash",
    });
    assert_eq!(pay(Some(&payment)), []);
    payment["total"] = json!({ "amount": "ten" });
    payment["payment_type"] = json!("barter");
    if let Some(fields) = payment.as_object_mut() {
        fields.remove("recorded_by");
    }
    assert_eq!(
        found(&pay(Some(&payment))),
        [
            (Rule::NotListed, "body.payment_type"),
            (Rule::MissingProperty, "body.recorded_by"),
            (Rule::BadFormat, "body.total.amount"),
            (Rule::MissingProperty, "body.total.currency"),
        ]
    );
    assert_eq!(found(&pay(None)), [(Rule::MissingBody, "body")]);
    let accept = format!("{ORDER}transition/accept/");
    assert_eq!(
        found(&api.check_request("POST", &accept, &[], Some(&json!({})))),
        [(Rule::UnexpectedBody, "body")]
    );
}

#[test]
fn wrong_answers_are_found() {
    let Some(api) = leaflink() else { return };
    let mut page = published_answer(&api, "GET /orders-received/ -> 200");
    let order = &mut page["results"][0];
    order["status"] = json!("Lost");
    order["paid"] = json!("no");
    order["total"]["amount"] = json!(null);
    order["created_on"] = json!("yesterday");
    order["seller"] = json!("1");
    assert_eq!(
        found(&api.check_response("GET", "/orders-received/", 200, &page)),
        [
            (Rule::BadFormat, "body.results[0].created_on"),
            (Rule::WrongType, "body.results[0].paid"),
            (Rule::WrongType, "body.results[0].seller"),
            (Rule::NotListed, "body.results[0].status"),
            (Rule::WrongType, "body.results[0].total.amount"),
        ]
    );
    let bare_list = api.check_response("GET", "/orders-received/", 200, &page["results"]);
    assert_eq!(found(&bare_list), [(Rule::WrongType, "body")]);
}

#[test]
fn included_line_items_are_judged_like_any_other() {
    let Some(api) = leaflink() else { return };
    let mut page = published_answer(&api, "GET /orders-received/ -> 200");
    page["results"][0]["line_items"] = json!([
        { "id": 1, "product": 2093, "package_tags": null, "quantity": "24.0000" },
        { "id": 2, "product": true, "bulk_units": "2" },
    ]);
    assert_eq!(
        found(&api.check_response("GET", "/orders-received/", 200, &page)),
        [
            (Rule::WrongType, "body.results[0].line_items[1].bulk_units"),
            (Rule::WrongType, "body.results[0].line_items[1].product"),
        ]
    );
}

#[test]
fn undocumented_properties_are_news_and_no_fault() {
    let Some(api) = leaflink() else { return };
    let mut product = published_answer(&api, "GET /products/1/ -> 200");
    product["colour"] = json!("green");
    assert_eq!(api.check_response("GET", "/products/1/", 200, &product), []);
    let news = api.undocumented("GET", "/products/1/", 200, &product);
    assert_eq!(news, [Undocumented { at: "body.colour".to_owned() }]);
}

#[test]
fn statuses_and_empty_answers_are_judged() {
    let Some(api) = leaflink() else { return };
    let delete = |status, body| {
        let violations = api.check_response("DELETE", "/line-items/7/", status, &body);
        violations.first().map(|violation| violation.rule)
    };
    assert_eq!(delete(204, Value::Null), None);
    assert_eq!(delete(204, json!({})), Some(Rule::UnexpectedBody));
    assert_eq!(delete(200, json!({})), Some(Rule::UnknownStatus));
    assert_eq!(delete(404, json!({ "detail": "Not found." })), None);
}

#[test]
fn a_file_that_is_no_description_is_refused() {
    for (text, complaint) in [
        ("paths: [", "not readable as YAML"),
        ("info: {}", "no `paths`"),
        (
            "paths: {/a/: {get: {parameters: [{$ref: '#/components/parameters/Gone'}]}}}",
            "`#/components/parameters/Gone` leads nowhere",
        ),
    ] {
        let error = OpenApi::parse(text).expect_err(text).to_string();
        assert!(error.contains(complaint), "{error}");
    }
}
