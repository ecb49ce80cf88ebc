//! Where in a body a problem is: `line_items[2].quantity`.
//!
//! serde_json tells how far it had read when a value did not fit. The path is found from that by
//! reading the body once more up to there, which costs nothing while bodies are good.

use std::fmt::Write;

/// The path of the value that a problem of serde_json is about; `.` for the body as a whole. For
/// a missing field it is the path of the object that should have it.
pub fn path_of(text: &str, problem: &serde_json::Error) -> String {
    let read = offset(text, problem.line(), problem.column());
    let before = text.get(..read).unwrap_or(text);
    // A value may turn out bad only after the bracket behind it was read: what was meant is still
    // inside. A field is known to be missing once its object is closed: what was meant is outside.
    match before.strip_suffix(['}', ']']) {
        Some(inside) if !is_about_missing_field(problem) => path_at(inside),
        _ => path_at(before),
    }
}

fn is_about_missing_field(problem: &serde_json::Error) -> bool {
    problem.to_string().starts_with("missing field")
}

/// The offset of a line (counted from 1) and a column (bytes of that line before it).
fn offset(text: &str, line: usize, column: usize) -> usize {
    let lines_before = text.split_inclusive('\n').take(line.saturating_sub(1));
    lines_before.map(str::len).sum::<usize>() + column
}

/// An object or list that is open, and how far in it the reading is.
enum Open<'a> {
    /// The key that was read last, as it is written; none at first.
    Object { key: Option<&'a str>, value_follows: bool },
    /// The place of the value that is read.
    List { index: usize, empty: bool },
}

/// The path of the value that stands at the end of a beginning of well-formed JSON.
fn path_at(before: &str) -> String {
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    while let Some(byte) = before.as_bytes().get(at) {
        let token = at;
        at += 1;
        if let Some(Open::List { empty, .. }) = open.last_mut()
            && !b" \t\r\n]".contains(byte)
        {
            *empty = false;
        }
        match byte {
            b'{' => open.push(Open::Object { key: None, value_follows: false }),
            b'[' => open.push(Open::List { index: 0, empty: true }),
            b'}' | b']' => {
                open.pop();
            }
            b'"' => {
                at = end_of_string(before, at);
                if let Some(Open::Object { key, value_follows: false }) = open.last_mut() {
                    *key = before.get(token..at);
                }
            }
            b':' => follow(&mut open, true),
            b',' => follow(&mut open, false),
            _ => {}
        }
    }
    let mut path = String::new();
    for container in open {
        match container {
            Open::Object { key: Some(key), .. } => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(&unquoted(key));
            }
            // Writing to a String cannot fail.
            Open::List { index, empty: false } => _ = write!(path, "[{index}]"),
            Open::Object { key: None, .. } | Open::List { .. } => {}
        }
    }
    if path.is_empty() { ".".to_owned() } else { path }
}

/// Goes on in the innermost container, past a colon or past a comma.
fn follow(open: &mut [Open], colon: bool) {
    match open.last_mut() {
        Some(Open::Object { value_follows, .. }) => *value_follows = colon,
        Some(Open::List { index, .. }) => *index += 1,
        None => {}
    }
}

/// Just past the quote that closes the string whose text begins at `start`.
fn end_of_string(text: &str, start: usize) -> usize {
    let mut escaped = false;
    for (length, byte) in text.as_bytes()[start..].iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return start + length + 1,
            _ => {}
        }
    }
    text.len()
}

/// A key without its quotes and escapes.
fn unquoted(key: &str) -> String {
    serde_json::from_str(key).unwrap_or_else(|_| key.trim_matches('"').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The path at the mark `^` in a text.
    fn at_mark(marked: &str) -> String {
        path_at(marked.split_once('^').unwrap().0)
    }

    #[test]
    fn a_value_is_named_by_keys_and_places() {
        for (marked, wanted) in [
            (r#"^{"a": 1}"#, "."),
            (r#"{^"a": 1}"#, "."),
            (r#"{"a": 1^}"#, "a"),
            (r#"{"a":^ {"b": 2}}"#, "a"),
            (r#"{"a": {"b": 2^}}"#, "a.b"),
            (r#"{"a": {"b": 2}^, "c": 3}"#, "a"),
            (r#"{"a": {"b": 2}, "c": 3^}"#, "c"),
            (r#"{"a": [{"b": 1}, {"c": "x"^}]}"#, "a[1].c"),
            (r#"{"a": [{"b": 1}, {"c": "x"}^]}"#, "a[1]"),
            (r#"[[1, 2], [3, 4^]]"#, "[1][1]"),
            (r#"[[1, 2], ^[3, 4]]"#, "[1]"),
            (r#"{"a": [^1]}"#, "a"),
            (r#"{"a": [1^]}"#, "a[0]"),
            (r#"{"a": []^, "b": 1}"#, "a"),
            (r#"{"a": 1}^"#, "."),
        ] {
            assert_eq!(at_mark(marked), wanted, "{marked}");
        }
    }

    #[test]
    fn brackets_and_commas_in_strings_do_not_count() {
        for (marked, wanted) in [
            (r#"{"a": "]},{[:", "b": 1^}"#, "b"),
            (r#"{"a": "\"]}", "b": "\\", "c": 1^}"#, "c"),
            (r#"["a,b", "c"^]"#, "[1]"),
            (r#"{"]}": {"b": 1^}}"#, "]}.b"),
        ] {
            assert_eq!(at_mark(marked), wanted, "{marked}");
        }
    }

    #[test]
    fn keys_lose_their_escapes_and_keep_their_letters() {
        for (marked, wanted) in [
            (r#"{"a\"b": 1^}"#, "a\"b"),
            (r#"{"\u5927麻": [1, "店"^]}"#, "大麻[1]"),
            (r#"{"": {"é": 1^}}"#, "é"),
        ] {
            assert_eq!(at_mark(marked), wanted, "{marked}");
        }
    }

    #[test]
    fn a_beginning_that_is_cut_anywhere_has_a_path() {
        let text = r#"{"a\"b": [1, {"大": "\\x"}, [], {}], "c": null}"#;
        for (cut, _) in text.char_indices() {
            assert!(!path_at(&text[..cut]).is_empty());
        }
    }

    #[test]
    fn lines_and_columns_lead_to_the_place() {
        let text = "{\n  \"é\": 1,\n  \"b\": 2\n}";
        for (place, _) in text.char_indices() {
            let before = &text[..place];
            let line_start = before.rfind('\n').map_or(0, |end| end + 1);
            assert_eq!(offset(text, 1 + before.matches('\n').count(), place - line_start), place);
        }
    }
}
