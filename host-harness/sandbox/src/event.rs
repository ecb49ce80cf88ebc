//! What a scenario can make happen in LeafLink, as data.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::decimal;
use crate::fault::Fault;
use crate::seed::OrderSeed;
use crate::world::{Action, OrderEdit, Source};

/// Something that people, buyers or LeafLink itself do.
///
/// Orders are named by their `number` or by their `short_id`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// An order is placed as it is given.
    PlaceOrder(Box<OrderSeed>),
    /// A buyer sends off a cart; medical and adult-use products become two orders.
    PlaceCart(Box<OrderSeed>),
    /// A person edits an order.
    EditOrder {
        /// Which.
        order: String,
        /// What changes.
        edit: Box<OrderEdit>,
    },
    /// A person moves an order on; the buyer's cancelling is among it.
    Transition {
        /// Which.
        order: String,
        /// What is done.
        action: Action,
        /// Who did it; a person by default.
        #[serde(default = "app")]
        source: Source,
    },
    /// Orders are merged into a new one.
    Combine {
        /// Which; at least one.
        orders: Vec<String>,
    },
    /// Other sales reps are put on an order.
    SetReps {
        /// Which.
        order: String,
        /// Staff ids.
        reps: Vec<u64>,
    },
    /// A customer record is edited.
    EditCustomer {
        /// Which.
        customer: u64,
        /// Fields as the API's PATCH takes them.
        fields: Map<String, Value>,
    },
    /// A product is edited.
    EditProduct {
        /// Which.
        product: u64,
        /// Fields as the API's PATCH takes them.
        fields: Map<String, Value>,
    },
    /// Quantities on hand are set.
    SetStock {
        /// Units by product id.
        #[serde(deserialize_with = "quantities")]
        quantities: BTreeMap<u64, Decimal>,
    },
    /// A product is archived, which is how LeafLink deletes.
    DeleteProduct {
        /// Which.
        product: u64,
    },
    /// A product is archived and made again, with another id and the same name and code.
    RecreateProduct {
        /// Which.
        product: u64,
    },
    /// A row leaves a list that products refer to.
    RemoveChoice {
        /// The list, as its path names it: `brands`.
        list: String,
        /// Which row.
        id: u64,
    },
    /// Something is made to go wrong.
    Fault(Fault),
}

fn app() -> Source {
    Source::App
}

fn quantities<'de, D: serde::Deserializer<'de>>(source: D) -> Result<BTreeMap<u64, Decimal>, D::Error> {
    #[derive(Deserialize)]
    struct Quoted(#[serde(deserialize_with = "decimal::required")] Decimal);

    let quoted = BTreeMap::<u64, Quoted>::deserialize(source)?;
    Ok(quoted.into_iter().map(|(id, quantity)| (id, quantity.0)).collect())
}
