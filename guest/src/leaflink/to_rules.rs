//! From LeafLink's JSON to an order that the rules can take, or every reason why not.

use chrono::DateTime;
use rust_decimal::Decimal;

use super::line_item::LineItem;
use super::order::Order as WireOrder;
use super::product::{StockOfProduct, counted_in};
use super::value::{Amount, Named, Number, Word};
use super::{Unreadable, read};
use crate::rules::customer_match;
use crate::rules::decision::Reason;
use crate::rules::ids::{CustomerId, LeafLinkProductId, LineId, OrderNumber, StaffId};
use crate::rules::order::{Customer, Discount, Order, OrderLine, OrderTax, SalesRep, SourceStatus};
use crate::rules::reasons::Code;
use crate::rules::sorting::sort_by;
use crate::rules::stock_push::{Mode, Shown};
use crate::rules::text::{LONGEST_NAME, LONGEST_NOTE, has_control, has_markup, lower_case, shortened};

/// Most lines that one sales order takes.
pub const MOST_LINES: usize = 1_000;
/// Largest number of units in a case.
const LARGEST_CASE: u32 = 100_000;

/// Reads an order's body, answered to a request for `number`. `currency` is the company's own.
pub fn order(body: &[u8], number: &OrderNumber, currency: &str) -> Result<Order, Vec<Reason>> {
    let wire: WireOrder = read(body).map_err(|unreadable| vec![reason_for(unreadable)])?;
    if wire.number != number.0 {
        return Err(vec![
            Reason::new(
                Code::WrongOrder,
                format!(
                    "LeafLink was asked for order {number} and answered with {}.",
                    shortened(&wire.number, 64)
                ),
            )
            .at("number"),
        ]);
    }
    let mut checks = Checks { currency, reasons: Vec::new() };
    let order = checks.order(wire);
    if checks.reasons.is_empty() { order.ok_or_else(Vec::new) } else { Err(checks.reasons) }
}

/// A customer's record, as far as matching goes.
pub fn customer(wire: super::customer::Customer) -> customer_match::Customer {
    let texts =
        |texts: [Option<String>; 4]| texts.into_iter().flatten().filter(|text| !text.is_empty()).collect();
    customer_match::Customer {
        names: texts([Some(wire.name), wire.nickname, wire.dba, wire.business_license_name]),
        licenses: texts([wire.license_number, wire.old_license_number, None, None]),
        zip: wire.zipcode,
    }
}

/// The "Order No." of an order whose other fields cannot be used.
pub fn short_id(body: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Glimpse {
        short_id: String,
    }
    let Glimpse { short_id } = read(body).ok()?;
    let plain =
        !short_id.is_empty() && short_id.len() <= 64 && !has_markup(&short_id) && !has_control(&short_id);
    plain.then_some(short_id)
}

/// What a product shows; or the field that cannot be used, and why.
pub fn shown(wire: StockOfProduct) -> Result<Shown, (&'static str, String)> {
    let mode = match wire.inventory_management.map(|Word(word)| lower_case(&word)).as_deref() {
        Some("1" | "managed") => Mode::Managed,
        Some("2" | "unlimited") => Mode::Unlimited,
        Some("3" | "inherited") => Mode::Inherited,
        Some(other) => {
            return Err(("inventory_management", format!("`{}` is not known", shortened(other, 40))));
        }
        None => return Err(("inventory_management", "it is missing".to_owned())),
    };
    let reserved = wire.reserved_qty.map_or(Decimal::ZERO, |Number(reserved)| reserved);
    let available = match (wire.available_inventory, wire.quantity) {
        (Some(Number(available)), _) => available,
        (None, Some(Number(quantity))) => quantity - reserved,
        (None, None) if mode == Mode::Managed => {
            return Err(("available_inventory", "it is missing".to_owned()));
        }
        (None, None) => Decimal::ZERO,
    };
    Ok(Shown {
        mode,
        unit: counted_in(wire.unit_of_measure.as_deref().unwrap_or("Unit"), wire.unit_denomination.as_ref()),
        available,
        reserved,
        fractions: wire.allow_fractional_quantities.unwrap_or(false),
    })
}

/// A body that could not be read, as a reason.
fn reason_for(unreadable: Unreadable) -> Reason {
    match unreadable {
        Unreadable::NotJson(problem) => Reason::new(
            Code::OrderUnreadable,
            format!("LeafLink's answer for the order is not JSON: {problem}."),
        ),
        Unreadable::Field { path, problem } => {
            let field = match problem.strip_prefix("missing field `").and_then(|rest| rest.split('`').next())
            {
                Some(missing) if path == "." => missing.to_owned(),
                Some(missing) => format!("{path}.{missing}"),
                None => path,
            };
            Reason::new(
                Code::FieldUnusable,
                format!("The field `{field}` of the LeafLink order cannot be used: {problem}."),
            )
            .at(field)
        }
    }
}

/// Checks field after field, and goes on after a bad one so that all are reported.
struct Checks<'a> {
    currency: &'a str,
    reasons: Vec<Reason>,
}

impl Checks<'_> {
    fn order(&mut self, wire: WireOrder) -> Option<Order> {
        let status = SourceStatus::from_word(&wire.status);
        if status.is_none() {
            self.report(
                Code::UnknownStatus,
                "status",
                format!("LeafLink's status `{}` is not known.", shortened(&wire.status, 40)),
            );
        }
        let placed_at = DateTime::parse_from_rfc3339(&wire.created_on)
            .ok()
            .and_then(|time| u64::try_from(time.timestamp_millis()).ok());
        if placed_at.is_none() {
            self.unusable(
                "created_on",
                format!("`{}` is not a date and time with an offset", shortened(&wire.created_on, 40)),
            );
        }
        if wire.line_items.len() > MOST_LINES {
            self.report(
                Code::TooManyLines,
                "line_items",
                format!(
                    "The order has {} lines, and one sales order takes {MOST_LINES}.",
                    wire.line_items.len()
                ),
            );
            return None;
        }
        let short_id = match wire.short_id {
            Some(short_id) if !short_id.is_empty() => self.name("short_id", short_id),
            _ => wire.number.clone(),
        };
        let customer = wire.customer.map(|Named { id, name }| Customer {
            id: CustomerId(id),
            name: self.name("customer.display_name", name),
        });
        let sales_reps = wire
            .sales_reps
            .into_iter()
            .enumerate()
            .map(|(index, Named { id, name })| SalesRep {
                staff: StaffId(id),
                name: self.name(&format!("sales_reps[{index}].user"), name),
            })
            .collect();
        let total = self.money("total", wire.total);
        let discount = self.discount(wire.discount, wire.discount_type.as_deref());
        let taxes = self.taxes(wire.tax_amount, wire.tax_type.as_deref(), wire.order_taxes);
        let shipping =
            wire.shipping_charge.map_or(Decimal::ZERO, |charge| self.money("shipping_charge", charge));
        let credits = self.not_negative("credits", wire.credits);
        let mut lines: Vec<(i64, OrderLine)> =
            wire.line_items.into_iter().enumerate().map(|(index, item)| self.line(index, item)).collect();
        sort_by(&mut lines, |(one_at, one), (other_at, other)| (one_at, one.id).cmp(&(other_at, other.id)));
        let classification = wire.classification.map(|word| self.name("classification", word));
        let external_notes = wire.notes.map(|note| self.note("notes", note));
        let internal_notes = wire.internal_notes.map(|note| self.note("internal_notes", note));
        Some(Order {
            number: OrderNumber(wire.number),
            short_id,
            status: status?,
            placed_at_ms: placed_at?,
            modified: wire.modified,
            customer,
            sales_reps,
            classification,
            lines: lines.into_iter().map(|(_, line)| line).collect(),
            discount,
            taxes,
            // LeafLink leaves "0.00" on orders whose tax it never reckoned.
            final_tax: wire.final_tax.map(|Number(tax)| tax).filter(|tax| !tax.is_zero()),
            shipping,
            credits,
            total,
            currency: self.currency.to_owned(),
            external_notes,
            internal_notes,
            // The day as LeafLink's own offset has it; what is no date is none.
            ship_day: wire.ship_date.and_then(|date| date.get(..10).map(str::to_owned)),
            external_ids: wire
                .external_ids
                .unwrap_or_default()
                .into_iter()
                .filter_map(|(key, value)| Some((key, value?)))
                .collect(),
            available_transitions: wire.available_transitions.0,
        })
    }

    fn line(&mut self, index: usize, item: LineItem) -> (i64, OrderLine) {
        let at = |field: &str| format!("line_items[{index}].{field}");
        let Number(quantity) = item.quantity;
        if quantity.is_sign_negative() && !quantity.is_zero() {
            self.report(
                Code::NegativeQuantity,
                &at("quantity"),
                format!("Line {} has the quantity {quantity}.", index + 1),
            );
        }
        let units_per_case = item.unit_multiplier.map_or(Decimal::ONE, |Number(units)| units);
        if units_per_case < Decimal::ONE
            || !units_per_case.fract().is_zero()
            || units_per_case > LARGEST_CASE.into()
        {
            self.unusable(
                &at("unit_multiplier"),
                format!("a case holds 1 to {LARGEST_CASE} whole units, found {units_per_case}"),
            );
        }
        let ordered = self.money(&at("ordered_unit_price"), item.ordered_unit_price);
        let sale = item.sale_price.map_or(Decimal::ZERO, |price| self.money(&at("sale_price"), price));
        let case_price = if item.on_sale.unwrap_or(true) && sale > Decimal::ZERO { sale } else { ordered };
        let product = item.frozen_data.and_then(|frozen| frozen.product).unwrap_or_default();
        let line = OrderLine {
            id: LineId(item.id),
            product: item.product.map(|id| LeafLinkProductId(id.0)),
            name: self.name(&at("frozen_data.product.name"), product.name.unwrap_or_default()),
            sku: self.name(&at("frozen_data.product.sku"), product.sku.unwrap_or_default()),
            quantity,
            units_per_case: units_per_case.max(Decimal::ONE),
            case_price,
            is_sample: item.is_sample.unwrap_or(false),
            note: item.notes.map(|note| self.note(&at("notes"), note)).filter(|note| !note.is_empty()),
            // The quantity was entered in what the product was counted in then.
            unit: [product.unit_of_measure, item.unit_of_measure]
                .into_iter()
                .flatten()
                .find(|unit| !unit.is_empty())
                .map(|unit| counted_in(&unit, product.unit_denomination.as_ref()))
                .map(|unit| self.name(&at("unit_of_measure"), unit)),
        };
        // Lines without a position keep the place in which they came.
        (item.position.unwrap_or_else(|| i64::try_from(index).unwrap_or(i64::MAX)), line)
    }

    fn discount(&mut self, amount: Option<Number>, kind: Option<&str>) -> Option<Discount> {
        let amount = self.not_negative("discount", amount);
        if amount.is_zero() {
            return None;
        }
        match kind {
            Some("%") if amount <= Decimal::ONE_HUNDRED => Some(Discount::Percent(amount)),
            Some("$") => Some(Discount::Amount(amount)),
            Some("%") => {
                self.unusable("discount", format!("a discount of {amount} %"));
                None
            }
            other => {
                self.unusable(
                    "discount_type",
                    format!("expected `%` or `$`, found `{}`", shortened(other.unwrap_or_default(), 20)),
                );
                None
            }
        }
    }

    fn taxes(
        &mut self,
        rate: Option<Number>,
        kind: Option<&str>,
        taxes: Option<Vec<super::order::OrderTax>>,
    ) -> Vec<OrderTax> {
        let rate = self.not_negative("tax_amount", rate);
        let named: Vec<OrderTax> = taxes
            .unwrap_or_default()
            .into_iter()
            .enumerate()
            .map(|(index, tax)| OrderTax {
                name: tax.name.map(|name| self.name(&format!("order_taxes[{index}].name"), name)),
                rate: self.not_negative(&format!("order_taxes[{index}].rate"), Some(tax.rate)),
            })
            .filter(|tax| !tax.rate.is_zero())
            .collect();
        if !named.is_empty() {
            return named;
        }
        if rate.is_zero() {
            return Vec::new();
        }
        if kind.is_some_and(|kind| kind != "%") {
            self.unusable(
                "tax_type",
                format!("expected `%`, found `{}`", shortened(kind.unwrap_or_default(), 20)),
            );
        }
        vec![OrderTax { name: None, rate }]
    }

    fn money(&mut self, field: &str, amount: Amount) -> Decimal {
        let told = self.reasons.iter().any(|reason| reason.code == Code::CurrencyNotSupported);
        if amount.currency != self.currency && !told {
            self.report(
                Code::CurrencyNotSupported,
                &format!("{field}.currency"),
                format!(
                    "`{field}` is in {}, and the company's currency is {}.",
                    shortened(&amount.currency, 10),
                    self.currency
                ),
            );
        }
        amount.amount.0
    }

    fn not_negative(&mut self, field: &str, number: Option<Number>) -> Decimal {
        let number = number.map_or(Decimal::ZERO, |Number(number)| number);
        if number.is_sign_negative() && !number.is_zero() {
            self.unusable(field, format!("{number} is negative"));
        }
        number
    }

    fn name(&mut self, field: &str, name: String) -> String {
        if has_markup(&name) || has_control(&name) {
            self.report(Code::NameWithMarkup, field, format!("`{field}` is `{}`.", printable(&name)));
        } else if name.chars().count() > LONGEST_NAME {
            self.too_long(field, name.chars().count(), LONGEST_NAME);
        }
        name
    }

    fn note(&mut self, field: &str, note: String) -> String {
        let length = note.chars().count();
        if length > LONGEST_NOTE {
            self.too_long(field, length, LONGEST_NOTE);
            return String::new();
        }
        note
    }

    fn too_long(&mut self, field: &str, length: usize, most: usize) {
        self.report(
            Code::TextTooLong,
            field,
            format!("`{field}` has {length} characters, and the ERP takes {most}."),
        );
    }

    fn unusable(&mut self, field: &str, problem: String) {
        self.report(
            Code::FieldUnusable,
            field,
            format!("The field `{field}` of the LeafLink order cannot be used: {problem}."),
        );
    }

    fn report(&mut self, code: Code, field: &str, message: String) {
        self.reasons.push(Reason::new(code, message).at(field));
    }
}

fn printable(name: &str) -> String {
    shortened(name, 60).chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests;
