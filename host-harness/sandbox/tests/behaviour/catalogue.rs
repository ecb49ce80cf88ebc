//! Products, customers and the newer inventory.

use leaflink_sandbox::Method;
use serde_json::{Value, json};

use crate::{apply, build, get, patch, request, sandbox, seed, send};

fn new_product() -> Value {
    let money = |amount: &str| json!({"amount": amount, "currency": "USD"});
    json!({
        "name": "Chews", "sku": "FOX-CH", "description": "Chews", "quantity": "80.0000",
        "unit_multiplier": 10, "sell_in_unit_of_measure": "Case", "retail_price": money("9.00"),
        "wholesale_price": money("54.00"), "sale_price": money("0.00"), "minimum_order": "0.01",
        "maximum_order": "100000", "listing_state": "Unavailable", "inventory_management": "1",
        "unit_of_measure": "Unit", "unit_denomination": 4, "category": 7, "sub_category": 14,
        "seller": 8801, "brand": 2201, "manufacturer": 8801, "strain_classification": "na",
        "license": 70_220, "external_ids": {"erp": "p-9"}, "show_quantity": true,
    })
}

#[test]
fn a_product_is_created_and_read_back() {
    let mut sandbox = sandbox();
    let created = send(&mut sandbox, Method::Post, "/products/", new_product());
    assert_eq!(created.status, 201);
    let product = created.to_json().unwrap();
    assert_eq!(get(&mut sandbox, &format!("/products/{}/", product["id"])), product);
    for (field, value) in [
        ("quantity", json!("80.0000")),
        ("available_inventory", json!(80)),
        ("minimum_order", json!("0.0100")),
        ("unit_multiplier", json!(10)),
        ("sell_in_unit_of_measure", json!("Case")),
        ("wholesale_price", json!({"amount": 54, "currency": "USD"})),
        ("inventory_management", json!(1)),
        ("external_ids", json!({"erp": "p-9"})),
        ("show_quantity", json!(true)),
    ] {
        assert_eq!(product[field], value, "{field}");
    }
    assert_eq!(product["unit_denomination"]["name"], "1/8");
    assert_eq!(product["license"]["number"], "404R-00001");
}

#[test]
fn a_new_product_must_be_complete() {
    let mut sandbox = sandbox();
    let complete = new_product();
    for field in complete.as_object().unwrap().keys() {
        let mut body = complete.clone();
        body.as_object_mut().unwrap().remove(field);
        let response = send(&mut sandbox, Method::Post, "/products/", body);
        let optional = ["unit_multiplier", "external_ids", "show_quantity"];
        if optional.contains(&field.as_str()) {
            assert_eq!(response.status, 201, "{field}");
        } else {
            assert_eq!(response.status, 400, "{field}");
            assert!(response.to_json().unwrap().get(field).is_some(), "{field}");
        }
    }
}

#[test]
fn wrong_fields_of_a_product_are_refused() {
    let mut sandbox = sandbox();
    let before = get(&mut sandbox, "/products/501001/");
    for (field, wrong) in [
        ("sku", json!("a,b")),
        ("listing_state", json!("Hidden")),
        ("unit_of_measure", json!("Case")),
        ("inventory_management", json!(4)),
        ("quantity", json!("1.00001")),
        ("available_inventory", json!("many")),
        ("unit_multiplier", json!(0)),
        ("wholesale_price", json!(10)),
        ("wholesale_price", json!({"amount": "10.00", "currency": "CAD"})),
        ("strain_classification", json!("mild")),
        ("external_ids", json!({"erp": 5})),
    ] {
        let response = send(&mut sandbox, Method::Patch, "/products/501001/", json!({field: wrong}));
        assert_eq!(response.status, 400, "{field}");
        assert!(response.to_json().unwrap().get(field).is_some(), "{field}");
    }
    assert_eq!(get(&mut sandbox, "/products/501001/"), before);
}

#[test]
fn what_a_product_refers_to_must_be_there() {
    let mut seed = seed();
    seed["product_categories"] = json!([{"id": 7, "name": "Edibles"}, {"id": 8, "name": "Flower"}]);
    seed["strains"] = json!([{"id": 51, "name": "Blue Fox"}]);
    let mut sandbox = build(&seed);
    for (field, wrong) in [
        ("license", json!(1)),
        ("brand", json!(1)),
        ("brand", Value::Null),
        ("product_line", json!(1)),
        ("category", json!(1)),
        ("sub_category", json!(1)),
        ("strains", json!([51, 1])),
        ("manufacturer", json!(1)),
        ("unit_denomination", json!(26)),
        ("parent", json!({"id": 1})),
    ] {
        let mut body = new_product();
        body[field] = wrong.clone();
        for response in [
            send(&mut sandbox, Method::Post, "/products/", body),
            send(&mut sandbox, Method::Patch, "/products/501001/", json!({field: wrong})),
        ] {
            assert_eq!(response.status, 400, "{field}");
            assert!(response.to_json().unwrap().get(field).is_some(), "{field}");
        }
    }
    let mut flower = new_product();
    flower["category"] = json!(8);
    let refused = send(&mut sandbox, Method::Post, "/products/", flower.clone());
    assert!(refused.to_json().unwrap().get("strains").is_some());
    flower["strains"] = json!([51]);
    let made = send(&mut sandbox, Method::Post, "/products/", flower);
    assert_eq!(made.status, 201);
    let path = format!("/products/{}/", made.to_json().unwrap()["id"]);
    for (edit, status) in [
        (json!({"category": 7}), 200),
        (json!({"category": 8}), 200),
        (json!({"strains": []}), 400),
        (json!({"name": "Blue Fox, 3.5 g"}), 200),
    ] {
        assert_eq!(send(&mut sandbox, Method::Patch, &path, edit.clone()).status, status, "{edit}");
    }

    apply(&mut sandbox, json!({"remove_choice": {"list": "strains", "id": 51}}));
    assert_eq!(get(&mut sandbox, "/strains/")["count"], 0);
    assert_eq!(send(&mut sandbox, Method::Patch, "/products/501001/", json!({"strains": [51]})).status, 400);
}

#[test]
fn a_patch_moves_both_instants_and_leaves_read_only_fields() {
    let mut sandbox = sandbox();
    let before = get(&mut sandbox, "/products/501001/");
    let after = patch(
        &mut sandbox,
        "/products/501001/",
        json!({"name": "Gummies XL", "reserved_qty": "9.0000", "image_count": 7}),
    );
    assert_eq!(after["name"], "Gummies XL");
    assert_eq!(after["reserved_qty"], "0.0000");
    assert_eq!(after["image_count"], 0);
    assert!(after["modified"].as_str() > before["modified"].as_str());
    assert_eq!(after["last_edit"], after["modified"]);
}

#[test]
fn deleting_archives_and_making_again_gives_another_id() {
    let mut sandbox = sandbox();
    let deleted = sandbox.handle(&request(Method::Delete, "/products/501002/"));
    assert_eq!(deleted.status, 200);
    assert_eq!(deleted.to_json().unwrap()["listing_state"], "Archived");
    let made = apply(&mut sandbox, json!({"recreate_product": {"product": 501001}}));
    let again = get(&mut sandbox, &format!("/products/{}/", made[0]));
    assert_ne!(again["id"], 501001);
    assert_eq!(again["name"], "Gummies");
    assert_eq!(again["listing_state"], "Available");
    assert_eq!(get(&mut sandbox, "/products/501001/")["listing_state"], "Archived");
}

#[test]
fn customers_are_read_and_edited() {
    let mut sandbox = sandbox();
    let before = get(&mut sandbox, "/customers/310044/");
    assert_eq!(before["license_number"], "402R-99901");
    assert_eq!(get(&mut sandbox, "/customers/310045/")["license_number"], Value::Null);
    let after = patch(
        &mut sandbox,
        "/customers/310044/",
        json!({"license_number": "402R-1", "city": "Alder", "external_ids": {"erp": "c-77"}}),
    );
    assert_eq!(after["license_number"], "402R-1");
    assert_eq!(after["corporate_address"]["city"], "Alder");
    assert!(after["modified"].as_str() > before["modified"].as_str());
    apply(&mut sandbox, json!({"edit_customer": {"customer": 310044, "fields": {"nickname": "CK"}}}));
    assert_eq!(get(&mut sandbox, "/customers/310044/")["nickname"], "CK");
    let found = get(&mut sandbox, "/customers/?external_id_key=erp&external_id_values=c-77");
    assert_eq!(found["count"], 1);
    let long = json!({"zipcode": "1234567"});
    assert_eq!(send(&mut sandbox, Method::Patch, "/customers/310044/", long).status, 400);
}

#[test]
fn inventory_items_replace_one_another() {
    let mut seed = seed();
    seed["facilities"] = json!([{"id": 123, "name": "Main Vault"}]);
    seed["inventory_items"] = json!([{"id": 440001, "facility": 123, "product": 501001, "quantity": "800"}]);
    let mut sandbox = build(&seed);
    let item = json!({"batch": 66012, "is_archived": false, "facility": 123, "product": 501001,
                      "quantity": 50});
    assert_eq!(send(&mut sandbox, Method::Post, "/inventory/items/", item).status, 201);
    let ids = |sandbox: &mut _, query: &str| {
        crate::column(&get(sandbox, &format!("/inventory/items/{query}")), "id")
    };
    assert_eq!(ids(&mut sandbox, ""), [440_002]);
    assert_eq!(ids(&mut sandbox, "?include_archived=true&product=501001"), [440_001, 440_002]);
    let item = patch(&mut sandbox, "/inventory/items/440002/", json!({"quantity": 20.5}));
    assert_eq!(item["quantity"], json!(20.5));
    assert_eq!(item["quantity_in_product_uom"], "20.5000");
    let nowhere = json!({"batch": 66012, "is_archived": false, "facility": 9, "product": 8, "quantity": 50});
    let refused = send(&mut sandbox, Method::Post, "/inventory/items/", nowhere).to_json().unwrap();
    assert_eq!(refused.as_object().unwrap().keys().collect::<Vec<_>>(), ["facility", "product"]);
}

#[test]
fn a_product_has_as_many_units_as_its_facilities() {
    let mut seed = seed();
    seed["facilities"] = json!([{"id": 123, "name": "Main Vault"}, {"id": 124, "name": "Shed"}]);
    let mut sandbox = build(&seed);
    let on_hand = |sandbox: &mut _| get(sandbox, "/products/501001/")["quantity"].clone();
    let item = |facility: u64, quantity: u64| {
        json!({"batch": 66012, "is_archived": false, "facility": facility, "product": 501001,
               "quantity": quantity})
    };
    send(&mut sandbox, Method::Post, "/inventory/items/", item(123, 50));
    send(&mut sandbox, Method::Post, "/inventory/items/", item(124, 7));
    assert_eq!(on_hand(&mut sandbox), "857.0000");
    patch(&mut sandbox, "/inventory/items/440001/", json!({"quantity": 30}));
    assert_eq!(on_hand(&mut sandbox), "837.0000");
    patch(&mut sandbox, "/inventory/items/440002/", json!({"is_archived": true}));
    assert_eq!(on_hand(&mut sandbox), "830.0000");
}

#[test]
fn what_is_free_of_a_new_product_is_not_written() {
    let mut sandbox = sandbox();
    let mut body = new_product();
    body["available_inventory"] = json!(12);
    let created = send(&mut sandbox, Method::Post, "/products/", body).to_json().unwrap();
    assert_eq!((&created["quantity"], &created["available_inventory"]), (&json!("80.0000"), &json!(80)));
}

#[test]
fn products_are_filtered() {
    let mut sandbox = sandbox();
    patch(&mut sandbox, "/products/501001/", json!({"extern_sts_ids": ["1A4000000001"]}));
    patch(&mut sandbox, "/products/501002/", json!({"listing_state": "Internal", "sub_category": 14}));
    for (query, expected) in [
        ("s2s_connected=true", vec![501_001]),
        ("s2s_connected=false", vec![501_002, 501_003]),
        ("buyer=62001", vec![501_001, 501_003]),
        ("license__type=adult%20use", vec![501_001, 501_002, 501_003]),
        ("license__type=medical", vec![]),
        ("license__isnull=true", vec![]),
        ("sub_category__isnull=false", vec![501_001, 501_002, 501_003]),
    ] {
        let page = get(&mut sandbox, &format!("/products/?{query}"));
        assert_eq!(crate::column(&page, "id"), expected, "{query}");
    }
    assert_eq!(sandbox.handle(&request(Method::Get, "/products/?buyer=kettle")).status, 400);
}
