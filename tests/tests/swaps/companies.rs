//! Several companies on one slot: each migrates when its own next call comes. One whose state cannot
//! be migrated stands still as it is, and in nobody's way, until its record is mended.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;
use std::time::Duration;

use leaflink_sync::stage::{COMPANY, Options, Stage};
use leaflink_sync_kit::host::{Store, Transaction, Urgency, http, log, secrets};
use leaflink_sync_kit::schema::StoredSchema;
use leaflink_sync_kit::swap::{Refusal, Slot, Trial};
use leaflink_sync_kit::{CallError, CallInfo, CallReport, CompanyId, Host};

use crate::business::{
    again, built, business, end, finish, next_file, place, stage_with, stored, this_file, undisturbed,
    wait_until,
};

/// Orders of each company.
const ORDERS: usize = 12;
/// Of those, how many come before the file of the next schema; one more than a chunk of its migration.
const BEFORE: usize = 11;

/// The ERP of several companies, each on a stage of its own. One call is made by one thread, so that
/// a clock and random numbers are those of the thread's company.
#[derive(Default)]
struct Companies(RwLock<BTreeMap<CompanyId, Arc<dyn Host>>>);

thread_local! {
    static AT_WORK: RefCell<Option<Arc<dyn Host>>> = const { RefCell::new(None) };
}

impl Companies {
    fn of(&self, company: &CompanyId) -> Arc<dyn Host> {
        let companies = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let host = Arc::clone(companies.get(company).expect("a company"));
        AT_WORK.set(Some(Arc::clone(&host)));
        host
    }

    fn at_work<T>(ask: impl FnOnce(&dyn Host) -> T) -> T {
        AT_WORK.with_borrow(|host| ask(host.as_deref().expect("a call of some company")))
    }
}

/// The company as its own stage knows it.
fn inner() -> CompanyId {
    CompanyId(COMPANY.to_owned())
}

impl Host for Companies {
    fn begin(&self, company: &CompanyId, info: &CallInfo) -> anyhow::Result<Box<dyn Transaction>> {
        self.of(company).begin(&inner(), info)
    }

    fn send(&self, company: &CompanyId, request: http::Request) -> Result<http::Response, http::Error> {
        self.of(company).send(&inner(), request)
    }

    fn send_as(
        &self,
        company: &CompanyId,
        urgency: Urgency,
        request: http::Request,
    ) -> Result<http::Response, http::Error> {
        self.of(company).send_as(&inner(), urgency, request)
    }

    fn hmac_sha256(
        &self,
        company: &CompanyId,
        key: secrets::Key,
        message: &[u8],
    ) -> anyhow::Result<Option<[u8; 32]>> {
        self.of(company).hmac_sha256(&inner(), key, message)
    }

    fn now_ms(&self) -> u64 {
        Self::at_work(|host| host.now_ms())
    }

    fn random_below(&self, bound: u32) -> u32 {
        Self::at_work(|host| host.random_below(bound))
    }

    fn log(&self, company: &CompanyId, info: &CallInfo, level: log::Level, message: &str) {
        self.of(company).log(&inner(), info, level, message);
    }

    fn called(&self, company: &CompanyId, report: &CallReport, error: Option<&CallError>) {
        self.of(company).called(&inner(), report, error);
    }
}

/// A company on the common slot.
struct Company {
    id: CompanyId,
    stage: Stage,
}

fn company(name: &str, slot: &Slot, companies: &Companies) -> Company {
    let id = CompanyId(name.to_owned());
    let calls = slot.calls(id.clone());
    let options = Options { around_calls: Some(Box::new(|_| Arc::new(calls))), ..Options::default() };
    let stage = stage_with(options);
    let mut known = companies.0.write().unwrap_or_else(PoisonError::into_inner);
    known.insert(id.clone(), stage.host_for_component());
    Company { id, stage }
}

fn whole_state(stage: &Stage) -> Vec<(String, Vec<u8>)> {
    let entries = stage.erp().view(stage.company()).expect("the ERP").scan("", None, 10_000);
    entries.expect("the store").into_iter().map(|entry| (entry.key, entry.value)).collect()
}

fn order_keys(stage: &Stage) -> Vec<String> {
    whole_state(stage).into_iter().map(|(key, _)| key).filter(|key| key.starts_with("order/")).collect()
}

fn change(stage: &Stage, work: impl FnOnce(&mut dyn Store)) {
    let mut tx = stage.erp().begin(stage.company()).expect("a transaction");
    work(&mut tx);
    Transaction::commit(Box::new(tx)).expect("committed");
}

pub fn companies_migrate_each_in_its_own_time_and_none_waits_for_another() {
    let host = Arc::new(Companies::default());
    let slot = Slot::new(built().clone(), host.clone());
    let [busy, busy_too, idle, stuck] =
        ["busy", "busy-too", "idle", "stuck"].map(|name| company(name, &slot, &host));
    let ids = [&busy, &busy_too, &idle, &stuck].map(|company| company.id.clone());
    let trial = Trial { companies: &ids, ..Trial::default() };
    // How many orders may come so far.
    let open = AtomicUsize::new(0);
    let done = [&busy, &busy_too].map(|_| AtomicUsize::new(0));
    let ended = AtomicBool::new(false);
    let (mut swaps, mut refused) = (0, 0);

    thread::scope(|scope| {
        for (company, done) in [&busy, &busy_too].into_iter().zip(&done) {
            let (open, ended) = (&open, &ended);
            scope.spawn(move || {
                for order in 0..ORDERS {
                    wait_until("its order's turn", || {
                        order < open.load(Ordering::Relaxed) || ended.load(Ordering::Relaxed)
                    });
                    business(&company.stage, order);
                    done.store(order + 1, Ordering::Relaxed);
                }
            });
        }
        let both = |orders: usize| done.iter().all(|done| done.load(Ordering::Relaxed) >= orders);

        // Files of one schema, to and fro among calls.
        open.store(BEFORE, Ordering::Relaxed);
        slot.install(&again(&this_file()), trial).expect("the same schema");
        swaps += 1;
        for company in [&idle, &stuck] {
            for order in 0..BEFORE {
                business(&company.stage, order);
                slot.rollback(&ids).expect("there and back");
                swaps += 1;
            }
        }
        wait_until("the orders before", || both(BEFORE));
        // A record that no component can read, in the middle of a chunk of the migration.
        let broken = format!("{}0", order_keys(&stuck.stage)[4]);
        change(&stuck.stage, |store| store.put(&broken, b"{\"short_id\": ").expect("put"));
        let (of_idle, of_stuck) = (whole_state(&idle.stage), whole_state(&stuck.stage));

        // The file of the next schema. Companies with calls migrate, and are not held up.
        let swapped = slot.install(&next_file(), trial).expect("it can read every state");
        assert_eq!(swapped.to_migrate, ids);
        swaps += 1;
        place(&stuck.stage, BEFORE);
        for _ in 0..3 {
            let round = stuck.stage.sync().expect("a round");
            let error = round.stopped.expect("it cannot be migrated").to_string();
            assert!(error.contains(&broken), "{error}");
        }
        open.store(ORDERS, Ordering::Relaxed);
        wait_until("the last orders", || both(ORDERS));
        for company in [&busy, &busy_too] {
            assert_eq!(stored(&company.stage), StoredSchema::Whole(2), "{}", company.id);
        }
        // Nothing happened to the others: neither to the one that nobody called, nor to the one that
        // cannot go on.
        assert!(whole_state(&idle.stage) == of_idle, "the idle company's state was changed");
        assert!(whole_state(&stuck.stage) == of_stuck, "what cannot be migrated was changed");
        assert_eq!(stuck.stage.sandbox().orders().len(), ORDERS);
        let refusal = slot.rollback(&ids).expect_err("two are migrated");
        assert!(matches!(&refusal, Refusal::State { company, .. } if *company == busy.id), "{refusal}");
        let refusal = slot.install(&this_file(), trial).expect_err("two are migrated");
        assert!(refusal.to_string().contains("reads schema 1 to 1"), "{refusal}");
        refused += 2;

        // The idle one wakes late, while another file of the new schema is put in place.
        slot.install(&again(&next_file()), trial).expect("the same schema");
        swaps += 1;
        business(&idle.stage, BEFORE);
        assert_eq!(stored(&idle.stage), StoredSchema::Whole(2));

        // Mended, the last one goes on where it stood.
        change(&stuck.stage, |store| store.delete(&broken).expect("deleted"));
        stuck.stage.sync().expect("a round");
        finish(&stuck.stage, BEFORE);
        assert_eq!(stored(&stuck.stage), StoredSchema::Whole(2));
        for _ in 0..10 {
            slot.rollback(&ids).expect("there and back");
            swaps += 1;
            thread::sleep(Duration::from_millis(2));
        }
        ended.store(true, Ordering::Relaxed);
    });

    let (wanted, mut calls) = (undisturbed(ORDERS), 0);
    for company in [&busy, &busy_too, &idle, &stuck] {
        let end = end(&company.stage);
        assert_eq!(end.payments.len(), ORDERS, "{}", company.id);
        assert_eq!(end, wanted, "{}", company.id);
        calls += company.stage.host().seen().calls;
    }
    println!(
        "\n4 companies: {} orders, {calls} calls, {swaps} swaps, {refused} files refused; 4 migrations, one of \
         them late",
        4 * ORDERS
    );
}
