//! A company to test with, and short ways of asking it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use leaflink_sync_kit::host::records::{
    ChargeDraft, ChargeKind, Error, LeaflinkOrigin, LineDraft, SalesOrder, SalesOrderDraft, SalesOrderStatus,
    SalesOrderUpdate, StockLevel,
};
use leaflink_sync_kit::host::types::Money;
use leaflink_sync_kit::host::{CompanyId, Records};
use reference_erp::{Erp, Package, Seed};
use rust_decimal::Decimal;

/// Package-tracked, 240 in the vault and 60 in the annex.
pub const GUMMIES: &str = "p-gummies";
/// Product-tracked, 100 in the vault.
pub const TEES: &str = "p-tees";
/// Batch-tracked, none anywhere.
pub const TINCTURE: &str = "p-tincture";
/// Package-tracked, stock unknown.
pub const FLOWER: &str = "p-flower";

const SEED: &str = r#"{
  "company": {"name": "Foxglove Farms", "admins": ["dana@foxglove.example"], "leaflink_brand": 77},
  "users": [
    {"id": "u-gone", "name": "Gil Gone", "email": "gil@foxglove.example", "active": false},
    {"id": "u-rae", "name": "Rae Okafor", "email": "rae@foxglove.example"}
  ],
  "locations": [
    {"id": "annex", "name": "Annex"},
    {"id": "vault", "name": "Vault", "license": "402R-00001"}
  ],
  "products": [
    {"id": "p-gummies", "name": "Gummies", "sku": "GUM-10", "sale_price": "9.00",
     "units_per_case": 12, "leaflink_product": 501001, "stock": {"vault": "240", "annex": "60"}},
    {"id": "p-tees", "name": "T-shirts", "tracking": "product", "stock": {"vault": 100}},
    {"id": "p-tincture", "name": "Tincture", "tracking": "batch", "unit": "Milliliter"},
    {"id": "p-flower", "name": "Flower", "unit": "Gram", "stock": "unknown"}
  ],
  "customers": [
    {"id": "c-kettle", "name": "Kettle Creek", "legal_name": "Kettle Creek LLC",
     "licenses": ["402R-10001"], "inactive_licenses": ["402R-00009"],
     "addresses": [{"id": "a-kettle", "name": "Shop", "street": "1 Creek Rd", "city": "Salida",
                    "state": "CO", "zip": "81201", "license": "402R-10001"}],
     "inventory_source": "vault", "leaflink_customer": 310044},
    {"id": "c-moss", "name": "Moss & Co",
     "addresses": [{"id": "a-moss", "name": "Moss House"}]}
  ],
  "taxes": [{"id": "t-excise", "name": "Excise", "rate_percent": "15"}]
}"#;

/// The tests' ERP with one company on a clock that ticks once a transaction.
pub struct Shop {
    pub erp: Erp,
    pub id: CompanyId,
}

pub fn shop() -> Shop {
    let ticks = AtomicU64::new(1_000);
    let clock = Arc::new(move || ticks.fetch_add(1, Ordering::Relaxed));
    let erp = Erp::temporary().unwrap().with_clock(clock);
    let id = CompanyId("foxglove".into());
    erp.seed(&id, &seed()).unwrap();
    Shop { erp, id }
}

pub fn seed() -> Seed {
    SEED.parse().unwrap()
}

/// Goods for a line, of no package that is named.
pub fn loose(line: &str, quantity: &str) -> Package {
    Package { line: line.to_owned(), tag: None, quantity: dec(quantity) }
}

impl Shop {
    /// Runs one call of the component; commits if it answers ok, as the kit does.
    pub fn call<T>(&self, work: impl FnOnce(&mut dyn Records) -> Result<T, Error>) -> Result<T, Error> {
        let mut transaction = self.erp.begin(&self.id).unwrap();
        let done = work(&mut transaction)?;
        transaction.commit().unwrap();
        Ok(done)
    }

    pub fn create(&self, draft: SalesOrderDraft) -> Result<String, Error> {
        self.call(|records| records.create_sales_order(draft))
    }

    pub fn update(&self, id: &str, update: SalesOrderUpdate) -> Result<(), Error> {
        self.call(|records| records.update_sales_order(id, update))
    }

    pub fn set_status(&self, id: &str, status: SalesOrderStatus) -> Result<(), Error> {
        let status = Some(status);
        self.update(id, SalesOrderUpdate { status, ..no_change() })
    }

    pub fn order(&self, id: &str) -> SalesOrder {
        let ids = [id.to_owned()];
        let mut orders = self.call(|records| records.get_sales_orders(&ids)).unwrap();
        orders.pop().unwrap()
    }

    pub fn stock(&self, product: &str) -> Vec<StockLevel> {
        let ids = [product.to_owned()];
        self.call(|records| records.stock(&ids)).unwrap()
    }

    /// `location: active/reserved/promised` for each place with a row.
    pub fn levels(&self, product: &str) -> Vec<String> {
        let rows = self.stock(product);
        let level = |row: &StockLevel| {
            let place = row.location.as_deref().unwrap_or("nowhere");
            format!("{place}: {}/{}/{}", row.active, row.reserved, row.promised)
        };
        rows.iter().map(level).collect()
    }
}

pub fn no_change() -> SalesOrderUpdate {
    SalesOrderUpdate {
        status: None,
        customer: None,
        billing_address: None,
        shipping_address: None,
        location: None,
        owner: None,
        internal_notes: None,
        external_notes: None,
        lines: None,
        charges: None,
        leaflink_total: None,
    }
}

/// A PENDING order from LeafLink with the given lines, filled from the vault.
pub fn draft(number: &str, lines: Vec<LineDraft>) -> SalesOrderDraft {
    SalesOrderDraft {
        origin: LeaflinkOrigin {
            number: number.into(),
            short_id: format!("short-{number}"),
            total: usd("90.00"),
            classification: Some("Adult Use".into()),
        },
        status: SalesOrderStatus::Pending,
        placed_at_ms: 900,
        currency: "USD".into(),
        customer: None,
        billing_address: None,
        shipping_address: None,
        location: Some("vault".into()),
        owner: "u-rae".into(),
        internal_notes: None,
        external_notes: None,
        lines,
        charges: Vec::new(),
    }
}

/// A line at 9.00 a unit.
pub fn line(product: &str, quantity: &str, leaflink_line: u64) -> LineDraft {
    let amount = dec(quantity) * dec("9.00");
    LineDraft {
        id: None,
        product: product.into(),
        quantity: quantity.into(),
        unit_price: "9.00".into(),
        total: amount.round_dp(2).to_string(),
        is_sample: false,
        note: None,
        location: None,
        leaflink_line: Some(leaflink_line),
    }
}

pub fn charge(name: &str, kind: ChargeKind, amount: &str) -> ChargeDraft {
    ChargeDraft {
        name: name.into(),
        kind,
        percent: None,
        amount: amount.into(),
        tax: None,
        locked: false,
        leaflink_key: None,
    }
}

pub fn usd(amount: &str) -> Money {
    Money { amount: amount.into(), currency: "USD".into() }
}

pub fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// The rule that refused, for checking what people read.
pub fn rule<T>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Refused(rule)) => rule,
        Err(Error::NotFound(id)) => format!("not found: {id}"),
        Err(Error::Unavailable(why)) => panic!("unavailable: {why}"),
        Ok(_) => panic!("it was allowed"),
    }
}

/// As [`rule`], for the functions for people.
pub fn told<T>(result: reference_erp::Result<T>) -> String {
    rule(result.map_err(Error::from))
}
