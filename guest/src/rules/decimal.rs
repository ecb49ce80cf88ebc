//! Exact decimals: reading them, rounding them, writing them. No float anywhere.

use rust_decimal::{Decimal, RoundingStrategy};

/// Places of a unit price: a case price need not divide evenly, and the ERP takes up to nine.
pub const UNIT_PRICE_PLACES: u32 = 9;

/// Rounds an amount of money to the cent, half away from zero.
///
/// Every amount is rounded once, where it comes into being; sums of rounded amounts are exact.
pub fn to_cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// Rounds a price for one unit to the nine places that the ERP keeps, half away from zero.
pub fn to_unit_price(price: Decimal) -> Decimal {
    price.round_dp_with_strategy(UNIT_PRICE_PLACES, RoundingStrategy::MidpointAwayFromZero)
}

/// `percent` hundredths of `base`, to the cent.
pub fn percent_of(percent: Decimal, base: Decimal) -> Decimal {
    to_cents(base * percent / Decimal::ONE_HUNDRED)
}

/// Writes a decimal as the contract wants it: no exponent, no needless zeros.
pub fn plain(value: Decimal) -> String {
    value.normalize().to_string()
}

/// Writes an amount of money with its two places.
pub fn cents(amount: Decimal) -> String {
    let mut rounded = to_cents(amount);
    rounded.rescale(2);
    if rounded.is_zero() {
        // Nothing is taken off: `-0.00` would look like an error.
        rounded.set_sign_positive(true);
    }
    rounded.to_string()
}

/// Reads a decimal from a JSON token or from text: optional sign, digits, at most one point.
/// Exponents, spaces, `NaN` and more than `places` decimal places are refused, as is anything of
/// more than `digits` digits before the point. `digits` and `places` together are at most 28, as many
/// as a decimal holds.
pub fn parse(token: &str, digits: usize, places: usize) -> Option<Decimal> {
    let unsigned = token.strip_prefix('-').unwrap_or(token);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fraction_used = fraction.trim_end_matches('0');
    if whole.is_empty()
        || !all_digits(whole)
        || !all_digits(fraction)
        || (unsigned.contains('.') && fraction.is_empty())
        || whole.trim_start_matches('0').len() > digits
        || fraction_used.len() > places
    {
        return None;
    }
    let shift = |number: i128, digit: u8| number * 10 + i128::from(digit - b'0');
    let number = whole.bytes().chain(fraction_used.bytes()).fold(0, shift);
    let signed = if token.starts_with('-') { -number } else { number };
    let scale = u32::try_from(fraction_used.len()).ok()?;
    Decimal::try_from_i128_with_scale(signed, scale).ok().map(|value| value.normalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn half_a_cent_goes_away_from_zero() {
        for (given, wanted) in [("0.005", "0.01"), ("-0.005", "-0.01"), ("0.0049", "0.00"), ("2.345", "2.35")]
        {
            assert_eq!(cents(given.parse().unwrap()), wanted);
        }
    }

    #[test]
    fn reads_only_plain_decimals() {
        for good in ["0", "-1", "12.50", "0.1234", "00012", "1.00000000000"] {
            assert!(parse(good, 9, 4).is_some(), "{good}");
        }
        for bad in
            ["", "-", ".5", "5.", "1e3", "NaN", " 1", "1 ", "+1", "1,5", "0x1", "1.23456", "1234567890"]
        {
            assert!(parse(bad, 9, 4).is_none(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(mantissa in -999_999_999_999_i64..999_999_999_999, scale in 0_u32..4) {
            let value = Decimal::new(mantissa, scale);
            prop_assert_eq!(parse(&plain(value), 12, 4), Some(value.normalize()));
        }

        #[test]
        fn a_share_and_its_rest_make_the_whole(amount in 0_i64..1_000_000_000, percent in 0_i64..=100) {
            let base = Decimal::new(amount, 2);
            let share = percent_of(Decimal::from(percent), base);
            prop_assert_eq!(share + to_cents(base - share), base);
        }
    }
}
