//! From a long failing history to a short one: leave out whatever is not needed.

use super::generate;
use super::history::{Act, History, Sync};

/// The acts with which a history begins.
const CONNECTING: usize = 2;

/// The shortest history found that still fails. `fails` says whether one does. Connecting stays:
/// without it what happens is another story.
pub fn shrink(history: &History, fails: &mut dyn FnMut(&History) -> bool) -> History {
    let mut best = history.clone();
    let mut chunk = best.acts.len().div_ceil(2);
    while chunk > 0 {
        let mut at = CONNECTING;
        let mut shorter = false;
        while at < best.acts.len() {
            let mut candidate = best.clone();
            let end = (at + chunk).min(candidate.acts.len());
            candidate.acts.drain(at..end);
            if fails(&candidate) {
                best = candidate;
                shorter = true;
            } else {
                at += chunk;
            }
        }
        // Single acts are tried until none can go: leaving one out can free another.
        if chunk > 1 || !shorter {
            chunk /= 2;
        }
    }
    best
}

/// Shows that only what is needed remains.
pub fn is_right() -> anyhow::Result<()> {
    let mut history = generate::history(7);
    let mut needed: Vec<Act> = history.acts.iter().take(CONNECTING).cloned().collect();
    history.acts.insert(3, Act::Wait(4_321));
    history.acts.push(Act::Sync(Sync::Deliver(77)));
    needed.extend([Act::Wait(4_321), Act::Sync(Sync::Deliver(77))]);
    let short = shrink(&history, &mut |it| needed.iter().all(|act| it.acts.contains(act)));
    anyhow::ensure!(short.acts == needed, "{:?} remained", short.acts);
    Ok(())
}
