//! One scenario, played with every fault.
//!
//! For each step, the undisturbed story with a few more rounds after that step is the reference; a
//! story with a fault in that step gets the same rounds, and has to come to the same end. It need not
//! be played further than to a state that was seen at the same place of a story that ended well.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chrono::{NaiveTime, TimeDelta};
use leaflink_sync::document::Document;
use leaflink_sync::stage::{Connections, Options, Snapshot, Stage};
use leaflink_sync::steps::{self, Act, Step, SyncAct};
use leaflink_sync::world::LoadedWorld;
use leaflink_sync_kit::Connector;

use crate::boundary::{Around, Boundary, How, Point, Reached, ways};
use crate::choice::Share;
use crate::exceptions::ends_differ;
use crate::explorer::{Explorer, Found, survived};
use crate::state::{self, End};

/// What is done, in the story or around it.
#[derive(Clone, Copy, Debug)]
enum Move {
    /// A step of the story.
    Step(usize),
    /// The part of a step until that time, in which the sync runs by itself.
    Until(usize, NaiveTime),
    /// A round of the sync.
    Round,
    /// A push of all stock, as every ten minutes.
    Push,
    /// Time goes by.
    Pass(Duration),
}

/// Shorter than the quiet period of payments and new products; twice that is longer than it, and than
/// the first waits of writes.
const A_MOMENT: Duration = Duration::from_secs(90);
const A_WHILE: Duration = Duration::from_secs(3 * 60);
/// Longer than it takes until LeafLink's catalogue is read again, and with it what is on its list.
const CATALOGUE: Duration = Duration::from_secs(11 * 60);
/// Longer than the longest wait of a write.
const LONG: Duration = Duration::from_secs(70 * 60);

/// The sync's own running is taken in parts of this length.
const PART_MINUTES: i64 = 10;

/// How many pairs of points are tried.
#[derive(Clone, Copy, Debug)]
pub struct Pairs {
    /// A second point upon one outcome of a first in so many.
    pub every: usize,
    /// How many second points.
    pub share: Share,
}

/// What was tried, and what came of it.
#[derive(Default)]
pub struct Tally {
    /// How many points there are.
    pub there: usize,
    pub points: BTreeMap<(Reached, How), usize>,
    /// Pairs of points.
    pub pairs: usize,
    /// Outcomes of single faults that were played on, and of pairs.
    pub outcomes: usize,
    pub second_outcomes: usize,
    /// Of those, how many came to the very end, every state on the way being new.
    pub to_the_end: usize,
    pub wrong: Vec<String>,
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        self.there += other.there;
        for (kind, count) in other.points {
            *self.points.entry(kind).or_default() += count;
        }
        self.pairs += other.pairs;
        self.outcomes += other.outcomes;
        self.second_outcomes += other.second_outcomes;
        self.to_the_end += other.to_the_end;
        self.wrong.extend(other.wrong);
    }
}

/// A story on its stage.
pub struct Story {
    name: String,
    steps: Vec<Step>,
    /// LeafLink posts webhooks.
    webhooks: bool,
    stage: Arc<Stage>,
    boundary: Arc<Boundary>,
    explorer: Arc<Explorer>,
}

/// What the undisturbed story came to.
struct Reference {
    /// States at the beginning of each move but those of time, by the moves that are left.
    known: BTreeSet<(usize, u64)>,
    end: End,
}

impl Story {
    /// Sets a scenario up.
    pub fn read(connector: &Connector, folder: &Path) -> anyhow::Result<Self> {
        let name = folder.file_name().and_then(|name| name.to_str()).context("a folder's name")?.to_owned();
        let world = LoadedWorld::load(&folder.join("world.json"))?;
        let steps = steps::read(&Document::load(&folder.join("events.json"))?)?;
        let webhooks = world.world.webhooks;
        let boundary = Arc::new(Boundary::default());
        let (around, watch, calls) = (Arc::clone(&boundary), Arc::clone(&boundary), Arc::clone(&boundary));
        let made = Arc::new(std::sync::OnceLock::<Arc<Explorer>>::new());
        let making = Arc::clone(&made);
        let options = Options {
            connections: Connections::InProcess,
            random_seed: 1,
            around_host: Some(Box::new(move |inner| Arc::new(Around { inner, boundary: around }))),
            around_calls: Some(Box::new(move |inner| {
                making.get_or_init(|| Arc::new(Explorer::new(inner, calls))).clone()
            })),
            commit_watch: Some(Arc::new(move |moment| watch.committed(moment))),
            ..Options::default()
        };
        let stage = Arc::new(Stage::set_up(connector, &world, options)?);
        let explorer = Arc::clone(made.get().context("the stage takes its caller")?);
        drop(explorer.stage.set(Arc::downgrade(&stage)));
        boundary.is_on(&stage);
        Ok(Self { name, steps, webhooks, stage, boundary, explorer })
    }

    /// Tries a share of the points of the story, and of the second points in what follows at once upon
    /// their outcomes.
    pub fn sweep(&self, share: Share, pairs: Option<Pairs>) -> anyhow::Result<Tally> {
        let mut tally = Tally::default();
        for step in 0..self.steps.len() {
            loop {
                let act = self.part(step);
                let before = self.snapshot()?;
                if self.webhooks || !matches!(self.steps[step].act, Act::LeafLink(_)) {
                    let rest = self.after(step, act);
                    self.perform(act);
                    let mut reference = self.play_reference(&rest)?;
                    self.stage.restore(&before)?;
                    self.sweep_move(act, &before, &rest, &mut reference, (share, pairs), &mut tally)?;
                    self.stage.restore(&before)?;
                }
                self.boundary.arm(None);
                self.perform(act);
                if matches!(act, Move::Step(_)) {
                    break;
                }
            }
        }
        Ok(tally)
    }

    /// A step, or as much of it as is to be swept at once.
    fn part(&self, step: usize) -> Move {
        let Act::Sync(SyncAct::RunUntil(end)) = &self.steps[step].act else { return Move::Step(step) };
        self.steps[step].at.map_or(Ok(()), |at| self.stage.move_to(at)).ok();
        let next = self.stage.now().time() + TimeDelta::minutes(PART_MINUTES);
        if next < *end { Move::Until(step, next) } else { Move::Step(step) }
    }

    /// What follows a step in which something went wrong: the same again if it is the sync's, rounds
    /// for a while, what is left of the step, and the rest of the story with rounds until all is quiet; and
    /// a push, if the story has any.
    fn after(&self, step: usize, act: Move) -> Vec<Move> {
        let mut moves = Vec::new();
        if self.is_done_by_itself(Move::Step(step)) {
            moves.push(Move::Step(step));
        }
        for wait in [A_MOMENT, A_MOMENT, A_WHILE, CATALOGUE] {
            moves.extend([Move::Round, Move::Pass(wait)]);
        }
        moves.push(Move::Round);
        let next = if matches!(act, Move::Step(_)) { step + 1 } else { step };
        moves.extend((next..self.steps.len()).map(Move::Step));
        for wait in [A_WHILE, A_WHILE, LONG, LONG] {
            moves.extend([Move::Round, Move::Pass(wait), Move::Round]);
        }
        // What LeafLink was asked for by a process that died, and did late, the next push puts right.
        if self.pushes_stock() {
            moves.extend([Move::Push, Move::Round]);
        }
        moves
    }

    fn pushes_stock(&self) -> bool {
        self.steps.iter().any(|step| matches!(step.act, Act::Sync(SyncAct::PushStock(()))))
    }

    fn play_reference(&self, rest: &[Move]) -> anyhow::Result<Reference> {
        self.boundary.arm(None);
        let mut known = BTreeSet::new();
        for (at, act) in rest.iter().enumerate() {
            if !matches!(act, Move::Pass(_)) {
                known.insert((rest.len() - at, self.hash()?));
            }
            self.perform(*act);
        }
        Ok(Reference { known, end: End::of(&self.stage, &self.name)? })
    }

    /// Tries every point of a move that begins at a moment, and plays on from each outcome.
    fn sweep_move(
        &self,
        act: Move,
        before: &Snapshot,
        rest: &[Move],
        reference: &mut Reference,
        (share, pairs): (Share, Option<Pairs>),
        tally: &mut Tally,
    ) -> anyhow::Result<()> {
        let found = self.explore(act, before, share)?;
        tally.there += found.there;
        for (kind, count) in &found.points {
            *tally.points.entry(*kind).or_default() += count;
        }
        for point in found.outcomes.values() {
            tally.outcomes += 1;
            self.stage.restore(before)?;
            self.disturbed(act, *point);
            if let Some(pairs) = pairs
                && tally.outcomes.is_multiple_of(pairs.every)
            {
                self.sweep_second(*point, rest, reference, pairs.share, tally)?;
                self.stage.restore(before)?;
                self.disturbed(act, *point);
            }
            let wrong = self.play_on(&[*point], rest, reference, tally)?;
            tally.wrong.extend(wrong.map(|differences| self.told(act, &[*point], &differences)));
        }
        Ok(())
    }

    /// Tries the points of the move after a first fault.
    fn sweep_second(
        &self,
        first: Point,
        rest: &[Move],
        reference: &mut Reference,
        share: Share,
        tally: &mut Tally,
    ) -> anyhow::Result<()> {
        let Some((act, rest)) = rest.split_first() else { return Ok(()) };
        let before = self.snapshot()?;
        let found = self.explore(*act, &before, share)?;
        tally.pairs += found.points.values().sum::<usize>();
        for point in found.outcomes.values() {
            tally.second_outcomes += 1;
            self.stage.restore(&before)?;
            self.disturbed(*act, *point);
            if self.is_done_by_itself(*act) {
                self.perform(*act);
            }
            let points = [first, *point];
            let wrong = self.play_on(&points, rest, reference, tally)?;
            tally.wrong.extend(wrong.map(|differences| self.told(*act, &points, &differences)));
        }
        Ok(())
    }

    /// One point for each outcome of a move.
    fn explore(&self, act: Move, before: &Snapshot, share: Share) -> anyhow::Result<Found> {
        self.boundary.arm(None);
        self.perform(act);
        let trace = self.boundary.trace();
        self.stage.restore(before)?;
        self.boundary.arm(None);
        let reached = trace.iter().filter(|(_, _, reached)| !ways(*reached).is_empty()).count();
        let choice = share.for_step(reached);
        let (mut found, mut choice) = self.explorer.explore(choice, || self.perform(act));
        // What no round called, and the ERP's own commits, are tried within the whole move.
        for (call, import, reached) in trace {
            if found.calls.contains(&call) {
                continue;
            }
            found.there += ways(reached).len();
            for how in choice.of(ways(reached)) {
                let point = Point { call, import, how: *how };
                self.stage.restore(before)?;
                let died = self.disturbed(act, point);
                let seen = (!died).then_some(0);
                found.note(reached, point, seen, self.hash()?);
            }
        }
        self.stage.restore(before)?;
        Ok(found)
    }

    /// Does a move with a fault in it; then the process is another, if it has to be, and the person
    /// whose act was lost does it again. Answers whether it died.
    fn disturbed(&self, act: Move, point: Point) -> bool {
        self.boundary.arm(Some(point));
        let died = self.try_to_perform(act).is_none();
        assert!(self.boundary.struck(), "{}: {act:?}: {point:?} was not reached", self.name);
        self.boundary.heal();
        if died || matches!(point.how, How::FailsForEver | How::AnswersLostForEver) {
            self.stage.restart();
        }
        if self.is_to_be_repeated(act, point) {
            self.perform(act);
        }
        died
    }

    /// Whether the host does a move again and again; its rounds follow anyhow.
    fn is_done_by_itself(&self, act: Move) -> bool {
        matches!(act, Move::Step(step) if is_of_the_sync(&self.steps[step].act))
    }

    /// What people do in the ERP is lost only with its own commit; what they do on the integration's
    /// pages they do again when they saw no success.
    fn is_to_be_repeated(&self, act: Move, point: Point) -> bool {
        let step = match act {
            Move::Step(step) | Move::Until(step, _) => step,
            Move::Round | Move::Push | Move::Pass(_) => return false,
        };
        match &self.steps[step].act {
            Act::LeafLink(_) => false,
            Act::Erp(_) | Act::Billing(_) | Act::SalesOrder { .. } => {
                point == Point { call: 0, import: 1, how: How::DiesBefore }
            }
            act @ Act::Sync(_) => !is_of_the_sync(act),
        }
    }

    /// Plays the rest, as far as to a state that is known to end well; else compares the end.
    fn play_on(
        &self,
        points: &[Point],
        rest: &[Move],
        reference: &mut Reference,
        tally: &mut Tally,
    ) -> anyhow::Result<Option<Vec<String>>> {
        self.boundary.arm(None);
        let mut visited = Vec::new();
        for (at, act) in rest.iter().enumerate() {
            // Where only time passes, the state says nothing that the one after it does not.
            if !matches!(act, Move::Pass(_)) {
                let place = (rest.len() - at, self.hash()?);
                if reference.known.contains(&place) {
                    reference.known.extend(visited);
                    return Ok(None);
                }
                visited.push(place);
            }
            self.perform(*act);
        }
        tally.to_the_end += 1;
        let end = End::of(&self.stage, &self.name)?;
        let differences = match ends_differ(&self.name) {
            true => end.payments_beyond(&reference.end),
            false => end.differences(&reference.end, &self.name, points),
        };
        if differences.is_empty() {
            reference.known.extend(visited);
            return Ok(None);
        }
        Ok(Some(differences))
    }

    fn told(&self, act: Move, points: &[Point], differences: &[String]) -> String {
        let what = match act {
            Move::Step(step) => format!("step {} ({})", step + 1, verb(&self.steps[step].act)),
            Move::Until(step, time) => format!("step {} (as far as {time})", step + 1),
            _ => "the round after it".to_owned(),
        };
        let shown: Vec<String> =
            differences.iter().take(12).map(|line| format!("  {}", shortened(line))).collect();
        format!("{}, {what}, {points:?}: another end\n{}", self.name, shown.join("\n"))
    }

    fn perform(&self, act: Move) {
        assert!(self.try_to_perform(act).is_some(), "only a point that is armed ends the process");
    }

    /// What is refused is refused: people do no more than try, and the next round goes on.
    fn try_to_perform(&self, act: Move) -> Option<()> {
        survived(catch_unwind(AssertUnwindSafe(|| match act {
            Move::Step(step) => {
                let step = &self.steps[step];
                // A step whose time is past comes at once.
                step.at.map_or(Ok(()), |at| self.stage.move_to(at)).ok();
                self.stage.perform(&step.act).map(drop).ok();
            }
            Move::Until(_, time) => drop(self.stage.run_until(time)),
            Move::Round => self.stage.sync().map(drop).unwrap_or_default(),
            Move::Push => self.stage.push_stock().map(drop).unwrap_or_default(),
            Move::Pass(time) => self.stage.let_pass(time),
        })))
    }

    fn snapshot(&self) -> anyhow::Result<Snapshot> {
        self.forget_webhooks();
        self.stage.mark()
    }

    fn hash(&self) -> anyhow::Result<u64> {
        self.forget_webhooks();
        state::hash(&self.stage)
    }

    /// In most stories nobody takes them.
    fn forget_webhooks(&self) {
        if !self.webhooks {
            drop(self.stage.sandbox().take_webhooks());
        }
    }
}

/// Whether the host does it by itself, again and again.
fn is_of_the_sync(act: &Act) -> bool {
    matches!(
        act,
        Act::Sync(
            SyncAct::RunDays(_)
                | SyncAct::Sync(())
                | SyncAct::PushStock(())
                | SyncAct::PollProducts(())
                | SyncAct::LookAt(_)
        )
    )
}

fn verb(act: &Act) -> String {
    shortened(&format!("{act:?}"))
}

fn shortened(text: &str) -> String {
    text.chars()
        .take(if text.starts_with("missing") || text.starts_with("extra") { 700 } else { 60 })
        .collect()
}
