//! The arithmetic of stock, without any database.
//!
//! A line of a sales order moves goods through three stages: its unfulfilled part is *reserved*
//! (still on the shelf, and in `active`), its fulfilled part is *packed* (off the shelf), and when
//! the order is completed the packed part is *sold*. Whatever happens, what is on the shelf plus
//! what is packed or sold is what came in.

use leaflink_sync_kit::host::records::SalesOrderStatus;
use rust_decimal::Decimal;

use crate::words::Tracking;

/// What counts of a sales order's line.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The status of its order.
    pub status: SalesOrderStatus,
    /// Whether its order came from LeafLink.
    pub from_leaflink: bool,
    /// How its product is followed.
    pub tracking: Tracking,
    /// Ordered.
    pub quantity: Decimal,
    /// Packed, or sold when the order is completed.
    pub fulfilled: Decimal,
}

impl Line {
    /// What it adds to `reserved`: the unfulfilled part, while its order is PROCESSING.
    #[must_use]
    pub fn reserved(&self) -> Decimal {
        match self.status {
            SalesOrderStatus::Processing => self.quantity - self.fulfilled,
            _ => Decimal::ZERO,
        }
    }

    /// What it adds to `promised`: all of it, while its order from LeafLink is PENDING.
    #[must_use]
    pub fn promised(&self) -> Decimal {
        match self.status {
            SalesOrderStatus::Pending if self.from_leaflink => self.quantity,
            _ => Decimal::ZERO,
        }
    }

    /// How much of it has to be packed in its present status: nothing while PENDING or CANCELED,
    /// everything at once if its product is followed by quantity alone, else what people packed.
    #[must_use]
    pub fn due(&self) -> Decimal {
        match (self.status, self.tracking) {
            (SalesOrderStatus::Pending | SalesOrderStatus::Canceled, _) => Decimal::ZERO,
            (_, Tracking::Product) => self.quantity,
            (_, Tracking::Package | Tracking::Batch) => self.fulfilled,
        }
    }

    /// Whether all of it is packed.
    #[must_use]
    pub fn is_fulfilled(&self) -> bool {
        self.fulfilled == self.quantity
    }
}

/// Stock of one product at one place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// On the shelf, reserved included.
    pub active: Decimal,
    /// Of that, wanted by PROCESSING orders and pending assemblies.
    pub reserved: Decimal,
    /// Wanted by PENDING orders from LeafLink.
    pub promised: Decimal,
}

impl Level {
    /// Adds what one line wants.
    pub fn count(&mut self, line: &Line) {
        self.reserved += line.reserved();
        self.promised += line.promised();
    }

    /// Whether there is nothing to say about this place.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.active.is_zero() && self.reserved.is_zero() && self.promised.is_zero()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STATUSES: [SalesOrderStatus; 7] = [
        SalesOrderStatus::Pending,
        SalesOrderStatus::Processing,
        SalesOrderStatus::ReadyToShip,
        SalesOrderStatus::Delivering,
        SalesOrderStatus::Delivered,
        SalesOrderStatus::Completed,
        SalesOrderStatus::Canceled,
    ];

    fn line(status: SalesOrderStatus, tracking: Tracking, fulfilled: i64) -> Line {
        Line {
            status,
            from_leaflink: true,
            tracking,
            quantity: Decimal::from(10),
            fulfilled: Decimal::from(fulfilled),
        }
    }

    #[test]
    fn only_processing_orders_reserve_and_only_the_unfulfilled_part() {
        let wants = |status| line(status, Tracking::Package, 4).reserved();
        assert_eq!(wants(SalesOrderStatus::Processing), Decimal::from(6));
        for status in STATUSES {
            if status != SalesOrderStatus::Processing {
                assert_eq!(wants(status), Decimal::ZERO);
            }
        }
    }

    #[test]
    fn only_pending_orders_from_leaflink_are_promises() {
        let pending = line(SalesOrderStatus::Pending, Tracking::Package, 0);
        assert_eq!(pending.promised(), Decimal::from(10));
        let own = Line { from_leaflink: false, ..pending };
        assert_eq!(own.promised(), Decimal::ZERO);
        for status in &STATUSES[1..] {
            let moved = Line { status: *status, ..pending };
            assert_eq!(moved.promised(), Decimal::ZERO);
        }
    }

    #[test]
    fn product_tracked_lines_are_packed_as_soon_as_the_order_leaves_pending() {
        let due = |status| line(status, Tracking::Product, 0).due();
        assert_eq!(due(SalesOrderStatus::Pending), Decimal::ZERO);
        assert_eq!(due(SalesOrderStatus::Processing), Decimal::from(10));
        assert_eq!(due(SalesOrderStatus::Canceled), Decimal::ZERO);
    }

    #[test]
    fn other_lines_keep_what_people_packed_until_pending_or_canceled_gives_it_back() {
        for tracking in [Tracking::Package, Tracking::Batch] {
            let due = |status| line(status, tracking, 3).due();
            assert_eq!(due(SalesOrderStatus::Completed), Decimal::from(3));
            assert_eq!(due(SalesOrderStatus::Processing), Decimal::from(3));
            assert_eq!(due(SalesOrderStatus::Pending), Decimal::ZERO);
            assert_eq!(due(SalesOrderStatus::Canceled), Decimal::ZERO);
        }
    }

    proptest! {
        /// Nothing is created or lost, whatever way an order takes.
        #[test]
        fn goods_are_conserved(
            product_tracked: bool,
            received in 0_i64..1_000,
            quantity in 1_i64..1_000,
            steps in prop::collection::vec((0_usize..7, 0_i64..1_000), 1..20),
        ) {
            let received = Decimal::from(received);
            let tracking = if product_tracked { Tracking::Product } else { Tracking::Batch };
            let mut shelf = received;
            let mut line = Line {
                quantity: Decimal::from(quantity),
                ..line(SalesOrderStatus::Pending, tracking, 0)
            };
            for (status, packed) in steps {
                line.status = STATUSES[status];
                let mut wanted = line;
                wanted.fulfilled = Decimal::from(packed).min(line.quantity);
                let due = wanted.due();
                shelf -= due - line.fulfilled;
                line.fulfilled = due;

                let mut level = Level { active: shelf, ..Level::default() };
                level.count(&line);
                prop_assert_eq!(shelf + line.fulfilled, received);
                prop_assert!(line.fulfilled <= line.quantity);
                prop_assert!(level.reserved >= Decimal::ZERO);
                prop_assert!(level.reserved <= line.quantity);
                // A unit is never both reserved and promised.
                prop_assert!(level.reserved.is_zero() || level.promised.is_zero());
            }
        }
    }
}
