//! `product-choices`: what the drop-downs of the LeafLink tab offer.

use super::Component;
use super::settings::in_force;
use crate::bindings::exports::leaflink_sync::connector::product_choices::{Choice, Choices, Guest, Kind};
use crate::host::answer::Failure;
use crate::host::choices::{self, ListRecord};
use crate::rules::product::listing::{self, List};
use crate::rules::sorting::sort_by;

/// Choices of one page.
const PAGE: usize = 500;

impl Guest for Component {
    fn offered(kind: Kind, after: Option<u64>) -> Result<Choices, Failure> {
        Ok(page(choices::list(list(kind), &in_force()?, true)?, after))
    }

    fn refresh(kind: Kind) -> Result<Choices, Failure> {
        choices::ask_seller_anew()?;
        Ok(page(choices::refresh(list(kind), &in_force()?, true)?, None))
    }
}

fn list(kind: Kind) -> List {
    match kind {
        Kind::License => List::License,
        Kind::Brand => List::Brand,
        Kind::ProductLine => List::ProductLine,
        Kind::Category => List::Category,
        Kind::Subcategory => List::Subcategory,
        Kind::Strain => List::Strain,
    }
}

fn page(record: ListRecord, after: Option<u64>) -> Choices {
    let as_of_ms = record.read_ms;
    let mut all: Vec<listing::Choice> =
        record.choices().into_iter().filter(|choice| after.is_none_or(|after| choice.id > after)).collect();
    sort_by(&mut all, |one, other| one.id.cmp(&other.id));
    let more = all.len() > PAGE;
    all.truncate(PAGE);
    let found = all.into_iter().map(|it| Choice { id: it.id, name: it.name, within: it.within }).collect();
    Choices { found, more, as_of_ms }
}
