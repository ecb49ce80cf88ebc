//! The drift report: what LeafLink shows against what it should show.
//!
//! Nothing here decides what LeafLink should show. The rules that keep it in step are asked, with
//! what LeafLink shows right now; here their answers become differences, each with what explains it.
//! What nothing explains was lost on the way.

pub mod form;
pub mod order;
pub mod payment;
pub mod price;
pub mod product;
pub mod stock;

use super::decision::Reason;
use super::reasons::Code;

/// A part of the sync that is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// Links of products, and what their forms say.
    Products,
    /// Sale price and wholesale price.
    Prices,
    /// What LeafLink offers.
    Stock,
    /// Orders and sales orders.
    Statuses,
    /// Payments.
    Payments,
}

impl Area {
    const ALL: [(Area, &'static str); 5] = [
        (Area::Products, "products"),
        (Area::Prices, "prices"),
        (Area::Stock, "stock"),
        (Area::Statuses, "statuses"),
        (Area::Payments, "payments"),
    ];

    /// Its word in ids.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(area, _)| *area == self).map_or("", |(_, word)| word)
    }
}

/// Why the two sides may differ for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The write is on its way.
    Queued,
    /// It changed since the sync last looked.
    Recent,
    /// It waits for a person.
    Held,
    /// LeafLink refused the write.
    Refused,
    /// A setting is off.
    Setting,
    /// A rule leaves it as it is.
    Rule,
    /// A rule leaves it as people edited it in LeafLink, until somebody wants the ERP's there again.
    Theirs,
}

/// What explains a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Of which kind it is.
    pub cause: Cause,
    /// In words.
    pub text: String,
}

/// Shorthand for an [`Explanation`].
pub fn because(cause: Cause, text: impl Into<String>) -> Option<Explanation> {
    Some(Explanation { cause, text: text.into() })
}

/// Where the two sides differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The part of the sync.
    pub area: Area,
    /// The id of the thing: an order's UUID, a product's or payment's id in the ERP.
    pub subject: String,
    /// What people know it by.
    pub label: String,
    /// Which of its fields.
    pub field: &'static str,
    /// What LeafLink shows.
    pub leaflink: String,
    /// What the ERP has, or what LeafLink should show for it.
    pub erp: String,
    /// Why; absent: unexplained.
    pub explanation: Option<Explanation>,
    /// Why no write would remove it although nothing explains it.
    pub obstacle: Option<String>,
}

impl Difference {
    /// Its id, which is the same for as long as the difference lasts.
    pub fn id(&self) -> String {
        format!("{}/{}/{}", self.area.word(), self.subject, self.field)
    }

    /// What a wish to repair it comes to.
    pub fn remedy(&self) -> Remedy {
        let refused = |text: &str| {
            let message = format!("{} cannot be repaired: {text}", self.label);
            Remedy::Refuse(Reason::new(Code::RepairRefused, message))
        };
        match (&self.explanation, &self.obstacle) {
            (_, Some(obstacle)) => refused(obstacle),
            // Somebody looked at what LeafLink said, and wants it tried again.
            (None, None) | (Some(Explanation { cause: Cause::Refused | Cause::Theirs, .. }), None) => {
                Remedy::Write
            }
            (Some(Explanation { cause: Cause::Queued | Cause::Recent, text }), None) => {
                let message = format!("{}: {text}", self.label);
                Remedy::Wait(Reason::new(Code::RepairOnItsWay, message))
            }
            (Some(Explanation { cause: Cause::Held | Cause::Setting | Cause::Rule, text }), None) => {
                refused(text)
            }
        }
    }
}

/// What a wish to repair a difference comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The write is queued.
    Write,
    /// It is seen to already.
    Wait(Reason),
    /// No write would remove it.
    Refuse(Reason),
}

/// A difference as its id names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<'a> {
    /// The part of the sync.
    pub area: Area,
    /// The id of the thing.
    pub subject: &'a str,
    /// Which of its fields.
    pub field: &'a str,
}

/// Reads an id. Absent: no report gives such a one.
pub fn named(id: &str) -> Option<Named<'_>> {
    let (area, rest) = id.split_once('/')?;
    let (subject, field) = rest.rsplit_once('/')?;
    let (area, _) = Area::ALL.iter().find(|(_, word)| *word == area)?;
    (!subject.is_empty() && !field.is_empty()).then_some(Named { area: *area, subject, field })
}

/// A write that is wanted of LeafLink already, and why it is not tried, if it is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnItsWay {
    /// LeafLink refused it, for this reason.
    pub refused: Option<String>,
}

impl OnItsWay {
    /// As an explanation.
    pub fn explanation(&self) -> Option<Explanation> {
        match &self.refused {
            Some(message) => because(Cause::Refused, message.clone()),
            None => because(Cause::Queued, "the write is queued, and goes out with the next delivery."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(explanation: Option<Explanation>, obstacle: Option<&str>) -> Difference {
        Difference {
            area: Area::Statuses,
            subject: "5d0c/6f1e".to_owned(),
            label: "LeafLink order ee12ab01".to_owned(),
            field: "status",
            leaflink: "Submitted".to_owned(),
            erp: "Accepted".to_owned(),
            explanation,
            obstacle: obstacle.map(str::to_owned),
        }
    }

    #[test]
    fn an_id_names_its_difference() {
        let one = difference(None, None);
        assert_eq!(one.id(), "statuses/5d0c/6f1e/status");
        assert_eq!(
            named(&one.id()),
            Some(Named { area: Area::Statuses, subject: "5d0c/6f1e", field: "status" })
        );
        for (area, word) in Area::ALL {
            assert_eq!(named(&format!("{word}/1/x")).map(|named| named.area), Some(area));
        }
        for wrong in ["", "statuses", "statuses/5d0c", "statuses//status", "statuses/5d0c/", "odd/1/status"] {
            assert_eq!(named(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_what_a_write_removes_is_written() {
        let kind = |one: Difference| match one.remedy() {
            Remedy::Write => "write",
            Remedy::Wait(reason) => {
                assert_eq!(reason.code, Code::RepairOnItsWay);
                "wait"
            }
            Remedy::Refuse(reason) => {
                assert_eq!(reason.code, Code::RepairRefused);
                "refuse"
            }
        };
        assert_eq!(kind(difference(None, None)), "write");
        assert_eq!(kind(difference(None, Some("no step back"))), "refuse");
        for (cause, wanted) in [
            (Cause::Queued, "wait"),
            (Cause::Recent, "wait"),
            (Cause::Held, "refuse"),
            (Cause::Refused, "write"),
            (Cause::Setting, "refuse"),
            (Cause::Rule, "refuse"),
            (Cause::Theirs, "write"),
        ] {
            assert_eq!(kind(difference(because(cause, "so."), None)), wanted, "{cause:?}");
            assert_eq!(kind(difference(because(cause, "so."), Some("no"))), "refuse", "{cause:?}");
        }
    }
}
