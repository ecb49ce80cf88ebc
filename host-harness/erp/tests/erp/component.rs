//! The component's state, its mail and its journal.

use leaflink_sync_kit::host::mail::Message;
use leaflink_sync_kit::host::types::{Change, Decision, Effect, Fact, Outcome, Reason, Severity, Stream};
use leaflink_sync_kit::host::{CompanyId, Journal, Mail, Store};
use leaflink_sync_kit::{CallId, CallInfo};

use crate::support::{seed, shop};

fn keys(store: &mut dyn Store, prefix: &str, after: Option<&str>, limit: u32) -> Vec<String> {
    let entries = store.scan(prefix, after, limit).unwrap();
    entries.into_iter().map(|entry| entry.key).collect()
}

fn decision(label: &str) -> Decision {
    Decision {
        stream: Stream::SalesOrders,
        subject: "so-1001".into(),
        label: label.into(),
        outcome: Outcome::Held,
        reasons: vec![Reason {
            code: "insufficient-stock".into(),
            severity: Severity::Blocking,
            message: "Gummies: 300 ordered, 240 available.".into(),
            fix: "Receive stock.".into(),
            field: Some("line_items[0].quantity".into()),
            facts: vec![Fact { name: "available".into(), value: "240".into() }],
        }],
        effects: vec![Effect {
            kind: "queue-mail".into(),
            target: "admins".into(),
            summary: "Tell the admins".into(),
            changes: vec![Change { field: "status".into(), before: None, after: Some("held".into()) }],
        }],
    }
}

#[test]
fn state_is_an_ordered_map() {
    let shop = shop();
    let mut call = shop.erp.begin(&shop.id).unwrap();
    for key in ["order/b", "order/a", "order/ä", "order0", "orde", "order/"] {
        call.put(key, key.as_bytes()).unwrap();
    }
    call.put("order/a", b"again").unwrap();
    assert_eq!(call.get("order/a").unwrap().as_deref(), Some(&b"again"[..]));
    assert_eq!(call.get("none").unwrap(), None);
    assert_eq!(keys(&mut call, "order/", None, 10), ["order/", "order/a", "order/b", "order/ä"]);
    assert_eq!(keys(&mut call, "order/", None, 2), ["order/", "order/a"]);
    assert_eq!(keys(&mut call, "order/", Some("order/a"), 10), ["order/b", "order/ä"]);
    assert_eq!(keys(&mut call, "", None, 1), ["orde"]);
    call.delete("order/a").unwrap();
    call.delete("order/a").unwrap();
    assert_eq!(call.get("order/a").unwrap(), None);
}

#[test]
fn state_is_each_companys_own() {
    let shop = shop();
    let other = CompanyId("other".into());
    shop.erp.seed(&other, &seed()).unwrap();
    let mut call = shop.erp.begin(&shop.id).unwrap();
    call.put("key", b"ours").unwrap();
    call.commit().unwrap();
    let mut call = shop.erp.begin(&other).unwrap();
    assert_eq!(call.get("key").unwrap(), None);
    assert!(keys(&mut call, "", None, 10).is_empty());
}

#[test]
fn mail_goes_to_the_admins_and_whom_it_names_each_once() {
    let shop = shop();
    let message = |subject: &str| Message {
        also_to: vec!["ops@foxglove.example".into(), "dana@foxglove.example".into()],
        subject: subject.into(),
        text: "Line one\nLine two".into(),
    };
    let mut call = shop.erp.begin(&shop.id).unwrap();
    call.queue(message("first")).unwrap();
    call.queue(message("second")).unwrap();
    assert!(shop.erp.unsent_mail(&shop.id).unwrap().is_empty());
    call.commit().unwrap();
    let waiting = shop.erp.unsent_mail(&shop.id).unwrap();
    assert_eq!(waiting.len(), 2);
    assert_eq!(waiting[0].subject, "first");
    assert_eq!(waiting[0].text, "Line one\nLine two");
    assert_eq!(waiting[0].to, ["dana@foxglove.example", "ops@foxglove.example"]);
    shop.erp.mark_sent(&shop.id, waiting[0].id).unwrap();
    let waiting = shop.erp.unsent_mail(&shop.id).unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].subject, "second");
    assert!(shop.erp.mark_sent(&shop.id, 99).is_err());
}

#[test]
fn the_journal_keeps_decisions_whole_with_call_and_time() {
    let shop = shop();
    for (id, labels) in [("a", &["one", "two"][..]), ("b", &["three"])] {
        let info = CallInfo {
            id: CallId(id.to_owned()),
            call: "on-order",
            subject: None,
            component: "0.1.0 (abc)".to_owned(),
        };
        let mut call = shop.erp.begin(&shop.id).unwrap().of_call(&info);
        for label in labels {
            call.append(decision(label)).unwrap();
        }
        call.commit().unwrap();
    }
    let entries = shop.erp.journal(&shop.id, 0, 10).unwrap();
    let decisions: Vec<_> = entries.iter().map(|entry| entry.decision.clone()).collect();
    assert_eq!(decisions, [decision("one"), decision("two"), decision("three")]);
    let calls: Vec<_> = entries.iter().map(|entry| entry.call_id.as_str()).collect();
    assert_eq!(calls, ["a", "a", "b"]);
    assert!(entries.iter().all(|entry| entry.call == "on-order" && entry.component == "0.1.0 (abc)"));
    assert_eq!(entries[0].decided_at_ms, entries[1].decided_at_ms);
    assert!(entries[2].decided_at_ms > entries[1].decided_at_ms);
    let rest = shop.erp.journal(&shop.id, entries[0].id, 1).unwrap();
    assert_eq!(rest, [entries[1].clone()]);
}

#[test]
fn nobody_changes_the_journal() {
    let shop = shop();
    let mut call = shop.erp.begin(&shop.id).unwrap();
    call.append(decision("one")).unwrap();
    call.commit().unwrap();
    let file = rusqlite::Connection::open(shop.erp.path()).unwrap();
    assert!(file.execute("UPDATE journal SET label = 'x'", []).is_err());
    assert!(file.execute("DELETE FROM journal", []).is_err());
}

#[test]
fn a_journal_that_somebody_changed_is_found_out() {
    let shop = shop();
    let other = CompanyId("other".into());
    shop.erp.seed(&other, &seed()).unwrap();
    for (company, label) in [(&shop.id, "one"), (&other, "theirs"), (&shop.id, "two"), (&shop.id, "three")] {
        let mut call = shop.erp.begin(company).unwrap();
        call.append(decision(label)).unwrap();
        call.commit().unwrap();
    }
    let sealed = shop.erp.verify_journal(&shop.id).unwrap();
    assert_eq!((sealed.entries, sealed.last.len()), (3, 64));
    assert_eq!(shop.erp.verify_journal(&other).unwrap().entries, 1);

    let file = rusqlite::Connection::open(shop.erp.path()).unwrap();
    file.execute_batch("DROP TRIGGER journal_is_never_changed; DROP TRIGGER journal_is_never_shortened")
        .unwrap();
    file.execute_batch("CREATE TEMP TABLE kept AS SELECT * FROM journal").unwrap();
    let columns = [
        ("label", "'x'"),
        ("subject", "'so-1002'"),
        ("outcome", "'applied'"),
        ("stream", "'orders'"),
        ("reasons", "'[]'"),
        ("effects", "replace(effects, 'held', 'helD')"),
        ("decided_at", "decided_at + 1"),
        ("call_id", "'x'"),
        ("call", "'x'"),
        ("component", "'x'"),
        ("seal", "zeroblob(32)"),
        ("seal", "NULL"),
    ];
    for (column, value) in columns {
        file.execute_batch(&format!("UPDATE journal SET {column} = {value} WHERE id = 3")).unwrap();
        let error = shop.erp.verify_journal(&shop.id).unwrap_err().to_string();
        assert!(error.contains("entry 3 "), "{column}: {error}");
        assert_eq!(shop.erp.verify_journal(&other).unwrap().entries, 1, "{column}");
        file.execute_batch("DELETE FROM journal; INSERT INTO journal SELECT * FROM kept").unwrap();
        assert_eq!(shop.erp.verify_journal(&shop.id).unwrap(), sealed);
    }
    file.execute_batch("DELETE FROM journal WHERE id = 3").unwrap();
    let error = shop.erp.verify_journal(&shop.id).unwrap_err().to_string();
    assert!(error.contains("entry 4 "), "{error}");
}
