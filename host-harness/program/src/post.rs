//! Sends the e-mail that calls have queued.

use leaflink_sync_kit::CompanyId;
use leaflink_sync_transport::OutgoingMail;
use reference_erp::Erp;

/// Sends what waits, oldest first, and notes each mail as sent. A mail that `send` does not take
/// stays queued and stops no other; the problems are answered.
///
/// # Errors
/// The ERP's database failed. A mail may then have been sent and not noted; it is sent again.
pub fn send_queued(
    erp: &Erp,
    company: &CompanyId,
    mut send: impl FnMut(OutgoingMail) -> anyhow::Result<()>,
) -> anyhow::Result<Vec<String>> {
    let mut problems = Vec::new();
    for mail in erp.unsent_mail(company)? {
        match send(OutgoingMail { to: mail.to, subject: mail.subject, text: mail.text }) {
            Ok(()) => erp.mark_sent(company, mail.id)?,
            Err(error) => problems.push(format!("{error:#}")),
        }
    }
    Ok(problems)
}
