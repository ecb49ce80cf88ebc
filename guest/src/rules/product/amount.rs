//! Words that say how many pieces there are in a product, or how large it is.

/// A number in words, in thousandths, and whether it says by itself that it counts pieces: a `duo`
/// is two of them, and `two` may be anything.
pub fn number(word: &str) -> Option<(u64, bool)> {
    let (_, thousandths, pieces) = NUMBERS.iter().find(|(known, ..)| *known == word)?;
    Some((u64::from(*thousandths), *pieces))
}

/// Whether a number beside it counts the pieces in a pack.
pub fn is_pack(word: &str) -> bool {
    PACKS.contains(&word.strip_suffix('s').unwrap_or(word))
}

/// Whether a number beside it counts what is in a case.
pub fn is_case(word: &str) -> bool {
    CASES.contains(&word)
}

/// Whether a word, or a number that nothing told to be a size or a count, may be all that tells two
/// products of different size or pack apart.
pub fn is_amount(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        || number(word).is_some()
        || is_pack(word)
        || is_case(word)
        || SIZES.contains(&word)
}

const PACKS: &[&str] = &["pk", "pack", "ct", "cnt", "count", "pc", "piece", "box", "unit", "qty"];
const CASES: &[&str] = &["case", "cases", "cs"];
const NUMBERS: &[(&str, u16, bool)] = &[
    ("quarter", 250, false),
    ("half", 500, false),
    ("one", 1_000, false),
    ("single", 1_000, true),
    ("singles", 1_000, true),
    ("two", 2_000, false),
    ("double", 2_000, false),
    ("dual", 2_000, false),
    ("twin", 2_000, true),
    ("pair", 2_000, true),
    ("duo", 2_000, true),
    ("three", 3_000, false),
    ("triple", 3_000, false),
    ("trio", 3_000, true),
    ("four", 4_000, false),
    ("quad", 4_000, true),
    ("five", 5_000, false),
    ("six", 6_000, false),
    ("sixer", 6_000, true),
    ("seven", 7_000, false),
    ("eight", 8_000, false),
    ("nine", 9_000, false),
    ("ten", 10_000, false),
    ("eleven", 11_000, false),
    ("twelve", 12_000, false),
    ("dozen", 12_000, true),
    ("fourteen", 14_000, false),
    ("fifteen", 15_000, false),
    ("sixteen", 16_000, false),
    ("eighteen", 18_000, false),
    ("twenty", 20_000, false),
    ("thirty", 30_000, false),
    ("forty", 40_000, false),
    ("fifty", 50_000, false),
];

/// After `singular` and short forms. Letters are those of clothes.
const SIZES: &[&str] = &[
    "small", "medium", "large", "mini", "micro", "tiny", "little", "petite", "short", "slim", "tall", "big",
    "jumbo", "giant", "mega", "maxi", "king", "regular", "personal", "fun", "size", "s", "m", "l", "xs",
    "xl", "xxl", "qp", "hp", "travel", "trial", "sample", "sampler", "bulk", "family", "party", "value",
    "variety", "multi", "bundle", "baker", "pint", "quart", "gallon", "set", "tray", "sleeve", "carton",
    "display",
];
