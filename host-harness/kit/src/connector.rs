//! A loaded component.

use std::fmt;
use std::sync::Arc;

use crate::bindings::ConnectorPre;
use crate::call::enter;
use crate::calls::Calls;
use crate::engine::Engine;
use crate::error::CallError;
use crate::exports::{lifecycle, settings};
use crate::host::{CompanyId, Host};
use crate::state::{Access, Call, CallState};

/// A loaded component, ready to be called from any thread. A clone is the same component.
///
/// To swap in another file while calls go on, use a [`Slot`](crate::swap::Slot).
#[derive(Clone)]
pub struct Connector(Arc<Loaded>);

struct Loaded {
    engine: Engine,
    pre: ConnectorPre<CallState>,
    digest: Digest,
    description: lifecycle::Description,
}

impl Connector {
    pub(crate) fn new(
        engine: Engine,
        pre: ConnectorPre<CallState>,
        digest: Digest,
        description: lifecycle::Description,
    ) -> Self {
        Self(Arc::new(Loaded { engine, pre, digest, description }))
    }

    /// The calls that can be made on behalf of one company.
    pub fn calls(&self, host: Arc<dyn Host>, company: CompanyId) -> Calls {
        Calls::new(self.clone(), host, company)
    }

    /// What the component said of itself when it was loaded.
    pub fn description(&self) -> &lifecycle::Description {
        &self.0.description
    }

    /// Version and source revision, as journal and log have them.
    pub(crate) fn name_and_revision(&self) -> String {
        let described = &self.0.description;
        format!("{} ({})", described.version, described.revision)
    }

    /// The file's SHA-256 digest: what tells one build from another.
    pub fn digest(&self) -> Digest {
        self.0.digest
    }

    /// The interfaces that the component imports, with their versions.
    pub fn imports(&self) -> Vec<String> {
        let component = self.0.pre.instance_pre().component().component_type();
        component.imports(&self.0.engine.0.wasmtime).map(|(name, _)| name.to_owned()).collect()
    }

    /// The interfaces that the component exports, with their versions.
    pub fn exports(&self) -> Vec<String> {
        let component = self.0.pre.instance_pre().component().component_type();
        component.exports(&self.0.engine.0.wasmtime).map(|(name, _)| name.to_owned()).collect()
    }

    /// Every reason code that the component can give.
    pub fn reasons(&self) -> Result<Vec<lifecycle::ReasonDefinition>, CallError> {
        let call = Call { name: "reasons", access: Access::Nothing };
        let (outcome, ..) = enter(&self.0.engine, &self.0.pre, call, None, |connector, store| {
            let reasons = connector.leaflink_sync_connector_lifecycle();
            reasons.call_reasons(store).map(Ok)
        });
        outcome
    }

    /// Every setting, in the order in which a page should show them.
    pub fn setting_definitions(&self) -> Result<Vec<settings::Definition>, CallError> {
        let call = Call { name: "settings.definitions", access: Access::Nothing };
        let (outcome, ..) = enter(&self.0.engine, &self.0.pre, call, None, |connector, store| {
            let settings = connector.leaflink_sync_connector_settings();
            settings.call_definitions(store).map(Ok)
        });
        outcome
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.0.engine
    }

    pub(crate) fn pre(&self) -> &ConnectorPre<CallState> {
        &self.0.pre
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector")
            .field("description", &self.0.description)
            .field("digest", &self.0.digest.to_string())
            .finish_non_exhaustive()
    }
}

/// A SHA-256 digest, shown in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
