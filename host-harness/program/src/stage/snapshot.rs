//! Coming back to an earlier moment of a stage, to try another future of it.

use std::sync::atomic::Ordering;

use anyhow::bail;
use leaflink_sandbox::Sandbox;
use leaflink_sync_transport::{CaughtMail, RequestBudget};

use super::Stage;
use super::webhooks::Outgoing;
use crate::connections::Post;
use crate::host::lock;
use crate::sync_round::Changes;

/// A stage at one moment: both sides, the mailbox, the clocks, the random numbers to come. What the
/// host saw until then is no part of it.
pub struct Snapshot {
    erp: reference_erp::Snapshot,
    sandbox: Sandbox,
    mails: Vec<CaughtMail>,
    now_ms: u64,
    random: fastrand::Rng,
    changes: Changes,
    ticket: u64,
    calls_begun: u64,
    dies_in: u32,
    catalogue_read_ms: u64,
    webhooks: Option<Outgoing>,
    budget: RequestBudget,
}

impl Stage {
    /// The stage as it is. Only for one whose connections are all in this process.
    ///
    /// # Errors
    /// Its connections are real ones, or SQLite failed.
    pub fn snapshot(&self) -> anyhow::Result<Snapshot> {
        let Post::InProcess(mailbox) = &self.post else {
            bail!("a stage with real connections cannot come back to an earlier moment");
        };
        Ok(Snapshot {
            erp: self.erp.snapshot()?,
            sandbox: self.sandbox().clone(),
            mails: lock(mailbox).clone(),
            now_ms: self.clock.now_ms(),
            random: self.host.random().clone(),
            changes: self.changes().clone(),
            ticket: self.ticket.load(Ordering::Relaxed),
            calls_begun: self.host.calls_begun(),
            dies_in: self.dies_in.load(Ordering::Relaxed),
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
        let Post::InProcess(mailbox) = &self.post else {
            bail!("a stage with real connections cannot come back to an earlier moment");
        };
        self.erp.restore(&snapshot.erp)?;
        self.sandbox().clone_from(&snapshot.sandbox);
        lock(mailbox).clone_from(&snapshot.mails);
        self.clock.set(snapshot.now_ms);
        self.host.random().clone_from(&snapshot.random);
        self.changes().clone_from(&snapshot.changes);
        self.ticket.store(snapshot.ticket, Ordering::Relaxed);
        self.host.count_calls_from(snapshot.calls_begun);
        self.dies_in.store(snapshot.dies_in, Ordering::Relaxed);
        self.catalogue_read_ms.store(snapshot.catalogue_read_ms, Ordering::Relaxed);
        self.host.budget().set(&snapshot.budget);
        if let (Some(webhooks), Some(outgoing)) = (&self.webhooks, &snapshot.webhooks) {
            webhooks.outgoing().clone_from(outgoing);
        }
        Ok(())
    }
}
