//! `readiness`: what is set up, and what is still to do.

use super::Component;
use super::settings::in_force;
use super::users;
use crate::bindings::exports::leaflink_sync::connector::readiness::{Check, Guest};
use crate::bindings::leaflink_sync::host::secrets;
use crate::host::answer::Failure;
use crate::host::leaflink::{self, Listed};
use crate::host::{self, erp, outbox, products, webhooks};
use crate::rules::reasons::Code;
use crate::rules::text::count;

/// Parked writes that are looked through for payment terms.
const PARKED: usize = 200;

impl Guest for Component {
    fn check_list() -> Result<Vec<Check>, Failure> {
        let mut checks = vec![api_key()?];
        let can_read = checks.iter().all(|check| check.done);
        checks.push(users(can_read)?);
        checks.push(product_links()?);
        checks.push(settings()?);
        checks.extend(webhook_checks()?);
        checks.push(payment_term()?);
        Ok(checks)
    }
}

fn check(title: &str, done: bool, detail: String) -> Check {
    Check { title: title.to_owned(), done, detail }
}

fn api_key() -> Result<Check, Failure> {
    const TITLE: &str = "LeafLink accepts the API key";
    Ok(match leaflink::page("/orders-received/", &[("limit", "1"), ("fields_include", "number")]) {
        Ok(Listed::Page(_)) => check(TITLE, true, "LeafLink lists the company's orders.".to_owned()),
        Ok(Listed::TooLarge(_) | Listed::Unreadable(_)) => {
            check(TITLE, false, "LeafLink's answer cannot be read now; look again later.".to_owned())
        }
        Err(Failure::Misconfigured(reason) | Failure::Reject(reason)) => {
            check(TITLE, false, format!("{} What to do: {}", reason.message, reason.fix))
        }
        Err(Failure::Retry(retry)) => check(TITLE, false, retry.reason.message),
        Err(other) => return Err(other),
    })
}

fn users(can_read: bool) -> Result<Check, Failure> {
    const TITLE: &str = "LeafLink users are connected";
    if !can_read {
        return Ok(check(
            TITLE,
            false,
            "LeafLink's users cannot be read before the API key works.".to_owned(),
        ));
    }
    let mappings = users::mappings()?;
    let open: Vec<&str> = mappings
        .iter()
        .filter(|mapping| mapping.user.is_none())
        .map(|mapping| mapping.staff_name.as_str())
        .collect();
    Ok(match open.as_slice() {
        [] => check(TITLE, true, format!("{} connected.", count(mappings.len(), "user"))),
        open => check(
            TITLE,
            false,
            format!(
                "Not connected: {}. Orders with one of them as sales rep wait. What to do: Settings, Integrations, LeafLink, Users.",
                open.join(", ")
            ),
        ),
    })
}

fn product_links() -> Result<Check, Failure> {
    let (mut linked, mut unlinked) = (0, 0);
    products::listed(None, usize::MAX, |product| -> Option<()> {
        match product.leaflink {
            Some(_) => linked += 1,
            None if product.active => unlinked += 1,
            None => {}
        }
        None
    })?;
    let detail = match (linked, unlinked) {
        (0, _) => "No product is linked. What to do: Settings, Integrations, LeafLink, Unlinked Products."
            .to_owned(),
        (linked, 0) => format!("{} linked.", count(linked, "product")),
        (linked, unlinked) => {
            format!(
                "{} linked; {unlinked} not, whose orders wait and whose stock is not pushed.",
                count(linked, "product")
            )
        }
    };
    Ok(check("Products are linked", linked > 0, detail))
}

/// What was right when it was put can be wrong today: a location that is no more.
fn settings() -> Result<Check, Failure> {
    const TITLE: &str = "The settings fit the ERP";
    let settings = in_force()?;
    let locations = erp::location_ids()?;
    let named = settings.inventory_locations.iter().chain(&settings.sales_order_location);
    let gone: Vec<&str> = named
        .filter(|location| !locations.contains(&location.0))
        .map(|location| location.0.as_str())
        .collect();
    Ok(match gone.as_slice() {
        [] => check(TITLE, true, "Every location that they name is there.".to_owned()),
        gone => check(
            TITLE,
            false,
            format!(
                "No such location: {}. What to do: Settings, Integrations, LeafLink, Settings: choose again.",
                gone.join(", ")
            ),
        ),
    })
}

fn webhook_checks() -> Result<[Check; 2], Failure> {
    let key = secrets::hmac_sha256(secrets::Key::LeaflinkWebhook, b"").is_some();
    let key_detail = if key {
        "It is here; webhooks that are not signed with it are refused."
    } else {
        "Orders and products are polled only. What to do: in LeafLink, Settings, Developer Options, add a webhook and generate a key; paste the key in the ERP."
    };
    let state = webhooks::state()?;
    let ago = |at: Option<u64>| {
        at.map_or_else(
            || "none yet".to_owned(),
            |at| format!("{} ago", minutes(host::now_ms().saturating_sub(at))),
        )
    };
    let both = state.order_ms.is_some() && state.product_ms.is_some();
    let refused_last =
        state.refused_ms.filter(|refused| state.order_ms.max(state.product_ms) < Some(*refused));
    let mut detail = format!("Orders: {}; products: {}.", ago(state.order_ms), ago(state.product_ms));
    if refused_last.is_some() {
        detail.push_str(&format!(" The last one, {}, was refused: paste the key again.", ago(refused_last)));
    } else if !both {
        detail.push_str(" What to do: in LeafLink, see that the webhook is enabled, with both types and this ERP's address.");
    }
    Ok([
        check("The webhook key is known", key, key_detail.to_owned()),
        check("Webhooks arrive", both && refused_last.is_none(), detail),
    ])
}

/// LeafLink's API does not tell the setting; an order that it kept back for it does.
fn payment_term() -> Result<Check, Failure> {
    const TITLE: &str = "\"Require Order Payment Term\" is off in LeafLink";
    for (_, intent) in outbox::waiting(None, PARKED)? {
        if let Ok(intent) = intent
            && intent.parked.is_some_and(|reason| reason.code == Code::PaymentTermRequired.word())
        {
            let fix = Code::PaymentTermRequired.fix();
            return Ok(check(
                TITLE,
                false,
                format!("LeafLink keeps order {} back. What to do: {fix}", intent.label),
            ));
        }
    }
    let detail = "No order is kept back for it. LeafLink does not tell the setting itself: see Settings, Orders there.";
    Ok(check(TITLE, true, detail.to_owned()))
}

fn minutes(ms: u64) -> String {
    count(usize::try_from(ms / 60_000).unwrap_or(usize::MAX), "minute")
}
