//! The outbox: what LeafLink should become, kept until LeafLink has it.
//!
//! An intent is a wish about one thing, not a list of requests. A newer wish about the same thing
//! replaces an older one, and a wish that came true is gone, so that nothing is sent twice and
//! nothing out of order. An intent that LeafLink refused is parked until the thing or the wish
//! changes.

use serde::{Deserialize, Serialize};

use super::answer::Failure;
use super::listings::{ListingWish, NewProductWish};
use super::outage::outage;
use super::payments::PaymentWish;
use super::prices::PriceWish;
use super::state::{ReasonRecord, decode, delete, get, put, store_failure};
use crate::bindings::leaflink_sync::host::store;
use crate::rules::ids::{LeafLinkProductId, OrderNumber, PaymentId, ProductId};
use crate::rules::once::Progress;
use crate::rules::order::SourceStatus;
use crate::rules::reasons::Code;
use crate::rules::sorted::Map;

const PREFIX: &str = "outbox/";
const ORDER: &str = "order/";
const PAYMENT: &str = "payment/";
const STOCK: &str = "stock/";
const NEW_PRODUCT: &str = "new-product/";
const LISTING: &str = "listing/";
const PRICE: &str = "price/";

/// No wait is as long: the longest that a `Retry-After` can ask for is an hour. One that is was noted by a
/// clock that has been put back since, and is over.
const LONGEST_WAIT_MS: u64 = 2 * 60 * 60 * 1_000;

/// What an intent is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A LeafLink order.
    Order(OrderNumber),
    /// A payment of the ERP.
    Payment(PaymentId),
    /// The stock of a LeafLink product.
    Stock(LeafLinkProductId),
    /// The LeafLink product that is made of a product of the ERP.
    NewProduct(ProductId),
    /// The fields of the LeafLink product that a product of the ERP is linked to.
    Listing(ProductId),
    /// The price of a LeafLink product.
    Price(LeafLinkProductId),
}

impl Subject {
    fn key(&self) -> String {
        match self {
            Subject::Order(number) => format!("{PREFIX}{ORDER}{number}"),
            Subject::Payment(id) => format!("{PREFIX}{PAYMENT}{id}"),
            Subject::Stock(id) => format!("{PREFIX}{STOCK}{id}"),
            Subject::NewProduct(id) => format!("{PREFIX}{NEW_PRODUCT}{id}"),
            Subject::Listing(id) => format!("{PREFIX}{LISTING}{id}"),
            Subject::Price(id) => format!("{PREFIX}{PRICE}{id}"),
        }
    }

    /// Names it for people's calls: its key without the outbox's prefix.
    pub fn id(&self) -> String {
        self.key().split_off(PREFIX.len())
    }

    /// Whether people wait less for it than for others: stock goes out by the hundred.
    pub fn is_bulk(&self) -> bool {
        matches!(self, Subject::Stock(_))
    }

    fn from_key(rest: &str) -> Option<Self> {
        if let Some(id) = rest.strip_prefix(PAYMENT) {
            return Some(Subject::Payment(PaymentId(id.to_owned())));
        }
        if let Some(id) = rest.strip_prefix(NEW_PRODUCT) {
            return Some(Subject::NewProduct(ProductId(id.to_owned())));
        }
        if let Some(id) = rest.strip_prefix(LISTING) {
            return Some(Subject::Listing(ProductId(id.to_owned())));
        }
        if let Some(id) = rest.strip_prefix(STOCK) {
            return id.parse().ok().map(|id| Subject::Stock(LeafLinkProductId(id)));
        }
        if let Some(id) = rest.strip_prefix(PRICE) {
            return id.parse().ok().map(|id| Subject::Price(LeafLinkProductId(id)));
        }
        rest.strip_prefix(ORDER).map(|number| Subject::Order(OrderNumber(number.to_owned())))
    }
}

/// A write to LeafLink that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// What people know the thing by.
    pub label: String,
    /// The state that it should reach.
    pub wish: Wish,
    /// Since when it is wanted.
    pub since_ms: u64,
    /// Attempts that came to nothing since the last that did not.
    #[serde(default)]
    pub attempts: u32,
    /// When the last of them was; says nothing while there are none.
    #[serde(default)]
    pub tried_ms: u64,
    /// Not to be tried before.
    #[serde(default)]
    pub not_before_ms: u64,
    /// LeafLink refused it: not tried again until something changes.
    #[serde(default)]
    pub parked: Option<ReasonRecord>,
    /// What people were told when it was parked.
    #[serde(default)]
    pub told: Option<String>,
    /// LeafLink's `modified` when it was queued.
    #[serde(default)]
    pub modified: String,
}

/// The state that a thing should reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wish {
    /// Of an order.
    Order(OrderWish),
    /// Of a payment: that LeafLink has it, or has it as taken back.
    Payment(PaymentWish),
    /// Of a product's stock.
    Stock(StockWish),
    /// Of a new product: that LeafLink has it.
    NewProduct(NewProductWish),
    /// Of a product's fields.
    Listing(ListingWish),
    /// Of a product's price.
    Price(PriceWish),
}

/// The stock that LeafLink should show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockWish {
    /// Free to sell, in LeafLink's units; absent: as it should be.
    #[serde(default)]
    pub available: Option<String>,
    /// What both sides looked like when it was reckoned.
    #[serde(default)]
    pub as_seen: String,
}

/// The state that an order should reach; absent fields are as they should be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderWish {
    /// LeafLink's word for the status to reach.
    #[serde(default)]
    pub status: Option<String>,
    /// The day of the ship date.
    #[serde(default)]
    pub ship_day: Option<String>,
    /// The key of `external_ids`, and the value to set; no value: to be removed.
    #[serde(default)]
    pub external_id: Option<(String, Option<String>)>,
    /// What LeafLink puts on offer again once it rejects the order, by LeafLink product. It is held
    /// back from the moment that this is noted until LeafLink has done so.
    #[serde(default)]
    pub gives_back: Map<u64, String>,
}

impl OrderWish {
    /// Whether another wants the same of the order.
    fn wants_the_same(&self, other: &Self) -> bool {
        let wanted = |wish: &Self| (wish.status.clone(), wish.ship_day.clone(), wish.external_id.clone());
        wanted(self) == wanted(other)
    }
}

impl StockWish {
    /// To be reckoned anew when it is due; `available` is the figure that was reckoned last.
    pub fn anew(available: String) -> Self {
        Self { available: Some(available), as_seen: String::new() }
    }
}

impl Intent {
    /// Whether a person dropped it: it stands parked until something else is wanted.
    pub fn is_dropped(&self) -> bool {
        self.parked.as_ref().is_some_and(|parked| parked.code == Code::WriteDropped.word())
    }

    /// Whether it waits for a person or a change.
    pub fn waits(&self) -> bool {
        self.parked.is_some() && !self.is_dropped()
    }

    /// Makes it due at once, whatever it waited for.
    pub fn try_again(&mut self) {
        self.parked = None;
        self.attempts = 0;
        self.not_before_ms = 0;
        match &mut self.wish {
            Wish::Payment(wish) => wish.unanswered = 0,
            Wish::NewProduct(wish) => wish.unanswered = 0,
            _ => {}
        }
    }
}

impl Wish {
    /// Whether nothing is left to do.
    pub fn is_done(&self) -> bool {
        match self {
            Wish::Order(order) => order.wants_the_same(&OrderWish::default()),
            Wish::Payment(payment) => payment.progress == Progress::Settled,
            Wish::Stock(stock) => stock.available.is_none(),
            Wish::NewProduct(product) => product.progress == Progress::Settled,
            Wish::Listing(listing) => listing.values.is_empty(),
            Wish::Price(price) => price.wholesale_price.is_none(),
        }
    }

    /// Whether it makes what must not be made twice, and says itself how far that is.
    pub fn is_made_once(&self) -> bool {
        matches!(self, Wish::Payment(_) | Wish::NewProduct(_))
    }

    /// Whether the call before prepared it for the next one: no other may come between.
    fn is_armed(&self) -> bool {
        matches!(
            self,
            Wish::Payment(PaymentWish { progress: Progress::Armed { .. }, .. })
                | Wish::NewProduct(NewProductWish { progress: Progress::Armed { .. }, .. })
        )
    }
}

/// The write that is wanted for a thing.
pub fn intent(subject: &Subject) -> Result<Option<Intent>, Failure> {
    get(&subject.key())
}

/// The status that LeafLink's order is still to get.
pub fn wanted_status(number: &OrderNumber) -> Result<Option<SourceStatus>, Failure> {
    Ok(match intent(&Subject::Order(number.clone()))?.map(|intent| intent.wish) {
        Some(Wish::Order(wish)) => wish.status.as_deref().and_then(SourceStatus::from_word),
        _ => None,
    })
}

/// An order that LeafLink is about to reject because of us: what people know it by, and what LeafLink
/// then puts on offer again.
pub type GivingBack = (String, Map<u64, String>);

/// Orders that LeafLink is about to reject because of us, as far as it gives something back.
pub fn giving_back() -> Result<Map<OrderNumber, GivingBack>, Failure> {
    let mut found = Map::new();
    scan(None, &mut |(subject, intent)| {
        let Subject::Order(number) = subject else {
            // Orders come before all that is bulk.
            return Ok(!subject.is_bulk());
        };
        if let Ok(Intent { label, wish: Wish::Order(wish), parked: None, .. }) = intent
            && !wish.gives_back.is_empty()
        {
            found.insert(number, (label, wish.gives_back));
        }
        Ok(true)
    })?;
    Ok(found)
}

/// Keeps a wanted write, or removes one of which nothing is left.
pub fn put_intent(subject: &Subject, intent: &Intent) -> Result<(), Failure> {
    if intent.wish.is_done() {
        return store::delete(&subject.key()).map_err(store_failure);
    }
    put(&subject.key(), intent)
}

/// Keeps a wish in place of the one before, if it is another or what stood in its way has changed.
/// Answers whether that is news.
pub fn want(subject: &Subject, mut wanted: Intent) -> Result<bool, Failure> {
    let known = intent(subject)?;
    if is_the_same(known.as_ref(), &wanted) {
        return Ok(false);
    }
    wanted.told = known.and_then(|known| known.told);
    put_intent(subject, &wanted)?;
    Ok(!wanted.wish.is_done())
}

/// What [`want`] would answer.
pub fn is_news(subject: &Subject, wanted: &Intent) -> Result<bool, Failure> {
    Ok(!is_the_same(intent(subject)?.as_ref(), wanted) && !wanted.wish.is_done())
}

/// Whether the wish that is known stands as it is.
fn is_the_same(known: Option<&Intent>, wanted: &Intent) -> bool {
    match known {
        Some(known) => {
            let stands = known.parked.is_none() || known.is_dropped() || known.modified == wanted.modified;
            let same = match (&known.wish, &wanted.wish) {
                (Wish::Order(known), Wish::Order(wanted)) => known.wants_the_same(wanted),
                (known, wanted) => known == wanted,
            };
            same && stands
        }
        None => wanted.wish.is_done(),
    }
}

/// One entry of the outbox: its subject, and the intent unless it cannot be read.
pub type Entry = (Subject, Result<Intent, Failure>);

/// Hands over every entry after `after`, until told to stop. One that cannot be read stops no other.
fn scan(after: Option<&str>, each: &mut dyn FnMut(Entry) -> Result<bool, Failure>) -> Result<(), Failure> {
    const PAGE: u32 = 200;
    let mut after = after.map(|id| format!("{PREFIX}{id}"));
    loop {
        let page = store::scan(PREFIX, after.as_deref(), PAGE).map_err(store_failure)?;
        let last = page.len() < PAGE as usize;
        after = page.last().map(|entry| entry.key.clone());
        for entry in page {
            if let Some(subject) = Subject::from_key(&entry.key[PREFIX.len()..])
                && !each((subject, decode(&entry.key, &entry.value)))?
            {
                return Ok(());
            }
        }
        if last {
            return Ok(());
        }
    }
}

/// What is queued, in figures.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Writes that are tried by themselves.
    pub queued: u32,
    /// The oldest of them: since when it waits, and what people know it by.
    pub oldest: Option<(u64, Subject, String)>,
    /// Writes that wait for a person.
    pub parked: u32,
}

/// Counts what is queued.
pub fn figures() -> Result<Figures, Failure> {
    let mut figures = Figures::default();
    scan(None, &mut |(subject, intent)| {
        match intent {
            Ok(intent) if intent.parked.is_none() => {
                figures.queued += 1;
                if figures.oldest.as_ref().is_none_or(|(since_ms, ..)| intent.since_ms < *since_ms) {
                    figures.oldest = Some((intent.since_ms, subject, intent.label));
                }
            }
            Ok(_) | Err(_) => figures.parked += 1,
        }
        Ok(true)
    })?;
    Ok(figures)
}

/// Entries that wait for a person, after the one with the id `after`, at most `limit`.
pub fn waiting(after: Option<&str>, limit: usize) -> Result<Vec<Entry>, Failure> {
    let mut found = Vec::new();
    scan(after, &mut |entry| {
        if entry.1.as_ref().map_or(true, Intent::waits) {
            found.push(entry);
        }
        Ok(found.len() < limit)
    })?;
    Ok(found)
}

/// The entry with this id.
pub fn entry(id: &str) -> Result<Option<Entry>, Failure> {
    let Some(subject) = Subject::from_key(id) else { return Ok(None) };
    let key = subject.key();
    let value = store::get(&key).map_err(store_failure)?;
    Ok(value.map(|value| (subject, decode(&key, &value))))
}

/// Forgets what is wanted of a thing.
pub fn forget(subject: &Subject) -> Result<(), Failure> {
    delete(&subject.key())
}

/// The intent that the call before prepared, or the one that has waited longest among those that
/// are due at `now`, stock after everything else; or when one will be.
pub fn next_due(now: u64) -> Result<Next, Failure> {
    let mut armed: Option<(Subject, Intent)> = None;
    let mut due: Option<(Subject, Intent)> = None;
    let mut soonest: Option<u64> = None;
    let outage = outage()?;
    scan(None, &mut |(subject, intent)| {
        let Some(intent) = intent.ok().filter(|intent| intent.parked.is_none()) else { return Ok(true) };
        if intent.wish.is_armed() {
            armed = Some((subject, intent));
            return Ok(false);
        }
        let turn = |subject: &Subject, intent: &Intent| (subject.is_bulk(), intent.since_ms);
        let waits_ms = intent.not_before_ms.saturating_sub(now);
        // What was tried at a time that is to come was so by a clock that has been put back since.
        let is_due_again =
            intent.attempts > 0 && (intent.tried_ms > now || outage.is_over_since(intent.tried_ms, now));
        if (1..=LONGEST_WAIT_MS).contains(&waits_ms) && !is_due_again {
            soonest = Some(soonest.map_or(intent.not_before_ms, |known| known.min(intent.not_before_ms)));
        } else if due.as_ref().is_none_or(|(other, known)| turn(&subject, &intent) < turn(other, known)) {
            due = Some((subject, intent));
        }
        Ok(true)
    })?;
    Ok(match armed.or(due) {
        Some((subject, intent)) => Next::Due(subject, Box::new(intent)),
        None => Next::Later(soonest),
    })
}

/// What is to be worked on.
pub enum Next {
    /// This.
    Due(Subject, Box<Intent>),
    /// Nothing yet; something at this time, if ever.
    Later(Option<u64>),
}
