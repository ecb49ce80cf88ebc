//! What was expected against what is there.

mod answers;
mod billing;
mod drift;
mod products;
mod upkeep;

use std::collections::BTreeMap;

use serde_json::Value;

use super::Difference;
use super::expected::{Expected, Held, Mail};
use super::observed::{Blocking, CHOICES, Observed};

/// Every difference, in the order of `expected.json`.
pub(super) fn compare(expected: &Expected, observed: &Observed) -> Vec<Difference> {
    let mut found = Found::default();
    if let Some(orders) = &expected.sales_orders {
        found.sales_orders(orders, observed);
    }
    if let Some(held) = &expected.held {
        found.held(held, observed);
    }
    if let Some(mails) = &expected.mails {
        found.mails(mails, observed);
    }
    if let Some(looks) = &expected.looks {
        let wanted: Vec<_> = looks.iter().map(|look| format!("{}: {}", look.order, look.outcome)).collect();
        let came: Vec<_> =
            observed.looks.iter().map(|(order, outcome)| format!("{order}: {outcome}")).collect();
        found.equal("outcomes of the steps `look_at`", &wanted.join(", "), &came.join(", "));
    }
    if let Some(notices) = &expected.notices {
        for (order, codes) in notices {
            let mut wanted = codes.clone();
            wanted.sort();
            let came = observed.notices.get(order).cloned().unwrap_or_default();
            found.equal(&format!("notices of {order}"), &wanted.join(", "), &came.join(", "));
        }
    }
    for wanted in expected.stock.iter().flatten() {
        found.stock(wanted, observed);
    }
    if let Some(requests) = &expected.requests {
        found.requests(requests, observed);
    }
    found.leaflink_side(expected, observed);
    found.products(
        "LeafLink product",
        expected.leaflink_products.as_deref().unwrap_or_default(),
        &observed.leaflink_products,
    );
    found.products(
        "availability of",
        expected.availability.as_deref().unwrap_or_default(),
        &observed.availability,
    );
    found.products(
        "ERP product",
        expected.erp_products.as_deref().unwrap_or_default(),
        &observed.erp_products,
    );
    found.billing(expected, observed);
    found.links(expected, observed);
    found.product_links(expected, observed);
    found.journal(expected, observed);
    found.drift(expected, observed);
    if let Some(explains) = &expected.explains {
        found.answers("explain", explains, &observed.explains);
    }
    if let Some(previews) = &expected.previews {
        found.answers("preview", previews, &observed.previews);
    }
    found.upkeep(expected, observed);
    let wanted: Vec<_> =
        expected.failures.iter().map(|failure| format!("{}: {}", failure.at, failure.code)).collect();
    let came: Vec<_> = observed.failures.iter().map(|(at, code)| format!("{at}: {code}")).collect();
    found.equal("failed calls", &wanted.join("; "), &came.join("; "));
    found.equal("what calls wrote, and no effect in the journal names", "", &observed.unjournaled.join(", "));
    found.equal("requests to LeafLink that the sync must not send", "", &observed.odd_requests.join(", "));
    found.0
}

#[derive(Default)]
struct Found(Vec<Difference>);

impl Found {
    fn sales_orders(&mut self, wanted: &[serde_json::Map<String, Value>], observed: &Observed) {
        let name = |order: &serde_json::Map<String, Value>| {
            order.get("leaflink").and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        for order in wanted {
            let short = name(order);
            let what = format!("sales order for LeafLink order {short}");
            match observed.sales_orders.get(&short) {
                Some(came) => self.subset(&what, &Value::Object(order.clone()), came),
                None => {
                    let held = observed.held.get(&short);
                    let came = held.map_or("none".to_owned(), |reasons| {
                        let codes: Vec<_> = reasons.iter().map(|(code, _)| code.as_str()).collect();
                        format!("none; it is held: {}", codes.join(", "))
                    });
                    self.differ(&what, "one", &came);
                }
            }
        }
        for (short, came) in &observed.sales_orders {
            // Orders that people entered are no concern of the scenario.
            let from_leaflink = !came["leaflink"].is_null();
            if from_leaflink && !wanted.iter().any(|order| name(order) == *short) {
                let number = came["number"].as_str().unwrap_or_default();
                self.differ(&format!("sales order for LeafLink order {short}"), "none", number);
            }
        }
    }

    fn held(&mut self, wanted: &[Held], observed: &Observed) {
        for held in wanted {
            let what = format!("reasons that LeafLink order {} is held for", held.order);
            let came = observed.held.get(&held.order).cloned().unwrap_or_default();
            if !same_reasons(&held.reasons, &came) {
                self.differ(&what, &list(&held.reasons), &list(&came.iter().map(reason).collect::<Vec<_>>()));
            }
        }
        for (order, reasons) in &observed.held {
            if !wanted.iter().any(|held| held.order == *order) {
                let came = list(&reasons.iter().map(reason).collect::<Vec<_>>());
                self.differ(&format!("reasons that LeafLink order {order} is held for"), "not held", &came);
            }
        }
    }

    fn mails(&mut self, wanted: &[Mail], observed: &Observed) {
        // In which order a round looks at several orders is not ours to expect.
        let (mut wanted, mut came): (Vec<_>, Vec<_>) =
            (wanted.iter().collect(), observed.mails.iter().collect());
        wanted.sort_by_key(|mail| &mail.subject);
        came.sort_by_key(|mail| &mail.subject);
        let wanted_subjects: Vec<_> = wanted.iter().map(|mail| mail.subject.as_str()).collect();
        let came_subjects: Vec<_> = came.iter().map(|mail| mail.subject.as_str()).collect();
        if wanted_subjects != came_subjects {
            self.equal("subjects of the e-mails", &wanted_subjects.join("\n"), &came_subjects.join("\n"));
            return;
        }
        for (mail, came) in wanted.into_iter().zip(came) {
            let what = format!("e-mail \"{}\"", mail.subject);
            if let Some(to) = &mail.to {
                self.equal(&format!("recipients of the {what}"), &to.join(", "), &came.to.join(", "));
            }
            for text in mail.contains.iter().filter(|text| !came.text.contains(*text)) {
                self.differ(&format!("text of the {what}"), &format!("... {text} ..."), &came.text);
            }
        }
    }

    fn leaflink_side(&mut self, expected: &Expected, observed: &Observed) {
        for order in expected.leaflink_orders.iter().flatten() {
            let mut wanted = order.clone();
            let name = wanted.remove("order").unwrap_or_default();
            let short = name.as_str().unwrap_or_default();
            let what = format!("LeafLink order {short}");
            match observed.leaflink_orders.get(short) {
                Some(came) => {
                    // In full, so that an id which is gone can be expected to be.
                    if let Some(ids) = wanted.remove("external_ids") {
                        let came = &came["external_ids"];
                        self.equal(&format!("{what}, external_ids"), &ids.to_string(), &came.to_string());
                    }
                    self.subset(&what, &Value::Object(wanted), came);
                }
                None => self.differ(&what, "one", "none"),
            }
        }
    }

    /// What LeafLink shows of products, and what was computed for them.
    fn products(&mut self, what: &str, wanted: &[serde_json::Map<String, Value>], came: &[Value]) {
        for wanted in wanted {
            let product = wanted.get("product").unwrap_or(&Value::Null);
            let what = format!("{what} {product}");
            match came.iter().find(|came| came["product"] == *product) {
                Some(came) => self.subset(&what, &Value::Object(wanted.clone()), came),
                None => self.differ(&what, "one", "none"),
            }
        }
    }

    /// Companies and users, and what is suggested for them.
    fn links(&mut self, expected: &Expected, observed: &Observed) {
        let customer = |customer: Option<Option<u64>>| match customer {
            Some(Some(id)) => id.to_string(),
            Some(None) => "no LeafLink customer".to_owned(),
            None => "no such company".to_owned(),
        };
        for (company, wanted) in expected.companies.iter().flatten() {
            let came = observed.companies.get(company).copied();
            self.equal(&format!("LeafLink customer of {company}"), &customer(Some(*wanted)), &customer(came));
        }
        if let Some(brand) = expected.leaflink_brand {
            let came = observed.leaflink_brand.map(|brand| brand.to_string()).unwrap_or_default();
            self.equal("LeafLink brand of the own company", &brand.to_string(), &came);
        }
        for wanted in expected.users.iter().flatten() {
            let staff = wanted.get("staff").unwrap_or(&Value::Null);
            let what = format!("mapping of LeafLink user {staff}");
            match observed.users.iter().find(|user| user["staff"] == *staff) {
                Some(came) => self.subset(&what, &Value::Object(wanted.clone()), came),
                None => self.differ(&what, "one", "none"),
            }
        }
        for (customer, wanted) in expected.customer_suggestions.iter().flatten() {
            let came = observed.customer_suggestions.get(customer).cloned().unwrap_or_default();
            let wanted = Value::Array(wanted.iter().cloned().map(Value::Object).collect());
            self.subset(&format!("companies for LeafLink customer {customer}"), &wanted, &came.into());
        }
    }

    fn stock(&mut self, wanted: &serde_json::Map<String, Value>, observed: &Observed) {
        let text = |key| wanted.get(key).cloned().unwrap_or(Value::Null);
        let (product, location) = (text("product"), text("location"));
        let what = format!("stock of {product} at {location}");
        let came =
            observed.stock.iter().find(|level| level["product"] == product && level["location"] == location);
        match came {
            Some(came) => self.subset(&what, &Value::Object(wanted.clone()), came),
            None => self.differ(&what, &Value::Object(wanted.clone()).to_string(), "no such stock"),
        }
    }

    fn requests(&mut self, wanted: &BTreeMap<String, u64>, observed: &Observed) {
        let times = |count: Option<&u64>| match count {
            Some(count) => format!("{count} times"),
            None => "never".to_owned(),
        };
        for (request, count) in wanted {
            self.equal(request, &times(Some(count)), &times(observed.requests.get(request).or(Some(&0))));
        }
        for (request, count) in &observed.requests {
            // Every round reads the catalogue, which is the concern of few scenarios.
            let path = request.strip_prefix("GET ").unwrap_or_default();
            let reads_catalogue = CHOICES.iter().chain(&["/products/"]).any(|known| path.starts_with(known));
            if !wanted.contains_key(request) && !reads_catalogue {
                self.differ(request, &times(None), &times(Some(count)));
            }
        }
    }

    /// Every key that is wanted is there with that value; lists are equal in length and order.
    fn subset(&mut self, what: &str, wanted: &Value, came: &Value) {
        match (wanted, came) {
            (Value::Object(wanted), Value::Object(all)) => {
                for (key, value) in wanted {
                    let what = format!("{what}, {key}");
                    match all.get(key) {
                        Some(came) => self.subset(&what, value, came),
                        None => {
                            let known: Vec<_> = all.keys().map(String::as_str).collect();
                            self.differ(
                                &what,
                                "one of the known keys",
                                &format!("known are {}", known.join(", ")),
                            );
                        }
                    }
                }
            }
            (Value::Array(wanted), Value::Array(came)) if wanted.len() == came.len() => {
                for (position, (wanted, came)) in wanted.iter().zip(came).enumerate() {
                    self.subset(&format!("{what} {}", position + 1), wanted, came);
                }
            }
            (wanted, came) if wanted == came => {}
            (wanted, came) => self.differ(what, &shown(wanted), &shown(came)),
        }
    }

    fn equal(&mut self, what: &str, wanted: &str, came: &str) {
        if wanted != came {
            let or_none = |text: &str| if text.is_empty() { "none".to_owned() } else { text.to_owned() };
            self.differ(what, &or_none(wanted), &or_none(came));
        }
    }

    fn differ(&mut self, what: &str, wanted: &str, came: &str) {
        self.0.push(Difference { what: what.to_owned(), wanted: wanted.to_owned(), came: came.to_owned() });
    }
}

/// Whether each wanted reason (`code`, or `code at field`) is one of those that came, and none is
/// left over.
fn same_reasons(wanted: &[String], came: &[Blocking]) -> bool {
    let mut left: Vec<_> = came.iter().collect();
    // Those that name a field first, since they fit fewer.
    let (with_field, without): (Vec<_>, Vec<_>) = wanted.iter().partition(|text| text.contains(" at "));
    for text in with_field.into_iter().chain(without) {
        let Some(position) = left.iter().position(|came| came.0 == *text || reason(came) == *text) else {
            return false;
        };
        left.remove(position);
    }
    left.is_empty()
}

fn reason((code, field): &Blocking) -> String {
    match field {
        Some(field) => format!("{code} at {field}"),
        None => code.clone(),
    }
}

fn list(reasons: &[String]) -> String {
    if reasons.is_empty() { "not held".to_owned() } else { reasons.join("\n") }
}

/// A value on one line; the elements of a list on one line each.
fn shown(value: &Value) -> String {
    match value {
        Value::Array(elements) if elements.is_empty() => "an empty list".to_owned(),
        Value::Array(elements) => elements.iter().map(Value::to_string).collect::<Vec<_>>().join("\n"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
