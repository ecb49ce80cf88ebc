//! Transfers: the ERP's records of them, and what the store keeps about them.

use serde::{Deserialize, Serialize};

use super::answer::Failure;
use super::{erp, state};
use crate::bindings::leaflink_sync::host::records;
use crate::rules::ids::{SalesOrderId, TransferId};
use crate::rules::transfer::State;

const TRANSFER_PREFIX: &str = "transfer/";
const MATCHED_PREFIX: &str = "matched/";

/// A transfer of the ERP.
pub struct Transfer {
    /// What people know it by.
    pub label: String,
    /// The sales order that it is, or was, for.
    pub sales_order: Option<SalesOrderId>,
    /// Where it stands.
    pub state: State,
}

/// Reads a transfer of the ERP; absent: there is none.
pub fn read(id: &TransferId) -> Result<Option<Transfer>, Failure> {
    let found = records::get_transfers(std::slice::from_ref(&id.0)).map_err(erp::failure)?.pop();
    Ok(found.map(|found| Transfer {
        label: match found.manifest_number {
            Some(manifest) => format!("Metrc transfer {manifest}"),
            None => format!("Metrc transfer {id}"),
        },
        sales_order: found.sales_order.map(SalesOrderId),
        state: match found.state {
            records::TransferState::Template => State::Template,
            records::TransferState::Matched => State::Matched,
            records::TransferState::Unmatched => State::Unmatched,
            records::TransferState::Rejected => State::Rejected,
        },
    }))
}

/// What is kept about a transfer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferState {
    /// The sales order that it is, or was, for.
    #[serde(default)]
    pub sales_order: Option<String>,
    /// Where it stood when it was last acted upon; absent: it waits.
    #[serde(default)]
    pub done: Option<String>,
    /// What the ERP said when it refused, as people were told.
    #[serde(default)]
    pub told: Option<String>,
}

/// The word that the store has for a state.
pub fn word(state: State) -> &'static str {
    match state {
        State::Template => "template",
        State::Matched => "matched",
        State::Unmatched => "unmatched",
        State::Rejected => "rejected",
    }
}

/// What is kept about a transfer.
pub fn known(id: &TransferId) -> Result<TransferState, Failure> {
    Ok(state::get(&format!("{TRANSFER_PREFIX}{id}"))?.unwrap_or_default())
}

/// Keeps it.
pub fn put(id: &TransferId, known: &TransferState) -> Result<(), Failure> {
    state::put(&format!("{TRANSFER_PREFIX}{id}"), known)
}

/// What people know a transfer by, with the sales order that it is, or was, for.
pub fn name(id: &TransferId, known: TransferState) -> Result<String, Failure> {
    let label = read(id)?.map_or_else(|| id.0.clone(), |transfer| transfer.label);
    let sales_order = match known.sales_order {
        Some(id) => erp::number_of(&SalesOrderId(id))?,
        None => None,
    };
    Ok(match sales_order {
        Some(number) => format!("{label} of {number}"),
        None => label,
    })
}

/// The transfer that was last seen matched to a sales order.
pub fn matched(sales_order: &SalesOrderId) -> Result<Option<TransferId>, Failure> {
    Ok(state::get(&format!("{MATCHED_PREFIX}{sales_order}"))?.map(TransferId))
}

/// Forgets which transfer is matched to a sales order that is gone.
pub fn forget_matched(sales_order: &SalesOrderId) -> Result<(), Failure> {
    state::delete(&format!("{MATCHED_PREFIX}{sales_order}"))
}

/// Notes a match.
pub fn put_matched(sales_order: &SalesOrderId, transfer: &TransferId) -> Result<(), Failure> {
    state::put(&format!("{MATCHED_PREFIX}{sales_order}"), &transfer.0)
}
