//! The `mail` import.

use super::{MailStop, Stop, unanswered};
use crate::bindings::leaflink_sync::host::mail::{Error, Host, Message};
use crate::limits::{Limit, contract, spend};
use crate::state::CallState;
use crate::trace::WriteReport;

impl Host for CallState {
    fn queue(&mut self, message: Message) -> Result<(), MailStop> {
        self.must_write("mail.queue")?;
        check(&message, self.limits.mail_text_bytes).map_err(|rule| Stop::Answer(Error::Invalid(rule)))?;
        spend(&mut self.meter.mails, 1, Limit::Mails, self.limits.mails.into())?;
        let subject = message.subject.clone();
        self.ask("mail.queue", |link| link.tx.queue(message))?.map_err(Stop::Answer)?;
        self.meter.writes.push(WriteReport { import: "mail.queue", subject });
        Ok(())
    }

    fn convert_error(&mut self, stop: MailStop) -> wasmtime::Result<Error> {
        let error = stop.answer()?;
        if let Error::Unavailable(what) = &error {
            self.doom(unanswered("mail", what));
        }
        Ok(error)
    }
}

fn check(message: &Message, most_text_bytes: usize) -> Result<(), String> {
    if message.also_to.len() > contract::MAIL_ADDRESSES {
        return Err(format!(
            "the message goes to {} addresses; it may go to {}",
            message.also_to.len(),
            contract::MAIL_ADDRESSES
        ));
    }
    // An address or subject with a line break could add headers to the mail.
    for address in &message.also_to {
        if address.is_empty() || address.chars().any(char::is_control) {
            return Err(format!("the address {address:?} is empty or contains a control character"));
        }
    }
    if message.subject.chars().any(char::is_control) {
        return Err("the subject contains a control character".to_owned());
    }
    let chars = message.subject.chars().count();
    if chars > contract::MAIL_SUBJECT_CHARS {
        return Err(format!(
            "the subject has {chars} characters; it may have {}",
            contract::MAIL_SUBJECT_CHARS
        ));
    }
    if message.text.len() > most_text_bytes {
        return Err(format!(
            "the text has {} bytes; this host sends at most {most_text_bytes}",
            message.text.len()
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        Message {
            also_to: vec!["ops@foxglove.example".to_owned()],
            subject: "Order 1042 waits".to_owned(),
            text: "One line.\nAnother.".to_owned(),
        }
    }

    #[test]
    fn an_ordinary_message_passes() {
        assert_eq!(check(&message(), 100), Ok(()));
        let subject = "ü".repeat(contract::MAIL_SUBJECT_CHARS);
        assert_eq!(check(&Message { subject, ..message() }, 100), Ok(()));
    }

    #[test]
    fn each_rule_is_named() {
        let broken = [
            (Message { also_to: vec!["a@b.example".to_owned(); 51], ..message() }, "51 addresses"),
            (Message { also_to: vec!["a@b.example\nBcc: x".to_owned()], ..message() }, "the address"),
            (Message { also_to: vec![String::new()], ..message() }, "the address"),
            (Message { subject: "a\r\nBcc: x".to_owned(), ..message() }, "the subject"),
            (Message { subject: "x".repeat(201), ..message() }, "201 characters"),
            (Message { text: "x".repeat(101), ..message() }, "101 bytes"),
        ];
        for (message, rule) in broken {
            let error = check(&message, 100).expect_err(rule);
            assert!(error.contains(rule), "{rule}: {error}");
        }
    }
}
