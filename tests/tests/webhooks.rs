//! Webhooks over real HTTP: what is answered, and that a 200 means durable.

#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, OnceLock};

use leaflink_sandbox::{Webhook, sign};
use leaflink_sync::document::Document;
use leaflink_sync::stage::{COMPANY, Options, Stage};
use leaflink_sync::world::LoadedWorld;
use leaflink_sync_kit::exports::polling::Subject;
use leaflink_sync_kit::exports::webhooks::{Delivery, Received};
use leaflink_sync_kit::{CompanyId, Connector, Limits};
use leaflink_sync_tests::component;
use leaflink_sync_transport::{LARGEST_WEBHOOK, WebhookCounts, WebhookReceiver, WebhookServer};
use serde_json::json;

const PATH: &str = "/hooks/foxglove";
const ORDER: &[u8] = br#"{"type": "order", "action": "edit", "data": {"number": "fb100001"}}"#;

/// A company's receiver, served.
struct Served {
    stage: Stage,
    receiver: Arc<WebhookReceiver>,
    server: WebhookServer,
    told: Arc<Mutex<Vec<u64>>>,
    key: String,
}

fn served(key: &str) -> Served {
    let base = Document::load(&component::root().join("tests/worlds/foxglove.json")).unwrap();
    let own = json!({"leaflink": {"webhook_key": key}}).to_string();
    let own = Document::parse("the test's own world", own).unwrap();
    let world = LoadedWorld::from_documents(vec![own, base]).unwrap();
    // Compiled once for all the tests here.
    static COMPONENT: OnceLock<Connector> = OnceLock::new();
    let component = COMPONENT.get_or_init(|| component::load(Limits::DEFAULT).unwrap());
    let stage = Stage::set_up(component, &world, Options::default()).unwrap();
    let calls = stage.calls().clone();
    let told = Arc::new(Mutex::new(Vec::new()));
    let telling = Arc::clone(&told);
    let listing = stage.calls().clone();
    let receiver = Arc::new(WebhookReceiver::new(
        move |path| (path == PATH).then(|| calls.clone()),
        // Durable before anybody is told, so that it can be read here.
        move |_, _| telling.lock().unwrap().push(listing.to_look_at().unwrap().len() as u64),
    ));
    let server =
        WebhookServer::start(Arc::clone(&receiver), SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    Served { stage, receiver, server, told, key: key.to_owned() }
}

impl Served {
    fn post(&self, body: &[u8], signature: Option<String>) -> u16 {
        let webhook = Webhook { body: body.to_vec(), signature };
        webhook.post(&format!("http://{}{PATH}", self.server.address())).unwrap()
    }

    fn post_signed(&self, body: &[u8]) -> u16 {
        self.post(body, Some(sign(&self.key, body)))
    }

    /// Sends these bytes and no more; the status line that comes back.
    fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.server.address()).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn list(&self) -> Vec<Subject> {
        self.stage.calls().to_look_at().unwrap()
    }

    fn counts(&self) -> WebhookCounts {
        self.receiver.counts(&CompanyId(COMPANY.to_owned()))
    }
}

#[test]
fn signatures_are_made_over_the_raw_bytes_with_the_key_as_text() {
    for (key, body, signature) in [
        (
            "0f3a9c1d5e7b2468ace013579bdf8642fedcba98",
            r#"{"action": "edit", "type": "order", "data": {"id": 77001, "number": "5d0c6f1e-93b7-4b0e-8a55-c0ffee12ab01", "status": "Accepted"}}"#,
            "WSmyXwsV8oR/x4WDBHpdgLtXf9IAX3Cs7JnSTTaxM5k=",
        ),
        (
            "0f3a9c1d5e7b2468ace013579bdf8642fedcba98",
            r#"{"action": "edit", "type": "product", "data": {"id": 501001, "name": "Ointment (\u00bd oz)"}}"#,
            "xOX+S193zHvXl7Eu1AO7QLhj7zWtN5g3716ouNkINtc=",
        ),
    ] {
        let served = served(key);
        assert_eq!(served.post(body.as_bytes(), Some(signature.to_owned())), 200);
        assert_eq!(served.list().len(), 1);
        // The same document, written otherwise.
        assert_eq!(served.post(body.replace(": ", ":").as_bytes(), Some(signature.to_owned())), 401);
    }
    let served = served("clé-secrète");
    let body = r#"{"action": "create", "type": "order", "data": {"notes": "déjà vu"}}"#;
    // Signed rightly; it names no order.
    assert_eq!(
        served.post(body.as_bytes(), Some("T8g10k9mxoIWwP0PKcnDt6+2U9YgDASnwwlKttgsAcQ=".to_owned())),
        400
    );
    assert_eq!(
        served.post(body.as_bytes(), Some("t8g10k9mxoIWwP0PKcnDt6+2U9YgDASnwwlKttgsAcQ=".to_owned())),
        401
    );
}

#[test]
fn a_200_means_durable_and_a_lost_commit_is_a_503() {
    let served = served("hush");
    served.stage.host().lose_next_commit();
    assert_eq!(served.post_signed(ORDER), 503);
    assert_eq!(served.list(), []);
    assert!(served.told.lock().unwrap().is_empty());
    assert_eq!(served.post_signed(ORDER), 200);
    assert_eq!(served.list(), [Subject::Order("fb100001".to_owned())]);
    assert_eq!(*served.told.lock().unwrap(), [1_u64]);
    let wanted = WebhookCounts { accepted: 1, unavailable: 1, ..WebhookCounts::default() };
    assert_eq!(served.counts(), wanted);
}

#[test]
fn many_events_at_one_time_are_one_look() {
    let served = served("hush");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let posts: Vec<_> = (0..20).map(|_| scope.spawn(|| served.post_signed(ORDER))).collect();
        posts.into_iter().map(|post| post.join().unwrap()).collect()
    });
    assert_eq!(statuses, [200; 20]);
    assert_eq!(served.list(), [Subject::Order("fb100001".to_owned())]);
    assert_eq!(served.counts().accepted, 20);
}

#[test]
fn what_is_refused_is_counted_and_leaves_nothing() {
    let served = served("hush");
    assert_eq!(served.post(ORDER, None), 401);
    assert_eq!(served.post(ORDER, Some(sign("hush!", ORDER))), 401);
    assert_eq!(served.post_signed(b"{"), 400);
    let foreign = br#"{"type": "staff", "action": "edit", "data": {}}"#;
    assert_eq!(served.post_signed(foreign), 200);
    assert_eq!(served.list(), []);
    assert!(served.told.lock().unwrap().is_empty());
    let wanted = WebhookCounts { ignored: 1, unauthorized: 2, malformed: 1, ..WebhookCounts::default() };
    assert_eq!(served.counts(), wanted);
}

#[test]
fn a_body_that_is_too_long_is_refused_before_it_is_read() {
    let served = served("hush");
    let head = |rest: &str| format!("POST {PATH} HTTP/1.1\r\nhost: erp\r\n{rest}\r\n\r\n");
    // Not a byte of the body is sent.
    let declared = head(&format!("content-length: {}", LARGEST_WEBHOOK + 1));
    assert_eq!(served.raw(&declared), "HTTP/1.1 413");
    // No length is declared, and one chunk is too long.
    let chunked = format!("{}c0001\r\n{}", head("transfer-encoding: chunked"), " ".repeat(0xc_0001));
    assert_eq!(served.raw(&chunked), "HTTP/1.1 413");
    assert_eq!(served.raw(&format!("GET {PATH} HTTP/1.1\r\nhost: erp\r\n\r\n")), "HTTP/1.1 405");
    assert_eq!(
        served.raw("POST /hooks/other HTTP/1.1\r\nhost: erp\r\ncontent-length: 0\r\n\r\n"),
        "HTTP/1.1 404"
    );
    assert_eq!(served.counts(), WebhookCounts { too_large: 2, ..WebhookCounts::default() });

    // The component does not rely on its host for that.
    let largest = usize::try_from(LARGEST_WEBHOOK).unwrap();
    let deliver = |length: usize| {
        let body = vec![b' '; length];
        let headers = vec![("ll-signature".to_owned(), sign("hush", &body))];
        served.stage.calls().on_webhook(&Delivery { headers, body }).unwrap()
    };
    assert!(matches!(deliver(largest + 1), Received::TooLarge(LARGEST_WEBHOOK)));
    assert!(matches!(deliver(largest), Received::Malformed(_)));
}
