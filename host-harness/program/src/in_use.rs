//! The component that a kept ERP database is used with, and the one before it: files in a folder
//! beside the database, `FILE.component/`, named by their SHA-256.
//!
//! `in-use.json` there says which is which. It is replaced in one step, so that whoever reads it,
//! after a crash too, finds both files as they were before a change or as they are after it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use leaflink_sync_kit::{Connector, Digest, Engine};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

/// Says which file is which.
const LIST: &str = "in-use.json";
/// Held by whoever changes something.
const LOCK: &str = "lock";

/// The components beside one database.
pub struct InUse {
    folder: PathBuf,
}

/// Digests, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Listed {
    current: String,
    previous: Option<String>,
}

/// The right to change which file is in use, until it is dropped.
pub struct Turn(File);

impl Drop for Turn {
    fn drop(&mut self) {
        // The system does so anyway when the file is closed.
        let _ = self.0.unlock();
    }
}

impl InUse {
    /// Those of the database in this file.
    pub fn beside(erp: &Path) -> Self {
        let mut folder = OsString::from(erp);
        folder.push(".component");
        Self { folder: folder.into() }
    }

    /// The component in use.
    ///
    /// # Errors
    /// There is one, and it cannot be loaded; names the file.
    pub fn current(&self, engine: &Engine) -> anyhow::Result<Option<Connector>> {
        let Some(listed) = self.listed()? else { return Ok(None) };
        let file = self.read(&listed.current)?;
        let loaded = engine.load_bytes(&file);
        loaded.map(Some).with_context(|| self.path(&listed.current).display().to_string())
    }

    /// The digest of the component in use, in hexadecimal.
    ///
    /// # Errors
    /// What is beside the database does not say.
    pub fn current_digest(&self) -> anyhow::Result<Option<String>> {
        Ok(self.listed()?.map(|listed| listed.current))
    }

    /// The file of the component that was in use before.
    ///
    /// # Errors
    /// There is one, and it cannot be read, or is not what was put there; names the file.
    pub fn previous(&self) -> anyhow::Result<Option<Vec<u8>>> {
        let previous = self.listed()?.and_then(|listed| listed.previous);
        previous.map(|digest| self.read(&digest)).transpose()
    }

    /// Waits for nobody: one change at a time.
    ///
    /// # Errors
    /// Another process is at it, or the folder cannot be written.
    pub fn turn(&self) -> anyhow::Result<Turn> {
        let path = self.folder.join(LOCK);
        let cannot = || format!("{} cannot be written", path.display());
        fs::create_dir_all(&self.folder).with_context(cannot)?;
        let file = File::create(&path).with_context(cannot)?;
        match file.try_lock() {
            Ok(()) => Ok(Turn(file)),
            Err(fs::TryLockError::WouldBlock) => {
                bail!("another process is putting a component in place here; wait for it to end")
            }
            Err(fs::TryLockError::Error(error)) => Err(error).with_context(cannot),
        }
    }

    /// As [`put`](Self::put) for a database that was just made: nothing was in use before.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub fn begin(&self, connector: &Connector, file: &[u8]) -> anyhow::Result<()> {
        let turn = self.turn()?;
        let list = self.folder.join(LIST);
        if list.exists() {
            // Of an earlier database of that name.
            fs::remove_file(&list).with_context(|| format!("{} cannot be removed", list.display()))?;
        }
        self.put(&turn, connector, file)
    }

    /// Puts a component in use; the one in use until now is kept as the previous one, and any other
    /// is removed. The same file once more changes nothing.
    ///
    /// # Errors
    /// The folder cannot be written. Nothing was changed then.
    pub fn put(&self, _turn: &Turn, connector: &Connector, file: &[u8]) -> anyhow::Result<()> {
        let current = connector.digest().to_string();
        let listed = self.listed()?;
        if listed.as_ref().is_some_and(|listed| listed.current == current) {
            return Ok(());
        }
        self.write(&self.path(&current), file)?;
        let listed = Listed { current, previous: listed.map(|listed| listed.current) };
        self.write(&self.folder.join(LIST), serde_json::to_string_pretty(&listed)?.as_bytes())?;
        self.remove_others(&listed)
    }

    fn listed(&self) -> anyhow::Result<Option<Listed>> {
        let path = self.folder.join(LIST);
        if !path.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let listed = serde_json::from_str(&text);
        listed.map(Some).with_context(|| format!("{} does not say which component is in use", path.display()))
    }

    fn read(&self, digest: &str) -> anyhow::Result<Vec<u8>> {
        let path = self.path(digest);
        let file = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        if Digest(Sha256::digest(&file).into()).to_string() != digest {
            bail!("{} is not the file that was put there: its SHA-256 is another", path.display());
        }
        Ok(file)
    }

    fn path(&self, digest: &str) -> PathBuf {
        self.folder.join(digest).with_extension("wasm")
    }

    /// The whole file or nothing, and on the disk before it has its name.
    fn write(&self, path: &Path, content: &[u8]) -> anyhow::Result<()> {
        let write = || {
            let mut file = NamedTempFile::new_in(&self.folder)?;
            file.write_all(content)?;
            file.as_file().sync_all()?;
            file.persist(path)?;
            Ok::<_, std::io::Error>(())
        };
        write().with_context(|| format!("{} cannot be written", path.display()))
    }

    fn remove_others(&self, listed: &Listed) -> anyhow::Result<()> {
        let kept: Vec<_> = std::iter::once(&listed.current)
            .chain(&listed.previous)
            .map(|digest| self.path(digest))
            .collect();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "wasm") && !kept.contains(&path) {
                fs::remove_file(&path).with_context(|| format!("{} cannot be removed", path.display()))?;
            }
        }
        Ok(())
    }
}
