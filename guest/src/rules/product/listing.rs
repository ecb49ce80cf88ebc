//! The "LeafLink" tab of the product form: what a LeafLink product should be, field by field.
//!
//! A field is known here by the form's words and by LeafLink's; its value is a text of a kind that
//! the field fixes, so that two values can be compared, kept and shown whichever side they are from.

pub mod change;
pub mod form;

pub use form::{Choice, Choices, Form, Inventory, List, Money, Tab};

/// What a field holds, and so how its text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Any text.
    Text,
    /// One of LeafLink's words; empty: none.
    Word,
    /// LeafLink's id of something; empty: none.
    Id,
    /// Such ids with commas between them; empty: none.
    Ids,
    /// `true` or `false`.
    Flag,
    /// `108.00 USD`.
    Money,
    /// A decimal; empty: none.
    Number,
    /// A whole number.
    Count,
}

macro_rules! fields {
    ($($name:ident, $title:literal, $wire:literal, $holds:ident;)*) => {
        /// A field of the form.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs)] // Each is documented by its title.
        pub enum Field { $($name,)* }

        impl Field {
            /// Every field, in the order of the form.
            pub const ALL: &'static [Field] = &[$(Field::$name,)*];

            /// What the form calls it.
            pub fn title(self) -> &'static str {
                match self { $(Field::$name => $title,)* }
            }

            /// What LeafLink's API calls it.
            pub fn wire(self) -> &'static str {
                match self { $(Field::$name => $wire,)* }
            }

            /// What it holds.
            pub fn holds(self) -> Holds {
                match self { $(Field::$name => Holds::$holds,)* }
            }
        }
    };
}

fields! {
    Name, "Name", "name", Text;
    Sku, "SKU", "sku", Text;
    Description, "Description", "description", Text;
    ShowQuantity, "Show Inventory Quantity to Buyers", "show_quantity", Flag;
    License, "LeafLink License", "license", Id;
    Brand, "LeafLink Brand", "brand", Id;
    ProductLine, "LeafLink Product Line", "product_line", Id;
    Category, "LeafLink Category", "category", Id;
    Subcategory, "LeafLink Subcategory", "sub_category", Id;
    Inventory, "Inventory Management", "inventory_management", Word;
    WholesalePrice, "Wholesale Price", "wholesale_price", Money;
    SalePrice, "Sale Price", "sale_price", Money;
    RetailPrice, "Retail Price", "retail_price", Money;
    MinimumOrder, "Minimum Order (Units)", "minimum_order", Number;
    MaximumOrder, "Maximum Order (Units)", "maximum_order", Number;
    StrainClassification, "LeafLink Strain Classification", "strain_classification", Word;
    Strain, "LeafLink Strain", "strains", Ids;
    UnitType, "Unit Type", "unit_of_measure", Word;
    SellInMultiples, "Sell in Multiples", "sell_in_unit_of_measure", Word;
    UnitsPerCase, "Units Per Case", "unit_multiplier", Count;
}

impl Field {
    /// The field of one of LeafLink's names.
    pub fn of_wire(name: &str) -> Option<Self> {
        Field::ALL.iter().copied().find(|field| field.wire() == name)
    }

    /// Whether the ERP's word on it always goes first ("Always update the following fields in the
    /// ERP": name, SKU and unit type; the price has a rule of its own).
    pub fn is_the_erps(self) -> bool {
        matches!(self, Field::Name | Field::Sku | Field::UnitType)
    }

    /// The drop-down that it is chosen from.
    pub fn list(self) -> Option<List> {
        Some(match self {
            Field::License => List::License,
            Field::Brand => List::Brand,
            Field::ProductLine => List::ProductLine,
            Field::Category => List::Category,
            Field::Subcategory => List::Subcategory,
            Field::Strain => List::Strain,
            _ => return None,
        })
    }

    /// Whether it is a price.
    pub fn is_price(self) -> bool {
        self.holds() == Holds::Money
    }
}

/// Values of fields, each field at most once.
pub type Values = Vec<(Field, String)>;

/// The value of a field.
pub fn value(values: &[(Field, String)], field: Field) -> Option<&str> {
    values.iter().find(|(known, _)| *known == field).map(|(_, value)| value.as_str())
}
