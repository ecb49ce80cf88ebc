//! A small order and its surroundings, for the rules' own tests.

use super::{
    Company, Customer, ErpProduct, Order, OrderLine, SalesRep, Snapshot, SourceStatus, StockLevel, User,
};
use crate::rules::ids::{
    CompanyId, CustomerId, LeafLinkProductId, LineId, OrderNumber, ProductId, SalesOrderId, StaffId, UserId,
};
use crate::rules::product::unit_type::{Measures, UnitType};
use crate::rules::sales_order::{Line, SalesOrder, Status};

/// One line: quantity in units, units in a case, price of a case.
pub fn line(quantity: &str, units_per_case: &str, case_price: &str) -> OrderLine {
    OrderLine {
        id: LineId(9_100_001),
        product: Some(LeafLinkProductId(501)),
        name: "Gummies".to_owned(),
        sku: "GUM-12".to_owned(),
        quantity: quantity.parse().unwrap(),
        units_per_case: units_per_case.parse().unwrap(),
        case_price: case_price.parse().unwrap(),
        is_sample: false,
        note: None,
        unit: Some("Unit".to_owned()),
    }
}

/// Counted in pieces.
pub fn pieces() -> UnitType {
    UnitType { name: "Unit".to_owned(), measures: Measures::Pieces, per_si_unit: None }
}

/// A submitted order of two cases, 216.00 in all.
pub fn order() -> Order {
    Order {
        number: OrderNumber("5d0c6f1e-93b7-4b0e-8a55-c0ffee12ab01".to_owned()),
        short_id: "ee12ab01".to_owned(),
        status: SourceStatus::Submitted,
        placed_at_ms: 1_772_000_000_000,
        modified: "2026-03-02T09:20:49.494713-07:00".to_owned(),
        customer: Some(Customer { id: CustomerId(310), name: "Copper Kettle".to_owned() }),
        sales_reps: vec![SalesRep { staff: StaffId(4107), name: "Rae Okafor".to_owned() }],
        classification: None,
        lines: vec![line("24", "12", "108.00")],
        discount: None,
        taxes: Vec::new(),
        final_tax: None,
        shipping: "0".parse().unwrap(),
        credits: "0".parse().unwrap(),
        total: "216.00".parse().unwrap(),
        currency: "USD".to_owned(),
        external_notes: None,
        internal_notes: None,
        ship_day: None,
        external_ids: Default::default(),
        available_transitions: Vec::new(),
    }
}

/// An ERP in which that order goes through.
pub fn snapshot() -> Snapshot {
    let product = ProductId("p-gummies".to_owned());
    Snapshot {
        currency: "USD".to_owned(),
        users: [(
            StaffId(4107),
            Some(User { id: UserId("u-rae".to_owned()), name: "Rae Okafor".to_owned(), active: true }),
        )]
        .into_iter()
        .collect(),
        products: [(
            LeafLinkProductId(501),
            ErpProduct { id: product.clone(), name: "Gummies".to_owned(), unit: pieces() },
        )]
        .into_iter()
        .collect(),
        stock: vec![StockLevel {
            product,
            location: None,
            active: "100".parse().unwrap(),
            reserved: "0".parse().unwrap(),
            promised: "0".parse().unwrap(),
        }],
        companies: vec![Company {
            id: CompanyId("c-kettle".to_owned()),
            name: "Copper Kettle".to_owned(),
            addresses: Vec::new(),
            default_inventory_source: None,
            leaflink_customer: Some(CustomerId(310)),
        }],
        ..Snapshot::default()
    }
}

/// The sales order that [`order`] became.
pub fn sales_order(status: Status, fulfilled: bool) -> SalesOrder {
    let line = line("24", "12", "108.00");
    SalesOrder {
        id: SalesOrderId("so-1".to_owned()),
        number: "SO-1001".to_owned(),
        status,
        customer: None,
        owner: Some(UserId("u-rae".to_owned())),
        location: None,
        delivery_day: None,
        lines: vec![Line {
            id: "l-1".to_owned(),
            product: ProductId("p-gummies".to_owned()),
            quantity: line.quantity,
            unit_price: "9".parse().unwrap(),
            total: "216.00".parse().unwrap(),
            is_sample: false,
            note: None,
            location: None,
            leaflink_line: Some(line.id),
            fulfilled: if fulfilled { line.quantity } else { "0".parse().unwrap() },
        }],
        charges: Vec::new(),
    }
}
