//! People at work in the ERP's own screens.

use anyhow::Context;
use leaflink_sync_kit::host::Records;
use leaflink_sync_kit::host::records::{ChargeDraft, SalesOrder};
use reference_erp::{NewLine, Package};
use rust_decimal::Decimal;

use super::Stage;
use crate::steps::{ErpAct, PackageOfLine, SalesOrderAct};
use crate::sync_round;

impl Stage {
    pub(super) fn in_erp(&self, act: &ErpAct) -> anyhow::Result<()> {
        let people = self.erp.people(&self.company);
        match act {
            ErpAct::ReceiveStock { product, location, quantity } => {
                people.receive_stock(product, location, quantity.0)?;
            }
            ErpAct::CountStock { product, location, quantity } => {
                people.count_stock(product, location, quantity.0)?;
            }
            ErpAct::ForgetStock { product } => people.forget_stock(product)?,
            ErpAct::EditErpProduct { product, edit } => {
                people.edit_product(product, edit)?;
            }
            ErpAct::EditListing { product, edit } => {
                people.edit_listing(product, &edit.0)?;
            }
            ErpAct::LinkProduct { product, leaflink_product } => {
                people.link_product(product, *leaflink_product)?;
            }
            ErpAct::SetSalePrice { product, price } => {
                people.set_sale_price(product, price.0)?;
            }
            ErpAct::ImportSalePrice { product, price } => {
                people.import_sale_price(product, price.map(|price| price.0))?;
            }
            ErpAct::ImportStock { product, location, quantity } => {
                people.import_stock(product, location, quantity.0)?;
            }
            ErpAct::TouchProduct { product } => people.touch_product(product)?,
            ErpAct::LinkCompany { company, leaflink_customer } => {
                people.link_company(company, *leaflink_customer)?;
            }
            ErpAct::SetInventorySource { company, location } => {
                people.set_inventory_source(company, location.as_deref())?;
            }
            ErpAct::SetUserActive { user, active } => people.set_user_active(user, *active)?,
        }
        Ok(())
    }

    /// Does something to a sales order. The ERP notes the change for the next round; of a deletion the
    /// component is told at once.
    pub(super) fn to_sales_order(&self, name: &str, act: &SalesOrderAct) -> anyhow::Result<()> {
        self.change(&self.sales_order(name)?, act)?;
        if let SalesOrderAct::DeleteOrder { .. } = act {
            self.look_at_changes(|calls, changes| drop(sync_round::tell_of_deletions(calls, changes)))?;
        }
        Ok(())
    }

    fn change(&self, order: &SalesOrder, act: &SalesOrderAct) -> anyhow::Result<()> {
        let people = self.erp.people(&self.company);
        let id = &order.id;
        match act {
            SalesOrderAct::SetStatus { status } => people.set_status(id, *status)?,
            SalesOrderAct::CancelOrder {} => people.cancel_sales_order(id)?,
            SalesOrderAct::FulfilOrder {} => people.fulfil_order(id)?,
            SalesOrderAct::FulfilLine { line, quantity } => {
                people.fulfil_line(id, line_id(order, *line)?, quantity.0)?;
            }
            SalesOrderAct::UnfulfilLine { line } => people.unfulfil_line(id, line_id(order, *line)?)?,
            SalesOrderAct::SetCustomer { company } => people.set_customer(id, company)?,
            SalesOrderAct::SetAddresses { billing, shipping } => {
                people.set_addresses(id, billing, shipping)?;
            }
            SalesOrderAct::SetOwner { user } => people.set_owner(id, user)?,
            SalesOrderAct::SetLocation { location } => people.set_location(id, location)?,
            SalesOrderAct::SetDeliveryDay { day } => people.set_delivery_day(id, day.as_deref())?,
            SalesOrderAct::SetNotes { internal, external } => people.set_notes(id, internal, external)?,
            SalesOrderAct::AddLine { product, quantity, unit_price, location } => {
                let line = NewLine {
                    product: product.clone(),
                    quantity: quantity.0,
                    unit_price: unit_price.0,
                    location: location.clone(),
                };
                people.add_line(id, &line)?;
            }
            SalesOrderAct::SetLine { line, quantity, unit_price } => {
                people.set_line(id, line_id(order, *line)?, quantity.0, unit_price.0)?;
            }
            SalesOrderAct::RemoveLine { line } => people.remove_line(id, line_id(order, *line)?)?,
            SalesOrderAct::AddCharge { name, kind, amount, tax } => {
                let charge = ChargeDraft {
                    name: name.clone(),
                    kind: *kind,
                    percent: None,
                    amount: amount.0.to_string(),
                    tax: tax.clone(),
                    locked: false,
                    leaflink_key: None,
                };
                people.add_charge(id, &charge)?;
            }
            SalesOrderAct::SetCharge { charge, amount } => people.set_charge(id, *charge, amount.0)?,
            SalesOrderAct::RemoveCharge { charge } => people.remove_charge(id, *charge)?,
            SalesOrderAct::CreateTransferTemplate {} => {
                people.create_transfer_template(id)?;
            }
            SalesOrderAct::MatchTransfer { manifest, packages, then } => {
                let packages = match packages {
                    Some(packages) => named_packages(order, packages)?,
                    None => open_lines(order)?,
                };
                people.match_transfer(id, manifest, &packages, *then)?;
            }
            SalesOrderAct::UnmatchTransfer { transfer, order_stays: false } => {
                people.unmatch_transfer(transfer)?;
            }
            SalesOrderAct::UnmatchTransfer { transfer, order_stays: true } => {
                people.unmatch_transfer_alone(transfer)?;
            }
            SalesOrderAct::RejectTransfer { transfer } => {
                people.reject_transfer(transfer)?;
            }
            SalesOrderAct::DeleteOrder { reject, untold } => {
                people.delete_sales_order(id, (!untold).then_some(*reject))?;
            }
        }
        Ok(())
    }

    /// The sales order with this number or LeafLink short id.
    pub(super) fn sales_order(&self, name: &str) -> anyhow::Result<SalesOrder> {
        let rows = self.erp.sales_orders_table(&self.company, Some(name))?;
        let found =
            rows.into_iter().find(|row| row.number == name || row.leaflink_short_id.as_deref() == Some(name));
        let id = found.with_context(|| format!("there is no sales order `{name}`"))?.id;
        let mut orders = self.erp.view(&self.company)?.get_sales_orders(&[id])?;
        orders.pop().with_context(|| format!("the sales order `{name}` is gone"))
    }
}

fn line_id(order: &SalesOrder, position: usize) -> anyhow::Result<&str> {
    let line = position.checked_sub(1).and_then(|index| order.lines.get(index));
    let line = line.with_context(|| {
        format!("{} has no line {position}; it has lines 1 to {}", order.number, order.lines.len())
    })?;
    Ok(&line.id)
}

fn named_packages(order: &SalesOrder, packages: &[PackageOfLine]) -> anyhow::Result<Vec<Package>> {
    let package = |package: &PackageOfLine| {
        Ok(Package {
            line: line_id(order, package.line)?.to_owned(),
            tag: Some(package.tag.clone()),
            quantity: package.quantity.0,
        })
    };
    packages.iter().map(package).collect()
}

/// What each line lacks that is not fully packed.
fn open_lines(order: &SalesOrder) -> anyhow::Result<Vec<Package>> {
    let mut open = Vec::new();
    for line in &order.lines {
        let left = line.quantity.parse::<Decimal>()? - line.fulfilled.parse::<Decimal>()?;
        if left > Decimal::ZERO {
            open.push(Package { line: line.id.clone(), tag: None, quantity: left });
        }
    }
    Ok(open)
}
