//! Stock levels by product and place.

use leaflink_sync_kit::host::records::SalesOrderStatus::Processing;

use crate::support::{FLOWER, GUMMIES, TEES, TINCTURE, dec, draft, line, rule, shop, told};

#[test]
fn unknown_stock_is_not_the_same_as_none() {
    let shop = shop();
    assert_eq!(shop.levels(TINCTURE), ["nowhere: 0/0/0"]);
    assert!(shop.levels(FLOWER).is_empty());
    // Not even orders make it known.
    shop.create(draft("n-1", vec![line(FLOWER, "5", 1)])).unwrap();
    assert!(shop.levels(FLOWER).is_empty());
}

#[test]
fn counting_makes_stock_known() {
    let shop = shop();
    let people = shop.erp.people(&shop.id);
    assert!(told(people.receive_stock(FLOWER, "vault", dec("1"))).contains("count it"));
    people.count_stock(FLOWER, "vault", dec("12.5")).unwrap();
    assert_eq!(shop.levels(FLOWER), ["vault: 12.5/0/0"]);
    people.receive_stock(FLOWER, "annex", dec("1.5")).unwrap();
    assert_eq!(shop.levels(FLOWER), ["annex: 1.5/0/0", "vault: 12.5/0/0"]);
    people.forget_stock(FLOWER).unwrap();
    assert!(shop.levels(FLOWER).is_empty());
    // Counted anew, what was known before does not count.
    people.count_stock(FLOWER, "annex", dec("3")).unwrap();
    assert_eq!(shop.levels(FLOWER), ["annex: 3/0/0"]);
}

#[test]
fn lines_count_at_their_location_else_at_the_orders() {
    let shop = shop();
    let mut order = draft("n-1", vec![line(GUMMIES, "1", 1), line(GUMMIES, "2", 2)]);
    order.lines[0].location = Some("annex".into());
    let id = shop.create(order).unwrap();
    assert_eq!(shop.levels(GUMMIES), ["annex: 60/0/1", "vault: 240/0/2"]);
    shop.set_status(&id, Processing).unwrap();
    assert_eq!(shop.levels(GUMMIES), ["annex: 60/1/0", "vault: 240/2/0"]);
}

#[test]
fn lines_of_no_location_have_a_row_of_their_own() {
    let shop = shop();
    let mut order = draft("n-1", vec![line(GUMMIES, "4", 1), line(TEES, "3", 2)]);
    order.location = None;
    let id = shop.create(order).unwrap();
    assert_eq!(shop.levels(GUMMIES)[0], "nowhere: 0/0/4");
    shop.set_status(&id, Processing).unwrap();
    assert_eq!(shop.levels(GUMMIES)[0], "nowhere: 0/4/0");
    assert_eq!(shop.levels(TEES), ["nowhere: -3/0/0", "vault: 100/0/0"]);
    let people = shop.erp.people(&shop.id);
    let why = told(people.fulfil_line(&id, "so-1001-1", dec("4")));
    assert!(why.contains("choose an inventory source for SO-1001"), "{why}");
    people.set_location(&id, "annex").unwrap();
    people.fulfil_line(&id, "so-1001-1", dec("4")).unwrap();
    assert_eq!(shop.levels(GUMMIES), ["annex: 56/0/0", "vault: 240/0/0"]);
    // What was packed before stays taken from where it was.
    assert_eq!(shop.levels(TEES)[0], "nowhere: -3/0/0");
}

#[test]
fn orders_not_from_leaflink_promise_nothing() {
    let shop = shop();
    let people = shop.erp.people(&shop.id);
    let order = reference_erp::NewSalesOrder {
        location: Some("vault".into()),
        lines: vec![reference_erp::NewLine {
            product: GUMMIES.into(),
            quantity: dec("5"),
            unit_price: dec("9"),
            location: None,
        }],
        ..Default::default()
    };
    let id = people.create_sales_order(&order).unwrap();
    assert_eq!(shop.levels(GUMMIES)[1], "vault: 240/0/0");
    people.set_status(&id, Processing).unwrap();
    assert_eq!(shop.levels(GUMMIES)[1], "vault: 240/5/0");
}

#[test]
fn available_may_be_negative() {
    let shop = shop();
    let mut order = draft("n-1", vec![line(GUMMIES, "300", 1), line(TEES, "101", 2)]);
    order.status = Processing;
    shop.create(order).unwrap();
    assert_eq!(shop.levels(GUMMIES)[1], "vault: 240/300/0");
    assert_eq!(shop.levels(TEES), ["vault: -1/0/0"]);
}

#[test]
fn planned_assemblies_reserve_their_input() {
    let shop = shop();
    let people = shop.erp.people(&shop.id);
    let first = people.plan_assembly(GUMMIES, "vault", dec("30")).unwrap();
    let second = people.plan_assembly(GUMMIES, "vault", dec("10")).unwrap();
    assert_eq!(shop.levels(GUMMIES)[1], "vault: 240/40/0");
    people.complete_assembly(&first).unwrap();
    assert_eq!(shop.levels(GUMMIES)[1], "vault: 210/10/0");
    people.drop_assembly(&second).unwrap();
    assert_eq!(shop.levels(GUMMIES)[1], "vault: 210/0/0");
    assert_eq!(told(people.complete_assembly(&second)), format!("not found: {second}"));
}

#[test]
fn packing_keeps_to_the_order_and_to_the_shelf() {
    let shop = shop();
    let id = shop.create(draft("n-1", vec![line(GUMMIES, "10", 1), line(TEES, "1", 2)])).unwrap();
    let people = shop.erp.people(&shop.id);
    let pack = |line: &str, quantity: &str| told(people.fulfil_line(&id, line, dec(quantity)));
    assert!(pack("so-1001-1", "1").contains("nothing is packed before it is PROCESSING"));
    shop.set_status(&id, Processing).unwrap();
    assert!(pack("so-1001-1", "11").contains("more than the 10"));
    assert!(pack("so-1001-1", "0").contains("nothing to pack"));
    assert!(pack("so-1001-2", "1").contains("packed by itself"));
    assert_eq!(pack("so-1001-9", "1"), "not found: so-1001-9");
    people.count_stock(GUMMIES, "vault", dec("5")).unwrap();
    assert!(pack("so-1001-1", "6").contains("5 are at Vault"));
    people.fulfil_line(&id, "so-1001-1", dec("5")).unwrap();
    people.unfulfil_line(&id, "so-1001-1").unwrap();
    assert_eq!(shop.levels(GUMMIES)[1], "vault: 5/10/0");
}

#[test]
fn goods_go_back_to_where_they_came_from() {
    let shop = shop();
    let id = shop.create(draft("n-1", vec![line(GUMMIES, "10", 1)])).unwrap();
    shop.set_status(&id, Processing).unwrap();
    let people = shop.erp.people(&shop.id);
    people.fulfil_line(&id, "so-1001-1", dec("4")).unwrap();
    people.set_location(&id, "annex").unwrap();
    people.fulfil_line(&id, "so-1001-1", dec("6")).unwrap();
    assert_eq!(shop.levels(GUMMIES), ["annex: 54/0/0", "vault: 236/0/0"]);
    people.cancel_sales_order(&id).unwrap();
    assert_eq!(shop.levels(GUMMIES), ["annex: 60/0/0", "vault: 240/0/0"]);
}

#[test]
fn stock_is_exact_and_bounded() {
    let shop = shop();
    let people = shop.erp.people(&shop.id);
    people.receive_stock(TINCTURE, "vault", dec("0.1")).unwrap();
    people.receive_stock(TINCTURE, "vault", dec("0.2")).unwrap();
    assert_eq!(shop.levels(TINCTURE), ["vault: 0.3/0/0"]);
    assert!(told(people.receive_stock(TINCTURE, "vault", dec("0"))).contains("more than nothing"));
    assert!(told(people.count_stock(TINCTURE, "vault", dec("-1"))).contains("cannot be counted"));
    let huge = rust_decimal::Decimal::MAX;
    assert!(told(people.receive_stock(TINCTURE, "vault", huge)).contains("at most 12 digits"));
    assert!(told(people.count_stock(TINCTURE, "vault", huge)).contains("at most 12 digits"));
    assert_eq!(told(people.count_stock(TINCTURE, "l-none", dec("1"))), "not found: l-none");
    let many = vec![GUMMIES.to_owned(); 501];
    assert!(rule(shop.call(|records| records.stock(&many))).contains("at most 500"));
}
