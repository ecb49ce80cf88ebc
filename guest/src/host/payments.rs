//! Payments: the ERP's records of them, and what the store keeps about them.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::answer::Failure;
use super::erp;
use super::rounds::PAYMENTS;
use super::state::{self, ReasonRecord};
use crate::bindings::leaflink_sync::host::{records, secrets};
use crate::rules::decimal::{parse, plain};
use crate::rules::ids::{OrderNumber, PaymentId, SalesOrderId, StaffId, UserId};
use crate::rules::once::Progress;
use crate::rules::payment::{Entry, Method, Payment, Side};

const FROM_KEY: &str = "payments-from";
const PAYMENT_PREFIX: &str = "payment/";

/// Reads a payment of the ERP, and whose it is; absent: there is none.
pub fn read(id: &PaymentId) -> Result<Option<(Payment, SalesOrderId)>, Failure> {
    let found = records::get_payments(std::slice::from_ref(&id.0)).map_err(erp::failure)?.pop();
    found.map(payment).transpose()
}

/// The payments of a sales order, voided and deleted ones included.
pub fn of_sales_order(id: &SalesOrderId) -> Result<Vec<(PaymentId, Payment)>, Failure> {
    let found = records::payments_of_sales_order(&id.0).map_err(erp::failure)?;
    found.into_iter().map(|found| Ok((PaymentId(found.id.clone()), payment(found)?.0))).collect()
}

fn payment(found: records::Payment) -> Result<(Payment, SalesOrderId), Failure> {
    let id = &found.id;
    let payment = Payment {
        label: format!("Payment {id}"),
        amount: erp::number(&found.amount.amount)?,
        currency: found.amount.currency,
        method: match found.method {
            records::PaymentMethod::Cash => Method::Cash,
            records::PaymentMethod::Check => Method::Check,
            records::PaymentMethod::CreditCard => Method::CreditCard,
            records::PaymentMethod::BankRemittance => Method::BankRemittance,
            records::PaymentMethod::BankTransfer => Method::BankTransfer,
            records::PaymentMethod::Other => Method::Other,
        },
        stands: found.state == records::PaymentState::Posted,
        paid_at_ms: found.paid_at_ms,
        posted_at_ms: found.posted_at_ms,
        recorded_by: UserId(found.recorded_by),
    };
    Ok((payment, SalesOrderId(found.sales_order)))
}

/// The mark of one of a payment's entries: sixteen letters and digits that nobody can foresee.
/// Absent: the host has no key for it.
pub fn mark(id: &PaymentId, side: Side) -> Option<String> {
    let side = match side {
        Side::Record => "post",
        Side::TakeBack => "reverse",
    };
    mark_of(secrets::hmac_sha256(secrets::Key::WriteToken, format!("payment/{id}/{side}").as_bytes())?)
}

/// Sixteen letters and digits of a code.
pub(super) fn mark_of(code: Vec<u8>) -> Option<String> {
    Some(base32(code.get(..10)?))
}

/// RFC 4648's alphabet, five bits a letter; ten bytes make sixteen letters.
fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::new();
    for group in bytes.chunks(5) {
        let bits = group.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        for place in (0..group.len() * 8 / 5).rev() {
            text.push(char::from(LETTERS[usize::try_from(bits >> (place * 5) & 31).unwrap_or(0)]));
        }
    }
    text
}

/// When the payments setting was turned on; absent: it is off.
pub fn counts_from() -> Result<Option<u64>, Failure> {
    state::get(FROM_KEY)
}

/// Notes that the payments setting is on, since `now_ms` if it was not before, or that it is off.
pub fn put_setting(on: bool, now_ms: u64) -> Result<(), Failure> {
    match (on, counts_from()?) {
        (true, None) => state::put(FROM_KEY, &now_ms),
        (true, Some(_)) | (false, None) => Ok(()),
        (false, Some(_)) => state::delete(FROM_KEY),
    }
}

/// What is kept about a payment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentState {
    /// The entry that LeafLink has.
    #[serde(default)]
    pub recorded: Option<Recorded>,
    /// LeafLink has its negative, too.
    #[serde(default)]
    pub taken_back: Option<Recorded>,
    /// What it waits for, as people were told.
    #[serde(default)]
    pub waits_for: Vec<ReasonRecord>,
    /// It was taken back while the setting was off: it waits for the setting.
    #[serde(default)]
    pub owes_negative: bool,
}

impl PaymentState {
    /// Whether it waits for something that people do elsewhere.
    fn waits(&self) -> bool {
        self.owes_negative || !self.waits_for.is_empty()
    }
}

/// An entry that LeafLink has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// LeafLink's id of it; absent: the answer could not be read.
    pub id: Option<u64>,
    /// The entry.
    pub entry: EntryRecord,
}

/// An [`Entry`] in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryRecord {
    order: String,
    recorded_by: u64,
    amount: String,
    currency: String,
    paid_at_ms: u64,
    method: String,
}

impl From<&Entry> for EntryRecord {
    fn from(entry: &Entry) -> Self {
        Self {
            order: entry.order.0.clone(),
            recorded_by: entry.recorded_by.0,
            amount: plain(entry.amount),
            currency: entry.currency.clone(),
            paid_at_ms: entry.paid_at_ms,
            method: entry.method.clone(),
        }
    }
}

impl EntryRecord {
    /// The entry.
    pub fn entry(&self) -> Entry {
        Entry {
            order: OrderNumber(self.order.clone()),
            recorded_by: StaffId(self.recorded_by),
            // Written by `plain`, which `parse` reads back.
            amount: parse(&self.amount, 9, 2).unwrap_or(Decimal::ZERO),
            currency: self.currency.clone(),
            paid_at_ms: self.paid_at_ms,
            method: self.method.clone(),
        }
    }
}

/// An entry that LeafLink should have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentWish {
    /// Which of the payment's entries.
    #[serde(with = "SideRecord")]
    pub side: Side,
    /// The entry.
    pub entry: EntryRecord,
    /// Its mark.
    pub mark: String,
    /// How far it is.
    #[serde(with = "ProgressRecord")]
    pub progress: Progress,
    /// How often it was sent without an answer.
    #[serde(default)]
    pub unanswered: u32,
    /// Payments that are none of this entry, by LeafLink's ids: those that the order had before it was
    /// first sent, and those that a person was shown since.
    #[serde(default)]
    pub others: Vec<u64>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Side", rename_all = "kebab-case")]
enum SideRecord {
    Record,
    TakeBack,
}

/// How far an entry is, in the store.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Progress", rename_all = "kebab-case")]
pub(super) enum ProgressRecord {
    Ready,
    Armed { ticket: u64 },
    Unknown { since_ms: u64 },
    Settled,
}

/// What is kept about a payment.
pub fn known(id: &PaymentId) -> Result<PaymentState, Failure> {
    Ok(state::get(&format!("{PAYMENT_PREFIX}{id}"))?.unwrap_or_default())
}

/// Keeps it, and the list of waiting payments in step.
pub fn put(id: &PaymentId, known: &PaymentState) -> Result<(), Failure> {
    PAYMENTS.note(&id.0, known.waits())?;
    let key = format!("{PAYMENT_PREFIX}{id}");
    if *known == PaymentState::default() { state::delete(&key) } else { state::put(&key, known) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_written_as_the_standard_has_it() {
        for (bytes, wanted) in [
            (&b"fooba"[..], "MZXW6YTB"),
            (b"\x00\x00\x00\x00\x00", "AAAAAAAA"),
            (b"\xff\xff\xff\xff\xff", "77777777"),
        ] {
            assert_eq!(base32(bytes), wanted);
        }
        assert_eq!(base32(&[7; 10]).len(), 16);
    }

    #[test]
    fn a_wish_reads_back_as_it_was_written() {
        for progress in [
            Progress::Ready,
            Progress::Armed { ticket: 7 },
            Progress::Unknown { since_ms: 1_772_467_200_000 },
        ] {
            let wish = PaymentWish {
                side: Side::TakeBack,
                entry: EntryRecord::from(&Entry {
                    order: OrderNumber("5d0c".to_owned()),
                    recorded_by: StaffId(4107),
                    amount: "-100.50".parse().unwrap(),
                    currency: "USD".to_owned(),
                    paid_at_ms: 9,
                    method: "check".to_owned(),
                }),
                mark: "MZXW6YTBMZXW6YTB".to_owned(),
                progress,
                unanswered: 2,
                others: vec![660_001],
            };
            let json = serde_json::to_string(&wish).unwrap();
            let read: PaymentWish = serde_json::from_str(&json).unwrap();
            assert_eq!(read, wish, "{json}");
            assert_eq!(read.entry.entry().amount, "-100.50".parse().unwrap());
        }
    }
}
