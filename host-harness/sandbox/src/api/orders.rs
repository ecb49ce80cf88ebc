//! `/orders-received/` and the records that hang on orders.

use serde_json::{Value, json};

use super::filter::{CREATED_ON, Conditions, Filter, MODIFIED, Test};
use super::form::Form;
use super::{Answer, Call, Failure};
use crate::http::{Method, Response};
use crate::refusal::Refusal;
use crate::view;
use crate::world::{Action, DiscountType, Order, PaymentOption, Source, Status, World};

const FILTERS: &[Filter] = &[
    ("number", "number", Test::OneOf),
    ("order_id", "order_id", Test::OneOf),
    ("external_id_seller", "external_id_seller", Test::OneOf),
    ("external_id_seller__icontains", "external_id_seller", Test::Contains),
    ("status", "status", Test::OneOfAnyCase),
    ("status__not", "status", Test::NoneOfAnyCase),
    ("customer", "customer", Test::AnyCase),
    ("buyer", "buyer", Test::OneOf),
    ("brand", "brand", Test::OneOf),
    ("brand__in", "brand", Test::OneOf),
    ("sales_rep", "sales_rep", Test::OneOf),
    ("classification", "classification", Test::AnyCase),
    ("paid", "paid", Test::Flag),
    ("manual", "manual", Test::Flag),
    ("user", "user", Test::AnyCase),
    ("connected_to_metrc", "connected_to_metrc", Test::Flag),
    ("service_zone", "service_zone", Test::OneOf),
    ("company_slug", "slug", Test::OneOf),
    ("seller__slug__iexact", "slug", Test::AnyCase),
];

/// The longest notes.
const NOTES_LIMIT: usize = 2000;

impl Call<'_> {
    pub(super) fn orders(&mut self, rest: &[&str]) -> Answer {
        match (self.request.method, rest) {
            (Method::Get, []) => self.list_orders(),
            (Method::Get, [number]) => {
                let order = self.world.order(number)?;
                Ok(Response::json_text(200, self.write_order(order)))
            }
            (Method::Patch, [number]) => {
                self.patch_order(number)?;
                let order = self.world.order(number)?;
                Ok(Response::json_text(200, self.write_order(order)))
            }
            (Method::Delete, [number]) => self.delete_draft(number),
            (Method::Post, [number, "transition", action]) => {
                let action = Action::from_name(action).ok_or(Failure::NoSuchPath)?;
                self.world.transition(number, action, Source::Api)?;
                let order = self.world.order(number)?;
                Ok(Response::json_text(200, self.write_order(order)))
            }
            (Method::Get, [number, part]) => self.part_of_order(number, part),
            (_, [] | [_] | [_, "line-items" | "payments" | "comments"] | [_, "transition", _]) => {
                Err(Failure::MethodNotAllowed)
            }
            _ => Err(Failure::NoSuchPath),
        }
    }

    /// `/order-sales-reps/`, `/order-event-logs/` and `/credits/`, which can only be read.
    pub(super) fn order_records(&mut self, name: &str, rest: &[&str]) -> Answer {
        self.get_only()?;
        let world = &*self.world;
        let rows: Vec<Value> = match name {
            "order-sales-reps" => world
                .orders
                .values()
                .flat_map(|order| order.reps.iter().map(|rep| view::rep(world, order, rep)))
                .collect(),
            "order-event-logs" => world.events.iter().map(|it| view::event(world, it)).collect(),
            _ => world.credits.iter().map(|it| view::credit(world, it)).collect(),
        };
        let filters: &[Filter] = &[
            ("id", "id", Test::OneOf),
            ("order", "order", Test::OneOf),
            ("by", "by", Test::AnyCase),
            ("status", "status", Test::OneOf),
        ];
        self.rows(rows, filters, rest)
    }

    fn list_orders(&self) -> Answer {
        let world = &*self.world;
        let conditions = Conditions::read(&[FILTERS, &MODIFIED, &CREATED_ON], &self.query)?;
        let mut orders: Vec<&Order> =
            world.orders.values().filter(|order| conditions.hold(|name| field(world, order, name))).collect();
        orders.sort_by_key(|order| (order.created_on, order.id));
        if world.options.newest_first {
            orders.reverse();
        }
        Ok(self.page(&orders, |order| self.write_order(order)))
    }

    /// Bare arrays, not pages.
    fn part_of_order(&self, number: &str, part: &str) -> Answer {
        let order = self.world.order(number)?;
        let rows = match part {
            "line-items" => view::sent_lines(self.world, order),
            "payments" => self
                .world
                .payments
                .values()
                .filter(|payment| payment.order == number)
                .map(|payment| view::payment(self.world, payment))
                .collect(),
            "comments" => json!([]),
            _ => return Err(Failure::NoSuchPath),
        };
        Ok(Response::json(200, &rows))
    }

    fn delete_draft(&mut self, number: &str) -> Answer {
        let order = self.world.order(number)?;
        if order.status != Status::Draft {
            return Err(Refusal::Invalid("Only draft orders can be deleted.".to_owned()).into());
        }
        let id = order.id;
        self.world.orders.remove(&id);
        Ok(Response::json_text(204, String::new()))
    }

    fn patch_order(&mut self, number: &str) -> Result<(), Refusal> {
        let mut form = Form::read(self.request)?;
        self.world.change_order(number, Source::Api, "edited", |order| {
            read_patch(&mut form, order);
            form.finish()
        })
    }

    /// The order as this request wants it.
    fn write_order(&self, order: &Order) -> String {
        if let Some(text) = &order.body {
            return text.clone();
        }
        let mut body = view::order(self.world, order);
        if self.listed("include_children", "line_items") {
            body["line_items"] = view::lines(self.world, order);
        }
        self.expand_children(order, &mut body);
        for name in ["created_by", "last_changed_by"] {
            if self.listed("fields_add", name) {
                body[name] = json!(order.user);
            }
        }
        if let Some(change) = &order.as_sent {
            view::patch(&mut body, change);
        }
        self.shape(body).to_string()
    }

    /// `include_children` changes the shape of what is a small object without it.
    fn expand_children(&self, order: &Order, body: &mut Value) {
        let world = &*self.world;
        let ids = world.options.children_as_ids;
        if self.listed("include_children", "customer") {
            body["customer"] = match world.customer(order.customer) {
                Ok(record) if !ids => view::customer(world, record),
                _ => json!(order.customer),
            };
        }
        if self.listed("include_children", "sales_reps") {
            let rep = |id: u64| match world.staff.get(&id) {
                Some(person) if !ids => {
                    json!({"id": id, "user": person.name, "email": person.email, "phone": "",
                           "position": null})
                }
                _ => json!(id),
            };
            body["sales_reps"] = order.reps.iter().map(|it| rep(it.staff)).collect();
        }
    }
}

/// A field of an order as its filter compares it.
fn field(world: &World, order: &Order, name: &str) -> Value {
    let customer = || world.customer(order.customer).ok();
    match name {
        "number" => json!(order.number),
        "order_id" => json!([order.number, order.external_id_seller]),
        "external_id_seller" => json!(order.external_id_seller),
        "status" => json!(order.status.name()),
        "customer" => json!(customer().map(|record| json!([record.name, record.nickname]))),
        "buyer" => json!(customer().and_then(|record| record.partner)),
        "sales_rep" => order.reps.iter().map(|rep| json!(rep.staff)).collect(),
        "classification" => json!(order.classification),
        "paid" => json!(order.paid),
        "manual" => json!(order.manual),
        "user" => json!(order.user),
        "brand" => order.lines.iter().filter_map(|line| brand(world, line.product?)).collect(),
        // No line of the sandbox has a Metrc package.
        "connected_to_metrc" => json!(false),
        "service_zone" => json!(customer().and_then(|record| record.other.get("service_zone"))),
        "slug" => json!(world.company.slug),
        "modified" => json!(order.modified.0),
        "created_on" => json!(order.created_on.0),
        "external_ids" => json!(order.external_ids),
        _ => Value::Null,
    }
}

fn brand(world: &World, product: u64) -> Option<Value> {
    world.product(product).ok()?.other.get("brand").cloned()
}

/// Writes the fields that PATCH takes; read-only and unknown ones are ignored.
fn read_patch(form: &mut Form, order: &mut Order) {
    set(&mut order.discount, form.decimal("discount", 4));
    let kinds = [DiscountType::Percent, DiscountType::Amount];
    if let Some(name) = form.choice("discount_type", &kinds.map(DiscountType::name)) {
        set(&mut order.discount_type, kinds.into_iter().find(|kind| kind.name() == name));
    }
    set(&mut order.tax_percent, form.decimal("tax_amount", 6));
    form.choice("tax_type", &["%"]);
    set(&mut order.shipping, form.money("shipping_charge"));
    if let Some(term) = form.nullable_text("payment_term", 50) {
        order.payment_option = term.as_deref().and_then(PaymentOption::by_term);
        if term.is_some() && order.payment_option.is_none() {
            form.error("payment_term", "Not a known payment term.");
        }
    }
    read_payment_option(form, order);
    set(&mut order.payment_due_date, form.nullable_instant("payment_due_date"));
    set(&mut order.paid, form.flag("paid"));
    set(&mut order.paid_date, form.nullable_text("paid_date", 10));
    set(&mut order.ship_date, form.nullable_instant("ship_date"));
    set(&mut order.shipping_details, form.nullable_text("shipping_details", usize::MAX));
    set(&mut order.notes, form.nullable_text("notes", NOTES_LIMIT));
    set(&mut order.internal_notes, form.nullable_text("internal_notes", NOTES_LIMIT));
    set(&mut order.delivery_preferences, form.nullable_text("delivery_preferences", usize::MAX));
    set(&mut order.classification, form.text("classification", 100));
    set(&mut order.delivery_provider, form.nullable_integer("delivery_provider"));
    set(&mut order.delivery_info, form.raw("delivery_info"));
    form.external_ids(&mut order.external_ids);
}

fn read_payment_option(form: &mut Form, order: &mut Order) {
    let Some(sent) = form.raw("selected_payment_option") else { return };
    let id = |name: &str| sent.get(name).and_then(Value::as_u64);
    let ids = id("payment_method_id").zip(id("payment_term_id"));
    match ids.and_then(|(method, term)| PaymentOption::by_ids(method, term)) {
        Some(option) => order.payment_option = Some(option),
        None => form.error(
            "selected_payment_option",
            "payment_method_id and payment_term_id of an available option are required.",
        ),
    }
}

fn set<T>(target: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *target = value;
    }
}
