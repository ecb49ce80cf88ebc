//! `products`: a product as both sides have it, and the side that is behind.

use super::Component;
use crate::bindings::exports::leaflink_sync::connector::products::{Guest, Product as Which};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{self, Failure};
use crate::host::products;
use crate::rules::decision::Reason;
use crate::rules::ids::{LeafLinkProductId, ProductId};
use crate::rules::reasons::Code;

impl Guest for Component {
    fn on_product_change(which: Which) -> Result<wit::Decision, Failure> {
        let found = match &which {
            Which::Erp(id) => products::product(&ProductId(id.clone()))?.ok_or_else(|| {
                answer::reject(Reason::new(Code::ProductNotFound, format!("The ERP has no product {id}.")))
            }),
            Which::Leaflink(id) => {
                let linked = products::linked_to(&[LeafLinkProductId(*id)])?.pop();
                linked.ok_or_else(|| {
                    let message = format!("LeafLink product {id} is linked to no product of the ERP.");
                    answer::reject(Reason::new(Code::ProductNotFound, message))
                })
            }
        };
        let product = found?;
        Ok(wit::Decision {
            stream: wit::Stream::Products,
            subject: product.id.0,
            label: product.name,
            outcome: wit::Outcome::Unchanged,
            reasons: Vec::new(),
            effects: Vec::new(),
        })
    }
}
