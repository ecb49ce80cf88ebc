//! What people do in the ERP's own screens.

mod form;
mod goods;
mod import;
mod master_data;
mod money;
mod orders;

use leaflink_sync_kit::host::CompanyId;

use crate::database::Db;
use crate::erp::Erp;
use crate::error::Result;

pub use form::ProductEdit;
pub use orders::{NewLine, NewSalesOrder};

/// The people of one company, and what they can do, each act in a transaction of its own.
///
/// An act that cannot be done has changed nothing: [`Error::NotFound`](crate::Error::NotFound)
/// when a record it names does not exist, [`Error::Refused`](crate::Error::Refused) with the rule
/// when the ERP forbids it.
#[derive(Clone, Copy)]
pub struct People<'a> {
    erp: &'a Erp,
    company: &'a CompanyId,
}

impl Erp {
    /// The people of a company.
    #[must_use]
    pub fn people<'a>(&'a self, company: &'a CompanyId) -> People<'a> {
        People { erp: self, company }
    }
}

impl People<'_> {
    fn act<T>(&self, work: impl FnOnce(&Db<'_>) -> Result<T>) -> Result<T> {
        let transaction = self.erp.begin(self.company)?;
        let done = work(&transaction.db())?;
        transaction.commit()?;
        Ok(done)
    }
}
