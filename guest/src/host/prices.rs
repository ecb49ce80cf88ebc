//! Prices: the ERP's side of a product, and what the store keeps about its price.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::answer::Failure;
use super::erp::{Written, failure, number, written};
use super::products::unit_type;
use super::state::{ReasonRecord, delete, get, put};
use super::{catalogue, erp};
use crate::bindings::leaflink_sync::host::records;
use crate::bindings::leaflink_sync::host::types::Money;
use crate::rules::decimal::{self, plain};
use crate::rules::ids::{LeafLinkProductId, ProductId};
use crate::rules::product::price::{Agreed, Price};
use crate::rules::product::unit_type::UnitType;

const SETTING_KEY: &str = "prices-on";

/// How long a price that was sent and may have come to LeafLink unseen is known for ours. The
/// catalogue is read every ten minutes, and a read can fail some times in a row.
const OURS_FOR_MS: u64 = 60 * 60 * 1_000;

/// How many of them are remembered: more than a person sets within that time.
const SENT_PRICES: usize = 16;

/// A product of the ERP, as far as its price goes.
#[derive(Clone, Debug)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// Its name.
    pub name: String,
    /// What it is counted in.
    pub unit: UnitType,
    /// "Sale Price" for one unit.
    pub sale_price: Option<Price>,
    /// "Units Per Case".
    pub units_per_case: Option<u32>,
    /// "Sell in Multiples"; absent: nobody said.
    pub sell_in_multiples: Option<bool>,
    /// The LeafLink product that it is linked to.
    pub leaflink: Option<LeafLinkProductId>,
}

/// One product; absent: the ERP has none of this id.
pub fn product(id: &ProductId) -> Result<Option<Product>, Failure> {
    records::get_products(std::slice::from_ref(&id.0)).map_err(failure)?.pop().map(of_record).transpose()
}

/// Linked products, a page of the ERP's.
pub struct LinkedPage {
    /// The linked ones among them.
    pub products: Vec<Product>,
    /// The last id of a full page.
    pub next: Option<String>,
}

/// One page of the ERP's products after `after`.
pub fn linked_page(after: Option<&str>) -> Result<LinkedPage, Failure> {
    let page = records::list_products(after, erp::BATCH as u32).map_err(failure)?;
    let next = if page.len() < erp::BATCH { None } else { page.last().map(|product| product.id.clone()) };
    let linked = page.into_iter().filter(|product| product.leaflink_product_id.is_some()).map(of_record);
    Ok(LinkedPage { products: linked.collect::<Result<_, _>>()?, next })
}

/// The products that are linked to any of these, of which there are at most 500.
pub fn linked_to(ids: &[LeafLinkProductId]) -> Result<Vec<Product>, Failure> {
    let ids: Vec<u64> = ids.iter().map(|id| id.0).collect();
    records::products_by_leaflink_id(&ids).map_err(failure)?.into_iter().map(of_record).collect()
}

fn of_record(record: records::Product) -> Result<Product, Failure> {
    let price = |price: Money| -> Result<Price, Failure> {
        Ok(Price { amount: number(&price.amount)?, currency: price.currency })
    };
    Ok(Product {
        id: ProductId(record.id),
        name: record.name,
        unit: unit_type(record.unit_type)?,
        sale_price: record.sale_price.map(price).transpose()?,
        units_per_case: record.units_per_case,
        sell_in_multiples: record.leaflink_listing.and_then(|listing| listing.sell_in_multiples),
        leaflink: record.leaflink_product_id.map(LeafLinkProductId),
    })
}

/// Sets the "Sale Price" of a product; answers it as the ERP keeps it.
pub fn set_sale_price(id: &ProductId, price: Decimal) -> Result<Written<Decimal>, Failure> {
    let money = Money { amount: plain(price), currency: erp::currency()? };
    Ok(match written(records::set_sale_price(&id.0, &money))? {
        Written::Done(()) => {
            let kept = product(id)?.and_then(|product| product.sale_price);
            Written::Done(kept.map_or(price, |kept| kept.amount))
        }
        Written::Refused(rule) => Written::Refused(rule),
    })
}

/// Whether the setting is on, and how often it was turned on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Setting {
    on: bool,
    times: u32,
}

/// Notes whether the setting is on. Each time that it is turned on, what both sides agreed on
/// before counts no more, and every linked product is to be looked at.
pub fn put_setting(on: bool) -> Result<(), Failure> {
    let known: Setting = get(SETTING_KEY)?.unwrap_or_default();
    if known.on == on {
        return Ok(());
    }
    if on {
        let mut catalogue = catalogue::state()?;
        catalogue.again = true;
        catalogue::put_state(&catalogue)?;
    }
    put(SETTING_KEY, &Setting { on, times: known.times + u32::from(on) })
}

/// What is remembered of a product's price.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceRecord {
    /// The ERP product that it was for. Another one is a first sight.
    product: String,
    /// How often the setting had been turned on.
    times: u32,
    /// What both sides showed when they last agreed.
    #[serde(default)]
    agreed: Option<AgreedRecord>,
    /// What was sent to LeafLink and may have come there unseen, and when that was noted; oldest first.
    #[serde(default)]
    sent: Vec<(String, u64)>,
    /// Why the price cannot follow, as people were told.
    #[serde(default)]
    pub waits_for: Vec<ReasonRecord>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct AgreedRecord {
    sale_price: String,
    wholesale_price: String,
    units: u32,
}

impl PriceRecord {
    /// What both sides showed when they last agreed.
    pub fn agreed(&self) -> Option<Agreed> {
        let agreed = self.agreed.as_ref()?;
        Some(Agreed {
            sale_price: read(&agreed.sale_price)?,
            wholesale_price: read(&agreed.wholesale_price)?,
            units: agreed.units,
        })
    }

    /// Notes what both sides agree on.
    pub fn set_agreed(&mut self, agreed: Agreed) {
        self.agreed = Some(AgreedRecord {
            sale_price: plain(agreed.sale_price),
            wholesale_price: plain(agreed.wholesale_price),
            units: agreed.units,
        });
    }

    /// Notes that LeafLink may come to show a price because of us. One does not replace another: a
    /// second answer that is lost leaves the first one's price there.
    pub fn note_sent(&mut self, price: String, now_ms: u64) {
        self.sent.retain(|(known, at)| *known != price && is_ours_still(*at, now_ms));
        if self.sent.len() == SENT_PRICES {
            self.sent.remove(0);
        }
        self.sent.push((price, now_ms));
    }

    /// Every price that was noted, those of long ago included.
    #[cfg(test)]
    pub fn all_sent(&self) -> impl Iterator<Item = &str> {
        self.sent.iter().map(|(price, _)| price.as_str())
    }

    /// Prices that LeafLink may show because of us.
    pub fn sent(&self, now_ms: u64) -> impl Iterator<Item = &str> {
        let recent = self.sent.iter().filter(move |(_, at)| is_ours_still(*at, now_ms));
        recent.map(|(price, _)| price.as_str())
    }
}

fn is_ours_still(noted_ms: u64, now_ms: u64) -> bool {
    // Either way: a time that is to come was noted by a clock that has been put back since.
    now_ms.abs_diff(noted_ms) <= OURS_FOR_MS
}

/// A price as it was kept.
pub fn read(text: &str) -> Option<Decimal> {
    decimal::parse(text, 18, 9)
}

/// What is remembered of the price of a LeafLink product. What was for another ERP product, or
/// before the setting was last turned on, counts no more.
pub fn record(leaflink: LeafLinkProductId, product: &ProductId) -> Result<PriceRecord, Failure> {
    let Setting { times, .. } = get(SETTING_KEY)?.unwrap_or_default();
    let known: Option<PriceRecord> = get(&key(leaflink))?;
    Ok(known
        .filter(|known| known.product == product.0 && known.times == times)
        .unwrap_or_else(|| PriceRecord { product: product.0.clone(), times, ..PriceRecord::default() }))
}

/// Remembers it, and whose price it is.
pub fn put_record(leaflink: LeafLinkProductId, record: &PriceRecord) -> Result<(), Failure> {
    let priced = priced_key(&record.product);
    if get(&priced)? != Some(leaflink.0) {
        put(&priced, &leaflink.0)?;
    }
    put(&key(leaflink), record)
}

/// Forgets what is remembered of the price of a product that is linked to nothing: linked again, the
/// two sides are seen for the first time.
pub fn unlinked(product: &ProductId) -> Result<(), Failure> {
    let priced = priced_key(&product.0);
    let Some(leaflink) = get(&priced)?.map(LeafLinkProductId) else { return Ok(()) };
    delete(&priced)?;
    match get::<PriceRecord>(&key(leaflink))? {
        Some(known) if known.product == product.0 => delete(&key(leaflink)),
        _ => Ok(()),
    }
}

fn key(leaflink: LeafLinkProductId) -> String {
    format!("price/{leaflink}")
}

fn priced_key(product: &str) -> String {
    format!("priced/{product}")
}

/// The wholesale price that LeafLink should have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceWish {
    /// For one case; absent: as it should be.
    #[serde(default)]
    pub wholesale_price: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_price_that_may_be_in_leaflink_unseen_is_known_for_an_hour() {
        let mut record = PriceRecord::default();
        let known = |record: &PriceRecord, now| record.sent(now).map(str::to_owned).collect::<Vec<_>>();
        record.note_sent("19.99".to_owned(), 1_000);
        record.note_sent("18".to_owned(), 2_000);
        assert_eq!(known(&record, 2_000), ["19.99", "18"]);
        record.note_sent("19.99".to_owned(), 3_000);
        assert_eq!(known(&record, 2_000 + OURS_FOR_MS), ["18", "19.99"]);
        assert_eq!(known(&record, 2_001 + OURS_FOR_MS), ["19.99"]);
        for cents in 0..100 {
            record.note_sent(format!("20.{cents:02}"), 4_000);
        }
        assert_eq!(record.sent.len(), SENT_PRICES);
        assert_eq!(record.sent(4_000).last(), Some("20.99"));
    }
    #[test]
    fn a_clock_that_was_put_back_makes_no_price_ours() {
        let mut record = PriceRecord::default();
        record.note_sent("19.99".to_owned(), 3 * OURS_FOR_MS);
        assert_eq!(record.sent(2 * OURS_FOR_MS).next(), Some("19.99"));
        assert_eq!(record.sent(2 * OURS_FOR_MS - 1).next(), None);
    }
}
