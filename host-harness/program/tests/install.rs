//! Putting another component in use for a kept ERP, as a person does it. Uses the built components;
//! `cargo xtask test` builds them first.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use leaflink_sync_kit::host::{Store, Transaction};
use leaflink_sync_kit::schema::{SCHEMA_KEY, StoredSchema};
use leaflink_sync_kit::{CompanyId, Engine, Limits};
use reference_erp::Erp;
use tempfile::TempDir;

const ERP: &str = "day.sqlite";
const FOLDER: &str = "day.sqlite.component";

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_leaflink-sync"));
    program.current_dir(folder).args(arguments).output().unwrap()
}

fn says(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The business day, kept and recorded once, in a folder of the test's own.
fn kept() -> TempDir {
    static DAY: OnceLock<TempDir> = OnceLock::new();
    let day = DAY.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        says(folder.path(), &["demo", "--json", "--erp", ERP, "--record", "day.gz"]);
        folder
    });
    let own = TempDir::new().unwrap();
    fs::create_dir(own.path().join(FOLDER)).unwrap();
    for name in [ERP, "day.gz"] {
        fs::copy(day.path().join(name), own.path().join(name)).unwrap();
    }
    for entry in fs::read_dir(day.path().join(FOLDER)).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, own.path().join(FOLDER).join(path.file_name().unwrap())).unwrap();
    }
    own
}

fn built(variable: &str) -> Vec<u8> {
    let path = std::env::var_os(variable).map(PathBuf::from);
    fs::read(path.expect("cargo xtask test names the components")).unwrap()
}

fn this_file() -> Vec<u8> {
    built("LEAFLINK_SYNC_COMPONENT")
}

fn next_file() -> Vec<u8> {
    built("LEAFLINK_SYNC_NEXT_COMPONENT")
}

/// The same component as another file: with a custom section that says nothing.
fn again() -> Vec<u8> {
    [&this_file()[..], &[0, 6, 5], b"again"].concat()
}

fn with_text(mut file: Vec<u8>, text: &str, other: &str) -> Vec<u8> {
    let places: Vec<_> =
        (0..file.len() - text.len()).filter(|at| file[*at..].starts_with(text.as_bytes())).collect();
    assert!(!places.is_empty(), "the component has no text {text:?}");
    for at in places {
        file[at..at + text.len()].copy_from_slice(other.as_bytes());
    }
    file
}

fn write(folder: &TempDir, name: &str, content: impl AsRef<[u8]>) {
    fs::write(folder.path().join(name), content).unwrap();
}

fn erp(folder: &TempDir) -> Erp {
    Erp::open(folder.path().join(ERP)).unwrap()
}

/// Everything that there is: the database's rows, and which files are in use.
fn all(folder: &TempDir) -> (String, Vec<(PathBuf, Vec<u8>)>) {
    let entries = fs::read_dir(folder.path().join(FOLDER)).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries
        .filter(|path| !path.ends_with("lock"))
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    files.sort();
    (erp(folder).dump().unwrap(), files)
}

/// It is refused, with these words, and nothing was changed.
fn refused(folder: &TempDir, arguments: &[&str], words: &str) {
    let before = all(folder);
    let output = run(folder.path(), arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(output.stdout.is_empty() && !said.contains("panicked"), "{said}");
    assert!(said.contains(words), "{words:?} is not in: {said}");
    assert!(all(folder) == before, "it changed something: {said}");
}

fn in_use(folder: &TempDir) -> Vec<u8> {
    let list = fs::read_to_string(folder.path().join(FOLDER).join("in-use.json")).unwrap();
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let name = format!("{}.wasm", list["current"].as_str().unwrap());
    fs::read(folder.path().join(FOLDER).join(name)).unwrap()
}

fn companies(erp: &Erp) -> Vec<CompanyId> {
    erp.companies().unwrap()
}

fn schema(erp: &Erp, company: &CompanyId) -> StoredSchema {
    StoredSchema::read(&mut erp.view(company).unwrap()).unwrap()
}

/// A second company with the same state as the first.
fn second_company(folder: &TempDir) -> CompanyId {
    let (erp, second) = (erp(folder), CompanyId("second".to_owned()));
    let seed = serde_json::json!({"company": {"name": "Second"}, "users": [], "locations": [], "products": [], "customers": []});
    erp.seed(&second, &serde_json::from_value(seed).unwrap()).unwrap();
    let first = companies(&erp).into_iter().find(|company| *company != second).unwrap();
    let entries = erp.view(&first).unwrap().scan("", None, 10_000).unwrap();
    let mut tx = erp.begin(&second).unwrap();
    for entry in entries {
        tx.put(&entry.key, &entry.value).unwrap();
    }
    Transaction::commit(Box::new(tx)).unwrap();
    second
}

#[test]
fn another_file_is_put_in_use_and_taken_back_with_one_command() {
    let folder = kept();
    let products = says(folder.path(), &["products", "--erp", ERP]);
    let before = erp(&folder).dump().unwrap();
    assert_eq!(in_use(&folder), this_file());
    refused(&folder, &["rollback", "--erp", ERP], "has no earlier component to go back to");

    write(&folder, "again.wasm", again());
    let said = says(folder.path(), &["install", "again.wasm", "--erp", ERP, "--replay", "day.gz"]);
    assert!(said.contains("0 of them different") && said.contains("schema 1, as it was"), "{said}");
    assert_eq!(in_use(&folder), again());
    let said = says(folder.path(), &["rollback", "--erp", ERP]);
    assert!(said.contains("before") && said.contains("goes back"), "{said}");
    assert_eq!(in_use(&folder), this_file());
    says(folder.path(), &["rollback", "--erp", ERP]);
    assert_eq!(in_use(&folder), again());
    assert_eq!(erp(&folder).dump().unwrap(), before);
    assert_eq!(says(folder.path(), &["products", "--erp", ERP]), products);
}

#[test]
fn a_file_that_does_not_fit_changes_nothing() {
    let folder = kept();
    let file = this_file();
    write(&folder, "text.wasm", "hello");
    refused(&folder, &["install", "text.wasm", "--erp", ERP], "not a WebAssembly file");
    write(&folder, "half.wasm", &file[..file.len() / 2]);
    refused(&folder, &["install", "half.wasm", "--erp", ERP], "cut off");
    write(
        &folder,
        "foreign.wasm",
        with_text(file.clone(), "leaflink-sync:host/clock@", "leaflink-sync:host/clack@"),
    );
    refused(&folder, &["install", "foreign.wasm", "--erp", ERP], "leaflink-sync:host/clack");
    refused(&folder, &["install", "none.wasm", "--erp", ERP], "none.wasm: No such file");

    write(&folder, "begs.wasm", with_text(file, "the order asks for", "the order begs for"));
    let install = ["install", "begs.wasm", "--erp", ERP, "--replay", "day.gz"];
    refused(&folder, &install, "recorded calls come out differently");
    write(&folder, "no.gz", "something else");
    refused(&folder, &["install", "begs.wasm", "--erp", ERP, "--replay", "no.gz"], "no.gz");
    let said = says(folder.path(), &[&install[..], &["--differences-expected"]].concat());
    assert!(!said.contains(" 0 of them different"), "{said}");

    // What lies beside the database is not believed if somebody changed it.
    let list = fs::read_to_string(folder.path().join(FOLDER).join("in-use.json")).unwrap();
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let previous = format!("{}.wasm", list["previous"].as_str().unwrap());
    fs::write(folder.path().join(FOLDER).join(previous), again()).unwrap();
    refused(&folder, &["rollback", "--erp", ERP], "is not the file that was put there");
}

#[test]
fn another_schema_migrates_every_company_and_then_there_is_no_way_back() {
    let folder = kept();
    second_company(&folder);
    write(&folder, "next.wasm", next_file());
    write(&folder, "this.wasm", this_file());
    let products = says(folder.path(), &["products", "--erp", ERP]);
    let said = says(folder.path(), &["install", "next.wasm", "--erp", ERP]);
    assert!(said.contains("schema 2: 2 companies migrated, 88 records rewritten"), "{said}");
    assert!(said.contains("only if the file before can read"), "{said}");
    let erp = erp(&folder);
    assert_eq!(companies(&erp).len(), 2);
    for company in companies(&erp) {
        assert_eq!(schema(&erp, &company), StoredSchema::Whole(2));
    }
    assert_eq!(says(folder.path(), &["products", "--erp", ERP]), products);
    refused(&folder, &["rollback", "--erp", ERP], "has schema 2, and this file reads schema 1 to 1");
    refused(
        &folder,
        &["install", "this.wasm", "--erp", ERP],
        "has schema 2, and this file reads schema 1 to 1",
    );
    let said = says(folder.path(), &["install", "next.wasm", "--erp", ERP]);
    assert!(said.contains("schema 2, as it was"), "the same once more: {said}");
}

#[test]
fn state_of_one_company_that_cannot_be_migrated_keeps_the_file_out() {
    let folder = kept();
    let second = second_company(&folder);
    let mut tx = erp(&folder).begin(&second).unwrap();
    tx.put("order/ffffffff", b"{\"short_id\": ").unwrap();
    Transaction::commit(Box::new(tx)).unwrap();
    write(&folder, "next.wasm", next_file());
    refused(&folder, &["install", "next.wasm", "--erp", ERP], "the stored state of second cannot be brought");
    let erp = erp(&folder);
    for company in companies(&erp) {
        assert_eq!(schema(&erp, &company), StoredSchema::Whole(1));
    }
    assert_eq!(in_use(&folder), this_file());
}

#[test]
fn an_installation_that_was_cut_off_is_gone_on_with() {
    let folder = kept();
    write(&folder, "next.wasm", next_file());
    let uncut = kept();
    write(&uncut, "next.wasm", next_file());
    says(uncut.path(), &["install", "next.wasm", "--erp", ERP]);

    // The file is in use, and the process died after the first chunk.
    let connector = Engine::new(Limits::DEFAULT).unwrap().load_bytes(&next_file()).unwrap();
    let list = fs::read_to_string(uncut.path().join(FOLDER).join("in-use.json")).unwrap();
    write(&folder, &format!("{FOLDER}/in-use.json"), list);
    write(&folder, &format!("{FOLDER}/{}.wasm", connector.digest()), next_file());
    let company = companies(&erp(&folder)).remove(0);
    let entries = erp(&folder).view(&company).unwrap().scan("order/", None, 10).unwrap();
    let mut tx = erp(&folder).begin(&company).unwrap();
    for entry in &entries {
        let text = String::from_utf8(entry.value.clone()).unwrap();
        let migrated: serde_json::Value =
            serde_json::from_str(&text.replace("\"short_id\"", "\"order_no\"")).unwrap();
        tx.put(&entry.key, migrated.to_string().as_bytes()).unwrap();
    }
    let mark = serde_json::json!({"from": 1, "to": 2, "after": entries.last().unwrap().key});
    tx.put(SCHEMA_KEY, mark.to_string().as_bytes()).unwrap();
    Transaction::commit(Box::new(tx)).unwrap();

    let said = says(folder.path(), &["install", "next.wasm", "--erp", ERP]);
    assert!(said.contains("schema 2: 1 company migrated, 34 records rewritten"), "{said}");
    assert_eq!(schema(&erp(&folder), &company), StoredSchema::Whole(2));
    let keys = |folder: &TempDir| -> Vec<String> {
        let entries = erp(folder).view(&company).unwrap().scan("", None, 10_000).unwrap();
        entries.into_iter().map(|entry| entry.key).collect()
    };
    assert_eq!(keys(&folder), keys(&uncut));
}
