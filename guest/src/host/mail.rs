//! E-mails about orders that wait.

use super::answer::{self, Failure};
use crate::bindings::leaflink_sync::host::mail;
use crate::rules::decision::Reason;
use crate::rules::reasons::Code;
use crate::rules::settings::Settings;
use crate::rules::text::shortened;

/// Longest subject, in characters.
const LONGEST_SUBJECT: usize = 190;

/// Queues a message to the admins and the error recipients of the settings.
pub fn queue(settings: &Settings, subject: &str, text: String) -> Result<(), Failure> {
    let subject: String =
        shortened(subject, LONGEST_SUBJECT).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let message = mail::Message { also_to: settings.error_recipients.clone(), subject, text };
    mail::queue(&message).map_err(|error| match error {
        mail::Error::Unavailable(text) => answer::erp_unavailable(&text),
        mail::Error::Invalid(text) => answer::reject(Reason::new(
            Code::StoredStateUnreadable,
            format!("The host refused an e-mail: {text}."),
        )),
    })
}
