//! What the built component promises to a host that has nothing but the file and `wit/`.

use std::collections::BTreeSet;
use std::fs;

use leaflink_sync_kit::{Connector, Limits};
use leaflink_sync_tests::component;
use wit_component::DecodedWasm;
use wit_parser::{Resolve, WorldId, WorldItem, WorldKey};

/// The largest component that is shipped, in bytes: 1.45 MiB.
const SIZE_BUDGET: usize = 145 * (1 << 20) / 100;

fn load() -> Connector {
    component::load(Limits::DEFAULT).expect("the component loads")
}

fn bytes() -> Vec<u8> {
    let path = component::path().expect("the component is built");
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Imports and exports of a world. What is no interface stands there as it is called, and so is
/// never mistaken for one.
fn interfaces(resolve: &Resolve, world: WorldId) -> [BTreeSet<String>; 2] {
    let world = &resolve.worlds[world];
    [&world.imports, &world.exports].map(|items| {
        let name = |(key, item): (&WorldKey, &WorldItem)| match item {
            WorldItem::Interface { id, .. } => {
                resolve.id_of(*id).unwrap_or_else(|| "an interface without a name".to_owned())
            }
            _ => format!("{}, which is no interface", resolve.name_world_key(key)),
        };
        items.iter().map(name).collect()
    })
}

#[test]
fn it_imports_the_contracts_interfaces_and_nothing_else_and_exports_all_of_them() {
    let mut contract = Resolve::default();
    let (package, _) = contract.push_path(component::root().join("wit")).expect("the contract is readable");
    let world = contract.select_world(&[package], Some("connector")).expect("the contract's world");
    let [may_import, must_export] = interfaces(&contract, world);

    let decoded = wit_component::decode(&bytes()).expect("the file is a component");
    let DecodedWasm::Component(built, world) = decoded else { panic!("the file is a WIT package") };
    let [imports, exports] = interfaces(&built, world);

    let foreign: Vec<_> = imports.difference(&may_import).collect();
    assert!(foreign.is_empty(), "the component imports {foreign:?}, which the contract does not give");
    assert_eq!(exports, must_export);
}

#[test]
fn it_says_which_version_it_is() {
    let connector = load();
    let description = connector.description();
    assert_eq!(description.name, "leaflink-sync");
    assert_eq!(description.version, env!("CARGO_PKG_VERSION"));
    assert!(!description.revision.is_empty());
}

#[test]
fn each_reason_is_defined_once_in_alphabetical_order_with_its_meaning() {
    let reasons = load().reasons().expect("it tells its reasons");
    let codes: Vec<_> = reasons.iter().map(|reason| reason.code.as_str()).collect();
    let in_order: Vec<_> = codes.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
    assert!(codes.len() > 30, "only {} reasons", codes.len());
    assert_eq!(codes, in_order);
    for reason in &reasons {
        assert!(reason.meaning.ends_with('.'), "{}: {}", reason.code, reason.meaning);
        assert!(reason.fix.is_empty() || reason.fix.ends_with('.'), "{}: {}", reason.code, reason.fix);
    }
}

#[test]
fn each_setting_is_defined_once_with_a_default_that_is_json() {
    let settings = load().setting_definitions().expect("it tells its settings");
    let keys: BTreeSet<_> = settings.iter().map(|setting| setting.key.as_str()).collect();
    assert_eq!(keys.len(), settings.len());
    for setting in &settings {
        let default: Result<serde_json::Value, _> = serde_json::from_str(&setting.default_value);
        assert!(default.is_ok(), "{}: {}", setting.key, setting.default_value);
    }
}

#[test]
fn it_is_small() {
    let size = bytes().len();
    println!("the component has {size} bytes; the budget is {SIZE_BUDGET}");
    assert!(size <= SIZE_BUDGET, "the component has {size} bytes; the budget is {SIZE_BUDGET}");
}
