//! Every write to LeafLink: it was decided and kept before it was sent, it goes no way back, and it
//! is made once.

use leaflink_sandbox::{Action, Method, Request};
use leaflink_sync_kit::host::http;
use leaflink_sync_kit::host::records::SalesOrderStatus;
use rust_decimal::Decimal;
use serde_json::Value;

use super::{goods, stock};
use crate::stage::NEW_PRODUCTS;
use crate::world::{World, action_of};

/// Judges a write that is about to be sent.
pub fn allowed(world: &mut World, request: &http::Request) {
    let path = request.path.as_str();
    let Some(queued) = &world.call.queued else {
        world.violations.push(format!("{path} was written to in a call that only reads"));
        return;
    };
    // No write without a wish that was committed before, nor without a decision in the journal.
    let mut segments = path.trim_matches('/').split('/');
    let (kind, id) = (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
    let (kept, decided) = match kind {
        "orders-received" => {
            (queued.contains_key(&format!("outbox/order/{id}")), world.memory.decided.contains_key(id))
        }
        "products" => {
            let body = body(request);
            let product = match id.parse::<u64>() {
                Ok(id) => world.memory.books.links.get(&id).map(String::as_str),
                Err(_) => {
                    NEW_PRODUCTS.iter().find(|(_, sku)| body["sku"] == *sku).map(|(product, _)| *product)
                }
            };
            let product = product.unwrap_or_default();
            let wish = match (id, body.as_object()) {
                ("", _) => format!("outbox/new-product/{product}"),
                (_, Some(fields)) if fields.contains_key("available_inventory") => {
                    format!("outbox/stock/{id}")
                }
                (_, Some(fields)) if fields.keys().eq(["wholesale_price"]) => format!("outbox/price/{id}"),
                _ => format!("outbox/listing/{product}"),
            };
            // What LeafLink is about to give back is held back first, which is part of that wish.
            let held_back = wish.starts_with("outbox/stock/") && queued.values().any(|it| gives_back(it, id));
            (queued.contains_key(&wish) || held_back, world.memory.decided.contains_key(product) || held_back)
        }
        "order-payments" => {
            let payment = mark_of(&body(request)).map(|(payment, _)| payment).unwrap_or_default();
            let kept = queued.contains_key(&format!("outbox/payment/{payment}"));
            (kept, world.memory.decided.contains_key(&payment))
        }
        _ => (false, false),
    };
    if !kept {
        world.violations.push(format!("{path} was written to, and no wish for it was kept before"));
    }
    if !decided {
        world.violations.push(format!("{path} was written to, and the journal has no decision about it"));
    }
    if action_of(path) == Some(Action::Reject) {
        let books = &world.memory.books;
        let canceled = books.order_of(id).is_some_and(|order| order.status == SalesOrderStatus::Canceled);
        if !canceled && !world.memory.may_be_rejected.contains(id) {
            world.violations.push(format!("LeafLink order {id} is rejected, and nobody called it off"));
        }
    }
}

/// Whether a queued write has LeafLink put units of a product on offer again.
fn gives_back(intent: &[u8], product: &str) -> bool {
    let intent: Value = serde_json::from_slice(intent).unwrap_or(Value::Null);
    intent["wish"]["order"]["gives_back"].get(product).is_some()
}

/// Judges what a write made of LeafLink.
pub fn took_effect(world: &mut World, request: &Request) {
    let path = request.path.trim_start_matches("/api/v2");
    if path.starts_with("/products/") {
        stock::confirmed(world, path, &request.body);
        if request.method == Method::Post {
            goods::made_once(world);
        }
    }
    if path.starts_with("/order-payments/") {
        once(world);
    }
}

/// A payment's mark is on one entry, and its negative's on another.
fn once(world: &mut World) {
    let payments = world.sandbox.payment_rows();
    for (at, payment) in payments.iter().enumerate() {
        if payments[..at].iter().any(|earlier| earlier.reason == payment.reason) {
            world.violations.push(format!(
                "LeafLink has `{}` twice: {} {} on order {}",
                payment.reason, payment.amount, payment.currency, payment.order
            ));
        }
    }
    if payments.last().is_some_and(|last| last.amount < Decimal::ZERO) {
        world.counters.hit("a payment was taken back in LeafLink");
    }
}

/// The ERP's id of the payment in an entry's text, and its mark.
pub fn mark_of(entry: &Value) -> Option<(String, String)> {
    let reason = entry["reason"].as_str()?;
    let mark = reason.rsplit_once('[')?.1.trim_end_matches(']');
    let payment = reason.split(' ').find(|word| word.starts_with("pay-"))?;
    Some((payment.to_owned(), mark.to_owned()))
}

fn body(request: &http::Request) -> Value {
    let body = request.body.as_deref().unwrap_or_default();
    serde_json::from_slice(body).unwrap_or(Value::Null)
}
