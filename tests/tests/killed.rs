//! The ERP's process is killed, by the operating system and at any moment, again and again: what is
//! in the database's file and in LeafLink then is all that the next process has. Both sides come to
//! what they come to undisturbed.
//!
//! The crash sweep tries every point in one process, with a database in memory; here the process, the
//! file, HTTP and SMTP are real. This binary is both: the test, which has LeafLink, the mailbox and
//! what people do, and, when a variable says so, the ERP's process that is killed.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use leaflink_sync::document::Document;
use leaflink_sync::host::{Keys, LocalHost};
use leaflink_sync::post;
use leaflink_sync::stage::{COMPANY, Connections, Options, Stage};
use leaflink_sync::steps::{self, Act, Step, SyncAct};
use leaflink_sync::sync_round::{self, Changes};
use leaflink_sync::world::LoadedWorld;
use leaflink_sync_kit::{CallError, CompanyId, Connector, Limits};
use leaflink_sync_tests::{component, stories};
use leaflink_sync_transport::{
    ApiKey, LeafLinkAccess, LeafLinkClient, Origin, Security, SmtpSender, SmtpServer,
};
use libtest_mimic::Trial;
use reference_erp::Erp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Stories in which something may be done once only, or stock goes out.
const STORIES: [&str; 4] = [
    "life-status-towards-leaflink-step-by-step",
    "payments-taken-back",
    "product-create-from-the-form",
    "stock-pushed-when-it-differs",
];

/// How many processes are killed for each time that the story has the sync run.
const KILLED_EACH: u32 = 3;

/// How often it is seen whether LeafLink has got something: much shorter than a commit takes.
const A_MOMENT: Duration = Duration::from_micros(50);
/// Longer than it takes until what may have been sent is looked for, and sent again.
const A_WHILE: Duration = Duration::from_secs(150);
/// Longer than the longest wait of a write.
const LONG: Duration = Duration::from_secs(70 * 60);

/// The variable that makes this binary an ERP's process.
const ERP_PROCESS: &str = "LEAFLINK_SYNC_ERP_PROCESS";
/// What it says when the component is loaded and its work begins.
const BEGINS: &str = "begins";

/// What the ERP's process is started with.
#[derive(Serialize, Deserialize)]
struct Start {
    file: String,
    leaflink: SocketAddr,
    api_key: String,
    mail: SocketAddr,
    now_ms: u64,
    write_token: Vec<u8>,
}

fn main() -> ExitCode {
    match env::var(ERP_PROCESS) {
        Ok(start) => {
            erp_process(&serde_json::from_str(&start).unwrap()).unwrap();
            ExitCode::SUCCESS
        }
        Err(_) => stories::run(|connector| {
            let trial = |name: &'static str| {
                let connector = connector.clone();
                Trial::test(name, move || {
                    killed(&connector, name).map_err(|error| format!("{error:#}").into())
                })
            };
            Ok(STORIES.map(trial).into())
        }),
    }
}

/// A round of the sync and a push of stock, as the ERP's background work does them, in a process of
/// its own.
fn erp_process(start: &Start) -> anyhow::Result<()> {
    let connector = component::load(Limits::DEFAULT)?;
    let company = CompanyId(COMPANY.to_owned());
    let (began, now_ms) = (Instant::now(), start.now_ms);
    let clock = move || now_ms + u64::try_from(began.elapsed().as_millis()).unwrap_or_default();
    let erp = Erp::open(&start.file)?.with_clock(Arc::new(clock));
    let access = LeafLinkAccess::new(Origin::loopback(start.leaflink)?, ApiKey::new(&start.api_key)?);
    let keys = Keys { leaflink_webhook: None, write_token: start.write_token.clone() };
    let host = Arc::new(LocalHost::new(erp.clone(), LeafLinkClient::new(access)?, keys, 1));
    let calls = connector.calls(host, company.clone());
    let sender = SmtpSender::new(SmtpServer {
        host: start.mail.ip().to_string(),
        port: start.mail.port(),
        security: Security::None,
        credentials: None,
        from: "ERP alerts <alerts@erp.example>".to_owned(),
    })?;
    println!("{BEGINS}");

    let mut ticket = || {
        erp.next_ticket(&company).map_err(|error| CallError::Host { call: "deliver", source: error.into() })
    };
    let listed = erp.changes(&company)?;
    let mut changes = Changes::of(&listed);
    drop(sync_round::run(&calls, &mut changes, &mut ticket, true));
    for change in listed.iter().filter(|change| !changes.still_lists(change)) {
        erp.looked_at(&company, change)?;
    }
    drop(sync_round::push_stock(&calls, &mut ticket));
    post::send_queued(&erp, &company, |mail| Ok(sender.send(&mail)?))?;
    Ok(())
}

/// The story with processes that are killed, against the same story with processes that are not.
fn killed(connector: &Connector, name: &str) -> anyhow::Result<()> {
    let (undisturbed, _) = played(connector, name, 0)?;
    let (end, count) = played(connector, name, KILLED_EACH)?;
    eprintln!("{name}: {count} processes were killed");
    let missing: Vec<_> = undisturbed.difference(&end).map(|line| format!("missing: {line}")).collect();
    let extra: Vec<_> = end.difference(&undisturbed).map(|line| format!("extra:   {line}")).collect();
    ensure!(missing.is_empty() && extra.is_empty(), "{}", [missing, extra].concat().join("\n"));
    ensure!(count > 0, "no process was killed");
    Ok(())
}

/// The end of a story, and how many processes were killed before it.
fn played(connector: &Connector, name: &str, kills: u32) -> anyhow::Result<(BTreeSet<String>, u32)> {
    let folder = component::root().join("tests/scenarios").join(name);
    let world = LoadedWorld::load(&folder.join("world.json"))?;
    let steps = steps::read(&Document::load(&folder.join("events.json"))?)?;
    let database = tempfile::tempdir()?;
    let options = Options { erp_file: Some(database.path().join("erp.sqlite")), ..Options::default() };
    let stage = Stage::set_up(connector, &world, options)?;
    ensure!(Options::default().connections == Connections::Real, "the process has to reach LeafLink");

    let mut run = Run {
        stage,
        api_key: world.world.leaflink.api_key.clone(),
        took: Duration::from_millis(200),
        killed: 0,
        rng: fastrand::Rng::with_seed(7),
    };
    for step in &steps {
        run.step(step, kills)?;
    }
    for wait in [A_WHILE, A_WHILE, A_WHILE, LONG, LONG] {
        run.stage.let_pass(wait);
        run.work()?;
    }
    Ok((end(&run.stage), run.killed))
}

/// A story under way.
struct Run {
    /// What people do on both sides, LeafLink and the mailbox; and the process that comes after those
    /// that were killed.
    stage: Stage,
    api_key: String,
    /// How long the work took when it last came to its end.
    took: Duration,
    killed: u32,
    rng: fastrand::Rng,
}

impl Run {
    fn step(&mut self, step: &Step, kills: u32) -> anyhow::Result<()> {
        // Time has gone by for processes that were killed; what is past comes at once.
        step.at.map_or(Ok(()), |at| self.stage.move_to(at)).ok();
        if !matches!(step.act, Act::Sync(SyncAct::Sync(()) | SyncAct::PushStock(()))) {
            return self.stage.perform(&step.act).map(drop);
        }
        for kill in 0..kills {
            self.kill_one(kill % 2 == 0)?;
            self.stage.let_pass(A_WHILE);
        }
        self.work()
    }

    /// Has an ERP's process begin its work, and kills it: at any moment, or as soon as LeafLink has got
    /// something from it, which it may not have noted by then.
    fn kill_one(&mut self, when_it_wrote: bool) -> anyhow::Result<()> {
        let before = self.stage.sandbox().fingerprint();
        let mut process = self.start()?;
        if when_it_wrote {
            while self.stage.sandbox().fingerprint() == before && process.try_wait()?.is_none() {
                sleep(A_MOMENT);
            }
        } else {
            sleep(self.took.mul_f64(self.rng.f64()));
        }
        process.kill()?;
        // It may have come to its end before.
        if !process.wait()?.success() {
            self.killed += 1;
        }
        Ok(())
    }

    /// The same work, undisturbed.
    fn work(&mut self) -> anyhow::Result<()> {
        let began = Instant::now();
        self.stage.sync()?;
        self.stage.push_stock()?;
        self.took = began.elapsed();
        Ok(())
    }

    /// Starts a process and waits until its work begins.
    fn start(&self) -> anyhow::Result<Child> {
        let (leaflink, mail) = self.stage.addresses().context("real connections")?;
        let start = Start {
            file: self.stage.erp().path().display().to_string(),
            leaflink,
            api_key: self.api_key.clone(),
            mail,
            now_ms: u64::try_from(self.stage.now().timestamp_millis())?,
            write_token: Options::default().random_seed.to_be_bytes().to_vec(),
        };
        let mut process = Command::new(env::current_exe()?)
            .env(ERP_PROCESS, serde_json::to_string(&start)?)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let said = process.stdout.take().context("its output")?;
        BufReader::new(said).read_line(&mut line)?;
        ensure!(line.trim_end() == BEGINS, "the ERP's process said {line:?}");
        Ok(process)
    }
}

/// How both sides and the mailbox stand, without times.
fn end(stage: &Stage) -> BTreeSet<String> {
    let sandbox = stage.sandbox();
    let mut lines = BTreeSet::new();
    let mut note = |what: &str, records: Vec<Value>, fields: &[&str]| {
        let mut all: Vec<String> = records
            .iter()
            .map(|record| fields.iter().map(|field| format!("{field} {}; ", record[*field])).collect())
            .collect();
        all.sort();
        // With their number: what came twice differs.
        lines.extend(all.iter().map(|one| {
            format!("LeafLink {what} ({}): {one}", all.iter().filter(|other| *other == one).count())
        }));
    };
    note("order", sandbox.orders(), &["short_id", "status", "ship_date", "external_ids", "payment_balance"]);
    note("payment", sandbox.payments(), &["total", "payment_type", "recorded_by", "reason"]);
    note(
        "product",
        sandbox.products(),
        &["id", "name", "sku", "quantity", "wholesale_price", "unit_multiplier"],
    );
    drop(sandbox);
    for order in stage.erp().sales_orders_table(stage.company(), None).unwrap() {
        lines.insert(format!("sales order {}: {:?} {}", order.number, order.status, order.total));
    }
    // Once or more: a process that is killed between sending a letter and noting so sends it again.
    lines.extend(stage.mails().into_iter().map(|mail| format!("mail: {}\n{}", mail.subject, mail.text)));
    lines
}
