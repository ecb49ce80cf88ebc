//! Which statuses a sales order may have, and which moves between them it may make.

use leaflink_sync_kit::host::records::SalesOrderStatus;

use super::goods;
use super::header::Head;
use crate::database::Db;
use crate::error::{Result, refuse};
use crate::words::{Tracking, Words};

/// A status as people read it.
pub(super) fn name(status: SalesOrderStatus) -> String {
    status.word().replace('_', " ")
}

/// Whether an order may leave its status for this one at all.
pub(super) fn check_move(order: &Head, to: SalesOrderStatus) -> Result<()> {
    let gives_back = matches!(to, SalesOrderStatus::Pending | SalesOrderStatus::Canceled);
    if gives_back && order.has_transfer {
        return refuse(format!(
            "{} is matched with a transfer; unmatch it before the order becomes {}",
            order.number,
            name(to)
        ));
    }
    if gives_back && order.status == SalesOrderStatus::Completed {
        return refuse(format!(
            "{} is COMPLETED and its goods are sold; move it back to PROCESSING before it becomes {}",
            order.number,
            name(to)
        ));
    }
    Ok(())
}

/// Whether an order may be as it now is.
pub(super) fn check_state(db: &Db<'_>, order: &Head) -> Result<()> {
    let needs_goods = matches!(
        order.status,
        SalesOrderStatus::ReadyToShip
            | SalesOrderStatus::Delivering
            | SalesOrderStatus::Delivered
            | SalesOrderStatus::Completed
    );
    if !needs_goods {
        return Ok(());
    }
    let lines = goods::lines(db, &order.id)?;
    if let Some(open) = lines.iter().find(|line| !line.counts.is_fulfilled()) {
        return refuse(format!(
            "{} cannot be {}: \"{}\" is not fulfilled ({} of {}); assign packages to every line",
            order.number,
            name(order.status),
            open.product_name,
            open.counts.fulfilled.normalize(),
            open.counts.quantity.normalize()
        ));
    }
    let tracked = lines.iter().find(|line| line.counts.tracking == Tracking::Package);
    match tracked {
        Some(line) if order.status != SalesOrderStatus::ReadyToShip && !order.has_transfer => {
            refuse(format!(
                "{} cannot be {}: \"{}\" is package-tracked, and no compliance transfer is matched",
                order.number,
                name(order.status),
                line.product_name
            ))
        }
        _ => Ok(()),
    }
}
