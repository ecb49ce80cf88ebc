//! How well two products go together, in points, and why, in words.
//!
//! Points only, no fractions: the same two products get the same score on every machine.

use rust_decimal::Decimal;

use super::profile::{CLASSES, Marks, Profile, Size};

/// From this score on a suggestion is sure.
pub const SURE: u32 = 90;

/// What two products say about one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// The same.
    Same,
    /// Neither says anything.
    Unsaid,
    /// Only one says something.
    OneSided,
    /// Not the same, and yet it can mean the same: 10 pieces of 10 mg, and 100 mg in 10 pieces.
    Reconcilable,
    /// Something else.
    Different,
}

/// How far the prices for one unit are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prices {
    /// Not at all, to the cent.
    Same,
    /// By a tenth at most.
    Close,
    /// By more, or one has none.
    Apart,
}

/// How the words of two names go together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// 0 to 100; rare words count more than frequent ones.
    pub likeness: u32,
    /// Words that are spelled differently.
    pub respelled: Vec<(String, String)>,
    /// A word stands for a longer one, or for the initials of several.
    pub shortened: bool,
    /// Words that only the ERP's name has.
    pub ours: Vec<String>,
    /// Words that only LeafLink's name has.
    pub theirs: Vec<String>,
    /// Each has a number that the other has not.
    pub numbers_differ: bool,
}

/// Everything that speaks for or against two products being one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Both have the same SKU.
    pub same_sku: bool,
    /// The names.
    pub names: Names,
    /// Weights and volumes.
    pub sizes: Agreement,
    /// Pieces in the pack.
    pub packs: Agreement,
    /// What is in a case.
    pub cases: Agreement,
    /// Only one has a word or number that may say how large it is, or how many are in it.
    pub amounts_differ: bool,
    /// Flower, pre-roll, cartridge, ...
    pub kinds: Agreement,
    /// Indica, sativa, hybrid.
    pub classes: Agreement,
    /// The brands.
    pub brands: Agreement,
    /// The ERP product's strain, when LeafLink's name has it.
    pub strain: bool,
    /// The prices.
    pub prices: Prices,
    /// The unit types allow a link.
    pub same_unit: bool,
}

impl Evidence {
    /// The points: as they are counted, and with what holds them below a sure match.
    pub fn points(&self) -> Points {
        use Agreement::{Different, OneSided, Reconcilable, Same};
        let base =
            if self.same_sku { 80 + self.names.likeness * 14 / 100 } else { self.names.likeness * 84 / 100 };
        let mut points = Points { counted: base, most: 100 };
        match self.sizes {
            Same => points.add(6),
            OneSided => points.take(4, SURE - 2),
            Reconcilable => points.take(2, SURE - 2),
            Different => points.take(32, if self.same_sku { 70 } else { 60 }),
            Agreement::Unsaid => {}
        }
        match self.packs {
            Same => points.add(4),
            OneSided | Reconcilable => points.take(8, SURE - 2),
            Different => points.take(20, if self.same_sku { 70 } else { 60 }),
            Agreement::Unsaid => {}
        }
        match self.cases {
            // The product by the piece may be listed by the case, and then is the same one.
            OneSided | Reconcilable => points.take(0, SURE - 2),
            Different => points.take(4, SURE - 2),
            Same | Agreement::Unsaid => {}
        }
        if self.amounts_differ {
            points.take(0, SURE - 2);
        }
        if self.kinds == Different {
            points.take(20, if self.same_sku { SURE - 2 } else { 70 });
        }
        match self.classes {
            Same => points.add(2),
            Different => points.take(15, if self.same_sku { SURE - 2 } else { 70 }),
            _ => {}
        }
        match self.brands {
            Same => points.add(2),
            Different => points.take(10, if self.same_sku { SURE - 2 } else { 75 }),
            _ => {}
        }
        points.add(if self.strain { 2 } else { 0 });
        match self.prices {
            Prices::Same => points.add(4),
            Prices::Close => points.add(2),
            Prices::Apart => {}
        }
        if self.names.numbers_differ {
            points.take(15, if self.same_sku { SURE - 2 } else { 70 });
        }
        let loose = self.names.shortened || !self.names.ours.is_empty() || !self.names.theirs.is_empty();
        if loose && !self.same_sku {
            points.take(0, SURE - 1);
        }
        if self.same_unit {
            points.add(2);
        } else {
            points.take(10, 40);
        }
        points
    }

    /// What speaks for it and against it, in words.
    pub fn because(&self, ours: &Profile, theirs: &Profile, units: [&str; 2], others: &Others) -> String {
        let mut said: Vec<String> = Vec::new();
        let mut say = |text: &str| said.push(text.to_owned());
        if self.same_sku {
            say("same SKU");
        }
        let names = &self.names;
        match names.likeness {
            100 if names.respelled.is_empty() => say("same name"),
            likeness => say(&format!("names {likeness} % alike")),
        }
        for (one, other) in &names.respelled {
            say(&format!("`{one}` here is `{other}` in LeafLink"));
        }
        if !names.ours.is_empty() {
            say(&format!("only here: {}", names.ours.join(" ")));
        }
        if !names.theirs.is_empty() {
            say(&format!("only in LeafLink: {}", names.theirs.join(" ")));
        }
        if self.strain {
            say("same strain");
        }
        said.extend(compared("size", self.sizes, &sizes(ours), &sizes(theirs)));
        said.extend(compared("pack count", self.packs, &counts(&ours.packs), &counts(&theirs.packs)));
        said.extend(compared("case count", self.cases, &counts(&ours.cases), &counts(&theirs.cases)));
        said.extend(compared("strain type", self.classes, &classes(ours), &classes(theirs)));
        if let (Some(one), Some(other)) = (others.brands[0], others.brands[1]) {
            said.extend(compared("brand", self.brands, one, other));
        }
        match (self.prices, others.prices) {
            (Prices::Same, _) => said.push("same price".to_owned()),
            (_, [Some(one), Some(other)]) => {
                said.push(format!("price {} here, {} in LeafLink", one.round_dp(2), other.round_dp(2)));
            }
            _ => {}
        }
        said.push(if self.same_unit {
            format!("same unit type {}", units[1])
        } else {
            format!(
                "unit types differ ({} here, {} in LeafLink), so the two cannot be linked",
                units[0], units[1]
            )
        });
        said.join("; ")
    }
}

/// What a reason names besides the profiles: the ERP's first.
pub struct Others<'a> {
    /// The brands' names.
    pub brands: [Option<&'a str>; 2],
    /// The prices for one unit.
    pub prices: [Option<Decimal>; 2],
}

/// Points of a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Points {
    /// As they add up; what a limit hides still tells two candidates apart.
    pub counted: u32,
    /// What they may count at most.
    most: u32,
}

impl Points {
    /// The score, 0 to 100.
    pub fn score(self) -> u32 {
        self.counted.min(self.most)
    }

    fn add(&mut self, points: u32) {
        self.counted += points;
    }

    fn take(&mut self, points: u32, most: u32) {
        self.counted = self.counted.saturating_sub(points);
        self.most = self.most.min(most);
    }
}

/// Compares what is in two products.
pub fn compare_sizes(ours: &Profile, theirs: &Profile) -> Agreement {
    let (one, other) = (&ours.sizes, &theirs.sizes);
    match (one.is_empty(), other.is_empty()) {
        (true, true) => return Agreement::Unsaid,
        (false, false) => {}
        _ => return Agreement::OneSided,
    }
    if one == other {
        return Agreement::Same;
    }
    let shared = one.iter().filter(|size| other.contains(size)).count();
    if shared > 0 {
        // `10pk 100mg` and `10pk 100mg (10mg each)`: one only says more.
        let says_more = shared == one.len() || shared == other.len();
        return if says_more { Agreement::Reconcilable } else { Agreement::Different };
    }
    let whole = |profile: &Profile| -> Vec<Size> {
        let times = pieces(&profile.packs);
        profile.sizes.iter().flat_map(|size| [*size, size.times(times)]).collect()
    };
    let theirs = whole(theirs);
    let can_be = whole(ours).iter().any(|size| theirs.contains(size));
    if can_be { Agreement::Reconcilable } else { Agreement::Different }
}

/// Compares what is in two packs, or two cases. A single piece need not be said.
pub fn compare_counts(ours: &[u64], theirs: &[u64]) -> Agreement {
    match (ours, theirs) {
        ([], []) | ([1], []) | ([], [1]) => Agreement::Unsaid,
        ([], _) | (_, []) => Agreement::OneSided,
        _ if ours == theirs => Agreement::Same,
        _ => {
            let (short, long) = if ours.len() <= theirs.len() { (ours, theirs) } else { (theirs, ours) };
            // `6 packs of 2` and `12 ct`; `5pk` and `5pk (5 x 0.5g)`.
            let says_more = short.len() < long.len() && short.iter().all(|count| long.contains(count));
            let can_be = says_more || pieces(ours) == pieces(theirs);
            if can_be { Agreement::Reconcilable } else { Agreement::Different }
        }
    }
}

fn pieces(counts: &[u64]) -> u64 {
    counts.iter().fold(1, |pieces, count| pieces.saturating_mul(*count))
}

/// Compares what a name may say several of; a mixed strain is a hybrid as well.
pub fn compare_sets(ours: Marks, theirs: Marks) -> Agreement {
    match (ours.is_empty(), theirs.is_empty()) {
        (true, true) => Agreement::Unsaid,
        (false, false) if ours.share(theirs) => Agreement::Same,
        (false, false) => Agreement::Different,
        _ => Agreement::OneSided,
    }
}

/// Compares prices for one unit.
pub fn compare_prices(ours: Option<Decimal>, theirs: Option<Decimal>) -> Prices {
    let (Some(one), Some(other)) = (ours, theirs) else { return Prices::Apart };
    if one <= Decimal::ZERO || other <= Decimal::ZERO {
        return Prices::Apart;
    }
    let apart = (one - other).abs();
    if apart < Decimal::new(1, 2) {
        Prices::Same
    } else if apart <= one / Decimal::TEN {
        Prices::Close
    } else {
        Prices::Apart
    }
}

/// One thing that both say, in words; nothing when at most one says it and that is no news.
fn compared(what: &str, agreement: Agreement, ours: &str, theirs: &str) -> Option<String> {
    Some(match agreement {
        Agreement::Same => format!("same {what} {theirs}"),
        Agreement::Unsaid => return None,
        Agreement::OneSided if ours.is_empty() => format!("{what} only in LeafLink ({theirs})"),
        Agreement::OneSided => format!("{what} only here ({ours})"),
        Agreement::Reconcilable => format!("{what} {ours} here may be {theirs} in LeafLink"),
        Agreement::Different => format!("{what} differs: {ours} here, {theirs} in LeafLink"),
    })
}

fn sizes(profile: &Profile) -> String {
    profile.sizes.iter().map(|size| size.shown()).collect::<Vec<_>>().join(" and ")
}

fn counts(counts: &[u64]) -> String {
    counts.iter().map(u64::to_string).collect::<Vec<_>>().join(" and ")
}

fn classes(profile: &Profile) -> String {
    profile.classes.of(&CLASSES).join(" ")
}
