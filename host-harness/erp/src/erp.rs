//! The ERP as a whole: its file, its clock, and whose turn it is to write.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use leaflink_sync_kit::host::CompanyId;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::database;
use crate::error::{Error, Result};
use crate::transaction::ErpTransaction;

/// How long a transaction waits for its turn. A call of the component ends long before.
const TURN_TIMEOUT: Duration = Duration::from_secs(60);

/// Where the ERP takes the time from: milliseconds since 1970-01-01T00:00:00Z.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// A moment of a commit, for tests that let the ERP's process die there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitMoment {
    /// Nothing is durable yet.
    Before,
    /// All is durable, and whoever asked for it does not know yet.
    After,
}

/// Is told of each commit. What it panics with ends the process that a test plays.
pub type CommitWatch = Arc<dyn Fn(CommitMoment) + Send + Sync>;

/// The reference ERP: any number of companies (tenants) in one SQLite database.
///
/// SQLite knows one writer at a time, so transactions take turns, those of different companies
/// too. Reading ([`Erp::view`]) waits for nobody. Clones share the file, the clock and the turn.
#[derive(Clone)]
pub struct Erp {
    writer: Arc<Writer>,
    clock: Clock,
    watch: Option<CommitWatch>,
}

impl Erp {
    /// Opens the ERP's file, creating it or bringing its schema up to date if need be.
    ///
    /// # Errors
    /// The file cannot be opened for writing, or is not an ERP of this or an older version.
    pub fn open(path: impl AsRef<Path>) -> anyhow::Result<Self> {
        Self::with_folder(path.as_ref().to_owned(), None)
    }

    /// An empty ERP in a file of its own in the system's temporary folder, removed with the last
    /// clone.
    ///
    /// # Errors
    /// The temporary folder cannot be written.
    pub fn temporary() -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("reference-erp-")?;
        Self::with_folder(folder.path().join("erp.sqlite"), Some(folder))
    }

    /// An empty ERP in this process's memory, gone with the last clone. It has one connection, so
    /// that looking waits its turn too.
    ///
    /// # Errors
    /// SQLite failed.
    pub fn in_memory() -> anyhow::Result<Self> {
        Ok(Self::on(Writer {
            idle: Mutex::new(Some(database::open_in_memory()?)),
            freed: Condvar::new(),
            path: PathBuf::from(":memory:"),
            in_memory: true,
            marks: AtomicU64::new(0),
            _folder: None,
        }))
    }

    fn with_folder(path: PathBuf, folder: Option<TempDir>) -> anyhow::Result<Self> {
        let connection = database::open(&path)?;
        if folder.is_some() {
            // Nothing in it is to survive a power cut.
            connection.pragma_update(None, "synchronous", "OFF")?;
        }
        Ok(Self::on(Writer {
            idle: Mutex::new(Some(connection)),
            freed: Condvar::new(),
            path,
            in_memory: false,
            marks: AtomicU64::new(0),
            _folder: folder,
        }))
    }

    fn on(writer: Writer) -> Self {
        Self { writer: Arc::new(writer), clock: Arc::new(system_time_ms), watch: None }
    }

    /// The same ERP on another clock: a simulation's, say.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// The same ERP, whose every commit is watched.
    #[must_use]
    pub fn with_commit_watch(self, watch: CommitWatch) -> Self {
        Self { watch: Some(watch), ..self }
    }

    /// The SQLite file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.writer.path
    }

    /// The time by this ERP's clock.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        (self.clock)()
    }

    /// Opens a company's transaction, waiting for its turn. Dropped without a commit it leaves no
    /// trace. Box it to hand it to the kit.
    ///
    /// # Errors
    /// No such company, the turn did not come within a minute, or SQLite failed.
    pub fn begin(&self, company: &CompanyId) -> Result<ErpTransaction> {
        self.begin_for(company, true)
    }

    /// As [`begin`](Self::begin), for looking only: a stable picture of what is committed now. It
    /// waits for nobody and holds up nobody; writes through it fail.
    ///
    /// # Errors
    /// No such company, or SQLite failed.
    pub fn view(&self, company: &CompanyId) -> anyhow::Result<ErpTransaction> {
        let transaction =
            ErpTransaction::open(self.lease_to_read()?, "BEGIN DEFERRED", company, self.now_ms())?;
        transaction.db().require_tenant()?;
        Ok(transaction)
    }

    /// A connection that cannot write.
    pub(crate) fn lease_to_read(&self) -> anyhow::Result<Lease> {
        if !self.writer.in_memory {
            return Ok(Lease::own(database::open_to_read(self.path())?));
        }
        let mut lease = Lease::wait_for(&self.writer)?;
        lease.only_reads = true;
        Ok(lease)
    }

    /// A number for a mark; each is given out once.
    pub(crate) fn next_mark(&self) -> u64 {
        self.writer.marks.fetch_add(1, Ordering::Relaxed)
    }

    /// The connection that writes, when its turn has come.
    pub(crate) fn lease_to_write(&self) -> Result<Lease> {
        Lease::wait_for(&self.writer)
    }

    /// As [`begin`](Self::begin); the company need not exist yet if it is about to be made.
    pub(crate) fn begin_for(&self, company: &CompanyId, exists: bool) -> Result<ErpTransaction> {
        let lease = self.lease_to_write()?;
        let transaction = ErpTransaction::open(lease, "BEGIN IMMEDIATE", company, self.now_ms())?;
        let transaction = transaction.watched_by(self.watch.clone());
        if exists {
            transaction.db().require_tenant()?;
        }
        Ok(transaction)
    }

    /// Moves everything committed from the write-ahead log into the file itself, so that a copy of
    /// the file is complete.
    ///
    /// # Errors
    /// A transaction is open and does not end within a minute, or SQLite failed.
    pub fn checkpoint(&self) -> Result<()> {
        let lease = self.lease_to_write()?;
        lease.connection().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    /// Every committed row of every table as text, in a fixed order: two ERPs with equal dumps
    /// hold the same.
    ///
    /// # Errors
    /// SQLite failed.
    pub fn dump(&self) -> anyhow::Result<String> {
        self.dump_without(&[])
    }

    /// As [`dump`](Self::dump), but for these tables.
    ///
    /// # Errors
    /// SQLite failed.
    pub fn dump_without(&self, tables: &[&str]) -> anyhow::Result<String> {
        crate::dump::dump(self.lease_to_read()?.connection(), tables)
    }
}

fn system_time_ms() -> u64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX)
}

/// The one connection that writes, and the waiting room in front of it.
struct Writer {
    /// Absent while a transaction holds it.
    idle: Mutex<Option<Connection>>,
    freed: Condvar,
    path: PathBuf,
    /// Then there can be no other connection.
    in_memory: bool,
    marks: AtomicU64,
    _folder: Option<TempDir>,
}

impl Writer {
    /// A connection is put in and taken out in one step, so a panic elsewhere leaves it whole.
    fn lock(&self) -> MutexGuard<'_, Option<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection on loan; it goes back when the loan is dropped.
pub(crate) struct Lease {
    connection: Option<Connection>,
    lender: Option<Arc<Writer>>,
    in_memory: bool,
    /// Writes through it are refused. Not by `PRAGMA query_only`, which has every statement compiled
    /// anew each time it is set.
    only_reads: bool,
}

impl Lease {
    fn own(connection: Connection) -> Self {
        Self { connection: Some(connection), lender: None, in_memory: false, only_reads: true }
    }

    fn wait_for(writer: &Arc<Writer>) -> Result<Self> {
        let (mut idle, wait) = writer
            .freed
            .wait_timeout_while(writer.lock(), TURN_TIMEOUT, |idle| idle.is_none())
            .unwrap_or_else(PoisonError::into_inner);
        if wait.timed_out() {
            return Err(Error::Busy(format!(
                "another transaction has held {} for {} seconds; end it and try again",
                writer.path.display(),
                TURN_TIMEOUT.as_secs()
            )));
        }
        Ok(Self {
            connection: idle.take(),
            lender: Some(Arc::clone(writer)),
            in_memory: writer.in_memory,
            only_reads: false,
        })
    }

    pub(crate) fn connection(&self) -> &Connection {
        self.connection.as_ref().expect("only `drop` takes it away")
    }

    /// The connection of an ERP in memory lies within a transaction as long as there are marks on it.
    pub(crate) fn in_memory(&self) -> bool {
        self.in_memory
    }

    pub(crate) fn only_reads(&self) -> bool {
        self.only_reads
    }

    pub(crate) fn connection_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("only `drop` takes it away")
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(writer) = self.lender.take() {
            *writer.lock() = self.connection.take();
            writer.freed.notify_one();
        }
    }
}
