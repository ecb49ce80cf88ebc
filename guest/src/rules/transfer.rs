//! "How to Transfer Orders in Metrc": what a transfer means for its sales order.

use super::decision::Reason;
use super::reasons::Code;
use super::sales_order::Status;

/// Where a transfer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A template that Metrc has not used yet.
    Template,
    /// An outgoing transfer matched to its sales order, by the ERP or by hand.
    Matched,
    /// It was, and no longer is.
    Unmatched,
    /// The buyer turned it away.
    Rejected,
}

/// A sales order that a transfer is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shipment {
    /// What people know the transfer by.
    pub label: String,
    /// What the ERP prints on the sales order.
    pub sales_order: String,
    /// Where the sales order stands.
    pub status: Status,
    /// Another transfer is matched to it by now.
    pub matched_elsewhere: bool,
}

/// The status that the sales order moves to, if any, and what to tell.
///
/// A match moves it forward only; unmatching moves it back to PROCESSING, which the status table
/// keeps from LeafLink. `on_matched` is the status that the settings name; `None`: leave as is.
pub fn decide(
    state: State,
    shipment: &Shipment,
    on_matched: Option<Status>,
) -> (Option<Status>, Vec<Reason>) {
    let Shipment { label, sales_order, status, .. } = shipment;
    match state {
        State::Template => (None, Vec::new()),
        State::Matched => match on_matched {
            _ if *status == Status::Canceled => {
                let message = format!("{label} is matched to {sales_order}, which is CANCELED and stays so.");
                (None, vec![Reason::new(Code::TransferLeavesStatus, message)])
            }
            None => {
                let message = format!("{label} is matched to {sales_order}, which stays {status}.");
                (None, vec![Reason::new(Code::TransferLeavesStatus, message)])
            }
            Some(wanted) => ((*status < wanted).then_some(wanted), Vec::new()),
        },
        State::Unmatched if shipment.matched_elsewhere => (None, Vec::new()),
        State::Unmatched => {
            let message =
                format!("{label} no longer matches {sales_order}; LeafLink's order stays where it is.");
            let back = *status > Status::Processing && *status != Status::Canceled;
            (back.then_some(Status::Processing), vec![Reason::new(Code::TransferUnmatched, message)])
        }
        State::Rejected => {
            let message = format!("{label} of {sales_order} was turned away by the buyer.");
            (None, vec![Reason::new(Code::TransferRejected, message)])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Status::*;

    fn moved(state: State, status: Status, on_matched: Option<Status>) -> Option<Status> {
        decide(state, &shipment(status), on_matched).0
    }

    fn shipment(status: Status) -> Shipment {
        Shipment {
            label: "Transfer 0004512".to_owned(),
            sales_order: "SO-1001".to_owned(),
            status,
            matched_elsewhere: false,
        }
    }

    /// Every cell: each choice of the settings on each status.
    #[test]
    fn a_match_moves_forward_only() {
        for (choice, row) in [
            (Some(Completed), [Some(Completed); 5]),
            (Some(Delivered), [Some(Delivered), Some(Delivered), Some(Delivered), Some(Delivered), None]),
            (Some(Delivering), [Some(Delivering), Some(Delivering), Some(Delivering), None, None]),
            (Some(ReadyToShip), [Some(ReadyToShip), Some(ReadyToShip), None, None, None]),
            (Some(Processing), [Some(Processing), None, None, None, None]),
            (None, [None; 5]),
        ] {
            for (status, wanted) in
                [Pending, Processing, ReadyToShip, Delivering, Delivered].into_iter().zip(row)
            {
                assert_eq!(moved(State::Matched, status, choice), wanted, "{choice:?} {status}");
            }
            for status in [Completed, Canceled] {
                assert_eq!(moved(State::Matched, status, choice), None, "{choice:?} {status}");
            }
        }
    }

    #[test]
    fn unmatching_goes_back_to_processing() {
        for (status, wanted) in Status::ALL.into_iter().zip([
            None,
            None,
            Some(Processing),
            Some(Processing),
            Some(Processing),
            Some(Processing),
            None,
        ]) {
            assert_eq!(moved(State::Unmatched, status, Some(Completed)), wanted, "{status}");
        }
        let (_, reasons) = decide(State::Unmatched, &shipment(Completed), None);
        assert_eq!(reasons[0].code, Code::TransferUnmatched);
    }

    #[test]
    fn a_transfer_that_another_replaced_changes_nothing() {
        let replaced = Shipment { matched_elsewhere: true, ..shipment(Completed) };
        assert_eq!(decide(State::Unmatched, &replaced, Some(Completed)), (None, Vec::new()));
    }

    #[test]
    fn rejections_are_told_and_templates_are_not() {
        for status in Status::ALL {
            let (none, reasons) = decide(State::Rejected, &shipment(status), Some(Completed));
            assert_eq!((none, reasons[0].code), (None, Code::TransferRejected));
            assert_eq!(decide(State::Template, &shipment(status), Some(Completed)), (None, Vec::new()));
        }
    }
}
