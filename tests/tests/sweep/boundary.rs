//! Every import that the component reaches, counted; and one of them going wrong.

use std::panic::panic_any;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use anyhow::bail;
use leaflink_sync::stage::Stage;
use leaflink_sync_kit::host::Urgency;
use leaflink_sync_kit::host::{
    Journal, Mail, Records, Store, Transaction, http, journal, log, mail, records, secrets, store, types,
};
use leaflink_sync_kit::{CallError, CallId, CallInfo, CallReport, CompanyId, Host};
use reference_erp::CommitMoment;

/// What a panic carries that ends the ERP's process in a test.
pub struct Died;

/// The interfaces whose imports are counted, and the commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reached {
    Begin,
    /// A request that only reads.
    HttpRead,
    /// A request that is to change something in LeafLink.
    HttpWrite,
    /// The component's state is read.
    Store,
    /// It is written.
    StoreWrite,
    Records,
    Mail,
    Journal,
    Secrets,
    Clock,
    Random,
    /// The commit of a call of the component.
    Commit,
    /// A commit of the ERP's own: what people do, a ticket, an entry of the list, a mail sent.
    OwnCommit,
}

impl Reached {
    /// One name for the imports of an interface that go on failing together.
    pub fn interface(self) -> Self {
        match self {
            Self::HttpWrite => Self::HttpRead,
            Self::StoreWrite => Self::Store,
            other => other,
        }
    }
}

/// How it goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// It fails with the import's own error, and nothing was done.
    Fails,
    /// There is no room: it fails because the host allows no more, and nothing was done.
    Full,
    /// So do this and every later one of its interface, until the process is restarted.
    FailsForEver,
    /// It is done, and the answer is lost.
    AnswerLost,
    /// So it is with every later one of its interface, until the process is restarted.
    AnswersLostForEver,
    /// It is lost on the way, and whoever asked does not know whether it was done.
    RequestLost,
    /// LeafLink does it when whoever asked has given up, and no answer comes.
    LateCommit,
    /// The process dies while it waits for an answer, and LeafLink does it then.
    DiesThenLateCommit,
    /// The process dies before it is done.
    DiesBefore,
    /// The process dies when it is done.
    DiesAfter,
}

/// What can go wrong at an import. A process that dies while nothing but the call's open transaction
/// was touched leaves the same behind wherever that is: it is tried once, where the call begins, and
/// again before and after whatever leaves the call.
pub fn ways(reached: Reached) -> &'static [How] {
    use How::{
        AnswerLost, AnswersLostForEver, DiesAfter, DiesBefore, DiesThenLateCommit, Fails, FailsForEver, Full,
        LateCommit, RequestLost,
    };
    match reached {
        Reached::Begin => &[DiesBefore, Fails, FailsForEver],
        Reached::HttpRead => &[Fails, FailsForEver, AnswerLost, AnswersLostForEver, DiesAfter],
        Reached::HttpWrite => &[
            DiesBefore,
            Fails,
            FailsForEver,
            AnswerLost,
            AnswersLostForEver,
            RequestLost,
            LateCommit,
            DiesThenLateCommit,
            DiesAfter,
        ],
        Reached::Commit => &[DiesBefore, Fails, FailsForEver, AnswerLost, AnswersLostForEver, DiesAfter],
        Reached::OwnCommit => &[DiesBefore, DiesAfter],
        // They answer as long as the process lives.
        Reached::Clock | Reached::Random => &[],
        // The interfaces whose contract knows such an error.
        Reached::StoreWrite | Reached::Journal => &[Fails, Full, FailsForEver],
        Reached::Store | Reached::Records | Reached::Mail | Reached::Secrets => &[Fails, FailsForEver],
    }
}

/// One point: which import of which call (both from 1), and how it goes wrong. Commits of the ERP's
/// own belong to no call: their call is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    pub call: usize,
    pub import: usize,
    pub how: How,
}

#[derive(Default)]
struct Count {
    /// Calls of the component so far, and imports in the one under way.
    calls: usize,
    imports: usize,
    own_commits: usize,
    point: Option<Point>,
    /// What goes on failing.
    for_ever: Option<(Reached, How)>,
    struck: bool,
    /// Something of the call under way went wrong.
    disturbed: bool,
    /// What was reached, by call and import.
    trace: Vec<(usize, usize, Reached)>,
    /// A call of the component is between its commit's beginning and end.
    committing: bool,
    commits: usize,
    requests: usize,
}

/// What is between the component and its host, and watches the ERP's commits.
#[derive(Default)]
pub struct Boundary {
    count: Mutex<Count>,
    /// The stage, once it is set up.
    stage: OnceLock<Weak<Stage>>,
}

/// How long after the process gave up LeafLink still does what it was asked for: not as long as the
/// quiet period that the component waits, and longer than anything else waits.
const LATE_MS: u64 = 110_000;

/// What is to be done with an import.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Done,
    Fails,
    Full,
    AnswerLost,
    RequestLost,
    LateCommit,
    DiesThenLateCommit,
    DiesAfter,
}

impl Boundary {
    fn count(&self) -> MutexGuard<'_, Count> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says on which stage it is.
    pub fn is_on(&self, stage: &Arc<Stage>) {
        drop(self.stage.set(Arc::downgrade(stage)));
    }

    /// How often the story's own faults were met.
    fn fault_counts(&self) -> Vec<u32> {
        let stage = self.stage.get().and_then(Weak::upgrade);
        stage.map(|stage| stage.sandbox().fault_counts()).unwrap_or_default()
    }

    /// The story's own faults are met by what is known to have met them: one that LeafLink answers with
    /// once comes again when nobody knows of it.
    fn count_faults_from(&self, counts: &[u32]) {
        if let Some(stage) = self.stage.get().and_then(Weak::upgrade) {
            stage.sandbox().count_faults_from(counts);
        }
    }

    /// Whether LeafLink does late what it is asked for next.
    fn delay_next(&self, late: bool) {
        if let Some(stage) = self.stage.get().and_then(Weak::upgrade) {
            stage.sandbox().delay_next(late.then_some(LATE_MS));
        }
    }

    /// Counts anew from the beginning of a step; the point strikes once.
    pub fn arm(&self, point: Option<Point>) {
        *self.count() = Count { point, ..Count::default() };
    }

    /// Counts anew within a step: the next call is the one after `calls`.
    pub fn arm_within(&self, calls: usize, own_commits: usize, point: Option<Point>) {
        *self.count() = Count { calls, own_commits, point, ..Count::default() };
    }

    /// The process is another: nothing fails any more.
    pub fn heal(&self) {
        let mut count = self.count();
        count.point = None;
        count.for_ever = None;
    }

    pub fn struck(&self) -> bool {
        self.count().struck
    }

    /// Calls of the component and commits of the ERP's own so far.
    pub fn so_far(&self) -> (usize, usize) {
        let count = self.count();
        (count.calls, count.own_commits)
    }

    /// Whether anything was committed, and anything sent, since it was armed.
    pub fn moved(&self) -> (bool, bool) {
        let count = self.count();
        (count.commits > 0, count.requests > 0)
    }

    /// What was reached since it was armed.
    pub fn trace(&self) -> Vec<(usize, usize, Reached)> {
        self.count().trace.clone()
    }

    /// To be told of each commit of the ERP.
    pub fn committed(&self, moment: CommitMoment) {
        let mut count = self.count();
        if moment == CommitMoment::After {
            count.commits += 1;
        }
        if count.committing {
            return;
        }
        if moment == CommitMoment::Before {
            count.own_commits += 1;
            let own = count.own_commits;
            count.trace.push((0, own, Reached::OwnCommit));
        }
        let dies = if moment == CommitMoment::Before { How::DiesBefore } else { How::DiesAfter };
        if count.point == Some(Point { call: 0, import: count.own_commits, how: dies }) {
            count.struck = true;
            count.point = None;
            drop(count);
            panic_any(Died);
        }
    }

    /// Counts an import, and says what is to become of it.
    fn reach(&self, reached: Reached) -> Fate {
        let mut count = self.count();
        if reached == Reached::Begin {
            count.calls += 1;
            count.imports = 0;
            count.disturbed = false;
        }
        count.imports += 1;
        let (call, import) = (count.calls, count.imports);
        count.trace.push((call, import, reached));
        let here = count.point.filter(|point| point.call == call && point.import == import);
        let how = match here {
            Some(point) => {
                count.struck = true;
                count.point = None;
                if matches!(point.how, How::FailsForEver | How::AnswersLostForEver) {
                    count.for_ever = Some((reached.interface(), point.how));
                }
                Some(point.how)
            }
            None => count.for_ever.filter(|(failing, _)| *failing == reached.interface()).map(|(_, how)| how),
        };
        count.disturbed |= how.is_some();
        drop(count);
        match how {
            None => Fate::Done,
            Some(How::Fails | How::FailsForEver) => Fate::Fails,
            Some(How::Full) => Fate::Full,
            Some(How::AnswerLost | How::AnswersLostForEver) => Fate::AnswerLost,
            Some(How::RequestLost) => Fate::RequestLost,
            Some(How::LateCommit) => Fate::LateCommit,
            Some(How::DiesThenLateCommit) => Fate::DiesThenLateCommit,
            Some(How::DiesBefore) => panic_any(Died),
            Some(How::DiesAfter) => Fate::DiesAfter,
        }
    }

    /// An import that cannot fail but by the process's end.
    fn passes(&self, reached: Reached) {
        self.reach(reached);
    }
}

const BROKEN: &str = "the sweep has this import fail";

/// The component's host with a boundary around it.
pub struct Around {
    pub inner: Arc<dyn Host>,
    pub boundary: Arc<Boundary>,
}

impl Host for Around {
    fn next_call_id(&self) -> CallId {
        self.inner.next_call_id()
    }

    fn begin(&self, company: &CompanyId, info: &CallInfo) -> anyhow::Result<Box<dyn Transaction>> {
        if self.boundary.reach(Reached::Begin) == Fate::Fails {
            bail!(BROKEN);
        }
        let inner = self.inner.begin(company, info)?;
        let (boundary, faults) = (Arc::clone(&self.boundary), self.boundary.fault_counts());
        Ok(Box::new(Watched { inner: Some(inner), boundary, faults }))
    }

    fn send(&self, company: &CompanyId, request: http::Request) -> Result<http::Response, http::Error> {
        self.send_as(company, Urgency::Background, request)
    }

    fn send_as(
        &self,
        company: &CompanyId,
        urgency: Urgency,
        request: http::Request,
    ) -> Result<http::Response, http::Error> {
        let only_reads = request.method == http::Method::Get;
        let fate = self.boundary.reach(if only_reads { Reached::HttpRead } else { Reached::HttpWrite });
        if fate == Fate::Fails {
            return Err(http::Error::NotSent(BROKEN.to_owned()));
        }
        if fate == Fate::RequestLost {
            return Err(http::Error::NoAnswer(BROKEN.to_owned()));
        }
        self.boundary.count().requests += 1;
        let is_late = matches!(fate, Fate::LateCommit | Fate::DiesThenLateCommit);
        if is_late {
            self.boundary.delay_next(true);
        }
        let faults = self.boundary.fault_counts();
        let answer = self.inner.send_as(company, urgency, request);
        if fate != Fate::Done {
            self.boundary.count_faults_from(&faults);
        }
        if is_late {
            // The limit on requests may have kept it here.
            self.boundary.delay_next(false);
        }
        match fate {
            Fate::AnswerLost | Fate::LateCommit => Err(http::Error::NoAnswer(BROKEN.to_owned())),
            Fate::DiesAfter | Fate::DiesThenLateCommit => panic_any(Died),
            Fate::Done | Fate::Fails | Fate::Full | Fate::RequestLost => answer,
        }
    }

    fn hmac_sha256(
        &self,
        company: &CompanyId,
        key: secrets::Key,
        message: &[u8],
    ) -> anyhow::Result<Option<[u8; 32]>> {
        if self.boundary.reach(Reached::Secrets) == Fate::Fails {
            bail!(BROKEN);
        }
        self.inner.hmac_sha256(company, key, message)
    }

    fn now_ms(&self) -> u64 {
        self.boundary.passes(Reached::Clock);
        self.inner.now_ms()
    }

    /// The same number each time: a run with more draws than another must not differ by that.
    fn random_below(&self, bound: u32) -> u32 {
        self.boundary.passes(Reached::Random);
        bound / 2
    }

    fn log(&self, company: &CompanyId, info: &CallInfo, level: log::Level, message: &str) {
        self.inner.log(company, info, level, message);
    }

    fn called(&self, company: &CompanyId, report: &CallReport, error: Option<&CallError>) {
        self.inner.called(company, report, error);
    }
}

/// A call's transaction with the boundary around it.
struct Watched {
    /// Until it is committed.
    inner: Option<Box<dyn Transaction>>,
    boundary: Arc<Boundary>,
    /// How often the story's own faults were met when it began.
    faults: Vec<u32>,
}

impl Drop for Watched {
    fn drop(&mut self) {
        if self.inner.is_some() && self.boundary.count().disturbed {
            self.boundary.count_faults_from(&self.faults);
        }
    }
}

impl Watched {
    fn inner(&mut self) -> &mut dyn Transaction {
        self.inner.as_deref_mut().expect("nothing comes after the commit")
    }
}

impl Transaction for Watched {
    fn commit(mut self: Box<Self>) -> anyhow::Result<()> {
        let boundary = Arc::clone(&self.boundary);
        let fate = boundary.reach(Reached::Commit);
        if fate == Fate::Fails {
            bail!(BROKEN);
        }
        let inner = self.inner.take().expect("it is committed once");
        boundary.count().committing = true;
        let committed = inner.commit();
        boundary.count().committing = false;
        match fate {
            Fate::DiesAfter => panic_any(Died),
            Fate::AnswerLost => bail!(BROKEN),
            _ => committed,
        }
    }
}

/// Methods that fail with their interface's error, the second if there is no room, and else are handed
/// on.
macro_rules! handed_on {
    ($of:ident, $error:expr, $full:expr;
     $(fn $name:ident($($arg:ident: $kind:ty),*) -> $ok:ty, $reached:ident;)*) => {
        impl $of for Watched {$(
            fn $name(&mut self, $($arg: $kind),*) -> Result<$ok, errors::$of> {
                match self.boundary.reach(Reached::$reached) {
                    Fate::Fails => Err($error(BROKEN.to_owned())),
                    Fate::Full => Err($full(BROKEN.to_owned())),
                    _ => self.inner().$name($($arg),*),
                }
            }
        )*}
    };
}

/// The error of each interface, by the trait's name.
mod errors {
    use super::{journal, mail, records, store};

    pub type Store = store::Error;
    pub type Mail = mail::Error;
    pub type Journal = journal::Error;
    pub type Records = records::Error;
}

handed_on! { Store, store::Error::Unavailable, store::Error::QuotaExceeded;
    fn get(key: &str) -> Option<Vec<u8>>, Store;
    fn put(key: &str, value: &[u8]) -> (), StoreWrite;
    fn delete(key: &str) -> (), StoreWrite;
    fn scan(prefix: &str, after: Option<&str>, limit: u32) -> Vec<store::Entry>, Store;
}

handed_on! { Mail, mail::Error::Unavailable, mail::Error::Unavailable;
    fn queue(message: mail::Message) -> (), Mail;
}

handed_on! { Journal, journal::Error::Unavailable, journal::Error::QuotaExceeded;
    fn append(decision: types::Decision) -> (), Journal;
}

handed_on! { Records, records::Error::Unavailable, records::Error::Unavailable;
    fn own_company() -> records::OwnCompany, Records;
    fn list_users(after: Option<&str>, limit: u32) -> Vec<records::User>, Records;
    fn get_users(ids: &[String]) -> Vec<records::User>, Records;
    fn locations() -> Vec<records::Location>, Records;
    fn list_products(after: Option<&str>, limit: u32) -> Vec<records::Product>, Records;
    fn get_products(ids: &[String]) -> Vec<records::Product>, Records;
    fn products_by_leaflink_id(ids: &[u64]) -> Vec<records::Product>, Records;
    fn stock(products: &[String]) -> Vec<records::StockLevel>, Records;
    fn link_product(id: &str, leaflink_product: Option<u64>) -> (), Records;
    fn set_sale_price(id: &str, price: types::Money) -> (), Records;
    fn list_companies(after: Option<&str>, limit: u32) -> Vec<records::Company>, Records;
    fn get_companies(ids: &[String]) -> Vec<records::Company>, Records;
    fn companies_by_leaflink_customer(ids: &[u64]) -> Vec<records::Company>, Records;
    fn link_company(id: &str, customer: Option<u64>) -> (), Records;
    fn taxes() -> Vec<records::Tax>, Records;
    fn get_sales_orders(ids: &[String]) -> Vec<records::SalesOrder>, Records;
    fn sales_orders_by_leaflink_number(numbers: &[String]) -> Vec<records::SalesOrder>, Records;
    fn list_sales_orders(after: Option<&str>, limit: u32) -> Vec<records::SalesOrder>, Records;
    fn create_sales_order(draft: records::SalesOrderDraft) -> String, Records;
    fn update_sales_order(id: &str, update: records::SalesOrderUpdate) -> (), Records;
    fn unlink_sales_order(id: &str) -> (), Records;
    fn get_payments(ids: &[String]) -> Vec<records::Payment>, Records;
    fn payments_of_sales_order(id: &str) -> Vec<records::Payment>, Records;
    fn invoices_of_sales_order(id: &str) -> Vec<records::Invoice>, Records;
    fn get_transfers(ids: &[String]) -> Vec<records::Transfer>, Records;
}
