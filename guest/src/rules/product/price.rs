//! "Sync Sale Price to LeafLink Wholesale Price": two prices that follow each other.
//!
//! The ERP's sale price is for one unit, with up to nine places. LeafLink's wholesale price is for
//! what LeafLink sells: a case of a product that is sold in multiples, otherwise a unit, and it has
//! two places. Rounding happens once on each way, half away from zero:
//! - towards LeafLink, `sale price * units per case` to the cent;
//! - into the ERP, `wholesale price / units per case` to nine places.
//!
//! Nine places are enough to come back to the same cent for cases of up to a million units, so a
//! case price that does not divide (100.00 / 12 = 8.333333333) stands on both sides and moves
//! neither. A sale price that is no such figure and does not make whole cents is not sent: LeafLink
//! could only show another price than the ERP's.
//!
//! Who moved is told by what both sides showed when they last agreed. If the ERP moved, it leads,
//! whatever LeafLink did meanwhile; if only LeafLink moved, it leads. Without such a memory (just
//! linked, just turned on, another case size) the ERP leads.

use rust_decimal::Decimal;

use crate::rules::decimal::{cents, plain, to_cents, to_unit_price};
use crate::rules::decision::Reason;
use crate::rules::reasons::Code;

/// Most units of one case.
const MOST_UNITS: u32 = 1_000_000;
/// LeafLink's prices stay below this.
const TOO_LARGE: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

/// An amount in a currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// The figure.
    pub amount: Decimal,
    /// ISO 4217.
    pub currency: String,
}

/// What both sides showed when they agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// The ERP's, for one unit.
    pub sale_price: Decimal,
    /// LeafLink's, for one case.
    pub wholesale_price: Decimal,
    /// Units in one case then.
    pub units: u32,
}

/// A product on both sides, as far as its price goes.
#[derive(Clone, Debug)]
pub struct Sides<'a> {
    /// Its name in the ERP.
    pub name: &'a str,
    /// The company's own currency.
    pub own_currency: &'a str,
    /// "Sale Price" in the ERP, for one unit.
    pub sale_price: Option<Price>,
    /// "Units Per Case" in the ERP.
    pub units_per_case: Option<u32>,
    /// "Sell in Multiples" in the ERP; absent: nobody filled in the LeafLink tab.
    pub sell_in_multiples: Option<bool>,
    /// "Wholesale Price" in LeafLink, for one case.
    pub wholesale_price: Option<Price>,
    /// LeafLink's `unit_multiplier`.
    pub unit_multiplier: Option<Decimal>,
    /// What both showed when they last agreed.
    pub agreed: Option<Agreed>,
    /// Prices that were sent to LeafLink and may have come there unseen: no person's change.
    pub sent: &'a [Decimal],
}

/// What to do about a product's price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    Nothing,
    /// Nothing but to remember that both sides agree.
    Agree(Agreed),
    /// Set LeafLink's wholesale price, for one case.
    Push(Decimal),
    /// Set the ERP's sale price, for one unit.
    Take(Decimal),
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What to do.
    pub action: Action,
    /// Units in one case; 1 when that cannot be told.
    pub units: u32,
    /// Why nothing can be done, all of it; or what was overruled.
    pub reasons: Vec<Reason>,
}

/// Decides which side's price follows the other's. With the setting off (`on` is false) nothing of
/// a price is sent or taken.
pub fn decide(sides: &Sides<'_>, on: bool) -> Plan {
    if !on {
        let message = format!("The price of {} is not kept in step, because the setting is off.", sides.name);
        return Plan {
            action: Action::Nothing,
            units: 1,
            reasons: vec![Reason::new(Code::PricesOff, message)],
        };
    }
    let mut reasons = currencies(sides);
    let units = units(sides).unwrap_or_else(|reason| {
        reasons.push(*reason);
        0
    });
    let shown = Shown { sides, units };
    let moved = shown.moved();
    let action = match moved {
        Moved::Neither => Ok(Action::Nothing),
        Moved::LeafLink => shown.take(),
        Moved::Erp { .. } => shown.push(),
    };
    let action = action.unwrap_or_else(|reason| {
        reasons.push(*reason);
        Action::Nothing
    });
    if !reasons.is_empty() {
        return Plan { action: Action::Nothing, units: units.max(1), reasons };
    }
    if let (Action::Push(price), Moved::Erp { overrules: true }) = (&action, moved) {
        reasons.push(shown.overruled(*price));
    }
    Plan { action, units, reasons }
}

/// Both currencies are the company's own.
fn currencies(sides: &Sides<'_>) -> Vec<Reason> {
    let of = |what: &str, price: &Option<Price>| {
        let price = price.as_ref().filter(|price| price.currency != sides.own_currency)?;
        Some(Reason::new(
            Code::PriceInOtherCurrency,
            format!(
                "The {what} of {} is {} {}, and the company's currency is {}.",
                sides.name,
                cents(price.amount),
                price.currency,
                sides.own_currency
            ),
        ))
    };
    let both = [
        of("sale price in the ERP", &sides.sale_price),
        of("wholesale price in LeafLink", &sides.wholesale_price),
    ];
    both.into_iter().flatten().collect()
}

/// Units of what LeafLink's price is for. The ERP must not count another number, since each side
/// would then read the other's price as one for something else.
fn units(sides: &Sides<'_>) -> Result<u32, Box<Reason>> {
    let name = sides.name;
    let unusable = |whose: &str, units: String| {
        let message = format!("{whose} says that a case of {name} holds {units} units.");
        Box::new(Reason::new(Code::UnitsPerCaseUnusable, message))
    };
    let multiplier = sides.unit_multiplier.unwrap_or(Decimal::ONE);
    let in_leaflink = u32::try_from(multiplier)
        .ok()
        .filter(|units| (1..=MOST_UNITS).contains(units) && Decimal::from(*units) == multiplier)
        .ok_or_else(|| unusable("LeafLink", plain(multiplier)))?;
    let stated = match sides.sell_in_multiples {
        Some(true) => Some(sides.units_per_case.unwrap_or(0)),
        Some(false) => None,
        // Nobody said how LeafLink sells it: a case size counts only where there are cases.
        None => sides.units_per_case.filter(|units| in_leaflink > 1 || *units == 0),
    };
    match stated {
        Some(units) if !(1..=MOST_UNITS).contains(&units) => Err(unusable("The ERP", units.to_string())),
        Some(units) if units != in_leaflink => Err(Box::new(Reason::new(
            Code::UnitsPerCaseDiffer,
            format!("A case of {name} holds {units} units in the ERP and {in_leaflink} in LeafLink."),
        ))),
        _ => Ok(in_leaflink),
    }
}

/// Which side leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moved {
    Neither,
    LeafLink,
    Erp {
        /// LeafLink moved too, or showed another price before there was a memory.
        overrules: bool,
    },
}

/// Both sides with the case size; 0: it cannot be told.
struct Shown<'a> {
    sides: &'a Sides<'a>,
    units: u32,
}

impl Shown<'_> {
    fn moved(&self) -> Moved {
        let sale = self.sides.sale_price.as_ref().map(|price| price.amount);
        let wholesale = self.sides.wholesale_price.as_ref().map(|price| price.amount);
        let is_ours = wholesale.is_some_and(|price| self.sides.sent.contains(&price));
        let Some(agreed) = self.sides.agreed.filter(|agreed| agreed.units == self.units) else {
            return Moved::Erp { overrules: !is_ours && wholesale.is_some_and(|price| !price.is_zero()) };
        };
        let leaflink_moved = wholesale != Some(agreed.wholesale_price);
        let by_people = leaflink_moved && !is_ours;
        match () {
            () if sale != Some(agreed.sale_price) => Moved::Erp { overrules: by_people },
            () if by_people => Moved::LeafLink,
            // A write of ours that came late: LeafLink's people did not mean it.
            () if leaflink_moved => Moved::Erp { overrules: false },
            () => Moved::Neither,
        }
    }

    /// The ERP leads.
    fn push(&self) -> Result<Action, Box<Reason>> {
        let name = self.sides.name;
        let Some(sale) = self.sides.sale_price.as_ref().filter(|price| !price.amount.is_zero()) else {
            let message = format!("{name} has no sale price in the ERP, or one of 0.");
            return Err(Box::new(Reason::new(Code::SalePriceMissing, message)));
        };
        if sale.amount.is_sign_negative() {
            let message = format!("The sale price of {name} in the ERP is {}.", cents(sale.amount));
            return Err(Box::new(Reason::new(Code::PriceNegative, message)));
        }
        if self.units == 0 {
            return Ok(Action::Nothing);
        }
        let units = Decimal::from(self.units);
        let price = to_cents(sale.amount * units);
        if price.is_zero() || price >= TOO_LARGE || to_unit_price(price / units) != sale.amount.normalize() {
            return Err(Box::new(self.not_exact(sale.amount, price)));
        }
        let shown = self.sides.wholesale_price.as_ref().map(|price| price.amount);
        Ok(if shown == Some(price) { self.agree(sale.amount, price) } else { Action::Push(price) })
    }

    /// LeafLink leads.
    fn take(&self) -> Result<Action, Box<Reason>> {
        let name = self.sides.name;
        let Some(wholesale) = self.sides.wholesale_price.as_ref().filter(|price| !price.amount.is_zero())
        else {
            let message = format!("{name} has no wholesale price in LeafLink any more, or one of 0.");
            return Err(Box::new(Reason::new(Code::WholesalePriceMissing, message)));
        };
        let amount = wholesale.amount;
        if amount.is_sign_negative() {
            let message = format!("The wholesale price of {name} in LeafLink is {}.", cents(amount));
            return Err(Box::new(Reason::new(Code::PriceNegative, message)));
        }
        if to_cents(amount) != amount || amount >= TOO_LARGE {
            let message = format!(
                "The wholesale price of {name} in LeafLink is {}, which is not exact to the cent or too large.",
                plain(amount)
            );
            return Err(Box::new(
                Reason::new(Code::PriceNotExact, message)
                    .with_fix("Enter the Wholesale Price in LeafLink to the cent."),
            ));
        }
        if self.units == 0 {
            return Ok(Action::Nothing);
        }
        let price = to_unit_price(amount / Decimal::from(self.units));
        let shown = self.sides.sale_price.as_ref().map(|price| price.amount);
        Ok(if shown == Some(price) { self.agree(price, amount) } else { Action::Take(price) })
    }

    fn agree(&self, sale_price: Decimal, wholesale_price: Decimal) -> Action {
        Action::Agree(Agreed { sale_price, wholesale_price, units: self.units })
    }

    /// Why a sale price cannot be LeafLink's, and which one near it can.
    fn not_exact(&self, sale: Decimal, price: Decimal) -> Reason {
        let case = match self.units {
            1 => String::new(),
            units => format!(" times {units} units"),
        };
        let message = format!(
            "The sale price of {} in the ERP is {}{case}, which LeafLink cannot show to the cent.",
            self.sides.name,
            plain(sale)
        );
        let near = to_unit_price(price / Decimal::from(self.units));
        let reason = Reason::new(Code::PriceNotExact, message);
        if price.is_zero() || price >= TOO_LARGE {
            return reason;
        }
        reason.with_fix(format!(
            "Enter a Sale Price in the ERP that makes whole cents, such as {}, which is {} in LeafLink.",
            plain(near),
            cents(price)
        ))
    }

    fn overruled(&self, price: Decimal) -> Reason {
        let before = self.sides.wholesale_price.as_ref().map(|price| cents(price.amount)).unwrap_or_default();
        let why = match self.sides.agreed {
            Some(agreed) if agreed.units == self.units => "it was changed in the ERP, too",
            Some(_) => "a case holds another number of units now",
            None => "the two were never in step",
        };
        let message = format!(
            "LeafLink's wholesale price of {} was {before} and becomes {}: {why}, and the ERP's price goes first.",
            self.sides.name,
            cents(price)
        );
        Reason::new(Code::PriceOverruled, message)
            .with("overruled", before)
            .with("wholesale-price", cents(price))
    }
}

#[cfg(test)]
mod tests;
