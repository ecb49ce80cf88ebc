//! Seed files, good and bad.

use std::path::Path;

use leaflink_sandbox::{Sandbox, Seed};
use serde_json::json;

use crate::seed;

/// What the seed's reader has to say against this text.
fn complaint(text: &str) -> String {
    format!("{:#}", Seed::parse(text).unwrap_err())
}

#[test]
fn the_shortest_seed_is_a_company() {
    let seed = Seed::parse(r#"{"company": {"id": 1, "name": "Foxglove Farms"}}"#).unwrap();
    let mut sandbox = Sandbox::new(seed).unwrap();
    let company = crate::get(&mut sandbox, "/companies/")["results"][0].clone();
    assert_eq!(company["slug"], "foxglove-farms");
    assert_eq!(sandbox.api_key(), "sandbox-key");
}

#[test]
fn a_mistake_is_told_with_its_line_its_place_and_what_was_expected() {
    let text = "{\n\"company\": {\"id\": 1, \"name\": \"F\"},\n\"orders\": [{\"customer\": 2,\n\
                \"lines\": [{\"quantity\": 5}]}]}";
    let complaint = complaint(text);
    assert!(complaint.contains("line 4"), "{complaint}");
    assert!(complaint.contains("orders[0].lines[0].quantity"), "{complaint}");
    assert!(complaint.contains("a decimal in quotes"), "{complaint}");
}

#[test]
fn unknown_fields_are_mistakes() {
    let text = r#"{"company": {"id": 1, "name": "F"}, "option": {}}"#;
    assert!(complaint(text).contains("unknown field `option`"));
    let text = r#"{"company": {"id": 1, "name": "F"}, "options": {"limit": 3}}"#;
    assert!(complaint(text).contains("unknown field `limit`"));
}

#[test]
fn a_file_is_named_in_the_complaint() {
    let missing = Seed::load(Path::new("no-such-seed.json")).unwrap_err();
    assert!(format!("{missing:#}").contains("no-such-seed.json"));
}

#[test]
fn a_seed_that_contradicts_itself_is_refused_by_name() {
    let line = json!([{"product": 501001}]);
    for (field, value, expected) in [
        (
            "orders",
            json!([{"short_id": "ee12", "customer": 5, "lines": line}]),
            "order ee12 of the seed is wrong: customer 5 does not exist",
        ),
        (
            "orders",
            json!([{"customer": 310044, "lines": [{"product": 9}]}]),
            "order number 1 of the seed is wrong: product 9 does not exist",
        ),
        (
            "orders",
            json!([{"short_id": "a", "customer": 310044, "reps": [1], "lines": line}]),
            "staff member 1 does not exist",
        ),
        (
            "orders",
            json!([{"short_id": "a", "customer": 310044,
                    "lines": [{"id": 1, "product": 501001}, {"id": 1, "product": 501001}]}]),
            "same id",
        ),
        ("staff", json!([{"id": 1, "name": "A"}, {"id": 1, "name": "B"}]), "staff member 1"),
        ("offset", json!("Denver"), "-07:00"),
        ("now", json!("today"), "ISO 8601"),
        (
            "products",
            json!([{"id": 1, "name": "A", "units_per_case": 0}]),
            "product 1 of the seed is wrong: units_per_case is at least 1",
        ),
    ] {
        let mut seed = seed();
        seed[field] = value;
        let seed = Seed::parse(&seed.to_string()).unwrap();
        let complaint = format!("{:#}", Sandbox::new(seed).err().unwrap());
        assert!(complaint.contains(expected), "{complaint}");
    }
}
