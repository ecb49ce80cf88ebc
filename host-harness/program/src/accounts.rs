//! Whether the journal accounts for all that a call did: for each record of the ERP that it wrote and
//! each write that LeafLink took, an effect of that kind that names the same thing; for each e-mail,
//! what it tells.

use leaflink_sync_kit::host::http::Method;
use leaflink_sync_kit::host::types::Outcome;
use leaflink_sync_kit::words;
use leaflink_sync_kit::{CallReport, EffectReport, RequestReport, RequestResult};

/// What nothing of the call's decisions accounts for, each in words.
pub(crate) fn missing(report: &CallReport) -> Vec<String> {
    let mut effects: Vec<&EffectReport> = report.decisions.iter().flat_map(|it| &it.effects).collect();
    // Each effect accounts for one write.
    let mut take = |fits: &dyn Fn(&EffectReport) -> bool| {
        let place = effects.iter().position(|effect| fits(effect));
        place.map(|place| effects.remove(place)).is_some()
    };
    let mut missing = Vec::new();
    for write in &report.writes {
        let accounted = match write.import.strip_prefix("records.") {
            Some("link-company") => take(&|effect| {
                ["connect-customer", "disconnect-customer"].contains(&effect.kind.as_str())
                    && effect.target == write.subject
            }),
            Some(kind) => take(&|effect| effect.kind == kind && effect.target == write.subject),
            // What waits for people is told to them: the reasons say of what.
            None => {
                take(&|effect| effect.kind == "queue-mail")
                    || report.decisions.iter().any(|it| !it.reasons.is_empty())
            }
        };
        if !accounted {
            missing.push(format!("{} {}", write.import, write.subject));
        }
    }
    for request in report.requests.iter().filter(|request| was_taken(request)) {
        let (kinds, target) = accounts_for(request);
        let named = |effect: &EffectReport| target.is_none_or(|target| effect.target == target);
        let accounted = take(&|effect| kinds.contains(&effect.kind.as_str()) && named(effect))
            // What LeafLink took in another way than it was meant is told by a reason.
            || report.decisions.iter().any(|it| it.outcome == Outcome::Parked && !it.reasons.is_empty());
        if !accounted {
            missing.push(format!("{} {}", words::method(request.method), request.path));
        }
    }
    missing.into_iter().map(|what| format!("{what} ({} {})", report.call, report.id)).collect()
}

fn was_taken(request: &RequestReport) -> bool {
    request.method != Method::Get && matches!(request.result, RequestResult::Status(200..=299))
}

/// The kinds of effects that a write can be, and what it is done to, where its path says so.
fn accounts_for(request: &RequestReport) -> (&'static [&'static str], Option<&str>) {
    let mut segments = request.path.trim_matches('/').split('/');
    let (what, target) = (segments.next().unwrap_or_default(), segments.next());
    match (what, target) {
        ("orders-received", _) if segments.next().is_some() => (&["transition-leaflink-order"], target),
        ("orders-received", _) => (&["patch-leaflink-order"], target),
        ("products", Some(_)) => (&["patch-leaflink-product"], target),
        ("products", None) => (&["create-leaflink-product"], None),
        ("order-payments", _) => (&["record-leaflink-payment"], None),
        _ => (&[], None),
    }
}
