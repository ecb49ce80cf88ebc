//! Playing the day: the steps at their times; every ten minutes a round of the sync, then a push of stock.

use chrono::{NaiveTime, TimeDelta};

use crate::document::Document;
use crate::stage::{Happened, Stage};
use crate::steps::{Act, Step};
use crate::sync_round::Round;

/// How often the sync runs.
const EVERY: TimeDelta = TimeDelta::minutes(10);
/// The end of the day.
const CLOSING: Option<NaiveTime> = NaiveTime::from_hms_opt(17, 0, 0);

/// What happened, apart from what is stored.
#[derive(Debug, Default)]
pub(super) struct Day {
    /// Rounds of the sync.
    pub rounds: usize,
    /// Looks at an order.
    pub looks: usize,
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
    for step in steps {
        if let Some(at) = step.at {
            rounds_until(&mut day, at)?;
            stage.move_to(at).map_err(|error| events.problem(&step.place, error))?;
        }
        match stage.perform(&step.act) {
            Ok(Happened::Synced(round)) => day.note(stage, *round),
            Ok(_) => {}
            // With other settings an order of the day may not be there, or be further.
            Err(error) if matches!(step.act, Act::SalesOrder { .. } | Act::Billing(_)) => {
                day.stumbles.push((stage.now().format("%H:%M").to_string(), format!("not done: {error:#}")));
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

    fn note(&mut self, stage: &Stage, round: Round) {
        let time = stage.now().format("%H:%M").to_string();
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
