//! Sends the e-mail that calls have queued.

use leaflink_sync_kit::CompanyId;
use leaflink_sync_transport::{OutgoingMail, SmtpSender};
use reference_erp::Erp;

/// Sends what waits, oldest first, and notes each mail as sent. A mail that the server does not
/// take stays queued and stops no other; the problems are answered.
///
/// # Errors
/// The ERP's database failed. A mail may then have been sent and not noted; it is sent again.
pub fn send_queued(erp: &Erp, company: &CompanyId, smtp: &SmtpSender) -> anyhow::Result<Vec<String>> {
    let mut problems = Vec::new();
    for mail in erp.unsent_mail(company)? {
        let outgoing = OutgoingMail { to: mail.to, subject: mail.subject, text: mail.text };
        match smtp.send(&outgoing) {
            Ok(()) => erp.mark_sent(company, mail.id)?,
            Err(error) => problems.push(error.to_string()),
        }
    }
    Ok(problems)
}
