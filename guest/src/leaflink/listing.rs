//! The fields of the product form in `/products/`, both ways.

use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::product::{Denomination, Product, counted_in};
use super::value::{Amount, Id, Number, Word};
use super::{Unreadable, read};
use crate::rules::decimal::{cents, plain};
use crate::rules::product::listing::{Field, Holds, Inventory, Values};
use crate::rules::sorted;

/// How much of its unit of measure one unit of a product is. The form has no field for it.
const DENOMINATION: &str = "unit_denomination";
/// Its id for "1": one unit is one of its unit of measure, as in the ERP.
const ONE: u64 = 1;

/// The fields as a request body states them. What LeafLink's description has no empty value for is
/// left out: a product that is no longer sold in cases says so by its `unit_multiplier`.
pub fn body(values: &[(Field, String)]) -> Map<String, Value> {
    let mut body = Map::new();
    for (field, text) in values {
        let empty = text.is_empty();
        let whole = |text: &str| text.parse::<u64>().map_or(Value::Null, Value::from);
        let value = match field.holds() {
            Holds::Word | Holds::Id | Holds::Number if empty => continue,
            Holds::Text => json!(text),
            Holds::Flag => json!(text == "true"),
            Holds::Id | Holds::Count => whole(text),
            Holds::Ids => text.split(',').filter(|id| !id.is_empty()).map(whole).collect(),
            Holds::Word | Holds::Number => json!(text),
            Holds::Money => {
                let (amount, currency) = text.split_once(' ').unwrap_or((text, ""));
                json!({ "amount": amount, "currency": currency })
            }
        };
        body.insert(field.wire().to_owned(), value);
        if *field == Field::UnitType {
            body.insert(DENOMINATION.to_owned(), json!(ONE));
        }
    }
    body
}

/// What a product shows of the fields, with the denomination in the unit type. Those that are not there or cannot be read are left out: no
/// value of ours is equal to them.
pub fn shown(product: &[u8]) -> Result<Values, Unreadable> {
    let fields: sorted::Map<String, Box<RawValue>> = read(product)?;
    let mut shown = Values::new();
    for field in Field::ALL {
        if let Some(value) = fields.get(field.wire()).and_then(|raw| text(*field, raw.get())) {
            let denomination = fields.get(DENOMINATION).filter(|_| *field == Field::UnitType);
            let denomination = denomination.map(|raw| Denomination::of(raw));
            shown.push((*field, counted_in(&value, denomination.as_ref())));
        }
    }
    Ok(shown)
}

/// What a product of the catalogue, whose record has few of the fields, shows of the ERP's own.
pub fn shown_in_catalogue(product: &Product) -> Values {
    let mut shown =
        vec![(Field::Name, product.name.clone()), (Field::Sku, product.sku.clone().unwrap_or_default())];
    if let Some(unit) = product.counted_in() {
        shown.push((Field::UnitType, unit));
    }
    shown
}

fn text(field: Field, raw: &str) -> Option<String> {
    if raw == "null" {
        return Some(String::new());
    }
    let raw = raw.as_bytes();
    match field.holds() {
        Holds::Text => read::<String>(raw).ok(),
        Holds::Word => read::<Word>(raw).ok().map(|word| inventory(field, word.0)),
        Holds::Id => read::<Id>(raw).ok().map(|id| id.0.to_string()),
        Holds::Ids => {
            let ids: Vec<Id> = read(raw).ok()?;
            Some(ids.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(","))
        }
        Holds::Flag => read::<bool>(raw).ok().map(|flag| flag.to_string()),
        Holds::Money => {
            let money: Amount = read(raw).ok()?;
            Some(format!("{} {}", cents(money.amount.0), money.currency))
        }
        Holds::Number | Holds::Count => read::<Number>(raw).ok().map(|number| plain(number.0)),
    }
}

/// LeafLink writes the setting as its number or as its name.
fn inventory(field: Field, word: String) -> String {
    let ids = ["1", "2", "3"];
    match ids.into_iter().find(|id| field == Field::Inventory && Inventory::word(id) == Some(&word)) {
        Some(id) => id.to_owned(),
        None => word,
    }
}

/// A row of a list that a drop-down offers.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct ChoiceRow {
    /// Its id.
    pub id: u64,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// Of a licence.
    #[serde(default)]
    pub number: Option<String>,
    /// Of a subcategory.
    #[serde(default)]
    pub category: Option<Id>,
    /// Of a product line.
    #[serde(default)]
    pub brand: Option<Id>,
    /// Of a company.
    #[serde(default)]
    pub seller: Option<bool>,
}

/// A product that may be the one that was made.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct Candidate {
    /// Its id.
    pub id: u64,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// Its SKU.
    #[serde(default)]
    pub sku: Option<String>,
    /// Available, Archived, ...
    #[serde(default)]
    pub listing_state: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(list: &[(Field, &str)]) -> Values {
        list.iter().map(|(field, value)| (*field, (*value).to_owned())).collect()
    }

    #[test]
    fn what_is_sent_reads_back_the_same() {
        let sent = values(&[
            (Field::Name, "Night \"Garden\""),
            (Field::ShowQuantity, "true"),
            (Field::License, "7"),
            (Field::Inventory, "1"),
            (Field::WholesalePrice, "108.00 USD"),
            (Field::MinimumOrder, "0.01"),
            (Field::Strain, "5"),
            (Field::UnitType, "Gram"),
            (Field::UnitsPerCase, "12"),
        ]);
        let json = Value::Object(body(&sent)).to_string();
        assert!(json.contains(r#""wholesale_price":{"amount":"108.00","currency":"USD"}"#), "{json}");
        assert!(body(&values(&[(Field::ProductLine, ""), (Field::SellInMultiples, "")])).is_empty());
        assert!(json.contains(r#""strains":[5]"#), "{json}");
        assert!(json.contains(r#""unit_denomination":1"#), "{json}");
        assert_eq!(shown(json.as_bytes()).unwrap(), sent);
    }

    #[test]
    fn leaflinks_own_shapes_are_the_same_values() {
        let json = br#"{"license": {"id": 7, "number": "402"}, "inventory_management": "Managed",
            "unit_of_measure": "Gram", "unit_denomination": {"id": 7, "value": "3.50000"},
            "wholesale_price": {"amount": 108, "currency": "USD"}, "minimum_order": "0.0100", "strains": [],
            "brand": "49", "unit_multiplier": "12", "sell_in_unit_of_measure": null, "sku": 5, "name": "A"}"#;
        let wanted = values(&[
            (Field::Name, "A"),
            (Field::License, "7"),
            (Field::Brand, "49"),
            (Field::Inventory, "1"),
            (Field::WholesalePrice, "108.00 USD"),
            (Field::MinimumOrder, "0.01"),
            (Field::Strain, ""),
            (Field::UnitType, "3.5 Gram"),
            (Field::SellInMultiples, ""),
            (Field::UnitsPerCase, "12"),
        ]);
        assert_eq!(shown(json).unwrap(), wanted);
    }
}
