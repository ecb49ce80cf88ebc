//! People at work in the ERP. What they do is what the ERP lets them; what concerns a sales order
//! from LeafLink or a payment is noted for the next round, as the ERP's screens do.

use leaflink_sync_kit::exports::sales_orders::Deletion;
use leaflink_sync_kit::host::records::{PaymentMethod, SalesOrder, SalesOrderStatus, TransferState};
use leaflink_sync_kit::host::{CompanyId, Records};
use reference_erp::{Erp, NewLine, NewPayment, NewSalesOrder, Package, People, ProductEdit};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::books::number;
use super::check::stock;
use super::history::InErp;
use super::play::Player;
use super::stage::{NEW_PRODUCTS, PLACE, PRODUCTS};

/// Does something; answers whether the ERP let them.
pub fn act(player: &mut Player, act: &InErp) -> bool {
    let (erp, company) = (player.stage.erp.clone(), player.stage.company.clone());
    let people = erp.people(&company);
    match *act {
        InErp::Advance { order } => with_order(player, order, |player, order| advance(player, people, order)),
        InErp::BackToPending { order } => with_order(player, order, |player, order| {
            let back = order.status == SalesOrderStatus::Processing
                && people.set_status(&order.id, SalesOrderStatus::Pending).is_ok();
            if back {
                let mut world = player.stage.world();
                world.counters.hit("a sales order went back to pending");
                world.memory.moved_back.insert(number_of(order));
            }
            back
        }),
        InErp::Cancel { order } => with_order(player, order, |player, order| {
            let done = people.cancel_sales_order(&order.id).is_ok();
            if done {
                player.stage.world().memory.may_be_rejected.insert(number_of(order));
            }
            done
        }),
        InErp::Delete { order, reject } => delete(player, people, order, reject),
        InErp::Pack { order, line, quantity } => with_line(player, order, line, |_, order, line| {
            people.fulfil_line(&order.id, line, Decimal::from(quantity)).is_ok()
        }),
        InErp::Unpack { order, line } => {
            with_line(player, order, line, |_, order, line| people.unfulfil_line(&order.id, line).is_ok())
        }
        InErp::SetQuantity { order, line, quantity } => {
            with_line(player, order, line, |player, order, line| {
                let known = order.lines.iter().find(|known| known.id == line);
                let price = known.and_then(|known| known.unit_price.parse().ok()).unwrap_or_default();
                let quantity = Decimal::from(quantity);
                let done = people.set_line(&order.id, line, quantity, price).is_ok();
                if done {
                    edited(player, order);
                    let key = (order.id.clone(), line.to_owned());
                    let memory = &mut player.stage.world().memory;
                    // An edit of LeafLink's that is still to come over wins.
                    if !memory.unapplied.contains(&number_of(order)) {
                        memory.entered.insert(key, quantity);
                    }
                }
                done
            })
        }
        InErp::AddLine { order, product, quantity } => with_order(player, order, |player, order| {
            let line = new_line(product, quantity);
            let done = people.add_line(&order.id, &line).is_ok();
            if done {
                edited(player, order);
            }
            done
        }),
        InErp::RemoveLine { order, line } => with_line(player, order, line, |player, order, line| {
            let done = order.lines.len() > 1 && people.remove_line(&order.id, line).is_ok();
            if done {
                edited(player, order);
                let key = (order.id.clone(), line.to_owned());
                player.stage.world().memory.entered.remove(&key);
            }
            done
        }),
        InErp::SetDeliveryDay { order, day } => with_order(player, order, |_, order| {
            people.set_delivery_day(&order.id, Some(&format!("2026-03-{day:02}"))).is_ok()
        }),
        InErp::Sell { product, quantity } => sell(player, people, product, quantity),
        InErp::Receive { product, quantity } => {
            people.receive_stock(PRODUCTS[product].0, PLACE, Decimal::from(quantity)).is_ok()
        }
        InErp::Count { product, quantity } => {
            stock::the_erps_own(&mut player.stage.world());
            people.count_stock(PRODUCTS[product].0, PLACE, Decimal::from(quantity)).is_ok()
        }
        InErp::PlanAssembly { product, quantity } => {
            stock::the_erps_own(&mut player.stage.world());
            let planned = people.plan_assembly(PRODUCTS[product].0, PLACE, Decimal::from(quantity));
            planned.map(|id| player.assemblies.push_back(id)).is_ok()
        }
        InErp::EndAssembly { completed } => {
            let Some(id) = player.assemblies.pop_front() else { return false };
            let end = if completed { people.complete_assembly(&id) } else { people.drop_assembly(&id) };
            end.is_ok()
        }
        InErp::Unlink { product } => {
            stock::the_erps_own(&mut player.stage.world());
            player.changes.products.insert(PRODUCTS[product].0.to_owned());
            people.link_product(PRODUCTS[product].0, None).is_ok()
        }
        InErp::Relink => {
            stock::the_erps_own(&mut player.stage.world());
            PRODUCTS.iter().all(|(product, leaflink)| {
                player.changes.products.insert((*product).to_owned());
                people.link_product(product, Some(*leaflink)).is_ok()
            })
        }
        InErp::Pay { order, cents } => pay(player, people, order, cents),
        InErp::TakeBack { payment, delete } => take_back(player, people, payment, delete),
        InErp::SetSalePrice { product, cents } => with_product(player, product, |player, product| {
            let price = Decimal::new(i64::from(cents), 2);
            let done = people.set_sale_price(product, price).is_ok();
            if done {
                let memory = &mut player.stage.world().memory;
                memory.prices_entered += 1;
                memory.sale_prices.insert(product.to_owned(), (price, memory.prices_entered));
            }
            done
        }),
        InErp::CreateListing { product } => with_product(player, PRODUCTS.len() + product, |_, product| {
            people.edit_listing(product, &form()).is_ok()
        }),
        InErp::SetMinimum { product, quantity } => with_product(player, product, |player, product| {
            // Two of the products are sold by the case on both sides.
            let by_the_case = [PRODUCTS[0].0, PRODUCTS[2].0].contains(&product);
            let fields = json!({"minimum_order": quantity.to_string(), "sell_in_multiples": by_the_case});
            let Value::Object(fields) = fields else { return false };
            let done = people.edit_listing(product, &fields).is_ok();
            if done {
                player.stage.world().memory.minimums.insert(product.to_owned(), quantity);
            }
            done
        }),
        InErp::Rename { product, name } => with_product(player, product, |_, product| {
            let name = Some(format!("{product}, batch {name}"));
            people.edit_product(product, &ProductEdit { name, ..ProductEdit::default() }).is_ok()
        }),
        InErp::MatchTransfer { order } => {
            with_order(player, order, |player, order| match_transfer(player, people, order))
        }
        InErp::PartTransfer { transfer, rejected } => part_transfer(player, people, transfer, rejected),
    }
}

/// The LeafLink tab of a product that is to be made in LeafLink.
fn form() -> Map<String, Value> {
    let fields = [
        ("create", json!(true)),
        ("license", json!(70_220)),
        ("brand", json!(2_201)),
        ("category", json!(7)),
        ("subcategory", json!(14)),
        ("inventory_management", json!("managed")),
        ("wholesale_price", json!("24.00")),
        ("strain_classification", json!("hybrid")),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn with_product(player: &mut Player, product: usize, what: impl FnOnce(&mut Player, &str) -> bool) -> bool {
    let known = PRODUCTS.iter().map(|(product, _)| *product);
    let mut known = known.chain(NEW_PRODUCTS.iter().map(|(product, _)| *product)).cycle();
    let Some(product) = known.nth(product) else { return false };
    let done = what(player, product);
    if done {
        player.changes.products.insert(product.to_owned());
    }
    done
}

/// What is open is packed with the transfer's packages.
fn match_transfer(player: &mut Player, people: People<'_>, order: &SalesOrder) -> bool {
    let open = order.lines.iter().map(|line| Package {
        line: line.id.clone(),
        tag: None,
        quantity: number(&line.quantity) - number(&line.fulfilled),
    });
    let packages: Vec<_> = open.filter(|open| open.quantity > Decimal::ZERO).collect();
    let manifest = format!("000{}", player.transfers.len() + 1);
    let Ok(id) = people.match_transfer(&order.id, &manifest, &packages, None) else { return false };
    player.changes.transfers.insert(id.clone());
    player.transfers.push(id);
    player.stage.world().counters.hit("a transfer was matched");
    true
}

/// The sales order is processing again, and keeps what was packed.
fn part_transfer(player: &mut Player, people: People<'_>, transfer: usize, rejected: bool) -> bool {
    let count = player.transfers.len();
    let Some(id) = player.transfers.get(transfer % count.max(1)).cloned() else { return false };
    let Some(order) = order_of(&player.stage.erp, &player.stage.company, &id) else { return false };
    let done = if rejected { people.reject_transfer(&id) } else { people.unmatch_transfer(&id) };
    if done.is_err() {
        return false;
    }
    player.changes.transfers.insert(id);
    let known = player.stage.world().memory.books.orders.iter().find(|known| known.id == order).cloned();
    if let Some(known) = known {
        let mut world = player.stage.world();
        world.memory.parted.insert(number_of(&known));
        world.counters.hit("a transfer was parted from its sales order");
    }
    player.changes.sales_orders.insert(order);
    true
}

/// The sales order that a transfer is matched with.
fn order_of(erp: &Erp, company: &CompanyId, transfer: &str) -> Option<String> {
    let transfers = erp.begin(company).ok()?.get_transfers(&[transfer.to_owned()]).ok()?;
    transfers.into_iter().find(|it| it.state == TransferState::Matched)?.sales_order
}

fn with_order(
    player: &mut Player,
    order: usize,
    what: impl FnOnce(&mut Player, &SalesOrder) -> bool,
) -> bool {
    let order = player.stage.world().memory.books.of_leaflink(order).cloned();
    let Some(order) = order else { return false };
    let done = what(player, &order);
    if done {
        stock::packed_unasked(&mut player.stage.world(), &order);
        player.changes.sales_orders.insert(order.id.clone());
    }
    done
}

fn with_line(
    player: &mut Player,
    order: usize,
    line: usize,
    what: impl FnOnce(&mut Player, &SalesOrder, &str) -> bool,
) -> bool {
    with_order(player, order, |player, order| match order.lines.get(line % order.lines.len().max(1)) {
        Some(line) => what(player, order, &line.id),
        None => false,
    })
}

fn advance(player: &Player, people: People<'_>, order: &SalesOrder) -> bool {
    use SalesOrderStatus::{Completed, Delivered, Delivering, Processing, ReadyToShip};
    let next = match order.status {
        SalesOrderStatus::Pending => Processing,
        Processing => {
            if people.fulfil_order(&order.id).is_err() {
                return false;
            }
            ReadyToShip
        }
        ReadyToShip => Delivering,
        Delivering => Delivered,
        Delivered => Completed,
        Completed | SalesOrderStatus::Canceled => return false,
    };
    player.stage.world().memory.moved_back.remove(&number_of(order));
    people.set_status(&order.id, next).is_ok()
}

/// The sales order is gone at once; the component is told in the next round.
fn delete(player: &mut Player, people: People<'_>, order: usize, reject: bool) -> bool {
    let order = player.stage.world().memory.books.of_leaflink(order).cloned();
    let Some(order) = order else { return false };
    if people.delete_sales_order(&order.id, Some(reject)).is_err() {
        return false;
    }
    let number = number_of(&order);
    player.changes.sales_orders.remove(&order.id);
    let mut world = player.stage.world();
    if reject {
        world.memory.may_be_rejected.insert(number.clone());
        world.counters.hit("a sales order was deleted and LeafLink's order rejected");
    }
    world.memory.forgotten.insert(number.clone());
    world.memory.edited_in_erp.remove(&number);
    world.memory.moved_back.remove(&number);
    drop(world);
    player.changes.deletions.push_back(Deletion {
        sales_order: order.id,
        leaflink_order: number,
        reject_in_leaflink: reject,
    });
    true
}

fn sell(player: &mut Player, people: People<'_>, product: usize, quantity: u32) -> bool {
    stock::the_erps_own(&mut player.stage.world());
    let order = NewSalesOrder {
        customer: Some("c-kettle".to_owned()),
        owner: Some("u-rae".to_owned()),
        location: Some(PLACE.to_owned()),
        lines: vec![new_line(product, quantity)],
    };
    let Ok(id) = people.create_sales_order(&order) else { return false };
    people.set_status(&id, SalesOrderStatus::Processing).is_ok()
}

fn pay(player: &mut Player, people: People<'_>, order: usize, cents: u32) -> bool {
    let order = player.stage.world().memory.books.of_leaflink(order).cloned();
    let Some(order) = order else { return false };
    let invoice = invoice_of(&player.stage.erp, &player.stage.company, &order.id);
    let Some(invoice) = invoice.or_else(|| people.create_invoice(&order.id).ok()) else { return false };
    let payment = NewPayment {
        invoice,
        amount: Decimal::new(i64::from(cents), 2),
        method: PaymentMethod::Check,
        paid_at_ms: player.stage.erp.now_ms(),
        recorded_by: "u-rae".to_owned(),
        description: None,
    };
    let Ok(id) = people.post_payment(&payment) else { return false };
    player.payments.push(id.clone());
    player.changes.payments.insert(id);
    true
}

fn invoice_of(erp: &Erp, company: &CompanyId, order: &str) -> Option<String> {
    let invoices = erp.begin(company).ok()?.invoices_of_sales_order(order).ok()?;
    invoices.into_iter().find(|invoice| !invoice.voided).map(|invoice| invoice.id)
}

fn take_back(player: &mut Player, people: People<'_>, payment: usize, delete: bool) -> bool {
    let count = player.payments.len();
    let Some(id) = player.payments.get(payment % count.max(1)).cloned() else { return false };
    let done = if delete { people.delete_payment(&id) } else { people.void_payment(&id) };
    if done.is_ok() {
        player.changes.payments.insert(id);
    }
    done.is_ok()
}

fn edited(player: &Player, order: &SalesOrder) {
    let mut world = player.stage.world();
    stock::the_erps_own(&mut world);
    world.memory.edited_in_erp.insert(number_of(order));
}

fn new_line(product: usize, quantity: u32) -> NewLine {
    NewLine {
        product: PRODUCTS[product % PRODUCTS.len()].0.to_owned(),
        quantity: Decimal::from(quantity),
        unit_price: Decimal::from(9),
        location: Some(PLACE.to_owned()),
    }
}

fn number_of(order: &SalesOrder) -> String {
    order.origin.as_ref().map(|origin| origin.number.clone()).unwrap_or_default()
}
