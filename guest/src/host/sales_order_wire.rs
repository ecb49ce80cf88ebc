//! Sales orders between the rules' words and the contract's.

use super::answer::Failure;
use super::erp::number;
use crate::bindings::leaflink_sync::host::{records, types};
use crate::rules::decimal::{cents, plain};
use crate::rules::ids::{CompanyId, LineId, LocationId, ProductId, SalesOrderId, TaxId, UserId};
use crate::rules::order::draft::{Charge, ChargeKind, ChargeSource, Draft, NewLine};
use crate::rules::order::follow::Update;
use crate::rules::sales_order::{Line, SalesOrder, Status};

/// A sales order as the ERP answered it.
pub fn sales_order(order: records::SalesOrder) -> Result<SalesOrder, Failure> {
    Ok(SalesOrder {
        id: SalesOrderId(order.id),
        number: order.number,
        status: match order.status {
            records::SalesOrderStatus::Pending => Status::Pending,
            records::SalesOrderStatus::Processing => Status::Processing,
            records::SalesOrderStatus::ReadyToShip => Status::ReadyToShip,
            records::SalesOrderStatus::Delivering => Status::Delivering,
            records::SalesOrderStatus::Delivered => Status::Delivered,
            records::SalesOrderStatus::Completed => Status::Completed,
            records::SalesOrderStatus::Canceled => Status::Canceled,
        },
        customer: order.customer.map(CompanyId),
        owner: order.owner.map(UserId),
        location: order.location.map(LocationId),
        delivery_day: order.delivery_day,
        lines: order.lines.into_iter().map(line).collect::<Result<_, _>>()?,
        charges: order.charges.into_iter().map(charge).collect::<Result<_, _>>()?,
    })
}

/// A new sales order.
pub fn draft(draft: &Draft) -> records::SalesOrderDraft {
    let address = draft.address.as_ref().map(ToString::to_string);
    records::SalesOrderDraft {
        origin: records::LeaflinkOrigin {
            number: draft.number.0.clone(),
            short_id: draft.short_id.clone(),
            total: types::Money { amount: cents(draft.leaflink_total), currency: draft.currency.clone() },
            classification: draft.classification.clone(),
        },
        status: status(draft.status.into()),
        placed_at_ms: draft.placed_at_ms,
        currency: draft.currency.clone(),
        customer: draft.customer.as_ref().map(ToString::to_string),
        billing_address: address.clone(),
        shipping_address: address,
        location: draft.location.as_ref().map(ToString::to_string),
        owner: draft.owner.0.clone(),
        internal_notes: draft.internal_notes.clone(),
        external_notes: draft.external_notes.clone(),
        lines: draft.lines.iter().map(new_line).collect(),
        charges: draft.charges.iter().map(charge_draft).collect(),
    }
}

/// What to change on a sales order, all but its status.
pub fn update(update: &Update, currency: &str) -> records::SalesOrderUpdate {
    records::SalesOrderUpdate {
        owner: update.owner.as_ref().map(ToString::to_string),
        internal_notes: update.internal_notes.clone(),
        external_notes: update.external_notes.clone(),
        lines: update.lines.as_ref().map(|lines| lines.iter().map(new_line).collect()),
        charges: update.charges.as_ref().map(|charges| charges.iter().map(charge_draft).collect()),
        leaflink_total: update
            .leaflink_total
            .map(|total| types::Money { amount: cents(total), currency: currency.to_owned() }),
        ..nothing()
    }
}

/// A new status, and nothing else.
pub fn status_update(to: Status) -> records::SalesOrderUpdate {
    records::SalesOrderUpdate { status: Some(status(to)), ..nothing() }
}

fn nothing() -> records::SalesOrderUpdate {
    records::SalesOrderUpdate {
        status: None,
        customer: None,
        billing_address: None,
        shipping_address: None,
        location: None,
        owner: None,
        internal_notes: None,
        external_notes: None,
        lines: None,
        charges: None,
        leaflink_total: None,
    }
}

fn status(status: Status) -> records::SalesOrderStatus {
    match status {
        Status::Pending => records::SalesOrderStatus::Pending,
        Status::Processing => records::SalesOrderStatus::Processing,
        Status::ReadyToShip => records::SalesOrderStatus::ReadyToShip,
        Status::Delivering => records::SalesOrderStatus::Delivering,
        Status::Delivered => records::SalesOrderStatus::Delivered,
        Status::Completed => records::SalesOrderStatus::Completed,
        Status::Canceled => records::SalesOrderStatus::Canceled,
    }
}

fn line(line: records::Line) -> Result<Line, Failure> {
    Ok(Line {
        id: line.id,
        product: ProductId(line.product),
        quantity: number(&line.quantity)?,
        unit_price: number(&line.unit_price)?,
        total: number(&line.total)?,
        is_sample: line.is_sample,
        note: line.note,
        location: line.location.map(LocationId),
        leaflink_line: line.leaflink_line.map(LineId),
        fulfilled: number(&line.fulfilled)?,
    })
}

fn new_line(line: &NewLine) -> records::LineDraft {
    records::LineDraft {
        id: line.id.clone(),
        product: line.product.0.clone(),
        quantity: plain(line.quantity),
        unit_price: plain(line.unit_price),
        total: cents(line.total),
        is_sample: line.is_sample,
        note: line.note.clone(),
        location: line.location.as_ref().map(ToString::to_string),
        leaflink_line: line.leaflink_line.map(|line| line.0),
    }
}

fn charge(charge: records::ChargeDraft) -> Result<Charge, Failure> {
    Ok(Charge {
        name: charge.name,
        kind: match charge.kind {
            records::ChargeKind::Charge => ChargeKind::Charge,
            records::ChargeKind::Discount => ChargeKind::Discount,
        },
        percent: charge.percent.as_deref().map(number).transpose()?,
        amount: number(&charge.amount)?,
        tax: charge.tax.map(TaxId),
        locked: charge.locked,
        source: charge.leaflink_key.as_deref().and_then(source),
    })
}

fn charge_draft(charge: &Charge) -> records::ChargeDraft {
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
        leaflink_key: charge.source.map(key),
    }
}

fn key(source: ChargeSource) -> String {
    match source {
        ChargeSource::Line(line) => format!("line:{line}"),
        ChargeSource::Discount => "discount".to_owned(),
        ChargeSource::Credit => "credit".to_owned(),
        ChargeSource::Tax(place) => format!("tax:{place}"),
        ChargeSource::Shipping => "shipping".to_owned(),
    }
}

fn source(key: &str) -> Option<ChargeSource> {
    match key.split_once(':') {
        Some(("line", line)) => line.parse().ok().map(|line| ChargeSource::Line(LineId(line))),
        Some(("tax", place)) => place.parse().ok().map(ChargeSource::Tax),
        _ => match key {
            "discount" => Some(ChargeSource::Discount),
            "credit" => Some(ChargeSource::Credit),
            "shipping" => Some(ChargeSource::Shipping),
            _ => None,
        },
    }
}
