//! The ERP's records: reading what the rules need for an order, and writing what they decided.

use rust_decimal::Decimal;

use super::answer::{self, Failure};
use super::{sales_order_wire as wire, state};
use crate::bindings::leaflink_sync::host::records;
use crate::rules::customer_match;
use crate::rules::decimal;
use crate::rules::decision::Reason;
use crate::rules::ids::{
    CompanyId, CustomerId, LeafLinkProductId, LocationId, OrderNumber, ProductId, SalesOrderId, TaxId, UserId,
};
use crate::rules::order::draft::Draft;
use crate::rules::order::follow::Update;
use crate::rules::order::{
    Address, Company, CustomerLink, ErpProduct, ErpTax, Order, Snapshot, StockLevel, User,
};
use crate::rules::reasons::Code;
use crate::rules::sales_order::{SalesOrder, Status};
use crate::rules::sorted::{Map, Set};
use crate::rules::sorting::sort_by;

/// Most ids in one batch read.
pub(super) const BATCH: usize = 500;

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
pub fn sales_order_of(number: &OrderNumber) -> Result<Option<SalesOrder>, Failure> {
    let mut found =
        records::sales_orders_by_leaflink_number(std::slice::from_ref(&number.0)).map_err(failure)?;
    found.pop().map(wire::sales_order).transpose()
}

/// The LeafLink order that a sales order came from; absent: it did not, or it is gone.
pub fn origin_of(id: &SalesOrderId) -> Result<Option<OrderNumber>, Failure> {
    let mut found = records::get_sales_orders(std::slice::from_ref(&id.0)).map_err(failure)?;
    Ok(found.pop().and_then(|order| order.origin).map(|origin| OrderNumber(origin.number)))
}

/// What the ERP prints on a sales order; absent: it is gone.
pub fn number_of(id: &SalesOrderId) -> Result<Option<String>, Failure> {
    let mut found = records::get_sales_orders(std::slice::from_ref(&id.0)).map_err(failure)?;
    Ok(found.pop().map(|order| order.number))
}

/// Sales orders that came from LeafLink.
pub struct FromLeafLink {
    /// The sales orders, each with LeafLink's number.
    pub orders: Vec<(SalesOrderId, OrderNumber)>,
    /// The last id of a full page.
    pub next: Option<String>,
}

/// One page of sales orders after `after`, those of it that came from LeafLink.
pub fn page_from_leaflink(after: Option<&str>) -> Result<FromLeafLink, Failure> {
    let page = records::list_sales_orders(after, BATCH as u32).map_err(failure)?;
    let next = if page.len() < BATCH { None } else { page.last().map(|order| order.id.clone()) };
    let linked = page.into_iter().filter_map(|order| {
        let origin = order.origin?;
        Some((SalesOrderId(order.id), OrderNumber(origin.number)))
    });
    Ok(FromLeafLink { orders: linked.collect(), next })
}

/// A user of the ERP.
pub fn user(id: &UserId) -> Result<Option<records::User>, Failure> {
    Ok(records::get_users(std::slice::from_ref(&id.0)).map_err(failure)?.pop())
}

/// The places of the ERP that hold stock.
pub fn location_ids() -> Result<Set<String>, Failure> {
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
    let mapped = state::users(order.sales_reps.iter().map(|rep| rep.staff).collect::<Set<_>>())?;
    let wanted_users: Vec<String> = mapped.values().map(|user| user.0.clone()).collect();
    let known_users = records::get_users(&wanted_users).map_err(failure)?;
    let users = mapped
        .into_iter()
        .map(|(staff, id)| {
            let user = known_users.iter().find(|user| user.id == id.0);
            (staff, user.map(|user| User { id, name: user.full_name.clone(), active: user.active }))
        })
        .collect();

    let mut wanted: Vec<u64> =
        order.lines.iter().filter_map(|line| line.product).map(|product| product.0).collect();
    sort_by(&mut wanted, u64::cmp);
    wanted.dedup();
    let mut products = Map::new();
    for batch in wanted.chunks(BATCH) {
        for product in records::products_by_leaflink_id(batch).map_err(failure)? {
            if let Some(leaflink) = product.leaflink_product_id {
                let known = ErpProduct {
                    id: ProductId(product.id),
                    name: product.name,
                    unit: super::products::unit_type(product.unit_type)?,
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

    let companies = match &order.customer {
        Some(customer) => companies_of(customer.id)?,
        None => Vec::new(),
    };
    let existing = sales_order_of(&order.number)?;
    let sales_order_company = match existing.as_ref().and_then(|existing| existing.customer.as_ref()) {
        Some(company) => records::get_companies(std::slice::from_ref(&company.0)).map_err(failure)?.pop(),
        None => None,
    };

    let mut taxes = Vec::new();
    if !order.taxes.is_empty() {
        for tax in records::taxes().map_err(failure)? {
            taxes.push(ErpTax { id: TaxId(tax.id), name: tax.name, rate: number(&tax.rate_percent)? });
        }
        sort_by(&mut taxes, |one, other| one.id.cmp(&other.id));
    }

    Ok(Snapshot {
        currency,
        users,
        products,
        relinks: Map::new(),
        stock,
        companies,
        locations: records::locations()
            .map_err(failure)?
            .into_iter()
            .map(|place| (LocationId(place.id), place.name))
            .collect(),
        taxes,
        sales_order_company: sales_order_company.map(company),
        unlinked_customer: None,
        existing,
        memory: state::memory(&order.number)?,
        connected_at_ms: state::poll_orders()?.connected_at_ms,
    })
}

/// Every company of the ERP, with what it can be matched by.
pub fn candidates() -> Result<Vec<(customer_match::Candidate, Company)>, Failure> {
    let mut candidates: Vec<(customer_match::Candidate, Company)> = Vec::new();
    loop {
        let after = candidates.last().map(|(candidate, _)| candidate.id.0.clone());
        let page = records::list_companies(after.as_deref(), 500).map_err(failure)?;
        let last = page.len() < 500;
        candidates.extend(page.into_iter().map(|found| (candidate(&found), company(found))));
        if last {
            return Ok(candidates);
        }
    }
}

/// One company of the ERP.
pub fn company_of(id: &CompanyId) -> Result<Option<Company>, Failure> {
    Ok(records::get_companies(std::slice::from_ref(&id.0)).map_err(failure)?.pop().map(company))
}

/// Companies that are connected to a LeafLink customer, by id.
///
/// A company's record names one customer. A retailer that LeafLink keeps as several, one for each
/// licence, is one company here, so that a further customer's company is kept in the state.
pub fn companies_of(customer: CustomerId) -> Result<Vec<Company>, Failure> {
    let mut companies = records::companies_by_leaflink_customer(&[customer.0]).map_err(failure)?;
    if companies.is_empty()
        && let Some(beside) = state::company_beside(customer)?
    {
        companies = records::get_companies(&[beside.0]).map_err(failure)?;
    }
    sort_by(&mut companies, |one, other| one.id.cmp(&other.id));
    Ok(companies.into_iter().map(company).collect())
}

/// Creates the sales order that the rules decided on.
pub fn create_sales_order(draft: &Draft) -> Result<Written<SalesOrderId>, Failure> {
    written(records::create_sales_order(&wire::draft(draft)).map(SalesOrderId))
}

/// Changes a sales order as the rules decided, all but its status.
pub fn update_sales_order(
    id: &SalesOrderId,
    update: &Update,
    currency: &str,
) -> Result<Written<()>, Failure> {
    written(records::update_sales_order(&id.0, &wire::update(update, currency)))
}

/// Moves a sales order to another status.
pub fn set_status(id: &SalesOrderId, status: Status) -> Result<Written<()>, Failure> {
    written(records::update_sales_order(&id.0, &wire::status_update(status)))
}

/// Takes LeafLink's order off a sales order; one that is gone needs nothing.
pub fn unlink_sales_order(id: &SalesOrderId) -> Result<(), Failure> {
    match records::unlink_sales_order(&id.0) {
        Ok(()) | Err(records::Error::NotFound(_)) => Ok(()),
        Err(error) => Err(failure(error)),
    }
}

/// Connects a company to a LeafLink customer, instead of those that were. `beside`: the company's
/// own field names another customer, which stays connected too.
pub fn link_customer(link: &CustomerLink, beside: bool) -> Result<(), Failure> {
    for company in &link.instead_of {
        if company_of(company)?.is_some_and(|company| company.leaflink_customer == Some(link.customer)) {
            records::link_company(&company.0, None).map_err(failure)?;
        }
    }
    if beside {
        return state::put_company_beside(link.customer, Some(&link.company));
    }
    state::put_company_beside(link.customer, None)?;
    records::link_company(&link.company.0, Some(link.customer.0)).map_err(failure)
}

/// Disconnects a company from its LeafLink customer.
pub fn unlink_customer(company: &CompanyId) -> Result<(), Failure> {
    records::link_company(&company.0, None).map_err(failure)
}

pub(super) fn written<T>(result: Result<T, records::Error>) -> Result<Written<T>, Failure> {
    match result {
        Ok(value) => Ok(Written::Done(value)),
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
        leaflink_customer: company.leaflink_customer_id.map(CustomerId),
    }
}

fn candidate(company: &records::Company) -> customer_match::Candidate {
    let of_addresses = company.addresses.iter().filter_map(|address| address.license_number.clone());
    customer_match::Candidate {
        id: CompanyId(company.id.clone()),
        name: company.name.clone(),
        other_names: company.legal_name.iter().cloned().collect(),
        licenses: company.licenses.iter().map(|license| license.number.clone()).chain(of_addresses).collect(),
        zips: company.addresses.iter().map(|address| address.zip.clone()).collect(),
        taken: company.leaflink_customer_id.is_some(),
    }
}

/// A decimal of the ERP. One that cannot be read is the host's fault, and the call ends.
pub(super) fn number(text: &str) -> Result<Decimal, Failure> {
    decimal::parse(text, 18, 9).ok_or_else(|| {
        answer::reject(Reason::new(
            Code::ErpRefused,
            format!("The ERP answered `{text}` where the contract asks for a decimal."),
        ))
    })
}

pub(super) fn failure(error: records::Error) -> Failure {
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
