//! A counting semaphore: how many calls are inside the component at one time.
//!
//! wasmtime's instance pool answers an error when it is empty; here a call waits instead.

use std::sync::{Condvar, Mutex, PoisonError};

/// The free places.
pub(crate) struct Slots {
    free: Mutex<u32>,
    freed: Condvar,
}

/// One place, given back when dropped.
pub(crate) struct Slot<'a>(&'a Slots);

impl Slots {
    pub fn new(count: u32) -> Self {
        Self { free: Mutex::new(count), freed: Condvar::new() }
    }

    /// Takes a place, waiting for one.
    pub fn take(&self) -> Slot<'_> {
        // A count stays right when a thread panics, so poison means nothing here.
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free = self.freed.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        Slot(self)
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}
