//! The answers of a recorded call, for whoever asks: in the order in which they were given while the
//! component does what it did then, and by what is asked from where it does something else.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::tap::import;
use super::wire::{Bytes, Entry};
use super::{Exchange, Json, RecordedCall, written};

/// The answers of one call.
pub(super) struct Answers {
    recorded: Vec<Exchange>,
    used: Vec<bool>,
    at_ms: u64,
    /// The place of the next exchange, as long as the component does what it did then.
    on_track: Option<usize>,
    /// Exchanges of the replayed call so far.
    asked: usize,
    /// The first question that the recording does not answer, and how many were asked before it.
    pub unanswered: Option<(Question, usize)>,
    /// What this call put into the store and deleted from it.
    store: BTreeMap<String, Option<Vec<u8>>>,
    /// What this call wrote to the ERP's records, in order.
    written: Vec<String>,
}

/// What an import was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question {
    pub import: String,
    pub arguments: String,
}

type StoreAnswer<T> = Result<T, crate::host::store::Error>;

impl Answers {
    pub fn of(call: &RecordedCall) -> Self {
        Self {
            recorded: call.imports.clone(),
            used: vec![false; call.imports.len()],
            at_ms: call.at_ms,
            on_track: Some(0),
            asked: 0,
            unanswered: None,
            store: BTreeMap::new(),
            written: Vec::new(),
        }
    }

    /// The answer to a question, or nothing where the recording knows none. After the first such
    /// question nothing is answered.
    pub fn answer<A: DeserializeOwned>(&mut self, import: &str, question: &Json) -> Option<A> {
        if self.unanswered.is_some() {
            return None;
        }
        let known = self.find(import, question).and_then(|answer| serde_json::from_str(answer.get()).ok());
        if known.is_none() {
            let question = Question { import: import.to_owned(), arguments: question.get().to_owned() };
            self.unanswered = Some((question, self.asked));
        }
        self.asked += 1;
        self.note_write(import, question);
        known
    }

    /// Notes a line of the log, which is answered by nothing.
    pub fn logged(&mut self) {
        if self.unanswered.is_none() {
            self.asked += 1;
        }
    }

    fn find(&mut self, import: &str, question: &Json) -> Option<Json> {
        if let Some(place) = self.on_track {
            let next = (place..self.recorded.len()).find(|at| self.recorded[*at].0 != import::LOG);
            if let Some(next) = next
                && self.recorded[next].0 == import
                && self.recorded[next].1.get() == question.get()
            {
                self.on_track = Some(next + 1);
                self.used[next] = true;
                return Some(self.recorded[next].2.clone());
            }
            self.on_track = None;
        }
        match import {
            import::BEGIN | import::COMMIT => {
                self.unused(import, question).or_else(|| Some(written(&Ok::<(), String>(()))))
            }
            import::NOW => self.same(import, question).or_else(|| Some(written(&self.at_ms))),
            import::HMAC => self.same(import, question),
            import::RANDOM | import::SEND => self.unused(import, question),
            import::GET => self.get(&text(question, 0)?),
            import::SCAN => self.scan(question),
            import::PUT | import::DELETE | import::MAIL | import::JOURNAL => Some(accepted()),
            _ if changes_records(import) => self.change(import, question),
            _ => self.read_record(import, question),
        }
    }

    /// The next answer to just this question that was not given yet.
    fn unused(&mut self, import: &str, question: &Json) -> Option<Json> {
        let mut places = 0..self.recorded.len();
        let place = places.find(|at| !self.used[*at] && self.is(*at, import, question))?;
        self.used[place] = true;
        Some(self.recorded[place].2.clone())
    }

    /// The first answer to just this question, however often it is asked.
    fn same(&self, import: &str, question: &Json) -> Option<Json> {
        let place = (0..self.recorded.len()).find(|at| self.is(*at, import, question))?;
        Some(self.recorded[place].2.clone())
    }

    fn is(&self, place: usize, import: &str, question: &Json) -> bool {
        let Exchange(name, asked, _) = &self.recorded[place];
        name == import && asked.get() == question.get()
    }

    /// A value of the store: this call's own write, or what was there before the recorded call.
    fn get(&self, key: &str) -> Option<Json> {
        let value = match self.store.get(key) {
            Some(own) => own.clone(),
            None => self.stored_before(key)?,
        };
        Some(written(&StoreAnswer::Ok(value.map(Bytes))))
    }

    /// What a key held before the recorded call, if its reads show it.
    fn stored_before(&self, key: &str) -> Option<Option<Vec<u8>>> {
        for Exchange(import, question, answer) in &self.recorded {
            match import.as_str() {
                import::PUT | import::DELETE if text(question, 0).as_deref() == Some(key) => return None,
                import::GET if text(question, 0).as_deref() == Some(key) => {
                    let value: StoreAnswer<Option<Bytes>> = serde_json::from_str(answer.get()).ok()?;
                    return Some(value.ok()?.map(|value| value.0));
                }
                import::SCAN => {
                    let found = entries(answer).into_iter().find(|entry| entry.key == key);
                    if let Some(entry) = found {
                        return Some(Some(entry.value.0));
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// Entries of the store: what was there before the recorded call, under this call's own writes.
    fn scan(&self, question: &Json) -> Option<Json> {
        let (prefix, after, limit): (String, Option<String>, usize) =
            serde_json::from_str(question.get()).ok()?;
        let place = (0..self.recorded.len()).find(|at| self.is(*at, import::SCAN, question))?;
        let found = entries(&self.recorded[place].2);
        let was_full = found.len() == limit;
        let mut before: BTreeMap<String, Vec<u8>> =
            found.into_iter().map(|entry| (entry.key, entry.value.0)).collect();
        for Exchange(import, question, _) in &self.recorded[..place] {
            if [import::PUT, import::DELETE].contains(&import.as_str())
                && let Some(key) = text(question, 0).filter(|key| key.starts_with(&prefix))
            {
                match self.stored_before(&key)? {
                    Some(value) => before.insert(key, value),
                    None => before.remove(&key),
                };
            }
        }
        let in_range =
            |key: &str| key.starts_with(&prefix) && after.as_deref().is_none_or(|after| key > after);
        for (key, value) in self.store.iter().filter(|(key, _)| in_range(key)) {
            match value {
                Some(value) => before.insert(key.clone(), value.clone()),
                // What would come up from beyond the limit in its place is not known.
                None if was_full && before.contains_key(key) => return None,
                None => before.remove(key),
            };
        }
        let entries: Vec<_> =
            before.into_iter().take(limit).map(|(key, value)| Entry { key, value: Bytes(value) }).collect();
        Some(written(&StoreAnswer::Ok(entries)))
    }

    /// A write to the ERP's records. It counts as accepted; a new record gets the id that it was
    /// given then.
    fn change(&mut self, import: &str, question: &Json) -> Option<Json> {
        let exact = self.unused(import, question);
        if exact.is_some() || !import.starts_with("records.create-") {
            return exact.or_else(|| Some(accepted()));
        }
        let place = (0..self.recorded.len()).find(|at| !self.used[*at] && self.recorded[*at].0 == import)?;
        self.used[place] = true;
        Some(self.recorded[place].2.clone())
    }

    /// A read of the ERP's records: what was answered to the same question after the same writes.
    fn read_record(&self, import: &str, question: &Json) -> Option<Json> {
        let mut written = Vec::new();
        for (place, Exchange(name, asked, answer)) in self.recorded.iter().enumerate() {
            if self.is(place, import, question) && written == self.written {
                return Some(answer.clone());
            }
            if changes_records(name) {
                written.push(format!("{name} {}", asked.get()));
            }
        }
        None
    }

    fn note_write(&mut self, import: &str, question: &Json) {
        if changes_records(import) {
            self.written.push(format!("{import} {}", question.get()));
        }
        let Some(key) = text(question, 0) else { return };
        match import {
            import::PUT => {
                let value = serde_json::from_str::<(String, Bytes)>(question.get());
                self.store.insert(key, value.ok().map(|(_, value)| value.0));
            }
            import::DELETE => drop(self.store.insert(key, None)),
            _ => {}
        }
    }
}

/// Whether an import writes to the ERP's records.
pub(super) fn changes_records(import: &str) -> bool {
    let verb = import.strip_prefix("records.").and_then(|function| function.split('-').next());
    verb.is_some_and(|verb| ["create", "link", "set", "unlink", "update"].contains(&verb))
}

/// The imports whose calls change something.
pub(super) fn is_write(import: &str, question: &Json) -> bool {
    const PLAIN: [&str; 4] = [import::PUT, import::DELETE, import::MAIL, import::JOURNAL];
    let sends =
        || serde_json::from_str::<Value>(question.get()).is_ok_and(|question| question[0]["method"] != "Get");
    PLAIN.contains(&import) || changes_records(import) || (import == import::SEND && sends())
}

fn accepted() -> Json {
    written(&Ok::<(), ()>(()))
}

fn entries(answer: &Json) -> Vec<Entry> {
    serde_json::from_str::<StoreAnswer<Vec<Entry>>>(answer.get())
        .ok()
        .and_then(Result::ok)
        .unwrap_or_default()
}

/// One argument that is a text.
fn text(question: &Json, place: usize) -> Option<String> {
    let arguments: Value = serde_json::from_str(question.get()).ok()?;
    Some(arguments.get(place)?.as_str()?.to_owned())
}
