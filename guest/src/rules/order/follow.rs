//! "Updating Orders": LeafLink's edits reach the sales order that the order became.
//!
//! A field is edited when it differs from what was last applied ([`Projection`]). Lines are found
//! again by LeafLink's line id. What people changed in the ERP stays unless LeafLink edits the very
//! same field. The guide's "don't" list is enforced line by line: an edit that may not be made is
//! reported with the step to take, and the rest of the edits go through.

use rust_decimal::Decimal;

use super::draft::{Charge, ChargeSource, NewLine};
use super::negative_price::is_negative;
use super::outward::rank;
use super::projection::{LineProjection, Projection};
use super::status::{Inward, inward};
use super::{
    Order, OrderLine, Snapshot, SourceStatus, cases, credit, discount, negative_price, owner, shipping, tax,
    totals,
};
use crate::rules::decimal::{cents, plain};
use crate::rules::decision::{Findings, Reason};
use crate::rules::ids::{LineId, ProductId, UserId};
use crate::rules::reasons::Code;
use crate::rules::sales_order::{Line, SalesOrder, Status};
use crate::rules::settings::Settings;
use crate::rules::sorted::Set;
use crate::rules::sorting::sort_by;

/// One field of the sales order before and after, in plain words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// Which field.
    pub field: String,
    /// What it was.
    pub before: Option<String>,
    /// What it is to be.
    pub after: Option<String>,
}

/// What to change on the sales order; absent: it stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// The status. Written last and apart: the ERP may refuse it.
    pub status: Option<Status>,
    /// The owner.
    pub owner: Option<UserId>,
    /// Seen by the seller only; empty: none.
    pub internal_notes: Option<String>,
    /// Seen by the buyer; empty: none.
    pub external_notes: Option<String>,
    /// The whole set of lines.
    pub lines: Option<Vec<NewLine>>,
    /// The whole set of charges.
    pub charges: Option<Vec<Charge>>,
    /// LeafLink's own total as it now is.
    pub leaflink_total: Option<Decimal>,
    /// The same in plain words.
    pub changes: Vec<FieldChange>,
}

impl Update {
    /// Whether there is anything to write.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    fn note(&mut self, field: &str, before: Option<String>, after: Option<String>) {
        self.changes.push(FieldChange { field: field.to_owned(), before, after });
    }
}

/// What follows from LeafLink's edits, and the projection to remember: `base` with the edits that
/// went through, so that one that was refused is looked at again.
pub struct Followed {
    /// What to change on the sales order.
    pub update: Update,
    /// What is now applied.
    pub applied: Projection,
}

/// Compares the order with what was last applied (`base`) and with the sales order.
pub fn follow(
    order: &Order,
    base: &Projection,
    sales_order: &SalesOrder,
    snapshot: &Snapshot,
    settings: &Settings,
    draw: &mut dyn FnMut(u32) -> u32,
    findings: &mut Findings,
) -> Followed {
    let now = Projection::of(order);
    let mut update = Update::default();
    let mut applied = now.clone();
    if sales_order.status == Status::Canceled {
        return Followed { update, applied };
    }
    let frozen = settings.price_freeze_status.is_some_and(|from| sales_order.status >= from);

    lines(order, base, sales_order, snapshot, frozen, &mut update, &mut applied, findings);
    charges(order, base, &now, sales_order, snapshot, frozen, &mut update, findings);

    if now.sales_reps != base.sales_reps {
        let mut of_reps = Findings::default();
        super::sales_reps::check(order, snapshot, &mut of_reps);
        let refused = of_reps.blocked();
        findings.reasons.extend(of_reps.reasons);
        let known = super::sales_reps::connected(order, snapshot);
        let keeps = known.iter().any(|user| Some(&user.id) == sales_order.owner.as_ref());
        if refused {
            applied.sales_reps.clone_from(&base.sales_reps);
        } else if !keeps && let Some(user) = owner::of(order, snapshot, draw, findings) {
            update.note(
                "owner",
                sales_order.owner.as_ref().map(ToString::to_string),
                Some(user.name.clone()),
            );
            update.owner = Some(user.id.clone());
        }
    }
    if now.internal_notes != base.internal_notes {
        update.note("internal notes", base.internal_notes.clone(), now.internal_notes.clone());
        update.internal_notes = Some(now.internal_notes.clone().unwrap_or_default());
    }
    if now.external_notes != base.external_notes {
        update.note("external notes", base.external_notes.clone(), now.external_notes.clone());
        update.external_notes = Some(now.external_notes.clone().unwrap_or_default());
    }
    if !update.is_empty() {
        update.leaflink_total = Some(order.total);
    }
    // A step of ours whose answer was lost is no edit of LeafLink's.
    let is_ours = snapshot.memory.own_status.is_some_and(|wanted| is_on_the_way(now.status, wanted));
    if now.status != base.status && !is_ours {
        match inward(order, sales_order) {
            Inward::Stay => {}
            Inward::Move(status) => {
                update.note("status", Some(sales_order.status.to_string()), Some(status.to_string()));
                update.status = Some(status);
            }
            Inward::Refuse(reason) => {
                // What waits for fulfilment follows when the lines are fulfilled; a conflict stays
                // until somebody settles it. Either way it is looked at again.
                applied.status = base.status;
                findings.reasons.push(reason);
            }
        }
    }
    Followed { update, applied }
}

/// Whether a status is the one that LeafLink's order was to get because of the sales order, or one that
/// it had to pass on the way there.
fn is_on_the_way(status: SourceStatus, wanted: SourceStatus) -> bool {
    let passed = |(status, wanted)| status < wanted;
    status == wanted || rank(status).zip(rank(wanted)).is_some_and(passed)
}

/// Lines: changed, added, removed, reordered.
#[allow(clippy::too_many_arguments)]
fn lines(
    order: &Order,
    base: &Projection,
    sales_order: &SalesOrder,
    snapshot: &Snapshot,
    frozen: bool,
    update: &mut Update,
    applied: &mut Projection,
    findings: &mut Findings,
) {
    let mut wanted: Vec<NewLine> = Vec::new();
    let mut placed: Set<LineId> = Set::new();

    for (index, line) in order.lines.iter().enumerate() {
        let was = base.line(line.id);
        let existing = sales_order.lines.iter().find(|known| known.leaflink_line == Some(line.id));
        if negative_price::is_discount(line) {
            continue;
        }
        placed.insert(line.id);
        let refused = match (was, existing) {
            // Added in LeafLink.
            (None, None) => added(line, index, sales_order, snapshot, &mut wanted, update),
            // Applied before and taken off in the ERP: the ERP's users decide, until LeafLink edits it.
            (Some(was), None) if same_line(was, line) => Ok(()),
            (Some(_), None) => added(line, index, sales_order, snapshot, &mut wanted, update),
            (Some(was), Some(existing)) if same_line(was, line) => {
                wanted.push(kept(existing));
                Ok(())
            }
            (_, Some(existing)) => changed(line, was, index, existing, snapshot, frozen, &mut wanted, update),
        };
        if let Err(reason) = refused {
            findings.reasons.push(*reason);
            // Remember the line as it was, so that the edit is tried again.
            applied.lines.retain(|known| known.id != line.id);
            applied.lines.extend(was.cloned());
        }
    }
    for existing in &sales_order.lines {
        match existing.leaflink_line {
            Some(id) if placed.contains(&id) => {}
            Some(id) if base.line(id).is_some() => {
                // Removed in LeafLink, or turned into a discount.
                if existing.is_started() {
                    findings.reasons.push(
                        Reason::new(
                            Code::FulfilledLineEdited,
                            format!(
                                "LeafLink order {} no longer has {} of line {id}, and {} of it is fulfilled in {}.",
                                order.short_id,
                                plain(existing.quantity),
                                plain(existing.fulfilled),
                                sales_order.number
                            ),
                        )
                        .with("line", id),
                    );
                    wanted.push(kept(existing));
                    applied.lines.extend(base.line(id).cloned());
                } else {
                    update.note(&format!("line {id}"), Some(in_words(existing)), None);
                }
            }
            // Added in the ERP: not LeafLink's to change.
            _ => wanted.push(kept(existing)),
        }
    }
    let order_of = |lines: &[NewLine]| lines.iter().map(|line| line.leaflink_line).collect::<Vec<_>>();
    let kept_lines: Vec<NewLine> = sales_order.lines.iter().map(kept).collect();
    if wanted != kept_lines {
        if order_of(&wanted) != order_of(&kept_lines) && update.changes.is_empty() {
            // Lines that only changed places follow when LeafLink moved them, not when the ERP did.
            let ids = |lines: &[LineProjection]| lines.iter().map(|line| line.id).collect::<Vec<_>>();
            if ids(&base.lines) == ids(&Projection::of(order).lines) {
                return;
            }
            update.note("order of lines", None, Some("as in LeafLink".to_owned()));
        }
        if !update.changes.is_empty() {
            update.lines = Some(wanted);
        }
    }
}

fn added(
    line: &OrderLine,
    index: usize,
    sales_order: &SalesOrder,
    snapshot: &Snapshot,
    wanted: &mut Vec<NewLine>,
    update: &mut Update,
) -> Result<(), Box<Reason>> {
    if sales_order.status > Status::Processing {
        return Err(Box::new(
            Reason::new(
                Code::LineAddedTooLate,
                format!(
                    "{} was added in LeafLink, and {} is {} already.",
                    line.label(),
                    sales_order.number,
                    sales_order.status
                ),
            )
            .at(format!("line_items[{index}]"))
            .with("line", line.id),
        ));
    }
    let product = product_of(line, index, snapshot)?;
    let new = super::lines::new(line, product);
    update.note(&format!("line {}", line.id), None, Some(new_in_words(&new)));
    wanted.push(new);
    Ok(())
}

#[allow(clippy::too_many_arguments)]
fn changed(
    line: &OrderLine,
    was: Option<&LineProjection>,
    index: usize,
    existing: &Line,
    snapshot: &Snapshot,
    frozen: bool,
    wanted: &mut Vec<NewLine>,
    update: &mut Update,
) -> Result<(), Box<Reason>> {
    let price_moved = was.is_none_or(|was| {
        (was.case_price, was.units_per_case) != (line.case_price.normalize(), line.units_per_case.normalize())
    });
    let quantity_moved = was.is_none_or(|was| was.quantity != line.quantity.normalize());
    let product_moved = was.is_none_or(|was| was.product != line.product);
    let keep = || kept(existing);
    if existing.is_started() && (quantity_moved || product_moved || (price_moved && !frozen)) {
        wanted.push(keep());
        return Err(Box::new(
            Reason::new(
                Code::FulfilledLineEdited,
                format!(
                    "{} was edited in LeafLink, and {} of {} is fulfilled in the ERP.",
                    line.label(),
                    plain(existing.fulfilled),
                    plain(existing.quantity)
                ),
            )
            .at(format!("line_items[{index}]"))
            .with("line", line.id),
        ));
    }
    // What the ERP's people put in its place has a quantity of its own.
    let linked = line.product.and_then(|product| snapshot.products.get(&product));
    let other_unit = linked.filter(|linked| {
        quantity_moved && linked.id == existing.product && !super::products::unit_fits(line, linked)
    });
    if let Some(linked) = other_unit {
        wanted.push(keep());
        return Err(Box::new(super::products::unit_differs(line, index, linked)));
    }
    let mut new = keep();
    if product_moved {
        match product_of(line, index, snapshot) {
            Ok(product) => new.product = product,
            Err(reason) => {
                wanted.push(keep());
                return Err(reason);
            }
        }
    }
    if quantity_moved {
        new.quantity = line.quantity;
    }
    if price_moved && !frozen {
        new.unit_price = cases::unit_price(line);
    }
    if (price_moved && !frozen) || quantity_moved {
        new.total = if price_moved && frozen {
            crate::rules::decimal::to_cents(new.quantity * new.unit_price)
        } else {
            cases::amount(line)
        };
    }
    new.is_sample = line.is_sample;
    new.note.clone_from(&line.note);
    if new != keep() {
        update.note(&format!("line {}", line.id), Some(in_words(existing)), Some(new_in_words(&new)));
    }
    wanted.push(new);
    Ok(())
}

/// Charges that stand for something of the LeafLink order follow it; charges that were added in the
/// ERP stay.
#[allow(clippy::too_many_arguments)]
fn charges(
    order: &Order,
    base: &Projection,
    now: &Projection,
    sales_order: &SalesOrder,
    snapshot: &Snapshot,
    frozen: bool,
    update: &mut Update,
    findings: &mut Findings,
) {
    let lines_moved = now.lines != base.lines;
    if now.same_money(base) && !lines_moved {
        return;
    }
    let mut noted = Findings::default();
    let totals = totals::compare(order);
    let mut wanted: Vec<Charge> = Vec::new();
    wanted.extend(order.lines.iter().filter(|line| is_negative(line.case_price)).map(negative_price::of));
    wanted.extend(discount::of(order, totals.lines));
    wanted.extend(credit::of(order));
    wanted.extend(tax::of(order, totals.tax, snapshot, &mut noted));
    wanted.extend(shipping::of(order));
    if frozen {
        // Discounts are prices: from the freeze on they stay as the ERP has them.
        let is_price =
            |charge: &Charge| matches!(charge.source, Some(ChargeSource::Discount | ChargeSource::Line(_)));
        wanted.retain(|charge| !is_price(charge));
        wanted.extend(sales_order.charges.iter().filter(|charge| is_price(charge)).cloned());
    }
    wanted.extend(sales_order.charges.iter().filter(|charge| charge.source.is_none()).cloned());
    let sorted = |charges: &[Charge]| {
        let mut charges = charges.to_vec();
        sort_by(&mut charges, |one, other| (one.source, &one.name).cmp(&(other.source, &other.name)));
        charges
    };
    if sorted(&wanted) == sorted(&sales_order.charges) {
        return;
    }
    findings.reasons.extend(noted.reasons);
    let words = |charges: &[Charge]| {
        let words: Vec<_> =
            charges.iter().map(|charge| format!("{} {}", charge.name, cents(charge.amount))).collect();
        (!words.is_empty()).then(|| words.join(", "))
    };
    update.note("charges", words(&sales_order.charges), words(&wanted));
    update.charges = Some(wanted);
}

fn same_line(was: &LineProjection, line: &OrderLine) -> bool {
    was.product == line.product
        && was.quantity == line.quantity.normalize()
        && was.units_per_case == line.units_per_case.normalize()
        && was.case_price == line.case_price.normalize()
        && was.is_sample == line.is_sample
        && was.note == line.note
}

fn product_of(line: &OrderLine, index: usize, snapshot: &Snapshot) -> Result<ProductId, Box<Reason>> {
    match line.product.and_then(|product| snapshot.products.get(&product)) {
        Some(product) if super::products::unit_fits(line, product) => Ok(product.id.clone()),
        Some(product) => Err(Box::new(super::products::unit_differs(line, index, product))),
        None => Err(Box::new(super::products::not_connected(line, index, snapshot))),
    }
}

fn kept(line: &Line) -> NewLine {
    NewLine {
        id: Some(line.id.clone()),
        product: line.product.clone(),
        quantity: line.quantity,
        unit_price: line.unit_price,
        total: line.total,
        is_sample: line.is_sample,
        note: line.note.clone(),
        location: line.location.clone(),
        leaflink_line: line.leaflink_line,
    }
}

fn in_words(line: &Line) -> String {
    new_in_words(&kept(line))
}

fn new_in_words(line: &NewLine) -> String {
    let sample = if line.is_sample { ", sample" } else { "" };
    format!(
        "{} x {} at {} = {}{sample}",
        plain(line.quantity),
        line.product,
        plain(line.unit_price),
        cents(line.total)
    )
}

#[cfg(test)]
mod tests;
