//! Exact decimals between JSON and the rules: as LeafLink writes them, and as clients send them.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::Deserializer;
use serde_json::{Number, Value, json};

/// Money rounded to cents, halves away from zero.
pub(crate) fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// A JSON number with exactly this value: `108`, `22.5`.
///
/// A value that a JSON number would not bring through unchanged goes out as a string, which
/// LeafLink also does now and then.
pub(crate) fn number(value: Decimal) -> Value {
    let text = value.normalize().to_string();
    let read = serde_json::from_str::<Number>(&text).ok();
    match read.filter(|number| number.to_string() == text) {
        Some(number) => Value::Number(number),
        None => Value::String(text),
    }
}

/// A JSON string with a fixed count of decimals: `"20.0000"`.
pub(crate) fn fixed(value: Decimal, places: u32) -> Value {
    Value::String(text(value, places))
}

/// The text of [`fixed`].
pub(crate) fn text(value: Decimal, places: u32) -> String {
    let rounded = value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero);
    format!("{rounded:.*}", places as usize)
}

/// Money the way orders and products write it: the amount is a number.
pub(crate) fn money(amount: Decimal, currency: &str) -> Value {
    json!({ "amount": number(amount), "currency": currency })
}

/// Money the way payments write it: the amount is a string.
pub(crate) fn money_text(amount: Decimal, currency: &str) -> Value {
    json!({ "amount": text(amount, 2), "currency": currency })
}

/// Reads a decimal sent as a string or as a number; `None` if it is neither.
pub(crate) fn parse(value: &Value) -> Option<Decimal> {
    match value {
        Value::String(text) => Decimal::from_str_exact(text.trim()).ok(),
        Value::Number(number) => {
            let text = number.to_string();
            Decimal::from_str_exact(&text).or_else(|_| Decimal::from_scientific(&text)).ok()
        }
        _ => None,
    }
}

/// For a seed's field that must be given: a decimal in quotes.
pub(crate) fn required<'de, D: Deserializer<'de>>(source: D) -> Result<Decimal, D::Error> {
    source.deserialize_str(InQuotes)
}

/// For a seed's field that may be left out: a decimal in quotes.
pub(crate) fn optional<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Decimal>, D::Error> {
    source.deserialize_str(InQuotes).map(Some)
}

struct InQuotes;

impl serde::de::Visitor<'_> for InQuotes {
    type Value = Decimal;

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("a decimal in quotes, such as \"12.50\"")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Decimal, E> {
        Decimal::from_str_exact(text).map_err(|_| E::invalid_value(serde::de::Unexpected::Str(text), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_are_written_shortest_and_exactly() {
        assert_eq!(number(decimal("108.00")).to_string(), "108");
        assert_eq!(number(decimal("22.50")).to_string(), "22.5");
        assert_eq!(number(decimal("-0.01")).to_string(), "-0.01");
        assert_eq!(number(decimal("9999999999.99")).to_string(), "9999999999.99");
    }

    #[test]
    fn a_number_that_json_would_bend_goes_out_as_text() {
        let long = "12345678901234567.89";
        assert_eq!(number(decimal(long)), Value::String(long.into()));
    }

    #[test]
    fn halves_round_away_from_zero() {
        assert_eq!(cents(decimal("1.005")), decimal("1.01"));
        assert_eq!(cents(decimal("-1.005")), decimal("-1.01"));
        assert_eq!(text(decimal("20"), 4), "20.0000");
        assert_eq!(text(decimal("0.00005"), 4), "0.0001");
    }

    #[test]
    fn reads_strings_and_numbers_and_nothing_else() {
        for sent in [json!("10.50"), json!(10.5)] {
            assert_eq!(parse(&sent), Some(decimal("10.5")));
        }
        for sent in [json!("ten"), json!(null), json!(true), json!([1])] {
            assert_eq!(parse(&sent), None);
        }
    }
}
