//! The schema of a company's stored state, and whether a component may be let near it.
//!
//! The component keeps the schema of its state under [`SCHEMA_KEY`], in a form that is the same in all
//! its versions: the number, or an object with `from` and `to` while a migration is under way. So the kit can see, in the very transaction of a
//! call, what is there: state that a newer file wrote is never read by an older one, and state that
//! must be migrated first is left alone, whichever process tries.

use std::fmt;

use crate::error::CallError;
use crate::exports::lifecycle::Description;
use crate::host::{Transaction, store};

/// Where the component keeps the schema.
pub const SCHEMA_KEY: &str = "meta/schema";

/// The schema of state that bears no mark.
const FIRST: u32 = 1;

/// The schema of a company's stored state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredSchema {
    /// Nothing is stored: the company is new.
    Nothing,
    /// All of it is of this schema; state without a mark counts as of the first.
    Whole(u32),
    /// A migration began and has not come to its end.
    UnderWay {
        /// The schema that some of it still is of.
        from: u32,
        /// The schema that the rest is of.
        to: u32,
    },
}

impl fmt::Display for StoredSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoredSchema::Nothing => f.write_str("no schema yet"),
            StoredSchema::Whole(schema) => write!(f, "schema {schema}"),
            StoredSchema::UnderWay { from, to } => {
                write!(f, "schema {from} on its way to {to}")
            }
        }
    }
}

/// What a component can do with stored state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Work with it.
    Ready,
    /// Work with it once `migrate` is through.
    AfterMigration,
    /// Nothing: a newer component wrote it.
    TooNew,
    /// Nothing: it is older than the oldest that the component can read.
    TooOld,
}

impl StoredSchema {
    /// What a component can do with state of this schema.
    pub fn fit(self, component: &Description) -> Fit {
        let (writes, oldest) = (component.state_schema, component.oldest_readable_schema);
        let (from, to) = match self {
            // A later file puts its mark with `migrate`, before anything is stored that counts as of the
            // first schema without one.
            StoredSchema::Nothing if writes == FIRST => return Fit::Ready,
            StoredSchema::Nothing => return Fit::AfterMigration,
            StoredSchema::Whole(schema) => (schema, schema),
            StoredSchema::UnderWay { from, to } => (from, to),
        };
        match () {
            () if to > writes => Fit::TooNew,
            () if from < oldest => Fit::TooOld,
            () if from == writes => Fit::Ready,
            () => Fit::AfterMigration,
        }
    }

    /// The schema as a transaction sees it.
    ///
    /// # Errors
    /// The database does not answer, or what stands there is no mark of any component.
    pub fn read(tx: &mut dyn Transaction) -> anyhow::Result<Self> {
        let unread = |error| match error {
            store::Error::Invalid(text)
            | store::Error::QuotaExceeded(text)
            | store::Error::Unavailable(text) => {
                anyhow::anyhow!("the schema of the stored state cannot be read: {text}")
            }
        };
        match tx.get(SCHEMA_KEY).map_err(unread)? {
            None if tx.scan("", None, 1).map_err(unread)?.is_empty() => Ok(StoredSchema::Nothing),
            None => Ok(StoredSchema::Whole(FIRST)),
            Some(mark) => Self::parse(&mark).ok_or_else(|| {
                anyhow::anyhow!(
                    "`{SCHEMA_KEY}` of the stored state holds {:?}, which is no schema; was it written by \
                     something else?",
                    String::from_utf8_lossy(&mark)
                )
            }),
        }
    }

    fn parse(mark: &[u8]) -> Option<Self> {
        let mark: serde_json::Value = serde_json::from_slice(mark).ok()?;
        let number = |value: &serde_json::Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
        if let Some(schema) = number(&mark) {
            return Some(StoredSchema::Whole(schema));
        }
        Some(StoredSchema::UnderWay { from: number(&mark["from"])?, to: number(&mark["to"])? })
    }
}

/// Lets a call go on, or says why it may not.
pub(crate) fn admit(
    call: &'static str,
    component: &Description,
    tx: &mut dyn Transaction,
) -> Result<(), CallError> {
    let stored = StoredSchema::read(tx).map_err(|source| CallError::Host { call, source })?;
    match stored.fit(component) {
        Fit::Ready => Ok(()),
        // It is what makes the state ready; with state that it cannot read it says so itself.
        _ if call == MIGRATE => Ok(()),
        fit => Err(CallError::Schema {
            call,
            stored,
            writes: component.state_schema,
            oldest: component.oldest_readable_schema,
            fit,
        }),
    }
}

/// The one call that is made on state of another schema.
pub(crate) const MIGRATE: &str = "migrate";

#[cfg(test)]
mod tests {
    use super::*;

    fn component(oldest: u32, writes: u32) -> Description {
        Description {
            name: String::new(),
            version: String::new(),
            revision: String::new(),
            state_schema: writes,
            oldest_readable_schema: oldest,
        }
    }

    #[test]
    fn a_component_works_with_its_own_schema_and_migrates_what_it_can_read() {
        let whole = StoredSchema::Whole;
        let under_way = |from, to| StoredSchema::UnderWay { from, to };
        for (stored, oldest, writes, fit) in [
            (whole(2), 1, 2, Fit::Ready),
            (whole(1), 1, 2, Fit::AfterMigration),
            (whole(1), 2, 2, Fit::TooOld),
            (whole(3), 1, 2, Fit::TooNew),
            (under_way(1, 2), 1, 2, Fit::AfterMigration),
            (under_way(1, 2), 1, 1, Fit::TooNew),
            (under_way(1, 2), 1, 3, Fit::AfterMigration),
            (under_way(1, 2), 2, 3, Fit::TooOld),
            (StoredSchema::Nothing, 1, 1, Fit::Ready),
            (StoredSchema::Nothing, 2, 2, Fit::AfterMigration),
        ] {
            assert_eq!(stored.fit(&component(oldest, writes)), fit, "{stored} on {oldest} to {writes}");
        }
    }

    #[test]
    fn marks_are_read() {
        for (mark, stored) in [
            ("1", Some(StoredSchema::Whole(1))),
            (r#"{"from":1,"to":2,"after":"order/x"}"#, Some(StoredSchema::UnderWay { from: 1, to: 2 })),
            (r#"{"from":1}"#, None),
            ("\"1\"", None),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(StoredSchema::parse(mark.as_bytes()), stored, "{mark}");
        }
    }
}
