//! `transfers`: what a Metrc transfer means for its sales order, and through it for LeafLink.

use super::Component;
use super::carry_out::carry_out;
use super::letters::{self, Kind};
use super::look::look;
use super::settings::in_force;
use crate::bindings::exports::leaflink_sync::connector::transfers::Guest;
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{self, Failure, effect};
use crate::host::erp::Written;
use crate::host::state::ReasonRecord;
use crate::host::transfers::{self, Transfer, TransferState, word};
use crate::host::{self, erp};
use crate::rules::decision::Reason;
use crate::rules::ids::{OrderNumber, SalesOrderId, TransferId};
use crate::rules::reasons::Code;
use crate::rules::sales_order::{SalesOrder, Status};
use crate::rules::settings::Settings;
use crate::rules::transfer::{Shipment, State, decide};

impl Guest for Component {
    fn on_transfer(id: String) -> Result<wit::Decision, Failure> {
        follow_transfer(&TransferId(id))
    }
}

/// The transfer that a sales order is matched to and could not follow yet.
pub fn waiting_transfer(sales_order: &SalesOrderId) -> Result<Option<TransferId>, Failure> {
    let Some(transfer) = transfers::matched(sales_order)? else { return Ok(None) };
    let waits = transfers::known(&transfer)?.done.is_none();
    Ok(waits.then_some(transfer))
}

/// Looks at one transfer as it now is; its sales order follows, and then LeafLink's order.
pub fn follow_transfer(id: &TransferId) -> Result<wit::Decision, Failure> {
    let Some(transfer) = transfers::read(id)? else {
        let message = format!("The ERP has no transfer {id}.");
        return Err(answer::reject(Reason::new(Code::TransferNotFound, message)));
    };
    let mut known = transfers::known(id)?;
    // An unmatched transfer may have forgotten whose it was.
    let sales_order_id = transfer.sales_order.clone().or(known.sales_order.clone().map(SalesOrderId));
    let linked = match &sales_order_id {
        Some(id) => erp::origin_of(id)?,
        None => None,
    };
    let sales_order = match &linked {
        Some(number) => erp::sales_order_of(number)?,
        None => None,
    };
    let (Some(number), Some(sales_order)) = (linked, sales_order) else {
        let message = format!("{} is not for a sales order that came from LeafLink.", transfer.label);
        let reason = Reason::new(Code::NotFromLeafLink, message);
        return Ok(decision(id, &transfer, wit::Outcome::Ignored, &[reason], Vec::new()));
    };
    if transfer.state == State::Matched {
        transfers::put_matched(&sales_order.id, id)?;
    }
    let shipment = Shipment {
        label: transfer.label.clone(),
        sales_order: sales_order.number.clone(),
        status: sales_order.status,
        matched_elsewhere: matched_elsewhere(id, &sales_order.id)?,
    };
    let settings = in_force()?;
    // Where a transfer stands is acted upon once: what people did since then stays.
    let repeated = known.done.as_deref() == Some(word(transfer.state));
    let (wanted, mut reasons) = if repeated {
        (None, Vec::new())
    } else {
        decide(transfer.state, &shipment, settings.on_transfer_matched)
    };

    let mut effects = Vec::new();
    let mut refused = None;
    if let Some(status) = wanted {
        match erp::set_status(&sales_order.id, status)? {
            Written::Done(()) => effects.push(moved(&transfer, &sales_order, status)),
            Written::Refused(rule) => {
                let message = format!(
                    "{} should make {} {status}, and the ERP refused: {rule}",
                    transfer.label, sales_order.number
                );
                let fix = "Put right what the ERP names; the sales order then follows by itself.";
                reasons.push(Reason::new(Code::ErpRefused, message).with_fix(fix).with("words", &rule));
                refused = Some(rule);
            }
        }
    }
    let told = reasons.iter().find(|reason| reason.code.blocks());
    if let Some(reason) = told
        && known.told.as_ref() != Some(&reason.message)
    {
        let reasons = [ReasonRecord::from(reason)];
        let subject = letters::tell_of(Kind::Transfer, &id.0, &transfer.label, &reasons, &settings)?;
        effects.extend(subject.map(|subject| letters::to_people(&subject)));
    }
    known = TransferState {
        sales_order: Some(sales_order.id.0.clone()),
        done: refused.is_none().then(|| word(transfer.state).to_owned()),
        told: told.map(|reason| reason.message.clone()).or(known.told.filter(|_| repeated)),
    };
    transfers::put(id, &known)?;

    let held = refused.is_some();
    let mut answered = decision(id, &transfer, outcome(&effects, held), &reasons, effects);
    // The ERP may have moved the sales order by itself: that it was unmatched is noted all the same.
    if answered.outcome != wit::Outcome::Unchanged || !reasons.is_empty() {
        host::journal(&answered)?;
    }
    let looked = follow_order(&number, &settings)?;
    answered.reasons.extend(looked.reasons);
    answered.effects.extend(looked.effects);
    answered.outcome = outcome(&answered.effects, held || looked.outcome == wit::Outcome::Held);
    Ok(answered)
}

/// LeafLink's order follows its sales order, as it does when people change one.
fn follow_order(number: &OrderNumber, settings: &Settings) -> Result<wit::Decision, Failure> {
    let look = look(number, settings, &mut host::draw)?;
    carry_out(look, settings)
}

/// Whether another transfer took this one's place.
fn matched_elsewhere(id: &TransferId, sales_order: &SalesOrderId) -> Result<bool, Failure> {
    let Some(other) = transfers::matched(sales_order)?.filter(|other| other != id) else { return Ok(false) };
    Ok(transfers::read(&other)?.is_some_and(|other| other.state == State::Matched))
}

fn moved(transfer: &Transfer, sales_order: &SalesOrder, status: Status) -> wit::Effect {
    effect(
        "update-sales-order",
        &sales_order.id.0,
        format!("{}: {} becomes {status}.", transfer.label, sales_order.number),
        vec![wit::Change {
            field: "status".to_owned(),
            before: Some(sales_order.status.to_string()),
            after: Some(status.to_string()),
        }],
    )
}

fn outcome(effects: &[wit::Effect], held: bool) -> wit::Outcome {
    match (held, effects.is_empty()) {
        (true, _) => wit::Outcome::Held,
        (false, false) => wit::Outcome::Applied,
        (false, true) => wit::Outcome::Unchanged,
    }
}

fn decision(
    id: &TransferId,
    transfer: &Transfer,
    outcome: wit::Outcome,
    reasons: &[Reason],
    effects: Vec<wit::Effect>,
) -> wit::Decision {
    wit::Decision {
        stream: wit::Stream::Transfers,
        subject: id.0.clone(),
        label: transfer.label.clone(),
        outcome,
        reasons: answer::reasons(reasons),
        effects,
    }
}
