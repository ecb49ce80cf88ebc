//! Putting another file in place while calls go on.
//!
//! A [`Slot`] holds the component that is in use. [`Slot::calls`] gives calls that use, each time,
//! whatever is in the slot then; a call that is under way ends on the file that it began on. To put
//! another file in:
//!
//! 1. It is read to its end and checked against the contract and the list of imports, and compiled,
//!    while the old one works on.
//! 2. Each company's stored state is looked at: can the new file read it?
//! 3. If recorded calls are given, they are played on it, and a difference is a refusal unless it was
//!    expected.
//! 4. The slot is switched. Nothing before this changes anything.
//! 5. If the new file writes another schema, each company's state is migrated before its next call, a
//!    chunk a transaction. Its calls wait for that; other companies' do not. A process that dies on
//!    the way goes on from the last chunk.
//!
//! The old file is kept, and [`Slot::rollback`] puts it back, as long as no company's state was
//! migrated to what it cannot read. The kit checks that once more in every call's own transaction, so
//! that a second process with the old file does no harm either; see [`crate::schema`].

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::calls::Calls;
use crate::connector::{Connector, Digest};
use crate::error::CallError;
use crate::exports::lifecycle::Description;
use crate::host::{CompanyId, Host};
use crate::load::LoadError;
use crate::recording::{RecordedCall, Verdict, replay};
use crate::schema::{Fit, StoredSchema};
use crate::trace::CallInfo;

/// The component in use, and the one before it. A clone is the same slot.
#[derive(Clone)]
pub struct Slot(Arc<Inner>);

struct Inner {
    host: Arc<dyn Host>,
    /// Held for a moment only: every call asks it.
    files: RwLock<Files>,
    /// A migration's chunk holds this to read and a switch to write, so that no company is migrated
    /// between a rollback's look at its state and the switch. That look waits for each company's turn;
    /// calls that migrate nothing go on meanwhile.
    migrating: RwLock<()>,
    /// One swap at a time.
    swapping: Mutex<()>,
}

struct Files {
    current: Connector,
    previous: Option<Connector>,
}

/// What a new file must pass besides the contract.
#[derive(Clone, Copy, Default)]
pub struct Trial<'a> {
    /// Every company whose state is stored.
    pub companies: &'a [CompanyId],
    /// Calls to be played on it first.
    pub recorded: &'a [RecordedCall],
    /// Take it even if some of those come out differently: that is what it was made for.
    pub differences_expected: bool,
}

/// What came of a trial that a file passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// Companies whose state is migrated before their next call.
    pub to_migrate: Vec<CompanyId>,
    /// Recorded calls that were played on it.
    pub played: usize,
    /// Those that came out differently, or could not be compared.
    pub different: usize,
}

impl Trial<'_> {
    /// Tries a file and changes nothing: for a host that keeps the file in use elsewhere than in a
    /// [`Slot`].
    ///
    /// # Errors
    /// What speaks against it.
    pub fn of(&self, candidate: &Connector, host: &dyn Host) -> Result<Passed, Refusal> {
        let (played, different) = self.play(candidate)?;
        Ok(Passed { to_migrate: look_at_states(candidate, host, self.companies)?, played, different })
    }

    /// Plays the recorded calls; answers how many there were, and how many came out differently.
    fn play(&self, candidate: &Connector) -> Result<(usize, usize), Refusal> {
        let mut different = 0;
        let mut first = None;
        for call in self.recorded {
            let played = replay(candidate, call).map_err(Refusal::Recording)?;
            if played.comparison.verdict > Verdict::SameEffects {
                different += 1;
                first.get_or_insert_with(|| match call.subject() {
                    Some(subject) => format!("`{}` of {subject}", call.call),
                    None => format!("`{}`", call.call),
                });
            }
        }
        let played = self.recorded.len();
        match first {
            Some(first) if !self.differences_expected => Err(Refusal::Different { different, played, first }),
            _ => Ok((played, different)),
        }
    }
}

/// Which companies' state must be migrated for this file; one whose state it cannot read is a refusal.
fn look_at_states(
    candidate: &Connector,
    host: &dyn Host,
    companies: &[CompanyId],
) -> Result<Vec<CompanyId>, Refusal> {
    let is = candidate.description();
    let (writes, oldest) = (is.state_schema, is.oldest_readable_schema);
    let mut to_migrate = Vec::new();
    for company in companies {
        let company = company.clone();
        match stored(candidate, host, &company) {
            Err(source) => return Err(Refusal::Host { company, source }),
            Ok(stored) => match stored.fit(is) {
                Fit::Ready => {}
                Fit::AfterMigration => to_migrate.push(company),
                Fit::TooNew | Fit::TooOld => {
                    return Err(Refusal::State { company, stored, oldest, writes });
                }
            },
        }
    }
    Ok(to_migrate)
}

/// The schema of a company's state, in a transaction of its own.
fn stored(connector: &Connector, host: &dyn Host, company: &CompanyId) -> anyhow::Result<StoredSchema> {
    let info = CallInfo {
        id: host.next_call_id(),
        call: "swap",
        subject: None,
        component: connector.name_and_revision(),
    };
    StoredSchema::read(host.begin(company, &info)?.as_mut())
}

/// A file that was put in.
#[derive(Clone, Debug)]
pub struct Swapped {
    /// The file that was in use until now.
    pub before: (Digest, Description),
    /// The one in use from now on.
    pub after: (Digest, Description),
    /// Companies whose state is migrated before their next call.
    pub to_migrate: Vec<CompanyId>,
    /// Recorded calls that were played on it.
    pub played: usize,
    /// Those that came out differently, or could not be compared.
    pub different: usize,
}

/// Why a file was not put in. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The file is broken, is no component, or does not fit the contract.
    #[error("{0}; the component in use was not changed")]
    Load(#[from] LoadError),
    /// A company's state is of a schema that the file cannot read.
    #[error(
        "the stored state of {company} has {stored}, and this file reads schema {oldest} to {writes}; the \
         component in use was not changed"
    )]
    State {
        /// The company.
        company: CompanyId,
        /// What it has.
        stored: StoredSchema,
        /// The oldest schema that the file reads.
        oldest: u32,
        /// The schema that it writes.
        writes: u32,
    },
    /// A company's state could not be looked at.
    #[error(
        "the stored state of {company} cannot be looked at: {source:#}; the component in use was not changed"
    )]
    Host {
        /// The company.
        company: CompanyId,
        /// The host's own error.
        source: anyhow::Error,
    },
    /// Recorded calls came out differently.
    #[error(
        "{different} of {played} recorded calls come out differently, the first being {first}; look at them \
         with `leaflink-sync replay`; the component in use was not changed"
    )]
    Different {
        /// How many, those that could not be compared included.
        different: usize,
        /// Of how many.
        played: usize,
        /// The first.
        first: String,
    },
    /// A recorded call could not be played.
    #[error("{0}; the component in use was not changed")]
    Recording(String),
    /// There is nothing to go back to.
    #[error("there is no earlier file to go back to")]
    NoPrevious,
}

impl Slot {
    /// A slot with this component in it.
    pub fn new(connector: Connector, host: Arc<dyn Host>) -> Self {
        let files = RwLock::new(Files { current: connector, previous: None });
        Self(Arc::new(Inner { host, files, migrating: RwLock::new(()), swapping: Mutex::new(()) }))
    }

    /// The calls of one company, each on whatever is in the slot when it is made.
    pub fn calls(&self, company: CompanyId) -> Calls {
        Calls::in_slot(self.clone(), Arc::clone(&self.0.host), company)
    }

    /// The component in use.
    pub fn current(&self) -> Connector {
        self.0.files.read().unwrap_or_else(PoisonError::into_inner).current.clone()
    }

    /// The component that [`rollback`](Self::rollback) would put back.
    pub fn previous(&self) -> Option<Connector> {
        self.0.files.read().unwrap_or_else(PoisonError::into_inner).previous.clone()
    }

    /// Puts a file in place, unless something speaks against it.
    ///
    /// # Errors
    /// What speaks against it. Nothing was changed then.
    pub fn install(&self, file: &[u8], trial: Trial<'_>) -> Result<Swapped, Refusal> {
        let _one_at_a_time = self.0.swapping.lock().unwrap_or_else(PoisonError::into_inner);
        let candidate = self.current().engine().load_bytes(file)?;
        let (played, different) = trial.play(&candidate)?;
        self.switch(candidate, trial.companies, played, different)
    }

    /// Puts the file back that was in use before; the one in use now can be put back in the same way.
    ///
    /// # Errors
    /// There was none, or some company's state was migrated since and it could not read it. Nothing
    /// was changed then.
    pub fn rollback(&self, companies: &[CompanyId]) -> Result<Swapped, Refusal> {
        let _one_at_a_time = self.0.swapping.lock().unwrap_or_else(PoisonError::into_inner);
        let previous = self.previous().ok_or(Refusal::NoPrevious)?;
        self.switch(previous, companies, 0, 0)
    }

    fn switch(
        &self,
        candidate: Connector,
        companies: &[CompanyId],
        played: usize,
        different: usize,
    ) -> Result<Swapped, Refusal> {
        let _no_chunk_meanwhile = self.0.migrating.write().unwrap_or_else(PoisonError::into_inner);
        let to_migrate = look_at_states(&candidate, self.0.host.as_ref(), companies)?;
        let mut files = self.0.files.write().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut files.current, candidate.clone());
        let what = |connector: &Connector| (connector.digest(), connector.description().clone());
        let swapped =
            Swapped { before: what(&before), after: what(&candidate), to_migrate, played, different };
        files.previous = Some(before);
        Ok(swapped)
    }

    /// What to do after the state turned out not to fit the component of a call, which did nothing:
    /// the component to make the call on. Migrates the state first if that is what it takes.
    pub(crate) fn resolve(
        &self,
        calls: &Calls,
        refused: &Connector,
        error: CallError,
    ) -> Result<Connector, CallError> {
        let current = self.current();
        if current.digest() != refused.digest() {
            // Swapped while the call waited for its turn.
            return Ok(current);
        }
        let CallError::Schema { fit: Fit::AfterMigration, .. } = error else { return Err(error) };
        let chunks = refused.engine().limits().migration_chunks;
        for _ in 0..chunks {
            let _no_switch_meanwhile = self.0.migrating.read().unwrap_or_else(PoisonError::into_inner);
            let current = self.current();
            if current.digest() != refused.digest() || !calls.on(refused.clone()).migrate()?.more {
                return Ok(current);
            }
        }
        Err(CallError::MigrationWithoutEnd { company: calls.company().clone(), chunks })
    }
}
