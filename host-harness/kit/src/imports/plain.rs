//! The imports without errors of their own: `clock`, `random`, `secrets`, `log`, and the two
//! interfaces that hold only types.

use super::wit;
use crate::bindings::leaflink_sync::connector::failures;
use crate::state::{CallState, Halt};

impl wit::clock::Host for CallState {
    fn now(&mut self) -> wasmtime::Result<u64> {
        if let Some(now) = self.now_ms {
            return Ok(now);
        }
        let now = self.ask("clock.now", |link| link.host.now_ms()).map_err(wasmtime::Error::new)?;
        self.now_ms = Some(now);
        Ok(now)
    }
}

impl wit::random::Host for CallState {
    fn below(&mut self, bound: u32) -> wasmtime::Result<u32> {
        self.ask("random.below", |link| link.host.random_below(bound.max(1))).map_err(wasmtime::Error::new)
    }
}

impl wit::secrets::Host for CallState {
    fn hmac_sha256(&mut self, key: wit::secrets::Key, message: Vec<u8>) -> wasmtime::Result<Option<Vec<u8>>> {
        let mac = self
            .ask("secrets.hmac-sha256", |link| link.host.hmac_sha256(&link.company, key, &message))
            .and_then(|mac| mac.map_err(Halt::Host))
            .map_err(wasmtime::Error::new)?;
        Ok(mac.map(Vec::from))
    }
}

impl wit::log::Host for CallState {
    fn write(&mut self, level: wit::log::Level, mut message: String) -> wasmtime::Result<()> {
        let most = self.limits.log_line_bytes;
        if message.len() > most {
            message.truncate(message.floor_char_boundary(most));
            message.push('…');
        }
        if self.meter.log_lines < self.limits.log_lines
            && let Some(link) = self.link()
        {
            link.host.log(&link.company, &link.info, level, &message);
            self.meter.log_lines += 1;
        }
        self.last_log = Some(message);
        Ok(())
    }
}

impl wit::types::Host for CallState {}

impl failures::Host for CallState {}
