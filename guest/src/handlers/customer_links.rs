//! `customer-links`: which ERP company is which LeafLink customer.

use super::Component;
use super::look::disconnections;
use crate::bindings::exports::leaflink_sync::connector::customer_links::{Guest, Linked, Suggestion};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{self, Failure, effect};
use crate::host::{self, erp, leaflink};
use crate::leaflink::to_rules;
use crate::rules::customer_match::{self, Matched};
use crate::rules::decision::Reason;
use crate::rules::ids::{CompanyId, CustomerId};
use crate::rules::order::CustomerLink;
use crate::rules::reasons::Code;

impl Guest for Component {
    fn suggest(customer: u64) -> Result<Vec<Suggestion>, Failure> {
        let record = known_customer(CustomerId(customer))?;
        let name = record.name.clone();
        let record = to_rules::customer(record);
        let candidates: Vec<_> = erp::candidates()?.into_iter().map(|(candidate, _)| candidate).collect();
        let certain = match customer_match::decide(&record, &candidates) {
            Matched::Certain(found) => Some(found.id),
            Matched::Ambiguous(_) | Matched::None => None,
        };
        let found = customer_match::matches(&record, &candidates);
        Ok(found
            .into_iter()
            .map(|found| Suggestion {
                certain: certain.as_ref() == Some(&found.id),
                company: found.id.0,
                customer,
                customer_name: name.clone(),
                evidence: found.evidence,
            })
            .collect())
    }

    fn list_linked(after: Option<String>, limit: u32) -> Result<Vec<Linked>, Failure> {
        let linked = erp::candidates()?.into_iter().filter_map(|(_, company)| {
            let customer = company.leaflink_customer?;
            after.as_ref().is_none_or(|after| company.id.0 > *after).then_some((company, customer))
        });
        linked
            .take(limit.clamp(1, 100) as usize)
            .map(|(company, customer)| {
                let name = leaflink::customer(customer)?.map_or_else(String::new, |record| record.name);
                Ok(Linked { company: company.id.0, customer: customer.0, customer_name: name })
            })
            .collect()
    }

    fn link(company: String, customer: u64) -> Result<wit::Decision, Failure> {
        let record = known_customer(CustomerId(customer))?;
        let company = known_company(company)?;
        let instead_of: Vec<CompanyId> = erp::companies_of(CustomerId(customer))?
            .into_iter()
            .map(|other| other.id)
            .filter(|id| *id != company.id)
            .collect();
        let link = CustomerLink {
            company: company.id.clone(),
            customer: CustomerId(customer),
            instead_of,
            because: "chosen by a person".to_owned(),
        };
        // A person who edits the field means the field.
        erp::link_customer(&link, false)?;
        let before = company.leaflink_customer.map(|customer| customer.to_string());
        let others = disconnections(&link).collect();
        noted(&company.id, &company.name, before, Some(format!("{customer} ({})", record.name)), others)
    }

    fn unlink(company: String) -> Result<wit::Decision, Failure> {
        let company = known_company(company)?;
        erp::unlink_customer(&company.id)?;
        noted(
            &company.id,
            &company.name,
            company.leaflink_customer.map(|customer| customer.to_string()),
            None,
            Vec::new(),
        )
    }
}

fn known_customer(id: CustomerId) -> Result<crate::leaflink::customer::Customer, Failure> {
    leaflink::customer(id)?.ok_or_else(|| {
        answer::reject(Reason::new(Code::CustomerNotFound, format!("LeafLink has no customer {id}.")))
    })
}

fn known_company(id: String) -> Result<crate::rules::order::Company, Failure> {
    let id = CompanyId(id);
    erp::company_of(&id)?.ok_or_else(|| {
        answer::reject(Reason::new(Code::CompanyNotFound, format!("The ERP has no company {id}.")))
    })
}

/// New orders only: sales orders that are there keep their customer.
fn noted(
    id: &CompanyId,
    name: &str,
    before: Option<String>,
    after: Option<String>,
    others: Vec<wit::Effect>,
) -> Result<wit::Decision, Failure> {
    let change = wit::Change { field: "LeafLink Customer".to_owned(), before, after };
    let mut effects = vec![effect(
        "connect-customer",
        &id.0,
        format!("Change the LeafLink Customer of {name}, for orders to come."),
        vec![change],
    )];
    effects.extend(others);
    let decision = wit::Decision {
        stream: wit::Stream::Customers,
        subject: id.0.clone(),
        label: name.to_owned(),
        outcome: wit::Outcome::Applied,
        reasons: Vec::new(),
        effects,
    };
    host::journal(&decision)?;
    Ok(decision)
}
