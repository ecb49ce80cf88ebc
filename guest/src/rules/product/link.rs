//! Linking by hand: one LeafLink product to one ERP product of the same unit type, locked until it
//! is unlinked. Names, SKUs and prices may differ.

use super::unit_type::{UnitType, same, unit_of_measure};
use super::{Listed, Product, Standing};
use crate::rules::decision::Reason;
use crate::rules::ids::LeafLinkProductId;
use crate::rules::reasons::Code;

/// Why a product cannot be linked to a LeafLink product; `holders` are the ERP products that the
/// LeafLink product is linked to. A link that is there already is no obstacle.
pub fn obstacle(product: &Product, listed: &Listed, holders: &[Product]) -> Option<Reason> {
    if let Some(other) = product.leaflink.filter(|other| *other != listed.id) {
        return Some(
            Reason::new(
                Code::ProductLinkLocked,
                format!("{} is linked to LeafLink product {other} already.", product.name),
            )
            .with("product", &product.id)
            .with("leaflink-product", other),
        );
    }
    if let Some(holder) = holders.iter().find(|holder| holder.id != product.id) {
        return Some(
            Reason::new(
                Code::LeafLinkProductTaken,
                format!(
                    "LeafLink product {} ({}) is linked to the ERP product {} already.",
                    listed.id, listed.name, holder.name
                ),
            )
            .with("product", &holder.id)
            .with("leaflink-product", listed.id),
        );
    }
    if listed.standing != Standing::Live {
        return Some(Reason::new(
            Code::LeafLinkProductArchived,
            format!("LeafLink product {} ({}) is archived.", listed.id, listed.name),
        ));
    }
    unit_differs(&product.name, &product.unit, listed.id, &listed.name, &listed.counted_in())
}

/// That a product is counted in another unit type than its LeafLink product, which is counted in
/// `unit`. Such a link does not hold, however it was made: a figure of one side would be
/// another amount on the other.
pub fn unit_differs(
    name: &str,
    ours: &UnitType,
    leaflink: LeafLinkProductId,
    listed: &str,
    unit: &str,
) -> Option<Reason> {
    let message = || {
        format!(
            "{name} is counted in {}, and LeafLink product {leaflink} ({listed}) in {unit}.",
            in_words(ours)
        )
    };
    (!same(ours, unit))
        .then(|| Reason::new(Code::UnitTypeDiffers, message()).with("leaflink-product", leaflink))
}

/// A unit type's name, with what LeafLink calls it if that is something else.
pub fn in_words(unit: &UnitType) -> String {
    let known_as = unit_of_measure(unit);
    if known_as == unit.name {
        unit.name.clone()
    } else {
        format!("{} ({known_as} in LeafLink's terms)", unit.name)
    }
}

#[cfg(test)]
mod tests {
    use super::super::suggest::sample::{listed, product};
    use super::super::unit_type::{Measures, UnitType};
    use super::*;

    fn code(product: &Product, listed: &Listed, holders: &[Product]) -> Option<Code> {
        obstacle(product, listed, holders).map(|reason| reason.code)
    }

    #[test]
    fn names_skus_and_prices_may_differ() {
        let mut theirs = listed(7, "Something else entirely");
        theirs.sku = "OTHER".to_owned();
        theirs.price = Some("99".parse().unwrap());
        assert_eq!(code(&product("p", "Night Garden 3.5g"), &theirs, &[]), None);
    }

    #[test]
    fn a_link_locks_both_sides() {
        let mut linked = product("p", "Night Garden 3.5g");
        linked.leaflink = Some(LeafLinkProductId(7));
        let other = product("q", "Sea Salt");
        assert_eq!(code(&linked, &listed(8, "x"), &[]), Some(Code::ProductLinkLocked));
        assert_eq!(
            code(&other, &listed(7, "x"), std::slice::from_ref(&linked)),
            Some(Code::LeafLinkProductTaken)
        );
        let again = std::slice::from_ref(&linked);
        assert_eq!(code(&linked, &listed(7, "x"), again), None, "the link is there already");
    }

    #[test]
    fn other_unit_types_are_refused_by_name() {
        let mut grams = product("p", "Night Garden, bulk");
        grams.unit =
            UnitType { name: "Gram".to_owned(), measures: Measures::Weight, per_si_unit: Some(1_000.into()) };
        let reason = obstacle(&grams, &listed(7, "Night Garden"), &[]).unwrap();
        assert_eq!(reason.code, Code::UnitTypeDiffers);
        assert!(reason.message.contains("in Gram, and") && reason.message.ends_with("in Unit."));
        let mut theirs = listed(7, "Night Garden");
        theirs.unit = "Gram".to_owned();
        assert_eq!(code(&grams, &theirs, &[]), None);
        theirs.denomination = Some("3.5".parse().unwrap());
        let reason = obstacle(&grams, &theirs, &[]).unwrap();
        assert!(reason.message.ends_with("in 3.5 Gram."), "{}", reason.message);
    }

    #[test]
    fn an_archived_product_is_not_linked() {
        let mut theirs = listed(7, "Night Garden");
        theirs.standing = Standing::Archived;
        assert_eq!(code(&product("p", "x"), &theirs, &[]), Some(Code::LeafLinkProductArchived));
    }
}
