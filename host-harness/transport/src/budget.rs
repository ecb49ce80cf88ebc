//! LeafLink's limit on requests, kept on this side.
//!
//! LeafLink counts the requests of whoever created an API key: 300 in any minute, over all the keys
//! of that person. One [`RequestBudget`] therefore stands for one key owner, shared by every company
//! and every stream that uses a key of theirs. It is the host's, not the component's: only the host
//! knows the keys, what a call that failed has sent counts too, and after a 429 all streams must wait
//! and not only the one that met it.
//!
//! Background work leaves a fifth of the limit to what people wait for. After a 429 nothing is sent
//! until LeafLink's own time is over; then one request goes first, and the others once it came back
//! well. The window is kept in memory: a process that starts anew has, at worst, one minute in which
//! LeafLink says no.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use leaflink_sync_kit::host::Urgency;
use leaflink_sync_kit::host::http::Response;

/// Requests that LeafLink takes within [`WINDOW_MS`].
const LIMIT: u64 = 300;
const WINDOW_MS: u64 = 60_000;
/// One in so many requests is kept for what people wait for.
const RESERVE: u64 = 5;
/// How long nothing is sent after the first 429 that names no time; it doubles up to the longest.
const FIRST_HOLD_MS: u64 = 5_000;
const LONGEST_HOLD_MS: u64 = 3_600_000;
const LONGEST_UNNAMED_HOLD_MS: u64 = 60_000;
/// How long others wait while the first request after a 429 is under way.
const PROBE_MS: u64 = 1_000;

/// The requests of one key owner. Shared between threads.
#[derive(Debug, Default)]
pub struct RequestBudget(Mutex<Window>);

impl RequestBudget {
    /// Takes one request from the budget.
    ///
    /// # Errors
    /// There is none to take: not before so many milliseconds. Nothing may be sent then.
    pub fn take(&self, now_ms: u64, urgency: Urgency) -> Result<(), u64> {
        self.window(|window| window.take(now_ms, urgency))
    }

    /// Notes how a request that was taken came back; nothing: there was no answer.
    pub fn answered(&self, now_ms: u64, response: Option<&Response>) {
        let figure = |name: &str| {
            let (_, value) = response?.headers.iter().find(|(known, _)| known == name)?;
            value.trim().parse::<u64>().ok()
        };
        let answer = Answer {
            status: response.map(|response| response.status),
            retry_after_s: figure("retry-after"),
            limit: figure("ratelimit-limit"),
            remaining: figure("ratelimit-remaining"),
            reset_s: figure("ratelimit-reset"),
        };
        self.window(|window| window.answered(now_ms, &answer));
    }

    /// Everything that answers depend on from then on, as text for comparing.
    pub fn fingerprint(&self, now_ms: u64) -> String {
        self.window(|window| {
            let mut window = window.clone();
            window.forget(now_ms);
            format!("{window:?}")
        })
    }

    /// Takes over what another one has counted.
    pub fn set(&self, other: &Self) {
        let counted = other.window(|window| window.clone());
        self.window(|window| *window = counted);
    }

    /// A panic elsewhere leaves the window whole.
    fn window<T>(&self, with: impl FnOnce(&mut Window) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Clone for RequestBudget {
    fn clone(&self) -> Self {
        Self(Mutex::new(self.window(|window| window.clone())))
    }
}

/// What an answer says about the limit.
#[derive(Clone, Copy, Debug, Default)]
struct Answer {
    status: Option<u16>,
    retry_after_s: Option<u64>,
    limit: Option<u64>,
    remaining: Option<u64>,
    reset_s: Option<u64>,
}

/// What LeafLink said is left, and until when that holds.
#[derive(Clone, Copy, Debug)]
struct Told {
    limit: u64,
    remaining: u64,
    until_ms: u64,
}

#[derive(Clone, Debug, Default)]
struct Window {
    /// When requests were sent, oldest first.
    sent: VecDeque<u64>,
    /// LeafLink said 429: nothing before this.
    held_until_ms: Option<u64>,
    /// The first request after a 429 is under way.
    probing: bool,
    /// 429s in a row.
    refusals: u32,
    told: Option<Told>,
}

impl Window {
    fn take(&mut self, now_ms: u64, urgency: Urgency) -> Result<(), u64> {
        self.forget(now_ms);
        let probe = match self.held_until_ms {
            Some(until) if until > now_ms => return Err(until - now_ms),
            Some(_) if self.probing => return Err(PROBE_MS),
            held => held.is_some(),
        };
        let share = |limit: u64| match urgency {
            Urgency::Person => limit,
            Urgency::Background => limit - limit / RESERVE,
        };
        let (used, most) = (self.sent.len() as u64, share(LIMIT));
        if used >= most {
            let place = usize::try_from(used - most).unwrap_or(usize::MAX);
            let oldest = self.sent.get(place).copied().unwrap_or(now_ms);
            return Err((oldest + WINDOW_MS).saturating_sub(now_ms).max(1));
        }
        if let Some(told) = self.told.as_mut() {
            if told.remaining + share(told.limit) <= told.limit {
                return Err(told.until_ms - now_ms);
            }
            told.remaining -= 1;
        }
        self.probing = probe;
        self.sent.push_back(now_ms);
        Ok(())
    }

    /// Drops what is past.
    fn forget(&mut self, now_ms: u64) {
        self.sent.retain(|sent| sent + WINDOW_MS > now_ms);
        self.told = self.told.filter(|told| told.until_ms > now_ms);
    }

    fn answered(&mut self, now_ms: u64, answer: &Answer) {
        if answer.status == Some(429) {
            let unnamed = FIRST_HOLD_MS << self.refusals.min(8);
            let named = answer.retry_after_s.or(answer.reset_s).map(|seconds| seconds.saturating_mul(1_000));
            let hold = named
                .map_or(unnamed.min(LONGEST_UNNAMED_HOLD_MS), |named| named.clamp(1_000, LONGEST_HOLD_MS));
            self.refusals = self.refusals.saturating_add(1);
            let until = now_ms.saturating_add(hold);
            self.held_until_ms = Some(self.held_until_ms.map_or(until, |known| known.max(until)));
            self.probing = false;
            return;
        }
        if self.held_until_ms.is_some_and(|until| until <= now_ms) && self.probing {
            self.probing = false;
            // Without an answer nobody knows whether LeafLink is ready: the next one goes first again.
            if answer.status.is_some() {
                self.held_until_ms = None;
                self.refusals = 0;
            }
        }
        if let (Some(remaining), Some(reset_s)) = (answer.remaining, answer.reset_s) {
            self.told = Some(Told {
                limit: answer.limit.unwrap_or(LIMIT).max(1),
                remaining,
                until_ms: now_ms.saturating_add(reset_s.saturating_mul(1_000)),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use Urgency::{Background, Person};

    const OK: Answer =
        Answer { status: Some(200), retry_after_s: None, limit: None, remaining: None, reset_s: None };
    const NO: Answer = Answer { status: Some(429), ..OK };

    #[test]
    fn background_work_leaves_a_fifth_to_people() {
        let mut window = Window::default();
        for sent in 0..240 {
            assert_eq!(window.take(sent, Background), Ok(()));
        }
        assert_eq!(window.take(1_000, Background), Err(59_000));
        for _ in 0..60 {
            assert_eq!(window.take(1_000, Person), Ok(()));
        }
        assert_eq!(window.take(1_000, Person), Err(59_000));
        // What people took is not to be made up for by the background: 300 in any minute.
        assert_eq!(window.take(60_000, Background), Err(60));
        assert_eq!(window.take(60_060, Background), Ok(()));
    }

    #[test]
    fn after_a_refusal_nothing_is_sent_and_then_one_request_goes_first() {
        let mut window = Window::default();
        assert_eq!(window.take(0, Background), Ok(()));
        assert_eq!(window.take(0, Background), Ok(()));
        window.answered(10, &Answer { retry_after_s: Some(17), ..NO });
        // One that was under way all the while came back well.
        window.answered(20, &OK);
        for urgency in [Person, Background] {
            assert_eq!(window.take(17_000, urgency), Err(10));
        }
        assert_eq!(window.take(17_010, Background), Ok(()));
        assert_eq!(window.take(17_011, Person), Err(PROBE_MS));
        window.answered(17_020, &Answer { retry_after_s: Some(17), ..NO });
        assert_eq!(window.take(17_021, Person), Err(16_999));
        assert_eq!(window.take(34_020, Person), Ok(()));
        window.answered(34_030, &OK);
        assert_eq!(window.take(34_030, Background), Ok(()));
        assert_eq!(window.take(34_030, Background), Ok(()));
    }

    #[test]
    fn a_first_request_without_an_answer_lets_another_go_first() {
        let mut window = Window::default();
        window.answered(0, &Answer { retry_after_s: Some(1), ..NO });
        assert_eq!(window.take(1_000, Background), Ok(()));
        window.answered(1_010, &Answer { status: None, ..OK });
        assert_eq!(window.take(1_010, Background), Ok(()));
        assert_eq!(window.take(1_010, Background), Err(PROBE_MS));
    }

    #[test]
    fn refusals_that_name_no_time_hold_longer_each_time() {
        let mut window = Window::default();
        let mut now = 0;
        for hold in [5_000, 10_000, 20_000, 40_000, 60_000, 60_000] {
            assert_eq!(window.take(now, Person), Ok(()));
            window.answered(now, &NO);
            assert_eq!(window.take(now, Person), Err(hold));
            now += hold;
        }
        assert_eq!(window.take(now, Person), Ok(()));
        window.answered(now, &OK);
        window.answered(now, &NO);
        assert_eq!(window.take(now, Person), Err(5_000));
    }

    #[test]
    fn times_that_make_no_sense_are_bounded() {
        for (named, hold) in [(0, 1_000), (u64::MAX, LONGEST_HOLD_MS)] {
            let mut window = Window::default();
            window.answered(0, &Answer { retry_after_s: Some(named), ..NO });
            assert_eq!(window.take(0, Person), Err(hold));
        }
    }

    #[test]
    fn leaflinks_own_count_goes_before_ours() {
        let mut window = Window::default();
        let told = Answer { limit: Some(300), remaining: Some(62), reset_s: Some(30), ..OK };
        window.answered(0, &told);
        assert_eq!(window.take(1, Background), Ok(()));
        assert_eq!(window.take(1, Background), Ok(()));
        assert_eq!(window.take(1, Background), Err(29_999));
        for _ in 0..60 {
            assert_eq!(window.take(1, Person), Ok(()));
        }
        assert_eq!(window.take(1, Person), Err(29_999));
        assert_eq!(window.take(30_000, Background), Ok(()));
    }
}
