//! The component's functions, one typed method each, on behalf of one company.
//!
//! What each takes, does and answers is documented in `wit/`; here is only how it is called. Every
//! method opens a transaction, runs the function in a fresh instance and commits if it succeeds. A
//! method marked "read only" never commits, and may neither write nor send anything but `GET`.

use std::sync::Arc;

use serde::Serialize;
use wasmtime::Store;

use crate::bindings;
use crate::call::{self, Answer};
use crate::connector::Connector;
use crate::error::CallError;
use crate::exports::{
    customer_links, delivery, drift, insight, inventory, lifecycle, polling, product_choices, product_links,
    products, readiness, sales_orders, settings, users, webhooks,
};
use crate::host::log::Level;
use crate::host::types::Decision;
use crate::host::{CompanyId, Host};
use crate::recording::{Recorder, Tape, Webhook, written};
use crate::state::{Access, Call, CallState};
use crate::swap::Slot;
use crate::trace::CallInfo;

/// The calls of one company on one component. Cheap to make and to clone.
#[derive(Clone)]
pub struct Calls {
    source: Source,
    host: Arc<dyn Host>,
    company: CompanyId,
    recorder: Option<Arc<dyn Recorder>>,
}

/// Where a call takes its component from.
#[derive(Clone)]
enum Source {
    /// Always this one.
    File(Connector),
    /// The one that is in use when the call is made.
    Slot(Slot),
}

/// How often a call is made anew because its component was swapped, or its state migrated, while it
/// waited for its turn.
const MOST_ATTEMPTS: u32 = 100;

impl Calls {
    pub(crate) fn new(connector: Connector, host: Arc<dyn Host>, company: CompanyId) -> Self {
        Self { source: Source::File(connector), host, company, recorder: None }
    }

    pub(crate) fn in_slot(slot: Slot, host: Arc<dyn Host>, company: CompanyId) -> Self {
        Self { source: Source::Slot(slot), host, company, recorder: None }
    }

    /// The same calls, always on this component.
    pub(crate) fn on(&self, connector: Connector) -> Self {
        Self { source: Source::File(connector), ..self.clone() }
    }

    /// The same calls, each of them recorded once it is over.
    #[must_use]
    pub fn recorded(self, recorder: Arc<dyn Recorder>) -> Self {
        Self { recorder: Some(recorder), ..self }
    }

    /// The component that is called; of a slot, the one that is in use now.
    pub fn connector(&self) -> Connector {
        match &self.source {
            Source::File(connector) => connector.clone(),
            Source::Slot(slot) => slot.current(),
        }
    }

    /// The company on whose behalf it is called.
    pub fn company(&self) -> &CompanyId {
        &self.company
    }

    /// Brings the company's stored state to this component's schema, a chunk a call; call it
    /// again while the answer says `more`.
    pub fn migrate(&self) -> Result<lifecycle::Migration, CallError> {
        self.run(Access::Write, "migrate", &(), |connector, store| {
            connector.leaflink_sync_connector_lifecycle().call_migrate(store)
        })
    }

    /// Calls [`migrate`](Self::migrate) until it has no more to do; answers how many entries were rewritten.
    ///
    /// # Errors
    /// A chunk's own, or that it comes to no end.
    pub fn migrate_to_the_end(&self) -> Result<u64, CallError> {
        let chunks = self.connector().engine().limits().migration_chunks;
        let mut rewritten = 0;
        for _ in 0..chunks {
            let migration = self.migrate()?;
            rewritten += u64::from(migration.rewritten);
            if !migration.more {
                return Ok(rewritten);
            }
        }
        Err(CallError::MigrationWithoutEnd { company: self.company.clone(), chunks })
    }

    /// Looks at one LeafLink order as it now is, and moves the ERP towards it.
    pub fn on_order(&self, number: &str) -> Result<Decision, CallError> {
        let number = number.to_owned();
        self.run_on(Access::Write, "on-order", About::subject(&number), &(&number,), |connector, store| {
            connector.leaflink_sync_connector_orders().call_on_order(store, &number)
        })
    }

    /// Looks at one linked sales order as it now is, and moves LeafLink towards it.
    pub fn on_sales_order_change(&self, id: &str) -> Result<Decision, CallError> {
        let id = id.to_owned();
        self.run_on(
            Access::Write,
            "on-sales-order-change",
            About::subject(&id),
            &(&id,),
            |connector, store| {
                connector.leaflink_sync_connector_sales_orders().call_on_sales_order_change(store, &id)
            },
        )
    }

    /// Notes that a linked sales order is no more.
    pub fn on_sales_order_deleted(&self, deletion: &sales_orders::Deletion) -> Result<Decision, CallError> {
        let about = About::subject(&deletion.sales_order);
        self.run_on(Access::Write, "on-sales-order-deleted", about, &(&deletion,), |connector, store| {
            connector.leaflink_sync_connector_sales_orders().call_on_sales_order_deleted(store, deletion)
        })
    }

    /// Looks at one product on both sides, and moves the side that is behind.
    pub fn on_product_change(&self, product: &products::Product) -> Result<Decision, CallError> {
        let about = match product {
            products::Product::Erp(id) => About::subject(id),
            products::Product::Leaflink(id) => About::subject(&id.to_string()),
        };
        self.run_on(Access::Write, "on-product-change", about, &(&product,), |connector, store| {
            connector.leaflink_sync_connector_products().call_on_product_change(store, product)
        })
    }

    /// Looks at one trading partner of the ERP as it now is.
    pub fn on_company_change(&self, id: &str) -> Result<Decision, CallError> {
        let id = id.to_owned();
        self.run_on(Access::Write, "on-company-change", About::subject(&id), &(&id,), |connector, store| {
            connector.leaflink_sync_connector_companies().call_on_company_change(store, &id)
        })
    }

    /// What LeafLink should show as available, and how that came about. Read only.
    ///
    /// Of these products, or of every linked one if none is named, a page at a time: call it again
    /// with the answer's `next`.
    pub fn compute_inventory(
        &self,
        products: &[String],
        after: Option<&str>,
    ) -> Result<inventory::Computed, CallError> {
        let after = after.map(str::to_owned);
        self.run(Access::Read, "compute-inventory", &(&products, &after), |connector, store| {
            connector.leaflink_sync_connector_inventory().call_compute_inventory(
                store,
                products,
                after.as_ref(),
            )
        })
    }

    /// Queues the writes that bring LeafLink's stock to the ERP's, for one page of products; call
    /// it again with the answer's `next`.
    pub fn push_inventory(&self, after: Option<&str>) -> Result<inventory::Pushed, CallError> {
        let after = after.map(str::to_owned);
        self.run(Access::Write, "push-inventory", &(&after,), |connector, store| {
            connector.leaflink_sync_connector_inventory().call_push_inventory(store, after.as_ref())
        })
    }

    /// Looks at one payment as it now is.
    pub fn on_payment(&self, id: &str) -> Result<Decision, CallError> {
        let id = id.to_owned();
        self.run_on(Access::Write, "on-payment", About::subject(&id), &(&id,), |connector, store| {
            connector.leaflink_sync_connector_payments().call_on_payment(store, &id)
        })
    }

    /// Looks at one compliance transfer as it now is.
    pub fn on_transfer(&self, id: &str) -> Result<Decision, CallError> {
        let id = id.to_owned();
        self.run_on(Access::Write, "on-transfer", About::subject(&id), &(&id,), |connector, store| {
            connector.leaflink_sync_connector_transfers().call_on_transfer(store, &id)
        })
    }

    /// Checks a webhook's signature and notes what to look at.
    pub fn on_webhook(&self, delivery: &webhooks::Delivery) -> Result<webhooks::Received, CallError> {
        let headers = delivery.headers.iter().map(|(name, value)| name.len() + value.len());
        let about = About::bytes(headers.sum::<usize>() + delivery.body.len());
        self.run_on(Access::Write, "on-webhook", about, &(Webhook::of(delivery),), |connector, store| {
            connector.leaflink_sync_connector_webhooks().call_on_webhook(store, delivery)
        })
    }

    /// Reads one page of what changed in LeafLink; call it again while the answer says `more`.
    pub fn poll(&self, source: polling::Source) -> Result<polling::Polled, CallError> {
        self.run(Access::Write, "poll", &(&source,), |connector, store| {
            connector.leaflink_sync_connector_polling().call_poll(store, source)
        })
    }

    /// When each source is next to be polled; raises alarms. Call it every minute or so.
    pub fn polls_due(&self) -> Result<Vec<polling::Due>, CallError> {
        self.run(Access::Write, "next-due", &(), |connector, store| {
            connector.leaflink_sync_connector_polling().call_next_due(store)
        })
    }

    /// What is to be looked at now, without asking LeafLink. Read only.
    pub fn to_look_at(&self) -> Result<Vec<polling::Subject>, CallError> {
        self.run(Access::Read, "to-look-at", &(), |connector, store| {
            connector.leaflink_sync_connector_polling().call_to_look_at(store)
        })
    }

    /// Works on one queued write to LeafLink. `ticket` must be durable before this call, and one
    /// higher than that of the company's call before.
    pub fn deliver(&self, ticket: u64) -> Result<delivery::Delivered, CallError> {
        self.run(Access::Deliver, "deliver", &(&ticket,), |connector, store| {
            connector.leaflink_sync_connector_delivery().call_deliver(store, ticket)
        })
    }

    /// Queued writes that wait for a person; page with the last id as `after`. Read only.
    pub fn parked_writes(&self, after: Option<&str>, limit: u32) -> Result<Vec<delivery::Parked>, CallError> {
        self.run(Access::Read, "list-parked", &(&after, &limit), |connector, store| {
            connector.leaflink_sync_connector_delivery().call_list_parked(store, after, limit)
        })
    }

    /// Has a parked write tried again by the next [`deliver`](Self::deliver).
    pub fn retry_write(&self, id: &str) -> Result<Decision, CallError> {
        let id = id.to_owned();
        self.run(Access::Write, "retry-parked", &(&id,), |connector, store| {
            connector.leaflink_sync_connector_delivery().call_retry_parked(store, &id)
        })
    }

    /// Drops a parked write for good.
    pub fn drop_write(&self, id: &str, why: &str) -> Result<Decision, CallError> {
        let (id, why) = (id.to_owned(), why.to_owned());
        self.run(Access::Write, "drop-parked", &(&id, &why), |connector, store| {
            connector.leaflink_sync_connector_delivery().call_drop_parked(store, &id, &why)
        })
    }

    /// The settings in force: a JSON object with every key. Read only.
    pub fn settings(&self) -> Result<String, CallError> {
        self.run(Access::Read, "settings.get", &(), |connector, store| {
            connector.leaflink_sync_connector_settings().call_get(store)
        })
    }

    /// What is wrong with a JSON object of settings. Read only.
    pub fn validate_settings(&self, document: &str) -> Result<Vec<settings::Problem>, CallError> {
        self.run_on(
            Access::Read,
            "settings.validate",
            About::bytes(document.len()),
            &(&document,),
            |connector, store| connector.leaflink_sync_connector_settings().call_validate(store, document),
        )
    }

    /// Replaces the settings, unless there are problems.
    pub fn put_settings(&self, document: &str) -> Result<Vec<settings::Problem>, CallError> {
        self.run_on(
            Access::Write,
            "settings.put",
            About::bytes(document.len()),
            &(&document,),
            |connector, store| connector.leaflink_sync_connector_settings().call_put(store, document),
        )
    }

    /// Every active LeafLink user beside its ERP user. Read only.
    pub fn list_user_mappings(&self) -> Result<Vec<users::Mapping>, CallError> {
        self.run(Access::Read, "list-mappings", &(), |connector, store| {
            connector.leaflink_sync_connector_users().call_list_mappings(store)
        })
    }

    /// Maps a LeafLink user to an ERP user.
    pub fn map_user(&self, staff: u64, user: &str) -> Result<Decision, CallError> {
        let user = user.to_owned();
        self.run(Access::Write, "map-user", &(&staff, &user), |connector, store| {
            connector.leaflink_sync_connector_users().call_map_user(store, staff, &user)
        })
    }

    /// Takes a LeafLink user's mapping away.
    pub fn unmap_user(&self, staff: u64) -> Result<Decision, CallError> {
        self.run(Access::Write, "unmap-user", &(&staff,), |connector, store| {
            connector.leaflink_sync_connector_users().call_unmap_user(store, staff)
        })
    }

    /// LeafLink products that fit products which are not linked, best first. Read only.
    pub fn suggest_product_links(
        &self,
        products: &[String],
    ) -> Result<product_links::Suggestions, CallError> {
        self.run(Access::Read, "product-links.suggest", &(&products,), |connector, store| {
            connector.leaflink_sync_connector_product_links().call_suggest(store, products)
        })
    }

    /// Linked products; page with the last product as `after`. Read only.
    pub fn list_product_links(
        &self,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<product_links::Linked>, CallError> {
        let after = after.map(str::to_owned);
        self.run(Access::Read, "product-links.list-linked", &(&after, &limit), |connector, store| {
            connector.leaflink_sync_connector_product_links().call_list_linked(store, after.as_ref(), limit)
        })
    }

    /// Active products that are not linked; page as above. Read only.
    pub fn list_unlinked_products(
        &self,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<product_links::Unlinked>, CallError> {
        let after = after.map(str::to_owned);
        self.run(Access::Read, "product-links.list-unlinked", &(&after, &limit), |connector, store| {
            connector.leaflink_sync_connector_product_links().call_list_unlinked(store, after.as_ref(), limit)
        })
    }

    /// LeafLink products that are not linked; page with the last one as `after`. Read only.
    pub fn list_leaflink_choices(
        &self,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Vec<product_links::Choice>, CallError> {
        self.run(Access::Read, "product-links.list-choices", &(&after, &limit), |connector, store| {
            connector.leaflink_sync_connector_product_links().call_list_choices(store, after, limit)
        })
    }

    /// What a drop-down of the product form's LeafLink tab offers; page with the last id as `after`.
    pub fn product_choices(
        &self,
        kind: product_choices::Kind,
        after: Option<u64>,
    ) -> Result<product_choices::Choices, CallError> {
        self.run(Access::Write, "product-choices.offered", &(&kind, &after), |connector, store| {
            connector.leaflink_sync_connector_product_choices().call_offered(store, kind, after)
        })
    }

    /// Reads what a drop-down offers from LeafLink anew.
    pub fn refresh_product_choices(
        &self,
        kind: product_choices::Kind,
    ) -> Result<product_choices::Choices, CallError> {
        self.run(Access::Write, "product-choices.refresh", &(&kind,), |connector, store| {
            connector.leaflink_sync_connector_product_choices().call_refresh(store, kind)
        })
    }

    /// Links a product to a LeafLink product.
    pub fn link_product(&self, product: &str, leaflink_product: u64) -> Result<Decision, CallError> {
        let product = product.to_owned();
        self.run(Access::Write, "product-links.link", &(&product, &leaflink_product), |connector, store| {
            connector.leaflink_sync_connector_product_links().call_link(store, &product, leaflink_product)
        })
    }

    /// Unlinks a product.
    pub fn unlink_product(&self, product: &str) -> Result<Decision, CallError> {
        let product = product.to_owned();
        self.run(Access::Write, "product-links.unlink", &(&product,), |connector, store| {
            connector.leaflink_sync_connector_product_links().call_unlink(store, &product)
        })
    }

    /// ERP companies that a LeafLink customer may be, best first. Read only.
    pub fn suggest_customer_links(
        &self,
        customer: u64,
    ) -> Result<Vec<customer_links::Suggestion>, CallError> {
        self.run(Access::Read, "customer-links.suggest", &(&customer,), |connector, store| {
            connector.leaflink_sync_connector_customer_links().call_suggest(store, customer)
        })
    }

    /// Linked companies; page with the last company as `after`. Read only.
    pub fn list_customer_links(
        &self,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<customer_links::Linked>, CallError> {
        let after = after.map(str::to_owned);
        self.run(Access::Read, "customer-links.list-linked", &(&after, &limit), |connector, store| {
            connector.leaflink_sync_connector_customer_links().call_list_linked(store, after.as_ref(), limit)
        })
    }

    /// Links an ERP company to a LeafLink customer.
    pub fn link_customer(&self, company: &str, customer: u64) -> Result<Decision, CallError> {
        let company = company.to_owned();
        self.run(Access::Write, "customer-links.link", &(&company, &customer), |connector, store| {
            connector.leaflink_sync_connector_customer_links().call_link(store, &company, customer)
        })
    }

    /// Unlinks an ERP company.
    pub fn unlink_customer(&self, company: &str) -> Result<Decision, CallError> {
        let company = company.to_owned();
        self.run(Access::Write, "customer-links.unlink", &(&company,), |connector, store| {
            connector.leaflink_sync_connector_customer_links().call_unlink(store, &company)
        })
    }

    /// The set-up check-list. Read only.
    pub fn readiness(&self) -> Result<Vec<readiness::Check>, CallError> {
        self.run(Access::Read, "check-list", &(), |connector, store| {
            connector.leaflink_sync_connector_readiness().call_check_list(store)
        })
    }

    /// Orders that wait, oldest first; page with the last number as `after`. Read only.
    pub fn held_orders(&self, after: Option<&str>, limit: u32) -> Result<Vec<insight::HeldOrder>, CallError> {
        let after = after.map(str::to_owned);
        self.run(Access::Read, "held-orders", &(&after, &limit), |connector, store| {
            connector.leaflink_sync_connector_insight().call_held_orders(store, after.as_ref(), limit)
        })
    }

    /// Figures for an operator's screen and alarms. Read only.
    pub fn status(&self) -> Result<insight::Figures, CallError> {
        self.run(Access::Read, "status", &(), |connector, store| {
            connector.leaflink_sync_connector_insight().call_status(store)
        })
    }

    /// Decides as [`on_order`](Self::on_order) would, and says how. Read only.
    pub fn explain(&self, number: &str) -> Result<insight::Explanation, CallError> {
        let number = number.to_owned();
        self.run_on(Access::Read, "explain", About::subject(&number), &(&number,), |connector, store| {
            connector.leaflink_sync_connector_insight().call_explain(store, &number)
        })
    }

    /// The decision that a handler would take now. Read only.
    pub fn preview(&self, handler: &insight::Handler) -> Result<Decision, CallError> {
        self.run(Access::Read, "preview", &(&handler,), |connector, store| {
            connector.leaflink_sync_connector_insight().call_preview(store, handler)
        })
    }

    /// Where the two sides differ, a page at a time. Read only.
    pub fn compare(&self, area: drift::Area, after: Option<&str>) -> Result<drift::Report, CallError> {
        self.run(Access::Read, "compare", &(&area, &after), |connector, store| {
            connector.leaflink_sync_connector_drift().call_compare(store, area, after)
        })
    }

    /// Queues the write that removes one difference; or says why there is none to queue.
    pub fn repair(&self, id: &str) -> Result<Decision, CallError> {
        self.run(Access::Write, "repair", &(&id,), |connector, store| {
            connector.leaflink_sync_connector_drift().call_repair(store, id)
        })
    }

    fn run<T: Serialize>(
        &self,
        access: Access,
        name: &'static str,
        arguments: &impl Serialize,
        body: impl Fn(&bindings::Connector, &mut Store<CallState>) -> Answer<T>,
    ) -> Result<T, CallError> {
        self.run_on(access, name, About::default(), arguments, body)
    }

    /// A call about one thing, or with much to hand over.
    fn run_on<T: Serialize>(
        &self,
        access: Access,
        name: &'static str,
        about: About,
        arguments: &impl Serialize,
        body: impl Fn(&bindings::Connector, &mut Store<CallState>) -> Answer<T>,
    ) -> Result<T, CallError> {
        let mut connector = self.connector();
        let mut attempts = 0;
        loop {
            let outcome = self.attempt(&connector, Call { name, access }, &about, arguments, &body);
            attempts += 1;
            match (&self.source, outcome) {
                (Source::Slot(slot), Err(error @ CallError::Schema { .. })) if attempts < MOST_ATTEMPTS => {
                    connector = slot.resolve(self, &connector, error)?;
                }
                (_, outcome) => return outcome,
            }
        }
    }

    fn attempt<T: Serialize>(
        &self,
        connector: &Connector,
        call: Call,
        about: &About,
        arguments: &impl Serialize,
        body: &impl Fn(&bindings::Connector, &mut Store<CallState>) -> Answer<T>,
    ) -> Result<T, CallError> {
        let info = CallInfo {
            id: self.host.next_call_id(),
            call: call.name,
            subject: about.subject.clone(),
            component: connector.name_and_revision(),
        };
        let Some(recorder) = &self.recorder else {
            return call::run(connector, &self.host, &self.company, call, info, about.bytes, body);
        };
        let (at_ms, tape) = (self.host.now_ms(), Tape::new());
        let listening = tape.host(Arc::clone(&self.host));
        let outcome = call::run(connector, &listening, &self.company, call, info.clone(), about.bytes, body);
        let whose = (call.name, &self.company, at_ms, connector.digest().to_string());
        if let Err(why) = recorder.keep(tape.finish(whose, written(arguments), &outcome)) {
            self.host.log(&self.company, &info, Level::Warn, &why);
        }
        outcome
    }
}

/// What a call is about, and how much is handed over for it.
#[derive(Default)]
struct About {
    subject: Option<String>,
    bytes: usize,
}

impl About {
    fn subject(id: &str) -> Self {
        Self { subject: Some(id.to_owned()), bytes: id.len() }
    }

    fn bytes(bytes: usize) -> Self {
        Self { subject: None, bytes }
    }
}
