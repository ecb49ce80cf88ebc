//! `products`: a product as both sides have it, and the side that is behind.

use super::Component;
use crate::bindings::exports::leaflink_sync::connector::products::{Guest, Product as Which};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{self, Failure};
use crate::host::{products, webhooks};
use crate::rules::decision::Reason;
use crate::rules::ids::{LeafLinkProductId, ProductId};
use crate::rules::reasons::Code;

impl Guest for Component {
    fn on_product_change(which: Which) -> Result<wit::Decision, Failure> {
        let product = match &which {
            Which::Erp(id) => products::product(&ProductId(id.clone()))?.ok_or_else(|| {
                answer::reject(Reason::new(Code::ProductNotFound, format!("The ERP has no product {id}.")))
            })?,
            Which::Leaflink(id) => {
                let id = LeafLinkProductId(*id);
                webhooks::product_looked(id)?;
                match products::linked_to(&[id])?.pop() {
                    Some(product) => product,
                    None => return Ok(not_linked(id)),
                }
            }
        };
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

/// LeafLink announces every product; one that is linked to nothing is no concern of the ERP's.
fn not_linked(id: LeafLinkProductId) -> wit::Decision {
    wit::Decision {
        stream: wit::Stream::Products,
        subject: id.to_string(),
        label: format!("LeafLink product {id}"),
        outcome: wit::Outcome::Ignored,
        reasons: Vec::new(),
        effects: Vec::new(),
    }
}
