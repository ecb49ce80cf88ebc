//! Where LeafLink's description contradicts the examples printed in it.
//!
//! The examples are output of the running system, so they win; but only in these places, and only as
//! far as they show. A test takes each place of [`SHOWN`] out in turn and expects an example to fail
//! without it, so none can be listed there that LeafLink itself does not prove.

use serde_json::Value;

/// What a place takes besides what is described.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Also {
    /// A number.
    Number,
    /// A text.
    Text,
    /// True or false.
    Boolean,
    /// Null.
    Null,
    /// An object.
    Object,
    /// A list of texts.
    Texts,
    /// Nothing at all: the property is listed as required and may be left out.
    Absent,
}

/// Schema, properties, and what they take besides.
type Row = (&'static str, &'static [&'static str], Also);

/// The places that LeafLink's own examples contradict.
///
/// A schema inside an operation is named after the operation. A `*` stands for any text. A property
/// that its schema does not have is listed when an example has it in a request; in answers such
/// properties are allowed anyway.
const SHOWN: &[Row] = &[
    // Money is described as {"amount": "108.00"}, and sent and received as {"amount": 108}.
    ("*", &["*.amount"], Also::Number),
    // GET /orders-received/: "payment_balance": 210.4, "is_combination": false,
    // "available_transitions": ["fulfilled", "rejected"], "delivery_info": null.
    ("OrderResponse", &["payment_balance"], Also::Number),
    ("OrderResponse", &["is_combination"], Also::Boolean),
    ("OrderResponse", &["available_transitions"], Also::Texts),
    ("OrderResponse", &["delivery_info"], Also::Null),
    // POST /orders-received/: "ext_acct_id": null, "selected_payment_option": {...}.
    ("OrderCreate", &["ext_acct_id"], Also::Null),
    ("OrderCreate", &["selected_payment_option"], Also::Object),
    // POST /line-items/: "product": 2093, "quantity": 10.
    ("LineItemCreate", &["product", "quantity"], Also::Number),
    // GET /products/: "available_inventory": 680, "children_count": 0, "image_count": 1,
    // "inventory_management": 1, "has_deals_eligible_children": false, "price_schedule_price": {...}.
    (
        "Product*Response",
        &["available_inventory", "children_count", "image_count", "inventory_management"],
        Also::Number,
    ),
    ("Product*Response", &["has_deals_eligible_children"], Also::Boolean),
    ("Product*Response", &["price_schedule_price"], Also::Object),
    // GET /products/: null in all of these; nothing in this schema is marked nullable.
    (
        "Product*Response",
        &[
            "base_units_per_unit",
            "drop_date",
            "dropped",
            "extern_acct_id",
            "extern_sts_ids",
            "grow_type",
            "maximum_order",
            "parent",
            "tagline",
        ],
        Also::Null,
    ),
    // POST /products/: "inventory_management": 1, "maximum_order": null, a "display_name", and no
    // "sub_category".
    ("ProductCreate", &["inventory_management"], Also::Number),
    ("ProductCreate", &["maximum_order"], Also::Null),
    ("ProductCreate", &["display_name"], Also::Text),
    ("ProductCreate", &["sub_category"], Also::Absent),
    // PATCH /products/{id}/: "quantity": 2000.
    ("ProductUpdate", &["quantity"], Also::Number),
    // GET /buyer/orders/: ids are numbers, and these are null.
    ("BuyerOrderResponse", &["*.id"], Also::Number),
    ("BuyerLicense", &["id"], Also::Number),
    (
        "BuyerOrderResponse",
        &[
            "*.unit_number",
            "buyer.phone",
            "delivered_date",
            "line_items[].product.base_units_per_unit",
            "payment_due_date",
            "payment_term",
            "ship_date",
            "shipping_details",
        ],
        Also::Null,
    ),
    ("GET /buyer/orders/ response", &["next", "previous"], Also::Null),
];

/// The places that no example covers, and that are known to be described wrongly all the same.
const OBSERVED: &[Row] = &[
    // A line item of the running system, published by an integrator: "product" and "order_id" are
    // numbers, "package_tags" is null.
    ("LineItemResponse", &["product", "order_id"], Also::Number),
    ("LineItemResponse", &["package_tags"], Also::Null),
    // A line that is money only names no product.
    ("LineItemResponse", &["product"], Also::Null),
    // Read-only and described as text, as "is_combination" is, whose example is a boolean.
    ("LightOrderTax", &["auto_apply"], Also::Boolean),
    // What nobody filled in. Nothing in these schemas is marked nullable, and the only example of
    // such a record, a buyer's, has "unit_number": null, "phone": null.
    ("Address", &["*"], Also::Null),
    ("OrderResponse", &["*.unit_number"], Also::Null),
    ("CustomerResponse", &["*"], Also::Null),
    // OrderCreate lets it be null, so the answer to such an order has to show that.
    ("OrderResponse", &["facility_id"], Also::Null),
];

/// Lists that a query parameter (`include_children`) adds to an answer, as its prose says, but that
/// the schema of the answer lacks: the place, and the schema of the items.
const CHILDREN: &[(&str, &str)] = &[("OrderResponse.line_items", "LineItemResponse")];

/// The schema of the items in a list that the schema at `location` does not mention.
pub(super) fn child_schema(location: &str) -> Option<&'static str> {
    CHILDREN.iter().find_map(|(place, items)| (*place == location).then_some(*items))
}

/// One place that is described wrongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Contradiction {
    schema: &'static str,
    property: &'static str,
    /// What it takes besides what is described.
    pub(super) also: Also,
}

/// All known contradictions, one a property.
pub(super) fn known() -> Vec<Contradiction> {
    flatten(SHOWN).chain(flatten(OBSERVED)).collect()
}

/// Those that an example of LeafLink proves.
#[cfg(test)]
pub(super) fn shown() -> Vec<Contradiction> {
    flatten(SHOWN).collect()
}

fn flatten(rows: &'static [Row]) -> impl Iterator<Item = Contradiction> {
    rows.iter().flat_map(|(schema, properties, also)| {
        properties.iter().map(|property| Contradiction { schema, property, also: *also })
    })
}

impl Contradiction {
    /// Whether this is about `location`: a schema, a dot, and the way to a property in it.
    pub(super) fn covers(&self, location: &str) -> bool {
        location.split_once('.').is_some_and(|(schema, property)| {
            matches(self.schema, schema) && matches(self.property, property)
        })
    }
}

impl Also {
    pub(super) fn accepts(self, value: &Value) -> bool {
        match self {
            Self::Number => value.is_number(),
            Self::Text => value.is_string(),
            Self::Boolean => value.is_boolean(),
            Self::Null => value.is_null(),
            Self::Object => value.is_object(),
            Self::Texts => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
            Self::Absent => false,
        }
    }
}

/// Compares with a pattern that has at most one `*`, for any text.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => text.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)),
        None => pattern == text,
    }
}
