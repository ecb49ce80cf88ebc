//! Counters, histograms and gauges, over all companies of a process.

use std::fmt;
use std::sync::atomic::AtomicU64;

use leaflink_sync_kit::exports::insight::Figures;
use leaflink_sync_kit::{CallError, CallReport, RequestResult, words};
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
    queued: Gauge,
    queued_since: Gauge,
    parked: Gauge,
    held: Family<LabelSet<1>, Gauge>,
    watermark: Gauge,
    outbox_age: Gauge,
    watermark_age: Gauge,
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
            queued: Gauge::default(),
            queued_since: Gauge::default(),
            parked: Gauge::default(),
            held: Family::default(),
            watermark: Gauge::default(),
            outbox_age: Gauge::default(),
            watermark_age: Gauge::default(),
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
        registry.register("outbox_items", "Queued writes to LeafLink", it.queued.clone());
        registry.register_with_unit(
            "outbox_oldest_timestamp",
            "Since when the oldest queued write waits; 0: none waits",
            seconds(),
            it.queued_since.clone(),
        );
        registry.register_with_unit(
            "outbox_oldest_age",
            "How long the oldest queued write has waited",
            seconds(),
            it.outbox_age.clone(),
        );
        registry.register("outbox_parked_items", "Queued writes that wait for a person", it.parked.clone());
        registry.register("held_items", "Orders that wait, by reason", it.held.clone());
        registry.register_with_unit(
            "watermark_timestamp",
            "Up to when LeafLink's changes of orders were listed; 0: nothing yet",
            seconds(),
            it.watermark.clone(),
        );
        registry.register_with_unit(
            "watermark_age",
            "How far the watermark lies back",
            seconds(),
            it.watermark_age.clone(),
        );
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

    /// Takes over what the component says of its queue, the orders that wait, and its watermark.
    pub fn set_status(&self, status: &Figures, now_ms: u64) {
        let seconds = |ms: u64| i64::try_from(ms / 1_000).unwrap_or(i64::MAX);
        let age = |since: Option<u64>| since.map_or(0, |since| seconds(now_ms.saturating_sub(since)));
        self.queued.set(status.queued.into());
        self.queued_since.set(status.queued_since_ms.map_or(0, seconds));
        self.outbox_age.set(age(status.queued_since_ms));
        self.parked.set(status.parked.into());
        self.watermark.set(status.watermark_ms.map_or(0, seconds));
        self.watermark_age.set(age(status.watermark_ms));
        self.held.clear();
        for held in &status.held_by_reason {
            self.held.get_or_create(&LabelSet([("reason", held.code.clone())])).set(held.orders.into());
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
