//! The day as a person wants to see it.

use std::collections::BTreeSet;
use std::path::Path;

use super::report::{Mail, Report};
use super::show_tables;
use crate::parked;
use crate::terminal::{Ink, table, wrapped};
use crate::words::count;

/// The widest line that is printed.
const WIDTH: usize = 118;

/// Everything but where to look next.
pub(super) fn text(report: &Report, ink: Ink) -> String {
    let parts = [
        (
            format!("Orders ({})", report.orders.len() + report.held.len() + report.left_alone.len()),
            orders(report),
        ),
        (format!("E-mails ({})", report.mails.len()), mails(&report.mails)),
        (
            format!("Suggested links ({})", report.suggestions.len()),
            show_tables::suggestions(&report.suggestions),
        ),
        (format!("Products ({})", report.products.len()), show_tables::products(&report.products)),
        (
            format!("Payments (on {})", count(report.payments.len(), "sales order")),
            show_tables::payments(&report.payments),
        ),
        (format!("Transfers ({})", report.transfers.len()), show_tables::transfers(&report.transfers)),
        (format!("Writes that wait for a person ({})", report.parked.len()), parked::table(&report.parked)),
        ("Set-up".to_owned(), show_tables::check_list(&report.check_list)),
        (format!("Repairs ({})", report.repairs.len()), show_tables::repairs(&report.repairs)),
        ("Drift".to_owned(), report.drift.text(ink)),
        ("Totals".to_owned(), totals(report)),
    ];
    parts.iter().map(|(heading, body)| format!("{}\n{body}\n", ink.heading(heading))).collect()
}

/// What to try next; names the files that were asked for.
pub(super) fn where_to_look(erp: Option<&Path>, http_log: Option<&Path>) -> String {
    let erp = match erp {
        Some(erp) => format!("sqlite3 {} \"SELECT number, status, total FROM sales_orders\"", erp.display()),
        None => "--erp day.sqlite keeps the ERP's database for any SQLite tool".to_owned(),
    };
    let log = match http_log {
        Some(log) => format!("{} has every exchange with LeafLink", log.display()),
        None => "--http-log day.jsonl keeps every exchange with LeafLink".to_owned(),
    };
    format!("To look further:\n  {erp}\n  {log}\n  --json prints all of this for programs\n")
}

/// A line for each order: those that came over, those that wait, those that are left alone.
fn orders(report: &Report) -> String {
    let imported = report.orders.iter().map(|order| {
        vec![
            order.leaflink.clone(),
            order.customer.clone().unwrap_or_else(|| "(none)".to_owned()),
            order.sales_order.clone(),
            order.status.to_owned(),
            format!("{:.2}", order.total),
            format!("{:.2}", order.leaflink_total),
            with_notices(order.owner.as_deref().unwrap_or("(none)"), &order.notices),
        ]
    });
    let held = report.held.iter().map(|order| {
        let reasons: Vec<_> = order.reasons.iter().map(|reason| reason.code.as_str()).collect();
        waiting(&order.leaflink, &order.customer, &format!("held {}", order.since), &counted(&reasons))
    });
    let left_alone = report.left_alone.iter().map(|order| {
        let reasons: Vec<_> = order.reasons.iter().map(String::as_str).collect();
        let reasons = if reasons.is_empty() { "not looked at yet".to_owned() } else { counted(&reasons) };
        waiting(&order.leaflink, &order.customer, "left alone", &reasons)
    });
    let headings = [
        "LeafLink",
        "Customer",
        "Sales order",
        "Status",
        ">Total",
        ">in LeafLink",
        "Owner (notices), or why none",
    ];
    table(&headings, imported.chain(held).chain(left_alone).collect())
}

fn waiting(leaflink: &str, customer: &str, status: &str, reasons: &str) -> Vec<String> {
    let [leaflink, customer, status, reasons] = [leaflink, customer, status, reasons].map(str::to_owned);
    vec![leaflink, customer, "-".to_owned(), status, String::new(), String::new(), reasons]
}

fn with_notices(owner: &str, notices: &[String]) -> String {
    if notices.is_empty() { owner.to_owned() } else { format!("{owner} ({})", notices.join(", ")) }
}

/// Words in their first order, each once, with how often they came if more than once.
fn counted(words: &[&str]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for word in words {
        match counts.iter_mut().find(|(known, _)| known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    let shown = counts.iter().map(|(word, count)| match count {
        1 => (*word).to_owned(),
        count => format!("{word} ({count} times)"),
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// Subjects and texts. A line that most of the mails have is shown in the first of them only.
fn mails(mails: &[Mail]) -> String {
    let to_all = mails.first().filter(|first| mails.iter().all(|mail| mail.to == first.to));
    let mut text = match to_all {
        Some(first) => format!("  all to {}\n", first.to.join(", ")),
        None => String::new(),
    };
    let is_common = |line: &str| {
        mails.iter().filter(|mail| mail.text.lines().any(|it| it == line)).count() * 2 > mails.len()
    };
    let mut shown = BTreeSet::new();
    for mail in mails {
        text.push_str(&format!("* {}\n", mail.subject));
        if to_all.is_none() {
            text.push_str(&format!("  to {}\n", mail.to.join(", ")));
        }
        for line in mail.text.lines().filter(|line| !line.trim().is_empty()) {
            if !is_common(line) || shown.insert(line) {
                text.push_str(&wrapped(&format!("  {line}"), WIDTH, "     "));
                text.push('\n');
            }
        }
    }
    text
}

fn totals(report: &Report) -> String {
    let totals = &report.totals;
    let by_status: Vec<_> =
        totals.by_status.iter().map(|(status, orders)| format!("{orders} {status}")).collect();
    let mut text = format!(
        "  {} came over ({}), {} on hold, {} left alone\n\
         \x20 LeafLink's totals {:.2}, sales orders {:.2}, difference {:.2}\n\
         \x20 {}, {} at an order, {} to LeafLink; {} of the component with at most {} KiB of memory\n",
        totals.imported,
        by_status.join(", "),
        totals.held,
        totals.left_alone,
        totals.leaflink,
        totals.sales_orders,
        totals.difference,
        count(report.rounds, "round"),
        count(report.looks, "look"),
        count(report.leaflink_requests, "request"),
        count(report.calls, "call"),
        report.peak_memory_bytes / 1024,
    );
    for stumble in &report.stumbles {
        text.push_str(&wrapped(&format!("  {} {}", stumble.time, stumble.what), WIDTH, "        "));
        text.push('\n');
    }
    text.push_str(&format!("  {:.1} seconds\n", report.seconds));
    text
}
