//! What LeafLink offers of a product, against the figure of [`stock_push`](crate::rules::stock_push).

use super::{Area, Cause, Difference, Explanation, OnItsWay, because};
use crate::rules::decimal::plain;
use crate::rules::ids::ProductId;
use crate::rules::reasons::Code;
use crate::rules::stock_push::{Figure, Shown};

/// The field of every difference here.
pub const FIELD: &str = "stock";
/// A push that is no older is followed by the next one in time: they come every ten minutes.
const IN_TIME_MS: u64 = 15 * 60 * 1_000;

/// One product on both sides.
#[derive(Clone, Debug)]
pub struct Product<'a> {
    /// Its id in the ERP.
    pub id: &'a ProductId,
    /// Its name.
    pub name: &'a str,
    /// What LeafLink shows; absent: its product cannot be read.
    pub shown: Option<&'a Shown>,
    /// What it should show.
    pub figure: &'a Figure,
    /// The figure that is on its way, and how the write fares.
    pub on_its_way: Option<OnItsWay>,
    /// Whether the setting is on.
    pub kept_in_step: bool,
    /// When stock was last pushed to the end; absent: never.
    pub pushed_ms: Option<u64>,
    /// The time.
    pub now_ms: u64,
}

/// How the two sides differ, if they do.
pub fn difference(product: &Product) -> Option<Difference> {
    let figure = product.figure;
    let (erp, explanation) = match figure.available {
        Some(available) if figure.differs => (plain(available), explanation(product)),
        Some(_) => return None,
        None => {
            // LeafLink's own affair (Unlimited, Inherited), or something that a person has to do.
            let blocking = figure.reasons.iter().find(|reason| reason.code.blocks())?;
            let text = format!("{} {}", blocking.message, blocking.fix);
            ("cannot be told".to_owned(), because(Cause::Held, text))
        }
    };
    Some(Difference {
        area: Area::Stock,
        subject: product.id.0.clone(),
        label: product.name.to_owned(),
        field: FIELD,
        leaflink: product.shown.map_or_else(|| "cannot be read".to_owned(), |shown| plain(shown.available)),
        erp,
        explanation,
        obstacle: None,
    })
}

fn explanation(product: &Product) -> Option<Explanation> {
    if !product.kept_in_step {
        let text = "the setting \"Sync available inventory to LeafLink\" is off.";
        return because(Cause::Setting, text);
    }
    if let Some(on_its_way) = &product.on_its_way {
        return on_its_way.explanation();
    }
    let age_ms = product.now_ms.saturating_sub(product.pushed_ms?);
    if age_ms > IN_TIME_MS {
        return None;
    }
    let held_back = product.figure.reasons.iter().find(|reason| reason.code == Code::StockHeldBack);
    let why = held_back.map_or_else(String::new, |reason| format!(" {}", reason.message));
    because(
        Cause::Recent,
        format!(
            "it moved since stock was last pushed, {} min ago; the next push, ten minutes after that, brings it.{why}",
            age_ms / 60_000
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::decision::Reason;
    use crate::rules::stock_push::Mode;

    const NOW: u64 = 100 * 60 * 1_000;

    fn shown() -> Shown {
        Shown {
            mode: Mode::Managed,
            unit: "Unit".to_owned(),
            available: 216.into(),
            reserved: 0.into(),
            fractions: false,
        }
    }

    fn differing() -> Figure {
        Figure { available: Some(200.into()), differs: true, ..Figure::default() }
    }

    fn cause(of: &Product) -> Option<Option<Cause>> {
        difference(of).map(|one| one.explanation.map(|explanation| explanation.cause))
    }

    #[test]
    fn each_explanation() {
        let id = ProductId("p".to_owned());
        let (shown, figure) = (shown(), differing());
        let plain = Product {
            id: &id,
            name: "Gummies",
            shown: Some(&shown),
            figure: &figure,
            on_its_way: None,
            kept_in_step: true,
            pushed_ms: None,
            now_ms: NOW,
        };
        assert_eq!(cause(&plain), Some(None), "stock was never pushed");
        let pushed = |ago_min: u64| Product { pushed_ms: Some(NOW - ago_min * 60_000), ..plain.clone() };
        assert_eq!(cause(&pushed(15)), Some(Some(Cause::Recent)));
        assert_eq!(cause(&pushed(16)), Some(None), "the push is overdue");
        let held_back = Figure {
            reasons: vec![
                Reason::new(Code::StockOversold, "More is reserved."),
                Reason::new(Code::StockHeldBack, "4 are promised."),
            ],
            ..differing()
        };
        let recent = difference(&Product { figure: &held_back, ..pushed(1) }).unwrap();
        assert!(recent.explanation.unwrap().text.ends_with("brings it. 4 are promised."));
        for (refused, wanted) in [(None, Cause::Queued), (Some("no".to_owned()), Cause::Refused)] {
            let queued = Product { on_its_way: Some(OnItsWay { refused }), ..pushed(1) };
            assert_eq!(cause(&queued), Some(Some(wanted)));
            let off = Product { kept_in_step: false, ..queued };
            assert_eq!(cause(&off), Some(Some(Cause::Setting)));
        }
        let said = difference(&plain).unwrap();
        assert_eq!(
            (said.leaflink.as_str(), said.erp.as_str(), said.id().as_str()),
            ("216", "200", "stock/p/stock")
        );
    }

    #[test]
    fn no_figure_is_a_difference_only_if_a_person_has_to_act() {
        let id = ProductId("p".to_owned());
        let shown = shown();
        let same = Figure { differs: false, ..differing() };
        let without = |code| Figure { reasons: vec![Reason::new(code, "So it is.")], ..Figure::default() };
        for (figure, wanted) in [
            (same, None),
            (without(Code::StockUnlimited), None),
            (without(Code::StockInherited), None),
            (without(Code::StockUnknown), Some(Some(Cause::Held))),
        ] {
            let product = Product {
                id: &id,
                name: "Gummies",
                shown: Some(&shown),
                figure: &figure,
                on_its_way: None,
                kept_in_step: true,
                pushed_ms: None,
                now_ms: NOW,
            };
            assert_eq!(cause(&product), wanted, "{figure:?}");
        }
    }
}
