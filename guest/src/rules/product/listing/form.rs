//! What the form says of each field: a value, or what is wrong with it.

use rust_decimal::Decimal;

use super::Field;
use crate::rules::decimal::{cents, plain, to_cents};
use crate::rules::decision::Reason;
use crate::rules::product::unit_type::{UnitType, unit_of_measure};
use crate::rules::reasons::Code;
use crate::rules::text::{has_control, lower_case};

/// Longest SKU, in characters.
const LONGEST_SKU: usize = 255;
/// Longest name, in characters.
const LONGEST_NAME: usize = 400;
/// What LeafLink asks for where the ERP has no minimum and no maximum.
const NO_MINIMUM: Decimal = Decimal::from_parts(1, 0, 0, false, 2);
const NO_MAXIMUM: Decimal = Decimal::from_parts(100_000, 0, 0, false, 0);
/// LeafLink's figures stay below this.
const TOO_LARGE: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);
/// Places of LeafLink's quantities.
const QUANTITY_PLACES: u32 = 4;
/// LeafLink's words for a strain.
const STRAINS: [&str; 8] =
    ["sativa", "indica", "hybrid", "na", "11-cbd", "high-cbd", "sativa-hybrid", "indica-hybrid"];
/// The category whose products must name their strain.
const FLOWER: &str = "flower";

/// An amount in a currency.
pub type Money = (Decimal, String);

/// "Inventory Management".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inventory {
    /// LeafLink sells without limit.
    Unlimited,
    /// The stock of the product that it is a variety of.
    Inherited,
    /// The ERP's stock.
    Managed,
}

impl Inventory {
    /// LeafLink's id of it.
    pub fn id(self) -> &'static str {
        match self {
            Inventory::Managed => "1",
            Inventory::Unlimited => "2",
            Inventory::Inherited => "3",
        }
    }

    /// LeafLink's word for one of its ids.
    pub fn word(id: &str) -> Option<&'static str> {
        Some(match id {
            "1" => "Managed",
            "2" => "Unlimited",
            "3" => "Inherited",
            _ => return None,
        })
    }
}

/// The tab, as a person filled it in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // The fields of the form; see `Field`.
pub struct Tab {
    pub create: bool,
    pub name: Option<String>,
    pub sku: Option<String>,
    pub description: Option<String>,
    pub show_quantity: Option<bool>,
    pub license: Option<u64>,
    pub brand: Option<u64>,
    pub product_line: Option<u64>,
    pub category: Option<u64>,
    pub subcategory: Option<u64>,
    pub inventory: Option<Inventory>,
    pub wholesale_price: Option<Money>,
    pub sale_price: Option<Money>,
    pub retail_price: Option<Money>,
    pub minimum_order: Option<Decimal>,
    pub maximum_order: Option<Decimal>,
    pub strain_classification: Option<String>,
    pub strain: Option<u64>,
    pub sell_in_multiples: Option<bool>,
}

/// A drop-down of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // LeafLink's own words.
pub enum List {
    License,
    Brand,
    ProductLine,
    Category,
    Subcategory,
    Strain,
}

/// An entry of a drop-down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// LeafLink's id.
    pub id: u64,
    /// What people know it by.
    pub name: String,
    /// What it is part of: the category of a subcategory, the brand of a product line.
    pub within: Option<u64>,
}

/// What LeafLink offers. A drop-down that is not there was not read, and its choices pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices(pub Vec<(List, Vec<Choice>)>);

impl Choices {
    fn list(&self, list: List) -> Option<&[Choice]> {
        self.0.iter().find(|(known, _)| *known == list).map(|(_, choices)| choices.as_slice())
    }
}

/// Everything that the form is filled from.
#[derive(Clone, Debug)]
pub struct Form<'a> {
    /// The product's own name.
    pub name: &'a str,
    /// The product's own SKU.
    pub sku: &'a str,
    /// The product's own description.
    pub description: &'a str,
    /// The product's unit type.
    pub unit: &'a UnitType,
    /// "Units Per Case".
    pub units_per_case: Option<u32>,
    /// The company's own currency.
    pub currency: &'a str,
    /// The wholesale price that the product's own "Sale Price" comes to, where that one rules.
    pub wholesale_price: Option<Result<Decimal, Reason>>,
    /// The tab.
    pub tab: &'a Tab,
}

/// Who said what a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// A person, on the form.
    Form,
    /// The product itself: its own name, SKU, description and unit type.
    Product,
    /// Nobody: it is what LeafLink asks for where there is nothing.
    Nobody,
}

impl Said {
    /// On the form, if it was filled in there.
    fn on_form(filled: bool) -> Self {
        if filled { Said::Form } else { Said::Nobody }
    }
}

/// What the form says of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The field.
    pub field: Field,
    /// Its value; or why it has none that LeafLink takes.
    pub value: Result<String, Box<Reason>>,
    /// Who said it.
    pub said: Said,
}

impl Form<'_> {
    /// Every field of the form.
    pub fn entries(&self, choices: &Choices) -> Vec<Entry> {
        let tab = self.tab;
        let mut all = Entries(Vec::new());
        let own = |filled: &Option<String>, own: &str| {
            filled.clone().filter(|text| !text.trim().is_empty()).unwrap_or_else(|| own.to_owned())
        };
        let is_filled = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
        let name = own(&tab.name, self.name);
        all.text(Field::Name, name.clone(), is_filled(&tab.name), LONGEST_NAME);
        all.text(Field::Sku, own(&tab.sku, self.sku), is_filled(&tab.sku), LONGEST_SKU);
        let own_description = self.description.trim();
        let (description, said) = match (is_filled(&tab.description), own_description.is_empty()) {
            (true, _) => (tab.description.clone().unwrap_or_default(), Said::Form),
            (false, false) => (own_description.to_owned(), Said::Product),
            // LeafLink asks for the name where there is no description.
            (false, true) => (name, Said::Nobody),
        };
        all.put(Field::Description, Ok(description), said);
        let show = tab.show_quantity.unwrap_or_default().to_string();
        all.put(Field::ShowQuantity, Ok(show), Said::on_form(tab.show_quantity.is_some()));
        all.chosen(Field::License, tab.license, choices.list(List::License), None, true);
        all.chosen(Field::Brand, tab.brand, choices.list(List::Brand), None, true);
        let lines = choices.list(List::ProductLine);
        all.chosen(Field::ProductLine, tab.product_line, lines, tab.brand, false);
        let categories = choices.list(List::Category);
        all.chosen(Field::Category, tab.category, categories, None, true);
        let subcategories = choices.list(List::Subcategory);
        all.chosen(Field::Subcategory, tab.subcategory, subcategories, tab.category, true);
        let inventory = tab.inventory.map(|inventory| inventory.id().to_owned());
        all.required(Field::Inventory, inventory.map(Ok));
        self.prices(&mut all);
        self.bounds(&mut all);
        let class = tab.strain_classification.as_ref().filter(|word| !word.trim().is_empty());
        all.required(Field::StrainClassification, class.map(|word| strain_class(word)));
        let is_flower = categories
            .into_iter()
            .flatten()
            .any(|category| Some(category.id) == tab.category && lower_case(category.name.trim()) == FLOWER);
        all.chosen(Field::Strain, tab.strain, choices.list(List::Strain), None, is_flower);
        all.put(Field::UnitType, Ok(unit_of_measure(self.unit).to_owned()), Said::Product);
        self.cases(&mut all);
        all.0
    }

    fn prices(&self, all: &mut Entries) {
        let tab = self.tab;
        match &self.wholesale_price {
            Some(Ok(price)) => {
                all.put(Field::WholesalePrice, Ok(money(*price, self.currency)), Said::Nobody);
            }
            // It is said of the units themselves.
            Some(Err(reason)) if reason.code == Code::UnitsPerCaseUnusable => {
                all.put(Field::WholesalePrice, Ok(String::new()), Said::Nobody);
            }
            Some(Err(reason)) => all.put(Field::WholesalePrice, Err(Box::new(reason.clone())), Said::Nobody),
            None => {
                let price = tab.wholesale_price.as_ref();
                all.required(
                    Field::WholesalePrice,
                    price.map(|price| self.money(Field::WholesalePrice, price)),
                );
            }
        }
        for (field, price) in [(Field::SalePrice, &tab.sale_price), (Field::RetailPrice, &tab.retail_price)] {
            match price {
                Some(price) => all.put(field, self.money(field, price), Said::Form),
                None => all.put(field, Ok(format!("0.00 {}", self.currency)), Said::Nobody),
            }
        }
    }

    fn money(&self, field: Field, (amount, currency): &Money) -> Result<String, Box<Reason>> {
        let title = field.title();
        let reason = |code, message| Err(Box::new(Reason::new(code, message).with("field", title)));
        if currency != self.currency {
            let message =
                format!("\"{title}\" is in {currency}, and the company's currency is {}.", self.currency);
            return reason(Code::PriceInOtherCurrency, message);
        }
        if amount.is_sign_negative() && !amount.is_zero() {
            return reason(Code::PriceNegative, format!("\"{title}\" is {}.", plain(*amount)));
        }
        if to_cents(*amount) != *amount || *amount >= TOO_LARGE {
            let message =
                format!("\"{title}\" is {}, which is not exact to the cent or too large.", plain(*amount));
            return reason(Code::PriceNotExact, message);
        }
        Ok(money(*amount, currency))
    }

    fn bounds(&self, all: &mut Entries) {
        let (minimum, maximum) = (self.tab.minimum_order, self.tab.maximum_order);
        for (field, bound, otherwise) in
            [(Field::MinimumOrder, minimum, NO_MINIMUM), (Field::MaximumOrder, maximum, NO_MAXIMUM)]
        {
            let value = bound.unwrap_or(otherwise);
            let problem = if value < Decimal::ZERO {
                Some("is below 0".to_owned())
            } else if value.normalize().scale() > QUANTITY_PLACES || value >= TOO_LARGE {
                Some("has more than four places or is too large".to_owned())
            } else if field == Field::MaximumOrder && minimum.is_some_and(|minimum| minimum > value) {
                Some(format!("is below the minimum of {}", plain(minimum.unwrap_or_default())))
            } else {
                None
            };
            let value = match problem {
                None => Ok(plain(value)),
                Some(problem) => Err(invalid(field, &format!("is {}: it {problem}", plain(value)))),
            };
            all.put(field, value, Said::on_form(bound.is_some()));
        }
    }

    fn cases(&self, all: &mut Entries) {
        let said = Said::on_form(self.tab.sell_in_multiples.is_some());
        let many = self.tab.sell_in_multiples.unwrap_or_default();
        let units = match (many, self.units_per_case) {
            (false, _) => Ok(1),
            (true, None) => Err(missing(Field::UnitsPerCase)),
            (true, Some(0)) => {
                let message = "\"Units Per Case\" is 0, and the product is sold in multiples.";
                let reason = Reason::new(Code::UnitsPerCaseUnusable, message);
                Err(Box::new(reason.with("field", Field::UnitsPerCase.title())))
            }
            (true, Some(units)) => Ok(units),
        };
        // A case of one unit is the unit.
        let case = if units.as_ref().is_ok_and(|units| *units > 1) { "Case" } else { "" };
        all.put(Field::SellInMultiples, Ok(case.to_owned()), said);
        all.put(Field::UnitsPerCase, units.map(|units| units.to_string()), said);
    }
}

struct Entries(Vec<Entry>);

impl Entries {
    fn put(&mut self, field: Field, value: Result<String, Box<Reason>>, said: Said) {
        self.0.push(Entry { field, value, said });
    }

    fn required(&mut self, field: Field, value: Option<Result<String, Box<Reason>>>) {
        let said = Said::on_form(value.is_some());
        self.put(field, value.unwrap_or_else(|| Err(missing(field))), said);
    }

    fn text(&mut self, field: Field, text: String, filled: bool, longest: usize) {
        let text = text.trim().to_owned();
        let value = if text.is_empty() {
            Err(missing(field))
        } else if text.chars().count() > longest {
            Err(invalid(field, &format!("has more than {longest} characters")))
        } else if has_control(&text) {
            Err(invalid(field, "holds a line break or another control character"))
        } else if field == Field::Sku && text.contains(',') {
            Err(invalid(field, &format!("is {text}: LeafLink takes no commas in it")))
        } else {
            Ok(text)
        };
        self.put(field, value, if filled { Said::Form } else { Said::Product });
    }

    /// A choice of a drop-down, which must still be there and belong to `within`.
    fn chosen(
        &mut self,
        field: Field,
        id: Option<u64>,
        list: Option<&[Choice]>,
        within: Option<u64>,
        required: bool,
    ) {
        let value = match (id, list) {
            (None, _) if required => Err(missing(field)),
            (None, _) => Ok(String::new()),
            (Some(id), None) => Ok(id.to_string()),
            (Some(id), Some(list)) => match list.iter().find(|choice| choice.id == id) {
                None => {
                    let message = format!("\"{}\": LeafLink no longer offers number {id}.", field.title());
                    let reason = Reason::new(Code::ListingChoiceGone, message);
                    Err(Box::new(reason.with("field", field.title()).with("choice", id)))
                }
                Some(choice) if within.is_some() && choice.within.is_some() && choice.within != within => {
                    let other = if field == Field::Subcategory { "category" } else { "brand" };
                    Err(invalid(field, &format!("is {}, which belongs to another {other}", choice.name)))
                }
                Some(_) => Ok(id.to_string()),
            },
        };
        self.put(field, value, Said::on_form(id.is_some()));
    }
}

fn strain_class(word: &str) -> Result<String, Box<Reason>> {
    let word = word.trim();
    if STRAINS.contains(&word) {
        return Ok(word.to_owned());
    }
    let problem = format!("is {word}; LeafLink knows {}", STRAINS.join(", "));
    Err(invalid(Field::StrainClassification, &problem))
}

/// An amount of money as the value of a field.
pub fn money(amount: Decimal, currency: &str) -> String {
    format!("{} {currency}", cents(amount))
}

/// The field is needed, and empty.
pub fn missing(field: Field) -> Box<Reason> {
    let title = field.title();
    let message = format!("\"{title}\" is empty.");
    Box::new(Reason::new(Code::ListingFieldMissing, message).with("field", title))
}

fn invalid(field: Field, problem: &str) -> Box<Reason> {
    let title = field.title();
    let message = format!("\"{title}\" {problem}.");
    Box::new(Reason::new(Code::ListingFieldInvalid, message).with("field", title))
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
