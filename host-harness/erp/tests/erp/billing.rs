//! Invoices and payments.

use leaflink_sync_kit::host::records::{Payment, PaymentMethod, PaymentState, SalesOrderStatus};
use reference_erp::NewPayment;

use crate::support::{GUMMIES, Shop, dec, draft, line, shop, told, usd};

fn invoiced() -> (Shop, String, String) {
    let shop = shop();
    let order = shop.create(draft("n-1", vec![line(GUMMIES, "10", 1)])).unwrap();
    let invoice = shop.erp.people(&shop.id).create_invoice(&order).unwrap();
    (shop, order, invoice)
}

fn payment(invoice: &str, amount: &str) -> NewPayment {
    NewPayment {
        invoice: invoice.into(),
        amount: dec(amount),
        method: PaymentMethod::BankTransfer,
        paid_at_ms: 500,
        recorded_by: "u-rae".into(),
        description: Some("first half".into()),
    }
}

fn read(shop: &Shop, id: &str) -> Payment {
    let ids = [id.to_owned()];
    shop.call(|records| records.get_payments(&ids)).unwrap().remove(0)
}

#[test]
fn an_invoice_bills_the_order_as_it_is() {
    let (shop, order, invoice) = invoiced();
    let invoices = shop.call(|records| records.invoices_of_sales_order(&order)).unwrap();
    assert_eq!((invoices[0].id.as_str(), invoices[0].number.as_str()), (&*invoice, "INV-1001"));
    assert_eq!(invoices[0].total, usd("90.00"));
    let people = shop.erp.people(&shop.id);
    people.cancel_sales_order(&order).unwrap();
    assert!(told(people.create_invoice(&order)).contains("CANCELED and cannot be invoiced"));
}

#[test]
fn a_payment_is_posted_now_and_paid_when_it_was_paid() {
    let (shop, order, invoice) = invoiced();
    let people = shop.erp.people(&shop.id);
    let id = people.post_payment(&payment(&invoice, "45.00")).unwrap();
    let payment = read(&shop, &id);
    assert_eq!(payment.amount, usd("45.00"));
    assert_eq!(payment.method, PaymentMethod::BankTransfer);
    assert_eq!(payment.state, PaymentState::Posted);
    assert_eq!(payment.paid_at_ms, 500);
    assert!(payment.posted_at_ms >= 1_000);
    assert_eq!((payment.invoice, payment.sales_order), (invoice, order.clone()));
    let all = shop.call(|records| records.payments_of_sales_order(&order)).unwrap();
    assert_eq!(all.len(), 1);
}

#[test]
fn voided_and_deleted_payments_stay_readable() {
    let (shop, _, invoice) = invoiced();
    let people = shop.erp.people(&shop.id);
    let id = people.post_payment(&payment(&invoice, "45.00")).unwrap();
    people.void_payment(&id).unwrap();
    assert_eq!(read(&shop, &id).state, PaymentState::Voided);
    assert!(told(people.void_payment(&id)).contains("voided already"));
    people.delete_payment(&id).unwrap();
    assert_eq!(read(&shop, &id).state, PaymentState::Deleted);
    assert!(told(people.delete_payment(&id)).contains("deleted already"));
    assert!(told(people.void_payment(&id)).contains("is deleted"));
    assert_eq!(told(people.void_payment("pay-9")), "not found: pay-9");
}

#[test]
fn payments_that_break_a_rule_are_refused() {
    let (shop, order, invoice) = invoiced();
    let people = shop.erp.people(&shop.id);
    for amount in ["0", "-1", "1.005"] {
        let why = told(people.post_payment(&payment(&invoice, amount)));
        assert!(why.contains("above zero and exact to the cent"), "{why}");
    }
    assert_eq!(told(people.post_payment(&payment("inv-9", "1"))), "not found: inv-9");
    let mut stranger = payment(&invoice, "1");
    stranger.recorded_by = "u-none".into();
    assert_eq!(told(people.post_payment(&stranger)), "not found: u-none");
    people.cancel_sales_order(&order).unwrap();
    assert!(told(people.post_payment(&payment(&invoice, "1"))).contains("INV-1001 is voided"));
}

#[test]
fn an_order_with_a_posted_payment_is_not_deleted() {
    let (shop, order, invoice) = invoiced();
    let people = shop.erp.people(&shop.id);
    let id = people.post_payment(&payment(&invoice, "45.00")).unwrap();
    assert!(told(people.delete_sales_order(&order, None)).contains("void or delete it"));
    people.delete_payment(&id).unwrap();
    people.delete_sales_order(&order, None).unwrap();
    // The component can still look at what happened to the payment.
    assert_eq!(read(&shop, &id).state, PaymentState::Deleted);
    let invoices = shop.call(|records| records.invoices_of_sales_order(&order)).unwrap();
    assert!(invoices[0].voided);
}

#[test]
fn invoices_and_manifests_carry_leaflinks_order_number() {
    let (shop, _, invoice) = invoiced();
    let number = shop.call(|records| records.invoices_of_sales_order("so-1001")).unwrap().remove(0).number;
    let documents = shop.erp.documents(&shop.id, None).unwrap();
    assert_eq!((documents.len(), documents[0].number.as_str()), (1, number.as_str()), "{invoice}");
    let leaflink = documents[0].leaflink_order.clone().unwrap();
    assert_eq!(shop.erp.documents(&shop.id, Some(&leaflink.to_uppercase())).unwrap(), documents);
    assert_eq!(shop.erp.documents(&shop.id, Some("no such number")).unwrap(), []);

    let people = shop.erp.people(&shop.id);
    people.set_status("so-1001", SalesOrderStatus::Processing).unwrap();
    people.create_transfer_template("so-1001").unwrap();
    let manifest = shop.erp.documents(&shop.id, Some(&leaflink)).unwrap().remove(1);
    assert_eq!(manifest.kind, "SHIPPING_MANIFEST");
    assert_eq!(manifest.leaflink_order.as_deref(), Some(leaflink.as_str()));
}
