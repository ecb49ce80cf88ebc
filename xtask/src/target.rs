//! The Rust target that the component is compiled for.

use std::env;
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use crate::workspace::{Workspace, cannot_start, heading};

/// Wasm without any operating system below it: the component can reach nothing but its imports.
pub const NAME: &str = "wasm32-unknown-unknown";

/// For a download of some twenty megabytes; it takes seconds where the network works at all.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(60);

/// Adds the target unless it is there already, by whatever means it came. Fails when rustup is
/// needed and is missing, does not succeed, or takes longer than a minute.
pub fn ensure(workspace: &Workspace) -> Result<(), String> {
    if library_dir(workspace)?.is_dir() {
        return Ok(());
    }
    heading("adding the wasm32 target");
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", NAME]).current_dir(&workspace.root);
    match run_within(&mut rustup, DOWNLOAD_LIMIT) {
        Ok(Some(status)) if status.success() => Ok(()),
        Ok(Some(_)) => Err(format!(
            "the Rust target {NAME} is missing and `rustup target add {NAME}` failed; see its \
             message above, put that right and run this again"
        )),
        Ok(None) => Err(format!(
            "the Rust target {NAME} is missing and `rustup target add {NAME}` took more than {} \
             seconds; check the network and run this again",
            DOWNLOAD_LIMIT.as_secs()
        )),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(format!(
            "the Rust target {NAME} is missing and there is no rustup to add it; install rustup \
             (https://rustup.rs), or the target by the way this Rust was installed"
        )),
        Err(error) => Err(cannot_start(&rustup, &error)),
    }
}

/// Where the standard library for the target lies, or would lie.
fn library_dir(workspace: &Workspace) -> Result<PathBuf, String> {
    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.args(["--print", "target-libdir", "--target", NAME]).current_dir(&workspace.root);
    let output = rustc.output().map_err(|error| cannot_start(&rustc, &error))?;
    if !output.status.success() {
        return Err(format!(
            "rustc does not know the target {NAME}: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        ));
    }
    let printed = String::from_utf8_lossy(&output.stdout);
    Ok(PathBuf::from(printed.trim()))
}

/// Runs a command with this terminal as its own; `None` when it had to be ended at the limit.
fn run_within(command: &mut Command, limit: Duration) -> io::Result<Option<ExitStatus>> {
    const LOOK_EVERY: Duration = Duration::from_millis(50);

    let started = Instant::now();
    let mut child = command.spawn()?;
    while started.elapsed() < limit {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        thread::sleep(LOOK_EVERY);
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}
