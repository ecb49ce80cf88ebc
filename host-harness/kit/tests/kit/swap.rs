//! Files that are put in place while calls go on, and files that are not.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use leaflink_sync_kit::schema::{SCHEMA_KEY, StoredSchema};
use leaflink_sync_kit::swap::{Refusal, Slot, Trial};
use leaflink_sync_kit::{CallError, CompanyId, Engine, Host, Limits};

use crate::component::{ANSWER, Fixture, OK, TEXT};
use crate::double::{Double, Faults};

/// A component that reads and writes these schemas, and marks the state with its own when it is to
/// migrate. It says which file it is in its settings.
fn component(name: &str, oldest: u32, writes: u32) -> Vec<u8> {
    let mark = format!(
        "(call $store.put (i32.const {TEXT}) (i32.const {key}) (i32.const {at}) (i32.const 1) \
         (i32.const {ANSWER})) {OK}",
        key = SCHEMA_KEY.len(),
        at = TEXT as usize + SCHEMA_KEY.len(),
    );
    Fixture::new()
        .schemas(oldest, writes)
        .text(&format!("{SCHEMA_KEY}{writes}{name}"))
        .body("lifecycle.migrate", mark)
        .body("settings.get", OK)
        .build()
}

struct World {
    double: Double,
    slot: Slot,
    companies: [CompanyId; 1],
}

fn world(faults: Faults, first: &[u8]) -> World {
    world_within(Limits::DEFAULT, faults, first)
}

fn world_within(limits: Limits, faults: Faults, first: &[u8]) -> World {
    let double = Double::new(faults);
    let engine = Engine::new(limits).expect("an engine");
    let connector = engine.load_bytes(first).expect("a component");
    let host: Arc<dyn Host> = Arc::new(double.clone());
    World { slot: Slot::new(connector, host), double, companies: [CompanyId("foxglove".to_owned())] }
}

impl World {
    fn trial(&self) -> Trial<'_> {
        Trial { companies: &self.companies, ..Trial::default() }
    }

    fn call(&self) -> Result<String, CallError> {
        self.slot.calls(self.companies[0].clone()).settings()
    }

    fn mark(&self) -> Option<String> {
        let seen = self.double.seen();
        seen.state.get(SCHEMA_KEY).map(|mark| String::from_utf8_lossy(mark).into_owned())
    }

    fn set_mark(&self, mark: &str) {
        self.double.seen().state.insert(SCHEMA_KEY.to_owned(), mark.as_bytes().to_owned());
    }

    /// State without a mark.
    fn store_something(&self) {
        self.double.seen().state.insert("order/7".to_owned(), b"{}".to_vec());
    }

    fn calls_made(&self) -> Vec<&'static str> {
        self.double.seen().reports.iter().map(|(report, _)| report.call).collect()
    }
}

#[test]
fn the_next_call_uses_the_new_file_and_rollback_the_old_one() {
    let world = world(Faults::default(), &component("one", 1, 1));
    let first = world.slot.current().digest();
    let calls = world.slot.calls(world.companies[0].clone());
    assert!(matches!(world.slot.rollback(&world.companies), Err(Refusal::NoPrevious)));
    let swapped = world.slot.install(&component("two", 1, 1), world.trial()).expect("it fits");
    assert_eq!(swapped.before.0, first);
    assert_eq!(calls.connector().digest(), swapped.after.0);
    assert_eq!(swapped.to_migrate, []);
    calls.settings().expect("a call");
    let back = world.slot.rollback(&world.companies).expect("back");
    assert_eq!((back.after.0, calls.connector().digest()), (first, first));
    world.slot.rollback(&world.companies).expect("and forth");
    assert_eq!(calls.connector().digest(), swapped.after.0);
}

#[test]
fn a_bad_file_changes_nothing() {
    let world = world(Faults::default(), &component("one", 1, 1));
    world.store_something();
    let first = world.slot.current().digest();
    let good = component("two", 1, 1);
    for (file, words) in [
        (good[..good.len() / 2].to_vec(), "cut off"),
        (b"no component".to_vec(), "not a WebAssembly file"),
        (component("three", 3, 2), "could not read its own state"),
        (component("four", 2, 2), "foxglove has schema 1, and this file reads schema 2 to 2"),
    ] {
        let refusal = world.slot.install(&file, world.trial()).expect_err(words).to_string();
        assert!(refusal.contains(words) && refusal.ends_with("was not changed"), "{refusal}");
    }
    assert_eq!(world.slot.current().digest(), first);
    assert!(world.slot.previous().is_none());
    world.call().expect("the old file works on");
}

#[test]
fn state_that_cannot_be_looked_at_is_a_refusal() {
    let world = world(Faults { begin: true, ..Faults::default() }, &component("one", 1, 1));
    let refusal = world.slot.install(&component("two", 1, 2), world.trial()).expect_err("no transaction");
    assert!(refusal.to_string().contains("no connection is free"), "{refusal}");
}

#[test]
fn the_first_call_migrates_and_then_there_is_no_way_back() {
    let world = world(Faults::default(), &component("one", 1, 1));
    let swapped = world.slot.install(&component("two", 1, 2), world.trial()).expect("it can read that");
    assert_eq!(swapped.to_migrate, world.companies);
    world.slot.rollback(&world.companies).expect("nothing was migrated yet");
    world.slot.install(&component("two", 1, 2), world.trial()).expect("again");
    world.call().expect("a call");
    world.call().expect("another");
    assert_eq!(world.mark().as_deref(), Some("2"));
    let migrations = world.calls_made().iter().filter(|call| **call == "migrate").count();
    assert_eq!(migrations, 1);
    let refusal = world.slot.rollback(&world.companies).expect_err("the old file cannot read it");
    assert!(refusal.to_string().contains("has schema 2, and this file reads schema 1 to 1"), "{refusal}");
    world.call().expect("the new file works on");
}

#[test]
fn a_call_never_reads_state_of_another_schema() {
    let world = world(Faults::default(), &component("one", 1, 1));
    for (mark, words) in [
        ("2", "needs the newer component"),
        (r#"{"from":1,"to":2,"after":"order/7"}"#, "schema 1 on its way to 2"),
        ("what", "which is no schema"),
    ] {
        world.set_mark(mark);
        let error = world.call().expect_err("it is kept away").to_string();
        assert!(error.contains(words), "{error}");
        assert_eq!(world.mark().as_deref(), Some(mark));
    }
    // A migration that was begun is gone on with by the file that can.
    world.set_mark(r#"{"from":1,"to":2,"after":"order/7"}"#);
    world.slot.install(&component("two", 1, 2), world.trial()).expect("it can go on");
    world.call().expect("a call");
    assert_eq!(world.mark().as_deref(), Some("2"));
}

#[test]
fn a_new_company_begins_at_the_schema_of_the_file() {
    let world = world(Faults::default(), &component("one", 2, 2));
    world.call().expect("nothing is stored that it could not read");
    assert_eq!(world.mark().as_deref(), Some("2"));
    assert_eq!(world.calls_made(), ["settings.get", "migrate", "settings.get"]);
    let swapped = world.slot.install(&component("two", 2, 2), world.trial()).expect("the same schema");
    assert_eq!(swapped.to_migrate, []);

    // What bears no mark is of the first schema all the same.
    world.double.seen().state.clear();
    world.store_something();
    let error = world.call().expect_err("it is too old").to_string();
    assert!(error.contains("schema 1, and this component reads schema 2 to 2"), "{error}");
}

#[test]
fn a_migration_without_end_is_given_up_and_says_so() {
    // `more`, each time.
    let more = format!("(i32.store8 (i32.const 1028) (i32.const 1)) {OK}");
    let endless =
        Fixture::new().schemas(1, 2).body("lifecycle.migrate", more).body("settings.get", OK).build();
    let limits = Limits { migration_chunks: 5, ..Limits::DEFAULT };
    let world = world_within(limits, Faults::default(), &endless);
    world.store_something();
    let error = world.call().expect_err("it comes to no end");
    assert!(matches!(error, CallError::MigrationWithoutEnd { chunks: 5, .. }), "{error}");
    assert!(error.to_string().contains("5 times for foxglove"), "{error}");
    let made = || world.calls_made().iter().filter(|call| **call == "migrate").count();
    assert_eq!(made(), 5);
    // So is one that is asked for and not come upon.
    let error = world.slot.calls(world.companies[0].clone()).migrate_to_the_end().expect_err("nor here");
    assert!(matches!(error, CallError::MigrationWithoutEnd { chunks: 5, .. }), "{error}");
    assert_eq!(made(), 10);
}

#[test]
fn one_companys_slow_call_holds_up_no_other_while_files_are_swapped() {
    let (slow, turn) = (CompanyId("dandelion".to_owned()), Arc::new(Mutex::new(())));
    let faults = Faults { busy: Some((slow.clone(), Arc::clone(&turn))), ..Faults::default() };
    let world = world(faults, &component("one", 1, 1));
    let both = [slow, world.companies[0].clone()];
    thread::scope(|scope| {
        let at_work = turn.lock().expect("its turn");
        let swap = scope.spawn(|| {
            world.slot.install(&component("two", 1, 1), Trial { companies: &both, ..Trial::default() })
        });
        while world.double.seen().waiting == 0 {
            thread::sleep(Duration::from_millis(1));
        }
        let (done, heard) = mpsc::channel();
        let world = &world;
        scope.spawn(move || done.send(world.call().is_ok()));
        let went_on = heard.recv_timeout(Duration::from_secs(20));
        assert!(!swap.is_finished(), "the swap waits for the slow call");
        drop(at_work);
        assert_eq!(went_on, Ok(true), "the other company's call waited, too");
        swap.join().expect("a thread").expect("it fits");
    });
}

#[test]
fn a_migration_that_is_not_committed_leaves_the_state_as_it_was() {
    let world = world(Faults { commit: true, ..Faults::default() }, &component("one", 1, 1));
    world.slot.install(&component("two", 1, 2), world.trial()).expect("it fits");
    let error = world.call().expect_err("the migration was lost");
    assert!(matches!(error, CallError::Commit { call: "migrate", .. }), "{error}");
    assert_eq!(world.mark(), None);
    world.slot.rollback(&world.companies).expect("nothing was migrated");
    world.call().expect("the old file works on");
}

#[test]
fn calls_go_on_while_files_are_swapped() {
    let world = world(Faults::default(), &component("one", 1, 1));
    let (one, two) = (component("one", 1, 1), component("two", 1, 1));
    let done = AtomicBool::new(false);
    let (made, swaps) = thread::scope(|scope| {
        let callers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let calls = world.slot.calls(world.companies[0].clone());
                    let mut made = 0;
                    while !done.load(Ordering::Relaxed) {
                        calls.settings().expect("a call");
                        made += 1;
                    }
                    made
                })
            })
            .collect();
        let mut swaps = 0;
        for file in [&two, &one].into_iter().cycle().take(10) {
            world.slot.install(file, world.trial()).expect("it fits");
            world.slot.rollback(&world.companies).expect("back");
            world.slot.rollback(&world.companies).expect("forth");
            swaps += 3;
        }
        done.store(true, Ordering::Relaxed);
        (callers.into_iter().map(|caller| caller.join().expect("a caller")).sum::<usize>(), swaps)
    });
    println!("{made} calls during {swaps} swaps");
    assert_eq!(world.calls_made().len(), made, "each call was made once");
    assert!(made > swaps);
}

#[test]
fn what_is_stored_is_told_from_what_it_is_on_its_way_to() {
    assert_eq!(StoredSchema::UnderWay { from: 1, to: 2 }.to_string(), "schema 1 on its way to 2");
}
