//! What must have come when nothing goes wrong any more and all is at rest: no order is missing,
//! both sides agree, and every cent and every unit is where it belongs.

use std::collections::BTreeMap;
use std::fmt::Write;

use leaflink_sandbox::{OrderRow, Status};
use leaflink_sync_kit::exports::insight::Handler;
use leaflink_sync_kit::host::records::{SalesOrder, SalesOrderStatus as Erp};
use rust_decimal::Decimal;

use super::stock;
use crate::books::{self, number, of_product};
use crate::counters::{
    LINES, LINES_APART, PAYMENT_PARKED, PAYMENTS, STATUS_EXPLAINED, STATUS_PARTED, STATUSES, STOCK,
    STOCK_BELOW_NONE, STOCK_DISPUTED, STOCK_UNREADABLE,
};
use crate::play::Player;
use crate::stage::PRODUCTS;
use crate::world::is_over;

/// Judges the end of a history.
pub fn check(player: &Player) -> anyhow::Result<()> {
    let mut found = Vec::new();
    let held = player.stage.calls.held_orders(None, 500)?;
    let orders = player.stage.world().sandbox.order_rows();
    let outbox = books::stored(&mut player.view()?, "outbox/")?;
    for order in &orders {
        let sales_order = player.stage.world().memory.books.order_of(&order.number).cloned();
        let waits = held.iter().any(|held| held.number == order.number);
        found.extend(is_missing(player, order, sales_order.as_ref(), waits));
        if let Some(sales_order) = &sales_order {
            let parked = outbox.contains_key(&format!("outbox/order/{}", order.number));
            let reasons = reasons(player, order)?;
            found.extend(statuses(player, order, sales_order, parked, &reasons));
            found.extend(lines(player, order, sales_order, &reasons));
        }
        found.extend(payments(player, order, sales_order.as_ref(), &outbox)?);
    }
    found.extend(stock_agrees(player, &orders));
    found.extend(edits_stay(player));
    player.stage.world().violations.extend(found);
    Ok(())
}

/// Every order was decided upon, and is in the ERP, waits with a reason, or is rightly not there.
fn is_missing(
    player: &Player,
    order: &OrderRow,
    sales_order: Option<&SalesOrder>,
    waits: bool,
) -> Option<String> {
    let world = player.stage.world();
    if !world.memory.decided.contains_key(&order.number) {
        return Some(format!("nothing was ever decided about LeafLink order {}", order.short_id));
    }
    let rightly_absent = is_over(order.status) || world.memory.forgotten.contains(&order.number);
    if sales_order.is_none() && !waits && !rightly_absent {
        return Some(format!(
            "LeafLink order {} is {:?}, is not in the ERP, and does not wait",
            order.short_id, order.status
        ));
    }
    None
}

/// The codes of what the component says of an order now, and of what it said last: what the ERP
/// refuses shows only when it is asked.
fn reasons(player: &Player, order: &OrderRow) -> anyhow::Result<Vec<String>> {
    let decision = player.stage.calls.preview(&Handler::Order(order.number.clone()))?;
    let mut codes: Vec<String> = decision.reasons.into_iter().map(|reason| reason.code).collect();
    codes.extend(player.stage.world().memory.decided.get(&order.number).cloned().unwrap_or_default());
    // What stops nothing explains nothing.
    codes.retain(|code| {
        !["no-delivery-date", "sales-rep-at-random", "tax-not-matched"].contains(&code.as_str())
    });
    Ok(codes)
}

/// Neither side lags behind the other without saying so.
fn statuses(
    player: &Player,
    order: &OrderRow,
    sales_order: &SalesOrder,
    parked: bool,
    reasons: &[String],
) -> Option<String> {
    let mut world = player.stage.world();
    let moved_back = world.memory.moved_back.contains(&order.number);
    let leaflink_follows = match sales_order.status {
        Erp::Pending => true,
        Erp::Processing => order.status != Status::Submitted,
        Erp::ReadyToShip => !matches!(order.status, Status::Submitted | Status::Accepted),
        Erp::Delivering => !matches!(order.status, Status::Submitted | Status::Accepted | Status::Fulfilled),
        Erp::Delivered | Erp::Completed => order.status == Status::Complete || is_over(order.status),
        Erp::Canceled => order.status == Status::Complete || is_over(order.status),
    };
    let erp_follows = match order.status {
        Status::Submitted | Status::Draft | Status::Backorder => true,
        Status::Accepted => sales_order.status != Erp::Pending || moved_back,
        Status::Fulfilled => is_at_least(sales_order.status, Erp::ReadyToShip),
        Status::Shipped => is_at_least(sales_order.status, Erp::Delivering),
        Status::Complete => is_at_least(sales_order.status, Erp::Delivered),
        Status::Rejected | Status::Cancelled | Status::Combined => sales_order.status == Erp::Canceled,
    };
    // LeafLink has no step backwards.
    let parted = world.memory.parted.contains(&order.number) && !is_over(order.status);
    let explained = !reasons.is_empty() || order.malformed || parted;
    world.counters.hit(STATUSES);
    if leaflink_follows && !erp_follows && parted {
        world.counters.hit(STATUS_PARTED);
    } else if !leaflink_follows || !erp_follows {
        world.counters.hit(STATUS_EXPLAINED);
    }
    if (leaflink_follows || parked) && (erp_follows || explained) {
        return None;
    }
    Some(format!(
        "LeafLink order {} is {:?} and {} is {:?}, and nothing says why",
        order.short_id, order.status, sales_order.number, sales_order.status
    ))
}

/// A canceled one is beyond all others: nothing is still to follow.
fn is_at_least(status: Erp, other: Erp) -> bool {
    status as u8 >= other as u8
}

/// Every line that people did not edit in the ERP is there once, with LeafLink's quantity, and the
/// total is LeafLink's to the cent.
fn lines(player: &Player, order: &OrderRow, sales_order: &SalesOrder, reasons: &[String]) -> Option<String> {
    let mut world = player.stage.world();
    world.counters.hit(LINES);
    let edited = world.memory.edited_in_erp.contains(&order.number);
    if edited || !reasons.is_empty() || order.malformed || sales_order.status == Erp::Canceled {
        world.counters.hit(LINES_APART);
        return None;
    }
    let theirs: BTreeMap<u64, Decimal> = order.lines.iter().map(|line| (line.id, line.quantity)).collect();
    let ours: Vec<(u64, Decimal)> = sales_order
        .lines
        .iter()
        .filter_map(|line| Some((line.leaflink_line?, number(&line.quantity))))
        .collect();
    let distinct: BTreeMap<u64, Decimal> = ours.iter().copied().collect();
    if distinct != theirs || distinct.len() != sales_order.lines.len() {
        return Some(format!(
            "LeafLink order {} has the lines {theirs:?}, and {} has {ours:?}",
            order.short_id, sales_order.number
        ));
    }
    (number(&sales_order.total) != order.total).then(|| {
        format!(
            "LeafLink order {} comes to {}, and {} to {}",
            order.short_id, order.total, sales_order.number, sales_order.total
        )
    })
}

/// For every order both sides have been paid the same, to the cent.
fn payments(
    player: &Player,
    order: &OrderRow,
    sales_order: Option<&SalesOrder>,
    outbox: &BTreeMap<String, Vec<u8>>,
) -> anyhow::Result<Option<String>> {
    player.stage.world().counters.hit(PAYMENTS);
    let waits = |(key, intent): (&String, &Vec<u8>)| {
        key.starts_with("outbox/payment/") && String::from_utf8_lossy(intent).contains(&order.number)
    };
    if outbox.iter().any(waits) {
        // Five sendings without an answer: a person was told, and must look.
        player.stage.world().counters.hit(PAYMENT_PARKED);
        return Ok(None);
    }
    let erp = match sales_order {
        Some(sales_order) => books::posted(&player.stage.erp, &player.stage.company, &sales_order.id)?,
        None => Decimal::ZERO,
    };
    let rows = player.stage.world().sandbox.payment_rows();
    let leaflink: Decimal =
        rows.iter().filter(|payment| payment.order == order.number).map(|payment| payment.amount).sum();
    if !erp.is_zero() {
        player.stage.world().counters.hit("payments were compared and agreed");
    }
    Ok((erp != leaflink).then(|| {
        format!("LeafLink order {} was paid {erp} in the ERP and {leaflink} in LeafLink", order.short_id)
    }))
}

/// LeafLink offers all that is free, and nothing else.
fn stock_agrees(player: &Player, orders: &[OrderRow]) -> Vec<String> {
    let mut world = player.stage.world();
    let mut found = Vec::new();
    for row in world.sandbox.product_rows() {
        if !world.memory.books.links.contains_key(&row.id) || !row.managed {
            continue;
        }
        world.counters.hit(STOCK);
        if orders.iter().any(|order| order.malformed && has_subtracted(order, row.id)) {
            // What is on it nobody can tell, and LeafLink reserves nothing for it any more.
            world.counters.hit(STOCK_UNREADABLE);
            continue;
        }
        if stock::is_below_none(&world, row.id) {
            // People are told to count it first, and LeafLink keeps its figure.
            world.counters.hit(STOCK_BELOW_NONE);
            continue;
        }
        let (least, most) = stock::free(&world, row.id);
        if least < most {
            world.counters.hit(STOCK_DISPUTED);
        }
        if row.available < least || row.available > most {
            found.push(format!(
                "at rest LeafLink offers {} of product {}, and {most} are free: {}",
                row.available,
                row.id,
                stock::account(&world, row.id)
            ));
        }
    }
    found
}

/// Whether LeafLink has taken a product on an order off its quantity.
fn has_subtracted(order: &OrderRow, product: u64) -> bool {
    matches!(order.status, Status::Fulfilled | Status::Shipped | Status::Complete)
        && order.lines.iter().any(|line| line.product == Some(product))
}

/// A quantity that people entered in the ERP is there as long as nobody edited the order in LeafLink.
fn edits_stay(player: &Player) -> Vec<String> {
    let mut world = player.stage.world();
    let mut found = Vec::new();
    let entered = std::mem::take(&mut world.memory.entered);
    for ((order, line), quantity) in entered {
        let Some(order) = world.memory.books.orders.iter().find(|known| known.id == order) else { continue };
        let now = order.lines.iter().find(|known| known.id == line).map(|known| number(&known.quantity));
        if now == Some(quantity) {
            world.counters.hit("the ERP's people edited a line and it stayed");
        } else {
            found.push(format!(
                "people entered {quantity} for line {line} of {}, and it is {now:?}",
                order.number
            ));
        }
    }
    found
}

/// What both sides came to, without what depends on the way there: ids, times, and who was drawn.
pub fn end(player: &Player) -> anyhow::Result<String> {
    let world = player.stage.world();
    let mut text = String::new();
    for order in world.sandbox.order_rows() {
        let sales_order = world.memory.books.order_of(&order.number);
        let erp = sales_order.map(|known| {
            let quantities: Vec<_> = PRODUCTS.iter().map(|(product, _)| of_product(known, product)).collect();
            (known.status, quantities, known.total.clone())
        });
        let paid: Decimal = world
            .sandbox
            .payment_rows()
            .iter()
            .filter(|payment| payment.order == order.number)
            .map(|payment| payment.amount)
            .sum();
        writeln!(text, "{} {:?} {} paid {paid} {erp:?}", order.short_id, order.status, order.total)?;
    }
    for row in world.sandbox.product_rows() {
        writeln!(text, "{} offers {}", row.id, row.available)?;
    }
    for (product, level) in &world.memory.books.levels {
        writeln!(text, "{product} {level:?}")?;
    }
    Ok(text)
}
