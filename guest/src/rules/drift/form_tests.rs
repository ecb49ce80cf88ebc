use super::super::Cause;
use super::*;
use crate::rules::decision::Reason;
use crate::rules::product::listing::Values;
use crate::rules::product::listing::change::Applied;
use crate::rules::reasons::Code;

const NAMES: [(u64, &str); 2] = [(2201, "Foxglove"), (2202, "Nightshade")];

/// One field of one product: what the form says, what LeafLink shows, and what is known besides.
struct Case {
    entry: Entry,
    shown: Values,
    change: Change,
    applied: bool,
    prices: bool,
    waits_for: Option<&'static str>,
    to_be_looked_at: Option<&'static str>,
    on_its_way: Option<(Values, OnItsWay)>,
}

fn case(field: Field, said: Said, erp: &str, leaflink: &str) -> Case {
    Case {
        entry: Entry { field, value: Ok(erp.to_owned()), said },
        shown: vec![(field, leaflink.to_owned())],
        change: Change::default(),
        applied: true,
        prices: true,
        waits_for: None,
        to_be_looked_at: None,
        on_its_way: None,
    }
}

impl Case {
    fn sent(mut self) -> Self {
        self.change.send = vec![(self.entry.field, self.entry.value.clone().unwrap())];
        self
    }

    fn apart(mut self) -> Self {
        self.change.applied = Applied { apart: vec![self.entry.field], ..Applied::default() };
        self
    }

    fn queued(mut self, wanted: &str, refused: Option<&str>) -> Self {
        let way = OnItsWay { refused: refused.map(str::to_owned) };
        self.on_its_way = Some((vec![(self.entry.field, wanted.to_owned())], way));
        self
    }

    fn difference(&self) -> Option<Difference> {
        let id = ProductId("p-chews".to_owned());
        let known_as = |field: Field, choice: &str| {
            let known = NAMES.iter().find(|(id, _)| field == Field::Brand && id.to_string() == choice);
            known.map(|(_, name)| (*name).to_owned())
        };
        let mut found = differences(&Sides {
            id: &id,
            name: "Chews",
            entries: std::slice::from_ref(&self.entry),
            shown: &self.shown,
            applied: self.applied,
            change: &self.change,
            prices: self.prices,
            waits_for: self.waits_for.map(str::to_owned),
            to_be_looked_at: self.to_be_looked_at,
            on_its_way: self.on_its_way.as_ref().map(|(values, way)| (values.as_slice(), way.clone())),
            known_as: &known_as,
        });
        assert!(found.len() < 2);
        found.pop()
    }

    /// No difference, one that nothing explains, or its cause and text.
    fn cause(&self) -> Option<Option<(Cause, String)>> {
        self.difference().map(|one| one.explanation.map(|why| (why.cause, why.text)))
    }
}

fn assert_cause(case: &Case, cause: Cause, text: &str) {
    let Some(Some((found, words))) = case.cause() else { panic!("{:?}", case.cause()) };
    assert_eq!(found, cause);
    assert!(words.contains(text), "{words}");
}

fn blocking() -> Reason {
    Reason::new(Code::UnitTypeDiffers, "Counted in Gram there.")
}

#[test]
fn what_both_sides_show_is_no_difference_whatever_is_known_besides() {
    for case in [
        case(Field::Name, Said::Product, "Chews", "Chews"),
        case(Field::Description, Said::Form, " Plum.\n", "Plum."),
        case(Field::Name, Said::Product, "Chews", "Chews").queued("Chews", Some("no")),
    ] {
        assert_eq!(case.cause(), None);
    }
}

#[test]
fn what_leaflink_does_not_show_is_not_compared_and_the_wholesale_price_is_elsewhere() {
    let mut hidden = case(Field::License, Said::Form, "70220", "");
    hidden.shown.clear();
    assert_eq!(hidden.cause(), None);
    assert_eq!(case(Field::WholesalePrice, Said::Form, "9.00 USD", "8.00 USD").sent().cause(), None);
    assert_eq!(case(Field::RetailPrice, Said::Form, "9.00 USD", "8.00 USD").sent().cause(), Some(None));
}

#[test]
fn an_edit_that_is_not_on_its_way_was_lost() {
    let edited = case(Field::Description, Said::Form, "Plum.", "Old.");
    assert_eq!(edited.sent().cause(), Some(None), "a look would send it");
    let named = case(Field::Name, Said::Product, "Chews", "Gummies").sent();
    let one = named.difference().unwrap();
    assert_eq!(one.id(), "products/p-chews/name");
    assert_eq!((one.leaflink.as_str(), one.erp.as_str(), one.label.as_str()), ("Gummies", "Chews", "Chews"));
    assert_eq!(one.obstacle, None);
}

#[test]
fn what_leaflink_had_taken_and_shows_no_more_was_edited_there() {
    let edited = || case(Field::Description, Said::Form, "Plum.", "Old.");
    assert_cause(&edited(), Cause::Theirs, "it was edited in LeafLink");
    // That something of the form waits does not keep it so.
    let mut held = edited();
    held.waits_for = Some("The brand is gone.");
    assert_cause(&held, Cause::Theirs, "");
    let mut respelled = case(Field::Name, Said::Product, "Chews", "CHEWS");
    respelled.change.applied.respelled = vec![(Field::Name, "CHEWS".to_owned())];
    assert_cause(&respelled, Cause::Rule, "LeafLink took the ERP's");
    respelled.change.applied.respelled[0].1 = "chews".to_owned();
    assert_cause(&respelled, Cause::Theirs, "");
}

#[test]
fn a_change_in_leaflink_that_the_next_round_overrules_is_recent_and_an_edit_that_was_lost_is_not() {
    let mut renamed = case(Field::Name, Said::Product, "Chews", "Gummies").sent();
    renamed.to_be_looked_at = Some("the next round does it.");
    assert_eq!(renamed.cause(), Some(None), "it was edited in the ERP");
    renamed.change.reasons = vec![Reason::new(Code::ListingOverruled, "Theirs.").at("name")];
    assert_cause(&renamed, Cause::Recent, "the next round does it.");
    renamed.change.reasons.push(blocking());
    assert_cause(&renamed, Cause::Held, "Counted in Gram there.");
    renamed.change.reasons.truncate(1);
    renamed.to_be_looked_at = None;
    assert_eq!(renamed.cause(), Some(None), "nothing will bring it");
}

#[test]
fn the_write_of_the_very_value_explains_it_and_that_of_another_does_not() {
    let edited = || case(Field::Description, Said::Form, "Plum.", "Old.").sent();
    assert_cause(&edited().queued("Plum.", None), Cause::Queued, "the write is queued");
    assert_cause(&edited().queued("Plum.", Some("Mentions a health claim.")), Cause::Refused, "health claim");
    assert_eq!(edited().queued("Apple.", None).cause(), Some(None));
    let mut other = edited().queued("Plum.", None);
    other.on_its_way.as_mut().unwrap().0[0].0 = Field::Name;
    assert_eq!(other.cause(), Some(None));
    // It is on its way whatever else could be said of it.
    let mut price = case(Field::RetailPrice, Said::Form, "9.00 USD", "8.00 USD").queued("9.00 USD", None);
    price.prices = false;
    assert_cause(&price.apart(), Cause::Queued, "queued");
    assert_cause(
        &case(Field::UnitType, Said::Product, "Gram", "Unit").apart().queued("Gram", None),
        Cause::Queued,
        "",
    );
}

#[test]
fn nothing_goes_while_something_of_the_form_is_wrong() {
    let mut held = case(Field::Description, Said::Form, "Plum.", "Old.").sent();
    held.waits_for = Some("The brand is gone.");
    assert_cause(&held, Cause::Held, "The brand is gone.");
    // What is the matter now goes before what it was when people were told.
    held.change.reasons = vec![Reason::new(Code::ListingFieldKept, "Kept."), blocking()];
    assert_cause(&held, Cause::Held, "Counted in Gram there.");
    assert_cause(&held, Cause::Held, Code::UnitTypeDiffers.fix());
    held.waits_for = None;
    held.change.reasons.truncate(1);
    assert_eq!(held.cause(), Some(None), "a notice holds nothing");
}

#[test]
fn a_field_that_cannot_be_sent_is_told_of_as_long_as_it_holds_the_form_up() {
    let wrong = Reason::new(Code::ListingFieldInvalid, "\"SKU\" holds a comma.");
    let mut broken = case(Field::Sku, Said::Form, "", "CHW");
    broken.entry.value = Err(Box::new(wrong.clone()));
    assert_eq!(broken.cause(), None, "nobody is to send it");
    broken.change.reasons = vec![blocking()];
    assert_eq!(broken.cause(), None, "something else holds it up");
    broken.change.reasons.push(wrong);
    assert_cause(&broken, Cause::Held, "\"SKU\" holds a comma.");
    assert_cause(&broken, Cause::Held, Code::ListingFieldInvalid.fix());
    assert_eq!(broken.difference().unwrap().erp, "cannot be sent");
}

#[test]
fn a_price_that_is_not_kept_in_step_is_left_as_it_is() {
    let price = |said| {
        let mut case = case(Field::RetailPrice, said, "9.00 USD", "8.00 USD");
        case.prices = false;
        case
    };
    assert_cause(&price(Said::Form), Cause::Setting, "the setting that keeps prices in step is off");
    assert_cause(&price(Said::Form).apart(), Cause::Setting, "");
    assert_eq!(price(Said::Nobody).cause(), None, "nobody in the ERP says anything about it");
    let mut on = price(Said::Nobody);
    on.prices = true;
    assert_cause(&on, Cause::Rule, "nobody filled it in");
    let mut other = case(Field::Description, Said::Form, "Plum.", "Old.");
    other.prices = false;
    assert_cause(&other, Cause::Theirs, "edited in LeafLink"); // It is no price.
}

#[test]
fn linked_products_may_differ_where_leaflink_was_left_as_it_was() {
    let apart = || case(Field::Name, Said::Product, "Chews", "Plum Chews").apart();
    assert_cause(&apart(), Cause::Rule, "linked products may differ");
    // An edit takes it out of that.
    assert_eq!(apart().sent().cause(), Some(None));
    assert_eq!(case(Field::Brand, Said::Nobody, "", "2201").apart().cause(), None);
}

#[test]
fn the_unit_type_is_told_of_the_link() {
    assert_eq!(case(Field::UnitType, Said::Product, "Gram", "Unit").apart().cause(), None);
    assert_eq!(case(Field::UnitType, Said::Product, "Gram", "Unit").sent().cause(), Some(None));
}

#[test]
fn what_nobody_filled_in_is_leaflinks_own() {
    let mut nobodys = case(Field::Brand, Said::Nobody, "", "2201");
    assert_cause(&nobodys, Cause::Rule, "nobody filled it in in the ERP");
    nobodys.applied = false;
    assert_eq!(nobodys.cause(), None, "the two were never looked at together");
    // A person's word counts from the first.
    let mut filled = case(Field::Brand, Said::Form, "2202", "2201").sent();
    filled.applied = false;
    assert_eq!(filled.cause(), Some(None));
    // Emptied, it was taken away in the ERP, and LeafLink still shows it.
    assert_eq!(case(Field::Description, Said::Nobody, "Chews", "Old.").sent().cause(), Some(None));
}

#[test]
fn both_sides_are_shown_in_peoples_words() {
    let shown = |field, erp: &str, leaflink: &str| {
        let one = case(field, Said::Form, erp, leaflink).difference().unwrap();
        (one.leaflink, one.erp)
    };
    let words = |leaflink: &str, erp: &str| (leaflink.to_owned(), erp.to_owned());
    assert_eq!(shown(Field::Brand, "2202", "2201"), words("Foxglove (2201)", "Nightshade (2202)"));
    assert_eq!(shown(Field::Brand, "2203", ""), words("none", "2203"));
    assert_eq!(shown(Field::Strain, "51", "52"), words("52", "51"));
    assert_eq!(shown(Field::Inventory, "1", "9"), words("9", "Managed"));
    assert_eq!(
        shown(Field::StrainClassification, "1", "na"),
        words("na", "1"),
        "only that one's words are ids"
    );
    let (_, long) = shown(Field::Description, &"x".repeat(90), "Old.");
    assert_eq!(long, format!("{}...", "x".repeat(LONGEST)));
}
