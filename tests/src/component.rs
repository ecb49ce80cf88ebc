//! The built component, as `cargo xtask build` leaves it.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use leaflink_sync_kit::{Connector, Engine, Limits};

/// The environment variable that names the component's file; `cargo xtask test` sets it.
pub const VARIABLE: &str = "LEAFLINK_SYNC_COMPONENT";

/// The environment variable that names the file of the next schema's component; `cargo xtask test`
/// sets it.
pub const NEXT_VARIABLE: &str = "LEAFLINK_SYNC_NEXT_COMPONENT";

/// Where the component is built to, seen from the workspace's root.
const BUILT: &str = "target/wasm32-unknown-unknown/component/leaflink_sync_component.wasm";
/// Where `cargo xtask test` leaves the one of the next schema.
const BUILT_NEXT: &str = "target/wasm32-unknown-unknown/component/leaflink_sync_component.next.wasm";

/// The component's file.
///
/// # Errors
/// There is none yet; says how to build it.
pub fn path() -> anyhow::Result<PathBuf> {
    find(VARIABLE, BUILT, "`cargo xtask test`, or `cargo xtask build` first,")
}

/// The file of the same component with another schema: the guest's feature `next-schema`.
///
/// # Errors
/// There is none yet; says how to build it.
pub fn next_path() -> anyhow::Result<PathBuf> {
    find(NEXT_VARIABLE, BUILT_NEXT, "`cargo xtask test`,")
}

fn find(variable: &str, built: &str, command: &str) -> anyhow::Result<PathBuf> {
    if let Some(path) = env::var_os(variable) {
        return Ok(path.into());
    }
    let path = root().join(built);
    if !path.is_file() {
        bail!(
            "the component is not built: run {command} or name its file in {variable} (looked for {})",
            path.display()
        );
    }
    Ok(path)
}

/// A file with every place of one text in it exchanged for another of the same length: a foreign
/// component, or one with a planted bug.
pub fn with_text(mut file: Vec<u8>, text: &str, other: &str) -> Vec<u8> {
    assert_eq!(text.len(), other.len());
    let places: Vec<_> =
        (0..file.len() - text.len()).filter(|at| file[*at..].starts_with(text.as_bytes())).collect();
    assert!(!places.is_empty(), "the component has no text {text:?}");
    for at in places {
        file[at..at + text.len()].copy_from_slice(other.as_bytes());
    }
    file
}

/// The component, loaded into an engine with these limits.
///
/// # Errors
/// There is none yet, or it does not fit the contract; names the file.
pub fn load(limits: Limits) -> anyhow::Result<Connector> {
    let path = path()?;
    let loaded = Engine::new(limits)?.load(&path);
    loaded.with_context(|| format!("the component {} was not loaded", path.display()))
}

/// The workspace's root.
pub fn root() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests)
}
