//! For the products of an order that are linked to nothing: the links whose place they may take.

use crate::host::answer::Failure;
use crate::host::{catalogue, products};
use crate::rules::ids::LeafLinkProductId;
use crate::rules::order::{Order, Relink, Snapshot};
use crate::rules::product::Standing;
use crate::rules::product::recreated::may_replace;
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
            let all = catalogue::all()?.into_iter();
            catalogue = Some(all.map(|(id, record)| record.listed(id, &[])).collect::<Vec<_>>());
        }
        let alike: Vec<_> = catalogue
            .iter()
            .flatten()
            .filter(|listed| listed.id != id)
            .filter_map(|listed| Some((listed, may_replace(&line.name, &line.sku, listed)?)))
            .collect();
        let ids: Vec<LeafLinkProductId> = alike.iter().map(|(listed, _)| listed.id).collect();
        let linked = products::linked_to(&ids)?;
        let with_link = |(listed, because): &(&crate::rules::product::Listed, &'static str)| {
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
