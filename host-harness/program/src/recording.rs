//! Keeping every call of the component in a file, as `--record` asks.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use leaflink_sync_kit::recording::{FileRecorder, Recorder, RecordingLimits};

use crate::words::count;

/// A recording under way.
pub struct Recording {
    path: PathBuf,
    recorder: Arc<FileRecorder>,
}

impl Recording {
    /// Begins a recording; a file that is there already is kept as `FILE.1`.
    ///
    /// # Errors
    /// The file cannot be made; names it.
    pub fn begin(path: &Path) -> anyhow::Result<Self> {
        let recorder = FileRecorder::create(path, RecordingLimits::DEFAULT);
        let recorder = recorder.with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(Self { path: path.to_owned(), recorder: Arc::new(recorder) })
    }

    /// What keeps the calls.
    pub fn recorder(&self) -> Arc<dyn Recorder> {
        self.recorder.clone()
    }

    /// What was kept, in a line.
    ///
    /// # Errors
    /// A call was not kept; says why.
    pub fn end(&self) -> anyhow::Result<String> {
        let stats = self.recorder.stats();
        if let Some(loss) = stats.last_loss {
            bail!(
                "{} is incomplete, {} lost: {loss}",
                self.path.display(),
                count(stats.lost as usize, "call")
            );
        }
        let each = stats.bytes_on_disk / stats.calls.max(1);
        Ok(format!(
            "{} recorded to {}: {} bytes, {each} for a call\n",
            count(stats.calls as usize, "call"),
            self.path.display(),
            stats.bytes_on_disk
        ))
    }
}
