//! State that a released version wrote must be taken over by every later one: nothing is lost, and
//! nothing is sent twice.
//!
//! `tests/golden/VERSION/` holds a story and the state that the component of that version had at its
//! end, a line for each record: the key, a tab, the record. Here the story is played to its end, the
//! state is replaced by that of the version, and the day goes on; it must go on as it does without
//! the exchange. `cargo xtask golden` writes the folder of the version that is about to be released,
//! from `tests/golden/story/`.
//!
//! What a later version may do: keep further kinds of records, and further fields in those that there
//! are; it then goes on from a state that has none of them. What it may not do: lose a record, or a
//! field of one, or read it as something else. That each record is still used is seen here, by what
//! both sides come to; that each of its fields is still there, and each spelling of a choice, in
//! `guest/src/host/kinds.rs`, which reads the same folders.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use chrono::TimeDelta;
use leaflink_sync::document::Document;
use leaflink_sync::stage::{Connections, Options, Stage};
use leaflink_sync::steps;
use leaflink_sync::world::LoadedWorld;
use leaflink_sync_kit::host::{Records, Store, Transaction};
use leaflink_sync_kit::schema::{SCHEMA_KEY, StoredSchema};
use leaflink_sync_kit::swap::Trial;
use leaflink_sync_kit::{Connector, Limits};
use leaflink_sync_tests::component;
use serde_json::Value;

/// The component's records by their keys.
type State = BTreeMap<String, Vec<u8>>;

/// What a golden folder holds.
const FILES: [&str; 3] = ["world.json", "events.json", STATE];
const STATE: &str = "state.txt";
/// Most records that a company's state is read in at once; a story has far fewer.
const MOST_RECORDS: u32 = 1_000;

fn built() -> &'static Connector {
    static BUILT: OnceLock<Connector> = OnceLock::new();
    BUILT.get_or_init(|| component::load(Limits::DEFAULT).expect("the component loads"))
}

fn next_file() -> Vec<u8> {
    fs::read(component::next_path().expect("the component of the next schema")).expect("its file")
}

fn golden() -> PathBuf {
    component::root().join("tests/golden")
}

/// The folders of the versions, each with its name.
fn versions() -> Vec<(String, PathBuf)> {
    let folders = fs::read_dir(golden()).expect("tests/golden");
    let mut versions: Vec<_> = folders
        .map(|entry| entry.expect("an entry"))
        .map(|entry| (entry.file_name().into_string().expect("a plain name"), entry.path()))
        .filter(|(name, path)| path.is_dir() && name != "story")
        .collect();
    versions.sort();
    assert!(!versions.is_empty(), "no version has golden state: run `cargo xtask golden`");
    versions
}

/// The story of a folder, played to its end in one process.
fn played(folder: &Path) -> Stage {
    let world = LoadedWorld::load(&folder.join("world.json")).expect("the story's world");
    let events = Document::load(&folder.join("events.json")).expect("the story's events");
    let steps = steps::read(&events).expect("the story's steps");
    let options = Options { connections: Connections::InProcess, random_seed: 1, ..Options::default() };
    let stage = Stage::set_up(built(), &world, options).expect("a stage");
    for step in &steps {
        if let Some(at) = step.at {
            stage.move_to(at).expect("the time moves on");
        }
        stage.perform(&step.act).unwrap_or_else(|error| panic!("{}", events.problem(&step.place, error)));
    }
    stage
}

fn state(stage: &Stage) -> State {
    let mut view = stage.erp().view(stage.company()).expect("a view");
    let entries = view.scan("", None, MOST_RECORDS).expect("its state");
    assert!(entries.len() < MOST_RECORDS as usize);
    entries.into_iter().map(|entry| (entry.key, entry.value)).collect()
}

fn replace_state(stage: &Stage, state: &State) {
    let mut transaction = stage.erp().begin(stage.company()).expect("a transaction");
    for entry in transaction.scan("", None, MOST_RECORDS).expect("its state") {
        transaction.delete(&entry.key).expect("deleted");
    }
    for (key, value) in state {
        transaction.put(key, value).expect("stored");
    }
    Transaction::commit(Box::new(transaction)).expect("committed");
}

fn read(path: &Path) -> State {
    let text = fs::read_to_string(path).expect("the golden state");
    let record = |line: &str| {
        let (key, value) = line.split_once('\t').unwrap_or_else(|| panic!("no tab in {line:?}"));
        (key.to_owned(), value.as_bytes().to_owned())
    };
    text.lines().map(record).collect()
}

fn written(state: &State) -> String {
    let mut text = String::new();
    for (key, value) in state {
        let value = std::str::from_utf8(value).expect("records are text");
        assert!(!key.contains(['\t', '\n']) && !value.contains('\n'), "{key}: {value}");
        text.push_str(&format!("{key}\t{value}\n"));
    }
    text
}

/// The kinds of keys, as `guest/src/host/state.rs` lists them: a key up to what varies.
fn kinds() -> Vec<String> {
    let source = component::root().join("guest/src/host/state.rs");
    let source = fs::read_to_string(source).expect("the list of keys");
    let rows = source.lines().filter_map(|line| line.strip_prefix("//! | `"));
    let mut kinds = Vec::new();
    for key in rows.filter_map(|row| row.split_once('`')).map(|(key, _)| key) {
        match key.strip_prefix("outbox/") {
            Some(_) => kinds.extend(outbox_kinds().into_iter().map(|kind| format!("outbox/{kind}"))),
            None => kinds.push(key.split_once('<').map_or(key, |(fixed, _)| fixed).to_owned()),
        }
    }
    assert!(kinds.len() > 25, "{kinds:?}");
    kinds
}

/// What an intent can be about, by its part of the key.
fn outbox_kinds() -> Vec<String> {
    let source = component::root().join("guest/src/host/outbox.rs");
    let source = fs::read_to_string(source).expect("the outbox");
    let parts = source.lines().filter_map(|line| {
        let (_, value) = line.strip_prefix("const ")?.split_once(": &str = \"")?;
        value.strip_suffix("/\";")
    });
    let kinds: Vec<_> = parts.filter(|part| *part != "outbox").map(|part| format!("{part}/")).collect();
    assert!(kinds.len() >= 6, "{kinds:?}");
    kinds
}

/// Whether a key is of a kind: the kind itself, or below it.
fn is_of(key: &str, kind: &str) -> bool {
    if kind.ends_with('/') { key.len() > kind.len() && key.starts_with(kind) } else { key == kind }
}

/// The kinds of which a state has a record: all that its version knew, which [`uncovered`] saw to when
/// it was written.
fn kinds_in(state: &State) -> BTreeSet<String> {
    kinds().into_iter().filter(|kind| state.keys().any(|key| is_of(key, kind))).collect()
}

/// Kinds of which a state has no record, and records that are of no kind.
fn uncovered(state: &State) -> (Vec<String>, Vec<String>) {
    let kinds = kinds();
    let missing = kinds.iter().filter(|kind| !state.keys().any(|key| is_of(key, kind)));
    let unlisted = state.keys().filter(|key| !kinds.iter().any(|kind| is_of(key, kind)));
    (missing.cloned().collect(), unlisted.cloned().collect())
}

/// Both sides and the mailbox, as far as people see them; the keys of what is stored, of kinds that the
/// version knew; what was sent.
#[derive(Debug, PartialEq)]
struct End {
    sales_orders: Vec<String>,
    leaflink: Vec<Value>,
    mails: Vec<String>,
    keys: BTreeSet<String>,
    writes: Vec<String>,
}

/// The rest of the day: LeafLink answers again, and rounds go on until nothing is left to do. A later
/// version may store more than the `known` kinds; what it keeps of these is compared.
fn goes_on(stage: &Stage, known: &BTreeSet<String>) -> End {
    stage.sandbox().clear_faults();
    stage.host().seen().requests.clear();
    for _ in 0..6 {
        stage.move_to(stage.now().time() + TimeDelta::minutes(11)).expect("later");
        let round = stage.sync().expect("a round");
        assert!(round.stopped.is_none() && round.undelivered.is_none(), "{round:?}");
        for look in round.looks.iter().chain(&round.payments).chain(&round.products) {
            assert!(look.outcome.is_ok(), "{}: {:?}", look.number, look.outcome);
        }
        stage.push_stock().expect("a push");
    }
    let orders = stage.sandbox().orders();
    for number in orders.iter().filter_map(|order| order["number"].as_str()) {
        stage.calls().on_order(number).expect("every order can be looked at");
    }
    let status = stage.calls().status().expect("the status");
    assert_eq!(status.queued, 0, "writes are left");
    let of_known = |key: &String| known.iter().any(|kind| is_of(key, kind));
    let keys = state(stage).into_keys().filter(of_known).collect();
    let sales_orders = {
        let mut view = stage.erp().view(stage.company()).expect("the ERP");
        view.list_sales_orders(None, 500).expect("sales orders")
    };
    let sandbox = stage.sandbox();
    End {
        sales_orders: sales_orders.iter().map(|order| format!("{order:?}")).collect(),
        leaflink: [sandbox.orders(), sandbox.products(), sandbox.payments()].concat(),
        mails: stage.mails().iter().map(|mail| format!("{}\n{}", mail.subject, mail.text)).collect(),
        keys,
        writes: {
            let seen = stage.host().seen();
            let writes = seen.requests.iter().filter(|request| request.method != "GET");
            writes.map(|request| format!("{} {}", request.method, request.path)).collect()
        },
    }
}

#[test]
fn the_story_leaves_every_kind_of_record() {
    let stage = played(&golden().join("story"));
    let (missing, unlisted) = uncovered(&state(&stage));
    assert!(missing.is_empty(), "add to tests/golden/story what leaves these: {missing:?}");
    assert!(unlisted.is_empty(), "guest/src/host/state.rs does not list these: {unlisted:?}");
}

#[test]
fn state_of_every_released_version_is_taken_over() {
    for (version, folder) in versions() {
        let stage = played(&folder);
        let at_the_end = stage.snapshot().expect("a snapshot");
        let kept = read(&folder.join(STATE));
        let known = kinds_in(&kept);
        let undisturbed = goes_on(&stage, &known);
        // One for each kind of write that was queued, but for the one that waits for a person; and the
        // new product's stock.
        assert!(undisturbed.writes.len() >= 6, "{:?}", undisturbed.writes);

        stage.restore(&at_the_end).expect("the story's end");
        replace_state(&stage, &kept);
        let taken_over = goes_on(&stage, &known);
        assert_eq!(taken_over, undisturbed, "the state of {version} does not lead to the same end");
        println!("{version}: {} records; {} writes, none of them twice", kept.len(), taken_over.writes.len());
    }
}

#[test]
fn state_of_every_released_version_is_migrated_by_the_next_schema() {
    for (version, folder) in versions() {
        let stage = played(&folder);
        let at_the_end = stage.snapshot().expect("a snapshot");
        let kept = read(&folder.join(STATE));
        let known = kinds_in(&kept);
        let undisturbed = goes_on(&stage, &known);

        stage.restore(&at_the_end).expect("the story's end");
        replace_state(&stage, &kept);
        let companies = [stage.company().clone()];
        let trial = Trial { companies: &companies, ..Trial::default() };
        let swapped = stage.slot().install(&next_file(), trial).expect("it can read the state");
        assert_eq!(swapped.to_migrate, companies, "{version}");
        let migrated = goes_on(&stage, &known);
        assert_eq!(migrated, undisturbed, "the state of {version}, migrated, does not lead to the same end");
        let mark = state(&stage)[SCHEMA_KEY].clone();
        assert_eq!(mark, b"2");
        let mut view = stage.erp().view(stage.company()).expect("the ERP");
        assert_eq!(StoredSchema::read(&mut view).expect("a schema"), StoredSchema::Whole(2));
    }
}

/// Writes the folder of this version. Not a test: it changes the checkout.
#[test]
#[ignore = "writes tests/golden; `cargo xtask golden` runs it before a release"]
fn write_golden_state() {
    let story = golden().join("story");
    let folder = golden().join(env!("CARGO_PKG_VERSION"));
    assert!(
        !folder.exists(),
        "{} is there already; state of a released version is never written again (if this version is not \
         released yet, remove the folder first)",
        folder.display()
    );
    let state = state(&played(&story));
    let (missing, unlisted) = uncovered(&state);
    assert!(missing.is_empty() && unlisted.is_empty(), "missing: {missing:?}, unlisted: {unlisted:?}");
    fs::create_dir(&folder).expect("the version's folder");
    for name in FILES {
        let text = match name {
            STATE => written(&state),
            _ => fs::read_to_string(story.join(name)).expect("the story"),
        };
        fs::write(folder.join(name), text).expect("a golden file");
    }
    println!("{}: {} records", folder.display(), state.len());
}
