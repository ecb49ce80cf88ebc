//! The lists that clients only read: people, companies, and what products refer to.

use serde_json::Value;

use super::filter::{Conditions, Filter, Test};
use super::{Answer, Call, Failure, read_id};
use crate::http::Response;
use crate::view;

const FILTERS: &[Filter] = &[
    ("id", "id", Test::OneOf),
    ("name", "name", Test::AnyCase),
    ("company", "company", Test::OneOf),
    ("company__in", "company", Test::OneOf),
    ("brand", "brand", Test::OneOf),
    ("category", "category", Test::OneOf),
    ("number", "number", Test::OneOf),
    ("number__in", "number", Test::OneOf),
    ("is_admin", "is_admin", Test::Flag),
    ("is_active", "is_active", Test::Flag),
    ("strain_classification", "strain_classification", Test::OneOf),
];

impl Call<'_> {
    pub(super) fn reference(&mut self, name: &str, rest: &[&str]) -> Answer {
        let world = &*self.world;
        let lists = &world.reference;
        let rows = match name {
            "company-staff" => world.staff.values().map(|person| view::staff(world, person)).collect(),
            name => lists.list(name).ok_or(Failure::NoSuchPath)?.clone(),
        };
        self.get_only()?;
        self.rows(rows, FILTERS, rest)
    }

    /// A page of rows that are JSON already, or the one whose id the path names.
    pub(super) fn rows(&self, rows: Vec<Value>, filters: &[Filter], rest: &[&str]) -> Answer {
        match rest {
            [] => {
                let conditions = Conditions::read(&[filters], &self.query)?;
                let rows: Vec<Value> =
                    rows.into_iter().filter(|row| conditions.hold(|name| row[name].clone())).collect();
                Ok(self.page(&rows, Value::to_string))
            }
            [id] => {
                let id = read_id(id)?;
                let row = rows.iter().find(|row| row["id"] == id).ok_or(Failure::NoSuchPath)?;
                Ok(Response::json(200, row))
            }
            _ => Err(Failure::NoSuchPath),
        }
    }
}
