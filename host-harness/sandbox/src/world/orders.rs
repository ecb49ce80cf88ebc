//! What can happen to an order once it is there.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::stock::Footprint;
use super::{Action, DiscountType, Event, Order, PaymentOption, Rep, Source, Status, World};
use crate::decimal;
use crate::refusal::Refusal;
use crate::seed::LineSeed;
use crate::time::Instant;
use crate::view;
use crate::webhook::Change;

/// An edit in LeafLink's screens. What is left out stays.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs)] // The names are those of `OrderSeed`.
pub struct OrderEdit {
    pub customer: Option<u64>,
    pub external_id_seller: Option<String>,
    #[serde(deserialize_with = "decimal::optional")]
    pub discount: Option<Decimal>,
    pub discount_type: Option<DiscountType>,
    #[serde(deserialize_with = "decimal::optional")]
    pub tax_percent: Option<Decimal>,
    #[serde(deserialize_with = "decimal::optional")]
    pub shipping: Option<Decimal>,
    pub notes: Option<String>,
    pub internal_notes: Option<String>,
    pub ship_date: Option<String>,
    pub classification: Option<String>,
    pub paid: Option<bool>,
    pub no_payment_term: Option<bool>,
    #[serde(deserialize_with = "decimal::optional")]
    pub total: Option<Decimal>,
    /// Replaces the order's `as_sent`; `{}` takes it away.
    pub as_sent: Option<Value>,
    /// Replaces the order's `body`; `""` takes it away.
    pub body: Option<String>,
    /// Lines to add.
    pub add: Vec<LineSeed>,
    /// Lines to change.
    pub change: Vec<LineEdit>,
    /// Ids of lines to take away.
    pub remove: Vec<u64>,
}

/// A change of one line. What is left out stays.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)] // The names are those of `LineSeed`.
pub struct LineEdit {
    /// Which line.
    pub id: u64,
    #[serde(default, deserialize_with = "decimal::optional")]
    pub quantity: Option<Decimal>,
    #[serde(default, deserialize_with = "decimal::optional")]
    pub price: Option<Decimal>,
    /// A sale price above zero puts the line on sale, zero takes it off.
    #[serde(default, deserialize_with = "decimal::optional")]
    pub sale_price: Option<Decimal>,
    #[serde(default)]
    pub sample: Option<bool>,
    #[serde(default)]
    pub notes: Option<String>,
    #[serde(default)]
    pub batch: Option<u64>,
}

impl World {
    /// The order of this number.
    pub fn order(&self, number: &str) -> Result<&Order, Refusal> {
        self.orders
            .values()
            .find(|order| order.number == number)
            .ok_or_else(|| Refusal::NotFound(format!("order {number}")))
    }

    /// The order that has this line.
    pub fn order_of_line(&self, line: u64) -> Result<&Order, Refusal> {
        self.orders
            .values()
            .find(|order| order.lines.iter().any(|it| it.id == line))
            .ok_or_else(|| Refusal::NotFound(format!("line item {line}")))
    }

    /// Changes an order, and with it stock, `modified`, the event log and the webhooks.
    pub fn change_order(
        &mut self,
        number: &str,
        source: Source,
        event: &'static str,
        change: impl FnOnce(&mut Order) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let before = self.order(number)?.clone();
        let mut after = before.clone();
        change(&mut after)?;
        after.modified = self.stamp();
        after.user = self.author(source).1;
        let changed = self.differences(&before, &after);
        let touched = self.move_stock(&Footprint::of(&before), &Footprint::of(&after));
        self.orders.insert(after.id, after.clone());
        self.record_event(&after, source, event, changed);
        self.announce_order(&after, Change::Edit, touched);
        Ok(())
    }

    /// Moves an order on. People may do what only buyers can; clients of the API may not.
    pub fn transition(&mut self, number: &str, action: Action, source: Source) -> Result<(), Refusal> {
        let order = self.order(number)?;
        let status = order.status;
        let buyer = source != Source::Api && (status, action) == (Status::Submitted, Action::Cancel);
        if !buyer && !status.allows(action, self.options.skip_steps) {
            return Err(Refusal::Transition(format!(
                "Order can not transition from {} to {}.",
                status.name(),
                action.target().name(),
            )));
        }
        if action == Action::Accept && self.options.payment_term_required && order.payment_option.is_none() {
            return Err(Refusal::Transition(
                "A payment term must be selected before the order can be accepted.".to_owned(),
            ));
        }
        self.change_order(number, source, action.event(), |order| {
            order.status = action.target();
            Ok(())
        })
    }

    /// Edits an order as a person does in LeafLink's screens.
    pub fn edit_order(&mut self, number: &str, edit: OrderEdit) -> Result<(), Refusal> {
        if let Some(customer) = edit.customer {
            self.customer(customer)?;
        }
        let ship_date = edit.ship_date.as_deref().map(|text| read_instant("ship_date", text));
        let ship_date = ship_date.transpose()?;
        let added = edit.add.into_iter().map(|line| self.new_line(line)).collect::<Result<Vec<_>, _>>()?;
        self.change_order(number, Source::App, "edited", |order| {
            replace(&mut order.customer, edit.customer);
            replace(&mut order.discount, edit.discount);
            replace(&mut order.discount_type, edit.discount_type);
            replace(&mut order.tax_percent, edit.tax_percent);
            replace(&mut order.shipping, edit.shipping);
            replace(&mut order.classification, edit.classification);
            replace(&mut order.paid, edit.paid);
            replace_some(&mut order.external_id_seller, edit.external_id_seller);
            replace_some(&mut order.notes, edit.notes);
            replace_some(&mut order.internal_notes, edit.internal_notes);
            replace_some(&mut order.ship_date, ship_date);
            replace_some(&mut order.total_override, edit.total);
            replace_some(&mut order.as_sent, edit.as_sent);
            if let Some(body) = edit.body {
                order.body = Some(body).filter(|text| !text.is_empty());
            }
            if let Some(none) = edit.no_payment_term {
                order.payment_option = (!none).then_some(PaymentOption::DEFAULT);
            }
            for change in edit.change {
                change_line(order, change)?;
            }
            for id in edit.remove {
                let before = order.lines.len();
                order.lines.retain(|line| line.id != id);
                if order.lines.len() == before {
                    return Err(Refusal::NotFound(format!("line item {id} of this order")));
                }
            }
            order.lines.extend(added);
            Ok(())
        })
    }

    /// Puts other sales reps on an order.
    pub fn set_reps(&mut self, number: &str, staff: &[u64]) -> Result<(), Refusal> {
        let kept = self.order(number)?.reps.clone();
        let mut reps = Vec::new();
        for id in staff {
            let rep = match kept.iter().find(|rep| rep.staff == *id) {
                Some(rep) => rep.clone(),
                None => self.new_rep(*id)?,
            };
            reps.push(rep);
        }
        self.change_order(number, Source::App, "rep_edited", |order| {
            order.reps = reps;
            Ok(())
        })
    }

    /// Merges orders of one customer into a new one, which gets all their lines; its number.
    pub fn combine(&mut self, numbers: &[String]) -> Result<String, Refusal> {
        let sources =
            numbers.iter().map(|number| self.order(number).cloned()).collect::<Result<Vec<_>, _>>()?;
        let Some(first) = sources.first() else {
            return Err(Refusal::Invalid("There are no orders to combine.".to_owned()));
        };
        if sources.iter().any(|order| order.customer != first.customer) {
            return Err(Refusal::Invalid("Only orders of one customer combine.".to_owned()));
        }
        let distinct: BTreeSet<&String> = numbers.iter().collect();
        if distinct.len() != numbers.len() {
            return Err(Refusal::Invalid("An order does not combine with itself.".to_owned()));
        }
        let open = [Status::Submitted, Status::Accepted];
        if let Some(order) = sources.iter().find(|order| !open.contains(&order.status)) {
            return Err(Refusal::Transition(format!(
                "Order {} is {} and can not be combined.",
                order.short_id,
                order.status.name(),
            )));
        }
        for number in numbers {
            self.change_order(number, Source::App, "combined", |order| {
                order.status = Status::Combined;
                Ok(())
            })?;
        }
        let mut order = first.clone();
        order.lines = sources.iter().flat_map(|order| order.lines.clone()).collect();
        for (position, line) in order.lines.iter_mut().enumerate() {
            line.id = self.next_line;
            self.next_line += 1;
            line.position = Some(position as u64);
        }
        order.shipping = sources.iter().map(|order| order.shipping).sum();
        order.credits = sources.iter().map(|order| order.credits).sum();
        order.is_combination = true;
        order.external_ids.clear();
        order.external_id_seller = None;
        order.total_override = None;
        Ok(self.enter_order(order, None, None, &Footprint::default()))
    }

    /// Keeps an event of an order.
    pub(super) fn record_event(
        &mut self,
        order: &Order,
        source: Source,
        kind: &'static str,
        changed: Map<String, Value>,
    ) {
        let (author, username) = self.author(source);
        let id = 880_001 + self.events.len() as u64;
        self.events.push(Event {
            id,
            order: order.number.clone(),
            author,
            username,
            kind,
            at: order.modified,
            changed,
            source,
        });
    }

    /// Queues the webhooks of an order and of the products whose stock moved with it.
    pub(super) fn announce_order(&mut self, order: &Order, change: Change, touched: BTreeSet<u64>) {
        let data = view::webhook_order(self, order);
        self.queue_webhook("order", change, &data);
        for product in touched {
            self.announce_product(product, Change::Edit);
        }
    }

    /// What an edit changed of the order as the API shows it, field by field.
    fn differences(&self, before: &Order, after: &Order) -> Map<String, Value> {
        const DERIVED: [&str; 3] = ["modified", "user", "available_transitions"];
        let (Value::Object(old), Value::Object(new)) = (view::order(self, before), view::order(self, after))
        else {
            return Map::new();
        };
        new.into_iter()
            .filter(|(name, value)| !DERIVED.contains(&name.as_str()) && old.get(name) != Some(value))
            .map(|(name, value)| {
                let change = json!({"original": old.get(&name), "new": value});
                (name, change)
            })
            .collect()
    }

    /// A rep entry for a member of the staff.
    pub(super) fn new_rep(&mut self, staff: u64) -> Result<Rep, Refusal> {
        if !self.staff.contains_key(&staff) {
            return Err(Refusal::NotFound(format!("staff member {staff}")));
        }
        let id = self.next_rep;
        self.next_rep += 1;
        Ok(Rep { id, staff, created_on: self.stamp() })
    }
}

/// Reads an instant that somebody entered.
pub(super) fn read_instant(field: &str, text: &str) -> Result<Instant, Refusal> {
    Instant::parse(text).ok_or_else(|| Refusal::field(field, "Datetime has wrong format. Use ISO 8601."))
}

fn change_line(order: &mut Order, edit: LineEdit) -> Result<(), Refusal> {
    let line = order
        .lines
        .iter_mut()
        .find(|line| line.id == edit.id)
        .ok_or_else(|| Refusal::NotFound(format!("line item {} of this order", edit.id)))?;
    replace(&mut line.quantity, edit.quantity);
    replace(&mut line.price, edit.price);
    replace(&mut line.sample, edit.sample);
    replace_some(&mut line.notes, edit.notes);
    replace_some(&mut line.batch, edit.batch);
    if let Some(price) = edit.sale_price {
        line.sale_price = price;
        line.on_sale = price > Decimal::ZERO;
    }
    Ok(())
}

fn replace<T>(target: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *target = value;
    }
}

fn replace_some<T>(target: &mut Option<T>, value: Option<T>) {
    if value.is_some() {
        *target = value;
    }
}
