//! Every resource is read in the shapes that LeafLink documents and that were seen.

use super::company_staff::CompanyStaff;
use super::customer::Customer;
use super::inventory_item::InventoryItem;
use super::order_payment::{NewOrderPayment, OrderPayment};
use super::page::Page;
use super::product::Product;
use super::read;
use super::sales_rep::OrderSalesRep;
use super::value::{AmountBody, Number};
use super::webhook::Event;

#[test]
fn a_page_keeps_its_records_apart() {
    let page: Page =
        read(br#"{"count": 2, "next": null, "previous": null, "results": [{"id": 1}, "odd"]}"#).unwrap();
    assert_eq!((page.results.len(), page.results[1].get()), (2, "\"odd\""));
}

#[test]
fn staff_and_sales_reps_are_told_apart() {
    let staff: CompanyStaff = read(
        br#"{"id": 4107, "user": 150233, "company": 8801, "is_active": true, "email": "rae@foxglove.example",
             "display_name": "Rae Okafor", "phone": ""}"#,
    )
    .unwrap();
    assert_eq!((staff.id, staff.is_active), (4107, Some(true)));
    let rep: OrderSalesRep =
        read(br#"{"id": 51, "order": "5d0c6f1e", "rep": 4107, "created_on": "2026-03-02"}"#).unwrap();
    assert_eq!(rep.rep, staff.id);
}

#[test]
fn a_customer_needs_only_an_id_and_a_name() {
    let bare: Customer = read(br#"{"id": 310044, "name": "Copper Kettle"}"#).unwrap();
    assert_eq!(bare.license_number, None);
    let full: Customer = read(
        br#"{"id": 310044, "name": "Copper Kettle", "license_number": "402R-99901", "old_license_number": null,
             "zipcode": "80999", "managers": [4107], "archived": false, "lat": null}"#,
    )
    .unwrap();
    assert_eq!(full.license_number.as_deref(), Some("402R-99901"));
}

#[test]
fn a_products_money_and_figures_come_as_text_or_number() {
    for (units, price) in [("\"12.0000\"", "108"), ("12", "\"108.00\"")] {
        let json = format!(
            r#"{{"id": 501001, "name": "Gummies", "quantity": "800", "unit_multiplier": {units},
                 "wholesale_price": {{"amount": {price}, "currency": "USD"}}, "license": {{"id": 1}}}}"#
        );
        let product: Product = read(json.as_bytes()).unwrap();
        assert_eq!(product.unit_multiplier, Some(Number("12".parse().unwrap())));
        assert_eq!(product.wholesale_price.unwrap().amount, Number("108".parse().unwrap()));
    }
}

#[test]
fn a_payment_reads_and_writes() {
    let payment: OrderPayment = read(
        br#"{"id": 9, "order": "5d0c6f1e", "recorded_by": 4107, "total": {"amount": "-50.00", "currency": "USD"},
             "payment_date": "2026-03-02T12:00:00Z", "reason": "", "payment_type": "leaflink_financial"}"#,
    )
    .unwrap();
    assert_eq!(payment.total.amount, Number("-50".parse().unwrap()));
    let body = NewOrderPayment {
        order: payment.order,
        recorded_by: 4107,
        total: AmountBody { amount: "-50.00".to_owned(), currency: "USD".to_owned() },
        payment_date: "2026-03-02T12:00:00Z".to_owned(),
        reason: "void".to_owned(),
        payment_type: "check".to_owned(),
    };
    let json = serde_json::to_string(&body).unwrap();
    assert!(json.contains(r#""total":{"amount":"-50.00","currency":"USD"}"#), "{json}");
}

#[test]
fn inventory_items_and_webhooks_are_read() {
    let item: InventoryItem =
        read(br#"{"id": 3, "facility": 1, "product": 501001, "quantity": 12.5, "batch": null}"#).unwrap();
    assert_eq!(item.quantity, Number("12.5".parse().unwrap()));
    let order: Event = read(
        br#"{"data": {"number": "5d0c6f1e", "total": "549.00", "orderedproduct_set": []}, "type": "order", "action": "edit"}"#,
    )
    .unwrap();
    assert_eq!((order.kind.as_str(), order.data.number.as_deref()), ("order", Some("5d0c6f1e")));
    let product: Event =
        read(br#"{"action": "create", "type": "product", "data": {"id": "501001"}}"#).unwrap();
    assert_eq!(product.data.id, Some(501_001));
    for (seller, wanted) in
        [("8801", Some(8801)), (r#"{"id": 8801, "name": "Foxglove"}"#, Some(8801)), ("[]", None)]
    {
        let json = format!(
            r#"{{"type": "order", "data": {{"number": "5d0c6f1e", "id": null, "seller": {seller}}}}}"#
        );
        let event: Event = read(json.as_bytes()).unwrap();
        assert_eq!((event.data.seller, event.data.id), (wanted, None), "{seller}");
    }
}
