//! Sales orders as the component writes them.

use leaflink_sync_kit::host::records::{ChargeKind, SalesOrderStatus, SalesOrderUpdate};

use crate::support::{GUMMIES, TEES, TINCTURE, charge, dec, draft, line, no_change, rule, shop, usd};

#[test]
fn an_order_comes_back_as_it_was_written() {
    let shop = shop();
    let mut order = draft("n-1", vec![line(GUMMIES, "4", 11), line(GUMMIES, "4", 12)]);
    order.customer = Some("c-kettle".into());
    order.billing_address = Some("a-kettle".into());
    order.shipping_address = Some("a-kettle".into());
    order.internal_notes = Some("inside".into());
    order.external_notes = Some("outside".into());
    order.lines[1].unit_price = "8.333333333".into();
    order.lines[1].total = "33.34".into();
    order.lines[1].is_sample = true;
    order.lines[1].note = Some("note".into());
    order.lines[1].location = Some("annex".into());
    let mut tax = charge("Excise", ChargeKind::Charge, "6.94");
    tax.percent = Some("10.75".into());
    tax.tax = Some("t-excise".into());
    let mut credit = charge("Credit", ChargeKind::Discount, "-45.01");
    credit.locked = true;
    credit.leaflink_key = Some("credit".to_owned());
    order.charges = vec![tax.clone(), credit.clone()];
    let id = shop.create(order).unwrap();

    let read = shop.order(&id);
    assert_eq!((read.id.as_str(), read.number.as_str()), ("so-1001", "SO-1001"));
    let origin = read.origin.unwrap();
    assert_eq!((origin.number.as_str(), origin.short_id.as_str()), ("n-1", "short-n-1"));
    assert_eq!(origin.total, usd("90.00"));
    assert_eq!(origin.classification.as_deref(), Some("Adult Use"));
    assert_eq!(read.placed_at_ms, 900);
    assert_eq!(read.customer.as_deref(), Some("c-kettle"));
    assert_eq!(read.shipping_address.as_deref(), Some("a-kettle"));
    assert_eq!(read.owner.as_deref(), Some("u-rae"));
    assert_eq!(read.external_notes.as_deref(), Some("outside"));
    // Equal products are not merged, and the given total is not multiplied again.
    assert_eq!(read.lines.len(), 2);
    assert_eq!(read.lines[1].unit_price, "8.333333333");
    assert_eq!(read.lines[1].total, "33.34");
    assert_eq!(read.lines[1].location.as_deref(), Some("annex"));
    assert_eq!(read.lines[1].leaflink_line, Some(12));
    assert!(read.lines[1].is_sample);
    assert_eq!(read.charges, [tax, credit]);
    // 36.00 + 33.34 + 6.94 - 45.01
    assert_eq!(dec(&read.total), dec("31.27"));
}

#[test]
fn at_most_one_order_per_leaflink_number() {
    let shop = shop();
    let first = shop.create(draft("n-1", vec![line(GUMMIES, "1", 1)])).unwrap();
    let again = rule(shop.create(draft("n-1", vec![line(GUMMIES, "1", 1)])));
    assert!(again.contains("n-1 already is SO-1001"), "{again}");

    shop.call(|records| records.unlink_sales_order(&first)).unwrap();
    let second = shop.create(draft("n-1", vec![line(GUMMIES, "1", 1)])).unwrap();
    shop.erp.people(&shop.id).delete_sales_order(&second, None).unwrap();
    let third = shop.create(draft("n-1", vec![line(GUMMIES, "1", 1)])).unwrap();
    assert_eq!((second.as_str(), third.as_str()), ("so-1002", "so-1003"));
    let found = shop.call(|r| r.sales_orders_by_leaflink_number(&["n-1".into()])).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].id, third);
}

#[test]
fn unlinking_lets_go_of_everything_that_followed_leaflink() {
    let shop = shop();
    let mut order = draft("n-1", vec![line(GUMMIES, "5", 1)]);
    let mut credit = charge("Credit", ChargeKind::Discount, "-1.00");
    credit.locked = true;
    order.charges = vec![credit];
    let id = shop.create(order).unwrap();
    assert_eq!(shop.levels(GUMMIES)[1], "vault: 240/0/5");
    shop.call(|records| records.unlink_sales_order(&id)).unwrap();
    let order = shop.order(&id);
    assert_eq!(order.origin, None);
    assert_eq!(order.lines[0].leaflink_line, None);
    assert!(!order.charges[0].locked);
    assert_eq!(shop.levels(GUMMIES)[1], "vault: 240/0/0");
    assert_eq!(rule(shop.call(|r| r.unlink_sales_order("so-9"))), "not found: so-9");
}

#[test]
fn drafts_that_break_a_rule_are_refused_and_leave_nothing() {
    let shop = shop();
    let before = shop.erp.dump().unwrap();
    let good = || draft("n-1", vec![line(GUMMIES, "1", 1)]);
    let with = |change: fn(&mut leaflink_sync_kit::host::records::SalesOrderDraft)| {
        let mut draft = good();
        change(&mut draft);
        rule(shop.create(draft))
    };
    assert!(with(|d| d.lines.clear()).contains("at least one line"));
    assert!(with(|d| d.lines[0].quantity = "0".into()).contains("more than nothing"));
    assert!(with(|d| d.lines[0].quantity = "-5".into()).contains("more than nothing"));
    assert!(with(|d| d.lines[0].quantity = "1e3".into()).contains("plain decimal"));
    assert!(with(|d| d.lines[0].unit_price = "-1".into()).contains("discount"));
    assert!(with(|d| d.lines[0].total = "1.005".into()).contains("to the cent"));
    assert!(with(|d| d.lines.push(d.lines[0].clone())).contains("named by two lines"));
    assert!(with(|d| d.currency = "EUR".into()).contains("in USD"));
    assert!(with(|d| d.owner = "u-gone".into()).contains("Gil Gone is not active"));
    assert!(with(|d| d.billing_address = Some("a-kettle".into())).contains("not an address"));
    assert!(
        with(|d| {
            d.customer = Some("c-moss".into());
            d.shipping_address = Some("a-kettle".into());
        })
        .contains("\"Shop\" is not an address")
    );
    assert!(
        with(|d| d.charges = vec![charge("Off", ChargeKind::Discount, "5.00")])
            .contains("amount is negative")
    );
    assert!(
        with(|d| d.charges = vec![charge("Ship", ChargeKind::Charge, "-5.00")]).contains("is a discount")
    );
    assert_eq!(with(|d| d.owner = "u-none".into()), "not found: u-none");
    assert_eq!(with(|d| d.lines[0].product = "p-none".into()), "not found: p-none");
    assert_eq!(with(|d| d.lines[0].location = Some("l-none".into())), "not found: l-none");
    assert_eq!(with(|d| d.location = Some("l-none".into())), "not found: l-none");
    assert_eq!(with(|d| d.customer = Some("c-none".into())), "not found: c-none");
    assert_eq!(shop.erp.dump().unwrap(), before);
}

#[test]
fn a_refusal_rolls_back_its_own_write_and_nothing_else() {
    let shop = shop();
    let id = shop
        .call(|records| {
            let id = records.create_sales_order(draft("n-1", vec![line(GUMMIES, "1", 1)]))?;
            let update = SalesOrderUpdate {
                internal_notes: Some("half-way".into()),
                status: Some(SalesOrderStatus::ReadyToShip),
                ..no_change()
            };
            assert!(rule(records.update_sales_order(&id, update)).contains("not fulfilled"));
            Ok(id)
        })
        .unwrap();
    let order = shop.order(&id);
    assert_eq!(order.status, SalesOrderStatus::Pending);
    assert_eq!(order.internal_notes, None);
}

#[test]
fn absent_fields_stay_as_they_are() {
    let shop = shop();
    let mut order = draft("n-1", vec![line(GUMMIES, "1", 1)]);
    order.internal_notes = Some("keep".into());
    let id = shop.create(order).unwrap();
    let before = shop.order(&id);
    let update = SalesOrderUpdate {
        external_notes: Some("new".into()),
        leaflink_total: Some(usd("8.50")),
        ..no_change()
    };
    shop.update(&id, update).unwrap();
    let after = shop.order(&id);
    assert_eq!(after.internal_notes.as_deref(), Some("keep"));
    assert_eq!(after.external_notes.as_deref(), Some("new"));
    assert_eq!(after.origin.unwrap().total, usd("8.50"));
    assert_eq!(after.lines, before.lines);
    assert!(after.modified_at_ms > before.modified_at_ms);
    assert_eq!(rule(shop.update("so-9", no_change())), "not found: so-9");
}

#[test]
fn another_customer_takes_the_addresses_off() {
    let shop = shop();
    let mut order = draft("n-1", vec![line(GUMMIES, "1", 1)]);
    order.customer = Some("c-kettle".into());
    order.billing_address = Some("a-kettle".into());
    let id = shop.create(order).unwrap();
    let to = |customer: &str| SalesOrderUpdate { customer: Some(customer.into()), ..no_change() };
    shop.update(&id, to("c-kettle")).unwrap();
    assert_eq!(shop.order(&id).billing_address.as_deref(), Some("a-kettle"));
    shop.update(&id, to("c-moss")).unwrap();
    assert_eq!(shop.order(&id).billing_address, None);
}

#[test]
fn replaced_lines_keep_id_and_packages_by_their_leaflink_line() {
    let shop = shop();
    let lines = vec![line(GUMMIES, "10", 1), line(TINCTURE, "2", 2)];
    let id = shop.create(draft("n-1", lines)).unwrap();
    shop.set_status(&id, SalesOrderStatus::Processing).unwrap();
    shop.erp.people(&shop.id).fulfil_line(&id, "so-1001-1", dec("4")).unwrap();

    let lines = Some(vec![line(TEES, "3", 3), line(GUMMIES, "12", 1)]);
    shop.update(&id, SalesOrderUpdate { lines, ..no_change() }).unwrap();
    let order = shop.order(&id);
    let shape: Vec<_> = order
        .lines
        .iter()
        .map(|line| (line.id.as_str(), line.quantity.as_str(), line.fulfilled.as_str()))
        .collect();
    // The removed line's id is not given to the new one.
    assert_eq!(shape, [("so-1001-3", "3", "3"), ("so-1001-1", "12", "4")]);
    assert_eq!(dec(&order.total), dec("135"));
    assert_eq!(shop.levels(GUMMIES)[1], "vault: 236/8/0");
}

#[test]
fn what_is_packed_cannot_be_edited_away() {
    let shop = shop();
    let lines = vec![line(GUMMIES, "10", 1), line(TINCTURE, "2", 2)];
    let id = shop.create(draft("n-1", lines)).unwrap();
    shop.set_status(&id, SalesOrderStatus::Processing).unwrap();
    shop.erp.people(&shop.id).fulfil_line(&id, "so-1001-1", dec("4")).unwrap();
    let before = shop.erp.dump().unwrap();
    let replace = |lines| {
        let lines = Some(lines);
        rule(shop.update(&id, SalesOrderUpdate { lines, ..no_change() }))
    };
    let removed = replace(vec![line(TINCTURE, "2", 2)]);
    assert_eq!(removed, "4 of \"Gummies\" are fulfilled already; the line cannot be removed");
    assert!(replace(vec![line(GUMMIES, "3", 1)]).contains("cannot go down to 3"));
    assert!(replace(vec![line(TEES, "10", 1)]).contains("given another product"));
    assert_eq!(shop.erp.dump().unwrap(), before);
}

#[test]
fn the_component_replaces_locked_charges_and_people_cannot_edit_them() {
    let shop = shop();
    let mut credit = charge("Credit", ChargeKind::Discount, "-5.00");
    credit.locked = true;
    let mut order = draft("n-1", vec![line(GUMMIES, "10", 1)]);
    order.charges = vec![credit.clone(), charge("Shipping", ChargeKind::Charge, "25.00")];
    let id = shop.create(order).unwrap();

    let people = shop.erp.people(&shop.id);
    let locked = crate::support::told(people.set_charge(&id, 1, dec("-1")));
    assert!(locked.contains("\"Credit\" follows LeafLink"), "{locked}");
    assert!(crate::support::told(people.remove_charge(&id, 1)).contains("follows LeafLink"));
    people.set_charge(&id, 2, dec("30")).unwrap();
    assert_eq!(dec(&shop.order(&id).total), dec("115"));

    credit.amount = "-7.50".into();
    let charges = Some(vec![credit]);
    shop.update(&id, SalesOrderUpdate { charges, ..no_change() }).unwrap();
    assert_eq!(dec(&shop.order(&id).total), dec("82.5"));
}
