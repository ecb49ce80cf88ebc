use proptest::prelude::*;

use super::*;

fn usd(amount: &str) -> Option<Price> {
    Some(Price { amount: amount.parse().unwrap(), currency: "USD".to_owned() })
}

fn sides(sale: &str, wholesale: &str, units: i64) -> Sides<'static> {
    Sides {
        name: "Gummies",
        own_currency: "USD",
        sale_price: usd(sale),
        units_per_case: None,
        sell_in_multiples: None,
        wholesale_price: usd(wholesale),
        unit_multiplier: Some(units.into()),
        agreed: None,
        sent: &[],
    }
}

fn agreed(sale: &str, wholesale: &str, units: u32) -> Option<Agreed> {
    Some(Agreed { sale_price: sale.parse().unwrap(), wholesale_price: wholesale.parse().unwrap(), units })
}

fn action(sides: &Sides<'_>) -> Action {
    let plan = decide(sides, true);
    assert!(plan.reasons.iter().all(|reason| !reason.code.blocks()), "{:?}", plan.reasons);
    plan.action
}

fn codes(sides: &Sides<'_>) -> Vec<Code> {
    let plan = decide(sides, true);
    plan.reasons.iter().map(|reason| reason.code).collect()
}

fn push(price: &str) -> Action {
    Action::Push(price.parse().unwrap())
}

fn take(price: &str) -> Action {
    Action::Take(price.parse().unwrap())
}

#[test]
fn with_the_setting_off_nothing_moves() {
    let plan = decide(&Sides { agreed: agreed("9", "108", 12), ..sides("10", "110", 12) }, false);
    assert_eq!(plan.action, Action::Nothing);
    assert_eq!(plan.reasons[0].code, Code::PricesOff);
}

#[test]
fn the_side_that_moved_leads_by_units_per_case() {
    let base = agreed("9.00", "108.00", 12);
    for (sale, wholesale, wanted) in [
        ("9", "108", Action::Nothing),
        ("9.50", "108", push("114.00")),
        ("9", "114", take("9.5")),
        ("9", "100", take("8.333333333")),
        ("9.50", "100", push("114.00")),
    ] {
        let sides = Sides { agreed: base, ..sides(sale, wholesale, 12) };
        assert_eq!(action(&sides), wanted, "{sale} {wholesale}");
    }
}

#[test]
fn a_product_that_is_sold_by_the_unit_has_one_price() {
    let base = agreed("18", "18", 1);
    assert_eq!(action(&Sides { agreed: base, ..sides("19.99", "18", 1) }), push("19.99"));
    assert_eq!(action(&Sides { agreed: base, ..sides("18", "17.50", 1) }), take("17.5"));
    // A case size that LeafLink does not use plays no part.
    let with_cases = Sides { units_per_case: Some(12), agreed: base, ..sides("19.99", "18", 1) };
    assert_eq!(action(&with_cases), push("19.99"));
    let unsold = Sides { unit_multiplier: None, agreed: base, ..sides("19.99", "18", 1) };
    assert_eq!(action(&unsold), push("19.99"));
}

#[test]
fn both_moved_the_erp_leads_and_says_what_gave_way() {
    let plan = decide(&Sides { agreed: agreed("9", "108", 12), ..sides("9.50", "120", 12) }, true);
    assert_eq!(plan.action, push("114.00"));
    let [reason] = plan.reasons.as_slice() else { panic!("{:?}", plan.reasons) };
    assert_eq!((reason.code, reason.fact("overruled")), (Code::PriceOverruled, Some("120.00")));
    // LeafLink stood still: nothing gave way.
    let plan = decide(&Sides { agreed: agreed("9", "108", 12), ..sides("9.50", "108", 12) }, true);
    assert_eq!(plan.reasons, []);
}

#[test]
fn both_moved_to_the_same_price_agree() {
    let sides = Sides { agreed: agreed("9", "108", 12), ..sides("9.50", "114", 12) };
    assert_eq!(action(&sides), Action::Agree(agreed("9.50", "114", 12).unwrap()));
}

#[test]
fn at_first_sight_the_erp_leads() {
    assert_eq!(action(&sides("9", "120", 12)), push("108"));
    assert_eq!(codes(&sides("9", "120", 12)), [Code::PriceOverruled]);
    assert_eq!(codes(&sides("9", "0", 12)), [], "no price of LeafLink's gives way");
    assert_eq!(
        action(&sides("8.333333333", "100", 12)),
        Action::Agree(agreed("8.333333333", "100", 12).unwrap())
    );
    let another_case = Sides { agreed: agreed("9", "108", 12), ..sides("9", "108", 24) };
    assert_eq!(action(&another_case), push("216"));
}

#[test]
fn an_own_write_is_no_change_of_leaflinks() {
    let ours = [Decimal::from(114)];
    let late = Sides { agreed: agreed("9", "108", 12), sent: &ours, ..sides("9", "114", 12) };
    assert_eq!(action(&late), push("108"), "it came after the ERP's price was put back");
    assert_eq!(codes(&late), []);
    let seen = Sides { agreed: agreed("9", "108", 12), sent: &ours, ..sides("9.50", "114", 12) };
    assert_eq!(action(&seen), Action::Agree(agreed("9.50", "114", 12).unwrap()));
    let edited = Sides { agreed: agreed("9", "108", 12), sent: &ours, ..sides("9", "120", 12) };
    assert_eq!(action(&edited), take("10"));
}

#[test]
fn a_price_that_cannot_be_sent_has_a_reason() {
    let base = sides("9", "108", 12);
    let cad = Some(Price { amount: 9.into(), currency: "CAD".to_owned() });
    for (sides, wanted) in [
        (Sides { sale_price: None, ..base.clone() }, Code::SalePriceMissing),
        (sides("0.00", "108", 12), Code::SalePriceMissing),
        (sides("-9", "108", 12), Code::PriceNegative),
        (sides("9.005", "9", 1), Code::PriceNotExact),
        (sides("8.3333", "100", 12), Code::PriceNotExact),
        (sides("0.000000001", "100", 1), Code::PriceNotExact),
        (sides("999999999.99", "100", 12), Code::PriceNotExact),
        (Sides { sale_price: cad.clone(), ..base.clone() }, Code::PriceInOtherCurrency),
        (Sides { wholesale_price: cad, ..base.clone() }, Code::PriceInOtherCurrency),
        (sides("9", "108", 0), Code::UnitsPerCaseUnusable),
        (sides("9", "108", -12), Code::UnitsPerCaseUnusable),
        (sides("9", "108", 1_000_001), Code::UnitsPerCaseUnusable),
        (Sides { unit_multiplier: Some(Decimal::new(125, 1)), ..base.clone() }, Code::UnitsPerCaseUnusable),
        (Sides { units_per_case: Some(0), ..base.clone() }, Code::UnitsPerCaseUnusable),
        (Sides { sell_in_multiples: Some(true), ..base.clone() }, Code::UnitsPerCaseUnusable),
        (Sides { units_per_case: Some(24), ..base.clone() }, Code::UnitsPerCaseDiffer),
        (
            Sides { units_per_case: Some(12), sell_in_multiples: Some(true), ..sides("9", "9", 1) },
            Code::UnitsPerCaseDiffer,
        ),
    ] {
        assert_eq!(codes(&sides), [wanted], "{sides:?}");
        assert_eq!(decide(&sides, true).action, Action::Nothing);
    }
}

#[test]
fn a_price_that_cannot_be_taken_has_a_reason() {
    let base = agreed("9", "108", 12);
    for (wholesale, wanted) in [
        (None, Code::WholesalePriceMissing),
        (usd("0"), Code::WholesalePriceMissing),
        (usd("-1"), Code::PriceNegative),
        (usd("100.005"), Code::PriceNotExact),
    ] {
        let sides = Sides { wholesale_price: wholesale, agreed: base, ..sides("9", "108", 12) };
        assert_eq!(codes(&sides), [wanted], "{sides:?}");
        // The ERP can put it right by a price of its own.
        let sides = Sides { sale_price: usd("10"), ..sides };
        assert_eq!(decide(&sides, true).action, push("120"));
    }
}

#[test]
fn every_reason_is_named_at_once() {
    let all = Sides {
        sale_price: Some(Price { amount: (-1).into(), currency: "CAD".to_owned() }),
        units_per_case: Some(24),
        ..sides("9", "108", 12)
    };
    assert_eq!(codes(&all), [Code::PriceInOtherCurrency, Code::UnitsPerCaseDiffer, Code::PriceNegative]);
}

#[test]
fn a_price_that_is_not_exact_names_one_near_it_that_is() {
    let plan = decide(&sides("8.3333", "108", 12), true);
    assert!(plan.reasons[0].fix.contains("8.333333333, which is 100.00"), "{}", plan.reasons[0].fix);
}

/// A product with its memory, on which people and the rule act in turn.
#[derive(Clone, Debug)]
struct World {
    sale: Decimal,
    wholesale: Decimal,
    units: u32,
    agreed: Option<Agreed>,
    /// Places that this ERP keeps of a price.
    places: u32,
}

impl World {
    fn plan(&self) -> Plan {
        let price = |amount| Some(Price { amount, currency: "USD".to_owned() });
        let sides = Sides {
            sale_price: price(self.sale),
            wholesale_price: price(self.wholesale),
            agreed: self.agreed,
            ..sides("1", "1", self.units.into())
        };
        decide(&sides, true)
    }

    fn step(&mut self) -> Action {
        let plan = self.plan();
        match plan.action {
            Action::Push(price) => self.wholesale = price,
            Action::Take(price) => self.sale = price.round_dp(self.places),
            Action::Agree(_) | Action::Nothing => {}
        }
        match plan.action {
            Action::Push(_) | Action::Take(_) => {
                let (sale_price, wholesale_price) = (self.sale, self.wholesale);
                self.agreed = Some(Agreed { sale_price, wholesale_price, units: self.units });
            }
            Action::Agree(agreed) => self.agreed = Some(agreed),
            Action::Nothing => {}
        }
        plan.action
    }
}

fn moves(action: &Action) -> bool {
    matches!(action, Action::Push(_) | Action::Take(_))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_case_price_comes_back_to_the_cent(cents in 1_i64..100_000_000_000, units in 1_u32..=1_000_000) {
        let wholesale = Decimal::new(cents, 2);
        let unit = to_unit_price(wholesale / Decimal::from(units));
        prop_assert_eq!(to_cents(unit * Decimal::from(units)), wholesale);
        // Too small a share of a cent has no nine places that tell it from another.
        let world = World { sale: unit, wholesale, units, agreed: None, places: 9 };
        let plan = world.plan();
        prop_assert_eq!(plan.action, Action::Agree(Agreed { sale_price: unit, wholesale_price: wholesale, units }));
    }

    #[test]
    fn whoever_moves_both_sides_come_to_rest(
        sale in 1_i64..1_000_000,
        wholesale in 1_i64..10_000_000,
        units in prop_oneof![Just(1_u32), 2_u32..40, 2_u32..=1_000_000],
        places in prop_oneof![Just(9_u32), 2_u32..9],
        edits in proptest::collection::vec((any::<bool>(), 1_i64..10_000_000), 0..12),
    ) {
        let mut world =
            World { sale: Decimal::new(sale, 2), wholesale: Decimal::new(wholesale, 2), units, agreed: None, places };
        world.step();
        prop_assert!(!moves(&world.step()), "{:?}", world);
        for (in_erp, cents) in edits {
            let before = world.clone();
            if in_erp {
                world.sale = Decimal::new(cents, 2);
            } else {
                world.wholesale = Decimal::new(cents, 2);
            }
            let edited = world.clone();
            world.step();
            if in_erp || before.agreed.is_none() {
                prop_assert_eq!(world.sale, edited.sale, "the ERP's own price was overwritten: {:?}", before);
            } else {
                prop_assert_eq!(world.wholesale, edited.wholesale, "LeafLink's change was not followed: {:?}", before);
            }
            let rest = world.clone();
            prop_assert!(!moves(&world.step()), "{:?} moved again", rest);
            prop_assert_eq!((world.sale, world.wholesale), (rest.sale, rest.wholesale));
        }
    }

    #[test]
    fn what_is_sent_is_the_sale_price_to_the_cent(sale in 1_i64..10_000_000_000, scale in 0_u32..=9, units in 1_u32..=1_000) {
        let sale = Decimal::new(sale, scale);
        let world = World { sale, wholesale: Decimal::ZERO, units, agreed: None, places: 9 };
        if let Action::Push(price) = world.plan().action {
            // Never more than half a billionth of a unit price away from what the ERP asks.
            let off = (price - sale * Decimal::from(units)).abs();
            prop_assert!(off <= Decimal::from(units) * Decimal::new(5, 10), "{sale} x {units} = {price}");
            prop_assert!(price.scale() <= 2 || price.normalize().scale() <= 2);
        }
    }
}
