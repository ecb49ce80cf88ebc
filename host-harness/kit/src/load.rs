//! Loading a component: every check that can be made before the first call.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use wasmtime::Store;
use wasmtime::component::{Component, Instance, InstancePre};

use crate::bindings::ConnectorPre;
use crate::bindings::exports::leaflink_sync::connector as wit;
use crate::call::{bound, enter};
use crate::connector::{Connector, Digest};
use crate::engine::Engine;
use crate::error::CallError;
use crate::exports::lifecycle::Description;
use crate::state::{Access, Call, CallState};

/// The version of the contract's packages that this kit speaks.
const VERSION: &str = "0.1.0";

/// What the contract lets a component import.
const IMPORTS: [&str; 11] = [
    "leaflink-sync:connector/failures",
    "leaflink-sync:host/clock",
    "leaflink-sync:host/http",
    "leaflink-sync:host/journal",
    "leaflink-sync:host/log",
    "leaflink-sync:host/mail",
    "leaflink-sync:host/random",
    "leaflink-sync:host/records",
    "leaflink-sync:host/secrets",
    "leaflink-sync:host/store",
    "leaflink-sync:host/types",
];

/// Compares the types of one exported interface's functions with the contract's.
type TypeCheck = fn(&InstancePre<CallState>, &Instance, &mut Store<CallState>) -> wasmtime::Result<()>;

macro_rules! interfaces {
    ($($name:literal $module:ident,)*) => {
        [$((
            concat!("leaflink-sync:connector/", $name),
            |pre, instance, store| {
                wit::$module::GuestIndices::new(pre)?.load(store, instance).map(drop)
            },
        )),*]
    };
}

/// What the contract wants a component to export.
const EXPORTS: [(&str, TypeCheck); 19] = interfaces![
    "lifecycle" lifecycle,
    "orders" orders,
    "sales-orders" sales_orders,
    "products" products,
    "companies" companies,
    "inventory" inventory,
    "payments" payments,
    "transfers" transfers,
    "webhooks" webhooks,
    "polling" polling,
    "delivery" delivery,
    "settings" settings,
    "users" users,
    "product-links" product_links,
    "product-choices" product_choices,
    "customer-links" customer_links,
    "readiness" readiness,
    "insight" insight,
    "drift" drift,
];

/// Why a file was not loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file could not be read.
    #[error("the component {} cannot be read: {source}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The file is larger than [`Limits::component_bytes`](crate::Limits::component_bytes).
    #[error("the component is larger than {limit} bytes, the most that is loaded")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The bytes are not WebAssembly at all.
    #[error("this is not a WebAssembly file: it does not begin with the bytes `\\0asm`")]
    NotWasm,
    /// The bytes are a core module.
    #[error(
        "this is a WebAssembly core module, not a component; make a component of it with \
         `wasm-tools component new`"
    )]
    CoreModule,
    /// The bytes are WebAssembly of a kind that this kit does not know.
    #[error("this is WebAssembly of an unknown version; it needs a newer kit")]
    UnknownVersion,
    /// The file ends too soon.
    #[error("the file is cut off: a section goes on past its {bytes} bytes; copy it again")]
    Truncated {
        /// The bytes that are there.
        bytes: usize,
    },
    /// The file is no valid component, or needs a WebAssembly feature that is switched off.
    #[error("the file is not a valid component: {0:#}")]
    Invalid(#[source] anyhow::Error),
    /// The component wants something that the contract does not give.
    #[error(
        "the component imports `{name}`, which is not part of the contract; a connector may \
         import the interfaces of `leaflink-sync:host` only"
    )]
    ForeignImport {
        /// The import.
        name: String,
    },
    /// The component lacks an interface of the contract, or has it in another version.
    #[error("the component does not export `{name}`, which the contract asks for")]
    MissingExport {
        /// The interface.
        name: String,
    },
    /// A function or type of one of the interfaces is not that of the contract.
    #[error("the component does not fit version {VERSION} of the contract: {0:#}")]
    Mismatch(#[source] anyhow::Error),
    /// The component could not say what it is.
    #[error("the component cannot say what it is: {0}")]
    Describe(#[source] CallError),
    /// The component's account of its state schemas makes no sense.
    #[error(
        "the component says that it writes state schema {writes} and reads none older than \
         {oldest}, so it could not read its own state"
    )]
    Schemas {
        /// The schema that it writes.
        writes: u32,
        /// The oldest that it can read.
        oldest: u32,
    },
}

impl Engine {
    /// Loads a component from a file. Compiling it takes some tenths of a second, so do this
    /// before the swap and not in it.
    pub fn load(&self, path: impl AsRef<Path>) -> Result<Connector, LoadError> {
        let path = path.as_ref();
        let bytes = read(path, self.limits().component_bytes)
            .map_err(|source| LoadError::Unreadable { path: path.to_owned(), source })?;
        self.load_bytes(&bytes)
    }

    /// Loads a component from memory; see [`load`](Engine::load).
    pub fn load_bytes(&self, bytes: &[u8]) -> Result<Connector, LoadError> {
        let limit = self.limits().component_bytes;
        if bytes.len() > limit {
            return Err(LoadError::TooLarge { limit });
        }
        check_framing(bytes)?;
        let component = Component::from_binary(&self.0.wasmtime, bytes)
            .map_err(|error| LoadError::Invalid(error.into()))?;
        self.check_names(&component)?;
        let pre = self.0.linker.instantiate_pre(&component);
        let pre = pre.map_err(|error| LoadError::Mismatch(error.into()))?;
        self.check_types(&pre)?;
        let pre = ConnectorPre::new(pre).map_err(|error| LoadError::Mismatch(error.into()))?;
        let description = self.describe(&pre)?;
        let digest = Digest(Sha256::digest(bytes).into());
        Ok(Connector::new(self.clone(), pre, digest, description))
    }

    /// Whether every import is one of the contract's, and every export of the contract is there.
    fn check_names(&self, component: &Component) -> Result<(), LoadError> {
        let component_type = component.component_type();
        for (name, _) in component_type.imports(&self.0.wasmtime) {
            let (interface, _version) = name.split_once('@').unwrap_or((name, ""));
            if !IMPORTS.contains(&interface) {
                return Err(LoadError::ForeignImport { name: name.to_owned() });
            }
        }
        for (interface, _) in EXPORTS {
            let name = format!("{interface}@{VERSION}");
            if component.get_export_index(None, &name).is_none() {
                return Err(LoadError::MissingExport { name });
            }
        }
        Ok(())
    }

    /// Whether every exported function has the contract's type, which shows on an instance only.
    fn check_types(&self, pre: &InstancePre<CallState>) -> Result<(), LoadError> {
        let _slot = self.0.slots.take();
        let state = CallState::new(DESCRIBE, self.limits(), None);
        let mut store = Store::new(&self.0.wasmtime, state);
        let instance = bound(&mut store, self.limits())
            .and_then(|()| pre.instantiate(&mut store))
            .map_err(|error| LoadError::Describe(CallError::from_wasmtime(error, store.data())))?;
        for (interface, check) in EXPORTS {
            check(pre, &instance, &mut store).map_err(|error| {
                let named = anyhow::Error::from(error).context(format!("`{interface}`"));
                LoadError::Mismatch(named)
            })?;
        }
        Ok(())
    }

    fn describe(&self, pre: &ConnectorPre<CallState>) -> Result<Description, LoadError> {
        let (outcome, ..) = enter(self, pre, DESCRIBE, None, |connector, store| {
            let lifecycle = connector.leaflink_sync_connector_lifecycle();
            lifecycle.call_describe(store).map(Ok)
        });
        let description = outcome.map_err(LoadError::Describe)?;
        let (writes, oldest) = (description.state_schema, description.oldest_readable_schema);
        if oldest > writes {
            return Err(LoadError::Schemas { writes, oldest });
        }
        Ok(description)
    }
}

const DESCRIBE: Call = Call { name: "describe", access: Access::Nothing };

/// Reads a file, but no more of it than shows that it is too large.
fn read(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take((limit as u64).saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

const MAGIC: &[u8] = b"\0asm";
const CORE_VERSION: &[u8] = &[1, 0, 0, 0];
const COMPONENT_VERSION: &[u8] = &[0x0d, 0, 1, 0];

/// Whether these bytes are a component whose sections are all there. What is inside the sections
/// is for wasmtime to judge; its messages name offsets, which say little to the person with the
/// wrong or half-copied file.
fn check_framing(bytes: &[u8]) -> Result<(), LoadError> {
    let truncated = LoadError::Truncated { bytes: bytes.len() };
    let Some(rest) = bytes.strip_prefix(MAGIC) else {
        return Err(LoadError::NotWasm);
    };
    let Some((version, mut rest)) = rest.split_at_checked(4) else {
        return Err(truncated);
    };
    match version {
        COMPONENT_VERSION => {}
        CORE_VERSION => return Err(LoadError::CoreModule),
        _ => return Err(LoadError::UnknownVersion),
    }
    while let Some((_id, after_id)) = rest.split_first() {
        let Some((size, content)) = leb128(after_id) else {
            return Err(truncated);
        };
        let Some(next) = usize::try_from(size).ok().and_then(|size| content.get(size..)) else {
            return Err(truncated);
        };
        rest = next;
    }
    Ok(())
}

/// A variable-length number and what follows it; nothing if it does not end.
fn leb128(bytes: &[u8]) -> Option<(u64, &[u8])> {
    const MOST_BYTES: usize = 5;
    let end = bytes.iter().take(MOST_BYTES).position(|byte| byte & 0x80 == 0)? + 1;
    let (number, rest) = bytes.split_at(end);
    let value = number.iter().rev().fold(0, |value, byte| (value << 7) | u64::from(byte & 0x7f));
    Some((value, rest))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use wit_parser::{Resolve, WorldItem};

    use super::*;

    /// The interfaces of one side of the contract's world.
    fn interfaces<'a>(resolve: &Resolve, items: impl Iterator<Item = &'a WorldItem>) -> Vec<String> {
        let mut names: Vec<_> = items
            .filter_map(|item| match item {
                WorldItem::Interface { id, .. } => resolve.id_of(*id),
                _ => None,
            })
            .collect();
        names.sort();
        names
    }

    fn versioned<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
        let mut names: Vec<_> = names.map(|name| format!("{name}@{VERSION}")).collect();
        names.sort();
        names
    }

    #[test]
    fn the_lists_are_those_of_the_contract() {
        let mut resolve = Resolve::default();
        let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
        let (package, _) = resolve.push_path(wit).expect("the contract");
        let world = resolve.select_world(&[package], Some("connector")).expect("its world");
        let world = &resolve.worlds[world];
        assert_eq!(interfaces(&resolve, world.imports.values()), versioned(IMPORTS.into_iter()));
        assert_eq!(
            interfaces(&resolve, world.exports.values()),
            versioned(EXPORTS.into_iter().map(|(name, _)| name))
        );
    }
}
