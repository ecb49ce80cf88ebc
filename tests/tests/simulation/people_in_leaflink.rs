//! People at work in LeafLink. What they do is what LeafLink lets them, and a buyer gets no more
//! than is offered.

use leaflink_sandbox::{Action, Event, OrderRow, OrderSeed, Source, Status};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::books::is_begun;
use super::check::stock;
use super::history::InLeafLink;
use super::stage::{CUSTOMERS, LEAFLINK_PRODUCTS};
use super::world::{World, is_over};

const REPS: [&[u64]; 4] = [&[4107], &[4108], &[4107, 4108], &[4109]];

/// Does something; answers whether LeafLink let them.
pub fn act(world: &mut World, act: &InLeafLink) -> bool {
    match act {
        InLeafLink::Place { .. } => place(world, act),
        InLeafLink::Mend { order } => {
            let broken: Vec<_> = world.sandbox.order_rows().into_iter().filter(|it| it.malformed).collect();
            let Some(order) = broken.get(order % broken.len().max(1)) else { return false };
            edit(world, order, json!({"as_sent": {}}))
        }
        InLeafLink::SetQuantity { order, line, quantity } => {
            on_line(world, *order, *line, |world, order, line| {
                let room = if is_open(order) { offered(world, line.1) } else { Decimal::ZERO };
                let most = line.2 + room;
                let quantity = Decimal::from(*quantity).min(most).max(Decimal::ONE);
                Some(json!({"change": [{"id": line.0, "quantity": quantity.to_string()}]}))
            })
        }
        InLeafLink::SetPrice { order, line, cents } => on_line(world, *order, *line, |_, _, line| {
            Some(json!({"change": [{"id": line.0, "price": Decimal::new(i64::from(*cents), 2).to_string()}]}))
        }),
        InLeafLink::RemoveLine { order, line } => on_line(world, *order, *line, |_, order, line| {
            (order.lines.len() > 1).then(|| json!({"remove": [line.0]}))
        }),
        InLeafLink::AddLine { order, product, quantity } => {
            let Some(order) = editable(world, *order) else { return false };
            let product = LEAFLINK_PRODUCTS[product % LEAFLINK_PRODUCTS.len()];
            let quantity = Decimal::from(*quantity).min(offered(world, product));
            quantity > Decimal::ZERO
                && edit(
                    world,
                    &order,
                    json!({"add": [{"product": product, "quantity": quantity.to_string()}]}),
                )
        }
        InLeafLink::SetNotes { order, note } => {
            let Some(order) = editable(world, *order) else { return false };
            edit(world, &order, json!({"internal_notes": format!("note {note}")}))
        }
        InLeafLink::SetDiscount { order, percent } => {
            let Some(order) = editable(world, *order) else { return false };
            edit(world, &order, json!({"discount": percent.to_string(), "discount_type": "%"}))
        }
        InLeafLink::SetRep { order, rep } => {
            let Some(order) = editable(world, *order) else { return false };
            world.sandbox.set_reps(&order.number, REPS[rep % REPS.len()]).is_ok()
        }
        InLeafLink::Accept { order } => transition(world, *order, Action::Accept),
        InLeafLink::Fulfill { order } => transition(world, *order, Action::Fulfill),
        InLeafLink::Ship { order } => transition(world, *order, Action::Ship),
        InLeafLink::Complete { order } => transition(world, *order, Action::Complete),
        InLeafLink::Reject { order } => transition(world, *order, Action::Reject),
        InLeafLink::Cancel { order } => transition(world, *order, Action::Cancel),
        InLeafLink::Combine { first, second } => combine(world, *first, *second),
        InLeafLink::SetWholesalePrice { product, cents } => {
            set_wholesale_price(world, *product, Decimal::new(i64::from(*cents), 2))
        }
    }
}

fn set_wholesale_price(world: &mut World, product: usize, price: Decimal) -> bool {
    let rows = world.sandbox.product_rows();
    let product = rows[product % rows.len()].id;
    let fields = json!({"wholesale_price": {"amount": price.to_string(), "currency": "USD"}});
    let event = json!({"edit_product": {"product": product, "fields": fields}});
    let Ok(event) = serde_json::from_value::<Event>(event) else { return false };
    let done = world.sandbox.apply(event).is_ok();
    if done {
        let memory = &mut world.memory;
        memory.prices_entered += 1;
        memory.wholesale_prices.insert(product, (price, memory.prices_entered));
    }
    done
}

fn place(world: &mut World, act: &InLeafLink) -> bool {
    let InLeafLink::Place { customer, rep, lines, discount_percent, taxed, shipping, malformed } = act else {
        return false;
    };
    let mut wanted: Vec<Value> = Vec::new();
    let mut taken: Vec<u64> = Vec::new();
    for (product, quantity) in lines {
        // The product that is not linked is ordered seldom: one line in ten.
        let product = LEAFLINK_PRODUCTS[(product / 3) % LEAFLINK_PRODUCTS.len()];
        let quantity = Decimal::from(*quantity).min(offered(world, product));
        if quantity > Decimal::ZERO && !taken.contains(&product) {
            taken.push(product);
            wanted.push(json!({"product": product, "quantity": quantity.to_string()}));
        }
    }
    if wanted.is_empty() {
        return false;
    }
    // One rep in eight is not connected.
    let rep = if *rep == 7 { 3 } else { rep % 3 };
    let mut order = json!({
        "customer": CUSTOMERS[if *customer == 7 { 2 } else { customer % 2 }], "reps": REPS[rep], "lines": wanted,
        "discount": discount_percent.to_string(), "shipping": shipping.to_string(),
    });
    if *taxed {
        order["tax_percent"] = json!("15");
    }
    if *malformed {
        order["as_sent"] = json!({"total": "many"});
        world.counters.hit("an order could not be read");
    }
    let Ok(order) = serde_json::from_value::<OrderSeed>(order) else { return false };
    let placed = world.sandbox.place_order(order).is_ok();
    if placed {
        world.counters.hit("an order came in");
    }
    placed
}

fn transition(world: &mut World, order: usize, action: Action) -> bool {
    let Some(order) = world.order(order) else { return false };
    let calls_off = matches!(action, Action::Reject | Action::Cancel);
    let packed = is_packed(world, &order);
    let done = world.sandbox.transition(&order.number, action, Source::App).is_ok();
    if done && calls_off {
        stock::given_back(world, &order);
    }
    if done && calls_off && packed {
        world.counters.hit("an order was rejected in LeafLink after it was packed");
        stock::against_advice(world);
    }
    done
}

fn combine(world: &mut World, first: usize, second: usize) -> bool {
    let (Some(first), Some(second)) = (world.order(first), world.order(second)) else { return false };
    let packed = is_packed(world, &first) || is_packed(world, &second);
    let known = world.memory.books.order_of(&first.number).is_some();
    let done = world.sandbox.combine(&[first.number, second.number]).is_ok();
    if done && packed {
        stock::against_advice(world);
    }
    if done && known {
        world.counters.hit("an order was combined after it came over");
    }
    done
}

/// A line: its id, product and quantity.
type Line = (u64, u64, Decimal);

fn on_line(
    world: &mut World,
    order: usize,
    line: usize,
    what: impl Fn(&World, &OrderRow, Line) -> Option<Value>,
) -> bool {
    let Some(order) = editable(world, order) else { return false };
    let Some(row) = order.lines.get(line % order.lines.len().max(1)) else { return false };
    let line = (row.id, row.product.unwrap_or_default(), row.quantity);
    let Some(change) = what(world, &order, line) else { return false };
    edit(world, &order, change)
}

fn edit(world: &mut World, order: &OrderRow, edit: Value) -> bool {
    let event = json!({"edit_order": {"order": order.number, "edit": edit}});
    let Ok(event) = serde_json::from_value::<Event>(event) else { return false };
    let packed = is_packed(world, order);
    let done = world.sandbox.apply(event).is_ok();
    if done {
        stock::given_back(world, order);
        world.memory.unapplied.insert(order.number.clone());
        if let Some(sales_order) = world.memory.books.order_of(&order.number) {
            let id = sales_order.id.clone();
            world.memory.entered.retain(|(of, _), _| *of != id);
        }
        if packed {
            world.counters.hit("a line was edited in LeafLink after it was packed");
            world.memory.disputed.insert(order.number.clone());
            stock::against_advice(world);
        }
    }
    done
}

/// The order, if people can still edit it.
fn editable(world: &World, order: usize) -> Option<OrderRow> {
    world.order(order).filter(|order| !is_over(order.status) && order.status != Status::Complete)
}

fn is_open(order: &OrderRow) -> bool {
    matches!(order.status, Status::Submitted | Status::Accepted)
}

fn is_packed(world: &World, order: &OrderRow) -> bool {
    world.memory.books.order_of(&order.number).is_some_and(is_begun)
}

/// What a buyer can have of a product.
fn offered(world: &World, product: u64) -> Decimal {
    let products = world.sandbox.product_rows();
    let row = products.iter().find(|row| row.id == product);
    row.map_or(Decimal::ZERO, |row| row.available.max(Decimal::ZERO))
}
