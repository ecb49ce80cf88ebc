//! "SO tax": a tax of the ERP with the same percentage, or none.
//!
//! Rates are compared as exact decimals (10.75 equals 10.750). The amount is LeafLink's own; with
//! several taxes it is shared out by their rates, so that the parts add up to the cent.

use rust_decimal::Decimal;

use super::draft::{Charge, ChargeKind, ChargeSource};
use super::{Order, OrderTax, Snapshot};
use crate::rules::decimal::{plain, to_cents};
use crate::rules::decision::{Findings, Reason};
use crate::rules::reasons::Code;

/// The taxes of the sales order, given the order's whole tax in money.
pub fn of(order: &Order, tax_in_money: Decimal, snapshot: &Snapshot, findings: &mut Findings) -> Vec<Charge> {
    let amounts = share_out(tax_in_money, &order.taxes);
    order
        .taxes
        .iter()
        .zip(amounts)
        .zip(0..)
        .filter_map(|((tax, amount), place)| {
            let same_rate: Vec<_> = snapshot.taxes.iter().filter(|known| known.rate == tax.rate).collect();
            let Some(taken) = same_rate.first() else {
                findings.notice(
                    Reason::new(
                        Code::TaxNotMatched,
                        format!(
                            "The order has a tax of {} % and the ERP has none of that percentage, so the sales order has no such tax.",
                            plain(tax.rate)
                        ),
                    )
                    .with("rate", plain(tax.rate)),
                );
                return None;
            };
            if same_rate.len() > 1 {
                findings.notice(Reason::new(
                    Code::TaxAmbiguous,
                    format!("{} ERP taxes have {} %; {} ({}) was taken.", same_rate.len(), plain(tax.rate), taken.name, taken.id),
                ));
            }
            Some(Charge {
                name: taken.name.clone(),
                kind: ChargeKind::Charge,
                percent: Some(tax.rate),
                amount,
                tax: Some(taken.id.clone()),
                locked: false,
                source: Some(ChargeSource::Tax(place)),
            })
        })
        .collect()
}

/// Shares an amount out by the taxes' rates, to the cent; the parts add up to the amount. A share
/// is the difference of two rounded running totals, so that none is off by more than a cent.
fn share_out(amount: Decimal, taxes: &[OrderTax]) -> Vec<Decimal> {
    let all: Decimal = taxes.iter().map(|tax| tax.rate).sum();
    let mut rates = Decimal::ZERO;
    let mut given = Decimal::ZERO;
    taxes
        .iter()
        .map(|tax| {
            rates += tax.rate;
            let so_far = if all.is_zero() { Decimal::ZERO } else { to_cents(amount * rates / all) };
            let share = so_far - given;
            given = so_far;
            share
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::ids::TaxId;
    use crate::rules::order::{ErpTax, sample};
    use proptest::prelude::*;

    fn erp_tax(id: &str, rate: &str) -> ErpTax {
        ErpTax { id: TaxId(id.to_owned()), name: format!("Tax {id}"), rate: rate.parse().unwrap() }
    }

    fn taxed(rate: &str, taxes: Vec<ErpTax>) -> (Vec<Charge>, Findings) {
        let mut order = sample::order();
        order.taxes = vec![OrderTax { name: None, rate: rate.parse().unwrap() }];
        let mut snapshot = sample::snapshot();
        snapshot.taxes = taxes;
        let mut findings = Findings::default();
        (of(&order, "10.00".parse().unwrap(), &snapshot, &mut findings), findings)
    }

    #[test]
    fn an_equal_percentage_matches_however_it_is_written() {
        let (charges, findings) = taxed("10.750", vec![erp_tax("a", "10"), erp_tax("b", "10.75")]);
        assert_eq!(charges[0].tax, Some(TaxId("b".to_owned())));
        assert!(findings.reasons.is_empty());
    }

    #[test]
    fn a_rate_is_never_taken_for_its_fraction() {
        let (charges, findings) = taxed("10.75", vec![erp_tax("a", "0.1075")]);
        assert!(charges.is_empty());
        assert_eq!(findings.reasons[0].code, Code::TaxNotMatched);
    }

    #[test]
    fn of_two_equal_taxes_the_first_is_taken_and_said() {
        let (charges, findings) = taxed("15", vec![erp_tax("a", "15"), erp_tax("b", "15.0")]);
        assert_eq!(charges[0].tax, Some(TaxId("a".to_owned())));
        assert_eq!(findings.reasons[0].code, Code::TaxAmbiguous);
    }

    proptest! {
        #[test]
        fn shares_add_up(cents in 0_i64..10_000_000, rates in proptest::collection::vec(1_i64..100_000, 1..6)) {
            let taxes: Vec<_> = rates.iter().map(|rate| OrderTax { name: None, rate: Decimal::new(*rate, 3) }).collect();
            let amount = Decimal::new(cents, 2);
            prop_assert_eq!(share_out(amount, &taxes).iter().sum::<Decimal>(), amount);
        }
    }
}
