//! A panic is a fault of this component and ends the call in a trap, which carries no text. So its
//! message goes to the log first, from where the host puts it into its report of the trap.

use std::panic;

use crate::bindings::leaflink_sync::host::log;

/// Runs once in each instance, before the exported function that the host called.
#[used]
#[unsafe(link_section = ".init_array")]
static BEFORE_THE_CALL: extern "C" fn() = set_up;

extern "C" fn set_up() {
    panic::set_hook(Box::new(|panic| log::write(log::Level::Error, &panic.to_string())));
}
