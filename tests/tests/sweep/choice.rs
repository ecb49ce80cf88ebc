//! Which of the points that there are get tried: all, or a share that is the same in every run.

use crate::boundary::How;

/// How much of a scenario is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// Every way at every import and commit.
    All,
    /// One way at each import and commit, another at each. Where one step reaches more than so many of
    /// them, so many, spread over the step.
    OneWayEach {
        /// The most in one step.
        most: usize,
    },
}

impl Share {
    /// The choice for a step that reaches so many imports and commits at which anything can go wrong.
    pub fn for_step(self, reached: usize) -> Choice {
        match self {
            Self::All => Choice { every: 1, one_way: false, seen: 0 },
            Self::OneWayEach { most } => {
                Choice { every: reached.div_ceil(most).max(1), one_way: true, seen: 0 }
            }
        }
    }
}

/// Chooses at one import after the other.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    every: usize,
    one_way: bool,
    seen: usize,
}

impl Choice {
    /// The ways to try at the next import or commit.
    pub fn of(&mut self, ways: &'static [How]) -> &'static [How] {
        if ways.is_empty() {
            return ways;
        }
        let at = self.seen;
        self.seen += 1;
        // Scattered, so that what comes in every fourth place does not always meet the same way.
        let scattered = (at as u64).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        if self.every > 1 && at % self.every != self.every / 2 {
            return &[];
        }
        if !self.one_way {
            return ways;
        }
        let way = usize::try_from(scattered).unwrap_or_default() % ways.len();
        ways.get(way..=way).unwrap_or_default()
    }
}
