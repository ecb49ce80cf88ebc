//! No oversell.
//!
//! Two sentences, and where they do not hold:
//!
//! 1. **What a push says is free is free.** When LeafLink takes a new figure of a product, that
//!    figure is at most what the ERP has on hand, less what it reserved, less what is promised to
//!    buyers and not yet subtracted there (pending sales orders, and LeafLink's open orders as far
//!    as no sales order has them), less the safety buffer; and it is never negative. Not judged:
//!    a figure that was reckoned or sent by a call during which somebody acted in LeafLink (the
//!    window between reading and writing, which LeafLink's API cannot close), one that was read
//!    from a stale page, and one that LeafLink carried out after it was given up. The next push
//!    puts each of them right.
//! 2. **It stays so.** From then on, whatever LeafLink's people and the sync do, LeafLink offers no
//!    unit that is not on the shelf or was promised to somebody. Until the next push this no longer
//!    holds when units leave the ERP by a way that LeafLink does not know (a count, a direct sale,
//!    an assembly, an edit of a sales order, packing more than LeafLink's order wants), when packed
//!    orders are edited or called off in LeafLink against the guide's advice, when an order that
//!    LeafLink fulfilled and the ERP's people deleted is edited or called off (LeafLink offers anew
//!    units of which the ERP's shelf was never short), or when more was promised than there is:
//!    LeafLink cannot show less than none, and offers anew what a buyer then gives back.

use leaflink_sandbox::{OrderRow, Status};
use leaflink_sync_kit::host::records::{SalesOrder, SalesOrderStatus};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::books::{Books, Level, of_product};
use crate::counters::{FIGURE, IN_STEP, OUT_OF_STEP, UNSURE_FIGURE};
use crate::stage::PRODUCTS;
use crate::world::{World, is_over};

/// LeafLink took a new figure.
pub fn confirmed(world: &mut World, path: &str, body: &[u8]) {
    let product = path.trim_matches('/').split('/').nth(1).and_then(|id| id.parse::<u64>().ok());
    let body: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let figure = body["available_inventory"].as_str().and_then(|text| text.parse::<Decimal>().ok());
    let (Some(product), Some(figure)) = (product, figure) else { return };
    if figure < Decimal::ZERO {
        world.violations.push(format!("LeafLink product {product} is to offer {figure}"));
    }
    world.memory.in_step.remove(&product);
    world.counters.hit(FIGURE);
    if world.call.disturbed {
        world.counters.hit("somebody acted in LeafLink while a figure was written");
    }
    if world.call.disturbed || world.call.stale || world.memory.figures_are_doubtful {
        world.counters.hit(UNSURE_FIGURE);
        return;
    }
    world.counters.hit("stock was pushed and compared");
    let free = (balance(world, product, Sales::Whole) - buffer(world, product)).max(Decimal::ZERO);
    if free.is_zero() {
        world.counters.hit("a figure was clipped at none");
    }
    if figure > free {
        world.violations.push(format!(
            "LeafLink product {product} is to offer {figure}, and {free} are free: {}",
            account(world, product)
        ));
    }
    world.memory.in_step.insert(product);
    world.memory.pushed.insert(product);
}

/// Units can leave the ERP by a way that LeafLink does not know.
pub fn the_erps_own(world: &mut World) {
    world.memory.in_step.clear();
}

/// People did something to a sales order. If it has more than LeafLink's order wants, what they pack
/// of it leaves the ERP by a way that LeafLink does not know.
pub fn packed_unasked(world: &mut World, sales_order: &SalesOrder) {
    let number = sales_order.origin.as_ref().map_or("", |origin| origin.number.as_str());
    let orders = world.sandbox.order_rows();
    let Some(order) = orders.iter().find(|order| order.number == number) else { return };
    let has_more = PRODUCTS.iter().any(|(erp, leaflink)| {
        of_product(sales_order, erp).0 > wanted(world, order, *leaflink, Disputed::Owed)
    });
    if has_more {
        world.memory.in_step.clear();
    }
    if world.memory.unapplied.contains(number) {
        world.memory.disputed.insert(number.to_owned());
    }
}

/// Packed orders were edited or called off in LeafLink.
pub fn against_advice(world: &mut World) {
    world.memory.in_step.clear();
}

/// An order is edited or called off in LeafLink. If LeafLink has subtracted its units and the ERP's
/// people deleted its sales order, LeafLink adds units that the last figure had counted already.
pub fn given_back(world: &mut World, order: &OrderRow) {
    let taken = matches!(order.status, Status::Fulfilled | Status::Shipped | Status::Complete);
    if taken && world.memory.forgotten.contains(&order.number) {
        for line in &order.lines {
            line.product.map(|product| world.memory.in_step.remove(&product));
        }
        world.counters.hit("LeafLink offered anew what had been deleted in the ERP");
    }
}

/// After every act: the second sentence.
pub fn still_in_step(world: &mut World) {
    for row in world.sandbox.product_rows() {
        // A product that was never pushed is not kept in step yet.
        if world.memory.pushed.contains(&row.id) && world.memory.books.links.contains_key(&row.id) {
            world.counters.hit(IN_STEP);
        }
        if !world.memory.in_step.contains(&row.id) {
            if world.memory.pushed.contains(&row.id) && world.memory.books.links.contains_key(&row.id) {
                world.counters.hit(OUT_OF_STEP);
            }
            continue;
        }
        let balance = balance(world, row.id, Sales::AsWanted);
        if balance < Decimal::ZERO {
            world.memory.in_step.remove(&row.id);
        } else if row.available > balance {
            world.violations.push(format!(
                "LeafLink offers {} of product {}, and {balance} are free: {}",
                row.available,
                row.id,
                account(world, row.id)
            ));
        } else if row.available.is_zero() {
            world.counters.hit("LeafLink offers none of a product");
        }
    }
}

/// Whether the ERP says that it has less than none of a product, which cannot be.
pub fn is_below_none(world: &World, product: u64) -> bool {
    level(&world.memory.books, product).is_some_and(|(_, level)| level.active < Decimal::ZERO)
}

/// What is to be offered of a product once every order was looked at: at least, and at most. They
/// differ by what is disputed.
pub fn free(world: &World, product: u64) -> (Decimal, Decimal) {
    let of = |disputed| reckoned(world, product, disputed).max(Decimal::ZERO);
    (of(Disputed::Owed), of(Disputed::NotOwed))
}

/// Whether a fulfilled order on which the two sides differ is owed as LeafLink has it. It is for some
/// minutes, and then no longer: it is people's to settle.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Disputed {
    Owed,
    NotOwed,
}

fn reckoned(world: &World, product: u64, disputed: Disputed) -> Decimal {
    let Some((erp, level)) = level(&world.memory.books, product) else { return Decimal::ZERO };
    let owed: Decimal = world
        .sandbox
        .order_rows()
        .iter()
        .map(|order| {
            let in_erp = live(world, order).map_or(Decimal::ZERO, |known| of_product(known, erp).0);
            (wanted(world, order, product, disputed) - in_erp).max(Decimal::ZERO)
        })
        .sum();
    level.active - level.reserved - level.promised - owed - buffer(world, product)
}

fn buffer(world: &World, product: u64) -> Decimal {
    if product == PRODUCTS[0].1 { world.buffer } else { Decimal::ZERO }
}

/// How much of a product an order's sales order claims.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sales {
    /// All that people in the ERP put on it, if that is more than LeafLink's buyer wants.
    Whole,
    /// What the buyer wants: the rest has never been LeafLink's.
    AsWanted,
}

/// What nobody was promised, reckoned from the shelf: negative when more was promised than there is.
/// The sales order of an order that LeafLink called off claims nothing, though it may still reserve.
fn balance(world: &World, product: u64, sales: Sales) -> Decimal {
    let books = &world.memory.books;
    let Some((erp, level)) = level(books, product) else { return Decimal::ZERO };
    // What the ERP reserves apart from LeafLink's orders: direct sales and assemblies.
    let linked: Decimal = books
        .orders
        .iter()
        .filter(|order| order.origin.is_some() && order.status == SalesOrderStatus::Processing)
        .map(|order| of_product(order, erp))
        .map(|(quantity, packed)| quantity - packed)
        .sum();
    let owed: Decimal = world
        .sandbox
        .order_rows()
        .iter()
        .map(|order| {
            let (quantity, packed) =
                live(world, order).map_or_else(Default::default, |it| of_product(it, erp));
            let wanted = wanted(world, order, product, Disputed::NotOwed);
            let claimed = match sales {
                Sales::Whole if !is_over(order.status) => wanted.max(quantity),
                Sales::Whole | Sales::AsWanted => wanted,
            };
            (claimed - packed).max(Decimal::ZERO)
        })
        .sum();
    level.active - (level.reserved - linked) - owed
}

/// What a LeafLink order's buyer waits for.
fn wanted(world: &World, order: &OrderRow, product: u64, disputed: Disputed) -> Decimal {
    let quantity: Decimal =
        order.lines.iter().filter(|line| line.product == Some(product)).map(|line| line.quantity).sum();
    match order.status {
        Status::Submitted | Status::Accepted => quantity,
        Status::Fulfilled | Status::Shipped | Status::Complete => {
            // LeafLink has taken it off its quantity; it is owed if the ERP is still to pack it.
            // Nobody can tell what is on an order that cannot be read. Of a disputed one the sales
            // order says what people pack.
            let forgotten = world.memory.forgotten.contains(&order.number);
            let known = world.memory.books.order_of(&order.number);
            let canceled = known.is_some_and(|known| known.status == SalesOrderStatus::Canceled);
            let erp = world.memory.books.links.get(&product).map_or("", String::as_str);
            match known {
                _ if canceled || order.malformed => Decimal::ZERO,
                // It may wait to come over again, and then it is owed.
                _ if forgotten && disputed == Disputed::NotOwed => Decimal::ZERO,
                Some(known) if disputed == Disputed::NotOwed && is_disputed(world, order) => {
                    quantity.min(of_product(known, erp).0)
                }
                _ => quantity,
            }
        }
        Status::Draft | Status::Backorder | Status::Rejected | Status::Combined | Status::Cancelled => {
            Decimal::ZERO
        }
    }
}

/// Whether people on both sides have to agree what is on an order: it was edited in LeafLink when it
/// was packed or was about to be, or edited in the ERP.
fn is_disputed(world: &World, order: &OrderRow) -> bool {
    world.memory.disputed.contains(&order.number) || world.memory.edited_in_erp.contains(&order.number)
}

/// The sales order of an order, if it takes goods.
fn live<'a>(world: &'a World, order: &OrderRow) -> Option<&'a SalesOrder> {
    let known = world.memory.books.order_of(&order.number);
    known.filter(|known| known.status != SalesOrderStatus::Canceled)
}

fn level(books: &Books, product: u64) -> Option<(&str, Level)> {
    let erp = books.links.get(&product)?;
    Some((erp, books.levels.get(erp).copied().unwrap_or_default()))
}

/// The parts of a figure, for people.
pub fn account(world: &World, product: u64) -> String {
    let books = &world.memory.books;
    let Some((erp, level)) = level(books, product) else { return "it is not linked".to_owned() };
    let orders: Vec<String> = world
        .sandbox
        .order_rows()
        .iter()
        .filter(|order| order.lines.iter().any(|line| line.product == Some(product)))
        .map(|order| {
            let known = books.order_of(&order.number);
            let sales_order = known.map_or("no sales order".to_owned(), |known| {
                let (quantity, packed) = of_product(known, erp);
                format!("{:?} with {quantity}, {packed} packed", known.status)
            });
            format!(
                "{} {:?} wants {} ({sales_order})",
                order.short_id,
                order.status,
                wanted(world, order, product, Disputed::Owed)
            )
        })
        .collect();
    format!(
        "{} on hand, {} reserved, {} promised; {}",
        level.active,
        level.reserved,
        level.promised,
        orders.join("; ")
    )
}
