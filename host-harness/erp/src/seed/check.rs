//! What a seed says must agree with itself.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::{Seed, Stock};

/// The contract's bound on an id, in bytes.
const ID_BYTES: usize = 64;

/// What is wrong with a seed.
pub(super) struct Problem {
    pub path: String,
    pub text: String,
    /// What to look for in the file, and which of its occurrences is the wrong one.
    token: String,
    occurrence: usize,
}

impl Problem {
    /// The line of the trouble, counted from 1; 0 if it cannot be told.
    pub fn line_in(&self, text: &str) -> usize {
        let found = text.match_indices(&self.token).nth(self.occurrence);
        found.map_or(0, |(offset, _)| 1 + text[..offset].matches('\n').count())
    }
}

type Check = Result<(), Problem>;

impl Seed {
    /// Ids are unique, what is named exists, quantities and prices are not negative.
    pub(super) fn check(&self) -> Check {
        let users = ids("users", self.users.iter().map(|user| &user.id))?;
        let locations = ids("locations", self.locations.iter().map(|place| &place.id))?;
        let products = ids("products", self.products.iter().map(|product| &product.id))?;
        let customers = ids("customers", self.customers.iter().map(|company| &company.id))?;
        ids("taxes", self.taxes.iter().map(|tax| &tax.id))?;
        let addresses = self.customers.iter().flat_map(|company| &company.addresses);
        ids("addresses", addresses.map(|address| &address.id))?;

        let mut linked = BTreeSet::new();
        for (index, product) in self.products.iter().enumerate() {
            let path = format!("products[{index}]");
            if let Some(number) = product.leaflink_product
                && !linked.insert(number)
            {
                return Err(Problem {
                    path: format!("{path}.leaflink_product"),
                    text: format!("{number} is linked to another product already"),
                    token: number.to_string(),
                    occurrence: 1,
                });
            }
            if let Some(price) = product.sale_price {
                not_negative(&format!("{path}.sale_price"), price.0)?;
            }
            if let Stock::Known(stock) = &product.stock {
                for (place, quantity) in stock {
                    let path = format!("{path}.stock.{place}");
                    names(&path, "location", place, &locations)?;
                    not_negative(&path, quantity.0)?;
                }
            }
        }
        for (index, customer) in self.customers.iter().enumerate() {
            if let Some(place) = &customer.inventory_source {
                let path = format!("customers[{index}].inventory_source");
                names(&path, "location", place, &locations)?;
            }
        }
        for (index, order) in self.sales_orders.iter().enumerate() {
            let path = format!("sales_orders[{index}]");
            let refers = [
                ("customer", &order.customer, &customers),
                ("owner", &order.owner, &users),
                ("location", &order.location, &locations),
            ];
            for (field, id, known) in refers {
                if let Some(id) = id {
                    names(&format!("{path}.{field}"), field, id, known)?;
                }
            }
            for (index, line) in order.lines.iter().enumerate() {
                let path = format!("{path}.lines[{index}]");
                names(&format!("{path}.product"), "product", &line.product, &products)?;
            }
        }
        Ok(())
    }
}

fn ids<'a>(list: &str, ids: impl Iterator<Item = &'a String>) -> Result<BTreeSet<&'a str>, Problem> {
    let mut seen = BTreeSet::new();
    for (index, id) in ids.enumerate() {
        let problem = |text: &str, occurrence| Problem {
            path: format!("{list}[{index}].id"),
            text: format!("`{id}` {text}"),
            token: quoted(id),
            occurrence,
        };
        if id.is_empty() || id.len() > ID_BYTES {
            return Err(problem("must have 1 to 64 bytes", 0));
        }
        if !seen.insert(id.as_str()) {
            return Err(problem("is used twice; ids are unique", 1));
        }
    }
    Ok(seen)
}

fn names(path: &str, kind: &str, id: &str, known: &BTreeSet<&str>) -> Check {
    if known.contains(id) {
        return Ok(());
    }
    let choice: Vec<&str> = known.iter().copied().collect();
    Err(Problem {
        path: path.to_owned(),
        text: match choice.as_slice() {
            [] => format!("there is no {kind} `{id}`; the file has none"),
            some => format!("there is no {kind} `{id}`; expected one of {}", some.join(", ")),
        },
        token: quoted(id),
        occurrence: 0,
    })
}

fn not_negative(path: &str, number: Decimal) -> Check {
    if number >= Decimal::ZERO {
        return Ok(());
    }
    Err(Problem {
        path: path.to_owned(),
        text: format!("{number} is negative; expected zero or more"),
        token: number.to_string(),
        occurrence: 0,
    })
}

fn quoted(id: &str) -> String {
    serde_json::Value::from(id).to_string()
}
