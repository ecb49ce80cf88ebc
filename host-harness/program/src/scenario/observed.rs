//! What is there after the last step, in the words and the layout of `expected.json`.

mod billing;
mod drift;
mod products;
mod records;
mod upkeep;

use std::collections::BTreeMap;

use leaflink_sync_kit::host::types::{Decision, Outcome, Reason, Severity, Stream};
use leaflink_sync_transport::CaughtMail;
use serde_json::{Value, json};

use super::expected::Expected;
use super::progress::Progress;
use crate::explained;
use crate::host::Request;
use crate::stage::Stage;
use leaflink_sync_kit::words;

/// Records read in one go.
const PAGE: u32 = 500;

/// A blocking reason: its code, and where in LeafLink's JSON the trouble is.
pub(super) type Blocking = (String, Option<String>);

/// The world after.
#[derive(Debug, Default)]
pub(super) struct Observed {
    /// By LeafLink's short id; those of other origin by their number.
    pub sales_orders: BTreeMap<String, Value>,
    /// By short id: a `(code, field)` for each blocking reason.
    pub held: BTreeMap<String, Vec<Blocking>>,
    pub mails: Vec<CaughtMail>,
    /// Short id and outcome.
    pub looks: Vec<(String, String)>,
    /// By short id: codes, in alphabetical order.
    pub notices: BTreeMap<String, Vec<String>>,
    pub stock: Vec<Value>,
    pub requests: BTreeMap<String, u64>,
    /// Requests that the sync has no business to send.
    pub odd_requests: Vec<String>,
    /// Calls that wrote to either side and have no decision with an effect in the journal.
    pub unjournaled: Vec<String>,
    /// The code of each parked write's reason.
    pub parked: BTreeMap<String, String>,
    /// Alarms in the journal, in order.
    pub alarms: Vec<String>,
    /// By title: whether it is done, and the detail.
    pub check_list: BTreeMap<String, (bool, String)>,
    /// How often each answer was given to webhooks, by its status.
    pub webhook_answers: BTreeMap<u16, u64>,
    /// `poll`, `deliver` or short id, and code.
    pub failures: Vec<(String, String)>,
    /// Every order of LeafLink's, by short id.
    pub leaflink_orders: BTreeMap<String, Value>,
    /// Every product of LeafLink's.
    pub leaflink_products: Vec<Value>,
    /// What is computed for every linked product; read only if it is expected.
    pub availability: Vec<Value>,
    /// Every payment on LeafLink's orders, oldest first.
    pub leaflink_payments: Vec<Value>,
    /// What was last said of products, by the ERP's id.
    pub products: BTreeMap<String, Value>,
    /// Every product of the ERP's, by id.
    pub erp_products: Vec<Value>,
    /// What was last said of payments, by the ERP's id.
    pub payments: BTreeMap<String, Value>,
    /// What was last said of transfers, by the ERP's id.
    pub transfers: BTreeMap<String, Value>,
    /// Every entry of the journal: what it is about, and its text.
    pub journal: Vec<(String, String)>,
    /// The LeafLink customer of every company.
    pub companies: BTreeMap<String, Option<u64>>,
    /// The own company's LeafLink brand.
    pub leaflink_brand: Option<u64>,
    /// The Users tab; read only if it is expected.
    pub users: Vec<Value>,
    /// By LeafLink customer, for those that are expected: the companies that it may be.
    pub customer_suggestions: BTreeMap<u64, Vec<Value>>,
    /// What was suggested for products, in the order of the steps.
    pub link_suggestions: Vec<Value>,
    /// What came of each step that links or unlinks a product.
    pub link_outcomes: Vec<Result<&'static str, String>>,
    /// The Linked Products tab; read only if it is expected.
    pub linked_products: Vec<Value>,
    /// The Unlinked Products tab; read only if it is expected.
    pub unlinked_products: Vec<String>,
    /// What was answered to each step `drift`.
    pub drift: Vec<Vec<Value>>,
    /// What came of each step `repair`.
    pub repairs: Vec<Value>,
    /// What was answered to each question, in the layout of `expected.json`; and as text.
    pub explains: Vec<(Value, String)>,
    /// As above.
    pub previews: Vec<(Value, String)>,
}

impl Observed {
    /// Reads the world after. What only answers when asked is asked if `expected` wants it.
    pub fn of(stage: &Stage, progress: Progress, expected: &Expected) -> anyhow::Result<Self> {
        let names = Names::of(stage);
        // Taken before the questions below, which are no part of the story.
        let (requests, unjournaled) = {
            let seen = stage.host().seen();
            (seen.requests.clone(), seen.unjournaled.clone())
        };
        let short = |(number, word): (String, String)| (names.short(&number), word);
        Ok(Self {
            sales_orders: records::sales_orders(stage)?,
            held: held(stage, &names)?,
            mails: stage.mails(),
            looks: progress
                .looked_at
                .into_iter()
                .map(|(number, outcome)| (names.short(&number), outcome.to_owned()))
                .collect(),
            notices: notices(stage, &names)?,
            stock: records::stock(stage)?,
            unjournaled,
            odd_requests: requests.iter().filter(|request| is_odd(request)).map(plain).collect(),
            requests: counted(&requests, &names),
            parked: upkeep::parked(stage, &names)?,
            alarms: upkeep::alarms(&journal(stage)?),
            check_list: upkeep::check_list(progress.checked),
            webhook_answers: stage.webhook_answers().into_iter().fold(
                BTreeMap::new(),
                |mut counts, status| {
                    *counts.entry(status).or_default() += 1;
                    counts
                },
            ),
            failures: progress.failures.into_iter().map(short).collect(),
            leaflink_orders: leaflink_orders(stage),
            leaflink_products: leaflink_products(stage),
            availability: if expected.availability.is_some() { availability(stage)? } else { Vec::new() },
            leaflink_payments: billing::leaflink_payments(stage, &names),
            products: billing::last_words(&progress.products),
            erp_products: records::products(stage)?,
            payments: billing::last_words(&progress.payments),
            transfers: billing::last_words(&progress.transfers),
            journal: journal(stage)?
                .iter()
                .map(|decision| (decision.subject.clone(), explained::decision(decision)))
                .collect(),
            companies: records::companies(stage)?,
            leaflink_brand: records::leaflink_brand(stage)?,
            users: if expected.users.is_some() { users(stage)? } else { Vec::new() },
            customer_suggestions: expected
                .customer_suggestions
                .iter()
                .flatten()
                .map(|(customer, _)| Ok((*customer, customer_suggestions(stage, *customer)?)))
                .collect::<anyhow::Result<_>>()?,
            link_suggestions: progress.suggested.iter().map(products::suggestion).collect(),
            link_outcomes: progress.linked,
            linked_products: match &expected.linked_products {
                Some(_) => products::linked(stage)?,
                None => Vec::new(),
            },
            unlinked_products: match &expected.unlinked_products {
                Some(_) => products::unlinked(stage)?,
                None => Vec::new(),
            },
            drift: progress.drift.iter().map(|report| drift::differences(report, &names)).collect(),
            repairs: progress.repaired.iter().map(drift::repair).collect(),
            explains: progress
                .explained
                .iter()
                .map(|(order, explanation)| {
                    let verdicts: BTreeMap<_, _> =
                        explanation.verdicts.iter().map(|verdict| (&verdict.rule, verdict.passed)).collect();
                    let mut answer = answer(order, &explanation.decision);
                    answer["verdicts"] = json!(verdicts);
                    (answer, explained::text(explanation))
                })
                .collect(),
            previews: progress
                .previewed
                .iter()
                .map(|(order, decision)| (answer(order, decision), explained::decision(decision)))
                .collect(),
        })
    }
}

/// A decision in the layout of `expected.json`.
fn answer(order: &str, decision: &Decision) -> Value {
    json!({
        "order": order,
        "outcome": words::outcome(decision.outcome),
        "reasons": decision.reasons.iter().map(|reason| reason.code.as_str()).collect::<Vec<_>>(),
        "effects": decision.effects.iter().map(|effect| effect.kind.as_str()).collect::<Vec<_>>(),
    })
}

/// LeafLink's short ids by the numbers that its API uses.
struct Names(BTreeMap<String, String>);

impl Names {
    fn of(stage: &Stage) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let orders = stage.sandbox().orders();
        Self(orders.iter().map(|order| (text(&order["number"]), text(&order["short_id"]))).collect())
    }

    fn short(&self, number: &str) -> String {
        self.0.get(number).map_or(number, String::as_str).to_owned()
    }
}

fn held(stage: &Stage, names: &Names) -> anyhow::Result<BTreeMap<String, Vec<Blocking>>> {
    let mut held = BTreeMap::new();
    let mut after = None;
    loop {
        let page = stage.calls().held_orders(after.as_deref(), PAGE)?;
        let Some(last) = page.last() else { return Ok(held) };
        after = Some(last.number.clone());
        for order in page {
            held.insert(names.short(&order.number), blocking(&order.reasons));
        }
    }
}

fn blocking(reasons: &[Reason]) -> Vec<Blocking> {
    let blocking = reasons.iter().filter(|reason| reason.severity == Severity::Blocking);
    blocking.map(|reason| (reason.code.clone(), reason.field.clone())).collect()
}

fn notices(stage: &Stage, names: &Names) -> anyhow::Result<BTreeMap<String, Vec<String>>> {
    let mut notices = BTreeMap::new();
    for decision in journal(stage)? {
        if decision.stream == Stream::Orders && decision.outcome != Outcome::Held {
            let mut codes: Vec<_> = decision.reasons.into_iter().map(|reason| reason.code).collect();
            codes.sort();
            notices.insert(names.short(&decision.subject), codes);
        }
    }
    Ok(notices)
}

/// Every decision, oldest first.
fn journal(stage: &Stage) -> anyhow::Result<Vec<Decision>> {
    let mut decisions = Vec::new();
    let mut after = 0;
    loop {
        let page = stage.erp().journal(stage.company(), after, PAGE)?;
        let Some(last) = page.last() else { return Ok(decisions) };
        after = last.id;
        decisions.extend(page.into_iter().map(|entry| entry.decision));
    }
}

fn counted(requests: &[Request], names: &Names) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for request in requests {
        let segments: Vec<_> = request.path.split('/').map(|segment| names.short(segment)).collect();
        *counts.entry(format!("{} {}", request.method, segments.join("/"))).or_default() += 1;
    }
    counts
}

/// Lists that the product form offers choices from.
pub(super) const CHOICES: [&str; 7] = [
    "/brands/",
    "/licenses/",
    "/product-lines/",
    "/product-categories/",
    "/product-subcategories/",
    "/strains/",
    "/companies/",
];

/// The sync reads orders, people and the catalogue, and writes to orders, products and payments, in
/// `deliver` alone.
fn is_odd(request: &Request) -> bool {
    const ORDERS: &str = "/orders-received/";
    const PRODUCTS: &str = "/products/";
    if request.method != "GET" {
        let written = [ORDERS, PRODUCTS].iter().any(|known| request.path.starts_with(known));
        let recorded = request.method == "POST" && request.path == "/order-payments/";
        return request.call != "deliver" || !(written || recorded);
    }
    let known = [ORDERS, PRODUCTS, "/order-sales-reps/", "/company-staff/", "/customers/"];
    !known.iter().chain(&CHOICES).any(|known| request.path.starts_with(known))
}

fn leaflink_orders(stage: &Stage) -> BTreeMap<String, Value> {
    let orders = stage.sandbox().orders();
    let key = |order: &Value| order["short_id"].as_str().unwrap_or_default().to_owned();
    orders.into_iter().map(|order| (key(&order), order)).collect()
}

fn leaflink_products(stage: &Stage) -> Vec<Value> {
    let products = stage.sandbox().products();
    let short = |number: &Value| records::number(number.as_str().unwrap_or_default());
    let product = products.into_iter().map(|mut product| {
        // Besides LeafLink's own fields, figures in the words of this file.
        product["product"] = product["id"].clone();
        product["available"] = records::number(&product["available_inventory"].to_string()).into();
        product["quantity"] = short(&product["quantity"]).into();
        product["reserved"] = short(&product["reserved_qty"]).into();
        product["minimum_order"] = short(&product["minimum_order"]).into();
        product["maximum_order"] = short(&product["maximum_order"]).into();
        product["units_per_case"] = product["unit_multiplier"].clone();
        for price in ["wholesale_price", "sale_price", "retail_price"] {
            let amount = product[price]["amount"].to_string();
            product[price] = records::money(amount.trim_matches('"')).into();
        }
        product
    });
    product.collect()
}

fn availability(stage: &Stage) -> anyhow::Result<Vec<Value>> {
    let mut figures = Vec::new();
    let mut after = None;
    loop {
        let page = stage.calls().compute_inventory(&[], after.as_deref())?;
        figures.extend(page.products);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let figure = figures.iter().map(|figure| {
        json!({
            "product": figure.product,
            "available": figure.available,
            "active": figure.active,
            "reserved": figure.reserved,
            "held_back": figure.held_back,
            "safety_buffer": figure.safety_buffer,
            "rounded_off": figure.rounded_off,
            "shown": figure.shown,
            "confirmed": figure.confirmed,
            "differs": figure.differs,
            "reasons": figure.reasons.iter().map(|reason| reason.code.as_str()).collect::<Vec<_>>(),
        })
    });
    Ok(figure.collect())
}

fn users(stage: &Stage) -> anyhow::Result<Vec<Value>> {
    let mappings = stage.calls().list_user_mappings()?;
    let mapping = mappings.iter().map(|mapping| {
        json!({
            "staff": mapping.staff,
            "name": mapping.staff_name,
            "email": mapping.staff_email,
            "user": mapping.user,
            "suggestion": mapping.suggestion,
        })
    });
    Ok(mapping.collect())
}

fn customer_suggestions(stage: &Stage, customer: u64) -> anyhow::Result<Vec<Value>> {
    let suggestions = stage.calls().suggest_customer_links(customer)?;
    let suggestion = suggestions.iter().map(|suggestion| {
        json!({
            "company": suggestion.company,
            "customer_name": suggestion.customer_name,
            "evidence": suggestion.evidence,
            "certain": suggestion.certain,
        })
    });
    Ok(suggestion.collect())
}

fn plain(request: &Request) -> String {
    format!("{} {}", request.method, request.path)
}
