//! An order's life: its states, and which action leads from which to which.

use serde::Deserialize;

/// The states of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum Status {
    /// Not placed yet.
    Draft,
    /// Placed; the seller has not looked at it.
    Submitted,
    /// The seller agreed; it can still be edited.
    Accepted,
    /// To be accepted once it is in stock.
    Backorder,
    /// Picked and packed.
    Fulfilled,
    /// On its way.
    Shipped,
    /// With the retailer.
    Complete,
    /// Called off by the seller.
    Rejected,
    /// Merged into another order.
    Combined,
    /// Called off by the buyer.
    Cancelled,
}

/// What can be done to an order's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Places a draft.
    Submit,
    /// Agrees to an order.
    Accept,
    /// Says that it is packed.
    Fulfill,
    /// Says that it has left.
    Ship,
    /// Says that it has arrived.
    Complete,
    /// Calls it off as the seller.
    Reject,
    /// Calls it off as the buyer.
    Cancel,
}

impl Status {
    /// As bodies write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Submitted => "Submitted",
            Self::Accepted => "Accepted",
            Self::Backorder => "Backorder",
            Self::Fulfilled => "Fulfilled",
            Self::Shipped => "Shipped",
            Self::Complete => "Complete",
            Self::Rejected => "Rejected",
            Self::Combined => "Combined",
            Self::Cancelled => "Cancelled",
        }
    }

    /// What the seller can do next, one step at a time.
    ///
    /// Cancelling is the buyer's alone, so it is not here.
    fn seller_actions(self) -> &'static [Action] {
        match self {
            Self::Draft => &[Action::Submit],
            Self::Submitted | Self::Backorder => &[Action::Accept, Action::Reject],
            Self::Accepted => &[Action::Fulfill, Action::Reject],
            Self::Fulfilled => &[Action::Ship, Action::Reject],
            Self::Shipped => &[Action::Complete, Action::Reject],
            Self::Complete | Self::Rejected | Self::Combined | Self::Cancelled => &[],
        }
    }

    /// What `available_transitions` lists: the states, not the actions, in lower case.
    pub fn available(self) -> Vec<String> {
        self.seller_actions().iter().map(|action| action.target().name().to_lowercase()).collect()
    }

    /// Whether the seller may do this now. With `skip_steps`, steps forward may be left out.
    pub fn allows(self, action: Action, skip_steps: bool) -> bool {
        let mut status = self;
        loop {
            let actions = status.seller_actions();
            if actions.contains(&action) {
                return true;
            }
            match actions.first() {
                Some(step) if skip_steps && status != Self::Draft => status = step.target(),
                _ => return false,
            }
        }
    }
}

impl Action {
    /// As paths write it.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "submit" => Self::Submit,
            "accept" => Self::Accept,
            "fulfill" => Self::Fulfill,
            "ship" => Self::Ship,
            "complete" => Self::Complete,
            "reject" => Self::Reject,
            "cancel" => Self::Cancel,
            _ => return None,
        })
    }

    /// Where it leads.
    pub fn target(self) -> Status {
        match self {
            Self::Submit => Status::Submitted,
            Self::Accept => Status::Accepted,
            Self::Fulfill => Status::Fulfilled,
            Self::Ship => Status::Shipped,
            Self::Complete => Status::Complete,
            Self::Reject => Status::Rejected,
            Self::Cancel => Status::Cancelled,
        }
    }

    /// The event log's word for it.
    pub(crate) fn event(self) -> &'static str {
        match self {
            Self::Submit => "submitted",
            Self::Accept => "accepted",
            Self::Fulfill => "fulfilled",
            Self::Ship => "shipped",
            Self::Complete => "completed",
            Self::Reject => "rejected",
            Self::Cancel => "cancelled",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transitions_are_listed_as_states() {
        assert_eq!(Status::Submitted.available(), ["accepted", "rejected"]);
        assert_eq!(Status::Accepted.available(), ["fulfilled", "rejected"]);
        assert_eq!(Status::Shipped.available(), ["complete", "rejected"]);
        assert!(Status::Complete.available().is_empty());
    }

    #[test]
    fn steps_may_be_left_out_only_if_so_chosen() {
        assert!(!Status::Accepted.allows(Action::Ship, false));
        assert!(Status::Accepted.allows(Action::Ship, true));
        assert!(!Status::Shipped.allows(Action::Accept, true));
        assert!(!Status::Rejected.allows(Action::Accept, true));
    }

    #[test]
    fn the_seller_cannot_cancel() {
        assert!(!Status::Submitted.allows(Action::Cancel, true));
    }
}
