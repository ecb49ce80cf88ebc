//! Copies of the whole database, to come back to: for tests that try many futures of one state.

use std::time::Duration;

use rusqlite::Connection;
use rusqlite::backup::Backup;

use crate::erp::Erp;

/// All that an ERP held at one time. It is in memory, wherever the ERP is.
pub struct Snapshot(Connection);

impl Erp {
    /// A copy of everything that is committed.
    ///
    /// # Errors
    /// SQLite failed.
    pub fn snapshot(&self) -> anyhow::Result<Snapshot> {
        let mut copy = Connection::open_in_memory()?;
        copy_database(self.lease_to_read()?.connection(), &mut copy)?;
        Ok(Snapshot(copy))
    }

    /// Makes this ERP hold what it, or another one, held when the copy was made.
    ///
    /// # Errors
    /// A transaction is open and does not end within a minute, or SQLite failed; then this ERP is
    /// not to be used any more.
    pub fn restore(&self, snapshot: &Snapshot) -> anyhow::Result<()> {
        copy_database(&snapshot.0, self.lease_to_write()?.connection_mut())
    }
}

/// Nobody else writes meanwhile, so that it is done in one step.
fn copy_database(from: &Connection, to: &mut Connection) -> anyhow::Result<()> {
    Ok(Backup::new(from, to)?.run_to_completion(i32::MAX, Duration::ZERO, None)?)
}
