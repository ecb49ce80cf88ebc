//! Many histories on all cores, and what to say about them.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use leaflink_sync_kit::Connector;

use super::counters::Counters;
use super::history::History;
use super::play::{Played, play};
use super::shrink::shrink;
use super::stage::Theatre;

/// How long to go on.
#[derive(Clone, Copy)]
pub enum Until {
    /// So many histories.
    Histories(u64),
    /// So long.
    Time(Duration),
}

/// What came of many histories.
pub struct Run {
    pub histories: u64,
    pub calls: u64,
    pub counters: Counters,
    pub took: Duration,
    /// The first that failed.
    pub failed: Option<(History, String)>,
}

/// Plays the histories of the seeds from `first` on, until one fails.
pub fn run(
    connector: &Connector,
    first: u64,
    until: Until,
    generate: fn(u64) -> History,
) -> anyhow::Result<Run> {
    let begun = Instant::now();
    let (next, stop) = (AtomicU64::new(first), AtomicBool::new(false));
    let failed = Mutex::new(None::<(u64, History, String)>);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let work = || -> anyhow::Result<(u64, u64, Counters)> {
        let theatre = Theatre::open(connector)?;
        let (mut histories, mut calls, mut counters) = (0, 0, Counters::default());
        while !stop.load(Ordering::Relaxed) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            let is_over = match until {
                Until::Histories(count) => seed - first >= count,
                Until::Time(time) => begun.elapsed() >= time,
            };
            if is_over {
                break;
            }
            let history = generate(seed);
            let played = play(&theatre, &history, false)?;
            histories += 1;
            calls += played.calls;
            counters.add(&played.counters);
            if let Some(violation) = played.violation {
                stop.store(true, Ordering::Relaxed);
                let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
                if failed.as_ref().is_none_or(|(earlier, ..)| seed < *earlier) {
                    *failed = Some((seed, history, violation));
                }
            }
        }
        Ok((histories, calls, counters))
    };
    let mut run =
        Run { histories: 0, calls: 0, counters: Counters::default(), took: Duration::ZERO, failed: None };
    let shares = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let joined = threads.into_iter().map(|thread| {
            thread.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a thread of the simulation panicked")))
        });
        joined.collect::<anyhow::Result<Vec<_>>>()
    })?;
    for (histories, calls, counters) in shares {
        run.histories += histories;
        run.calls += calls;
        run.counters.add(&counters);
    }
    run.took = begun.elapsed();
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    run.failed = failed.map(|(_, history, violation)| (history, violation));
    Ok(run)
}

impl Run {
    /// The run in a sentence.
    pub fn summary(&self) -> String {
        format!(
            "{} histories, {} calls of the component, {} s",
            self.histories,
            self.calls,
            self.took.as_secs()
        )
    }
}

/// Shrinks a failing history, keeps it in a file, and says how to play it again.
pub fn report(
    connector: &Connector,
    history: &History,
    violation: &str,
    folder: &Path,
) -> anyhow::Result<String> {
    let theatre = Theatre::open(connector)?;
    // Another violation would be another history.
    let kind = |violation: &str| violation.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    let mut fails = |candidate: &History| {
        let played = play(&theatre, candidate, false);
        played.is_ok_and(|played| played.violation.is_some_and(|it| kind(&it) == kind(violation)))
    };
    let short = shrink(history, &mut fails);
    let file = folder.join(format!("history-{}.json", history.seed));
    std::fs::write(&file, to_json(&short)?)?;
    let played = play(&theatre, &short, true)?;
    let mut text = String::new();
    writeln!(text, "seed {}: {violation}", history.seed)?;
    writeln!(text, "{} acts, shrunk to {}: {}", history.acts.len(), short.acts.len(), file.display())?;
    writeln!(text, "play it again with LEAFLINK_SYNC_HISTORY={} and the filter `replay`", file.display())?;
    text.push_str(&told(&played));
    Ok(text)
}

/// What happened in a history, for people.
pub fn told(played: &Played) -> String {
    let mut text = played.words.join("\n");
    text.push('\n');
    text.push_str(&played.end);
    text.push_str(played.violation.as_deref().unwrap_or("nothing was violated"));
    text.push('\n');
    text
}

/// Reads a history that was kept.
pub fn load(file: &Path) -> anyhow::Result<History> {
    Ok(serde_json::from_str(&std::fs::read_to_string(file)?)?)
}

/// Histories that were kept because they failed once.
pub fn kept(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// One act a line.
pub fn to_json(history: &History) -> anyhow::Result<String> {
    let acts: Vec<String> = history.acts.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
    let setup = serde_json::to_string(&history.setup)?;
    Ok(format!(
        "{{\"seed\": {},\n \"setup\": {setup},\n \"acts\": [\n  {}\n ]}}\n",
        history.seed,
        acts.join(",\n  ")
    ))
}
