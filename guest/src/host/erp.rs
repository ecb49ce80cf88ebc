//! The ERP's records: reading what the rules need for an order, and writing what they decided.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::answer::{self, Failure};
use super::state;
use crate::bindings::leaflink_sync::host::{records, types};
use crate::rules::decimal::{self, cents, plain};
use crate::rules::decision::Reason;
use crate::rules::ids::{
    CompanyId, LeafLinkProductId, LocationId, OrderNumber, ProductId, SalesOrderId, TaxId, UserId,
};
use crate::rules::order::draft::{Charge, ChargeKind, Draft, DraftLine, NewStatus};
use crate::rules::order::{Address, Company, ErpProduct, ErpTax, Order, Snapshot, StockLevel, User};
use crate::rules::reasons::Code;

/// Most ids in one batch read.
const BATCH: usize = 500;

/// What a write came to.
pub enum Written<T> {
    /// Done.
    Done(T),
    /// A rule of the ERP forbids it, in the ERP's own words.
    Refused(String),
}

/// The company's own currency.
pub fn currency() -> Result<String, Failure> {
    Ok(records::get_own_company().map_err(failure)?.currency)
}

/// The sales order that came from a LeafLink order.
pub fn sales_order_of(number: &OrderNumber) -> Result<Option<records::SalesOrder>, Failure> {
    let mut found = records::sales_orders_by_leaflink_number(&[number.0.clone()]).map_err(failure)?;
    Ok(found.pop())
}

/// A user of the ERP.
pub fn user(id: &UserId) -> Result<Option<records::User>, Failure> {
    Ok(records::get_users(&[id.0.clone()]).map_err(failure)?.pop())
}

/// The places of the ERP that hold stock.
pub fn location_ids() -> Result<BTreeSet<String>, Failure> {
    Ok(records::locations().map_err(failure)?.into_iter().map(|place| place.id).collect())
}

/// Every user of the ERP.
pub fn all_users() -> Result<Vec<records::User>, Failure> {
    let mut users: Vec<records::User> = Vec::new();
    loop {
        let after = users.last().map(|user| user.id.clone());
        let page = records::list_users(after.as_deref(), 500).map_err(failure)?;
        let last = page.len() < 500;
        users.extend(page);
        if last {
            return Ok(users);
        }
    }
}

/// Reads what the rules need to know about an order's surroundings.
pub fn snapshot(order: &Order, currency: String) -> Result<Snapshot, Failure> {
    let mapped = state::users(order.sales_reps.iter().map(|rep| rep.staff).collect::<BTreeSet<_>>())?;
    let wanted_users: Vec<String> = mapped.values().map(|user| user.0.clone()).collect();
    let known_users: BTreeMap<String, records::User> = records::get_users(&wanted_users)
        .map_err(failure)?
        .into_iter()
        .map(|user| (user.id.clone(), user))
        .collect();
    let users = mapped
        .into_iter()
        .map(|(staff, id)| {
            let user = known_users.get(&id.0);
            (staff, user.map(|user| User { id, name: user.full_name.clone(), active: user.active }))
        })
        .collect();

    let wanted: BTreeSet<u64> =
        order.lines.iter().filter_map(|line| line.product).map(|product| product.0).collect();
    let wanted: Vec<u64> = wanted.into_iter().collect();
    let mut products = BTreeMap::new();
    for batch in wanted.chunks(BATCH) {
        for product in records::products_by_leaflink_id(batch).map_err(failure)? {
            if let Some(leaflink) = product.leaflink_product_id {
                let known = ErpProduct {
                    id: ProductId(product.id),
                    name: product.name,
                    unit: product.unit_type.name,
                };
                products.insert(LeafLinkProductId(leaflink), known);
            }
        }
    }

    let ids: Vec<String> = products.values().map(|product| product.id.0.clone()).collect();
    let mut stock = Vec::new();
    for batch in ids.chunks(BATCH) {
        for level in records::stock(batch).map_err(failure)? {
            stock.push(StockLevel {
                product: ProductId(level.product),
                location: level.location.map(LocationId),
                active: number(&level.active)?,
                reserved: number(&level.reserved)?,
                promised: number(&level.promised)?,
            });
        }
    }

    let mut companies = match &order.customer {
        Some(customer) => records::companies_by_leaflink_customer(&[customer.id.0]).map_err(failure)?,
        None => Vec::new(),
    };
    companies.sort_by(|one, other| one.id.cmp(&other.id));

    let mut taxes = Vec::new();
    if !order.taxes.is_empty() {
        for tax in records::taxes().map_err(failure)? {
            taxes.push(ErpTax { id: TaxId(tax.id), name: tax.name, rate: number(&tax.rate_percent)? });
        }
        taxes.sort_by(|one, other| one.id.cmp(&other.id));
    }

    Ok(Snapshot {
        currency,
        users,
        products,
        stock,
        companies: companies.into_iter().map(company).collect(),
        locations: records::locations()
            .map_err(failure)?
            .into_iter()
            .map(|place| (LocationId(place.id), place.name))
            .collect(),
        taxes,
        existing: sales_order_of(&order.number)?.map(|existing| SalesOrderId(existing.number)),
        connected_at_ms: state::poll_orders()?.connected_at_ms,
    })
}

/// Creates the sales order that the rules decided on.
pub fn create_sales_order(draft: &Draft) -> Result<Written<SalesOrderId>, Failure> {
    match records::create_sales_order(&wire(draft)) {
        Ok(id) => Ok(Written::Done(SalesOrderId(id))),
        Err(records::Error::Refused(rule)) => Ok(Written::Refused(rule)),
        Err(error) => Err(failure(error)),
    }
}

fn company(company: records::Company) -> Company {
    Company {
        id: CompanyId(company.id),
        name: company.name,
        addresses: company
            .addresses
            .into_iter()
            .map(|address| Address { id: LocationId(address.id), name: address.name })
            .collect(),
        default_inventory_source: company.default_inventory_source.map(LocationId),
    }
}

fn wire(draft: &Draft) -> records::SalesOrderDraft {
    let address = draft.address.as_ref().map(ToString::to_string);
    records::SalesOrderDraft {
        origin: records::LeaflinkOrigin {
            number: draft.number.0.clone(),
            short_id: draft.short_id.clone(),
            total: types::Money { amount: cents(draft.leaflink_total), currency: draft.currency.clone() },
            classification: draft.classification.clone(),
        },
        status: match draft.status {
            NewStatus::Pending => records::SalesOrderStatus::Pending,
            NewStatus::Processing => records::SalesOrderStatus::Processing,
        },
        placed_at_ms: draft.placed_at_ms,
        currency: draft.currency.clone(),
        customer: draft.customer.as_ref().map(ToString::to_string),
        billing_address: address.clone(),
        shipping_address: address,
        location: draft.location.as_ref().map(ToString::to_string),
        owner: draft.owner.0.clone(),
        internal_notes: draft.internal_notes.clone(),
        external_notes: draft.external_notes.clone(),
        lines: draft.lines.iter().map(line).collect(),
        charges: draft.charges.iter().map(charge).collect(),
    }
}

fn line(line: &DraftLine) -> records::LineDraft {
    records::LineDraft {
        product: line.product.0.clone(),
        quantity: plain(line.quantity),
        unit_price: plain(line.unit_price),
        total: cents(line.total),
        is_sample: line.is_sample,
        note: line.note.clone(),
        location: None,
        leaflink_line: line.leaflink_line.0,
    }
}

fn charge(charge: &Charge) -> records::ChargeDraft {
    records::ChargeDraft {
        name: charge.name.clone(),
        kind: match charge.kind {
            ChargeKind::Charge => records::ChargeKind::Charge,
            ChargeKind::Discount => records::ChargeKind::Discount,
        },
        percent: charge.percent.map(plain),
        amount: cents(charge.amount),
        tax: charge.tax.as_ref().map(ToString::to_string),
        locked: charge.locked,
        leaflink_line: charge.leaflink_line.map(|line| line.0),
    }
}

/// A decimal of the ERP. One that cannot be read is the host's fault, and the call ends.
fn number(text: &str) -> Result<Decimal, Failure> {
    decimal::parse(text, 18, 9).ok_or_else(|| {
        answer::reject(Reason::new(
            Code::ErpRefused,
            format!("The ERP answered `{text}` where the contract asks for a decimal."),
        ))
    })
}

fn failure(error: records::Error) -> Failure {
    match error {
        records::Error::Unavailable(text) => answer::erp_unavailable(&text),
        records::Error::NotFound(id) => {
            answer::reject(Reason::new(Code::ErpRefused, format!("The ERP has no record {id}.")))
        }
        records::Error::Refused(rule) => {
            answer::reject(Reason::new(Code::ErpRefused, format!("The ERP refused: {rule}")))
        }
    }
}
