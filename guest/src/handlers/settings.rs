//! `settings`: reading, checking and replacing the settings document.

use rust_decimal::Decimal;
use serde_json::{Map, Value as Json};

use super::Component;
use crate::bindings::exports::leaflink_sync::connector::settings::{Definition, Guest, Kind, Problem};
use crate::host::answer::Failure;
use crate::host::rounds::{PAYMENTS, PRODUCTS};
use crate::host::{self, choices, erp, payments, prices, products, state};
use crate::rules::decimal;
use crate::rules::settings::{self, DEFINITIONS, Kind as Is, Settings, Value, is_email, is_page_address};
use crate::rules::sorted::{self, Set};
use crate::rules::text::{has_control, shortened};

/// Longest short text, in characters.
const LONGEST_TEXT: usize = 64;
/// Most entries in a list.
const MOST_ENTRIES: usize = 50;
/// Most products with a quantity of their own.
const MOST_QUANTITIES: usize = 5_000;

impl Guest for Component {
    fn definitions() -> Vec<Definition> {
        DEFINITIONS
            .iter()
            .map(|definition| Definition {
                key: definition.key.to_owned(),
                title: definition.title.to_owned(),
                help: definition.help.to_owned(),
                kind: match definition.kind {
                    Is::Toggle => Kind::Toggle,
                    Is::Choice(words) => Kind::Choice(words.iter().map(|word| (*word).to_owned()).collect()),
                    Is::Location => Kind::Location,
                    Is::Locations => Kind::Locations,
                    Is::Emails => Kind::Emails,
                    Is::Amount => Kind::Amount,
                    // On a page it is a text like any other.
                    Is::Text | Is::Staff => Kind::Text,
                    Is::Quantities => Kind::Quantities,
                    Is::PageAddress => Kind::PageAddress,
                },
                default_value: definition.default.to_owned(),
            })
            .collect()
    }

    fn get() -> Result<String, Failure> {
        let mut all = Map::new();
        for definition in DEFINITIONS {
            let default = serde_json::from_str(definition.default).unwrap_or_default();
            all.insert(definition.key.to_owned(), default);
        }
        let stored = state::settings()?.unwrap_or_default();
        all.extend(stored.into_iter().filter(|(key, _)| definition(key).is_some()));
        Ok(Json::Object(all).to_string())
    }

    fn validate(document: String) -> Result<Vec<Problem>, Failure> {
        let known = known(&document)?;
        Ok(check(&document, &known).err().unwrap_or_default())
    }

    fn put(document: String) -> Result<Vec<Problem>, Failure> {
        let known = known(&document)?;
        match check(&document, &known) {
            Err(problems) => Ok(problems),
            Ok(object) => {
                state::put_schema()?;
                state::put_settings(&object)?;
                let settings = in_force()?;
                payments::put_setting(settings.sync_payments, host::now_ms())?;
                prices::put_setting(settings.sync_prices)?;
                choices::ask_seller_anew()?;
                PAYMENTS.begin()?;
                PRODUCTS.begin()?;
                Ok(Vec::new())
            }
        }
    }
}

/// The settings in force.
pub fn in_force() -> Result<Settings, Failure> {
    let stored = state::settings()?.unwrap_or_default();
    let values: sorted::Map<String, Value> = DEFINITIONS
        .iter()
        .filter_map(|definition| {
            Some((definition.key.to_owned(), value(definition.kind, stored.get(definition.key)?, None).ok()?))
        })
        .collect();
    Ok(Settings::from_values(&values))
}

fn definition(key: &str) -> Option<&'static settings::Definition> {
    DEFINITIONS.iter().find(|definition| definition.key == key)
}

/// What the ERP has of that which settings name.
struct Known {
    locations: Set<String>,
    /// Of the products that the document names, those that there are.
    products: Set<String>,
}

/// Reads what a document is checked against.
fn known(document: &str) -> Result<Known, Failure> {
    let object: Map<String, Json> = serde_json::from_str(document).unwrap_or_default();
    let named = DEFINITIONS.iter().filter(|definition| definition.kind == Is::Quantities);
    let named = named.filter_map(|definition| object.get(definition.key)?.as_object());
    let named = named.filter(|given| given.len() <= MOST_QUANTITIES).flat_map(Map::keys);
    let ids: Vec<String> = named.filter(|id| is_short(id)).cloned().collect();
    Ok(Known {
        locations: erp::location_ids()?,
        products: products::products(&ids)?.into_iter().map(|product| product.id.0).collect(),
    })
}

fn check(document: &str, known: &Known) -> Result<Map<String, Json>, Vec<Problem>> {
    let object: Map<String, Json> = serde_json::from_str(document).map_err(|problem| {
        vec![Problem {
            key: String::new(),
            message: problem.to_string(),
            expected: "a JSON object of settings".to_owned(),
        }]
    })?;
    let problems: Vec<Problem> = object
        .iter()
        .filter_map(|(key, given)| {
            let Some(definition) = definition(key) else {
                let known: Vec<_> = DEFINITIONS.iter().map(|definition| definition.key).collect();
                return Some(Problem {
                    key: key.clone(),
                    message: "no such setting".to_owned(),
                    expected: format!("one of: {}", known.join(", ")),
                });
            };
            let expected = value(definition.kind, given, Some(known)).err()?;
            Some(Problem {
                key: key.clone(),
                message: format!("found {}", shortened(&given.to_string(), 80)),
                expected,
            })
        })
        .collect();
    if problems.is_empty() { Ok(object) } else { Err(problems) }
}

/// Reads a value of a kind, or says what was expected. With `known`, a location and a product must
/// be the ERP's.
fn value(kind: Is, given: &Json, known: Option<&Known>) -> Result<Value, String> {
    let locations = known.map(|known| &known.locations);
    let is_location = |id: &str| locations.is_none_or(|known| known.contains(id));
    match (kind, given) {
        (Is::Toggle, Json::Bool(on)) => Ok(Value::Toggle(*on)),
        (Is::Toggle, _) => Err("true or false".to_owned()),
        (Is::Choice(words), Json::String(word)) if words.contains(&word.as_str()) => {
            Ok(Value::Text(Some(word.clone())))
        }
        (Is::Choice(words), _) => Err(format!("one of: {}", words.join(", "))),
        (Is::Location, Json::Null) => Ok(Value::Text(None)),
        (Is::Location, Json::String(id)) if is_location(id) => Ok(Value::Text(Some(id.clone()))),
        (Is::Location, _) => Err(format!("null or the id of a location{}", listed(locations))),
        (Is::Locations, given) => texts(given, is_location)
            .map(Value::Texts)
            .ok_or_else(|| format!("a list of at most {MOST_ENTRIES} location ids{}", listed(locations))),
        (Is::Emails, given) => texts(given, is_email)
            .map(Value::Texts)
            .ok_or_else(|| format!("a list of at most {MOST_ENTRIES} e-mail addresses")),
        (Is::Text, Json::Null) => Ok(Value::Text(None)),
        (Is::Text, Json::String(text)) if is_short(text) => Ok(Value::Text(Some(text.clone()))),
        (Is::Text, _) => Err(format!("null or a text of 1 to {LONGEST_TEXT} characters")),
        (Is::PageAddress, Json::Null) => Ok(Value::Text(None)),
        (Is::PageAddress, Json::String(text)) if is_page_address(text) => Ok(Value::Text(Some(text.clone()))),
        (Is::PageAddress, _) => Err(PAGE_ADDRESS.to_owned()),
        (Is::Staff, Json::Null) => Ok(Value::Text(None)),
        (Is::Staff, Json::String(text)) if is_staff(text) => Ok(Value::Text(Some(text.clone()))),
        (Is::Staff, _) => Err(STAFF.to_owned()),
        (Is::Amount, Json::Null) => Ok(Value::Amount(None)),
        (Is::Amount, Json::String(text)) => decimal::parse(text, 9, 2)
            .filter(|amount| !amount.is_sign_negative())
            .map(|amount| Value::Amount(Some(amount)))
            .ok_or_else(|| AMOUNT.to_owned()),
        (Is::Amount, _) => Err(AMOUNT.to_owned()),
        (Is::Quantities, Json::Object(given)) => {
            let quantities = quantities(given).ok_or_else(|| QUANTITIES.to_owned())?;
            let unknown =
                known.and_then(|known| given.keys().find(|id| !known.products.contains(id.as_str())));
            match unknown {
                Some(id) => Err(format!("{QUANTITIES}; the ERP has no product {id}")),
                None => Ok(Value::Quantities(quantities)),
            }
        }
        (Is::Quantities, _) => Err(QUANTITIES.to_owned()),
    }
}

const PAGE_ADDRESS: &str =
    "null or an address such as \"https://leaflink.example/products/{id}/\", with {id} in it once";
const AMOUNT: &str = "null or an amount as text with at most two places, such as \"0.05\"";

const QUANTITIES: &str = "an object of at most 5000 product ids with quantities as text of at most four places, such as {\"p-17\": \"5\"}";

fn quantities(given: &Map<String, Json>) -> Option<sorted::Map<String, Decimal>> {
    if given.len() > MOST_QUANTITIES {
        return None;
    }
    let mut quantities = sorted::Map::new();
    for (product, quantity) in given {
        let quantity = decimal::parse(quantity.as_str()?, 9, 4).filter(|it| *it >= Decimal::ZERO)?;
        quantities.insert(is_short(product).then(|| product.clone())?, quantity);
    }
    Some(quantities)
}

const STAFF: &str = "null or the number of a LeafLink user as text of digits alone, such as \"4107\"";

/// Digits alone, and a number that LeafLink can have given.
fn is_staff(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u64>().is_ok_and(|staff| staff > 0)
}

fn is_short(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= LONGEST_TEXT && !has_control(text)
}

fn texts(given: &Json, is_good: impl Fn(&str) -> bool) -> Option<Vec<String>> {
    let list = given.as_array().filter(|list| list.len() <= MOST_ENTRIES)?;
    list.iter().map(|entry| entry.as_str().filter(|text| is_good(text)).map(str::to_owned)).collect()
}

fn listed(locations: Option<&Set<String>>) -> String {
    match locations {
        Some(known) if !known.is_empty() => {
            format!(" ({})", known.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(document: &str) -> Vec<(String, String)> {
        let known = Known {
            locations: ["vault".to_owned()].into_iter().collect(),
            products: ["p-17".to_owned(), "p-18".to_owned()].into_iter().collect(),
        };
        check(document, &known)
            .err()
            .unwrap_or_default()
            .into_iter()
            .map(|problem| (problem.key, problem.expected))
            .collect()
    }

    #[test]
    fn every_default_is_valid() {
        for definition in DEFINITIONS {
            let default: Json = serde_json::from_str(definition.default).unwrap();
            assert!(value(definition.kind, &default, None).is_ok(), "{}", definition.key);
        }
    }

    #[test]
    fn a_wrong_value_says_what_was_expected() {
        for (document, key) in [
            (r#"{"on-submitted": "maybe"}"#, "on-submitted"),
            (r#"{"sales-order-location": "moon"}"#, "sales-order-location"),
            (r#"{"inventory-locations": "vault"}"#, "inventory-locations"),
            (r#"{"error-recipients": ["not an address"]}"#, "error-recipients"),
            (r#"{"use-customer-inventory-source": 1}"#, "use-customer-inventory-source"),
            (r#"{"hold-total-difference-above": "-1"}"#, "hold-total-difference-above"),
            (r#"{"hold-total-difference-above": 0.5}"#, "hold-total-difference-above"),
            (r#"{"safety-buffers": {"p-17": 5}}"#, "safety-buffers"),
            (r#"{"safety-buffers": {"p-17": "-5"}}"#, "safety-buffers"),
            (r#"{"safety-buffers": {"p-17": "0.00001"}}"#, "safety-buffers"),
            (r#"{"safety-buffers": ["p-17"]}"#, "safety-buffers"),
            (r#"{"safety-buffers": {"p-17": "5", "p-71": "5"}}"#, "safety-buffers"),
            (r#"{"sync-inventory": "yes"}"#, "sync-inventory"),
            (r#"{"leaflink-product-page": "https://leaflink.example/products/"}"#, "leaflink-product-page"),
            (r#"{"payments-recorded-by": "rae"}"#, "payments-recorded-by"),
            (r#"{"payments-recorded-by": " 4107"}"#, "payments-recorded-by"),
            (r#"{"payments-recorded-by": "+4107"}"#, "payments-recorded-by"),
            (r#"{"payments-recorded-by": ""}"#, "payments-recorded-by"),
            (r#"{"payments-recorded-by": "0"}"#, "payments-recorded-by"),
            (r#"{"payments-recorded-by": "99999999999999999999"}"#, "payments-recorded-by"),
            (r#"{"payments-recorded-by": 4107}"#, "payments-recorded-by"),
            (r#"{"on-submited": "pending"}"#, "on-submited"),
            ("[]", ""),
            ("{", ""),
        ] {
            let found = problems(document);
            assert_eq!(found.len(), 1, "{document}");
            assert_eq!(found[0].0, key);
            assert!(!found[0].1.is_empty());
        }
    }

    #[test]
    fn a_product_that_the_erp_does_not_have_is_named() {
        let found = problems(r#"{"safety-buffers": {"p-17": "5", "p-71": "5"}}"#);
        assert!(found[0].1.ends_with("; the ERP has no product p-71"), "{found:?}");
    }

    #[test]
    fn good_values_pass() {
        let document = r#"{"on-submitted": "processing", "sales-order-location": "vault", "inventory-locations": ["vault"],
            "error-recipients": ["ops@foxglove.example"], "use-customer-inventory-source": true, "hold-total-difference-above": "0.05",
            "sync-inventory": false, "safety-buffers": {"p-17": "5", "p-18": "0.25"}}"#;
        assert_eq!(problems(document), []);
        for staff in ["null", "\"4107\""] {
            assert_eq!(problems(&format!(r#"{{"payments-recorded-by": {staff}}}"#)), []);
        }
    }
}
