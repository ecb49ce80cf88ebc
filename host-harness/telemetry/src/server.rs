//! Metrics over HTTP, for a scraper: `GET /metrics` on a thread of its own.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use leaflink_sync_serving::Served;

/// What OpenMetrics text is called in HTTP.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Collect = Arc<dyn Fn() -> String + Send + Sync>;

/// Metrics being served. Dropping it closes the port.
///
/// There is no log-in: what is served names no order, payment or person, but how busy a company is. Keep
/// the port inside your own network.
pub struct MetricsServer(Served);

impl MetricsServer {
    /// Serves what `collect` answers, at `address`; port 0 takes a free one. `collect` is asked at each
    /// scrape: call [`Metrics::set_status`](crate::Metrics::set_status) in it, so that gauges are of that
    /// moment, and answer [`Metrics::text`](crate::Metrics::text).
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub fn start(
        collect: impl Fn() -> String + Send + Sync + 'static,
        address: SocketAddr,
    ) -> io::Result<Self> {
        let collect: Collect = Arc::new(collect);
        let service = axum::Router::new().route("/metrics", get(scrape)).with_state(collect);
        Served::start(service, address).map(Self)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.0.address()
    }
}

async fn scrape(State(collect): State<Collect>) -> Response {
    // It may ask the component, which may wait for a company's turn.
    match tokio::task::spawn_blocking(move || collect()).await {
        Ok(text) => ([(CONTENT_TYPE, OPENMETRICS)], text).into_response(),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, "the metrics could not be collected\n").into_response(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::{Read, Write};
    use std::net::{Ipv4Addr, TcpStream};
    use std::sync::atomic::{AtomicBool, Ordering};

    use leaflink_sync_kit::CompanyId;

    use super::*;
    use crate::Metrics;

    /// The head and the body of an answer.
    fn ask(server: &MetricsServer, line: &str) -> (String, String) {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        write!(stream, "{line} HTTP/1.1\r\nhost: metrics\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_ascii_lowercase(), body.to_owned())
    }

    fn anywhere() -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
    }

    #[test]
    fn a_scraper_gets_what_is_collected_then_as_openmetrics() {
        let metrics = Arc::new(Metrics::new());
        let (served, waits) = (Arc::clone(&metrics), Arc::new(AtomicBool::new(false)));
        let has_writes = Arc::clone(&waits);
        let collect = move || {
            let status = leaflink_sync_kit::exports::insight::Figures {
                queued: if has_writes.load(Ordering::Relaxed) { 3 } else { 0 },
                queued_since_ms: None,
                parked: 0,
                held: 0,
                held_by_reason: Vec::new(),
                watermark_ms: None,
            };
            served.set_status(&CompanyId("foxglove".to_owned()), &status, 0);
            served.text()
        };
        let items = |count: u32| format!("leaflink_sync_outbox_items{{company=\"foxglove\"}} {count}\n");
        let server = MetricsServer::start(collect, anywhere()).unwrap();
        let (head, body) = ask(&server, "GET /metrics");
        assert!(head.starts_with("http/1.1 200"), "{head}");
        assert!(head.contains(&format!("content-type: {OPENMETRICS}")), "{head}");
        assert!(body.ends_with("# EOF\n") && body.contains(&items(0)), "{body}");
        waits.store(true, Ordering::Relaxed);
        let (_, body) = ask(&server, "GET /metrics");
        assert!(body.contains(&items(3)), "{body}");
        assert_eq!(body, metrics.text());
    }

    #[test]
    fn nothing_else_is_served_and_a_failure_is_an_answer() {
        let server = MetricsServer::start(|| panic!("no figures"), anywhere()).unwrap();
        for (line, status) in [("GET /", "404"), ("GET /metrics/x", "404"), ("POST /metrics", "405")] {
            let (head, _) = ask(&server, line);
            assert!(head.starts_with(&format!("http/1.1 {status}")), "{line}: {head}");
        }
        for _ in 0..2 {
            let (head, body) = ask(&server, "GET /metrics");
            assert!(head.starts_with("http/1.1 500") && body.contains("could not be collected"), "{head}");
        }
    }

    #[test]
    fn the_port_is_free_once_it_is_dropped() {
        let server = MetricsServer::start(String::new, anywhere()).unwrap();
        let address = server.address();
        assert!(MetricsServer::start(String::new, address).is_err(), "it is in use");
        drop(server);
        MetricsServer::start(String::new, address).unwrap();
    }
}
