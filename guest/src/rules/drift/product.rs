//! A linked product on both sides: whether the link holds, and what the two are called.
//!
//! Whether the link holds is asked of [`obstacle`], which also guards linking. Linked products may have
//! other names and SKUs; that they do is shown, and not put right.

use super::{Area, Cause, Difference, because};
use crate::rules::product::link::obstacle;
use crate::rules::product::{Listed, Product, Standing};
use crate::rules::reasons::Code;

/// The link, or the unit type that it needs.
pub const LINK: &str = "link";
/// The name.
pub const NAME: &str = "name";
/// The SKU.
pub const SKU: &str = "sku";

/// How the two sides differ. `listed` is absent when LeafLink does not have the product.
pub fn differences(product: &Product, listed: Option<&Listed>) -> Vec<Difference> {
    let of = |field, leaflink: String, erp: String, explanation| Difference {
        area: Area::Products,
        subject: product.id.0.clone(),
        label: product.name.clone(),
        field,
        leaflink,
        erp,
        explanation,
        obstacle: None,
    };
    let Some(link) = product.leaflink else { return Vec::new() };
    let linked = format!("linked to {link}");
    let Some(listed) = listed.filter(|listed| listed.standing != Standing::Gone) else {
        let text = format!("LeafLink has no product {link}. {}", Code::LeafLinkProductGone.fix());
        return vec![of(LINK, "no such product".to_owned(), linked, because(Cause::Held, text))];
    };
    let mut found = Vec::new();
    if let Some(reason) = obstacle(product, listed, &[]) {
        let shows = match listed.standing {
            Standing::Archived => "archived".to_owned(),
            Standing::Live | Standing::Gone => format!("counted in {}", listed.unit),
        };
        let fix = match listed.standing {
            Standing::Archived => Code::LeafLinkProductGone.fix(),
            Standing::Live | Standing::Gone => reason.fix.as_str(),
        };
        let text = format!("{} {fix}", reason.message);
        found.push(of(LINK, shows, linked, because(Cause::Held, text)));
    }
    for (field, leaflink, erp) in [(NAME, &listed.name, &product.name), (SKU, &listed.sku, &product.sku)] {
        if leaflink.trim() != erp.trim() {
            let text =
                "linked products may differ in this; the next edit of the product in the ERP sends it.";
            found.push(of(field, leaflink.clone(), erp.clone(), because(Cause::Rule, text)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::ids::LeafLinkProductId;
    use crate::rules::product::suggest::sample::{listed, product};

    fn causes(product: &Product, listed: Option<&Listed>) -> Vec<(&'static str, Cause)> {
        let found = differences(product, listed);
        found.into_iter().filter_map(|one| Some((one.field, one.explanation?.cause))).collect()
    }

    #[test]
    fn a_link_that_does_not_hold_waits_for_a_person() {
        let mut ours = product("p", "Night Garden 3.5g");
        ours.leaflink = Some(LeafLinkProductId(7));
        let mut theirs = listed(7, "Night Garden 3.5g");
        theirs.sku.clone_from(&ours.sku);
        assert_eq!(causes(&ours, Some(&theirs)), []);
        assert_eq!(causes(&ours, None), [(LINK, Cause::Held)]);
        for standing in [Standing::Gone, Standing::Archived] {
            theirs.standing = standing;
            assert_eq!(causes(&ours, Some(&theirs)), [(LINK, Cause::Held)], "{standing:?}");
        }
        theirs.standing = Standing::Live;
        theirs.unit = "Gram".to_owned();
        assert_eq!(causes(&ours, Some(&theirs)), [(LINK, Cause::Held)]);
    }

    #[test]
    fn other_names_and_skus_are_shown_and_left() {
        let mut ours = product("p", "Night Garden 3.5g");
        ours.leaflink = Some(LeafLinkProductId(7));
        let theirs = Listed { sku: "OTHER".to_owned(), ..listed(7, "Night Garden, eighth") };
        assert_eq!(causes(&ours, Some(&theirs)), [(NAME, Cause::Rule), (SKU, Cause::Rule)]);
        ours.leaflink = None;
        assert_eq!(causes(&ours, Some(&theirs)), []);
    }
}
