//! `products`: what happens to a product on either side.

pub mod price;

use super::Component;
use super::settings::in_force;
use crate::bindings::exports::leaflink_sync::connector::products::{Guest, Product as Moved};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{self, Failure};
use crate::host::prices::{self, Product};
use crate::host::webhooks;
use crate::rules::decision::Reason;
use crate::rules::ids::{LeafLinkProductId, ProductId};
use crate::rules::reasons::Code;

impl Guest for Component {
    fn on_product_change(product: Moved) -> Result<wit::Decision, Failure> {
        let decision = match pair(&product)? {
            Pair::Linked(product, leaflink) => {
                let settings = in_force()?;
                price::carry_out(price::look(product, leaflink, &settings)?, &settings)?
            }
            Pair::Alone(decision) => decision,
        };
        if let Moved::Leaflink(id) = product {
            webhooks::product_looked(LeafLinkProductId(id))?;
        }
        Ok(decision)
    }
}

/// What a look at a product would do.
pub fn foretell(product: &Moved) -> Result<wit::Decision, Failure> {
    match pair(product)? {
        Pair::Linked(product, leaflink) => price::foretell(price::look(product, leaflink, &in_force()?)?),
        Pair::Alone(decision) => Ok(decision),
    }
}

/// A product with what it is linked to.
enum Pair {
    /// Both sides are known.
    Linked(Product, LeafLinkProductId),
    /// There is no other side: what is to be said of it.
    Alone(wit::Decision),
}

fn pair(moved: &Moved) -> Result<Pair, Failure> {
    let (subject, label) = match moved {
        Moved::Erp(id) => {
            let id = ProductId(id.clone());
            let Some(product) = prices::product(&id)? else {
                let message = format!("The ERP has no product {id}.");
                return Err(answer::reject(Reason::new(Code::ProductNotFound, message)));
            };
            match product.leaflink {
                Some(leaflink) => return Ok(Pair::Linked(product, leaflink)),
                None => (id.0, product.name),
            }
        }
        Moved::Leaflink(id) => {
            let id = LeafLinkProductId(*id);
            match prices::linked_to(&[id])?.pop() {
                Some(product) => return Ok(Pair::Linked(product, id)),
                None => (id.to_string(), format!("LeafLink product {id}")),
            }
        }
    };
    let reason = Reason::new(Code::PriceWithoutLink, format!("{label} is linked to no other product."));
    Ok(Pair::Alone(wit::Decision {
        stream: wit::Stream::Prices,
        subject,
        label,
        outcome: wit::Outcome::Ignored,
        reasons: vec![answer::reason(&reason)],
        effects: Vec::new(),
    }))
}
