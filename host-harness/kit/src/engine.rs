//! The engine: wasmtime, configured for many short calls that must all be bounded.

use std::sync::Arc;
use std::{io, thread};

use wasmtime::component::{HasSelf, Linker};
use wasmtime::{Config, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::bindings;
use crate::limits::{Budget, CORE_INSTANCES, Limits, MEMORIES, TABLES, TICK};
use crate::slots::Slots;
use crate::state::CallState;

/// Memory that a free place of the pool keeps, to be cleared rather than given back to the system.
const KEEP_RESIDENT_BYTES: usize = 256 << 10;
/// The same of its table. Giving pages back interrupts every other core that runs a call.
const KEEP_RESIDENT_TABLE_BYTES: usize = 64 << 10;

/// Why there is no engine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Two limits cannot both hold.
    #[error("the limits contradict each other: {0}; change one of them")]
    Limits(&'static str),
    /// wasmtime cannot run on this machine with these limits.
    #[error("wasmtime cannot be set up on this machine")]
    Wasmtime(#[source] anyhow::Error),
    /// The thread that keeps the time could not be started.
    #[error("the thread that ends endless calls could not be started")]
    Ticker(#[source] io::Error),
}

/// Compiles components and runs their calls. Make one for the process; a clone is the same engine.
#[derive(Clone)]
pub struct Engine(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub wasmtime: wasmtime::Engine,
    pub linker: Linker<CallState>,
    pub limits: Limits,
    pub slots: Slots,
    pooled: bool,
}

impl Engine {
    /// Sets wasmtime up. Costs some milliseconds and, unless the budget is fuel, a thread.
    pub fn new(limits: Limits) -> Result<Self, EngineError> {
        if let Some(contradiction) = limits.contradiction() {
            return Err(EngineError::Limits(contradiction));
        }
        let mut config = config(&limits);
        config.allocation_strategy(pool(&limits));
        // The pool reserves address space for all its places; where that cannot be had (a limit on
        // virtual memory), each call allocates for itself, a little slower.
        let (wasmtime, pooled) = match wasmtime::Engine::new(&config) {
            Ok(engine) => (engine, true),
            Err(_) => {
                config.allocation_strategy(InstanceAllocationStrategy::OnDemand);
                let engine = wasmtime::Engine::new(&config).map_err(unusable)?;
                (engine, false)
            }
        };
        let mut linker = Linker::new(&wasmtime);
        bindings::Connector::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| state).map_err(unusable)?;
        if let Budget::Time(_) = limits.budget {
            tick(&wasmtime).map_err(EngineError::Ticker)?;
        }
        Ok(Self(Arc::new(Inner {
            wasmtime,
            linker,
            slots: Slots::new(limits.concurrent_calls),
            limits,
            pooled,
        })))
    }

    /// The limits that the engine was made with.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Whether instances come from a pool. If not, the machine did not grant the address space for
    /// [`Limits::concurrent_calls`] of them, and each call takes some microseconds more.
    pub fn is_pooled(&self) -> bool {
        self.0.pooled
    }
}

fn unusable(error: wasmtime::Error) -> EngineError {
    EngineError::Wasmtime(error.into())
}

fn config(limits: &Limits) -> Config {
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        // The contract has no async functions; without them calls cost a third.
        .concurrency_support(false)
        // The same call with the same answers has the same outcome on every machine.
        .cranelift_nan_canonicalization(true)
        .wasm_relaxed_simd(false)
        .max_wasm_stack(limits.stack_bytes);
    match limits.budget {
        Budget::Time(_) => config.epoch_interruption(true),
        Budget::Fuel(_) => config.consume_fuel(true),
    };
    config
}

fn pool(limits: &Limits) -> InstanceAllocationStrategy {
    let calls = limits.concurrent_calls;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(calls)
        .max_core_instances_per_component(CORE_INSTANCES)
        .total_core_instances(calls.saturating_mul(CORE_INSTANCES))
        .max_memories_per_component(MEMORIES)
        .total_memories(calls.saturating_mul(MEMORIES))
        .max_tables_per_component(TABLES)
        .total_tables(calls.saturating_mul(TABLES))
        .table_elements(limits.table_elements)
        .max_memory_size(limits.memory_bytes)
        .linear_memory_keep_resident(KEEP_RESIDENT_BYTES.min(limits.memory_bytes))
        .table_keep_resident(KEEP_RESIDENT_TABLE_BYTES);
    InstanceAllocationStrategy::Pooling(pool)
}

/// Advances the engine's epoch for as long as the engine lives.
fn tick(engine: &wasmtime::Engine) -> io::Result<()> {
    let engine = engine.weak();
    thread::Builder::new().name("leaflink-sync-tick".to_owned()).spawn(move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            thread::sleep(TICK);
        }
    })?;
    Ok(())
}
