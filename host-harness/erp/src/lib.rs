//! A reference ERP on SQLite: a small wholesale ERP with real tables, real stock arithmetic and
//! real status rules, behind the traits that the embedding kit asks of its host.
//!
//! - [`Erp`] is the file: open it, [`Erp::seed`] it, [`Erp::begin`] a transaction for a call of the
//!   component, [`Erp::view`] it without holding anybody up.
//! - [`People`] is what people do in the ERP's own screens: receive stock, pack lines, take
//!   payments, match transfers.
//! - [`reserve`] is the arithmetic of stock, apart from any table.
//!
//! The tables are in `migrations/`, named so that any SQLite tool shows them plainly.

pub mod reserve;
pub mod seed;

mod billing;
mod changes;
mod companies;
mod component;
mod database;
mod dump;
mod erp;
mod error;
mod exact;
mod listings;
mod organisation;
mod overview;
mod people;
mod products;
mod records;
mod sales_orders;
mod snapshot;
mod stock;
mod transaction;
mod transfers;
mod words;

pub use billing::NewPayment;
pub use changes::{Change, Changed};
pub use component::journal::{JournalEntry, Sealed};
pub use component::mail::QueuedMail;
pub use erp::{Clock, CommitMoment, CommitWatch, Erp};
pub use error::{Error, Result};
pub use listings::{Listing, Management};
pub use overview::{DocumentRow, SalesOrderRow};
pub use people::{NewLine, NewSalesOrder, People, ProductEdit};
pub use sales_orders::Package;
pub use seed::{Seed, SeedError};
pub use snapshot::{Mark, Snapshot};
pub use transaction::ErpTransaction;
pub use words::Tracking;
