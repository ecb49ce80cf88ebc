//! How text looks on a terminal: tables, and colour where it is wanted.

use std::env;
use std::io::{self, IsTerminal};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

/// The width that tables keep to where there is no terminal to ask.
const WIDTH: u16 = 120;

/// Colours, or none.
#[derive(Clone, Copy, Debug)]
pub struct Ink {
    coloured: bool,
}

impl Ink {
    /// Colours if standard output is a terminal and `NO_COLOR` is not set.
    pub fn for_stdout() -> Self {
        let unwanted = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { coloured: !unwanted && io::stdout().is_terminal() }
    }

    /// No colours.
    pub fn plain() -> Self {
        Self { coloured: false }
    }

    /// A heading.
    pub fn heading(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// What is well.
    pub fn good(self, text: &str) -> String {
        self.paint("32", text)
    }

    /// What is not.
    pub fn bad(self, text: &str) -> String {
        self.paint("31", text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.coloured { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// A table without frames, at most `WIDTH` wide. Columns whose heading begins with `>` are set to
/// the right.
pub fn table(headings: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH)
        .set_header(headings.iter().map(|heading| heading.trim_start_matches('>')))
        .add_rows(rows);
    for (column, heading) in table.column_iter_mut().zip(headings) {
        column.set_padding((0, 2));
        if heading.starts_with('>') {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// The text in lines of at most `width` characters, broken between words; every line but the first
/// begins with `hanging`. Spaces at the beginning stay.
pub fn wrapped(text: &str, width: usize, hanging: &str) -> String {
    let words = text.trim_start_matches(' ');
    let indent = text.len() - words.len();
    let mut lines = " ".repeat(indent);
    let mut column = indent;
    for word in words.split(' ') {
        let length = word.chars().count();
        if column > indent && column + 1 + length > width {
            lines.push('\n');
            lines.push_str(hanging);
            column = hanging.chars().count();
        } else if column > indent {
            lines.push(' ');
            column += 1;
        }
        lines.push_str(word);
        column += length;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_between_words() {
        assert_eq!(wrapped("aa bb cc", 5, " "), "aa bb\n cc");
        assert_eq!(wrapped("aaaaaaaa b", 5, ""), "aaaaaaaa\nb");
        assert_eq!(wrapped("  aa bb", 5, "   "), "  aa\n   bb");
        assert_eq!(wrapped("", 5, " "), "");
    }

    #[test]
    fn a_table_is_aligned_and_not_too_wide() {
        let rows = vec![
            vec!["a".to_owned(), "1.00".to_owned(), "long ".repeat(60)],
            vec!["bb".to_owned(), "10.00".to_owned()],
        ];
        let text = table(&["Name", ">Sum", "Text"], rows);
        assert!(text.lines().all(|line| line.chars().count() <= usize::from(WIDTH)), "{text}");
        let starts: Vec<_> = text.lines().map(|line| line.chars().take(11).collect::<String>()).collect();
        assert_eq!(starts[0], "Name    Sum");
        assert_eq!(starts[1], "a      1.00");
        assert_eq!(starts.last().map(String::as_str), Some("bb    10.00"));
    }
}
