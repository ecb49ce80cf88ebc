//! Webhooks in: from an HTTP request of LeafLink's to a committed call of `on-webhook`.
//!
//! [`WebhookReceiver`] is what an ERP vendor needs, whatever web framework serves the requests: ask
//! it whether to read the body at all, hand over what was read, send the answer that comes back. A
//! 200 goes out only after the event is durable. [`WebhookServer`] serves it on plain HTTP, behind
//! whatever ends TLS.

mod server;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use leaflink_sync_kit::exports::polling::Subject;
use leaflink_sync_kit::exports::webhooks::{Delivery, Received};
use leaflink_sync_kit::{Calls, CompanyId};

pub use server::WebhookServer;

/// The largest body that is read, in bytes: the contract's bound.
pub const LARGEST_WEBHOOK: u64 = 3 << 18;

type Find = dyn Fn(&str) -> Option<Calls> + Send + Sync;
type Tell = dyn Fn(&CompanyId, &Subject) + Send + Sync;

/// Receives the webhooks of many companies, each at a path of its own.
pub struct WebhookReceiver {
    find: Box<Find>,
    tell: Box<Tell>,
    counts: Mutex<BTreeMap<CompanyId, WebhookCounts>>,
}

/// What came of a company's webhooks since the receiver was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WebhookCounts {
    /// Noted, and answered with 200.
    pub accepted: u64,
    /// Genuine and about nothing that is kept in step.
    pub ignored: u64,
    /// Not signed, signed wrongly, or another company's.
    pub unauthorized: u64,
    /// Signed and unreadable.
    pub malformed: u64,
    /// Longer than [`LARGEST_WEBHOOK`].
    pub too_large: u64,
    /// Not noted, because the call failed or took too long: LeafLink sends them again.
    pub unavailable: u64,
}

impl WebhookCounts {
    /// Each figure with the word for its answer, for metrics.
    pub fn by_answer(self) -> [(&'static str, u64); 6] {
        let Self { accepted, ignored, unauthorized, malformed, too_large, unavailable } = self;
        [
            ("accepted", accepted),
            ("ignored", ignored),
            ("unauthorized", unauthorized),
            ("malformed", malformed),
            ("too-large", too_large),
            ("unavailable", unavailable),
        ]
    }
}

/// A request whose body may be read.
pub struct Admitted(Calls);

/// What to answer. The text is for whoever reads LeafLink's list of failed webhooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookAnswer {
    /// The status code.
    pub status: u16,
    /// The body, plain text.
    pub text: String,
}

impl WebhookReceiver {
    /// A receiver that finds a company's calls by the path of a request, and tells of each subject
    /// once it is durably noted. `tell` must return at once: LeafLink waits for its answer.
    pub fn new(
        find: impl Fn(&str) -> Option<Calls> + Send + Sync + 'static,
        tell: impl Fn(&CompanyId, &Subject) + Send + Sync + 'static,
    ) -> Self {
        Self { find: Box::new(find), tell: Box::new(tell), counts: Mutex::default() }
    }

    /// Whether to read the body of a request: before anything of it is read.
    ///
    /// # Errors
    /// The answer to send instead.
    pub fn admit(
        &self,
        method: &str,
        path: &str,
        content_length: Option<u64>,
    ) -> Result<Admitted, WebhookAnswer> {
        let calls = (self.find)(path).ok_or_else(|| answer(404, "No company has this address."))?;
        if method != "POST" {
            return Err(answer(405, "Webhooks are posted."));
        }
        if content_length.is_some_and(|length| length > LARGEST_WEBHOOK) {
            return Err(self.too_large(&Admitted(calls)));
        }
        Ok(Admitted(calls))
    }

    /// Hands a request to the component; waits until what it noted is durable. Blocks.
    pub fn receive(
        &self,
        admitted: &Admitted,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    ) -> WebhookAnswer {
        let Admitted(calls) = admitted;
        let received = calls.on_webhook(&Delivery { headers, body });
        let mut all = self.lock();
        let counts = all.entry(calls.company().clone()).or_default();
        match received {
            Ok(Received::Accepted(subject)) => {
                counts.accepted += 1;
                drop(all);
                (self.tell)(calls.company(), &subject);
                answer(200, "Noted.")
            }
            Ok(Received::Ignored(why)) => {
                counts.ignored += 1;
                answer(200, why)
            }
            Ok(Received::Unauthorized(why)) => {
                counts.unauthorized += 1;
                answer(401, why)
            }
            Ok(Received::Malformed(why)) => {
                counts.malformed += 1;
                answer(400, why)
            }
            Ok(Received::TooLarge(_)) => {
                drop(all);
                self.too_large(admitted)
            }
            Err(_) => {
                counts.unavailable += 1;
                unavailable()
            }
        }
    }

    /// The answer to a body that turned out too long while it was read.
    pub fn too_large(&self, admitted: &Admitted) -> WebhookAnswer {
        self.lock().entry(admitted.0.company().clone()).or_default().too_large += 1;
        answer(413, format!("The body is longer than {LARGEST_WEBHOOK} bytes."))
    }

    /// The answer when it takes too long, or too many requests are under way.
    pub fn too_busy(&self, admitted: &Admitted) -> WebhookAnswer {
        self.lock().entry(admitted.0.company().clone()).or_default().unavailable += 1;
        unavailable()
    }

    /// What came of a company's webhooks.
    pub fn counts(&self, company: &CompanyId) -> WebhookCounts {
        self.lock().get(company).copied().unwrap_or_default()
    }

    /// A panic elsewhere leaves the figures whole.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<CompanyId, WebhookCounts>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn answer(status: u16, text: impl Into<String>) -> WebhookAnswer {
    WebhookAnswer { status, text: text.into() }
}

fn unavailable() -> WebhookAnswer {
    answer(503, "The event could not be noted now; send it again.")
}
