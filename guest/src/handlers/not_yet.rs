//! Exports that later versions fill in. Each answers that it is not supported; none pretends.

use super::Component;
use crate::bindings::exports::leaflink_sync::connector::{drift, readiness};
use crate::host::answer::Failure;

fn not_yet<T>(what: &str) -> Result<T, Failure> {
    Err(Failure::NotSupported(what.to_owned()))
}

impl readiness::Guest for Component {
    fn check_list() -> Result<Vec<readiness::Check>, Failure> {
        not_yet("the set-up check-list")
    }
}

impl drift::Guest for Component {
    fn compare(_area: drift::Area, _after: Option<String>) -> Result<drift::Report, Failure> {
        not_yet("the drift report")
    }

    fn repair(_id: String) -> Result<(), Failure> {
        not_yet("repairs")
    }
}
