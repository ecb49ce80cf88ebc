//! The embedding kit: loads the leaflink-sync component and runs its calls, each in a fresh
//! sandbox and one transaction of the ERP's.
//!
//! An ERP vendor implements [`Host`] and [`Transaction`](host::Transaction), the contract of `wit/`
//! as Rust traits, and then:
//!
//! ```no_run
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use leaflink_sync_kit::exports::Failure;
//! use leaflink_sync_kit::{CompanyId, Engine, Host, Limits};
//!
//! # fn again(_order: &str, _wait: Duration) {}
//! # fn embed(host: Arc<dyn Host>) -> Result<(), Box<dyn std::error::Error>> {
//! let engine = Engine::new(Limits::DEFAULT)?; // one for the process
//! let connector = engine.load("leaflink_sync_component.wasm")?; // again for each new file
//! let calls = connector.calls(host, CompanyId("foxglove".to_owned()));
//!
//! let order = "2f1dd9c7-4b0e-4d7a-9d2f-0f6f0c1f9a55";
//! match calls.on_order(order) {
//!     // Committed: the sales order, the journal entry and the e-mail are there.
//!     Ok(decision) => println!("{}: {:?}", decision.label, decision.outcome),
//!     // Nothing was changed. A failure of the component's own says what to do next; any other
//!     // error's message is for the person who must act.
//!     Err(error) => match error.failure() {
//!         Some(Failure::Retry(retry)) => again(order, Duration::from_millis(retry.after_ms.into())),
//!         _ => eprintln!("{order}: {error}"),
//!     },
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What holds for every call, whatever the component does:
//!
//! - **All or nothing.** The transaction is committed only after an `ok`; see [`CallError`] for
//!   everything else that can happen.
//! - **No memory.** Each call has its own instance. A call that breaks down hurts no other, and a
//!   new file is a new [`Connector`] for the next call.
//! - **Bounded.** [`Limits`] bounds time, memory, stack, requests, writes, mail and log lines.
//! - **Swapped while running**: a [`swap::Slot`] holds the file in use; each call takes the one of the moment.
//! - **Recorded**, if you like: see [`recording`].
//! - **Enforced.** The rules of the contract about requests, keys, batches and mail are checked
//!   before the vendor's traits are asked, so that an implementation need not repeat them.

mod bindings;
mod call;
mod calls;
mod connector;
mod engine;
mod error;
pub mod exports;
pub mod host;
mod imports;
pub mod limits;
mod load;
mod meter;
pub mod recording;
pub mod schema;
mod slots;
mod state;
pub mod swap;
mod trace;
pub mod words;

pub use calls::Calls;
pub use connector::{Connector, Digest};
pub use engine::{Engine, EngineError};
pub use error::CallError;
pub use host::{CompanyId, Host};
pub use limits::{Budget, Limits};
pub use load::LoadError;
pub use meter::CallReport;
pub use trace::{CallId, CallInfo, DecisionReport, EffectReport, RequestReport, RequestResult, WriteReport};
