//! Calls that were recorded, played again: on the same component, on one with a planted bug, and on
//! what a recording does not hold.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use flate2::read::MultiGzDecoder;
use leaflink_sync::scenario;
use leaflink_sync::stage::{Connections, Options};
use leaflink_sync_kit::recording::{
    FileRecorder, Reader, RecordedCall, RecordingLimits, Replay, Verdict, replay,
};
use leaflink_sync_kit::{Connector, Engine, Limits};
use leaflink_sync_tests::{component, stories};
use tempfile::TempDir;

/// Every call of every scenario.
struct Recorded {
    folder: TempDir,
    calls: Vec<RecordedCall>,
}

/// Plays the scenarios once for all tests here.
fn recorded() -> &'static Recorded {
    static RECORDED: OnceLock<Recorded> = OnceLock::new();
    RECORDED.get_or_init(|| {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("all.gz");
        let recorder = Arc::new(FileRecorder::create(&path, RecordingLimits::DEFAULT).expect("a file"));
        let scenarios = stories::folders().expect("scenarios");
        for one in &scenarios {
            let options = Options {
                connections: Connections::InProcess,
                recorder: Some(recorder.clone()),
                ..Options::default()
            };
            scenario::play_with(built(), one, options).expect("it can be played");
        }
        let stats = recorder.stats();
        assert_eq!((stats.lost, stats.last_loss), (0, None));
        println!(
            "{} calls of {} scenarios: {} bytes, {} on disk, {} for a call",
            stats.calls,
            scenarios.len(),
            stats.bytes,
            stats.bytes_on_disk,
            stats.bytes_on_disk / stats.calls
        );
        let calls = read(&path);
        assert_eq!(calls.len() as u64, stats.calls);
        Recorded { folder, calls }
    })
}

fn read(path: &Path) -> Vec<RecordedCall> {
    let mut reader = Reader::open(path).expect("a recording");
    let calls = reader.by_ref().collect::<Result<_, _>>().expect("recorded calls");
    assert!(!reader.cut_off());
    calls
}

fn built() -> &'static Connector {
    static BUILT: OnceLock<Connector> = OnceLock::new();
    BUILT.get_or_init(|| component::load(Limits::DEFAULT).expect("the component loads"))
}

/// The component with one text in it exchanged for another.
fn with_text(text: &str, other: &str) -> Connector {
    let file = fs::read(component::path().expect("the component")).expect("its file");
    let bytes = component::with_text(file, text, other);
    Engine::new(Limits::DEFAULT).expect("an engine").load_bytes(&bytes).expect("a component still")
}

/// How the calls of these functions compare.
fn played<'a>(connector: &Connector, calls: impl Iterator<Item = &'a RecordedCall>) -> Vec<Replay> {
    calls.map(|call| replay(connector, call).expect("it can be played")).collect()
}

fn verdicts(replays: &[Replay]) -> BTreeMap<Verdict, usize> {
    let mut verdicts = BTreeMap::new();
    for one in replays {
        *verdicts.entry(one.comparison.verdict).or_default() += 1;
    }
    verdicts
}

#[test]
fn the_same_file_does_the_same_byte_for_byte() {
    let calls = &recorded().calls;
    let began = Instant::now();
    let mut imports = 0;
    for call in calls {
        let replay = replay(built(), call).expect("it can be played");
        let comparison = &replay.comparison;
        assert_eq!(
            comparison.verdict,
            Verdict::Identical,
            "{} {:?}: asked {:?}, differs in {:?}",
            call.call,
            call.subject(),
            comparison.asked,
            comparison.differences
        );
        imports += replay.played.imports();
    }
    let rate = calls.len() as f64 / began.elapsed().as_secs_f64();
    println!("{} calls with {imports} imports are the same; {rate:.0} calls a second", calls.len());
    assert!(calls.len() > 1_000, "only {} calls", calls.len());
}

#[test]
fn nothing_secret_and_nobodys_address_is_in_a_recording() {
    let mut text = String::new();
    let file = fs::File::open(recorded().folder.path().join("all.gz")).expect("the recording");
    MultiGzDecoder::new(file).read_to_string(&mut text).expect("text");
    for (what, secret) in [
        ("an e-mail address of the ERP", "@foxglove.example"),
        ("an e-mail address of a buyer", "@high-plains.example"),
        ("the shared world's webhook key", "only-for-the-sandbox"),
        ("a webhook key", "0f3a9c1d5e7b2468"),
        ("the header with LeafLink's key", "authorization"),
        ("the header with LeafLink's key", "Authorization"),
    ] {
        assert!(!text.contains(secret), "{what} is in the recording: {secret}");
    }
    assert!(text.contains(".example"), "the addresses were exchanged, not left out");
}

#[test]
fn a_planted_bug_shows_as_a_difference_of_decision_and_effects() {
    let planted = with_text("the order asks for", "the order begs for");
    let calls = recorded().calls.iter().filter(|call| call.call == "on-order");
    let replays = played(&planted, calls);
    let verdicts = verdicts(&replays);
    let different = verdicts.get(&Verdict::Different).copied().unwrap_or_default();
    println!("{verdicts:?}");
    assert!(different > 3 && different < replays.len(), "{verdicts:?}");
    // Byte for byte, but for what the bug touches.
    assert_eq!(verdicts.len(), 2, "{verdicts:?}");
    let of: Vec<_> = replays
        .iter()
        .filter(|one| one.comparison.verdict == Verdict::Different)
        .map(|one| {
            one.comparison
                .differences
                .iter()
                .map(|it| it.of.split(' ').next().unwrap_or("").to_owned())
                .collect::<Vec<_>>()
        })
        .collect();
    for kinds in &of {
        assert!(kinds.iter().any(|one| one == "answer"), "the decision is not in {kinds:?}");
    }
    for kind in ["store.put", "journal.append", "mail.queue"] {
        assert!(of.iter().flatten().any(|one| one == kind), "{kind} is not in {of:?}");
    }
}

#[test]
fn what_the_recording_does_not_know_is_told_and_never_invented() {
    let planted = with_text("/orders-received/", "/orders-delivered");
    let calls: Vec<_> = recorded().calls.iter().filter(|call| call.call == "on-order").collect();
    let replays = played(&planted, calls.iter().copied());
    let asked: Vec<_> = replays.iter().filter_map(|one| one.comparison.asked.as_deref()).collect();
    assert!(asked.len() * 10 > calls.len() * 9, "{} of {} asked", asked.len(), calls.len());
    assert!(asked.iter().all(|asked| asked.contains("/orders-delivered")), "{:?}", asked.first());
    assert!(
        replays
            .iter()
            .filter(|one| one.comparison.asked.is_some())
            .all(|one| one.comparison.verdict == Verdict::NotComparable)
    );
}

#[test]
fn a_recording_that_was_cut_off_is_read_up_to_there() {
    let whole = fs::read(recorded().folder.path().join("all.gz")).expect("the recording");
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("cut.gz");
    // A cut between two calls cuts none off: of three that are near one another, one at most is such.
    let mut cut_off = 0;
    let mut calls: Vec<RecordedCall> = Vec::new();
    for place in [0, 20, 40] {
        fs::write(&path, &whole[..whole.len() / 2 + place]).expect("a file");
        let mut reader = Reader::open(&path).expect("a recording");
        calls = reader.by_ref().collect::<Result<_, _>>().expect("calls");
        cut_off += u32::from(reader.cut_off());
    }
    assert!(cut_off >= 1, "none of three cuts was in the middle of a call");
    assert!(calls.len() > 100 && calls.len() < recorded().calls.len(), "{} calls", calls.len());
}
