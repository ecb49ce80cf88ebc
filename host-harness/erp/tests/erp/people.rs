//! What people do with orders, and what they see.

use leaflink_sync_kit::host::records::ChargeKind;
use leaflink_sync_kit::host::records::SalesOrderStatus::{Completed, Processing};
use reference_erp::{NewLine, NewSalesOrder, ProductEdit};

use crate::support::{GUMMIES, TEES, TINCTURE, charge, dec, draft, line, shop, told};

fn new_line(product: &str, quantity: &str, unit_price: &str) -> NewLine {
    NewLine { product: product.into(), quantity: dec(quantity), unit_price: dec(unit_price), location: None }
}

#[test]
fn orders_of_the_erps_own() {
    let shop = shop();
    let people = shop.erp.people(&shop.id);
    let order = NewSalesOrder {
        customer: Some("c-moss".into()),
        owner: Some("u-rae".into()),
        location: Some("vault".into()),
        lines: vec![new_line(GUMMIES, "3", "8.335")],
    };
    let id = people.create_sales_order(&order).unwrap();
    let read = shop.order(&id);
    assert_eq!(read.origin, None);
    // 25.005, halves away from zero.
    assert_eq!(read.lines[0].total, "25.01");
    let empty = NewSalesOrder::default();
    assert!(told(people.create_sales_order(&empty)).contains("at least one line"));
}

#[test]
fn header_fields() {
    let shop = shop();
    let id = shop.create(draft("n-1", vec![line(GUMMIES, "1", 1)])).unwrap();
    let people = shop.erp.people(&shop.id);
    people.set_customer(&id, "c-kettle").unwrap();
    people.set_addresses(&id, "a-kettle", "a-kettle").unwrap();
    assert!(told(people.set_addresses(&id, "a-moss", "a-kettle")).contains("not an address"));
    people.set_owner(&id, "u-rae").unwrap();
    assert!(told(people.set_owner(&id, "u-gone")).contains("not active"));
    people.set_user_active("u-gone", true).unwrap();
    people.set_owner(&id, "u-gone").unwrap();
    people.set_notes(&id, "in", "out").unwrap();
    people.set_delivery_day(&id, Some("2026-02-28")).unwrap();
    for wrong in ["2026-02-30", "28/02/2026", "2026-2-28", ""] {
        assert!(told(people.set_delivery_day(&id, Some(wrong))).contains("YYYY-MM-DD"));
    }
    let order = shop.order(&id);
    assert_eq!(order.customer.as_deref(), Some("c-kettle"));
    assert_eq!(order.billing_address.as_deref(), Some("a-kettle"));
    assert_eq!(order.owner.as_deref(), Some("u-gone"));
    assert_eq!(order.delivery_day.as_deref(), Some("2026-02-28"));
    people.set_delivery_day(&id, None).unwrap();
    assert_eq!(shop.order(&id).delivery_day, None);
}

#[test]
fn a_lines_amount_is_multiplied_anew_only_if_quantity_or_price_changes() {
    let shop = shop();
    let mut order = draft("n-1", vec![line(GUMMIES, "3", 1)]);
    order.lines[0].unit_price = "8.333333333".into();
    order.lines[0].total = "24.99".into();
    let id = shop.create(order).unwrap();
    let people = shop.erp.people(&shop.id);
    let total = || shop.order(&id).lines[0].total.clone();
    people.set_line(&id, "so-1001-1", dec("3.0"), dec("8.333333333")).unwrap();
    assert_eq!(total(), "24.99");
    people.set_line(&id, "so-1001-1", dec("6"), dec("8.333333333")).unwrap();
    assert_eq!(total(), "50.00");
    assert_eq!(dec(&shop.order(&id).total), dec("50"));
}

#[test]
fn people_change_and_delete_packed_lines() {
    let shop = shop();
    let mut order = draft("n-1", vec![line(GUMMIES, "10", 1), line(TEES, "8", 2)]);
    order.status = Processing;
    let id = shop.create(order).unwrap();
    let people = shop.erp.people(&shop.id);
    people.fulfil_line(&id, "so-1001-1", dec("4")).unwrap();
    let why = told(people.set_line(&id, "so-1001-1", dec("3"), dec("9")));
    assert!(why.contains("cannot go down to 3"), "{why}");
    // Followed by quantity alone: the goods follow the line.
    people.set_line(&id, "so-1001-2", dec("5"), dec("9")).unwrap();
    assert_eq!(shop.levels(TEES), ["vault: 95/0/0"]);
    people.remove_line(&id, "so-1001-1").unwrap();
    assert_eq!(shop.levels(GUMMIES)[1], "vault: 240/0/0");
    assert!(told(people.remove_line(&id, "so-1001-2")).contains("at least one line"));
    assert_eq!(people.add_line(&id, &new_line(TINCTURE, "2", "1.50")).unwrap(), "so-1001-3");
    assert_eq!(dec(&shop.order(&id).total), dec("48"));
}

#[test]
fn charges_of_their_own() {
    let shop = shop();
    let id = shop.create(draft("n-1", vec![line(GUMMIES, "10", 1)])).unwrap();
    let people = shop.erp.people(&shop.id);
    people.add_charge(&id, &charge("Shipping", ChargeKind::Charge, "25.00")).unwrap();
    people.add_charge(&id, &charge("Promo", ChargeKind::Discount, "-5.00")).unwrap();
    assert_eq!(dec(&shop.order(&id).total), dec("110"));
    assert!(told(people.set_charge(&id, 2, dec("5"))).contains("negative"));
    assert!(told(people.set_charge(&id, 2, dec("-5.005"))).contains("to the cent"));
    people.remove_charge(&id, 1).unwrap();
    people.set_charge(&id, 2, dec("-6")).unwrap();
    assert_eq!(dec(&shop.order(&id).total), dec("84"));
    assert!(told(people.remove_charge(&id, 1)).starts_with("not found: charge 1"));
}

#[test]
fn deleting_an_order_puts_its_goods_back() {
    let shop = shop();
    let mut order = draft("n-1", vec![line(GUMMIES, "10", 1), line(TEES, "8", 2)]);
    order.status = Processing;
    let id = shop.create(order).unwrap();
    let people = shop.erp.people(&shop.id);
    people.fulfil_order(&id).unwrap();
    people.delete_sales_order(&id, None).unwrap();
    assert_eq!(shop.levels(GUMMIES)[1], "vault: 240/0/0");
    assert_eq!(shop.levels(TEES), ["vault: 100/0/0"]);
    assert_eq!(told(people.delete_sales_order(&id, None)), format!("not found: {id}"));

    let sold = shop.create(draft("n-2", vec![line(TEES, "8", 2)])).unwrap();
    people.set_status(&sold, Completed).unwrap();
    assert!(told(people.delete_sales_order(&sold, None)).contains("goods are sold"));
}

#[test]
fn the_table_names_people_and_is_searched_by_leaflinks_order_number() {
    let shop = shop();
    let mut first = draft("5d0c-aaaa", vec![line(GUMMIES, "10", 1)]);
    first.customer = Some("c-kettle".into());
    shop.create(first).unwrap();
    shop.create(draft("5d0c-bbbb", vec![line(GUMMIES, "1", 1)])).unwrap();
    let table = |search| shop.erp.sales_orders_table(&shop.id, search).unwrap();
    let all = table(None);
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].number, "SO-1001");
    assert_eq!(all[0].leaflink_short_id.as_deref(), Some("short-5d0c-aaaa"));
    assert_eq!(all[0].customer.as_deref(), Some("Kettle Creek"));
    assert_eq!(all[0].owner.as_deref(), Some("Rae Okafor"));
    assert_eq!(all[0].location.as_deref(), Some("Vault"));
    assert_eq!(all[0].total, dec("90"));
    for (search, found) in
        [("SHORT-5d0c-b", "SO-1002"), ("5D0C-AAAA", "SO-1001"), ("so-1002", "SO-1002"), ("kettle", "SO-1001")]
    {
        let rows = table(Some(search));
        assert_eq!(rows.len(), 1, "{search}");
        assert_eq!(rows[0].number, found);
    }
    assert!(table(Some("100%")).is_empty());
}

#[test]
fn master_data() {
    let shop = shop();
    let people = shop.erp.people(&shop.id);
    people.set_sale_price(GUMMIES, dec("9.50")).unwrap();
    people.link_product(GUMMIES, None).unwrap();
    people.link_product(TINCTURE, Some(501_001)).unwrap();
    assert!(told(people.link_product(GUMMIES, Some(501_001))).contains("Tincture"));
    people.link_company("c-moss", Some(5)).unwrap();
    people.set_inventory_source("c-moss", Some("annex")).unwrap();
    assert_eq!(told(people.set_inventory_source("c-moss", Some("x"))), "not found: x");
    let moss = shop.call(|r| r.companies_by_leaflink_customer(&[5])).unwrap().remove(0);
    assert_eq!(moss.default_inventory_source.as_deref(), Some("annex"));
    let gummies = shop.call(|r| r.get_products(&[GUMMIES.into()])).unwrap().remove(0);
    assert_eq!(gummies.sale_price.unwrap().amount, "9.50");
    assert_eq!(gummies.leaflink_product_id, None);
    people.edit_product(GUMMIES, &ProductEdit { active: Some(false), ..ProductEdit::default() }).unwrap();
    assert!(told(people.set_sale_price(GUMMIES, dec("9.75"))).contains("is no longer sold"));
}

#[test]
fn rows_of_another_system_are_taken_over_unchecked() {
    let shop = shop();
    let people = shop.erp.people(&shop.id);
    assert!(told(people.set_sale_price(GUMMIES, dec("-1"))).contains("never negative"));
    people.import_sale_price(GUMMIES, Some(dec("-1"))).unwrap();
    people.import_stock(GUMMIES, "vault", dec("-5")).unwrap();
    let gummies = shop.call(|r| r.get_products(&[GUMMIES.into()])).unwrap().remove(0);
    assert_eq!(gummies.sale_price.unwrap().amount, "-1");
    let levels = shop.call(|r| r.stock(&[GUMMIES.into()])).unwrap();
    assert!(levels.iter().any(|level| level.active == "-5"), "{levels:?}");
    people.import_sale_price(GUMMIES, None).unwrap();
    let gummies = shop.call(|r| r.get_products(&[GUMMIES.into()])).unwrap().remove(0);
    assert_eq!(gummies.sale_price, None);
    assert_eq!(told(people.import_stock(GUMMIES, "nowhere", dec("1"))), "not found: nowhere");
}
