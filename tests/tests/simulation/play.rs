//! Playing a history: one act after the other, each followed by the checks.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{self, AssertUnwindSafe};

use leaflink_sync_kit::exports::delivery::Delivered;
use leaflink_sync_kit::exports::polling::{Source, Subject};
use leaflink_sync_kit::exports::products::Product;
use leaflink_sync_kit::exports::sales_orders::Deletion;
use leaflink_sync_kit::exports::webhooks::{Delivery, Received};
use leaflink_sync_kit::host::types::{Decision, Severity};
use leaflink_sync_kit::{CallError, Calls};
use reference_erp::ErpTransaction;

use super::books::{self, Books};
use super::check::{drift, goods, settled, step};
use super::counters::Counters;
use super::history::{Act, Arrival, Crash, Hearing, History, Sync};
use super::stage::{ProcessDied, Stage, Theatre};
use super::{people_in_erp, people_in_leaflink};

/// Rounds in which everything must have come to rest.
const ROUNDS_TO_REST: usize = 14;
/// Calls that one round makes at most.
const CALLS: usize = 400;
/// Between two rounds when nothing is due earlier.
const ROUND_EVERY_MS: u64 = 11 * 60 * 1_000;
/// Longer than anything waits, whatever the clock did: a write, or a source to be polled.
const LONGEST_WAIT_MS: u64 = 2 * 60 * 60 * 1_000;
/// How often LeafLink's catalogue is read.
const CATALOGUE_EVERY_MS: u64 = 10 * 60 * 1_000;
/// Under which new products are queued.
const NEW_PRODUCT: &str = "outbox/new-product/";

/// How a history went.
pub struct Played {
    /// What was violated; nothing, if all is well.
    pub violation: Option<String>,
    pub counters: Counters,
    /// The same for two runs that went the same way.
    pub fingerprint: u64,
    /// What both sides came to, without what may differ between two ways there.
    pub end: String,
    /// The same before anything was polled again, where webhooks alone were heard and nothing went wrong.
    pub end_by_webhooks: Option<String>,
    /// What happened, if it was kept.
    pub words: Vec<String>,
    /// Calls of the component.
    pub calls: u64,
}

/// What people changed in the ERP and nobody has looked at since. The ERP keeps it in its database.
#[derive(Default)]
pub struct Changes {
    pub sales_orders: BTreeSet<String>,
    pub products: BTreeSet<String>,
    pub payments: BTreeSet<String>,
    pub transfers: BTreeSet<String>,
    pub deletions: VecDeque<Deletion>,
}

/// What a call may do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Write the ERP's records.
    Decides,
    /// Send a write to LeafLink.
    Delivers,
    /// Neither: it notes what is to be looked at or sent.
    Notes,
}

/// A history that is being played.
pub struct Player {
    pub stage: Stage,
    pub changes: Changes,
    pub payments: Vec<String>,
    pub transfers: Vec<String>,
    pub assemblies: VecDeque<String>,
    /// Orders that a poll named, in the process's memory.
    to_look_at: VecDeque<String>,
    /// Products likewise.
    products_to_look_at: VecDeque<u64>,
    /// When LeafLink's catalogue was last read to its end.
    catalogue_read_ms: Option<u64>,
    /// A pass through it was begun, likewise.
    amid_the_catalogue: bool,
    hearing: Hearing,
    /// A poll went through to its end.
    is_connected: bool,
    /// A pass of polling was begun, and is to be ended before what came in meanwhile is found.
    amid_a_pass: bool,
    ticket: u64,
    journal: i64,
    calls: u64,
}

/// Plays a history.
pub fn play(theatre: &Theatre, history: &History, keep_words: bool) -> anyhow::Result<Played> {
    let stage = theatre.stage(history)?;
    if keep_words {
        stage.world().trace.keep_words();
    }
    let mut player = Player {
        stage,
        changes: Changes::default(),
        payments: Vec::new(),
        transfers: Vec::new(),
        assemblies: VecDeque::new(),
        to_look_at: VecDeque::new(),
        products_to_look_at: VecDeque::new(),
        catalogue_read_ms: None,
        amid_the_catalogue: false,
        hearing: history.setup.hearing,
        is_connected: false,
        amid_a_pass: false,
        ticket: 0,
        journal: 0,
        calls: 0,
    };
    player.read_journal()?;
    player.read_books(true)?;
    {
        let memory = &mut player.stage.world().memory;
        memory.first_sale_prices = memory.books.sale_prices.clone();
    }
    let (mut end, mut end_by_webhooks) = (String::new(), None);
    let mut is_well = player.acts(&history.acts)?;
    if is_well && player.hearing == Hearing::Webhooks && history.nothing_goes_wrong() {
        is_well = player.comes_to_rest()?;
        player.read_books(false)?;
        end_by_webhooks = Some(settled::end(&player)?);
    }
    // Webhooks make it quick, polls make it certain.
    player.hearing = if player.hearing == Hearing::Polls { Hearing::Polls } else { Hearing::Both };
    if is_well && player.comes_to_rest()? {
        player.read_books(false)?;
        settled::check(&player)?;
        goods::check(&player)?;
        drift::check(&player)?;
        end = settled::end(&player)?;
    }
    let mut world = player.stage.world();
    Ok(Played {
        violation: world.violations.first().cloned(),
        counters: std::mem::take(&mut world.counters),
        fingerprint: world.trace.fingerprint(),
        end,
        end_by_webhooks,
        words: world.trace.words(),
        calls: player.calls,
    })
}

impl Player {
    /// Plays acts until something is violated; answers whether nothing was.
    fn acts(&mut self, acts: &[Act]) -> anyhow::Result<bool> {
        for act in acts {
            self.act(act)?;
            if !self.is_well() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn is_well(&self) -> bool {
        self.stage.world().violations.is_empty()
    }

    fn act(&mut self, act: &Act) -> anyhow::Result<()> {
        self.stage.world().trace.note(&format!("{act:?}"));
        if let Act::InErp(_) = act {
            // What the component did and what people do are told apart.
            self.read_books(false)?;
        }
        match act {
            Act::InErp(act) => drop(people_in_erp::act(self, act)),
            Act::Sync(sync) => self.sync(*sync)?,
            around => {
                let mut world = self.stage.world();
                match around {
                    Act::InLeafLink(act) => drop(people_in_leaflink::act(&mut world, act)),
                    Act::Amid { request, act } => world.act_amid(*request, act.clone()),
                    Act::Fault(fault) => world.arm(*fault),
                    Act::Crash { delivery, at } => world.crash = Some((*delivery, *at)),
                    Act::Wait(seconds) => world.pass_ms(u64::from(*seconds) * 1_000),
                    Act::ClockJump(seconds) => world.jump_ms(i64::from(*seconds) * 1_000),
                    Act::InErp(_) | Act::Sync(_) => {}
                }
            }
        }
        self.stage.set_clock();
        if let Act::InErp(_) = act {
            self.read_books(true)?;
        }
        step::check(&mut self.stage.world());
        Ok(())
    }

    fn sync(&mut self, sync: Sync) -> anyhow::Result<()> {
        match sync {
            Sync::Poll => drop(self.poll()?),
            Sync::PollProducts => drop(self.poll_products()?),
            Sync::Look => drop(self.look()?),
            Sync::LookAtProduct => drop(self.look_at_product()?),
            Sync::Follow => drop(self.follow()?),
            Sync::Webhooks(arrival) => self.hear(arrival)?,
            Sync::Push => self.push()?,
            Sync::Deliver(most) => drop(self.deliver(most as usize)?),
            Sync::Round => drop(self.round()?),
            Sync::RoundAndPush => {
                self.round()?;
                self.push()?;
                self.deliver(CALLS)?;
            }
        }
        Ok(())
    }

    /// One round, as `sync_round` of the program runs it; answers when the next write is due. What is
    /// due is asked, as a host does, and polled all the same: histories are short.
    fn round(&mut self) -> anyhow::Result<Option<u64>> {
        for due in self.call(Kind::Notes, Calls::polls_due)?.unwrap_or_default() {
            self.is_in_time(&format!("{:?} are polled", due.source), due.at_ms);
        }
        if self.hearing != Hearing::Polls {
            self.hear(Arrival::InOrder)?;
            while self.look()? {}
        }
        if self.hearing != Hearing::Webhooks || !self.is_connected {
            self.poll_all()?;
        }
        for _ in 0..self.changes.count() {
            if !self.follow()? {
                break;
            }
        }
        let now_ms = self.stage.world().now_ms;
        let is_due = |read_ms| now_ms >= read_ms + CATALOGUE_EVERY_MS && self.hearing != Hearing::Webhooks;
        if self.catalogue_read_ms.is_none_or(is_due) {
            for _ in 0..CALLS {
                if self.poll_products()? != Some(true) {
                    break;
                }
            }
        }
        // One that cannot be looked at now is named again.
        while self.look_at_product()? {}
        self.deliver(CALLS)
    }

    /// Nothing is put off for as long as a clock was wrong.
    fn is_in_time(&self, what: &str, due_ms: u64) {
        let mut world = self.stage.world();
        let minutes = due_ms.saturating_sub(world.erp_now_ms()) / 60_000;
        if minutes * 60_000 > LONGEST_WAIT_MS {
            world.violations.push(format!("{what} in {minutes} minutes, and not before"));
        }
    }

    /// Polls and looks until nothing new is named.
    fn poll_all(&mut self) -> anyhow::Result<()> {
        let mut seen = BTreeSet::new();
        for _ in 0..CALLS {
            let Some(more) = self.poll()? else { break };
            self.to_look_at.retain(|number| !seen.contains(number));
            let mut fresh = false;
            while let Some(number) = self.to_look_at.front().cloned() {
                fresh = true;
                seen.insert(number);
                self.look()?;
            }
            if !more && !fresh {
                self.is_connected = true;
                break;
            }
        }
        Ok(())
    }

    /// Webhooks arrive, and the list that they end up on is read.
    fn hear(&mut self, arrival: Arrival) -> anyhow::Result<()> {
        let arrived = self.stage.world().webhooks(arrival);
        for webhook in arrived {
            let headers = webhook.signature.map(|signature| ("ll-signature".to_owned(), signature));
            let delivery = Delivery { headers: headers.into_iter().collect(), body: webhook.body };
            let mut received = self.call(Kind::Notes, |calls| calls.on_webhook(&delivery))?;
            if received.is_none() {
                // No 200 went out, so that LeafLink sends it again.
                received = self.call(Kind::Notes, |calls| calls.on_webhook(&delivery))?;
            }
            if let Some(Received::Unauthorized(why) | Received::Malformed(why)) = received {
                let mut world = self.stage.world();
                world.violations.push(format!("a webhook of LeafLink's was turned away: {why}"));
            }
        }
        if let Some(list) = self.call(Kind::Notes, |calls| calls.to_look_at())? {
            self.are_to_look_at(list);
        }
        Ok(())
    }

    fn are_to_look_at(&mut self, subjects: Vec<Subject>) {
        for subject in subjects {
            match subject {
                Subject::Order(number) if !self.to_look_at.contains(&number) => {
                    self.to_look_at.push_back(number);
                }
                Subject::Product(id) if !self.products_to_look_at.contains(&id) => {
                    self.products_to_look_at.push_back(id);
                }
                Subject::Order(_) | Subject::Product(_) => {}
            }
        }
    }

    /// Reads one page of LeafLink's catalogue; answers whether there is more.
    fn poll_products(&mut self) -> anyhow::Result<Option<bool>> {
        let polled = self.call(Kind::Notes, |calls| calls.poll(Source::Products))?;
        self.amid_the_catalogue = polled.as_ref().is_none_or(|polled| polled.more);
        Ok(polled.map(|polled| {
            if !polled.more {
                self.catalogue_read_ms = Some(self.stage.world().now_ms);
            }
            self.are_to_look_at(polled.look_at);
            polled.more
        }))
    }

    /// Looks at the next product that was named.
    fn look_at_product(&mut self) -> anyhow::Result<bool> {
        let Some(id) = self.products_to_look_at.pop_front() else { return Ok(false) };
        Ok(self.call(Kind::Decides, |calls| calls.on_product_change(&Product::Leaflink(id)))?.is_some())
    }

    /// Polls one page; answers whether there is more.
    fn poll(&mut self) -> anyhow::Result<Option<bool>> {
        let polled = self.call(Kind::Notes, |calls| calls.poll(Source::Orders))?;
        self.amid_a_pass = polled.as_ref().is_none_or(|polled| polled.more);
        Ok(polled.map(|polled| {
            self.are_to_look_at(polled.look_at);
            polled.more
        }))
    }

    /// Looks at the next order that was named.
    fn look(&mut self) -> anyhow::Result<bool> {
        let Some(number) = self.to_look_at.pop_front() else { return Ok(false) };
        let decision = self.call(Kind::Decides, |calls| calls.on_order(&number))?;
        Ok(self.looked_at(&number, decision))
    }

    /// Looks at the next change; one that fails stays, behind the others.
    fn follow(&mut self) -> anyhow::Result<bool> {
        if let Some(deletion) = self.changes.deletions.front().cloned() {
            if self.call(Kind::Decides, |calls| calls.on_sales_order_deleted(&deletion))?.is_some() {
                self.changes.deletions.pop_front();
            }
        } else if let Some(id) = self.changes.sales_orders.first().cloned() {
            let decision = self.call(Kind::Decides, |calls| calls.on_sales_order_change(&id))?;
            let number = decision.as_ref().map(|decision| decision.subject.clone()).unwrap_or_default();
            if self.looked_at(&number, decision) {
                self.changes.sales_orders.remove(&id);
            }
        } else if let Some(id) = self.changes.products.first().cloned() {
            let product = Product::Erp(id.clone());
            if self.call(Kind::Decides, |calls| calls.on_product_change(&product))?.is_some() {
                self.changes.products.remove(&id);
            }
        } else if let Some(id) = self.changes.transfers.first().cloned() {
            if self.call(Kind::Decides, |calls| calls.on_transfer(&id))?.is_some() {
                self.changes.transfers.remove(&id);
            }
        } else if let Some(id) = self.changes.payments.first().cloned() {
            if self.call(Kind::Notes, |calls| calls.on_payment(&id))?.is_some() {
                self.changes.payments.remove(&id);
            }
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// Notes what came of a look; answers whether there was one.
    fn looked_at(&self, number: &str, decision: Option<Decision>) -> bool {
        let blocks =
            |decision: &Decision| decision.reasons.iter().any(|it| it.severity == Severity::Blocking);
        if decision.as_ref().is_some_and(|decision| !blocks(decision)) {
            self.stage.world().memory.unapplied.remove(number);
        }
        decision.is_some()
    }

    fn push(&mut self) -> anyhow::Result<()> {
        let mut after: Option<String> = None;
        loop {
            let pushed = self.call(Kind::Notes, |calls| calls.push_inventory(after.as_deref()))?;
            if pushed.is_some() {
                let world = &mut *self.stage.world();
                world.memory.figures_are_doubtful = world.call.disturbed || world.call.stale;
            }
            match pushed.and_then(|pushed| pushed.next) {
                Some(next) => after = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// Has at most so many writes sent; answers when the next is due.
    fn deliver(&mut self, most: usize) -> anyhow::Result<Option<u64>> {
        for _ in 0..most {
            self.ticket += 1;
            let ticket = self.ticket;
            match self.call(Kind::Delivers, |calls| calls.deliver(ticket))? {
                Some(Delivered::Worked(_)) => {}
                Some(Delivered::Idle(when)) => return Ok(when),
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    /// One call. Absent: it failed, or nobody heard of its success.
    fn call<T>(
        &mut self,
        kind: Kind,
        call: impl FnOnce(&Calls) -> Result<T, CallError>,
    ) -> anyhow::Result<Option<T>> {
        if !self.is_well() {
            return Ok(None);
        }
        self.stage.set_clock();
        let delivers = kind == Kind::Delivers;
        let queued = if delivers { Some(books::stored(&mut self.view()?, "outbox/")?) } else { None };
        let dies = step::begins(&mut self.stage.world(), queued.as_ref());
        self.calls += 1;
        let outcome = self.may_die(call);
        let heard = step::ended(&mut self.stage.world(), outcome.as_ref());
        if dies.is_some() || outcome.is_none() {
            self.to_look_at.clear();
            self.products_to_look_at.clear();
        }
        self.read_journal()?;
        // Reading all of them after each call would take as long as the calls. What another kind of
        // call did to them is seen after the next of this kind, or after people's next act.
        let makes_products =
            |queued: &BTreeMap<String, _>| queued.keys().any(|key| key.starts_with(NEW_PRODUCT));
        if kind == Kind::Decides || queued.as_ref().is_some_and(makes_products) {
            self.read_books(false)?;
        }
        if let Some(queued) = &queued {
            let still = books::stored(&mut self.view()?, "outbox/")?;
            step::compare_queued(&mut self.stage.world(), queued, &still);
        }
        Ok(outcome.filter(|_| heard && dies != Some(Crash::AfterCommit)).and_then(Result::ok))
    }

    /// What came of a call; nothing, if the process died in the middle of it.
    fn may_die<T>(&self, call: impl FnOnce(&Calls) -> Result<T, CallError>) -> Option<Result<T, CallError>> {
        match panic::catch_unwind(AssertUnwindSafe(|| call(&self.stage.calls))) {
            Ok(outcome) => Some(outcome),
            Err(death) if death.is::<ProcessDied>() => None,
            Err(panic) => panic::resume_unwind(panic),
        }
    }

    /// The ERP's database as it now is.
    pub fn view(&self) -> anyhow::Result<ErpTransaction> {
        Ok(self.stage.erp.begin(&self.stage.company)?)
    }

    fn read_books(&self, people_acted: bool) -> anyhow::Result<()> {
        let books = Books::read(&mut self.view()?)?;
        let mut world = self.stage.world();
        let before = std::mem::replace(&mut world.memory.books, books);
        if !people_acted {
            step::compare(&mut world, &before);
        }
        Ok(())
    }

    /// Reads what is new in the journal.
    fn read_journal(&mut self) -> anyhow::Result<()> {
        let entries = self.view()?.journal(self.journal, 500)?;
        let mut world = self.stage.world();
        for entry in &entries {
            self.journal = entry.id;
            step::decided(&mut world, entry);
        }
        Ok(())
    }

    /// Nothing goes wrong and nobody acts any more: rounds until nothing moves.
    fn comes_to_rest(&mut self) -> anyhow::Result<bool> {
        {
            let mut world = self.stage.world();
            world.trace.note("Nothing goes wrong any more.");
            world.calm_down();
            world.pass_ms(120_000);
        }
        for round in 0..ROUNDS_TO_REST {
            let before = self.journal;
            // Without polls, one that somebody began is not ended.
            let began_amid_a_pass =
                self.hearing != Hearing::Webhooks && (self.amid_a_pass || self.amid_the_catalogue);
            // Each of these rounds reads it.
            if self.hearing != Hearing::Webhooks {
                self.catalogue_read_ms = None;
            }
            self.stage.world().call.wrote = false;
            let mut wrote = self.stage.world().writes;
            let due = self.round()?;
            self.push()?;
            let due = self.deliver(CALLS)?.or(due);
            self.is_in_time("the next write goes out", due.unwrap_or_default());
            if !self.is_well() {
                return Ok(false);
            }
            wrote = self.stage.world().writes - wrote;
            let moved = wrote > 0 || self.journal > before || due.is_some() || self.changes.count() > 0;
            if !moved && !began_amid_a_pass {
                return Ok(true);
            }
            let mut world = self.stage.world();
            world.trace.note(&format!("Round {} to rest.", round + 1));
            let wait = due.map_or(0, |due| due.saturating_sub(world.erp_now_ms())).max(ROUND_EVERY_MS);
            world.pass_ms(wait);
        }
        let mut world = self.stage.world();
        world.violations.push(format!("after {ROUNDS_TO_REST} undisturbed rounds something still moves"));
        Ok(false)
    }
}

impl Changes {
    /// How many wait.
    pub fn count(&self) -> usize {
        self.sales_orders.len()
            + self.products.len()
            + self.payments.len()
            + self.transfers.len()
            + self.deletions.len()
    }
}
