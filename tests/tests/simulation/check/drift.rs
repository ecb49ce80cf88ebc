//! The drift report as a second judge, next to the checks of our own: at rest it finds no difference
//! that it cannot explain, and none that it takes for one of the next minutes.

use leaflink_sync::drift;
use leaflink_sync_kit::exports::drift::{Cause, Difference};

use crate::play::Player;

/// Judges the end of a history.
pub fn check(player: &Player) -> anyhow::Result<()> {
    let report = drift::report(&player.stage.calls, &[])?;
    let held = player.stage.calls.held_orders(None, 500)?;
    let mut world = player.stage.world();
    let mut found = Vec::new();
    for difference in &report.differences {
        match difference.explanation.as_ref().map(|explanation| explanation.cause) {
            None => found.push(format!("nothing explains that {}", told(difference))),
            // Held orders are looked at in every round, in case what they wait for was put right.
            Some(Cause::Recent) if held.iter().any(|order| difference.id.contains(&order.number)) => {
                world.counters.hit("at rest a held order was to be looked at again");
            }
            Some(Cause::Recent) => {
                found.push(format!("at rest it was to be seen to yet that {}", told(difference)))
            }
            Some(Cause::Queued) => world.counters.hit("at rest a write was still queued and said so"),
            Some(Cause::Held) => world.counters.hit("at rest a difference waited for a person"),
            Some(Cause::Refused) => world.counters.hit("at rest LeafLink had refused a write"),
            Some(Cause::Setting) => world.counters.hit("at rest a setting explained a difference"),
            Some(Cause::Rule) => world.counters.hit("at rest a rule explained a difference"),
        }
    }
    world.counters.hit("the drift report was asked for at rest");
    world.violations.extend(found);
    Ok(())
}

fn told(difference: &Difference) -> String {
    let Difference { id, label, field, leaflink, erp, .. } = difference;
    format!("{label} has the {field} `{leaflink}` in LeafLink and `{erp}` in the ERP ({id})")
}
