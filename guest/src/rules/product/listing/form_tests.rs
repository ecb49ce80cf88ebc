use super::*;
use crate::rules::product::listing::value;
use crate::rules::product::unit_type::Measures;

fn unit() -> UnitType {
    UnitType { name: "Gram".to_owned(), measures: Measures::Weight, per_si_unit: Some(Decimal::ONE_THOUSAND) }
}

fn money(amount: &str) -> Option<Money> {
    Some((amount.parse().unwrap(), "USD".to_owned()))
}

/// Whatever LeafLink wants of a new product.
fn tab() -> Tab {
    Tab {
        create: true,
        license: Some(1),
        brand: Some(2),
        category: Some(3),
        subcategory: Some(4),
        inventory: Some(Inventory::Managed),
        wholesale_price: money("18"),
        strain_classification: Some("hybrid".to_owned()),
        ..Tab::default()
    }
}

fn choices() -> Choices {
    let choice = |id, name: &str, within| Choice { id, name: name.to_owned(), within };
    Choices(vec![
        (List::License, vec![choice(1, "402-00017", None)]),
        (List::Brand, vec![choice(2, "Foxglove", None), choice(22, "Nightshade", None)]),
        (List::ProductLine, vec![choice(5, "Night", Some(2)), choice(6, "Day", Some(22))]),
        (List::Category, vec![choice(3, "Edibles", None), choice(33, "Flower", None)]),
        (List::Subcategory, vec![choice(4, "Gummies", Some(3)), choice(44, "Popcorn", Some(33))]),
        (List::Strain, vec![choice(7, "Blue Fox", None)]),
    ])
}

fn entries_of(tab: &Tab, units_per_case: Option<u32>) -> Vec<Entry> {
    let unit = unit();
    let form = Form {
        name: "Night Garden",
        sku: "NG",
        description: "",
        unit: &unit,
        units_per_case,
        currency: "USD",
        wholesale_price: None,
        tab,
    };
    form.entries(&choices())
}

fn values(entries: &[Entry]) -> Vec<(Field, String)> {
    entries.iter().filter_map(|entry| Some((entry.field, entry.value.clone().ok()?))).collect()
}

/// The field and the code of everything that is wrong.
fn wrong(tab: &Tab, units_per_case: Option<u32>) -> Vec<(Field, Code)> {
    let entries = entries_of(tab, units_per_case);
    entries.iter().filter_map(|entry| Some((entry.field, entry.value.as_ref().err()?.code))).collect()
}

#[test]
fn every_field_is_there_once() {
    let fields: Vec<Field> = entries_of(&tab(), None).iter().map(|entry| entry.field).collect();
    assert_eq!(fields, Field::ALL);
}

#[test]
fn what_was_left_out_is_filled_as_leaflink_asks() {
    let values = values(&entries_of(&tab(), Some(12)));
    for (field, wanted) in [
        (Field::Name, "Night Garden"),
        (Field::Sku, "NG"),
        (Field::Description, "Night Garden"),
        (Field::SalePrice, "0.00 USD"),
        (Field::RetailPrice, "0.00 USD"),
        (Field::MinimumOrder, "0.01"),
        (Field::MaximumOrder, "100000"),
        (Field::Strain, ""),
        (Field::ProductLine, ""),
        (Field::UnitType, "Gram"),
        (Field::SellInMultiples, ""),
        (Field::UnitsPerCase, "1"),
    ] {
        assert_eq!(value(&values, field), Some(wanted), "{field:?}");
    }
}

#[test]
fn every_empty_required_field_is_named() {
    let code = Code::ListingFieldMissing;
    let found = wrong(&Tab { sell_in_multiples: Some(true), ..Tab::default() }, None);
    let fields = [
        Field::License,
        Field::Brand,
        Field::Category,
        Field::Subcategory,
        Field::Inventory,
        Field::WholesalePrice,
        Field::StrainClassification,
        Field::UnitsPerCase,
    ];
    assert_eq!(found, fields.map(|field| (field, code)));
}

#[test]
fn what_leaflink_would_refuse_is_told_before() {
    let base = tab();
    let text = |text: &str| Some(text.to_owned());
    for (tab, field, code) in [
        (Tab { sku: text("A,B"), ..base.clone() }, Field::Sku, Code::ListingFieldInvalid),
        (Tab { sku: Some("A".repeat(256)), ..base.clone() }, Field::Sku, Code::ListingFieldInvalid),
        (Tab { name: text("A\nB"), ..base.clone() }, Field::Name, Code::ListingFieldInvalid),
        (Tab { wholesale_price: money("1.005"), ..base.clone() }, Field::WholesalePrice, Code::PriceNotExact),
        (Tab { sale_price: money("-1"), ..base.clone() }, Field::SalePrice, Code::PriceNegative),
        (
            Tab { retail_price: Some((Decimal::ONE, "CAD".to_owned())), ..base.clone() },
            Field::RetailPrice,
            Code::PriceInOtherCurrency,
        ),
        (
            Tab { minimum_order: Some(Decimal::TEN), maximum_order: Some(Decimal::ONE), ..base.clone() },
            Field::MaximumOrder,
            Code::ListingFieldInvalid,
        ),
        (
            Tab { minimum_order: Some(Decimal::NEGATIVE_ONE), ..base.clone() },
            Field::MinimumOrder,
            Code::ListingFieldInvalid,
        ),
        (
            Tab { strain_classification: text("mild"), ..base.clone() },
            Field::StrainClassification,
            Code::ListingFieldInvalid,
        ),
        (Tab { brand: Some(9), ..base.clone() }, Field::Brand, Code::ListingChoiceGone),
        (Tab { product_line: Some(6), ..base.clone() }, Field::ProductLine, Code::ListingFieldInvalid),
        (Tab { subcategory: Some(44), ..base.clone() }, Field::Subcategory, Code::ListingFieldInvalid),
        (
            Tab { category: Some(33), subcategory: Some(44), ..base.clone() },
            Field::Strain,
            Code::ListingFieldMissing,
        ),
    ] {
        assert_eq!(wrong(&tab, None), [(field, code)]);
    }
    let in_cases = Tab { sell_in_multiples: Some(true), ..base.clone() };
    assert_eq!(wrong(&in_cases, Some(0)), [(Field::UnitsPerCase, Code::UnitsPerCaseUnusable)]);
    assert_eq!(wrong(&base, Some(0)), []);
    assert_eq!(
        wrong(&Tab { minimum_order: Some(Decimal::ONE), maximum_order: Some(Decimal::ONE), ..base }, None),
        []
    );
}

#[test]
fn cases_are_said_both_ways() {
    let in_cases = Tab { sell_in_multiples: Some(true), ..tab() };
    for (units, case) in [(12, "Case"), (1, "")] {
        let values = values(&entries_of(&in_cases, Some(units)));
        assert_eq!(value(&values, Field::SellInMultiples), Some(case));
        assert_eq!(value(&values, Field::UnitsPerCase), Some(units.to_string().as_str()));
    }
}

#[test]
fn a_tick_that_was_taken_away_is_said_and_one_that_nobody_set_is_not() {
    let ticks = [Field::ShowQuantity, Field::SellInMultiples, Field::UnitsPerCase];
    for (tick, said, values) in [
        (None, Said::Nobody, ["false", "", "1"]),
        (Some(false), Said::Form, ["false", "", "1"]),
        (Some(true), Said::Form, ["true", "Case", "12"]),
    ] {
        let entries = entries_of(&Tab { show_quantity: tick, sell_in_multiples: tick, ..tab() }, Some(12));
        for (field, wanted) in ticks.into_iter().zip(values) {
            let entry = entries.iter().find(|entry| entry.field == field).unwrap();
            assert_eq!((entry.value.as_deref(), entry.said), (Ok(wanted), said), "{field:?} {tick:?}");
        }
    }
}

#[test]
fn a_choice_of_a_list_that_was_not_read_passes() {
    let unit = unit();
    let tab = Tab { brand: Some(9), product_line: Some(6), ..tab() };
    let form = Form {
        name: "A",
        sku: "B",
        description: "",
        unit: &unit,
        units_per_case: None,
        currency: "USD",
        wholesale_price: None,
        tab: &tab,
    };
    assert!(form.entries(&Choices::default()).iter().all(|entry| entry.value.is_ok()));
}
