//! Recordings on disk: one file that grows, and a few older ones.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::mask::Mask;
use super::{FORMAT, RecordedCall, Recorder};

/// How much is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingLimits {
    /// Bytes on disk after which the next file is begun.
    pub file_bytes: u64,
    /// Files kept: the one that is written, and `FILE.1`, `FILE.2`, ..., the last being the oldest.
    pub files: u32,
    /// The largest call that is kept, in bytes before compression.
    pub call_bytes: usize,
}

impl RecordingLimits {
    /// Some days of a busy company.
    pub const DEFAULT: Self = Self { file_bytes: 64 << 20, files: 8, call_bytes: 16 << 20 };
}

impl Default for RecordingLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What a recorder did so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordingStats {
    /// Calls kept.
    pub calls: u64,
    /// Their size before compression, in bytes.
    pub bytes: u64,
    /// Their size on disk, in bytes, files that were removed since included.
    pub bytes_on_disk: u64,
    /// Calls that were not kept: the disk was full, or they were larger than
    /// [`RecordingLimits::call_bytes`].
    pub lost: u64,
    /// Why the last of those was not kept.
    pub last_loss: Option<String>,
}

/// Writes calls to a file, and begins another when it is full.
pub struct FileRecorder {
    path: PathBuf,
    limits: RecordingLimits,
    mask: Mask,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Absent before the first call and after a failure; the next call begins a new one.
    file: Option<GzEncoder<Counted>>,
    stats: RecordingStats,
    failing: bool,
}

impl FileRecorder {
    /// Records to a file. One that is there already is kept as `FILE.1`.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn create(path: impl Into<PathBuf>, limits: RecordingLimits) -> io::Result<Self> {
        let path = path.into();
        let state = State { file: Some(begin(&path, limits.files)?), ..State::default() };
        Ok(Self { path, limits, mask: Mask::new(), state: Mutex::new(state) })
    }

    /// What was kept so far, and what was not.
    pub fn stats(&self) -> RecordingStats {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut stats = state.stats.clone();
        stats.bytes_on_disk += state.file.as_ref().map_or(0, |file| file.get_ref().bytes);
        stats
    }

    fn write(&self, state: &mut State, call: &RecordedCall) -> io::Result<()> {
        let mut line = self.mask.line(call)?;
        if line.len() > self.limits.call_bytes {
            let allowed = self.limits.call_bytes;
            return Err(io::Error::other(format!(
                "the call has {} bytes; a recording keeps calls of at most {allowed}",
                line.len()
            )));
        }
        line.push('\n');
        let file = match &mut state.file {
            Some(file) => file,
            none => none.insert(begin(&self.path, self.limits.files)?),
        };
        let written = file.write_all(line.as_bytes()).and_then(|()| file.flush());
        if let Err(error) = written {
            // What stands in it is whole up to the call before; it is not touched again.
            state.stats.bytes_on_disk += file.get_ref().bytes;
            state.file = None;
            return Err(error);
        }
        state.stats.calls += 1;
        state.stats.bytes += line.len() as u64;
        if file.get_ref().bytes >= self.limits.file_bytes {
            state.stats.bytes_on_disk += file.get_ref().bytes;
            if let Some(file) = state.file.take() {
                file.finish()?;
            }
        }
        Ok(())
    }
}

impl Recorder for FileRecorder {
    fn keep(&self, call: RecordedCall) -> Result<(), String> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Err(error) = self.write(&mut state, &call) else {
            state.failing = false;
            return Ok(());
        };
        let why = format!("a call of `{}` was not recorded to {}: {error}", call.call, self.path.display());
        state.stats.lost += 1;
        state.stats.last_loss = Some(why.clone());
        if std::mem::replace(&mut state.failing, true) { Ok(()) } else { Err(why) }
    }
}

/// Moves the files there are, and begins a new one.
fn begin(path: &Path, files: u32) -> io::Result<GzEncoder<Counted>> {
    for number in (0..files.max(1)).rev() {
        let older = numbered(path, number);
        if !older.exists() {
            continue;
        }
        if number + 1 < files {
            fs::rename(older, numbered(path, number + 1))?;
        } else {
            fs::remove_file(older)?;
        }
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    // It holds what the database holds.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = GzEncoder::new(Counted { file: options.open(path)?, bytes: 0 }, Compression::default());
    file.write_all(format!("{{\"leaflink-sync-recording\": {FORMAT}}}\n").as_bytes())?;
    file.flush()?;
    Ok(file)
}

/// `FILE`, `FILE.1`, `FILE.2`, ...
fn numbered(path: &Path, number: u32) -> PathBuf {
    if number == 0 {
        return path.to_owned();
    }
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{number}"));
    name.into()
}

/// A file that knows how much was written to it.
struct Counted {
    file: File,
    bytes: u64,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
