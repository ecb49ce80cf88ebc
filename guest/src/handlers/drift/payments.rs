//! The ERP's payments against the payments of LeafLink's orders.
//!
//! LeafLink's list of all payments can be filtered by nothing, so the orders that have payments in
//! the ERP are asked one by one, a hundred a call.

use serde_json::value::RawValue;

use super::{Page, Write, on_its_way};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::handlers::delivery::payment::{marked, shown};
use crate::handlers::payments::{again, label, queue, wish};
use crate::handlers::settings::in_force;
use crate::host::answer::{self, Failure};
use crate::host::erp::FromLeafLink;
use crate::host::leaflink::{Found, try_again};
use crate::host::outbox::{self, Subject};
use crate::host::payments::{EntryRecord, PaymentState, Recorded};
use crate::host::{self, erp, leaflink, payments, state};
use crate::leaflink::read;
use crate::rules::drift::Difference;
use crate::rules::drift::payment::{Compared, Seen, difference};
use crate::rules::ids::{OrderNumber, PaymentId, SalesOrderId};
use crate::rules::once::Marked;
use crate::rules::payment::{Action, Circumstances, Entry, Payment, Side, decide};
use crate::rules::settings::Settings;

/// Orders whose payments one call asks for.
const ORDERS: usize = 100;

/// Compares the payments of one page of sales orders.
pub fn page(after: Option<&str>) -> Result<Page, Failure> {
    let settings = in_force()?;
    let FromLeafLink { orders, mut next } = erp::page_from_leaflink(after)?;
    let mut page = Page { differences: Vec::new(), compared: 0, next: None };
    let mut asked = 0;
    for (sales_order, number) in &orders {
        let found = payments::of_sales_order(sales_order)?;
        if found.is_empty() {
            continue;
        }
        let list = list(number)?;
        for (id, payment) in &found {
            page.compared += 1;
            let one = compared(id, payment, number, &list, &settings)?;
            page.differences.extend(one.map(|(one, _)| one));
        }
        asked += 1;
        if asked == ORDERS {
            next = Some(sales_order.0.clone());
            break;
        }
    }
    page.next = next;
    Ok(page)
}

/// Compares one payment, and says how its difference is put right.
pub fn one(id: &str) -> Result<Vec<(Difference, Write)>, Failure> {
    let id = PaymentId(id.to_owned());
    let Some((payment, sales_order)) = payments::read(&id)? else { return Ok(Vec::new()) };
    let Some(number) = erp::origin_of(&SalesOrderId(sales_order.0))? else { return Ok(Vec::new()) };
    let found = compared(&id, &payment, &number, &list(&number)?, &in_force()?)?;
    Ok(found.into_iter().collect())
}

/// LeafLink's payments of an order; none for an order that LeafLink does not have.
fn list(number: &OrderNumber) -> Result<Vec<Box<RawValue>>, Failure> {
    match leaflink::payments_of(number)? {
        Found::Body(body) => read(&body)
            .map_err(|_| try_again(format!("LeafLink's payments of order {number} cannot be read"))),
        Found::Missing => Ok(Vec::new()),
        Found::Forbidden(reason) => Err(answer::reject(*reason)),
        Found::TooLarge(limit) => Err(try_again(format!(
            "LeafLink's payments of order {number} are larger than the {limit} bytes that the host takes"
        ))),
    }
}

fn compared(
    id: &PaymentId,
    payment: &Payment,
    number: &OrderNumber,
    list: &[Box<RawValue>],
    settings: &Settings,
) -> Result<Option<(Difference, Write)>, Failure> {
    let mut known = payments::known(id)?;
    let recorder = state::staff_of(&payment.recorded_by)?.or(settings.payments_recorded_by);
    let sent = known.recorded.as_ref().map(|recorded| recorded.entry.entry());
    let entry = sent.or_else(|| {
        Some(Entry {
            order: number.clone(),
            recorded_by: recorder?,
            amount: payment.amount,
            currency: payment.currency.clone(),
            paid_at_ms: payment.paid_at_ms,
            method: payment.method.word().to_owned(),
        })
    });
    let negative = entry.as_ref().map(|entry| Entry { amount: -entry.amount, ..entry.clone() });
    let recorded = seen(list, id, Side::Record, entry, known.recorded.as_ref());
    let taken_back = seen(list, id, Side::TakeBack, negative, known.taken_back.as_ref());
    let plan = decide(
        payment,
        &Circumstances {
            own_currency: erp::currency()?,
            order: Some(number.clone()),
            recorder,
            counts_from_ms: payments::counts_from()?,
            recorded: recorded.entry().cloned(),
            taken_back: taken_back.entry().is_some(),
            pending: None,
            now_ms: host::now_ms(),
        },
    );
    let intent = outbox::intent(&Subject::Payment(id.clone()))?;
    let known_as = match state::order(number)? {
        Some(known) => format!("{} on LeafLink order {}", payment.label, known.short_id),
        None => payment.label.clone(),
    };
    let found = difference(&Compared {
        id,
        payment,
        label: &known_as,
        recorded: &recorded,
        taken_back: &taken_back,
        plan: &plan,
        on_its_way: intent.as_ref().map(on_its_way),
    });
    let (id, payment) = (id.clone(), payment.clone());
    Ok(found.map(|found| {
        let write = move || {
            if intent.as_ref().is_some_and(|intent| intent.parked.is_some()) {
                return again(&Subject::Payment(id), intent);
            }
            let Action::Send(side, entry) = plan.action else { return Ok(Vec::new()) };
            correct(&id, &mut known, side, &recorded)?;
            send(&id, &payment, side, &entry)
        };
        (found, Box::new(write) as Write)
    }))
}

/// What LeafLink's list shows of one of a payment's entries: the one with its mark, or the one that
/// LeafLink answered with when it was made, whatever has become of the mark.
fn seen(
    list: &[Box<RawValue>],
    id: &PaymentId,
    side: Side,
    entry: Option<Entry>,
    known: Option<&Recorded>,
) -> Seen {
    let (Some(mark), Some(entry)) = (payments::mark(id, side), entry) else { return Seen::Absent };
    let agrees = match marked(list, &mark, &entry).0 {
        Marked::None | Marked::Alike => {
            let id = known.and_then(|recorded| recorded.id);
            let Some(made) = shown(list).find(|payment| Some(payment.id) == id) else { return Seen::Absent };
            made.total.amount.0 == entry.amount && made.total.currency == entry.currency
        }
        Marked::One { agrees } => agrees,
        Marked::Several => false,
    };
    if agrees { Seen::There(entry) } else { Seen::Odd }
}

/// What is remembered of LeafLink's side gives way to what LeafLink shows.
fn correct(id: &PaymentId, known: &mut PaymentState, side: Side, recorded: &Seen) -> Result<(), Failure> {
    match side {
        Side::Record => known.recorded = None,
        Side::TakeBack => {
            known.taken_back = None;
            if known.recorded.is_none() {
                let entry = recorded.entry().map(EntryRecord::from);
                known.recorded = entry.map(|entry| Recorded { id: None, entry });
            }
        }
    }
    payments::put(id, known)
}

fn send(id: &PaymentId, payment: &Payment, side: Side, entry: &Entry) -> Result<Vec<wit::Effect>, Failure> {
    let wish = wish(id, side, entry).map_err(|reason| answer::reject(*reason))?;
    queue(&Subject::Payment(id.clone()), label(payment, entry)?, wish, None)
}
