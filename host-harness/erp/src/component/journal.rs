//! The append-only record of what was decided and why.

use leaflink_sync_kit::host::types::{Change, Decision, Effect, Fact, Reason, Severity};
use rusqlite::params;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::database::{Db, json_column};
use crate::error::{Error, Result};
use crate::words::{Word, Words};

/// One decision with the host's stamps.
#[derive(Clone, Debug, PartialEq)]
pub struct JournalEntry {
    /// Grows with every entry.
    pub id: i64,
    /// The id of the call that decided; entries of one call share it.
    pub call_id: String,
    /// The function of the component that was called.
    pub call: String,
    /// The component's version and revision.
    pub component: String,
    /// The call's time, in milliseconds since 1970.
    pub decided_at_ms: u64,
    /// What was decided.
    pub decision: Decision,
}

/// What the chain of a company's journal comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Entries whose seal was found right.
    pub entries: u64,
    /// The last seal in hexadecimal; empty when nothing is sealed yet. Whoever wrote it down can
    /// tell later that no entry before it was changed or removed.
    pub last: String,
}

/// The stamps of a call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stamp {
    pub call_id: String,
    pub call: String,
    pub component: String,
}

pub(crate) fn append(db: &Db<'_>, stamp: &Stamp, decision: Decision) -> Result<()> {
    let reasons: Vec<ReasonText> = decision.reasons.into_iter().map(Into::into).collect();
    let effects: Vec<EffectText> = decision.effects.into_iter().map(Into::into).collect();
    let row = Row {
        id: db.row("SELECT ifnull(max(id), 0) + 1 FROM journal", [], |row| row.get(0))?.unwrap_or(1),
        tenant: db.tenant.to_owned(),
        decided_at: db.now_ms.cast_signed(),
        texts: [
            stamp.call_id.clone(),
            stamp.call.clone(),
            stamp.component.clone(),
            decision.stream.word().to_owned(),
            decision.subject,
            decision.label,
            decision.outcome.word().to_owned(),
            json(&reasons)?,
            json(&effects)?,
        ],
    };
    let before: Option<Option<Vec<u8>>> =
        db.row("SELECT seal FROM journal WHERE tenant = ?1 ORDER BY id DESC LIMIT 1", [db.tenant], |row| {
            row.get(0)
        })?;
    let seal = row.seal(&before.flatten().unwrap_or_default());
    let sql = "INSERT INTO journal
               (id, tenant, decided_at, call_id, call, component, stream, subject, label, outcome, reasons,
                effects, seal)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    let [call_id, call, component, stream, subject, label, outcome, reasons, effects] = row.texts;
    db.execute(
        sql,
        params![
            row.id,
            row.tenant,
            row.decided_at,
            call_id,
            call,
            component,
            stream,
            subject,
            label,
            outcome,
            reasons,
            effects,
            seal.as_slice(),
        ],
    )?;
    Ok(())
}

/// A row of the table, as it is sealed.
struct Row {
    id: i64,
    tenant: String,
    decided_at: i64,
    texts: [String; 9],
}

impl Row {
    fn seal(&self, before: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(before);
        hash.update(self.id.to_be_bytes());
        hash.update(self.decided_at.to_be_bytes());
        for text in std::iter::once(&self.tenant).chain(&self.texts) {
            // With its length, so that no letter can move from one column to the next.
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text.as_bytes());
        }
        hash.finalize().into()
    }
}

/// Recomputes every seal of a company's journal; an error names the first entry that does not fit.
pub(crate) fn verify(db: &Db<'_>) -> Result<Sealed> {
    let sql =
        "SELECT id, tenant, decided_at, seal, call_id, call, component, stream, subject, label, outcome,
                      reasons, effects
               FROM journal WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT 500";
    let (mut before, mut last_id, mut entries) = (Vec::new(), 0, 0);
    loop {
        let page: Vec<(Row, Option<Vec<u8>>)> = db.rows(sql, params![db.tenant, last_id], |row| {
            let mut texts: [String; 9] = Default::default();
            for (at, text) in texts.iter_mut().enumerate() {
                *text = row.get(4 + at)?;
            }
            let found = Row { id: row.get(0)?, tenant: row.get(1)?, decided_at: row.get(2)?, texts };
            Ok((found, row.get(3)?))
        })?;
        let Some((last, _)) = page.last() else {
            let last = before.iter().map(|byte| format!("{byte:02x}")).collect();
            return Ok(Sealed { entries, last });
        };
        last_id = last.id;
        for (row, seal) in page {
            // Only what is older than the seals may be without one.
            let Some(seal) = seal.or_else(|| before.is_empty().then(Vec::new)) else {
                return Err(broken(row.id, "has lost its seal"));
            };
            if seal.is_empty() {
                continue;
            }
            if seal != row.seal(&before) {
                return Err(broken(row.id, "is not as it was written, or an entry before it is gone"));
            }
            before = seal;
            entries += 1;
        }
    }
}

fn broken(id: i64, what: &str) -> Error {
    Error::Refused(format!(
        "entry {id} of the journal {what}: somebody changed the database's file; compare it with a backup"
    ))
}

/// At most `limit` entries after entry `after`, oldest first.
pub(crate) fn entries(db: &Db<'_>, after: i64, limit: u32) -> Result<Vec<JournalEntry>> {
    let sql =
        "SELECT id, call_id, decided_at, stream, subject, label, outcome, reasons, effects, call, component
               FROM journal WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
    db.rows(sql, params![db.tenant, after, limit], |row| {
        let reasons: Vec<ReasonText> = json_column(row, 7)?;
        let effects: Vec<EffectText> = json_column(row, 8)?;
        Ok(JournalEntry {
            id: row.get(0)?,
            call_id: row.get(1)?,
            call: row.get(9)?,
            component: row.get(10)?,
            decided_at_ms: row.get::<_, i64>(2)?.cast_unsigned(),
            decision: Decision {
                stream: row.get::<_, Word<_>>(3)?.0,
                subject: row.get(4)?,
                label: row.get(5)?,
                outcome: row.get::<_, Word<_>>(6)?.0,
                reasons: reasons.into_iter().map(Into::into).collect(),
                effects: effects.into_iter().map(Into::into).collect(),
            },
        })
    })
}

fn json(list: &impl Serialize) -> Result<String> {
    serde_json::to_string(list)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)).into())
}

// The JSON of the columns `reasons` and `effects`: the contract's records, field for field.

#[derive(Serialize, Deserialize)]
struct ReasonText {
    code: String,
    blocking: bool,
    message: String,
    fix: String,
    field: Option<String>,
    facts: Vec<(String, String)>,
}

#[derive(Serialize, Deserialize)]
struct EffectText {
    kind: String,
    target: String,
    summary: String,
    changes: Vec<ChangeText>,
}

#[derive(Serialize, Deserialize)]
struct ChangeText {
    field: String,
    before: Option<String>,
    after: Option<String>,
}

impl From<Reason> for ReasonText {
    fn from(reason: Reason) -> Self {
        let facts = reason.facts.into_iter();
        Self {
            code: reason.code,
            blocking: reason.severity == Severity::Blocking,
            message: reason.message,
            fix: reason.fix,
            field: reason.field,
            facts: facts.map(|fact| (fact.name, fact.value)).collect(),
        }
    }
}

impl From<ReasonText> for Reason {
    fn from(text: ReasonText) -> Self {
        let severity = match text.blocking {
            true => Severity::Blocking,
            false => Severity::Notice,
        };
        let facts = text.facts.into_iter();
        Self {
            code: text.code,
            severity,
            message: text.message,
            fix: text.fix,
            field: text.field,
            facts: facts.map(|(name, value)| Fact { name, value }).collect(),
        }
    }
}

impl From<Effect> for EffectText {
    fn from(effect: Effect) -> Self {
        let changes = effect.changes.into_iter().map(|change| ChangeText {
            field: change.field,
            before: change.before,
            after: change.after,
        });
        Self { kind: effect.kind, target: effect.target, summary: effect.summary, changes: changes.collect() }
    }
}

impl From<EffectText> for Effect {
    fn from(text: EffectText) -> Self {
        let changes = text.changes.into_iter().map(|change| Change {
            field: change.field,
            before: change.before,
            after: change.after,
        });
        Self { kind: text.kind, target: text.target, summary: text.summary, changes: changes.collect() }
    }
}
