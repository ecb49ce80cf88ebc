//! Linking by hand: one LeafLink product to one ERP product of the same unit type, locked until it
//! is unlinked. Names, SKUs and prices may differ.

use super::unit_type::{same, unit_of_measure};
use super::{Listed, Product, Standing};
use crate::rules::decision::Reason;
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
    if !same(&product.unit, &listed.unit) {
        let ours = unit_of_measure(&product.unit);
        let means =
            if ours == product.unit.name { String::new() } else { format!(" ({ours} in LeafLink's terms)") };
        return Some(Reason::new(
            Code::UnitTypeDiffers,
            format!(
                "{} is counted in {}{means}, and LeafLink product {} ({}) in {}.",
                product.name, product.unit.name, listed.id, listed.name, listed.unit
            ),
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::suggest::sample::{listed, product};
    use super::super::unit_type::{Measures, UnitType};
    use super::*;
    use crate::rules::ids::LeafLinkProductId;

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
    }

    #[test]
    fn an_archived_product_is_not_linked() {
        let mut theirs = listed(7, "Night Garden");
        theirs.standing = Standing::Archived;
        assert_eq!(code(&product("p", "x"), &theirs, &[]), Some(Code::LeafLinkProductArchived));
    }
}
