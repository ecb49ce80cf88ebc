//! Stock: what the ERP has of its linked products, and what is remembered of each push.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::answer::Failure;
use super::erp::{BATCH, failure, number};
use super::products::unit_type;
use super::state::{get, put};
use crate::bindings::leaflink_sync::host::records;
use crate::rules::decimal;
use crate::rules::ids::{LeafLinkProductId, LocationId, OrderNumber, ProductId};
use crate::rules::once::QUIET_MS;
use crate::rules::order::StockLevel;
use crate::rules::product::unit_type::UnitType;
use crate::rules::sorted::Map;

const PUSHED_KEY: &str = "pushed/stock";

/// An ERP product, as far as its stock goes.
#[derive(Clone, Debug)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// Its name.
    pub name: String,
    /// How it is counted.
    pub unit: UnitType,
    /// The LeafLink product that it is linked to.
    pub leaflink: Option<LeafLinkProductId>,
}

/// The products with these ids; those that do not exist are left out.
pub fn products(ids: &[String]) -> Result<Vec<Product>, Failure> {
    records::get_products(ids).map_err(failure)?.into_iter().map(product).collect()
}

/// The product that is linked to a LeafLink product.
pub fn linked_to(leaflink: LeafLinkProductId) -> Result<Option<Product>, Failure> {
    records::products_by_leaflink_id(&[leaflink.0]).map_err(failure)?.pop().map(product).transpose()
}

/// One page of products after `after`, the linked ones of it; and the last id of a full page.
pub fn linked_page(after: Option<&str>) -> Result<(Vec<Product>, Option<String>), Failure> {
    let page = records::list_products(after, BATCH as u32).map_err(failure)?;
    let next = if page.len() < BATCH { None } else { page.last().map(|product| product.id.clone()) };
    let linked = page.into_iter().filter(|product| product.leaflink_product_id.is_some()).map(product);
    Ok((linked.collect::<Result<_, _>>()?, next))
}

/// The levels of these products, by product; none for one whose stock is unknown.
pub fn levels(products: &[Product]) -> Result<Map<ProductId, Vec<StockLevel>>, Failure> {
    let ids: Vec<String> = products.iter().map(|product| product.id.0.clone()).collect();
    let mut levels: Map<ProductId, Vec<StockLevel>> = Map::new();
    for batch in ids.chunks(BATCH) {
        for level in records::stock(batch).map_err(failure)? {
            let product = ProductId(level.product);
            levels.entry(product.clone(), Default::default).push(StockLevel {
                product,
                location: level.location.map(LocationId),
                active: number(&level.active)?,
                reserved: number(&level.reserved)?,
                promised: number(&level.promised)?,
            });
        }
    }
    Ok(levels)
}

/// What the sales orders of LeafLink orders hold, by LeafLink's number and by product. Canceled
/// ones are left out.
pub fn on_sales_orders(numbers: &[String]) -> Result<Map<OrderNumber, Map<ProductId, Decimal>>, Failure> {
    let mut held = Map::new();
    for batch in numbers.chunks(BATCH) {
        for order in records::sales_orders_by_leaflink_number(batch).map_err(failure)? {
            let Some(origin) = order.origin else { continue };
            let mut quantities: Map<ProductId, Decimal> = Map::new();
            if order.status == records::SalesOrderStatus::Canceled {
                continue;
            }
            for line in order.lines {
                *quantities.entry(ProductId(line.product), Default::default) += number(&line.quantity)?;
            }
            held.insert(OrderNumber(origin.number), quantities);
        }
    }
    Ok(held)
}

fn product(product: records::Product) -> Result<Product, Failure> {
    Ok(Product {
        id: ProductId(product.id),
        name: product.name,
        unit: unit_type(product.unit_type)?,
        leaflink: product.leaflink_product_id.map(LeafLinkProductId),
    })
}

/// What is remembered of the stock of a LeafLink product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockRecord {
    /// The ERP product that it was for. Another one is a first sync.
    pub product: String,
    /// What LeafLink confirmed when it was last set, or showed when it was first seen to show what
    /// it should: after that, an inherited stock is LeafLink's own.
    #[serde(default)]
    pub confirmed: Option<String>,
    /// The codes of what people were told stands in its way.
    #[serde(default)]
    pub told: Vec<String>,
    /// When a figure was last sent and not answered.
    #[serde(default)]
    pub unanswered_ms: Option<u64>,
}

impl StockRecord {
    /// Until when LeafLink may still carry out a figure that was sent and not answered, and so show
    /// it in place of a later one.
    pub fn unsure_until(&self, now_ms: u64) -> Option<u64> {
        let sent_ms = self.unanswered_ms.filter(|sent_ms| *sent_ms <= now_ms)?;
        Some(sent_ms + QUIET_MS).filter(|until_ms| now_ms < *until_ms)
    }

    /// As a quantity.
    pub fn confirmed(&self) -> Option<Decimal> {
        decimal::parse(self.confirmed.as_deref()?, 9, 6)
    }
}

/// What is remembered of the stock of a product.
pub fn record(leaflink: LeafLinkProductId, product: &ProductId) -> Result<StockRecord, Failure> {
    let known: Option<StockRecord> = get(&key(leaflink))?;
    Ok(known
        .filter(|known| known.product == product.0)
        .unwrap_or_else(|| StockRecord { product: product.0.clone(), ..StockRecord::default() }))
}

/// Remembers it.
pub fn put_record(leaflink: LeafLinkProductId, record: &StockRecord) -> Result<(), Failure> {
    put(&key(leaflink), record)
}

/// When stock was last pushed to the end; absent: never.
pub fn pushed() -> Result<Option<u64>, Failure> {
    get(PUSHED_KEY)
}

/// Notes that stock was pushed to the end.
pub fn put_pushed(now_ms: u64) -> Result<(), Failure> {
    put(PUSHED_KEY, &now_ms)
}

fn key(leaflink: LeafLinkProductId) -> String {
    format!("stock/{leaflink}")
}
