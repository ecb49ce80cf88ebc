//! Other files are put in place while orders come in, people work and payments are entered: not one
//! event is lost, and none happens twice. The file with another schema is the guest built with its
//! feature `next-schema`.

mod business;
mod companies;

use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use leaflink_sync::stage::{Options, Stage};
use leaflink_sync_kit::host::Store;
use leaflink_sync_kit::recording::{FileRecorder, Reader, RecordedCall, RecordingLimits};
use leaflink_sync_kit::schema::{SCHEMA_KEY, StoredSchema};
use leaflink_sync_kit::swap::{Refusal, Trial};
use leaflink_sync_kit::{CallError, CompanyId, Connector, Limits};
use leaflink_sync_tests::component::with_text;
use libtest_mimic::{Arguments, Trial as Test};
use tempfile::TempDir;

use business::{
    ORDERS, again, built, business, end, next_file, order_records, perform, stage, stage_with, stored,
    this_file, undisturbed, wait_until,
};
use companies::companies_migrate_each_in_its_own_time_and_none_waits_for_another;

/// Each under the name of its function.
macro_rules! tests {
    ($($test:ident,)*) => {
        vec![$(Test::test(stringify!($test), || {
            $test();
            Ok(())
        })),*]
    };
}

fn main() -> ExitCode {
    let tests = tests![
        swapping_under_load_loses_no_event_and_doubles_none,
        companies_migrate_each_in_its_own_time_and_none_waits_for_another,
        a_migration_that_dies_anywhere_goes_on_from_there,
        state_is_never_read_by_a_file_that_is_too_old_for_it,
        a_file_that_does_otherwise_with_recorded_calls_is_refused_unless_that_is_expected,
        state_that_bears_no_mark_is_of_the_first_schema,
    ];
    libtest_mimic::run(&Arguments::from_args(), tests).exit_code()
}

/// Swaps that a thread did, and what came of them.
#[derive(Debug, Default)]
struct Tally {
    swaps: usize,
    refused: usize,
    migrations: usize,
}

/// Files that must not get in.
fn bad_files(tally: &mut Tally, stage: &Stage, trial: Trial<'_>) {
    let before = stage.slot().current().digest();
    let cut_off = this_file()[..this_file().len() / 2].to_owned();
    let foreign = with_text(this_file(), "leaflink-sync:host/clock@", "leaflink-sync:host/clack@");
    for (file, words) in [(cut_off, "cut off"), (foreign, "leaflink-sync:host/clack")] {
        let refusal = stage.slot().install(&file, trial).expect_err("it is bad").to_string();
        assert!(refusal.contains(words) && refusal.contains("was not changed"), "{refusal}");
        tally.refused += 1;
    }
    assert_eq!(stage.slot().current().digest(), before);
}

fn swapping_under_load_loses_no_event_and_doubles_none() {
    let stage = stage();
    let slot = stage.slot();
    let companies = [stage.company().clone()];
    let trial = Trial { companies: &companies, ..Trial::default() };
    let (orders, looks) = (AtomicUsize::new(0), AtomicUsize::new(0));
    // Orders that may come in so far: those that are to meet a swap wait for it.
    let open = AtomicUsize::new(ORDERS / 3);
    let mut tally = Tally::default();

    thread::scope(|scope| {
        scope.spawn(|| {
            for order in 0..ORDERS {
                wait_until("the next swap", || order < open.load(Ordering::Relaxed));
                business(&stage, order);
                orders.store(order + 1, Ordering::Relaxed);
            }
        });
        for _ in 0..2 {
            scope.spawn(|| {
                let mut seen = 0;
                while seen < ORDERS {
                    wait_until("an order", || {
                        stage.calls().settings().expect("the settings");
                        looks.fetch_add(1, Ordering::Relaxed);
                        orders.load(Ordering::Relaxed) > seen
                    });
                    seen = orders.load(Ordering::Relaxed);
                    let all = stage.sandbox().orders();
                    for order in all.iter().rev().take(2) {
                        let number = order["number"].as_str().expect("a number");
                        stage.calls().on_order(number).expect("a look");
                        stage.calls().explain(number).expect("an explanation");
                        looks.fetch_add(2, Ordering::Relaxed);
                    }
                }
            });
        }

        bad_files(&mut tally, &stage, trial);
        slot.install(&again(&this_file()), trial).expect("the same schema");
        for _ in 0..20 {
            slot.rollback(&companies).expect("there and back");
            thread::sleep(Duration::from_millis(10));
        }
        tally.swaps += 21;

        // The new file comes in among calls, and the first of them migrates the state.
        wait_until("orders of the first file", || orders.load(Ordering::Relaxed) == ORDERS / 3);
        open.store(2 * ORDERS / 3, Ordering::Relaxed);
        slot.install(&next_file(), trial).expect("it can read the state");
        tally.swaps += 1;
        wait_until("the migration", || stored(&stage) == StoredSchema::Whole(2));
        tally.migrations += 1;
        let refusal = slot.rollback(&companies).expect_err("there is no way back");
        assert!(matches!(refusal, Refusal::State { .. }), "{refusal}");
        let refusal = slot.install(&this_file(), trial).expect_err("it cannot read the state");
        assert!(refusal.to_string().contains("reads schema 1 to 1"), "{refusal}");
        tally.refused += 2;

        open.store(ORDERS, Ordering::Relaxed);
        slot.install(&again(&next_file()), trial).expect("the same schema");
        for _ in 0..20 {
            slot.rollback(&companies).expect("there and back");
            thread::sleep(Duration::from_millis(10));
        }
        tally.swaps += 21;
    });

    let end = end(&stage);
    println!(
        "\nunder load: {ORDERS} orders, each accepted and paid, and {} other calls; {} calls in all; {} swaps \
         meanwhile, {} of them with another schema, and {} files refused",
        looks.into_inner(),
        stage.host().seen().calls,
        tally.swaps,
        tally.migrations,
        tally.refused
    );
    assert_eq!(stored(&stage), StoredSchema::Whole(2));
    let records = order_records(&stage);
    assert_eq!(records.len(), ORDERS);
    assert!(records.iter().all(|record| record.contains("order_no") && !record.contains("short_id")));
    assert_eq!(end, undisturbed(ORDERS));
}

fn a_migration_that_dies_anywhere_goes_on_from_there() {
    let stage = stage();
    (0..ORDERS).for_each(|order| business(&stage, order));
    let companies = [stage.company().clone()];
    let trial = Trial { companies: &companies, ..Trial::default() };
    let before = stage.snapshot().expect("a snapshot");
    let next = built_next();
    let on_next = next.calls(stage.host_for_component(), stage.company().clone());
    let on_this = built().calls(stage.host_for_component(), stage.company().clone());

    // Undisturbed.
    let mut chunks = 0;
    while on_next.migrate().expect("a chunk").more {
        chunks += 1;
    }
    assert!(chunks >= 2, "{chunks} chunks and the last");
    let migrated = stage.erp().dump().expect("a dump");

    for died_after in 0..=chunks {
        stage.restore(&before).expect("back");
        for _ in 0..died_after {
            assert!(on_next.migrate().expect("a chunk").more);
        }
        // The process dies at the next chunk's commit.
        stage.host().lose_next_commit();
        assert!(matches!(on_next.migrate(), Err(CallError::Commit { .. })));

        let refused = on_this.settings().map(drop);
        let slot = leaflink_sync_kit::swap::Slot::new(built().clone(), stage.host_for_component());
        if died_after == 0 {
            assert_eq!(stored(&stage), StoredSchema::Whole(1));
            refused.expect("nothing was migrated: the old file works on");
        } else {
            assert_eq!(stored(&stage), StoredSchema::UnderWay { from: 1, to: 2 });
            let error = refused.expect_err("the old file is kept away").to_string();
            assert!(error.contains("schema 1 on its way to 2"), "{error}");
            let error = on_next.settings().expect_err("so is the new one until it is through");
            assert!(error.to_string().contains("`migrate`"), "{error}");
        }
        let swapped = slot.install(&next_file(), trial).expect("the new file");
        assert_eq!(swapped.to_migrate, companies);
        slot.calls(companies[0].clone()).settings().expect("the next call migrates first");
        assert_eq!(stored(&stage), StoredSchema::Whole(2));
        assert_eq!(stage.erp().dump().expect("a dump"), migrated, "died after {died_after} chunks");
    }
    println!("\na migration of {} chunks died at each of them", chunks + 1);
}

fn built_next() -> &'static Connector {
    static NEXT: OnceLock<Connector> = OnceLock::new();
    NEXT.get_or_init(|| {
        let engine = leaflink_sync_kit::Engine::new(Limits::DEFAULT).expect("an engine");
        engine.load_bytes(&next_file()).expect("the component of the next schema")
    })
}

fn state_is_never_read_by_a_file_that_is_too_old_for_it() {
    let stage = stage();
    business(&stage, 0);
    let on_next = built_next().calls(stage.host_for_component(), stage.company().clone());
    while on_next.migrate().expect("a chunk").more {}
    on_next.settings().expect("it works");
    let before = stage.erp().dump().expect("a dump");
    // Another process, with the old file still.
    let on_this = built().calls(stage.host_for_component(), stage.company().clone());
    let number = stage.sandbox().orders()[0]["number"].as_str().expect("a number").to_owned();
    for refused in
        [on_this.on_order(&number).map(drop), on_this.deliver(99).map(drop), on_this.migrate().map(drop)]
    {
        let error = refused.expect_err("it is too old").to_string();
        assert!(error.contains("schema 2"), "{error}");
    }
    assert_eq!(stage.erp().dump().expect("a dump"), before);
}

fn a_file_that_does_otherwise_with_recorded_calls_is_refused_unless_that_is_expected() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("calls.gz");
    let recorder = Arc::new(FileRecorder::create(&path, RecordingLimits::DEFAULT).expect("a file"));
    let stage = stage_with(Options { recorder: Some(recorder), ..Options::default() });
    (0..3).for_each(|order| business(&stage, order));
    // More than there is: the words of the reason are what the other file changes.
    perform(
        &stage,
        r#"{"place_order": {"short_id": "fbffffff", "customer": 310044, "reps": [4107],
            "lines": [{"product": 501002, "quantity": "99999"}]}}"#,
    );
    stage.sync().expect("a round");
    let recorded = calls(&path);
    let companies: [CompanyId; 1] = [stage.company().clone()];
    let trial = Trial { companies: &companies, recorded: &recorded, differences_expected: false };
    let slot = stage.slot();

    let same = slot.install(&again(&this_file()), trial).expect("it does the same");
    assert_eq!((same.played, same.different), (recorded.len(), 0));
    let before = slot.current().digest();
    let planted = with_text(this_file(), "the order asks for", "the order begs for");
    let refusal = slot.install(&planted, trial).expect_err("it does otherwise");
    assert!(refusal.to_string().contains("recorded calls come out differently"), "{refusal}");
    assert_eq!(slot.current().digest(), before);
    let expected = Trial { differences_expected: true, ..trial };
    let swapped = slot.install(&planted, expected).expect("it was made for that");
    assert!(swapped.different > 0 && swapped.different < swapped.played, "{swapped:?}");
    assert_ne!(slot.current().digest(), before);
}

fn calls(path: &Path) -> Vec<RecordedCall> {
    Reader::open(path).expect("a recording").collect::<Result<_, _>>().expect("calls")
}

fn state_that_bears_no_mark_is_of_the_first_schema() {
    let stage = stage();
    business(&stage, 0);
    let mut tx = stage.erp().begin(stage.company()).expect("a transaction");
    tx.delete(SCHEMA_KEY).expect("deleted");
    tx.commit().expect("committed");
    let companies = [stage.company().clone()];
    let trial = Trial { companies: &companies, ..Trial::default() };
    let swapped = stage.slot().install(&next_file(), trial).expect("it can read that");
    assert_eq!(swapped.to_migrate, companies);
    stage.sync().expect("a round");
    assert_eq!(stored(&stage), StoredSchema::Whole(2));
    assert!(order_records(&stage)[0].contains("order_no"));
}
