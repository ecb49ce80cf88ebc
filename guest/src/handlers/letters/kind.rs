//! What letters are about, and how each kind of it is spoken of.

use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::outbox::Subject;

/// What waits for a cause. Each kind has causes, and digests, of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// LeafLink orders, by number.
    Order,
    /// Payments, by the ERP's id.
    Payment,
    /// Products, by the ERP's id: their forms, and what keeps all of a product.
    Product,
    /// Prices, by product.
    Price,
    /// LeafLink's prices that are for something else now, by product.
    StalePrice,
    /// Stock, by product.
    Stock,
    /// Metrc transfers, by the ERP's id.
    Transfer,
}

/// Kinds whose causes' keys begin with a word of their own. Those of orders have none.
pub const NAMED: [Kind; 6] =
    [Kind::Payment, Kind::Product, Kind::Price, Kind::StalePrice, Kind::Stock, Kind::Transfer];

/// How a kind is spoken of.
pub struct Words {
    /// What the keys of its causes begin with.
    pub prefix: &'static str,
    /// One of those that a digest counts.
    pub noun: &'static str,
    /// What stands around a label to name the thing.
    pub name: [&'static str; 2],
    /// What the subject of a letter says of it.
    pub says: &'static str,
    /// What stands around the label in the first sentence of a letter.
    pub intro: [&'static str; 2],
    /// When it is tried again.
    pub again: &'static str,
    /// What becomes of those that a digest names.
    pub promise: &'static str,
}

const ORDER: Words = Words {
    prefix: "",
    noun: "LeafLink order",
    name: ["LeafLink order ", ""],
    says: " could not be updated",
    intro: ["", ""],
    again: "It is tried again when it changes in LeafLink or in the ERP.",
    promise: "They come over by themselves once nothing stands in their way.",
};

const PAYMENT: Words = Words {
    prefix: "payment/",
    noun: "payment",
    name: ["", ""],
    says: " does not reach LeafLink: ",
    intro: ["LeafLink does not have ", " as the ERP has it."],
    again: "",
    ..ORDER
};

const PRODUCT: Words = Words {
    prefix: "product/",
    noun: "product",
    intro: ["What the LeafLink tab of ", " says did not reach LeafLink."],
    again: "It is tried again when the product's form is saved.",
    ..PAYMENT
};

const PRICE: Words = Words {
    prefix: "price/",
    noun: "price",
    name: ["The price of ", ""],
    says: " is not in step: ",
    intro: [
        "The sale price of ",
        " in the ERP and its wholesale price in LeafLink differ, and neither was changed.",
    ],
    again: "It is tried again when the product changes on either side.",
    ..ORDER
};

const STALE_PRICE: Words = Words {
    prefix: "stale-price/",
    noun: "outdated LeafLink price",
    name: ["LeafLink's price of ", ""],
    says: " is for something else now",
    again: "",
    promise: "Each is sold at its price until then.",
    ..ORDER
};

const STOCK: Words = Words {
    prefix: "stock/",
    noun: "stock figure",
    name: ["The stock of ", " in LeafLink"],
    says: " could not be updated",
    intro: ["LeafLink goes on showing of ", " what it showed last."],
    promise: "LeafLink goes on showing what it showed last. They are tried again when they change.",
    ..ORDER
};

const TRANSFER: Words = Words {
    prefix: "transfer/",
    noun: "Metrc transfer",
    name: ["", ""],
    says: " needs you",
    again: "",
    promise: "You will hear of each again only if something else is the matter with it.",
    ..ORDER
};

impl Kind {
    /// How it is spoken of.
    pub fn words(self) -> &'static Words {
        match self {
            Kind::Order => &ORDER,
            Kind::Payment => &PAYMENT,
            Kind::Product => &PRODUCT,
            Kind::Price => &PRICE,
            Kind::StalePrice => &STALE_PRICE,
            Kind::Stock => &STOCK,
            Kind::Transfer => &TRANSFER,
        }
    }

    /// The kind of a cause, by its key.
    pub fn of(cause: &str) -> Self {
        NAMED.into_iter().find(|kind| cause.starts_with(kind.words().prefix)).unwrap_or(Kind::Order)
    }

    /// The kind of what a write is about.
    pub fn of_write(subject: &Subject) -> Self {
        match subject {
            Subject::Order(_) => Kind::Order,
            Subject::Payment(_) => Kind::Payment,
            Subject::NewProduct(_) | Subject::Listing(_) => Kind::Product,
            Subject::Price(_) => Kind::Price,
            Subject::Stock(_) => Kind::Stock,
        }
    }

    /// The stream that it belongs to.
    pub fn stream(self) -> wit::Stream {
        match self {
            Kind::Order => wit::Stream::Orders,
            Kind::Payment => wit::Stream::Payments,
            Kind::Product => wit::Stream::Products,
            Kind::Price | Kind::StalePrice => wit::Stream::Prices,
            Kind::Stock => wit::Stream::Stock,
            Kind::Transfer => wit::Stream::Transfers,
        }
    }

    /// Names one by its label.
    pub fn name(self, label: &str) -> String {
        let [before, after] = self.words().name;
        format!("{before}{label}{after}")
    }
}
