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
    let change = first(&entries, &shown, &Applied::default(), false);
    assert_eq!(change.send, values(&[(Field::Brand, "2")]));
    assert_eq!(change.applied.apart, [Field::Name]);
    assert_eq!(change.applied.values.len(), 3);
    assert!(!change.is_blocked());
}

#[test]
fn a_rename_since_the_link_was_seen_is_an_edit_and_an_old_difference_is_none() {
    let entries = [entry(Field::Name, "New name", false), entry(Field::Sku, "OURS", false)];
    let shown = values(&[(Field::Name, "Their name"), (Field::Sku, "THEIRS")]);
    let seen = Applied::seen(values(&[(Field::Name, "Old name"), (Field::Sku, "OURS")]), &shown);
    let change = first(&entries, &shown, &seen, false);
    assert_eq!(change.send, values(&[(Field::Name, "New name")]));
    assert_eq!(change.applied.apart, [Field::Sku]);
    let agreed = values(&[(Field::Name, "New name"), (Field::Sku, "OURS")]);
    assert_eq!(first(&entries, &agreed, &seen, false).send, []);
}

#[test]
fn only_what_was_edited_goes() {
    let applied = Applied {
        values: values(&[(Field::Name, "Old"), (Field::Brand, "1"), (Field::ProductLine, "5")]),
        apart: vec![Field::Name],
        ..Applied::default()
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
    assert!(first(&[broken(Field::Category, true)], &[], &Applied::default(), false).is_blocked());
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
    let made_by_us = Applied { values: old.clone(), ..Applied::default() };
    assert_eq!(later(&entries, &made_by_us, false).send, values(&[(Field::Description, "New name")]));
    let linked = Applied { values: old, apart: vec![Field::Description], ..Applied::default() };
    assert_eq!(later(&entries, &linked, false).send, []);
    let own = [entry(Field::Description, "The product's own", false)];
    assert_eq!(later(&own, &linked, false).send, values(&[(Field::Description, "The product's own")]));
}

#[test]
fn what_a_person_says_on_the_form_is_said_even_if_it_is_what_the_erp_took_for_granted() {
    let applied = |field, value| Applied {
        values: values(&[(field, value)]),
        apart: vec![field],
        ..Applied::default()
    };
    let unsaid = |field, value: &str| Entry { field, value: Ok(value.to_owned()), said: Said::Nobody };
    for (field, off) in
        [(Field::ShowQuantity, "false"), (Field::UnitsPerCase, "1"), (Field::MinimumOrder, "0.01")]
    {
        let apart = applied(field, off);
        assert_eq!(later(&[unsaid(field, off)], &apart, false).send, [], "{field:?}");
        let change = later(&[entry(field, off, true)], &apart, false);
        assert_eq!((change.send, change.applied.apart), (values(&[(field, off)]), Vec::new()));
        // Once it was said, LeafLink's own is not the ERP's to mend.
        assert_eq!(
            later(&[entry(field, off, true)], &Applied { apart: Vec::new(), ..apart }, false).send,
            []
        );
    }
    // A price is apart because its setting was off, and goes with the next edit of it.
    let price = applied(Field::RetailPrice, "2.00 USD");
    assert_eq!(later(&[entry(Field::RetailPrice, "2.00 USD", true)], &price, true).send, []);
}

fn agreed(apart: &[Field], respelled: &[(Field, &str)]) -> Applied {
    Applied {
        values: values(&[
            (Field::Name, "Ours"),
            (Field::Sku, "S"),
            (Field::UnitType, "Gram"),
            (Field::Brand, "2"),
        ]),
        apart: apart.to_vec(),
        respelled: values(respelled),
    }
}

#[test]
fn what_was_changed_in_leaflink_of_the_erps_own_fields_is_overruled() {
    let same = [(Field::Name, "Ours"), (Field::Sku, "S"), (Field::UnitType, "Gram"), (Field::Brand, "2")];
    for (field, ours, is_the_erps) in [
        (Field::Name, "Ours", true),
        (Field::Sku, "S", true),
        (Field::UnitType, "Gram", true),
        (Field::Brand, "2", false),
    ] {
        let mut shown = values(&same);
        assert_eq!(moved(&agreed(&[], &[]), &shown), []);
        shown.retain(|(known, _)| *known != field);
        assert_eq!(moved(&agreed(&[], &[]), &shown), [], "what LeafLink does not show was not changed");
        shown.push((field, "Theirs".to_owned()));
        let overruled = |applied: Applied, sent: &[(Field, &str)], queued: &[(Field, &str)]| {
            let mut change = Change { applied, send: values(sent), ..Change::default() };
            change.overrule(&shown, &values(queued));
            let told: Vec<Code> = change.reasons.iter().map(|reason| reason.code).collect();
            let is_told = change.is_overruled(field);
            assert_eq!(told, vec![Code::ListingOverruled; usize::from(is_told)]);
            assert!(!change.is_blocked() && !change.is_overruled(Field::Description));
            (change.send, is_told)
        };
        let nothing = (Values::new(), false);
        let sent = if is_the_erps { (values(&[(field, ours)]), true) } else { nothing.clone() };
        assert_eq!(overruled(agreed(&[], &[]), &[], &[]), sent, "{field:?}");
        // They differ since they were linked, or LeafLink made that of it.
        assert_eq!(overruled(agreed(&[field], &[]), &[], &[]), nothing);
        assert_eq!(overruled(agreed(&[], &[(field, "Theirs")]), &[], &[]), nothing);
        assert_eq!(overruled(agreed(&[], &[(field, "Before")]), &[], &[]), sent);
        // It is on its way; another value of it is not this one.
        assert_eq!(overruled(agreed(&[], &[]), &[], &[(field, ours)]), nothing);
        assert_eq!(overruled(agreed(&[], &[]), &[], &[(field, "Other")]), sent);
        // It was edited, too.
        assert!(!overruled(agreed(&[], &[]), &[(field, "New")], &[]).1);
    }
    let mut change = Change { applied: agreed(&[], &[]), ..Change::default() };
    change.overrule(&values(&[(Field::Name, "Theirs")]), &[]);
    let message = &change.reasons[0].message;
    assert!(message.contains("\"Theirs\" in LeafLink, which gets \"Ours\" again"), "{message}");
}

#[test]
fn what_leaflink_makes_of_a_value_is_remembered_until_it_takes_another() {
    let mut applied = agreed(&[], &[(Field::Sku, "s")]);
    let sent = values(&[(Field::Name, "Ours"), (Field::Brand, "2")]);
    applied.taken(&sent, &values(&[(Field::Name, "ours"), (Field::Brand, "3"), (Field::Sku, "T")]));
    assert_eq!(applied.respelled, values(&[(Field::Sku, "s"), (Field::Name, "ours")]));
    applied.taken(&sent, &values(&[(Field::Name, "Ours")]));
    applied.taken(&values(&[(Field::Sku, "S")]), &[]);
    assert_eq!(applied.respelled, []);
    // An edit is nothing that LeafLink has taken yet.
    let applied = agreed(&[], &[(Field::Name, "ours"), (Field::Sku, "s")]);
    let change = later(&[entry(Field::Name, "New", false)], &applied, false);
    assert_eq!(change.applied.respelled, values(&[(Field::Sku, "s")]));
}

#[test]
fn what_agreed_when_the_link_was_seen_is_overruled_at_the_first_look_and_what_differed_stays() {
    let own = values(&[(Field::Name, "Ours"), (Field::Sku, "S"), (Field::Description, "Anybody's.")]);
    let seen = Applied::seen(own, &values(&[(Field::Name, "Ours"), (Field::Sku, "T")]));
    assert_eq!(seen.apart, [Field::Sku, Field::Description]);
    let entries = [entry(Field::Name, "Ours", false), entry(Field::Sku, "S", false)];
    let shown = values(&[(Field::Name, "Theirs"), (Field::Sku, "U")]);
    let mut change = first(&entries, &shown, &seen, false);
    change.overrule(&shown, &[]);
    assert!(change.is_overruled(Field::Name) && !change.is_overruled(Field::Sku));
    assert_eq!(change.send, values(&[(Field::Name, "Ours")]));
    assert_eq!(change.applied.apart, [Field::Sku]);
    assert_eq!(moved(&seen, &shown), [Field::Name]);
    // What is remembered from before LeafLink's side was remembered agrees in nothing.
    assert_eq!(moved(&Applied::seen(seen.values, &[]), &shown), []);
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
        ..Applied::default()
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
        let applied = Applied { apart: apart.to_vec(), ..Applied::default() };
        let mut change = Change { send: values(send), applied, ..Change::default() };
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
