//! What happens, step by step: a JSON list in which each step has one verb.
//!
//! The verbs for LeafLink's side are the sandbox's events, word for word ([`Event`]); those for the
//! ERP's people and for the sync are here.

mod billing;
mod people;
mod repeat;
mod sync;
mod webhooks;

use chrono::NaiveTime;
use leaflink_sandbox::Event;
use serde_json::{Map, Value};

use crate::document::{Document, Place, typed};

pub use billing::BillingAct;
pub use people::{ErpAct, PackageOfLine, Quantity, SalesOrderAct};
pub use sync::{AreaWord, SyncAct};
pub use webhooks::{Arrival, PostedWebhook, WebhookWay};

use billing::BILLING_VERBS;
use people::{ERP_VERBS, SALES_ORDER_VERBS};
use sync::SYNC_VERBS;

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// The time of day to which the clocks move before it.
    pub at: Option<NaiveTime>,
    /// What happens.
    pub act: Act,
    /// Where it stands in its document.
    pub place: Place,
}

/// What happens in a step.
#[derive(Clone, Debug)]
pub enum Act {
    /// Something in LeafLink.
    LeafLink(Box<Event>),
    /// Something that people do in the ERP.
    Erp(ErpAct),
    /// Something that people do with invoices, payments and transfers.
    Billing(BillingAct),
    /// Something that people do to a sales order.
    SalesOrder {
        /// LeafLink's short id, or the sales order's number.
        order: String,
        /// What they do.
        act: SalesOrderAct,
    },
    /// Something of the integration.
    Sync(SyncAct),
}

const LEAFLINK_VERBS: [&str; 13] = [
    "place_order",
    "place_cart",
    "edit_order",
    "transition",
    "combine",
    "set_reps",
    "edit_customer",
    "edit_product",
    "set_stock",
    "delete_product",
    "recreate_product",
    "remove_choice",
    "fault",
];
/// Reads the steps of a document.
///
/// # Errors
/// A step is malformed; names the file, the line and what was expected.
pub fn read(document: &Document) -> anyhow::Result<Vec<Step>> {
    let Some(list) = document.value().as_array() else {
        return Err(document.problem(&Place::root(), "expected a list of steps"));
    };
    list.iter().enumerate().map(|(index, step)| read_step(document, index, step)).collect()
}

fn read_step(document: &Document, index: usize, step: &Value) -> anyhow::Result<Step> {
    let place = Place::root().element(index);
    let Some(step) = step.as_object() else {
        return Err(document.problem(&place, format!("found {step}, expected a step: an object with a verb")));
    };
    let at = step.get("at").map(|at| time_of_day(document, &place, at)).transpose()?;
    // "note" is for the reader of the file alone.
    let verbs: Vec<_> = step.iter().filter(|(key, _)| !["at", "note"].contains(&key.as_str())).collect();
    let [(verb, value)] = verbs.as_slice() else {
        let found: Vec<_> = verbs.iter().map(|(verb, _)| verb.as_str()).collect();
        let problem = match found.as_slice() {
            [] => "this step has no verb; expected exactly one".to_owned(),
            several => format!("found the verbs {}, expected exactly one", several.join(", ")),
        };
        return Err(document.problem(&place, problem));
    };
    let value = repeat::repeated((*value).clone())
        .map_err(|problem| document.problem(&place.clone().key(verb), problem))?;
    let tagged = |value| Value::Object(Map::from_iter([((*verb).clone(), value)]));
    let act = match verb.as_str() {
        verb if LEAFLINK_VERBS.contains(&verb) => {
            Act::LeafLink(Box::new(typed(&tagged(value), &place, &[document])?))
        }
        verb if ERP_VERBS.contains(&verb) => Act::Erp(typed(&tagged(value), &place, &[document])?),
        verb if BILLING_VERBS.contains(&verb) => Act::Billing(typed(&tagged(value), &place, &[document])?),
        verb if SALES_ORDER_VERBS.contains(&verb) => {
            let (order, fields) = without_order(value)
                .map_err(|problem| document.problem(&place.clone().key(verb), problem))?;
            Act::SalesOrder { order, act: typed(&tagged(fields), &place, &[document])? }
        }
        verb if SYNC_VERBS.contains(&verb) => Act::Sync(typed(&tagged(value), &place, &[document])?),
        verb => {
            let known = all_verbs().join(", ");
            let problem = format!("`{verb}` is no verb; expected one of: {known}");
            return Err(document.problem(&place.key(verb), problem));
        }
    };
    Ok(Step { at, act, place })
}

fn all_verbs() -> Vec<&'static str> {
    [&LEAFLINK_VERBS[..], &ERP_VERBS, &BILLING_VERBS, &SALES_ORDER_VERBS, &SYNC_VERBS].concat()
}

/// The sales order that a step is about, and the rest of the step.
fn without_order(value: Value) -> Result<(String, Value), String> {
    let Value::Object(mut fields) = value else {
        return Err(format!("found {value}, expected an object with `order`"));
    };
    match fields.remove("order") {
        Some(Value::String(order)) => Ok((order, Value::Object(fields))),
        Some(other) => Err(format!("found {other} as `order`, expected a short id or a number")),
        None => Err("expected `order`: LeafLink's short id or the sales order's number".to_owned()),
    }
}

fn time_of_day(document: &Document, place: &Place, at: &Value) -> anyhow::Result<NaiveTime> {
    let parsed = at.as_str().and_then(|text| {
        NaiveTime::parse_from_str(text, "%H:%M").or_else(|_| NaiveTime::parse_from_str(text, "%H:%M:%S")).ok()
    });
    parsed.ok_or_else(|| {
        let problem = format!("found {at}, expected a time of day such as \"09:30\"");
        document.problem(&place.clone().key("at"), problem)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        let document = Document::parse("events.json", text).unwrap();
        read(&document).unwrap_err().to_string()
    }

    #[test]
    fn every_verb_is_one() {
        for verb in all_verbs() {
            let step =
                if SALES_ORDER_VERBS.contains(&verb) { r#"{"order": "a", "odd": 0.5}"# } else { "0.5" };
            let error = problem(&format!("[{{\"{verb}\": {step}}}]"));
            assert!(!error.contains("unknown variant"), "{error}");
        }
    }

    #[test]
    fn a_step_has_a_time_and_an_act() {
        let text = r#"[{"at": "09:30", "note": "goods come in", "receive_stock":
            {"product": "p", "location": "vault", "quantity": "2.5"}}, {"sync": true}]"#;
        let steps = read(&Document::parse("events.json", text).unwrap()).unwrap();
        assert_eq!(steps[0].at, NaiveTime::from_hms_opt(9, 30, 0));
        assert!(matches!(&steps[0].act, Act::Erp(ErpAct::ReceiveStock { quantity, .. })
            if quantity.0 == "2.5".parse().unwrap()));
        assert!(matches!(steps[1].act, Act::Sync(SyncAct::Sync(()))));
    }

    #[test]
    fn what_is_wrong_is_told_by_line() {
        for (text, told) in [
            ("{}", "events.json:1: expected a list of steps"),
            ("[\n{}]", "events.json:2: at `[0]`: this step has no verb"),
            (
                "[{\"sync\": true},\n{\"sync\": true, \"look_at\": \"a\"}]",
                "events.json:2: at `[1]`: found the verbs",
            ),
            (
                "[\n{\"sinc\": true}]",
                "events.json:2: at `[0].sinc`: `sinc` is no verb; expected one of: place_order",
            ),
            ("[\n{\"sync\": false}]", "events.json:2: at `[0].sync`: found false, expected true"),
            ("[{\"at\": \"9 am\", \"sync\": true}]", "events.json:1: at `[0].at`: found \"9 am\", expected"),
            (
                "[\n{\"place_order\": {\"customer\": 1,\n\"linez\": []}}]",
                "events.json:3: at `[0].place_order.linez`: unknown field `linez`",
            ),
            (
                "[{\"set_status\": {\"order\": \"a\", \"status\": \"DONE\"}}]",
                "events.json:1: at `[0].set_status",
            ),
        ] {
            let error = problem(text);
            assert!(error.starts_with(told), "{error}");
        }
    }
}
