//! What a product name says: words, sizes, pack count, strain class. Spellings of one thing come
//! out the same: `1/8 oz`, `eighth` and `3.5g`; `10pk`, `10 ct` and `pack of 10`; `PR` and
//! `pre-roll`.

use super::tokens::{Token, tokens};

/// What a name says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// What is left of the name, each word once, in order. Bare numbers are words.
    pub words: Vec<String>,
    /// Weights and volumes, each once, in order.
    pub sizes: Vec<Size>,
    /// Pieces in the pack.
    pub pack: Option<u64>,
    /// Indica, sativa, hybrid; several when mixed.
    pub classes: Marks,
}

/// Some of the words of a fixed list, such as [`CLASSES`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks(u32);

impl Marks {
    /// Whether it is none of them.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether any of them is one of the others of the same list.
    pub fn share(self, others: Marks) -> bool {
        self.0 & others.0 != 0
    }

    /// Those of the list's words.
    pub fn of(self, list: &[&'static str]) -> Vec<&'static str> {
        let mut words = list.to_vec();
        let mut place = 0;
        words.retain(|_| {
            place += 1;
            self.0 >> (place - 1) & 1 == 1
        });
        words
    }

    fn add(&mut self, place: usize) {
        self.0 |= 1 << place;
    }
}

/// The strain classes.
pub const CLASSES: [&str; 3] = ["hybrid", "indica", "sativa"];

/// How much is in a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// In micrograms. An ounce counts 28 g, as the trade does.
    Weight(u64),
    /// In microlitres.
    Volume(u64),
}

const GRAM: u64 = 1_000_000;
const OUNCE: u64 = 28 * GRAM;

impl Size {
    /// So many times as much.
    pub fn times(self, factor: u64) -> Self {
        match self {
            Size::Weight(amount) => Size::Weight(amount.saturating_mul(factor)),
            Size::Volume(amount) => Size::Volume(amount.saturating_mul(factor)),
        }
    }

    /// The size as people write it.
    pub fn shown(self) -> String {
        let (amount, steps): (u64, [(u64, &str); 2]) = match self {
            Size::Weight(amount) => (amount, [(GRAM, "g"), (1_000, "mg")]),
            Size::Volume(amount) => (amount, [(1_000_000, "l"), (1_000, "ml")]),
        };
        let [large, small] = steps;
        let (step, name) = if amount.saturating_mul(10) >= large.0 { large } else { small };
        let (whole, rest) = (amount / step, amount % step * 1_000 / step);
        let places = format!("{rest:03}");
        match places.trim_end_matches('0') {
            "" => format!("{whole} {name}"),
            places => format!("{whole}.{places} {name}"),
        }
    }

    /// `thousandths` of the unit that a word names.
    pub fn of(thousandths: u64, unit: &str) -> Option<Self> {
        let weight = |one: u64| Size::Weight(thousandths.saturating_mul(one) / 1_000);
        Some(match unit {
            "mg" | "mgs" | "milligram" | "milligrams" => weight(1_000),
            "g" | "gs" | "gr" | "gm" | "gram" | "grams" => in_ounces(weight(GRAM)),
            "kg" | "kilogram" | "kilograms" => weight(1_000 * GRAM),
            "oz" | "ounce" | "ounces" | "zip" => weight(OUNCE),
            "lb" | "lbs" | "pound" | "pounds" => weight(16 * OUNCE),
            "ml" | "mls" | "milliliter" | "milliliters" => Size::Volume(thousandths),
            "l" | "liter" | "liters" | "litre" => Size::Volume(thousandths.saturating_mul(1_000)),
            _ => return None,
        })
    }
}

/// Grams that are an ounce or a pound to the letter count as the trade's.
fn in_ounces(size: Size) -> Size {
    match size {
        Size::Weight(28_300_000..=28_400_000) => Size::Weight(OUNCE),
        Size::Weight(453_000_000..=454_000_000) => Size::Weight(16 * OUNCE),
        other => other,
    }
}

/// Reads a name.
pub fn profile(name: &str) -> Profile {
    let mut reader = Reader { tokens: tokens(name), at: 0, profile: Profile::default() };
    while reader.at < reader.tokens.len() {
        reader.step();
    }
    reader.profile
}

/// Letters and digits of a SKU, in lower case.
pub fn sku_key(sku: &str) -> String {
    sku.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect()
}

/// The classes that LeafLink's word for them names.
pub fn classes_of(word: &str) -> Marks {
    profile(word).classes
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    profile: Profile,
}

impl Reader {
    fn word(&self, ahead: usize) -> Option<&str> {
        match self.tokens.get(self.at + ahead) {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn number(&self, ahead: usize) -> Option<u64> {
        match self.tokens.get(self.at + ahead) {
            Some(Token::Number(thousandths)) => Some(*thousandths),
            _ => None,
        }
    }

    fn step(&mut self) {
        let used = match self.number(0) {
            Some(thousandths) => self.read_number(thousandths),
            None => self.read_word(),
        };
        self.at += used;
    }

    /// Reads what begins with a number; answers how many tokens that were.
    fn read_number(&mut self, thousandths: u64) -> usize {
        let unit = self.word(1).unwrap_or_default();
        let whole = (thousandths.is_multiple_of(1_000) && thousandths > 0).then_some(thousandths / 1_000);
        if let Some(size) = Size::of(thousandths, unit) {
            self.add_size(Some(size));
            return 2;
        }
        if whole.is_none() && unit == "th" {
            // `1/8th`, with or without the ounce that it is of.
            self.add_size(Size::of(thousandths, "oz"));
            let of_ounce = self.word(2).is_some_and(|word| Size::of(1_000, word) == Size::of(1_000, "oz"));
            return if of_ounce { 3 } else { 2 };
        }
        match (whole, unit, self.word(2)) {
            (Some(_), "per" | "a", Some(word)) if is_case(word) => 3,
            (Some(_), word, _) if is_case(word) => 2,
            (Some(pieces), "per", Some(word)) if is_pack(word) => self.packed(pieces, 3),
            (Some(pieces), word, _) if is_pack(word) => self.packed(pieces, 2),
            (Some(pieces), "x", _) if self.number(2).is_some() => self.packed(pieces, 2),
            _ => {
                let shown = match whole {
                    Some(whole) => whole.to_string(),
                    None => format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000),
                };
                self.keep(&shown);
                1
            }
        }
    }

    fn read_word(&mut self) -> usize {
        let Some(word) = self.word(0).map(str::to_owned) else { return 1 };
        let next = self.word(1).unwrap_or_default().to_owned();
        let counted = |thousandths: u64| thousandths.is_multiple_of(1_000).then_some(thousandths / 1_000);
        match (word.as_str(), next.as_str()) {
            (word, "of") if is_case(word) && self.number(2).is_some() => 3,
            (word, "of") if is_pack(word) && self.number(2).is_some() => {
                let pieces = self.number(2).and_then(counted).unwrap_or(1);
                self.packed(pieces, 3)
            }
            ("x", _) => match self.number(1).and_then(counted) {
                // `10mg x 10`; in `x 0.5 g` the number is a size.
                Some(pieces) if Size::of(1, self.word(2).unwrap_or_default()).is_none() => {
                    self.packed(pieces, 2)
                }
                _ => 1,
            },
            ("single" | "singles", _) => self.packed(1, 1),
            ("dozen", _) => self.packed(12, 1),
            ("eighth" | "eighths", _) => self.sized(OUNCE / 8, 1),
            ("quarter" | "half" | "full", unit) if Size::of(1_000, unit).is_some() => {
                let thousandths = match word.as_str() {
                    "quarter" => 250,
                    "half" => 500,
                    _ => 1_000,
                };
                self.add_size(Size::of(thousandths, unit));
                2
            }
            ("quarter" | "quarters", _) => self.sized(OUNCE / 4, 1),
            ("oz" | "ounce" | "zip", _) => self.sized(OUNCE, 1),
            ("gram", _) => self.sized(GRAM, 1),
            ("pre", "roll" | "rolls" | "rolled") => {
                self.keep("preroll");
                2
            }
            ("sat" | "sativa", _) => self.class(2),
            ("ind" | "indica", _) => self.class(1),
            ("hyb" | "hybrid", _) => self.class(0),
            (word, _) if STOP_WORDS.contains(&word) => 1,
            (word, _) => {
                let word = singular(word);
                match SHORT_FORMS.iter().find(|(short, _)| *short == word) {
                    Some((_, long)) => long.split(' ').for_each(|long| self.keep(long)),
                    None => self.keep(&word),
                }
                1
            }
        }
    }

    fn packed(&mut self, pieces: u64, used: usize) -> usize {
        self.profile.pack = Some(pieces);
        used
    }

    fn sized(&mut self, weight: u64, used: usize) -> usize {
        self.add_size(Some(Size::Weight(weight)));
        used
    }

    fn add_size(&mut self, size: Option<Size>) {
        let sizes = &mut self.profile.sizes;
        if let Some(size) = size
            && let Err(at) = sizes.binary_search(&size)
        {
            sizes.insert(at, size);
        }
    }

    fn class(&mut self, place: usize) -> usize {
        self.profile.classes.add(place);
        1
    }

    fn keep(&mut self, word: &str) {
        if !self.profile.words.iter().any(|known| known == word) {
            self.profile.words.push(word.to_owned());
        }
    }
}

fn is_pack(word: &str) -> bool {
    matches!(
        word,
        "pk" | "pks" | "pack" | "packs" | "ct" | "cnt" | "count" | "pc" | "pcs" | "piece" | "pieces" | "box"
    )
}

/// How a product is sold says nothing about what it is.
fn is_case(word: &str) -> bool {
    matches!(word, "case" | "cases" | "cs")
}

/// The kinds of product among words: a product is of one, and a name that says another kind is
/// another product's.
pub fn kinds(words: &[String]) -> Marks {
    let mut kinds = Marks::default();
    for (place, kind) in KINDS.iter().enumerate() {
        if words.iter().any(|word| word == kind) {
            kinds.add(place);
        }
    }
    kinds
}

/// Whether a word says more about how a product is praised or packed than what it is.
pub fn is_filler(word: &str) -> bool {
    FILLERS.contains(&word)
}

const KINDS: &[&str] = &[
    "flower",
    "preroll",
    "cartridge",
    "disposable",
    "resin",
    "rosin",
    "shatter",
    "wax",
    "badder",
    "budder",
    "diamond",
    "hash",
    "gummy",
    "chocolate",
    "cooky",
    "brownie",
    "mint",
    "capsule",
    "tincture",
    "topical",
    "beverage",
    "kief",
    "distillate",
    "crumble",
    "sauce",
    "pod",
    "blunt",
    "lozenge",
    "caramel",
    "seltzer",
    "syrup",
    "balm",
];
const FILLERS: &[&str] = &[
    "premium",
    "indoor",
    "outdoor",
    "greenhouse",
    "vape",
    "bar",
    "new",
    "fresh",
    "craft",
    "small",
    "batch",
    "reserve",
    "cannabis",
    "thc",
];

/// Without the ending of a plural; `-ie` and `-y` are one.
fn singular(word: &str) -> String {
    let stem = match word.strip_suffix('s') {
        Some(stem) if stem.len() >= 3 && !stem.ends_with(['s', 'u', 'i']) => stem,
        _ => word,
    };
    match stem.strip_suffix("ie") {
        Some(stem) if stem.len() >= 3 => format!("{stem}y"),
        _ => stem.to_owned(),
    }
}

const STOP_WORDS: &[&str] = &["the", "a", "an", "of", "and", "with", "w", "by", "in", "each", "ea", "pack"];

/// Short and other forms of words, after [`singular`].
const SHORT_FORMS: &[(&str, &str)] = &[
    ("pr", "preroll"),
    ("prj", "preroll"),
    ("joint", "preroll"),
    ("cart", "cartridge"),
    ("crt", "cartridge"),
    ("carts", "cartridge"),
    ("disp", "disposable"),
    ("dispo", "disposable"),
    ("conc", "concentrate"),
    ("choc", "chocolate"),
    ("gum", "gummy"),
    ("tinc", "tincture"),
    ("flwr", "flower"),
    ("flw", "flower"),
    ("flr", "flower"),
    ("bud", "flower"),
    ("inf", "infused"),
    ("vap", "vape"),
    ("lr", "live resin"),
    ("lro", "live rosin"),
    ("edb", "edible"),
    ("bev", "beverage"),
    ("cap", "capsule"),
    ("strw", "strawberry"),
    ("blu", "blue"),
    ("wht", "white"),
    ("blk", "black"),
    ("grn", "green"),
    ("prpl", "purple"),
    ("gg", "gorilla glue"),
    ("gsc", "girl scout cooky"),
    ("gdp", "granddaddy purple"),
    ("ssh", "super silver haze"),
    ("wd", "wedding"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(name: &str) -> String {
        let profile = profile(name);
        let mut parts = profile.words.clone();
        parts.extend(profile.sizes.iter().map(|size| size.shown()));
        parts.extend(profile.pack.map(|pack| format!("pack {pack}")));
        parts.extend(profile.classes.of(&CLASSES).iter().map(|class| format!("({class})")));
        parts.join(", ")
    }

    #[test]
    fn spellings_of_one_thing_come_out_the_same() {
        for (names, wanted) in [
            (
                &[
                    "Blue Dream 3.5g",
                    "Blue Dream - 1/8 oz",
                    "BLUE DREAM EIGHTH",
                    "Blue Dream 1/8th",
                    "Blue Dream 1/8th oz",
                    "blue dream 3½ grams",
                ][..],
                "blue, dream, 3.5 g",
            ),
            (&["Og 28g", "OG 1oz", "OG 1 Ounce", "OG Full Ounce", "Og 28.35 g"][..], "og, 28 g"),
            (&["Og 14g", "OG Half Oz", "OG 1/2 oz"][..], "og, 14 g"),
            (&["Og 1 lb", "OG 16oz", "OG 453.59g"][..], "og, 448 g"),
            (&["Pre-Roll 1g", "PR 1 gram", "Prerolls, 1.0 g", "Pre Roll 1000mg"][..], "preroll, 1 g"),
            (
                &[
                    "Gummies 100mg 10pk",
                    "Gummy 10 pack 100 mg",
                    "Gummies (10ct) 100mg",
                    "100mg Gummy pack of 10",
                    "Gummies 100mg x 10",
                    "10 pieces 100mg gummies, 12 per case",
                    "Gummies 10-Pack 100mg case of 12",
                ][..],
                "gummy, 0.1 g, pack 10",
            ),
            (&["5 x 0.5g PR", "Pre-rolls 5×.5g", "half gram prerolls 5pk"][..], "preroll, 0.5 g, pack 5"),
            (&["Tincture 30ml (Hyb)", "Hybrid Tincture 0.03 L"][..], "tincture, 30 ml, (hybrid)"),
            (&["GG4 cart", "Gorilla Glue #4 Cartridges"][..], "gorilla, glue, 4, cartridge"),
            (&["Cookies"][..], "cooky"),
        ] {
            for name in names {
                assert_eq!(shown(name), wanted, "{name}");
            }
        }
    }

    #[test]
    fn numbers_that_are_no_sizes_stay_words() {
        assert_eq!(shown("AK-47"), "ak, 47");
        assert_eq!(shown("Blend 2.5"), "blend, 2.500");
    }

    proptest! {
        #[test]
        fn any_name_has_a_profile(name in "\\PC*") {
            profile(&name);
        }

        #[test]
        fn odd_figures_have_a_profile(name in "[0-9]{0,12}( x | of |pk|g|oz|/|\\.| per case| )?[0-9]{0,12}(g|kg|lb)?") {
            profile(&name);
        }
    }
}
