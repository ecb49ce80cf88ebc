//! The contract's imports, enforced before the vendor's traits are asked.
//!
//! What the contract calls an error is answered to the component as that error. What it gives no
//! error for (a limit of the kit, a write during a preview) ends the call. Where it says "the call
//! must end in a failure", the kit sees to it: such a call is never committed.

mod http;
pub(crate) mod http_rules;
mod journal;
mod mail;
mod plain;
mod records;
mod store;

use std::fmt::{self, Debug, Write};

use anyhow::anyhow;

use crate::bindings::leaflink_sync::host as wit;
use crate::limits::Exceeded;
use crate::state::Halt;

/// How an import ends other than well.
pub enum Stop<E> {
    /// With an error of the contract, for the component.
    Answer(E),
    /// With the whole call.
    Halt(wasmtime::Error),
}

/// [`Stop`] of the `http` import.
pub type HttpStop = Stop<wit::http::Error>;
/// [`Stop`] of the `store` import.
pub type StoreStop = Stop<wit::store::Error>;
/// [`Stop`] of the `mail` import.
pub type MailStop = Stop<wit::mail::Error>;
/// [`Stop`] of the `records` import.
pub type RecordsStop = Stop<wit::records::Error>;
/// [`Stop`] of the `journal` import.
pub type JournalStop = Stop<wit::journal::Error>;

impl<E> Stop<E> {
    fn answer(self) -> wasmtime::Result<E> {
        match self {
            Stop::Answer(error) => Ok(error),
            Stop::Halt(halt) => Err(halt),
        }
    }
}

impl<E> From<Halt> for Stop<E> {
    fn from(halt: Halt) -> Self {
        Stop::Halt(wasmtime::Error::new(halt))
    }
}

impl<E> From<Exceeded> for Stop<E> {
    fn from(exceeded: Exceeded) -> Self {
        Halt::from(exceeded).into()
    }
}

/// The ERP answered `what` to the named import, after which the contract wants a failure.
fn unanswered(import: &str, what: &str) -> Halt {
    Halt::Host(anyhow!("the ERP answered the import `{import}` with: {what}"))
}

/// About how many bytes a record has: those of its printed form, whatever its fields.
fn printed_size(record: &impl Debug) -> usize {
    struct Count(usize);

    impl Write for Count {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0 += text.len();
            Ok(())
        }
    }

    let mut count = Count(0);
    // Counting cannot fail.
    let _ = write!(count, "{record:?}");
    count.0
}
