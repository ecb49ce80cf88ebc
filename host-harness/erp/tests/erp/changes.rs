//! The list of what people changed, and the tickets of `deliver`.

use leaflink_sync_kit::host::Transaction;
use reference_erp::{Change, Changed, Erp};

use crate::support::{GUMMIES, Shop, draft, line, loose, shop, told};

fn listed(shop: &Shop) -> Vec<(Changed, String)> {
    changes(shop).into_iter().map(|change| (change.what, change.id)).collect()
}

fn changes(shop: &Shop) -> Vec<Change> {
    shop.erp.changes(&shop.id).unwrap()
}

fn order(shop: &Shop) -> String {
    shop.create(draft("n-1", vec![line(GUMMIES, "10", 1)])).unwrap()
}

#[test]
fn what_people_change_is_listed_and_what_the_component_changes_is_not() {
    let shop = shop();
    let id = order(&shop);
    assert_eq!(listed(&shop), []);
    let people = shop.erp.people(&shop.id);
    people.set_notes(&id, "a", "b").unwrap();
    people.link_product(GUMMIES, None).unwrap();
    assert_eq!(listed(&shop), [(Changed::Product, GUMMIES.to_owned()), (Changed::SalesOrder, id.clone())]);
    assert_eq!(changes(&shop)[1].leaflink_order.as_deref(), Some("n-1"));
}

#[test]
fn a_change_that_is_refused_is_not_listed() {
    let shop = shop();
    let id = order(&shop);
    let people = shop.erp.people(&shop.id);
    assert!(told(people.remove_charge(&id, 5)).starts_with("not found"));
    assert_eq!(listed(&shop), []);
}

#[test]
fn a_change_made_during_a_look_stays_listed() {
    let shop = shop();
    let id = order(&shop);
    let people = shop.erp.people(&shop.id);
    people.set_notes(&id, "a", "b").unwrap();
    let seen = changes(&shop).remove(0);
    people.set_notes(&id, "c", "d").unwrap();
    shop.erp.looked_at(&shop.id, &seen).unwrap();
    let seen = changes(&shop).remove(0);
    shop.erp.looked_at(&shop.id, &seen).unwrap();
    assert_eq!(listed(&shop), []);
}

#[test]
fn a_deletion_takes_the_place_of_a_change_and_keeps_what_was_chosen() {
    let shop = shop();
    let people = shop.erp.people(&shop.id);
    for (number, chosen) in [("n-1", Some(true)), ("n-2", Some(false)), ("n-3", None)] {
        let id = shop.create(draft(number, vec![line(GUMMIES, "10", 1)])).unwrap();
        people.set_notes(&id, "a", "b").unwrap();
        people.delete_sales_order(&id, chosen).unwrap();
    }
    let told: Vec<_> =
        changes(&shop).into_iter().map(|it| (it.what, it.leaflink_order, it.reject_in_leaflink)).collect();
    let deleted = |number: &str, reject| (Changed::DeletedSalesOrder, Some(number.to_owned()), reject);
    assert_eq!(told, [deleted("n-1", true), deleted("n-2", false)]);
}

#[test]
fn payments_and_transfers_are_listed_with_their_sales_order() {
    let shop = shop();
    let id = order(&shop);
    let people = shop.erp.people(&shop.id);
    people.set_status(&id, leaflink_sync_kit::host::records::SalesOrderStatus::Processing).unwrap();
    let seen = changes(&shop).remove(0);
    shop.erp.looked_at(&shop.id, &seen).unwrap();
    let line = shop.order(&id).lines[0].id.clone();
    let transfer = people.match_transfer(&id, "0001", &[loose(&line, "10")], None).unwrap();
    assert_eq!(listed(&shop), [(Changed::SalesOrder, id), (Changed::Transfer, transfer)]);
}

#[test]
fn a_ticket_is_given_out_once_even_when_the_next_call_dies() {
    let shop = shop();
    let first = shop.erp.next_ticket(&shop.id).unwrap();
    let call: Box<dyn Transaction> = Box::new(shop.erp.begin(&shop.id).unwrap());
    drop(call);
    assert_eq!(shop.erp.next_ticket(&shop.id).unwrap(), first + 1);
    let again = Erp::open(shop.erp.path()).unwrap();
    assert_eq!(again.next_ticket(&shop.id).unwrap(), first + 2);
}
