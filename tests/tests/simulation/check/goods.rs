//! Products and their prices: each product is made once, and at rest the two sides show the price that
//! goes first and what people filled in.

use anyhow::anyhow;
use leaflink_sync_kit::host::Records;
use leaflink_sync_kit::host::records::{SalesOrderStatus, TransferState};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;

use crate::books::number;
use crate::play::Player;
use crate::stage::NEW_PRODUCTS;
use crate::world::World;

/// LeafLink made a product: none was made twice.
pub fn made_once(world: &mut World) {
    world.counters.hit("a product was made in LeafLink");
    let products = world.sandbox.products();
    for (product, sku) in NEW_PRODUCTS {
        let made = products.iter().filter(|made| made["sku"] == sku).count();
        if made > 1 {
            world.violations.push(format!("LeafLink has {product} {made} times"));
        }
    }
}

/// Judges the end of a history.
pub fn check(player: &Player) -> anyhow::Result<()> {
    shipped(player)?;
    let mut world = player.stage.world();
    for leaflink in world.sandbox.products() {
        let id = leaflink["id"].as_u64().unwrap_or_default();
        let Some(product) = world.memory.books.links.get(&id).cloned() else { continue };
        price(&mut world, &product, id, &leaflink);
        filled_in(&mut world, &product, &leaflink);
    }
    Ok(())
}

/// A sales order that is matched with a transfer is completed, if nothing was said against it.
fn shipped(player: &Player) -> anyhow::Result<()> {
    let transfers = player.view()?.get_transfers(&player.transfers).map_err(|error| anyhow!("{error:?}"))?;
    let mut world = player.stage.world();
    for transfer in transfers.iter().filter(|transfer| transfer.state == TransferState::Matched) {
        let orders = &world.memory.books.orders;
        let order = orders.iter().find(|order| Some(&order.id) == transfer.sales_order.as_ref());
        let Some((number, status)) = order.map(|order| (order.number.clone(), order.status)) else {
            continue;
        };
        let told = world.memory.decided.get(&transfer.id).is_some_and(|codes| !codes.is_empty());
        if matches!(status, SalesOrderStatus::Completed | SalesOrderStatus::Canceled) {
            world.counters.hit("a matched sales order was completed at rest");
        } else if told {
            world.counters.hit("a transfer said why its sales order was not completed");
        } else {
            let told =
                format!("{number} is matched with {}, is {status:?}, and nothing says why", transfer.id);
            world.violations.push(told);
        }
    }
    Ok(())
}

/// Both sides show one price: the ERP's, unless LeafLink's people were the last to enter one. Then it
/// may be either: the ERP's goes first if both had moved when they were compared. With the setting off
/// no price moves.
fn price(world: &mut World, product: &str, id: u64, leaflink: &Value) {
    let sale = world.memory.books.sale_prices.get(product).copied().unwrap_or_default();
    let wholesale = decimal(&leaflink["wholesale_price"]["amount"]);
    let units = Decimal::from(leaflink["unit_multiplier"].as_u64().unwrap_or(1).max(1));
    let erps = world.memory.sale_prices.get(product).copied();
    let first = world.memory.first_sale_prices.get(product).copied().unwrap_or_default();
    let theirs = world.memory.wholesale_prices.get(&id).copied();
    if world.prices && rounded(sale * units, 2) != wholesale {
        let told =
            format!("the price of {product} is {sale} in the ERP and {wholesale} for {units} in LeafLink");
        world.violations.push(told);
    }
    let (entered, at) = erps.unwrap_or((first, 0));
    let came_over =
        theirs.is_some_and(|(price, later)| world.prices && later > at && rounded(price / units, 9) == sale);
    if at == 0 && sale == entered {
        world.counters.hit("a price that nobody had changed was compared and agreed");
    } else if sale == entered {
        world.counters.hit("the price of the ERP's people stood at rest");
    } else if came_over {
        world.counters.hit("the price of LeafLink's people stood at rest");
    } else {
        let told = format!(
            "at rest {product} is sold for {sale}, and people entered {entered} in the ERP and {theirs:?} in LeafLink"
        );
        world.violations.push(told);
    }
}

/// What people filled in is what LeafLink shows.
fn filled_in(world: &mut World, product: &str, leaflink: &Value) {
    let shown = decimal(&leaflink["minimum_order"]);
    let Some(minimum) = world.memory.minimums.get(product).copied() else { return };
    if Decimal::from(minimum) == shown {
        world.counters.hit("a filled-in field was compared and agreed");
    } else {
        let told =
            format!("people entered a minimum order of {minimum} for {product}, and LeafLink shows {shown}");
        world.violations.push(told);
    }
}

/// A decimal of LeafLink's, which may be a number or a text.
fn decimal(value: &Value) -> Decimal {
    number(value.to_string().trim_matches('"'))
}

fn rounded(amount: Decimal, places: u32) -> Decimal {
    amount.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}
