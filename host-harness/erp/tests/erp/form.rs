//! The product form with its LeafLink tab.

use leaflink_sync_kit::host::Records;
use leaflink_sync_kit::host::records::{InventoryManagement, LeaflinkListing, Product};
use reference_erp::ProductEdit;
use serde_json::{Map, Value, json};

use crate::support::{GUMMIES, Shop, TEES, shop, told};

fn read(shop: &Shop, id: &str) -> Product {
    shop.erp.view(&shop.id).unwrap().get_products(&[id.to_owned()]).unwrap().remove(0)
}

fn tab(shop: &Shop) -> LeaflinkListing {
    read(shop, TEES).leaflink_listing.unwrap()
}

fn fields(fields: Value) -> Map<String, Value> {
    fields.as_object().unwrap().clone()
}

#[test]
fn a_tab_that_nobody_filled_in_is_not_there() {
    let shop = shop();
    assert_eq!(read(&shop, TEES).leaflink_listing, None);
    shop.erp.people(&shop.id).edit_listing(TEES, &fields(json!({}))).unwrap();
    let tab = tab(&shop);
    assert!(!tab.create && tab.name.is_none() && tab.brand.is_none());
    assert_eq!(
        (tab.show_inventory_quantity, tab.sell_in_multiples),
        (None, None),
        "nobody ticked or unticked it"
    );
    assert_eq!(read(&shop, GUMMIES).leaflink_listing, None);
}

#[test]
fn every_field_is_kept_and_a_later_edit_changes_only_its_own() {
    let shop = shop();
    let people = shop.erp.people(&shop.id);
    let all = json!({
        "create": true, "name": "Shirt", "sku": "TEE", "description": "Soft.", "show_inventory_quantity": true,
        "license": 1, "brand": 2, "product_line": 3, "category": 4, "subcategory": 5,
        "inventory_management": "managed", "wholesale_price": "240.00", "sale_price": "216.5",
        "retail_price": "36", "minimum_order": "0.5", "maximum_order": "480", "strain_classification": "na",
        "strain": 6, "sell_in_multiples": true
    });
    people.edit_listing(TEES, &fields(all)).unwrap();
    let before = tab(&shop);
    assert_eq!(before.inventory_management, Some(InventoryManagement::Managed));
    let price = before.wholesale_price.as_ref().unwrap();
    assert_eq!((price.amount.as_str(), price.currency.as_str()), ("240.00", "USD"));
    assert_eq!(before.minimum_order.as_deref(), Some("0.5"));
    assert_eq!((before.license, before.strain), (Some(1), Some(6)));

    let modified = read(&shop, TEES).modified_at_ms;
    let edit = json!({"brand": 9, "sale_price": null, "create": null, "sell_in_multiples": false});
    people.edit_listing(TEES, &fields(edit)).unwrap();
    let after = tab(&shop);
    let wanted = LeaflinkListing {
        brand: Some(9),
        sale_price: None,
        create: false,
        sell_in_multiples: Some(false),
        ..before
    };
    assert_eq!(after, wanted);
    assert!(read(&shop, TEES).modified_at_ms > modified);
}

#[test]
fn what_is_no_field_is_refused() {
    let shop = shop();
    let people = shop.erp.people(&shop.id);
    assert!(told(people.edit_listing(TEES, &fields(json!({"colour": "red"})))).contains("colour"));
    assert!(told(people.edit_listing(TEES, &fields(json!({"brand": "red"})))).contains("LeafLink tab"));
    assert!(people.edit_listing("p-none", &fields(json!({}))).is_err());
    assert_eq!(read(&shop, TEES).leaflink_listing, None);
}

#[test]
fn the_product_itself_is_edited_field_by_field() {
    let shop = shop();
    let edit = ProductEdit {
        name: Some("Shirts".into()),
        unit: Some("Bundle".into()),
        units_per_case: Some(0),
        ..ProductEdit::default()
    };
    shop.erp.people(&shop.id).edit_product(TEES, &edit).unwrap();
    let product = read(&shop, TEES);
    assert_eq!((product.name.as_str(), product.unit_type.name.as_str()), ("Shirts", "Bundle"));
    assert_eq!((product.units_per_case, product.sku.as_str(), product.active), (Some(0), "", true));
    assert!(shop.erp.people(&shop.id).edit_product("p-none", &edit).is_err());
}
