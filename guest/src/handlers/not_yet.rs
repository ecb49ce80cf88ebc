//! Exports that later versions fill in. Each answers that it is not supported; none pretends.

use super::Component;
use crate::bindings::exports::leaflink_sync::connector::{products, readiness, webhooks};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::Failure;

fn not_yet<T>(what: &str) -> Result<T, Failure> {
    Err(Failure::NotSupported(what.to_owned()))
}

impl products::Guest for Component {
    fn on_product_change(_product: products::Product) -> Result<wit::Decision, Failure> {
        not_yet("changes of products")
    }
}

impl webhooks::Guest for Component {
    fn on_webhook(_delivery: webhooks::Delivery) -> Result<webhooks::Received, Failure> {
        not_yet("webhooks")
    }
}

impl readiness::Guest for Component {
    fn check_list() -> Result<Vec<readiness::Check>, Failure> {
        not_yet("the set-up check-list")
    }
}
