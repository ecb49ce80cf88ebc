//! From a seed to the world it describes.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

use super::place::Placing;
use super::shared::Shared;
use super::{CASE, Company, Customer, InventoryItem, Product, Reference, Staff, Tracking, World};
use crate::seed::{CustomerSeed, ProductSeed, Seed, StaffSeed};
use crate::time::{Instant, parse_offset};

impl World {
    /// Builds the world. Consumes everything of the seed but its key and faults.
    pub fn new(seed: Seed) -> Result<Self> {
        let offset = parse_offset(&seed.offset)
            .with_context(|| format!("the offset `{}` is none; write it like -07:00", seed.offset))?;
        let now = Instant::parse(&seed.now)
            .with_context(|| format!("`now` is `{}`; write it in ISO 8601", seed.now))?;
        let slug = seed.company.slug.clone();
        let company = Company {
            id: seed.company.id,
            slug: slug.unwrap_or_else(|| slug_of(&seed.company.name)),
            name: seed.company.name.clone(),
            state: seed.company.state.clone(),
        };
        let mut world = Self {
            reference: Reference::new(&company, &seed).into(),
            company,
            offset,
            options: seed.options,
            staff: Shared::default(),
            customers: Shared::default(),
            products: Shared::default(),
            orders: Shared::default(),
            payments: Shared::default(),
            events: Shared::default(),
            credits: Shared::default(),
            inventory: Shared::default(),
            webhooks: Vec::new(),
            webhook_key: seed.webhook_key,
            now,
            last_stamp: Instant(now.0 - 1),
            next_line: 9_100_001,
            next_rep: 51,
            next_tax: 601,
        };
        for person in seed.staff {
            insert("staff member", &mut world.staff, person.id, staff(person))?;
        }
        for record in seed.customers {
            let stamp = world.stamp();
            insert("customer", &mut world.customers, record.id, customer(record, stamp))?;
        }
        for record in seed.products {
            let stamp = world.stamp();
            let id = record.id;
            let record = world
                .seeded_product(record, stamp)
                .with_context(|| format!("product {id} of the seed is wrong"))?;
            insert("product", &mut world.products, id, record)?;
        }
        for item in seed.inventory_items {
            world
                .product(item.product)
                .with_context(|| format!("inventory item {} of the seed is wrong", item.id))?;
            let record = InventoryItem {
                id: item.id,
                facility: item.facility,
                product: item.product,
                quantity: item.quantity,
                batch: item.batch,
                archived: false,
            };
            insert("inventory item", &mut world.inventory, item.id, record)?;
        }
        for (index, order) in seed.orders.into_iter().enumerate() {
            let name = order.short_id.clone().unwrap_or_else(|| format!("number {}", index + 1));
            world
                .place_order(order, Placing::Before)
                .with_context(|| format!("order {name} of the seed is wrong"))?;
        }
        world.webhooks.clear();
        Ok(world)
    }

    /// A product of the seed or of a scenario.
    fn seeded_product(&self, seed: ProductSeed, stamp: Instant) -> Result<Product> {
        let Some(tracking) = Tracking::from_id(seed.inventory_management) else {
            bail!("inventory_management is 1 (Managed), 2 (Unlimited) or 3 (Inherited)");
        };
        if seed.units_per_case == 0 {
            bail!("units_per_case is at least 1");
        }
        let mut other = self.product_defaults(seed.brand, seed.license);
        other.insert("description".to_owned(), json!(seed.name));
        if seed.units_per_case > 1 {
            other.insert("sell_in_unit_of_measure".to_owned(), json!(CASE));
        }
        other.extend(seed.fields);
        Ok(Product {
            id: seed.id,
            created_on: stamp,
            modified: stamp,
            last_edit: stamp,
            sku: seed.sku.unwrap_or_else(|| format!("SKU-{}", seed.id)),
            name: seed.name,
            quantity: seed.quantity.unwrap_or_default(),
            reserved: rust_decimal::Decimal::ZERO,
            tracking,
            listing_state: seed.listing_state,
            unit_multiplier: seed.units_per_case,
            unit_of_measure: seed.unit,
            wholesale_price: seed.wholesale_price.unwrap_or_default(),
            sale_price: seed.sale_price.unwrap_or_default(),
            retail_price: seed.retail_price.unwrap_or_default(),
            medical: seed.medical,
            parent: seed.parent,
            external_ids: seed.external_ids,
            other,
            body: seed.body,
        })
    }

    /// What a product has where nobody said otherwise.
    pub fn product_defaults(&self, brand: Option<u64>, license: Option<u64>) -> Map<String, Value> {
        let first = |rows: &[Value]| rows.first().and_then(|row| row["id"].as_u64());
        let defaults = json!({
            "drop_date": null,
            "dropped": null,
            "description": "",
            "minimum_order": "1.0000",
            "maximum_order": null,
            "AVAILABLE_FOR_SAMPLES": true,
            "extern_acct_id": null,
            "extern_income_acct_id": "",
            "featured": false,
            "tagline": null,
            "featured_on_deals": false,
            "allow_fractional_quantities": false,
            "sell_in_unit_of_measure": null,
            "unit_denomination": 1,
            "category": first(&self.reference.categories),
            "sub_category": first(&self.reference.subcategories),
            "grow_type": null,
            "seller_internal_id": null,
            "brand": brand.or(first(&self.reference.brands)),
            "product_line": first(&self.reference.product_lines),
            "manufacturer": self.company.id,
            "strain_classification": "na",
            "license": license.or(first(&self.reference.licenses)),
            "strains": [],
            "image_count": 0,
            "is_ancillary": false,
            "s2s_conversion_amount": "1.0000",
            "extern_sts_ids": null,
            "has_deals_eligible_children": false,
            "discount_percent": 0,
            "base_units_per_unit": null,
            "threshold_value": null,
            "threshold_action": "default",
            "reverse_threshold_value": null,
            "reverse_threshold_action": "default",
            "show_quantity": false,
            "product_data_items": [],
        });
        match defaults {
            Value::Object(fields) => fields,
            _ => Map::new(),
        }
    }
}

impl Reference {
    /// The lists around the catalogue; each that the seed leaves empty gets one row if products
    /// need one.
    fn new(company: &Company, seed: &Seed) -> Self {
        let or = |rows: Vec<Value>, default: Value| {
            if rows.is_empty() { vec![default] } else { rows }
        };
        let brand = |id: u64, name: &str| {
            json!({"id": id, "name": name, "company": company.id, "description": "",
                   "image": "", "banner": ""})
        };
        let license = |id: u64, number: &str, kind: &str, display: &str, class: &str| {
            json!({"id": id, "number": number, "type": kind, "display_type": display,
                   "classification": class})
        };
        let category =
            |id: u64, name: &str| json!({"id": id, "name": name, "slug": slug_of(name), "description": name});
        let subcategory = |id: u64, name: &str, category: u64| {
            json!({"id": id, "name": name, "slug": slug_of(name), "description": name,
                   "category": category})
        };
        let brands: Vec<Value> = seed.brands.iter().map(|it| brand(it.id, &it.name)).collect();
        let first_brand = seed.brands.first().map_or(2201, |brand| brand.id);
        Self {
            companies: vec![company_row(company)],
            brands: or(brands, brand(2201, &company.name)),
            licenses: or(
                seed.licenses
                    .iter()
                    .map(|it| license(it.id, &it.number, &it.kind, &it.display_type, &it.classification))
                    .collect(),
                license(70_220, "404R-00001", "Recreational", "Adult Use", "MIPS"),
            ),
            categories: or(
                seed.product_categories.iter().map(|it| category(it.id, &it.name)).collect(),
                category(7, "Edibles & Ingestibles"),
            ),
            subcategories: or(
                seed.product_subcategories
                    .iter()
                    .map(|it| subcategory(it.id, &it.name, it.category))
                    .collect(),
                subcategory(14, "Gummies", 7),
            ),
            product_lines: seed
                .product_lines
                .iter()
                .map(|it| json!({"id": it.id, "name": it.name, "brand": first_brand, "menu_position": 1}))
                .collect(),
            strains: seed
                .strains
                .iter()
                .map(|it| {
                    json!({"id": it.id, "name": it.name, "parents": [], "company": company.id,
                           "strain_classification": "hybrid"})
                })
                .collect(),
            facilities: seed
                .facilities
                .iter()
                .map(|it| json!({"id": it.id, "name": it.name, "description": ""}))
                .collect(),
        }
    }
}

fn company_row(company: &Company) -> Value {
    json!({
        "address": "",
        "announcement": "",
        "apply_ancillary_tax": false,
        "apply_arms_length_tax": false,
        "batch_enabled": true,
        "business_identifier": "",
        "business_license_name": company.name,
        "buyer": false,
        "seller": true,
        "city": "",
        "dba": company.name,
        "description": "",
        "has_accting": false,
        "hide_attached_packages": false,
        "id": company.id,
        "image": "",
        "name": company.name,
        "slug": company.slug,
        "state": company.state,
        "sts_enabled": false,
        "zipcode": "",
    })
}

fn staff(seed: StaffSeed) -> Staff {
    let mut person =
        Staff { id: seed.id, name: seed.name, email: String::new(), admin: seed.admin, active: seed.active };
    person.email = seed.email.unwrap_or_else(|| format!("{}@example.test", person.username()));
    person
}

fn customer(seed: CustomerSeed, stamp: Instant) -> Customer {
    let defaults = json!({
        "managers": [],
        "next_contact_date": null,
        "external_id": null,
        "ext_acct_id": null,
        "old_license_number": null,
        "license_inactive": false,
        "business_identifier": null,
        "ein": null,
        "directions": null,
        "delivery_preferences": null,
        "currency": "USD",
        "shipping_charge": "0.00",
        "brand": null,
        "dba": seed.dba,
        "business_license_name": seed.business_license_name,
        "description": null,
        "website": null,
        "county": null,
        "country": null,
        "lat": null,
        "long": null,
        "phone": seed.phone,
        "phone_extension": null,
        "email": seed.email,
        "notes": null,
        "leaflink_last_views": null,
        "leaflink_source": true,
        "archived": seed.archived,
        "delinquent": false,
        "discount_percent": "0.00",
        "tier": null,
        "price_schedule": null,
        "service_zone": null,
        "license_type": 61,
        "payment_term": 3,
        "payment_methods": [4],
        "status": null,
    });
    let mut other = match defaults {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    other.extend(seed.fields);
    Customer {
        id: seed.id,
        created_on: stamp,
        modified: stamp,
        name: seed.name,
        nickname: seed.nickname,
        license_number: seed.license_number,
        partner: seed.partner,
        address: seed.address,
        external_ids: seed.external_ids,
        other,
    }
}

fn insert<T>(what: &str, table: &mut BTreeMap<u64, T>, id: u64, record: T) -> Result<()> {
    if table.insert(id, record).is_some() {
        bail!("the seed has two records of {what} {id}");
    }
    Ok(())
}

fn slug_of(name: &str) -> String {
    name.to_lowercase()
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}
