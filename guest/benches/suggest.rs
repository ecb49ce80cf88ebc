//! How long suggestions for a large catalogue take: `cargo bench -p leaflink-sync-component`.
//!
//! 5,000 ERP products against 5,000 LeafLink products, all of them strains in several forms and
//! sizes, named differently on the two sides.

use std::time::Instant;

use leaflink_sync_component::rules::ids::{LeafLinkProductId, ProductId};
use leaflink_sync_component::rules::product::suggest::Choice;
use leaflink_sync_component::rules::product::unit_type::{Measures, UnitType};
use leaflink_sync_component::rules::product::{Listed, Product, Standing};

const COUNT: usize = 5_000;
const FIRST: [&str; 25] = [
    "Blue",
    "Sour",
    "Purple",
    "Lemon",
    "Cherry",
    "Grape",
    "Mango",
    "Golden",
    "Silver",
    "White",
    "Black",
    "Pink",
    "Electric",
    "Midnight",
    "Alpine",
    "Desert",
    "Forbidden",
    "Super",
    "Frosted",
    "Hidden",
    "Wild",
    "Royal",
    "Crystal",
    "Northern",
    "Tropic",
];
const SECOND: [&str; 25] = [
    "Dream", "Diesel", "Punch", "Haze", "Pie", "Ape", "Sherbet", "Goat", "Kush", "Widow", "Mamba", "Runtz",
    "Lemonade", "Garden", "Express", "Rose", "Fruit", "Skunk", "Cake", "Valley", "Thunder", "Cookies",
    "Glue", "Lights", "Gelato",
];
const FORMS: [(&str, &str); 8] = [
    ("Flower 3.5g", "Flwr 1/8 oz"),
    ("Flower 7g", "Flower Quarter"),
    ("Flower 28g", "Flower 1oz"),
    ("Pre-Roll 1g", "PR 1 gram"),
    ("Pre-Roll 0.5g 5pk", "Prerolls 5 x .5g"),
    ("Cartridge 0.5g", "Vape Cart Half Gram"),
    ("Cartridge 1g", "Vape Cart 1000mg"),
    ("Gummies 100mg 10pk", "Gummy 10 ct 100 mg"),
];

fn parts(number: usize) -> (String, (&'static str, &'static str)) {
    let strain = number / FORMS.len();
    let name = format!("{} {}", FIRST[strain % FIRST.len()], SECOND[strain / FIRST.len() % SECOND.len()]);
    (name, FORMS[number % FORMS.len()])
}

fn main() {
    let theirs: Vec<Listed> = (0..COUNT)
        .map(|number| {
            let (strain, (_, form)) = parts(number);
            Listed {
                id: LeafLinkProductId(500_000 + number as u64),
                name: format!("Foxglove | {strain} | {form}"),
                sku: format!("LL-{number}"),
                unit: "Unit".to_owned(),
                denomination: None,
                price: Some(18.into()),
                brand: Some("Foxglove".to_owned()),
                strain_class: Some("hybrid".to_owned()),
                standing: Standing::Live,
            }
        })
        .collect();
    let ours: Vec<Product> = (0..COUNT)
        .map(|number| {
            let (strain, (form, _)) = parts(number);
            Product {
                id: ProductId(format!("p-{number}")),
                name: format!("{strain} {form}"),
                sku: format!("FX-{number}"),
                unit: UnitType { name: "Unit".to_owned(), measures: Measures::Pieces, per_si_unit: None },
                price: Some(18.into()),
                brand: Some("Foxglove Farms".to_owned()),
                category: None,
                strain: Some(strain),
                active: true,
                leaflink: None,
            }
        })
        .collect();

    let start = Instant::now();
    let mut choice = Choice::new(&theirs);
    println!("index of {COUNT} LeafLink products: {:?}", start.elapsed());
    let start = Instant::now();
    let mut right = 0;
    for (number, product) in ours.iter().enumerate() {
        let found = choice.suggest(product);
        right += usize::from(found.first().is_some_and(|first| first.listed.id.0 == 500_000 + number as u64));
    }
    println!("suggestions for {COUNT} products: {:?}, {right} first choices right", start.elapsed());
}
