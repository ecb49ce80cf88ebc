//! The simulation: random days on both sides, against the built component, the reference ERP and
//! the LeafLink sandbox in one process with virtual time. What must hold is in `check`, what goes
//! wrong in `history`, and `../INVARIANTS.md` says it in words.
//!
//! | variable | what it does |
//! |---|---|
//! | `LEAFLINK_SYNC_HISTORIES` | so many histories instead of 500 |
//! | `LEAFLINK_SYNC_MINUTES` | so many minutes instead, from seeds of its own |
//! | `LEAFLINK_SYNC_SEED` | the first seed |
//! | `LEAFLINK_SYNC_HISTORY` | a history in a file, for the test `replay` |

mod books;
mod check;
mod counters;
mod generate;
mod history;
mod people_in_erp;
mod people_in_leaflink;
mod play;
mod run;
mod shrink;
mod stage;
mod trace;
mod world;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail, ensure};
use leaflink_sync_kit::Connector;
use leaflink_sync_tests::{component, stories};
use libtest_mimic::{Failed, Trial};

use history::{Hearing, History};
use play::play;
use run::{Run, Until};
use stage::Theatre;

/// Histories in the test command.
const HISTORIES: u64 = 500;
/// Days of orders, stock and payments, judged once more by themselves.
const DAYS: u64 = 400;
/// Histories that are played twice.
const TWICE: u64 = 50;
/// Histories that are played in several set-ups.
const PAIRS: u64 = 40;
/// Where histories are kept that failed once.
const KEPT: &str = "tests/histories";

fn main() -> ExitCode {
    stories::run(trials)
}

fn trials(connector: &Connector) -> anyhow::Result<Vec<Trial>> {
    let trial = |name: &str, test: fn(&Connector) -> anyhow::Result<()>| {
        let connector = connector.clone();
        Trial::test(name, move || test(&connector).map_err(failed))
    };
    let mut trials = vec![
        trial("histories", histories),
        trial("days-of-stock-and-payments", days),
        trial("the-same-seed-goes-the-same-way", twice),
        trial("set-ups-agree", pairs),
        Trial::test("shrinking-leaves-what-is-needed", || shrink::is_right().map_err(failed)),
    ];
    for file in run::kept(&component::root().join(KEPT))? {
        let connector = connector.clone();
        let name = file.file_stem().and_then(|name| name.to_str()).context("a history without a name")?;
        trials.push(Trial::test(format!("kept-{name}"), move || again(&connector, &file).map_err(failed)));
    }
    if let Some(file) = env::var_os("LEAFLINK_SYNC_HISTORY").map(PathBuf::from) {
        let connector = connector.clone();
        trials.push(Trial::test("replay", move || again(&connector, &file).map_err(failed)));
    }
    Ok(trials)
}

fn failed(error: anyhow::Error) -> Failed {
    format!("{error:#}").into()
}

/// Random histories with everything that can go wrong.
fn histories(connector: &Connector) -> anyhow::Result<()> {
    let until = match (number("LEAFLINK_SYNC_MINUTES")?, number("LEAFLINK_SYNC_HISTORIES")?) {
        (Some(minutes), _) => Until::Time(Duration::from_secs(minutes * 60)),
        (None, count) => Until::Histories(count.unwrap_or(HISTORIES)),
    };
    let first = match (number("LEAFLINK_SYNC_SEED")?, until) {
        (Some(seed), _) => seed,
        (None, Until::Histories(_)) => 1,
        (None, Until::Time(_)) => SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() << 24,
    };
    let run = all_well(connector, first, until, generate::history)?;
    eprintln!("{}, from seed {first}\n{}", run.summary(), run.counters.table());
    let missing = run.counters.missing(run.histories);
    ensure!(missing.is_empty(), "these paths were taken too seldom: {}", missing.join("; "));
    // A share of a few says nothing.
    let too_wide = if run.histories < HISTORIES { Vec::new() } else { run.counters.too_wide() };
    ensure!(too_wide.is_empty(), "the checks passed over too much: {}", too_wide.join("; "));
    Ok(())
}

/// Orders, edits, receipts, assemblies and fulfilments in random order with the push of every ten
/// minutes: LeafLink never offers a unit that is not free, and both sides were paid the same.
fn days(connector: &Connector) -> anyhow::Result<()> {
    let run = all_well(connector, 1, Until::Histories(DAYS), generate::day_of_goods)?;
    let (figures, sums) = (
        run.counters.of("stock was pushed and compared"),
        run.counters.of("payments were compared and agreed"),
    );
    eprintln!("{}; {figures} figures and the payments of {sums} orders compared", run.summary());
    ensure!(figures > DAYS && sums > DAYS / 4, "too little was compared");
    Ok(())
}

/// Two runs of a seed make the same requests with the same bytes, and decide the same.
fn twice(connector: &Connector) -> anyhow::Result<()> {
    let (one, other) = (Theatre::open(connector)?, Theatre::open(connector)?);
    for seed in 1..=TWICE {
        let history = generate::history(seed);
        // The second runs on a database that another history has used before.
        let first = play(&one, &history, false)?;
        let second = play(&other, &history, false)?;
        ensure!(first.fingerprint == second.fingerprint, "seed {seed} went another way the second time");
    }
    Ok(())
}

/// Whatever the size of LeafLink's pages, and however the ERP hears of what happens there, both sides
/// come to the same; with webhooks, before any list is polled again after the first time.
///
/// Nothing goes wrong in these. A fault meets another request when other requests are made, and what
/// the ERP's people find to work on is then another sales order, so that the days differ and not only
/// the way to hear of them. That each of them comes to what it should is judged by `histories`, which
/// draws the set-up anew for each.
fn pairs(connector: &Connector) -> anyhow::Result<()> {
    let theatre = Theatre::open(connector)?;
    for seed in 1..=PAIRS {
        let mut history = generate::in_rounds(seed);
        let mut usual: Option<String> = None;
        for (name, page, hearing) in [
            ("polls, 500 records a page", 500, Hearing::Polls),
            ("polls, one record a page", 1, Hearing::Polls),
            ("webhooks", 500, Hearing::Webhooks),
            ("webhooks and polls", 500, Hearing::Both),
        ] {
            (history.setup.page, history.setup.hearing) = (page, hearing);
            let played = play(&theatre, &history, false)?;
            if let Some(violation) = &played.violation {
                let report =
                    run::report(connector, &history, violation, Path::new(env!("CARGO_TARGET_TMPDIR")))?;
                bail!("with {name}: {report}");
            }
            let end = usual.get_or_insert_with(|| played.end.clone());
            if hearing == Hearing::Webhooks {
                let alone = played.end_by_webhooks.as_ref();
                let alone = alone.context("something goes wrong in a history in which nothing should")?;
                agree(&history, end, name, alone)?;
            }
            agree(&history, end, name, &played.end)?;
        }
    }
    Ok(())
}

fn agree(history: &History, with_polls: &str, name: &str, end: &str) -> anyhow::Result<()> {
    ensure!(
        with_polls == end,
        "seed {} with polls comes to\n{with_polls}and with {name} to\n{end}{}",
        history.seed,
        run::to_json(history)?
    );
    Ok(())
}

/// A history from a file.
fn again(connector: &Connector, file: &Path) -> anyhow::Result<()> {
    let history = run::load(file).with_context(|| format!("{} is no history", file.display()))?;
    let played = play(&Theatre::open(connector)?, &history, true)?;
    if env::var_os("LEAFLINK_SYNC_HISTORY").is_some() {
        eprintln!("{}{}", run::told(&played), played.counters.table());
    }
    if played.violation.is_some() {
        bail!("{}", run::told(&played));
    }
    Ok(())
}

fn all_well(
    connector: &Connector,
    first: u64,
    until: Until,
    generate: fn(u64) -> History,
) -> anyhow::Result<Run> {
    let run = run::run(connector, first, until, generate)?;
    if let Some((history, violation)) = &run.failed {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let report = run::report(connector, history, violation, folder)?;
        bail!("after {}:\n{report}", run.summary());
    }
    Ok(run)
}

fn number(variable: &str) -> anyhow::Result<Option<u64>> {
    let Ok(text) = env::var(variable) else { return Ok(None) };
    text.parse().map(Some).with_context(|| format!("{variable} is `{text}`; expected a whole number"))
}
