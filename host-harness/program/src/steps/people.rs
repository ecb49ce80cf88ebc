//! What people do in the ERP, as steps write it.

use leaflink_sync_kit::host::records::{ChargeKind, SalesOrderStatus};
use reference_erp::{Listing, ProductEdit};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::words;

/// What people do in the ERP, apart from sales orders.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs)] // The fields are those of `reference_erp::People`'s functions.
pub enum ErpAct {
    /// Goods come in.
    ReceiveStock { product: String, location: String, quantity: Quantity },
    /// A shelf is counted.
    CountStock { product: String, location: String, quantity: Quantity },
    /// A product's stock becomes unknown.
    ForgetStock { product: String },
    /// Fields of a product change: its name, SKU, description, unit type, units per case.
    EditErpProduct { product: String, edit: ProductEdit },
    /// Fields of a product's LeafLink tab are filled in, changed or with `null` emptied.
    EditListing { product: String, edit: ListingEdit },
    /// A product is linked to a LeafLink product, or with `null` unlinked.
    LinkProduct { product: String, leaflink_product: Option<u64> },
    /// A product gets a "Sale Price" for one unit.
    SetSalePrice { product: String, price: Quantity },
    /// Its sale price is taken over from another system, or with `null` that it has none.
    ImportSalePrice { product: String, price: Option<Quantity> },
    /// What is on hand at a place is taken over from another system.
    ImportStock { product: String, location: String, quantity: Quantity },
    /// Nothing happens to the product; the component is told of it once more.
    TouchProduct { product: String },
    /// A company is connected to a LeafLink customer, or with `null` disconnected.
    LinkCompany { company: String, leaflink_customer: Option<u64> },
    /// A company gets a "Default Inventory Source", or with `null` none.
    SetInventorySource { company: String, location: Option<String> },
    /// A user can own sales orders, or not.
    SetUserActive { user: String, active: bool },
}

/// What people do to one sales order. In a step the order stands beside these fields, named by
/// LeafLink's short id or by its own number. Lines and charges are named by their position, counted
/// from 1.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs)] // As above.
pub enum SalesOrderAct {
    /// It moves to another status.
    SetStatus {
        #[serde(deserialize_with = "status")]
        status: SalesOrderStatus,
    },
    /// It is canceled.
    CancelOrder {},
    /// Whatever is not packed yet is packed.
    FulfilOrder {},
    /// So much of a line is packed.
    FulfilLine { line: usize, quantity: Quantity },
    /// A line is unpacked.
    UnfulfilLine { line: usize },
    /// It gets a customer.
    SetCustomer { company: String },
    /// It gets addresses of its customer.
    SetAddresses { billing: String, shipping: String },
    /// It gets an owner.
    SetOwner { user: String },
    /// It and its lines get an inventory source.
    SetLocation { location: String },
    /// It gets a delivery date, or with `null` none.
    SetDeliveryDay { day: Option<String> },
    /// Both its notes are written anew.
    SetNotes { internal: String, external: String },
    /// A line is added.
    AddLine { product: String, quantity: Quantity, unit_price: Quantity, location: Option<String> },
    /// A line gets another quantity and price.
    SetLine { line: usize, quantity: Quantity, unit_price: Quantity },
    /// A line is removed.
    RemoveLine { line: usize },
    /// A charge or a discount is added.
    AddCharge {
        name: String,
        #[serde(deserialize_with = "charge_kind")]
        kind: ChargeKind,
        amount: Quantity,
        tax: Option<String>,
    },
    /// A charge gets another amount.
    SetCharge { charge: u32, amount: Quantity },
    /// A charge is removed.
    RemoveCharge { charge: u32 },
    /// It gets a template for a Metrc transfer.
    CreateTransferTemplate {},
    /// It is matched with a Metrc transfer, that of its template if it has one, and perhaps moves on.
    MatchTransfer {
        manifest: String,
        /// Which packages its lines are packed from; left out: what is open is packed, of none.
        packages: Option<Vec<PackageOfLine>>,
        #[serde(default, deserialize_with = "optional_status")]
        then: Option<SalesOrderStatus>,
    },
    /// Its transfer no longer matches.
    UnmatchTransfer {
        transfer: String,
        /// The ERP leaves the sales order's status to the component.
        #[serde(default)]
        order_stays: bool,
    },
    /// The buyer turns its transfer away.
    RejectTransfer { transfer: String },
    /// It is deleted.
    DeleteOrder {
        /// The person chose to reject LeafLink's order too.
        #[serde(default)]
        reject: bool,
        /// The ERP fails to tell the component.
        #[serde(default)]
        untold: bool,
    },
}

/// What is packed for a line, counted from 1, from one Metrc package.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)] // The fields are those of `reference_erp::Package`.
pub struct PackageOfLine {
    pub line: usize,
    pub tag: String,
    pub quantity: Quantity,
}

/// The verbs of [`ErpAct`].
pub(super) const ERP_VERBS: [&str; 13] = [
    "receive_stock",
    "count_stock",
    "forget_stock",
    "edit_erp_product",
    "edit_listing",
    "link_product",
    "set_sale_price",
    "import_sale_price",
    "import_stock",
    "touch_product",
    "link_company",
    "set_inventory_source",
    "set_user_active",
];

/// The verbs of [`SalesOrderAct`].
pub(super) const SALES_ORDER_VERBS: [&str; 22] = [
    "set_status",
    "cancel_order",
    "fulfil_order",
    "fulfil_line",
    "unfulfil_line",
    "set_customer",
    "set_addresses",
    "set_owner",
    "set_location",
    "set_delivery_day",
    "set_notes",
    "add_line",
    "set_line",
    "remove_line",
    "add_charge",
    "set_charge",
    "remove_charge",
    "create_transfer_template",
    "match_transfer",
    "unmatch_transfer",
    "reject_transfer",
    "delete_order",
];

/// Fields of a product's LeafLink tab, checked to be such.
#[derive(Clone, Debug)]
pub struct ListingEdit(pub Map<String, Value>);

impl<'de> Deserialize<'de> for ListingEdit {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let fields = Map::deserialize(source)?;
        let mut filled = fields.clone();
        filled.retain(|_, value| !value.is_null());
        Listing::deserialize(Value::Object(filled)).map_err(serde::de::Error::custom)?;
        Ok(Self(fields))
    }
}

/// A quantity, a price or an amount, written as a decimal in quotes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity(pub Decimal);

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = String::deserialize(source)?;
        Decimal::from_str_exact(&text).map(Self).map_err(|_| {
            serde::de::Error::custom(format!(
                "found \"{text}\", expected a decimal in quotes, such as \"12.5\""
            ))
        })
    }
}

fn status<'de, D: Deserializer<'de>>(source: D) -> Result<SalesOrderStatus, D::Error> {
    word(&String::deserialize(source)?, words::STATUSES, words::status)
}

fn optional_status<'de, D: Deserializer<'de>>(source: D) -> Result<Option<SalesOrderStatus>, D::Error> {
    let text = Option::<String>::deserialize(source)?;
    text.map(|text| word(&text, words::STATUSES, words::status)).transpose()
}

fn charge_kind<'de, D: Deserializer<'de>>(source: D) -> Result<ChargeKind, D::Error> {
    let all = [ChargeKind::Charge, ChargeKind::Discount];
    word(&String::deserialize(source)?, all, words::charge_kind)
}

/// The one of `all` that goes by this name.
pub(super) fn word<T: Copy, E: serde::de::Error, const N: usize>(
    text: &str,
    all: [T; N],
    name: fn(T) -> &'static str,
) -> Result<T, E> {
    all.into_iter()
        .find(|one| name(*one) == text)
        .ok_or_else(|| E::custom(format!("found `{text}`, expected one of: {}", all.map(name).join(", "))))
}
