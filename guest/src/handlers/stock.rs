//! What the figures of some products are made of: read from both sides, and asked of the rule.
//!
//! LeafLink's open orders are read first, its products last: an order that comes in between then
//! shows in a product's reserved quantity, and is held back although nobody has seen it yet.

use rust_decimal::Decimal;

use super::{polling, relinks};
use crate::bindings::leaflink_sync::connector::failures::Retry;
use crate::host::answer::Failure;
use crate::host::leaflink::{self, Found};
use crate::host::outbox::{self, Subject};
use crate::host::state::{self, Standing};
use crate::host::stock::{self, Product, StockRecord};
use crate::leaflink::order::OpenOrder;
use crate::leaflink::product::{StockOfProduct, WhichProduct, is_archived};
use crate::leaflink::{read, to_rules};
use crate::rules::decimal::{parse, plain};
use crate::rules::decision::Reason;
use crate::rules::ids::{LeafLinkProductId, OrderNumber, ProductId};
use crate::rules::order::{SourceStatus, StockLevel};
use crate::rules::product::{Listed, recreated};
use crate::rules::reasons::Code;
use crate::rules::settings::Settings;
use crate::rules::sorted::{Map, Set};
use crate::rules::stock_push::{Claim, Figure, Shown, Stock, figure};

/// Products that are read one by one; more are read as LeafLink's list.
const ONE_BY_ONE: usize = 5;
/// What is read of a product.
const FIELDS: &str = "id,inventory_management,listing_state,unit_of_measure,unit_denomination,quantity,reserved_qty,available_inventory,allow_fractional_quantities,modified";
/// Statuses in which LeafLink reserves an order's units.
const OPEN: &str = "submitted,accepted";
/// Statuses in which LeafLink has taken them off its quantity.
const TAKEN: &str = "fulfilled,shipped,complete";

/// A product with its figure.
pub struct Assessed {
    /// The ERP product.
    pub product: Product,
    /// LeafLink's product, if it could be read.
    pub shown: Option<Shown>,
    /// LeafLink's `modified` of it.
    pub modified: String,
    /// What both sides looked like; the same again means that the figure still holds.
    pub as_seen: String,
    /// What is remembered of it.
    pub record: StockRecord,
    /// The figure.
    pub figure: Figure,
}

/// Reckons the figures of products.
pub fn assess(products: Vec<Product>, settings: &Settings) -> Result<Vec<Assessed>, Failure> {
    if products.is_empty() {
        return Ok(Vec::new());
    }
    let mut claims = claims(&products)?;
    let levels = stock::levels(&products)?;
    let mut shown = shown(&products)?;
    let mut catalogue = Vec::new();
    products
        .into_iter()
        .map(|product| {
            let levels = levels.get(&product.id).map_or(&[][..], Vec::as_slice);
            let (claims, seen) = match product.leaflink {
                Some(leaflink) => (claims.remove(&leaflink).unwrap_or_default(), shown.remove(&leaflink)),
                None => (Vec::new(), None),
            };
            assessed(product, levels, &claims, seen, &mut catalogue, settings)
        })
        .collect()
}

fn assessed(
    product: Product,
    levels: &[StockLevel],
    claims: &[Claim],
    seen: Option<Seen>,
    catalogue: &mut Vec<Listed>,
    settings: &Settings,
) -> Result<Assessed, Failure> {
    let without = |product: Product, reason: Reason| Assessed {
        figure: Figure { reasons: vec![reason.with("product", &product.id)], ..Figure::default() },
        product,
        shown: None,
        modified: String::new(),
        as_seen: String::new(),
        record: StockRecord::default(),
    };
    let Some(leaflink) = product.leaflink else {
        let message = format!("{} is not linked to a LeafLink product.", product.name);
        return Ok(without(product, Reason::new(Code::ProductNotLinked, message)));
    };
    let record = stock::record(leaflink, &product.id)?;
    let (shown, modified) = match seen {
        Some(Seen::Good { shown, modified, archived: true }) => {
            let successor = relinks::successor(leaflink, catalogue)?;
            let reason = recreated::archived(&product.name, leaflink, successor);
            return Ok(Assessed { record, shown: Some(shown), modified, ..without(product, reason) });
        }
        Some(Seen::Good { shown, modified, .. }) => (shown, modified),
        Some(Seen::Unusable(reason)) => return Ok(Assessed { record, ..without(product, reason) }),
        None => {
            let message = format!(
                "{} is linked to LeafLink product {leaflink}, which LeafLink does not have.",
                product.name
            );
            let reason = Reason::new(Code::LeafLinkProductGone, message);
            return Ok(Assessed { record, ..without(product, reason) });
        }
    };
    let figure = figure(
        &Stock {
            product: &product.id,
            name: &product.name,
            unit: &product.unit,
            levels,
            claims,
            shown: &shown,
            confirmed: record.confirmed(),
        },
        settings,
    );
    Ok(Assessed { as_seen: as_seen(&shown, levels), product, shown: Some(shown), modified, record, figure })
}

impl Assessed {
    /// What is to be remembered of it: with an inherited stock, the first sync is over as soon as
    /// LeafLink shows what it should, whoever brought it there.
    pub fn record_now(&self) -> StockRecord {
        let mut record = self.record.clone();
        if record.confirmed.is_none() && self.figure.is_shown() {
            record.confirmed = self.figure.available.map(plain);
        }
        StockRecord { product: self.product.id.0.clone(), ..record }
    }
}

/// What both sides look like, in a form that can be compared.
pub fn as_seen(shown: &Shown, levels: &[StockLevel]) -> String {
    let mut seen = format!("{:?} {}/{}", shown.mode, plain(shown.available), plain(shown.reserved));
    for level in levels {
        let place = level.location.as_ref().map_or("", |location| location.0.as_str());
        seen.push_str(&format!(
            " {place}:{}/{}/{}",
            plain(level.active),
            plain(level.reserved),
            plain(level.promised)
        ));
    }
    seen
}

/// A LeafLink product that was found.
pub enum Seen {
    /// It can be used.
    Good {
        /// What it shows.
        shown: Shown,
        /// LeafLink's `modified`.
        modified: String,
        /// Nobody can order it.
        archived: bool,
    },
    /// It cannot.
    Unusable(Reason),
}

/// LeafLink's products that these are linked to; those that LeafLink does not have are left out.
fn shown(products: &[Product]) -> Result<Map<LeafLinkProductId, Seen>, Failure> {
    let mut missing: Set<LeafLinkProductId> =
        products.iter().filter_map(|product| product.leaflink).collect();
    let mut found = Map::new();
    let mut answered = missing.len() > ONE_BY_ONE;
    if answered {
        leaflink::every("/products/", &[("fields_include", FIELDS)], &mut |record| {
            if let Ok(WhichProduct { id }) = read(record.as_bytes())
                && missing.remove(&LeafLinkProductId(id))
            {
                found.insert(LeafLinkProductId(id), seen(LeafLinkProductId(id), record.as_bytes()));
            }
        })?;
    }
    // A list that moves while it is paged can skip a product, so one that was not on it is asked for.
    let mut silent = Vec::new();
    for id in missing {
        match leaflink::product_among_others(id)? {
            Ok(one) => {
                answered = true;
                if let Some(one) = seen_of(id, one) {
                    found.insert(id, one);
                }
            }
            Err(failure) => silent.push((id, failure)),
        }
    }
    for (id, failure) in silent {
        // It answers for none of them: an outage.
        if !answered {
            return Err(failure);
        }
        // It can be well the next moment, and people need not hear of that.
        let one = match leaflink::product_among_others(id)? {
            Ok(one) => seen_of(id, one),
            Err(failure) => Some(Seen::Unusable(unanswered(id, failure))),
        };
        if let Some(one) = one {
            found.insert(id, one);
        }
    }
    Ok(found)
}

/// That LeafLink answers for other products, and not for this one.
fn unanswered(id: LeafLinkProductId, failure: Failure) -> Reason {
    let problem = match failure {
        Failure::Reject(reason) | Failure::Misconfigured(reason) | Failure::Retry(Retry { reason, .. }) => {
            reason.message
        }
        Failure::NotSupported(what) => what,
    };
    Reason::new(Code::LeafLinkProductUnanswered, format!("LeafLink product {id} cannot be read. {problem}"))
}

/// A LeafLink product as it is now; absent: LeafLink does not have it.
pub fn shown_now(id: LeafLinkProductId) -> Result<Option<Seen>, Failure> {
    Ok(seen_of(id, leaflink::product_body(id)?))
}

fn seen_of(id: LeafLinkProductId, found: Found) -> Option<Seen> {
    match found {
        Found::Body(body) => Some(seen(id, &body)),
        Found::Missing => None,
        Found::Forbidden(reason) => Some(Seen::Unusable(*reason)),
        Found::TooLarge(limit) => Some(Seen::Unusable(Reason::new(
            Code::AnswerTooLarge,
            format!(
                "LeafLink's answer for product {id} is larger than the {limit} bytes that the host takes."
            ),
        ))),
    }
}

/// Reads what a product's record shows.
pub fn seen(id: LeafLinkProductId, record: &[u8]) -> Seen {
    let unusable = |field: &str, problem: &str| {
        let message = format!("The field `{field}` of LeafLink product {id} cannot be used: {problem}.");
        Seen::Unusable(Reason::new(Code::LeafLinkProductUnusable, message).at(field))
    };
    match read::<StockOfProduct>(record) {
        Ok(wire) if wire.id != id.0 => unusable("id", "it names another product"),
        Ok(wire) => {
            let modified = wire.modified.clone().unwrap_or_default();
            let archived = is_archived(wire.listing_state.as_deref());
            match to_rules::shown(wire) {
                Ok(shown) => Seen::Good { shown, modified, archived },
                Err((field, problem)) => unusable(field, &problem),
            }
        }
        Err(unreadable) => {
            let (field, problem) = unreadable.field_and_problem();
            unusable(&field, &problem)
        }
    }
}

/// What LeafLink's orders hold of these products.
fn claims(products: &[Product]) -> Result<Map<LeafLinkProductId, Vec<Claim>>, Failure> {
    let erp_ids: Map<LeafLinkProductId, &ProductId> =
        products.iter().filter_map(|product| Some((product.leaflink?, &product.id))).collect();
    let orders = orders()?;
    let numbers: Vec<String> = orders.keys().map(|number| number.0.clone()).collect();
    let in_erp = stock::on_sales_orders(&numbers)?;
    let giving_back = outbox::giving_back()?;
    let mut claims: Map<LeafLinkProductId, Vec<Claim>> = Map::new();
    for (number, order) in &orders {
        let sales_order = in_erp.get(number);
        let taken = !order.reserves;
        if taken
            && (giving_back.contains_key(number) || (sales_order.is_none() && is_settled(number, order)?))
        {
            continue;
        }
        for (leaflink, held) in &order.products {
            let Some(erp) = erp_ids.get(leaflink) else { continue };
            claims.entry(*leaflink, Default::default).push(Claim {
                order: order.label.clone(),
                quantity: held.sold,
                reserved: if order.reserves { held.all } else { Decimal::ZERO },
                in_erp: sales_order.and_then(|order| order.get(*erp)).copied().unwrap_or_default(),
            });
        }
    }
    let mut waiting = held_claims(&orders)?;
    // The ERP has these on its shelf already, and they are not to be on offer twice.
    for (label, products) in giving_back.values() {
        waiting.extend(products.iter().map(|(product, quantity)| promised(label, *product, quantity)));
    }
    for (leaflink, claim) in waiting.into_iter().filter(|(leaflink, _)| erp_ids.contains_key(leaflink)) {
        claims.entry(leaflink, Default::default).push(claim);
    }
    Ok(claims)
}

/// A claim of which neither the ERP nor LeafLink's reserved quantity tells.
fn promised(label: &str, product: u64, quantity: &str) -> (LeafLinkProductId, Claim) {
    let claim = Claim {
        order: label.to_owned(),
        quantity: parse(quantity, 18, 9).unwrap_or_default(),
        reserved: Decimal::ZERO,
        in_erp: Decimal::ZERO,
    };
    (LeafLinkProductId(product), claim)
}

/// One of LeafLink's orders, as far as stock goes.
struct Placed {
    label: String,
    /// Whether LeafLink counts it as reserved.
    reserves: bool,
    /// Whether it is at its end, from which nothing leads back.
    complete: bool,
    products: Map<LeafLinkProductId, Quantities>,
}

#[derive(Default)]
struct Quantities {
    /// Everything, as LeafLink counts it.
    all: Decimal,
    /// Without lines that only give money back.
    sold: Decimal,
}

/// LeafLink's submitted and accepted orders, and those further on that changed since the last
/// poll. One that cannot be read is left out: LeafLink's reserved quantity tells of it.
fn orders() -> Result<Map<OrderNumber, Placed>, Failure> {
    let mut orders = Map::new();
    let since = polling::since(&state::poll_orders()?);
    // In this order: an order that moves on in between is on both lists, and not on neither.
    for (status, since) in [(OPEN, None), (TAKEN, since.as_deref())] {
        let reserves = status == OPEN;
        let mut query = vec![
            ("fields_include", "number,short_id,status,line_items"),
            ("include_children", "line_items"),
            ("status", status),
        ];
        match since {
            Some(since) => query.push(("modified__gte", since)),
            None if !reserves => continue,
            None => {}
        }
        leaflink::every("/orders-received/", &query, &mut |record| {
            if let Ok(order) = read::<OpenOrder>(record.as_bytes())
                && let Some(products) = quantities(&order)
            {
                let complete = order.status.as_deref() == Some(SourceStatus::Complete.word());
                orders.entry(OrderNumber(order.number.clone()), || Placed {
                    label: order.short_id.filter(|label| !label.is_empty()).unwrap_or(order.number),
                    reserves,
                    complete,
                    products,
                });
            }
        })?;
    }
    Ok(orders)
}

fn quantities(order: &OpenOrder) -> Option<Map<LeafLinkProductId, Quantities>> {
    let mut products: Map<LeafLinkProductId, Quantities> = Map::new();
    for line in &order.line_items {
        let Some(product) = line.product else { continue };
        if line.quantity.0 < Decimal::ZERO {
            return None;
        }
        let held = products.entry(LeafLinkProductId(product.0), Default::default);
        held.all += line.quantity.0;
        if !line.gives_money_back() {
            held.sold += line.quantity.0;
        }
    }
    Some(products)
}

/// Whether an order that LeafLink has taken off its quantity, and of which the ERP has no sales order
/// that holds anything, is owed nothing. It is as long as it is to come over, and as long as LeafLink
/// is to reject it, which puts its units on offer again.
fn is_settled(number: &OrderNumber, order: &Placed) -> Result<bool, Failure> {
    let Some(known) = state::readable_order(number)? else { return Ok(false) };
    let called_off = match known.standing {
        Standing::Held { .. } => return Ok(false),
        Standing::Ignored => false,
        // Canceled or deleted, and perhaps nobody told us yet.
        Standing::Imported { .. } => true,
        Standing::Unlinked => known.reject,
    };
    let wish = outbox::intent(&Subject::Order(number.clone()))?;
    Ok(order.complete || !called_off || wish.is_some_and(|wish| wish.parked.is_some()))
}

/// What orders hold that wait and are not among these: LeafLink has moved them on. They are owed
/// as they were last seen, until they are looked at again.
fn held_claims(orders: &Map<OrderNumber, Placed>) -> Result<Vec<(LeafLinkProductId, Claim)>, Failure> {
    let mut held = Vec::new();
    for number in state::all_held()?.iter().filter(|number| !orders.contains_key(number)) {
        let Some(known) = state::readable_order(number)? else { continue };
        // Of an order that is in the ERP an edit waits, and no sales order.
        if !matches!(known.standing, Standing::Held { .. }) {
            continue;
        }
        held.extend(
            known.holds.iter().map(|(product, quantity)| promised(&known.short_id, *product, quantity)),
        );
    }
    Ok(held)
}
