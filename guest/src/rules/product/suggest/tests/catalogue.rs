//! A brand's whole catalogue, named in LeafLink as people name it there.
//!
//! Every strain comes in every form, and every edible in every pack, so that each product has many
//! near neighbours. `cargo test catalogue -- --nocapture` prints how each way of naming came out.

use super::super::sample::{listed, product};
use super::super::{Choice, Listed, Product};

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

/// A second range, with which no word list was chosen: how well names that were not thought of come
/// out. It showed that `1/8th` was not read, and that another size of the right strain was preferred
/// too often. Two of its names nobody could tell from the letters, `GMO` for Garlic Cookies and
/// `Litchi` for lychee; they are now among the short and other forms of words, as GSC was from the
/// first, for with them one way of naming fell short.
const OTHER_STRAINS: [(&str, &str); 36] = [
    ("Chemdawg", "Chem Dog"),
    ("Chemdawg 91", "Chemdog #91"),
    ("Tangie", "Tangy"),
    ("Green Crack", "Green Krack"),
    ("Headband", "Head Band"),
    ("LA Confidential", "L.A. Confidential"),
    ("Skywalker OG", "Sky Walker OG"),
    ("Fire OG", "Fire O.G."),
    ("SFV OG", "S.F.V. OG"),
    ("Amnesia Haze", "Amnesia Hase"),
    ("Maui Wowie", "Maui Wowee"),
    ("Slurricane", "Sluricane"),
    ("Gushers", "Gusherz"),
    ("Papaya", "Papya"),
    ("Jealousy", "Jelousy"),
    ("Cereal Milk", "Cerealmilk"),
    ("London Pound Cake", "LPC"),
    ("Apple Fritter", "Appel Fritter"),
    ("Garlic Cookies", "GMO"),
    ("Kush Mints", "Kushmints"),
    ("Lemon Cherry Gelato", "LCG"),
    ("Cherry Garcia", "Chery Garcia"),
    ("Tropicana Cookies", "Trop Cookies"),
    ("Tropicana Cherry", "Trop Cherry"),
    ("Gary Payton", "Garry Payton"),
    ("Khalifa Kush", "Kalifa Kush"),
    ("Motorbreath", "Motor Breath"),
    ("Mendo Breath", "Mendobreath"),
    ("Strawberry Banana", "Strawnana"),
    ("Banana Kush", "Bananna Kush"),
    ("Wifi 43", "WiFi #43"),
    ("Lava Cake", "Lava Cakes"),
    ("Peanut Butter Breath", "PB Breath"),
    ("Alien OG", "Alien O.G."),
    ("Harlequin", "Harlequinn"),
    ("ACDC", "AC/DC"),
];
const OTHER_FORMS: [[&str; 5]; 8] = [
    ["Smalls", "14g", "Small Buds", "Smalls", "Half Oz"],
    ["Flower", "3.5g", "Whole Flower", "Flwr", "1/8th"],
    ["Infused Pre-Roll", "1.3g", "Infused Preroll", "Inf PR", "1.3 gram"],
    ["Mini Pre-Rolls", "0.35g 10pk", "Minis Pre-rolls", "Mini PR", "10 x .35g"],
    ["Disposable", "0.3g", "All-in-One Disposable", "Dispo", "300mg"],
    ["Disposable", "1g", "All-in-One Disposable", "Dispo", "Full Gram"],
    ["Live Rosin", "1g", "Hash Rosin", "Rosin", "1.0 G"],
    ["Badder", "1g", "Badder", "Badder", "1000 mg"],
];
const OTHER_FLAVOURS: [(&str, &str); 12] = [
    ("Cherry Limeade", "Cherry Lime-ade"),
    ("Grape", "Grapes"),
    ("Grapefruit", "Grape Fruit"),
    ("Pomegranate", "Pomegranite"),
    ("Guava", "Guava Fruit"),
    ("Dark Mint", "Dk Mint"),
    ("Cookies and Cream", "Cookies & Creme"),
    ("Yuzu", "Yuzoo"),
    ("Passionfruit", "Passion Fruit"),
    ("Lychee", "Litchi"),
    ("Huckleberry", "Huckelberry"),
    ("Pink Lemonade", "Pink Lemonaid"),
];
const OTHER_EDIBLES: [[&str; 5]; 5] = [
    ["Lozenges", "50mg 20pk", "Lozenge", "Loz", "20ct 50mg"],
    ["Gummies", "10mg", "Gummy Single", "Gum", "10 mg"],
    ["Gummies", "100mg 10pk", "Gummies", "Gum", "10 x 10mg"],
    ["Seltzer", "5mg 4pk", "Seltzer", "Seltz", "4-pack 5 mg"],
    ["Caramels", "100mg 10pk", "Caramel", "Caramels", "100mg (10 pieces)"],
];

/// A third range, written down before it was asked for once. The first answer was 4,739 of 4,872;
/// then kinds of products that it has (sauce, pod, balm) were added to the list of kinds.
const THIRD_STRAINS: [(&str, &str); 36] = [
    ("Sundae Driver", "Sunday Driver"),
    ("Blueberry Muffin", "Blueberry Muffins"),
    ("Blueberry Headband", "Blue Berry Headband"),
    ("Platinum OG", "Plat OG"),
    ("Platinum Cookies", "Plat Cookies"),
    ("Larry OG", "Lary OG"),
    ("King Louis XIII", "King Louie XIII"),
    ("Tahoe OG", "Taho OG"),
    ("Cali-O", "Cali O"),
    ("Space Queen", "Space Qween"),
    ("Bruce Banner 3", "Bruce Banner #3"),
    ("Clementine", "Clemintine"),
    ("Agent Orange", "Agent Ornge"),
    ("Ghost Train Haze", "GTH"),
    ("Master Kush", "Mastr Kush"),
    ("Hindu Kush", "Hindu-Kush"),
    ("Afghani", "Afgani"),
    ("Chocolope", "Chocolop"),
    ("Cinderella 99", "C99"),
    ("Dutch Treat", "Dutchtreat"),
    ("Grape Ape", "Grapeape"),
    ("Grape Stomper", "Grape Stompers"),
    ("Critical Mass", "Critcal Mass"),
    ("Blackberry Kush", "Blackbery Kush"),
    ("Lemon Skunk", "Lemon Skunck"),
    ("Island Sweet Skunk", "ISS"),
    ("Mango Kush", "Mangoe Kush"),
    ("Orange Crush", "Orange Krush"),
    ("Pre-98 Bubba", "Pre 98 Bubba"),
    ("Death Star", "Deathstar"),
    ("Rainbow Belts", "Rainbow Beltz"),
    ("Zoap", "Zoapp"),
    ("Oreoz", "Oreos"),
    ("Permanent Marker", "Perm Marker"),
    ("White Truffle", "White Trufle"),
    ("Black Cherry Punch", "Blk Cherry Punch"),
];
const THIRD_FORMS: [[&str; 5]; 8] = [
    ["Ground Flower", "7g", "Ready-to-Roll Ground", "Grd Flower", "Quarter Ounce"],
    ["Ground Flower", "14g", "Ready-to-Roll Ground", "Grd Flower", "1/2 ounce"],
    ["Blunt", "2g", "Hemp Blunt", "Blunt", "2 grams"],
    ["Pre-Roll", "0.75g 2pk", "Pre-Rolled Joints", "Joints", "2 x 750mg"],
    ["Pod", "0.5g", "Vape Pod", "Pod", "500 mg"],
    ["Sugar", "1g", "Live Sugar", "Sugar", "1 Gram"],
    ["Sauce", "1g", "Terp Sauce", "Sauce", "1.0g"],
    ["Shatter", "0.5g", "Shatter", "Shat", "Half-Gram"],
];
const THIRD_FLAVOURS: [(&str, &str); 12] = [
    ("Salted Caramel", "Salt Caramel"),
    ("Dark Chocolate Espresso", "Dark Choc Expresso"),
    ("Milk Chocolate", "Milk Choc"),
    ("Hibiscus Tea", "Hibiscus Tee"),
    ("Ginger Lemon", "Ginger-Lemon"),
    ("Elderberry", "Elder Berry"),
    ("Tangerine", "Tangerene"),
    ("Marionberry", "Marion Berry"),
    ("Prickly Pear", "Prickley Pear"),
    ("Root Beer", "Rootbeer"),
    ("Vanilla Chai", "Vanila Chai"),
    ("Cucumber Mint", "Cuke Mint"),
];
const THIRD_EDIBLES: [[&str; 5]; 5] = [
    ["Capsules", "25mg 30ct", "Softgel Capsules", "Caps", "30 count 25mg"],
    ["Capsules", "10mg 30ct", "Softgel Capsules", "Caps", "30 count 10mg"],
    ["Balm", "2oz", "Relief Balm", "Balm", "2 ounce"],
    ["Syrup", "1000mg 4oz", "Cannabis Syrup", "Syrup", "4 oz 1000 mg"],
    ["Cookies", "100mg 10pk", "Cookie Bites", "Cookies", "10 pieces, 100mg"],
];

/// A fourth range, written down before it was asked for once: products of which there are a single
/// one and several packs, with the pack in words. Its first answer was right but for the short
/// words, where 20 of 252 were not; then `PRs` was read as `PR` is.
const FOURTH_STRAINS: [(&str, &str); 24] = [
    ("Acapulco Gold", "Acapulko Gold"),
    ("Berry White", "Berrywhite"),
    ("Blue Cheese", "Blue Chese"),
    ("Candyland", "Candy Land"),
    ("Critical Kush", "Critcal Kush"),
    ("Double Dream", "Double Dreem"),
    ("Dutch Dragon", "Dutch Dragn"),
    ("Four Star General", "4 Star General"),
    ("Frosted Flakes", "Frosted Flake"),
    ("Golden Goat", "Goldengoat"),
    ("Jet Fuel", "Jetfuel"),
    ("Kosher Kush", "Koscher Kush"),
    ("Lamb's Bread", "Lambs Breath"),
    ("Mazar", "Mazzar"),
    ("Nine Pound Hammer", "9 Pound Hammer"),
    ("Orange Creamsicle", "Orange Creamsickle"),
    ("Pineapple Kush", "Pinapple Kush"),
    ("Purple Urkle", "Purple Erkle"),
    ("Quantum Kush", "Quantum Kusch"),
    ("Romulan", "Romulen"),
    ("Shark Shock", "Sharkshock"),
    ("Snowcap", "Snow Cap"),
    ("Three Kings", "3 Kings"),
    ("Triangle Kush", "Triangel Kush"),
];
const FOURTH_FORMS: [[&str; 5]; 8] = [
    ["Pre-Roll", "0.5g", "Preroll Single", "PR", "Half Gram"],
    ["Pre-Roll", "0.5g 2pk", "Prerolls", "PR", "Twin Pack 0.5g"],
    ["Pre-Roll", "0.5g 5pk", "Prerolls", "PRs", "Five-Pack (0.5 g)"],
    ["Pre-Roll", "0.5g 10pk", "Prerolls", "Joints", ".5g pack of ten"],
    ["Pre-Roll", "0.5g 12pk", "Prerolls", "Joints", "Dozen .5g"],
    ["Pre-Roll", "1g 3pk", "Preroll", "Joint", "Trio 1 gram"],
    ["Mini Pre-Roll", "0.5g 5pk", "Minis Preroll", "Mini PR", "0.5 g Five Count"],
    ["Cartridge", "1g 2pk", "Vape Cart", "Cart", "Duo 1000mg"],
];
const FOURTH_FLAVOURS: [(&str, &str); 12] = [
    ("Black Currant", "Blackcurrant"),
    ("Blackberry Lemonade", "Blackbery Lemonade"),
    ("Cola", "Kola"),
    ("Cranberry Lime", "Cranbery Lime"),
    ("Ginger Ale", "Gingerale"),
    ("Honeydew", "Honey Dew"),
    ("Kiwi", "Kiwis"),
    ("Mandarin", "Mandarine"),
    ("Nectarine", "Nectarin"),
    ("Orange Cream", "Orangecream"),
    ("Peppermint", "Pepermint"),
    ("Tamarind", "Tamarindo"),
];
const FOURTH_EDIBLES: [[&str; 5]; 5] = [
    ["Gummies", "100mg 10pk", "Gummies", "Gum", "Tin of Ten 100mg"],
    ["Gummies", "100mg 20pk", "Gummies", "Gum", "100 mg Twenty Pieces"],
    ["Soda", "12oz", "Soda", "Soda", "12 oz Single"],
    ["Soda", "12oz 4pk", "Soda", "Soda", "Fourpack 12oz"],
    ["Soda", "12oz 24pk", "Soda", "Soda", "Twenty-Four Pack 12 oz"],
];

/// One product before it is named.
struct Base {
    names: (&'static str, &'static str),
    form: [&'static str; 5],
    number: usize,
}

/// A way of naming, and the name.
type Naming = (&'static str, fn(&Base) -> String);

const NAMINGS: [Naming; 14] = [
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
    ("in brackets", |it| format!("[Foxglove] {} ({}) {}", it.names.1, it.form[1], it.form[2])),
    ("underscores", |it| format!("{} {} {}", it.form[3], it.names.0, it.form[4]).replace(' ', "_")),
    ("everything at once", |it| format!("Foxglove: {} ({}) {} Hyb", it.names.1, it.form[4], it.form[3])),
];

type Names = &'static [(&'static str, &'static str)];
type Forms = &'static [[&'static str; 5]];

fn catalogue(ranges: [(Names, Forms); 2]) -> Vec<Base> {
    ranges
        .into_iter()
        .flat_map(|(names, forms)| {
            names.iter().flat_map(move |names| forms.iter().map(move |form| (*names, *form)))
        })
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

/// What came of asking for every product of a catalogue.
struct Result {
    right: usize,
    sure: usize,
    wrong: Vec<String>,
    /// Sure, and not the right one.
    misled: Vec<String>,
}

fn asked(bases: &[Base], naming: impl Fn(&Base) -> usize) -> Result {
    let mut listed: Vec<Listed> = bases.iter().map(|base| theirs(base, &NAMINGS[naming(base)])).collect();
    listed.sort_by_key(|listed| listed.id);
    let mut choice = Choice::new(&listed);
    let mut result = Result { right: 0, sure: 0, wrong: Vec::new(), misled: Vec::new() };
    for base in bases {
        let found = choice.suggest(&ours(base));
        let first = found.first();
        let is_right = first.is_some_and(|first| first.listed.id.0 == id(base));
        let is_sure = first.is_some_and(|first| first.certain);
        result.right += usize::from(is_right);
        result.sure += usize::from(is_sure);
        if !is_right {
            let instead = first.map(|first| (&first.listed.name, first.score));
            let told = format!("{} -> {instead:?}, not {:?}", ours(base).name, NAMINGS[naming(base)].1(base));
            if is_sure {
                result.misled.push(told.clone());
            }
            result.wrong.push(told);
        }
    }
    result
}

fn print(what: &str, result: &Result, all: usize, shown: usize) {
    println!("{what:28} {:3} of {all} right, {:3} sure", result.right, result.sure);
    result.wrong.iter().take(shown).for_each(|wrong| println!("    {wrong}"));
}

/// Asks for a range named in one way after the other, and then with a different way for every
/// neighbour, from each beginning. At least 95 % come out right each time, and nothing is ever sure
/// and wrong.
fn judge(bases: &[Base]) {
    let all = bases.len();
    for (at, (what, _)) in NAMINGS.iter().enumerate() {
        let result = asked(bases, |_| at);
        print(what, &result, all, 4);
        assert!(result.right * 100 >= all * 95, "{what}: {} of {all}", result.right);
        assert_eq!(result.misled, Vec::<String>::new());
    }
    let mut right = 0;
    for begin in 0..NAMINGS.len() {
        let result = asked(bases, |base| (base.number + begin) % NAMINGS.len());
        print("all of these, mixed", &result, all, if begin == 0 { all } else { 0 });
        assert_eq!(result.misled, Vec::<String>::new());
        right += result.right;
    }
    let asked = all * NAMINGS.len();
    println!("mixed in every way: {right} of {asked}");
    assert!(right * 100 >= asked * 95, "mixed: {right} of {asked}");
}

#[test]
fn first_choices_are_right() {
    let bases = catalogue([(&STRAINS, &FORMS), (&FLAVOURS, &EDIBLES)]);
    assert!(bases.len() >= 300);
    judge(&bases);
}

#[test]
fn first_choices_are_right_for_names_that_were_not_thought_of() {
    let bases = catalogue([(&OTHER_STRAINS, &OTHER_FORMS), (&OTHER_FLAVOURS, &OTHER_EDIBLES)]);
    judge(&bases);
}

#[test]
fn first_choices_are_right_in_a_third_range() {
    let bases = catalogue([(&THIRD_STRAINS, &THIRD_FORMS), (&THIRD_FLAVOURS, &THIRD_EDIBLES)]);
    judge(&bases);
}

#[test]
fn first_choices_are_right_where_only_the_pack_differs() {
    let bases = catalogue([(&FOURTH_STRAINS, &FOURTH_FORMS), (&FOURTH_FLAVOURS, &FOURTH_EDIBLES)]);
    judge(&bases);
}
