use serde_json::json;

use super::*;

fn expected(value: Value) -> Expected {
    serde_json::from_value(value).unwrap()
}

fn told(wanted: Value, observed: &Observed) -> Vec<(String, String, String)> {
    let differences = compare(&expected(wanted), observed);
    differences.into_iter().map(|d| (d.what, d.wanted, d.came)).collect()
}

fn imported() -> Observed {
    let order = json!({"leaflink": "aa1", "number": "SO-1001", "total": "9.00",
        "lines": [{"product": "p", "quantity": "1"}, {"product": "q", "quantity": "2"}]});
    Observed { sales_orders: [("aa1".to_owned(), order)].into(), ..Observed::default() }
}

#[test]
fn a_subset_of_keys_is_enough_and_lists_are_whole() {
    let wanted =
        json!({"sales_orders": [{"leaflink": "aa1", "lines": [{"product": "p"}, {"quantity": "2"}]}]});
    assert_eq!(told(wanted, &imported()), []);
    let wanted = json!({"sales_orders": [{"leaflink": "aa1", "lines": [{"product": "p"}]}]});
    assert_eq!(told(wanted, &imported()).len(), 1);
}

#[test]
fn a_wrong_value_is_told_with_its_place() {
    let wanted = json!({"sales_orders": [{"leaflink": "aa1", "lines": [{}, {"quantity": "3"}]}]});
    let what = "sales order for LeafLink order aa1, lines 2, quantity".to_owned();
    assert_eq!(told(wanted, &imported()), [(what, "\"3\"".to_owned(), "\"2\"".to_owned())]);
}

#[test]
fn the_set_of_orders_is_exact_and_keys_must_be_known() {
    assert_eq!(told(json!({"sales_orders": []}), &imported()).len(), 1);
    let wanted = json!({"sales_orders": [{"leaflink": "aa1"}, {"leaflink": "bb2"}]});
    assert_eq!(told(wanted, &imported()).len(), 1);
    let wanted = json!({"sales_orders": [{"leaflink": "aa1", "totl": "9.00"}]});
    assert!(told(wanted, &imported())[0].2.contains("total"));
}

#[test]
fn held_reasons_are_counted_and_may_name_their_field() {
    let held = vec![("x".to_owned(), Some("a".to_owned())), ("x".to_owned(), None)];
    let observed = Observed { held: [("aa1".to_owned(), held)].into(), ..Observed::default() };
    let with =
        |reasons: Value| told(json!({"held": [{"order": "aa1", "reasons": reasons}]}), &observed).len();
    assert_eq!(with(json!(["x", "x"])), 0);
    assert_eq!(with(json!(["x", "x at a"])), 0);
    assert_eq!(with(json!(["x"])), 1);
    assert_eq!(with(json!(["x", "x", "x"])), 1);
    assert_eq!(with(json!(["x", "x at b"])), 1);
    assert_eq!(told(json!({"held": []}), &observed).len(), 1);
}

#[test]
fn failures_and_odd_requests_are_told_unasked() {
    let observed = Observed {
        failures: vec![("poll".to_owned(), "leaflink-unavailable".to_owned())],
        odd_requests: vec!["POST /orders-received/".to_owned()],
        ..Observed::default()
    };
    assert_eq!(told(json!({}), &observed).len(), 2);
    let wanted = json!({"failures": [{"at": "poll", "code": "leaflink-unavailable"}]});
    assert_eq!(told(wanted, &observed).len(), 1);
}

#[test]
fn requests_are_counted_and_no_others_are_allowed() {
    let observed = Observed { requests: [("GET /a/".to_owned(), 2)].into(), ..Observed::default() };
    assert_eq!(told(json!({"requests": {"GET /a/": 2}}), &observed), []);
    assert_eq!(told(json!({"requests": {"GET /a/": 1}}), &observed).len(), 1);
    assert_eq!(told(json!({"requests": {}}), &observed).len(), 1);
    assert_eq!(told(json!({"requests": {"GET /a/": 2, "GET /b/": 0}}), &observed), []);
}

#[test]
fn leaflinks_side_is_a_subset_but_for_its_external_ids() {
    let order = json!({"status": "Accepted", "ship_date": null, "external_ids": {"erp": "so-1"}});
    let observed = Observed { leaflink_orders: [("aa1".to_owned(), order)].into(), ..Observed::default() };
    let told = |order: Value| told(json!({"leaflink_orders": [order]}), &observed).len();
    assert_eq!(told(json!({"order": "aa1", "status": "Accepted", "external_ids": {"erp": "so-1"}})), 0);
    assert_eq!(told(json!({"order": "aa1", "status": "Shipped"})), 1);
    assert_eq!(told(json!({"order": "aa1", "external_ids": {}})), 1);
    assert_eq!(told(json!({"order": "bb2"})), 1);
}

#[test]
fn links_of_companies_and_users_are_compared() {
    let observed = Observed {
        companies: [("c".to_owned(), Some(7)), ("d".to_owned(), None)].into(),
        users: vec![json!({"staff": 1, "user": "u", "suggestion": null})],
        customer_suggestions: [(9, vec![json!({"company": "c", "certain": true})])].into(),
        leaflink_brand: Some(77),
        ..Observed::default()
    };
    let all = json!({
        "companies": {"c": 7, "d": null},
        "users": [{"staff": 1, "user": "u"}],
        "customer_suggestions": {"9": [{"certain": true}]},
        "leaflink_brand": 77,
    });
    assert_eq!(told(all, &observed), []);
    for wrong in [
        json!({"companies": {"c": null}}),
        json!({"companies": {"e": null}}),
        json!({"users": [{"staff": 1, "user": null}]}),
        json!({"users": [{"staff": 2}]}),
        json!({"customer_suggestions": {"9": []}}),
        json!({"leaflink_brand": 78}),
    ] {
        assert_eq!(told(wrong.clone(), &observed).len(), 1, "{wrong}");
    }
}

#[test]
fn answers_are_compared_in_order_as_data_and_as_text() {
    let data =
        json!({"order": "aa1", "outcome": "held", "reasons": ["x"], "effects": [], "verdicts": {"r": false}});
    let text = "aa1 waits: x\nWhat to do: y\nand more\n".to_owned();
    let observed = Observed { explains: vec![(data, text)], ..Observed::default() };
    let told = |answer: Value| told(json!({"explains": [answer]}), &observed).len();
    assert_eq!(
        told(
            json!({"order": "aa1", "outcome": "held", "reasons": ["x"], "effects": [], "verdicts": {"r": false},
            "first_lines_contain": ["waits", "do: y"], "contains": ["more"]})
        ),
        0
    );
    assert_eq!(told(json!({"order": "bb2"})), 1);
    assert_eq!(told(json!({"order": "aa1", "reasons": []})), 1);
    assert_eq!(told(json!({"order": "aa1", "verdicts": {"r": true}})), 1);
    assert_eq!(told(json!({"order": "aa1", "first_lines_contain": ["more"]})), 1);
    assert_eq!(self::told(json!({"explains": []}), &observed).len(), 1);
}
