//! Exact decimals: how they come in, how they are kept, how they go out.

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::error::{Result, refuse};

/// Places after the point that the ERP keeps.
const PLACES: usize = 9;
/// Digits before the point that the ERP keeps: sums of a great many such numbers stay exact.
const WHOLE_DIGITS: usize = 12;

/// A decimal as a column holds it: TEXT, digit for digit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exact(pub Decimal);

impl ToSql for Exact {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.to_string()))
    }
}

impl FromSql for Exact {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = value.as_str()?;
        text.parse().map(Exact).map_err(|error| FromSqlError::Other(Box::new(error)))
    }
}

/// Reads a decimal in the contract's format; `what` names it in the refusal.
pub(crate) fn parse(what: &str, text: &str) -> Result<Decimal> {
    match read(text) {
        Some(number) => Ok(number),
        None => refuse(format!(
            "{what} is `{text}`; it must be a plain decimal such as 12 or -0.5, with at most \
             {WHOLE_DIGITS} digits before the point and {PLACES} after it"
        )),
    }
}

/// Checks the bounds of a decimal that did not come as text; `what` names it in the refusal.
pub(crate) fn check(what: &str, number: Decimal) -> Result<()> {
    parse(what, &number.to_string()).map(drop)
}

/// As [`parse`], for an amount of money: at most two places.
pub(crate) fn parse_cents(what: &str, text: &str) -> Result<Decimal> {
    let amount = parse(what, text)?;
    if amount != cents(amount) {
        return refuse(format!("{what} is {text}; it must be exact to the cent"));
    }
    Ok(amount)
}

/// Rounds to the cent, halves away from zero, as an invoice does.
pub(crate) fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// `text` as a decimal, or nothing when it breaks the contract's format or the ERP's bounds.
pub(crate) fn read(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
        Some(_) => return None,
        None => (digits, ""),
    };
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let fits = (1..=WHOLE_DIGITS).contains(&whole.len()) && fraction.len() <= PLACES;
    if !fits || !plain(whole) || !plain(fraction) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_every_digit() {
        for text in ["0", "12", "-0.5", "8.333333333", "999999999999.999999999", "9.00"] {
            assert_eq!(read(text).map(|n| n.to_string()).as_deref(), Some(text));
        }
    }

    #[test]
    fn refuses_what_is_not_a_plain_decimal() {
        let wrong = [
            "",
            "-",
            ".",
            "1.",
            ".5",
            "+1",
            "1e3",
            "1,000",
            " 1",
            "0x1",
            "NaN",
            "--1",
            "1.2.3",
            "0.1234567890",
            "1000000000000",
            "1_000",
        ];
        for text in wrong {
            assert!(read(text).is_none(), "{text} was accepted");
        }
    }

    #[test]
    fn money_is_exact_to_the_cent() {
        assert!(parse_cents("The total", "12.340").is_ok());
        let refusal = parse_cents("The total", "12.345").map_err(|e| e.to_string());
        assert_eq!(refusal, Err("The total is 12.345; it must be exact to the cent".into()));
        assert_eq!(cents(Decimal::new(-12345, 3)), Decimal::new(-1235, 2));
    }
}
