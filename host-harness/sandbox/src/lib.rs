//! A LeafLink that behaves as the Marketplace V2 API does.
//!
//! [`Sandbox`] is the whole of it: a world that starts from a [`Seed`], answers [`Request`]s, lets
//! [`Event`]s happen and hands out the [`Webhook`]s they cause. It does no I/O and its clock is
//! set from outside, so that it runs as well in a simulation. [`Server`] puts it behind a socket.
//!
//! What LeafLink does not document is in [`Options`]; what goes wrong on purpose in [`Fault`].

// An order's JSON is one long literal.
#![recursion_limit = "256"]

mod api;
mod decimal;
mod event;
mod fault;
mod http;
mod options;
mod overview;
mod refusal;
mod sandbox;
mod seed;
mod server;
mod time;
mod view;
mod webhook;
mod world;

pub use event::Event;
pub use fault::{Effect, Fault};
pub use http::{Delivery, Method, Request, Response};
pub use options::{Options, RateLimit, TotalFormula};
pub use overview::{LineRow, OrderRow, PaymentRow, ProductRow};
pub use refusal::Refusal;
pub use sandbox::Sandbox;
pub use seed::{
    AddressSeed, CompanySeed, CustomerSeed, FacilitySeed, InventoryItemSeed, LicenseSeed, LineSeed,
    NamedSeed, OrderSeed, ProductSeed, Seed, StaffSeed, SubcategorySeed, TaxSeed,
};
pub use server::{Clock, Server};
pub use webhook::{SIGNATURE_HEADER, Webhook, sign};
pub use world::{Action, DiscountType, LineEdit, OrderEdit, Source, Status};
