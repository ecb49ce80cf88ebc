//! Where things lie, and how other programs are started.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folders of this checkout; all paths are absolute.
pub struct Workspace {
    /// The folder of the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// Where cargo puts what it builds.
    pub target_dir: PathBuf,
    /// Where the person stood when they typed the command.
    pub invoked_in: PathBuf,
}

impl Workspace {
    /// Fails when the current folder cannot be read.
    pub fn find() -> Result<Self, String> {
        // Cargo says at run time where the package lies, which stays true when the checkout is
        // moved together with its built files; without cargo, the place it was compiled in.
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = package.parent().unwrap_or(&package).to_owned();
        let invoked_in =
            env::current_dir().map_err(|error| format!("the current folder cannot be read: {error}"))?;
        let target_dir = target_dir(&root, &invoked_in, env::var_os("CARGO_TARGET_DIR"));
        Ok(Self { root, target_dir, invoked_in })
    }

    /// A cargo of the same toolchain, to run at the root.
    pub fn cargo<const N: usize>(&self, args: [&str; N]) -> Command {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(args).current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target_dir);
        // What `cargo run` told us about our own package would look to some build scripts (ring's)
        // like a change, and have them run again whenever `cargo` and `cargo xtask` alternate.
        for (name, _) in env::vars_os() {
            if describes_this_package(&name) {
                command.env_remove(name);
            }
        }
        command
    }
}

/// The environment variable counts from where cargo was started, as cargo has it.
fn target_dir(root: &Path, invoked_in: &Path, variable: Option<OsString>) -> PathBuf {
    match variable {
        Some(dir) => invoked_in.join(dir),
        None => root.join("target"),
    }
}

fn describes_this_package(variable: &OsStr) -> bool {
    variable
        .to_str()
        .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
}

/// Says what begins now.
pub fn heading(what: &str) {
    eprintln!("xtask: {what}");
}

/// Runs a command with this terminal as its own. When it does not succeed, the error is `failure`,
/// a sentence for the person, who has seen the command's own message.
pub fn run(mut command: Command, failure: &str) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(failure.to_owned()),
        Err(error) => Err(cannot_start(&command, &error)),
    }
}

/// The sentence for a command that is not there or may not be run.
pub fn cannot_start(command: &Command, error: &std::io::Error) -> String {
    format!("`{}` cannot be started: {error}", command.get_program().display())
}

#[cfg(test)]
mod tests {
    use super::{Workspace, describes_this_package, target_dir};
    use std::path::Path;

    #[test]
    fn target_dir_follows_the_variable_from_where_cargo_was_started() {
        let (root, inside) = (Path::new("/checkout"), Path::new("/checkout/guest"));
        let dir = |variable: Option<&str>| target_dir(root, inside, variable.map(Into::into));
        assert_eq!(dir(None), Path::new("/checkout/target"));
        assert_eq!(dir(Some("out")), Path::new("/checkout/guest/out"));
        assert_eq!(dir(Some("/elsewhere")), Path::new("/elsewhere"));
    }

    #[test]
    fn the_root_holds_the_workspace_manifest() {
        let root = Workspace::find().expect("a workspace").root;
        let manifest = std::fs::read_to_string(root.join("Cargo.toml")).expect("a manifest");
        assert!(manifest.contains("[workspace]"));
    }

    #[test]
    fn only_this_package_is_hidden_from_the_cargo_below() {
        assert!(describes_this_package("CARGO_PKG_NAME".as_ref()));
        assert!(describes_this_package("CARGO_MANIFEST_DIR".as_ref()));
        assert!(!describes_this_package("CARGO_HOME".as_ref()));
        assert!(!describes_this_package("CARGO_NET_OFFLINE".as_ref()));
    }
}
