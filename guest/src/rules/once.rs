//! One entry (a payment, a new product), made once, on an API that knows no idempotency keys.
//!
//! Every entry carries a mark of its own. Before anything is sent LeafLink is read: an
//! entry with the mark is ours, whatever became of the call that made it. Sending takes two calls.
//! The first *arms* the entry with its ticket and commits; the second, the very next ticket, sends.
//! An entry that is found armed with an older ticket was perhaps sent by a call that did not live to
//! say so: its outcome is unknown, as it is when LeafLink's answer was lost. What is unknown may
//! still appear, so that it is read again after a quiet period, and sent again only if it is then
//! absent.
//!
//! What remains: an entry that LeafLink makes later than a whole quiet period after it was sent
//! could be made twice.

/// How long a request may still take effect after it was sent: longer than any time limit of a
/// client, a gateway and LeafLink's servers together.
pub const QUIET_MS: u64 = 120_000;
/// Sendings without an answer after which a person looks.
const MOST_UNANSWERED: u32 = 5;

/// How far an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nothing was sent, or what was sent is known to have had no effect.
    Ready,
    /// The call with this ticket armed it: the call with the next one may send it.
    Armed {
        /// The ticket.
        ticket: u64,
    },
    /// It may have been sent.
    Unknown {
        /// Not later than this.
        since_ms: u64,
    },
    /// LeafLink has it, or nobody wants it any more.
    Settled,
}

/// What LeafLink shows of an entry's mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marked {
    /// None has it.
    None,
    /// None has it; but one that was not there before, and is nobody else's, says what the entry says,
    /// and may be it with its mark lost. Looked for only once the entry may have been sent.
    Alike,
    /// One has it.
    One {
        /// It says what the entry says.
        agrees: bool,
    },
    /// Several have it.
    Several,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// LeafLink has it: note that.
    Adopt,
    /// LeafLink has something else under its mark: a person must look.
    Conflict,
    /// Nobody knows, and a person must look.
    GiveUp,
    /// LeafLink may have it without its mark: a person must look.
    Doubt,
    /// Note that it is unknown since then, and read again after so many milliseconds.
    Wait {
        /// Since when.
        since_ms: u64,
        /// How long.
        for_ms: u64,
    },
    /// Arm it with this call's ticket.
    Arm,
    /// Send it now.
    Send,
    /// It is certain that LeafLink does not have it, and nobody wants it any more.
    Drop,
}

/// The next step. `wanted`: the entry is still to be made; `unanswered`: how often it was sent
/// without an answer.
pub fn next(
    progress: Progress,
    marked: Marked,
    wanted: bool,
    unanswered: u32,
    ticket: u64,
    now_ms: u64,
) -> Step {
    match marked {
        Marked::One { agrees: true } => return Step::Adopt,
        Marked::One { agrees: false } | Marked::Several => return Step::Conflict,
        Marked::None | Marked::Alike => {}
    }
    match unsent(progress, ticket, now_ms) {
        Progress::Unknown { since_ms } => {
            // A clock that was set back starts the period anew.
            let since_ms = since_ms.min(now_ms);
            let for_ms = QUIET_MS.saturating_sub(now_ms - since_ms);
            match (for_ms, wanted) {
                (1.., _) => Step::Wait { since_ms, for_ms },
                (0, _) if marked == Marked::Alike => Step::Doubt,
                (0, false) => Step::Drop,
                (0, true) if unanswered >= MOST_UNANSWERED => Step::GiveUp,
                (0, true) => Step::Arm,
            }
        }
        // It appeared since the entry was armed to be sent once more.
        _ if marked == Marked::Alike && progress.begun() => Step::Doubt,
        _ if !wanted => Step::Drop,
        _ if matches!(progress, Progress::Armed { .. }) => Step::Send,
        _ => Step::Arm,
    }
}

/// How far an entry is in a call that sends nothing: one that was armed for this very call is as it
/// was, one that was armed for an earlier call may have been sent by it.
pub fn unsent(progress: Progress, ticket: u64, now_ms: u64) -> Progress {
    match progress {
        Progress::Armed { ticket: armed } if armed.checked_add(1) == Some(ticket) => Progress::Ready,
        Progress::Armed { .. } => Progress::Unknown { since_ms: now_ms },
        progress => progress,
    }
}

impl Progress {
    /// Whether the entry may have been sent.
    pub fn begun(self) -> bool {
        !matches!(self, Progress::Ready)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: u64 = 10_000_000;

    #[test]
    fn an_entry_with_the_mark_is_ours_whatever_was_known() {
        for progress in [
            Progress::Ready,
            Progress::Armed { ticket: 6 },
            Progress::Armed { ticket: 2 },
            Progress::Unknown { since_ms: NOW },
        ] {
            let step = |marked, wanted| next(progress, marked, wanted, 0, 7, NOW);
            for wanted in [true, false] {
                assert_eq!(step(Marked::One { agrees: true }, wanted), Step::Adopt);
                assert_eq!(step(Marked::One { agrees: false }, wanted), Step::Conflict);
                assert_eq!(step(Marked::Several, wanted), Step::Conflict);
            }
        }
    }

    #[test]
    fn the_steps_of_an_absent_entry() {
        let wait = |since_ms, for_ms| Step::Wait { since_ms, for_ms };
        for (progress, wanted, unanswered, step) in [
            (Progress::Ready, true, 0, Step::Arm),
            (Progress::Ready, false, 0, Step::Drop),
            (Progress::Armed { ticket: 6 }, true, 0, Step::Send),
            (Progress::Armed { ticket: 6 }, false, 0, Step::Drop),
            (Progress::Armed { ticket: 5 }, true, 0, wait(NOW, QUIET_MS)),
            (Progress::Armed { ticket: 5 }, false, 0, wait(NOW, QUIET_MS)),
            (Progress::Armed { ticket: 7 }, true, 0, wait(NOW, QUIET_MS)),
            (Progress::Armed { ticket: u64::MAX }, true, 0, wait(NOW, QUIET_MS)),
            (Progress::Unknown { since_ms: NOW - QUIET_MS + 1 }, true, 0, wait(NOW - QUIET_MS + 1, 1)),
            (Progress::Unknown { since_ms: NOW + 5 }, true, 0, wait(NOW, QUIET_MS)),
            (Progress::Unknown { since_ms: NOW - QUIET_MS }, true, 4, Step::Arm),
            (Progress::Unknown { since_ms: NOW - QUIET_MS }, true, 5, Step::GiveUp),
            (Progress::Unknown { since_ms: NOW - QUIET_MS }, false, 5, Step::Drop),
        ] {
            assert_eq!(next(progress, Marked::None, wanted, unanswered, 7, NOW), step, "{progress:?}");
        }
    }

    #[test]
    fn one_that_is_alike_is_for_a_person_before_anything_is_sent_again() {
        let step = |progress, wanted| next(progress, Marked::Alike, wanted, 0, 7, NOW);
        let (quiet, over) =
            (Progress::Unknown { since_ms: NOW - 1 }, Progress::Unknown { since_ms: NOW - QUIET_MS });
        for wanted in [true, false] {
            assert_eq!(step(over, wanted), Step::Doubt);
            assert_eq!(step(Progress::Armed { ticket: 6 }, wanted), Step::Doubt);
            assert!(matches!(step(quiet, wanted), Step::Wait { .. }), "its own may still appear");
            assert!(matches!(step(Progress::Armed { ticket: 5 }, wanted), Step::Wait { .. }));
        }
        assert_eq!(step(Progress::Ready, true), Step::Arm);
        assert_eq!(step(Progress::Ready, false), Step::Drop);
    }

    /// What befalls one call.
    #[derive(Clone, Copy, Debug)]
    enum Luck {
        /// It all works.
        Fine,
        /// LeafLink gets nothing, and the component knows.
        NotTaken,
        /// LeafLink gets nothing, and the component does not know.
        LostRequest,
        /// LeafLink makes the entry after so long, and the answer is lost.
        LostAnswer(u64),
        /// The host dies before anything is sent.
        Dies,
        /// The host dies after the request, which takes effect after so long.
        DiesSending(u64),
    }

    fn luck() -> impl Strategy<Value = Luck> {
        let late = 0..QUIET_MS;
        prop_oneof![
            3 => Just(Luck::Fine),
            1 => Just(Luck::NotTaken),
            2 => Just(Luck::LostRequest),
            3 => late.clone().prop_map(Luck::LostAnswer),
            2 => Just(Luck::Dies),
            3 => late.prop_map(Luck::DiesSending),
        ]
    }

    /// LeafLink, the clock, and what the component has committed.
    struct World {
        now: u64,
        ticket: u64,
        progress: Progress,
        unanswered: u32,
        /// When each entry with the mark appears.
        made: Vec<u64>,
    }

    impl World {
        /// One call of `deliver`, as the handler makes it.
        fn call(&mut self, luck: Luck, wanted: bool) -> Step {
            self.ticket += 1;
            let marked = match self.made.iter().filter(|made| **made <= self.now).count() {
                0 => Marked::None,
                1 => Marked::One { agrees: true },
                _ => Marked::Several,
            };
            let step = next(self.progress, marked, wanted, self.unanswered, self.ticket, self.now);
            let mut unanswered = self.unanswered;
            let after = match step {
                Step::Adopt | Step::Drop => Progress::Settled,
                Step::Conflict | Step::GiveUp | Step::Doubt => self.progress,
                Step::Wait { since_ms, .. } => Progress::Unknown { since_ms },
                Step::Arm => Progress::Armed { ticket: self.ticket },
                Step::Send => match luck {
                    Luck::Fine => {
                        self.made.push(self.now);
                        Progress::Settled
                    }
                    Luck::NotTaken => Progress::Ready,
                    Luck::LostAnswer(late) | Luck::DiesSending(late) => {
                        self.made.push(self.now + late);
                        unanswered += 1;
                        Progress::Unknown { since_ms: self.now }
                    }
                    Luck::LostRequest | Luck::Dies => {
                        unanswered += 1;
                        Progress::Unknown { since_ms: self.now }
                    }
                },
            };
            if !matches!(luck, Luck::Dies | Luck::DiesSending(_)) {
                (self.progress, self.unanswered) = (after, unanswered);
            }
            step
        }
    }

    proptest! {
        /// Whatever dies, gets lost or comes late: one entry at most, and in the end exactly one.
        #[test]
        fn an_entry_is_made_once(
            calls in prop::collection::vec((luck(), 0..400_000_u64, 0..3_u64, any::<bool>()), 0..60),
            ends_wanted: bool,
        ) {
            let mut world =
                World { now: NOW, ticket: 0, progress: Progress::Ready, unanswered: 0, made: Vec::new() };
            for (luck, passes, other_calls, wanted) in calls {
                // Armed entries are worked on at once, unless the host had other calls between.
                world.now += if matches!(world.progress, Progress::Armed { .. }) { 0 } else { passes };
                world.ticket += other_calls / 2;
                if world.progress != Progress::Settled {
                    world.call(luck, wanted);
                }
                prop_assert!(world.made.len() <= 1, "{:?}", world.made);
            }
            // A person had it tried again, and from here on nothing goes wrong.
            world.unanswered = 0;
            for _ in 0..6 {
                world.now += QUIET_MS;
                if world.progress != Progress::Settled {
                    world.call(Luck::Fine, ends_wanted);
                }
            }
            prop_assert_eq!(world.progress, Progress::Settled);
            prop_assert!(world.made.len() <= 1);
        }

        /// When it is wanted throughout, it is made.
        #[test]
        fn a_wanted_entry_is_made(
            calls in prop::collection::vec((luck(), 0..400_000_u64), 0..60),
        ) {
            let mut world =
                World { now: NOW, ticket: 0, progress: Progress::Ready, unanswered: 0, made: Vec::new() };
            let calls = calls.into_iter().chain(std::iter::repeat_n((Luck::Fine, QUIET_MS), 6));
            for (luck, passes) in calls {
                world.now += passes;
                world.unanswered = 0;
                if world.progress != Progress::Settled {
                    world.call(luck, true);
                }
            }
            prop_assert_eq!(world.progress, Progress::Settled);
            prop_assert_eq!(world.made.len(), 1);
        }
    }
}
