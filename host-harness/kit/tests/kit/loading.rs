//! What is loaded and what is not, and whether the message names what is wrong.

use leaflink_sync_kit::{Budget, Engine, EngineError, Limits, LoadError};
use wit_parser::{Resolve, WorldItem, WorldKey};

use crate::component::Fixture;

fn engine() -> Engine {
    Engine::new(Limits { budget: Budget::Fuel(1_000_000), ..Limits::DEFAULT }).expect("an engine")
}

/// The message with which the bytes are refused.
fn refusal(bytes: &[u8]) -> String {
    engine().load_bytes(bytes).expect_err("a refusal").to_string()
}

#[track_caller]
fn assert_says(message: &str, words: &[&str]) {
    for word in words {
        assert!(message.contains(word), "{word:?} is not in: {message}");
    }
}

#[test]
fn a_component_is_loaded_and_described() {
    let bytes = Fixture::new().build();
    let connector = engine().load_bytes(&bytes).expect("a component");
    assert_eq!(connector.description().name, "test connector");
    assert_eq!(connector.description().state_schema, 1);
    assert_eq!(connector.digest().to_string().len(), 64);

    let other = Fixture::new().text("another build").build();
    let other = engine().load_bytes(&other).expect("a component");
    assert_ne!(connector.digest(), other.digest());
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let message = engine().load("no/such/file.wasm").expect_err("no file").to_string();
    assert_says(&message, &["no/such/file.wasm", "cannot be read"]);
}

#[test]
fn bytes_that_are_not_webassembly() {
    assert_says(&refusal(b""), &["not a WebAssembly file"]);
    assert_says(&refusal(b"MZ\x90\x00\x03\x00\x00\x00"), &["not a WebAssembly file"]);
    assert_says(&refusal(b"(component)"), &["not a WebAssembly file"]);
}

#[test]
fn a_core_module() {
    assert_says(&refusal(b"\0asm\x01\0\0\0"), &["core module", "wasm-tools component new"]);
}

#[test]
fn an_unknown_version() {
    assert_says(&refusal(b"\0asm\x0e\0\x01\0"), &["unknown version"]);
}

#[test]
fn a_file_cut_off_anywhere_is_refused() {
    let bytes = Fixture::new().build();
    let cuts = [4, 7, 9, 100, bytes.len() / 2, bytes.len() - 1];
    for cut in cuts {
        let error = engine().load_bytes(&bytes[..cut]).expect_err("a refusal");
        assert!(matches!(error, LoadError::Truncated { bytes } if bytes == cut), "{cut}: {error}");
    }
}

#[test]
fn a_damaged_file() {
    let mut bytes = Fixture::new().build();
    // Inside the core module, so that the component's own sections stay whole.
    let inside = bytes.windows(4).rposition(|four| four == b"\0asm").expect("a core module") + 8;
    bytes[inside..inside + 16].fill(0xff);
    assert_says(&refusal(&bytes), &["not a valid component"]);
}

#[test]
fn a_file_that_is_too_large() {
    let bytes = Fixture::new().build();
    let engine =
        Engine::new(Limits { component_bytes: bytes.len() - 1, ..Limits::DEFAULT }).expect("an engine");
    let message = engine.load_bytes(&bytes).expect_err("a refusal").to_string();
    assert_says(&message, &["larger than"]);
}

#[test]
fn a_foreign_import() {
    let mut fixture = Fixture::new();
    let package = fixture
        .resolve
        .push_str("clocks.wit", "package wasi:clocks@0.2.6; interface wall-clock { now: func() -> u64; }")
        .expect("a package");
    let id = fixture.resolve.packages[package].interfaces["wall-clock"];
    fixture.resolve.worlds[fixture.world].imports.insert(
        WorldKey::Interface(id),
        WorldItem::Interface {
            id,
            stability: Default::default(),
            external_id: None,
            docs: Default::default(),
            span: Default::default(),
        },
    );
    assert_says(&refusal(&fixture.build()), &["wasi:clocks/wall-clock@0.2.6", "not part of"]);
}

#[test]
fn a_function_that_the_contract_does_not_have() {
    let mut fixture = Fixture::new();
    let http = interface(&fixture.resolve, "http");
    let mut newer = fixture.resolve.interfaces[http].functions["send"].clone();
    newer.name = "send-later".to_owned();
    fixture.resolve.interfaces[http].functions.insert("send-later".to_owned(), newer);
    let message = refusal(&fixture.build());
    assert_says(&message, &["does not fit", "leaflink-sync:host/http", "send-later"]);
}

#[test]
fn a_missing_interface() {
    let mut fixture = Fixture::new();
    let drift = interface(&fixture.resolve, "drift");
    let exports = &mut fixture.resolve.worlds[fixture.world].exports;
    exports.shift_remove(&WorldKey::Interface(drift));
    assert_says(&refusal(&fixture.build()), &["does not export", "leaflink-sync:connector/drift@0.1.0"]);
}

#[test]
fn a_missing_function() {
    let mut fixture = Fixture::new();
    let drift = interface(&fixture.resolve, "drift");
    fixture.resolve.interfaces[drift].functions.shift_remove("repair");
    assert_says(&refusal(&fixture.build()), &["does not fit", "repair"]);
}

#[test]
fn a_function_of_another_type() {
    let mut fixture = Fixture::new();
    let payments = interface(&fixture.resolve, "payments");
    fixture.resolve.interfaces[payments].functions["on-payment"].params.clear();
    assert_says(&refusal(&fixture.build()), &["does not fit", "connector/payments", "parameters"]);
}

#[test]
fn a_component_that_cannot_describe_itself() {
    let bytes = Fixture::new().body("lifecycle.describe", "unreachable").build();
    assert_says(&refusal(&bytes), &["cannot say what it is", "`describe`", "unreachable"]);
}

#[test]
fn describing_may_not_use_the_host() {
    let bytes =
        Fixture::new().body("lifecycle.describe", "(drop (call $clock.now)) (i32.const 2048)").build();
    assert_says(&refusal(&bytes), &["`describe` may not use `clock.now`"]);
}

#[test]
fn limits_that_contradict_each_other() {
    let limits = Limits { concurrent_calls: 0, ..Limits::DEFAULT };
    let error = Engine::new(limits).err().expect("a refusal");
    assert!(matches!(error, EngineError::Limits(_)), "{error}");
    assert_says(&error.to_string(), &["concurrent_calls"]);
}

fn interface(resolve: &Resolve, name: &str) -> wit_parser::InterfaceId {
    let mut all = resolve.interfaces.iter();
    all.find(|(_, interface)| interface.name.as_deref() == Some(name))
        .expect("an interface of the contract")
        .0
}
