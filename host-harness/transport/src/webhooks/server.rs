//! The receiver on plain HTTP, on a thread of its own.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, Response};
use leaflink_sync_serving::Served;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::{LARGEST_WEBHOOK, WebhookAnswer, WebhookReceiver};

/// Requests whose bodies are read or handed over at one time; further ones are sent away.
const AT_ONCE: usize = 32;
/// How long a body may take to arrive.
const READING: Duration = Duration::from_secs(10);
/// How long the component and the commit may take, waits for the company's turn included.
const NOTING: Duration = Duration::from_secs(20);

/// A receiver being served. Dropping it closes the port.
pub struct WebhookServer(Served);

#[derive(Clone)]
struct Shared {
    receiver: Arc<WebhookReceiver>,
    room: Arc<Semaphore>,
}

impl WebhookServer {
    /// Serves a receiver at `address`; port 0 takes a free one.
    ///
    /// # Errors
    /// The address cannot be listened on.
    pub fn start(receiver: Arc<WebhookReceiver>, address: SocketAddr) -> io::Result<Self> {
        let shared = Shared { receiver, room: Arc::new(Semaphore::new(AT_ONCE)) };
        let service = axum::Router::new().fallback(serve).with_state(shared);
        Served::start(service, address).map(Self)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.0.address()
    }
}

async fn serve(State(shared): State<Shared>, request: Request) -> Response<Body> {
    let WebhookAnswer { status, text } = answer(shared, request).await;
    let mut response = Response::new(Body::from(text));
    if let Ok(status) = status.try_into() {
        *response.status_mut() = status;
    }
    response
}

async fn answer(shared: Shared, request: Request) -> WebhookAnswer {
    let Shared { receiver, room } = shared;
    let (head, body) = request.into_parts();
    let length = head.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let admitted = match receiver.admit(head.method.as_str(), head.uri.path(), length) {
        Ok(admitted) => admitted,
        Err(answer) => return answer,
    };
    let Ok(_place) = room.try_acquire() else { return receiver.too_busy(&admitted) };
    let most = usize::try_from(LARGEST_WEBHOOK).unwrap_or(usize::MAX);
    let body = match timeout(READING, to_bytes(body, most)).await {
        Ok(Ok(body)) => body.to_vec(),
        Ok(Err(_)) => return receiver.too_large(&admitted),
        Err(_) => return receiver.too_busy(&admitted),
    };
    let headers = texts(&head.headers);
    let at_work = Arc::clone(&receiver);
    let noting = tokio::task::spawn_blocking(move || at_work.receive(&admitted, headers, body));
    match timeout(NOTING, noting).await {
        Ok(Ok(answer)) => answer,
        // What is noted after all does no harm: LeafLink sends it again, and it is the same look.
        Ok(Err(_)) | Err(_) => super::unavailable(),
    }
}

/// Headers as texts. The signature is ASCII; what is none stays none.
fn texts(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes()))).collect()
}
