//! Identifiers that cannot be mixed up: an ERP product is not a LeafLink product.

use std::fmt;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub String);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

text_id!(
    /// A person in the ERP.
    UserId
);
text_id!(
    /// A product in the ERP.
    ProductId
);
text_id!(
    /// A trading partner in the ERP.
    CompanyId
);
text_id!(
    /// A place of the ERP: one that holds stock, or a trading partner's address.
    LocationId
);
text_id!(
    /// A tax of the ERP.
    TaxId
);
text_id!(
    /// A sales order of the ERP.
    SalesOrderId
);
text_id!(
    /// A payment on an invoice of the ERP.
    PaymentId
);
text_id!(
    /// A compliance (Metrc) transfer of the ERP.
    TransferId
);
text_id!(
    /// A LeafLink order's `number`, the UUID that its paths use.
    OrderNumber
);
number_id!(
    /// A LeafLink line item's `id`.
    LineId
);
number_id!(
    /// A LeafLink product's `id`.
    LeafLinkProductId
);
number_id!(
    /// A LeafLink customer record's `id`.
    CustomerId
);
number_id!(
    /// A LeafLink company-staff `id`: what an order's sales reps are named by.
    StaffId
);
