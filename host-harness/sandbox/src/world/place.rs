//! How an order comes to be.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::orders::read_instant;
use super::stock::Footprint;
use super::{Credit, DiscountType, Line, Order, OrderTax, PaymentOption, Product, Source, World, next_id};
use crate::decimal;
use crate::refusal::Refusal;
use crate::seed::{LineSeed, OrderSeed};
use crate::view::denomination;
use crate::webhook::Change;

/// Whether an order is placed now, or was there before the world began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placing {
    Now,
    /// What it has taken from stock is not in the products' quantity any more.
    Before,
}

impl World {
    /// Places an order; its number.
    pub fn place_order(&mut self, seed: OrderSeed, placing: Placing) -> Result<String, Refusal> {
        let customer = self.customer(seed.customer)?;
        let delivery_preferences = seed.delivery_preferences.or_else(|| {
            customer.other.get("delivery_preferences").and_then(Value::as_str).map(str::to_owned)
        });
        let (short_id, number) = (seed.short_id, seed.number);
        let taken = self.orders.values().any(|order| {
            Some(&order.number) == number.as_ref() || Some(&order.short_id) == short_id.as_ref()
        });
        if taken {
            return Err(Refusal::Invalid("There is an order of this number already.".to_owned()));
        }
        let created_on = seed.created_on.as_deref().map(|text| read_instant("created_on", text));
        let created_on = created_on.transpose()?;
        let ship_date = seed.ship_date.as_deref().map(|text| read_instant("ship_date", text));
        let ship_date = ship_date.transpose()?;
        let reps = seed.reps.iter().map(|staff| self.new_rep(*staff)).collect::<Result<Vec<_>, _>>()?;
        let mut lines =
            seed.lines.into_iter().map(|line| self.new_line(line)).collect::<Result<Vec<_>, _>>()?;
        let ids: BTreeSet<u64> = lines.iter().map(|line| line.id).collect();
        if ids.len() < lines.len() {
            return Err(Refusal::Invalid("Two lines of the order have the same id.".to_owned()));
        }
        for (position, line) in lines.iter_mut().enumerate() {
            line.position = Some(position as u64);
        }
        let tax_percent = seed.tax_percent.unwrap_or_else(|| seed.taxes.iter().map(|tax| tax.rate).sum());
        let mut taxes = Vec::new();
        for tax in seed.taxes {
            taxes.push(OrderTax { id: self.next_tax, name: tax.name, rate: tax.rate });
            self.next_tax += 1;
        }
        let stamp = created_on.unwrap_or_else(|| self.stamp());
        let order = Order {
            id: 0,
            number: String::new(),
            short_id: String::new(),
            external_id_seller: seed.external_id_seller,
            created_on: stamp,
            modified: stamp,
            user: String::new(),
            customer: seed.customer,
            status: seed.status,
            manual: seed.manual,
            discount: seed.discount.unwrap_or_default(),
            discount_type: seed.discount_type,
            tax_percent,
            taxes,
            shipping: seed.shipping.unwrap_or_default(),
            credits: seed.credits.unwrap_or_default(),
            currency: seed.currency,
            total_override: seed.total,
            payment_option: (!seed.no_payment_term).then_some(PaymentOption::DEFAULT),
            payment_due_date: None,
            paid: false,
            paid_date: None,
            ship_date,
            shipping_details: None,
            notes: seed.notes,
            internal_notes: seed.internal_notes,
            delivery_preferences,
            delivery_provider: None,
            delivery_info: Value::Null,
            reps,
            classification: seed.classification,
            is_combination: false,
            external_ids: seed.external_ids,
            lines,
            as_sent: seed.as_sent,
            body: seed.body,
        };
        let held = match placing {
            Placing::Now => Footprint::default(),
            Placing::Before => Footprint::taken_by(&order),
        };
        Ok(self.enter_order(order, number, short_id, &held))
    }

    /// Places what a buyer put in one cart: medical and adult-use products become two orders,
    /// as LeafLink splits them; their numbers.
    pub fn place_cart(&mut self, seed: OrderSeed) -> Result<Vec<String>, Refusal> {
        let medical = |line: &LineSeed| {
            let product = line.product.and_then(|id| self.products.get(&id));
            product.is_some_and(|product| product.medical)
        };
        let (medical, adult): (Vec<_>, Vec<_>) = seed.lines.iter().cloned().partition(medical);
        if medical.is_empty() || adult.is_empty() {
            return Ok(vec![self.place_order(seed, Placing::Now)?]);
        }
        let second = OrderSeed {
            lines: medical,
            classification: "Medical".to_owned(),
            number: None,
            short_id: seed.short_id.as_ref().map(|id| format!("{id}b")),
            shipping: None,
            credits: None,
            // An amount is taken off once, a rate off both.
            discount: seed.discount.filter(|_| seed.discount_type == DiscountType::Percent),
            ..seed.clone()
        };
        let first = OrderSeed { lines: adult, ..seed };
        let before = self.clone();
        let placed = self
            .place_order(first, Placing::Now)
            .and_then(|number| Ok(vec![number, self.place_order(second, Placing::Now)?]));
        if placed.is_err() {
            *self = before;
        }
        placed
    }

    /// A line for an order, with the product frozen as it is now.
    pub fn new_line(&mut self, seed: LineSeed) -> Result<Line, Refusal> {
        let product = seed.product.map(|id| self.product(id)).transpose()?;
        let unit_multiplier = seed.units_per_case.or(product.map(|it| it.unit_multiplier)).unwrap_or(1);
        let wholesale = product.map(|it| it.wholesale_price);
        let usual = if seed.sample { None } else { wholesale };
        let usual_sale = product.map(|it| it.sale_price).filter(|_| !seed.sample);
        let sale_price = seed.sale_price.or(usual_sale).unwrap_or_default();
        let mut frozen = product.map(freeze).unwrap_or_default();
        if let Some(name) = seed.name {
            frozen.insert("name".to_owned(), Value::String(name));
        }
        let mut line = Line {
            id: 0,
            product: seed.product,
            frozen,
            quantity: seed.quantity,
            unit_multiplier,
            price: seed.price.or(usual).unwrap_or_default(),
            sale_price,
            on_sale: seed.on_sale.unwrap_or(sale_price > Decimal::ZERO),
            wholesale_price: wholesale,
            sample: seed.sample,
            medical: product.is_some_and(|it| it.medical),
            unit_of_measure: product.map_or("Unit", |it| &it.unit_of_measure).to_owned(),
            notes: seed.notes,
            batch: seed.batch,
            position: None,
            packed: false,
            packed_at: None,
            packed_by: None,
        };
        line.id = match seed.id {
            Some(id) if self.order_of_line(id).is_ok() => {
                return Err(Refusal::Invalid(format!("There is a line item {id} already.")));
            }
            Some(id) => id,
            None => self.next_line,
        };
        self.next_line = self.next_line.max(line.id + 1);
        Ok(line)
    }

    /// Gives an order its ids and enters it: stock beyond what it `held` already, credits, event
    /// log, webhooks.
    pub(super) fn enter_order(
        &mut self,
        mut order: Order,
        number: Option<String>,
        short_id: Option<String>,
        held: &Footprint,
    ) -> String {
        order.id = next_id(&self.orders, 77_001);
        order.short_id =
            short_id.unwrap_or_else(|| hex(&digest("short", &order.id.to_string()))[..9].to_owned());
        order.number = number.unwrap_or_else(|| uuid(&order.short_id));
        if order.is_combination {
            order.created_on = self.stamp();
        }
        order.modified = order.modified.max(order.created_on);
        order.user = self.author(Source::App).1;
        let touched = self.move_stock(held, &Footprint::of(&order));
        if order.credits > Decimal::ZERO && !order.is_combination {
            let id = 3001 + self.credits.len() as u64;
            self.credits.push(Credit {
                id,
                customer: order.customer,
                amount: order.credits,
                currency: order.currency.clone(),
                applied_to: order.number.clone(),
                at: order.created_on,
            });
        }
        self.orders.insert(order.id, order.clone());
        self.record_event(&order, Source::App, "created", Map::new());
        self.announce_order(&order, Change::Create, touched);
        order.number
    }
}

/// The product as a line keeps it.
fn freeze(product: &Product) -> Map<String, Value> {
    let frozen = json!({
        "sku": product.sku,
        "name": product.name,
        "price": decimal::text(product.wholesale_price, 2),
        "sale_price": decimal::text(product.sale_price, 2),
        "retail_price": decimal::text(product.retail_price, 2),
        "unit_of_measure": product.unit_of_measure,
        "wholesale_price": decimal::text(product.wholesale_price, 2),
        "unit_denomination": denomination(&product.other["unit_denomination"])["label"],
        "base_units_per_unit": product.other.get("base_units_per_unit"),
        "sell_in_unit_of_measure": product.is_sold_in_cases().then_some(1),
        "suggested_wholesale_price": decimal::text(product.wholesale_price, 2),
    });
    match frozen {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// A UUID that is always the same for the same short id, and does not contain it.
fn uuid(short_id: &str) -> String {
    let mut bytes = digest("number", short_id);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let text = hex(&bytes);
    format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..32])
}

fn digest(purpose: &str, text: &str) -> [u8; 32] {
    Sha256::new().chain_update(purpose).chain_update([0]).chain_update(text).finalize().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
