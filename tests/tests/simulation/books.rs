//! What the ERP holds, read from its database as the checks need it.

use std::collections::BTreeMap;

use anyhow::anyhow;
use leaflink_sync_kit::host::records::{PaymentState, SalesOrder};
use leaflink_sync_kit::host::{CompanyId, Records, Store};
use reference_erp::{Erp, ErpTransaction};
use rust_decimal::Decimal;

use super::stage::{NEW_PRODUCTS, PRODUCTS};

/// What the ERP holds.
#[derive(Clone, Debug, Default)]
pub struct Books {
    /// Every sales order, by id.
    pub orders: Vec<SalesOrder>,
    /// Stock by product, over all places.
    pub levels: BTreeMap<String, Level>,
    /// The product of each LeafLink product.
    pub links: BTreeMap<u64, String>,
    /// The sale price of each product, for one unit.
    pub sale_prices: BTreeMap<String, Decimal>,
}

/// Stock of a product.
#[derive(Clone, Copy, Debug, Default)]
pub struct Level {
    pub active: Decimal,
    pub reserved: Decimal,
    pub promised: Decimal,
}

impl Books {
    /// Reads what the ERP holds.
    pub fn read(view: &mut ErpTransaction) -> anyhow::Result<Self> {
        let told = |error| anyhow!("{error:?}");
        let orders = view.list_sales_orders(None, 500).map_err(told)?;
        let mut levels: BTreeMap<String, Level> = BTreeMap::new();
        for row in view.stock(&products()).map_err(told)? {
            let level = levels.entry(row.product).or_default();
            level.active += number(&row.active);
            level.reserved += number(&row.reserved);
            level.promised += number(&row.promised);
        }
        let (mut links, mut sale_prices) = (BTreeMap::new(), BTreeMap::new());
        for product in view.get_products(&products()).map_err(told)? {
            if let Some(price) = &product.sale_price {
                sale_prices.insert(product.id.clone(), number(&price.amount));
            }
            if let Some(leaflink) = product.leaflink_product_id {
                links.insert(leaflink, product.id);
            }
        }
        Ok(Self { orders, levels, links, sale_prices })
    }

    /// The sales order of a LeafLink order.
    pub fn order_of(&self, number: &str) -> Option<&SalesOrder> {
        self.orders.iter().find(|order| order.origin.as_ref().is_some_and(|of| of.number == number))
    }

    /// The sales order that a number in a history means.
    pub fn of_leaflink(&self, at: usize) -> Option<&SalesOrder> {
        // By LeafLink's number, which does not depend on the order in which they came over.
        let number = |order: &SalesOrder| order.origin.as_ref().map(|origin| origin.number.clone());
        let mut linked: Vec<_> = self.orders.iter().filter(|order| order.origin.is_some()).collect();
        linked.sort_by_key(|order| number(order));
        match linked.len() {
            0 => None,
            count => Some(linked[at % count]),
        }
    }
}

/// How much of a product a sales order has, and how much of that is packed.
pub fn of_product(order: &SalesOrder, product: &str) -> (Decimal, Decimal) {
    let lines = order.lines.iter().filter(|line| line.product == product);
    lines.fold((Decimal::ZERO, Decimal::ZERO), |(quantity, packed), line| {
        (quantity + number(&line.quantity), packed + number(&line.fulfilled))
    })
}

/// Whether anything of a sales order is packed.
pub fn is_begun(order: &SalesOrder) -> bool {
    order.lines.iter().any(|line| number(&line.fulfilled) > Decimal::ZERO)
}

/// A decimal of the contract.
pub fn number(text: &str) -> Decimal {
    text.parse().unwrap_or_default()
}

/// The posted payments of a sales order, summed.
pub fn posted(erp: &Erp, company: &CompanyId, order: &str) -> anyhow::Result<Decimal> {
    let payments =
        erp.begin(company)?.payments_of_sales_order(order).map_err(|error| anyhow!("{error:?}"))?;
    let posted = payments.iter().filter(|payment| payment.state == PaymentState::Posted);
    Ok(posted.map(|payment| number(&payment.amount.amount)).sum())
}

/// What the component has under a prefix in its store.
pub fn stored(view: &mut ErpTransaction, prefix: &str) -> anyhow::Result<BTreeMap<String, Vec<u8>>> {
    let entries = view.scan(prefix, None, 1_000).map_err(|error| anyhow!("{error:?}"))?;
    Ok(entries.into_iter().map(|entry| (entry.key, entry.value)).collect())
}

fn products() -> Vec<String> {
    let linked = PRODUCTS.iter().map(|(product, _)| *product);
    linked.chain(NEW_PRODUCTS.iter().map(|(product, _)| *product)).map(str::to_owned).collect()
}
