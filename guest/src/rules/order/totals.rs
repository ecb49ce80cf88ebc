//! LeafLink's own total against the sum of the order's parts, to the cent.
//!
//! LeafLink's figure wins and is kept as it was sent. In which order LeafLink applies discount, tax,
//! shipping and credits is not documented, so every plausible way is computed; the first that
//! gives LeafLink's total is recorded. When none does, the difference is reported with its parts.

use rust_decimal::Decimal;

use super::{Order, cases, discount};
use crate::rules::decimal::{cents, percent_of, to_cents};
use crate::rules::decision::{Findings, Reason};
use crate::rules::reasons::Code;
use crate::rules::settings::Settings;

/// The rule of this module, in words.
pub const AGREES: &str = "LeafLink's total is the sum of the order's parts";

/// What the tax is a percentage of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TaxBase {
    /// LeafLink stated the tax in money.
    Stated,
    /// The lines less the discount.
    AfterDiscount,
    /// The lines.
    BeforeDiscount,
    /// The lines less the discount, and shipping.
    WithShipping,
}

impl TaxBase {
    fn words(self) -> &'static str {
        match self {
            TaxBase::Stated => "tax as LeafLink states it",
            TaxBase::AfterDiscount => "tax on the lines less the discount",
            TaxBase::BeforeDiscount => "tax on the lines before the discount",
            TaxBase::WithShipping => "tax on the lines less the discount, and on shipping",
        }
    }
}

/// The parts of an order in money, and how they relate to LeafLink's total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// The lines, each rounded to the cent; negative ones included.
    pub lines: Decimal,
    /// The discount, as a positive amount.
    pub discount: Decimal,
    /// The tax in money.
    pub tax: Decimal,
    /// The shipping charge.
    pub shipping: Decimal,
    /// The credits, as a positive amount.
    pub credits: Decimal,
    /// The parts put together.
    pub computed: Decimal,
    /// LeafLink's own total.
    pub leaflink: Decimal,
    /// The way of computing that gave LeafLink's total; `None`: none did.
    pub matched: Option<String>,
}

impl Totals {
    /// LeafLink's total less ours.
    pub fn difference(&self) -> Decimal {
        self.leaflink - self.computed
    }

    fn parts(&self) -> String {
        format!(
            "lines {}, discount {}, tax {}, shipping {}, credits {}",
            cents(self.lines),
            cents(-self.discount),
            cents(self.tax),
            cents(self.shipping),
            cents(-self.credits)
        )
    }
}

/// Computes an order's total in every plausible way and compares.
pub fn compare(order: &Order) -> Totals {
    let lines: Decimal = order.lines.iter().map(cases::amount).sum();
    let exact: Decimal = order.lines.iter().map(cases::exact_amount).sum();
    let shipping = to_cents(order.shipping);
    let credits = to_cents(order.credits);

    let candidate = |tax_base: TaxBase, less_credits: bool, rounded_late: bool| {
        let lines = if rounded_late { to_cents(exact) } else { lines };
        let discount = discount::amount(order, lines);
        let tax = tax_in_money(order, tax_base, lines, discount, shipping);
        let computed = lines - discount + tax + shipping - if less_credits { credits } else { Decimal::ZERO };
        let mut way = tax_base.words().to_owned();
        if !credits.is_zero() {
            way.push_str(if less_credits { ", credits taken off" } else { ", credits not taken off" });
        }
        if rounded_late {
            way.push_str(", lines rounded once they are summed");
        }
        (
            Totals {
                lines,
                discount,
                tax,
                shipping,
                credits,
                computed,
                leaflink: order.total,
                matched: None,
            },
            way,
        )
    };

    let bases: &[TaxBase] = if order.final_tax.is_some() {
        &[TaxBase::Stated, TaxBase::AfterDiscount, TaxBase::BeforeDiscount, TaxBase::WithShipping]
    } else {
        &[TaxBase::AfterDiscount, TaxBase::BeforeDiscount, TaxBase::WithShipping]
    };
    for rounded_late in [false, true] {
        for less_credits in [false, true] {
            for &base in bases {
                let (totals, way) = candidate(base, less_credits, rounded_late);
                if totals.computed == order.total {
                    return Totals { matched: Some(way), ..totals };
                }
            }
        }
    }
    candidate(bases[0], false, false).0
}

/// Reports what the comparison gave; holds the order when the settings say so.
pub fn check(order: &Order, totals: &Totals, settings: &Settings, findings: &mut Findings) {
    if let Some(way) = &totals.matched {
        findings.pass(AGREES, format!("{} {}: {way}", cents(order.total), order.currency));
        return;
    }
    let difference = totals.difference();
    let held = settings.hold_total_difference_above.is_some_and(|bound| difference.abs() > bound);
    let code = if held { Code::TotalDiffersTooMuch } else { Code::TotalDiffers };
    let reason = Reason::new(
        code,
        format!(
            "LeafLink's total is {} {currency} and the parts add up to {} {currency}, a difference of {} ({}).",
            cents(totals.leaflink),
            cents(totals.computed),
            cents(difference),
            totals.parts(),
            currency = order.currency,
        ),
    )
    .at("total")
    .with("difference", cents(difference));
    if held {
        findings.fail(AGREES, vec![reason]);
    } else {
        findings.notice(reason);
    }
}

fn tax_in_money(
    order: &Order,
    base: TaxBase,
    lines: Decimal,
    discount: Decimal,
    shipping: Decimal,
) -> Decimal {
    let rate: Decimal = order.taxes.iter().map(|tax| tax.rate).sum();
    match base {
        TaxBase::Stated => to_cents(order.final_tax.unwrap_or_default()),
        TaxBase::AfterDiscount => percent_of(rate, lines - discount),
        TaxBase::BeforeDiscount => percent_of(rate, lines),
        TaxBase::WithShipping => percent_of(rate, lines - discount + shipping),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::order::{Discount, OrderTax, sample};

    /// Lines 216.00, 10 % off, 15 % tax, 25.00 shipping, 5.00 credit.
    fn order_with_everything() -> Order {
        let mut order = sample::order();
        order.discount = Some(Discount::Percent("10".parse().unwrap()));
        order.taxes = vec![OrderTax { name: None, rate: "15".parse().unwrap() }];
        order.shipping = "25".parse().unwrap();
        order.credits = "5".parse().unwrap();
        order
    }

    #[test]
    fn every_documented_way_is_recognised() {
        for (total, way) in [
            ("248.56", "tax on the lines less the discount, credits not taken off"),
            ("251.80", "tax on the lines before the discount, credits not taken off"),
            ("252.31", "tax on the lines less the discount, and on shipping, credits not taken off"),
            ("243.56", "tax on the lines less the discount, credits taken off"),
        ] {
            let mut order = order_with_everything();
            order.total = total.parse().unwrap();
            assert_eq!(compare(&order).matched.as_deref(), Some(way), "{total}");
        }
    }

    #[test]
    fn a_stated_tax_is_taken_at_its_word() {
        let mut order = order_with_everything();
        order.final_tax = Some("29.17".parse().unwrap());
        order.total = "248.57".parse().unwrap();
        let totals = compare(&order);
        assert_eq!(totals.tax, "29.17".parse().unwrap());
        assert!(totals.matched.is_some());
    }

    #[test]
    fn a_total_that_no_way_gives_is_reported_with_its_parts() {
        let mut order = order_with_everything();
        order.total = "300".parse().unwrap();
        let totals = compare(&order);
        assert_eq!(totals.matched, None);
        let mut findings = Findings::default();
        check(&order, &totals, &Settings::default(), &mut findings);
        assert!(!findings.blocked());
        assert_eq!(findings.reasons[0].code, Code::TotalDiffers);
        assert!(
            findings.reasons[0]
                .message
                .contains("lines 216.00, discount -21.60, tax 29.16, shipping 25.00, credits -5.00")
        );
    }

    #[test]
    fn the_bound_of_the_settings_holds_the_order() {
        let mut order = sample::order();
        let totals_of = |order: &Order, bound: &str| {
            let settings =
                Settings { hold_total_difference_above: Some(bound.parse().unwrap()), ..Settings::default() };
            let mut findings = Findings::default();
            check(order, &compare(order), &settings, &mut findings);
            findings.blocked()
        };
        order.total = "217.00".parse().unwrap();
        assert!(totals_of(&order, "0.99"));
        assert!(!totals_of(&order, "1.00"));
    }
}
