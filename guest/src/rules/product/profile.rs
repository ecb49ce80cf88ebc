//! What a product name says: words, sizes, counts, strain class. Spellings of one thing come out the
//! same: `1/8 oz`, `eighth` and `3.5g`; `10pk`, `ten count` and `pack of 10`; `PR` and `pre-roll`.

use super::amount::{is_case, is_pack, number};
use super::tokens::{Token, tokens};

/// What a name says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// What is left of the name, each word once, in order. Bare numbers are words.
    pub words: Vec<String>,
    /// Weights and volumes, each once, in order.
    pub sizes: Vec<Size>,
    /// Pieces in the pack, in order: several in `6 packs of 2`.
    pub packs: Vec<u64>,
    /// What is in a case, in order.
    pub cases: Vec<u64>,
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

const GRAM: u32 = 1_000_000;
const OUNCE: u32 = 28 * GRAM;

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
            Size::Weight(amount) => (amount, [(GRAM.into(), "g"), (1_000, "mg")]),
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
        let unit = unit.strip_suffix('s').unwrap_or(unit);
        let amount = |one: u32| thousandths.saturating_mul(u64::from(one)) / 1_000;
        match named(unit, WEIGHTS) {
            Some(one) => Some(in_ounces(Size::Weight(amount(one)))),
            None => Some(Size::Volume(amount(named(unit, VOLUMES)?))),
        }
    }
}

fn named(word: &str, list: &[(&str, u32)]) -> Option<u32> {
    list.iter().find(|(known, _)| *known == word).map(|(_, amount)| *amount)
}

/// One of each unit.
const WEIGHTS: &[(&str, u32)] = &[
    ("mg", 1_000),
    ("milligram", 1_000),
    ("g", GRAM),
    ("gr", GRAM),
    ("gm", GRAM),
    ("gram", GRAM),
    ("kg", 1_000 * GRAM),
    ("kilogram", 1_000 * GRAM),
    ("oz", OUNCE),
    ("ounce", OUNCE),
    ("zip", OUNCE),
    ("lb", 16 * OUNCE),
    ("pound", 16 * OUNCE),
];
const VOLUMES: &[(&str, u32)] =
    &[("ml", 1_000), ("milliliter", 1_000), ("l", 1_000_000), ("liter", 1_000_000), ("litre", 1_000_000)];
/// Weights that a word names by itself.
const ALONE: &[(&str, u32)] = &[
    ("eighth", OUNCE / 8),
    ("eighths", OUNCE / 8),
    ("quarter", OUNCE / 4),
    ("quarters", OUNCE / 4),
    ("oz", OUNCE),
    ("ounce", OUNCE),
    ("zip", OUNCE),
    ("gram", GRAM),
];

/// Grams that are an ounce or a pound to the letter count as the trade's.
fn in_ounces(size: Size) -> Size {
    match size {
        Size::Weight(28_300_000..=28_400_000) => Size::Weight(OUNCE.into()),
        Size::Weight(453_000_000..=454_000_000) => Size::Weight((16 * OUNCE).into()),
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

    /// A whole number of pieces that begins at a place, in digits or words: how many, how many
    /// tokens say so, and whether they say by themselves that these are pieces. `10 mg` is none.
    fn count(&self, ahead: usize) -> Option<(u64, usize, bool)> {
        let in_words = |ahead| self.word(ahead).and_then(number);
        let (mut thousandths, mut pieces) = match self.number(ahead) {
            Some(thousandths) => (thousandths, false),
            None => in_words(ahead)?,
        };
        let mut used = 1;
        if let (Some((20_000.., _)), Some((ones @ 1_000..=9_000, false))) =
            (in_words(ahead), in_words(ahead + 1))
        {
            thousandths += ones;
            used += 1;
        }
        if self.word(ahead + used) == Some("dozen") {
            thousandths *= 12;
            used += 1;
            pieces = true;
        }
        let sized = !pieces && self.word(ahead + used).is_some_and(|unit| Size::of(1, unit).is_some());
        let whole = thousandths > 0 && thousandths.is_multiple_of(1_000);
        (whole && !sized).then_some((thousandths / 1_000, used, pieces))
    }

    fn step(&mut self) {
        let used = match (self.read_count(), self.number(0)) {
            (Some(used), _) => used,
            (None, Some(thousandths)) => self.read_number(thousandths),
            (None, None) => self.read_word(),
        };
        self.at += used;
    }

    /// Reads the pieces in a pack, or what is in a case; answers how many tokens that were.
    fn read_count(&mut self) -> Option<usize> {
        let is = |ahead, what: fn(&str) -> bool| self.word(ahead).is_some_and(what);
        let (in_case, counted, used) = match (self.count(0), self.word(0)) {
            // `12 per case`, `five-pack`, `10 a pack`, `5 x 0.5g`, `duo`.
            (Some((counted, used, pieces)), _) => {
                let linked = usize::from(matches!(self.word(used), Some("per" | "a")));
                if is(used + linked, is_pack) {
                    (false, counted, used + linked + 1)
                } else if is(used + linked, is_case) {
                    (true, counted, used + linked + 1)
                } else if pieces {
                    (false, counted, used)
                } else if self.word(used) == Some("x") && self.number(used + 1).is_some() {
                    (false, counted, used + 1)
                } else {
                    return None;
                }
            }
            // `case of 12`, `pack of ten`, `box 10`; `jar of 10`, of which the jar is read; `x 10`.
            (None, Some(word)) => {
                let (in_case, in_pack) = (is_case(word), is_pack(word));
                let of = usize::from((in_case || in_pack) && self.word(1) == Some("of"));
                if !in_case && !in_pack && !matches!(word, "of" | "x") {
                    return None;
                }
                let (counted, used, _) = self.count(1 + of)?;
                let end = 1 + of + used;
                match (in_case, is(end, is_pack)) {
                    // In `case 12 pack` it is the pack that is counted.
                    (true, true) if of == 0 => return None,
                    (false, true) => (false, counted, end + 1),
                    _ => (in_case, counted, end),
                }
            }
            (None, None) => return None,
        };
        let counts = if in_case { &mut self.profile.cases } else { &mut self.profile.packs };
        counts.insert(counts.partition_point(|known| *known < counted), counted);
        Some(used)
    }

    /// Reads what begins with a number that counts nothing; answers how many tokens that were.
    fn read_number(&mut self, thousandths: u64) -> usize {
        let unit = self.word(1).unwrap_or_default();
        if let Some(size) = Size::of(thousandths, unit) {
            self.add_size(Some(size));
            return 2;
        }
        let (whole, rest) = (thousandths / 1_000, thousandths % 1_000);
        if rest > 0 && unit == "th" {
            // `1/8th`, with or without the ounce that it is of.
            self.add_size(Size::of(thousandths, "oz"));
            let of_ounce = self.word(2).is_some_and(|word| Size::of(1_000, word) == Size::of(1_000, "oz"));
            return if of_ounce { 3 } else { 2 };
        }
        self.keep(&if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:03}") });
        1
    }

    fn read_word(&mut self) -> usize {
        let Some(word) = self.word(0).map(str::to_owned) else { return 1 };
        let next = self.word(1).unwrap_or_default().to_owned();
        let size = match (word.as_str(), number(&word)) {
            ("full", _) => Size::of(1_000, &next),
            (_, Some((thousandths, _))) => Size::of(thousandths, &next),
            _ => None,
        };
        if size.is_some() {
            self.add_size(size);
            return 2;
        }
        if let Some(weight) = named(&word, ALONE) {
            self.add_size(Some(Size::Weight(weight.into())));
            return 1;
        }
        if word == "pre" && next.starts_with("roll") {
            self.keep("preroll");
            return 2;
        }
        // `Small Batch` is praise, and no size.
        if word == "x" || STOP_WORDS.contains(&word.as_str()) || (word == "small" && next == "batch") {
            return 1;
        }
        let word = singular(&word);
        let long =
            SHORT_FORMS.iter().find(|(short, _)| *short == word).map_or(word.as_str(), |(_, long)| long);
        for long in long.split(' ') {
            match CLASSES.iter().position(|class| *class == long) {
                Some(place) => self.profile.classes.add(place),
                None => self.keep(long),
            }
        }
        1
    }

    fn add_size(&mut self, size: Option<Size>) {
        let sizes = &mut self.profile.sizes;
        if let Some(size) = size
            && let Err(at) = sizes.binary_search(&size)
        {
            sizes.insert(at, size);
        }
    }

    fn keep(&mut self, word: &str) {
        if !self.profile.words.iter().any(|known| known == word) {
            self.profile.words.push(word.to_owned());
        }
    }
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

const STOP_WORDS: &[&str] = &["the", "a", "an", "of", "and", "with", "w", "by", "in", "each", "ea"];

/// Short and other forms of words, after [`singular`].
const SHORT_FORMS: &[(&str, &str)] = &[
    ("pr", "preroll"),
    ("prs", "preroll"),
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
    ("gmo", "garlic cooky"),
    ("litchi", "lychee"),
    ("ssh", "super silver haze"),
    ("wd", "wedding"),
    ("hyb", "hybrid"),
    ("ind", "indica"),
    ("sat", "sativa"),
    ("pk", "pack"),
    ("minis", "mini"),
    ("sm", "small"),
    ("lg", "large"),
    ("kingsize", "king size"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(name: &str) -> String {
        let profile = profile(name);
        let mut parts = profile.words.clone();
        parts.extend(profile.sizes.iter().map(|size| size.shown()));
        parts.extend(profile.packs.iter().map(|pack| format!("pack {pack}")));
        parts.extend(profile.cases.iter().map(|case| format!("case {case}")));
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
                    "Gummies, ten pieces, 100mg",
                    "100mg Gummies Tenpack",
                    "Gummies 100mg 10 per box",
                    "Gummies 100mg Pk/10",
                    "Gummies 100mg pack of 10 ct",
                ][..],
                "gummy, 0.1 g, pack 10",
            ),
            (
                &[
                    "10 pieces 100mg gummies, 12 per case",
                    "Gummies 10-Pack 100mg case of 12",
                    "Gummies 100mg 10ct CS/12",
                    "Gummies 100mg, Ten Count, 12/case",
                    "Gummies 100mg 10pk (dozen a case)",
                ][..],
                "gummy, 0.1 g, pack 10, case 12",
            ),
            (&["Soda 24pk", "Soda Twenty-Four Pack", "Two Dozen Soda", "24 units soda"][..], "soda, pack 24"),
            (&["Soda 6pk", "Half Dozen Soda", "1/2 dozen Soda", "Soda Six-Pack"][..], "soda, pack 6"),
            (&["Soda 2pk", "Twin Pack Soda", "Soda Duo", "Soda, Double Pack", "Soda x2"][..], "soda, pack 2"),
            (&["6-pack of 2 Soda", "Soda 2 ct, 6 pk"][..], "soda, pack 2, pack 6"),
            (&["Mint Tin of 20", "Mints Tin of Twenty"][..], "mint, tin, pack 20"),
            (&["Cart 2g", "Two Gram Cart"][..], "cartridge, 2 g"),
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
    fn what_is_no_size_and_no_count_stays_a_word() {
        assert_eq!(shown("AK-47"), "ak, 47");
        assert_eq!(shown("Blend 2.5"), "blend, 2.500");
        assert_eq!(shown("Seven Leaf"), "seven, leaf");
        assert_eq!(shown("Gummies (10)"), "gummy, 10");
        assert_eq!(shown("Case 12 pack"), "case, pack 12");
        assert_eq!(shown("Small Batch Multipack"), "batch, multi, pack");
    }

    proptest! {
        #[test]
        fn any_name_has_a_profile(name in "\\PC*") {
            profile(&name);
        }

        #[test]
        fn odd_figures_have_a_profile(name in "[0-9]{0,12}( x | of |pk|g|oz|/|\\.| per case| dozen| pack of | )?[0-9]{0,12}(g|kg|lb)?") {
            profile(&name);
        }
    }
}
