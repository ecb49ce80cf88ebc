//! Pages, filters and the shape of rows.

use leaflink_sandbox::{Method, Request, Sandbox};
use serde_json::{Value, json};

use crate::{apply, column, get, patch, place, request, sandbox, sandbox_with, transition};

/// Three orders, placed a minute apart: one accepted with a rep, one submitted, one draft.
fn three_orders(options: Value) -> Sandbox {
    let mut sandbox = sandbox_with(options);
    sandbox.set_now_ms(crate::NOW_MS);
    let first = place(&mut sandbox, json!({"short_id": "one", "external_id_seller": "SO-1", "reps": [4107]}));
    assert_eq!(transition(&mut sandbox, &first, "accept").0, 200);
    sandbox.set_now_ms(crate::NOW_MS + 60_000);
    place(&mut sandbox, json!({"short_id": "two", "classification": "Medical", "manual": true}));
    sandbox.set_now_ms(crate::NOW_MS + 120_000);
    place(&mut sandbox, json!({"short_id": "three", "customer": 310045, "status": "Draft"}));
    sandbox
}

#[test]
fn pages_lead_from_one_to_the_next() {
    let mut sandbox = three_orders(json!({}));
    let first = get(&mut sandbox, "/orders-received/?limit=2&status__not=rejected");
    assert_eq!(first["count"], 3);
    assert_eq!(column(&first, "short_id"), ["three", "two"]);
    assert_eq!(first["previous"], Value::Null);
    assert_eq!(
        first["next"],
        "https://app.leaflink.com/api/v2/orders-received/?limit=2&offset=2&status__not=rejected"
    );
    let next = first["next"].as_str().unwrap().strip_prefix("https://app.leaflink.com").unwrap();
    let follow = Request::new(Method::Get, next)
        .header("Authorization", "App sandbox-key")
        .header("Host", "127.0.0.1:8080");
    let second = sandbox.handle(&follow).to_json().unwrap();
    assert_eq!(column(&second, "short_id"), ["one"]);
    assert_eq!(second["next"], Value::Null);
    assert_eq!(
        second["previous"],
        "http://127.0.0.1:8080/api/v2/orders-received/?limit=2&status__not=rejected"
    );
}

#[test]
fn limits_have_a_default_and_a_ceiling() {
    let mut sandbox = three_orders(json!({"default_limit": 1, "max_limit": 2}));
    for (query, rows) in [("", 1), ("?limit=9", 2), ("?limit=0", 1), ("?limit=x", 1), ("?offset=9", 0)] {
        let page = get(&mut sandbox, &format!("/orders-received/{query}"));
        assert_eq!(page["results"].as_array().unwrap().len(), rows, "{query}");
    }
}

#[test]
fn the_order_of_orders_is_a_choice() {
    let mut sandbox = three_orders(json!({"newest_first": false}));
    let page = get(&mut sandbox, "/orders-received/");
    assert_eq!(column(&page, "short_id"), ["one", "two", "three"]);
}

#[test]
fn orders_are_filtered() {
    let mut sandbox = three_orders(json!({"newest_first": false}));
    patch(&mut sandbox, "/customers/310045/", json!({"service_zone": 31}));
    let two = get(&mut sandbox, "/orders-received/")["results"][1]["number"].clone();
    let number = format!("number={}", two.as_str().unwrap());
    let order_id = format!("order_id={}", two.as_str().unwrap());
    for (query, expected) in [
        ("status=accepted,DRAFT", vec!["one", "three"]),
        ("status__not=Draft,Submitted", vec!["one"]),
        (&number, vec!["two"]),
        (&order_id, vec!["two"]),
        ("order_id=SO-1", vec!["one"]),
        ("external_id_seller=SO-1", vec!["one"]),
        ("external_id_seller__icontains=so", vec!["one"]),
        ("customer=kettle", vec!["one", "two"]),
        ("customer=tin%20lantern+wellness", vec!["three"]),
        ("buyer=62001", vec!["one", "two"]),
        ("sales_rep=4107", vec!["one"]),
        ("classification=medical", vec!["two"]),
        ("manual=true", vec!["two"]),
        ("paid=true", vec![]),
        ("brand=2201", vec!["one", "two", "three"]),
        ("brand__in=7,8", vec![]),
        ("connected_to_metrc=true", vec![]),
        ("connected_to_metrc=false", vec!["one", "two", "three"]),
        ("service_zone=31", vec!["three"]),
        ("created_on__gt=2026-03-02T16:01:00Z", vec!["three"]),
        ("created_on__gte=2026-03-02T16:01:00Z", vec!["two", "three"]),
        ("modified__lt=2026-03-02T16:01:00Z", vec!["one"]),
        ("modified__lte=2026-03-02T09:01:00-07:00", vec!["one", "two"]),
        ("some_unknown_filter=1", vec!["one", "two", "three"]),
    ] {
        let page = get(&mut sandbox, &format!("/orders-received/?{query}"));
        assert_eq!(column(&page, "short_id"), expected, "{query}");
    }
}

#[test]
fn an_unencoded_plus_is_no_date() {
    let mut sandbox = three_orders(json!({}));
    let ask = "/orders-received/?modified__gte=2026-03-02T16:01:00+00:00";
    let response = sandbox.handle(&request(Method::Get, ask));
    assert_eq!(response.status, 400);
    assert_eq!(response.to_json().unwrap(), json!({"modified__gte": ["Enter a valid date/time."]}));
}

#[test]
fn external_ids_filter_by_key_and_values_together() {
    let mut sandbox = three_orders(json!({}));
    let page = get(&mut sandbox, "/orders-received/?external_id_seller=SO-1");
    let number = page["results"][0]["number"].as_str().unwrap().to_owned();
    let path = format!("/orders-received/{number}/");
    patch(&mut sandbox, &path, json!({"external_ids": {"erp": "so-9"}}));
    let found = get(&mut sandbox, "/orders-received/?external_id_key=erp&external_id_values=x,so-9");
    assert_eq!(column(&found, "short_id"), ["one"]);
    let none = get(&mut sandbox, "/orders-received/?external_id_key=other&external_id_values=so-9");
    assert_eq!(none["count"], 0);
    let alone = request(Method::Get, "/orders-received/?external_id_key=erp");
    assert_eq!(sandbox.handle(&alone).status, 400);
}

#[test]
fn rows_are_cut_to_the_fields_asked_for() {
    let mut sandbox = three_orders(json!({}));
    let page = get(&mut sandbox, "/orders-received/?fields_include=number,status&limit=1");
    let names: Vec<&String> = page["results"][0].as_object().unwrap().keys().collect();
    assert_eq!(names, ["number", "status"]);
    let page = get(&mut sandbox, "/products/?fields_exclude=sku");
    assert_eq!(page["results"][0].get("sku"), None);
    assert_eq!(page["results"][0]["name"], "Gummies");
    let page = get(&mut sandbox, "/orders-received/?fields_add=created_by");
    assert_eq!(page["results"][0]["created_by"], "dana.quill");
}

#[test]
fn children_come_only_if_asked_for_and_change_shape() {
    let mut sandbox = three_orders(json!({"newest_first": false}));
    let plain = get(&mut sandbox, "/orders-received/?limit=1")["results"][0].clone();
    assert_eq!(plain.get("line_items"), None);
    assert_eq!(plain["customer"]["display_name"], "Kettle");
    assert_eq!(plain["sales_reps"], json!([{"id": 4107, "user": "Rae Okafor"}]));
    let children = "/orders-received/?limit=1&include_children=line_items,customer,sales_reps";
    let full = get(&mut sandbox, children)["results"][0].clone();
    assert_eq!(full["line_items"][0]["product"], 501001);
    assert_eq!(full["customer"], 310044);
    assert_eq!(full["sales_reps"], json!([4107]));
    let mut sandbox = three_orders(json!({"newest_first": false, "children_as_ids": false}));
    let full = get(&mut sandbox, children)["results"][0].clone();
    assert_eq!(full["customer"]["license_number"], "402R-99901");
    assert_eq!(full["sales_reps"][0]["email"], "rae.okafor@example.test");
}

#[test]
fn customers_are_filtered() {
    let mut sandbox = sandbox();
    for (query, expected) in [
        ("license_number=402r-99901", vec![310044]),
        ("license_number__in=x,402R-99901", vec![310044]),
        ("license_number__startswith=402R", vec![310044]),
        ("name=tin lantern wellness", vec![310045]),
        ("partner=62001", vec![310044]),
        ("owner=8801", vec![310044, 310045]),
        ("archived=true", vec![]),
        ("modified__gte=2026-03-02T16:00:00Z", vec![310044, 310045]),
        ("modified__gt=2026-03-02T16:00:01Z", vec![]),
    ] {
        let page = get(&mut sandbox, &format!("/customers/?{query}"));
        assert_eq!(column(&page, "id"), expected, "{query}");
    }
}

#[test]
fn products_are_filtered() {
    let mut sandbox = sandbox();
    sandbox.set_now_ms(crate::NOW_MS + 60_000);
    apply(&mut sandbox, json!({"delete_product": {"product": 501003}}));
    for (query, expected) in [
        ("sku=FOX-TIN,FOX-PR-1G", vec![501002, 501003]),
        ("id=501002", vec![501002]),
        ("name=gummies", vec![501001]),
        ("search=pr-1", vec![501002]),
        ("listing_state=Archived", vec![501003]),
        ("archived=false", vec![501001, 501002]),
        ("brand=2201", vec![501001, 501002, 501003]),
        ("parent__isnull=false", vec![]),
        ("has_children=false", vec![501001, 501002, 501003]),
        ("last_edit__gte=2026-03-02T16:01:00Z", vec![501003]),
    ] {
        let page = get(&mut sandbox, &format!("/products/?{query}"));
        assert_eq!(column(&page, "id"), expected, "{query}");
    }
}

#[test]
fn line_items_are_filtered_by_their_order() {
    let mut sandbox = three_orders(json!({}));
    for (query, count) in [
        ("order=SO-1", 1),
        ("product_id=501001", 3),
        ("product__name=GUMMIES", 3),
        ("is_sample=true", 0),
        ("order__modified__gte=2026-03-02T16:02:00Z", 1),
        ("order__created_on__lte=2026-03-02T16:01:30Z", 2),
    ] {
        assert_eq!(get(&mut sandbox, &format!("/line-items/?{query}"))["count"], count, "{query}");
    }
    let page = get(&mut sandbox, "/line-items/?expand=product&limit=1");
    assert_eq!(page["results"][0]["product"]["sku"], "FOX-GUM-12");
}

#[test]
fn reference_lists_are_pages() {
    let mut sandbox = sandbox();
    for (path, first) in [
        ("companies", json!(8801)),
        ("brands", json!(2201)),
        ("licenses", json!(70_220)),
        ("product-categories", json!(7)),
        ("product-subcategories", json!(14)),
        ("company-staff", json!(4100)),
    ] {
        let page = get(&mut sandbox, &format!("/{path}/"));
        assert_eq!(page["results"][0]["id"], first, "{path}");
        let row = get(&mut sandbox, &format!("/{path}/{first}/"));
        assert_eq!(row, page["results"][0], "{path}");
    }
    for empty in ["product-lines", "strains", "inventory/facilities", "inventory/items", "credits"] {
        assert_eq!(get(&mut sandbox, &format!("/{empty}/"))["count"], 0, "{empty}");
    }
    let admins = get(&mut sandbox, "/company-staff/?is_admin=true");
    assert_eq!(column(&admins, "display_name"), ["Dana Quill"]);
}
