//! Coming back to an earlier moment of a stage, to try another future of it.

use std::sync::atomic::Ordering;

use anyhow::bail;
use leaflink_sandbox::Sandbox;
use leaflink_sync_transport::{CaughtMail, RequestBudget};

use super::Stage;
use super::webhooks::Outgoing;
use crate::connections::Post;
use crate::host::lock;

/// A stage at one moment: both sides, the mailbox, the clocks, the random numbers to come. What the
/// host saw until then is no part of it.
pub struct Snapshot {
    erp: ErpThen,
    sandbox: Sandbox,
    mails: Vec<CaughtMail>,
    now_ms: u64,
    random: fastrand::Rng,
    calls_begun: u64,
    dies_in: u32,
    loses_commit: bool,
    catalogue_read_ms: u64,
    webhooks: Option<Outgoing>,
    budget: RequestBudget,
}

enum ErpThen {
    Copy(reference_erp::Snapshot),
    Mark(reference_erp::Mark),
}

impl Stage {
    /// As [`snapshot`](Self::snapshot), but cheaper: one that was marked can only be come back to
    /// until an earlier one is.
    ///
    /// # Errors
    /// As [`snapshot`](Self::snapshot).
    pub fn mark(&self) -> anyhow::Result<Snapshot> {
        self.moment(ErpThen::Mark(self.erp.mark()?))
    }

    /// The stage as it is. Only for one whose connections are all in this process.
    ///
    /// # Errors
    /// Its connections are real ones, or SQLite failed.
    pub fn snapshot(&self) -> anyhow::Result<Snapshot> {
        self.moment(ErpThen::Copy(self.erp.snapshot()?))
    }

    fn moment(&self, erp: ErpThen) -> anyhow::Result<Snapshot> {
        let Post::InProcess(mailbox) = &self.post else {
            bail!("a stage with real connections cannot come back to an earlier moment");
        };
        Ok(Snapshot {
            erp,
            sandbox: self.sandbox().clone(),
            mails: lock(mailbox).clone(),
            now_ms: self.clock.now_ms(),
            random: self.host.random().clone(),
            calls_begun: self.host.calls_begun(),
            dies_in: self.dies_in.load(Ordering::Relaxed),
            loses_commit: self.host.loses_next_commit(),
            catalogue_read_ms: self.catalogue_read_ms.load(Ordering::Relaxed),
            webhooks: self.webhooks.as_ref().map(|webhooks| webhooks.outgoing().clone()),
            budget: self.host.budget().clone(),
        })
    }

    /// Comes back to a moment of this stage.
    ///
    /// # Errors
    /// As [`snapshot`](Self::snapshot).
    pub fn restore(&self, snapshot: &Snapshot) -> anyhow::Result<()> {
        match &snapshot.erp {
            ErpThen::Copy(copy) => self.erp.restore(copy)?,
            ErpThen::Mark(mark) => self.erp.back_to(mark)?,
        }
        self.restore_all_but_erp(snapshot)
    }

    /// As [`restore`](Self::restore), where nothing was committed since that moment.
    ///
    /// # Errors
    /// The connections are real ones.
    pub fn restore_all_but_erp(&self, snapshot: &Snapshot) -> anyhow::Result<()> {
        let Post::InProcess(mailbox) = &self.post else {
            bail!("a stage with real connections cannot come back to an earlier moment");
        };
        self.sandbox().clone_from(&snapshot.sandbox);
        lock(mailbox).clone_from(&snapshot.mails);
        self.clock.set(snapshot.now_ms);
        self.host.budget().set(&snapshot.budget);
        if let (Some(webhooks), Some(outgoing)) = (&self.webhooks, &snapshot.webhooks) {
            webhooks.outgoing().clone_from(outgoing);
        }
        self.restore_memory(snapshot);
        Ok(())
    }

    /// As [`restore`](Self::restore), where nothing was committed and nothing sent since that moment.
    pub fn restore_memory(&self, snapshot: &Snapshot) {
        self.host.random().clone_from(&snapshot.random);
        self.host.count_calls_from(snapshot.calls_begun);
        self.dies_in.store(snapshot.dies_in, Ordering::Relaxed);
        match snapshot.loses_commit {
            true => self.host.lose_next_commit(),
            false => self.host.keep_next_commit(),
        }
        self.catalogue_read_ms.store(snapshot.catalogue_read_ms, Ordering::Relaxed);
    }

    /// What is only in memory, and what LeafLink has to post, as text for comparing. The random
    /// numbers are left out.
    pub fn memory(&self) -> String {
        let outgoing = self.webhooks.as_ref().map(|webhooks| webhooks.outgoing().clone());
        let loses_commit = self.host.loses_next_commit();
        let budget = self.host.budget().fingerprint(self.clock.now_ms());
        format!("{:?} {:?} {loses_commit} {outgoing:?} {budget}", self.dies_in, self.catalogue_read_ms)
    }
}
