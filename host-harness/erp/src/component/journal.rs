//! The append-only record of what was decided and why.

use leaflink_sync_kit::host::types::{Change, Decision, Effect, Fact, Reason, Severity};
use rusqlite::params;
use serde::{Deserialize, Serialize};

use crate::database::{Db, json_column};
use crate::error::Result;
use crate::words::Word;

/// One decision with the host's stamps.
#[derive(Clone, Debug, PartialEq)]
pub struct JournalEntry {
    /// Grows with every entry.
    pub id: i64,
    /// Entries of one call share its number; numbers grow with every call that decides something.
    pub call: i64,
    /// The call's time, in milliseconds since 1970.
    pub decided_at_ms: u64,
    /// What was decided.
    pub decision: Decision,
}

pub(crate) fn append(db: &Db<'_>, call: i64, decision: Decision) -> Result<()> {
    let sql = "INSERT INTO journal
               (tenant, call, decided_at, stream, subject, label, outcome, reasons, effects)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let reasons: Vec<ReasonText> = decision.reasons.into_iter().map(Into::into).collect();
    let effects: Vec<EffectText> = decision.effects.into_iter().map(Into::into).collect();
    db.execute(
        sql,
        params![
            db.tenant,
            call,
            db.now_ms.cast_signed(),
            Word(decision.stream),
            decision.subject,
            decision.label,
            Word(decision.outcome),
            json(&reasons)?,
            json(&effects)?,
        ],
    )?;
    Ok(())
}

/// At most `limit` entries after entry `after`, oldest first.
pub(crate) fn entries(db: &Db<'_>, after: i64, limit: u32) -> Result<Vec<JournalEntry>> {
    let sql = "SELECT id, call, decided_at, stream, subject, label, outcome, reasons, effects
               FROM journal WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
    db.rows(sql, params![db.tenant, after, limit], |row| {
        let reasons: Vec<ReasonText> = json_column(row, 7)?;
        let effects: Vec<EffectText> = json_column(row, 8)?;
        Ok(JournalEntry {
            id: row.get(0)?,
            call: row.get(1)?,
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
