//! The rules of the guide, as pure functions.
//!
//! A rule takes what was read and the settings and says what to do and why. It reads no clock,
//! sends nothing, stores nothing; the one random draw is handed in.

pub mod alarm;
pub mod customer_match;
pub mod decimal;
pub mod decision;
pub mod drift;
pub mod ids;
pub mod once;
pub mod order;
pub mod payment;
pub mod product;
pub mod reasons;
pub mod sales_order;
pub mod settings;
pub mod sorted;
pub mod sorting;
pub mod stock_push;
pub mod text;
pub mod transfer;
pub mod webhook;
