//! E-mail out: plain-text messages to a company's people through an SMTP server.

use std::fmt;
use std::time::Duration;

use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials as SmtpCredentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, Message, SmtpTransport, Transport};

/// How long the server may take over each step.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Where mail is handed in, and in whose name.
#[derive(Clone, Debug)]
pub struct SmtpServer {
    /// Name of the server, as in its certificate.
    pub host: String,
    /// Commonly 465 with [`Security::Tls`], 587 with [`Security::StartTls`].
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Log-in, if the server wants one; not with [`Security::None`].
    pub credentials: Option<Credentials>,
    /// The sender: `alerts@erp.example` or `ERP alerts <alerts@erp.example>`.
    pub from: String,
}

/// How the connection to the mail server is protected. There is no fallback to a weaker one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Not at all: a relay on the same machine, or the catcher.
    None,
    /// Upgraded by STARTTLS before anything else.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

/// User name and password for the mail server.
#[derive(Clone)]
pub struct Credentials {
    /// User name.
    pub user: String,
    /// Password; never shown.
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({}, password hidden)", self.user.escape_debug())
    }
}

/// One message, sent once to all its recipients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingMail {
    /// Bare addresses, at least one.
    pub to: Vec<String>,
    /// One line without control characters.
    pub subject: String,
    /// Plain text, lines separated by `\n`.
    pub text: String,
}

/// Why a message was not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MailError {
    /// The settings of the mail server cannot work. Correct them.
    #[error("mail server settings: {0}")]
    Settings(String),
    /// One address is no e-mail address; the message went to nobody. Correct the address.
    #[error("\"{}\" is not an e-mail address ({reason}): correct it", .address.escape_debug())]
    InvalidAddress {
        /// The address as given.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The message breaks a rule of [`OutgoingMail`].
    #[error("the message cannot be sent: {0}")]
    InvalidMessage(String),
    /// The server said no for good; sending again would get the same answer.
    #[error("the mail server {server} refused the message to {to}: {answer}")]
    Refused {
        /// Host and port.
        server: String,
        /// The recipients.
        to: String,
        /// What the server said.
        answer: String,
    },
    /// The server could not be reached, broke off, or said "later". Send again; if it broke off at
    /// the very end, the message may arrive twice.
    #[error("the mail server {server} did not take the message to {to}, try again later: {cause}")]
    Unavailable {
        /// Host and port.
        server: String,
        /// The recipients.
        to: String,
        /// What happened.
        cause: String,
    },
}

/// Sends messages through one server, a connection each.
#[derive(Debug)]
pub struct SmtpSender {
    transport: SmtpTransport,
    from: Mailbox,
    server: String,
}

impl SmtpSender {
    /// Checks the settings; connects to nothing yet.
    ///
    /// # Errors
    /// [`MailError::Settings`], or [`MailError::InvalidAddress`] for the sender's address.
    pub fn new(server: SmtpServer) -> Result<SmtpSender, MailError> {
        let from = server.from.parse().map_err(|error| invalid(&server.from, &error))?;
        if server.security == Security::None && server.credentials.is_some() {
            return Err(MailError::Settings(
                "a password must not travel unencrypted: use TLS or STARTTLS, or no log-in".into(),
            ));
        }
        let parameters = || {
            TlsParameters::new(server.host.clone()).map_err(|error| {
                let host = server.host.escape_debug();
                MailError::Settings(format!("TLS to \"{host}\" is not possible: {error}"))
            })
        };
        let tls = match server.security {
            Security::None => Tls::None,
            Security::StartTls => Tls::Required(parameters()?),
            Security::Tls => Tls::Wrapper(parameters()?),
        };
        let mut transport =
            SmtpTransport::builder_dangerous(&server.host).port(server.port).tls(tls).timeout(Some(TIMEOUT));
        if let Some(Credentials { user, password }) = server.credentials {
            transport = transport.credentials(SmtpCredentials::new(user, password));
        }
        Ok(SmtpSender {
            transport: transport.build(),
            from,
            server: format!("{}:{}", server.host, server.port),
        })
    }

    /// Sends one message and waits until the server has taken it over.
    ///
    /// # Errors
    /// See [`MailError`]. The message is either taken for all recipients or for none.
    pub fn send(&self, mail: &OutgoingMail) -> Result<(), MailError> {
        let message = self.compose(mail)?;
        match self.transport.send(&message) {
            Ok(_) => Ok(()),
            Err(error) => {
                let (server, to) = (self.server.clone(), mail.to.join(", "));
                let cause = with_sources(&error);
                if error.is_permanent() || error.is_client() {
                    Err(MailError::Refused { server, to, answer: cause })
                } else {
                    Err(MailError::Unavailable { server, to, cause })
                }
            }
        }
    }

    fn compose(&self, mail: &OutgoingMail) -> Result<Message, MailError> {
        if mail.to.is_empty() {
            return Err(MailError::InvalidMessage("it has no recipient".into()));
        }
        if mail.subject.chars().any(char::is_control) {
            return Err(MailError::InvalidMessage(
                "its subject contains a line break or another control character".into(),
            ));
        }
        let mut message =
            Message::builder().from(self.from.clone()).subject(&mail.subject).header(ContentType::TEXT_PLAIN);
        for address in &mail.to {
            let parsed: Address = address.parse().map_err(|error| invalid(address, &error))?;
            message = message.to(parsed.into());
        }
        message
            .body(mail.text.replace("\r\n", "\n").replace('\r', "\n"))
            .map_err(|error| MailError::InvalidMessage(error.to_string()))
    }
}

fn invalid(address: &str, error: &lettre::address::AddressError) -> MailError {
    MailError::InvalidAddress { address: address.into(), reason: error.to_string() }
}

/// An error with its causes, in one line.
fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
