//! What can go wrong with a request to the ERP.

use leaflink_sync_kit::host::{journal, mail, records, store};

/// Why the ERP did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no record with this id.
    #[error("there is no record `{0}`")]
    NotFound(String),
    /// A rule of the ERP forbids it. The text is the rule, for people.
    #[error("{0}")]
    Refused(String),
    /// SQLite failed.
    #[error("the database did not answer: {0}")]
    Database(#[from] rusqlite::Error),
    /// Somebody else has held the database for too long.
    #[error("{0}")]
    Busy(String),
}

/// The ERP's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A refusal, with its rule in plain words.
pub(crate) fn refuse<T>(rule: impl Into<String>) -> Result<T> {
    Err(Error::Refused(rule.into()))
}

impl From<Error> for records::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound(id) => Self::NotFound(id),
            Error::Refused(rule) => Self::Refused(rule),
            Error::Database(_) | Error::Busy(_) => Self::Unavailable(error.to_string()),
        }
    }
}

impl From<Error> for store::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(rule) => Self::Invalid(rule),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

impl From<Error> for mail::Error {
    fn from(error: Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<Error> for journal::Error {
    fn from(error: Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}
