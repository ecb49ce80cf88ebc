//! `products`: a product as both sides have it, and the side that is behind.

pub mod listing;

use super::Component;
use super::settings::in_force;
use crate::bindings::exports::leaflink_sync::connector::products::{Guest, Product as Moved};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{self, Failure};
use crate::host::products;
use crate::rules::decision::Reason;
use crate::rules::ids::{LeafLinkProductId, ProductId};
use crate::rules::reasons::Code;

impl Guest for Component {
    fn on_product_change(moved: Moved) -> Result<wit::Decision, Failure> {
        let settings = in_force()?;
        let id = match &moved {
            Moved::Erp(id) => Some(ProductId(id.clone())),
            Moved::Leaflink(id) => products::linked_to(&[LeafLinkProductId(*id)])?.pop().map(|it| it.id),
        };
        let look = match &id {
            Some(id) => listing::look(id, matches!(moved, Moved::Erp(_)), true, &settings)?,
            None => None,
        };
        match (look, moved) {
            (Some(look), _) => listing::carry_out(look, &settings),
            (None, Moved::Erp(id)) => {
                let message = format!("The ERP has no product {id}.");
                Err(answer::reject(Reason::new(Code::ProductNotFound, message)))
            }
            (None, Moved::Leaflink(id)) => Ok(wit::Decision {
                stream: wit::Stream::Products,
                subject: id.to_string(),
                label: format!("LeafLink product {id}"),
                outcome: wit::Outcome::Ignored,
                reasons: Vec::new(),
                effects: Vec::new(),
            }),
        }
    }
}
