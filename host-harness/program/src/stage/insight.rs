//! Questions that people ask the component. Asking changes nothing, and that is checked each time.

use anyhow::{Context, bail};
use leaflink_sync_kit::exports::insight::{Explanation, Handler};
use leaflink_sync_kit::exports::inventory::Availability;
use leaflink_sync_kit::host::types::Decision;

use super::Stage;

impl Stage {
    /// How a LeafLink order, named by its short id or number, is decided upon.
    ///
    /// # Errors
    /// The component could not say, or changed something by answering.
    pub fn explain(&self, order: &str) -> anyhow::Result<Explanation> {
        self.without_effect(|| Ok(self.calls.explain(&self.order_number(order))?))
    }

    /// What a look at a LeafLink order would do now.
    ///
    /// # Errors
    /// As [`explain`](Self::explain).
    pub fn preview(&self, order: &str) -> anyhow::Result<Decision> {
        self.without_effect(|| Ok(self.calls.preview(&Handler::Order(self.order_number(order)))?))
    }

    /// What a change of a sales order, named by its number or LeafLink's short id, would do now.
    ///
    /// # Errors
    /// As [`explain`](Self::explain); or there is no such sales order.
    pub fn preview_sales_order(&self, order: &str) -> anyhow::Result<Decision> {
        let id = self.sales_order(order)?.id;
        self.without_effect(|| Ok(self.calls.preview(&Handler::SalesOrder(id))?))
    }

    /// What a change of a product of the ERP would do now.
    ///
    /// # Errors
    /// As [`explain`](Self::explain).
    pub fn preview_product(&self, product: &str) -> anyhow::Result<Decision> {
        self.without_effect(|| {
            let moved = leaflink_sync_kit::exports::products::Product::Erp(product.to_owned());
            Ok(self.calls.preview(&Handler::Product(moved))?)
        })
    }

    /// What LeafLink should show of these products; of every linked one, if none is named.
    ///
    /// # Errors
    /// As [`explain`](Self::explain).
    pub fn inventory(&self, products: &[String]) -> anyhow::Result<Vec<Availability>> {
        self.without_effect(|| {
            let mut figures = Vec::new();
            let mut after: Option<String> = None;
            loop {
                let page = self.calls.compute_inventory(products, after.as_deref())?;
                figures.extend(page.products);
                after = page.next;
                if after.is_none() {
                    return Ok(figures);
                }
            }
        })
    }

    /// Asks, and checks that neither side is another than before, and that LeafLink was only read.
    pub(super) fn without_effect<T>(&self, ask: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
        let both = || -> anyhow::Result<_> { Ok((self.erp.dump()?, self.sandbox().orders())) };
        let before = both()?;
        let sent = self.host.seen().requests.len();
        let answer = ask()?;
        if both().context("after the question")? != before {
            bail!("the question changed something");
        }
        if let Some(request) = self.host.seen().requests.iter().skip(sent).find(|sent| sent.method != "GET") {
            bail!("the question sent {} {}", request.method, request.path);
        }
        Ok(answer)
    }
}
