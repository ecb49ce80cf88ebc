//! Compliance transfers.

use leaflink_sync_kit::host::records::SalesOrderStatus::{Completed, Processing};
use leaflink_sync_kit::host::records::{Transfer, TransferState};
use reference_erp::Package;

use crate::support::{GUMMIES, Shop, TINCTURE, dec, draft, line, loose, shop, told};

const TAG_A: &str = "1A4060300000001000000123";
const TAG_B: &str = "1A4060300000001000000124";

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

fn packages() -> [Package; 2] {
    [loose("so-1001-1", "10"), loose("so-1001-2", "5")]
}

fn package(line: &str, tag: &str, quantity: &str) -> Package {
    Package { tag: Some(tag.to_owned()), ..loose(line, quantity) }
}

/// What is packed for an order: a line, a tag and a quantity each.
fn packed(shop: &Shop, order: &str) -> Vec<String> {
    let packages = shop.erp.packages(&shop.id, order).unwrap();
    let text = packages
        .into_iter()
        .map(|package| format!("{} {} {}", package.line, package.tag.unwrap_or_default(), package.quantity));
    text.collect()
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
fn a_line_is_packed_from_several_packages() {
    let (shop, order) = processing();
    let people = shop.erp.people(&shop.id);
    // Both lines take from the second package.
    let packages = [
        package("so-1001-1", TAG_A, "6"),
        package("so-1001-1", TAG_B, "4"),
        package("so-1001-2", TAG_B, "3"),
    ];
    let transfer = people.match_transfer(&order, "0009", &packages, None).unwrap();
    assert_eq!(
        packed(&shop, &order),
        [format!("so-1001-1 {TAG_A} 6"), format!("so-1001-1 {TAG_B} 4"), format!("so-1001-2 {TAG_B} 3")]
    );
    let fulfilled: Vec<_> = shop.order(&order).lines.into_iter().map(|line| line.fulfilled).collect();
    assert_eq!(fulfilled, ["10", "3"]);
    // 13 of 15 have left the shelf, and the 2 that lack stay reserved.
    assert_eq!(shop.levels(GUMMIES)[1], "vault: 227/2/0");

    // More of the same package comes to the same row; of no package that is named, to one of its own.
    people.unmatch_transfer(&transfer).unwrap();
    let rest = [package("so-1001-2", TAG_B, "1"), loose("so-1001-2", "1")];
    people.match_transfer(&order, "0010", &rest, Some(Completed)).unwrap();
    assert_eq!(packed(&shop, &order)[2..], ["so-1001-2  1".to_owned(), format!("so-1001-2 {TAG_B} 4")]);
    assert_eq!(shop.order(&order).status, Completed);
    assert_eq!(shop.levels(GUMMIES)[1], "vault: 225/0/0");
}

#[test]
fn packages_go_back_to_the_shelves_that_they_came_from() {
    let (shop, order) = processing();
    let people = shop.erp.people(&shop.id);
    let first = [package("so-1001-1", TAG_A, "6")];
    let transfer = people.match_transfer(&order, "0009", &first, None).unwrap();
    people.unmatch_transfer(&transfer).unwrap();
    people.set_location(&order, "annex").unwrap();
    people.match_transfer(&order, "0010", &[package("so-1001-1", TAG_B, "4")], None).unwrap();
    assert_eq!(shop.levels(GUMMIES), ["annex: 56/5/0", "vault: 234/0/0"]);
    people.unfulfil_line(&order, "so-1001-1").unwrap();
    assert_eq!(packed(&shop, &order), [] as [String; 0]);
    assert_eq!(shop.levels(GUMMIES), ["annex: 60/15/0", "vault: 240/0/0"]);
}

#[test]
fn packages_that_do_not_fit_are_refused_and_nothing_is_packed() {
    let (shop, order) = processing();
    let people = shop.erp.people(&shop.id);
    people.receive_stock(TINCTURE, "vault", dec("50")).unwrap();
    let other = line(TINCTURE, "5", 2);
    let mut mixed = draft("n-2", vec![line(GUMMIES, "5", 1), other]);
    mixed.status = Processing;
    let mixed = shop.create(mixed).unwrap();
    let before = shop.erp.dump().unwrap();
    let refused = |order: &str, packages: &[Package]| {
        let why = told(people.match_transfer(order, "0009", packages, None));
        assert_eq!(shop.erp.dump().unwrap(), before, "{why}");
        why
    };
    let too_much = [package("so-1001-1", TAG_A, "6"), package("so-1001-1", TAG_B, "5")];
    assert_eq!(refused(&order, &too_much), "5 of \"Gummies\" is more than the 4 that are still to be packed");
    let of_two = [package("so-1002-1", TAG_A, "5"), package("so-1002-2", TAG_A, "5")];
    assert_eq!(
        refused(&mixed, &of_two),
        format!("package {TAG_A} holds \"Gummies\"; it has no \"Tincture\"")
    );
    for tag in
        ["", "1A4", "1a4060300000001000000123", "1A4060300000001000000123X", "1A40603000000010000-0123"]
    {
        let why = refused(&order, &[package("so-1001-1", tag, "1")]);
        assert!(why.contains(&format!("`{tag}` is no tag of a Metrc package")), "{why}");
    }

    people.match_transfer(&order, "0009", &[package("so-1001-1", TAG_A, "6")], None).unwrap();
    let why = told(people.match_transfer(&mixed, "0010", &[package("so-1002-1", TAG_A, "1")], None));
    assert_eq!(
        why,
        format!("package {TAG_A} is packed for SO-1001 already; a package goes with one sales order")
    );
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
