//! What happens to the integration itself, as steps write it.

use chrono::NaiveTime;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::webhooks::{PostedWebhook, WebhookWay};

/// What happens to the integration itself. Orders are named by LeafLink's short id or number.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs)] // The fields are plain.
pub enum SyncAct {
    /// A round of the sync; written `"sync": true`.
    Sync(#[serde(deserialize_with = "only_true")] ()),
    /// Stock is pushed, as it is every ten minutes, and written to LeafLink; written `"push_stock": true`.
    PushStock(#[serde(deserialize_with = "only_true")] ()),
    /// The ERP's process dies in the so-many-th call of `deliver` from now: what that call asked of
    /// LeafLink is done, what it wrote in the ERP is lost.
    Crash { delivery: u32 },
    /// One LeafLink order is looked at.
    LookAt(String),
    /// A person asks how a LeafLink order is decided upon.
    Explain(String),
    /// A person asks what a look at a LeafLink order would do.
    Preview(String),
    /// A person asks what a change of a sales order would do, named also by its own number.
    PreviewSalesOrder(String),
    /// A person asks what a change of a product in the ERP would do.
    PreviewProduct(String),
    /// A LeafLink user is connected to an ERP user.
    MapUser { staff: u64, user: String },
    /// A LeafLink user is disconnected.
    UnmapUser { staff: u64 },
    /// A company is connected to a LeafLink customer on the integration's own page.
    LinkCustomer { company: String, customer: u64 },
    /// A company is disconnected there.
    UnlinkCustomer { company: String },
    /// LeafLink's catalogue is read as far as it changed; written `"poll_products": true`.
    PollProducts(#[serde(deserialize_with = "only_true")] ()),
    /// A person opens the Unlinked Products tab with these products.
    SuggestLinks(Vec<String>),
    /// A person links a product, and may be refused.
    Link { product: String, leaflink_product: u64 },
    /// A person unlinks a product.
    Unlink { product: String },
    /// The ERP's background work runs until this time, as the component says what is due.
    RunUntil(#[serde(deserialize_with = "time_of_day")] NaiveTime),
    /// The ERP's background work runs for so many days, every hour, while nobody does anything.
    RunDays(u32),
    /// A person has a parked write tried again, named as `order/<short id>` or `payment/<id>`.
    RetryWrite(String),
    /// A person drops a parked write, and says why.
    DropWrite { write: String, why: String },
    /// A person opens the set-up check-list; written `"check_list": true`.
    CheckList(#[serde(deserialize_with = "only_true")] ()),
    /// A person asks for the drift report of these areas; all of them: `"drift": []`.
    Drift(Vec<AreaWord>),
    /// A person wants one difference repaired, named by its id, in which an order may be named by
    /// its short id.
    Repair(String),
    /// The ERP loses its notes of what people changed: the component never hears of it; written
    /// `"lose_changes": true`.
    LoseChanges(#[serde(deserialize_with = "only_true")] ()),
    /// How LeafLink's webhooks arrive from now on.
    Webhooks(WebhookWay),
    /// Every webhook comes again that came before; written `"repeat_webhooks": true`.
    RepeatWebhooks(#[serde(deserialize_with = "only_true")] ()),
    /// Somebody who is not LeafLink posts to the receiver of webhooks.
    PostWebhook(PostedWebhook),
    /// The settings are replaced.
    Settings(Map<String, Value>),
}

/// The verbs of [`SyncAct`].
pub(super) const SYNC_VERBS: [&str; 28] = [
    "sync",
    "push_stock",
    "crash",
    "look_at",
    "explain",
    "preview",
    "preview_sales_order",
    "preview_product",
    "map_user",
    "unmap_user",
    "link_customer",
    "unlink_customer",
    "poll_products",
    "suggest_links",
    "link",
    "unlink",
    "run_until",
    "run_days",
    "retry_write",
    "drop_write",
    "check_list",
    "drift",
    "repair",
    "lose_changes",
    "webhooks",
    "repeat_webhooks",
    "post_webhook",
    "settings",
];

fn time_of_day<'de, D: Deserializer<'de>>(source: D) -> Result<NaiveTime, D::Error> {
    let text = String::deserialize(source)?;
    NaiveTime::parse_from_str(&text, "%H:%M").map_err(|_| {
        serde::de::Error::custom(format!("found `{text}`, expected a time of day such as \"09:30\""))
    })
}

/// An area of the drift report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // The words are plain.
pub enum AreaWord {
    Products,
    Prices,
    Stock,
    Statuses,
    Payments,
}

fn only_true<'de, D: Deserializer<'de>>(source: D) -> Result<(), D::Error> {
    match bool::deserialize(source)? {
        true => Ok(()),
        false => Err(serde::de::Error::custom("found false, expected true")),
    }
}
