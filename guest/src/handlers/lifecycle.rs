//! `lifecycle`: what this file is, and taking over the state of the file before it.

use super::Component;
use crate::bindings::exports::leaflink_sync::connector::lifecycle::{
    Description, Guest, Migration, ReasonDefinition,
};
use crate::host::answer::Failure;
use crate::host::{migration, state};
use crate::rules::reasons::Code;
use crate::rules::sorting::sort_by;

impl Guest for Component {
    fn describe() -> Description {
        Description {
            name: "leaflink-sync".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            revision: option_env!("LEAFLINK_SYNC_REVISION").unwrap_or("unknown").to_owned(),
            state_schema: state::SCHEMA,
            oldest_readable_schema: state::OLDEST_SCHEMA,
        }
    }

    fn reasons() -> Vec<ReasonDefinition> {
        let mut reasons: Vec<_> = Code::ALL
            .iter()
            .map(|code| ReasonDefinition {
                code: code.word().to_owned(),
                meaning: code.meaning().to_owned(),
                fix: code.fix().to_owned(),
            })
            .collect();
        sort_by(&mut reasons, |one, other| one.code.cmp(&other.code));
        reasons
    }

    fn migrate() -> Result<Migration, Failure> {
        migration::next_chunk()
    }
}
