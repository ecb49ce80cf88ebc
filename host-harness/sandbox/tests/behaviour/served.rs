//! The sandbox over real HTTP.

use std::sync::{Arc, Mutex};

use leaflink_sandbox::{Clock, Server};
use serde_json::{Value, json};

use crate::{apply, place, sandbox};

/// A sandbox with one order, being served.
fn serve(clock: Clock) -> (Server, Arc<Mutex<leaflink_sandbox::Sandbox>>, String) {
    let mut sandbox = sandbox();
    let number = place(&mut sandbox, json!({}));
    let sandbox = Arc::new(Mutex::new(sandbox));
    let address = "127.0.0.1:0".parse().unwrap();
    let server = Server::start_with(Arc::clone(&sandbox), address, clock).unwrap();
    (server, sandbox, number)
}

/// Never takes an answer for an error, so that every status can be looked at.
fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().new_agent()
}

fn get(url: &str) -> (u16, Value) {
    let mut answer = agent().get(url).header("Authorization", "App sandbox-key").call().unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    (answer.status().as_u16(), serde_json::from_str(&text).unwrap())
}

#[test]
fn links_lead_back_to_the_server() {
    let (server, sandbox, _) = serve(Clock::Set);
    place(&mut sandbox.lock().unwrap(), json!({"short_id": "x"}));
    let (status, page) = get(&format!("{}/api/v2/orders-received/?limit=1", server.url()));
    assert_eq!((status, &page["count"]), (200, &json!(2)));
    let next = page["next"].as_str().unwrap();
    assert!(next.starts_with(&server.url()), "{next}");
    assert_eq!(get(next).1["results"][0]["short_id"], "ee12ab01");
}

#[test]
fn bodies_and_statuses_pass_through() {
    let (server, sandbox, number) = serve(Clock::Set);
    let url = format!("{}/api/v2/orders-received/{number}/", server.url());
    let answer = agent()
        .patch(&url)
        .header("Authorization", "App sandbox-key")
        .send(r#"{"notes": "½ case"}"#)
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(sandbox.lock().unwrap().orders()[0]["notes"], "½ case");
    assert_eq!(agent().get(&url).call().unwrap().status(), 401);
    assert_eq!(get(url.trim_end_matches('/')).0, 400);
}

#[test]
fn a_lost_answer_breaks_the_connection() {
    let (server, sandbox, number) = serve(Clock::Set);
    apply(&mut sandbox.lock().unwrap(), json!({"fault": {"method": "POST", "effect": "lost_answer"}}));
    let url = format!("{}/api/v2/orders-received/{number}/transition/accept/", server.url());
    let lost = agent().post(&url).header("Authorization", "App sandbox-key").send_empty();
    assert!(lost.is_err());
    assert_eq!(sandbox.lock().unwrap().orders()[0]["status"], "Accepted");
}

#[test]
fn the_wall_clock_is_read_only_if_so_chosen() {
    for (clock, moves) in [(Clock::Set, false), (Clock::Wall, true)] {
        let (server, sandbox, number) = serve(clock);
        let url = format!("{}/api/v2/orders-received/{number}/", server.url());
        agent().patch(&url).header("Authorization", "App sandbox-key").send("{}").unwrap();
        let modified = sandbox.lock().unwrap().orders()[0]["modified"].as_str().unwrap().to_owned();
        assert_eq!(!modified.starts_with("2026-03-02T09:00:00"), moves, "{modified}");
    }
}

#[test]
fn dropping_the_server_closes_the_port() {
    let (server, _, _) = serve(Clock::Set);
    let url = format!("{}/api/v2/companies/", server.url());
    assert_eq!(get(&url).0, 200);
    drop(server);
    assert!(agent().get(&url).call().is_err());
}
