//! Everything around the component: LeafLink, the clocks, what goes wrong on the way, and what the
//! checks remember. One thread plays, so that the lock around it is never waited for.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use leaflink_sandbox::{Action, Delivery, OrderRow, Request, Response, Sandbox, Status, Webhook};
use leaflink_sync_kit::host::http;
use rust_decimal::Decimal;

use super::books::Books;
use super::counters::Counters;
use super::history::{Arrival, Crash, Effect, Fault, Hits, InLeafLink};
use super::trace::Trace;
use super::{check, people_in_leaflink};

/// A fault that waits for its requests.
struct Waiting {
    fault: Fault,
    seen: u32,
    /// What a stale read sees.
    past: Option<Box<Sandbox>>,
}

/// The call that is under way, or was last.
#[derive(Default)]
pub struct UnderWay {
    /// Requests of it that a fault hit.
    pub struck: u32,
    /// Somebody acted in LeafLink after its first request.
    pub disturbed: bool,
    /// It read something that was no longer so.
    pub stale: bool,
    /// The ERP's process dies in it.
    pub dies: Option<Crash>,
    /// It died while a request was under way.
    pub died_waiting: bool,
    /// The writes that are queued as it begins; absent: it is no call that may send any.
    pub queued: Option<BTreeMap<String, Vec<u8>>>,
    /// A write reached LeafLink.
    pub wrote: bool,
}

/// What the checks remember.
#[derive(Default)]
pub struct Memory {
    /// What the ERP held when it was last looked at.
    pub books: Books,
    /// Products of which LeafLink offers what the last push said, as far as orders did not change it.
    pub in_step: BTreeSet<u64>,
    /// Products of which LeafLink took a figure at some time.
    pub pushed: BTreeSet<u64>,
    /// Somebody acted in LeafLink while the figures that are queued were reckoned, or what was read
    /// for them was no longer so.
    pub figures_are_doubtful: bool,
    /// The codes of the last decision in the journal about a subject, apart from its delivery.
    pub decided: BTreeMap<String, Vec<String>>,
    /// Orders that came over at some time.
    pub came_over: BTreeSet<String>,
    /// Orders whose sales order people deleted.
    pub forgotten: BTreeSet<String>,
    /// Orders that people called off in the ERP.
    pub may_be_rejected: BTreeSet<String>,
    /// Orders whose sales order people moved back.
    pub moved_back: BTreeSet<String>,
    /// Orders whose sales order people edited.
    pub edited_in_erp: BTreeSet<String>,
    /// Orders that were edited in LeafLink after they were packed.
    pub disputed: BTreeSet<String>,
    /// Orders with an edit in LeafLink that has not come over, or could not.
    pub unapplied: BTreeSet<String>,
    /// Quantities that people entered for a line of the ERP, until LeafLink edits its order.
    pub entered: BTreeMap<(String, String), Decimal>,
    /// Orders that were held at some time.
    pub held: BTreeSet<String>,
    /// Orders whose sales order went back to processing as its transfer was parted from it.
    pub parted: BTreeSet<String>,
    /// The sale prices at the beginning.
    pub first_sale_prices: BTreeMap<String, Decimal>,
    /// The sale price that people last entered for a product, and as which of all prices.
    pub sale_prices: BTreeMap<String, (Decimal, u64)>,
    /// The wholesale price that people last entered for a LeafLink product, likewise.
    pub wholesale_prices: BTreeMap<u64, (Decimal, u64)>,
    /// The minimum order that people last entered for a product.
    pub minimums: BTreeMap<String, u32>,
    /// Prices that people entered so far.
    pub prices_entered: u64,
}

/// The world around the component.
pub struct World {
    pub sandbox: Sandbox,
    pub now_ms: u64,
    /// How far the ERP's clock is ahead of LeafLink's.
    pub skew_ms: i64,
    pub random: fastrand::Rng,
    /// Writes that LeafLink took.
    pub writes: u64,
    pub trace: Trace,
    pub counters: Counters,
    pub call: UnderWay,
    /// Where the next call dies, or the so-many-th delivery.
    pub crash: Option<(Option<u32>, Crash)>,
    pub memory: Memory,
    /// Units of the first product that LeafLink never gets to see.
    pub buffer: Decimal,
    /// Sale prices and wholesale prices follow each other.
    pub prices: bool,
    /// Webhooks that arrived before.
    pub past_webhooks: Vec<Webhook>,
    /// What must never happen and did.
    pub violations: Vec<String>,
    faults: Vec<Waiting>,
    amid: VecDeque<(u32, InLeafLink)>,
    late: Vec<(u64, Request)>,
}

impl World {
    /// A world at its beginning.
    pub fn new(sandbox: Sandbox, now_ms: u64, seed: u64) -> Self {
        Self {
            sandbox,
            now_ms,
            skew_ms: 0,
            random: fastrand::Rng::with_seed(seed),
            writes: 0,
            trace: Trace::default(),
            counters: Counters::default(),
            call: UnderWay::default(),
            crash: None,
            memory: Memory::default(),
            buffer: Decimal::ZERO,
            prices: false,
            past_webhooks: Vec::new(),
            violations: Vec::new(),
            faults: Vec::new(),
            amid: VecDeque::new(),
            late: Vec::new(),
        }
    }

    /// What the ERP's clock shows.
    pub fn erp_now_ms(&self) -> u64 {
        self.now_ms.saturating_add_signed(self.skew_ms)
    }

    /// Moves both clocks on. What LeafLink carries out late, it carries out in its time.
    pub fn pass_ms(&mut self, ms: u64) {
        let until = self.now_ms + ms;
        while let Some(next) =
            (0..self.late.len()).filter(|at| self.late[*at].0 <= until).min_by_key(|at| self.late[*at].0)
        {
            let (due, request) = self.late.remove(next);
            self.set_now_ms(due);
            self.counters.hit("a write was carried out after it was given up");
            // It says what was true when it was sent.
            self.call.stale = true;
            self.reach(&request);
        }
        self.set_now_ms(until);
    }

    /// Moves the ERP's clock alone. A jump ahead while LeafLink has a request in hand would make
    /// the quiet period of a payment shorter than it is: that is beyond what the protocol promises.
    pub fn jump_ms(&mut self, ms: i64) {
        if ms > 0 && !self.late.is_empty() {
            return;
        }
        self.skew_ms += ms;
        self.counters.hit(if ms > 0 {
            "the ERP's clock jumped ahead"
        } else {
            "the ERP's clock was set back"
        });
    }

    fn set_now_ms(&mut self, now_ms: u64) {
        self.now_ms = now_ms;
        self.sandbox.set_now_ms(now_ms);
    }

    /// Arms a fault.
    pub fn arm(&mut self, fault: Fault) {
        let past = (fault.effect == Effect::Stale).then(|| Box::new(self.sandbox.clone()));
        self.faults.push(Waiting { fault, seen: 0, past });
    }

    /// Has somebody act before the so-many-th request from now.
    pub fn act_amid(&mut self, request: u32, act: InLeafLink) {
        self.amid.push_back((request, act));
    }

    /// Nothing goes wrong any more, and nobody acts any more.
    pub fn calm_down(&mut self) {
        self.faults.clear();
        self.amid.clear();
        self.crash = None;
    }

    /// The webhooks that arrive now.
    pub fn webhooks(&mut self, arrival: Arrival) -> Vec<Webhook> {
        let mut fresh = self.sandbox.take_webhooks();
        match arrival {
            Arrival::InOrder => {}
            Arrival::Reversed => fresh.reverse(),
            Arrival::Twice => fresh = fresh.iter().flat_map(|it| [it.clone(), it.clone()]).collect(),
            Arrival::HalfLost => fresh = fresh.into_iter().step_by(2).collect(),
            Arrival::Lost => fresh.clear(),
            Arrival::AllOver => fresh = self.past_webhooks.iter().cloned().chain(fresh).collect(),
        }
        self.counters.arrival(arrival);
        self.past_webhooks.extend(fresh.iter().cloned());
        // A day brings a burst, not a flood: what is over comes over a few at a time.
        self.past_webhooks.truncate(12);
        fresh
    }

    /// LeafLink's orders that a number in a history means.
    pub fn order(&self, at: usize) -> Option<OrderRow> {
        let mut orders = self.sandbox.order_rows();
        match orders.len() {
            0 => None,
            count => Some(orders.swap_remove(at % count)),
        }
    }

    /// A request of the component.
    pub fn send(&mut self, request: &http::Request) -> Result<http::Response, http::Error> {
        self.let_people_act();
        let outgoing = as_sent(request, self.sandbox.api_key());
        let is_write = request.method != http::Method::Get;
        if is_write {
            check::write::allowed(self, request);
        }
        let answer = match self.strike(request) {
            None => self.carry_out(&outgoing),
            Some((effect, past)) => {
                self.call.struck += 1;
                self.counters.fault(effect, is_write);
                self.spoiled(effect, past, &outgoing, is_write)
            }
        };
        self.trace.exchange(request, &answer);
        answer
    }

    fn let_people_act(&mut self) {
        for (left, _) in &mut self.amid {
            *left = left.saturating_sub(1);
        }
        while let Some(at) = self.amid.iter().position(|(left, _)| *left == 0) {
            let Some((_, act)) = self.amid.remove(at) else { return };
            self.call.disturbed = true;
            if people_in_leaflink::act(self, &act) {
                self.counters.hit("somebody acted in the middle of a call");
            }
        }
    }

    fn strike(&mut self, request: &http::Request) -> Option<(Effect, Option<Box<Sandbox>>)> {
        let is_write = request.method != http::Method::Get;
        let is_payment = request.path.contains("payments");
        let is_product = request.path.starts_with("/products/");
        let looks_for_one = request.query.iter().any(|(name, _)| name == "sku" || name == "external_id_key");
        let mut struck = None;
        for waiting in &mut self.faults {
            let fault = waiting.fault;
            let fits = match fault.hits {
                Hits::Any => true,
                Hits::Reads => !is_write,
                Hits::Writes => is_write,
                Hits::Payments => is_payment,
                Hits::NewPayments => is_payment && is_write,
                Hits::Products => is_product,
                Hits::NewProducts => is_product && request.method == http::Method::Post,
            };
            let makes_sense = match fault.effect {
                Effect::Stale => !is_write && !is_payment && !looks_for_one,
                Effect::CarriedOutLate(_) => is_write,
                _ => true,
            };
            if !fits || !makes_sense {
                continue;
            }
            waiting.seen += 1;
            let due = waiting.seen > fault.after && waiting.seen <= fault.after + fault.times;
            if due && struck.is_none() {
                struck = Some((fault.effect, waiting.past.clone()));
            }
        }
        struck
    }

    fn spoiled(
        &mut self,
        effect: Effect,
        past: Option<Box<Sandbox>>,
        request: &Request,
        is_write: bool,
    ) -> Result<http::Response, http::Error> {
        let plain = |status, body: &str| http::Response {
            status,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.as_bytes().to_vec(),
        };
        let no_answer = || Err(http::Error::NoAnswer("no answer came back".to_owned()));
        match effect {
            Effect::Status(status) => Ok(plain(status, "")),
            Effect::TooMany { retry_after } => {
                let mut answer = plain(429, "{\"detail\": \"Request was throttled.\"}");
                answer.headers.extend(retry_after.map(|s| ("retry-after".to_owned(), s.to_string())));
                Ok(answer)
            }
            Effect::NotSent => Err(http::Error::NotSent("LeafLink could not be reached".to_owned())),
            Effect::LostRequest => no_answer(),
            Effect::LostAnswer => {
                drop(self.carry_out(request));
                no_answer()
            }
            Effect::CarriedOutLate(seconds) => {
                self.late.push((self.now_ms + u64::from(seconds) * 1_000, request.clone()));
                no_answer()
            }
            Effect::Dies { carried_out } => {
                self.call.dies = Some(Crash::BeforeCommit);
                self.call.died_waiting = true;
                match carried_out {
                    Some(0) => drop(self.carry_out(request)),
                    Some(seconds) if is_write => {
                        self.late.push((self.now_ms + u64::from(seconds) * 1_000, request.clone()));
                    }
                    Some(_) | None => {}
                }
                no_answer()
            }
            Effect::Truncated => {
                let mut answer = self.carry_out(request)?;
                answer.body.truncate(answer.body.len() / 2);
                Ok(answer)
            }
            Effect::Garbled => {
                let mut answer = self.carry_out(request)?;
                answer.body = b"{\"count\": 1, \"results\": [{]}".to_vec();
                Ok(answer)
            }
            Effect::Stale => match past {
                Some(mut past) if !is_write => {
                    self.call.stale = true;
                    taken(past.handle(request))
                }
                _ => self.carry_out(request),
            },
        }
    }

    /// LeafLink gets a request and its answer arrives.
    fn carry_out(&mut self, request: &Request) -> Result<http::Response, http::Error> {
        let response = self.reach(request);
        taken(response)
    }

    fn reach(&mut self, request: &Request) -> Response {
        let response = self.sandbox.handle(request);
        if request.method != leaflink_sandbox::Method::Get && response.status < 300 {
            self.call.wrote = true;
            self.writes += 1;
            check::write::took_effect(self, request);
        }
        response
    }
}

fn as_sent(request: &http::Request, api_key: &str) -> Request {
    let method = match request.method {
        http::Method::Get => leaflink_sandbox::Method::Get,
        http::Method::Post => leaflink_sandbox::Method::Post,
        http::Method::Patch => leaflink_sandbox::Method::Patch,
        http::Method::Delete => leaflink_sandbox::Method::Delete,
    };
    let query: Vec<String> =
        request.query.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    Request {
        method,
        path: format!("/api/v2{}", request.path),
        query: query.join("&"),
        headers: vec![
            ("Authorization".to_owned(), format!("App {api_key}")),
            ("Content-Type".to_owned(), "application/json".to_owned()),
        ],
        body: request.body.clone().unwrap_or_default(),
    }
}

fn encoded(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~,:".contains(&byte);
    value
        .bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn taken(response: Response) -> Result<http::Response, http::Error> {
    if response.delivery == Delivery::Lost {
        return Err(http::Error::NoAnswer("the connection broke".to_owned()));
    }
    let headers = response.headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value));
    Ok(http::Response { status: response.status, headers: headers.collect(), body: response.body })
}

/// Whether nothing leads on from a status.
pub fn is_over(status: Status) -> bool {
    matches!(status, Status::Rejected | Status::Cancelled | Status::Combined)
}

/// The action at the end of a transition's path.
pub fn action_of(path: &str) -> Option<Action> {
    let action = path.trim_end_matches('/').rsplit_once("/transition/")?.1;
    Some(match action {
        "accept" => Action::Accept,
        "fulfill" => Action::Fulfill,
        "ship" => Action::Ship,
        "complete" => Action::Complete,
        "reject" => Action::Reject,
        _ => return None,
    })
}
