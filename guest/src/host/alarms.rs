//! What is kept to tell whether the sync's silence is normal: see [`crate::rules::alarm`].

use serde::{Deserialize, Serialize};

use super::answer::Failure;
use super::state::{get, put};
use crate::rules::alarm::WEBHOOK_GRACE_MS;
use crate::rules::ids::OrderNumber;

const KEY: &str = "watch";
/// Orders that are remembered, of each kind.
const REMEMBERED: usize = 50;

/// The signs that the sync leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Watch {
    /// When it was last asked what is due.
    pub asked_ms: Option<u64>,
    /// When it was first asked.
    pub began_ms: Option<u64>,
    /// When asking went on after the last pause.
    pub resumed_ms: u64,
    /// Until when a pause or an outage explained that writes waited.
    pub explained_ms: u64,
    /// When the watermark of orders last moved.
    pub moved_ms: Option<u64>,
    /// How often it did.
    pub moves: u32,
    /// The longest time between two moves.
    pub longest_pause_ms: u64,
    /// Orders that webhooks told of, and when, the latest last.
    pub heard: Vec<(String, u64)>,
    /// Orders whose change polling found and no webhook told of, and when, the oldest first.
    pub unheard: Vec<(String, u64)>,
    /// Alarms that stand, by code and source.
    pub standing: Vec<String>,
    /// When people were last told of an alarm, by code and source.
    pub told: Vec<(String, u64)>,
}

/// The signs.
pub fn watch() -> Result<Watch, Failure> {
    get(KEY).map(Option::unwrap_or_default)
}

/// Keeps the signs.
pub fn put_watch(watch: &Watch) -> Result<(), Failure> {
    put(KEY, watch)
}

impl Watch {
    /// A webhook told of an order. Webhooks come again, so what they did not tell of is past.
    pub fn hear(&mut self, number: &OrderNumber, now_ms: u64) {
        self.unheard.retain(|(other, found)| *other != number.0 && found + WEBHOOK_GRACE_MS > now_ms);
        self.heard.retain(|(other, _)| *other != number.0);
        remember(&mut self.heard, number, now_ms);
    }

    /// Polling found a change of an order.
    pub fn find(&mut self, number: &OrderNumber, now_ms: u64) {
        let told = |(other, heard): &(String, u64)| *other == number.0 && heard + WEBHOOK_GRACE_MS > now_ms;
        if !self.heard.iter().any(told) && !self.unheard.iter().any(|(other, _)| *other == number.0) {
            remember(&mut self.unheard, number, now_ms);
        }
    }

    /// The watermark of orders moved.
    pub fn moved(&mut self, now_ms: u64) {
        let pause = self.moved_ms.map_or(0, |before| now_ms.saturating_sub(before));
        self.longest_pause_ms = self.longest_pause_ms.max(pause);
        self.moves = self.moves.saturating_add(1);
        self.moved_ms = Some(now_ms);
    }
}

fn remember(list: &mut Vec<(String, u64)>, number: &OrderNumber, now_ms: u64) {
    list.push((number.0.clone(), now_ms));
    if list.len() > REMEMBERED {
        list.remove(0);
    }
}
