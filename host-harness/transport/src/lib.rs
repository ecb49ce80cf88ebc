//! The wires of a host: HTTPS to LeafLink, a log of that traffic, webhooks in, e-mail out, and a
//! catcher that stands in for a mail server in tests and demonstrations.
//!
//! Nothing here knows about sync rules or about a particular ERP. Each part can be replaced by the
//! ERP vendor's own.

mod budget;
mod catcher;
mod http_log;
mod leaflink;
mod smtp;
mod webhooks;

pub use budget::RequestBudget;
pub use catcher::{Catcher, CaughtMail};
pub use http_log::{BODY_LIMIT, HttpLog};
pub use leaflink::{
    AccessError, ApiKey, Carrier, LeafLinkAccess, LeafLinkClient, NotCarried, Origin, Timeouts,
};
pub use ureq::http;

pub use smtp::{Credentials, MailError, OutgoingMail, Security, SmtpSender, SmtpServer};
pub use webhooks::{Admitted, LARGEST_WEBHOOK, WebhookAnswer, WebhookCounts, WebhookReceiver, WebhookServer};
