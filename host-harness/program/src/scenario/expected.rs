//! `expected.json`: the world after. A part that is left out is not compared; one that is there is
//! compared in full.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::document::{Document, Place, typed};

/// The world after.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Expected {
    /// Exactly these sales orders, each with at least `leaflink`, the LeafLink order's short id.
    pub sales_orders: Option<Vec<Map<String, Value>>>,
    /// Exactly these orders wait.
    pub held: Option<Vec<Held>>,
    /// Exactly these e-mails came; those with the same subject in this order.
    pub mails: Option<Vec<Mail>>,
    /// What came of each order that a step `look_at` named, in order.
    pub looks: Option<Vec<Look>>,
    /// By short id: the codes of what people were told about an order that was not held.
    pub notices: Option<BTreeMap<String, Vec<String>>>,
    /// Stock of these products at these places.
    pub stock: Option<Vec<Map<String, Value>>>,
    /// How often each request was sent to LeafLink, such as `GET /orders-received/`. Reads of the
    /// catalogue need no mention.
    pub requests: Option<BTreeMap<String, u64>>,
    /// LeafLink's side: these orders, each with at least `order`, the short id.
    pub leaflink_orders: Option<Vec<Map<String, Value>>>,
    /// LeafLink's side: these products, each with at least `product`, LeafLink's id.
    pub leaflink_products: Option<Vec<Map<String, Value>>>,
    /// What is computed for these products, each with at least `product`, the ERP's id.
    pub availability: Option<Vec<Map<String, Value>>>,
    /// Exactly these payments on LeafLink's orders, oldest first.
    pub leaflink_payments: Option<Vec<Map<String, Value>>>,
    /// By the ERP's id: what was last said of these products.
    pub products: Option<BTreeMap<String, Map<String, Value>>>,
    /// The ERP's side: these products, each with at least `product`, the ERP's id.
    pub erp_products: Option<Vec<Map<String, Value>>>,
    /// By the ERP's id: what was last said of these payments.
    pub payments: Option<BTreeMap<String, Map<String, Value>>>,
    /// By the ERP's id: what was last said of these transfers.
    pub transfers: Option<BTreeMap<String, Map<String, Value>>>,
    /// The journal has an entry about each of these subjects that contains these texts.
    pub journal: Option<Vec<Entry>>,
    /// The LeafLink customer of these companies.
    pub companies: Option<BTreeMap<String, Option<u64>>>,
    /// The own company's LeafLink brand.
    pub leaflink_brand: Option<u64>,
    /// The Users tab: these LeafLink users, each with at least `staff`.
    pub users: Option<Vec<Map<String, Value>>>,
    /// By LeafLink customer: exactly these companies are suggested, best first.
    pub customer_suggestions: Option<BTreeMap<u64, Vec<Map<String, Value>>>>,
    /// Exactly these suggestions were answered to the steps `suggest_links`, in order; `because` is a
    /// list of texts that the reason contains.
    pub link_suggestions: Option<Vec<Map<String, Value>>>,
    /// What came of each step `link` and `unlink`: the outcome, or the code of the refusal. Left
    /// out, none may be refused.
    pub link_outcomes: Option<Vec<String>>,
    /// The Linked Products tab: exactly these, in order.
    pub linked_products: Option<Vec<Map<String, Value>>>,
    /// The Unlinked Products tab: exactly these products, in order.
    pub unlinked_products: Option<Vec<String>>,
    /// What was answered to each step `drift`, in order: exactly these differences, each any of
    /// `id`, `area`, `label`, `field`, `leaflink`, `erp`, `cause` (`null`: unexplained), and
    /// `because` and `obstacle`, lists of texts that these contain.
    pub drift: Option<Vec<Vec<Map<String, Value>>>>,
    /// What came of each step `repair`, in order: each any of `outcome`, `reasons` (all codes),
    /// `effects` (all kinds), and `says`, a list of texts that the reasons' messages contain; or
    /// `rejected`, a code.
    pub repairs: Option<Vec<Map<String, Value>>>,
    /// What was answered to each step `explain`, in order.
    pub explains: Option<Vec<Answer>>,
    /// What was answered to each step `preview` and `preview_sales_order`, in order.
    pub previews: Option<Vec<Answer>>,
    /// Exactly these queued writes wait for a person, as `order/<short id>` or `payment/<id>`, each with
    /// the code of its reason.
    pub parked: Option<BTreeMap<String, String>>,
    /// What the last step `check_list` showed: each check by its title, whether it is done, and texts
    /// that its detail contains.
    pub check_list: Option<BTreeMap<String, Checked>>,
    /// Which alarms went to the journal: `code: raised` and `code: over`, in order.
    pub alarms: Option<Vec<String>>,
    /// How often each answer was given to webhooks, by its status.
    pub webhook_answers: Option<BTreeMap<u16, u64>>,
    /// Calls that failed; left out, none may.
    pub failures: Vec<Failure>,
}

/// An order that waits.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Held {
    /// The short id.
    pub order: String,
    /// A code for each blocking reason, or `code at field`.
    pub reasons: Vec<String>,
}

/// An e-mail.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mail {
    /// The whole subject.
    pub subject: String,
    /// The recipients, if they matter.
    pub to: Option<Vec<String>>,
    /// Texts that the body contains.
    #[serde(default)]
    pub contains: Vec<String>,
}

/// What came of a look at one order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Look {
    /// The short id.
    pub order: String,
    /// `applied`, `unchanged`, `held`, `ignored`, `refused` or `parked`.
    pub outcome: String,
}

/// An answer about one order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    /// Texts that its first two lines contain, as people read it.
    #[serde(default)]
    pub first_lines_contain: Vec<String>,
    /// Texts that it contains, as people read it.
    #[serde(default)]
    pub contains: Vec<String>,
    /// The order as the step names it.
    pub order: String,
    /// As in a look.
    pub outcome: Option<String>,
    /// The codes of all its reasons, in order.
    pub reasons: Option<Vec<String>>,
    /// The kinds of all its effects, in order.
    pub effects: Option<Vec<String>>,
    /// Of an explanation: what some of the rules said.
    pub verdicts: Option<BTreeMap<String, bool>>,
}

/// A line of the check-list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Checked {
    /// Whether nothing is left to do.
    pub done: bool,
    /// Texts that the detail contains.
    #[serde(default)]
    pub contains: Vec<String>,
}

/// An entry of the journal.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// The stable id of what it is about.
    pub subject: String,
    /// Texts that it contains, as people read it.
    pub contains: Vec<String>,
}

/// A call that failed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Failure {
    /// `poll`, `poll_products`, `suggest_links`, `deliver`, the short id of the order that was looked
    /// at, or the id of the payment, transfer or product.
    pub at: String,
    /// The code of the reason.
    pub code: String,
}

impl Expected {
    pub fn read(document: Document) -> anyhow::Result<Self> {
        let expected: Self = typed(document.value(), &Place::root(), &[&document])?;
        for (index, order) in expected.sales_orders.iter().flatten().enumerate() {
            if !order.get("leaflink").is_some_and(Value::is_string) {
                let place = Place::root().key("sales_orders").element(index);
                return Err(document.problem(&place, "expected `leaflink`, the LeafLink order's short id"));
            }
        }
        for (index, order) in expected.leaflink_orders.iter().flatten().enumerate() {
            if !order.get("order").is_some_and(Value::is_string) {
                let place = Place::root().key("leaflink_orders").element(index);
                return Err(document.problem(&place, "expected `order`, the LeafLink order's short id"));
            }
        }
        Ok(expected)
    }
}
