use super::*;

fn said(filled: bool) -> Said {
    if filled { Said::Form } else { Said::Product }
}

fn entry(field: Field, value: &str, filled: bool) -> Entry {
    Entry { field, value: Ok(value.to_owned()), said: said(filled) }
}

fn broken(field: Field, filled: bool) -> Entry {
    Entry {
        field,
        value: Err(Box::new(Reason::new(Code::ListingFieldMissing, "Empty."))),
        said: said(filled),
    }
}

fn values(list: &[(Field, &str)]) -> Values {
    list.iter().map(|(field, value)| (*field, (*value).to_owned())).collect()
}

#[test]
fn what_nobody_filled_in_may_differ_when_two_are_linked() {
    let entries = [
        entry(Field::Name, "Ours", false),
        entry(Field::Brand, "2", true),
        entry(Field::Sku, "SAME", false),
        broken(Field::Category, false),
    ];
    let shown = values(&[(Field::Name, "Theirs"), (Field::Brand, "1"), (Field::Sku, "SAME")]);
    let change = first(&entries, &shown, false);
    assert_eq!(change.send, values(&[(Field::Brand, "2")]));
    assert_eq!(change.applied.apart, [Field::Name]);
    assert_eq!(change.applied.values.len(), 3);
    assert!(!change.is_blocked());
}

#[test]
fn only_what_was_edited_goes() {
    let applied = Applied {
        values: values(&[(Field::Name, "Old"), (Field::Brand, "1"), (Field::ProductLine, "5")]),
        apart: vec![Field::Name],
    };
    let entries = [
        entry(Field::Name, "New", false),
        entry(Field::Brand, "1", true),
        entry(Field::ProductLine, "", false),
        entry(Field::License, "", false),
    ];
    let change = later(&entries, &applied, false);
    assert_eq!(change.send, values(&[(Field::Name, "New")]));
    let codes: Vec<Code> = change.reasons.iter().map(|reason| reason.code).collect();
    assert_eq!(codes, [Code::ListingFieldKept]);
    assert_eq!(change.applied.apart, []);
    assert_eq!(later(&entries, &change.applied, false).send, []);
}

#[test]
fn a_wrong_field_blocks_and_an_unfilled_one_says_nothing() {
    let applied = Applied { values: values(&[(Field::Brand, "1")]), ..Applied::default() };
    assert!(later(&[broken(Field::Brand, false)], &applied, false).is_blocked());
    assert!(later(&[broken(Field::Category, true)], &applied, false).is_blocked());
    assert!(!later(&[broken(Field::Category, false)], &applied, false).is_blocked());
    assert!(first(&[broken(Field::Category, true)], &[], false).is_blocked());
}

#[test]
fn prices_of_linked_products_go_with_the_setting() {
    let applied = Applied {
        values: values(&[(Field::RetailPrice, "1.00 USD"), (Field::WholesalePrice, "1.00 USD")]),
        ..Applied::default()
    };
    let entries =
        [entry(Field::RetailPrice, "2.00 USD", true), entry(Field::WholesalePrice, "2.00 USD", true)];
    let off = later(&entries, &applied, false);
    assert_eq!(off.send, []);
    let codes: Vec<Code> = off.reasons.iter().map(|reason| reason.code).collect();
    assert_eq!(codes, [Code::ListingPriceKept, Code::ListingPriceKept]);
    assert!(!off.is_blocked());
    // What was kept back was not applied: it goes once the setting is on.
    assert_eq!(off.applied, applied);
    let on = later(&entries, &off.applied, true);
    assert_eq!(on.send, values(&[(Field::RetailPrice, "2.00 USD")]));
    let codes: Vec<Code> = on.reasons.iter().map(|reason| reason.code).collect();
    assert_eq!(codes, [Code::ListingPriceFollows]);
    assert!(!on.is_blocked());
}

#[test]
fn a_price_that_does_not_go_holds_nothing_up() {
    let applied = Applied { values: values(&[(Field::WholesalePrice, "1.00 USD")]), ..Applied::default() };
    for prices in [false, true] {
        let change = later(&[broken(Field::WholesalePrice, true)], &applied, prices);
        assert_eq!((change.reasons, change.applied), (Vec::new(), applied.clone()));
    }
}

#[test]
fn what_leaflink_has_of_its_own_stays_while_nobody_says_anything() {
    let entries = [Entry { field: Field::Description, value: Ok("New name".to_owned()), said: Said::Nobody }];
    let old = values(&[(Field::Description, "Old name")]);
    let made_by_us = Applied { values: old.clone(), apart: Vec::new() };
    assert_eq!(later(&entries, &made_by_us, false).send, values(&[(Field::Description, "New name")]));
    let linked = Applied { values: old, apart: vec![Field::Description] };
    assert_eq!(later(&entries, &linked, false).send, []);
    let own = [entry(Field::Description, "The product's own", false)];
    assert_eq!(later(&own, &linked, false).send, values(&[(Field::Description, "The product's own")]));
}

#[test]
fn the_erps_own_fields_go_along_with_an_edit() {
    let applied = Applied {
        values: values(&[
            (Field::Name, "Ours"),
            (Field::Sku, "S"),
            (Field::UnitType, "Unit"),
            (Field::Brand, "2"),
        ]),
        apart: vec![Field::Sku],
    };
    let shown = values(&[(Field::Name, "Edited there"), (Field::Sku, "T"), (Field::UnitType, "Unit")]);
    let mut send = values(&[(Field::Brand, "2")]);
    go_along(&mut send, &applied, &shown);
    assert_eq!(send, values(&[(Field::Brand, "2"), (Field::Name, "Ours")]));
    let mut nothing = Values::new();
    go_along(&mut nothing, &applied, &shown);
    assert_eq!(nothing, []);
}

#[test]
fn another_unit_type_holds_all_of_it_unless_a_write_puts_it_right() {
    let differs = || Some(Reason::new(Code::UnitTypeDiffers, "Pounds and grams."));
    let held = |apart: &[Field], send: &[(Field, &str)], on_its_way| {
        let applied = Applied { values: Values::new(), apart: apart.to_vec() };
        let mut change = Change { send: values(send), applied, reasons: Vec::new() };
        change.hold_for_unit(differs(), on_its_way);
        change.is_blocked()
    };
    let edit = [(Field::Brand, "2")];
    // They never agreed: nothing that goes brings the unit type.
    assert!(held(&[Field::UnitType], &[], false) && held(&[Field::UnitType], &edit, true));
    // They did, and LeafLink's was changed: it goes along with the next edit.
    assert!(held(&[], &[], false) && !held(&[], &edit, false) && !held(&[], &[], true));
    let mut agreeing = Change::default();
    agreeing.hold_for_unit(None, false);
    assert!(!agreeing.is_blocked());
}

#[test]
fn a_price_that_stays_is_told_when_it_is_for_something_else() {
    let shown = |price| {
        values(&[(Field::WholesalePrice, price), (Field::UnitType, "Unit"), (Field::UnitsPerCase, "1")])
    };
    let told = |send: &[(Field, &str)], price| {
        price_that_stays("Chews", &values(send), &shown(price)).map(|reason| reason.message)
    };
    let case = [(Field::SellInMultiples, "Case"), (Field::UnitsPerCase, "10")];
    let message = told(&case, "24.00 USD").unwrap();
    assert!(message.contains("24.00 USD, was for 1 Unit and is for 10 Unit from now on"), "{message}");
    assert!(told(&[(Field::UnitType, "Gram")], "24.00 USD").unwrap().contains("is for 1 Gram"));
    assert_eq!(told(&case, "0.00 USD"), None, "there is no price");
    assert_eq!(told(&[(Field::UnitsPerCase, "1"), (Field::Brand, "2")], "24.00 USD"), None);
}
