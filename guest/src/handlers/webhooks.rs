//! `webhooks`: what LeafLink announces is put on the list of what is to be looked at.

use chrono::DateTime;

use super::Component;
use crate::bindings::exports::leaflink_sync::connector::polling::Subject;
use crate::bindings::exports::leaflink_sync::connector::webhooks::{Delivery, Guest, Received};
use crate::bindings::leaflink_sync::host::secrets;
use crate::host::answer::Failure;
use crate::host::{self, alarms, leaflink, state, webhooks};
use crate::leaflink::read;
use crate::leaflink::webhook as wire;
use crate::rules::webhook::{About, BadSignature, Event, LARGEST_BODY, about, check_signature};

impl Guest for Component {
    fn on_webhook(delivery: Delivery) -> Result<Received, Failure> {
        if delivery.body.len() > LARGEST_BODY {
            return refused("its body is too large").map(|_| Received::TooLarge(LARGEST_BODY as u64));
        }
        let Some(hmac) = secrets::hmac_sha256(secrets::Key::LeaflinkWebhook, &delivery.body) else {
            return refused("the company has no webhook key").map(Received::Unauthorized);
        };
        match check_signature(&delivery.headers, &hmac) {
            Ok(()) => genuine(&delivery.body),
            Err(BadSignature::Missing) => refused("it is not signed").map(Received::Unauthorized),
            Err(BadSignature::Several) => refused("it has several signatures").map(Received::Unauthorized),
            Err(BadSignature::Wrong) => refused("its signature is wrong").map(Received::Unauthorized),
        }
    }
}

/// Notes a refusal; answers why in a sentence.
fn refused(why: &str) -> Result<String, Failure> {
    let sentence = format!("A webhook was refused: {why}.");
    host::warn(&sentence);
    webhooks::note_refused(host::now_ms())?;
    Ok(sentence)
}

/// One that was signed with the company's key.
fn genuine(body: &[u8]) -> Result<Received, Failure> {
    let event: wire::Event = match read(body) {
        Ok(event) => event,
        Err(unreadable) => {
            let (field, problem) = unreadable.field_and_problem();
            return refused(&format!("`{field}` cannot be read: {problem}")).map(Received::Malformed);
        }
    };
    let placed = event.data.created_on.as_deref().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    let event = Event {
        kind: event.kind,
        number: event.data.number.filter(|number| leaflink::is_order_number(number)),
        id: event.data.id,
        seller: event.data.seller,
    };
    match about(&event, webhooks::own_company()?) {
        About::Order(number) => {
            // Who came first is served first: a time that is missing is that of now.
            let placed_ms = placed.and_then(|time| u64::try_from(time.timestamp_millis()).ok());
            webhooks::announce_order(&number, placed_ms.unwrap_or_else(host::now_ms))?;
            let mut watch = alarms::watch()?;
            watch.hear(&number, host::now_ms());
            alarms::put_watch(&watch)?;
            let heard = webhooks::WebhookState { order_ms: Some(host::now_ms()), ..webhooks::state()? };
            accepted(&heard, Subject::Order(number.0))
        }
        About::Product(id) => {
            webhooks::announce_product(id)?;
            let heard = webhooks::WebhookState { product_ms: Some(host::now_ms()), ..webhooks::state()? };
            accepted(&heard, Subject::Product(id.0))
        }
        About::Nothing(why) => Ok(Received::Ignored(why)),
        About::AnotherCompany(id) => {
            refused(&format!("it is of LeafLink company {id}, which is not this one"))
                .map(Received::Unauthorized)
        }
        About::Unclear(why) => refused(&why).map(Received::Malformed),
    }
}

fn accepted(heard: &webhooks::WebhookState, subject: Subject) -> Result<Received, Failure> {
    state::put_schema()?;
    webhooks::put_state(heard)?;
    Ok(Received::Accepted(subject))
}
