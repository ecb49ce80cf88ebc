//! "How to Sync Inventory": what LeafLink should show as available, and why.
//!
//! LeafLink takes an order's units off what it offers as soon as the order is submitted; the ERP
//! does so only once its sales order is processing. In between, the ERP's own figure still holds
//! units that a buyer was promised. So the figure is
//!
//! > on hand - reserved - promised on pending sales orders - owed on other LeafLink orders
//! > - the safety buffer, rounded down, at least 0,
//!
//! and what LeafLink has reserved beyond the orders that could be read is owed too: whatever it is
//! for, somebody was promised it.
//!
//! LeafLink cannot show less than 0. So when more was promised than there is, and a buyer then gives
//! units back, LeafLink offers them until the next push.

use rust_decimal::{Decimal, RoundingStrategy};

use super::decimal::plain;
use super::decision::Reason;
use super::ids::ProductId;
use super::order::{StockLevel, stock};
use super::product::unit_type::{UnitType, same};
use super::reasons::Code;
use super::settings::Settings;

/// Places that LeafLink keeps of a quantity that may be a fraction.
const LEAFLINK_PLACES: u32 = 4;
/// The largest quantity that LeafLink is given.
const LARGEST: Decimal = Decimal::from_parts(999_999_999, 0, 0, false, 0);
/// Orders that a reason names.
const NAMED: usize = 5;

/// "Inventory Management" of a LeafLink product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Kept in step with the ERP.
    Managed,
    /// Sold without limit.
    Unlimited,
    /// Set once.
    Inherited,
}

/// A LeafLink product as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// How its stock is managed.
    pub mode: Mode,
    /// Its unit of measure.
    pub unit: String,
    /// Offered to buyers.
    pub available: Decimal,
    /// On submitted and accepted orders.
    pub reserved: Decimal,
    /// Whether fractions of a unit can be ordered.
    pub fractions: bool,
}

/// What one LeafLink order holds of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The "Order No.".
    pub order: String,
    /// How much the buyer was promised.
    pub quantity: Decimal,
    /// How much of LeafLink's reserved quantity it explains.
    pub reserved: Decimal,
    /// The quantity on its sales order, which the ERP subtracts or answers as promised. 0 without
    /// a sales order.
    pub in_erp: Decimal,
}

impl Claim {
    /// What the buyer was promised beyond what the ERP knows of.
    fn owed(&self) -> Decimal {
        (self.quantity - self.in_erp).max(Decimal::ZERO)
    }
}

/// Everything that one figure is made of.
#[derive(Clone, Debug)]
pub struct Stock<'a> {
    /// The ERP product.
    pub product: &'a ProductId,
    /// Its name.
    pub name: &'a str,
    /// How the ERP counts it.
    pub unit: &'a UnitType,
    /// Its levels at every place; none: its stock is unknown.
    pub levels: &'a [StockLevel],
    /// What LeafLink's orders hold of it.
    pub claims: &'a [Claim],
    /// LeafLink's product.
    pub shown: &'a Shown,
    /// What LeafLink was last seen to show as it should; `None`: it never was.
    pub confirmed: Option<Decimal>,
}

/// What LeafLink should show, its parts, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// What LeafLink should show; `None`: nothing is to be pushed.
    pub available: Option<Decimal>,
    /// On hand at the chosen locations.
    pub active: Decimal,
    /// Of that, reserved in the ERP.
    pub reserved: Decimal,
    /// Promised on LeafLink orders that the ERP does not subtract.
    pub held_back: Decimal,
    /// Kept back on purpose.
    pub buffer: Decimal,
    /// Cut off by rounding.
    pub rounded_off: Decimal,
    /// LeafLink shows something else.
    pub differs: bool,
    /// Why there is none, or why it is lower than people may expect.
    pub reasons: Vec<Reason>,
}

impl Figure {
    /// Whether LeafLink shows what it should.
    pub fn is_shown(&self) -> bool {
        self.available.is_some() && !self.differs
    }
}

/// Reckons what LeafLink should show.
pub fn figure(stock: &Stock, settings: &Settings) -> Figure {
    let mut figure = match parts(stock, settings) {
        Ok(figure) => figure,
        Err(reason) => return Figure { reasons: vec![reason], ..Figure::default() },
    };
    if let Some(why_not) = not_kept_in_step(stock) {
        figure.reasons.insert(0, why_not);
        return figure;
    }
    let free =
        (figure.active - figure.reserved - figure.held_back - figure.buffer).clamp(Decimal::ZERO, LARGEST);
    let places = if stock.shown.fractions { LEAFLINK_PLACES } else { 0 };
    let available = free.round_dp_with_strategy(places, RoundingStrategy::ToZero);
    figure.rounded_off = free - available;
    figure.available = Some(available);
    figure.differs = available != stock.shown.available;
    figure
}

/// On hand, reserved and held back; or why they cannot be told.
fn parts(stock: &Stock, settings: &Settings) -> Result<Figure, Reason> {
    let Stock { name, product, .. } = stock;
    let about = |code, message: String| Reason::new(code, message).with("product", product);
    // Quantities of orders come over as they are, so nothing is converted here either.
    if !same(stock.unit, &stock.shown.unit) {
        return Err(about(
            Code::UnitNotConvertible,
            format!("{name}: the ERP counts it in {} and LeafLink in {}.", stock.unit.name, stock.shown.unit),
        ));
    }
    if stock.levels.is_empty() {
        return Err(about(Code::StockUnknown, format!("The stock of {name} is unknown in the ERP.")));
    }
    let (mut active, mut reserved, mut promised) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
    let mut reasons = Vec::new();
    for level in stock.levels.iter().filter(|level| stock::counts(level.location.as_ref(), settings, None)) {
        active += level.active;
        reserved += level.reserved;
        promised += level.promised;
        if let Some(location) = level.location.as_ref().filter(|_| level.active < Decimal::ZERO) {
            let message = format!(
                "{name}: the ERP has {} on hand at {location}, which cannot be, and so much less on offer.",
                plain(level.active)
            );
            reasons.push(about(Code::StockNegativeSomewhere, message).with("location", location));
        }
    }
    if active < Decimal::ZERO {
        return Err(about(
            Code::StockNegative,
            format!("{name}: the ERP has {} on hand, which cannot be.", plain(active)),
        )
        .with("active", plain(active)));
    }
    if reserved > active {
        reasons.push(
            about(
                Code::StockOversold,
                format!("{name}: {} are reserved and {} on hand.", plain(reserved), plain(active)),
            )
            .with_fix(format!("Receive or free {} of {name}.", plain(reserved - active))),
        );
    }
    let explained: Decimal = stock.claims.iter().map(|claim| claim.reserved).sum();
    let unexplained = (stock.shown.reserved - explained).max(Decimal::ZERO);
    let owed: Decimal = stock.claims.iter().map(Claim::owed).sum();
    let held_back = promised + owed + unexplained;
    if !held_back.is_zero() {
        let message = format!(
            "{name}: {} are not offered again: {}.",
            plain(held_back),
            held_back_parts(promised, unexplained, stock.claims)
        );
        reasons.push(about(Code::StockHeldBack, message).with("held-back", plain(held_back)));
    }
    let buffer = settings.safety_buffers.get(stock.product).copied().unwrap_or_default();
    Ok(Figure { active, reserved, held_back, buffer, reasons, ..Figure::default() })
}

/// Why a product's stock is left alone in LeafLink.
fn not_kept_in_step(stock: &Stock) -> Option<Reason> {
    match stock.shown.mode {
        Mode::Managed => None,
        Mode::Unlimited => Some(Reason::new(
            Code::StockUnlimited,
            format!("{}: LeafLink sells it without limit.", stock.name),
        )),
        Mode::Inherited => stock.confirmed.map(|confirmed| {
            Reason::new(
                Code::StockInherited,
                format!("{}: LeafLink got {} at the first sync.", stock.name, plain(confirmed)),
            )
        }),
    }
}

fn held_back_parts(promised: Decimal, unexplained: Decimal, claims: &[Claim]) -> String {
    let mut parts = Vec::new();
    if !promised.is_zero() {
        parts.push(format!("{} on pending sales orders", plain(promised)));
    }
    let owing: Vec<_> = claims.iter().filter(|claim| !claim.owed().is_zero()).collect();
    for claim in owing.iter().take(NAMED) {
        parts.push(format!("{} on LeafLink order {}", plain(claim.owed()), claim.order));
    }
    if owing.len() > NAMED {
        let rest: Decimal = owing.iter().skip(NAMED).map(|claim| claim.owed()).sum();
        parts.push(format!("{} on {} more LeafLink orders", plain(rest), owing.len() - NAMED));
    }
    if !unexplained.is_zero() {
        parts.push(format!("{} that LeafLink has reserved for orders not seen here", plain(unexplained)));
    }
    parts.join(", ")
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
