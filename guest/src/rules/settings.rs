//! The integration's settings: the guide's Settings tab, and what the facts add to it.
//!
//! [`DEFINITIONS`] is the one table that pages, validation and defaults come from.

use rust_decimal::Decimal;

use super::ids::{LocationId, ProductId, StaffId};
use super::sales_order::Status;
use super::sorted::Map;

/// What a setting holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Toggle,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// One location of the ERP, or none.
    Location,
    /// Any number of locations of the ERP.
    Locations,
    /// E-mail addresses.
    Emails,
    /// An amount of money, or none.
    Amount,
    /// A short text, or none.
    Text,
    /// The number of a LeafLink user (company staff id) as a text of digits, or none.
    Staff,
    /// Quantities by product of the ERP.
    Quantities,
    /// The address of a page, with `{id}` in it, or none.
    PageAddress,
}

/// One setting.
#[derive(Debug)]
pub struct Definition {
    /// The key in the settings document.
    pub key: &'static str,
    /// What a page calls it.
    pub title: &'static str,
    /// What it does, for the person who sets it.
    pub help: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// The value when it was never set, as JSON.
    pub default: &'static str,
}

const ERROR_RECIPIENTS: &str = "error-recipients";
const INVENTORY_LOCATIONS: &str = "inventory-locations";
const SYNC_INVENTORY: &str = "sync-inventory";
const SAFETY_BUFFERS: &str = "safety-buffers";
const SALES_ORDER_LOCATION: &str = "sales-order-location";
const USE_CUSTOMER_INVENTORY_SOURCE: &str = "use-customer-inventory-source";
const LINE_PLACEMENT: &str = "line-placement";
const ON_SUBMITTED: &str = "on-submitted";
const PRICE_FREEZE_STATUS: &str = "price-freeze-status";
const ON_DELIVERED: &str = "on-delivered";
const EXTERNAL_ID_KEY: &str = "external-id-key";
const PRODUCT_PAGE: &str = "leaflink-product-page";
const POLL_ORDERS: &str = "poll-orders-every";
const POLL_PRODUCTS: &str = "poll-products-every";
/// Minutes that people may choose between polls.
const MINUTES: &[&str] = &["5", "10", "15", "30", "60"];
const HOLD_TOTAL_DIFFERENCE: &str = "hold-total-difference-above";
const SYNC_PAYMENTS: &str = "sync-payments";
const PAYMENTS_RECORDED_BY: &str = "payments-recorded-by";
const PRODUCT_STATE: &str = "new-product-listing-state";
const CHOICES_AGE: &str = "product-choices-age";
const ON_TRANSFER_MATCHED: &str = "on-transfer-matched";
const SYNC_PRICES: &str = "sync-prices";

const MINUTE_MS: u64 = 60_000;

/// Every setting, in the order in which a page shows them.
pub const DEFINITIONS: &[Definition] = &[
    Definition {
        key: ERROR_RECIPIENTS,
        title: "Error recipient emails",
        help: "When orders, products or inventory do not sync, these people are told as well as the company's admins.",
        kind: Kind::Emails,
        default: "[]",
    },
    Definition {
        key: INVENTORY_LOCATIONS,
        title: "Location to use when syncing available inventory to LeafLink",
        help: "Pick the locations where your inventory is. Left blank, inventory of all locations counts.",
        kind: Kind::Locations,
        default: "[]",
    },
    Definition {
        key: SYNC_INVENTORY,
        title: "Sync available inventory to LeafLink",
        help: "Every 10 minutes LeafLink gets the available quantity of linked products that it manages. Off: LeafLink's quantities are left alone.",
        kind: Kind::Toggle,
        default: "true",
    },
    Definition {
        key: SAFETY_BUFFERS,
        title: "Safety buffers",
        help: "For each product, how many units LeafLink never gets to see. Left out, none.",
        kind: Kind::Quantities,
        default: "{}",
    },
    Definition {
        key: SALES_ORDER_LOCATION,
        title: "Default inventory location for LeafLink sales orders",
        help: "Sales orders that come from LeafLink get this inventory source. Left blank, they get none.",
        kind: Kind::Location,
        default: "null",
    },
    Definition {
        key: USE_CUSTOMER_INVENTORY_SOURCE,
        title: "Use customer's default inventory source as Sales Order inventory source",
        help: "A sales order of a customer with a Default Inventory Source gets that one; it goes before the company-wide location.",
        kind: Kind::Toggle,
        default: "false",
    },
    Definition {
        key: LINE_PLACEMENT,
        title: "Place lines at a location when the sales order has none",
        help: "`by-stock` fills each line from the first location that has all of it, or else most of it; `none` leaves the choice to you.",
        kind: Kind::Choice(&["none", "by-stock"]),
        default: "\"none\"",
    },
    Definition {
        key: ON_SUBMITTED,
        title: "What a submitted LeafLink order becomes",
        help: "`pending` waits for your review in the ERP; `processing` reserves its stock at once.",
        kind: Kind::Choice(&["pending", "processing"]),
        default: "\"pending\"",
    },
    Definition {
        key: PRICE_FREEZE_STATUS,
        title: "Status after which price changes to the order in LeafLink should be ignored",
        help: "From this sales-order status on, new prices in LeafLink are not taken over. Only prices are ignored, not other fields.",
        kind: Kind::Choice(&[
            "never",
            "pending",
            "processing",
            "ready-to-ship",
            "delivering",
            "delivered",
            "completed",
        ]),
        default: "\"never\"",
    },
    Definition {
        key: ON_DELIVERED,
        title: "What a delivered sales order makes of the LeafLink order",
        help: "`complete` finishes it; `shipped` leaves that to the sales order's completion.",
        kind: Kind::Choice(&["complete", "shipped"]),
        default: "\"complete\"",
    },
    Definition {
        key: EXTERNAL_ID_KEY,
        title: "LeafLink external-id key",
        help: "The key that LeafLink's support issued for your ERP. Linked orders carry the sales order's id under it. Left blank, nothing is written.",
        kind: Kind::Text,
        default: "null",
    },
    Definition {
        key: PRODUCT_PAGE,
        title: "Address of a product's page in LeafLink",
        help: "The LeafLink Product column links to it. Open any product in LeafLink, copy the address, and write {id} where the product's number stands. Left blank, names are shown without a link.",
        kind: Kind::PageAddress,
        default: "null",
    },
    Definition {
        key: PRODUCT_STATE,
        title: "Listing state of products made in LeafLink",
        help: "`Available` shows a new product to buyers at once; `Internal` and `Unavailable` leave that to you, in LeafLink.",
        kind: Kind::Choice(&["Available", "Internal", "Unavailable"]),
        default: "\"Available\"",
    },
    Definition {
        key: CHOICES_AGE,
        title: "How long LeafLink's lists for the product form are kept",
        help: "Licenses, brands, product lines, categories, subcategories and strains are read from LeafLink again after this time. The form can also refresh them at any time.",
        kind: Kind::Choice(&["10-minutes", "1-hour", "1-day", "1-week"]),
        default: "\"1-day\"",
    },
    Definition {
        key: HOLD_TOTAL_DIFFERENCE,
        title: "Hold orders whose total differs by more than",
        help: "LeafLink's total is compared with the sum of the order's parts. Left blank, a difference is reported and the order comes over.",
        kind: Kind::Amount,
        default: "null",
    },
    Definition {
        key: POLL_ORDERS,
        title: "Minutes between looks for changed orders in LeafLink",
        help: "While webhooks come, three times as long passes: they tell of changes at once.",
        kind: Kind::Choice(MINUTES),
        default: "\"10\"",
    },
    Definition {
        key: POLL_PRODUCTS,
        title: "Minutes between looks for changed products in LeafLink",
        help: "As for orders. Once a day the whole catalogue is read.",
        kind: Kind::Choice(MINUTES),
        default: "\"10\"",
    },
    Definition {
        key: SYNC_PRICES,
        title: "Sync Sale Price to LeafLink Wholesale Price",
        help: "The Sale Price of a product and the Wholesale Price of its LeafLink product follow each other, by Units Per Case when it is sold in multiples. When both changed, and when this is turned on, the ERP's price goes first. Off: no price is sent or taken.",
        kind: Kind::Toggle,
        default: "false",
    },
    Definition {
        key: SYNC_PAYMENTS,
        title: "Sync recorded payments to LeafLink",
        help: "Each invoice payment entered from now on is recorded on the LeafLink order; voiding or deleting it records the negative. Payments never come back from LeafLink.",
        kind: Kind::Toggle,
        default: "false",
    },
    Definition {
        key: PAYMENTS_RECORDED_BY,
        title: "LeafLink user who records payments of unconnected users",
        help: "The number of a LeafLink user (company staff id). LeafLink shows this user as the recorder when the ERP user who entered a payment is not connected. Left blank, such payments wait.",
        kind: Kind::Staff,
        default: "null",
    },
    Definition {
        key: ON_TRANSFER_MATCHED,
        title: "Status of a sales order once its Metrc transfer is matched",
        help: "The sales order moves to this status, and the LeafLink order follows. `leave-as-is` changes nothing.",
        kind: Kind::Choice(&[
            "completed",
            "delivered",
            "delivering",
            "ready-to-ship",
            "processing",
            "leave-as-is",
        ]),
        default: "\"completed\"",
    },
];

/// Whether lines are placed when the order has no inventory source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinePlacement {
    /// People choose.
    None,
    /// By what is where.
    ByStock,
}

/// What a submitted LeafLink order becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnSubmitted {
    /// A PENDING sales order.
    Pending,
    /// A PROCESSING sales order.
    Processing,
}

/// What a delivered sales order makes of the LeafLink order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDelivered {
    /// Complete: the retailer has it.
    Complete,
    /// Shipped; complete comes with the sales order's completion.
    Shipped,
}

/// The settings in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Told of errors besides the admins.
    pub error_recipients: Vec<String>,
    /// Where stock counts; empty: everywhere.
    pub inventory_locations: Vec<LocationId>,
    /// Whether LeafLink gets the available quantities.
    pub sync_inventory: bool,
    /// What is kept back of each product.
    pub safety_buffers: Map<ProductId, Decimal>,
    /// The inventory source of new sales orders.
    pub sales_order_location: Option<LocationId>,
    /// Whether a customer's own inventory source goes first.
    pub use_customer_inventory_source: bool,
    /// Whether lines are placed when the order has no inventory source.
    pub line_placement: LinePlacement,
    /// What a submitted order becomes.
    pub on_submitted: OnSubmitted,
    /// The sales-order status from which on LeafLink's prices are ignored.
    pub price_freeze_status: Option<Status>,
    /// What a delivered sales order makes of the LeafLink order.
    pub on_delivered: OnDelivered,
    /// The key of `external_ids` that carries the ERP's id.
    pub external_id_key: Option<String>,
    /// The address of a product's page in LeafLink, with `{id}` in it.
    pub product_page: Option<String>,
    /// The listing state of products that are made in LeafLink.
    pub new_product_state: String,
    /// How long LeafLink's lists for the product form are kept, in milliseconds.
    pub choices_age_ms: u64,
    /// The largest difference of totals that lets an order through; `None`: any does.
    pub hold_total_difference_above: Option<Decimal>,
    /// Minutes between two polls of orders.
    pub poll_orders_minutes: u64,
    /// Minutes between two polls of products.
    pub poll_products_minutes: u64,
    /// Whether sale prices and wholesale prices follow each other.
    pub sync_prices: bool,
    /// Whether payments are recorded in LeafLink.
    pub sync_payments: bool,
    /// Who records payments of users that are not connected.
    pub payments_recorded_by: Option<StaffId>,
    /// The status that a matched transfer moves a sales order to; `None`: it stays.
    pub on_transfer_matched: Option<Status>,
}

/// A checked value of one setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Of a toggle.
    Toggle(bool),
    /// Of a choice, a location, a text or an address.
    Text(Option<String>),
    /// Of locations or e-mails.
    Texts(Vec<String>),
    /// Of an amount.
    Amount(Option<Decimal>),
    /// Of quantities.
    Quantities(Map<String, Decimal>),
}

impl Settings {
    /// Takes the settings from checked values. A key that is absent, or of another kind than its
    /// definition says, keeps the default.
    pub fn from_values(values: &Map<String, Value>) -> Self {
        let texts = |key| match values.get(key) {
            Some(Value::Texts(texts)) => texts.clone(),
            _ => Vec::new(),
        };
        let text = |key| match values.get(key) {
            Some(Value::Text(text)) => text.clone(),
            _ => None,
        };
        Self {
            error_recipients: texts(ERROR_RECIPIENTS),
            inventory_locations: texts(INVENTORY_LOCATIONS).into_iter().map(LocationId).collect(),
            sync_inventory: values.get(SYNC_INVENTORY) != Some(&Value::Toggle(false)),
            safety_buffers: match values.get(SAFETY_BUFFERS) {
                Some(Value::Quantities(buffers)) => {
                    buffers.iter().map(|(product, buffer)| (ProductId(product.clone()), *buffer)).collect()
                }
                _ => Map::new(),
            },
            sales_order_location: text(SALES_ORDER_LOCATION).map(LocationId),
            use_customer_inventory_source: values.get(USE_CUSTOMER_INVENTORY_SOURCE)
                == Some(&Value::Toggle(true)),
            line_placement: match text(LINE_PLACEMENT).as_deref() {
                Some("by-stock") => LinePlacement::ByStock,
                _ => LinePlacement::None,
            },
            on_submitted: match text(ON_SUBMITTED).as_deref() {
                Some("processing") => OnSubmitted::Processing,
                _ => OnSubmitted::Pending,
            },
            price_freeze_status: match text(PRICE_FREEZE_STATUS).as_deref() {
                Some("pending") => Some(Status::Pending),
                Some("processing") => Some(Status::Processing),
                Some("ready-to-ship") => Some(Status::ReadyToShip),
                Some("delivering") => Some(Status::Delivering),
                Some("delivered") => Some(Status::Delivered),
                Some("completed") => Some(Status::Completed),
                _ => None,
            },
            on_delivered: match text(ON_DELIVERED).as_deref() {
                Some("shipped") => OnDelivered::Shipped,
                _ => OnDelivered::Complete,
            },
            external_id_key: text(EXTERNAL_ID_KEY),
            product_page: text(PRODUCT_PAGE),
            new_product_state: text(PRODUCT_STATE).unwrap_or_else(|| "Available".to_owned()),
            choices_age_ms: match text(CHOICES_AGE).as_deref() {
                Some("10-minutes") => 10 * MINUTE_MS,
                Some("1-hour") => 60 * MINUTE_MS,
                Some("1-week") => 7 * 24 * 60 * MINUTE_MS,
                _ => 24 * 60 * MINUTE_MS,
            },
            hold_total_difference_above: match values.get(HOLD_TOTAL_DIFFERENCE) {
                Some(Value::Amount(amount)) => *amount,
                _ => None,
            },
            poll_orders_minutes: minutes(text(POLL_ORDERS)),
            poll_products_minutes: minutes(text(POLL_PRODUCTS)),
            sync_prices: values.get(SYNC_PRICES) == Some(&Value::Toggle(true)),
            sync_payments: values.get(SYNC_PAYMENTS) == Some(&Value::Toggle(true)),
            payments_recorded_by: text(PAYMENTS_RECORDED_BY).and_then(|id| id.parse().ok()).map(StaffId),
            on_transfer_matched: match text(ON_TRANSFER_MATCHED).as_deref() {
                Some("delivered") => Some(Status::Delivered),
                Some("delivering") => Some(Status::Delivering),
                Some("ready-to-ship") => Some(Status::ReadyToShip),
                Some("processing") => Some(Status::Processing),
                Some("leave-as-is") => None,
                _ => Some(Status::Completed),
            },
        }
    }
}

fn minutes(chosen: Option<String>) -> u64 {
    chosen.and_then(|minutes| minutes.parse().ok()).unwrap_or(10)
}

impl Default for Settings {
    fn default() -> Self {
        Self::from_values(&Map::new())
    }
}

/// Whether a text can be an e-mail address: one `@`, something on both sides, no spaces or control
/// characters. Whether it exists, only the mail server knows.
pub fn is_email(text: &str) -> bool {
    let mut halves = text.split('@');
    let (Some(name), Some(domain), None) = (halves.next(), halves.next(), halves.next()) else {
        return false;
    };
    !name.is_empty()
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && text.len() <= 254
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c))
}

/// Whether a text can be the address of a page about one of many things: of a host on the web, with
/// `{id}` once behind it, and nothing that a browser would read otherwise than it is written.
pub fn is_page_address(text: &str) -> bool {
    let Some((host, path)) = text.strip_prefix("https://").and_then(|rest| rest.split_once('/')) else {
        return false;
    };
    let in_host = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    let in_path = |c: char| c.is_ascii_graphic() && !"\"'<>\\^`{|}".contains(c);
    text.len() <= 200
        && host.contains('.')
        && host.split('.').all(|label| !label.is_empty())
        && host.chars().all(in_host)
        && path
            .split_once("{id}")
            .is_some_and(|(before, after)| before.chars().chain(after.chars()).all(in_path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_address_is_of_the_web_and_names_the_thing() {
        for good in [
            "https://leaflink.example/products/{id}/",
            "https://app.leaflink.example/c/foxglove/product?id={id}&tab=1#top",
        ] {
            assert!(is_page_address(good), "{good}");
        }
        for bad in [
            "",
            "{id}",
            "https://leaflink.example/products/",
            "https://leaflink.example/{id}/{id}",
            "https://leaflink.example/{name}/{id}",
            "http://leaflink.example/{id}",
            "javascript:alert({id})",
            "https://{id}.example/",
            "https:///{id}",
            "https://leaflink/{id}",
            "https://leaflink..example/{id}",
            "https://someone@leaflink.example/{id}",
            "https://leaflink.example/a b/{id}",
            "https://leaflink.example/{id}\"onclick=",
        ] {
            assert!(!is_page_address(bad), "{bad}");
        }
        assert!(!is_page_address(&format!("https://leaflink.example/{}/{{id}}", "a".repeat(200))));
    }

    #[test]
    fn tells_addresses_from_other_text() {
        for good in ["a@b.example", "rae.okafor+ll@foxglove.example"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@b",
            "@b.example",
            "a@@b.example",
            "a b@c.example",
            "a@b.example\r\nBcc: x@y.example",
            "a@.example.",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
    }
}
