//! Request bodies: read field by field, every wrong one told at once.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::decimal;
use crate::http::Request;
use crate::refusal::Refusal;
use crate::time::Instant;

/// The longest value of an external id.
const EXTERNAL_ID_LIMIT: usize = 36;
/// The most digits of a decimal.
const DIGIT_LIMIT: usize = 15;

/// A JSON object being read. Fields that nobody reads are ignored.
pub(super) struct Form {
    fields: Map<String, Value>,
    errors: BTreeMap<String, Vec<String>>,
}

impl Form {
    /// Parses a request's body.
    pub fn read(request: &Request) -> Result<Self, Refusal> {
        match serde_json::from_slice(&request.body) {
            Ok(Value::Object(fields)) => Ok(Self { fields, errors: BTreeMap::new() }),
            Ok(_) => Err(Refusal::field("non_field_errors", "Invalid data. Expected a dictionary.")),
            Err(error) => Err(Refusal::Invalid(format!("JSON parse error - {error}"))),
        }
    }

    /// Tells of each of these fields that is missing.
    pub fn require(&mut self, names: &[&str]) {
        for name in names {
            if !self.fields.contains_key(*name) {
                self.error(name, "This field is required.");
            }
        }
    }

    /// Ends the reading: all complaints, or none.
    pub fn finish(self) -> Result<(), Refusal> {
        if self.errors.is_empty() { Ok(()) } else { Err(Refusal::Fields(self.errors)) }
    }

    /// Adds a complaint.
    pub fn error(&mut self, name: &str, message: &str) {
        self.errors.entry(name.to_owned()).or_default().push(message.to_owned());
    }

    /// Reads on as if a field had not been sent.
    pub fn ignore(&mut self, name: &str) {
        self.fields.remove(name);
    }

    /// A field as it was sent.
    pub fn raw(&self, name: &str) -> Option<Value> {
        self.fields.get(name).cloned()
    }

    /// A text, null where the field may be null.
    pub fn nullable_text(&mut self, name: &str, limit: usize) -> Option<Option<String>> {
        match self.fields.get(name)? {
            Value::Null => Some(None),
            _ => self.text(name, limit).map(Some),
        }
    }

    /// A text of at most `limit` characters.
    pub fn text(&mut self, name: &str, limit: usize) -> Option<String> {
        let text = match self.fields.get(name)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Null => return self.wrong(name, "This field may not be null."),
            _ => return self.wrong(name, "Not a valid string."),
        };
        if text.chars().count() > limit {
            let message = format!("Ensure this field has no more than {limit} characters.");
            return self.wrong(name, &message);
        }
        Some(text)
    }

    /// One of these texts.
    pub fn choice(&mut self, name: &str, choices: &[&str]) -> Option<String> {
        let text = self.text(name, usize::MAX)?;
        if choices.contains(&text.as_str()) {
            Some(text)
        } else {
            self.wrong(name, &format!("\"{text}\" is not a valid choice."))
        }
    }

    /// A boolean.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        match self.fields.get(name)? {
            Value::Bool(flag) => Some(*flag),
            _ => self.wrong(name, "Must be a valid boolean."),
        }
    }

    /// A whole number, sent as number or string.
    pub fn integer(&mut self, name: &str) -> Option<u64> {
        let read = match self.fields.get(name)? {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        };
        match read {
            Some(number) => Some(number),
            None => self.wrong(name, "A valid integer is required."),
        }
    }

    /// A whole number, null where the field may be null.
    pub fn nullable_integer(&mut self, name: &str) -> Option<Option<u64>> {
        match self.fields.get(name)? {
            Value::Null => Some(None),
            _ => self.integer(name).map(Some),
        }
    }

    /// A decimal with at most `places` decimals, sent as number or string.
    pub fn decimal(&mut self, name: &str, places: u32) -> Option<Decimal> {
        let value = self.raw(name)?;
        self.check_decimal(name, &value, places)
    }

    /// The amount of a money object in a currency.
    pub fn money_in(&mut self, name: &str, currency: &str) -> Option<Decimal> {
        let sent = self.raw(name).and_then(|money| Some(money.get("currency")?.as_str()?.to_owned()));
        match sent {
            Some(sent) if sent != currency => {
                self.wrong(name, &format!("\"{sent}\" is not the currency of this company."))
            }
            _ => self.money(name),
        }
    }

    /// The amount of a money object.
    pub fn money(&mut self, name: &str) -> Option<Decimal> {
        match self.raw(name)? {
            Value::Object(money) => match (money.get("amount"), money.get("currency")) {
                (Some(amount), Some(Value::String(_))) => self.check_decimal(name, amount, 2),
                _ => self.wrong(name, "Both amount and currency are required."),
            },
            _ => self.wrong(name, "Expected an object with amount and currency."),
        }
    }

    /// An instant, null where the field may be null.
    pub fn nullable_instant(&mut self, name: &str) -> Option<Option<Instant>> {
        match self.fields.get(name)? {
            Value::Null => Some(None),
            Value::String(text) => match Instant::parse(text) {
                Some(instant) => Some(Some(instant)),
                None => self.wrong(name, "Datetime has wrong format. Use ISO 8601."),
            },
            _ => self.wrong(name, "Datetime has wrong format. Use ISO 8601."),
        }
    }

    /// Changes of `external_ids`, applied to `held`: values are set, null takes a key away.
    pub fn external_ids(&mut self, held: &mut BTreeMap<String, String>) {
        let Some(sent) = self.raw("external_ids") else { return };
        let Value::Object(sent) = sent else {
            self.error("external_ids", "Expected an object of keys and values.");
            return;
        };
        for (key, value) in sent {
            match value {
                Value::Null => {
                    held.remove(&key);
                }
                Value::String(text) if text.chars().count() <= EXTERNAL_ID_LIMIT => {
                    held.insert(key, text);
                }
                Value::String(_) => {
                    let message = format!("The value of {key} has more than {EXTERNAL_ID_LIMIT} characters.");
                    self.error("external_ids", &message);
                }
                _ => self.error("external_ids", &format!("The value of {key} is not a string.")),
            }
        }
    }

    fn check_decimal(&mut self, name: &str, value: &Value, places: u32) -> Option<Decimal> {
        let Some(read) = decimal::parse(value) else {
            return self.wrong(name, "A valid number is required.");
        };
        let read = read.normalize();
        if read.scale() > places {
            let message = format!("Ensure that there are no more than {places} decimal places.");
            return self.wrong(name, &message);
        }
        if read.mantissa().unsigned_abs().to_string().len() > DIGIT_LIMIT {
            let message = format!("Ensure that there are no more than {DIGIT_LIMIT} digits in total.");
            return self.wrong(name, &message);
        }
        Some(read)
    }

    fn wrong<T>(&mut self, name: &str, message: &str) -> Option<T> {
        self.error(name, message);
        None
    }
}
