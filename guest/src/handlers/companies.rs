//! `companies`: a trading partner was changed in the ERP.

use super::Component;
use crate::bindings::exports::leaflink_sync::connector::companies::Guest;
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::Failure;
use crate::host::erp;
use crate::rules::ids::CompanyId;

impl Guest for Component {
    /// Names, licences and connections matter to orders to come, which read them as they then are;
    /// orders that are in the ERP keep their customer. So there is nothing to do.
    fn on_company_change(id: String) -> Result<wit::Decision, Failure> {
        let label =
            erp::company_of(&CompanyId(id.clone()))?.map_or_else(|| id.clone(), |company| company.name);
        Ok(wit::Decision {
            stream: wit::Stream::Customers,
            subject: id,
            label,
            outcome: wit::Outcome::Unchanged,
            reasons: Vec::new(),
            effects: Vec::new(),
        })
    }
}
