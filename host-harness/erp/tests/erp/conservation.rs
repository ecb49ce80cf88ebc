//! Whatever people and the component do, goods are neither made nor lost.

use std::collections::BTreeMap;

use leaflink_sync_kit::host::records::SalesOrderStatus::{self, *};
use leaflink_sync_kit::host::records::{Error, SalesOrderUpdate};
use proptest::prelude::*;
use reference_erp::Package;
use rust_decimal::Decimal;

use crate::support::{GUMMIES, Shop, TEES, dec, draft, line, no_change, shop};

const STATUSES: [SalesOrderStatus; 7] =
    [Pending, Processing, ReadyToShip, Delivering, Delivered, Completed, Canceled];

/// One thing that somebody tries; many are refused.
#[derive(Clone, Debug)]
enum Step {
    Create(u32, u32),
    Status(u32, usize),
    Pack(u32, u32),
    Unpack(u32),
    Edit(u32, u32, u32),
    Remove(u32),
    Match(u32, Vec<(u32, u32)>),
    Part(u32),
    Delete(u32),
    Move(u32, bool),
}

fn step() -> impl Strategy<Value = Step> {
    let order = 0_u32..3;
    let quantity = 1_u32..120;
    prop_oneof![
        2 => (quantity.clone(), quantity.clone()).prop_map(|(a, b)| Step::Create(a, b)),
        4 => (order.clone(), 0_usize..7).prop_map(|(o, s)| Step::Status(o, s)),
        3 => (order.clone(), quantity.clone()).prop_map(|(o, q)| Step::Pack(o, q)),
        1 => order.clone().prop_map(Step::Unpack),
        2 => (order.clone(), quantity.clone(), quantity).prop_map(|(o, a, b)| Step::Edit(o, a, b)),
        1 => order.clone().prop_map(Step::Remove),
        2 => (order.clone(), prop::collection::vec((0_u32..3, 1_u32..60), 0..4))
            .prop_map(|(o, packages)| Step::Match(o, packages)),
        1 => order.clone().prop_map(Step::Part),
        1 => order.clone().prop_map(Step::Delete),
        1 => (order, any::<bool>()).prop_map(|(o, vault)| Step::Move(o, vault)),
    ]
}

/// Tries one step; refusals are fine.
fn take(shop: &Shop, step: &Step, number: usize) {
    let people = shop.erp.people(&shop.id);
    let id = |order: &u32| format!("so-{}", 1001 + order);
    let first = |order: &u32| format!("{}-1", id(order));
    let pair = |gummies: &u32, tees: &u32| {
        vec![line(GUMMIES, &gummies.to_string(), 1), line(TEES, &tees.to_string(), 2)]
    };
    let by_people = |result: reference_erp::Result<()>| result.map_err(Error::from);
    let outcome = match step {
        Step::Create(a, b) => shop.create(draft(&format!("n-{number}"), pair(a, b))).map(drop),
        Step::Status(order, status) => shop.set_status(&id(order), STATUSES[*status]),
        Step::Pack(order, quantity) => {
            by_people(people.fulfil_line(&id(order), &first(order), Decimal::from(*quantity)))
        }
        Step::Unpack(order) => by_people(people.unfulfil_line(&id(order), &first(order))),
        Step::Edit(order, a, b) => {
            let lines = Some(pair(a, b));
            shop.update(&id(order), SalesOrderUpdate { lines, ..no_change() })
        }
        Step::Remove(order) => by_people(people.remove_line(&id(order), &first(order))),
        Step::Match(order, packages) => {
            // One package has no name; the others are each packed for whichever order comes first.
            let package = |(tag, quantity): &(u32, u32)| Package {
                line: first(order),
                tag: (*tag > 0).then(|| format!("1A406030000000100000000{tag}")),
                quantity: Decimal::from(*quantity),
            };
            let packages: Vec<_> = packages.iter().map(package).collect();
            by_people(people.match_transfer(&id(order), "m", &packages, None).map(drop))
        }
        Step::Part(transfer) => by_people(people.unmatch_transfer(&format!("tr-{}", 1001 + transfer))),
        Step::Delete(order) => by_people(people.delete_sales_order(&id(order), None)),
        Step::Move(order, vault) => {
            let place = if *vault { "vault" } else { "annex" };
            by_people(people.set_location(&id(order), place))
        }
    };
    if let Err(Error::Unavailable(why)) = outcome {
        panic!("{step:?}: {why}");
    }
}

/// On the shelf, and packed or sold, of one product.
fn goods(shop: &Shop, product: &str) -> Decimal {
    let levels = shop.stock(product);
    let shelf: Decimal = levels.iter().map(|row| dec(&row.active)).sum();
    let orders = shop.call(|records| records.list_sales_orders(None, 500)).unwrap();
    let lines = orders.iter().flat_map(|order| &order.lines);
    let packed: Decimal = lines.filter(|line| line.product == product).map(|line| dec(&line.fulfilled)).sum();
    shelf + packed
}

/// What each line has packed, by its packages.
fn packages(shop: &Shop) -> BTreeMap<String, Decimal> {
    let orders = shop.call(|records| records.list_sales_orders(None, 500)).unwrap();
    let mut packed = BTreeMap::new();
    for order in orders {
        for package in shop.erp.packages(&shop.id, &order.id).unwrap() {
            *packed.entry(package.line).or_default() += package.quantity;
        }
    }
    packed
}

/// What each line has packed, by the line.
fn fulfilled(shop: &Shop) -> BTreeMap<String, Decimal> {
    let orders = shop.call(|records| records.list_sales_orders(None, 500)).unwrap();
    let lines = orders.into_iter().flat_map(|order| order.lines);
    let packed = lines.map(|line| (line.id, dec(&line.fulfilled)));
    packed.filter(|(_, packed)| !packed.is_zero()).collect()
}

/// Reserved and promised, worked out anew from the orders.
fn wanted(shop: &Shop, product: &str) -> (Decimal, Decimal) {
    let orders = shop.call(|records| records.list_sales_orders(None, 500)).unwrap();
    let mut wanted = (Decimal::ZERO, Decimal::ZERO);
    for order in &orders {
        for line in order.lines.iter().filter(|line| line.product == product) {
            match order.status {
                Processing => wanted.0 += dec(&line.quantity) - dec(&line.fulfilled),
                Pending => wanted.1 += dec(&line.quantity),
                _ => {}
            }
        }
    }
    wanted
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn goods_are_conserved(steps in prop::collection::vec(step(), 1..30)) {
        let shop = shop();
        for (number, step) in steps.iter().enumerate() {
            take(&shop, step, number);
            prop_assert_eq!(goods(&shop, GUMMIES), dec("300"));
            prop_assert_eq!(goods(&shop, TEES), dec("100"));
            prop_assert_eq!(packages(&shop), fulfilled(&shop));
            for product in [GUMMIES, TEES] {
                let levels = shop.stock(product);
                let reserved: Decimal = levels.iter().map(|row| dec(&row.reserved)).sum();
                let promised: Decimal = levels.iter().map(|row| dec(&row.promised)).sum();
                prop_assert_eq!((reserved, promised), wanted(&shop, product));
            }
        }
    }
}
