//! The exported functions, one module for each interface of the contract.
//!
//! A handler reads, asks the rules, and carries out what they decided; it decides nothing itself.

mod alarms;
mod carry_out;
mod companies;
mod customer_links;
mod delivery;
mod drift;
mod insight;
mod inventory;
mod letters;
mod lifecycle;
mod look;
mod orders;
mod payments;
mod polling;
mod product_choices;
mod product_links;
mod products;
mod readiness;
mod relinks;
mod sales_orders;
mod settings;
mod stock;
mod transfers;
mod users;
mod waking;
mod webhooks;

/// The component.
struct Component;

/// The generated entry points, which need `unsafe` to speak the component ABI. Their names are no
/// names for a native linker.
#[cfg(target_arch = "wasm32")]
#[allow(unsafe_code)]
mod entry_points {
    use super::Component;

    crate::bindings::export!(Component with_types_in crate::bindings);
}
