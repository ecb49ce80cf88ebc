//! One round of the sync, as an ERP runs it every few minutes:
//! 1. ask what changed in LeafLink, and look at each order that is named;
//! 2. look at each sales order that people changed in the ERP;
//! 3. look at each product that people changed there, and at each payment and compliance transfer;
//! 4. every ten minutes, read what changed in LeafLink's catalogue, and look at each product that is
//!    named;
//! 5. have the queued writes sent to LeafLink.
//!
//! What fails for one order is kept with that order and stops no other, and LeafLink's list of orders,
//! while it cannot be had, stops nothing that can be done without it. Only settings or keys that are
//! wrong end the round, since every further call would fail alike.

use std::collections::{BTreeMap, BTreeSet};

use leaflink_sync_kit::exports::Failure;
use leaflink_sync_kit::exports::delivery::Delivered;
use leaflink_sync_kit::exports::inventory::Pushed;
use leaflink_sync_kit::exports::polling::{Due, Polled, Source, Subject};
use leaflink_sync_kit::exports::products::Product;
use leaflink_sync_kit::exports::sales_orders::Deletion;
use leaflink_sync_kit::host::types::{Decision, Reason};
use leaflink_sync_kit::{CallError, Calls};
use reference_erp::{Change, Changed};

/// Writes that one round works on; what is left waits for the next.
const DELIVERIES: usize = 1_000;

/// The calls that rounds make: of the component, or of something around it.
#[allow(missing_docs)] // Each is the method of `Calls` of its name.
pub trait Caller: Send + Sync {
    fn polls_due(&self) -> Result<Vec<Due>, CallError>;
    fn poll(&self, source: Source) -> Result<Polled, CallError>;
    fn to_look_at(&self) -> Result<Vec<Subject>, CallError>;
    fn on_order(&self, number: &str) -> Result<Decision, CallError>;
    fn on_sales_order_change(&self, id: &str) -> Result<Decision, CallError>;
    fn on_sales_order_deleted(&self, deletion: &Deletion) -> Result<Decision, CallError>;
    fn on_product_change(&self, product: &Product) -> Result<Decision, CallError>;
    fn on_payment(&self, id: &str) -> Result<Decision, CallError>;
    fn on_transfer(&self, id: &str) -> Result<Decision, CallError>;
    fn push_inventory(&self, after: Option<&str>) -> Result<Pushed, CallError>;
    fn deliver(&self, ticket: u64) -> Result<Delivered, CallError>;
}

impl Caller for Calls {
    fn polls_due(&self) -> Result<Vec<Due>, CallError> {
        self.polls_due()
    }

    fn poll(&self, source: Source) -> Result<Polled, CallError> {
        self.poll(source)
    }

    fn to_look_at(&self) -> Result<Vec<Subject>, CallError> {
        self.to_look_at()
    }

    fn on_order(&self, number: &str) -> Result<Decision, CallError> {
        self.on_order(number)
    }

    fn on_sales_order_change(&self, id: &str) -> Result<Decision, CallError> {
        self.on_sales_order_change(id)
    }

    fn on_sales_order_deleted(&self, deletion: &Deletion) -> Result<Decision, CallError> {
        self.on_sales_order_deleted(deletion)
    }

    fn on_product_change(&self, product: &Product) -> Result<Decision, CallError> {
        self.on_product_change(product)
    }

    fn on_payment(&self, id: &str) -> Result<Decision, CallError> {
        self.on_payment(id)
    }

    fn on_transfer(&self, id: &str) -> Result<Decision, CallError> {
        self.on_transfer(id)
    }

    fn push_inventory(&self, after: Option<&str>) -> Result<Pushed, CallError> {
        self.push_inventory(after)
    }

    fn deliver(&self, ticket: u64) -> Result<Delivered, CallError> {
        self.deliver(ticket)
    }
}

/// What people changed in the ERP and nobody has looked at since.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Sales orders by their id: LeafLink's number of the order.
    pub sales_orders: BTreeMap<String, String>,
    /// Deleted sales orders by their id: LeafLink's number of the order, and whether that is to be
    /// rejected.
    pub deletions: BTreeMap<String, (String, bool)>,
    /// Products by their id.
    pub products: BTreeSet<String>,
    /// Payments by their id.
    pub payments: BTreeSet<String>,
    /// Compliance transfers by their id.
    pub transfers: BTreeSet<String>,
}

impl Changes {
    /// The changes of the ERP's list.
    pub fn of(listed: &[Change]) -> Self {
        let mut changes = Self::default();
        for change in listed {
            let (id, order) = (change.id.clone(), change.leaflink_order.clone().unwrap_or_default());
            match change.what {
                Changed::SalesOrder => drop(changes.sales_orders.insert(id, order)),
                Changed::DeletedSalesOrder => {
                    changes.deletions.insert(id, (order, change.reject_in_leaflink));
                }
                Changed::Product => drop(changes.products.insert(id)),
                Changed::Payment => drop(changes.payments.insert(id)),
                Changed::Transfer => drop(changes.transfers.insert(id)),
            }
        }
        changes
    }

    /// Whether a change has still to be looked at.
    pub fn still_lists(&self, change: &Change) -> bool {
        match change.what {
            Changed::SalesOrder => self.sales_orders.contains_key(&change.id),
            Changed::DeletedSalesOrder => self.deletions.contains_key(&change.id),
            Changed::Product => self.products.contains(&change.id),
            Changed::Payment => self.payments.contains(&change.id),
            Changed::Transfer => self.transfers.contains(&change.id),
        }
    }
}

/// Gives the next ticket for `deliver`, made durable.
pub type Tickets<'a> = dyn FnMut() -> Result<u64, CallError> + 'a;

/// What came of a round.
#[derive(Debug, Default)]
pub struct Round {
    /// Every order that was looked at, in order, from either side.
    pub looks: Vec<Look>,
    /// Every product that was looked at, in order.
    pub products: Vec<Look>,
    /// Every payment that was looked at, in order.
    pub payments: Vec<Look>,
    /// Every compliance transfer that was looked at, in order.
    pub transfers: Vec<Look>,
    /// Records in LeafLink's lists that could not be used at all.
    pub refused: Vec<Reason>,
    /// What came of the queued writes.
    pub delivered: Vec<Decision>,
    /// Why the round ended before all was looked at; the next one goes on from there.
    pub stopped: Option<CallError>,
    /// Why not all that changed in LeafLink was listed and looked at: its list of orders could not be
    /// had, or its limit on requests ended the looks. People's changes and queued writes are tried all
    /// the same: they need no list, and a part of the limit is kept for them. Writes of stock come last,
    /// and have no part in it.
    pub cut_short: Option<CallError>,
    /// Why writes stayed queued that were due.
    pub undelivered: Option<CallError>,
    /// What came of reading LeafLink's catalogue, if it was due.
    pub catalogue: Catalogue,
}

/// What came of reading LeafLink's catalogue.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// Products that could not be used.
    pub refused: Vec<Reason>,
    /// Why it was not read to its end; the next time goes on from there.
    pub stopped: Option<CallError>,
    /// Every product that LeafLink's side named and that was looked at, in order.
    pub looks: Vec<Look>,
}

/// One order, product, payment or transfer, looked at.
#[derive(Debug)]
pub struct Look {
    /// LeafLink's number of the order, the UUID; the ERP's id of the payment or transfer; the id of the
    /// product on the side that moved.
    pub number: String,
    /// What was decided, or why nothing could be.
    pub outcome: Result<Decision, CallError>,
}

/// Runs a round. Changes that were looked at with success leave the list. `ticket` gives the next
/// ticket for `deliver`.
pub fn run(
    calls: &dyn Caller,
    changes: &mut Changes,
    ticket: &mut Tickets<'_>,
    catalogue_is_due: bool,
) -> Round {
    run_due(calls, changes, ticket, true, catalogue_is_due)
}

/// As [`run`], but polls LeafLink's orders only if that is due; what was announced is looked at in
/// any case.
pub fn run_due(
    calls: &dyn Caller,
    changes: &mut Changes,
    ticket: &mut Tickets<'_>,
    orders_are_due: bool,
    catalogue_is_due: bool,
) -> Round {
    let mut round = Round::default();
    if orders_are_due {
        round.poll(calls);
    } else {
        round.look_at_list(calls);
    }
    if round.stopped.is_none() {
        round.follow(calls, changes);
    }
    if round.stopped.is_none() {
        round.follow_products(calls, changes);
    }
    if round.stopped.is_none() {
        round.follow_billing(calls, changes);
    }
    if round.stopped.is_none() {
        if catalogue_is_due {
            round.catalogue = read_catalogue(calls);
        }
        round.deliver(calls, ticket);
    }
    round
}

/// Looks at what is on the list, which webhooks announce, and has the writes sent. Asks LeafLink for
/// no list of its own.
pub fn look_at_list(calls: &dyn Caller, ticket: &mut Tickets<'_>) -> Round {
    let mut round = Round::default();
    round.look_at_list(calls);
    if round.stopped.is_none() {
        round.deliver(calls, ticket);
    }
    round
}

/// What came of going through a list of subjects.
enum Looked {
    /// Something on it had not been looked at in this round.
    Fresh,
    /// Nothing had not.
    NothingNew,
    /// Every further call would fail alike.
    Stopped,
    /// LeafLink's limit on requests is used up.
    Busy,
}

/// Pushes the stock of every linked product, and has the writes sent.
pub fn push_stock(calls: &dyn Caller, ticket: &mut Tickets<'_>) -> Round {
    let mut round = Round::default();
    let mut after: Option<String> = None;
    loop {
        match calls.push_inventory(after.as_deref()) {
            Ok(pushed) => after = pushed.next,
            Err(error) => {
                round.stopped = Some(error);
                return round;
            }
        }
        if after.is_none() {
            break;
        }
    }
    round.deliver(calls, ticket);
    round
}

/// Tells of the sales orders that people deleted.
pub fn tell_of_deletions(calls: &dyn Caller, changes: &mut Changes) -> Vec<Look> {
    let mut looks = Vec::new();
    for (sales_order, (number, reject_in_leaflink)) in changes.deletions.clone() {
        let deletion =
            Deletion { sales_order: sales_order.clone(), leaflink_order: number.clone(), reject_in_leaflink };
        let outcome = calls.on_sales_order_deleted(&deletion);
        if outcome.is_ok() {
            changes.deletions.remove(&sales_order);
        }
        looks.push(Look { number, outcome });
    }
    looks
}

/// Reads LeafLink's catalogue as far as it changed, and looks once at each product that is named.
pub fn read_catalogue(calls: &dyn Caller) -> Catalogue {
    let mut catalogue = Catalogue::default();
    let mut seen = BTreeSet::new();
    loop {
        match calls.poll(Source::Products) {
            Ok(polled) => {
                catalogue.refused.extend(polled.refused);
                let mut fresh = false;
                for subject in polled.look_at {
                    let Subject::Product(id) = subject else { continue };
                    if seen.insert(id) {
                        fresh = true;
                        let outcome = calls.on_product_change(&Product::Leaflink(id));
                        catalogue.looks.push(Look { number: id.to_string(), outcome });
                    }
                }
                // The list is handed out in portions, so one that held news may be followed by another.
                if !polled.more && !fresh {
                    return catalogue;
                }
            }
            Err(error) => {
                catalogue.stopped = Some(error);
                return catalogue;
            }
        }
    }
}

impl Round {
    /// Polls LeafLink's orders until nothing new is named, and looks at each of them once.
    fn poll(&mut self, calls: &dyn Caller) {
        let mut seen = BTreeSet::new();
        loop {
            let polled = match calls.poll(Source::Orders) {
                Ok(polled) => polled,
                Err(error) if matches!(error.failure(), Some(Failure::Retry(_))) => {
                    // What webhooks announced, and what is still on the list, needs no poll.
                    if !is_busy(&error) {
                        self.look_at_list(calls);
                    }
                    self.cut_short = Some(error);
                    return;
                }
                Err(error) => {
                    self.stopped = Some(error);
                    return;
                }
            };
            self.refused.extend(polled.refused);
            match self.look(calls, polled.look_at, &mut seen) {
                // The list is handed out in portions, so one that held news may be followed by another.
                Looked::Fresh => {}
                Looked::NothingNew if polled.more => {}
                Looked::NothingNew | Looked::Busy | Looked::Stopped => return,
            }
        }
    }

    /// Looks at what is on the list until nothing new is on it.
    fn look_at_list(&mut self, calls: &dyn Caller) {
        let mut seen = BTreeSet::new();
        loop {
            match calls.to_look_at() {
                Ok(list) => match self.look(calls, list, &mut seen) {
                    Looked::Fresh => {}
                    Looked::NothingNew | Looked::Busy | Looked::Stopped => return,
                },
                Err(error) => {
                    self.stopped = Some(error);
                    return;
                }
            }
        }
    }

    /// Looks at each order and product of a list that was not looked at in this round.
    fn look(&mut self, calls: &dyn Caller, list: Vec<Subject>, seen: &mut BTreeSet<String>) -> Looked {
        let mut looked = Looked::NothingNew;
        for subject in list {
            let name = match &subject {
                Subject::Order(number) => number.clone(),
                Subject::Product(id) => format!("product {id}"),
            };
            if !seen.insert(name) {
                continue;
            }
            looked = Looked::Fresh;
            match subject {
                Subject::Order(number) => {
                    let outcome = calls.on_order(&number);
                    let busy = outcome.as_ref().err().is_some_and(is_busy);
                    if !self.note(number, outcome) {
                        return Looked::Stopped;
                    }
                    if busy {
                        return Looked::Busy;
                    }
                }
                Subject::Product(id) => {
                    let outcome = calls.on_product_change(&Product::Leaflink(id));
                    let number =
                        outcome.as_ref().map_or_else(|_| id.to_string(), |said| said.subject.clone());
                    self.products.push(Look { number, outcome });
                }
            }
        }
        looked
    }

    /// Adds what came of another round, which followed this one.
    pub fn join(&mut self, other: Self) {
        self.looks.extend(other.looks);
        self.products.extend(other.products);
        self.payments.extend(other.payments);
        self.transfers.extend(other.transfers);
        self.refused.extend(other.refused);
        self.delivered.extend(other.delivered);
        self.stopped = self.stopped.take().or(other.stopped);
        self.cut_short = self.cut_short.take().or(other.cut_short);
        self.undelivered = self.undelivered.take().or(other.undelivered);
        self.catalogue.refused.extend(other.catalogue.refused);
        self.catalogue.looks.extend(other.catalogue.looks);
        self.catalogue.stopped = self.catalogue.stopped.take().or(other.catalogue.stopped);
    }

    /// Looks at the sales orders that people changed.
    fn follow(&mut self, calls: &dyn Caller, changes: &mut Changes) {
        for Look { number, outcome } in tell_of_deletions(calls, changes) {
            if !self.note(number, outcome) {
                return;
            }
        }
        for (sales_order, number) in changes.sales_orders.clone() {
            let outcome = calls.on_sales_order_change(&sales_order);
            if outcome.is_ok() {
                changes.sales_orders.remove(&sales_order);
            }
            if !self.note(number, outcome) {
                return;
            }
        }
    }

    /// Looks at the products that people changed.
    fn follow_products(&mut self, calls: &dyn Caller, changes: &mut Changes) {
        for product in changes.products.clone() {
            let outcome = calls.on_product_change(&Product::Erp(product.clone()));
            if outcome.is_ok() {
                changes.products.remove(&product);
            }
            self.products.push(Look { number: product, outcome });
        }
    }

    /// Looks at the payments and the transfers that people changed.
    fn follow_billing(&mut self, calls: &dyn Caller, changes: &mut Changes) {
        for payment in changes.payments.clone() {
            let outcome = calls.on_payment(&payment);
            if outcome.is_ok() {
                changes.payments.remove(&payment);
            }
            self.payments.push(Look { number: payment, outcome });
        }
        for transfer in changes.transfers.clone() {
            let outcome = calls.on_transfer(&transfer);
            if outcome.is_ok() {
                changes.transfers.remove(&transfer);
            }
            self.transfers.push(Look { number: transfer, outcome });
        }
    }

    /// Has writes sent until nothing is due.
    fn deliver(&mut self, calls: &dyn Caller, ticket: &mut Tickets<'_>) {
        for _ in 0..DELIVERIES {
            match ticket().and_then(|ticket| calls.deliver(ticket)) {
                Ok(Delivered::Worked(decision)) => self.delivered.push(decision),
                Ok(Delivered::Idle(_)) => return,
                Err(error) => {
                    self.undelivered = Some(error);
                    return;
                }
            }
        }
    }

    /// Keeps what came of a look; answers whether the round can go on.
    fn note(&mut self, number: String, outcome: Result<Decision, CallError>) -> bool {
        match outcome {
            Err(error) if matches!(error.failure(), Some(Failure::Misconfigured(_))) => {
                self.stopped = Some(error);
                false
            }
            outcome => {
                self.looks.push(Look { number, outcome });
                true
            }
        }
    }
}

/// Whether LeafLink's limit on requests is used up for now.
fn is_busy(error: &CallError) -> bool {
    matches!(error.failure(), Some(Failure::Retry(retry)) if retry.reason.code == "leaflink-busy")
}
