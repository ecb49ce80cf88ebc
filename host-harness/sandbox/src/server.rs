//! The sandbox over real HTTP, on a thread of its own.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context as TaskContext, Poll};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::State;
use axum::http;
use leaflink_sync_serving::Served;

use crate::http::{Delivery, Request, Response};
use crate::sandbox::Sandbox;

/// The longest request body that is read, in bytes.
const BODY_LIMIT: usize = 4 << 20;

/// Where the time of a served sandbox comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The owner sets it with [`Sandbox::set_now_ms`].
    Set,
    /// Each request sets it to the time of day.
    Wall,
}

/// A sandbox being served. Dropping it closes the port.
pub struct Server(Served);

#[derive(Clone)]
struct Shared {
    sandbox: Arc<Mutex<Sandbox>>,
    clock: Clock,
}

impl Server {
    /// Serves a sandbox at `address`; port 0 takes a free one. The owner sets the clock.
    ///
    /// # Errors
    /// If the address can not be listened on.
    pub fn start(sandbox: Arc<Mutex<Sandbox>>, address: SocketAddr) -> Result<Self> {
        Self::start_with(sandbox, address, Clock::Set)
    }

    /// Serves a sandbox whose time comes from `clock`.
    ///
    /// # Errors
    /// If the address can not be listened on.
    pub fn start_with(sandbox: Arc<Mutex<Sandbox>>, address: SocketAddr, clock: Clock) -> Result<Self> {
        let service = axum::Router::new().fallback(serve).with_state(Shared { sandbox, clock });
        let served = Served::start(service, address);
        served.map(Self).with_context(|| format!("the LeafLink sandbox cannot listen on {address}"))
    }

    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.0.address()
    }

    /// The origin to send requests to, such as `http://127.0.0.1:8080`, without the `/api/v2`.
    pub fn url(&self) -> String {
        format!("http://{}", self.0.address())
    }
}

async fn serve(State(shared): State<Shared>, request: http::Request<Body>) -> http::Response<Body> {
    let (head, body) = request.into_parts();
    let response = match to_bytes(body, BODY_LIMIT).await {
        Ok(body) => shared.answer(&Request::from_http(&head, body.to_vec())),
        Err(_) => Response::detail(413, "Request body is too large."),
    };
    match response.delivery {
        Delivery::Prompt => response.into_http().map(Body::from),
        Delivery::Late(ms) => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            response.into_http().map(Body::from)
        }
        Delivery::Lost => http::Response::new(Body::new(Broken)),
    }
}

impl Shared {
    fn answer(&self, request: &Request) -> Response {
        // A panic while the lock was held says nothing about the next request.
        let mut sandbox = self.sandbox.lock().unwrap_or_else(PoisonError::into_inner);
        if self.clock == Clock::Wall {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            sandbox.set_now_ms(u64::try_from(now.as_millis()).unwrap_or(u64::MAX));
        }
        sandbox.handle(request)
    }
}

/// A body that fails at once, which makes the server drop the connection without an answer.
struct Broken;

impl HttpBody for Broken {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        Poll::Ready(Some(Err(std::io::Error::other("the connection breaks on purpose"))))
    }
}
