//! `/products/`

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::filter::{CREATED_ON, Conditions, Filter, MODIFIED, Test, bounds};
use super::form::Form;
use super::{Answer, Call, Failure, read_id};
use crate::http::{Method, Response};
use crate::refusal::Refusal;
use crate::view;
use crate::world::{CASE, CURRENCY, Product, Tracking, World};

const FILTERS: &[Filter] = &[
    ("id", "id", Test::OneOf),
    ("sku", "sku", Test::OneOf),
    ("name", "name", Test::AnyCase),
    ("display_name", "name", Test::AnyCase),
    ("search", "search", Test::Contains),
    ("brand", "brand", Test::OneOf),
    ("company", "company", Test::OneOf),
    ("company_slug", "slug", Test::OneOf),
    ("product_line", "product_line", Test::OneOf),
    ("category", "category", Test::OneOf),
    ("sub_category", "sub_category", Test::OneOf),
    ("sub_category__isnull", "sub_category", Test::IsNull),
    ("license", "license", Test::OneOf),
    ("license__isnull", "license", Test::IsNull),
    ("license__type", "license_type", Test::OneOfAnyCase),
    ("s2s_connected", "s2s_connected", Test::Flag),
    ("listing_state", "listing_state", Test::OneOfAnyCase),
    ("archived", "archived", Test::Flag),
    ("parent", "parent", Test::OneOf),
    ("parent__isnull", "parent", Test::IsNull),
    ("has_children", "has_children", Test::Flag),
    ("strains", "strains", Test::OneOf),
    ("seller_internal_id", "seller_internal_id", Test::OneOf),
];
const LAST_EDIT: [Filter; 4] =
    bounds("last_edit", ["last_edit__gte", "last_edit__gt", "last_edit__lte", "last_edit__lt"]);

/// What a new product must say.
const REQUIRED: &[&str] = &[
    "name",
    "sku",
    "description",
    "retail_price",
    "wholesale_price",
    "sale_price",
    "minimum_order",
    "maximum_order",
    "listing_state",
    "inventory_management",
    "unit_of_measure",
    "unit_denomination",
    "category",
    "sub_category",
    "seller",
    "brand",
    "manufacturer",
    "strain_classification",
    "license",
];

const LISTING_STATES: &[&str] = &["Available", "Archived", "Sample", "Backorder", "Internal", "Unavailable"];
const UNITS: &[&str] = &["Milligram", "Gram", "Kilogram", "Ounce", "Pound", "Unit", "Liter", "Milliliter"];
const STRAINS: &[&str] =
    &["sativa", "indica", "hybrid", "na", "11-cbd", "high-cbd", "sativa-hybrid", "indica-hybrid"];

impl Call<'_> {
    pub(super) fn products(&mut self, rest: &[&str]) -> Answer {
        match (self.request.method, rest) {
            (Method::Get, []) => self.list_products(),
            (Method::Post, []) => {
                let id = self.create_product()?;
                self.one_product(201, id)
            }
            (Method::Get, [id]) => self.one_product(200, read_id(id)?),
            (Method::Patch, [id]) => {
                let id = read_id(id)?;
                self.patch_product(id)?;
                self.one_product(200, id)
            }
            (Method::Delete, [id]) => {
                let id = read_id(id)?;
                self.world.archive_product(id)?;
                self.one_product(200, id)
            }
            (_, [] | [_]) => Err(Failure::MethodNotAllowed),
            _ => Err(Failure::NoSuchPath),
        }
    }

    fn one_product(&self, status: u16, id: u64) -> Answer {
        let product = self.world.product(id)?;
        Ok(Response::json_text(status, self.write_product(product)))
    }

    /// The product as this request wants it.
    fn write_product(&self, product: &Product) -> String {
        match &product.body {
            Some(text) => text.clone(),
            None => self.shape(view::product(self.world, product)).to_string(),
        }
    }

    fn list_products(&self) -> Answer {
        let world = &*self.world;
        let conditions = Conditions::read(&[FILTERS, &MODIFIED, &CREATED_ON, &LAST_EDIT], &self.query)?;
        let for_a_buyer = match self.param("buyer") {
            Some(id) if id.parse::<u64>().is_err() => {
                return Err(Refusal::field("buyer", "Enter a number.").into());
            }
            other => other.is_some(),
        };
        let rows: Vec<&Product> = world
            .products
            .values()
            .filter(|product| !for_a_buyer || product.is_shown_to_buyers())
            .filter(|product| conditions.hold(|name| field(world, product, name)))
            .collect();
        Ok(self.page(&rows, |product| self.write_product(product)))
    }

    fn create_product(&mut self) -> Result<u64, Refusal> {
        let mut form = Form::read(self.request)?;
        form.require(REQUIRED);
        check_references(&mut form, self.world);
        check_strains(&mut form, self.world, None);
        let now = self.world.now();
        let mut product = Product {
            id: 0,
            created_on: now,
            modified: now,
            last_edit: now,
            name: String::new(),
            sku: String::new(),
            quantity: Decimal::ZERO,
            reserved: Decimal::ZERO,
            tracking: Tracking::Managed,
            listing_state: String::new(),
            unit_multiplier: 1,
            unit_of_measure: String::new(),
            wholesale_price: Decimal::ZERO,
            sale_price: Decimal::ZERO,
            retail_price: Decimal::ZERO,
            medical: false,
            parent: None,
            external_ids: BTreeMap::new(),
            other: self.world.product_defaults(None, None),
            body: None,
        };
        if form.integer("seller").is_some_and(|seller| seller != self.world.company.id) {
            form.error("seller", "You can not create products for this company.");
        }
        if form.raw("inventory_management").is_some_and(|it| it == json!(1) || it == json!("1"))
            && form.raw("quantity").is_none()
        {
            form.error("quantity", "This field is required when inventory is managed.");
        }
        // A new product says what is on hand; what is free of it can only be written later.
        form.ignore("available_inventory");
        read_fields(&mut form, &mut product);
        if product.unit_multiplier > 1 && !product.is_sold_in_cases() {
            form.error("sell_in_unit_of_measure", "This field is required when unit_multiplier is above 1.");
        }
        form.finish()?;
        Ok(self.world.add_product(product))
    }

    fn patch_product(&mut self, id: u64) -> Result<(), Refusal> {
        let mut form = Form::read(self.request)?;
        check_references(&mut form, self.world);
        check_strains(&mut form, self.world, self.world.products.get(&id));
        self.world.change_product(id, |product| {
            read_fields(&mut form, product);
            form.finish()
        })
    }
}

fn field(world: &World, product: &Product, name: &str) -> Value {
    match name {
        "id" => json!(product.id),
        "sku" => json!(product.sku),
        "name" => json!(product.name),
        "search" => json!(format!("{} {}", product.name, product.sku)),
        "company" => json!(world.company.id),
        "slug" => json!(world.company.slug),
        "listing_state" => json!(product.listing_state),
        "archived" => json!(product.listing_state == "Archived"),
        "parent" => json!(product.parent),
        "has_children" => {
            json!(world.products.values().any(|child| child.parent == Some(product.id)))
        }
        "modified" => json!(product.modified.0),
        "created_on" => json!(product.created_on.0),
        "last_edit" => json!(product.last_edit.0),
        "license_type" => view::license(world, &product.other["license"])["display_type"].clone(),
        "s2s_connected" => {
            json!(product.other["extern_sts_ids"].as_array().is_some_and(|ids| !ids.is_empty()))
        }
        "external_ids" => json!(product.external_ids),
        other => product.other.get(other).cloned().unwrap_or_default(),
    }
}

/// What a product refers to must be there.
fn check_references(form: &mut Form, world: &World) {
    let lists = &world.reference;
    let knows = |rows: &[Value], id: &Value| rows.iter().any(|row| row["id"] == *id);
    for (name, rows) in [
        ("license", &lists.licenses),
        ("brand", &lists.brands),
        ("product_line", &lists.product_lines),
        ("category", &lists.categories),
        ("sub_category", &lists.subcategories),
        ("strains", &lists.strains),
        ("manufacturer", &lists.companies),
    ] {
        let sent = match form.raw(name) {
            None | Some(Value::Null) => continue,
            Some(Value::Array(ids)) => ids,
            Some(one) => vec![one.get("id").cloned().unwrap_or(one)],
        };
        for id in sent {
            if !knows(rows, &id) {
                form.error(name, &format!("Invalid pk \"{id}\" - object does not exist."));
            }
        }
    }
    for name in ["license", "brand", "category", "sub_category", "manufacturer"] {
        if form.raw(name) == Some(Value::Null) {
            form.error(name, "This field may not be null.");
        }
    }
    if let Some(id) = form.raw("unit_denomination")
        && !view::is_denomination(&id)
    {
        form.error("unit_denomination", &format!("Invalid pk \"{id}\" - object does not exist."));
    }
    if let Some(parent) = form.raw("parent").filter(|parent| !parent.is_null())
        && !parent["id"].as_u64().is_some_and(|id| world.products.contains_key(&id))
    {
        form.error("parent", "Object does not exist.");
    }
}

/// A product in Flower has a strain: one that is sent, or else one that it has.
fn check_strains(form: &mut Form, world: &World, product: Option<&Product>) {
    let value = |name: &str| form.raw(name).or_else(|| product?.other.get(name).cloned());
    let flower =
        world.reference.categories.iter().find(|row| row["name"] == "Flower").map(|row| row["id"].clone());
    let moves = form.raw("category").is_some() || form.raw("strains").is_some();
    let category = value("category").map(|sent| sent.get("id").cloned().unwrap_or(sent));
    let in_flower = flower.is_some() && category == flower;
    let no_strain = value("strains").is_none_or(|strains| strains.as_array().is_none_or(Vec::is_empty));
    if moves && in_flower && no_strain {
        form.error("strains", "This field is required for products in the Flower category.");
    }
}

/// Writes what the form has into a product, old or new.
fn read_fields(form: &mut Form, product: &mut Product) {
    set(&mut product.name, form.text("name", 400));
    if let Some(sku) = form.text("sku", 255) {
        if sku.contains(',') {
            form.error("sku", "Commas are not supported.");
        }
        product.sku = sku;
    }
    read_stock(form, product);
    set(&mut product.retail_price, form.money_in("retail_price", CURRENCY));
    set(&mut product.wholesale_price, form.money_in("wholesale_price", CURRENCY));
    set(&mut product.sale_price, form.money_in("sale_price", CURRENCY));
    set(&mut product.listing_state, form.choice("listing_state", LISTING_STATES));
    set(&mut product.unit_of_measure, form.choice("unit_of_measure", UNITS));
    if let Some(multiplier) = form.integer("unit_multiplier") {
        if multiplier == 0 {
            form.error("unit_multiplier", "Ensure this value is greater than or equal to 1.");
        }
        product.unit_multiplier = multiplier;
    }
    if let Some(id) = form.integer("inventory_management") {
        match Tracking::from_id(id) {
            Some(tracking) => product.tracking = tracking,
            None => form.error("inventory_management", "Not a valid inventory setting."),
        }
    }
    if let Some(parent) = form.raw("parent") {
        product.parent = parent["id"].as_u64();
    }
    form.choice("strain_classification", STRAINS);
    if form.raw("sell_in_unit_of_measure").is_some_and(|sent| !sent.is_null()) {
        form.choice("sell_in_unit_of_measure", &[CASE]);
    }
    form.external_ids(&mut product.external_ids);
    read_other(form, product);
}

/// `quantity` is everything on hand; `available_inventory` leaves the reserved part out.
fn read_stock(form: &mut Form, product: &mut Product) {
    if let Some(quantity) = form.decimal("quantity", 4) {
        product.quantity = quantity;
    }
    if let Some(available) = form.decimal("available_inventory", 4) {
        product.quantity = available + product.reserved;
    }
}

/// Fields that are only kept; read-only ones and those with a place of their own are no part of it.
fn read_other(form: &mut Form, product: &mut Product) {
    const READ_ONLY: &[&str] =
        &["dropped", "image_count", "has_deals_eligible_children", "featured_on_deals"];
    let known: Vec<String> = product.other.keys().cloned().collect();
    for name in known.iter().filter(|name| !READ_ONLY.contains(&name.as_str())) {
        match name.as_str() {
            "minimum_order" | "maximum_order" => {
                if let Some(bound) = form.decimal(name, 4) {
                    product.other.insert(name.clone(), crate::decimal::fixed(bound, 4));
                }
            }
            "license" => {
                let id = form.raw("license").map(|sent| match sent.get("id") {
                    Some(id) => id.clone(),
                    None => sent,
                });
                if let Some(id) = id {
                    product.other.insert(name.clone(), id);
                }
            }
            _ => {
                if let Some(value) = form.raw(name) {
                    product.other.insert(name.clone(), value);
                }
            }
        }
    }
}

fn set<T>(target: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *target = value;
    }
}
