//! When the sync's silence is not normal, from the signs that it leaves.
//!
//! | alarm | when |
//! |---|---|
//! | sync-paused | nobody asked what is due for three intervals of the quicker source, at least an hour |
//! | polling-stalled | a source was asked for and not read to its end for three of its intervals, at least an hour; the first time, too |
//! | record-in-the-way | for as long, every pass met a record that cannot be read, so that the watermark stands |
//! | webhooks-missing | webhooks of orders came before, and one did not come for ten minutes after polling found the change |
//! | write-overdue | a queued write waits for four hours, and neither a pause nor an outage explains it |
//! | leaflink-silent | nothing changed for twice the longest pause ever seen, at least three days; after twenty changes |

use super::decision::Reason;
use super::reasons::Code;
use super::text::count;

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;
const DAY_MS: u64 = 24 * HOUR_MS;
/// How long a webhook may take. LeafLink tries for seven minutes.
pub const WEBHOOK_GRACE_MS: u64 = 10 * MINUTE_MS;
/// Webhooks are relied upon for so long after the last one.
const WEBHOOK_TRUST_MS: u64 = DAY_MS;
/// While webhooks come, polling takes so many times its interval.
const SLOWER: u64 = 3;
/// Intervals that may pass without a finished pass.
const MISSED_INTERVALS: u64 = 3;
/// How long a write may be queued. An outage that is not told of as such lasts an hour and a half at
/// most, and the longest wait for another attempt is little more than an hour.
const WRITE_PATIENCE_MS: u64 = 4 * HOUR_MS;
const SHORTEST_SILENCE_MS: u64 = 3 * DAY_MS;
/// Changes that must have been seen before a silence is judged.
const CHANGES: u32 = 20;

/// What the polling of one source has left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Polling {
    /// What is polled, as people call it: `orders`.
    pub what: &'static str,
    /// The interval of the settings, in minutes.
    pub every_minutes: u64,
    /// When the last pass was finished; absent: none ever was.
    pub finished_ms: Option<u64>,
    /// Since when every pass met a record that cannot be read.
    pub in_the_way_since_ms: Option<u64>,
    /// When the last webhook of this kind came.
    pub heard_ms: Option<u64>,
    /// A pass is under way.
    pub under_way: bool,
}

/// What is known when it is asked whether all is well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signs {
    /// Now.
    pub now_ms: u64,
    /// When that was last asked; absent: never.
    pub asked_ms: Option<u64>,
    /// When it was first asked.
    pub began_ms: u64,
    /// When asking went on after the last pause.
    pub resumed_ms: u64,
    /// Orders and products.
    pub polling: Vec<Polling>,
    /// Since when the oldest change is known that no webhook told of, and its order.
    pub unheard: Option<(u64, String)>,
    /// The write that is queued for longest: since when, and what it is.
    pub oldest_write: Option<(u64, String)>,
    /// Until when a pause or an outage explains that writes wait.
    pub explained_ms: u64,
    /// When the watermark of orders last moved.
    pub moved_ms: Option<u64>,
    /// How often it did.
    pub moves: u32,
    /// The longest time between two moves.
    pub longest_pause_ms: u64,
}

impl Polling {
    /// When the source is next to be read. While webhooks come it is read less often. What was read
    /// later than now was so by a clock that has been put back since, which is no reason to wait.
    pub fn due_ms(&self, webhooks_missing: bool, now_ms: u64) -> u64 {
        let finished = self.finished_ms.filter(|finished| !self.under_way && *finished <= now_ms);
        let Some(finished) = finished else { return 0 };
        let heard = self.heard_ms.is_some_and(|heard| now_ms.saturating_sub(heard) < WEBHOOK_TRUST_MS);
        let times = if heard && !webhooks_missing { SLOWER } else { 1 };
        finished.saturating_add(self.every_minutes * MINUTE_MS * times)
    }

    /// How long is too long for one source.
    fn patience_ms(&self) -> u64 {
        (self.every_minutes * MINUTE_MS * SLOWER * MISSED_INTERVALS).max(HOUR_MS)
    }
}

/// Whether the webhooks of orders are missing one.
pub fn webhooks_missing(signs: &Signs) -> bool {
    signs.unheard.as_ref().is_some_and(|(since, _)| signs.now_ms.saturating_sub(*since) >= WEBHOOK_GRACE_MS)
}

/// Whether these alarms explain that writes wait: nobody asks, or nothing of LeafLink can be read.
pub fn explains_writes(alarms: &[Reason], signs: &Signs) -> bool {
    let raised = |code| alarms.iter().filter(|alarm| alarm.code == code).count();
    raised(Code::SyncPaused) > 0 || raised(Code::PollingStalled) >= signs.polling.len()
}

/// Every alarm that stands now.
pub fn alarms(signs: &Signs) -> Vec<Reason> {
    let now = signs.now_ms;
    let mut alarms = Vec::new();
    let patience = signs.polling.iter().map(Polling::patience_ms).min().unwrap_or(HOUR_MS);
    let paused = signs.asked_ms.map_or(0, |asked| now.saturating_sub(asked));
    if paused > patience {
        let message = format!("The ERP did not ask for LeafLink's changes for {}.", duration(paused));
        alarms.push(Reason::new(Code::SyncPaused, message));
    }
    for polling in &signs.polling {
        let since = polling.finished_ms.unwrap_or(signs.began_ms).max(signs.resumed_ms);
        let stalled = now.saturating_sub(since);
        // A pause explains it, until polling had its chance.
        if paused <= patience && stalled > polling.patience_ms() {
            let what = polling.what;
            let message =
                format!("LeafLink's {what} could not be read to their end for {}.", duration(stalled));
            alarms.push(Reason::new(Code::PollingStalled, message).with("source", what));
        }
        let in_the_way = polling.in_the_way_since_ms.map_or(0, |since| now.saturating_sub(since));
        if in_the_way > polling.patience_ms() {
            let what = polling.what;
            let message = format!(
                "For {} a record in LeafLink's list of {what} cannot be read; the list is read from before it each time.",
                duration(in_the_way)
            );
            alarms.push(Reason::new(Code::RecordInTheWay, message).with("source", what));
        }
    }
    if let Some((_, order)) = signs.unheard.as_ref().filter(|_| webhooks_missing(signs)) {
        let message = format!("LeafLink order {order} changed, polling found it, and no webhook told of it.");
        alarms.push(Reason::new(Code::WebhooksMissing, message).with("order", order));
    }
    if let Some((since, what)) = signs.oldest_write.as_ref().filter(|_| !explains_writes(&alarms, signs)) {
        let waited = now.saturating_sub((*since).max(signs.explained_ms));
        if waited > WRITE_PATIENCE_MS {
            let message = format!("{what} is queued for {} and did not go through.", duration(waited));
            alarms.push(Reason::new(Code::WriteOverdue, message));
        }
    }
    let silent = signs.moved_ms.map_or(0, |moved| now.saturating_sub(moved));
    if signs.moves >= CHANGES && silent > (2 * signs.longest_pause_ms).max(SHORTEST_SILENCE_MS) {
        let message = format!(
            "No order was placed or changed in LeafLink for {}; the longest pause before was {}.",
            duration(silent),
            duration(signs.longest_pause_ms)
        );
        alarms.push(Reason::new(Code::LeafLinkSilent, message));
    }
    alarms
}

/// `3 hours`, in the largest unit that says something.
fn duration(ms: u64) -> String {
    let (amount, unit) = match ms {
        ms if ms >= 2 * DAY_MS => (ms / DAY_MS, "day"),
        ms if ms >= 2 * HOUR_MS => (ms / HOUR_MS, "hour"),
        ms => (ms / MINUTE_MS, "minute"),
    };
    count(usize::try_from(amount).unwrap_or(usize::MAX), unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 100 * DAY_MS;

    /// A company whose sync runs as it should, last at `NOW`.
    fn well() -> Signs {
        let source = |what| Polling { what, every_minutes: 10, finished_ms: Some(NOW), ..Polling::default() };
        Signs {
            now_ms: NOW,
            asked_ms: Some(NOW),
            began_ms: NOW,
            polling: vec![source("orders"), source("products")],
            moved_ms: Some(NOW),
            ..Signs::default()
        }
    }

    fn codes(signs: &Signs) -> Vec<Code> {
        alarms(signs).iter().map(|alarm| alarm.code).collect()
    }

    #[test]
    fn all_is_well_at_first_and_while_all_goes_on() {
        assert_eq!(codes(&Signs { now_ms: NOW, ..Signs::default() }), []);
        assert_eq!(codes(&well()), []);
    }

    #[test]
    fn a_pause_is_told_and_explains_what_was_not_read() {
        let mut signs = Signs { now_ms: NOW + 90 * MINUTE_MS, ..well() };
        assert_eq!(codes(&signs), []);
        signs.now_ms += 1;
        assert_eq!(codes(&signs), [Code::SyncPaused]);
        // Asked again, nothing read yet: polling has its chance first.
        (signs.asked_ms, signs.resumed_ms) = (Some(signs.now_ms), signs.now_ms);
        assert_eq!(codes(&signs), []);
    }

    #[test]
    fn a_source_that_cannot_be_read_to_its_end_is_told() {
        let mut signs = well();
        signs.now_ms = NOW + 90 * MINUTE_MS;
        (signs.asked_ms, signs.polling[1].finished_ms) = (Some(signs.now_ms), Some(signs.now_ms));
        assert_eq!(codes(&signs), []);
        signs.now_ms += 1;
        assert_eq!(codes(&signs), [Code::PollingStalled]);
        assert!(alarms(&signs)[0].message.contains("orders"));
    }

    #[test]
    fn a_source_that_was_never_read_to_its_end_is_told_as_soon() {
        let mut signs = Signs { began_ms: NOW - 90 * MINUTE_MS, ..well() };
        signs.polling[1].finished_ms = None;
        assert_eq!(codes(&signs), []);
        signs.began_ms -= 1;
        assert_eq!(codes(&signs), [Code::PollingStalled]);
        assert!(alarms(&signs)[0].message.contains("products"));
    }

    #[test]
    fn a_record_in_the_way_is_told_after_a_while() {
        let mut signs = well();
        signs.polling[0].in_the_way_since_ms = Some(NOW - 90 * MINUTE_MS);
        assert_eq!(codes(&signs), []);
        signs.polling[0].in_the_way_since_ms = Some(NOW - 90 * MINUTE_MS - 1);
        assert_eq!(codes(&signs), [Code::RecordInTheWay]);
    }

    #[test]
    fn a_webhook_has_ten_minutes() {
        let mut signs = well();
        signs.unheard = Some((NOW - WEBHOOK_GRACE_MS + 1, "fb".to_owned()));
        assert_eq!(codes(&signs), []);
        signs.unheard = Some((NOW - WEBHOOK_GRACE_MS, "fb".to_owned()));
        assert_eq!(codes(&signs), [Code::WebhooksMissing]);
    }

    #[test]
    fn a_write_has_four_hours_since_it_was_queued_or_could_go_again() {
        let queued = |since_ms| Some((since_ms, "A change".to_owned()));
        let mut signs = Signs { oldest_write: queued(NOW - 4 * HOUR_MS), ..well() };
        assert_eq!(codes(&signs), []);
        signs.oldest_write = queued(NOW - 4 * HOUR_MS - 1);
        assert_eq!(codes(&signs), [Code::WriteOverdue]);
        assert!(alarms(&signs)[0].message.contains("A change is queued for 4 hours"));
        signs.explained_ms = NOW - 4 * HOUR_MS;
        assert_eq!(codes(&signs), []);
    }

    #[test]
    fn a_pause_or_an_outage_explains_a_write_that_waits() {
        let since = NOW - 10 * DAY_MS;
        let mut signs = Signs { oldest_write: Some((since, "A change".to_owned())), ..well() };
        let explained = |signs: &Signs| explains_writes(&alarms(signs), signs);
        assert!(!explained(&signs));
        signs.polling[0].finished_ms = Some(since);
        assert_eq!(codes(&signs), [Code::PollingStalled, Code::WriteOverdue]);
        assert!(!explained(&signs), "products are read");
        signs.polling[1].finished_ms = Some(since);
        assert_eq!(codes(&signs), [Code::PollingStalled, Code::PollingStalled]);
        assert!(explained(&signs));
        let signs = Signs { asked_ms: Some(since), oldest_write: signs.oldest_write, ..well() };
        assert_eq!(codes(&signs), [Code::SyncPaused]);
        assert!(explained(&signs));
    }

    #[test]
    fn silence_is_judged_by_what_was_usual() {
        let mut signs = Signs { moved_ms: Some(NOW - 3 * DAY_MS - 1), moves: 20, ..well() };
        assert_eq!(codes(&signs), [Code::LeafLinkSilent]);
        signs.moves = 19;
        assert_eq!(codes(&signs), []);
        (signs.moves, signs.longest_pause_ms) = (20, 2 * DAY_MS);
        assert_eq!(codes(&signs), []);
        signs.moved_ms = Some(NOW - 4 * DAY_MS - 1);
        assert_eq!(codes(&signs), [Code::LeafLinkSilent]);
    }

    #[test]
    fn polling_slows_down_while_webhooks_come() {
        let due = |heard_ms, missing| {
            let polling = Polling { heard_ms, ..well().polling[0].clone() };
            (polling.due_ms(missing, NOW) - NOW) / MINUTE_MS
        };
        assert_eq!(due(None, false), 10);
        assert_eq!(due(Some(NOW - DAY_MS + 1), false), 30);
        assert_eq!(due(Some(NOW - DAY_MS), false), 10);
        assert_eq!(due(Some(NOW), true), 10);
        let never = Polling { finished_ms: None, ..well().polling[0].clone() };
        let begun = Polling { under_way: true, ..well().polling[0].clone() };
        assert_eq!((never.due_ms(false, NOW), begun.due_ms(false, NOW)), (0, 0));
        assert_eq!(well().polling[0].due_ms(false, NOW - 1), 0, "the clock was put back");
    }
}
