//! The `http` import.

use std::time::Instant;

use super::{HttpStop, Stop, http_rules};
use crate::bindings::leaflink_sync::host::http::{Error, Host, Request, Response};
use crate::limits::{Limit, spend};
use crate::state::{Access, CallState, Halt};
use crate::trace::{RequestReport, RequestResult};

impl Host for CallState {
    fn send(&mut self, request: Request) -> Result<Response, HttpStop> {
        let any_method = self.call.access == Access::Deliver;
        let request = http_rules::admit(request, any_method, self.limits.http_request_bytes)
            .map_err(|rule| Stop::Answer(Error::NotAllowed(rule)))?;
        spend(&mut self.meter.http_requests, 1, Limit::HttpRequests, self.limits.http_requests.into())?;
        if self.started.elapsed() >= self.limits.call_time {
            return Err(Halt::OutOfTime.into());
        }
        let urgency = self.call.urgency(request.bulk);
        let (method, path) = (request.method, request.path.clone());
        let asked = Instant::now();
        let answer = self.ask("http.send", |link| link.host.send_as(&link.company, urgency, request))?;
        let (result, duration) = (RequestResult::from(&answer), asked.elapsed());
        self.meter.requests.push(RequestReport { method, path, result, duration });
        let response = answer.map_err(Stop::Answer)?;
        let response = http_rules::clean(response);
        let most = self.limits.http_response_bytes;
        if http_rules::response_size(&response) > most {
            return Err(Stop::Answer(Error::TooLarge(most as u64)));
        }
        Ok(response)
    }

    fn convert_error(&mut self, stop: HttpStop) -> wasmtime::Result<Error> {
        stop.answer()
    }
}
