//! Finding and loading the component.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use leaflink_sync_kit::{Connector, Engine, Limits, LoadError};

use super::ComponentFile;
use super::tables::ErpFile;
use crate::in_use::InUse;

/// Names the component where the command line does not.
const VARIABLE: &str = "LEAFLINK_SYNC_COMPONENT";
/// Where `cargo xtask build` puts it, seen from the folder of cargo's that holds this program's.
const BUILT: &str = "wasm32-unknown-unknown/component/leaflink_sync_component.wasm";

/// Loads the component that the command line names, or the one that was built.
///
/// # Errors
/// There is none, or the file is no connector; names the file.
pub fn load(wish: &ComponentFile) -> anyhow::Result<Connector> {
    load_file(&path(wish)?)
}

/// Loads the component that the command line names, or else the one in use for a kept ERP, or else the
/// one that was built.
///
/// # Errors
/// As [`load`].
pub(super) fn load_for(wish: &ComponentFile, erp: &ErpFile) -> anyhow::Result<Connector> {
    if wish.component.is_none()
        && let Some(connector) = InUse::beside(erp.path()).current(&Engine::new(Limits::DEFAULT)?)?
    {
        return Ok(connector);
    }
    load(wish)
}

/// The file that [`load`] loads.
///
/// # Errors
/// There is none.
pub fn path(wish: &ComponentFile) -> anyhow::Result<PathBuf> {
    wish.component.clone().map_or_else(built, Ok)
}

/// Loads one file.
pub(super) fn load_file(path: &Path) -> anyhow::Result<Connector> {
    let engine = Engine::new(Limits::DEFAULT)?;
    engine.load(path).map_err(|error| match error {
        LoadError::Unreadable { .. } => anyhow!("{error}"),
        // These do not name the file, and each has told its cause.
        _ => anyhow!("{}: {error}", path.display()),
    })
}

fn built() -> anyhow::Result<PathBuf> {
    if let Some(path) = env::var_os(VARIABLE) {
        return Ok(path.into());
    }
    let program = env::current_exe().context("this program's own place cannot be found")?;
    // target/debug/leaflink-sync, or target/debug/deps/... for a test.
    let found = program.ancestors().map(|folder| folder.join(BUILT)).find(|path| path.is_file());
    match found {
        Some(path) => Ok(path),
        None => bail!("no component was built yet: run `cargo xtask build`, or name one with --component"),
    }
}
