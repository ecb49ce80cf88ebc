//! The reference ERP's behaviour, rule by rule, through the traits of the kit and the functions
//! for people.

#![allow(clippy::unwrap_used)]

mod billing;
mod changes;
mod component;
mod conservation;
mod form;
mod orders;
mod people;
mod reading;
mod seeding;
mod statuses;
mod stock;
mod support;
mod transactions;
mod transfers;
