//! Playing the day: the steps at their times; every ten minutes a round of the sync, then a push of stock.

use chrono::{NaiveTime, TimeDelta};
use leaflink_sync_kit::exports::drift::Difference;
use leaflink_sync_kit::exports::product_links::Suggestion;
use leaflink_sync_kit::host::types::Decision;

use crate::document::Document;
use crate::stage::{Happened, Stage};
use crate::steps::{Act, Step, SyncAct};
use crate::sync_round::Round;

/// How often the sync runs.
const EVERY: TimeDelta = TimeDelta::minutes(10);
/// The end of the day.
const CLOSING: Option<NaiveTime> = NaiveTime::from_hms_opt(17, 0, 0);

/// A LeafLink product that was suggested for one of the ERP, by their ids.
#[derive(Debug)]
pub(super) struct Suggested {
    pub suggestion: Suggestion,
    /// A person took it.
    pub linked: bool,
}

/// A difference that was to be repaired.
#[derive(Debug)]
pub(super) struct Repaired {
    /// Time of day.
    pub time: String,
    /// As the step names it.
    pub id: String,
    /// As the last report before it showed it, if it did.
    pub difference: Option<Difference>,
    pub decision: Decision,
}

/// What happened, apart from what is stored.
#[derive(Debug, Default)]
pub(super) struct Day {
    /// Rounds of the sync.
    pub rounds: usize,
    /// Looks at an order.
    pub looks: usize,
    pub suggested: Vec<Suggested>,
    pub repaired: Vec<Repaired>,
    /// Calls that failed, each with its time of day.
    pub stumbles: Vec<(String, String)>,
}

/// Plays the steps of `events`. Without any, the sync runs once.
pub(super) fn play(stage: &Stage, events: &Document, steps: &[Step]) -> anyhow::Result<Day> {
    let mut day = Day::default();
    if steps.is_empty() {
        day.round(stage)?;
        return Ok(day);
    }
    let mut next_round = stage.now().time() + EVERY;
    let mut rounds_until = |day: &mut Day, time: NaiveTime| -> anyhow::Result<()> {
        while next_round <= time {
            stage.move_to(next_round)?;
            day.round(stage)?;
            next_round += EVERY;
        }
        Ok(())
    };
    // By the last drift report.
    let mut found = Vec::new();
    for step in steps {
        if let Some(at) = step.at {
            rounds_until(&mut day, at)?;
            stage.move_to(at).map_err(|error| events.problem(&step.place, error))?;
        }
        match stage.perform(&step.act) {
            Ok(Happened::Synced(round)) => day.note(stage, *round),
            Ok(Happened::Suggested(Ok(suggestions))) => {
                let new = suggestions.found.into_iter();
                day.suggested.extend(new.map(|suggestion| Suggested { suggestion, linked: false }));
            }
            Ok(Happened::Linked(Ok(_))) => day.note_link(&step.act),
            Ok(Happened::Compared(report)) => found = report.differences,
            Ok(Happened::Repaired(Ok(decision))) => day.note_repair(stage, &step.act, &found, decision),
            Ok(
                Happened::Suggested(Err(error))
                | Happened::Linked(Err(error))
                | Happened::Repaired(Err(error)),
            ) => day.stumbles.push((time_of_day(stage), format!("not done: {error}"))),
            Ok(_) => {}
            // With other settings an order of the day may not be there, or be further.
            Err(error) if matches!(step.act, Act::SalesOrder { .. } | Act::Billing(_)) => {
                day.stumbles.push((time_of_day(stage), format!("not done: {error:#}")));
            }
            Err(error) => return Err(events.problem(&step.place, format!("{error:#}"))),
        }
    }
    if let Some(closing) = CLOSING {
        rounds_until(&mut day, closing)?;
    }
    Ok(day)
}

impl Day {
    /// A round of the sync, and then the push of stock.
    fn round(&mut self, stage: &Stage) -> anyhow::Result<()> {
        self.rounds += 1;
        self.note(stage, stage.sync()?);
        self.note(stage, stage.push_stock()?);
        Ok(())
    }

    /// The suggestion that a step took.
    fn note_link(&mut self, act: &Act) {
        let Act::Sync(SyncAct::Link { product, leaflink_product }) = act else { return };
        for Suggested { suggestion, linked } in &mut self.suggested {
            *linked |= suggestion.product == *product && suggestion.leaflink_product == *leaflink_product;
        }
    }

    fn note_repair(&mut self, stage: &Stage, act: &Act, found: &[Difference], decision: Decision) {
        let Act::Sync(SyncAct::Repair(id)) = act else { return };
        let is_meant = |one: &&Difference| one.label == decision.label && id.ends_with(&one.field);
        let difference = found.iter().find(is_meant).cloned();
        self.repaired.push(Repaired { time: time_of_day(stage), id: id.clone(), difference, decision });
    }

    fn note(&mut self, stage: &Stage, round: Round) {
        let time = time_of_day(stage);
        self.looks += round.looks.len();
        for (what, looks) in [
            ("order", round.looks),
            ("product", round.products),
            ("payment", round.payments),
            ("transfer", round.transfers),
        ] {
            for look in looks {
                if let Err(error) = look.outcome {
                    self.stumbles.push((time.clone(), format!("{what} {}: {error}", look.number)));
                }
            }
        }
        for reason in round.refused.into_iter().chain(round.catalogue.refused) {
            self.stumbles.push((time.clone(), reason.message));
        }
        let errors = [round.stopped, round.cut_short, round.undelivered, round.catalogue.stopped];
        for error in errors.into_iter().flatten() {
            self.stumbles.push((time.clone(), error.to_string()));
        }
    }
}

fn time_of_day(stage: &Stage) -> String {
    stage.now().format("%H:%M").to_string()
}
