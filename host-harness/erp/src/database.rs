//! The SQLite file: opening it, its schema, and one tenant's way of asking it.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use rusqlite::config::DbConfig;
use rusqlite::types::Type;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, Row, ffi};
use rusqlite_migration::{M, Migrations};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result, refuse};

/// How long a connection waits for another *process* that is writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// The most ids or rows that one request may name.
const BATCH: usize = 500;

const STEPS: &[M<'_>] = &[
    M::up(include_str!("../migrations/01-companies.sql")),
    M::up(include_str!("../migrations/02-products-and-stock.sql")),
    M::up(include_str!("../migrations/03-sales-orders.sql")),
    M::up(include_str!("../migrations/04-billing-and-transfers.sql")),
    M::up(include_str!("../migrations/05-component.sql")),
    M::up(include_str!("../migrations/06-documents.sql")),
    M::up(include_str!("../migrations/07-leaflink-listings.sql")),
    M::up(include_str!("../migrations/08-journal-chain.sql")),
    M::up(include_str!("../migrations/09-changes.sql")),
    M::up(include_str!("../migrations/10-packages.sql")),
];

/// Opens the file for writing, creates it if need be, and brings its schema up to date.
pub(crate) fn open(path: &Path) -> anyhow::Result<Connection> {
    let mut db = connect(path)?;
    // With a write-ahead log people can look at the file while calls are under way.
    db.pragma_update(None, "journal_mode", "WAL")
        .with_context(|| format!("{} is not a database that can be written", path.display()))?;
    Migrations::from_slice(STEPS)
        .to_latest(&mut db)
        .with_context(|| format!("the schema of {} cannot be brought up to date", path.display()))?;
    Ok(db)
}

/// A new database in memory, with its schema.
pub(crate) fn open_in_memory() -> anyhow::Result<Connection> {
    let mut db = configured(Connection::open_in_memory()?)?;
    Migrations::from_slice(STEPS).to_latest(&mut db)?;
    Ok(db)
}

/// Opens the file for reading only.
pub(crate) fn open_to_read(path: &Path) -> anyhow::Result<Connection> {
    let db = connect(path)?;
    db.pragma_update(None, "query_only", true)?;
    Ok(db)
}

fn connect(path: &Path) -> anyhow::Result<Connection> {
    let db = Connection::open(path)
        .with_context(|| format!("the database {} cannot be opened", path.display()))?;
    configured(db)
}

fn configured(db: Connection) -> anyhow::Result<Connection> {
    db.busy_timeout(BUSY_TIMEOUT)?;
    db.pragma_update(None, "foreign_keys", true)?;
    // Otherwise statements on tables with partial indexes are compiled anew with every binding.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.set_prepared_statement_cache_capacity(128);
    Ok(db)
}

/// One tenant's view of an open transaction. By convention `?1` is the tenant in every statement.
#[derive(Clone, Copy)]
pub(crate) struct Db<'a> {
    pub connection: &'a Connection,
    pub tenant: &'a str,
    /// The transaction's time, in milliseconds since 1970.
    pub now_ms: u64,
    /// Writes fail.
    pub only_reads: bool,
}

impl<'a> Db<'a> {
    fn prepare(&self, sql: &str) -> Result<CachedStatement<'a>> {
        let statement = self.connection.prepare_cached(sql)?;
        if self.only_reads && !statement.readonly() {
            let (code, why) = (ffi::Error::new(ffi::SQLITE_READONLY), "this was opened to look only");
            return Err(rusqlite::Error::SqliteFailure(code, Some(why.to_owned())).into());
        }
        Ok(statement)
    }

    /// Every row of a query.
    pub fn rows<T>(
        &self,
        sql: &str,
        params: impl Params,
        map: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.prepare(sql)?;
        let rows = statement.query_map(params, map)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The one row of a query, or nothing.
    pub fn row<T>(
        &self,
        sql: &str,
        params: impl Params,
        map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        let mut statement = self.prepare(sql)?;
        Ok(statement.query_row(params, map).optional()?)
    }

    /// Runs a statement; answers how many rows it touched.
    pub fn execute(&self, sql: &str, params: impl Params) -> Result<usize> {
        Ok(self.prepare(sql)?.execute(params)?)
    }

    /// As [`execute`](Self::execute); it is an error if the record `id` was not there.
    pub fn update(&self, id: &str, sql: &str, params: impl Params) -> Result<()> {
        match self.execute(sql, params)? {
            0 => Err(Error::NotFound(id.to_owned())),
            _ => Ok(()),
        }
    }

    /// Checks that the tenant exists.
    pub fn require_tenant(&self) -> Result<()> {
        let sql = "SELECT 1 FROM tenants WHERE tenant = ?1";
        match self.row(sql, [self.tenant], |_| Ok(()))? {
            Some(()) => Ok(()),
            None => Err(Error::NotFound(self.tenant.to_owned())),
        }
    }

    /// Checks that the tenant has a record `id` in `table`.
    pub fn require(&self, table: &str, id: &str) -> Result<()> {
        let sql = format!("SELECT 1 FROM {table} WHERE tenant = ?1 AND id = ?2");
        match self.row(&sql, [self.tenant, id], |_| Ok(()))? {
            Some(()) => Ok(()),
            None => Err(Error::NotFound(id.to_owned())),
        }
    }

    /// Does all of `work` or nothing: a refusal half-way leaves no trace.
    pub fn atomically<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.connection.execute_batch("SAVEPOINT verb")?;
        let result = work();
        let end = match result {
            Ok(_) => "RELEASE verb",
            Err(_) => "ROLLBACK TO verb; RELEASE verb",
        };
        self.connection.execute_batch(end)?;
        result
    }

    /// The next number of its kind for this tenant, counting from `first`.
    pub fn next_number(&self, kind: &str, first: i64) -> Result<i64> {
        let sql = "INSERT INTO counters (tenant, kind, last) VALUES (?1, ?2, ?3)
                   ON CONFLICT (tenant, kind) DO UPDATE SET last = last + 1 RETURNING last";
        let mut statement = self.prepare(sql)?;
        Ok(statement.query_row((self.tenant, kind, first), |row| row.get(0))?)
    }
}

/// A list of ids as one SQL parameter, for `IN (SELECT value FROM json_each(?))`.
pub(crate) fn id_list(ids: &[impl AsRef<str>]) -> Result<String> {
    check_batch(ids.len())?;
    let ids: Vec<&str> = ids.iter().map(AsRef::as_ref).collect();
    Ok(serde_json::Value::from(ids).to_string())
}

/// As [`id_list`], for LeafLink's numeric ids.
pub(crate) fn number_list(ids: &[u64]) -> Result<String> {
    check_batch(ids.len())?;
    let ids: Vec<i64> = ids.iter().map(|id| id.cast_signed()).collect();
    Ok(serde_json::Value::from(ids).to_string())
}

/// Checks the `limit` of a paged list.
pub(crate) fn page_size(limit: u32) -> Result<u32> {
    match limit {
        1..=500 => Ok(limit),
        _ => refuse(format!("a page holds 1 to {BATCH} records, not {limit}")),
    }
}

/// A column that holds JSON.
pub(crate) fn json_column<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}

/// The sum of a JSON array of decimals, as `json_group_array` makes it of a decimal column. SQLite
/// itself would add them as floats.
pub(crate) fn sum_column(row: &Row<'_>, column: usize) -> rusqlite::Result<Decimal> {
    let mut sum = Decimal::ZERO;
    for text in json_column::<Vec<String>>(row, column)? {
        sum += text.parse::<Decimal>().map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
        })?;
    }
    Ok(sum)
}

fn check_batch(count: usize) -> Result<()> {
    if count > BATCH {
        return refuse(format!("a list of ids holds at most {BATCH}, not {count}"));
    }
    Ok(())
}
