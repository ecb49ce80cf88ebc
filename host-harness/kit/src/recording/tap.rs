//! Listening in: a host that passes every import on to the vendor's own, and notes both sides.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::wire::{Bytes, Entry, Request, Response};
use super::{Exchange, Json, RecordedCall, written};
use crate::error::CallError;
use crate::host::{
    CompanyId, Host, Journal, Mail, Records, Store, Transaction, Urgency, http, journal, log, mail, records,
    secrets, store, types,
};
use crate::meter::CallReport;
use crate::trace::{CallId, CallInfo};

/// The names of imports, as a recording has them, that are no function of an ERP's records.
pub(super) mod import {
    pub const BEGIN: &str = "transaction.begin";
    pub const COMMIT: &str = "transaction.commit";
    pub const SEND: &str = "http.send";
    pub const HMAC: &str = "secrets.hmac-sha256";
    pub const NOW: &str = "clock.now";
    pub const RANDOM: &str = "random.below";
    pub const LOG: &str = "log.write";
    pub const GET: &str = "store.get";
    pub const PUT: &str = "store.put";
    pub const DELETE: &str = "store.delete";
    pub const SCAN: &str = "store.scan";
    pub const MAIL: &str = "mail.queue";
    pub const JOURNAL: &str = "journal.append";
}

/// What one call asked so far.
pub(crate) struct Tape(Mutex<Vec<Exchange>>);

impl Tape {
    pub fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::default()))
    }

    /// The host of one call: the vendor's, listened to.
    pub fn host(self: &Arc<Self>, host: Arc<dyn Host>) -> Arc<dyn Host> {
        Arc::new(Tapped { host, tape: Arc::clone(self) })
    }

    /// The call, now that it is over.
    pub fn finish<T: Serialize>(
        &self,
        (call, company, at_ms, component): (&str, &CompanyId, u64, String),
        arguments: Json,
        outcome: &Result<T, CallError>,
    ) -> RecordedCall {
        let outcome = match outcome {
            Ok(answer) => written(&Outcome::<_, ()>::Ok(answer)),
            Err(CallError::Failure(failure)) => written(&Outcome::<(), _>::Failure(failure)),
            Err(error) => written(&Outcome::<(), ()>::Error(error.to_string())),
        };
        RecordedCall {
            call: call.to_owned(),
            company: company.0.clone(),
            at_ms,
            component,
            arguments,
            imports: std::mem::take(&mut self.lock()),
            outcome,
        }
    }

    fn note(&self, import: &str, question: Json, answer: &impl Serialize) {
        self.lock().push(Exchange(import.to_owned(), question, written(answer)));
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Exchange>> {
        // An exchange is added whole, so a panic elsewhere leaves the list whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What came of a call.
#[derive(Serialize)]
enum Outcome<T, F> {
    Ok(T),
    Failure(F),
    Error(String),
}

struct Tapped {
    host: Arc<dyn Host>,
    tape: Arc<Tape>,
}

impl Host for Tapped {
    fn next_call_id(&self) -> CallId {
        self.host.next_call_id()
    }

    fn begin(&self, company: &CompanyId, info: &CallInfo) -> anyhow::Result<Box<dyn Transaction>> {
        let tx = self.host.begin(company, info);
        self.tape.note(import::BEGIN, written(&()), &done(&tx));
        Ok(Box::new(TappedTransaction { tx: tx?, tape: Arc::clone(&self.tape) }))
    }

    fn send(&self, company: &CompanyId, request: http::Request) -> Result<http::Response, http::Error> {
        self.note_send(request, |host, request| host.send(company, request))
    }

    fn send_as(
        &self,
        company: &CompanyId,
        urgency: Urgency,
        request: http::Request,
    ) -> Result<http::Response, http::Error> {
        self.note_send(request, |host, request| host.send_as(company, urgency, request))
    }

    fn hmac_sha256(
        &self,
        company: &CompanyId,
        key: secrets::Key,
        message: &[u8],
    ) -> anyhow::Result<Option<[u8; 32]>> {
        let answer = self.host.hmac_sha256(company, key, message);
        self.tape.note(import::HMAC, hmac_question(key, message), &hmac_answer(&answer));
        answer
    }

    fn now_ms(&self) -> u64 {
        let now = self.host.now_ms();
        self.tape.note(import::NOW, written(&()), &now);
        now
    }

    fn random_below(&self, bound: u32) -> u32 {
        let drawn = self.host.random_below(bound);
        self.tape.note(import::RANDOM, written(&(bound,)), &drawn);
        drawn
    }

    fn log(&self, company: &CompanyId, info: &CallInfo, level: log::Level, message: &str) {
        self.tape.note(import::LOG, written(&(level, message)), &());
        self.host.log(company, info, level, message);
    }

    fn called(&self, company: &CompanyId, report: &CallReport, error: Option<&CallError>) {
        self.host.called(company, report, error);
    }
}

impl Tapped {
    fn note_send(
        &self,
        request: http::Request,
        send: impl FnOnce(&dyn Host, http::Request) -> Result<http::Response, http::Error>,
    ) -> Result<http::Response, http::Error> {
        let question = written(&(Request::of(&request),));
        let answer = send(self.host.as_ref(), request).map(Response::from);
        self.tape.note(import::SEND, question, &answer);
        answer.map(Into::into)
    }
}

/// What an HMAC is asked, as it is recorded.
pub(super) fn hmac_question(key: secrets::Key, message: &[u8]) -> Json {
    written(&(key, Bytes(message.to_owned())))
}

/// What it answers, in hexadecimal.
pub(super) fn hmac_answer(answer: &anyhow::Result<Option<[u8; 32]>>) -> Result<Option<String>, String> {
    match answer {
        Ok(code) => Ok(code.as_ref().map(|code| super::mask::hexadecimal(code))),
        Err(error) => Err(format!("{error:#}")),
    }
}

/// That something was done, or why not.
fn done<T>(outcome: &anyhow::Result<T>) -> Result<(), String> {
    match outcome {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("{error:#}")),
    }
}

/// A transaction in which every function of `Store`, `Mail`, `Journal` and `Records` is one
/// exchange of a question for an answer.
pub(super) trait Exchanging {
    /// The answer to an import's question; `ask` puts it to the ERP.
    fn exchange<A: Answer>(
        &mut self,
        import: &'static str,
        question: Json,
        ask: impl FnOnce(&mut dyn Transaction) -> A,
    ) -> A;
}

/// An answer that can be recorded, and that can say that there is none.
pub(super) trait Answer: Serialize + DeserializeOwned {
    /// The error that ends a call: the database does not answer.
    fn none(why: String) -> Self;
}

impl<T: Serialize + DeserializeOwned> Answer for Result<T, store::Error> {
    fn none(why: String) -> Self {
        Err(store::Error::Unavailable(why))
    }
}

impl<T: Serialize + DeserializeOwned> Answer for Result<T, records::Error> {
    fn none(why: String) -> Self {
        Err(records::Error::Unavailable(why))
    }
}

impl Answer for Result<(), mail::Error> {
    fn none(why: String) -> Self {
        Err(mail::Error::Unavailable(why))
    }
}

impl Answer for Result<(), journal::Error> {
    fn none(why: String) -> Self {
        Err(journal::Error::Unavailable(why))
    }
}

struct TappedTransaction {
    tx: Box<dyn Transaction>,
    tape: Arc<Tape>,
}

impl Exchanging for TappedTransaction {
    fn exchange<A: Answer>(
        &mut self,
        import: &'static str,
        question: Json,
        ask: impl FnOnce(&mut dyn Transaction) -> A,
    ) -> A {
        let answer = ask(self.tx.as_mut());
        self.tape.note(import, question, &answer);
        answer
    }
}

impl Transaction for TappedTransaction {
    fn commit(self: Box<Self>) -> anyhow::Result<()> {
        let committed = self.tx.commit();
        self.tape.note(import::COMMIT, written(&()), &done(&committed));
        committed
    }
}

/// `Store`, `Mail`, `Journal` and `Records` of a transaction that is [`Exchanging`].
macro_rules! exchanged {
    ($transaction:ty) => {
        impl Store for $transaction {
            fn get(&mut self, key: &str) -> Result<Option<Vec<u8>>, store::Error> {
                let value = self.exchange(import::GET, written(&(key,)), |tx| {
                    tx.get(key).map(|value| value.map(Bytes))
                })?;
                Ok(value.map(|value| value.0))
            }

            fn put(&mut self, key: &str, value: &[u8]) -> Result<(), store::Error> {
                let question = written(&(key, Bytes(value.to_owned())));
                self.exchange(import::PUT, question, |tx| tx.put(key, value))
            }

            fn delete(&mut self, key: &str) -> Result<(), store::Error> {
                self.exchange(import::DELETE, written(&(key,)), |tx| tx.delete(key))
            }

            fn scan(
                &mut self,
                prefix: &str,
                after: Option<&str>,
                limit: u32,
            ) -> Result<Vec<store::Entry>, store::Error> {
                let question = written(&(prefix, after, limit));
                let entries = self.exchange(import::SCAN, question, |tx| {
                    let entries = tx.scan(prefix, after, limit)?;
                    Ok(entries.into_iter().map(Entry::from).collect::<Vec<_>>())
                })?;
                Ok(entries.into_iter().map(Into::into).collect())
            }
        }

        impl Mail for $transaction {
            fn queue(&mut self, message: mail::Message) -> Result<(), mail::Error> {
                let question = written(&(&message,));
                self.exchange(import::MAIL, question, move |tx| tx.queue(message))
            }
        }

        impl Journal for $transaction {
            fn append(&mut self, decision: types::Decision) -> Result<(), journal::Error> {
                let question = written(&(&decision,));
                self.exchange(import::JOURNAL, question, move |tx| tx.append(decision))
            }
        }

        exchanged_records! { $transaction,
            "records.get-own-company" own_company() -> records::OwnCompany;
            "records.list-users" list_users(after: Option<&str>, limit: u32) -> Vec<records::User>;
            "records.get-users" get_users(ids: &[String]) -> Vec<records::User>;
            "records.locations" locations() -> Vec<records::Location>;
            "records.list-products" list_products(after: Option<&str>, limit: u32) -> Vec<records::Product>;
            "records.get-products" get_products(ids: &[String]) -> Vec<records::Product>;
            "records.products-by-leaflink-id" products_by_leaflink_id(ids: &[u64]) -> Vec<records::Product>;
            "records.stock" stock(products: &[String]) -> Vec<records::StockLevel>;
            "records.link-product" link_product(id: &str, leaflink_product: Option<u64>) -> ();
            "records.set-sale-price" set_sale_price(id: &str, price: types::Money) -> ();
            "records.list-companies" list_companies(after: Option<&str>, limit: u32) -> Vec<records::Company>;
            "records.get-companies" get_companies(ids: &[String]) -> Vec<records::Company>;
            "records.companies-by-leaflink-customer"
                companies_by_leaflink_customer(ids: &[u64]) -> Vec<records::Company>;
            "records.link-company" link_company(id: &str, customer: Option<u64>) -> ();
            "records.taxes" taxes() -> Vec<records::Tax>;
            "records.get-sales-orders" get_sales_orders(ids: &[String]) -> Vec<records::SalesOrder>;
            "records.sales-orders-by-leaflink-number"
                sales_orders_by_leaflink_number(numbers: &[String]) -> Vec<records::SalesOrder>;
            "records.list-sales-orders"
                list_sales_orders(after: Option<&str>, limit: u32) -> Vec<records::SalesOrder>;
            "records.create-sales-order" create_sales_order(draft: records::SalesOrderDraft) -> String;
            "records.update-sales-order" update_sales_order(id: &str, update: records::SalesOrderUpdate) -> ();
            "records.unlink-sales-order" unlink_sales_order(id: &str) -> ();
            "records.get-payments" get_payments(ids: &[String]) -> Vec<records::Payment>;
            "records.payments-of-sales-order" payments_of_sales_order(id: &str) -> Vec<records::Payment>;
            "records.invoices-of-sales-order" invoices_of_sales_order(id: &str) -> Vec<records::Invoice>;
            "records.get-transfers" get_transfers(ids: &[String]) -> Vec<records::Transfer>;
        }
    };
}

macro_rules! exchanged_records {
    ($transaction:ty, $($import:literal $name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        impl Records for $transaction {
            $(
                fn $name(&mut self, $($argument: $type),*) -> Result<$answer, records::Error> {
                    let question = written(&($(&$argument,)*));
                    self.exchange($import, question, move |tx| tx.$name($($argument),*))
                }
            )*
        }
    };
}

pub(super) use {exchanged, exchanged_records};

exchanged!(TappedTransaction);
