//! `/line-items/`

use serde_json::{Value, json};

use super::filter::{Conditions, Filter, Test, bounds};
use super::form::Form;
use super::{Answer, Call, Failure, read_id};
use crate::http::{Method, Response};
use crate::refusal::Refusal;
use crate::seed::LineSeed;
use crate::view;
use crate::world::{Line, Order, Source, World};

const FILTERS: &[Filter] = &[
    ("id", "id", Test::OneOf),
    ("product_id", "product", Test::OneOf),
    ("product__name", "product_name", Test::AnyCase),
    ("order", "order", Test::OneOf),
    ("is_sample", "is_sample", Test::Flag),
];
const ORDER_DATES: [Filter; 4] = [
    ("order__created_on__gte", "created_on", Test::Gte),
    ("order__created_on__lte", "created_on", Test::Lte),
    ("order__ship_date__gte", "ship_date", Test::Gte),
    ("order__ship_date__lte", "ship_date", Test::Lte),
];
const ORDER_MODIFIED: [Filter; 4] = bounds(
    "modified",
    ["order__modified__gte", "order__modified__gt", "order__modified__lte", "order__modified__lt"],
);

impl Call<'_> {
    pub(super) fn line_items(&mut self, rest: &[&str]) -> Answer {
        match (self.request.method, rest) {
            (Method::Get, []) => self.list_lines(),
            (Method::Post, []) => {
                let id = self.create_line()?;
                Ok(Response::json(201, &self.write_line(id)?))
            }
            (Method::Get, [id]) => Ok(Response::json(200, &self.write_line(read_id(id)?)?)),
            (Method::Patch, [id]) => {
                let id = read_id(id)?;
                self.patch_line(id)?;
                Ok(Response::json(200, &self.write_line(id)?))
            }
            (Method::Delete, [id]) => {
                let id = read_id(id)?;
                let number = self.world.order_of_line(id)?.number.clone();
                self.world.change_order(&number, Source::Api, "edited", |order| {
                    order.lines.retain(|line| line.id != id);
                    Ok(())
                })?;
                Ok(Response::json_text(204, String::new()))
            }
            (_, [] | [_]) => Err(Failure::MethodNotAllowed),
            _ => Err(Failure::NoSuchPath),
        }
    }

    fn list_lines(&self) -> Answer {
        let world = &*self.world;
        let conditions = Conditions::read(&[FILTERS, &ORDER_DATES, &ORDER_MODIFIED], &self.query)?;
        let lines: Vec<(&Order, usize)> = world
            .orders
            .values()
            .flat_map(|order| (0..order.lines.len()).map(move |index| (order, index)))
            .filter(|(order, index)| conditions.hold(|name| field(order, &order.lines[*index], name)))
            .collect();
        Ok(self.page(&lines, |(order, index)| self.expand_product(write(world, order, *index)).to_string()))
    }

    fn write_line(&self, id: u64) -> Result<Value, Refusal> {
        let order = self.world.order_of_line(id)?;
        let index = order.lines.iter().position(|line| line.id == id).unwrap_or(0);
        Ok(self.expand_product(write(self.world, order, index)))
    }

    /// `expand=product` puts the whole product where its id is.
    fn expand_product(&self, mut body: Value) -> Value {
        if self.listed("expand", "product")
            && let Some(product) = body["product"].as_u64().and_then(|id| self.world.product(id).ok())
        {
            body["product"] = view::product(self.world, product);
        }
        body
    }

    fn create_line(&mut self) -> Result<u64, Refusal> {
        let mut form = Form::read(self.request)?;
        form.require(&["ordered_unit_price", "sale_price", "quantity", "product", "order"]);
        let quantity = form.decimal("quantity", 4);
        let order = form.text("order", 36);
        let product = form.integer("product");
        let seed = LineSeed {
            id: None,
            product,
            name: None,
            quantity: quantity.unwrap_or_default(),
            price: form.money("ordered_unit_price"),
            sale_price: form.money("sale_price"),
            on_sale: None,
            sample: form.flag("is_sample").unwrap_or(false),
            notes: form.nullable_text("notes", usize::MAX).flatten(),
            units_per_case: form.integer("unit_multiplier"),
            batch: form.nullable_integer("batch").flatten(),
        };
        if product.is_some_and(|id| self.world.product(id).is_err()) {
            form.error("product", "Invalid pk - object does not exist.");
        }
        let number = order.unwrap_or_default();
        if !number.is_empty() && self.world.order(&number).is_err() {
            form.error("order", "Object with this number does not exist.");
        }
        form.finish()?;
        let mut line = self.world.new_line(seed)?;
        let id = line.id;
        self.world.change_order(&number, Source::Api, "edited", |order| {
            line.position = Some(order.lines.len() as u64);
            order.lines.push(line);
            Ok(())
        })?;
        Ok(id)
    }

    fn patch_line(&mut self, id: u64) -> Result<(), Refusal> {
        let mut form = Form::read(self.request)?;
        let number = self.world.order_of_line(id)?.number.clone();
        self.world.change_order(&number, Source::Api, "edited", |order| {
            if let Some(line) = order.lines.iter_mut().find(|line| line.id == id) {
                read_patch(&mut form, line);
            }
            form.finish()
        })
    }
}

/// A line as it is sent, malformed if its order says so.
fn write(world: &World, order: &Order, index: usize) -> Value {
    let malformed = order.as_sent.as_ref().and_then(|change| {
        change.get("line_items")?.get(index.to_string()).filter(|change| !change.is_null())
    });
    let mut body = view::line(world, order, &order.lines[index]);
    if let Some(change) = malformed {
        view::patch(&mut body, change);
    }
    body
}

fn field(order: &Order, line: &Line, name: &str) -> Value {
    match name {
        "id" => json!(line.id),
        "product" => json!(line.product),
        "product_name" => json!(line.frozen_text("name")),
        "order" => json!([order.number, order.external_id_seller]),
        "is_sample" => json!(line.sample),
        "created_on" => json!(order.created_on.0),
        "modified" => json!(order.modified.0),
        "ship_date" => json!(order.ship_date.map(|at| at.0)),
        _ => Value::Null,
    }
}

fn read_patch(form: &mut Form, line: &mut Line) {
    if let Some(quantity) = form.decimal("quantity", 4) {
        line.quantity = quantity;
    }
    if let Some(price) = form.money("ordered_unit_price") {
        line.price = price;
    }
    if let Some(price) = form.money("sale_price") {
        line.sale_price = price;
        line.on_sale = price > rust_decimal::Decimal::ZERO;
    }
    if let Some(notes) = form.nullable_text("notes", usize::MAX) {
        line.notes = notes;
    }
    if let Some(sample) = form.flag("is_sample") {
        line.sample = sample;
    }
    if let Some(packed) = form.flag("is_packed") {
        line.packed = packed;
    }
    if let Some(at) = form.nullable_instant("packed_at") {
        line.packed_at = at;
    }
    if let Some(staff) = form.nullable_integer("packed_by") {
        line.packed_by = staff;
    }
    if let Some(position) = form.nullable_integer("position") {
        line.position = position;
    }
    if let Some(batch) = form.nullable_integer("batch") {
        line.batch = batch;
    }
}
