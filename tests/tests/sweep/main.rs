//! The crash sweep: every scenario with imports failing or dying, with answers of LeafLink lost or
//! late, and with the process dying at every commit, one at a time; and pairs of faults on the scenarios
//! that matter most. Whatever went wrong, the story has to come to the end of the undisturbed one.
//!
//! With each test run something goes wrong at every import that can fail and at every commit of every
//! scenario: in one of the ways in which it can, another at each; in every way in the families in
//! `EVERY_WAY`. And a share of the pairs of points in `CORE` is tried. Of the few scenarios that take very long only a fixed share is
//! tried (`LONG`, `ON_DEMAND`). How many points there are, and how many were tried, is printed. More is
//! tried on demand:
//!
//! | variable | what it does |
//! |---|---|
//! | `LEAFLINK_SYNC_SWEEP_ALL` | every way at every import and commit of every scenario |
//! | `LEAFLINK_SYNC_SWEEP_PAIRS` | every pair in the core scenarios |
//! | `LEAFLINK_SYNC_SWEEP_ONLY` | only scenarios with that in their names |
//! | `LEAFLINK_SYNC_SWEEP_TIMES` | tells what each scenario took, and at once what is wrong with it |

#![allow(clippy::unwrap_used)]

mod boundary;
mod choice;
mod exceptions;
mod explorer;
mod state;
mod story;

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use std::{env, panic, thread};

use leaflink_sync_kit::{Connector, Limits};
use leaflink_sync_tests::{component, stories};
use libtest_mimic::{Arguments, Failed, Trial};

use boundary::Died;
use choice::Share;
use story::{Pairs, Story, Tally};

/// Where money, stock, products and status go out and orders come in: those of which pairs are tried.
const CORE: [&str; 9] = [
    "held-then-through",
    "life-status-towards-leaflink-step-by-step",
    "payments-answer-lost",
    "payments-taken-back",
    "plain-order",
    "price-changed-in-the-erp",
    "product-create-from-the-form",
    "stock-pushed-when-it-differs",
    "transfers-matched",
];

/// The families of scenarios that are swept in every way with every test run: what money depends on,
/// what is made once, and orders.
const EVERY_WAY: [&str; 8] = [
    "held-",
    "life-deleted-and-rejected",
    "payments-",
    "plain-order",
    "polling-orders-",
    "price-",
    "product-create-",
    "stock-pushed-",
];

/// Scenarios of which each outcome takes long: where the sync runs for hours, or an order is very large.
const LONG: [&str; 5] =
    ["alarm-", "malformed-10-mb-note", "malformed-2000-lines", "malformed-all-together", "polling-"];

/// A story of a week, one of more orders than a page holds, and one of hundreds of payments, whose
/// outcomes take longer than all others together: on demand.
const ON_DEMAND: [&str; 3] = ["alarm-leaflink-silent", "drift-orders-page-by-page", "payments-many-waiting"];

/// Of each of the other scenarios; and of the long ones, so many imports and commits of a step.
const OTHERS: Share = Share::OneWayEach { most: usize::MAX };
const SOME: Share = Share::OneWayEach { most: 4 };

/// The share of the pairs in each test run: of the first points, of their outcomes, and of the second
/// points.
const SOME_PAIRS: (Share, Pairs) =
    (Share::OneWayEach { most: 60 }, Pairs { every: 20, share: Share::OneWayEach { most: 30 } });
const EVERY_PAIR: (Share, Pairs) = (Share::All, Pairs { every: 1, share: Share::All });

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
    let only = variable("ONLY").map(|only| only.to_string_lossy().into_owned()).unwrap_or_default();
    let all = variable("ALL").is_some();
    let (first, pairs) = if variable("PAIRS").is_some() { EVERY_PAIR } else { SOME_PAIRS };
    let (of_single, of_pairs) = ((connector.clone(), only.clone()), (connector, only));
    let trials = vec![
        Trial::test("every_fault", move || {
            let is_in = |name: &str, families: &[&str]| families.iter().any(|it| name.starts_with(it));
            let share = |name: &str| match name {
                _ if all || is_in(name, &EVERY_WAY) => Share::All,
                _ if is_in(name, &LONG) => SOME,
                _ => OTHERS,
            };
            sweep(&of_single.0, |name| {
                let is_wanted = name.contains(&of_single.1) && (all || !ON_DEMAND.contains(&name));
                is_wanted.then(|| (share(name), None))
            })
        }),
        Trial::test("pairs_of_faults", move || {
            let is_wanted = |name: &str| CORE.contains(&name) && name.contains(&of_pairs.1);
            sweep(&of_pairs.0, |name| is_wanted(name).then_some((first, Some(pairs))))
        }),
    ];
    // Each takes all processors by itself.
    let arguments = Arguments { test_threads: Some(1), ..arguments };
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn variable(name: &str) -> Option<OsString> {
    env::var_os(format!("LEAFLINK_SYNC_SWEEP_{name}"))
}

/// Sweeps the scenarios for which `how_far` says how far.
fn sweep(
    connector: &Connector,
    how_far: impl Fn(&str) -> Option<(Share, Option<Pairs>)>,
) -> Result<(), Failed> {
    let folders: Vec<_> = stories::folders()
        .map_err(|error| format!("{error:#}"))?
        .into_iter()
        .filter_map(|folder| {
            let how_far = how_far(&folder.file_name()?.to_string_lossy())?;
            Some((folder, how_far))
        })
        .collect();
    let began = Instant::now();
    let (next, tally) = (AtomicUsize::new(0), Mutex::new(Tally::default()));
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some((folder, (share, pairs))) = folders.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let began = Instant::now();
                    let story = Story::read(connector, folder).and_then(|story| story.sweep(*share, *pairs));
                    let mut tally = tally.lock().unwrap();
                    match story {
                        Ok(one) => {
                            if variable("TIMES").is_some() {
                                eprintln!(
                                    "{:>8.2} s {:>6} points {:>6} tried {:>5} outcomes {:>4} ends  {} wrong  {}",
                                    began.elapsed().as_secs_f32(),
                                    one.there,
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
        "{} of {} points and {} pairs of points in {scenarios} scenarios; {} and {} distinct outcomes were played on, {} of \
         them to the end; {} s",
        tally.points.values().sum::<usize>(),
        tally.there,
        tally.pairs,
        tally.outcomes,
        tally.second_outcomes,
        tally.to_the_end,
        began.elapsed().as_secs()
    );
}
