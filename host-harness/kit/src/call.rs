//! One call: a transaction, a fresh instance, and a commit or nothing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::{Store, UpdateDeadline};

use crate::bindings::{self, ConnectorPre};
use crate::connector::Connector;
use crate::engine::Engine;
use crate::error::CallError;
use crate::exports::Failure;
use crate::host::{CompanyId, Host};
use crate::limits::{Budget, Limit, Limits, TICK, spend};
use crate::meter::CallReport;
use crate::schema;
use crate::state::{Access, Call, CallState, Link};
use crate::trace::CallInfo;

/// An answer of an exported function, as wasmtime hands it over.
pub(crate) type Answer<T> = wasmtime::Result<Result<T, Failure>>;

/// Runs one call for a company, from the transaction's beginning to its end. `input_bytes` is what
/// its caller hands over.
#[allow(clippy::too_many_arguments)] // One call's whole surroundings; it has one caller.
pub(crate) fn run<T>(
    connector: &Connector,
    host: &Arc<dyn Host>,
    company: &CompanyId,
    call: Call,
    info: CallInfo,
    input_bytes: usize,
    body: impl FnOnce(&bindings::Connector, &mut Store<CallState>) -> Answer<T>,
) -> Result<T, CallError> {
    let begun = Instant::now();
    let mut report = CallReport {
        id: info.id.clone(),
        call: call.name,
        subject: info.subject.clone(),
        duration: Duration::ZERO,
        host_time: Duration::ZERO,
        fuel: None,
        peak_memory: 0,
        http_requests: 0,
        store_writes: 0,
        record_writes: 0,
        writes: Vec::new(),
        requests: Vec::new(),
        decisions: Vec::new(),
    };
    let allowed = connector.engine().limits().input_bytes as u64;
    let outcome = spend(&mut 0, input_bytes, Limit::InputBytes, allowed)
        .map_err(|exceeded| CallError::Limit { call: call.name, exceeded })
        .and_then(|()| transact(connector, host, company, call, info, body, &mut report));
    report.duration = begun.elapsed();
    host.called(company, &report, outcome.as_ref().err());
    outcome
}

#[allow(clippy::too_many_arguments)] // As above.
fn transact<T>(
    connector: &Connector,
    host: &Arc<dyn Host>,
    company: &CompanyId,
    call: Call,
    info: CallInfo,
    body: impl FnOnce(&bindings::Connector, &mut Store<CallState>) -> Answer<T>,
    report: &mut CallReport,
) -> Result<T, CallError> {
    let asked = Instant::now();
    let mut tx = host.begin(company, &info).map_err(|source| CallError::Host { call: call.name, source })?;
    schema::admit(call.name, connector.description(), tx.as_mut())?;
    let begin_time = asked.elapsed();
    let link = Link { host: Arc::clone(host), company: company.clone(), info, tx };
    let (outcome, fuel, mut state) = enter(connector.engine(), connector.pre(), call, Some(link), body);
    report.fuel = fuel;
    report.peak_memory = state.memory.peak_memory;
    report.host_time = begin_time + state.meter.host_time;
    report.http_requests = state.meter.http_requests;
    report.store_writes = state.meter.store_writes;
    report.record_writes = state.meter.records_written;
    report.writes = std::mem::take(&mut state.meter.writes);
    report.requests = std::mem::take(&mut state.meter.requests);
    report.decisions = std::mem::take(&mut state.meter.decisions);

    let answer = outcome?;
    let link = match state.finish() {
        Ok(link) => link,
        Err(doom) => return Err(CallError::from_halt(doom, &state)),
    };
    if let Some(link) = link
        && call.access >= Access::Write
    {
        let committing = Instant::now();
        let committed = link.tx.commit();
        report.host_time += committing.elapsed();
        committed.map_err(|source| CallError::Commit { call: call.name, source })?;
    }
    Ok(answer)
}

/// Runs one function in a fresh instance, which is gone when this returns.
pub(crate) fn enter<T>(
    engine: &Engine,
    pre: &ConnectorPre<CallState>,
    call: Call,
    link: Option<Link>,
    body: impl FnOnce(&bindings::Connector, &mut Store<CallState>) -> Answer<T>,
) -> (Result<T, CallError>, Option<u64>, CallState) {
    let limits = engine.limits();
    let _slot = engine.0.slots.take();
    let mut store = Store::new(&engine.0.wasmtime, CallState::new(call, limits, link));
    let answer = bound(&mut store, limits)
        .and_then(|()| pre.instantiate(&mut store))
        .and_then(|instance| body(&instance, &mut store));
    let fuel = match limits.budget {
        Budget::Fuel(budget) => store.get_fuel().ok().map(|left| budget - left),
        Budget::Time(_) => None,
    };
    let state = store.into_data();
    let outcome = match answer {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(failure)) => Err(CallError::Failure(Box::new(failure))),
        Err(error) => Err(CallError::from_wasmtime(error, &state)),
    };
    (outcome, fuel, state)
}

/// Puts the limits on a fresh store.
pub(crate) fn bound(store: &mut Store<CallState>, limits: &Limits) -> wasmtime::Result<()> {
    store.limiter(|state| &mut state.memory);
    store.set_hostcall_fuel(limits.handover_bytes);
    match limits.budget {
        Budget::Fuel(fuel) => store.set_fuel(fuel)?,
        Budget::Time(allowed) => {
            store.set_epoch_deadline(ticks(allowed));
            store.epoch_deadline_callback(move |store| {
                let state = store.data();
                let (total, host_time) = (state.started.elapsed(), state.meter.host_time);
                let left = left(total, host_time, allowed, state.limits.call_time);
                Ok(match left {
                    Some(left) => UpdateDeadline::Continue(ticks(left)),
                    None => UpdateDeadline::Interrupt,
                })
            });
        }
    }
    Ok(())
}

/// Time that the component may go on computing before it is looked at again; nothing when it must
/// end. The engine's clock goes on while the host works, and that part is given back here.
fn left(
    total: Duration,
    host_time: Duration,
    computing_allowed: Duration,
    total_allowed: Duration,
) -> Option<Duration> {
    if total >= total_allowed {
        return None;
    }
    computing_allowed.checked_sub(total.saturating_sub(host_time)).filter(|left| !left.is_zero())
}

/// Ticks of the engine's clock in a time, rounded up.
fn ticks(time: Duration) -> u64 {
    let ticks = time.as_millis().div_ceil(TICK.as_millis());
    u64::try_from(ticks).unwrap_or(u64::MAX / 2).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn time_in_the_host_is_given_back() {
        assert_eq!(left(ms(100), ms(0), ms(100), ms(9_000)), None);
        assert_eq!(left(ms(100), ms(1), ms(100), ms(9_000)), Some(ms(1)));
        assert_eq!(left(ms(5_000), ms(4_950), ms(100), ms(9_000)), Some(ms(50)));
        assert_eq!(left(ms(5_000), ms(4_000), ms(100), ms(9_000)), None);
    }

    #[test]
    fn the_whole_call_is_bounded_too() {
        assert_eq!(left(ms(8_999), ms(8_999), ms(100), ms(9_000)), Some(ms(100)));
        assert_eq!(left(ms(9_000), ms(9_000), ms(100), ms(9_000)), None);
    }

    #[test]
    fn ticks_are_rounded_up() {
        assert_eq!(ticks(ms(0)), 1);
        assert_eq!(ticks(ms(10)), 1);
        assert_eq!(ticks(ms(11)), 2);
        assert_eq!(ticks(Duration::MAX), u64::MAX / 2);
    }
}
