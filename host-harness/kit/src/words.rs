//! The words of the contract's enumerations, as `wit/` spells them: for logs, metrics and data.

use crate::host::http::Method;
use crate::host::types::{Outcome, Stream};

/// The part of the sync that a decision belongs to, such as `sales-orders`.
pub fn stream(stream: Stream) -> &'static str {
    match stream {
        Stream::Orders => "orders",
        Stream::SalesOrders => "sales-orders",
        Stream::Customers => "customers",
        Stream::Products => "products",
        Stream::Prices => "prices",
        Stream::Stock => "stock",
        Stream::Payments => "payments",
        Stream::Transfers => "transfers",
        Stream::Webhooks => "webhooks",
        Stream::Delivery => "delivery",
        Stream::Users => "users",
        Stream::Settings => "settings",
    }
}

/// What came of a decision, such as `held`.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Applied => "applied",
        Outcome::Unchanged => "unchanged",
        Outcome::Held => "held",
        Outcome::Ignored => "ignored",
        Outcome::Refused => "refused",
        Outcome::Parked => "parked",
    }
}

/// The method as it stands in a request line, such as `PATCH`.
pub fn method(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
    }
}
