//! One transaction of one company: what the kit calls through, and what people's verbs run in.

use leaflink_sync_kit::host::{CompanyId, Journal, Mail, Store, Transaction, journal, mail, store, types};

use leaflink_sync_kit::CallInfo;

use crate::component::journal::{self as journal_table, JournalEntry, Stamp};
use crate::component::{mail as mail_table, state};
use crate::database::Db;
use crate::erp::{CommitMoment, CommitWatch, Lease};
use crate::error::Result;

/// A company's open transaction. Dropped without a commit it leaves no trace.
pub struct ErpTransaction {
    lease: Lease,
    company: CompanyId,
    now_ms: u64,
    /// What the journal's entries of this transaction are stamped with.
    stamp: Stamp,
    open: bool,
    /// The ERP's process dies before its commit.
    doomed: bool,
    watch: Option<CommitWatch>,
}

impl ErpTransaction {
    /// Begins with the given statement.
    pub(crate) fn open(lease: Lease, begin: &str, company: &CompanyId, now_ms: u64) -> Result<Self> {
        let begin = if lease.in_memory() { "SAVEPOINT call" } else { begin };
        lease.connection().execute_batch(begin)?;
        Ok(Self {
            lease,
            company: company.clone(),
            now_ms,
            stamp: Stamp::default(),
            open: true,
            doomed: false,
            watch: None,
        })
    }

    /// The tables as this transaction sees them.
    pub(crate) fn db(&self) -> Db<'_> {
        Db {
            connection: self.lease.connection(),
            tenant: &self.company.0,
            now_ms: self.now_ms,
            only_reads: self.lease.only_reads(),
        }
    }

    /// At most `limit` journal entries after the entry with the id `after` (0: from the first),
    /// oldest first.
    ///
    /// # Errors
    /// SQLite failed.
    pub fn journal(&self, after: i64, limit: u32) -> Result<Vec<JournalEntry>> {
        journal_table::entries(&self.db(), after, limit)
    }

    /// The same transaction as that of a call, which its journal entries will name.
    #[must_use]
    pub fn of_call(mut self, info: &CallInfo) -> Self {
        self.stamp = Stamp {
            call_id: info.id.0.clone(),
            call: info.call.to_owned(),
            component: info.component.clone(),
        };
        self
    }

    /// The same transaction, whose commit fails and leaves no trace: as when the ERP's process dies
    /// between the last write and the commit.
    #[must_use]
    pub fn without_commit(mut self) -> Self {
        self.doomed = true;
        self
    }

    pub(crate) fn watched_by(mut self, watch: Option<CommitWatch>) -> Self {
        self.watch = watch;
        self
    }

    /// Makes everything written durable and visible, all at once.
    ///
    /// # Errors
    /// SQLite failed; then nothing was written.
    pub fn commit(mut self) -> Result<()> {
        let watch = self.watch.take();
        let told = |moment| watch.iter().for_each(|watch| watch(moment));
        told(CommitMoment::Before);
        let commit = if self.lease.in_memory() { "RELEASE call" } else { "COMMIT" };
        self.lease.connection().execute_batch(commit)?;
        self.open = false;
        drop(self);
        told(CommitMoment::After);
        Ok(())
    }
}

impl Drop for ErpTransaction {
    fn drop(&mut self) {
        if self.open {
            // SQLite has already rolled back by itself when this fails.
            let in_memory = self.lease.in_memory();
            let rollback = if in_memory { "ROLLBACK TO call; RELEASE call" } else { "ROLLBACK" };
            let _ = self.lease.connection().execute_batch(rollback);
        }
    }
}

impl Transaction for ErpTransaction {
    fn commit(self: Box<Self>) -> anyhow::Result<()> {
        anyhow::ensure!(!self.doomed, "its process died");
        Ok(Self::commit(*self)?)
    }
}

impl Store for ErpTransaction {
    fn get(&mut self, key: &str) -> Result<Option<Vec<u8>>, store::Error> {
        Ok(state::get(&self.db(), key)?)
    }

    fn put(&mut self, key: &str, value: &[u8]) -> Result<(), store::Error> {
        Ok(state::put(&self.db(), key, value)?)
    }

    fn delete(&mut self, key: &str) -> Result<(), store::Error> {
        Ok(state::delete(&self.db(), key)?)
    }

    fn scan(
        &mut self,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<store::Entry>, store::Error> {
        Ok(state::scan(&self.db(), prefix, after, limit)?)
    }
}

impl Mail for ErpTransaction {
    fn queue(&mut self, message: mail::Message) -> Result<(), mail::Error> {
        Ok(mail_table::queue(&self.db(), &message)?)
    }
}

impl Journal for ErpTransaction {
    fn append(&mut self, decision: types::Decision) -> Result<(), journal::Error> {
        Ok(journal_table::append(&self.db(), &self.stamp, decision)?)
    }
}
