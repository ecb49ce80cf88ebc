//! The component's key-value state.

use leaflink_sync_kit::host::store::Entry;
use rusqlite::params;

use crate::database::Db;
use crate::error::Result;

pub(crate) fn get(db: &Db<'_>, key: &str) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT value FROM component_state WHERE tenant = ?1 AND key = ?2";
    db.row(sql, [db.tenant, key], |row| row.get(0))
}

pub(crate) fn put(db: &Db<'_>, key: &str, value: &[u8]) -> Result<()> {
    let sql = "INSERT INTO component_state (tenant, key, value) VALUES (?1, ?2, ?3)
               ON CONFLICT (tenant, key) DO UPDATE SET value = excluded.value";
    db.execute(sql, params![db.tenant, key, value])?;
    Ok(())
}

pub(crate) fn delete(db: &Db<'_>, key: &str) -> Result<()> {
    let sql = "DELETE FROM component_state WHERE tenant = ?1 AND key = ?2";
    db.execute(sql, [db.tenant, key])?;
    Ok(())
}

/// The entries below `prefix` after the key `after`, in byte order.
pub(crate) fn scan(db: &Db<'_>, prefix: &str, after: Option<&str>, limit: u32) -> Result<Vec<Entry>> {
    // Keys with the prefix follow each other from the prefix itself on.
    let sql = "SELECT key, value FROM component_state
               WHERE tenant = ?1 AND key >= ?2 AND key > ifnull(?3, '')
               ORDER BY key LIMIT ?4";
    let mut entries = db.rows(sql, params![db.tenant, prefix, after, limit], |row| {
        Ok(Entry { key: row.get(0)?, value: row.get(1)? })
    })?;
    let below = entries.iter().take_while(|entry| entry.key.starts_with(prefix));
    let count = below.count();
    entries.truncate(count);
    Ok(entries)
}
