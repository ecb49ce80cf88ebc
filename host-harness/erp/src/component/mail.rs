//! Queued e-mail.

use leaflink_sync_kit::host::mail::Message;
use rusqlite::params;

use crate::database::{Db, json_column};
use crate::error::Result;
use crate::organisation;

/// An e-mail that waits to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedMail {
    /// Pass it to [`Erp::mark_sent`](crate::Erp::mark_sent).
    pub id: i64,
    /// When it was queued, in milliseconds since 1970.
    pub queued_at_ms: u64,
    /// The company's admins and the addresses that the message names, each once.
    pub to: Vec<String>,
    /// One line.
    pub subject: String,
    /// Plain text, lines separated by `\n`.
    pub text: String,
}

pub(crate) fn queue(db: &Db<'_>, message: &Message) -> Result<()> {
    let sql = "INSERT INTO mail_queue (tenant, queued_at, also_to, subject, text)
               VALUES (?1, ?2, ?3, ?4, ?5)";
    let also_to = serde_json::Value::from(message.also_to.clone()).to_string();
    let queued_at = db.now_ms.cast_signed();
    db.execute(sql, params![db.tenant, queued_at, also_to, message.subject, message.text])?;
    Ok(())
}

/// The company's mails that were not sent yet, oldest first, addressed to its admins of today.
pub(crate) fn unsent(db: &Db<'_>) -> Result<Vec<QueuedMail>> {
    let admins = organisation::admins(db)?;
    let sql = "SELECT id, queued_at, also_to, subject, text FROM mail_queue
               WHERE tenant = ?1 AND sent_at IS NULL ORDER BY id";
    db.rows(sql, [db.tenant], |row| {
        let mut to = admins.clone();
        for address in json_column::<Vec<String>>(row, 2)? {
            if !to.contains(&address) {
                to.push(address);
            }
        }
        Ok(QueuedMail {
            id: row.get(0)?,
            queued_at_ms: row.get::<_, i64>(1)?.cast_unsigned(),
            to,
            subject: row.get(3)?,
            text: row.get(4)?,
        })
    })
}

pub(crate) fn mark_sent(db: &Db<'_>, id: i64) -> Result<()> {
    let sql = "UPDATE mail_queue SET sent_at = ?3 WHERE tenant = ?1 AND id = ?2";
    db.update(&id.to_string(), sql, params![db.tenant, id, db.now_ms.cast_signed()])
}
