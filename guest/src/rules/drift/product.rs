//! A linked product on both sides: whether the link holds.
//!
//! It is asked of [`obstacle`], which also guards linking.

use super::{Area, Cause, Difference, because};
use crate::rules::product::link::obstacle;
use crate::rules::product::{Listed, Product, Standing};
use crate::rules::reasons::Code;

/// The link, or the unit type that it needs.
pub const LINK: &str = "link";

/// What is the matter with the link, if anything is. `listed` is absent when LeafLink does not have
/// the product.
pub fn difference(product: &Product, listed: Option<&Listed>) -> Option<Difference> {
    let of = |leaflink: String, erp: String, explanation| Difference {
        area: Area::Products,
        subject: product.id.0.clone(),
        label: product.name.clone(),
        field: LINK,
        leaflink,
        erp,
        explanation,
        obstacle: None,
    };
    let link = product.leaflink?;
    let linked = format!("linked to {link}");
    let Some(listed) = listed.filter(|listed| listed.standing != Standing::Gone) else {
        let text = format!("LeafLink has no product {link}. {}", Code::LeafLinkProductGone.fix());
        return Some(of("no such product".to_owned(), linked, because(Cause::Held, text)));
    };
    let reason = obstacle(product, listed, &[])?;
    let shows = match listed.standing {
        Standing::Archived => "archived".to_owned(),
        Standing::Live | Standing::Gone => format!("counted in {}", listed.counted_in()),
    };
    let fix = match listed.standing {
        Standing::Archived => Code::LeafLinkProductGone.fix(),
        Standing::Live | Standing::Gone => reason.fix.as_str(),
    };
    let text = format!("{} {fix}", reason.message);
    Some(of(shows, linked, because(Cause::Held, text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::ids::LeafLinkProductId;
    use crate::rules::product::suggest::sample::{listed, product};

    fn cause(product: &Product, listed: Option<&Listed>) -> Option<Cause> {
        let found = difference(product, listed)?;
        assert_eq!(found.field, LINK);
        found.explanation.map(|why| why.cause)
    }

    #[test]
    fn a_link_that_does_not_hold_waits_for_a_person() {
        let mut ours = product("p", "Night Garden 3.5g");
        assert_eq!(cause(&ours, None), None, "it is linked to nothing");
        ours.leaflink = Some(LeafLinkProductId(7));
        let mut theirs = listed(7, "Night Garden, eighth");
        assert_eq!(cause(&ours, Some(&theirs)), None);
        assert_eq!(cause(&ours, None), Some(Cause::Held));
        let (gone, unit) = (Code::LeafLinkProductGone.fix(), Code::UnitTypeDiffers.fix());
        for (standing, unit_there, shows, fix) in [
            (Standing::Gone, "Unit", "no such product", gone),
            (Standing::Archived, "Unit", "archived", gone),
            (Standing::Live, "Gram", "counted in Gram", unit),
        ] {
            theirs.standing = standing;
            unit_there.clone_into(&mut theirs.unit);
            assert_eq!(cause(&ours, Some(&theirs)), Some(Cause::Held), "{standing:?}");
            let found = difference(&ours, Some(&theirs)).unwrap();
            assert_eq!(found.leaflink, shows);
            assert!(found.explanation.unwrap().text.ends_with(fix), "{standing:?}");
        }
    }
}
