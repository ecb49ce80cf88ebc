//! Everything in the file as text, to compare two states of it.

use std::fmt::Write;

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
    let rows = statement.query_map([], |row| {
        let mut fields = Vec::with_capacity(columns);
        for column in 0..columns {
            fields.push(field(row.get_ref(column)?));
        }
        Ok(fields.join(" | "))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn field(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "-".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) => format!("'{}'", bytes.escape_ascii()),
        ValueRef::Blob(bytes) => format!("x'{}'", bytes.escape_ascii()),
    }
}
