//! The stage: the reference ERP in memory, the built component, and the world around it.

use std::panic;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context;
use leaflink_sandbox::{Sandbox, Seed};
use leaflink_sync::document::Document;
use leaflink_sync::host::Keys;
use leaflink_sync::world::LoadedWorld;
use leaflink_sync_kit::host::{Transaction, http, log, secrets};
use leaflink_sync_kit::{CallInfo, Calls, CompanyId, Connector, Host};
use leaflink_sync_tests::component;
use reference_erp::{Erp, Mark};
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::history::{Crash, History, Setup};
use super::world::World;

/// The linked products: the ERP's id, and LeafLink's.
pub const PRODUCTS: [(&str, u64); 3] =
    [("p-gummies", 501_001), ("p-flower", 501_002), ("p-chocolate", 501_003)];
/// LeafLink's products; the last is not linked.
pub const LEAFLINK_PRODUCTS: [u64; 4] = [501_001, 501_002, 501_003, 501_004];
/// Products that people may have made in LeafLink: the ERP's id and the SKU.
pub const NEW_PRODUCTS: [(&str, &str); 2] = [("p-chews", "CHW-PL-50"), ("p-tonic", "TON-GI-20")];
/// LeafLink's customers; the last is connected to nobody.
pub const CUSTOMERS: [u64; 3] = [310_044, 310_045, 310_046];
/// Where all stock is.
pub const PLACE: &str = "vault";

const WORLD: &str = "tests/worlds/corner-shop.json";

/// What every history of one thread begins with.
pub struct Theatre {
    connector: Connector,
    company: CompanyId,
    now_ms: u64,
    leaflink: Seed,
    erp: Erp,
    clock: Arc<Mutex<u64>>,
    seeded: Mark,
    settings: Map<String, Value>,
    users: Vec<(u64, String)>,
}

/// One history's stage.
pub struct Stage {
    pub calls: Calls,
    pub erp: Erp,
    pub company: CompanyId,
    world: Arc<Mutex<World>>,
    clock: Arc<Mutex<u64>>,
}

impl Theatre {
    /// Sets up what the histories of a thread share.
    pub fn open(connector: &Connector) -> anyhow::Result<Self> {
        let document = Document::load(&component::root().join(Path::new(WORLD)))?;
        let world = LoadedWorld::from_documents(vec![document])?.world;
        let now_ms = u64::try_from(world.now.timestamp_millis()).context("the world's day")?;
        let company = CompanyId("company".to_owned());
        let clock = Arc::new(Mutex::new(now_ms));
        let ticking = Arc::clone(&clock);
        let erp = Erp::in_memory()?.with_clock(Arc::new(move || *lock(&ticking)));
        erp.seed(&company, &world.erp)?;
        Ok(Self {
            connector: connector.clone(),
            company,
            now_ms,
            leaflink: world.leaflink,
            seeded: erp.mark()?,
            erp,
            clock,
            settings: world.settings,
            users: world.users.into_iter().collect(),
        })
    }

    /// A stage as it is before a history.
    pub fn stage(&self, history: &History) -> anyhow::Result<Stage> {
        let Setup {
            page,
            straight_to_processing,
            payment_moves_modified,
            buffer,
            hearing: _,
            prices,
            marked,
        } = history.setup;
        self.erp.back_to(&self.seeded)?;
        // Payments count from when they were turned on: long before whatever the clock does.
        *lock(&self.clock) = self.now_ms - 30 * 24 * 3_600_000;
        let mut seed = self.leaflink.clone();
        seed.options.max_limit = page;
        seed.options.default_limit = page.min(100);
        seed.options.payment_moves_modified = payment_moves_modified;
        let mut sandbox = Sandbox::new(seed)?;
        sandbox.set_now_ms(self.now_ms);
        let mut world = World::new(sandbox, self.now_ms, history.seed);
        world.buffer = Decimal::from(buffer);
        world.prices = prices;
        let world = Arc::new(Mutex::new(world));
        let host = Arc::new(SimulatedHost { erp: self.erp.clone(), world: Arc::clone(&world) });
        let calls = self.connector.calls(host, self.company.clone());

        let mut settings = self.settings.clone();
        settings.insert("safety-buffers".to_owned(), json!({ PRODUCTS[0].0: buffer.to_string() }));
        settings.insert("sync-prices".to_owned(), json!(prices));
        if marked {
            settings.insert("external-id-key".to_owned(), json!("erp"));
        }
        let submitted = if straight_to_processing { "processing" } else { "pending" };
        settings.insert("on-submitted".to_owned(), json!(submitted));
        let problems = calls.put_settings(&Value::Object(settings).to_string())?;
        anyhow::ensure!(problems.is_empty(), "the settings have problems: {problems:?}");
        for (staff, user) in &self.users {
            calls.map_user(*staff, user)?;
        }
        *lock(&self.clock) = self.now_ms;
        Ok(Stage {
            calls,
            erp: self.erp.clone(),
            company: self.company.clone(),
            world,
            clock: Arc::clone(&self.clock),
        })
    }
}

impl Stage {
    /// The world around the component. No call may be made while it is held.
    pub fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }

    /// Brings the ERP's clock to the world's time.
    pub fn set_clock(&self) {
        let now_ms = self.world().erp_now_ms();
        *lock(&self.clock) = now_ms;
    }
}

/// What ends a call in the middle, as the death of its process does: nothing of it is committed, and
/// nobody hears of it.
pub struct ProcessDied;

/// The host that the component runs in.
struct SimulatedHost {
    erp: Erp,
    world: Arc<Mutex<World>>,
}

impl Host for SimulatedHost {
    fn begin(&self, company: &CompanyId, _info: &CallInfo) -> anyhow::Result<Box<dyn Transaction>> {
        let transaction = self.erp.begin(company)?;
        Ok(Box::new(match lock(&self.world).call.dies {
            Some(Crash::BeforeCommit) => transaction.without_commit(),
            Some(Crash::AfterCommit) | None => transaction,
        }))
    }

    fn send(&self, _company: &CompanyId, request: http::Request) -> Result<http::Response, http::Error> {
        let mut world = lock(&self.world);
        let answer = world.send(&request);
        if world.call.died_waiting {
            drop(world);
            panic::resume_unwind(Box::new(ProcessDied));
        }
        answer
    }

    fn hmac_sha256(
        &self,
        _company: &CompanyId,
        key: secrets::Key,
        message: &[u8],
    ) -> anyhow::Result<Option<[u8; 32]>> {
        let keys = Keys {
            leaflink_webhook: Some(b"only-for-the-sandbox".to_vec()),
            write_token: b"the simulation's own".to_vec(),
        };
        keys.hmac_sha256(key, message)
    }

    fn now_ms(&self) -> u64 {
        self.erp.now_ms()
    }

    fn random_below(&self, bound: u32) -> u32 {
        lock(&self.world).random.u32(..bound.max(1))
    }

    fn log(&self, _company: &CompanyId, _info: &CallInfo, _level: log::Level, _message: &str) {}
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
