//! The `store` import.

use super::{Stop, StoreStop, unanswered};
use crate::bindings::leaflink_sync::host::store::{Entry, Error, Host};
use crate::limits::{Exceeded, Limit, contract, spend};
use crate::state::CallState;

impl Host for CallState {
    fn get(&mut self, key: String) -> Result<Option<Vec<u8>>, StoreStop> {
        check_key(&key)?;
        let value = self.ask("store.get", |link| link.tx.get(&key))?.map_err(Stop::Answer)?;
        self.count_read(key.len() + value.as_ref().map_or(0, Vec::len))?;
        Ok(value)
    }

    fn get_many(&mut self, keys: Vec<String>) -> Result<Vec<Option<Vec<u8>>>, StoreStop> {
        if keys.len() > contract::STORE_BATCH_KEYS {
            return Err(invalid(format!(
                "{} keys were asked for at once; a batch holds at most {}",
                keys.len(),
                contract::STORE_BATCH_KEYS
            )));
        }
        keys.into_iter().map(|key| self.get(key)).collect()
    }

    fn put(&mut self, key: String, value: Vec<u8>) -> Result<(), StoreStop> {
        self.must_write("store.put")?;
        check_key(&key)?;
        if value.len() > contract::STORE_VALUE_BYTES {
            return Err(invalid(format!(
                "the value of `{key}` has {} bytes; a value has at most {}",
                value.len(),
                contract::STORE_VALUE_BYTES
            )));
        }
        self.count_write(key.len() + value.len())?;
        self.ask("store.put", |link| link.tx.put(&key, &value))?.map_err(Stop::Answer)
    }

    fn delete(&mut self, key: String) -> Result<(), StoreStop> {
        self.must_write("store.delete")?;
        check_key(&key)?;
        self.count_write(key.len())?;
        self.ask("store.delete", |link| link.tx.delete(&key))?.map_err(Stop::Answer)
    }

    fn scan(&mut self, prefix: String, after: Option<String>, limit: u32) -> Result<Vec<Entry>, StoreStop> {
        if !(1..=contract::STORE_SCAN_ENTRIES).contains(&limit) {
            return Err(invalid(format!(
                "a scan was asked for {limit} entries; it answers 1 to {}",
                contract::STORE_SCAN_ENTRIES
            )));
        }
        let entries = self
            .ask("store.scan", |link| link.tx.scan(&prefix, after.as_deref(), limit))?
            .map_err(Stop::Answer)?;
        self.count_read(entries.iter().map(|e| e.key.len() + e.value.len()).sum())?;
        Ok(entries)
    }

    fn convert_error(&mut self, stop: StoreStop) -> wasmtime::Result<Error> {
        let error = stop.answer()?;
        match &error {
            Error::Invalid(_) => {}
            Error::QuotaExceeded(what) | Error::Unavailable(what) => {
                self.doom(unanswered("store", what));
            }
        }
        Ok(error)
    }
}

impl CallState {
    fn count_read(&mut self, bytes: usize) -> Result<(), StoreStop> {
        spend(
            &mut self.meter.store_read_bytes,
            bytes,
            Limit::StoreReadBytes,
            self.limits.store_read_bytes as u64,
        )?;
        Ok(())
    }

    fn count_write(&mut self, bytes: usize) -> Result<(), StoreStop> {
        let keys =
            spend(&mut self.meter.store_writes, 1, Limit::StoreWrites, self.limits.store_writes.into());
        let bytes = spend(
            &mut self.meter.store_written_bytes,
            bytes,
            Limit::StoreWrittenBytes,
            self.limits.store_written_bytes as u64,
        );
        keys.and(bytes).map_err(|exceeded| self.over_quota(exceeded))
    }

    /// The first time it is an answer, so that the component can end in a failure as the contract
    /// wants; one that goes on writing all the same is ended.
    fn over_quota(&mut self, exceeded: Exceeded) -> StoreStop {
        if self.is_doomed() {
            return exceeded.into();
        }
        self.doom(exceeded.into());
        Stop::Answer(Error::QuotaExceeded(exceeded.to_string()))
    }
}

fn check_key(key: &str) -> Result<(), StoreStop> {
    if key.is_empty() {
        return Err(invalid("the key is empty".to_owned()));
    }
    if key.len() > contract::STORE_KEY_BYTES {
        return Err(invalid(format!(
            "the key has {} bytes; a key has at most {}",
            key.len(),
            contract::STORE_KEY_BYTES
        )));
    }
    Ok(())
}

fn invalid(rule: String) -> StoreStop {
    Stop::Answer(Error::Invalid(rule))
}
