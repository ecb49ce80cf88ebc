//! Compliance transfers.

use leaflink_sync_kit::host::records::SalesOrderStatus::{Completed, Processing};
use leaflink_sync_kit::host::records::{Transfer, TransferState};

use crate::support::{GUMMIES, Shop, dec, draft, line, shop, told};

fn processing() -> (Shop, String) {
    let shop = shop();
    let mut order = draft("n-1", vec![line(GUMMIES, "10", 1), line(GUMMIES, "5", 2)]);
    order.status = Processing;
    let id = shop.create(order).unwrap();
    (shop, id)
}

fn read(shop: &Shop, id: &str) -> Transfer {
    let ids = [id.to_owned()];
    shop.call(|records| records.get_transfers(&ids)).unwrap().remove(0)
}

fn packages() -> [(String, rust_decimal::Decimal); 2] {
    [("so-1001-1".to_owned(), dec("10")), ("so-1001-2".to_owned(), dec("5"))]
}

#[test]
fn a_template_becomes_the_matched_transfer() {
    let (shop, order) = processing();
    let people = shop.erp.people(&shop.id);
    let template = people.create_transfer_template(&order).unwrap();
    assert_eq!(read(&shop, &template).state, TransferState::Template);
    let matched = people.match_transfer(&order, "0009", &packages(), Some(Completed)).unwrap();
    assert_eq!(matched, template);
    let transfer = read(&shop, &matched);
    assert_eq!(transfer.state, TransferState::Matched);
    assert_eq!(transfer.manifest_number.as_deref(), Some("0009"));
    assert_eq!(transfer.sales_order.as_deref(), Some(order.as_str()));
    assert_eq!(shop.order(&order).status, Completed);
    assert_eq!(shop.levels(GUMMIES)[1], "vault: 225/0/0");
}

#[test]
fn matching_is_all_or_nothing() {
    let (shop, order) = processing();
    let before = shop.erp.dump().unwrap();
    let people = shop.erp.people(&shop.id);
    let too_few = &packages()[..1];
    let why = told(people.match_transfer(&order, "0009", too_few, Some(Completed)));
    assert!(why.contains("is not fulfilled (0 of 5)"), "{why}");
    assert_eq!(shop.erp.dump().unwrap(), before);
}

#[test]
fn unmatched_and_rejected_orders_are_processing_again_with_their_packages() {
    let (shop, order) = processing();
    let people = shop.erp.people(&shop.id);
    let transfer = people.match_transfer(&order, "0009", &packages(), Some(Completed)).unwrap();
    people.unmatch_transfer(&transfer).unwrap();
    assert_eq!(read(&shop, &transfer).state, TransferState::Unmatched);
    let now = shop.order(&order);
    assert_eq!(now.status, Processing);
    assert_eq!(now.lines[0].fulfilled, "10");
    assert!(told(people.unmatch_transfer(&transfer)).contains("is not matched"));

    let again = people.match_transfer(&order, "0010", &[], Some(Completed)).unwrap();
    assert_ne!(again, transfer);
    people.reject_transfer(&again).unwrap();
    assert_eq!(read(&shop, &again).state, TransferState::Rejected);
    assert_eq!(shop.order(&order).status, Processing);
    assert_eq!(told(people.reject_transfer("tr-9")), "not found: tr-9");
}

#[test]
fn a_pending_order_takes_no_transfer_and_a_matched_one_no_second() {
    let shop = shop();
    let order = shop.create(draft("n-1", vec![line(GUMMIES, "10", 1)])).unwrap();
    let people = shop.erp.people(&shop.id);
    assert!(told(people.create_transfer_template(&order)).contains("must be PROCESSING"));
    assert!(told(people.match_transfer(&order, "1", &[], None)).contains("must be PROCESSING"));
    people.set_status(&order, Processing).unwrap();
    people.match_transfer(&order, "1", &[], None).unwrap();
    assert!(told(people.match_transfer(&order, "2", &[], None)).contains("matched with a transfer"));
}

#[test]
fn an_order_matched_with_a_transfer_is_not_deleted() {
    let (shop, order) = processing();
    let people = shop.erp.people(&shop.id);
    let transfer = people.match_transfer(&order, "0009", &packages(), None).unwrap();
    assert!(told(people.delete_sales_order(&order, None)).contains("unmatch it before deleting"));
    people.unmatch_transfer(&transfer).unwrap();
    people.delete_sales_order(&order, None).unwrap();
    assert_eq!(read(&shop, &transfer).sales_order, None);
    assert_eq!(shop.levels(GUMMIES)[1], "vault: 240/0/0");
}
