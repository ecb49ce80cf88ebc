//! What a LeafLink order's status means for an order that is not in the ERP yet.

use super::draft::NewStatus;
use super::{Order, SourceStatus};
use crate::rules::decision::Reason;
use crate::rules::reasons::Code;
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
                    order.status.word().to_lowercase()
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
                    order.status.word().to_lowercase()
                ),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::order::sample;

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
