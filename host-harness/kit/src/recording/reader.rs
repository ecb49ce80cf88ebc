//! Reading recordings.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::{FORMAT, RecordedCall};

/// Why a recording cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file is not there or cannot be read.
    #[error("the recording {} cannot be read: {source}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The file is something else.
    #[error("{} is no recording: it does not begin with the line that `--record` writes", .path.display())]
    NotARecording {
        /// The file.
        path: PathBuf,
    },
    /// The file is of a later program.
    #[error("the recording {} is of format {format}; this program reads {FORMAT}", .path.display())]
    OtherFormat {
        /// The file.
        path: PathBuf,
        /// Its format.
        format: u64,
    },
    /// A call in it is not one.
    #[error("{}, line {line}: this is no recorded call: {problem}", .path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Counted from 1, once it is unpacked.
        line: u64,
        /// What is wrong.
        problem: serde_json::Error,
    },
}

/// The calls of one recording, in the order in which they ended.
pub struct Reader {
    path: PathBuf,
    lines: BufReader<MultiGzDecoder<File>>,
    line: u64,
    cut_off: bool,
}

impl Reader {
    /// Opens a recording.
    ///
    /// # Errors
    /// It is not there, or is something else.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, RecordingError> {
        let path = path.as_ref().to_owned();
        let unreadable = |source| RecordingError::Unreadable { path: path.clone(), source };
        let file = File::open(&path).map_err(unreadable)?;
        let mut reader = Self {
            lines: BufReader::new(MultiGzDecoder::new(file)),
            line: 0,
            cut_off: false,
            path: path.clone(),
        };
        let not_a_recording = || RecordingError::NotARecording { path: path.clone() };
        let first = match reader.next_line() {
            Ok(Some(line)) => line,
            Ok(None) => return Err(not_a_recording()),
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Err(not_a_recording()),
            Err(error) => return Err(unreadable(error)),
        };
        let header: serde_json::Value = serde_json::from_str(&first).map_err(|_| not_a_recording())?;
        match header["leaflink-sync-recording"].as_u64() {
            Some(format) if format == u64::from(FORMAT) => Ok(reader),
            Some(format) => Err(RecordingError::OtherFormat { path, format }),
            None => Err(not_a_recording()),
        }
    }

    /// Whether the file ended in the middle of a call, as it does when its process died. Known once
    /// every call was read.
    pub fn cut_off(&self) -> bool {
        self.cut_off
    }

    /// The next line that is there as a whole.
    fn next_line(&mut self) -> io::Result<Option<String>> {
        let mut line = String::new();
        match self.lines.read_line(&mut line) {
            Ok(_) if line.ends_with('\n') => {
                self.line += 1;
                Ok(Some(line))
            }
            Ok(_) => {
                self.cut_off |= !line.is_empty();
                Ok(None)
            }
            // Nobody closed the file: it is still written to, or its process died.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                self.cut_off |= !line.is_empty();
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

impl Iterator for Reader {
    type Item = Result<RecordedCall, RecordingError>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = match self.next_line() {
            Ok(line) => line?,
            Err(source) => {
                return Some(Err(RecordingError::Unreadable { path: self.path.clone(), source }));
            }
        };
        let (path, line_number) = (&self.path, self.line);
        Some(serde_json::from_str(&line).map_err(|problem| RecordingError::Malformed {
            path: path.clone(),
            line: line_number,
            problem,
        }))
    }
}
