//! Calls of a round, each tried with every fault at each of its imports before it is made.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use leaflink_sync::stage::Stage;
use leaflink_sync::sync_round::Caller;
use leaflink_sync_kit::exports::Failure;
use leaflink_sync_kit::exports::delivery::Delivered;
use leaflink_sync_kit::exports::inventory::Pushed;
use leaflink_sync_kit::exports::polling::{Due, Polled, Source, Subject};
use leaflink_sync_kit::exports::products::Product;
use leaflink_sync_kit::exports::sales_orders::Deletion;
use leaflink_sync_kit::host::types::Decision;
use leaflink_sync_kit::{CallError, Calls};

use crate::boundary::{Boundary, Died, How, Point, Reached, ways};
use crate::choice::Choice;
use crate::state;

/// What a point came to, as far as it matters for what comes after it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome {
    /// The call; none when the process died.
    pub call: Option<usize>,
    /// What whoever called knows then; nothing when the process died.
    pub seen: Option<u64>,
    /// What goes on failing.
    pub for_ever: Option<(Reached, How)>,
    /// Both sides and the mailbox.
    pub state: u64,
}

/// What the points of a step came to.
#[derive(Default)]
pub struct Found {
    /// One point for each outcome.
    pub outcomes: BTreeMap<Outcome, Point>,
    /// How many points there are, tried or not.
    pub there: usize,
    /// How many points were tried.
    pub points: BTreeMap<(Reached, How), usize>,
    /// The calls that were tried.
    pub calls: BTreeSet<usize>,
}

impl Found {
    /// Notes what a point came to; answers whether that is new.
    pub fn note(&mut self, reached: Reached, point: Point, seen: Option<u64>, state: u64) -> bool {
        *self.points.entry((reached, point.how)).or_default() += 1;
        let lasts = matches!(point.how, How::FailsForEver | How::AnswersLostForEver);
        let for_ever = lasts.then_some((reached.interface(), point.how));
        // Whatever another process finds, it does not know how far the one before had come.
        let call = seen.map(|_| point.call);
        let outcome = Outcome { call, seen, for_ever, state };
        let new = !self.outcomes.contains_key(&outcome);
        self.outcomes.entry(outcome).or_insert(point);
        new
    }
}

/// Stands between a stage's rounds and the component.
pub struct Explorer {
    pub calls: Calls,
    pub boundary: Arc<Boundary>,
    pub stage: OnceLock<Weak<Stage>>,
    found: Mutex<Option<(Found, Choice)>>,
}

impl Explorer {
    pub fn new(calls: Calls, boundary: Arc<Boundary>) -> Self {
        Self { calls, boundary, stage: OnceLock::new(), found: Mutex::default() }
    }

    /// Tries the points of the calls that rounds make in `work`; answers the choice as it then is.
    pub fn explore(&self, choice: Choice, work: impl FnOnce()) -> (Found, Choice) {
        *self.found() = Some((Found::default(), choice));
        work();
        self.found().take().expect("each call puts it back")
    }

    fn found(&self) -> MutexGuard<'_, Option<(Found, Choice)>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn call<T: Debug>(&self, call: impl Fn(&Calls) -> Result<T, CallError>) -> Result<T, CallError> {
        let found = self.found().take();
        if let Some((mut found, mut choice)) = found {
            self.try_points(&mut found, &mut choice, &|| seen(&call(&self.calls)))
                .expect("the sweep's own stage works");
            *self.found() = Some((found, choice));
        }
        call(&self.calls)
    }

    fn try_points(
        &self,
        found: &mut Found,
        choice: &mut Choice,
        call: &dyn Fn() -> u64,
    ) -> anyhow::Result<()> {
        let stage = self.stage.get().and_then(Weak::upgrade).expect("the stage outlives its rounds");
        let (calls, own_commits) = self.boundary.so_far();
        let before = stage.mark()?;
        let erp_before = state::hash_of_erp(&stage)?;
        let unmoved = state::hash_beside(&stage, erp_before);
        let attempt = |point| {
            self.boundary.arm_within(calls, own_commits, point);
            catch_unwind(AssertUnwindSafe(call))
        };
        let come_back = || match self.boundary.moved() {
            (true, _) => stage.restore(&before),
            (false, true) => stage.restore_all_but_erp(&before),
            (false, false) => {
                stage.restore_memory(&before);
                Ok(())
            }
        };
        attempt(None).unwrap_or_else(|panic| resume_unwind(panic));
        let trace = self.boundary.trace();
        come_back()?;
        found.calls.insert(calls + 1);
        for (call, import, reached) in trace {
            found.there += ways(reached).len();
            for how in choice.of(ways(reached)) {
                let point = Point { call, import, how: *how };
                let seen = survived(attempt(Some(point)));
                assert!(self.boundary.struck(), "{point:?} was not reached");
                let state = match self.boundary.moved() {
                    (true, _) => state::hash(&stage)?,
                    (false, true) => state::hash_beside(&stage, erp_before),
                    (false, false) => unmoved,
                };
                found.note(reached, point, seen, state);
                come_back()?;
            }
        }
        assert_eq!(state::hash(&stage)?, unmoved, "a call that was rolled back left something");
        self.boundary.arm_within(calls, own_commits, None);
        Ok(())
    }
}

/// What came of something, unless the process died.
pub fn survived<T>(outcome: Result<T, Box<dyn Any + Send>>) -> Option<T> {
    match outcome {
        Ok(done) => Some(done),
        Err(panic) if panic.is::<Died>() => None,
        Err(panic) => resume_unwind(panic),
    }
}

/// What a round sees of a call's outcome: all of an answer; of an error, whether it ends the round.
fn seen<T: Debug>(outcome: &Result<T, CallError>) -> u64 {
    let mut hasher = DefaultHasher::new();
    match outcome {
        Ok(answer) => format!("{answer:?}").hash(&mut hasher),
        Err(error) => matches!(error.failure(), Some(Failure::Misconfigured(_))).hash(&mut hasher),
    }
    hasher.finish()
}

impl Caller for Explorer {
    fn polls_due(&self) -> Result<Vec<Due>, CallError> {
        self.call(Calls::polls_due)
    }

    fn poll(&self, source: Source) -> Result<Polled, CallError> {
        self.call(|calls| calls.poll(source))
    }

    fn to_look_at(&self) -> Result<Vec<Subject>, CallError> {
        self.call(Calls::to_look_at)
    }

    fn on_order(&self, number: &str) -> Result<Decision, CallError> {
        self.call(|calls| calls.on_order(number))
    }

    fn on_sales_order_change(&self, id: &str) -> Result<Decision, CallError> {
        self.call(|calls| calls.on_sales_order_change(id))
    }

    fn on_sales_order_deleted(&self, deletion: &Deletion) -> Result<Decision, CallError> {
        self.call(|calls| calls.on_sales_order_deleted(deletion))
    }

    fn on_product_change(&self, product: &Product) -> Result<Decision, CallError> {
        self.call(|calls| calls.on_product_change(product))
    }

    fn on_payment(&self, id: &str) -> Result<Decision, CallError> {
        self.call(|calls| calls.on_payment(id))
    }

    fn on_transfer(&self, id: &str) -> Result<Decision, CallError> {
        self.call(|calls| calls.on_transfer(id))
    }

    fn push_inventory(&self, after: Option<&str>) -> Result<Pushed, CallError> {
        self.call(|calls| calls.push_inventory(after))
    }

    fn deliver(&self, ticket: u64) -> Result<Delivered, CallError> {
        self.call(|calls| calls.deliver(ticket))
    }
}
