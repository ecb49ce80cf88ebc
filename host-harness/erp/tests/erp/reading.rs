//! What the component can read, page by page and batch by batch.

use leaflink_sync_kit::host::records::UnitCategory;
use leaflink_sync_kit::host::{CompanyId, Records};
use reference_erp::Seed;

use crate::support::{GUMMIES, TINCTURE, draft, line, rule, seed, shop, usd};

#[test]
fn the_company_its_people_places_and_taxes() {
    let shop = shop();
    let mut view = shop.erp.view(&shop.id).unwrap();
    let own = view.own_company().unwrap();
    assert_eq!((own.name.as_str(), own.currency.as_str()), ("Foxglove Farms", "USD"));
    assert_eq!(own.leaflink_brand_id, Some(77));
    let users = view.list_users(None, 500).unwrap();
    let active: Vec<_> = users.iter().map(|user| (user.id.as_str(), user.active)).collect();
    assert_eq!(active, [("u-gone", false), ("u-rae", true)]);
    let places = view.locations().unwrap();
    assert_eq!(places[1].license_number.as_deref(), Some("402R-00001"));
    assert_eq!(view.taxes().unwrap()[0].rate_percent, "15");
    assert_eq!(shop.erp.admins(&shop.id).unwrap(), ["dana@foxglove.example"]);
}

#[test]
fn pages_follow_each_other_by_id() {
    let shop = shop();
    let mut view = shop.erp.view(&shop.id).unwrap();
    let mut seen = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = view.list_products(after.as_deref(), 3).unwrap();
        seen.extend(page.iter().map(|product| product.id.clone()));
        if page.len() < 3 {
            break;
        }
        after = seen.last().cloned();
    }
    assert_eq!(seen, ["p-flower", "p-gummies", "p-tees", "p-tincture"]);
}

#[test]
fn batches_leave_out_what_does_not_exist() {
    let shop = shop();
    let mut view = shop.erp.view(&shop.id).unwrap();
    let ids = [GUMMIES.to_owned(), "p-none".to_owned()];
    assert_eq!(view.get_products(&ids).unwrap().len(), 1);
    assert_eq!(view.products_by_leaflink_id(&[501_001, u64::MAX]).unwrap().len(), 1);
    assert_eq!(view.companies_by_leaflink_customer(&[310_044, 1]).unwrap().len(), 1);
    assert!(view.get_payments(&ids).unwrap().is_empty());
    assert!(view.get_transfers(&ids).unwrap().is_empty());
}

#[test]
fn batches_and_pages_are_bounded() {
    let shop = shop();
    let mut view = shop.erp.view(&shop.id).unwrap();
    let ids = vec!["x".to_owned(); 501];
    assert!(rule(view.get_users(&ids)).contains("at most 500"));
    assert!(rule(view.products_by_leaflink_id(&[1; 501])).contains("at most 500"));
    assert!(view.get_users(&ids[..500]).is_ok());
    assert!(rule(view.list_users(None, 0)).contains("1 to 500"));
    assert!(rule(view.list_companies(None, 501)).contains("1 to 500"));
}

#[test]
fn products_carry_their_unit_type_and_price() {
    let shop = shop();
    let mut view = shop.erp.view(&shop.id).unwrap();
    let products = view.list_products(None, 500).unwrap();
    let gummies = products.iter().find(|product| product.id == GUMMIES).unwrap();
    assert_eq!(gummies.unit_type.category, UnitCategory::Count);
    assert_eq!(gummies.sale_price, Some(usd("9.00")));
    assert_eq!(gummies.units_per_case, Some(12));
    let tincture = products.iter().find(|product| product.id == TINCTURE).unwrap();
    assert_eq!(tincture.unit_type.category, UnitCategory::Volume);
    assert_eq!(tincture.unit_type.per_si_unit.as_deref(), Some("1000"));
    assert_eq!(tincture.sale_price, None);
}

#[test]
fn companies_carry_licences_and_addresses() {
    let shop = shop();
    let mut view = shop.erp.view(&shop.id).unwrap();
    let companies = view.list_companies(None, 500).unwrap();
    let kettle = &companies[0];
    let licenses: Vec<_> = kettle.licenses.iter().map(|l| (l.number.as_str(), l.active)).collect();
    assert_eq!(licenses, [("402R-00009", false), ("402R-10001", true)]);
    assert_eq!(kettle.addresses[0].zip, "81201");
    assert_eq!(kettle.default_inventory_source.as_deref(), Some("vault"));
    assert_eq!(companies[1].addresses[0].id, "a-moss");
}

#[test]
fn companies_never_see_each_other() {
    let shop = shop();
    let other = CompanyId("other".into());
    let empty: Seed = r#"{"company": {"name": "Other"}}"#.parse().unwrap();
    shop.erp.seed(&other, &empty).unwrap();
    shop.create(draft("n-1", vec![line(GUMMIES, "1", 1)])).unwrap();

    let mut view = shop.erp.view(&other).unwrap();
    assert!(view.list_products(None, 500).unwrap().is_empty());
    assert!(view.list_users(None, 500).unwrap().is_empty());
    assert!(view.list_companies(None, 500).unwrap().is_empty());
    assert!(view.list_sales_orders(None, 500).unwrap().is_empty());
    assert!(view.sales_orders_by_leaflink_number(&["n-1".into()]).unwrap().is_empty());
    assert!(view.products_by_leaflink_id(&[501_001]).unwrap().is_empty());

    // The same ids and the same LeafLink order mean something else there.
    let third = CompanyId("third".into());
    shop.erp.seed(&third, &seed()).unwrap();
    let mut call = shop.erp.begin(&third).unwrap();
    let id = call.create_sales_order(draft("n-1", vec![line(GUMMIES, "1", 1)])).unwrap();
    assert_eq!(id, "so-1001");
}

#[test]
fn products_and_companies_are_linked_and_priced() {
    let shop = shop();
    shop.call(|records| records.link_product(TINCTURE, Some(7))).unwrap();
    let taken = rule(shop.call(|records| records.link_product(TINCTURE, Some(501_001))));
    assert!(taken.contains("linked to \"Gummies\""), "{taken}");
    shop.call(|records| records.link_product(GUMMIES, None)).unwrap();
    shop.call(|records| records.link_product(TINCTURE, Some(501_001))).unwrap();
    assert_eq!(rule(shop.call(|r| r.link_product("p-none", Some(9)))), "not found: p-none");

    shop.call(|records| records.set_sale_price(TINCTURE, usd("8.333333333"))).unwrap();
    let tincture = shop.call(|r| r.products_by_leaflink_id(&[501_001])).unwrap().remove(0);
    assert_eq!(tincture.sale_price, Some(usd("8.333333333")));
    assert!(rule(shop.call(|r| r.set_sale_price(TINCTURE, usd("-1")))).contains("negative"));
    assert!(rule(shop.call(|r| r.set_sale_price(TINCTURE, usd("1e2")))).contains("plain decimal"));
    let mut euro = usd("1");
    euro.currency = "EUR".into();
    assert!(rule(shop.call(|r| r.set_sale_price(TINCTURE, euro))).contains("in USD"));

    shop.call(|records| records.link_company("c-moss", Some(310_044))).unwrap();
    let both = shop.call(|r| r.companies_by_leaflink_customer(&[310_044])).unwrap();
    assert_eq!(both.len(), 2);
    assert_eq!(rule(shop.call(|r| r.link_company("c-none", None))), "not found: c-none");
}

#[test]
fn changes_show_in_the_time_of_the_record() {
    let shop = shop();
    let modified = || {
        let products = shop.call(|r| r.get_products(&[GUMMIES.into()])).unwrap();
        products[0].modified_at_ms
    };
    let before = modified();
    shop.call(|records| records.set_sale_price(GUMMIES, usd("10"))).unwrap();
    assert!(modified() > before);
}
