//! What is due next, and raising the alarm when the sync's silence is not normal.

use super::delivery;
use super::settings::in_force;
use crate::bindings::exports::leaflink_sync::connector::polling::{Due, Source};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::alarms::{Watch, put_watch, watch};
use crate::host::answer::{self, Failure};
use crate::host::{self, catalogue, mail, outbox, state, webhooks};
use crate::rules::alarm::{Polling, Signs, alarms, explains_writes, webhooks_missing};
use crate::rules::decision::Reason;
use crate::rules::ids::OrderNumber;
use crate::rules::reasons::Code;
use crate::rules::settings::Settings;

/// The same alarm is mailed once in this long: a day.
const TOLD_EVERY_MS: u64 = 24 * 60 * 60 * 1_000;

/// When each source is next to be polled. Alarms that are new are told, and those that are over
/// are noted.
pub fn next_due() -> Result<Vec<Due>, Failure> {
    let settings = in_force()?;
    let mut watch = watch()?;
    watch.began_ms.get_or_insert_with(host::now_ms);
    let signs = signs(&watch, &settings)?;
    let standing = alarms(&signs);
    raise(&mut watch, &standing, &settings)?;
    if standing.iter().any(|alarm| alarm.code == Code::SyncPaused) {
        watch.resumed_ms = signs.now_ms;
    }
    if explains_writes(&standing, &signs) {
        watch.explained_ms = signs.now_ms;
    }
    watch.asked_ms = Some(signs.now_ms);
    put_watch(&watch)?;
    let missing = webhooks_missing(&signs);
    let sources = [Source::Orders, Source::Products].into_iter().zip(&signs.polling);
    Ok(sources
        .map(|(source, polling)| {
            let missing = missing && source == Source::Orders;
            Due { source, at_ms: polling.due_ms(missing, signs.now_ms) }
        })
        .collect())
}

fn signs(watch: &Watch, settings: &Settings) -> Result<Signs, Failure> {
    let heard = webhooks::state()?;
    let orders = state::poll_orders()?;
    let products = catalogue::state()?;
    let unheard = match watch.unheard.first().filter(|_| heard.order_ms.is_some()) {
        Some((number, since)) => {
            let known = state::order(&OrderNumber(number.clone()))?;
            Some((*since, known.map_or_else(|| number.clone(), |known| known.short_id)))
        }
        None => None,
    };
    Ok(Signs {
        now_ms: host::now_ms(),
        asked_ms: watch.asked_ms,
        // A first poll that fails leaves nothing behind, so it is not that which tells since when.
        began_ms: watch.began_ms.unwrap_or_default(),
        resumed_ms: watch.resumed_ms,
        polling: vec![
            Polling {
                what: "orders",
                every_minutes: settings.poll_orders_minutes,
                finished_ms: orders.finished_ms,
                in_the_way_since_ms: orders.in_the_way_since_ms,
                heard_ms: heard.order_ms,
                under_way: orders.pass.is_some(),
            },
            Polling {
                what: "products",
                every_minutes: settings.poll_products_minutes,
                finished_ms: Some(products.read_ms).filter(|read| *read > 0),
                in_the_way_since_ms: None,
                heard_ms: heard.product_ms,
                under_way: products.under_way.is_some(),
            },
        ],
        unheard,
        oldest_write: outbox::figures()?
            .oldest
            .map(|(since_ms, subject, label)| (since_ms, delivery::name(&subject, &label))),
        explained_ms: watch.explained_ms,
        moved_ms: watch.moved_ms,
        moves: watch.moves,
        longest_pause_ms: watch.longest_pause_ms,
    })
}

/// Tells of alarms that are new, and notes those that are over.
fn raise(watch: &mut Watch, alarms: &[Reason], settings: &Settings) -> Result<(), Failure> {
    let now = host::now_ms();
    let standing: Vec<String> = alarms.iter().map(key).collect();
    for over in watch.standing.iter().filter(|key| !standing.contains(key)) {
        journal(over, wit::Outcome::Applied, Vec::new())?;
    }
    let (mut subject, mut text) = (None, String::new());
    for (alarm, key) in alarms.iter().zip(&standing) {
        if watch.standing.contains(key) {
            continue;
        }
        host::warn(&alarm.message);
        journal(key, wit::Outcome::Held, vec![answer::reason(alarm)])?;
        if watch.told.iter().any(|(told, at)| told == key && now.saturating_sub(*at) < TOLD_EVERY_MS) {
            continue;
        }
        subject.get_or_insert_with(|| alarm.message.trim_end_matches('.'));
        text.push_str(&format!("{}\nWhat to do: {}\n\n", alarm.message, alarm.fix));
        watch.told.retain(|(told, _)| told != key);
        watch.told.push((key.clone(), now));
    }
    watch.standing = standing;
    let Some(subject) = subject else { return Ok(()) };
    text.push_str("You will hear of this once a day at most.\n");
    mail::queue(settings, &format!("The LeafLink sync needs a look: {subject}"), text)
}

/// An alarm's code with the source that it is about.
fn key(alarm: &Reason) -> String {
    let code = alarm.code.word();
    alarm.fact("source").map_or_else(|| code.to_owned(), |source| format!("{code}/{source}"))
}

/// `held`: the alarm stands; `applied`: it is over.
fn journal(key: &str, outcome: wit::Outcome, reasons: Vec<wit::Reason>) -> Result<(), Failure> {
    host::journal(&wit::Decision {
        stream: wit::Stream::Orders,
        subject: format!("alarm/{key}"),
        label: format!("the sync itself: {key}"),
        outcome,
        reasons,
        effects: Vec::new(),
    })
}
