//! When LeafLink came back after an outage: what waited for that need not wait any longer.
//!
//! Each write waits by itself, and the longer the more often it was tried. Once LeafLink takes one after
//! several in a row came to nothing, the others are due at once, so that what piled up goes out as fast
//! as LeafLink's limit allows. What LeafLink fails over by itself comes up again with them; that happens
//! once in a while at most.

use serde::{Deserialize, Serialize};

use super::answer::Failure;
use super::state::{decode, put, store_failure};
use crate::bindings::leaflink_sync::host::store;

const KEY: &str = "outage";

/// So many attempts in a row that came to nothing are an outage.
const OUTAGE: u32 = 3;

/// LeafLink comes back once in this long at most.
const BACK_EVERY_MS: u64 = 10 * 60 * 1_000;

/// How LeafLink took the writes so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outage {
    /// Attempts in a row that came to nothing.
    failed: u32,
    /// When LeafLink last came back; 0: never.
    back_ms: u64,
}

impl Outage {
    /// Whether a write that was last tried then waits for nothing any more.
    pub fn is_over_since(&self, tried_ms: u64, now_ms: u64) -> bool {
        // A time that is to come was noted by a clock that has been put back since.
        tried_ms < self.back_ms && self.back_ms <= now_ms
    }

    fn with_failure(&self) -> Self {
        Self { failed: self.failed.saturating_add(1), ..*self }
    }

    fn with_success(&self, now_ms: u64) -> Self {
        match (self.failed >= OUTAGE, now_ms.abs_diff(self.back_ms) >= BACK_EVERY_MS) {
            (false, _) => Self { failed: 0, ..*self },
            // The next one that it takes brings it back.
            (true, false) => self.clone(),
            (true, true) => Self { failed: 0, back_ms: now_ms },
        }
    }
}

/// How LeafLink took the writes so far. One that cannot be read holds up no write: it is a hint.
pub fn outage() -> Result<Outage, Failure> {
    let stored = store::get(KEY).map_err(store_failure)?;
    Ok(stored.and_then(|bytes| decode(KEY, &bytes).ok()).unwrap_or_default())
}

/// Notes an attempt that came to nothing.
pub fn failed() -> Result<(), Failure> {
    put(KEY, &outage()?.with_failure())
}

/// Notes that LeafLink took a write.
pub fn taken(now_ms: u64) -> Result<(), Failure> {
    let before = outage()?;
    let after = before.with_success(now_ms);
    if after == before { Ok(()) } else { put(KEY, &after) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_772_467_200_000;

    fn after_failures(times: u32) -> Outage {
        (0..times).fold(Outage::default(), |outage, _| outage.with_failure())
    }

    #[test]
    fn leaflink_is_back_when_it_takes_a_write_after_several_it_did_not() {
        assert_eq!(after_failures(2).with_success(NOW), Outage::default());
        let back = after_failures(3).with_success(NOW);
        assert!(back.is_over_since(NOW - 1, NOW));
        assert!(!back.is_over_since(NOW, NOW), "what failed since then waits");
        assert!(!Outage::default().is_over_since(0, NOW));
    }

    #[test]
    fn it_comes_back_once_in_a_while() {
        let back = after_failures(3).with_success(NOW);
        let again = |back: &Outage| (0..3).fold(back.clone(), |outage, _| outage.with_failure());
        let (soon, later) = (NOW + BACK_EVERY_MS - 1, NOW + BACK_EVERY_MS);
        let too_soon = again(&back).with_success(soon);
        assert!(!too_soon.is_over_since(NOW, soon));
        assert!(too_soon.with_success(later).is_over_since(NOW, later), "the next one does");
    }

    #[test]
    fn a_clock_that_was_put_back_brings_nothing_back() {
        let back = after_failures(3).with_success(NOW);
        assert!(!back.is_over_since(NOW - 2, NOW - 1));
    }
}
