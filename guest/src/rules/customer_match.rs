//! "How to Sync Customers", automatic: which ERP company a LeafLink customer is.
//!
//! Licence numbers first, then names together with the ZIP code. Enough agrees, and for one company
//! only: they are linked. Two that agree as much: a person is asked, never guessed.

use super::ids::CompanyId;
use super::sorting::sort_by;
use super::text::lower_case;

/// A LeafLink customer, as far as matching goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Customer {
    /// Its name, nickname, "doing business as" and name on the licence.
    pub names: Vec<String>,
    /// Its licence and the one before.
    pub licenses: Vec<String>,
    /// Its ZIP code.
    pub zip: Option<String>,
}

/// An ERP company, as far as matching goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its id.
    pub id: CompanyId,
    /// Its name.
    pub name: String,
    /// Its other names.
    pub other_names: Vec<String>,
    /// Its licences.
    pub licenses: Vec<String>,
    /// The ZIP codes of its addresses.
    pub zips: Vec<String>,
    /// It is another LeafLink customer's already.
    pub taken: bool,
}

/// A company that may be the customer, with what speaks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The company.
    pub id: CompanyId,
    /// Its name.
    pub name: String,
    /// What agrees and what does not, in words.
    pub evidence: Vec<String>,
    /// How much agrees; more is better.
    pub weight: u8,
}

/// Licences agree.
const LICENSE: u8 = 3;
/// Name and ZIP code agree, and no licence speaks against it.
const NAME_AND_ZIP: u8 = 2;
/// Something agrees, and not enough to link by itself.
const HINT: u8 = 1;

/// What came of matching.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Matched {
    /// One company, and enough agrees.
    Certain(Match),
    /// Several agree as much.
    Ambiguous(Vec<Match>),
    /// None agrees enough.
    None,
}

/// Every company of which something agrees, best first, then by id.
pub fn matches(customer: &Customer, candidates: &[Candidate]) -> Vec<Match> {
    let mut found: Vec<Match> = candidates
        .iter()
        .filter(|candidate| !candidate.taken)
        .filter_map(|candidate| weigh(customer, candidate))
        .collect();
    sort_by(&mut found, |one, other| other.weight.cmp(&one.weight).then_with(|| one.id.cmp(&other.id)));
    found
}

/// Decides whether a customer can be linked by itself.
pub fn decide(customer: &Customer, candidates: &[Candidate]) -> Matched {
    let mut found = matches(customer, candidates);
    let Some(best) = found.first().map(|best| best.weight).filter(|weight| *weight >= NAME_AND_ZIP) else {
        return Matched::None;
    };
    found.retain(|one| one.weight == best);
    if found.len() == 1 { Matched::Certain(found.remove(0)) } else { Matched::Ambiguous(found) }
}

fn weigh(customer: &Customer, candidate: &Candidate) -> Option<Match> {
    let mut evidence = Vec::new();
    let theirs: Vec<String> =
        customer.licenses.iter().map(|license| plain(license)).filter(|plain| !plain.is_empty()).collect();
    let ours: Vec<String> = candidate.licenses.iter().map(|license| plain(license)).collect();
    let same_license = candidate
        .licenses
        .iter()
        .zip(&ours)
        .find(|(_, plain)| theirs.contains(plain))
        .map(|(license, _)| license);
    let other_license = same_license.is_none() && !theirs.is_empty() && !ours.is_empty();

    let own_names = std::iter::once(&candidate.name).chain(&candidate.other_names);
    let same_name = own_names
        .filter(|name| !plain(name).is_empty())
        .find(|name| customer.names.iter().any(|one| plain(one) == plain(name)));
    let zip = customer.zip.as_deref().map(five_digits).filter(|zip| !zip.is_empty());
    let same_zip = zip.filter(|zip| candidate.zips.iter().any(|one| five_digits(one) == *zip));

    if let Some(license) = same_license {
        evidence.push(format!("same licence {license}"));
    }
    if let Some(name) = same_name {
        evidence.push(format!("same name {name}"));
    }
    if let Some(zip) = same_zip {
        evidence.push(format!("same ZIP code {zip}"));
    }
    if other_license {
        evidence.push("the licences differ".to_owned());
    }
    let weight = if same_license.is_some() {
        LICENSE
    } else if same_name.is_some() && same_zip.is_some() && !other_license {
        NAME_AND_ZIP
    } else if same_name.is_some() {
        HINT
    } else {
        return None;
    };
    Some(Match { id: candidate.id.clone(), name: candidate.name.clone(), evidence, weight })
}

/// Letters and digits only, in lower case: `402R-99901` and `402r 99901` are the same licence.
fn plain(text: &str) -> String {
    let bare: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    lower_case(&bare)
}

fn five_digits(zip: &str) -> &str {
    zip.trim().get(..5).unwrap_or_else(|| zip.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(id: &str, name: &str, licenses: &[&str], zips: &[&str]) -> Candidate {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Candidate {
            id: CompanyId(id.to_owned()),
            name: name.to_owned(),
            other_names: Vec::new(),
            licenses: texts(licenses),
            zips: texts(zips),
            taken: false,
        }
    }

    fn customer(name: &str, license: &str, zip: &str) -> Customer {
        Customer {
            names: vec![name.to_owned()],
            licenses: vec![license.to_owned()],
            zip: Some(zip.to_owned()),
        }
    }

    fn decided(customer: &Customer, candidates: &[Candidate]) -> String {
        match decide(customer, candidates) {
            Matched::Certain(one) => one.id.0,
            Matched::Ambiguous(several) => {
                format!("ask: {}", several.iter().map(|one| one.id.0.as_str()).collect::<Vec<_>>().join(" "))
            }
            Matched::None => "none".to_owned(),
        }
    }

    #[test]
    fn licence_first_then_name_with_zip() {
        let ours = [
            candidate("a", "Copper Kettle", &["402R-99901"], &["80999"]),
            candidate("b", "Blue Door", &[], &["80998"]),
        ];
        assert_eq!(decided(&customer("Something Else", "402r 99901", ""), &ours), "a");
        assert_eq!(decided(&customer("BLUE DOOR", "", "80998-1234"), &ours), "b");
        assert_eq!(decided(&customer("Blue Door", "", "90210"), &ours), "none");
    }

    #[test]
    fn a_licence_that_differs_speaks_against_the_name() {
        let ours = [candidate("a", "Copper Kettle", &["402R-1"], &["80999"])];
        assert_eq!(decided(&customer("Copper Kettle", "402R-2", "80999"), &ours), "none");
    }

    #[test]
    fn two_that_agree_as_much_are_never_guessed_between() {
        let ours =
            [candidate("a", "Kettle", &["402R-1"], &[]), candidate("b", "Kettle Two", &["402R-1"], &[])];
        assert_eq!(decided(&customer("x", "402R-1", ""), &ours), "ask: a b");
    }

    #[test]
    fn odd_customers_match_nothing_and_break_nothing() {
        let ours = [
            candidate("a", "---", &["", "--"], &["8"]),
            candidate("b", "大麻店", &["1", "2", "3"], &["80999"]),
        ];
        assert_eq!(decided(&customer("", "", ""), &ours), "none");
        assert_eq!(decided(&customer("--", "-", "8"), &ours), "none");
        assert_eq!(decided(&customer("大麻店", "", "80999"), &ours), "b");
    }

    #[test]
    fn a_company_that_is_another_customers_is_left_alone() {
        let mut taken = candidate("a", "Kettle", &["402R-1"], &[]);
        taken.taken = true;
        assert_eq!(decided(&customer("Kettle", "402R-1", ""), &[taken]), "none");
    }
}
