//! What the component keeps (state), sends (mail) and decides (journal).

pub(crate) mod journal;
pub(crate) mod mail;
pub(crate) mod state;
