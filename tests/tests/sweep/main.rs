//! The crash sweep: scenarios with every import failing or dying, and the process dying at every
//! commit, one at a time; and pairs of faults on the scenarios that matter most.
//!
//! With every test run the families in `ALWAYS` are swept, with single faults. More is tried on
//! demand, by these variables: `LEAFLINK_SWEEP_ALL` takes every scenario, `LEAFLINK_SWEEP_PAIRS` also
//! tries pairs, `LEAFLINK_SWEEP_ONLY=payments` takes only scenarios with that in their names, and
//! `LEAFLINK_SWEEP_TIMES` tells what each of them took and what is wrong with it.

#![allow(clippy::unwrap_used)]

mod boundary;
mod exceptions;
mod explorer;
mod state;
mod story;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use std::{env, panic, thread};

use leaflink_sync::scenario;
use leaflink_sync_kit::{Connector, Limits};
use leaflink_sync_tests::component;
use libtest_mimic::{Arguments, Failed, Trial};

use boundary::Died;
use story::{Story, Tally};

/// Where money, stock and status go out and orders come in.
const CORE: [&str; 6] = [
    "held-then-through",
    "life-status-towards-leaflink-step-by-step",
    "payments-answer-lost",
    "payments-taken-back",
    "plain-order",
    "stock-pushed-when-it-differs",
];

/// The families of scenarios that are swept with every test run: what money depends on, and orders.
const ALWAYS: [&str; 4] = ["case-", "discount-", "payments-", "plain-order"];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let said = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !info.payload().is::<Died>() {
            said(info);
        }
    }));
    let connector = match component::load(Limits::DEFAULT) {
        Ok(connector) => connector,
        Err(error) => {
            eprintln!("{error:#}");
            return ExitCode::FAILURE;
        }
    };
    let only = env::var("LEAFLINK_SWEEP_ONLY").unwrap_or_default();
    let all = env::var_os("LEAFLINK_SWEEP_ALL").is_some();
    let single = (connector.clone(), only.clone());
    let mut trials = vec![Trial::test("every_fault", move || {
        let is_wanted = |name: &str| all || ALWAYS.iter().any(|family| name.starts_with(family));
        sweep(&single.0, |name| is_wanted(name) && name.contains(&single.1), None)
    })];
    if env::var_os("LEAFLINK_SWEEP_PAIRS").is_some() {
        trials.push(Trial::test("pairs_of_faults_in_core_scenarios", move || {
            sweep(&connector, |name| CORE.contains(&name) && name.contains(&only), Some(1))
        }));
    }
    // Each takes all processors by itself.
    let arguments = Arguments { test_threads: Some(1), ..arguments };
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn sweep(
    connector: &Connector,
    is_wanted: impl Fn(&str) -> bool,
    pairs: Option<usize>,
) -> Result<(), Failed> {
    let folders: Vec<PathBuf> = scenario::find(&component::root().join("tests/scenarios"))
        .map_err(|error| format!("{error:#}"))?
        .into_iter()
        .filter(|folder| folder.file_name().is_some_and(|name| is_wanted(&name.to_string_lossy())))
        .collect();
    let began = Instant::now();
    let (next, tally) = (AtomicUsize::new(0), Mutex::new(Tally::default()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(folder) = folders.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let began = Instant::now();
                    let story = Story::read(connector, folder).and_then(|story| story.sweep(pairs));
                    let mut tally = tally.lock().unwrap();
                    match story {
                        Ok(one) => {
                            if env::var_os("LEAFLINK_SWEEP_TIMES").is_some() {
                                eprintln!(
                                    "{:>8.2} s {:>6} points {:>5} outcomes {:>4} ends  {} wrong  {}",
                                    began.elapsed().as_secs_f32(),
                                    one.points.values().sum::<usize>(),
                                    one.outcomes,
                                    one.to_the_end,
                                    one.wrong.len(),
                                    folder.display()
                                );
                                one.wrong.iter().for_each(|wrong| eprintln!("{wrong}"));
                            }
                            tally.add(one);
                        }
                        Err(error) => tally.wrong.push(format!("{}: {error:#}", folder.display())),
                    }
                }
            });
        }
    });
    let tally = tally.into_inner().unwrap();
    print(&tally, folders.len(), began);
    match tally.wrong.is_empty() {
        true => Ok(()),
        false => Err(format!("{} outcomes are wrong:\n{}", tally.wrong.len(), tally.wrong.join("\n")).into()),
    }
}

fn print(tally: &Tally, scenarios: usize, began: Instant) {
    println!("\npoints tried, by what was reached and how it went wrong:");
    for ((reached, how), count) in &tally.points {
        println!("  {:<10} {:<20} {count:>8}", format!("{reached:?}"), format!("{how:?}"));
    }
    println!(
        "{} points and {} pairs of points in {scenarios} scenarios; {} and {} distinct outcomes were played on, {} of \
         them to the end; {} s",
        tally.points.values().sum::<usize>(),
        tally.pairs,
        tally.outcomes,
        tally.second_outcomes,
        tally.to_the_end,
        began.elapsed().as_secs()
    );
}
