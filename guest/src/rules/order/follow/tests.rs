//! Each kind of edit, each "don't" of the guide, and what stays the ERP's own.

use super::*;
use crate::rules::ids::{LeafLinkProductId, StaffId};
use crate::rules::order::draft::ChargeKind;
use crate::rules::order::{Discount, ErpProduct, SalesRep, SourceStatus, User, sample};

struct Case {
    order: Order,
    base: Projection,
    sales_order: SalesOrder,
    snapshot: Snapshot,
    settings: Settings,
}

/// An order that was imported and not touched since.
fn case(status: Status, fulfilled: bool) -> Case {
    let order = sample::order();
    Case {
        base: Projection::of(&order),
        order,
        sales_order: sample::sales_order(status, fulfilled),
        snapshot: sample::snapshot(),
        settings: Settings::default(),
    }
}

impl Case {
    fn run(&self) -> (Followed, Findings) {
        let mut findings = Findings::default();
        let draw = &mut |_| 0;
        let followed = follow(
            &self.order,
            &self.base,
            &self.sales_order,
            &self.snapshot,
            &self.settings,
            draw,
            &mut findings,
        );
        (followed, findings)
    }

    /// The lines after the edit as `quantity x total`, and the codes of the reasons.
    fn lines(&self) -> (Option<Vec<String>>, Vec<Code>) {
        let (followed, findings) = self.run();
        let lines = followed.update.lines.map(|lines| {
            lines.iter().map(|line| format!("{} x {}", plain(line.quantity), cents(line.total))).collect()
        });
        (lines, findings.reasons.iter().map(|reason| reason.code).collect())
    }

    fn add_line(&mut self) {
        let mut line = sample::line("5", "1", "10.00");
        line.id = LineId(9_100_002);
        self.order.lines.push(line);
    }
}

#[test]
fn nothing_edited_nothing_written() {
    for status in Status::ALL {
        let (followed, findings) = case(status, false).run();
        assert!(followed.update.is_empty(), "{status}");
        assert!(findings.reasons.is_empty());
    }
}

#[test]
fn a_new_quantity_reaches_its_line_and_keeps_the_lines_id() {
    let mut case = case(Status::Processing, false);
    case.order.lines[0].quantity = "36".parse().unwrap();
    assert_eq!(case.lines(), (Some(vec!["36 x 324.00".to_owned()]), vec![]));
    assert_eq!(case.run().0.update.lines.unwrap()[0].id.as_deref(), Some("l-1"));
}

#[test]
fn a_new_price_reaches_its_line() {
    let mut case = case(Status::Pending, false);
    case.order.lines[0].case_price = "120".parse().unwrap();
    assert_eq!(case.lines(), (Some(vec!["24 x 240.00".to_owned()]), vec![]));
}

#[test]
fn from_the_freeze_on_prices_and_only_prices_are_ignored() {
    let mut case = case(Status::Processing, false);
    case.settings.price_freeze_status = Some(Status::Processing);
    case.order.lines[0].case_price = "120".parse().unwrap();
    case.order.discount = Some(Discount::Amount("5".parse().unwrap()));
    let (followed, _) = case.run();
    assert_eq!((followed.update.lines.clone(), followed.update.charges.clone()), (None, None));

    case.order.lines[0].quantity = "36".parse().unwrap();
    case.order.internal_notes = Some("new".to_owned());
    assert_eq!(case.lines(), (Some(vec!["36 x 324.00".to_owned()]), vec![]));
    assert_eq!(case.run().0.update.internal_notes.as_deref(), Some("new"));
}

#[test]
fn before_the_freeze_prices_follow() {
    let mut case = case(Status::Pending, false);
    case.settings.price_freeze_status = Some(Status::Processing);
    case.order.lines[0].case_price = "120".parse().unwrap();
    assert!(case.lines().0.is_some());
}

#[test]
fn a_line_can_be_added_up_to_processing() {
    for status in [Status::Pending, Status::Processing] {
        let mut case = case(status, false);
        case.add_line();
        assert_eq!(case.lines(), (Some(vec!["24 x 216.00".to_owned(), "5 x 50.00".to_owned()]), vec![]));
    }
}

#[test]
fn a_line_added_past_processing_is_refused_and_tried_again() {
    let mut case = case(Status::ReadyToShip, true);
    case.add_line();
    assert_eq!(case.lines(), (None, vec![Code::LineAddedTooLate]));
    let (followed, _) = case.run();
    assert_eq!(followed.applied.lines.len(), 1, "the refused line is not remembered as applied");
}

#[test]
fn a_fulfilled_line_is_not_changed_nor_removed() {
    let mut changed = case(Status::ReadyToShip, true);
    changed.order.lines[0].quantity = "12".parse().unwrap();
    assert_eq!(changed.lines(), (None, vec![Code::FulfilledLineEdited]));

    let mut removed = case(Status::Processing, true);
    removed.add_line();
    removed.order.lines.remove(0);
    let (lines, codes) = removed.lines();
    assert_eq!(codes, [Code::FulfilledLineEdited]);
    assert_eq!(lines.unwrap(), ["5 x 50.00", "24 x 216.00"], "the rest of the edit goes through");
}

#[test]
fn a_removed_line_goes() {
    let mut case = case(Status::Processing, false);
    case.add_line();
    case.order.lines.remove(0);
    assert_eq!(case.lines(), (Some(vec!["5 x 50.00".to_owned()]), vec![]));
}

#[test]
fn an_added_line_needs_a_linked_product() {
    let mut case = case(Status::Processing, false);
    case.add_line();
    case.order.lines[1].product = Some(LeafLinkProductId(999));
    assert_eq!(case.lines(), (None, vec![Code::ProductNotConnected]));
}

#[test]
fn what_the_erp_changed_stays_until_leaflink_edits_the_same_line() {
    let mut case = case(Status::Processing, false);
    case.sales_order.lines[0].quantity = "20".parse().unwrap();
    case.sales_order.lines[0].total = "180".parse().unwrap();
    assert!(case.run().0.update.is_empty());

    case.order.lines[0].note = Some("ripe ones".to_owned());
    let (followed, _) = case.run();
    let line = &followed.update.lines.unwrap()[0];
    assert_eq!((plain(line.quantity).as_str(), line.note.as_deref()), ("20", Some("ripe ones")));
}

#[test]
fn lines_and_charges_added_in_the_erp_survive_an_edit() {
    let mut case = case(Status::Processing, false);
    let mut own = case.sales_order.lines[0].clone();
    own.id = "l-2".to_owned();
    own.leaflink_line = None;
    case.sales_order.lines.push(own);
    let own_charge = Charge {
        name: "Pallet".to_owned(),
        kind: ChargeKind::Charge,
        percent: None,
        amount: "9.00".parse().unwrap(),
        tax: None,
        locked: false,
        source: None,
    };
    case.sales_order.charges.push(own_charge.clone());

    case.order.lines[0].quantity = "36".parse().unwrap();
    case.order.credits = "10".parse().unwrap();
    let (followed, _) = case.run();
    assert_eq!(followed.update.lines.unwrap().len(), 2);
    let charges = followed.update.charges.unwrap();
    assert_eq!(charges.iter().filter(|charge| charge.locked).count(), 1);
    assert!(charges.contains(&own_charge));
}

#[test]
fn lines_move_as_leaflink_moves_them() {
    let mut case = case(Status::Processing, false);
    case.add_line();
    case.base = Projection::of(&case.order);
    let mut second = case.sales_order.lines[0].clone();
    second.id = "l-2".to_owned();
    second.leaflink_line = Some(LineId(9_100_002));
    case.sales_order.lines.push(second);
    case.order.lines.swap(0, 1);
    let ids: Vec<_> = case.run().0.update.lines.unwrap().into_iter().map(|line| line.id.unwrap()).collect();
    assert_eq!(ids, ["l-2", "l-1"]);

    case.base = Projection::of(&case.order);
    assert!(case.run().0.update.is_empty(), "an order of lines that only the ERP changed stays");
}

#[test]
fn a_note_the_erp_changed_is_not_overwritten_by_an_echo() {
    let mut case = case(Status::Processing, false);
    case.order.external_notes = Some("as before".to_owned());
    case.base = Projection::of(&case.order);
    assert!(case.run().0.update.is_empty());
    case.order.external_notes = None;
    assert_eq!(case.run().0.update.external_notes.as_deref(), Some(""), "a note taken away in LeafLink goes");
}

#[test]
fn a_new_sales_rep_changes_the_owner_only_when_the_owner_is_none_of_them() {
    let mut case = case(Status::Processing, false);
    let tom = User { id: UserId("u-tom".to_owned()), name: "Tom".to_owned(), active: true };
    case.snapshot.users.insert(StaffId(4108), Some(tom));
    case.order.sales_reps.push(SalesRep { staff: StaffId(4108), name: "Tom".to_owned() });
    assert_eq!(case.run().0.update.owner, None);
    case.order.sales_reps.remove(0);
    assert_eq!(case.run().0.update.owner, Some(UserId("u-tom".to_owned())));
}

#[test]
fn a_new_product_on_a_line_follows() {
    let mut case = case(Status::Pending, false);
    let other =
        ErpProduct { id: ProductId("p-2".to_owned()), name: "Two".to_owned(), unit: sample::pieces() };
    case.snapshot.products.insert(LeafLinkProductId(502), other);
    case.order.lines[0].product = Some(LeafLinkProductId(502));
    assert_eq!(case.run().0.update.lines.unwrap()[0].product, ProductId("p-2".to_owned()));
}

#[test]
fn a_status_is_followed_when_it_moved_and_not_when_the_erp_went_back() {
    let mut case = case(Status::Pending, false);
    case.order.status = SourceStatus::Accepted;
    assert_eq!(case.run().0.update.status, Some(Status::Processing));
    case.base.status = SourceStatus::Accepted;
    assert_eq!(case.run().0.update.status, None, "the ERP's own step back stays");
}

#[test]
fn a_canceled_sales_order_is_left_alone() {
    let mut case = case(Status::Canceled, false);
    case.order.lines[0].quantity = "1".parse().unwrap();
    case.order.status = SourceStatus::Accepted;
    assert!(case.run().0.update.is_empty());
}

#[test]
fn what_is_counted_in_another_unit_type_does_not_follow() {
    let mut case = case(Status::Pending, false);
    case.order.lines[0].unit = Some("Gram".to_owned());
    assert_eq!(case.lines(), (None, vec![]), "nothing of it was edited");
    case.order.lines[0].quantity = "36".parse().unwrap();
    assert_eq!(case.lines(), (None, vec![Code::LineUnitDiffers]));
    case.order = sample::order();
    case.add_line();
    case.order.lines[1].unit = Some("Gram".to_owned());
    assert_eq!(case.lines(), (None, vec![Code::LineUnitDiffers]));
}
