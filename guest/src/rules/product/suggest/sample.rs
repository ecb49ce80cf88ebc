//! Products to try rules on.

use crate::rules::ids::{LeafLinkProductId, ProductId};
use crate::rules::product::unit_type::{Measures, UnitType};
use crate::rules::product::{Listed, Product, Standing};

/// A product of the ERP, counted in units.
pub fn product(id: &str, name: &str) -> Product {
    Product {
        id: ProductId(id.to_owned()),
        name: name.to_owned(),
        sku: String::new(),
        unit: UnitType { name: "Unit".to_owned(), measures: Measures::Pieces, per_si_unit: None },
        price: None,
        brand: None,
        category: None,
        strain: None,
        active: true,
        leaflink: None,
    }
}

/// A product of LeafLink's catalogue, counted in units.
pub fn listed(id: u64, name: &str) -> Listed {
    Listed {
        id: LeafLinkProductId(id),
        name: name.to_owned(),
        sku: String::new(),
        unit: "Unit".to_owned(),
        denomination: None,
        price: None,
        brand: None,
        strain_class: None,
        standing: Standing::Live,
    }
}
