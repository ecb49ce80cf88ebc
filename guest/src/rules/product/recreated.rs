//! A product that was made anew in LeafLink under another id: noticed, and a new link proposed,
//! never made.

use super::{Listed, Product, Standing};
use crate::rules::decision::Reason;
use crate::rules::ids::LeafLinkProductId;
use crate::rules::reasons::Code;

/// What is the matter with a product's link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble<'a> {
    /// The LeafLink product is archived or gone: any that fits may take its place.
    Lost(String),
    /// It is there, and orders come for these others, which have its SKU or its name.
    Doubled(Vec<(&'a Listed, String)>),
}

/// Looks for trouble with the link of a product to `id`. `listed` is LeafLink's record of it, if
/// it was ever seen; `awaited` are LeafLink products that held orders wait for.
pub fn trouble<'a>(
    id: LeafLinkProductId,
    listed: Option<&Listed>,
    open: &[&'a Listed],
    awaited: &[LeafLinkProductId],
) -> Option<Trouble<'a>> {
    let Some(known) = listed else {
        return Some(Trouble::Lost(format!(
            "it is linked to LeafLink product {id}, which LeafLink no longer has"
        )));
    };
    let what = match known.standing {
        Standing::Live => {
            let doubles: Vec<_> = open
                .iter()
                .filter(|other| awaited.contains(&other.id))
                .filter_map(|other| Some((*other, format!(
                    "orders wait for this LeafLink product, which has {} of {id}, the one that it is linked to",
                    shared(known, other)?
                ))))
                .collect();
            return (!doubles.is_empty()).then_some(Trouble::Doubled(doubles));
        }
        Standing::Archived => "is archived",
        Standing::Gone => "LeafLink no longer has",
    };
    Some(Trouble::Lost(format!("it is linked to LeafLink product {id} ({}), which {what}", known.name)))
}

/// Why a product of this name and SKU may have taken the place of `linked`, which an ERP product is
/// linked to.
pub fn may_replace(name: &str, sku: &str, linked: &Listed) -> Option<&'static str> {
    let same_sku = !sku.is_empty() && sku == linked.sku;
    let same_name = !name.is_empty() && name == linked.name;
    Some(match (same_sku || same_name, linked.standing) {
        (false, _) => return None,
        (true, Standing::Archived) => "which is archived",
        (true, Standing::Gone) => "which LeafLink no longer has",
        (true, Standing::Live) if same_sku => "which has the same SKU",
        (true, Standing::Live) => "which has the same name",
    })
}

/// That a linked product is archived, with the product that may have taken its place.
pub fn archived(name: &str, linked: LeafLinkProductId, successor: Option<&Listed>) -> Reason {
    let message = format!("{name} is linked to LeafLink product {linked}, which is archived.");
    let reason = Reason::new(Code::LeafLinkProductArchived, message).with("leaflink-product", linked);
    match successor {
        Some(Listed { id, name: theirs, .. }) => reason
            .with_fix(format!(
                "Settings, Integrations, LeafLink, Linked Products: if LeafLink product {id} ({theirs}) took its place, unlink {name} and link it to that one; or bring it back in LeafLink."
            ))
            .with("successor", id),
        None => reason.with_fix(Code::LeafLinkProductGone.fix()),
    }
}

/// The question whose answer takes the place of a lost LeafLink product: what LeafLink called it,
/// for whoever makes a product anew mostly calls it the same.
pub fn question(product: &Product, lost: Option<&Listed>) -> Product {
    match lost {
        Some(lost) => Product { name: lost.name.clone(), sku: lost.sku.clone(), ..product.clone() },
        None => product.clone(),
    }
}

fn shared(one: &Listed, other: &Listed) -> Option<&'static str> {
    let same_sku = !one.sku.is_empty() && one.sku == other.sku;
    match (same_sku, one.name == other.name) {
        (true, true) => Some("the SKU and the name"),
        (true, false) => Some("the SKU"),
        (false, true) => Some("the name"),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::suggest::sample::listed;
    use super::*;

    #[test]
    fn a_lost_product_says_how() {
        let mut old = listed(7, "Night Garden 3.5g");
        let id = LeafLinkProductId(7);
        assert_eq!(trouble(id, Some(&old), &[], &[]), None);
        for (standing, wanted) in [(Standing::Archived, "is archived"), (Standing::Gone, "no longer has")] {
            old.standing = standing;
            let Some(Trouble::Lost(how)) = trouble(id, Some(&old), &[], &[]) else { panic!() };
            assert!(how.contains("Night Garden") && how.ends_with(wanted), "{how}");
        }
        assert!(matches!(trouble(id, None, &[], &[]), Some(Trouble::Lost(_))));
    }

    #[test]
    fn an_archived_product_names_its_successor() {
        let one = archived("Night Garden", LeafLinkProductId(7), None);
        assert_eq!(one.fix, Code::LeafLinkProductGone.fix());
        let one = archived("Night Garden", LeafLinkProductId(7), Some(&listed(9, "Night Garden 3.5g")));
        assert!(one.message.contains("LeafLink product 7, which is archived"), "{}", one.message);
        assert!(one.fix.contains("LeafLink product 9 (Night Garden 3.5g) took its place"), "{}", one.fix);
    }

    #[test]
    fn a_product_of_the_same_sku_or_name_may_take_a_place() {
        let mut old = Listed { sku: "FLW".to_owned(), ..listed(7, "Night Garden 3.5g") };
        assert_eq!(may_replace("Night Garden 3.5g", "NEW", &old), Some("which has the same name"));
        assert_eq!(may_replace("Night Garden", "FLW", &old), Some("which has the same SKU"));
        assert_eq!(may_replace("Night Garden", "NEW", &old), None);
        old.standing = Standing::Gone;
        assert_eq!(may_replace("Night Garden", "FLW", &old), Some("which LeafLink no longer has"));
        old = Listed { name: String::new(), sku: String::new(), standing: Standing::Archived, ..old };
        assert_eq!(may_replace("", "", &old), None, "nothing in common is not the same");
    }

    #[test]
    fn a_double_counts_only_when_orders_come_for_it() {
        let (old, mut double) = (listed(7, "Night Garden 3.5g"), listed(9, "Night Garden 3.5g"));
        let awaited = [LeafLinkProductId(9)];
        let ask = |double: &Listed, awaited: &[_]| {
            trouble(LeafLinkProductId(7), Some(&old), &[double], awaited).is_some()
        };
        assert!(ask(&double, &awaited));
        assert!(!ask(&double, &[]));
        double.name = "Night Garden 7g".to_owned();
        double.sku = "OTHER".to_owned();
        assert!(!ask(&double, &awaited));
    }
}
