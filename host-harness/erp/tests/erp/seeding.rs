//! Seed files: short when right, plain when wrong.

use leaflink_sync_kit::host::records::{SalesOrderStatus, UnitCategory};
use leaflink_sync_kit::host::{CompanyId, Records};
use reference_erp::seed::Stock;
use reference_erp::{Erp, Seed, Tracking};

use crate::support::{dec, seed, shop};

fn error(text: &str) -> String {
    match text.parse::<Seed>() {
        Ok(_) => panic!("the seed was accepted"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_is_left_out_has_a_default() {
    let seed: Seed = r#"{
        "company": {"name": "Tiny"},
        "products": [{"id": "p", "name": "P"}]
    }"#
    .parse()
    .unwrap();
    assert_eq!(seed.company.currency, "USD");
    let product = &seed.products[0];
    assert_eq!(product.unit, "Unit");
    assert_eq!(product.tracking, Tracking::Package);
    assert_eq!(product.stock, Stock::default());
    assert!(product.active);
}

#[test]
fn other_unit_names_become_the_companys_own() {
    let erp = Erp::temporary().unwrap();
    let id = CompanyId("tiny".into());
    let seed: Seed = r#"{
        "company": {"name": "Tiny"},
        "products": [{"id": "p", "name": "P", "unit": "Cartridge"}]
    }"#
    .parse()
    .unwrap();
    erp.seed(&id, &seed).unwrap();
    let mut view = erp.view(&id).unwrap();
    let unit = view.list_products(None, 1).unwrap().remove(0).unit_type;
    assert_eq!((unit.name.as_str(), unit.category), ("Cartridge", UnitCategory::Custom));
    assert_eq!(unit.per_si_unit, None);
}

#[test]
fn mistakes_are_told_with_line_place_and_what_was_expected() {
    let unknown = error("{\n\"company\": {\"name\": \"A\"},\n\"user\": []}");
    assert!(unknown.starts_with("seed, line 3: "), "{unknown}");
    assert!(unknown.contains("unknown field `user`"), "{unknown}");
    assert!(unknown.contains("`users`"), "{unknown}");

    let float = error(
        "{\"company\": {\"name\": \"A\"},\n\"products\": [\n\
         {\"id\": \"p\", \"name\": \"P\",\n\"sale_price\": 9.5}]}",
    );
    assert!(float.starts_with("seed, line 4: products[0].sale_price: "), "{float}");
    assert!(float.contains("a decimal in quotes"), "{float}");

    let stock = error(
        "{\"company\": {\"name\": \"A\"},\n\
         \"products\": [{\"id\": \"p\", \"name\": \"P\", \"stock\": \"lots\"}]}",
    );
    assert!(stock.contains("line 2: products[0].stock: "), "{stock}");
    assert!(stock.contains("or \"unknown\""), "{stock}");

    let cut = error("{\"company\": {\"name\": \"A\"},\n");
    assert!(cut.starts_with("seed, line 2: "), "{cut}");
    let missing = error("{\"users\": []}");
    assert!(missing.contains("missing field `company`"), "{missing}");
    assert!(error("{\"company\": {\"name\": \"A\"}} x").contains("trailing"));
}

#[test]
fn a_seed_must_agree_with_itself() {
    let company = "{\"company\": {\"name\": \"A\"},\n";
    let place = error(&format!(
        "{company}\"locations\": [{{\"id\": \"vault\", \"name\": \"V\"}}],\n\
         \"products\": [{{\"id\": \"p\", \"name\": \"P\",\n\"stock\": {{\"vualt\": \"1\"}}}}]}}"
    ));
    assert_eq!(
        place,
        "seed, line 4: products[0].stock.vualt: there is no location `vualt`; \
         expected one of vault"
    );
    let twice = error(&format!(
        "{company}\"users\": [\n{{\"id\": \"u\", \"name\": \"U\", \"email\": \"\"}},\n\
         {{\"id\": \"u\", \"name\": \"V\", \"email\": \"\"}}]}}"
    ));
    assert_eq!(twice, "seed, line 4: users[1].id: `u` is used twice; ids are unique");
    let linked = error(&format!(
        "{company}\"products\": [{{\"id\": \"p\", \"name\": \"P\", \"leaflink_product\": 5}},\n\
         {{\"id\": \"q\", \"name\": \"Q\", \"leaflink_product\": 5}}]}}"
    ));
    assert!(linked.contains("line 3: products[1].leaflink_product: 5 is linked"), "{linked}");
    let negative = error(&format!(
        "{company}\"products\": [{{\"id\": \"p\", \"name\": \"P\", \"sale_price\": \"-1\"}}]}}"
    ));
    assert!(negative.contains("expected zero or more"), "{negative}");
    let owner = error(&format!("{company}\"sales_orders\": [{{\"owner\": \"u-x\", \"lines\": []}}]}}"));
    assert!(owner.contains("there is no owner `u-x`; the file has none"), "{owner}");
}

#[test]
fn files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop.json");
    let missing = Seed::load(&path).err().unwrap().to_string();
    assert!(missing.contains("shop.json: the file cannot be read"), "{missing}");
    std::fs::write(&path, "{\n}").unwrap();
    let wrong = Seed::load(&path).err().unwrap().to_string();
    assert!(wrong.contains("shop.json, line 2: missing field `company`"), "{wrong}");
}

#[test]
fn a_company_is_made_once() {
    let shop = shop();
    let before = shop.erp.dump().unwrap();
    let again = shop.erp.seed(&shop.id, &seed()).err().unwrap().to_string();
    assert!(again.contains("foxglove exists already"), "{again}");
    assert_eq!(shop.erp.dump().unwrap(), before);
}

#[test]
fn existing_orders_are_taken_to_their_status() {
    let erp = Erp::temporary().unwrap();
    let id = CompanyId("foxglove".into());
    let mut start = seed();
    let order = |status: &str| {
        let text = format!(
            r#"{{"company": {{"name": "A"}}, "products": [{{"id": "p-gummies", "name": "G"}}],
                "sales_orders": [{{"status": "{status}",
                "lines": [{{"product": "p-gummies", "quantity": 10, "unit_price": "9.00"}}]}}]}}"#
        );
        let mut order = text.parse::<Seed>().unwrap().sales_orders.remove(0);
        order.location = Some("vault".into());
        order.customer = Some("c-kettle".into());
        order
    };
    for status in ["pending", "processing", "ready-to-ship", "completed", "canceled"] {
        start.sales_orders.push(order(status));
    }
    erp.seed(&id, &start).unwrap();
    let statuses: Vec<_> = erp
        .sales_orders_table(&id, None)
        .unwrap()
        .into_iter()
        .map(|row| (row.number, row.status, row.total))
        .collect();
    let row = |number: &str, status| (number.to_owned(), status, dec("90"));
    assert_eq!(
        statuses,
        [
            row("SO-1001", SalesOrderStatus::Pending),
            row("SO-1002", SalesOrderStatus::Processing),
            row("SO-1003", SalesOrderStatus::ReadyToShip),
            row("SO-1004", SalesOrderStatus::Completed),
            row("SO-1005", SalesOrderStatus::Canceled),
        ]
    );
    let mut view = erp.view(&id).unwrap();
    let levels = view.stock(&["p-gummies".into()]).unwrap();
    assert_eq!((levels[1].active.as_str(), levels[1].reserved.as_str()), ("220", "10"));
}
