//! The program as a person runs it. Uses the built component; `cargo xtask test` builds it first.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_leaflink-sync"));
    program.current_dir(folder).args(arguments).output().unwrap()
}

/// What the program says when it must fail; checks that it does so as it should.
fn complaint(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!said.contains("panicked"), "{said}");
    said
}

fn file(folder: &TempDir, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    path
}

fn day(folder: &Path, arguments: &[&str]) -> Value {
    let output = run(folder, &[&["demo", "--json"], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A LeafLink with one order, of these reps.
fn leaflink(reps: &str) -> String {
    r#"{"company": {"id": 1, "name": "F"}, "customers": [{"id": 7, "name": "Elsewhere"}],
        "staff": [{"id": 4107, "name": "Rae"}, {"id": 4108, "name": "Milo"}, {"id": 4109, "name": "Ines"}],
        "products": [{"id": 501008, "name": "Battery", "wholesale_price": "6.50"}],
        "orders": [{"short_id": "abc", "customer": 7, "reps": [REPS], "lines": [{"product": 501008, "quantity": "2"}]}]}"#
        .replace("REPS", reps)
}

#[test]
fn the_day_ends_the_same_each_time_and_loses_no_order() {
    let folder = TempDir::new().unwrap();
    let mut first = day(folder.path(), &[]);
    let mut second = day(folder.path(), &["--erp", "day.sqlite", "--http-log", "day.jsonl"]);
    first["seconds"].take();
    second["seconds"].take();
    assert_eq!(first, second);

    let count = |part: &str| first[part].as_array().unwrap().len();
    assert_eq!((count("orders"), count("held"), count("left_alone")), (33, 9, 2));
    let held: Vec<_> =
        first["held"].as_array().unwrap().iter().map(|order| &order["reasons"][0]["code"]).collect();
    for code in
        ["insufficient-stock", "order-unreadable", "unknown-status", "too-many-lines", "text-too-long"]
    {
        assert!(held.contains(&&Value::from(code)), "{code}");
    }

    ends_in_step(&first);

    let log = fs::read_to_string(folder.path().join("day.jsonl")).unwrap();
    assert_eq!(log.lines().count() as u64, first["leaflink_requests"].as_u64().unwrap());
    assert!(log.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
    assert!(!log.contains("sandbox-key"));
    assert!(fs::read(folder.path().join("day.sqlite")).unwrap().starts_with(b"SQLite format 3"));
    assert!(complaint(folder.path(), &["demo", "--erp", "day.sqlite"]).contains("exists already"));
}

/// Products, prices, stock, payments and transfers of the day: each as its step wanted it, and nothing
/// that nobody can explain.
fn ends_in_step(day: &Value) {
    let find = |part: &str, key: &str, name: &str| {
        let rows = day[part].as_array().unwrap();
        rows.iter().find(|row| row[key] == name).unwrap_or_else(|| panic!("no {name} in {part}")).clone()
    };
    let product = |name: &str| find("products", "product", name);
    assert_eq!(product("Chews, Plum 50 mg")["leaflink"], "Plum Chews, 50 mg");
    assert_eq!(product("Chews, Plum 50 mg")["wholesale_price"], "28.80");
    assert_eq!(product("Night Garden, 3.5 g")["wholesale_price"], "19.00");
    assert_eq!(product("Cartridge, Alpine 1 g")["sale_price"], "21.00");
    assert_eq!(product("Battery, 510 thread")["shown"], "5000");
    for row in day["products"].as_array().unwrap() {
        let is_managed = row["inventory"] == "managed";
        assert!(!is_managed || (!row["shown"].is_null() && row["shown"] == row["available"]), "{row}");
    }

    let paid = |order: &str| find("payments", "leaflink", order);
    assert_eq!(
        (&paid("3f9a1c07")["erp"], &paid("3f9a1c07")["leaflink_sum"]),
        (&"910.80".into(), &"910.80".into())
    );
    assert_eq!(
        (&paid("b2648d90")["in_leaflink"], &paid("b2648d90")["leaflink_sum"]),
        (&2.into(), &"0.00".into())
    );
    for (manifest, state, status, packages) in [
        ("0004512", "matched", "COMPLETED", 0),
        ("0004513", "unmatched", "PROCESSING", 2),
        ("0004514", "rejected", "PROCESSING", 0),
    ] {
        let transfer = find("transfers", "manifest", manifest);
        assert_eq!(
            (&transfer["state"], &transfer["status"], &transfer["packages"]),
            (&state.into(), &status.into(), &packages.into()),
            "{transfer}"
        );
        assert_eq!(transfer["leaflink_status"], "Complete");
    }

    let linked: Vec<_> =
        day["suggestions"].as_array().unwrap().iter().filter(|one| one["linked"] == true).collect();
    assert_eq!(linked.len(), 1, "{}", day["suggestions"]);
    assert_eq!(linked[0]["leaflink"], "Foxfire Prerolls, 5 x 0.5 g");
    let repair = &day["repairs"][0];
    assert_eq!((&repair["field"], &repair["leaflink"]), (&"status".into(), &"Submitted".into()));
    assert_eq!(repair["outcome"], "applied");

    let parked: Vec<_> = day["parked"].as_array().unwrap().iter().map(|write| &write["id"]).collect();
    assert_eq!(parked, ["price/501004"]);
    let open: Vec<_> =
        day["check_list"].as_array().unwrap().iter().filter(|check| check["done"] == false).collect();
    assert_eq!(open.len(), 1, "{open:?}");
    assert!(day["drift"]["compared"].as_u64().unwrap() > 70, "{}", day["drift"]);
    assert_eq!(day["drift"]["unexplained"], Value::Array(Vec::new()));
    for stumble in day["stumbles"].as_array().unwrap() {
        assert!(stumble["what"].as_str().unwrap().contains("LeafLink answered 503"), "{stumble}");
    }
}

#[test]
fn the_owner_of_several_follows_from_the_seed() {
    let folder = TempDir::new().unwrap();
    file(&folder, "l.json", leaflink("4107, 4108, 4109"));
    let owner = |seed: u32| {
        day(folder.path(), &["--sandbox", "l.json", "--seed", &seed.to_string()])["orders"][0]["owner"]
            .clone()
    };
    let owners: Vec<_> = (1..12).map(owner).collect();
    assert_eq!(owner(1), owners[0]);
    assert!(owners.iter().any(|other| *other != owners[0]), "{owners:?}");
}

#[test]
fn settings_that_are_wrong_are_told_by_line() {
    let folder = TempDir::new().unwrap();
    file(&folder, "s.json", "{\n\"on-submitted\": \"maybe\",\n\n\"nonsense\": 1}");
    let said = complaint(folder.path(), &["demo", "--settings", "s.json"]);
    let told: Vec<_> = said.lines().collect();
    assert!(told[0].contains("s.json:2: at `on-submitted`: found \"maybe\", expected one of"), "{said}");
    assert!(told[1].starts_with("s.json:4: at `nonsense`: no such setting, expected one of"), "{said}");
    file(&folder, "s.json", "{\n\"on-submitted\": ");
    assert!(complaint(folder.path(), &["demo", "--settings", "s.json"]).contains("s.json:2: EOF"));
}

#[test]
fn a_settings_file_takes_effect() {
    let folder = TempDir::new().unwrap();
    file(&folder, "s.json", r#"{"on-submitted": "processing"}"#);
    let day = day(folder.path(), &["--settings", "s.json"]);
    assert_eq!(day["totals"]["by_status"]["PENDING"], Value::Null);
}

#[test]
fn a_sandbox_file_takes_the_place_of_the_day() {
    let folder = TempDir::new().unwrap();
    file(&folder, "l.json", leaflink("4107"));
    let day = day(folder.path(), &["--sandbox", "l.json"]);
    assert_eq!(day["orders"][0]["leaflink"], "abc");
    assert_eq!(day["orders"][0]["total"], "13.00");

    file(&folder, "l.json", "{\"company\": {\"id\": 1, \"name\": \"F\"},\n\"staf\": []}");
    let said = complaint(folder.path(), &["demo", "--sandbox", "l.json"]);
    assert!(said.contains("l.json") && said.contains("line 2") && said.contains("expected one of"), "{said}");
}

#[test]
fn a_file_that_is_no_connector_is_named_with_what_is_wrong() {
    let folder = TempDir::new().unwrap();
    for (name, content, told) in [
        ("text.wasm", &b"hello"[..], "not a WebAssembly file"),
        ("core.wasm", b"\0asm\x01\0\0\0", "core module, not a component"),
        ("empty.wasm", b"\0asm\x0d\0\x01\0", "does not export `leaflink-sync:connector/lifecycle"),
    ] {
        file(&folder, name, content);
        let said = complaint(folder.path(), &["check", name]);
        assert!(said.contains(name) && said.contains(told), "{said}");
    }
    let said = complaint(folder.path(), &["check", "nothing.wasm"]);
    assert_eq!(said.matches("No such file").count(), 1, "{said}");
}

/// The folder of the stories that are tests, and of their worlds.
fn shared() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")
}

#[test]
fn a_scenario_that_ends_differently_fails_and_shows_what_came() {
    let folder = TempDir::new().unwrap();
    let shared = shared();
    fs::create_dir_all(folder.path().join("worlds")).unwrap();
    fs::create_dir_all(folder.path().join("scenarios/plain-order")).unwrap();
    for name in
        ["worlds/foxglove.json", "scenarios/plain-order/world.json", "scenarios/plain-order/events.json"]
    {
        fs::copy(shared.join(name), folder.path().join(name)).unwrap();
    }
    file(
        &folder,
        "scenarios/plain-order/expected.json",
        r#"{"sales_orders": [{"leaflink": "ee12ab01", "owner": "u-milo"}]}"#,
    );
    let output = run(folder.path(), &["scenario", "scenarios"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("wanted  \"u-milo\"") && said.contains("came    \"u-rae\""), "{said}");
    assert!(said.contains("1 failed"), "{said}");
}

#[test]
fn a_recorded_day_is_played_again_and_differences_are_told() {
    let folder = TempDir::new().unwrap();
    let output = run(folder.path(), &["demo", "--record", "day.gz"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("calls recorded to day.gz"), "{said}");

    let played = |arguments: &[&str]| {
        let output = run(folder.path(), &[&["replay", "day.gz"], arguments].concat());
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, said, _) = played(&[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Every call answers and writes what it did."), "{said}");

    let built = std::env::var_os("LEAFLINK_SYNC_COMPONENT").map(PathBuf::from);
    let mut bytes = fs::read(built.expect("cargo xtask test names the component")).unwrap();
    let (text, other) = (b"the order asks for", b"the order begs for");
    let at = bytes.windows(text.len()).position(|window| window == text).unwrap();
    bytes[at..at + other.len()].copy_from_slice(other);
    let planted = file(&folder, "planted.wasm", bytes);
    let (code, said, _) = played(&["--component", planted.to_str().unwrap()]);
    assert_eq!(code, Some(1), "{said}");
    for words in ["different", "journal.append", "- Cartridge", "the order begs for", "on-order"] {
        assert!(said.contains(words), "{words:?} is not in: {said}");
    }
    let (code, said, _) = played(&["--component", planted.to_str().unwrap(), "--json"]);
    let report: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &report["same"]), (Some(1), &Value::Bool(false)));
    assert!(report["totals"]["different"].as_u64().unwrap() > 0);

    file(&folder, "day.gz", "something else");
    let (code, said, complaint) = played(&[]);
    assert_eq!((code, said.as_str()), (Some(2), ""));
    assert!(complaint.contains("day.gz is no recording"), "{complaint}");
}

#[test]
fn the_journal_is_listed_and_a_flipped_byte_is_found() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("day.sqlite");
    day(folder.path(), &["--erp", "day.sqlite"]);
    let journal = |arguments: &[&str]| {
        let output = run(folder.path(), &[&["journal", "--erp", "day.sqlite"], arguments].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let all = journal(&[]);
    assert!(all.contains("are as they were written"), "{all}");
    let one = journal(&["--subject", "94d6ea03"]);
    assert!(one.contains("insufficient-stock") && one.lines().count() < all.lines().count(), "{one}");
    let json: Value = serde_json::from_str(&journal(&["--json"])).unwrap();
    let entries = json["entries"].as_array().unwrap();
    assert_eq!(json["sealed"].as_u64(), Some(entries.len() as u64));
    assert!(entries.iter().all(|entry| entry["call_id"].as_str().is_some_and(|id| !id.is_empty())));

    // A letter in the middle of a message that only the journal has.
    let message = entries.iter().find_map(|entry| entry["reasons"][0]["message"].as_str()).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let places: Vec<usize> =
        (0..bytes.len() - message.len()).filter(|at| bytes[*at..].starts_with(message.as_bytes())).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at + message.len() / 2] ^= 1;
    }
    fs::write(&path, bytes).unwrap();
    let said = complaint(folder.path(), &["journal", "--erp", "day.sqlite"]);
    assert!(said.contains("the journal cannot be trusted: entry"), "{said}");
}

#[test]
fn the_day_leaves_metrics_and_a_log_that_agree_with_the_journal() {
    let folder = TempDir::new().unwrap();
    let report = day(
        folder.path(),
        &["--erp", "day.sqlite", "--metrics", "day.txt", "--log", "day.jsonl", "--http-log", "day.http"],
    );
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let metrics = read("day.txt");
    assert!(metrics.ends_with("# EOF\n"), "{metrics}");
    let value = |line: &str| -> f64 {
        let found = metrics
            .lines()
            .find_map(|it| it.strip_prefix(line))
            .unwrap_or_else(|| panic!("{line}: {metrics}"));
        found.trim().parse().unwrap()
    };
    let sum = |name: &str| -> f64 {
        metrics
            .lines()
            .filter(|it| it.starts_with(name))
            .map(|it| it.rsplit(' ').next().unwrap().parse::<f64>().unwrap())
            .sum()
    };
    assert_eq!(sum("leaflink_sync_requests_total{"), read("day.http").lines().count() as f64);
    let held: Vec<&str> = report["held"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|order| order["reasons"].as_array().unwrap())
        .map(|reason| reason["code"].as_str().unwrap())
        .collect();
    let short = held.iter().filter(|code| **code == "insufficient-stock").count();
    assert_eq!(
        value("leaflink_sync_held_items{company=\"company\",reason=\"insufficient-stock\"}"),
        short as f64
    );
    assert_eq!(value("leaflink_sync_outbox_items{company=\"company\"}"), 0.0);
    assert!(value("leaflink_sync_watermark_timestamp_seconds{company=\"company\"}") > 1e9);
    assert!(value("leaflink_sync_call_duration_seconds_count{call=\"on-order\"}") > 40.0);
    assert_eq!(sum("leaflink_sync_guest_traps_total{"), 0.0);
    // No id of an order is a label.
    assert!(!metrics.contains("94d6ea03") && !metrics.contains("28000e60"), "{metrics}");

    let lines: Vec<Value> =
        read("day.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &lines {
        for field in ["time", "level", "company", "call_id", "call", "message"] {
            assert!(line[field].is_string(), "{field}: {line}");
        }
    }
    let output = run(folder.path(), &["journal", "--erp", "day.sqlite", "--json"]);
    let journal: Value = serde_json::from_slice(&output.stdout).unwrap();
    let named = |of: &Value, call: &str| (of[call].clone(), of["stream"].clone(), of["subject"].clone());
    let journaled: Vec<_> =
        journal["entries"].as_array().unwrap().iter().map(|it| named(it, "call_id")).collect();
    let logged: Vec<_> =
        lines.iter().filter(|it| it["outcome"].is_string()).map(|it| named(it, "call_id")).collect();
    assert_eq!(journaled, logged);
    assert_eq!(sum("leaflink_sync_decisions_total{"), journaled.len() as f64);
}

#[test]
fn a_write_that_waits_is_shown_tried_again_or_dropped() {
    let folder = TempDir::new().unwrap();
    day(folder.path(), &["--erp", "day.sqlite"]);
    let parked = |more: &[&str]| {
        let output = run(folder.path(), &[&["parked", "--erp", "day.sqlite"], more].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let listed = |said: &str| serde_json::from_str::<Value>(said).unwrap()["parked"].take();
    let before = listed(&parked(&["--json"]));
    assert_eq!(before[0]["id"], "price/501004");
    assert_eq!(before[0]["code"], "price-refused");
    assert_eq!(before[0]["since"], "2026-03-02T22:30:00.000Z");
    assert_eq!(before.as_array().unwrap().len(), 1);
    let shown = parked(&[]);
    assert!(
        shown.contains("Tincture, Calm 30 ml") && shown.ends_with("1 write waits for a person.\n"),
        "{shown}"
    );

    fs::copy(folder.path().join("day.sqlite"), folder.path().join("other.sqlite")).unwrap();
    let retried = parked(&["--retry", "price/501004"]);
    assert!(retried.starts_with("Tincture, Calm 30 ml is tried again by the next delivery."), "{retried}");
    assert!(retried.ends_with("No write waits for a person.\n"), "{retried}");
    let said = complaint(folder.path(), &["parked", "--erp", "day.sqlite", "--retry", "price/501004"]);
    assert!(said.contains("No write `price/501004` waits for a person"), "{said}");

    fs::copy(folder.path().join("other.sqlite"), folder.path().join("day.sqlite")).unwrap();
    let why = "The price there is right";
    let dropped = parked(&["--drop", "price/501004", "--why", why, "--json"]);
    assert_eq!(listed(&dropped), serde_json::json!([]));
    let journal = run(folder.path(), &["journal", "--erp", "day.sqlite", "--subject", "Tincture", "--json"]);
    assert!(String::from_utf8(journal.stdout).unwrap().contains(why));
}

/// What the program prints when it does as it is asked.
fn said(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&said(folder, &[arguments, &["--json"]].concat())).unwrap()
}

#[test]
fn a_product_is_unlinked_and_what_it_may_be_is_suggested() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    day(folder, &["--erp", "day.sqlite"]);
    let kept = ["--erp", "day.sqlite"];
    let with = |command: &'static str, more: &[&'static str]| [&[command], &kept[..], more].concat();
    let none = said(folder, &with("suggest", &[]));
    assert!(none.contains("\n0 products to link, by LeafLink's catalogue of 2026-03-0"), "{none}");

    let unlinked = said(folder, &with("products", &["--unlink", "p-preroll"]));
    let told = "Pre-roll, Foxfire 5 x 0.5 g is no longer linked to a LeafLink product.\n";
    assert!(unlinked.starts_with(told) && unlinked.ends_with("9 products\n"), "{unlinked}");
    let products = json(folder, &with("products", &[]));
    let find = |id: &str| {
        let all = products["products"].as_array().unwrap();
        all.iter().find(|product| product["product"] == id).unwrap().clone()
    };
    assert_eq!(find("p-preroll")["leaflink_product"], Value::Null);
    assert_eq!(find("p-flower")["leaflink_product"], 501_002);
    assert_eq!(find("p-chews")["leaflink_name"], "Plum Chews, 50 mg");

    let suggested = json(folder, &with("suggest", &[]));
    assert_eq!(suggested["products"].as_array().unwrap().len(), 1);
    let preroll = &suggested["products"][0];
    assert_eq!((&preroll["product"], &preroll["linked_to"]), (&"p-preroll".into(), &Value::Null));
    let best = &preroll["suggestions"][0];
    assert_eq!((&best["leaflink_product"], &best["instead_of"]), (&501_006.into(), &Value::Null));
    assert!(best["because"].as_str().unwrap().contains("same pack count 5"), "{best}");
    let shown = said(folder, &with("suggest", &[]));
    assert!(shown.contains("(501006)") && shown.contains("\n1 product to link"), "{shown}");
    // Only what is asked for.
    let other = json(folder, &with("suggest", &["--product", "p-flower"]));
    assert_eq!(other["products"], serde_json::json!([]));

    let again = said(folder, &with("products", &["--unlink", "p-preroll"]));
    assert!(again.starts_with("Pre-roll, Foxfire 5 x 0.5 g was linked to no LeafLink product.\n"), "{again}");
    let wrong = complaint(folder, &with("products", &["--unlink", "p-nothing"]));
    assert!(wrong.contains("The ERP has no product p-nothing."), "{wrong}");
    let wrong = complaint(folder, &with("suggest", &["--product", "p-nothing"]));
    assert!(wrong.contains("the ERP has no product p-nothing; `products` lists them"), "{wrong}");
    // Once: what changes nothing is not in the journal.
    let journal = said(folder, &with("journal", &["--subject", "p-preroll", "--json"]));
    assert_eq!(journal.matches("Unlink Pre-roll").count(), 1, "{journal}");
}

#[test]
fn what_leaflink_should_show_is_shown_with_what_it_is_made_of() {
    let folder = TempDir::new().unwrap();
    let story = shared().join("scenarios/stock-safety-buffer-and-rounding");
    let story = story.to_str().unwrap();
    let figures = json(folder.path(), &["inventory", story]);
    let wanted: Value =
        serde_json::from_str(&fs::read_to_string(format!("{story}/expected.json")).unwrap()).unwrap();
    let wanted = wanted["availability"].as_array().unwrap();
    assert!(!wanted.is_empty());
    for wanted in wanted {
        let all = figures.as_array().unwrap();
        let figure = all.iter().find(|figure| figure["product"] == wanted["product"]).unwrap();
        for (field, value) in wanted.as_object().unwrap().iter().filter(|(field, _)| *field != "reasons") {
            assert_eq!(&figure[field], value, "{field} of {figure}");
        }
    }
    let shown = said(folder.path(), &["inventory", story, "--product", "p-flower"]);
    assert!(shown.contains("Night Garden, 3.5 g") && !shown.contains("Cartridge"), "{shown}");
    assert!(shown.contains("1 product, "), "{shown}");
    let wrong = complaint(folder.path(), &["inventory", story, "--product", "p-nothing"]);
    assert!(wrong.contains("the ERP has no product p-nothing"), "{wrong}");
}

#[test]
fn a_difference_is_repaired_and_shown_before_and_after() {
    let folder = TempDir::new().unwrap();
    let story = folder.path().join("scenarios/untold");
    fs::create_dir_all(&story).unwrap();
    fs::create_dir_all(folder.path().join("worlds")).unwrap();
    fs::copy(shared().join("worlds/foxglove.json"), folder.path().join("worlds/foxglove.json")).unwrap();
    fs::copy(shared().join("scenarios/drift-stock-repaired/world.json"), story.join("world.json")).unwrap();
    fs::write(story.join("events.json"), "[]").unwrap();
    let arguments = ["drift", "scenarios/untold", "--area", "stock", "--repair", "stock/p-flower/stock"];
    let report = json(folder.path(), &arguments);
    let unexplained = |part: &str| {
        let differences = report[part]["unexplained"].as_array().unwrap().iter();
        differences.map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (before, after) = (unexplained("before"), unexplained("after"));
    assert!(before.contains(&"stock/p-flower/stock".to_owned()), "{before:?}");
    // That one alone is repaired.
    let others = before.iter().filter(|id| *id != "stock/p-flower/stock").cloned().collect::<Vec<_>>();
    assert!(!others.is_empty());
    assert_eq!(after, others);
    let repair = &report["repairs"][0];
    assert_eq!((&repair["id"], &repair["outcome"]), (&"stock/p-flower/stock".into(), &"applied".into()));
    assert_eq!(repair["effects"][0]["kind"], "queue-leaflink-write");

    let shown = said(folder.path(), &arguments);
    let places: Vec<_> = ["Before\n", "\nRepairs\n", "\nAfter a round of the sync\n"]
        .iter()
        .map(|heading| shown.find(heading).unwrap_or_else(|| panic!("{heading}: {shown}")))
        .collect();
    assert!(places.is_sorted(), "{shown}");
    assert!(shown[places[0]..places[1]].contains("repair stock/p-flower/stock"), "{shown}");
    assert!(!shown[places[2]..].contains("repair stock/p-flower/stock"), "{shown}");
    let wrong = complaint(folder.path(), &["drift", "scenarios/untold", "--repair", "stock/p-flower"]);
    assert!(wrong.contains("stock/p-flower"), "{wrong}");
}
