//! What a LeafLink order's status means for the ERP: at first sight, and later on.

use super::draft::NewStatus;
use super::{Order, SourceStatus};
use crate::rules::decision::Reason;
use crate::rules::reasons::Code;
use crate::rules::sales_order::{SalesOrder, Status};
use crate::rules::settings::{OnSubmitted, Settings};

/// What to do with an order seen for the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FirstSight {
    /// It becomes a sales order of this status; the reason is something to tell.
    Import(NewStatus, Option<Reason>),
    /// It does not come over (now), for this reason.
    Ignore(Reason),
}

/// Decides by an order's status alone. `connected_at_ms`: when the integration was connected; what
/// was placed before and is settled already is history.
pub fn first_sight(order: &Order, settings: &Settings, connected_at_ms: Option<u64>) -> FirstSight {
    let number = &order.short_id;
    match order.status {
        SourceStatus::Draft => FirstSight::Ignore(Reason::new(
            Code::OrderNotPlaced,
            format!("LeafLink order {number} is a draft; it comes over when it is submitted."),
        )),
        SourceStatus::Submitted => {
            let status = match settings.on_submitted {
                OnSubmitted::Pending => NewStatus::Pending,
                OnSubmitted::Processing => NewStatus::Processing,
            };
            FirstSight::Import(status, None)
        }
        SourceStatus::Accepted => FirstSight::Import(NewStatus::Processing, None),
        SourceStatus::Backorder => FirstSight::Ignore(Reason::new(
            Code::OrderOnBackorder,
            format!("LeafLink order {number} is on backorder; it comes over when it is accepted."),
        )),
        SourceStatus::Fulfilled | SourceStatus::Shipped | SourceStatus::Complete
            if connected_at_ms.is_some_and(|connected| order.placed_at_ms < connected) =>
        {
            FirstSight::Ignore(Reason::new(
                Code::PlacedBeforeConnection,
                format!(
                    "LeafLink order {number} was placed and {} before the integration was connected.",
                    order.status.word().to_ascii_lowercase()
                ),
            ))
        }
        SourceStatus::Fulfilled | SourceStatus::Shipped | SourceStatus::Complete => FirstSight::Import(
            NewStatus::Processing,
            Some(Reason::new(
                Code::StatusAhead,
                format!(
                    "LeafLink order {number} is {} already; the sales order starts as PROCESSING, because its lines are not fulfilled in the ERP.",
                    order.status.word()
                ),
            )),
        ),
        SourceStatus::Rejected | SourceStatus::Combined | SourceStatus::Cancelled => {
            FirstSight::Ignore(Reason::new(
                Code::OrderOver,
                format!(
                    "LeafLink order {number} was {} before it came over.",
                    order.status.word().to_ascii_lowercase()
                ),
            ))
        }
    }
}

/// What a new LeafLink status means for the sales order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inward {
    /// It is as far, or further.
    Stay,
    /// It goes to this status.
    Move(Status),
    /// It cannot follow (now).
    Refuse(Reason),
}

/// What LeafLink's present status means for the sales order that the order became.
///
/// | LeafLink | sales order |
/// |---|---|
/// | Draft, Submitted, Backorder | stays |
/// | Accepted | PENDING becomes PROCESSING |
/// | Fulfilled | READY_TO_SHIP, once every line is fulfilled |
/// | Shipped | DELIVERING, once every line is fulfilled |
/// | Complete | COMPLETED, once every line is fulfilled |
/// | Rejected, Cancelled, Combined | CANCELED, up to PROCESSING; refused beyond |
pub fn inward(order: &Order, sales_order: &SalesOrder) -> Inward {
    let ahead = |wanted: Status| {
        if sales_order.status >= wanted {
            return Inward::Stay;
        }
        if sales_order.is_fulfilled() {
            return Inward::Move(wanted);
        }
        Inward::Refuse(Reason::new(
            Code::StatusAhead,
            format!(
                "LeafLink order {} is {}, and not every line of {} is fulfilled.",
                order.short_id,
                order.status.word(),
                sales_order.number
            ),
        ))
    };
    match order.status {
        SourceStatus::Draft | SourceStatus::Submitted | SourceStatus::Backorder => Inward::Stay,
        SourceStatus::Accepted if sales_order.status == Status::Pending => Inward::Move(Status::Processing),
        SourceStatus::Accepted => Inward::Stay,
        SourceStatus::Fulfilled => ahead(Status::ReadyToShip),
        SourceStatus::Shipped => ahead(Status::Delivering),
        SourceStatus::Complete => ahead(Status::Completed),
        SourceStatus::Rejected | SourceStatus::Cancelled | SourceStatus::Combined => match sales_order.status
        {
            Status::Canceled => Inward::Stay,
            Status::Pending | Status::Processing => Inward::Move(Status::Canceled),
            beyond => Inward::Refuse(Reason::new(
                Code::RejectedTooLate,
                format!(
                    "LeafLink order {} was {}, and {} is {beyond}.",
                    order.short_id,
                    order.status.word().to_ascii_lowercase(),
                    sales_order.number
                ),
            )),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::order::sample;

    /// Every cell: what each LeafLink status makes of each sales-order status, with every line
    /// fulfilled (first) and not (second).
    #[test]
    fn the_table_towards_the_erp() {
        use Status::*;
        let stay = |_: Status| Ok(None);
        let ready = |erp: Status| if erp < ReadyToShip { Ok(Some(ReadyToShip)) } else { Ok(None) };
        let delivering = |erp: Status| if erp < Delivering { Ok(Some(Delivering)) } else { Ok(None) };
        let completed = |erp: Status| if erp < Completed { Ok(Some(Completed)) } else { Ok(None) };
        let accepted = |erp: Status| if erp == Pending { Ok(Some(Processing)) } else { Ok(None) };
        let off = |erp: Status| match erp {
            Pending | Processing => Ok(Some(Canceled)),
            Canceled => Ok(None),
            _ => Err(Code::RejectedTooLate),
        };
        type Column = fn(Status) -> Result<Option<Status>, Code>;
        let rows: [(SourceStatus, Column, bool); 10] = [
            (SourceStatus::Draft, stay, false),
            (SourceStatus::Submitted, stay, false),
            (SourceStatus::Backorder, stay, false),
            (SourceStatus::Accepted, accepted, false),
            (SourceStatus::Fulfilled, ready, true),
            (SourceStatus::Shipped, delivering, true),
            (SourceStatus::Complete, completed, true),
            (SourceStatus::Rejected, off, false),
            (SourceStatus::Cancelled, off, false),
            (SourceStatus::Combined, off, false),
        ];
        for (leaflink, wanted, needs_fulfilment) in rows {
            for erp in Status::ALL {
                for fulfilled in [true, false] {
                    let order = Order { status: leaflink, ..sample::order() };
                    let found = match inward(&order, &sample::sales_order(erp, fulfilled)) {
                        Inward::Stay => Ok(None),
                        Inward::Move(status) => Ok(Some(status)),
                        Inward::Refuse(reason) => Err(reason.code),
                    };
                    let wanted = match wanted(erp) {
                        Ok(Some(_)) if needs_fulfilment && !fulfilled => Err(Code::StatusAhead),
                        wanted => wanted,
                    };
                    assert_eq!(found, wanted, "{leaflink:?} {erp} fulfilled: {fulfilled}");
                }
            }
        }
    }

    fn seen(status: SourceStatus, settings: &Settings) -> Result<(NewStatus, bool), Code> {
        let order = Order { status, ..sample::order() };
        match first_sight(&order, settings, None) {
            FirstSight::Import(status, told) => Ok((status, told.is_some())),
            FirstSight::Ignore(reason) => Err(reason.code),
        }
    }

    #[test]
    fn every_status_at_first_sight() {
        let settings = Settings::default();
        for (status, wanted) in [
            (SourceStatus::Draft, Err(Code::OrderNotPlaced)),
            (SourceStatus::Submitted, Ok((NewStatus::Pending, false))),
            (SourceStatus::Accepted, Ok((NewStatus::Processing, false))),
            (SourceStatus::Backorder, Err(Code::OrderOnBackorder)),
            (SourceStatus::Fulfilled, Ok((NewStatus::Processing, true))),
            (SourceStatus::Shipped, Ok((NewStatus::Processing, true))),
            (SourceStatus::Complete, Ok((NewStatus::Processing, true))),
            (SourceStatus::Rejected, Err(Code::OrderOver)),
            (SourceStatus::Combined, Err(Code::OrderOver)),
            (SourceStatus::Cancelled, Err(Code::OrderOver)),
        ] {
            assert_eq!(seen(status, &settings), wanted, "{status:?}");
        }
    }

    #[test]
    fn a_submitted_order_can_go_straight_to_processing() {
        let settings = Settings { on_submitted: OnSubmitted::Processing, ..Settings::default() };
        assert_eq!(seen(SourceStatus::Submitted, &settings), Ok((NewStatus::Processing, false)));
    }

    #[test]
    fn history_stays_where_it_is() {
        let order = Order { status: SourceStatus::Complete, placed_at_ms: 10, ..sample::order() };
        let code = |connected| match first_sight(&order, &Settings::default(), Some(connected)) {
            FirstSight::Ignore(reason) => Some(reason.code),
            FirstSight::Import(..) => None,
        };
        assert_eq!(code(11), Some(Code::PlacedBeforeConnection));
        assert_eq!(code(10), None);
    }
}
