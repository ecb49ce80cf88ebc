//! What becomes of one payment, as it now is.

use rust_decimal::Decimal;

use crate::rules::decimal::{cents, plain};
use crate::rules::decision::Reason;
use crate::rules::ids::{OrderNumber, StaffId, UserId};
use crate::rules::reasons::Code;

/// The last instant with a year of four digits, in milliseconds since 1970.
const LAST_INSTANT_MS: u64 = 253_402_300_799_999;
/// Amounts are below this: LeafLink's are read up to the same bound.
const AMOUNT_BOUND: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

/// How a payment was made, as the ERP has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Notes and coins.
    Cash,
    /// A check.
    Check,
    /// A card.
    CreditCard,
    /// A remittance.
    BankRemittance,
    /// A transfer.
    BankTransfer,
    /// Anything else.
    Other,
}

impl Method {
    /// LeafLink's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Method::Cash => "cash",
            Method::Check => "check",
            Method::BankTransfer => "wire",
            Method::BankRemittance => "ach",
            Method::CreditCard | Method::Other => "other",
        }
    }
}

/// A payment of the ERP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// What people know it by.
    pub label: String,
    /// The figure.
    pub amount: Decimal,
    /// ISO 4217.
    pub currency: String,
    /// How it was made.
    pub method: Method,
    /// It counts: neither voided nor deleted.
    pub stands: bool,
    /// When it was made.
    pub paid_at_ms: u64,
    /// When it was entered.
    pub posted_at_ms: u64,
    /// Who entered it.
    pub recorded_by: UserId,
}

/// An entry among a LeafLink order's payments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The order.
    pub order: OrderNumber,
    /// Who recorded it.
    pub recorded_by: StaffId,
    /// Negative when it takes another back.
    pub amount: Decimal,
    /// ISO 4217.
    pub currency: String,
    /// When it was paid, or taken back.
    pub paid_at_ms: u64,
    /// LeafLink's word for how.
    pub method: String,
}

/// Which of a payment's two entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The payment itself.
    Record,
    /// The negative that takes it back.
    TakeBack,
}

/// An entry that is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Which one.
    pub side: Side,
    /// It may have been sent: it can no longer be dropped or changed.
    pub begun: bool,
}

/// What surrounds a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circumstances {
    /// The company's own currency.
    pub own_currency: String,
    /// The LeafLink order of the payment's sales order; absent: it is not linked.
    pub order: Option<OrderNumber>,
    /// The LeafLink user who is to be the recorder.
    pub recorder: Option<StaffId>,
    /// Payments entered from here on count; absent: the setting is off.
    pub counts_from_ms: Option<u64>,
    /// The entry that LeafLink has.
    pub recorded: Option<Entry>,
    /// LeafLink has its negative, too.
    pub taken_back: bool,
    /// The entry that is on its way.
    pub pending: Option<Pending>,
    /// The time.
    pub now_ms: u64,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Have this entry made; it replaces one that is on its way and has not begun.
    Send(Side, Entry),
    /// Forget the entry that is on its way.
    Drop,
    /// Leave things as they are.
    Nothing,
}

/// What to do, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What to do.
    pub action: Action,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// Decides what becomes of a payment.
pub fn decide(payment: &Payment, known: &Circumstances) -> Plan {
    let Some(from_ms) = known.counts_from_ms else {
        let message = if owes_negative(payment, known) {
            format!(
                "{} was taken back in the ERP, and LeafLink still has it: the setting is off. Once it is on, LeafLink gets the negative.",
                payment.label
            )
        } else {
            format!("{} is not synced to LeafLink: the setting is off.", payment.label)
        };
        return unsent(known, Reason::new(Code::PaymentsOff, message));
    };
    match &known.recorded {
        None if payment.stands => record(payment, known, from_ms),
        None if known.pending.is_some_and(|pending| pending.begun) => Plan::of(Action::Nothing),
        None => {
            let message = format!("{} was taken back in the ERP before LeafLink had it.", payment.label);
            unsent(known, Reason::new(Code::PaymentTakenBackUnsent, message))
        }
        Some(_) if known.taken_back && payment.stands => {
            let message =
                format!("{} counts again in the ERP, and LeafLink has it as taken back.", payment.label);
            Plan { action: Action::Nothing, reasons: vec![Reason::new(Code::PaymentStandsAgain, message)] }
        }
        Some(_) if known.taken_back => Plan::of(Action::Nothing),
        Some(entry) if payment.stands && !entry.is_of(payment) => {
            let message = format!(
                "{} is of {} {} in the ERP, and LeafLink has it with {}.",
                payment.label,
                plain(payment.amount),
                payment.currency,
                entry.money()
            );
            unsent(known, Reason::new(Code::PaymentAmountChanged, message).at("amount"))
        }
        Some(_) if payment.stands => Plan::of(dropped(known)),
        Some(_) if known.pending.is_some() => Plan::of(Action::Nothing),
        Some(entry) => Plan::of(Action::Send(
            Side::TakeBack,
            Entry { amount: -entry.amount, paid_at_ms: known.now_ms, ..entry.clone() },
        )),
    }
}

/// Whether LeafLink has a payment that was taken back, and is not told while the setting is off.
///
/// Turning the setting on exempts what was entered before, not what LeafLink already has.
pub fn owes_negative(payment: &Payment, known: &Circumstances) -> bool {
    known.counts_from_ms.is_none() && known.recorded.is_some() && !known.taken_back && !payment.stands
}

/// A payment that stands and that LeafLink does not have.
fn record(payment: &Payment, known: &Circumstances, from_ms: u64) -> Plan {
    if known.pending.is_some_and(|pending| pending.begun) {
        return Plan::of(Action::Nothing);
    }
    let Some(order) = &known.order else {
        let message = format!("{} is for a sales order that is not linked to LeafLink.", payment.label);
        return unsent(known, Reason::new(Code::NotFromLeafLink, message));
    };
    if payment.posted_at_ms < from_ms {
        let message = format!("{} was entered before payments were turned on.", payment.label);
        return unsent(known, Reason::new(Code::PaymentBeforeToggle, message));
    }
    let mut reasons = Vec::new();
    if payment.amount.is_zero() {
        reasons.push(Reason::new(Code::PaymentOfZero, format!("{} is of 0.", payment.label)).at("amount"));
    }
    if payment.amount.normalize().scale() > 2 || payment.amount.abs() >= AMOUNT_BOUND {
        let message = format!(
            "{} is of {}; LeafLink takes amounts to the cent, below a billion.",
            payment.label,
            plain(payment.amount)
        );
        reasons.push(Reason::new(Code::PaymentNotExact, message).at("amount"));
    }
    if payment.currency != known.own_currency {
        let message = format!(
            "{} is in {}, and the company's currency is {}.",
            payment.label, payment.currency, known.own_currency
        );
        reasons.push(Reason::new(Code::PaymentInOtherCurrency, message).at("currency"));
    }
    if payment.paid_at_ms > LAST_INSTANT_MS {
        let message = format!("{} has a date past the year 9999.", payment.label);
        reasons.push(Reason::new(Code::PaymentDateUnusable, message).at("paid-at-ms"));
    }
    let Some(recorded_by) = known.recorder.filter(|_| reasons.is_empty()) else {
        if known.recorder.is_none() {
            let message = format!(
                "{} was entered by ERP user {}, who is not connected to a LeafLink user.",
                payment.label, payment.recorded_by
            );
            let reason = Reason::new(Code::PaymentRecorderUnknown, message);
            reasons.push(reason.with("recorded-by", &payment.recorded_by));
        }
        return Plan { action: dropped(known), reasons };
    };
    Plan::of(Action::Send(
        Side::Record,
        Entry {
            order: order.clone(),
            recorded_by,
            amount: payment.amount,
            currency: payment.currency.clone(),
            paid_at_ms: payment.paid_at_ms,
            method: payment.method.word().to_owned(),
        },
    ))
}

impl Plan {
    fn of(action: Action) -> Self {
        Self { action, reasons: Vec::new() }
    }
}

fn unsent(known: &Circumstances, reason: Reason) -> Plan {
    Plan { action: dropped(known), reasons: vec![reason] }
}

/// What has not begun is forgotten; what has goes on until it is settled.
fn dropped(known: &Circumstances) -> Action {
    match known.pending {
        Some(Pending { begun: false, .. }) => Action::Drop,
        Some(_) | None => Action::Nothing,
    }
}

impl Entry {
    /// The amount in words: `-100.00 USD`.
    pub fn money(&self) -> String {
        format!("{} {}", cents(self.amount), self.currency)
    }

    /// Whether it is of a payment's amount.
    fn is_of(&self, payment: &Payment) -> bool {
        self.amount == payment.amount && self.currency == payment.currency
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payment() -> Payment {
        Payment {
            label: "Payment pay-1001".to_owned(),
            amount: "100.50".parse().unwrap(),
            currency: "USD".to_owned(),
            method: Method::Check,
            stands: true,
            paid_at_ms: 900,
            posted_at_ms: 1_000,
            recorded_by: UserId("u-rae".to_owned()),
        }
    }

    fn known() -> Circumstances {
        Circumstances {
            own_currency: "USD".to_owned(),
            order: Some(OrderNumber("5d0c".to_owned())),
            recorder: Some(StaffId(4107)),
            counts_from_ms: Some(1_000),
            recorded: None,
            taken_back: false,
            pending: None,
            now_ms: 5_000,
        }
    }

    fn entry() -> Entry {
        Entry {
            order: OrderNumber("5d0c".to_owned()),
            recorded_by: StaffId(4107),
            amount: "100.50".parse().unwrap(),
            currency: "USD".to_owned(),
            paid_at_ms: 900,
            method: "check".to_owned(),
        }
    }

    fn codes(plan: &Plan) -> Vec<Code> {
        plan.reasons.iter().map(|reason| reason.code).collect()
    }

    fn on_its_way(side: Side, begun: bool) -> Option<Pending> {
        Some(Pending { side, begun })
    }

    #[test]
    fn a_payment_becomes_one_entry() {
        let plan = decide(&payment(), &known());
        assert_eq!(plan, Plan::of(Action::Send(Side::Record, entry())));
    }

    #[test]
    fn every_method_has_leaflinks_word() {
        for (method, word) in [
            (Method::Cash, "cash"),
            (Method::Check, "check"),
            (Method::CreditCard, "other"),
            (Method::BankRemittance, "ach"),
            (Method::BankTransfer, "wire"),
            (Method::Other, "other"),
        ] {
            assert_eq!(method.word(), word);
        }
    }

    #[test]
    fn what_does_not_count_is_skipped_with_a_reason() {
        let earlier = Payment { posted_at_ms: 999, ..payment() };
        let off = Circumstances { counts_from_ms: None, ..known() };
        let unlinked = Circumstances { order: None, ..known() };
        for (payment, known, code) in [
            (earlier, known(), Code::PaymentBeforeToggle),
            (payment(), off, Code::PaymentsOff),
            (payment(), unlinked, Code::NotFromLeafLink),
        ] {
            let plan = decide(&payment, &known);
            assert_eq!((plan.action.clone(), codes(&plan)), (Action::Nothing, vec![code]));
            let queued = Circumstances { pending: on_its_way(Side::Record, false), ..known.clone() };
            assert_eq!(decide(&payment, &queued).action, Action::Drop);
        }
    }

    #[test]
    fn bad_input_sends_nothing_and_names_every_fault() {
        let amount = |text: &str| Payment { amount: text.parse().unwrap(), ..payment() };
        for (payment, wanted) in [
            (amount("0.00"), vec![Code::PaymentOfZero]),
            (amount("1.005"), vec![Code::PaymentNotExact]),
            (amount("1000000000"), vec![Code::PaymentNotExact]),
            (Payment { currency: "CAD".to_owned(), ..payment() }, vec![Code::PaymentInOtherCurrency]),
            (Payment { paid_at_ms: u64::MAX, ..payment() }, vec![Code::PaymentDateUnusable]),
            (
                Payment { currency: "CAD".to_owned(), ..amount("0") },
                vec![Code::PaymentOfZero, Code::PaymentInOtherCurrency],
            ),
        ] {
            let plan = decide(&payment, &known());
            assert_eq!((plan.action.clone(), codes(&plan)), (Action::Nothing, wanted));
        }
        let trailing_zeros = decide(&amount("100.5000"), &known());
        assert!(matches!(trailing_zeros.action, Action::Send(..)));
    }

    #[test]
    fn nobody_to_record_it_holds_it() {
        let plan = decide(&payment(), &Circumstances { recorder: None, ..known() });
        assert_eq!(codes(&plan), [Code::PaymentRecorderUnknown]);
        assert_eq!(plan.reasons[0].fact("recorded-by"), Some("u-rae"));
    }

    #[test]
    fn taking_back_sends_the_negative_of_what_leaflink_has() {
        let gone = Payment { stands: false, amount: "7".parse().unwrap(), ..payment() };
        let recorded = Circumstances { recorded: Some(entry()), ..known() };
        let wanted = Entry { amount: "-100.50".parse().unwrap(), paid_at_ms: 5_000, ..entry() };
        assert_eq!(decide(&gone, &recorded).action, Action::Send(Side::TakeBack, wanted));
        // Entered before the setting was last turned on: LeafLink has it all the same.
        let later = Circumstances { counts_from_ms: Some(4_000), ..recorded.clone() };
        assert!(matches!(decide(&gone, &later).action, Action::Send(Side::TakeBack, _)));
        // Off: it is owed until the setting is on again.
        let off = Circumstances { counts_from_ms: None, ..recorded.clone() };
        assert_eq!(codes(&decide(&gone, &off)), [Code::PaymentsOff]);
        assert!(owes_negative(&gone, &off) && !owes_negative(&gone, &recorded));
        assert!(!owes_negative(&payment(), &off), "it stands");
        assert!(!owes_negative(&gone, &Circumstances { taken_back: true, ..off.clone() }));
        assert!(!owes_negative(&gone, &Circumstances { recorded: None, ..off.clone() }));
        for begun in [false, true] {
            let pending = Circumstances { pending: on_its_way(Side::TakeBack, begun), ..recorded.clone() };
            assert_eq!(decide(&gone, &pending).action, Action::Nothing, "once is enough");
        }
        let done = Circumstances { taken_back: true, ..recorded };
        assert_eq!(decide(&gone, &done), Plan::of(Action::Nothing));
        assert_eq!(codes(&decide(&payment(), &done)), [Code::PaymentStandsAgain]);
    }

    #[test]
    fn an_amount_that_was_edited_is_told_and_not_sent() {
        let recorded = Circumstances { recorded: Some(entry()), ..known() };
        for edited in [
            Payment { amount: "100.49".parse().unwrap(), ..payment() },
            Payment { currency: "CAD".to_owned(), ..payment() },
        ] {
            let plan = decide(&edited, &recorded);
            assert_eq!(
                (plan.action.clone(), codes(&plan)),
                (Action::Nothing, vec![Code::PaymentAmountChanged])
            );
        }
        let same = Payment { amount: "100.5000".parse().unwrap(), ..payment() };
        assert_eq!(decide(&same, &recorded), Plan::of(Action::Nothing));
    }

    #[test]
    fn taken_back_before_it_was_sent_sends_nothing() {
        let gone = Payment { stands: false, ..payment() };
        let plan = decide(&gone, &Circumstances { pending: on_its_way(Side::Record, false), ..known() });
        assert_eq!((plan.action.clone(), codes(&plan)), (Action::Drop, vec![Code::PaymentTakenBackUnsent]));
        let begun = Circumstances { pending: on_its_way(Side::Record, true), ..known() };
        assert_eq!(decide(&gone, &begun), Plan::of(Action::Nothing), "first it must be settled");
    }

    #[test]
    fn a_begun_entry_is_neither_changed_nor_dropped() {
        let dearer = Payment { amount: "200".parse().unwrap(), ..payment() };
        let begun = Circumstances { pending: on_its_way(Side::Record, true), ..known() };
        assert_eq!(decide(&dearer, &begun).action, Action::Nothing);
        let off = Circumstances { counts_from_ms: None, ..begun };
        assert_eq!(decide(&dearer, &off).action, Action::Nothing);
    }
}
