//! How often the rare paths were taken. A simulation that never goes where things go wrong proves
//! nothing, so a run in which one of them stays at zero fails.

use std::collections::BTreeMap;

use super::history::{Arrival, Effect};

/// Every path that a run of some thousand histories must have taken.
pub const MUST_HAPPEN: [&str; 53] = [
    "429 was answered",
    "500 to 504 was answered",
    "a call died after it had committed",
    "a call died before its commit",
    "a figure was clipped at none",
    "a held order came through",
    "a line was edited in LeafLink after it was packed",
    "a payment was taken back in LeafLink",
    "a queued write succeeded after two failed attempts or more",
    "a read answered what was no longer so",
    "a request never left the house",
    "a request was lost on its way",
    "a sales order was deleted and LeafLink's order rejected",
    "a sales order went back to pending",
    "a write was carried out after it was given up",
    "a write was sent and the call died before its commit",
    "an answer was cut in half",
    "an answer was no JSON",
    "an order came in",
    "somebody acted in LeafLink while a figure was written",
    "an order could not be read",
    "an order was combined after it came over",
    "an order was deleted in the ERP and came over again",
    "an order was held",
    "an order was rejected in LeafLink after it was packed",
    "LeafLink offers none of a product",
    "LeafLink's answer to a write was lost",
    "one payment was sent again after the quiet period",
    "a payment that nobody had heard of was found by its mark",
    "payments were compared and agreed",
    "somebody acted in the middle of a call",
    "stock was pushed and compared",
    "the ERP's clock jumped ahead",
    "the process died with a question under way",
    "the process died with a write under way",
    "the ERP's clock was set back",
    "the ERP's people edited a line and it stayed",
    "two faults hit one queued write",
    "a matched sales order was completed at rest",
    "a transfer was matched",
    "a transfer was parted from its sales order",
    "a product was made in LeafLink",
    "a new product that nobody had heard of was found again",
    "one new product was sent again after the quiet period",
    "the price of the ERP's people stood at rest",
    "the price of LeafLink's people stood at rest",
    "a filled-in field was compared and agreed",
    "the drift report was asked for at rest",
    "webhooks came in order",
    "webhooks came in reverse",
    "webhooks came twice",
    "webhooks were lost",
    "old webhooks came once more",
];

/// The counters of one or many histories.
#[derive(Clone, Debug, Default)]
pub struct Counters(BTreeMap<&'static str, u64>);

impl Counters {
    /// Counts.
    pub fn hit(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    /// Counts a way in which webhooks arrived.
    pub fn arrival(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::InOrder => self.hit("webhooks came in order"),
            Arrival::Reversed => self.hit("webhooks came in reverse"),
            Arrival::Twice => self.hit("webhooks came twice"),
            Arrival::HalfLost | Arrival::Lost => self.hit("webhooks were lost"),
            Arrival::AllOver => self.hit("old webhooks came once more"),
        }
    }

    /// Counts a fault that hit.
    pub fn fault(&mut self, effect: Effect, is_write: bool) {
        match effect {
            Effect::Status(_) => self.hit("500 to 504 was answered"),
            Effect::TooMany { .. } => self.hit("429 was answered"),
            Effect::NotSent => self.hit("a request never left the house"),
            Effect::LostRequest => self.hit("a request was lost on its way"),
            Effect::LostAnswer if is_write => self.hit("LeafLink's answer to a write was lost"),
            Effect::Truncated => self.hit("an answer was cut in half"),
            Effect::Garbled => self.hit("an answer was no JSON"),
            Effect::Stale => self.hit("a read answered what was no longer so"),
            Effect::Dies { .. } if is_write => self.hit("the process died with a write under way"),
            Effect::Dies { .. } => self.hit("the process died with a question under way"),
            Effect::LostAnswer | Effect::CarriedOutLate(_) => {}
        }
    }

    /// Adds those of another history.
    pub fn add(&mut self, other: &Self) {
        for (what, count) in &other.0 {
            *self.0.entry(what).or_default() += count;
        }
    }

    /// Those that must happen and did not.
    pub fn missing(&self) -> Vec<&'static str> {
        MUST_HAPPEN.into_iter().filter(|what| !self.0.contains_key(what)).collect()
    }

    /// How often something happened.
    pub fn of(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or_default()
    }

    /// A table.
    pub fn table(&self) -> String {
        self.0.iter().map(|(what, count)| format!("{count:>9}  {what}\n")).collect()
    }
}
