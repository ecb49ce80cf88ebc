//! LeafLink's webhooks on the stage: the sandbox posts them to the receiver, over HTTP or in this
//! process, and what they announce is looked at.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};

use anyhow::{Context, bail};
use leaflink_sandbox::{SIGNATURE_HEADER, Webhook, sign};
use leaflink_sync_kit::Calls;
use leaflink_sync_transport::{WebhookCounts, WebhookReceiver, WebhookServer};

use super::{COMPANY, Stage};
use crate::connections::Connections;
use crate::host::lock;
use crate::steps::{Arrival, PostedWebhook, WebhookWay};
use crate::sync_round::{self, Round};

/// How often LeafLink posts one webhook before it gives it up.
const TRIES: u32 = 14;
/// Rounds of looks that webhooks of our own writes can bring about.
const ECHOES: usize = 20;

/// The company's webhook, set up in LeafLink at the address of the receiver.
pub(super) struct Webhooks {
    receiver: Arc<WebhookReceiver>,
    /// Absent: all connections are in this process.
    server: Option<WebhookServer>,
    outgoing: Mutex<Outgoing>,
}

/// What LeafLink has to post, and how that goes.
#[derive(Clone, Debug, Default)]
pub(super) struct Outgoing {
    way: WebhookWay,
    /// Not taken yet, with the tries so far.
    waiting: VecDeque<(Webhook, u32)>,
    /// Every webhook that was posted, once.
    posted: Vec<Webhook>,
    /// The status of each answer, in order.
    answers: Vec<u16>,
}

impl Webhooks {
    /// Starts the receiver of a company.
    pub fn start(calls: Calls, connections: Connections) -> anyhow::Result<Self> {
        let find = move |path: &str| (path == path_of(COMPANY)).then(|| calls.clone());
        // The stage looks once all that is due has arrived, so nobody need be told of each.
        let receiver = Arc::new(WebhookReceiver::new(find, |_, _| {}));
        let server = match connections {
            Connections::Real => {
                let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
                let server = WebhookServer::start(Arc::clone(&receiver), address);
                Some(server.context("the receiver of webhooks cannot listen")?)
            }
            Connections::InProcess => None,
        };
        Ok(Self { receiver, server, outgoing: Mutex::default() })
    }

    /// What LeafLink has to post, and how that goes.
    pub fn outgoing(&self) -> MutexGuard<'_, Outgoing> {
        lock(&self.outgoing)
    }

    /// Posts one; the status of the answer.
    fn post(&self, webhook: &Webhook, path: &str) -> anyhow::Result<u16> {
        if let Some(server) = &self.server {
            return webhook.post(&format!("http://{}{path}", server.address()));
        }
        let signature = webhook.signature.iter();
        let headers = signature.map(|text| (SIGNATURE_HEADER.to_ascii_lowercase(), text.clone())).collect();
        let answer = match self.receiver.admit("POST", path, u64::try_from(webhook.body.len()).ok()) {
            Ok(admitted) => self.receiver.receive(&admitted, headers, webhook.body.clone()),
            Err(answer) => answer,
        };
        Ok(answer.status)
    }
}

fn path_of(company: &str) -> String {
    format!("/leaflink/webhooks/{company}")
}

impl Stage {
    /// Changes how webhooks arrive from now on.
    pub(super) fn set_webhook_way(&self, way: &WebhookWay) -> anyhow::Result<()> {
        self.webhooks()?.outgoing().way = way.clone();
        Ok(())
    }

    /// Has LeafLink post what is due, and looks at what was announced; also at what the looks' own
    /// writes bring about.
    pub(super) fn webhooks_arrive(&self) -> anyhow::Result<Round> {
        let mut round = Round::default();
        if self.webhooks.is_none() {
            return Ok(round);
        }
        for _ in 0..ECHOES {
            if !self.post_webhooks()? {
                return Ok(round);
            }
            let mut ticket = || self.next_ticket();
            round.join(sync_round::look_at_list(self.caller.as_ref(), &mut ticket));
            self.send_mail()?;
        }
        bail!(
            "LeafLink's webhooks do not come to an end: what is written brings about another look each time"
        )
    }

    /// Posts every webhook again that was posted before, oldest first, whatever became of it.
    pub(super) fn repeat_webhooks(&self) -> anyhow::Result<Round> {
        let again = self.webhooks()?.outgoing().posted.clone();
        for webhook in &again {
            self.post_one(webhook, &path_of(COMPANY))?;
        }
        let mut ticket = || self.next_ticket();
        let round = sync_round::look_at_list(self.caller.as_ref(), &mut ticket);
        self.send_mail()?;
        Ok(round)
    }

    /// Posts a request that LeafLink did not send.
    pub(super) fn post_webhook(&self, posted: &PostedWebhook) -> anyhow::Result<()> {
        let body = posted.body.clone().into_bytes();
        let signature = match (&posted.signature, &posted.signed_with) {
            (Some(signature), _) => Some(signature.clone()),
            (None, Some(key)) => Some(sign(key, &body)),
            (None, None) => None,
        };
        let path = path_of(posted.company.as_deref().unwrap_or(COMPANY));
        self.post_one(&Webhook { body, signature }, &path).map(drop)
    }

    /// The status of each answer to a webhook, in order.
    pub fn webhook_answers(&self) -> Vec<u16> {
        self.webhooks.as_ref().map(|webhooks| webhooks.outgoing().answers.clone()).unwrap_or_default()
    }

    /// What came of the company's webhooks.
    pub fn webhook_counts(&self) -> WebhookCounts {
        self.webhooks.as_ref().map(|webhooks| webhooks.receiver.counts(&self.company)).unwrap_or_default()
    }

    /// Posts what is due; answers whether anything was taken.
    fn post_webhooks(&self) -> anyhow::Result<bool> {
        let fresh = self.sandbox().take_webhooks();
        let due = {
            let mut post = self.webhooks()?.outgoing();
            let way = post.way.clone();
            match way.arrive {
                Arrival::Never => return Ok(false),
                Arrival::Later => {
                    post.waiting.extend(fresh.into_iter().map(|webhook| (webhook, 0)));
                    return Ok(false);
                }
                Arrival::AtOnce => {}
            }
            let mut due: Vec<_> = post.waiting.drain(..).collect();
            due.extend(fresh.into_iter().map(|webhook| (webhook, 0)));
            if way.reversed {
                due.reverse();
            }
            let times = way.times.max(1) as usize;
            due.into_iter().flat_map(|one| std::iter::repeat_n(one, times)).collect::<Vec<_>>()
        };
        let mut taken = false;
        for (webhook, tries) in due {
            let status = self.post_one(&webhook, &path_of(COMPANY))?;
            taken |= status == 200;
            let mut post = self.webhooks()?.outgoing();
            if tries == 0 && !post.posted.contains(&webhook) {
                post.posted.push(webhook.clone());
            }
            if status != 200 && tries + 1 < TRIES {
                post.waiting.push_back((webhook, tries + 1));
            }
        }
        Ok(taken)
    }

    fn post_one(&self, webhook: &Webhook, path: &str) -> anyhow::Result<u16> {
        let webhooks = self.webhooks()?;
        let status = webhooks.post(webhook, path)?;
        webhooks.outgoing().answers.push(status);
        Ok(status)
    }

    fn webhooks(&self) -> anyhow::Result<&Webhooks> {
        self.webhooks.as_ref().context("no webhook is set up: the world says no `\"webhooks\": true`")
    }
}
