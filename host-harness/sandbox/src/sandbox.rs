//! The sandbox: a world behind an API, and the hands that move it from outside.

use std::borrow::Cow;
use std::collections::VecDeque;

use anyhow::Result;
use serde_json::{Map, Value};

use crate::api;
use crate::event::Event;
use crate::fault::{Armed, Effect, Fault};
use crate::http::{Method, Request, Response, encode_query};
use crate::refusal::Refusal;
use crate::seed::{OrderSeed, Seed};
use crate::time::Instant;
use crate::view;
use crate::webhook::Webhook;
use crate::world::{Action, OrderEdit, Placing, Source, World};

/// A LeafLink with one seller in it. It does no I/O and reads no clock: the same calls in the
/// same order always give the same answers.
#[derive(Clone)]
pub struct Sandbox {
    world: World,
    api_key: String,
    faults: Vec<Waiting>,
    /// When the requests of the current rate window came, in milliseconds.
    recent: VecDeque<u64>,
    now_ms: u64,
    /// Requests that are carried out when the clock reaches their time, in milliseconds.
    late: Vec<(u64, Request)>,
    /// How much later the next request is carried out.
    delay_ms: Option<u64>,
}

/// A fault, and what a stale read sees.
#[derive(Clone)]
struct Waiting {
    armed: Armed,
    stale: Option<Box<World>>,
}

impl Sandbox {
    /// Builds the world that a seed describes.
    ///
    /// # Errors
    /// If the seed contradicts itself, such as an order of a customer that is not there; names
    /// the record.
    pub fn new(seed: Seed) -> Result<Self> {
        let api_key = seed.api_key.clone();
        let faults = seed.faults.clone();
        let world = World::new(seed)?;
        let now_ms = u64::try_from(world.now().0 / 1000).unwrap_or_default();
        let mut sandbox = Self {
            world,
            api_key,
            faults: Vec::new(),
            recent: VecDeque::new(),
            now_ms,
            late: Vec::new(),
            delay_ms: None,
        };
        for fault in faults {
            sandbox.inject(fault);
        }
        Ok(sandbox)
    }

    /// Sets the clock, in milliseconds since 1970-01-01T00:00:00Z. It only moves when told to.
    pub fn set_now_ms(&mut self, now_ms: u64) {
        self.now_ms = now_ms;
        let micros = i64::try_from(now_ms).unwrap_or(i64::MAX).saturating_mul(1000);
        self.world.set_now(Instant(micros));
        let (due, waiting) = std::mem::take(&mut self.late).into_iter().partition(|(at, _)| *at <= now_ms);
        self.late = waiting;
        let due: Vec<(u64, Request)> = due;
        for (_, request) in due {
            if let Some(path) = request.path.strip_prefix(api::ROOT) {
                api::answer(&mut self.world, &request, path);
            }
        }
    }

    /// Answers one request.
    pub fn handle(&mut self, request: &Request) -> Response {
        let path = request.path.strip_prefix(api::ROOT);
        let Some(path) = path.filter(|path| path.is_empty() || path.starts_with('/')) else {
            return Response::detail(404, "Not found.");
        };
        let mut effect = None;
        let mut stale = None;
        for waiting in &mut self.faults {
            if let Some(struck) = waiting.armed.strike(request, path)
                && effect.is_none()
            {
                stale = waiting.stale.clone();
                effect = Some(struck);
            }
        }
        if let Some(ms) = self.delay_ms.take() {
            effect = Some(match effect {
                Some(late @ Effect::LateCommit { .. }) => late,
                // What is refused is refused late, too.
                Some(other) if other.instead().is_some() => Effect::LostRequest,
                _ => Effect::LateCommit { ms },
            });
        }
        if let Some(Effect::LateCommit { ms }) = effect {
            self.late.push((self.now_ms.saturating_add(ms), request.clone()));
        }
        if let Some(response) = effect.as_ref().and_then(Effect::instead) {
            return response;
        }
        let mut request = Cow::Borrowed(request);
        if effect == Some(Effect::FirstPage) {
            let query = request.query_pairs().into_iter().filter(|(name, _)| name != "offset");
            request.to_mut().query = encode_query(query.collect());
        }
        let request = request.as_ref();
        let mut response = self.admit(request, path).unwrap_or_else(|| match stale {
            Some(mut past) if request.method == Method::Get => api::answer(&mut past, request, path),
            _ => api::answer(&mut self.world, request, path),
        });
        self.announce(&mut response);
        if let Some(effect) = effect {
            effect.spoil(&mut response);
        }
        response
    }

    /// Makes something happen in LeafLink; the numbers or ids of what came to be by it.
    ///
    /// # Errors
    /// If LeafLink would not do it; nothing has changed then.
    pub fn apply(&mut self, event: Event) -> Result<Vec<String>, Refusal> {
        match event {
            Event::PlaceOrder(seed) => return Ok(vec![self.place_order(*seed)?]),
            Event::PlaceCart(seed) => return self.place_cart(*seed),
            Event::EditOrder { order, edit } => self.edit_order(&order, *edit)?,
            Event::Transition { order, action, source } => {
                self.transition(&order, action, source)?;
            }
            Event::Combine { orders } => return Ok(vec![self.combine(&orders)?]),
            Event::SetReps { order, reps } => self.set_reps(&order, &reps)?,
            Event::EditCustomer { customer, fields } => {
                self.edit(&format!("/customers/{customer}/"), fields)?;
            }
            Event::EditProduct { product, fields } => {
                self.edit(&format!("/products/{product}/"), fields)?;
            }
            Event::SetStock { quantities } => {
                for id in quantities.keys() {
                    self.world.product(*id)?;
                }
                for (id, quantity) in quantities {
                    self.world.change_product(id, |product| {
                        product.quantity = quantity;
                        Ok(())
                    })?;
                }
            }
            Event::DeleteProduct { product } => self.world.archive_product(product)?,
            Event::RecreateProduct { product } => {
                return Ok(vec![self.world.recreate_product(product)?.to_string()]);
            }
            Event::RemoveChoice { list, id } => self.world.remove_choice(&list, id)?,
            Event::Fault(fault) => self.inject(fault),
        }
        Ok(Vec::new())
    }

    /// Places an order; its number.
    ///
    /// # Errors
    /// If the customer, a product or a rep is not there, or the number is taken.
    pub fn place_order(&mut self, seed: OrderSeed) -> Result<String, Refusal> {
        self.world.place_order(seed, Placing::Now)
    }

    /// Places a cart, as two orders if it mixes medical and adult-use products; their numbers.
    ///
    /// # Errors
    /// As [`place_order`](Self::place_order).
    pub fn place_cart(&mut self, seed: OrderSeed) -> Result<Vec<String>, Refusal> {
        self.world.place_cart(seed)
    }

    /// Edits an order (named by number or short id) as a person does in LeafLink's screens.
    ///
    /// # Errors
    /// If the order or something the edit names is not there.
    pub fn edit_order(&mut self, order: &str, edit: OrderEdit) -> Result<(), Refusal> {
        let number = self.number_of(order)?;
        self.world.edit_order(&number, edit)
    }

    /// Moves an order on. Only a source other than the API can do the buyer's cancelling.
    ///
    /// # Errors
    /// If the order is not there or its status does not allow it.
    pub fn transition(&mut self, order: &str, action: Action, source: Source) -> Result<(), Refusal> {
        let number = self.number_of(order)?;
        self.world.transition(&number, action, source)
    }

    /// Merges orders of one customer; the number of the new order.
    ///
    /// # Errors
    /// If an order is not there, or they are of several customers.
    pub fn combine(&mut self, orders: &[String]) -> Result<String, Refusal> {
        let numbers = orders.iter().map(|order| self.number_of(order)).collect::<Result<Vec<_>, _>>()?;
        self.world.combine(&numbers)
    }

    /// Puts other sales reps on an order, by staff id.
    ///
    /// # Errors
    /// If the order or a member of the staff is not there.
    pub fn set_reps(&mut self, order: &str, reps: &[u64]) -> Result<(), Refusal> {
        let number = self.number_of(order)?;
        self.world.set_reps(&number, reps)
    }

    /// Arms a fault.
    pub fn inject(&mut self, fault: Fault) {
        let stale = (fault.effect == Effect::Stale).then(|| Box::new(self.world.clone()));
        self.faults.push(Waiting { armed: Armed::new(fault), stale });
    }

    /// Has the connection of the next request break, and the request carried out so many milliseconds
    /// later; or not, after all.
    pub fn delay_next(&mut self, ms: Option<u64>) {
        self.delay_ms = ms;
    }

    /// How many requests each fault has met, to [count on from](Self::count_faults_from).
    #[must_use]
    pub fn fault_counts(&self) -> Vec<u32> {
        self.faults.iter().map(|waiting| waiting.armed.seen()).collect()
    }

    /// Has the faults that there are meet again what they met since then.
    pub fn count_faults_from(&mut self, counts: &[u32]) {
        for (waiting, seen) in self.faults.iter_mut().zip(counts) {
            waiting.armed.set_seen(*seen);
        }
    }

    /// Disarms every fault.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
    }

    /// Takes the webhooks that are due, oldest first.
    pub fn take_webhooks(&mut self) -> Vec<Webhook> {
        std::mem::take(&mut self.world.webhooks)
    }

    pub(crate) fn world(&self) -> &World {
        &self.world
    }

    /// The key that requests must carry.
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// Every order with its lines, oldest first, as it would be sent if it were well-formed.
    pub fn orders(&self) -> Vec<Value> {
        let world = &self.world;
        world
            .orders
            .values()
            .map(|order| {
                let mut body = view::order(world, order);
                body["line_items"] = view::lines(world, order);
                body
            })
            .collect()
    }

    /// Every product, by id.
    pub fn products(&self) -> Vec<Value> {
        self.world.products.values().map(|it| view::product(&self.world, it)).collect()
    }

    /// Every customer record, by id.
    pub fn customers(&self) -> Vec<Value> {
        self.world.customers.values().map(|it| view::customer(&self.world, it)).collect()
    }

    /// Every payment, oldest first.
    pub fn payments(&self) -> Vec<Value> {
        self.world.payments.values().map(|it| view::payment(&self.world, it)).collect()
    }

    /// The event log of all orders, oldest first.
    pub fn event_logs(&self) -> Vec<Value> {
        self.world.events.iter().map(|it| view::event(&self.world, it)).collect()
    }

    /// Everything that later answers depend on, as text for comparing: two sandboxes of one seed with
    /// equal texts behave alike from now on.
    pub fn fingerprint(&self) -> String {
        let waiting: Vec<_> =
            self.faults.iter().map(|waiting| (waiting.armed.left(), &waiting.stale)).collect();
        let recent = self.world.options.rate_limit.as_ref().map(|_| &self.recent);
        format!("{:?} {waiting:?} {recent:?} {} {:?}", self.world, self.now_ms, self.late)
    }

    /// Path, rate and key, in the order in which LeafLink looks at them; an answer if one fails.
    fn admit(&mut self, request: &Request, path: &str) -> Option<Response> {
        if !path.ends_with('/') {
            return Some(Response::detail(400, "Request path must end in a slash"));
        }
        let expected = format!("App {}", self.api_key);
        if request.get_header("authorization") != Some(&expected) {
            return Some(Response::detail(401, "Invalid token."));
        }
        let limit = self.world.options.rate_limit.as_ref()?;
        while self.recent.front().is_some_and(|at| at + limit.window_ms <= self.now_ms) {
            self.recent.pop_front();
        }
        let Some(oldest) = self.recent.front().filter(|_| self.recent.len() >= limit.requests) else {
            self.recent.push_back(self.now_ms);
            return None;
        };
        let seconds = (oldest + limit.window_ms - self.now_ms).div_ceil(1000);
        let message = format!("Request was throttled. Expected available in {seconds} seconds.");
        let mut response = Response::detail(429, &message);
        if limit.retry_after {
            response.headers.push(("Retry-After".to_owned(), seconds.to_string()));
        }
        Some(response)
    }

    /// Says how many requests are left, if this LeafLink does.
    fn announce(&self, response: &mut Response) {
        let Some(limit) = self.world.options.rate_limit.as_ref().filter(|limit| limit.announced) else {
            return;
        };
        let Some(oldest) = self.recent.front().filter(|_| response.status != 429) else { return };
        let seconds = (oldest + limit.window_ms - self.now_ms).div_ceil(1000);
        for (name, figure) in [
            ("RateLimit-Limit", limit.requests as u64),
            ("RateLimit-Remaining", limit.requests.saturating_sub(self.recent.len()) as u64),
            ("RateLimit-Reset", seconds),
        ] {
            response.headers.push((name.to_owned(), figure.to_string()));
        }
    }

    /// An edit in LeafLink's screens, which takes what the API's PATCH takes.
    fn edit(&mut self, path: &str, fields: Map<String, Value>) -> Result<(), Refusal> {
        let request =
            Request::new(Method::Patch, &format!("{}{path}", api::ROOT)).json(&Value::Object(fields));
        let response = api::answer(&mut self.world, &request, path);
        match response.status {
            200 => Ok(()),
            404 => Err(Refusal::NotFound(path.trim_matches('/').replace('/', " "))),
            _ => Err(Refusal::Invalid(String::from_utf8_lossy(&response.body).into_owned())),
        }
    }

    fn number_of(&self, order: &str) -> Result<String, Refusal> {
        self.world
            .orders
            .values()
            .find(|record| record.number == order || record.short_id == order)
            .map(|record| record.number.clone())
            .ok_or_else(|| Refusal::NotFound(format!("order {order}")))
    }
}
