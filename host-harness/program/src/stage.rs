//! One company's sync with everything around it: the reference ERP on SQLite, a LeafLink sandbox, a
//! mailbox, and the component between them; with [real connections](Connections::Real), or all in
//! this process.

mod billing;
mod drift;
mod insight;
mod people;
mod snapshot;
mod webhooks;

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use anyhow::{Context, bail};
use chrono::{DateTime, FixedOffset, NaiveTime, TimeDelta};
use leaflink_sandbox::{Sandbox, Server};
use leaflink_sync_kit::exports::insight::Explanation;
use leaflink_sync_kit::exports::polling::Source;
use leaflink_sync_kit::exports::product_links::Suggestions;
use leaflink_sync_kit::exports::readiness::Check;
use leaflink_sync_kit::host::types::Decision;
use leaflink_sync_kit::recording::Recorder;
use leaflink_sync_kit::swap::Slot;
use leaflink_sync_kit::{CallError, Calls, CompanyId, Connector, Host};
use leaflink_sync_transport::{CaughtMail, RequestBudget};
use reference_erp::{CommitWatch, Erp};
use serde_json::{Map, Value};

pub use crate::connections::Connections;
use crate::connections::{Post, ToLeafLink};
use crate::document::Place;
use crate::drift::DriftReport;
use crate::host::{Keys, LocalHost, SetClock, TrafficLog, lock};
use crate::post;
use crate::steps::{Act, SyncAct};
use crate::sync_round::{self, Caller, Catalogue, Changes, Look, Round};
use crate::world::{LEAFLINK, LoadedWorld};
use webhooks::Webhooks;

pub use snapshot::Snapshot;

/// What a stage can do besides.
#[derive(Default)]
pub struct Options {
    /// Real ones, or all in this process.
    pub connections: Connections,
    /// Keeps the ERP's database in this file, which must not exist yet.
    pub erp_file: Option<PathBuf>,
    /// Is given every exchange with LeafLink.
    pub traffic_log: Option<TrafficLog>,
    /// Is given a line of JSON for each call of the component and each decision.
    pub call_log: Option<Box<dyn Write + Send>>,
    /// What the random numbers follow from.
    pub random_seed: u64,
    /// What the component is to have as its host, made from the stage's own: to watch or to disturb
    /// it.
    pub around_host: Option<AroundHost>,
    /// What rounds call instead of the component itself: to watch or to repeat their calls.
    pub around_calls: Option<AroundCalls>,
    /// Is told of each commit of the ERP.
    pub commit_watch: Option<CommitWatch>,
    /// Keeps every call of the component.
    pub recorder: Option<Arc<dyn Recorder>>,
}

/// Puts something around a stage's host.
pub type AroundHost = Box<dyn FnOnce(Arc<LocalHost>) -> Arc<dyn Host>>;

/// Puts something around the calls that rounds make.
pub type AroundCalls = Box<dyn FnOnce(Calls) -> Arc<dyn Caller>>;

/// The running stage. Everything on it ends with it.
pub struct Stage {
    slot: Slot,
    calls: Calls,
    /// What rounds call.
    caller: Arc<dyn Caller>,
    host: Arc<LocalHost>,
    for_component: Arc<dyn Host>,
    erp: Erp,
    company: CompanyId,
    sandbox: Arc<Mutex<Sandbox>>,
    server: Option<Server>,
    post: Post,
    clock: SetClock,
    began: DateTime<FixedOffset>,
    /// In how many calls of `deliver` the ERP's process dies; 0: it does not.
    dies_in: AtomicU32,
    /// When LeafLink's catalogue was last read, in milliseconds since 1970; 0: never.
    catalogue_read_ms: AtomicU64,
    /// LeafLink's webhooks, if the world has one set up.
    webhooks: Option<Webhooks>,
}

/// How often rounds read LeafLink's catalogue.
const CATALOGUE_EVERY_MS: u64 = 10 * 60 * 1_000;

/// What came of a step.
#[derive(Debug)]
pub enum Happened {
    /// It was done.
    Done,
    /// A round of the sync.
    Synced(Box<Round>),
    /// An order was looked at.
    LookedAt(Look),
    /// LeafLink's catalogue was read.
    ReadCatalogue(Catalogue),
    /// LeafLink products were suggested.
    Suggested(Result<Suggestions, CallError>),
    /// A product was linked or unlinked, or the person was refused.
    Linked(Result<Decision, CallError>),
    /// An order was explained.
    Explained {
        /// The order as the step names it.
        order: String,
        /// The answer.
        explanation: Box<Explanation>,
    },
    /// The set-up check-list was read.
    Checked(Vec<Check>),
    /// The two sides were compared.
    Compared(Box<DriftReport>),
    /// A difference was to be repaired.
    Repaired(Result<Decision, CallError>),
    /// It was said what a handler would do.
    Previewed {
        /// The order or product as the step names it.
        order: String,
        /// The answer.
        decision: Box<Decision>,
    },
}

/// The company on the stage.
pub const COMPANY: &str = "company";

impl Stage {
    /// Sets a world up.
    ///
    /// # Errors
    /// The world contradicts itself (names file and line), or this machine gives no port or file.
    pub fn set_up(connector: &Connector, loaded: &LoadedWorld, options: Options) -> anyhow::Result<Self> {
        let world = &loaded.world;
        let began_ms = u64::try_from(world.now.timestamp_millis())
            .map_err(|_| loaded.problem(&Place::root().key("now"), "expected a day since 1970"))?;
        let clock = SetClock::at(began_ms);

        let company = CompanyId(COMPANY.to_owned());
        let ticking = clock.clone();
        let erp = match (&options.erp_file, options.connections) {
            (Some(file), _) => new_erp(file)?,
            (None, Connections::Real) => Erp::temporary()?,
            (None, Connections::InProcess) => Erp::in_memory()?,
        };
        let erp = erp.with_clock(Arc::new(move || ticking.now_ms()));
        let erp = match options.commit_watch {
            Some(watch) => erp.with_commit_watch(watch),
            None => erp,
        };
        erp.seed(&company, &world.erp).map_err(|error| loaded.problem(&Place::root().key("erp"), error))?;

        let mut sandbox = Sandbox::new(world.leaflink.clone())
            .map_err(|error| loaded.problem(&Place::root().key(LEAFLINK), format!("{error:#}")))?;
        sandbox.set_now_ms(began_ms);
        let sandbox = Arc::new(Mutex::new(sandbox));
        let to_leaflink = ToLeafLink::connect(options.connections, &sandbox, &world.leaflink.api_key)?;

        let keys = Keys {
            leaflink_webhook: world.leaflink.webhook_key.clone().map(String::into_bytes),
            // Nothing that this stage writes outlives it, so its mark need not be secret.
            write_token: options.random_seed.to_be_bytes().to_vec(),
        };
        let host = LocalHost::new(erp.clone(), to_leaflink.client, keys, options.random_seed)
            .with_traffic_log(options.traffic_log)
            .with_call_log(options.call_log);
        let host = Arc::new(host);
        let for_component = match options.around_host {
            Some(around) => around(Arc::clone(&host)),
            None => host.clone(),
        };
        let slot = Slot::new(connector.clone(), Arc::clone(&for_component));
        let calls = slot.calls(company.clone());
        let calls = match options.recorder {
            Some(recorder) => calls.recorded(recorder),
            None => calls,
        };
        let caller = match options.around_calls {
            Some(around) => around(calls.clone()),
            None => Arc::new(calls.clone()),
        };
        let webhooks =
            if world.webhooks { Some(Webhooks::start(calls.clone(), options.connections)?) } else { None };
        let stage = Self {
            slot,
            calls,
            caller,
            host,
            for_component,
            erp,
            company,
            sandbox,
            server: to_leaflink.server,
            post: Post::open(options.connections)?,
            clock,
            began: world.now,
            dies_in: AtomicU32::new(0),
            catalogue_read_ms: AtomicU64::new(0),
            webhooks,
        };
        stage.configure(loaded)?;
        Ok(stage)
    }

    /// Moves the clocks of ERP and LeafLink to a time of the day that it is.
    ///
    /// # Errors
    /// That time is past.
    pub fn move_to(&self, time: NaiveTime) -> anyhow::Result<()> {
        let then = self.now().date_naive().and_time(time).and_local_timezone(self.began.timezone()).single();
        let then_ms = then.and_then(|then| u64::try_from(then.timestamp_millis()).ok());
        let then_ms = then_ms.filter(|then| *then >= self.clock.now_ms()).with_context(|| {
            format!("{} is past already; steps are in the order of time", time.format("%H:%M"))
        })?;
        self.clock.set(then_ms);
        self.sandbox().set_now_ms(then_ms);
        Ok(())
    }

    /// Lets time pass on the clocks of ERP and LeafLink.
    pub fn let_pass(&self, time: Duration) {
        let then_ms = self.clock.now_ms() + u64::try_from(time.as_millis()).unwrap_or(u64::MAX / 2);
        self.clock.set(then_ms);
        self.sandbox().set_now_ms(then_ms);
    }

    /// The ERP's process ends and another begins: what was only in memory is gone.
    pub fn restart(&self) {
        self.host.keep_next_commit();
        self.host.budget().set(&RequestBudget::default());
        self.catalogue_read_ms.store(0, Ordering::Relaxed);
    }

    /// The time on the clocks.
    pub fn now(&self) -> DateTime<FixedOffset> {
        let now = i64::try_from(self.clock.now_ms()).ok().and_then(DateTime::from_timestamp_millis);
        now.map_or(self.began, |now| now.with_timezone(&self.began.timezone()))
    }

    /// Does what a step says.
    ///
    /// # Errors
    /// LeafLink, the ERP or the component would not do it; says which and why.
    pub fn perform(&self, act: &Act) -> anyhow::Result<Happened> {
        match act {
            Act::LeafLink(event) => {
                self.sandbox().apply((**event).clone()).context("LeafLink would not do this")?;
                if self.webhooks.is_some() {
                    return Ok(Happened::Synced(Box::new(self.webhooks_arrive()?)));
                }
            }
            Act::Erp(act) => self.in_erp(act).context("the ERP would not do this")?,
            Act::Billing(act) => self.with_billing(act).context("the ERP would not do this")?,
            Act::SalesOrder { order, act } => {
                self.to_sales_order(order, act).context("the ERP would not do this")?;
            }
            Act::Sync(SyncAct::Sync(())) => return Ok(Happened::Synced(Box::new(self.sync()?))),
            Act::Sync(SyncAct::PushStock(())) => return Ok(Happened::Synced(Box::new(self.push_stock()?))),
            Act::Sync(SyncAct::Crash { delivery }) => self.dies_in.store(*delivery, Ordering::Relaxed),
            Act::Sync(SyncAct::LookAt(order)) => return Ok(Happened::LookedAt(self.look_at(order)?)),
            Act::Sync(SyncAct::Explain(order)) => {
                let explanation = Box::new(self.explain(order)?);
                return Ok(Happened::Explained { order: order.clone(), explanation });
            }
            Act::Sync(SyncAct::Preview(order)) => {
                let decision = Box::new(self.preview(order)?);
                return Ok(Happened::Previewed { order: order.clone(), decision });
            }
            Act::Sync(SyncAct::PreviewSalesOrder(order)) => {
                let decision = Box::new(self.preview_sales_order(order)?);
                return Ok(Happened::Previewed { order: order.clone(), decision });
            }
            Act::Sync(SyncAct::PreviewProduct(product)) => {
                let decision = Box::new(self.preview_product(product)?);
                return Ok(Happened::Previewed { order: product.clone(), decision });
            }
            Act::Sync(SyncAct::LinkCustomer { company, customer }) => {
                self.calls.link_customer(company, *customer)?;
            }
            Act::Sync(SyncAct::UnlinkCustomer { company }) => drop(self.calls.unlink_customer(company)?),
            Act::Sync(SyncAct::MapUser { staff, user }) => drop(self.calls.map_user(*staff, user)?),
            Act::Sync(SyncAct::UnmapUser { staff }) => drop(self.calls.unmap_user(*staff)?),
            Act::Sync(SyncAct::PollProducts(())) => {
                return Ok(Happened::ReadCatalogue(self.read_catalogue()));
            }
            Act::Sync(SyncAct::SuggestLinks(products)) => {
                return Ok(Happened::Suggested(self.calls.suggest_product_links(products)));
            }
            Act::Sync(SyncAct::Link { product, leaflink_product }) => {
                return Ok(Happened::Linked(self.calls.link_product(product, *leaflink_product)));
            }
            Act::Sync(SyncAct::Unlink { product }) => {
                return Ok(Happened::Linked(self.calls.unlink_product(product)));
            }
            Act::Sync(SyncAct::RunUntil(time)) => {
                return Ok(Happened::Synced(Box::new(self.run_until(*time)?)));
            }
            Act::Sync(SyncAct::RunDays(days)) => {
                return Ok(Happened::Synced(Box::new(self.run_days(*days)?)));
            }
            Act::Sync(SyncAct::RetryWrite(write)) => drop(self.calls.retry_write(&self.write_id(write))?),
            Act::Sync(SyncAct::DropWrite { write, why }) => {
                drop(self.calls.drop_write(&self.write_id(write), why)?);
            }
            Act::Sync(SyncAct::CheckList(())) => return Ok(Happened::Checked(self.calls.readiness()?)),
            Act::Sync(SyncAct::Drift(areas)) => {
                return Ok(Happened::Compared(Box::new(self.drift(areas)?)));
            }
            Act::Sync(SyncAct::Repair(id)) => return Ok(Happened::Repaired(self.repair(id))),
            Act::Sync(SyncAct::LoseChanges(())) => {
                for change in self.erp.changes(&self.company)? {
                    self.erp.looked_at(&self.company, &change)?;
                }
            }
            Act::Sync(SyncAct::Webhooks(way)) => {
                self.set_webhook_way(way)?;
                return Ok(Happened::Synced(Box::new(self.webhooks_arrive()?)));
            }
            Act::Sync(SyncAct::RepeatWebhooks(())) => {
                return Ok(Happened::Synced(Box::new(self.repeat_webhooks()?)));
            }
            Act::Sync(SyncAct::PostWebhook(posted)) => self.post_webhook(posted)?,
            Act::Sync(SyncAct::Settings(settings)) => {
                if let Some((key, problem)) = self.put_settings(settings)?.into_iter().next() {
                    bail!("{key}: {problem}");
                }
            }
        }
        Ok(Happened::Done)
    }

    /// Runs one round of the sync and sends the e-mail that it queued.
    ///
    /// # Errors
    /// The e-mail could not be sent.
    pub fn sync(&self) -> anyhow::Result<Round> {
        let mut ticket = || self.next_ticket();
        let now = self.clock.now_ms();
        let catalogue_is_due =
            now.saturating_sub(self.catalogue_read_ms.load(Ordering::Relaxed)) >= CATALOGUE_EVERY_MS;
        let mut round = self.look_at_changes(|calls, changes| {
            sync_round::run(calls, changes, &mut ticket, catalogue_is_due)
        })?;
        if catalogue_is_due && round.stopped.is_none() {
            self.catalogue_read_ms.store(now, Ordering::Relaxed);
        }
        self.send_mail()?;
        round.join(self.webhooks_arrive()?);
        Ok(round)
    }

    /// Runs the ERP's background work minute by minute until a time of the day that it is: what the
    /// component says is due, and what people changed.
    ///
    /// # Errors
    /// That time is past, or the component cannot say what is due.
    pub fn run_until(&self, time: NaiveTime) -> anyhow::Result<Round> {
        let mut round = Round::default();
        while self.now().time() < time {
            let minute = self.now().time() + TimeDelta::minutes(1);
            self.move_to(minute.min(time))?;
            round.join(self.work()?);
        }
        Ok(round)
    }

    /// Runs the ERP's background work through whole days, every hour.
    ///
    /// # Errors
    /// The component cannot say what is due.
    pub fn run_days(&self, days: u32) -> anyhow::Result<Round> {
        const STEP: Duration = Duration::from_secs(60 * 60);
        const STEPS_OF_A_DAY: u32 = 24;

        let mut round = Round::default();
        for _ in 0..days.saturating_mul(STEPS_OF_A_DAY) {
            self.let_pass(STEP);
            round.join(self.work()?);
        }
        Ok(round)
    }

    /// The ERP's background work as it is due now.
    fn work(&self) -> anyhow::Result<Round> {
        let now = self.clock.now_ms();
        let due = self.caller.polls_due()?;
        let is_due = |source| due.iter().any(|due| due.source == source && due.at_ms <= now);
        let (orders, products) = (is_due(Source::Orders), is_due(Source::Products));
        let mut ticket = || self.next_ticket();
        let mut round = self.look_at_changes(|calls, changes| {
            sync_round::run_due(calls, changes, &mut ticket, orders, products)
        })?;
        self.send_mail()?;
        round.join(self.webhooks_arrive()?);
        Ok(round)
    }

    /// Pushes stock to LeafLink and sends the e-mail that it queued.
    ///
    /// # Errors
    /// The e-mail could not be sent.
    pub fn push_stock(&self) -> anyhow::Result<Round> {
        let mut ticket = || self.next_ticket();
        let mut round = sync_round::push_stock(self.caller.as_ref(), &mut ticket);
        self.send_mail()?;
        round.join(self.webhooks_arrive()?);
        Ok(round)
    }

    fn read_catalogue(&self) -> Catalogue {
        self.catalogue_read_ms.store(self.clock.now_ms(), Ordering::Relaxed);
        sync_round::read_catalogue(self.caller.as_ref())
    }

    /// Replaces the settings; answers the keys that are wrong, each with what was found and
    /// expected, and changes nothing then.
    ///
    /// # Errors
    /// The component failed.
    pub fn put_settings(&self, settings: &Map<String, Value>) -> anyhow::Result<Vec<(String, String)>> {
        let problems = self.calls.put_settings(&Value::Object(settings.clone()).to_string())?;
        let told = |problem: leaflink_sync_kit::exports::settings::Problem| {
            (problem.key, format!("{}, expected {}", problem.message, problem.expected))
        };
        Ok(problems.into_iter().map(told).collect())
    }

    /// The component's calls for the company.
    pub fn calls(&self) -> &Calls {
        &self.calls
    }

    /// The component in use, to put another in its place.
    pub fn slot(&self) -> &Slot {
        &self.slot
    }

    /// The host as the component has it, for a component besides the one in use.
    pub fn host_for_component(&self) -> Arc<dyn Host> {
        Arc::clone(&self.for_component)
    }

    /// The host, for what it saw.
    pub fn host(&self) -> &LocalHost {
        &self.host
    }

    /// The ERP.
    pub fn erp(&self) -> &Erp {
        &self.erp
    }

    /// The company whose sync this is.
    pub fn company(&self) -> &CompanyId {
        &self.company
    }

    /// LeafLink. The component's requests wait while this is held.
    pub fn sandbox(&self) -> MutexGuard<'_, Sandbox> {
        lock(&self.sandbox)
    }

    /// Where another process reaches LeafLink's HTTP and the mailbox's SMTP; absent when all is in
    /// this process.
    pub fn addresses(&self) -> Option<(SocketAddr, SocketAddr)> {
        Some((self.server.as_ref()?.address(), self.post.address()?))
    }

    /// Every e-mail that arrived, oldest first.
    pub fn mails(&self) -> Vec<CaughtMail> {
        self.post.mails()
    }

    fn configure(&self, loaded: &LoadedWorld) -> anyhow::Result<()> {
        let place = Place::root().key("settings");
        if !loaded.world.settings.is_empty() {
            let problems = self.put_settings(&loaded.world.settings)?;
            if let Some((key, problem)) = problems.into_iter().next() {
                return Err(loaded.problem(&place.key(&key), problem));
            }
        }
        for (staff, user) in &loaded.world.users {
            self.calls.map_user(*staff, user).map_err(|error| {
                loaded.problem(&Place::root().key("users").key(&staff.to_string()), error)
            })?;
        }
        Ok(())
    }

    /// The ticket of the next call of `deliver`, which is perhaps the one that is lost.
    fn next_ticket(&self) -> Result<u64, CallError> {
        if self.dies_in.load(Ordering::Relaxed) > 0 && self.dies_in.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.host.lose_next_commit();
        }
        self.erp
            .next_ticket(&self.company)
            .map_err(|error| CallError::Host { call: "deliver", source: error.into() })
    }

    /// The component's name of a queued write, whose order a step names by its short id.
    fn write_id(&self, write: &str) -> String {
        match write.strip_prefix("order/") {
            Some(order) => format!("order/{}", self.order_number(order)),
            None => write.to_owned(),
        }
    }

    fn look_at(&self, order: &str) -> anyhow::Result<Look> {
        let number = self.order_number(order);
        let outcome = self.caller.on_order(&number);
        self.send_mail()?;
        Ok(Look { number, outcome })
    }

    /// LeafLink's number of the order with this short id; what is no short id stays as it is.
    fn order_number(&self, order: &str) -> String {
        let orders = self.sandbox().orders();
        let known = orders.iter().find(|known| known["short_id"] == order);
        known.and_then(|known| known["number"].as_str()).unwrap_or(order).to_owned()
    }

    fn send_mail(&self) -> anyhow::Result<()> {
        let problems = post::send_queued(&self.erp, &self.company, |mail| self.post.send(mail))?;
        match problems.into_iter().next() {
            Some(problem) => bail!(problem),
            None => Ok(()),
        }
    }

    /// Has something look at what people changed; what it looked at with success leaves the ERP's
    /// list.
    fn look_at_changes<T>(&self, look: impl FnOnce(&dyn Caller, &mut Changes) -> T) -> anyhow::Result<T> {
        let listed = self.erp.changes(&self.company)?;
        let mut changes = Changes::of(&listed);
        let outcome = look(self.caller.as_ref(), &mut changes);
        for change in listed.iter().filter(|change| !changes.still_lists(change)) {
            self.erp.looked_at(&self.company, change)?;
        }
        Ok(outcome)
    }
}

fn new_erp(file: &Path) -> anyhow::Result<Erp> {
    if file.exists() {
        bail!("{} exists already; name a new file, or remove it first", file.display());
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        bail!("{} cannot be made: there is no folder {}", file.display(), folder.display());
    }
    Erp::open(file)
}
