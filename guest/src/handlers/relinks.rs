//! For products of orders that are linked to nothing, the links whose place they may take; and for
//! linked products that are archived, the products that may take their place.

use crate::host::answer::Failure;
use crate::host::{catalogue, products};
use crate::rules::ids::LeafLinkProductId;
use crate::rules::order::{Order, Relink, Snapshot};
use crate::rules::product::recreated::may_replace;
use crate::rules::product::{Listed, Standing};
use crate::rules::sorted::Map;

/// Looks in LeafLink's catalogue, as it was last read, for what went by the name or SKU that the
/// order has, and is linked. Of several, one that is no longer there goes first.
pub fn relinks(order: &Order, snapshot: &Snapshot) -> Result<Map<LeafLinkProductId, Relink>, Failure> {
    let mut relinks = Map::new();
    let mut catalogue = None;
    for line in &order.lines {
        let Some(id) = line.product else { continue };
        if snapshot.products.contains_key(&id) || relinks.contains_key(&id) {
            continue;
        }
        if catalogue.is_none() {
            catalogue = Some(listed()?);
        }
        let alike: Vec<_> = catalogue
            .iter()
            .flatten()
            .filter(|listed| listed.id != id)
            .filter_map(|listed| Some((listed, may_replace(&line.name, &line.sku, listed)?)))
            .collect();
        let ids: Vec<LeafLinkProductId> = alike.iter().map(|(listed, _)| listed.id).collect();
        let linked = products::linked_to(&ids)?;
        let with_link = |(listed, because): &(&Listed, &'static str)| {
            let product = linked.iter().find(|product| product.leaflink == Some(listed.id))?;
            let relink = Relink { product: product.name.clone(), linked: listed.id, because };
            Some((listed.standing == Standing::Live, relink))
        };
        let found: Vec<(bool, Relink)> = alike.iter().filter_map(with_link).collect();
        let best = found.iter().find(|(live, _)| !live).or(found.first());
        if let Some((_, relink)) = best {
            relinks.insert(id, relink.clone());
        }
    }
    Ok(relinks)
}

/// Looks in LeafLink's catalogue, as it was last read, for what goes by the name or SKU of an archived
/// product and is linked to nothing. Of several, the one that was made last. `catalogue` is read for
/// the first that is asked for.
pub fn successor(
    archived: LeafLinkProductId,
    catalogue: &mut Vec<Listed>,
) -> Result<Option<&Listed>, Failure> {
    if catalogue.is_empty() {
        *catalogue = listed()?;
    }
    let Some(old) = catalogue.iter().find(|listed| listed.id == archived) else { return Ok(None) };
    for listed in catalogue.iter().rev() {
        if listed.id != archived
            && listed.standing == Standing::Live
            && may_replace(&listed.name, &listed.sku, old).is_some()
            && products::linked_to(&[listed.id])?.is_empty()
        {
            return Ok(Some(listed));
        }
    }
    Ok(None)
}

fn listed() -> Result<Vec<Listed>, Failure> {
    Ok(catalogue::all()?.into_iter().map(|(id, record)| record.listed(id, &[])).collect())
}
