//! Statuses: their preconditions, and what they do to goods and invoices.

use leaflink_sync_kit::host::records::SalesOrderStatus::{
    self, Canceled, Completed, Delivered, Delivering, Pending, Processing, ReadyToShip,
};

use crate::support::{GUMMIES, Shop, TEES, TINCTURE, dec, draft, line, loose, rule, shop};

fn invoices_voided(shop: &Shop, order: &str) -> Vec<bool> {
    let invoices = shop.call(|records| records.invoices_of_sales_order(order)).unwrap();
    invoices.iter().map(|invoice| invoice.voided).collect()
}

#[test]
fn from_ready_to_ship_on_every_line_is_fulfilled() {
    let shop = shop();
    let id = shop.create(draft("n-1", vec![line(GUMMIES, "10", 1)])).unwrap();
    shop.set_status(&id, Processing).unwrap();
    let people = shop.erp.people(&shop.id);
    people.fulfil_line(&id, "so-1001-1", dec("9")).unwrap();
    for status in [ReadyToShip, Delivering, Delivered, Completed] {
        let why = rule(shop.set_status(&id, status));
        assert!(why.contains("\"Gummies\" is not fulfilled (9 of 10)"), "{why}");
    }
    people.fulfil_line(&id, "so-1001-1", dec("1")).unwrap();
    shop.set_status(&id, ReadyToShip).unwrap();
}

#[test]
fn a_line_added_to_a_ready_order_must_be_fulfilled_too() {
    let shop = shop();
    let id = shop.create(draft("n-1", vec![line(GUMMIES, "1", 1)])).unwrap();
    shop.set_status(&id, Processing).unwrap();
    shop.erp.people(&shop.id).fulfil_order(&id).unwrap();
    shop.set_status(&id, ReadyToShip).unwrap();
    let update = |lines| leaflink_sync_kit::host::records::SalesOrderUpdate {
        lines: Some(lines),
        ..crate::support::no_change()
    };
    let more = update(vec![line(GUMMIES, "1", 1), line(TINCTURE, "1", 2)]);
    assert!(rule(shop.update(&id, more)).contains("\"Tincture\" is not fulfilled (0 of 1)"));
}

#[test]
fn from_delivering_on_package_tracked_lines_need_a_transfer() {
    let shop = shop();
    let id = shop.create(draft("n-1", vec![line(GUMMIES, "10", 1)])).unwrap();
    shop.set_status(&id, Processing).unwrap();
    let people = shop.erp.people(&shop.id);
    people.fulfil_order(&id).unwrap();
    for status in [Delivering, Delivered, Completed] {
        let why = rule(shop.set_status(&id, status));
        assert!(why.contains("no compliance transfer is matched"), "{why}");
    }
    people.match_transfer(&id, "0001", &[], None).unwrap();
    for status in [Delivering, Delivered, Completed] {
        shop.set_status(&id, status).unwrap();
    }
}

#[test]
fn other_lines_need_no_transfer() {
    let shop = shop();
    let people = shop.erp.people(&shop.id);
    people.receive_stock(TINCTURE, "vault", dec("5")).unwrap();
    let lines = vec![line(TEES, "10", 1), line(TINCTURE, "5", 2)];
    let id = shop.create(draft("n-1", lines)).unwrap();
    shop.set_status(&id, Processing).unwrap();
    people.fulfil_order(&id).unwrap();
    shop.set_status(&id, Completed).unwrap();
}

#[test]
fn an_order_can_be_created_in_a_later_status() {
    let shop = shop();
    let mut processing = draft("n-1", vec![line(GUMMIES, "10", 1)]);
    processing.status = Processing;
    shop.create(processing).unwrap();
    assert_eq!(shop.levels(GUMMIES)[1], "vault: 240/10/0");
    let mut ready = draft("n-2", vec![line(GUMMIES, "10", 1)]);
    ready.status = ReadyToShip;
    assert!(rule(shop.create(ready)).contains("not fulfilled"));
}

#[test]
fn canceling_voids_invoices_and_leaving_canceled_restores_them() {
    let shop = shop();
    let id = shop.create(draft("n-1", vec![line(GUMMIES, "10", 1)])).unwrap();
    let people = shop.erp.people(&shop.id);
    people.create_invoice(&id).unwrap();
    people.cancel_sales_order(&id).unwrap();
    assert_eq!(invoices_voided(&shop, &id), [true]);
    shop.set_status(&id, Canceled).unwrap();
    assert_eq!(invoices_voided(&shop, &id), [true]);
    shop.set_status(&id, Pending).unwrap();
    assert_eq!(invoices_voided(&shop, &id), [false]);
}

#[test]
fn an_order_with_a_transfer_is_neither_canceled_nor_pending() {
    let shop = shop();
    let id = shop.create(draft("n-1", vec![line(GUMMIES, "10", 1)])).unwrap();
    shop.set_status(&id, Processing).unwrap();
    let people = shop.erp.people(&shop.id);
    let packages = [loose("so-1001-1", "10")];
    let transfer = people.match_transfer(&id, "0001", &packages, None).unwrap();
    for status in [Pending, Canceled] {
        assert!(rule(shop.set_status(&id, status)).contains("unmatch it"));
    }
    people.unmatch_transfer(&transfer).unwrap();
    shop.set_status(&id, Canceled).unwrap();
}

#[test]
fn sold_goods_do_not_come_back_by_canceling() {
    let shop = shop();
    let id = shop.create(draft("n-1", vec![line(TEES, "10", 1)])).unwrap();
    shop.set_status(&id, Completed).unwrap();
    assert!(rule(shop.set_status(&id, Canceled)).contains("its goods are sold"));
    shop.set_status(&id, Processing).unwrap();
    shop.set_status(&id, Canceled).unwrap();
    assert_eq!(shop.levels(TEES), ["vault: 100/0/0"]);
}

#[test]
fn goods_follow_the_status() {
    let shop = shop();
    let mut order = draft("n-1", vec![line(GUMMIES, "10", 1)]);
    order.lines.push(line(TEES, "7", 2));
    let id = shop.create(order).unwrap();
    let people = shop.erp.people(&shop.id);
    let seen = |status: SalesOrderStatus| {
        shop.set_status(&id, status).unwrap();
        (shop.levels(GUMMIES).remove(1), shop.levels(TEES).remove(0))
    };
    let pair = |gummies: &str, tees: &str| (gummies.to_owned(), tees.to_owned());

    assert_eq!(seen(Pending), pair("vault: 240/0/10", "vault: 100/0/7"));
    // Followed by quantity alone: packed at once. By packages: reserved until packed.
    assert_eq!(seen(Processing), pair("vault: 240/10/0", "vault: 93/0/0"));
    people.fulfil_line(&id, "so-1001-1", dec("6")).unwrap();
    assert_eq!(seen(Processing), pair("vault: 234/4/0", "vault: 93/0/0"));
    people.fulfil_line(&id, "so-1001-1", dec("4")).unwrap();
    people.match_transfer(&id, "0001", &[], None).unwrap();
    assert_eq!(seen(ReadyToShip), pair("vault: 230/0/0", "vault: 93/0/0"));
    assert_eq!(seen(Completed), pair("vault: 230/0/0", "vault: 93/0/0"));
}

#[test]
fn canceled_and_pending_put_everything_back() {
    let shop = shop();
    let people = shop.erp.people(&shop.id);
    for (number, status) in [("n-1", Canceled), ("n-2", Pending)] {
        let lines = vec![line(GUMMIES, "10", 1), line(TEES, "7", 2)];
        let id = shop.create(draft(number, lines)).unwrap();
        shop.set_status(&id, Processing).unwrap();
        people.fulfil_order(&id).unwrap();
        shop.set_status(&id, status).unwrap();
        assert!(shop.levels(GUMMIES)[1].starts_with("vault: 240/0/"));
        assert!(shop.levels(TEES)[0].starts_with("vault: 100/0/"));
        assert!(shop.order(&id).lines.iter().all(|line| dec(&line.fulfilled).is_zero()));
    }
}
