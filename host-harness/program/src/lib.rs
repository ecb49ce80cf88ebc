//! The leaflink-sync program: the component with everything around it, in one process.
//!
//! - [`stage`] sets up one company's sync: the reference ERP, a LeafLink sandbox behind real HTTP,
//!   a mail catcher behind real SMTP, and the component between them; or all of it in this process.
//! - [`host`] is what the component sees of it; [`sync_round`] is the loop that an ERP runs.
//! - [`world`] and [`steps`] are the JSON files that say where a stage starts and what happens.
//! - [`scenario`] plays such files and compares the end with what was expected; [`demo`] plays the
//!   built-in business day and shows it.
//! - [`explained`] puts the component's answers to people's questions into plain words.
//! - [`drift`] asks for the drift report and shows it.
//! - [`in_use`] keeps the component of a kept ERP beside its database.
//! - [`parked`] lists the writes that wait for a person.
//! - [`recording`] keeps the component's calls in a file, for `replay`.
//! - [`commands`] is the command line.

mod accounts;
pub mod commands;
pub mod demo;
pub mod document;
pub mod drift;
pub mod explained;
pub mod host;
pub mod in_use;
pub mod parked;
pub mod post;
pub mod recording;
pub mod scenario;
pub mod stage;
pub mod steps;
pub mod sync_round;
pub mod terminal;
pub mod world;

mod connections;
mod words;
