//! The Unlinked Products tab: which LeafLink product an ERP product may be, best first.
//!
//! An index from words to LeafLink products finds the few worth a close look, so that thousands of
//! products against thousands take a second or two. Every step counts in whole numbers and breaks
//! ties by id, so that the answer is the same every time.

use std::collections::BTreeMap;

use super::amount::is_amount;
use super::profile::{Profile, Size, classes_of, is_filler, kinds, profile, sku_key};
use super::score::{
    Agreement, Evidence, Names, Others, Points, SURE, compare_counts, compare_prices, compare_sets,
    compare_sizes,
};
use super::similar::{Nearness, Word};
use super::unit_type::{same, unit_of_measure};
use super::{Listed, Product};

/// LeafLink products that get a close look for one ERP product.
const CLOSE_LOOKS: usize = 60;
/// Suggestions for one ERP product.
const MOST: usize = 5;
/// Below this score a suggestion helps nobody.
const LEAST: u32 = 35;
/// A sure match has no rival within so many points.
const LEAD: u32 = 5;
/// Words that one word, run together or as initials, may stand for.
const RUN: usize = 3;
/// Parts of a word's weight that a misspelling, words run together, and a short form keep, in
/// sixteenths.
const MISSPELT: u32 = 13;
const RUN_TOGETHER: u32 = 15;
const SHORTENED: u32 = 9;

/// A LeafLink product that an ERP product may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion<'a> {
    /// The LeafLink product.
    pub listed: &'a Listed,
    /// 0 to 100.
    pub score: u32,
    /// Whether it is sure: a score of `SURE` or more, with no rival near it.
    pub certain: bool,
    /// What speaks for it and against it, in words.
    pub because: String,
}

/// LeafLink products to choose from, prepared for many questions.
pub struct Choice<'a> {
    entries: Vec<Entry<'a>>,
    words: Vocabulary,
    skus: Places,
    /// What words of questions stand for, by the numbers of those that were looked up.
    standing_for: Vec<Found>,
    looked_up: BTreeMap<String, usize>,
}

struct Entry<'a> {
    listed: &'a Listed,
    /// What it is counted in.
    unit: String,
    profile: Profile,
    brand: Vec<String>,
}

/// Words of the catalogue and where they stand.
#[derive(Default)]
struct Vocabulary {
    known: Places,
    /// The words of `known`, by their numbers.
    words: Vec<Word>,
    /// Neighbouring words run together, and their initials.
    runs: Places,
}

/// Which products have a text, in order.
#[derive(Default)]
struct Places {
    numbers: BTreeMap<String, usize>,
    places: Vec<Vec<usize>>,
}

impl Places {
    /// Notes a text of a product; answers whether no product had it before.
    fn add(&mut self, text: String, place: usize) -> bool {
        let next = self.places.len();
        let number = *self.numbers.entry(text).or_insert(next);
        if number == next {
            self.places.push(Vec::new());
        }
        let places = &mut self.places[number];
        if places.last() != Some(&place) {
            places.push(place);
        }
        number == next
    }

    /// The products that have a text.
    fn of(&self, text: &str) -> Option<&[usize]> {
        Some(&self.places[*self.numbers.get(text)?])
    }
}

/// Where a word leads: products, each with what it is worth there.
type Found = Vec<(usize, u32)>;

impl<'a> Choice<'a> {
    /// Prepares the products to choose from: those that are there and not linked, in order of id.
    pub fn new(listed: impl IntoIterator<Item = &'a Listed>) -> Self {
        let mut choice = Self {
            entries: Vec::new(),
            words: Vocabulary::default(),
            skus: Places::default(),
            standing_for: Vec::new(),
            looked_up: BTreeMap::new(),
        };
        for listed in listed {
            let entry = Entry::new(listed);
            let place = choice.entries.len();
            choice.words.add(&entry.profile.words, place);
            let sku = sku_key(&listed.sku);
            if !sku.is_empty() {
                choice.skus.add(sku, place);
            }
            choice.entries.push(entry);
        }
        choice
    }

    /// The LeafLink products that a product may be, best first.
    pub fn suggest(&mut self, product: &Product) -> Vec<Suggestion<'a>> {
        let question = Question::new(product);
        let mut found: Vec<(Points, usize, Evidence)> = self
            .candidates(&question)
            .into_iter()
            .map(|place| {
                let evidence = self.evidence(&question, &self.entries[place]);
                (evidence.points(), place, evidence)
            })
            .filter(|(points, ..)| points.score() >= LEAST)
            .collect();
        let rank = |points: &Points| (points.score(), points.counted);
        let mut best = Vec::new();
        while best.len() < MOST && !found.is_empty() {
            // The first of the greatest: places are in order of id.
            let top = (0..found.len()).fold(0, |top, at| {
                let (one, other) = (&found[at], &found[top]);
                let ahead =
                    rank(&one.0) > rank(&other.0) || (rank(&one.0) == rank(&other.0) && one.1 < other.1);
                if ahead { at } else { top }
            });
            best.push(found.swap_remove(top));
        }
        let scores: Vec<u32> = best.iter().map(|(points, ..)| points.score()).collect();
        best.into_iter()
            .enumerate()
            .map(|(at, (points, place, evidence))| {
                let rival = scores
                    .iter()
                    .enumerate()
                    .find(|(other, score)| *other != at && **score + LEAD > points.score())
                    .map(|(other, _)| other);
                let sure = points.score() >= SURE;
                let entry = &self.entries[place];
                let mut because = question.because(&evidence, entry);
                if sure && rival.is_some() {
                    because.push_str("; another LeafLink product fits about as well");
                }
                Suggestion {
                    listed: entry.listed,
                    score: if sure && rival.is_some() { SURE - 1 } else { points.score() },
                    certain: sure && rival.is_none(),
                    because,
                }
            })
            .collect()
    }

    /// The places of the products worth a close look.
    fn candidates(&mut self, question: &Question) -> Vec<usize> {
        let mut worth = vec![0_u64; self.entries.len()];
        let mut asked = question.words.clone();
        asked.extend(question.optional.iter().cloned());
        for word in &asked {
            let number = self.look_up(word);
            for (place, points) in &self.standing_for[number] {
                worth[*place] += u64::from(*points);
            }
        }
        for run in runs(&question.words) {
            if let Some(places) = self.words.known.of(&run) {
                let points = u64::from(self.rarity(places));
                places.iter().for_each(|place| worth[*place] += points);
            }
        }
        let own = question.profile.sizes.len() as u64 * 8;
        for (place, points) in worth.iter_mut().enumerate().filter(|(_, points)| **points > 0) {
            if self.entries[place].profile.sizes == question.profile.sizes {
                *points += own + 8;
            }
        }
        let mut found: Vec<usize> = Vec::new();
        for (place, points) in worth.iter().enumerate().filter(|(_, points)| **points > 0) {
            // Behind those that are worth as much.
            let at = found.partition_point(|before| worth[*before] >= *points);
            if at < CLOSE_LOOKS {
                found.truncate(CLOSE_LOOKS - 1);
                found.insert(at, place);
            }
        }
        for place in self.skus.of(&question.sku).unwrap_or_default().iter().take(CLOSE_LOOKS) {
            if !found.contains(place) {
                found.push(*place);
            }
        }
        found
    }

    /// Where a word leads: to products that have it, spell it otherwise, or run it together.
    /// Answers its number in `standing_for`.
    fn look_up(&mut self, word: &str) -> usize {
        if let Some(number) = self.looked_up.get(word) {
            return *number;
        }
        let mut best = vec![0; self.entries.len()];
        let mut lead = |places: &[usize], points: u32| {
            for place in places {
                best[*place] = points.max(best[*place]);
            }
        };
        if let Some(places) = self.words.known.of(word) {
            lead(places, self.rarity(places));
        }
        let asked = Word::new(word);
        for (known, places) in self.words.words.iter().zip(&self.words.known.places) {
            if let Some(nearness) = asked.nearness(known) {
                lead(places, self.rarity(places) * part(nearness) / 16);
            }
        }
        if let Some(places) = self.words.runs.of(word) {
            lead(places, self.rarity(places));
        }
        let number = self.standing_for.len();
        self.standing_for.push(best.into_iter().enumerate().filter(|(_, points)| *points > 0).collect());
        self.looked_up.insert(word.to_owned(), number);
        number
    }

    /// The weight of a word that these products have.
    fn rarity(&self, places: &[usize]) -> u32 {
        rarity(places.len(), self.entries.len())
    }

    /// A word's weight, in the catalogue or not.
    fn weight_of(&self, word: &str) -> u32 {
        let weight = rarity(self.words.known.of(word).map_or(1, <[usize]>::len), self.entries.len());
        if is_filler(word) { weight / 4 } else { weight }
    }

    fn evidence(&self, question: &Question, entry: &Entry<'a>) -> Evidence {
        let listed = entry.listed;
        let brands = match (question.brand.is_empty(), entry.brand.is_empty()) {
            (false, false) => {
                let (short, long) = if question.brand.len() <= entry.brand.len() {
                    (&question.brand, &entry.brand)
                } else {
                    (&entry.brand, &question.brand)
                };
                if short.iter().all(|word| long.contains(word)) {
                    Agreement::Same
                } else {
                    Agreement::Different
                }
            }
            _ => Agreement::Unsaid,
        };
        let same_sku = !question.sku.is_empty() && question.sku == sku_key(&listed.sku);
        let names = self.compare_names(question, entry);
        // Without the SKU, any word that only one has keeps a match from being sure.
        let amounts_differ = (same_sku && names.ours.iter().chain(&names.theirs).any(|word| is_amount(word)))
            || names
                .respelled
                .iter()
                .any(|(one, other)| one.split(' ').chain(other.split(' ')).any(is_amount));
        Evidence {
            same_sku,
            names,
            amounts_differ,
            sizes: compare_sizes(&question.profile, &entry.profile),
            packs: compare_counts(&question.profile.packs, &entry.profile.packs),
            cases: compare_counts(&question.profile.cases, &entry.profile.cases),
            kinds: compare_sets(
                kinds(&[&question.words[..], &question.optional].concat()),
                kinds(&entry.profile.words),
            ),
            classes: compare_sets(question.profile.classes, entry.profile.classes),
            brands,
            strain: !question.strain.is_empty()
                && question.strain.iter().all(|word| entry.profile.words.contains(word)),
            prices: compare_prices(question.product.price, listed.price),
            same_unit: same(&question.product.unit, &entry.unit),
        }
    }

    /// Pairs the words of two names, each with at most one of the other: the same, then
    /// misspellings, words run together, and short forms.
    fn compare_names(&self, question: &Question<'_>, entry: &Entry<'a>) -> Names {
        let mut theirs: Vec<&str> = without(&entry.profile.words, &[&question.brand, &entry.brand]).collect();
        let mut ours: Vec<&str> = without(&question.words, &[&entry.brand]).collect();
        // What a category says counts only where LeafLink's name says it too.
        ours.extend(question.optional.iter().map(String::as_str).filter(|word| theirs.contains(word)));
        let (mut agreed, mut total) = (0, 0);
        ours.retain(|word| match theirs.iter().position(|other| other == word) {
            Some(at) => {
                theirs.remove(at);
                agreed += 2 * self.weight_of(word);
                total += 2 * self.weight_of(word);
                false
            }
            None => true,
        });
        let mut pairs = Pairs { ours, theirs, agreed, total, names: Names::default() };
        self.pair_near(Nearness::Misspelt, &mut pairs);
        self.pair_runs(true, &mut pairs);
        self.pair_runs(false, &mut pairs);
        self.pair_near(Nearness::Shortened, &mut pairs);

        let Pairs { ours, theirs, agreed, mut total, mut names } = pairs;
        total += self.weigh(&ours) + self.weigh(&theirs);
        names.likeness = (agreed * 100).checked_div(total).unwrap_or(0).min(100);
        let has_number =
            |words: &[&str]| words.iter().any(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        names.numbers_differ = has_number(&ours) && has_number(&theirs);
        names.ours = ours.into_iter().map(str::to_owned).collect();
        names.theirs = theirs.into_iter().map(str::to_owned).collect();
        names
    }

    /// Pairs words that are near each other in this way.
    fn pair_near(&self, wanted: Nearness, pairs: &mut Pairs<'_>) {
        let Pairs { ours, theirs, agreed, total, names } = pairs;
        ours.retain(|word| {
            let asked = Word::new(word);
            let near = |other: &&str| asked.nearness(&Word::new(other)) == Some(wanted);
            let Some(at) = theirs.iter().position(near) else { return true };
            let other = theirs.remove(at);
            let weight = 2 * self.weight_of(word).min(self.weight_of(other));
            *total += weight;
            *agreed += weight * part(wanted) / 16;
            names.shortened |= wanted == Nearness::Shortened;
            names.respelled.push(((*word).to_owned(), other.to_owned()));
            false
        });
    }

    /// Pairs a word of one side with neighbouring words of the other that it stands for.
    fn pair_runs(&self, ours_are_single: bool, pairs: &mut Pairs<'_>) {
        let Pairs { ours, theirs, agreed, total, names } = pairs;
        let (single, several) = if ours_are_single { (ours, theirs) } else { (theirs, ours) };
        single.retain(|word| {
            let Some((at, length, initials)) = stands_for(word, several) else { return true };
            let run: Vec<&str> = several.drain(at..at + length).collect();
            let kept = if initials { SHORTENED } else { RUN_TOGETHER };
            let weight = 2 * self.weight_of(word).min(self.weigh(&run));
            *total += weight;
            *agreed += weight * kept / 16;
            names.shortened |= initials;
            let (word, run) = ((*word).to_owned(), run.join(" "));
            names.respelled.push(if ours_are_single { (word, run) } else { (run, word) });
            false
        });
    }

    fn weigh(&self, words: &[&str]) -> u32 {
        words.iter().map(|word| self.weight_of(word)).sum()
    }
}

/// Two names on the way to being paired: the words left over on each side, and what came of it.
struct Pairs<'w> {
    ours: Vec<&'w str>,
    theirs: Vec<&'w str>,
    agreed: u32,
    /// What could agree: a pair counts as the more frequent of the two, for a misspelling is rare.
    total: u32,
    names: Names,
}

impl Vocabulary {
    fn add(&mut self, words: &[String], place: usize) {
        for word in words {
            if self.known.add(word.clone(), place) {
                self.words.push(Word::new(word));
            }
        }
        for run in runs(words) {
            self.runs.add(run, place);
        }
    }
}

impl<'a> Entry<'a> {
    fn new(listed: &'a Listed) -> Self {
        let mut profile = profile(&listed.name);
        if profile.sizes.is_empty()
            && let Some(denomination) = listed.denomination
        {
            profile.sizes.extend(in_denomination(denomination, &listed.unit));
        }
        if let Some(class) = &listed.strain_class
            && profile.classes.is_empty()
        {
            profile.classes = classes_of(class);
        }
        let brand = listed.brand.as_deref().map(|brand| super::profile::profile(brand).words);
        Self { listed, unit: listed.counted_in(), profile, brand: brand.unwrap_or_default() }
    }
}

/// The size of a product that LeafLink sells by `3 1/2` `Gram`; by one of a unit is no size.
fn in_denomination(denomination: rust_decimal::Decimal, unit: &str) -> Option<Size> {
    let thousandths = u64::try_from(denomination.checked_mul(1_000.into())?.trunc()).ok()?;
    let unit = unit.to_ascii_lowercase();
    (thousandths != 1_000 && thousandths > 0).then(|| Size::of(thousandths, &unit)).flatten()
}

/// What is asked for, with an ERP product's words made ready.
struct Question<'p> {
    product: &'p Product,
    profile: Profile,
    /// The words of the name and the strain, without the brand.
    words: Vec<String>,
    /// Words of the category that the name has not.
    optional: Vec<String>,
    brand: Vec<String>,
    strain: Vec<String>,
    sku: String,
}

impl<'p> Question<'p> {
    fn new(product: &'p Product) -> Self {
        let words_of =
            |text: &Option<String>| text.as_deref().map(|text| profile(text).words).unwrap_or_default();
        let (brand, strain) = (words_of(&product.brand), words_of(&product.strain));
        let mut profile = profile(&product.name);
        for word in &strain {
            if !profile.words.contains(word) {
                profile.words.push(word.clone());
            }
        }
        let words: Vec<String> = without(&profile.words, &[&brand]).map(str::to_owned).collect();
        let optional = words_of(&product.category);
        let optional = optional.into_iter().filter(|word| !words.contains(word) && !brand.contains(word));
        Self {
            product,
            optional: optional.collect(),
            words,
            brand,
            strain,
            sku: sku_key(&product.sku),
            profile,
        }
    }

    fn because(&self, evidence: &Evidence, entry: &Entry<'_>) -> String {
        let listed = entry.listed;
        let ours = if same(&self.product.unit, &entry.unit) {
            unit_of_measure(&self.product.unit)
        } else {
            &self.product.unit.name
        };
        let others = Others {
            brands: [self.product.brand.as_deref(), listed.brand.as_deref()],
            prices: [self.product.price, listed.price],
        };
        evidence.because(&self.profile, &entry.profile, [ours, &entry.unit], &others)
    }
}

/// The words that are no brand's; all of them when nothing else would be left.
fn without<'w>(words: &'w [String], brands: &[&[String]]) -> impl Iterator<Item = &'w str> {
    let other = |word: &String| !brands.iter().any(|brand| brand.contains(word));
    let all = !words.iter().any(other);
    let kept: Vec<&str> = words.iter().filter(|word| all || other(word)).map(String::as_str).collect();
    kept.into_iter()
}

/// Neighbouring words run together, and their initials.
fn runs(words: &[String]) -> Vec<String> {
    let mut runs = Vec::new();
    for length in 2..=RUN {
        for run in words.windows(length) {
            runs.push(run.concat());
            runs.push(run.iter().filter_map(|word| word.chars().next()).collect());
        }
    }
    runs
}

/// Neighbouring words that one word stands for: where, how many, and whether as initials.
fn stands_for(word: &str, words: &[&str]) -> Option<(usize, usize, bool)> {
    (2..=RUN).find_map(|length| {
        words.windows(length).enumerate().find_map(|(at, run)| {
            let initials: String = run.iter().filter_map(|word| word.chars().next()).collect();
            (run.concat() == word || initials == word).then_some((at, length, initials == word))
        })
    })
}

fn part(nearness: Nearness) -> u32 {
    match nearness {
        Nearness::Misspelt => MISSPELT,
        Nearness::Shortened => SHORTENED,
    }
}

/// What a word is worth that so many of all products have: sixteen points for each halving, and
/// some for the word itself.
fn rarity(having: usize, all: usize) -> u32 {
    let ratio = u32::try_from((all + 1) / having.max(1)).unwrap_or(u32::MAX).max(1);
    let whole = ratio.ilog2();
    16 * whole + (ratio - (1 << whole)) * 16 / (1 << whole) + 8
}

#[cfg(test)]
pub mod sample;
#[cfg(test)]
mod tests;
