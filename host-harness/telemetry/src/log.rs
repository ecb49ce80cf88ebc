//! The log: a line of JSON for each call, for each decision of it, and for each line that the
//! component wrote.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, SecondsFormat};
use leaflink_sync_kit::host::log::Level;
use leaflink_sync_kit::host::types::Outcome;
use leaflink_sync_kit::{CallError, CallInfo, CallReport, CompanyId, DecisionReport, words};
use serde_json::{Map, Value, json};

use crate::{ending, stream_of};

/// Writes lines to `W`, from any thread. Every line has `time`, `level`, `company`, `call_id`,
/// `call` and `message`, and `stream` and `subject` where they are known. Whatever the texts hold,
/// a line stays one line: serde_json escapes line breaks and control characters.
#[derive(Debug)]
pub struct CallLog<W> {
    out: Mutex<W>,
}

impl<W: Write> CallLog<W> {
    /// A log that appends to `out`.
    pub fn new(out: W) -> Self {
        Self { out: Mutex::new(out) }
    }

    /// Writes what came of a call and, if it was committed, of each thing that it decided.
    ///
    /// # Errors
    /// When a line cannot be written.
    pub fn called(
        &self,
        now_ms: u64,
        company: &CompanyId,
        report: &CallReport,
        error: Option<&CallError>,
    ) -> io::Result<()> {
        let base = |level| {
            let subject = report.subject.as_deref();
            line(now_ms, level, company, &report.id.0, report.call, stream_of(report.call), subject)
        };
        if error.is_none() {
            for decision in &report.decisions {
                let mut decided = base(match decision.outcome {
                    Outcome::Held | Outcome::Refused | Outcome::Parked => "warn",
                    Outcome::Applied | Outcome::Unchanged | Outcome::Ignored => "info",
                });
                decided.extend(decision_fields(decision));
                self.write(decided)?;
            }
        }
        let mut ended = base(match error {
            None => "debug",
            Some(CallError::Failure(_)) => "warn",
            Some(_) => "error",
        });
        let message = error
            .map_or_else(|| "The call was committed or needed no commit.".to_owned(), ToString::to_string);
        ended.insert("ended".to_owned(), ending(error).into());
        ended.insert("duration_ms".to_owned(), millis(report.duration.as_millis()));
        ended.insert("requests".to_owned(), report.http_requests.into());
        ended.insert("message".to_owned(), message.into());
        self.write(ended)
    }

    /// Writes a line of the component's own log.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn component_line(
        &self,
        now_ms: u64,
        company: &CompanyId,
        info: &CallInfo,
        level: Level,
        message: &str,
    ) -> io::Result<()> {
        let level = match level {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        };
        let (stream, subject) = (stream_of(info.call), info.subject.as_deref());
        let mut written = line(now_ms, level, company, &info.id.0, info.call, stream, subject);
        written.insert("message".to_owned(), message.into());
        self.write(written)
    }

    /// Ends the log and gives back what it wrote to.
    pub fn into_inner(self) -> W {
        self.out.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, fields: Map<String, Value>) -> io::Result<()> {
        let mut text = Value::Object(fields).to_string();
        text.push('\n');
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        out.write_all(text.as_bytes())?;
        out.flush()
    }
}

fn line(
    now_ms: u64,
    level: &str,
    company: &CompanyId,
    call_id: &str,
    call: &str,
    stream: Option<&str>,
    subject: Option<&str>,
) -> Map<String, Value> {
    let at = i64::try_from(now_ms).ok().and_then(DateTime::from_timestamp_millis).unwrap_or_default();
    let mut fields = Map::new();
    fields.insert("time".to_owned(), at.to_rfc3339_opts(SecondsFormat::Millis, true).into());
    fields.insert("level".to_owned(), level.into());
    fields.insert("company".to_owned(), company.0.as_str().into());
    fields.insert("call_id".to_owned(), call_id.into());
    fields.insert("call".to_owned(), call.into());
    for (name, value) in [("stream", stream), ("subject", subject)] {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value.into());
        }
    }
    fields
}

fn decision_fields(decision: &DecisionReport) -> Map<String, Value> {
    let outcome = words::outcome(decision.outcome);
    let why = if decision.reasons.is_empty() {
        String::new()
    } else {
        format!(": {}", decision.reasons.join(", "))
    };
    let fields = json!({
        "stream": words::stream(decision.stream),
        "subject": decision.subject,
        "outcome": outcome,
        "reasons": decision.reasons,
        "effects": decision.effects.iter().map(|effect| effect.kind.as_str()).collect::<Vec<_>>(),
        "message": format!("{} {}: {outcome}{why}", words::stream(decision.stream), decision.subject),
    });
    match fields {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn millis(millis: u128) -> Value {
    u64::try_from(millis).unwrap_or(u64::MAX).into()
}

#[cfg(test)]
mod tests {
    use leaflink_sync_kit::CallId;

    use super::*;

    #[test]
    fn a_line_stays_one_line_whatever_it_says() {
        let log = CallLog::new(Vec::new());
        let info = CallInfo {
            id: CallId("c-1".to_owned()),
            call: "on-order",
            subject: Some("5d0c\n{\"level\":\"error\"}".to_owned()),
            component: "0.1.0 (abc)".to_owned(),
        };
        let company = CompanyId("foxglove".to_owned());
        log.component_line(
            1_772_469_000_000,
            &company,
            &info,
            Level::Warn,
            "a\r\n{\"level\": \"x\"}\u{0}\u{2028}",
        )
        .unwrap();
        let text = String::from_utf8(log.into_inner()).unwrap();
        assert_eq!(text.matches('\n').count(), 1, "{text}");
        let line: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(line["time"], "2026-03-02T16:30:00.000Z");
        assert_eq!((&line["level"], &line["company"]), (&json!("warn"), &json!("foxglove")));
        assert_eq!((&line["call_id"], &line["stream"]), (&json!("c-1"), &json!("orders")));
        assert_eq!(line["message"], "a\r\n{\"level\": \"x\"}\u{0}\u{2028}");
    }
}
