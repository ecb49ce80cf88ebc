//! The product form, with its LeafLink tab.

use rusqlite::params;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::People;
use crate::changes::{self, Changed};
use crate::error::{Result, refuse};
use crate::listings::{self, Listing};
use crate::products;
use crate::seed::write::own_unit_type;

/// What a person changes of a product itself; what is left out stays as it is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProductEdit {
    /// Its name.
    pub name: Option<String>,
    /// Stock keeping unit.
    pub sku: Option<String>,
    /// Text for buyers.
    pub description: Option<String>,
    /// The name of its unit type; one that is not known becomes one of the company's own.
    pub unit: Option<String>,
    /// Units in one case.
    pub units_per_case: Option<u32>,
    /// Whether it is sold at present.
    pub active: Option<bool>,
}

impl People<'_> {
    /// Changes a product itself.
    pub fn edit_product(&self, product: &str, edit: &ProductEdit) -> Result<()> {
        self.act(|db| {
            if let Some(unit) = &edit.unit {
                own_unit_type(db, unit)?;
            }
            let sql = "UPDATE products SET name = ifnull(?3, name), sku = ifnull(?4, sku),
                       description = ifnull(?5, description), unit_type = ifnull(?6, unit_type),
                       units_per_case = ifnull(?7, units_per_case), active = ifnull(?8, active),
                       modified_at = ?9
                       WHERE tenant = ?1 AND id = ?2";
            db.update(
                product,
                sql,
                params![
                    db.tenant,
                    product,
                    edit.name,
                    edit.sku,
                    edit.description,
                    edit.unit,
                    edit.units_per_case,
                    edit.active,
                    db.now_ms.cast_signed(),
                ],
            )?;
            changes::note(db, Changed::Product, product)
        })
    }

    /// Changes fields of a product's LeafLink tab: those that `fields` names, as [`Listing`] names
    /// them; `null` empties one.
    pub fn edit_listing(&self, product: &str, fields: &Map<String, Value>) -> Result<()> {
        self.act(|db| {
            products::summary(db, product)?;
            let known = serde_json::to_value(listings::of(db, product)?.unwrap_or_default());
            let mut tab = match known {
                Ok(Value::Object(tab)) => tab,
                _ => Map::new(),
            };
            // An empty field is written as one that is left out.
            tab.extend(fields.clone());
            tab.retain(|_, value| !value.is_null());
            match serde_json::from_value::<Listing>(Value::Object(tab)) {
                Ok(listing) => {
                    listings::put(db, product, &listing)?;
                    let sql = "UPDATE products SET modified_at = ?3 WHERE tenant = ?1 AND id = ?2";
                    db.update(product, sql, params![db.tenant, product, db.now_ms.cast_signed()])?;
                    changes::note(db, Changed::Product, product)
                }
                Err(problem) => refuse(format!("the LeafLink tab cannot be filled in so: {problem}")),
            }
        })
    }
}
