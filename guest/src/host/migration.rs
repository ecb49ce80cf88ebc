//! Bringing stored state to this component's schema.
//!
//! The mark under `meta/schema` is read by hosts too, so its form never changes: the number of the
//! schema, or, while a migration is under way, an object with `from`, `to` and whatever the migration
//! needs to go on. It is set with the first chunk, so that an older file is kept away from then on.

use super::answer::{self, Failure};
use super::state;
use crate::bindings::exports::leaflink_sync::connector::lifecycle::Migration;
use crate::rules::decision::Reason;
use crate::rules::reasons::Code;

const NOTHING: Migration = Migration { more: false, rewritten: 0 };

fn unreadable(schema: &str) -> Failure {
    answer::reject(Reason::new(
        Code::StoredStateUnreadable,
        format!(
            "The stored state has schema {schema}, and this component reads {} to {}.",
            state::OLDEST_SCHEMA,
            state::SCHEMA
        ),
    ))
}

/// Does the next chunk.
#[cfg(not(feature = "next-schema"))]
pub fn next_chunk() -> Result<Migration, Failure> {
    match state::schema()? {
        None | Some(state::OLDEST_SCHEMA..=state::SCHEMA) => Ok(NOTHING),
        Some(schema) => Err(unreadable(&schema.to_string())),
    }
}

#[cfg(feature = "next-schema")]
pub use next::next_chunk;

/// The schema after this one, as tests have it: an order's record keeps its "Order No." as `order_no`.
/// It is here so that swaps, migrations and rollbacks are tested with a file that really writes another
/// form, before there is a second one to release.
#[cfg(feature = "next-schema")]
mod next {
    use serde::{Deserialize, Serialize};
    use serde_json::{Map, Value};

    use super::{NOTHING, unreadable};
    use crate::bindings::exports::leaflink_sync::connector::lifecycle::Migration;
    use crate::bindings::leaflink_sync::host::store;
    use crate::host::answer::Failure;
    use crate::host::state;

    /// Records that one call rewrites; few, so that tests stop in the middle with few orders.
    const RECORDS: u32 = 10;

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Mark {
        Whole(u32),
        UnderWay { from: u32, to: u32, after: String },
    }

    /// Does the next chunk.
    pub fn next_chunk() -> Result<Migration, Failure> {
        let after = match state::get::<Mark>(state::SCHEMA_KEY)? {
            Some(Mark::Whole(state::SCHEMA)) => return Ok(NOTHING),
            None | Some(Mark::Whole(1)) => None,
            Some(Mark::UnderWay { from: 1, to: state::SCHEMA, after }) => Some(after),
            Some(Mark::Whole(schema)) => return Err(unreadable(&schema.to_string())),
            Some(Mark::UnderWay { from, to, .. }) => {
                return Err(unreadable(&format!("{from} on its way to {to}")));
            }
        };
        let page =
            store::scan(state::ORDER_PREFIX, after.as_deref(), RECORDS).map_err(state::store_failure)?;
        let mut rewritten = 0;
        for entry in &page {
            let mut record: Map<String, Value> = state::decode(&entry.key, &entry.value)?;
            if let Some(short_id) = record.remove("short_id") {
                record.insert("order_no".to_owned(), short_id);
                state::put(&entry.key, &record)?;
                rewritten += 1;
            }
        }
        match page.into_iter().nth(RECORDS as usize - 1) {
            Some(last) => {
                let mark = Mark::UnderWay { from: 1, to: state::SCHEMA, after: last.key };
                state::put(state::SCHEMA_KEY, &mark)?;
                Ok(Migration { more: true, rewritten })
            }
            None => {
                state::put(state::SCHEMA_KEY, &state::SCHEMA)?;
                Ok(Migration { more: false, rewritten })
            }
        }
    }
}
