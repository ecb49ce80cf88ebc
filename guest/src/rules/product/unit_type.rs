//! Field 17 of "How to Sync Products": LeafLink's unit of measure for an ERP unit type.
//!
//! A unit type that LeafLink does not know becomes `Unit`. Two products can be linked only if what
//! the ERP's comes to is the LeafLink product's unit of measure, and one of the one is one of the other.

use rust_decimal::Decimal;

use crate::rules::decimal::parse;

/// What LeafLink counts in when it knows no better.
const UNIT: &str = "Unit";
/// LeafLink knows litres since the guide was written, which has them become `Unit`: both are taken.
const LITER: &str = "Liter";

/// What an ERP unit type measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measures {
    /// Pieces, or something of the company's own.
    Pieces,
    /// A volume.
    Volume,
    /// A weight.
    Weight,
}

/// A unit type of the ERP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitType {
    /// Its name.
    pub name: String,
    /// What it measures.
    pub measures: Measures,
    /// How many of it make a kilogram or a litre.
    pub per_si_unit: Option<Decimal>,
}

/// LeafLink's unit of measure for an ERP unit type.
pub fn unit_of_measure(unit: &UnitType) -> &'static str {
    match (unit.measures, unit.per_si_unit) {
        (Measures::Weight, Some(per_kilogram)) => known(per_kilogram, &WEIGHTS),
        (Measures::Volume, Some(per_litre)) => known(per_litre, &VOLUMES),
        _ => UNIT,
    }
}

/// What LeafLink counts a product in, of whose unit of measure one unit is so much. An eighth of an
/// ounce is another unit type than `Ounce`, which the ERP has none of; a `Unit` is one, whatever is in
/// it.
pub fn counted_in(unit: &str, denomination: Option<&str>) -> String {
    // LeafLink's value, label and name of the denomination 1.
    let is_one = |text: &str| text == "One" || parse(text, 9, 9) == Some(Decimal::ONE);
    match denomination.filter(|text| unit != UNIT && !text.is_empty() && !is_one(text)) {
        Some(denomination) => format!("{denomination} {unit}"),
        None => unit.to_owned(),
    }
}

/// Whether products counted in these can be linked; `leaflink` is what [`counted_in`] says.
pub fn same(unit: &UnitType, leaflink: &str) -> bool {
    let is_litre = unit.measures == Measures::Volume && unit.per_si_unit == Some(Decimal::ONE);
    leaflink == unit_of_measure(unit) || (is_litre && leaflink == LITER)
}

/// Units that LeafLink knows, with how many make a kilogram or a litre, in thousandths.
const WEIGHTS: [(&str, i64); 5] = [
    ("Milligram", 1_000_000_000),
    ("Gram", 1_000_000),
    ("Kilogram", 1_000),
    ("Ounce", 35_274),
    ("Pound", 2_205),
];
const VOLUMES: [(&str, i64); 1] = [("Milliliter", 1_000_000)];

/// The unit of which as many make the SI unit, within a thousandth: ERPs round the odd ones.
fn known(per_si_unit: Decimal, units: &[(&'static str, i64)]) -> &'static str {
    let close = |thousandths: i64| {
        let exact = Decimal::new(thousandths, 3);
        per_si_unit > Decimal::ZERO
            && per_si_unit < Decimal::from(10_000_000)
            && (per_si_unit - exact).abs() <= exact / Decimal::ONE_THOUSAND
    };
    units.iter().find(|(_, thousandths)| close(*thousandths)).map_or(UNIT, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(name: &str, measures: Measures, per_si_unit: Option<&str>) -> UnitType {
        UnitType {
            name: name.to_owned(),
            measures,
            per_si_unit: per_si_unit.map(|number| number.parse().unwrap()),
        }
    }

    #[test]
    fn what_leaflink_does_not_know_becomes_unit() {
        use Measures::{Pieces, Volume, Weight};
        for (name, measures, per_si_unit, wanted) in [
            ("Unit", Pieces, None, "Unit"),
            ("Cartridge", Pieces, None, "Unit"),
            ("Gram", Weight, Some("1000"), "Gram"),
            ("mg", Weight, Some("1000000"), "Milligram"),
            ("Kilogram", Weight, Some("1"), "Kilogram"),
            ("Ounce", Weight, Some("35.27396195"), "Ounce"),
            ("Pound", Weight, Some("2.20462"), "Pound"),
            ("Stone", Weight, Some("0.157473"), "Unit"),
            ("Milliliter", Volume, Some("1000"), "Milliliter"),
            ("Liter", Volume, Some("1"), "Unit"),
            ("Gallon", Volume, Some("0.264172"), "Unit"),
            ("Gram of my own", Pieces, Some("1000"), "Unit"),
            ("Weightless", Weight, Some("0"), "Unit"),
            ("Unsaid", Weight, None, "Unit"),
        ] {
            assert_eq!(unit_of_measure(&unit(name, measures, per_si_unit)), wanted, "{name}");
        }
    }

    #[test]
    fn a_part_or_a_multiple_of_a_unit_is_another_unit() {
        for (unit, denomination, wanted) in [
            ("Gram", None, "Gram"),
            ("Gram", Some(""), "Gram"),
            ("Gram", Some("1"), "Gram"),
            ("Gram", Some("1.00000"), "Gram"),
            ("Gram", Some("One"), "Gram"),
            ("Gram", Some("3.5"), "3.5 Gram"),
            ("Ounce", Some("1/8"), "1/8 Ounce"),
            ("Ounce", Some("Eighth"), "Eighth Ounce"),
            ("Unit", Some("3.5"), "Unit"),
        ] {
            assert_eq!(counted_in(unit, denomination), wanted, "{denomination:?}");
        }
    }

    #[test]
    fn only_equal_units_go_together() {
        let gram = unit("Gram", Measures::Weight, Some("1000"));
        let litre = unit("Liter", Measures::Volume, Some("1"));
        let box_of_own = unit("Cartridge", Measures::Pieces, None);
        for (unit, leaflink, wanted) in [
            (&gram, "Gram", true),
            (&gram, "Unit", false),
            (&gram, "Ounce", false),
            (&gram, "3.5 Gram", false),
            (&box_of_own, "Unit", true),
            (&box_of_own, "Gram", false),
            (&litre, "Unit", true),
            (&litre, "Liter", true),
            (&litre, "Milliliter", false),
        ] {
            assert_eq!(same(unit, leaflink), wanted, "{} and {leaflink}", unit.name);
        }
    }
}
