//! LeafLink's side at a glance, for programs that watch it: what the screens would show, without
//! the API's JSON around it.

use rust_decimal::Decimal;

use crate::sandbox::Sandbox;
use crate::world::{Status, Totals, Tracking};

/// An order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OrderRow {
    /// LeafLink's UUID.
    pub number: String,
    /// The number that people see.
    pub short_id: String,
    /// How far it is.
    pub status: Status,
    /// Its total.
    pub total: Decimal,
    /// Its lines.
    pub lines: Vec<LineRow>,
    /// Whether the API sends it in a shape of a test's own.
    pub malformed: bool,
}

/// A line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LineRow {
    /// LeafLink's id of the line.
    pub id: u64,
    /// The product, if it is of one.
    pub product: Option<u64>,
    /// In units.
    pub quantity: Decimal,
}

/// A product.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProductRow {
    /// LeafLink's id.
    pub id: u64,
    /// What buyers are offered: the quantity without what is reserved.
    pub available: Decimal,
    /// On submitted and accepted orders.
    pub reserved: Decimal,
    /// Whether LeafLink manages its stock; otherwise it sells without limit.
    pub managed: bool,
}

/// A payment on an order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PaymentRow {
    /// LeafLink's UUID of the order.
    pub order: String,
    /// Negative when it takes another back.
    pub amount: Decimal,
    /// ISO 4217.
    pub currency: String,
    /// What was written about it.
    pub reason: String,
}

impl Sandbox {
    /// Every order, oldest first.
    #[must_use]
    pub fn order_rows(&self) -> Vec<OrderRow> {
        let world = self.world();
        let orders = world.orders.values().map(|order| OrderRow {
            number: order.number.clone(),
            short_id: order.short_id.clone(),
            status: order.status,
            total: Totals::of(order, &world.options).total,
            lines: order
                .lines
                .iter()
                .map(|line| LineRow { id: line.id, product: line.product, quantity: line.quantity })
                .collect(),
            malformed: order.as_sent.is_some() || order.body.is_some(),
        });
        orders.collect()
    }

    /// Every product, by id.
    #[must_use]
    pub fn product_rows(&self) -> Vec<ProductRow> {
        let products = self.world().products.values().map(|product| ProductRow {
            id: product.id,
            available: product.available(),
            reserved: product.reserved,
            managed: product.tracking == Tracking::Managed,
        });
        products.collect()
    }

    /// Every payment, oldest first.
    #[must_use]
    pub fn payment_rows(&self) -> Vec<PaymentRow> {
        let payments = self.world().payments.values().map(|payment| PaymentRow {
            order: payment.order.clone(),
            amount: payment.total,
            currency: payment.currency.clone(),
            reason: payment.reason.clone(),
        });
        payments.collect()
    }
}
