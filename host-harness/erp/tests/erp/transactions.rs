//! One call is one transaction.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use leaflink_sync_kit::host::mail::Message;
use leaflink_sync_kit::host::{CompanyId, Records, Store, Transaction};
use reference_erp::Erp;

use crate::support::{GUMMIES, draft, line, seed, shop};

fn write_everywhere(call: &mut dyn Transaction) {
    call.put("key", &[7; 100_000]).unwrap();
    call.create_sales_order(draft("n-1", vec![line(GUMMIES, "1", 1)])).unwrap();
    call.link_product(GUMMIES, None).unwrap();
    let message = Message { also_to: Vec::new(), subject: "s".into(), text: "t".into() };
    call.queue(message).unwrap();
}

#[test]
fn a_dropped_transaction_leaves_the_file_byte_for_byte() {
    let shop = shop();
    shop.erp.checkpoint().unwrap();
    let bytes = std::fs::read(shop.erp.path()).unwrap();
    let dump = shop.erp.dump().unwrap();
    let mut call: Box<dyn Transaction> = Box::new(shop.erp.begin(&shop.id).unwrap());
    write_everywhere(&mut *call);
    drop(call);
    assert_eq!(shop.erp.dump().unwrap(), dump);
    shop.erp.checkpoint().unwrap();
    assert!(std::fs::read(shop.erp.path()).unwrap() == bytes, "the file changed");
}

#[test]
fn a_call_sees_its_own_writes_and_others_only_after_the_commit() {
    let shop = shop();
    let mut call: Box<dyn Transaction> = Box::new(shop.erp.begin(&shop.id).unwrap());
    write_everywhere(&mut *call);
    assert_eq!(call.list_sales_orders(None, 10).unwrap().len(), 1);
    let orders = || {
        let mut view = shop.erp.view(&shop.id).unwrap();
        view.list_sales_orders(None, 10).unwrap().len()
    };
    assert_eq!(orders(), 0);
    call.commit().unwrap();
    assert_eq!(orders(), 1);
}

#[test]
fn a_view_cannot_write() {
    let shop = shop();
    let mut view = shop.erp.view(&shop.id).unwrap();
    assert!(view.put("key", b"value").is_err());
    assert!(view.link_product(GUMMIES, None).is_err());
}

#[test]
fn transactions_take_turns() {
    let shop = shop();
    let inside = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let (erp, id, inside) = (shop.erp.clone(), shop.id.clone(), Arc::clone(&inside));
            thread::spawn(move || {
                for _ in 0..25 {
                    let mut call = erp.begin(&id).unwrap();
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                    let count = call.get("count").unwrap().map_or(0, |bytes| bytes[0]);
                    call.put("count", &[count + 1]).unwrap();
                    inside.fetch_sub(1, Ordering::SeqCst);
                    call.commit().unwrap();
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let mut view = shop.erp.view(&shop.id).unwrap();
    assert_eq!(view.get("count").unwrap(), Some(vec![100]));
}

#[test]
fn an_unknown_company_is_an_error() {
    let shop = shop();
    let nobody = CompanyId("nobody".into());
    assert!(shop.erp.begin(&nobody).is_err());
    assert!(shop.erp.view(&nobody).is_err());
    // The turn was given back.
    assert!(shop.erp.begin(&shop.id).is_ok());
}

#[test]
fn what_was_committed_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("erp.sqlite");
    let id = CompanyId("foxglove".into());
    {
        let erp = Erp::open(&path).unwrap();
        erp.seed(&id, &seed()).unwrap();
        let mut call: Box<dyn Transaction> = Box::new(erp.begin(&id).unwrap());
        write_everywhere(&mut *call);
        call.commit().unwrap();
    }
    let erp = Erp::open(&path).unwrap();
    let mut view = erp.view(&id).unwrap();
    assert_eq!(view.list_sales_orders(None, 10).unwrap().len(), 1);
    assert_eq!(view.get("key").unwrap().map(|value| value.len()), Some(100_000));
    assert_eq!(erp.unsent_mail(&id).unwrap().len(), 1);
}

#[test]
fn a_file_that_is_no_database_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "just some notes, long enough not to be empty").unwrap();
    let error = Erp::open(&path).err().map(|error| format!("{error:#}")).unwrap();
    assert!(error.contains("notes.txt"), "{error}");
}
