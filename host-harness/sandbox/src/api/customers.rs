//! `/customers/`

use serde_json::{Value, json};

use super::filter::{CREATED_ON, Conditions, Filter, MODIFIED, Test};
use super::form::Form;
use super::{Answer, Call, Failure, read_id};
use crate::http::{Method, Response};
use crate::refusal::Refusal;
use crate::view;
use crate::world::{Customer, World};

const FILTERS: &[Filter] = &[
    ("id", "id", Test::OneOf),
    ("id__in", "id", Test::OneOf),
    ("name", "name", Test::AnyCase),
    ("name__in", "name", Test::OneOf),
    ("name__startswith", "name", Test::StartsWith),
    ("nickname", "nickname", Test::AnyCase),
    ("nickname__in", "nickname", Test::OneOf),
    ("nickname__startswith", "nickname", Test::StartsWith),
    ("license_number", "license_number", Test::AnyCase),
    ("license_number__in", "license_number", Test::OneOf),
    ("license_number__startswith", "license_number", Test::StartsWith),
    ("business_license_name", "business_license_name", Test::AnyCase),
    ("dba", "dba", Test::AnyCase),
    ("email", "email", Test::AnyCase),
    ("external_id", "external_id", Test::OneOf),
    ("owner", "owner", Test::OneOf),
    ("partner", "partner", Test::OneOf),
    ("archived", "archived", Test::Flag),
    ("is_archived", "archived", Test::Flag),
    ("delinquent", "delinquent", Test::Flag),
];

/// Texts that PATCH takes, with their greatest lengths; all of them may be null.
const TEXTS: &[(&str, usize)] = &[
    ("external_id", 100),
    ("ext_acct_id", 255),
    ("old_license_number", 100),
    ("business_identifier", 100),
    ("directions", 3000),
    ("delivery_preferences", usize::MAX),
    ("brand", 400),
    ("dba", 400),
    ("business_license_name", 400),
    ("description", 4000),
    ("website", 400),
    ("county", 400),
    ("country", 400),
    ("phone", 400),
    ("phone_extension", 400),
    ("email", 255),
    ("notes", 3000),
    ("next_contact_date", 10),
];

/// Flags that PATCH takes.
const FLAGS: &[&str] = &["license_inactive", "archived", "delinquent"];

impl Call<'_> {
    pub(super) fn customers(&mut self, rest: &[&str]) -> Answer {
        match (self.request.method, rest) {
            (Method::Get, []) => self.list_customers(),
            (Method::Get, [id]) => self.one_customer(read_id(id)?),
            (Method::Patch, [id]) => {
                let id = read_id(id)?;
                self.patch_customer(id)?;
                self.one_customer(id)
            }
            (_, [] | [_]) => Err(Failure::MethodNotAllowed),
            _ => Err(Failure::NoSuchPath),
        }
    }

    fn one_customer(&self, id: u64) -> Answer {
        let record = self.world.customer(id)?;
        Ok(Response::json(200, &self.shape(view::customer(self.world, record))))
    }

    fn list_customers(&self) -> Answer {
        let world = &*self.world;
        let conditions = Conditions::read(&[FILTERS, &MODIFIED, &CREATED_ON], &self.query)?;
        let rows: Vec<&Customer> = world
            .customers
            .values()
            .filter(|record| conditions.hold(|name| field(world, record, name)))
            .collect();
        Ok(self.page(&rows, |record| self.shape(view::customer(world, record)).to_string()))
    }

    fn patch_customer(&mut self, id: u64) -> Result<(), Refusal> {
        let mut form = Form::read(self.request)?;
        self.world.change_customer(id, |record| {
            read_patch(&mut form, record);
            form.finish()
        })
    }
}

fn field(world: &World, record: &Customer, name: &str) -> Value {
    match name {
        "id" => json!(record.id),
        "name" => json!(record.name),
        "nickname" => json!(record.nickname),
        "license_number" => json!(record.license_number),
        "owner" => json!(world.company.id),
        "partner" => json!(record.partner),
        "modified" => json!(record.modified.0),
        "created_on" => json!(record.created_on.0),
        "external_ids" => json!(record.external_ids),
        other => record.other.get(other).cloned().unwrap_or_default(),
    }
}

fn read_patch(form: &mut Form, record: &mut Customer) {
    if let Some(name) = form.text("name", 400) {
        record.name = name;
    }
    if let Some(nickname) = form.nullable_text("nickname", 200) {
        record.nickname = nickname;
    }
    if let Some(number) = form.nullable_text("license_number", 100) {
        record.license_number = number;
    }
    let place = &mut record.address;
    for (name, limit, part) in [
        ("address", 400, &mut place.address),
        ("city", 400, &mut place.city),
        ("state", 2, &mut place.state),
        ("zipcode", 6, &mut place.zipcode),
    ] {
        if let Some(text) = form.text(name, limit) {
            *part = text;
        }
    }
    if let Some(unit) = form.nullable_text("unit_number", 100) {
        place.unit_number = unit;
    }
    for (name, limit) in TEXTS {
        if let Some(text) = form.nullable_text(name, *limit) {
            record.other.insert((*name).to_owned(), json!(text));
        }
    }
    for name in FLAGS {
        if let Some(flag) = form.flag(name) {
            record.other.insert((*name).to_owned(), json!(flag));
        }
    }
    if let Some(zone) = form.nullable_integer("service_zone") {
        record.other.insert("service_zone".to_owned(), json!(zone));
    }
    if let Some(managers) = form.raw("managers") {
        record.other.insert("managers".to_owned(), managers);
    }
    form.external_ids(&mut record.external_ids);
}
