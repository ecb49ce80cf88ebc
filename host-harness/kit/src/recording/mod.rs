//! Recording calls with everything that they asked and were answered, and playing them again.
//!
//! The component has no clock, no randomness and no memory of its own: what a call decides follows
//! from its arguments and from the answers of its imports. [`Recorder`] keeps both. [`replay`] gives
//! the answers to a component once more and compares what it makes of them: the same file asks,
//! writes and answers the same, byte for byte; a newer one shows what it would have done
//! differently with yesterday's traffic, before it is taken into use.
//!
//! # The file
//!
//! A recording is a gzip file of JSON lines, to be read with `zcat FILE | jq`. The first line is
//! `{"leaflink-sync-recording": 1}`, the version of this format; every other one is a call:
//!
//! | key | holds |
//! |---|---|
//! | `call` | the function, such as `on-order` |
//! | `company` | on whose behalf |
//! | `at_ms` | the host's time before it, in milliseconds since 1970 |
//! | `component` | the SHA-256 digest of the component's file |
//! | `arguments` | a list, or `null` for none |
//! | `imports` | `[import, question, answer]` for each import, in order; transaction and log included |
//! | `outcome` | `{"Ok": answer}`, `{"Failure": ...}` of the component's own, or `{"Error": "in words"}` |
//!
//! JSON because the person who looks for the cause of one strange order wants to read, search and
//! cut; gzip because a day's answers are mostly alike and shrink to about a tenth. Lines are pushed
//! through the compressor one by one, so that a process that dies loses at most the last.
//!
//! # What is not in it
//!
//! The component never holds a key, so none can come here. Beyond that, see [`mask`]: signatures of
//! webhooks are exchanged for others that fit, and e-mail addresses for invented ones. Names,
//! prices and orders are as they were, so a recording is as confidential as the ERP's database.

mod again;
mod answers;
mod compare;
mod file;
pub mod mask;
mod reader;
mod tap;
mod wire;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub use again::{Replay, replay};
pub use compare::{Comparison, Difference, Verdict};
pub use file::{FileRecorder, RecordingLimits, RecordingStats};
pub use reader::{Reader, RecordingError};
pub(crate) use tap::Tape;
pub(crate) use wire::Webhook;

/// The version of the format.
const FORMAT: u32 = 1;

/// JSON as it was written.
pub(crate) type Json = Box<RawValue>;

/// Takes the calls that were made.
pub trait Recorder: Send + Sync {
    /// Keeps a call. It is over: nothing that goes wrong here changes what came of it.
    ///
    /// # Errors
    /// A sentence for the host's log, the first time that a call cannot be kept.
    fn keep(&self, call: RecordedCall) -> Result<(), String>;
}

/// One call as it was recorded.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RecordedCall {
    /// The function of the component, such as `on-order`.
    pub call: String,
    /// On whose behalf it was made.
    pub company: String,
    /// The host's time before the call, in milliseconds since 1970.
    pub at_ms: u64,
    /// The SHA-256 digest of the component's file, in hexadecimal.
    pub component: String,
    pub(crate) arguments: Json,
    pub(crate) imports: Vec<Exchange>,
    pub(crate) outcome: Json,
}

/// An import, what it was asked and what it answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Exchange(pub String, pub Json, pub Json);

impl RecordedCall {
    /// The first argument if it is a text: mostly the id of what the call was about.
    pub fn subject(&self) -> Option<String> {
        let arguments: serde_json::Value = serde_json::from_str(self.arguments.get()).ok()?;
        Some(arguments.get(0)?.as_str()?.to_owned())
    }

    /// Imports that were asked, the transaction's own among them.
    pub fn imports(&self) -> usize {
        self.imports.len()
    }
}

/// A value as JSON. What the contract's types hold can always be written.
pub(crate) fn written(value: &impl Serialize) -> Json {
    serde_json::value::to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
