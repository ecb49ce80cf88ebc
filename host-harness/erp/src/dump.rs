//! Everything in the file as text, to compare two states of it.

use std::fmt::{self, Write};

use rusqlite::Connection;
use rusqlite::types::ValueRef;

/// A heading for each table but those left out, and a line for each row, both in a fixed order.
pub(crate) fn dump(db: &Connection, left_out: &[&str]) -> anyhow::Result<String> {
    // Where a transaction is open already, this lies within it.
    db.execute_batch("SAVEPOINT dump")?;
    let text = dump_tables(db, left_out);
    db.execute_batch("RELEASE dump")?;
    text
}

fn dump_tables(snapshot: &Connection, left_out: &[&str]) -> anyhow::Result<String> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let mut statement = snapshot.prepare_cached(sql)?;
    let tables = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut text = String::new();
    for table in tables {
        let table = table?;
        if left_out.contains(&table.as_str()) {
            continue;
        }
        writeln!(text, "{table}")?;
        let mut rows = dump_table(snapshot, &table)?;
        rows.sort();
        for row in rows {
            writeln!(text, "  {row}")?;
        }
    }
    Ok(text)
}

fn dump_table(db: &Connection, table: &str) -> anyhow::Result<Vec<String>> {
    let mut statement = db.prepare_cached(&format!("SELECT * FROM \"{table}\""))?;
    let columns = statement.column_count();
    let mut found = statement.query([])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let mut line = String::new();
        for column in 0..columns {
            if column > 0 {
                line += " | ";
            }
            field(&mut line, row.get_ref(column)?)?;
        }
        rows.push(line);
    }
    Ok(rows)
}

fn field(line: &mut String, value: ValueRef<'_>) -> fmt::Result {
    match value {
        ValueRef::Null => line.write_str("-"),
        ValueRef::Integer(number) => write!(line, "{number}"),
        ValueRef::Real(number) => write!(line, "{number}"),
        ValueRef::Text(bytes) => match str::from_utf8(bytes) {
            Ok(text) if is_plain(bytes) => write!(line, "'{text}'"),
            _ => write!(line, "'{}'", bytes.escape_ascii()),
        },
        ValueRef::Blob(bytes) => write!(line, "x'{}'", bytes.escape_ascii()),
    }
}

/// Whether nothing in it is to be escaped.
fn is_plain(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'\'' | b'"' | b'\\'))
}
