//! What is kept of calls, how much, and that a recording never gets into a call's way.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use leaflink_sync_kit::recording::{FileRecorder, Reader, RecordingLimits, replay};
use leaflink_sync_kit::{Calls, Engine, Limits};
use tempfile::TempDir;
use wit_parser::{Resolve, WorldItem};

use crate::component::{Fixture, OK, put};
use crate::double::{Double, Faults};

/// A component whose `on-order` writes one key.
fn writes() -> Vec<u8> {
    let body = format!("(drop (local.get 0)) {} {OK}", put());
    Fixture::new().body("orders.on-order", body).text("key").build()
}

fn calls(double: &Double, recorder: &Arc<FileRecorder>) -> Calls {
    let engine = Engine::new(Limits::DEFAULT).expect("an engine");
    double.calls(&engine, &writes()).recorded(recorder.clone())
}

fn recorder(path: &Path, limits: RecordingLimits) -> Arc<FileRecorder> {
    Arc::new(FileRecorder::create(path, limits).expect("a file"))
}

fn orders(path: &Path) -> Vec<String> {
    let reader = Reader::open(path).expect("a recording");
    reader.map(|call| call.expect("a call").subject().expect("an order")).collect()
}

#[test]
fn calls_are_kept_in_order_and_can_be_read_while_more_are_written() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("calls.gz");
    let recorder = recorder(&path, RecordingLimits::DEFAULT);
    let calls = calls(&Double::default(), &recorder);
    for order in ["a", "b", "c"] {
        calls.on_order(order).expect("a call");
    }
    assert_eq!(orders(&path), ["a", "b", "c"]);
    calls.on_order("d").expect("a call");
    assert_eq!(orders(&path).len(), 4);
    let stats = recorder.stats();
    assert_eq!((stats.calls, stats.lost), (4, 0));
    assert_eq!(stats.bytes_on_disk, fs::metadata(&path).expect("the file").len());
}

#[test]
fn files_are_limited_in_size_and_number() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("calls.gz");
    fs::write(&path, "of yesterday").expect("a file");
    let limits = RecordingLimits { file_bytes: 400, files: 3, ..RecordingLimits::DEFAULT };
    let recorder = recorder(&path, limits);
    assert_eq!(fs::read(folder.path().join("calls.gz.1")).expect("kept"), b"of yesterday");

    let calls = calls(&Double::default(), &recorder);
    let all: Vec<String> = (0..60).map(|number| format!("order-{number:08}")).collect();
    for order in &all {
        calls.on_order(order).expect("a call");
    }
    drop((calls, recorder));
    let mut kept: Vec<String> = Vec::new();
    for name in ["calls.gz.2", "calls.gz.1", "calls.gz"] {
        let path = folder.path().join(name);
        let bytes = fs::metadata(&path).expect(name).len();
        assert!(bytes < 800, "{name} has {bytes} bytes");
        kept.extend(orders(&path));
    }
    assert!(!folder.path().join("calls.gz.3").exists());
    assert!(kept.len() >= 3 && kept.len() < all.len(), "{} calls kept", kept.len());
    assert_eq!(kept, all[all.len() - kept.len()..], "the latest, in order, none missing between files");
}

#[test]
fn a_recording_that_fails_is_told_once_and_fails_no_call() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("gone/calls.gz");
    fs::create_dir(folder.path().join("gone")).expect("a folder");
    // A file for each call, so that the next one is needed at once.
    let limits = RecordingLimits { file_bytes: 1, ..RecordingLimits::DEFAULT };
    let recorder = recorder(&path, limits);
    let double = Double::default();
    let calls = calls(&double, &recorder);
    calls.on_order("a").expect("a call");
    fs::remove_dir_all(folder.path().join("gone")).expect("it was there");
    for _ in 0..3 {
        calls.on_order("b").expect("a call");
    }
    let stats = recorder.stats();
    assert_eq!((stats.calls, stats.lost), (1, 3));
    let lines = double.seen().lines.clone();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("`on-order`") && lines[0].contains("gone/calls.gz"), "{lines:?}");
    assert_eq!(double.seen().committed, 4);

    fs::create_dir(folder.path().join("gone")).expect("a folder");
    calls.on_order("c").expect("a call");
    assert_eq!(orders(&path), ["c"], "it goes on as soon as it can");
}

#[test]
fn a_call_that_is_too_large_is_left_out() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("calls.gz");
    let recorder = recorder(&path, RecordingLimits { call_bytes: 2_000, ..RecordingLimits::DEFAULT });
    let double = Double::default();
    let calls = calls(&double, &recorder);
    calls.on_order(&"x".repeat(2_000)).expect("a call");
    calls.on_order("small").expect("a call");
    assert_eq!(orders(&path), ["small"]);
    assert_eq!(recorder.stats().lost, 1);
    assert!(double.seen().lines[0].contains("at most 2000"), "{:?}", double.seen().lines);
}

#[test]
fn a_call_that_failed_is_played_to_the_same_failure() {
    for faults in [
        Faults { begin: true, ..Faults::default() },
        Faults { commit: true, ..Faults::default() },
        Faults { store: true, ..Faults::default() },
    ] {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("calls.gz");
        let recorder = recorder(&path, RecordingLimits::DEFAULT);
        let calls = calls(&Double::new(faults), &recorder);
        calls.on_order("a").expect_err("the host fails");
        let call = Reader::open(&path).expect("a recording").next().expect("a call").expect("readable");
        let played = replay(&calls.connector(), &call).expect("it can be played");
        let comparison = played.comparison;
        assert!(comparison.differences.is_empty() && comparison.asked.is_none(), "{comparison:?}");
    }
}

#[test]
fn what_is_no_recording_is_said_to_be_none() {
    let folder = TempDir::new().expect("a folder");
    for (content, words) in [(&b"not packed"[..], "is no recording"), (b"", "is no recording")] {
        let path = folder.path().join("other");
        fs::write(&path, content).expect("a file");
        let message = Reader::open(&path).map(drop).expect_err("it is none").to_string();
        assert!(message.contains(words) && message.contains("other"), "{message}");
    }
    let message = Reader::open("no/such.gz").map(drop).expect_err("there is none").to_string();
    assert!(message.contains("no/such.gz") && message.contains("cannot be read"), "{message}");
}

/// Whatever a host can call can be played again: a function that is new in the contract is missed
/// here first.
#[test]
fn every_function_of_the_contract_that_has_a_transaction_can_be_played() {
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(&wit).expect("the contract");
    let world = resolve.select_world(&[package], Some("connector")).expect("its world");
    let source = include_str!("../../src/recording/again.rs");
    for item in resolve.worlds[world].exports.values() {
        let WorldItem::Interface { id, .. } = item else { continue };
        let interface = &resolve.interfaces[*id];
        let family = interface.name.as_deref().unwrap_or_default();
        for function in interface.functions.keys() {
            let without_transaction = ["lifecycle.describe", "lifecycle.reasons", "settings.definitions"];
            let whole = format!("{family}.{function}");
            if without_transaction.contains(&whole.as_str()) {
                continue;
            }
            let plain = format!("{function:?} =>");
            assert!(
                source.contains(&plain) || source.contains(&format!("{whole:?} =>")),
                "a recorded call of {whole} cannot be played"
            );
        }
    }
}
