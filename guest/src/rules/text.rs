//! Text from LeafLink that goes into the ERP: what is let through and what is not.

/// Longest note that is copied, in characters. LeafLink documents 2,000; five times that is let
/// through, so that a raised limit on their side stops nobody.
pub const LONGEST_NOTE: usize = 10_000;
/// Longest name of a person, product or customer, in characters (LeafLink: 400).
pub const LONGEST_NAME: usize = 500;

/// Whether a name could be taken for markup: a `<` that opens, closes or declares a tag.
pub fn has_markup(name: &str) -> bool {
    name.split('<')
        .skip(1)
        .any(|rest| rest.starts_with(|next: char| next.is_ascii_alphabetic() || next == '/' || next == '!'))
}

/// Whether a name holds a control character (a line break would let it forge a line of an e-mail).
pub fn has_control(name: &str) -> bool {
    name.chars().any(char::is_control)
}

/// The text cut to `longest` characters, with `...` where something was cut.
pub fn shortened(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        None => text.to_owned(),
        Some((cut, _)) => format!("{}...", &text[..cut]),
    }
}

/// The text in lower case, for comparing. Letter by letter, without the standard library's table
/// of context rules.
pub fn lower_case(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// `1 order`, `2 orders`: a count with its noun.
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_markup_from_a_smaller_than_sign() {
        for markup in ["<script>alert(1)</script>", "Kettle <b>", "</p>", "a<!--"] {
            assert!(has_markup(markup), "{markup}");
        }
        for plain in ["Kettle & Sons", "1 < 2", "<3 Weed", "a <", "Ümläut 大麻"] {
            assert!(!has_markup(plain), "{plain}");
        }
    }

    #[test]
    fn cuts_between_characters() {
        assert_eq!(shortened("大麻店", 2), "大麻...");
        assert_eq!(shortened("abc", 3), "abc");
    }
}
