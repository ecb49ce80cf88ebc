//! The outbox: what LeafLink's orders should become, kept until LeafLink has it.
//!
//! An intent is a wish about one order, not a list of requests: the state that it should reach. A
//! newer wish replaces an older one, and a wish that came true is gone, so that nothing is sent
//! twice and nothing out of order. An intent that LeafLink refused is parked until the order or the
//! wish changes.

use super::look::Look;
use crate::host::answer::Failure;
use crate::host::state::{self, Intent};
use crate::host::{self};
use crate::rules::order::outward::Wanted;
use crate::rules::settings::Settings;

/// Keeps what a look wants of LeafLink's order. Answers whether that is news.
pub fn queue(look: &Look, settings: &Settings) -> Result<bool, Failure> {
    // An order that could not be read tells nothing about what is wanted.
    if look.modified.is_empty() {
        return Ok(false);
    }
    let mut wish = intent(&look.label, &look.modified, &look.plan.wanted, settings);
    let known = state::intent(&look.number)?;
    match known {
        Some(known)
            if known.same_wish(&wish) && (known.parked.is_none() || known.modified == wish.modified) =>
        {
            Ok(false)
        }
        None if wish.is_done() => Ok(false),
        known => {
            wish.told = known.and_then(|known| known.told);
            state::put_intent(&look.number, &wish)?;
            Ok(!wish.is_done())
        }
    }
}

/// The intent of a wish.
pub fn intent(label: &str, modified: &str, wanted: &Wanted, settings: &Settings) -> Intent {
    Intent {
        label: label.to_owned(),
        status: wanted.status.map(|status| status.word().to_owned()),
        ship_day: wanted.ship_day.clone(),
        external_id: settings.external_id_key.clone().zip(wanted.external_id.clone()),
        since_ms: host::now_ms(),
        modified: modified.to_owned(),
        ..Intent::default()
    }
}
