//! LeafLink's wholesale price of a product, against the ERP's sale price.
//!
//! [`decide`](crate::rules::product::price::decide) is asked as at a look with the setting on: a
//! price that either side would have to take over is a difference.

use super::{Area, Cause, Difference, OnItsWay, because};
use crate::rules::decimal::{cents, plain};
use crate::rules::ids::ProductId;
use crate::rules::product::price::{Action, Plan, Price};

/// The field of every difference here.
pub const FIELD: &str = "price";

/// A linked product on both sides.
#[derive(Clone, Debug)]
pub struct Product<'a> {
    /// Its id in the ERP.
    pub id: &'a ProductId,
    /// Its name.
    pub name: &'a str,
    /// The ERP's sale price, for one unit.
    pub sale_price: Option<&'a Price>,
    /// LeafLink's wholesale price, for one case.
    pub shown: Option<&'a Price>,
    /// What the rule says with the setting on.
    pub plan: &'a Plan,
    /// Whether the setting is on.
    pub kept_in_step: bool,
    /// The write that would remove the difference, if it is on its way.
    pub on_its_way: Option<OnItsWay>,
    /// Why the product will be looked at without anybody's doing.
    pub to_be_looked_at: Option<&'static str>,
}

/// How the two sides differ, if they do.
pub fn difference(product: &Product) -> Option<Difference> {
    let plan = product.plan;
    let text = |price: Option<&Price>, places: fn(rust_decimal::Decimal) -> String| match price {
        Some(price) => format!("{} {}", places(price.amount), price.currency),
        None => "none".to_owned(),
    };
    let sale = text(product.sale_price, plain);
    let (erp, held) = match &plan.action {
        Action::Agree(_) => return None,
        Action::Push(price) if plan.units > 1 => {
            (format!("{sale} a unit, {} for {}", cents(*price), plan.units), None)
        }
        Action::Push(_) | Action::Take(_) => (sale, None),
        Action::Nothing => {
            let reason = plan.reasons.iter().find(|reason| reason.code.blocks())?;
            (sale, Some(format!("{} {}", reason.message, reason.fix)))
        }
    };
    let explanation = if !product.kept_in_step {
        because(Cause::Setting, "the setting that keeps prices in step is off.")
    } else if let Some(text) = held {
        because(Cause::Held, text)
    } else {
        let on_its_way = product.on_its_way.as_ref().and_then(OnItsWay::explanation);
        on_its_way.or_else(|| because(Cause::Recent, product.to_be_looked_at?))
    };
    Some(Difference {
        area: Area::Prices,
        subject: product.id.0.clone(),
        label: product.name.to_owned(),
        field: FIELD,
        leaflink: text(product.shown, cents),
        erp,
        explanation,
        obstacle: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::decision::Reason;
    use crate::rules::product::price::Agreed;
    use crate::rules::reasons::Code;

    #[test]
    fn each_explanation() {
        let id = ProductId("p".to_owned());
        let price = |amount: &str| Price { amount: amount.parse().unwrap(), currency: "USD".to_owned() };
        let (sale, shown) = (price("9"), price("100"));
        let agreed = Agreed { sale_price: sale.amount, wholesale_price: shown.amount, units: 12 };
        let blocked = vec![Reason::new(Code::LeafLinkProductGone, "It is gone.")];
        let noticed = || vec![Reason::new(Code::PriceOverruled, "It gave way.")];
        let queued = |refused: Option<&str>| Some(OnItsWay { refused: refused.map(str::to_owned) });
        let push = Action::Push("108".parse().unwrap());
        for (action, reasons, on, on_its_way, look, wanted) in [
            (Action::Nothing, Vec::new(), true, None, None, None),
            (Action::Agree(agreed), Vec::new(), true, None, None, None),
            (push.clone(), Vec::new(), true, None, None, Some(None)),
            (push.clone(), Vec::new(), false, None, None, Some(Some(Cause::Setting))),
            (push.clone(), Vec::new(), true, queued(None), None, Some(Some(Cause::Queued))),
            (push, Vec::new(), true, queued(Some("no")), Some("soon."), Some(Some(Cause::Refused))),
            (Action::Take(sale.amount), Vec::new(), true, None, Some("soon."), Some(Some(Cause::Recent))),
            (Action::Take(sale.amount), Vec::new(), true, None, None, Some(None)),
            (Action::Nothing, noticed(), true, None, None, None),
            (Action::Nothing, [noticed(), blocked].concat(), true, None, None, Some(Some(Cause::Held))),
        ] {
            let plan = Plan { action, units: 12, reasons };
            let found = difference(&Product {
                id: &id,
                name: "Gummies",
                sale_price: Some(&sale),
                shown: Some(&shown),
                plan: &plan,
                kept_in_step: on,
                on_its_way,
                to_be_looked_at: look,
            });
            let came = found.as_ref().map(|one| one.explanation.as_ref().map(|why| why.cause));
            assert_eq!(came, wanted, "{plan:?}");
            if let (Some(found), Action::Push(_)) = (&found, &plan.action) {
                assert_eq!(found.leaflink, "100.00 USD");
                assert_eq!(found.erp, "9 USD a unit, 108.00 for 12");
            }
        }
    }
}
