//! Differences that a fault may make, each with its reason. Everything else is a mistake.

use crate::boundary::{How, Point};

/// A difference that is none.
struct Exception {
    /// The scenarios' names begin so.
    scenarios: &'static str,
    /// The fault was one of these; any, if there are none.
    faults: &'static [How],
    /// The lines of the end begin so.
    lines: &'static str,
    /// And hold this.
    with: &'static str,
}

const EXCEPTIONS: [Exception; 10] = [
    // What LeafLink does late was sent once more meanwhile, and the second of two equal writes changes
    // nothing. Nothing that may not be sent twice is: payments and products have no such event.
    Exception {
        scenarios: "",
        faults: &[How::LateCommit, How::DiesThenLateCommit],
        lines: "LeafLink event",
        with: "\"event_type\":\"edited\",\"description\":null,\"changed_fields\":{}",
    },
    // LeafLink refuses the second request for this order; a process that dies after the first asks once
    // more, so that the look is refused instead of the write.
    Exception {
        scenarios: "parked-write-stands-in-nobodys-way",
        faults: &[How::DiesBefore, How::DiesAfter],
        lines: "LeafLink",
        with: "7c1fd9c7-4b0e-4d7a-9d2f-0f6f0c1f9d03",
    },
    Exception {
        scenarios: "parked-write-stands-in-nobodys-way",
        faults: &[How::DiesBefore, How::DiesAfter],
        lines: "mail",
        with: "LeafLink order fb060003 could not be updated",
    },
    // The same where LeafLink's own trouble is of a certain request: what is asked once more moves it to
    // another, or to none.
    Exception {
        scenarios: "stock-that-leaflink-refuses-to-show",
        faults: &[],
        lines: "mail",
        with: "The stock of Night Garden, 3.5 g in LeafLink could not be updated",
    },
    Exception {
        scenarios: "stock-of-one-product-that-leaflink-does-not-show",
        faults: &[],
        lines: "mail",
        with: "The stock of 1 product does not reach LeafLink",
    },
    Exception {
        scenarios: "product-update-that-leaflink-refuses-to-show",
        faults: &[],
        lines: "mail",
        with: "Chews, Plum 50 mg does not reach LeafLink",
    },
    // The round that would have named it among others failed, and with the next it waits no longer.
    Exception {
        scenarios: "price-that-cannot-be-taken",
        faults: &[How::Fails, How::FailsForEver, How::AnswerLost, How::DiesBefore],
        lines: "mail to",
        with: "of The price of Cartridge, Alpine 1 g",
    },
    // LeafLink's trouble is of so many requests here, and lasts as long as none reaches it: beyond the
    // story's end.
    Exception {
        scenarios: "alarm-first-poll-never-ends",
        faults: &[How::FailsForEver, How::AnswersLostForEver],
        lines: "",
        with: "",
    },
    // So it is here, until people hear of it once more; and the ERP works once an hour, as below.
    Exception { scenarios: "alarm-write-overdue", faults: &[], lines: "mail", with: "" },
    // The ERP works once an hour here, so that one round that fails is two hours without any.
    Exception {
        scenarios: "outage-of-everything-with-a-write-queued",
        faults: &[],
        lines: "mail",
        with: "The LeafLink sync needs a look: ",
    },
];

/// Where a letter says how many units could be had just then, which depends on which order came over
/// before: it is compared which order was told of.
const FIGURES_OF_THE_MOMENT: [&str; 1] = ["drift-status-explained"];

/// How the letter of an alarm begins. It says for how many minutes something has lasted, and names the
/// first record that was met; a process that died met it a minute later, or met another first.
const ALARM: &str = "The LeafLink sync needs a look: ";

/// Of several things that wait for one cause the first is told of in a letter and the others in a
/// digest; which one is first depends on which look succeeded first. In these scenarios it is compared
/// what was told of, and not in which letter.
const TOLD_TOGETHER: [&str; 11] = [
    "mail-digest-of-one-cause",
    "payments-recorder-not-connected",
    "payments-that-cannot-be-sent",
    "price-in-another-currency",
    "price-refused",
    "price-that-cannot-be-taken",
    "product-create-one-mail-for-one-cause",
    "product-gone-is-told-once",
    "product-update-case-sizes-with-prices-off",
    "stock-refused-for-one-cause",
    "transfers-rejected-for-one-cause",
];

/// Here LeafLink cuts off the mark by which a payment is known again, so that each answer that is lost
/// leaves it to a person whether the payment is there, and the end is another with each fault. What is
/// compared is that no payment is in LeafLink once too often.
const MARKS_CUT_OFF: [&str; 3] = [
    "payments-alike-and-tried-again",
    "payments-answer-lost-and-the-mark-too",
    "payments-request-lost-among-equal-ones",
];

/// Whether only what LeafLink has too often is to be compared.
pub fn ends_differ(scenario: &str) -> bool {
    MARKS_CUT_OFF.contains(&scenario)
}

/// Whether a line of the end may differ.
pub fn may_differ(scenario: &str, faults: &[Point], line: &str) -> bool {
    EXCEPTIONS.iter().any(|known| {
        scenario.starts_with(known.scenarios)
            && (known.faults.is_empty() || faults.iter().any(|point| known.faults.contains(&point.how)))
            && line.starts_with(known.lines)
            && line.contains(known.with)
    })
}

/// What a letter tells of: itself, or the things that it names in a scenario where others may come in
/// one letter with them.
pub fn told(scenario: &str, subject: &str, text: &str) -> Option<Vec<String>> {
    if let Some(alarm) = subject.strip_prefix(ALARM).filter(|_| scenario.starts_with("alarm-")) {
        let is_named = |word: &&str| !word.contains(|c: char| c.is_ascii_digit());
        return Some(vec![alarm.split(' ').filter(is_named).collect::<Vec<_>>().join(" ")]);
    }
    if !TOLD_TOGETHER.contains(&scenario) && !FIGURES_OF_THE_MOMENT.contains(&scenario) {
        return None;
    }
    if subject.ends_with("on hold for one cause") {
        let list = text.lines().filter_map(|line| line.strip_prefix("- "));
        // Behind the name stands where an order comes from, or which sales order a transfer is for.
        let name = |one: &str| {
            one.split(" from ").next().and_then(|one| one.split(" of SO-").next().map(str::to_owned))
        };
        return Some(list.filter_map(name).collect());
    }
    let ends = [
        " is not in step: 1 reason",
        " does not reach LeafLink: 1 reason",
        " is on hold: 1 reason",
        " could not be updated",
        " is for something else now",
        " needs you",
    ];
    ends.iter().find_map(|end| subject.strip_suffix(end)).map(|one| vec![one.to_owned()])
}
