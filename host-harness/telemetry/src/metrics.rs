//! Counters, histograms and gauges of a process. What tells how a company stands (its queue, its held
//! orders, its watermark, its webhooks) bears the company as a label; the rest is over all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use leaflink_sync_kit::exports::insight::Figures;
use leaflink_sync_kit::{CallError, CallReport, CompanyId, RequestResult, words};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::ending;

type Labels<const N: usize> = [(&'static str, String); N];
type Counters<const N: usize> = Family<LabelSet<N>, Counter>;
type Times<const N: usize> = Family<LabelSet<N>, Histogram, Buckets>;
type Gauges<const N: usize> = Family<LabelSet<N>, Gauge>;

/// Labels in a fixed order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct LabelSet<const N: usize>(Labels<N>);

impl<const N: usize> prometheus_client::encoding::EncodeLabelSet for LabelSet<N> {
    fn encode(
        &self,
        encoder: &mut prometheus_client::encoding::LabelSetEncoder<'_>,
    ) -> Result<(), fmt::Error> {
        for label in &self.0 {
            prometheus_client::encoding::EncodeLabel::encode(label, encoder.encode_label())?;
        }
        Ok(())
    }
}

/// From a millisecond to half a minute.
#[derive(Clone)]
struct Buckets;

impl MetricConstructor<Histogram> for Buckets {
    fn new_metric(&self) -> Histogram {
        Histogram::new([0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0])
    }
}

/// The metrics of a process.
pub struct Metrics {
    registry: Registry,
    calls: Counters<2>,
    call_seconds: Times<1>,
    host_seconds: Times<1>,
    decisions: Counters<2>,
    reasons: Counters<2>,
    requests: Counters<2>,
    request_seconds: Times<1>,
    traps: Counters<1>,
    peak_memory: Gauge<u64, AtomicU64>,
    queued: Gauges<1>,
    queued_since: Gauges<1>,
    parked: Gauges<1>,
    held: Gauges<2>,
    /// The reasons for which orders of a company were held when it was last asked.
    held_reasons: Mutex<BTreeMap<CompanyId, BTreeSet<String>>>,
    watermark: Gauges<1>,
    outbox_age: Gauges<1>,
    watermark_age: Gauges<1>,
    webhooks: Counters<2>,
}

impl Metrics {
    /// All metrics at zero.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("leaflink_sync");
        let metrics = Self {
            calls: Family::default(),
            call_seconds: Family::new_with_constructor(Buckets),
            host_seconds: Family::new_with_constructor(Buckets),
            decisions: Family::default(),
            reasons: Family::default(),
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(Buckets),
            traps: Family::default(),
            peak_memory: Gauge::default(),
            queued: Family::default(),
            queued_since: Family::default(),
            parked: Family::default(),
            held: Family::default(),
            held_reasons: Mutex::default(),
            watermark: Family::default(),
            outbox_age: Family::default(),
            watermark_age: Family::default(),
            webhooks: Family::default(),
            registry: Registry::default(),
        };
        let it = &metrics;
        registry.register("calls", "Calls of the component, by function and ending", it.calls.clone());
        let (seconds, bytes) = (|| Unit::Seconds, || Unit::Bytes);
        registry.register_with_unit(
            "call_duration",
            "A call, from its transaction's beginning to its commit",
            seconds(),
            it.call_seconds.clone(),
        );
        registry.register_with_unit(
            "call_host_duration",
            "The part of a call spent in the host's own code",
            seconds(),
            it.host_seconds.clone(),
        );
        registry.register(
            "decisions",
            "Decisions in the journal, by stream and outcome",
            it.decisions.clone(),
        );
        registry.register(
            "reasons",
            "Reasons of decisions in the journal, by code and outcome",
            it.reasons.clone(),
        );
        registry.register("requests", "Requests to LeafLink, by method and status", it.requests.clone());
        registry.register_with_unit(
            "request_duration",
            "A request to LeafLink",
            seconds(),
            it.request_seconds.clone(),
        );
        registry.register(
            "guest_traps",
            "Calls that broke down or ran over a limit, by cause",
            it.traps.clone(),
        );
        registry.register_with_unit(
            "guest_memory_peak",
            "The most memory that a call used",
            bytes(),
            it.peak_memory.clone(),
        );
        registry.register("outbox_items", "Queued writes to LeafLink, by company", it.queued.clone());
        registry.register_with_unit(
            "outbox_oldest_timestamp",
            "Since when a company's oldest queued write waits; 0: none waits",
            seconds(),
            it.queued_since.clone(),
        );
        registry.register_with_unit(
            "outbox_oldest_age",
            "How long a company's oldest queued write has waited",
            seconds(),
            it.outbox_age.clone(),
        );
        registry.register(
            "outbox_parked_items",
            "Queued writes that wait for a person, by company",
            it.parked.clone(),
        );
        registry.register("held_items", "Orders that wait, by company and reason", it.held.clone());
        registry.register_with_unit(
            "watermark_timestamp",
            "Up to when LeafLink's changes of a company's orders were listed; 0: nothing yet",
            seconds(),
            it.watermark.clone(),
        );
        registry.register_with_unit(
            "watermark_age",
            "How far a company's watermark lies back",
            seconds(),
            it.watermark_age.clone(),
        );
        registry.register("webhooks", "Webhooks, by company and answer", it.webhooks.clone());
        Self { registry, ..metrics }
    }

    /// Counts a call.
    pub fn called(&self, report: &CallReport, error: Option<&CallError>) {
        let end = ending(error);
        count(&self.calls, [("call", report.call.to_owned()), ("ending", end.to_owned())]);
        let call = || LabelSet([("call", report.call.to_owned())]);
        self.call_seconds.get_or_create(&call()).observe(report.duration.as_secs_f64());
        self.host_seconds.get_or_create(&call()).observe(report.host_time.as_secs_f64());
        let peak = report.peak_memory as u64;
        if peak > self.peak_memory.get() {
            self.peak_memory.set(peak);
        }
        if matches!(end, "trap" | "time-limit" | "memory-limit" | "limit" | "forbidden") {
            count(&self.traps, [("cause", end.to_owned())]);
        }
        for request in &report.requests {
            let method = words::method(request.method);
            let status = match request.result {
                RequestResult::Status(status) => status.to_string(),
                RequestResult::NotAllowed => "not-allowed".to_owned(),
                RequestResult::NotSent => "not-sent".to_owned(),
                RequestResult::NotNow => "not-now".to_owned(),
                RequestResult::NoAnswer => "no-answer".to_owned(),
                RequestResult::TooLarge => "too-large".to_owned(),
            };
            count(&self.requests, [("method", method.to_owned()), ("status", status)]);
            let method = LabelSet([("method", method.to_owned())]);
            self.request_seconds.get_or_create(&method).observe(request.duration.as_secs_f64());
        }
        if error.is_some() {
            // Nothing of it is in the journal.
            return;
        }
        for decision in &report.decisions {
            let outcome = words::outcome(decision.outcome).to_owned();
            let stream = words::stream(decision.stream).to_owned();
            count(&self.decisions, [("stream", stream), ("outcome", outcome.clone())]);
            for code in &decision.reasons {
                count(&self.reasons, [("code", code.clone()), ("outcome", outcome.clone())]);
            }
        }
    }

    /// Takes over what the component says of a company's queue, the orders that wait, and the watermark.
    pub fn set_status(&self, company: &CompanyId, status: &Figures, now_ms: u64) {
        let seconds = |ms: u64| i64::try_from(ms / 1_000).unwrap_or(i64::MAX);
        let age = |since: Option<u64>| since.map_or(0, |since| seconds(now_ms.saturating_sub(since)));
        let of_company = || LabelSet([("company", company.0.clone())]);
        for (gauges, figure) in [
            (&self.queued, status.queued.into()),
            (&self.queued_since, status.queued_since_ms.map_or(0, seconds)),
            (&self.outbox_age, age(status.queued_since_ms)),
            (&self.parked, status.parked.into()),
            (&self.watermark, status.watermark_ms.map_or(0, seconds)),
            (&self.watermark_age, age(status.watermark_ms)),
        ] {
            gauges.get_or_create(&of_company()).set(figure);
        }
        let held = |code: &str| LabelSet([("company", company.0.clone()), ("reason", code.to_owned())]);
        let now = status.held_by_reason.iter().map(|held| held.code.clone()).collect();
        let before = self
            .held_reasons
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(company.clone(), now)
            .unwrap_or_default();
        for code in before {
            self.held.remove(&held(&code));
        }
        for reason in &status.held_by_reason {
            self.held.get_or_create(&held(&reason.code)).set(reason.orders.into());
        }
    }

    /// Takes over how often a company's webhooks were answered in each way since the process began, as
    /// `WebhookCounts::by_answer` of the transport tells.
    pub fn set_webhooks(
        &self,
        company: &CompanyId,
        by_answer: impl IntoIterator<Item = (&'static str, u64)>,
    ) {
        for (answer, count) in by_answer {
            let labels = LabelSet([("company", company.0.clone()), ("answer", answer.to_owned())]);
            self.webhooks.get_or_create(&labels).inner().store(count, Ordering::Relaxed);
        }
    }

    /// Everything as OpenMetrics text, for `application/openmetrics-text; version=1.0.0`.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

fn count<const N: usize>(counters: &Counters<N>, labels: Labels<N>) {
    counters.get_or_create(&LabelSet(labels)).inc();
}

#[cfg(test)]
mod tests {
    use leaflink_sync_kit::exports::insight::ReasonCount;

    use super::*;

    fn company(name: &str) -> CompanyId {
        CompanyId(name.to_owned())
    }

    fn figures(queued: u32, since_ms: Option<u64>, held: &[(&str, u32)]) -> Figures {
        let held_by_reason =
            held.iter().map(|(code, orders)| ReasonCount { code: (*code).to_owned(), orders: *orders });
        Figures {
            queued,
            queued_since_ms: since_ms,
            parked: queued / 2,
            held: 0,
            held_by_reason: held_by_reason.collect(),
            watermark_ms: since_ms,
        }
    }

    /// The samples of these metrics, without their comments.
    fn samples(metrics: &Metrics, name: &str) -> Vec<String> {
        let name = format!("leaflink_sync_{name}");
        let text = metrics.text();
        let mut lines: Vec<_> =
            text.lines().filter_map(|line| line.strip_prefix(&name)).map(str::to_owned).collect();
        lines.sort();
        lines
    }

    #[test]
    fn each_company_has_figures_of_its_own() {
        let metrics = Metrics::new();
        metrics.set_status(&company("dandelion"), &figures(4, Some(30_000), &[("no-tax", 2)]), 100_000);
        metrics.set_status(
            &company("foxglove"),
            &figures(0, None, &[("no-tax", 5), ("no-unit", 1)]),
            100_000,
        );
        for (name, dandelion, foxglove) in [
            ("outbox_items", 4, 0),
            ("outbox_parked_items", 2, 0),
            ("outbox_oldest_timestamp_seconds", 30, 0),
            ("outbox_oldest_age_seconds", 70, 0),
            ("watermark_timestamp_seconds", 30, 0),
            ("watermark_age_seconds", 70, 0),
        ] {
            let wanted = [
                format!("{{company=\"dandelion\"}} {dandelion}"),
                format!("{{company=\"foxglove\"}} {foxglove}"),
            ];
            assert_eq!(samples(&metrics, name), wanted, "{name}");
        }
        // What is over for one company is not for the other.
        metrics.set_status(&company("foxglove"), &figures(0, None, &[("no-unit", 3)]), 100_000);
        assert_eq!(
            samples(&metrics, "held_items"),
            ["{company=\"dandelion\",reason=\"no-tax\"} 2", "{company=\"foxglove\",reason=\"no-unit\"} 3"]
        );
    }

    #[test]
    fn webhooks_are_counted_by_company_and_answer() {
        let metrics = Metrics::new();
        metrics.set_webhooks(&company("dandelion"), [("accepted", 3), ("unauthorized", 1)]);
        metrics.set_webhooks(&company("foxglove"), [("accepted", 7)]);
        metrics.set_webhooks(&company("dandelion"), [("accepted", 4), ("unauthorized", 1)]);
        assert_eq!(
            samples(&metrics, "webhooks_total"),
            [
                "{company=\"dandelion\",answer=\"accepted\"} 4",
                "{company=\"dandelion\",answer=\"unauthorized\"} 1",
                "{company=\"foxglove\",answer=\"accepted\"} 7"
            ]
        );
    }
}
