//! The keys of a company are where they must be and nowhere else: their values are looked for in all that
//! is written down on a day with real connections.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

use flate2::read::MultiGzDecoder;
use leaflink_sync::document::Document;
use leaflink_sync::stage::{Connections, Options, Stage};
use leaflink_sync::steps;
use leaflink_sync::world::LoadedWorld;
use leaflink_sync_kit::host::Store;
use leaflink_sync_kit::recording::{FileRecorder, RecordingLimits};
use leaflink_sync_kit::{Host, Limits};
use leaflink_sync_tests::component;
use leaflink_sync_transport::HttpLog;
use serde_json::json;
use tempfile::TempDir;

const API_KEY: &str = "canary-of-the-api-key-5f0c81d2";
const WEBHOOK_KEY: &str = "canary-of-the-webhook-key-93be4a77";

/// A log in memory.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn writer(&self) -> Box<dyn Write + Send> {
        Box::new(self.clone())
    }

    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        String::from_utf8(bytes).expect("text")
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_values_of_the_keys_are_in_nothing_that_is_written_down() {
    let folder = TempDir::new().expect("a folder");
    let recording = folder.path().join("day.gz");
    let recorder = Arc::new(FileRecorder::create(&recording, RecordingLimits::DEFAULT).expect("a file"));
    let (traffic, calls) = (Lines::default(), Lines::default());
    let options = Options {
        connections: Connections::Real,
        traffic_log: Some(HttpLog::new(traffic.writer())),
        call_log: Some(calls.writer()),
        recorder: Some(recorder.clone()),
        ..Options::default()
    };
    let world = component::root().join("tests/scenarios/webhook-forged/world.json");
    let mut world = LoadedWorld::load(&world).expect("a world with webhooks");
    world.world.leaflink.api_key = API_KEY.to_owned();
    world.world.leaflink.webhook_key = Some(WEBHOOK_KEY.to_owned());
    let connector = component::load(Limits::DEFAULT).expect("the component loads");
    let stage = Stage::set_up(&connector, &world, options).expect("a stage");

    let place = |short_id: &str, quantity: &str| {
        let lines = json!([{"product": 501_002, "quantity": quantity}]);
        json!({"place_order": {"short_id": short_id, "customer": 310_044, "reps": [4107], "lines": lines}})
    };
    let refused = json!({"path": "/orders-received/", "hit": 1, "effect": {"status": {"code": 401}}});
    let payment = json!({"invoice": "inv-1001", "amount": "5.00", "method": "check", "user": "u-rae"});
    let body = r#"{"data": {"number": "fb0e0001"}, "type": "order", "action": "create"}"#;
    let day = json!([
        {"settings": {"sync-payments": true}},
        place("fb0e0001", "2"),
        {"sync": true},
        place("fb0e0002", "99999"),
        {"sync": true},
        {"post_webhook": {"body": body, "signed_with": "another key"}},
        {"set_status": {"order": "fb0e0001", "status": "PROCESSING"}},
        {"create_invoice": {"order": "fb0e0001"}},
        {"post_payment": payment},
        {"push_stock": true},
        {"sync": true},
        // LeafLink refuses the key: people are told.
        {"fault": refused},
        {"sync": true},
    ]);
    let day = Document::parse("the test's own steps", day.to_string()).expect("JSON");
    for step in steps::read(&day).expect("steps") {
        stage.perform(&step.act).expect("it can be done");
    }

    // Both keys were used.
    let answers = stage.webhook_answers();
    assert!(answers.contains(&200) && answers.contains(&401), "{answers:?}");
    assert_eq!(stage.sandbox().payments().len(), 1);

    let state = stage.erp().view(stage.company()).expect("a view").scan("", None, 1_000).expect("its state");
    let state: String = state
        .iter()
        .map(|entry| format!("{} {}\n", entry.key, String::from_utf8_lossy(&entry.value)))
        .collect();
    let journal = stage.erp().journal(stage.company(), 0, 10_000).expect("the journal");
    let metrics = stage.host().metrics();
    metrics.set_status(stage.company(), &stage.calls().status().expect("figures"), stage.host().now_ms());
    assert_eq!(recorder.stats().lost, 0);
    let mut kept = vec![
        ("the log of the traffic", traffic.text()),
        ("the log of the calls", calls.text()),
        ("the e-mails", format!("{:?}", stage.mails())),
        ("the journal", format!("{journal:?}")),
        ("the stored state", state),
        ("the ERP's database", stage.erp().dump().expect("a dump")),
        ("the metrics", metrics.text()),
    ];
    // The recording ends with whoever may write to it.
    drop((stage, recorder));
    let mut recorded = String::new();
    let file = File::open(&recording).expect("the recording");
    MultiGzDecoder::new(file).read_to_string(&mut recorded).expect("text");
    kept.push(("the recording", recorded));
    for (what, text) in kept {
        assert!(text.len() > 200, "{what} is empty: {text}");
        for key in [API_KEY, WEBHOOK_KEY] {
            assert!(!text.contains(key), "{key} is in {what}");
        }
    }
}
