//! Whether two words are spellings of one.

/// How near one word is to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// One is the beginning of the other: `straw`, `strawberry`.
    Shortened,
    /// One is a misspelling of the other: `gelatto`, `gelato`.
    Misspelt,
}

/// Letters that begin a word and may stand for all of it.
const SHORTEST_BEGINNING: usize = 3;
/// Letters of the words that may differ by one; longer ones, from [`LONG`] on, by two. Shorter words
/// differ too often by one letter (`pink`, `pine`).
const SHORT: usize = 4;
const MEDIUM: usize = 5;
const LONG: usize = 9;
/// Letters of a word that are compared.
const LONGEST: usize = 32;

/// A word with what a quick look at it needs.
#[derive(Clone, Debug)]
pub struct Word {
    chars: Vec<char>,
    /// One bit for each letter that occurs.
    letters: u32,
}

impl Word {
    /// Prepares a word.
    pub fn new(text: &str) -> Self {
        let chars: Vec<char> = text.chars().take(LONGEST).collect();
        let letters = chars.iter().fold(0, |letters, c| letters | 1 << (u32::from(*c) % 32));
        Self { chars, letters }
    }

    /// Whether it is a number, of which every digit counts.
    pub fn is_number(&self) -> bool {
        self.chars.first().is_some_and(char::is_ascii_digit)
    }

    /// How near another word is; nothing when it is another word altogether, or the same.
    pub fn nearness(&self, other: &Word) -> Option<Nearness> {
        if self.is_number() || other.is_number() || self.chars == other.chars {
            return None;
        }
        let (short, long) = if self.chars.len() <= other.chars.len() { (self, other) } else { (other, self) };
        let allowed = match short.chars.len() {
            LONG.. => 2,
            MEDIUM.. => 1,
            // A letter left out tells less than one that is another: `buba`, `bubba`.
            SHORT if long.chars.len() > SHORT => 1,
            _ => 0,
        };
        // Each difference changes at most two letters of the set.
        let differ = (self.letters ^ other.letters).count_ones() as usize;
        if differ <= 2 * allowed
            && long.chars.len() - short.chars.len() <= allowed
            && distance(&short.chars, &long.chars) <= allowed
        {
            return Some(Nearness::Misspelt);
        }
        (short.chars.len() >= SHORTEST_BEGINNING && long.chars.starts_with(&short.chars))
            .then_some(Nearness::Shortened)
    }
}

/// Letters to insert, remove, replace, or swap with their neighbour.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (row, left) in one.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, right) in other.iter().enumerate() {
            let replaced = last[column] + usize::from(left != right);
            let mut least = replaced.min(last[column + 1] + 1).min(next[column] + 1);
            if row > 0 && column > 0 && *left == other[column - 1] && one[row - 1] == *right {
                least = least.min(before[column - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut last, next);
    }
    last[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(one: &str, other: &str) -> Option<Nearness> {
        Word::new(one).nearness(&Word::new(other))
    }

    #[test]
    fn tells_spellings_from_other_words() {
        for (one, other, wanted) in [
            ("gelatto", "gelato", Some(Nearness::Misspelt)),
            ("deisel", "diesel", Some(Nearness::Misspelt)),
            ("granddady", "granddaddy", Some(Nearness::Misspelt)),
            ("straw", "strawberry", Some(Nearness::Shortened)),
            ("buba", "bubba", Some(Nearness::Misspelt)),
            ("pink", "pine", None),
            ("cherry", "berry", None),
            ("lemon", "melon", None),
            ("gelato", "gelato", None),
            ("33", "34", None),
            ("", "", None),
        ] {
            assert_eq!(near(one, other), wanted, "{one} {other}");
        }
    }

    proptest! {
        #[test]
        fn nearness_goes_both_ways(one in "[a-d]{0,12}", other in "[a-d]{0,12}") {
            prop_assert_eq!(near(&one, &other), near(&other, &one));
        }
    }
}
