//! What one call carries with it while the component runs.

use std::sync::Arc;
use std::time::Instant;

use crate::host::{CompanyId, Host, Transaction, Urgency};
use crate::limits::{Exceeded, Limits};
use crate::meter::{MemoryLimiter, Meter};
use crate::trace::CallInfo;

/// A function of the component, and what it may do.
#[derive(Clone, Copy)]
pub(crate) struct Call {
    /// Its name in the contract, such as `on-order`.
    pub name: &'static str,
    pub access: Access,
}

impl Call {
    /// Who waits for what the call asks of LeafLink. `bulk`: nobody does, the component says.
    pub fn urgency(self, bulk: bool) -> Urgency {
        match self.name {
            "poll" | "on-order" | "push-inventory" | "migrate" | "compare" => Urgency::Background,
            _ if bulk => Urgency::Background,
            _ => Urgency::Person,
        }
    }
}

/// Which of its imports a call may use. Each case may do what the one before it may.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Access {
    /// Nothing but `log`.
    Nothing,
    /// Read, and send `GET` to LeafLink. Nothing of it is ever committed.
    Read,
    /// Write to the transaction too.
    Write,
    /// Send any request to LeafLink too.
    Deliver,
}

/// Why the kit ends a call, or does not let it commit.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Halt {
    #[error(transparent)]
    Limit(#[from] Exceeded),
    #[error("this call may not use `{0}`")]
    Forbidden(&'static str),
    #[error("the call's time is over")]
    OutOfTime,
    #[error("{0:#}")]
    Host(anyhow::Error),
}

/// The vendor's side of a call.
pub(crate) struct Link {
    pub host: Arc<dyn Host>,
    pub company: CompanyId,
    pub info: CallInfo,
    pub tx: Box<dyn Transaction>,
}

/// The store data of one call.
pub(crate) struct CallState {
    pub call: Call,
    pub limits: Limits,
    pub started: Instant,
    pub meter: Meter,
    pub memory: MemoryLimiter,
    /// The time that this call sees: read once, so that it cannot step back.
    pub now_ms: Option<u64>,
    /// The component's last words: a panic is logged before it ends in a trap.
    pub last_log: Option<String>,
    link: Option<Link>,
    /// Set when an import was answered in a way after which the contract allows no `ok`.
    doom: Option<Halt>,
}

impl CallState {
    /// The state of a call that starts now. Without `link` it has no host but only a log.
    pub fn new(call: Call, limits: &Limits, link: Option<Link>) -> Self {
        Self {
            call,
            limits: limits.clone(),
            started: Instant::now(),
            meter: Meter::default(),
            memory: MemoryLimiter::new(limits),
            now_ms: None,
            last_log: None,
            link,
            doom: None,
        }
    }

    /// The vendor's side, if this call has one at all.
    pub fn link(&self) -> Option<&Link> {
        self.link.as_ref()
    }

    /// Asks the vendor's side, on behalf of the named import, and counts the time it takes.
    pub fn ask<T>(&mut self, import: &'static str, question: impl FnOnce(&mut Link) -> T) -> Result<T, Halt> {
        let link = self.link.as_mut().ok_or(Halt::Forbidden(import))?;
        let asked = Instant::now();
        let answer = question(link);
        self.meter.host_time += asked.elapsed();
        Ok(answer)
    }

    /// Ends the call unless it may write.
    pub fn must_write(&self, import: &'static str) -> Result<(), Halt> {
        if self.call.access < Access::Write {
            return Err(Halt::Forbidden(import));
        }
        Ok(())
    }

    /// Keeps the call from committing, whatever the component makes of the answer it got. The
    /// first reason stands.
    pub fn doom(&mut self, why: Halt) {
        self.doom.get_or_insert(why);
    }

    /// Whether the call will not be committed.
    pub fn is_doomed(&self) -> bool {
        self.doom.is_some()
    }

    /// The vendor's side for the commit, or why there must be none.
    pub fn finish(&mut self) -> Result<Option<Link>, Halt> {
        match self.doom.take() {
            Some(why) => Err(why),
            None => Ok(self.link.take()),
        }
    }
}
