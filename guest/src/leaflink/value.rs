//! Values that LeafLink writes in more than one way.

use std::fmt;

use rust_decimal::Decimal;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::read;
use crate::rules::decimal;

/// Digits before the point that an amount or quantity may have: below a billion, every product and
/// sum in the rules stays within a decimal's range.
const LARGEST_DIGITS: usize = 9;
/// Places that LeafLink writes (quantities have four, rates six).
const LARGEST_PLACES: usize = 6;

/// An exact number, which LeafLink sends as a JSON number or as text. Taken from the token as it
/// was written, never through a float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number(pub Decimal);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw: Box<RawValue> = Deserialize::deserialize(deserializer)?;
        let token = raw.get();
        let bare = token.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(token);
        decimal::parse(bare, LARGEST_DIGITS, LARGEST_PLACES).map(Number).ok_or_else(|| {
            de::Error::custom(format_args!(
                "expected a decimal number below a billion with at most {LARGEST_PLACES} places, found {}",
                crate::rules::text::shortened(token, 40)
            ))
        })
    }
}

/// An amount of money: `{"amount": ..., "currency": "USD"}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Amount {
    /// The figure.
    pub amount: Number,
    /// ISO 4217.
    pub currency: String,
}

/// An amount as a request body states it: a decimal string, as LeafLink's description has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AmountBody {
    /// The figure.
    pub amount: String,
    /// ISO 4217.
    pub currency: String,
}

/// An id that LeafLink sends as a number, as digits in a string, or as an object with an `id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Id(pub u64);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NamedVisitor).map(|named| Id(named.id))
    }
}

/// An id that is there and is one. Another shape than the usual spoils no more than itself.
pub fn id_if_it_is_one<'de, D: Deserializer<'de>>(source: D) -> Result<Option<u64>, D::Error> {
    let raw: Box<RawValue> = Deserialize::deserialize(source)?;
    Ok(read::<Id>(raw.get().as_bytes()).ok().map(|id| id.0))
}

/// An id with, when LeafLink sends the whole object, the name that goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The id.
    pub id: u64,
    /// `display_name`, `user` or `name`; empty for a bare id.
    pub name: String,
}

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NamedVisitor)
    }
}

struct NamedVisitor;

impl<'de> Visitor<'de> for NamedVisitor {
    type Value = Named;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an id, or an object with an id")
    }

    fn visit_u64<E: de::Error>(self, id: u64) -> Result<Named, E> {
        Ok(Named { id, name: String::new() })
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Named, E> {
        let id = text.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))?;
        Ok(Named { id, name: String::new() })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named, A::Error> {
        let mut id: Option<Id> = None;
        let mut name = None;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "id" => id = Some(map.next_value()?),
                "display_name" | "user" | "name" => name = map.next_value::<Option<String>>()?.or(name),
                _ => {
                    map.next_value::<de::IgnoredAny>()?;
                }
            }
        }
        let Id(id) = id.ok_or_else(|| de::Error::missing_field("id"))?;
        Ok(Named { id, name: name.unwrap_or_default() })
    }
}

/// A word, which LeafLink sends as text or as the number of a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word(pub String);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw: Box<RawValue> = Deserialize::deserialize(deserializer)?;
        let token = raw.get();
        if token.starts_with(['{', '[']) {
            return Err(de::Error::custom("expected a word or a number"));
        }
        Ok(Self(token.trim_matches('"').to_owned()))
    }
}

/// `available_transitions`: a list of words, or (as the description says) one string.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(pub Vec<String>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordsVisitor;
        impl<'de> Visitor<'de> for WordsVisitor {
            type Value = Words;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("words")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Words, E> {
                let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
                Ok(Words(words.map(str::to_owned).collect()))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Words, E> {
                Ok(Words::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Words, A::Error> {
                let mut words = Vec::new();
                while let Some(word) = list.next_element()? {
                    words.push(word);
                }
                Ok(Words(words))
            }
        }
        deserializer.deserialize_any(WordsVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leaflink::{Unreadable, read};

    #[test]
    fn a_number_keeps_every_digit_it_was_written_with() {
        for (json, wanted) in [
            ("210.4", "210.4"),
            ("\"20.0000\"", "20"),
            ("594", "594"),
            ("0.10", "0.1"),
            ("\"-15.00\"", "-15"),
        ] {
            assert_eq!(read::<Number>(json.as_bytes()).unwrap().0, wanted.parse().unwrap(), "{json}");
        }
    }

    #[test]
    fn what_is_no_plain_number_is_refused() {
        for json in [
            "1e400",
            "\"NaN\"",
            "\"1,5\"",
            "true",
            "null",
            "{}",
            "[1]",
            "9999999999",
            "0.1234567",
            "\"\"",
            "\"1\\u0030\"",
        ] {
            assert!(matches!(read::<Number>(json.as_bytes()), Err(Unreadable::Field { .. })), "{json}");
        }
    }

    #[test]
    fn ids_come_in_three_forms() {
        for json in ["7", "\"7\"", "{\"id\": 7, \"other\": [1]}", "{\"id\": \"7\"}"] {
            assert_eq!(read::<Id>(json.as_bytes()).unwrap(), Id(7), "{json}");
        }
        for json in ["-7", "7.5", "\"x\"", "{}", "null", "[7]"] {
            assert!(read::<Id>(json.as_bytes()).is_err(), "{json}");
        }
    }

    #[test]
    fn a_field_that_does_not_fit_is_named() {
        for (json, wanted) in [
            (r#"{"amount": "ten", "currency": "USD"}"#, "amount"),
            (r#"{"currency": "USD", "amount": "ten"}"#, "amount"),
            (r#"{"currency": ["ten"], "amount": 10}"#, "currency"),
            ("{\n  \"amount\": 10,\n  \"currency\": 7\n}", "currency"),
            (r#"{"amount": 10}"#, "."),
            (r#""ten""#, "."),
        ] {
            let error = read::<Amount>(json.as_bytes()).unwrap_err();
            let Unreadable::Field { path, problem } = error else { panic!("{error:?}") };
            assert_eq!(path, wanted, "{json}: {problem}");
        }
    }

    #[test]
    fn a_field_is_named_by_the_way_to_it() {
        for (json, wanted) in [
            (r#"[{"id": 1}, {"id": "x"}]"#, "[1].id"),
            (r#"[{"id": 1}, {"name": "x"}]"#, "[1]"),
            (r#"[{"id": 1}, [2]]"#, "[1]"),
            (r#"[1, true]"#, "[1]"),
        ] {
            let error = read::<Vec<Named>>(json.as_bytes()).unwrap_err();
            let Unreadable::Field { path, .. } = error else { panic!("{error:?}") };
            assert_eq!(path, wanted, "{json}");
        }
    }

    #[test]
    fn what_does_not_fit_is_quoted() {
        let error = read::<Amount>(br#"{"amount": "ten", "currency": "USD"}"#).unwrap_err();
        let Unreadable::Field { problem, .. } = error else { panic!("{error:?}") };
        assert!(problem.contains("\"ten\""), "{problem}");
    }

    #[test]
    fn what_is_not_json_is_said_so() {
        for body in [&b"<html>"[..], b"", b"{\"amount\": 1", b"\xff\xfe", b"{} trailing"] {
            assert!(matches!(read::<serde_json::Value>(body), Err(Unreadable::NotJson(_))), "{body:?}");
        }
    }
}
