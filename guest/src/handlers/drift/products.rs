//! The links of products, and what the forms of linked products say.

use super::{Page, Write, on_its_way, to_be_looked_at};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::handlers::products::listing::{Compared, compared, send_again};
use crate::handlers::settings::in_force;
use crate::host::answer::{Failure, effect};
use crate::host::catalogue::{self, CatalogueState, Record};
use crate::host::choices;
use crate::host::leaflink::{self, Found, product_body};
use crate::host::listings::{self, fields};
use crate::host::outbox::{self, Intent, Subject, Wish};
use crate::host::products::{self, LinkedPage};
use crate::leaflink::listing::shown;
use crate::leaflink::product::Product as Wire;
use crate::leaflink::{Unreadable, read};
use crate::rules::drift::form::{Sides, differences};
use crate::rules::drift::{Difference, product};
use crate::rules::ids::{LeafLinkProductId, ProductId};
use crate::rules::product::listing::{Field, Values, value};
use crate::rules::product::{Product, Standing};
use crate::rules::settings::Settings;
use crate::rules::sorted::Map;

/// What is needed of a LeafLink product besides the form's fields: for the link, and to know whether it
/// changed since the catalogue was read.
const FIELDS: &str = "id,display_name,listing_state,unit_denomination,modified,last_edit";

/// A LeafLink product: what it is, and what it shows of the form's fields.
type There = (Wire, Values);

/// Compares one page of linked products with LeafLink's list. One that is not on it, or cannot be
/// read there, is asked for by itself.
pub fn page(after: Option<&str>) -> Result<Page, Failure> {
    let LinkedPage { products, next } = products::linked_page(after)?;
    let mut page = Page { differences: Vec::new(), compared: 0, next };
    if products.is_empty() {
        return Ok(page);
    }
    let (settings, catalogue) = (in_force()?, catalogue::state()?);
    let mut list = list(&products)?;
    for (product, form) in products {
        let Some(leaflink) = product.leaflink else { continue };
        page.compared += 1;
        let found = match list.remove(&leaflink.0).flatten() {
            Some(there) => Some(Some(there)),
            None => alone(leaflink)?,
        };
        // What cannot be read, the poll of products tells.
        let Some(found) = found else { continue };
        page.differences.extend(of(&product, form, leaflink, found, &settings, &catalogue)?.0);
    }
    Ok(page)
}

/// Compares one product, and says how its differences are put right.
pub fn one(id: &str) -> Result<Vec<(Difference, Write)>, Failure> {
    let id = ProductId(id.to_owned());
    let (Some(product), Some(form)) = (products::product(&id)?, listings::product(&id)?) else {
        return Ok(Vec::new());
    };
    let Some(leaflink) = product.leaflink else { return Ok(Vec::new()) };
    let Some(found) = alone(leaflink)? else { return Ok(Vec::new()) };
    let (found, compared) = of(&product, form, leaflink, found, &in_force()?, &catalogue::state()?)?;
    let with_write = |one: Difference| {
        let (field, compared) = (Field::of_wire(one.field), compared.clone());
        let write = move || match (field, compared) {
            (Some(field), Some(compared)) => write(compared, leaflink, field),
            // A link is a person's to put right.
            _ => Ok(Vec::new()),
        };
        (one, Box::new(write) as Write)
    };
    Ok(found.into_iter().map(with_write).collect())
}

/// LeafLink's products that these are linked to, as far as its list has them readable.
fn list(products: &[(Product, listings::Product)]) -> Result<Map<u64, Option<There>>, Failure> {
    let linked = products.iter().filter_map(|(product, _)| product.leaflink);
    let mut list: Map<u64, Option<There>> = Map::new();
    linked.for_each(|id| {
        list.insert(id.0, None);
    });
    let mut wanted = FIELDS.to_owned();
    for field in Field::ALL {
        wanted.push(',');
        wanted.push_str(field.wire());
    }
    leaflink::every("/products/", &[("fields_include", &wanted)], &mut |record| {
        if let Ok((wire, values)) = there(record.as_bytes())
            && list.contains_key(&wire.id)
        {
            list.insert(wire.id, Some((wire, values)));
        }
    })?;
    Ok(list)
}

fn there(body: &[u8]) -> Result<There, Unreadable> {
    Ok((read(body)?, shown(body)?))
}

/// A product that is not on LeafLink's list, asked for by itself: it, or that there is none. Absent:
/// it cannot be read.
fn alone(leaflink: LeafLinkProductId) -> Result<Option<Option<There>>, Failure> {
    Ok(match product_body(leaflink)? {
        Found::Body(body) => there(&body).ok().map(Some),
        Found::Missing => Some(None),
        Found::Forbidden(_) | Found::TooLarge(_) => None,
    })
}

/// The differences of a product, and what they were found with.
fn of(
    product: &Product,
    form: listings::Product,
    leaflink: LeafLinkProductId,
    found: Option<There>,
    settings: &Settings,
    catalogue: &CatalogueState,
) -> Result<(Vec<Difference>, Option<Compared>), Failure> {
    let (wire, values) = match found {
        Some((wire, values)) => (Some(wire), values),
        None => (None, Values::new()),
    };
    let to_be_looked_at = to_be_looked_at(leaflink, wire.as_ref(), catalogue)?;
    let listed = wire.map(|wire| Record::of(&wire, 0).listed(leaflink, &[]));
    let link = product::difference(product, listed.as_ref());
    if listed.is_none_or(|listed| listed.standing != Standing::Live) {
        return Ok((link.into_iter().collect(), None));
    }
    let compared = compared(form, leaflink, &values, settings)?;
    let queued = outbox::intent(&Subject::Listing(product.id.clone()))?;
    let sent = queued.as_ref().and_then(|queued| match &queued.wish {
        Wish::Listing(wish) => Some((fields(&wish.values), on_its_way(queued))),
        _ => None,
    });
    let known_as = |field: Field, id: &str| choices::name(field.list()?, id.parse().ok()?);
    let waits_for = compared.record.waits_for.first();
    let mut found = differences(&Sides {
        id: &product.id,
        name: &product.name,
        entries: &compared.entries,
        shown: &values,
        applied: compared.record.applied(leaflink).is_some(),
        change: &compared.change,
        prices: settings.sync_prices,
        waits_for: waits_for.map(|reason| format!("{} {}", reason.message, reason.fix)),
        to_be_looked_at,
        on_its_way: sent.as_ref().map(|(values, how)| (values.as_slice(), how.clone())),
        known_as: &known_as,
    });
    // The write that is to bring the unit type is the news, not that the link does not hold without.
    let brings_unit = found.iter().any(|one| one.field == Field::UnitType.wire());
    found.extend(link.filter(|_| !brings_unit));
    Ok((found, Some(compared)))
}

/// Queues the field, or has what LeafLink refused tried again.
fn write(compared: Compared, leaflink: LeafLinkProductId, field: Field) -> Result<Vec<wit::Effect>, Failure> {
    let subject = Subject::Listing(compared.product.id.clone());
    if let Some(mut queued) = outbox::intent(&subject)?.filter(|queued| holds(queued, &compared, field)) {
        queued.try_again();
        outbox::put_intent(&subject, &queued)?;
        let summary = format!("Try {} again.", compared.product.name);
        return Ok(vec![effect("queue-leaflink-write", &compared.product.id.0, summary, Vec::new())]);
    }
    send_again(compared, leaflink, field)
}

/// Whether a write is for the field as the form has it.
fn holds(queued: &Intent, compared: &Compared, field: Field) -> bool {
    let entry = compared.entries.iter().find(|entry| entry.field == field);
    match (&queued.wish, entry.and_then(|entry| entry.value.as_ref().ok())) {
        (Wish::Listing(wish), Some(wanted)) => value(&fields(&wish.values), field) == Some(wanted),
        _ => false,
    }
}
