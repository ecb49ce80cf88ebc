//! Every part of the figure, one by one.

use super::*;
use crate::rules::ids::LocationId;
use crate::rules::product::unit_type::Measures;

fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn unit(name: &str, measures: Measures, per_si_unit: Option<&str>) -> UnitType {
    UnitType { name: name.to_owned(), measures, per_si_unit: per_si_unit.map(number) }
}

struct Case {
    settings: Settings,
    unit: UnitType,
    levels: Vec<StockLevel>,
    claims: Vec<Claim>,
    shown: Shown,
    confirmed: Option<Decimal>,
}

impl Case {
    fn new(levels: &[(&str, &str, &str, &str)]) -> Self {
        let level = |(place, active, reserved, promised): &(&str, &str, &str, &str)| StockLevel {
            product: ProductId("p".to_owned()),
            location: (!place.is_empty()).then(|| LocationId((*place).to_owned())),
            active: number(active),
            reserved: number(reserved),
            promised: number(promised),
        };
        Self {
            settings: Settings::default(),
            unit: unit("Each", Measures::Pieces, None),
            levels: levels.iter().map(level).collect(),
            claims: Vec::new(),
            shown: Shown {
                mode: Mode::Managed,
                unit: "Unit".to_owned(),
                available: number("800"),
                reserved: Decimal::ZERO,
                fractions: false,
            },
            confirmed: None,
        }
    }

    /// An order whose sales order has `in_erp` units, and which LeafLink reserves.
    fn order(mut self, quantity: &str, in_erp: &str) -> Self {
        self.claims.push(Claim {
            order: format!("LL-{}", self.claims.len()),
            quantity: number(quantity),
            reserved: number(quantity),
            in_erp: number(in_erp),
        });
        self.shown.reserved += number(quantity);
        self
    }

    fn figure(&self) -> Figure {
        figure(
            &Stock {
                product: &ProductId("p".to_owned()),
                name: "Gummies",
                unit: &self.unit,
                levels: &self.levels,
                claims: &self.claims,
                shown: &self.shown,
                confirmed: self.confirmed,
            },
            &self.settings,
        )
    }

    fn available(&self) -> Option<String> {
        self.figure().available.map(plain)
    }

    fn codes(&self) -> Vec<&'static str> {
        self.figure().reasons.iter().map(|reason| reason.code.word()).collect()
    }
}

#[test]
fn on_hand_less_reserved_at_all_locations() {
    let case = Case::new(&[("vault", "480", "30", "0"), ("annex", "120", "0", "0"), ("", "0", "5", "0")]);
    assert_eq!(case.available().as_deref(), Some("565"));
    assert!(case.figure().differs);
    assert_eq!(case.codes(), [""; 0]);
}

#[test]
fn chosen_locations_count_alone_and_lines_without_one_always() {
    let mut case = Case::new(&[("vault", "480", "0", "0"), ("annex", "120", "20", "0"), ("", "0", "5", "0")]);
    case.settings.inventory_locations = vec![LocationId("annex".to_owned())];
    assert_eq!(case.available().as_deref(), Some("95"));
}

#[test]
fn what_pending_sales_orders_promise_is_not_offered_again() {
    let case = Case::new(&[("vault", "100", "0", "24")]).order("24", "24");
    assert_eq!(case.available().as_deref(), Some("76"));
    assert_eq!(case.codes(), ["stock-held-back"]);
}

#[test]
fn an_order_that_waits_is_owed_and_one_that_is_processing_is_the_erps() {
    let case = Case::new(&[("vault", "100", "10", "0")]).order("24", "0").order("10", "10");
    let figure = case.figure();
    assert_eq!(
        (plain(figure.held_back), figure.available.map(plain)),
        ("24".to_owned(), Some("66".to_owned()))
    );
    assert!(figure.reasons[0].message.contains("24 on LeafLink order LL-0"), "{}", figure.reasons[0].message);
}

#[test]
fn an_edit_that_did_not_come_over_is_owed() {
    assert_eq!(
        Case::new(&[("vault", "100", "10", "0")]).order("15", "10").available().as_deref(),
        Some("85")
    );
    assert_eq!(Case::new(&[("vault", "100", "10", "0")]).order("8", "10").available().as_deref(), Some("90"));
}

#[test]
fn what_leaflink_reserves_for_orders_not_seen_here_is_held_back() {
    let mut case = Case::new(&[("vault", "100", "10", "0")]).order("10", "10");
    case.shown.reserved += number("7");
    assert_eq!(case.available().as_deref(), Some("83"));
    assert!(case.figure().reasons[0].message.contains("7 that LeafLink has reserved"));
}

#[test]
fn an_order_that_waits_after_leaflink_took_its_units_is_still_owed() {
    let mut case = Case::new(&[("vault", "100", "0", "0")]).order("12", "0");
    case.claims[0].reserved = Decimal::ZERO;
    case.shown.reserved = Decimal::ZERO;
    assert_eq!(case.available().as_deref(), Some("88"));
}

#[test]
fn the_buffer_is_kept_and_never_makes_a_figure_negative() {
    let mut case = Case::new(&[("vault", "100", "0", "0")]);
    for (buffer, wanted) in [("5", "95"), ("100", "0"), ("250", "0")] {
        case.settings.safety_buffers = [(ProductId("p".to_owned()), number(buffer))].into_iter().collect();
        assert_eq!(case.available().as_deref(), Some(wanted));
    }
}

#[test]
fn whole_units_unless_fractions_are_allowed_and_always_down() {
    let mut case = Case::new(&[("vault", "10.999999", "0", "0")]);
    assert_eq!(case.available().as_deref(), Some("10"));
    assert_eq!(plain(case.figure().rounded_off), "0.999999");
    case.shown.fractions = true;
    assert_eq!(case.available().as_deref(), Some("10.9999"));
}

#[test]
fn modes_decide_whether_it_is_pushed() {
    let mut case = Case::new(&[("vault", "100", "0", "0")]);
    case.shown.mode = Mode::Unlimited;
    assert_eq!((case.available(), case.codes()), (None, vec!["stock-unlimited"]));
    case.shown.mode = Mode::Inherited;
    assert_eq!(case.available().as_deref(), Some("100"));
    case.confirmed = Some(number("100"));
    assert_eq!((case.available(), case.codes()), (None, vec!["stock-inherited"]));
    case.shown.mode = Mode::Managed;
    assert_eq!(case.available().as_deref(), Some("100"));
}

#[test]
fn nothing_is_to_do_when_leaflink_shows_the_figure() {
    let mut case = Case::new(&[("vault", "100", "0", "0")]);
    case.shown.available = number("100.0000");
    assert!(!case.figure().differs);
}

#[test]
fn unknown_stock_is_not_none() {
    assert_eq!(Case::new(&[]).codes(), ["stock-unknown"]);
    assert_eq!(Case::new(&[]).available(), None);
    assert_eq!(Case::new(&[("", "0", "0", "0")]).available().as_deref(), Some("0"));
}

#[test]
fn less_than_nothing_on_hand_is_not_pushed() {
    let case = Case::new(&[("vault", "-3", "0", "0")]);
    assert_eq!((case.available(), case.codes()), (None, vec!["stock-negative"]));
    assert!(!case.figure().differs);
}

#[test]
fn less_than_nothing_at_one_location_is_told_of() {
    let case = Case::new(&[("vault", "480", "0", "0"), ("annex", "-100", "0", "0")]);
    assert_eq!((case.available().as_deref(), case.codes()), (Some("380"), vec!["stock-negative-somewhere"]));
    assert!(case.figure().reasons[0].message.contains("-100 on hand at annex"));
}

#[test]
fn more_reserved_than_on_hand_offers_nothing() {
    let case = Case::new(&[("vault", "10", "12", "0")]);
    assert_eq!((case.available().as_deref(), case.codes()), (Some("0"), vec!["stock-oversold"]));
}

#[test]
fn units_must_be_the_same() {
    let mut case = Case::new(&[("vault", "10", "0", "0")]);
    case.shown.unit = "Gram".to_owned();
    assert_eq!((case.available(), case.codes()), (None, vec!["unit-not-convertible"]));
    case.unit = unit("g", Measures::Weight, Some("1000"));
    assert_eq!(case.available().as_deref(), Some("10"));
    case.shown.unit = "Unit".to_owned();
    assert_eq!(case.codes(), ["unit-not-convertible"]);
}

#[test]
fn a_unit_that_leaflink_does_not_know_is_its_unit() {
    for (name, measures, per_si_unit) in
        [("Cartridge", Measures::Pieces, None), ("Gallon", Measures::Volume, Some("0.264172"))]
    {
        let mut case = Case::new(&[("vault", "60", "0", "0")]);
        case.unit = unit(name, measures, per_si_unit);
        assert_eq!(case.available().as_deref(), Some("60"), "{name}");
    }
}

#[test]
fn a_figure_is_bounded() {
    let case = Case::new(&[("vault", "999999999999999999", "0", "0")]);
    assert_eq!(case.available().as_deref(), Some("999999999"));
}
