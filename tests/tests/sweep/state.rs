//! What a stage holds: exactly, to know a state again; and without what may differ, to compare ends.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use leaflink_sync::stage::Stage;
use serde_json::Value;

use crate::boundary::Point;
use crate::exceptions::{may_differ, told};

/// Tables on which nothing that happens later depends: the journal is never read by the component,
/// a mail that was sent is in the mailbox, and numbers of rows name nothing.
const UNREAD: [&str; 3] = ["journal", "mail_queue", "sqlite_sequence"];

/// Counters that name nothing: of the journal, and of the list of changes.
const NAMELESS: [&str; 2] = ["'call'", "'change'"];

/// Everything that the future depends on, and all that the ends are compared by.
pub fn hash(stage: &Stage) -> anyhow::Result<u64> {
    Ok(hash_beside(stage, hash_of_erp(stage)?))
}

/// What of it is in the ERP's database, which only commits change.
pub fn hash_of_erp(stage: &Stage) -> anyhow::Result<u64> {
    let mut hasher = DefaultHasher::new();
    erp(stage, &UNREAD)?.hash(&mut hasher);
    for mail in stage.erp().unsent_mail(stage.company())? {
        (mail.to, mail.subject, mail.text).hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// As [`hash`], where what is in the ERP is known.
pub fn hash_beside(stage: &Stage, of_erp: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    of_erp.hash(&mut hasher);
    mails(stage).hash(&mut hasher);
    stage.sandbox().fingerprint().hash(&mut hasher);
    stage.memory().hash(&mut hasher);
    hasher.finish()
}

fn erp(stage: &Stage, left_out: &[&str]) -> anyhow::Result<String> {
    let dump = stage.erp().dump_without(left_out)?;
    let counts =
        |line: &&str| NAMELESS.iter().any(|name| line.starts_with(&format!("  'company' | {name} |")));
    Ok(dump.lines().filter(|line| !counts(line)).collect::<Vec<_>>().join("\n"))
}

/// Each mail once: a host that dies between sending one and noting so sends it again.
fn mails(stage: &Stage) -> BTreeSet<(Vec<String>, String, String)> {
    stage.mails().into_iter().map(|mail| (mail.to, mail.subject, mail.text)).collect()
}

/// How the lines begin that say how often a mail was sent.
const COUNTED: &str = "mails sent,";

/// How a story ended, in lines to compare.
#[derive(Clone, PartialEq, Eq)]
pub struct End(BTreeSet<String>);

impl End {
    pub fn of(stage: &Stage, scenario: &str) -> anyhow::Result<Self> {
        let mut lines = BTreeSet::new();
        let left_out = [&UNREAD[..], &["component_state", "counters"]].concat();
        let mut table = String::new();
        let mut sales_orders = BTreeMap::new();
        for line in erp(stage, &left_out)?.lines() {
            match line.strip_prefix("  ") {
                Some(row) => {
                    if table == "sales_orders" {
                        sales_orders.extend(leaflink_number(row));
                    }
                    lines.insert(format!("ERP {table}: {}", without_instants(row)));
                }
                None => table = line.to_owned(),
            }
        }
        let caught = stage.mails();
        for (to, subject, text) in mails(stage) {
            if let Some(things) = told(scenario, &subject, &text) {
                lines.extend(things.iter().map(|thing| format!("mail to {to:?}: of {thing}")));
                continue;
            }
            let times = caught.iter().filter(|mail| mail.subject == subject && mail.text == text).count();
            lines.insert(format!("{COUNTED} {times}: {subject}, to {to:?}"));
            lines.insert(format!("mail: {:?}", (to, subject, text)));
        }
        let sandbox = stage.sandbox();
        let sides = [
            ("order", sandbox.orders()),
            ("product", sandbox.products()),
            ("customer", sandbox.customers()),
            ("payment", sandbox.payments()),
            ("event", sandbox.event_logs()),
        ];
        for (what, records) in sides {
            let mut seen = BTreeMap::<String, usize>::new();
            for record in records {
                *seen.entry(timeless(record).to_string()).or_default() += 1;
            }
            // How often the same came about is part of it: an effect that happened twice differs.
            lines.extend(
                seen.into_iter().map(|(record, times)| format!("LeafLink {what} ({times} times): {record}")),
            );
        }
        Ok(Self(lines.iter().map(|line| named_by_leaflink(line, &sales_orders)).collect()))
    }

    /// Payments that LeafLink has oftener than it had them at another end.
    pub fn payments_beyond(&self, other: &Self) -> Vec<String> {
        let counted = |end: &Self| -> BTreeMap<String, u32> {
            let payments = end.0.iter().filter_map(|line| line.strip_prefix("LeafLink payment ("));
            let payments = payments.filter_map(|line| line.split_once(" times): "));
            payments.map(|(times, payment)| (payment.to_owned(), times.parse().unwrap_or(u32::MAX))).collect()
        };
        let (mut found, usual) = (counted(self), counted(other));
        found.retain(|payment, times| *times > usual.get(payment).copied().unwrap_or_default());
        found.into_iter().map(|(payment, times)| format!("{times} times: {payment}")).collect()
    }

    /// What is in one of two ends and not in the other.
    pub fn differences(&self, other: &Self, scenario: &str, faults: &[Point]) -> Vec<String> {
        // Only a process that dies between sending a mail and noting so sends it again.
        let died_with_mail = faults.iter().any(|point| point.call == 0);
        let counts = |line: &&String| {
            let is_excused = died_with_mail && line.starts_with(COUNTED);
            !is_excused && !may_differ(scenario, faults, line)
        };
        let missing = other.0.difference(&self.0).filter(counts).map(|line| format!("missing: {line}"));
        let extra = self.0.difference(&other.0).filter(counts).map(|line| format!("extra:   {line}"));
        missing.chain(extra).collect()
    }
}

/// A sales order's number without its prefix, and LeafLink's number, if it came from there.
fn leaflink_number(row: &str) -> Option<(String, String)> {
    let mut fields = row.split(" | ").skip(1);
    let id = fields.next()?.trim_matches('\'').strip_prefix("so-")?;
    let leaflink = fields.nth(1).filter(|number| *number != "-")?;
    Some((id.to_owned(), leaflink.trim_matches('\'').to_owned()))
}

/// With LeafLink's number in place of the ERP's number of each sales order that came from there: the
/// ERP numbers them in the order in which they were made, and an order whose look failed is made
/// after the next one.
fn named_by_leaflink(line: &str, sales_orders: &BTreeMap<String, String>) -> String {
    ["so-", "SO-"].iter().fold(line.to_owned(), |line, prefix| {
        let mut parts = line.split(prefix);
        let mut renamed = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let (number, rest) = part.split_at(digits);
            let name = sales_orders.get(number).map_or(number, String::as_str);
            renamed += &format!("{prefix}{name}{rest}");
        }
        renamed
    })
}

/// A row of the ERP without when it was: milliseconds since 1970, which have 13 digits.
fn without_instants(row: &str) -> String {
    let is_instant = |field: &str| field.len() == 13 && field.bytes().all(|byte| byte.is_ascii_digit());
    row.split(" | ")
        .map(|field| if is_instant(field) { "then" } else { field })
        .collect::<Vec<_>>()
        .join(" | ")
}

/// Without when it was, and without numbers that rise with every record. A payment's day stays: of
/// what was taken back the ERP keeps no time, so that the negative bears that of the look.
fn timeless(record: Value) -> Value {
    match record {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(name, _)| {
                !matches!(name.as_str(), "modified" | "created_on" | "last_edit" | "id" | "timestamp")
            })
            .map(|(name, value)| match value.as_str().and_then(|text| text.get(..10)) {
                Some(day) if name == "payment_date" => (name, day.into()),
                _ => (name, timeless(value)),
            })
            .collect(),
        Value::Array(elements) => elements.into_iter().map(timeless).collect(),
        other => other,
    }
}
