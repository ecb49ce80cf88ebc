//! A brand's whole catalogue, named in LeafLink as people name it there.
//!
//! Every strain comes in every form, and every edible in every pack, so that each product has many
//! near neighbours. `cargo test catalogue -- --nocapture` prints how each way of naming came out.

use super::super::sample::{listed, product};
use super::super::{Choice, Listed, Product, SURE};

/// The ERP's spelling, and one that is found in LeafLink.
const STRAINS: [(&str, &str); 36] = [
    ("Blue Dream", "Blue Dreem"),
    ("Gelato 33", "Gelatto #33"),
    ("Gelato 41", "Gelatto #41"),
    ("Gorilla Glue 4", "GG#4"),
    ("Girl Scout Cookies", "GSC"),
    ("Sour Diesel", "Sour Deisel"),
    ("OG Kush", "O.G. Kush"),
    ("Wedding Cake", "Weding Cake"),
    ("Wedding Crasher", "Wedding Crashers"),
    ("Granddaddy Purple", "GDP"),
    ("Purple Punch", "Purp Punch"),
    ("Zkittlez", "Zkittles"),
    ("Do-Si-Dos", "Dosidos"),
    ("Northern Lights", "Northern Light"),
    ("Jack Herer", "Jack Herrer"),
    ("Pineapple Express", "Pinapple Express"),
    ("Strawberry Cough", "Strawbery Cough"),
    ("Lemon Haze", "Lemmon Haze"),
    ("Super Silver Haze", "SSH"),
    ("Super Lemon Haze", "Superlemon Haze"),
    ("White Widow", "White Widdow"),
    ("White Fire OG", "White Fire O.G."),
    ("Bubba Kush", "Buba Kush"),
    ("Purple Kush", "Purpel Kush"),
    ("Cherry Pie", "Cherrypie"),
    ("Ice Cream Cake", "IceCream Cake"),
    ("Mimosa", "Mimossa"),
    ("Sunset Sherbet", "Sunset Sherbert"),
    ("Biscotti", "Biscoti"),
    ("Runtz", "Runts"),
    ("Pink Runtz", "Pink Runts"),
    ("MAC 1", "MAC#1"),
    ("Animal Mints", "Animal Mint"),
    ("Forbidden Fruit", "Forbiden Fruit"),
    ("Trainwreck", "Train Wreck"),
    ("Durban Poison", "Durbin Poison"),
];

/// What a strain is sold as: the ERP's words and size, LeafLink's usual words, short words, and the
/// size in other words.
const FORMS: [[&str; 5]; 8] = [
    ["Flower", "3.5g", "Flower", "Flwr", "Eighth"],
    ["Flower", "7g", "Flower", "Flwr", "1/4 oz"],
    ["Flower", "28g", "Flower", "Flwr", "1 oz"],
    ["Pre-Roll", "1g", "Preroll", "PR", "1 gram"],
    ["Pre-Roll", "0.5g 5pk", "Pre Rolls", "PR", "5 x .5 g"],
    ["Cartridge", "0.5g", "Vape Cartridge", "Cart", "Half Gram"],
    ["Cartridge", "1g", "Vape Cartridge", "Cart", "1000mg"],
    ["Live Resin", "1g", "Live Resin", "LR", "1.0 g"],
];

/// Flavours of edibles: the ERP's spelling, and one that is found in LeafLink.
const FLAVOURS: [(&str, &str); 12] = [
    ("Blood Orange", "Bloodorange"),
    ("Strawberry", "Straw"),
    ("Sour Watermelon", "Sour Watermellon"),
    ("Watermelon", "Watermellon"),
    ("Mango", "Mangoe"),
    ("Green Apple", "Grn Apple"),
    ("Blue Raspberry", "Blu Rasberry"),
    ("Raspberry", "Rasberry"),
    ("Peach", "Peaches"),
    ("Sea Salt", "Seasalt"),
    ("Crème Brûlée", "Creme Brulee"),
    ("Pineapple Habanero", "Pinapple Habanero"),
];

const EDIBLES: [[&str; 5]; 5] = [
    ["Gummies", "100mg 10pk", "Gummy", "Gum", "10 ct 100 mg"],
    ["Gummies", "100mg 20pk", "Gummy", "Gum", "20 pieces 100 mg"],
    ["Gummies", "50mg 10pk", "Gummy", "Gum", "10-Pack (50mg)"],
    ["Chocolate", "100mg 10pk", "Chocolate Bar", "Choc", "100mg pack of 10"],
    ["Tincture", "30ml", "Tincture", "Tinc", "30 mL"],
];

/// One product before it is named.
struct Base {
    names: (&'static str, &'static str),
    form: [&'static str; 5],
    number: usize,
}

/// A way of naming, and the name.
type Naming = (&'static str, fn(&Base) -> String);

const NAMINGS: [Naming; 12] = [
    ("as in the ERP", |it| format!("{} {} {}", it.names.0, it.form[0], it.form[1])),
    ("size first", |it| format!("{} {} - {}", it.form[1], it.names.0, it.form[0])),
    ("bars and case", |it| {
        format!("{} | {} | {}", it.form[2].to_uppercase(), it.names.0.to_uppercase(), it.form[1])
    }),
    ("sizes in other words", |it| format!("{} {} {}", it.names.0, it.form[2], it.form[4])),
    ("short words", |it| format!("{} {} {}", it.names.0, it.form[3], it.form[1])),
    ("strain misspelt", |it| format!("{} {} {}", it.names.1, it.form[2], it.form[1])),
    ("brand first", |it| format!("Foxglove Farms - {} {} {}", it.names.0, it.form[2], it.form[1])),
    ("strain type behind", |it| format!("{} {} {} (Hybrid)", it.names.0, it.form[2], it.form[1])),
    ("sold by the case", |it| format!("{} {} {}, case of 12", it.names.0, it.form[2], it.form[1])),
    ("flower goes without saying", |it| match it.form[0] {
        "Flower" => format!("{} {}", it.names.0, it.form[4]),
        _ => format!("{} {} {}", it.names.0, it.form[2], it.form[4]),
    }),
    ("words added", |it| format!("Premium {} {} {} - Indoor", it.names.0, it.form[2], it.form[4])),
    ("everything at once", |it| format!("Foxglove: {} ({}) {} Hyb", it.names.1, it.form[4], it.form[3])),
];

fn catalogue() -> Vec<Base> {
    let of = |names: &'static [(&str, &str)], forms: &'static [[&str; 5]]| {
        names.iter().flat_map(move |names| forms.iter().map(move |form| (*names, *form)))
    };
    of(&STRAINS, &FORMS)
        .chain(of(&FLAVOURS, &EDIBLES))
        .enumerate()
        .map(|(number, (names, form))| Base { names, form, number })
        .collect()
}

fn ours(base: &Base) -> Product {
    let mut ours = product(&format!("p-{}", base.number), &NAMINGS[0].1(base));
    ours.sku = format!("FX-{:04}", base.number);
    ours.brand = Some("Foxglove Farms".to_owned());
    ours.category = Some(base.form[0].to_owned());
    // Prices come in few steps, so that they single nothing out.
    ours.price = Some((8 + base.form[1].len() as u64).into());
    ours
}

/// The LeafLink product of a base, under an id that keeps no order.
fn theirs(base: &Base, naming: &Naming) -> Listed {
    let mut theirs = listed(id(base), &naming.1(base));
    theirs.sku = format!("LL{}", base.number * 37 % 1_000);
    theirs.brand = Some("Foxglove".to_owned());
    let price = 8 + base.form[1].len() as u64;
    theirs.price = Some((price + base.number as u64 % 3).into());
    theirs
}

fn id(base: &Base) -> u64 {
    500_000 + (base.number as u64 * 7_919) % 100_003
}

#[test]
fn first_choices_are_right() {
    let bases = catalogue();
    assert!(bases.len() >= 300);
    let asked = |naming: &dyn Fn(&Base) -> usize| -> (usize, usize, Vec<String>) {
        let mut theirs: Vec<Listed> = bases.iter().map(|base| theirs(base, &NAMINGS[naming(base)])).collect();
        theirs.sort_by_key(|listed| listed.id);
        let mut choice = Choice::new(&theirs);
        let (mut right, mut sure, mut wrong) = (0, 0, Vec::new());
        for base in &bases {
            let found = choice.suggest(&ours(base));
            let first = found.first();
            let is_right = first.is_some_and(|first| first.listed.id.0 == id(base));
            right += usize::from(is_right);
            if let Some(first) = first.filter(|first| first.certain) {
                sure += 1;
                assert!(is_right, "sure, and wrong: {} is not {}", ours(base).name, first.listed.name);
                assert!(first.score >= SURE);
            }
            if !is_right {
                wrong.push(format!(
                    "{} -> {:?}, not {:?}",
                    ours(base).name,
                    first.map(|first| (&first.listed.name, first.score)),
                    NAMINGS[naming(base)].1(base)
                ));
            }
        }
        (right, sure, wrong)
    };
    let all = bases.len();
    for (at, (what, _)) in NAMINGS.iter().enumerate() {
        let (right, sure, wrong) = asked(&|_| at);
        println!("{what:26} {right:3} of {all} right, {sure:3} sure");
        wrong.iter().take(4).for_each(|wrong| println!("    {wrong}"));
        assert!(right * 100 >= all * 95, "{what}: {right} of {all}");
    }
    let (right, sure, wrong) = asked(&|base| base.number % NAMINGS.len());
    println!("{:26} {right:3} of {all} right, {sure:3} sure", "all of these, mixed");
    wrong.iter().for_each(|wrong| println!("    {wrong}"));
    assert!(right * 100 >= all * 95, "mixed: {right} of {all}");
}
