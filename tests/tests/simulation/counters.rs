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

/// How often in 500 histories each of them must have happened.
const LEAST: u64 = 5;

/// What a check passes over, of what it judges, and the most percent of that. An exemption that
/// swallows more hides what the check is for.
const EXEMPTIONS: [(&str, &str, u64); 9] = [
    (UNSURE_FIGURE, FIGURE, 20),
    (OUT_OF_STEP, IN_STEP, 35),
    (STATUS_EXPLAINED, STATUSES, 5),
    (STATUS_PARTED, STATUSES, 10),
    (LINES_APART, LINES, 35),
    (PAYMENT_PARKED, PAYMENTS, 1),
    (STOCK_UNREADABLE, STOCK, 1),
    (STOCK_BELOW_NONE, STOCK, 1),
    (STOCK_DISPUTED, STOCK, 4),
];

/// LeafLink took a figure of stock.
pub const FIGURE: &str = "judged: a figure that LeafLink took";
/// Of those: it was read or sent while somebody acted, was read from a stale page, or came late.
pub const UNSURE_FIGURE: &str = "passed over: a figure reckoned while somebody acted, or late";
/// What LeafLink offers of a product, after each act.
pub const IN_STEP: &str = "judged: what LeafLink offers of a product after an act";
/// Of those: units had left the ERP by a way that LeafLink does not know, and no push came since.
pub const OUT_OF_STEP: &str = "passed over: a product that no push followed yet";
/// The statuses of an order on both sides, at rest.
pub const STATUSES: &str = "judged: the statuses of an order at rest";
/// Of those: they differ, and a reason says why.
pub const STATUS_EXPLAINED: &str = "passed over: statuses that a reason explains";
/// Of those: the sales order went back as its transfer was parted from it, and LeafLink's stays.
pub const STATUS_PARTED: &str = "passed over: a status ahead in LeafLink after a parted transfer";
/// The lines of an order on both sides, at rest.
pub const LINES: &str = "judged: the lines of an order at rest";
/// Of those: people edited them in the ERP, or a reason says why LeafLink's did not come over.
pub const LINES_APART: &str = "passed over: lines edited in the ERP, held or canceled";
/// The payments of an order on both sides, at rest.
pub const PAYMENTS: &str = "judged: the payments of an order at rest";
/// Of those: an entry was sent five times without an answer, and a person was told.
pub const PAYMENT_PARKED: &str = "passed over: payments of an order that wait for a person";
/// What LeafLink offers of a product, at rest.
pub const STOCK: &str = "judged: what LeafLink offers of a product at rest";
/// Of those: it is on an order that cannot be read and that LeafLink has subtracted already.
pub const STOCK_UNREADABLE: &str = "passed over: a product on an order that cannot be read";
/// Of those: the ERP says that it has less than none.
pub const STOCK_BELOW_NONE: &str = "passed over: a product with less than none on hand";
/// Of those: people have to agree what is on an order, so that a range is right.
pub const STOCK_DISPUTED: &str = "in a range: a product on an order that is disputed";

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

    /// Those that must happen, and did not often enough in so many histories.
    pub fn missing(&self, histories: u64) -> Vec<String> {
        let least = histories * LEAST / 500;
        let seldom = MUST_HAPPEN.into_iter().filter(|what| self.of(what) < least);
        seldom.map(|what| format!("{what} ({} times, expected {least})", self.of(what))).collect()
    }

    /// Exemptions that swallowed more than their share.
    pub fn too_wide(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (exemption, of, most) in EXEMPTIONS {
            let (used, judged) = (self.of(exemption), self.of(of));
            if used * 100 > judged * most {
                found.push(format!("{exemption}: {used} of {judged}, more than {most} %"));
            }
        }
        found
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
