//! The component's build.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::names::without_names;
use crate::target;
use crate::workspace::{Workspace, heading, run};

/// The package that holds the component.
pub const PACKAGE: &str = "leaflink-sync-component";

/// The profile of the workspace's `Cargo.toml` that it is built with.
const PROFILE: &str = "component";

/// A component on disk.
pub struct Built {
    /// Absolute.
    pub path: PathBuf,
    /// The size of the file.
    pub bytes: u64,
}

/// Builds the component if its sources or the checked-out revision changed since the last build.
/// Fails when the target cannot be added or the sources do not compile.
pub fn build(workspace: &Workspace) -> Result<Built, String> {
    target::ensure(workspace)?;

    heading("building the component");
    compile(workspace, &[])
}

/// Builds the component of the next schema, which tests put in the other's place. It is left beside
/// that, which must be built after it: cargo gives both the same name.
pub fn build_next(workspace: &Workspace) -> Result<Built, String> {
    target::ensure(workspace)?;

    heading("building the component of the next schema, for tests");
    let built = compile(workspace, &["--features", "next-schema"])?;
    let path = built.path.with_extension("next.wasm");
    fs::copy(&built.path, &path)
        .map_err(|error| format!("{} could not be written: {error}", path.display()))?;
    Ok(Built { path, ..built })
}

fn compile(workspace: &Workspace, features: &[&str]) -> Result<Built, String> {
    let mut cargo = workspace.cargo(["build", "--locked", "--package", PACKAGE]);
    cargo
        .args(["--profile", PROFILE, "--target", target::NAME])
        .args(features)
        .arg("--config")
        .arg(same_bytes_everywhere(&workspace.root))
        .env("LEAFLINK_SYNC_REVISION", revision(&workspace.root))
        // Either would replace the linker arguments that `.cargo/config.toml` gives for the target.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    run(cargo, "the component could not be built; cargo's message above says why")?;

    // The linker of `.cargo/config.toml` leaves a component here, not a core module.
    let path = workspace
        .target_dir
        .join(target::NAME)
        .join(PROFILE)
        .join(PACKAGE.replace('-', "_"))
        .with_extension("wasm");
    let linked = fs::read(&path)
        .map_err(|error| format!("the component was built but is not at {}: {error}", path.display()))?;
    let component = without_names(&linked)
        .ok_or_else(|| format!("{} was built but is not a component", path.display()))?;
    if component != linked {
        fs::write(&path, &component)
            .map_err(|error| format!("{} could not be written: {error}", path.display()))?;
    }
    Ok(Built { path, bytes: component.len() as u64 })
}

/// The setting that keeps the paths of this machine out of the component's panic messages, so that
/// two machines build the same bytes. Cargo joins it to the flags of `.cargo/config.toml`.
fn same_bytes_everywhere(root: &Path) -> String {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
    let mut flags = vec![format!("{:?}", format!("--remap-path-prefix={}=.", root.display()))];
    flags.extend(home.map(|home| format!("{:?}", format!("--remap-path-prefix={}=cargo", home.display()))));
    format!("target.{}.rustflags=[{}]", target::NAME, flags.join(", "))
}

/// The git revision of the checkout, with `-dirty` when tracked files differ from it; `unknown`
/// when git or its records are missing, as in an unpacked archive.
fn revision(root: &Path) -> String {
    const UNKNOWN: &str = "unknown";

    // An archive unpacked inside some other checkout must not carry that one's revision.
    if !root.join(".git").exists() {
        return UNKNOWN.to_owned();
    }
    let described = Command::new("git")
        .args(["describe", "--always", "--abbrev=12", "--dirty"])
        // No tags: always the revision itself.
        .args(["--exclude", "*"])
        .current_dir(root)
        .output();
    match described {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).trim().to_owned(),
        _ => UNKNOWN.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::revision;
    use std::path::Path;

    #[test]
    fn a_folder_inside_a_checkout_does_not_borrow_its_revision() {
        assert_eq!(revision(Path::new(env!("CARGO_MANIFEST_DIR"))), "unknown");
    }
}
