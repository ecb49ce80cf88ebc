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

/// A moment of an ERP in memory, to come back to. Marks lie one within the other: coming back to one
/// gives up those that were made after it.
pub struct Mark(String);

impl Erp {
    /// Marks what is committed now. Much cheaper than a copy, and to come back is too.
    ///
    /// # Errors
    /// The ERP is in a file, whose commits cannot be taken back; or SQLite failed.
    pub fn mark(&self) -> anyhow::Result<Mark> {
        let lease = self.lease_to_write()?;
        anyhow::ensure!(lease.in_memory(), "only an ERP in memory can be marked");
        let mark = Mark(format!("mark_{}", self.next_mark()));
        lease.connection().execute_batch(&format!("SAVEPOINT {}", mark.0))?;
        Ok(mark)
    }

    /// Takes back what was committed since the mark, which stays.
    ///
    /// # Errors
    /// The mark was given up, or SQLite failed.
    pub fn back_to(&self, mark: &Mark) -> anyhow::Result<()> {
        Ok(self.lease_to_write()?.connection().execute_batch(&format!("ROLLBACK TO {}", mark.0))?)
    }
}

/// Nobody else writes meanwhile, so that it is done in one step.
fn copy_database(from: &Connection, to: &mut Connection) -> anyhow::Result<()> {
    Ok(Backup::new(from, to)?.run_to_completion(i32::MAX, Duration::ZERO, None)?)
}
