//! What connects the ERP's process with LeafLink and with its people's mailboxes: real HTTP and
//! SMTP, or, for tests that play many thousand stories, the same requests handed over in this
//! process.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use anyhow::Context;
use leaflink_sandbox::{Delivery, Request, Sandbox, Server};
use leaflink_sync_transport::http;
use leaflink_sync_transport::{
    ApiKey, Carrier, Catcher, CaughtMail, LeafLinkAccess, LeafLinkClient, NotCarried, Origin, OutgoingMail,
    Security, SmtpSender, SmtpServer,
};

use crate::host::lock;

/// Which connections a stage has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Connections {
    /// LeafLink behind real HTTP, mail through real SMTP, the ERP in a file.
    #[default]
    Real,
    /// Everything in this process and in memory.
    InProcess,
}

/// Who sends the ERP's mail.
const FROM: &str = "alerts@erp.example";

/// How LeafLink is reached. The server ends with it.
pub(crate) struct ToLeafLink {
    pub client: LeafLinkClient,
    pub server: Option<Server>,
}

impl ToLeafLink {
    /// Connects with a sandbox that expects this key.
    pub fn connect(
        connections: Connections,
        sandbox: &Arc<Mutex<Sandbox>>,
        api_key: &str,
    ) -> anyhow::Result<Self> {
        let key = ApiKey::new(api_key)?;
        match connections {
            Connections::Real => {
                let server = Server::start(Arc::clone(sandbox), SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
                let origin = Origin::loopback(server.address())?;
                let client = LeafLinkClient::new(LeafLinkAccess::new(origin, key))?;
                Ok(Self { client, server: Some(server) })
            }
            Connections::InProcess => {
                let access = LeafLinkAccess::new(Origin::https("https://leaflink.example")?, key);
                let longest_ms = u64::try_from(access.timeouts.whole.as_millis()).unwrap_or(u64::MAX);
                let carrier = InProcess { sandbox: Arc::clone(sandbox), longest_ms };
                Ok(Self { client: LeafLinkClient::carried_by(Arc::new(carrier), access)?, server: None })
            }
        }
    }
}

/// Hands requests to a sandbox in this process.
struct InProcess {
    sandbox: Arc<Mutex<Sandbox>>,
    /// An answer that takes longer than this is none.
    longest_ms: u64,
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InProcess")
    }
}

impl Carrier for InProcess {
    fn carry(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, NotCarried> {
        let (head, body) = request.into_parts();
        let answer = lock(&self.sandbox).handle(&Request::from_http(&head, body));
        match answer.delivery {
            Delivery::Lost => return Err(NotCarried::NoAnswer("the connection broke".to_owned())),
            Delivery::Late(ms) if ms >= self.longest_ms => {
                return Err(NotCarried::NoAnswer("the time for it is over".to_owned()));
            }
            Delivery::Late(_) | Delivery::Prompt => {}
        }
        let mut answer = answer.into_http();
        // As a server has it, so that nobody takes the answer for one that was cut short.
        let length = answer.body().len().into();
        answer.headers_mut().insert(http::header::CONTENT_LENGTH, length);
        Ok(answer)
    }
}

/// Where the ERP's mail goes, and stays to be looked at.
pub(crate) enum Post {
    /// Over SMTP to a catcher.
    Smtp(Box<SmtpSender>, Catcher),
    /// Straight into the mailbox.
    InProcess(Mutex<Vec<CaughtMail>>),
}

impl Post {
    pub fn open(connections: Connections) -> anyhow::Result<Self> {
        if connections == Connections::InProcess {
            return Ok(Self::InProcess(Mutex::default()));
        }
        let catcher = Catcher::start().context("the mail catcher cannot start")?;
        let address = catcher.address();
        let sender = SmtpSender::new(SmtpServer {
            host: address.ip().to_string(),
            port: address.port(),
            security: Security::None,
            credentials: None,
            from: format!("ERP alerts <{FROM}>"),
        })?;
        Ok(Self::Smtp(Box::new(sender), catcher))
    }

    /// Sends one mail.
    pub fn send(&self, mail: OutgoingMail) -> anyhow::Result<()> {
        match self {
            Self::Smtp(sender, _) => sender.send(&mail)?,
            Self::InProcess(mailbox) => {
                let OutgoingMail { to, subject, text } = mail;
                let text = text.trim_end_matches('\n').to_owned();
                lock(mailbox).push(CaughtMail { from: FROM.to_owned(), to, subject, text });
            }
        }
        Ok(())
    }

    /// Where mail is taken by SMTP.
    pub fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Smtp(_, catcher) => Some(catcher.address()),
            Self::InProcess(_) => None,
        }
    }

    /// Every mail that arrived, oldest first.
    pub fn mails(&self) -> Vec<CaughtMail> {
        match self {
            Self::Smtp(_, catcher) => catcher.messages(),
            Self::InProcess(mailbox) => lock(mailbox).clone(),
        }
    }
}
