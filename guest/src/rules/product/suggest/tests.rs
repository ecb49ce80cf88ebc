use super::sample::{listed, product};
use super::*;
use crate::rules::product::unit_type::{Measures, UnitType};
use proptest::prelude::*;

mod amounts;
mod catalogue;

/// The suggestions for a name among names; ids are positions, counted from 1.
fn suggested(name: &str, theirs: &[&str]) -> Vec<(u64, u32, bool, String)> {
    let listed: Vec<Listed> = (1..).zip(theirs).map(|(id, name)| listed(id, name)).collect();
    Choice::new(&listed)
        .suggest(&product("p", name))
        .into_iter()
        .map(|found| (found.listed.id.0, found.score, found.certain, found.because))
        .collect()
}

#[test]
fn the_same_product_is_sure() {
    let found =
        suggested("Blue Dream Flower 3.5g", &["Blue Dream | Flower | 1/8 oz", "Blue Dream Flower 7g"]);
    assert_eq!(found[0].0, 1);
    assert!(found[0].2, "{found:?}");
    assert_eq!(found[0].3, "same name; same size 3.5 g; same unit type Unit");
    assert!(found[1].3.contains("size differs: 3.5 g here, 7 g in LeafLink"), "{}", found[1].3);
}

#[test]
fn two_that_fit_as_well_are_never_sure() {
    let found = suggested("Blue Dream 3.5g", &["Blue Dream 3.5g", "Blue Dream 1/8oz"]);
    assert_eq!(found.iter().map(|found| found.0).collect::<Vec<_>>(), [1, 2], "ties go by id");
    assert!(found.iter().all(|found| !found.2 && found.1 < SURE));
    assert!(found[0].3.ends_with("another LeafLink product fits about as well"));
}

#[test]
fn every_kind_of_evidence_is_said() {
    let (mut ours, mut theirs) =
        (product("p", "Gelato Cart 1g (Hyb)"), listed(1, "Gelatto Cartridge 1 gram"));
    ours.sku = "CRT-GEL-1".to_owned();
    theirs.sku = "crt gel 1".to_owned();
    ours.brand = Some("Foxglove".to_owned());
    theirs.brand = Some("Foxglove Farms".to_owned());
    ours.price = Some("20.00".parse().unwrap());
    theirs.price = Some("21.50".parse().unwrap());
    theirs.strain_class = Some("hybrid".to_owned());
    let found = Choice::new([&theirs]).suggest(&ours);
    for wanted in [
        "same SKU",
        "`gelato` here is `gelatto` in LeafLink",
        "same size 1 g",
        "same strain type hybrid",
        "same brand Foxglove Farms",
        "price 20.00 here, 21.50 in LeafLink",
        "same unit type Unit",
    ] {
        assert!(found[0].because.contains(wanted), "{wanted}: {}", found[0].because);
    }
}

#[test]
fn the_strain_of_the_record_counts_as_part_of_the_name() {
    let mut ours = product("p", "Flower 3.5g");
    ours.strain = Some("Blue Dream".to_owned());
    let theirs = [listed(1, "Sour Diesel Flower 3.5g"), listed(2, "Blue Dream Flower 3.5g")];
    let found = Choice::new(&theirs).suggest(&ours);
    assert_eq!(found[0].listed.id.0, 2);
    assert!(found[0].because.contains("same strain"));
}

#[test]
fn other_unit_types_are_last_and_said() {
    let mut ours = product("p", "Blue Dream bulk");
    ours.unit =
        UnitType { name: "Gram".to_owned(), measures: Measures::Weight, per_si_unit: Some(1_000.into()) };
    let mut grams = listed(2, "Blue Dream, bulk flower");
    grams.unit = "Gram".to_owned();
    let theirs = [listed(1, "Blue Dream bulk"), grams];
    let found = Choice::new(&theirs).suggest(&ours);
    assert_eq!(found.iter().map(|found| found.listed.id.0).collect::<Vec<_>>(), [2, 1]);
    assert!(
        found[1]
            .because
            .ends_with("unit types differ (Gram here, Unit in LeafLink), so the two cannot be linked")
    );
}

#[test]
fn nothing_fits_nothing() {
    assert_eq!(suggested("Blue Dream 3.5g", &["Hat, green", ""]), []);
    assert_eq!(suggested("", &["Blue Dream", ""]), []);
    assert_eq!(suggested("Blue Dream", &[]), []);
}

fn words() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![
            "blue|dream|gelato|gelatto|og|kush|pr|cart|gummies|hyb|#4",
            "3\\.5g|1/8 oz|1g|28g|10pk|5 x 0\\.5g|10ct|100mg|10 mg",
        ],
        1..6,
    )
    .prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn scores_are_bounded_and_best_first(ours in words(), theirs in proptest::collection::vec(words(), 0..12)) {
        let theirs: Vec<&str> = theirs.iter().map(String::as_str).collect();
        let found = suggested(&ours, &theirs);
        prop_assert!(found.len() <= MOST);
        prop_assert!(found.windows(2).all(|pair| pair[0].1 >= pair[1].1));
        prop_assert!(found.iter().all(|found| found.1 <= 100 && found.2 == (found.1 >= SURE)));
        prop_assert!(found.iter().filter(|found| found.2).count() <= 1);
        prop_assert_eq!(found, suggested(&ours, &theirs), "the same every time");
    }

    #[test]
    fn a_sure_match_has_the_same_sizes_and_pack(ours in words(), theirs in words()) {
        for (_, _, certain, because) in suggested(&ours, &[&theirs]) {
            let (one, other) = (profile(&ours), profile(&theirs));
            let packs = |profile: &Profile| if profile.packs == [1] { Vec::new() } else { profile.packs.clone() };
            prop_assert!(!certain || (one.sizes == other.sizes && packs(&one) == packs(&other) && one.cases == other.cases), "{}", because);
        }
    }
}
