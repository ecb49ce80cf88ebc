//! A product name cut into words and numbers.

/// Characters of a name that are read.
const LONGEST: usize = 300;
/// Digits of a number; a longer one is a code, and stays a word.
const LONGEST_NUMBER: usize = 9;
/// What a word may end with that is a word of its own.
const PACK: &str = "pack";

/// A piece of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A number, in thousandths.
    Number(u64),
    /// Letters, in lower case and without accents.
    Word(String),
}

/// Cuts a text where letters, digits and everything else meet: `3.5g` is a number and a word.
pub fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().take(LONGEST).map(plain).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let begins_decimal = chars[at] == '.' && is_digit(&chars, at + 1);
        if chars[at].is_ascii_digit() || begins_decimal {
            at = number(&chars, at, &mut found);
        } else if let Some(thousandths) = fraction(chars[at]) {
            at += 1;
            add_fraction(&mut found, thousandths, &chars, at);
        } else if chars[at] == '×' {
            found.push(Token::Word("x".to_owned()));
            at += 1;
        } else if is_letter(chars[at]) {
            let mut word = String::new();
            // An apostrophe is part of its word.
            while at < chars.len() && (is_letter(chars[at]) || matches!(chars[at], '\'' | '’')) {
                word.extend(Some(chars[at]).filter(|c| is_letter(*c)));
                at += 1;
            }
            // A `sixpack` is a six-pack.
            let runs_on = word.len() > PACK.len() && word.ends_with(PACK);
            if runs_on {
                word.truncate(word.len() - PACK.len());
            }
            found.push(Token::Word(word));
            if runs_on {
                found.push(Token::Word(PACK.to_owned()));
            }
        } else {
            at += 1;
        }
    }
    found
}

/// Reads the number that begins at a place; answers where it ends.
fn number(chars: &[char], begin: usize, found: &mut Vec<Token>) -> usize {
    let mut digits = String::new();
    let mut at = begin;
    while is_digit(chars, at) || (is_thousands_comma(chars, at) && at > begin) {
        digits.extend(Some(chars[at]).filter(char::is_ascii_digit));
        at += 1;
    }
    let mut places = String::new();
    if chars.get(at) == Some(&'.') && is_digit(chars, at + 1) {
        at += 1;
        while is_digit(chars, at) {
            places.push(chars[at]);
            at += 1;
        }
    } else if chars.get(at) == Some(&'/')
        && let Some((thousandths, end)) = divided(&digits, chars, at + 1)
    {
        add_fraction(found, thousandths, chars, end);
        return end;
    }
    places.truncate(3);
    let thousandths = format!("{digits}{places:0<3}").parse();
    match thousandths {
        Ok(thousandths) if digits.len() <= LONGEST_NUMBER => found.push(Token::Number(thousandths)),
        _ => found.push(Token::Word(digits)),
    }
    at
}

/// `1/8`: a proper fraction with small figures. `50/50` is none.
fn divided(above: &str, chars: &[char], begin: usize) -> Option<(u64, usize)> {
    let mut end = begin;
    while is_digit(chars, end) && end < begin + 3 {
        end += 1;
    }
    let below: String = chars.get(begin..end)?.iter().collect();
    let (above, below): (u64, u64) = (above.parse().ok()?, below.parse().ok()?);
    (above < below && below <= 64).then(|| (above * 1_000 / below, end))
}

/// `3 1/2 g` is one number. Ounces are sold by the fraction, so that the four in `GG 4 1/8 oz` is
/// part of the name.
fn add_fraction(found: &mut Vec<Token>, thousandths: u64, chars: &[char], end: usize) {
    let unit = chars.get(end..).and_then(|rest| rest.iter().find(|c| is_letter(**c)));
    match found.last_mut() {
        Some(Token::Number(whole)) if *whole % 1_000 == 0 && *whole < 20_000 && unit == Some(&'g') => {
            *whole += thousandths;
        }
        _ => found.push(Token::Number(thousandths)),
    }
}

fn is_digit(chars: &[char], at: usize) -> bool {
    chars.get(at).is_some_and(char::is_ascii_digit)
}

fn is_thousands_comma(chars: &[char], at: usize) -> bool {
    chars.get(at) == Some(&',') && (1..=3).all(|step| is_digit(chars, at + step)) && !is_digit(chars, at + 4)
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || (c.is_alphanumeric() && !c.is_ascii_digit() && fraction(c).is_none())
}

fn fraction(c: char) -> Option<u64> {
    Some(match c {
        '½' => 500,
        '¼' => 250,
        '¾' => 750,
        '⅛' => 125,
        _ => return None,
    })
}

/// In lower case and without the accents of Western European languages.
fn plain(c: char) -> char {
    match c {
        'à'..='å' | 'À'..='Å' => 'a',
        'è'..='ë' | 'È'..='Ë' => 'e',
        'ì'..='ï' | 'Ì'..='Ï' => 'i',
        'ò'..='ö' | 'ø' | 'Ò'..='Ö' | 'Ø' => 'o',
        'ù'..='ü' | 'Ù'..='Ü' => 'u',
        'ç' | 'Ç' => 'c',
        'ñ' | 'Ñ' => 'n',
        other => other.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        let show = |token: &Token| match token {
            Token::Number(thousandths) => thousandths.to_string(),
            Token::Word(word) => word.clone(),
        };
        tokens(text).iter().map(show).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn numbers_are_exact_and_words_are_plain() {
        for (text, wanted) in [
            ("Blue Dream 3.5g", "blue dream 3500 g"),
            ("GG#4 .5 G", "gg 4000 500 g"),
            ("1/8oz | 1,000mg", "125 oz 1000000 mg"),
            ("3½g 3 1/2 g 5×0.5", "3500 g 3500 g 5000 x 500"),
            ("GG 4 1/8 oz", "gg 4000 125 oz"),
            ("Sixpack of packs", "six pack of packs"),
            ("50/50 Blend", "50000 50000 blend"),
            ("Crème Brûlée Jack's", "creme brulee jacks"),
            ("大麻 v2.", "大麻 v 2000"),
            ("12345678901 - .", "12345678901"),
        ] {
            assert_eq!(shown(text), wanted, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_cut(text in "\\PC*") {
            tokens(&text);
        }

        #[test]
        fn odd_figures_are_cut(text in "[0-9.,/½⅛×x g-]{0,40}") {
            tokens(&text);
        }
    }
}
