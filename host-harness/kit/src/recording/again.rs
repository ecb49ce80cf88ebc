//! Playing a recorded call again on a component.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::anyhow;
use serde::de::DeserializeOwned;

use super::answers::Answers;
use super::tap::{Answer, Exchanging, exchanged, exchanged_records, hmac_question, import};
use super::wire::{Bytes, Entry, Request, Response, Webhook};
use super::{Comparison, Json, RecordedCall, Recorder, mask, written};
use crate::calls::Calls;
use crate::connector::Connector;
use crate::exports::{drift, insight, polling, product_choices, products, sales_orders};
use crate::host::{
    CompanyId, Host, Journal, Mail, Records, Store, Transaction, http, journal, log, mail, records, secrets,
    store, types,
};
use crate::trace::CallInfo;

/// What came of playing a call again.
#[derive(Clone, Debug)]
pub struct Replay {
    /// What the component did with it.
    pub played: RecordedCall,
    /// The difference to what was recorded.
    pub comparison: Comparison,
}

/// Plays a recorded call on a component, and compares.
///
/// The component is asked the recorded question and is given the recorded answers: in the order in
/// which they were given then for as long as it asks the same, and by what it asks after that.
/// Its own writes count as accepted and are seen by its own reads. Where it asks what the recording
/// has no answer for, it is given none, and the comparison ends there.
///
/// # Errors
/// The recording names a function, or arguments, that this kit does not know.
pub fn replay(connector: &Connector, call: &RecordedCall) -> Result<Replay, String> {
    let played = Arc::new(Mutex::new(Played { answers: Answers::of(call), begun: false, kept: None }));
    let host = Arc::new(Player { played: Arc::clone(&played), at_ms: call.at_ms });
    let company = CompanyId(call.company.clone());
    let calls = connector.calls(host.clone(), company).recorded(host);
    make(&calls, &call.call, &call.arguments)?;
    drop(calls);
    let mut played = lock(&played);
    let kept = played.kept.take().ok_or_else(|| format!("`{}` was not played", call.call))?;
    let comparison = Comparison::of(call, &kept, played.answers.unanswered.take());
    Ok(Replay { played: kept, comparison })
}

/// Makes the call that was recorded under a name. What comes of it is recorded in its turn.
fn make(calls: &Calls, call: &str, arguments: &Json) -> Result<(), String> {
    macro_rules! make {
        ($method:ident) => {{
            drop(calls.$method())
        }};
        ($method:ident, $($argument:ident: $type:ty => $given:expr),+) => {{
            let ($($argument,)+): ($($type,)+) = read(call, arguments)?;
            drop(calls.$method($($given),+))
        }};
    }
    match call {
        "migrate" => make!(migrate),
        "on-order" => make!(on_order, number: String => &number),
        "on-sales-order-change" => make!(on_sales_order_change, id: String => &id),
        "on-sales-order-deleted" => {
            make!(on_sales_order_deleted, deletion: sales_orders::Deletion => &deletion)
        }
        "on-product-change" => make!(on_product_change, product: products::Product => &product),
        "on-company-change" => make!(on_company_change, id: String => &id),
        "compute-inventory" => {
            make!(compute_inventory, ids: Vec<String> => &ids, after: Option<String> => after.as_deref())
        }
        "push-inventory" => make!(push_inventory, after: Option<String> => after.as_deref()),
        "on-payment" => make!(on_payment, id: String => &id),
        "on-transfer" => make!(on_transfer, id: String => &id),
        "on-webhook" => make!(on_webhook, webhook: Webhook => &webhook.into()),
        "poll" => make!(poll, source: polling::Source => source),
        "to-look-at" => make!(to_look_at),
        "next-due" => make!(polls_due),
        "list-parked" => {
            make!(parked_writes, after: Option<String> => after.as_deref(), limit: u32 => limit)
        }
        "retry-parked" => make!(retry_write, id: String => &id),
        "drop-parked" => make!(drop_write, id: String => &id, why: String => &why),
        "deliver" => make!(deliver, ticket: u64 => ticket),
        "settings.get" => make!(settings),
        "settings.validate" => make!(validate_settings, document: String => &document),
        "settings.put" => make!(put_settings, document: String => &document),
        "list-mappings" => make!(list_user_mappings),
        "map-user" => make!(map_user, staff: u64 => staff, user: String => &user),
        "unmap-user" => make!(unmap_user, staff: u64 => staff),
        "product-links.suggest" => make!(suggest_product_links, ids: Vec<String> => &ids),
        "product-links.list-linked" => {
            make!(list_product_links, after: Option<String> => after.as_deref(), limit: u32 => limit)
        }
        "product-links.list-unlinked" => {
            make!(list_unlinked_products, after: Option<String> => after.as_deref(), limit: u32 => limit)
        }
        "product-links.list-choices" => {
            make!(list_leaflink_choices, after: Option<u64> => after, limit: u32 => limit)
        }
        "product-choices.offered" => {
            make!(product_choices, kind: product_choices::Kind => kind, after: Option<u64> => after)
        }
        "product-choices.refresh" => make!(refresh_product_choices, kind: product_choices::Kind => kind),
        "product-links.link" => make!(link_product, product: String => &product, other: u64 => other),
        "product-links.unlink" => make!(unlink_product, product: String => &product),
        "customer-links.suggest" => make!(suggest_customer_links, customer: u64 => customer),
        "customer-links.list-linked" => {
            make!(list_customer_links, after: Option<String> => after.as_deref(), limit: u32 => limit)
        }
        "customer-links.link" => make!(link_customer, company: String => &company, customer: u64 => customer),
        "customer-links.unlink" => make!(unlink_customer, company: String => &company),
        "check-list" => make!(readiness),
        "status" => make!(status),
        "held-orders" => make!(held_orders, after: Option<String> => after.as_deref(), limit: u32 => limit),
        "explain" => make!(explain, number: String => &number),
        "preview" => make!(preview, handler: insight::Handler => &handler),
        "compare" => make!(compare, area: drift::Area => area, after: Option<String> => after.as_deref()),
        "repair" => make!(repair, id: String => &id),
        other => {
            return Err(format!("the recording has a call of `{other}`, which this program does not know"));
        }
    }
    Ok(())
}

fn read<T: DeserializeOwned>(call: &str, arguments: &Json) -> Result<T, String> {
    serde_json::from_str(arguments.get())
        .map_err(|problem| format!("the arguments of a recorded call of `{call}` cannot be read: {problem}"))
}

/// A call that is played.
struct Played {
    answers: Answers,
    /// The transaction was opened, and what is asked from now on is asked by the call.
    begun: bool,
    kept: Option<RecordedCall>,
}

/// A host that knows nothing but a recorded call.
struct Player {
    played: Arc<Mutex<Played>>,
    at_ms: u64,
}

fn lock(played: &Mutex<Played>) -> MutexGuard<'_, Played> {
    // A panic in the middle of a call leaves at most a wrong answer to that call's own questions.
    played.lock().unwrap_or_else(PoisonError::into_inner)
}

const UNKNOWN: &str = "the recording has no answer to this";

impl Host for Player {
    fn begin(&self, _: &CompanyId, _: &CallInfo) -> anyhow::Result<Box<dyn Transaction>> {
        let mut played = lock(&self.played);
        played.begun = true;
        let begun: Option<Result<(), String>> = played.answers.answer(import::BEGIN, &written(&()));
        begun.unwrap_or(Ok(())).map_err(|text| anyhow!(text))?;
        Ok(Box::new(PlayerTransaction(Arc::clone(&self.played))))
    }

    fn send(&self, _: &CompanyId, request: http::Request) -> Result<http::Response, http::Error> {
        let question = written(&(Request::of(&request),));
        let answer: Option<Result<Response, http::Error>> =
            lock(&self.played).answers.answer(import::SEND, &question);
        answer.unwrap_or_else(|| Err(http::Error::NotSent(UNKNOWN.to_owned()))).map(Into::into)
    }

    fn hmac_sha256(
        &self,
        _: &CompanyId,
        key: secrets::Key,
        message: &[u8],
    ) -> anyhow::Result<Option<[u8; 32]>> {
        let answer: Option<Result<Option<String>, String>> =
            lock(&self.played).answers.answer(import::HMAC, &hmac_question(key, message));
        let code = answer.unwrap_or_else(|| Err(UNKNOWN.to_owned())).map_err(|text| anyhow!(text))?;
        Ok(code.as_deref().and_then(mask::from_hexadecimal))
    }

    fn now_ms(&self) -> u64 {
        let mut played = lock(&self.played);
        if !played.begun {
            return self.at_ms;
        }
        played.answers.answer(import::NOW, &written(&())).unwrap_or(self.at_ms)
    }

    fn random_below(&self, bound: u32) -> u32 {
        lock(&self.played).answers.answer(import::RANDOM, &written(&(bound,))).unwrap_or(0)
    }

    fn log(&self, _: &CompanyId, _: &CallInfo, _: log::Level, _: &str) {
        lock(&self.played).answers.logged();
    }
}

impl Recorder for Player {
    fn keep(&self, call: RecordedCall) -> Result<(), String> {
        lock(&self.played).kept = Some(call);
        Ok(())
    }
}

struct PlayerTransaction(Arc<Mutex<Played>>);

impl Exchanging for PlayerTransaction {
    fn exchange<A: Answer>(
        &mut self,
        import: &'static str,
        question: Json,
        _: impl FnOnce(&mut dyn Transaction) -> A,
    ) -> A {
        lock(&self.0).answers.answer(import, &question).unwrap_or_else(|| A::none(UNKNOWN.to_owned()))
    }
}

impl Transaction for PlayerTransaction {
    fn commit(self: Box<Self>) -> anyhow::Result<()> {
        let committed: Option<Result<(), String>> =
            lock(&self.0).answers.answer(import::COMMIT, &written(&()));
        committed.unwrap_or(Ok(())).map_err(|text| anyhow!(text))
    }
}

exchanged!(PlayerTransaction);
