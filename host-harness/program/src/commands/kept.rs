//! A kept ERP and what the component knows of it, for commands that do not need LeafLink.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use leaflink_sync_kit::host::Records;
use leaflink_sync_kit::host::records::Product;
use leaflink_sync_kit::{Calls, CompanyId};
use leaflink_sync_transport::{ApiKey, LeafLinkAccess, LeafLinkClient, Origin};
use reference_erp::Erp;

use super::tables::{self, ErpFile};
use super::{ComponentFile, component};
use crate::host::{Keys, LocalHost};

/// Records read in one go.
pub(super) const PAGE: u32 = 500;

/// A kept ERP, its company, and the component's calls for it.
pub(super) struct Kept {
    pub erp: Erp,
    pub company: CompanyId,
    pub calls: Calls,
}

impl Kept {
    /// Opens both.
    ///
    /// # Errors
    /// One of the files is not there, or is not what it should be; names it.
    pub fn open(erp: &ErpFile, component: &ComponentFile) -> anyhow::Result<Self> {
        let file = erp;
        let (erp, company) = tables::open(file)?;
        let connector = component::load_for(component, file)?;
        let calls = connector.calls(Arc::new(offline(&erp)?), company.clone());
        Ok(Self { erp, company, calls })
    }

    /// Every product of the ERP, by id.
    ///
    /// # Errors
    /// SQLite failed.
    pub fn products(&self) -> anyhow::Result<Vec<Product>> {
        let mut view = self.erp.view(&self.company)?;
        let mut all: Vec<Product> = Vec::new();
        loop {
            let page = view.list_products(all.last().map(|product| product.id.as_str()), PAGE)?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page);
        }
    }
}

/// A company's host as far as questions to the component's own state go: nothing answers where it
/// takes LeafLink to be, and it holds no keys.
pub(super) fn offline(erp: &Erp) -> anyhow::Result<LocalHost> {
    const DISCARD: u16 = 9;
    let nowhere = Origin::loopback(SocketAddr::from((Ipv4Addr::LOCALHOST, DISCARD)))?;
    let client = LeafLinkClient::new(LeafLinkAccess::new(nowhere, ApiKey::new("none")?))?;
    let keys = Keys { leaflink_webhook: None, write_token: Vec::new() };
    Ok(LocalHost::new(erp.clone(), client, keys, 0))
}
