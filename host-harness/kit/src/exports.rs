//! What the component's functions take and answer, a module for each interface of `wit/`.
//!
//! The documentation of the fields is that of the contract.

use crate::bindings::exports::leaflink_sync::connector as wit;

pub use crate::bindings::leaflink_sync::connector::failures::{Failure, Retry};

/// `lifecycle.wit`.
pub mod lifecycle {
    pub use super::wit::lifecycle::{Description, Migration, ReasonDefinition};
}

/// `sales-orders.wit`.
pub mod sales_orders {
    pub use super::wit::sales_orders::Deletion;
}

/// `products.wit`.
pub mod products {
    pub use super::wit::products::Product;
}

/// The drop-downs of the LeafLink tab, in `products.wit`.
pub mod product_choices {
    pub use super::wit::product_choices::{Choice, Choices, Kind};
}

/// `inventory.wit`.
pub mod inventory {
    pub use super::wit::inventory::{Availability, Computed, Mode, Pushed};
}

/// `webhooks.wit`.
pub mod webhooks {
    pub use super::wit::webhooks::{Delivery, Received};
}

/// `polling.wit`.
pub mod polling {
    pub use super::wit::polling::{Due, Polled, Source, Subject};
}

/// `delivery.wit`.
pub mod delivery {
    pub use super::wit::delivery::{Delivered, Parked};
}

/// `settings.wit`.
pub mod settings {
    pub use super::wit::settings::{Definition, Kind, Problem};
}

/// `users.wit`.
pub mod users {
    pub use super::wit::users::Mapping;
}

/// The product half of `links.wit`.
pub mod product_links {
    pub use super::wit::product_links::{Choice, Linked, Suggestion, Suggestions, Unlinked};
}

/// The customer half of `links.wit`.
pub mod customer_links {
    pub use super::wit::customer_links::{Linked, Suggestion};
}

/// `readiness.wit`.
pub mod readiness {
    pub use super::wit::readiness::Check;
}

/// `insight.wit`.
pub mod insight {
    pub use super::wit::insight::{Explanation, Figures, Handler, HeldOrder, ReasonCount, Verdict};
}

/// `drift.wit`.
pub mod drift {
    pub use super::wit::drift::{Area, Cause, Difference, Explanation, Report};
}
