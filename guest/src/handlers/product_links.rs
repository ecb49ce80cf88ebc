//! `product-links`: which ERP product is which LeafLink product.

use super::Component;
use super::products::listing::{note_seen, settle_new};
use super::settings::in_force;
use super::waking::wake;
use crate::bindings::exports::leaflink_sync::connector::product_links::{
    Choice as ListedChoice, Guest, Linked, Suggestion, Suggestions, Unlinked,
};
use crate::bindings::leaflink_sync::host::types as wit;
use crate::host::answer::{self, Failure, effect};
use crate::host::catalogue::{self, Record};
use crate::host::leaflink::FoundProduct;
use crate::host::{self, leaflink, listings, prices, products, state, webhooks};
use crate::leaflink::listing::shown_in_catalogue;
use crate::rules::decision::Reason;
use crate::rules::ids::{LeafLinkProductId, ProductId};
use crate::rules::product::link::obstacle;
use crate::rules::product::recreated::{self, Trouble};
use crate::rules::product::suggest::{self, Choice};
use crate::rules::product::{Listed, Product, Standing};
use crate::rules::reasons::Code;
use crate::rules::sorting::sort_by;

/// Rows of one page.
const PAGE: u32 = 500;
/// Products that one call makes suggestions for.
const ASKED: usize = 500;
/// The score of a LeafLink product that stands beside the linked one under the same SKU or name:
/// next to sure, for which of the two is to be sold only a person knows.
const DOUBLED: u32 = 89;

impl Guest for Component {
    fn suggest(asked: Vec<String>) -> Result<Suggestions, Failure> {
        let catalogue = catalogue::state()?;
        if catalogue.whole_ms.is_none() {
            return Err(answer::retry(
                None,
                Code::CatalogueNotRead,
                "LeafLink's products were not read to the end yet.".to_owned(),
            ));
        }
        let all: Vec<Listed> =
            catalogue::all()?.into_iter().map(|(id, record)| record.listed(id, &catalogue.brands)).collect();
        let known =
            |id: LeafLinkProductId| all.binary_search_by_key(&id, |listed| listed.id).ok().map(|at| &all[at]);
        let ids: Vec<LeafLinkProductId> = all.iter().map(|listed| listed.id).collect();
        let taken = taken(&ids)?;
        let open: Vec<&Listed> = all
            .iter()
            .filter(|listed| listed.standing == Standing::Live && taken.binary_search(&listed.id).is_err())
            .collect();
        let mut choice = Choice::new(open.iter().copied());
        let mut awaited = None;

        let asked = &asked[..asked.len().min(ASKED)];
        let mut products = products::products(asked)?;
        let mut found = Vec::new();
        for id in asked {
            // Asked for twice, it is answered once.
            let Some(at) = products.iter().position(|product| product.id.0 == *id) else { continue };
            let product = products.swap_remove(at);
            let Some(link) = product.leaflink else {
                found.extend(shown(&product, choice.suggest(&product), None, ""));
                continue;
            };
            if awaited.is_none() {
                awaited = Some(state::awaited_products()?);
            }
            match recreated::trouble(link, known(link), &open, awaited.as_deref().unwrap_or_default()) {
                None => {}
                Some(Trouble::Lost(how)) => {
                    let question = recreated::question(&product, known(link));
                    found.extend(shown(&product, choice.suggest(&question), Some(link), &how));
                }
                Some(Trouble::Doubled(doubles)) => {
                    found.extend(
                        doubles.into_iter().map(|(listed, how)| doubled(&product, listed, link, how)),
                    );
                }
            }
        }
        Ok(Suggestions { found, as_of_ms: catalogue.read_ms })
    }

    fn list_linked(after: Option<String>, limit: u32) -> Result<Vec<Linked>, Failure> {
        let page = in_force()?.product_page;
        let linked = products::listed(after, rows(limit), |product| Some((product.id, product.leaflink?)))?;
        let ids: Vec<LeafLinkProductId> = linked.iter().map(|(_, id)| *id).collect();
        let records = catalogue::records(&ids)?;
        let was_read = catalogue::state()?.whole_ms.is_some();
        Ok(linked
            .into_iter()
            .zip(records)
            .map(|((product, id), record)| {
                let listed = record.map(|record| record.listed(id, &[]));
                Linked {
                    product: product.0,
                    leaflink_product: id.0,
                    missing: listed.as_ref().map_or(was_read, |listed| listed.standing != Standing::Live),
                    leaflink_name: listed.map(|listed| listed.name).unwrap_or_default(),
                    leaflink_page: page.as_ref().map(|page| page.replace("{id}", &id.to_string())),
                }
            })
            .collect())
    }

    fn list_unlinked(after: Option<String>, limit: u32) -> Result<Vec<Unlinked>, Failure> {
        products::listed(after, rows(limit), |product| {
            (product.active && product.leaflink.is_none()).then_some(Unlinked {
                product: product.id.0,
                name: product.name,
                sku: product.sku,
            })
        })
    }

    fn list_choices(after: Option<u64>, limit: u32) -> Result<Vec<ListedChoice>, Failure> {
        let mut choices = Vec::new();
        let mut after = after.map(LeafLinkProductId);
        loop {
            let page = catalogue::page(after, PAGE)?;
            let last = page.len() < PAGE as usize;
            after = page.last().map(|(id, _)| *id);
            let ids: Vec<LeafLinkProductId> = page.iter().map(|(id, _)| *id).collect();
            let taken = taken(&ids)?;
            for (id, record) in page {
                let listed = record.listed(id, &[]);
                if listed.standing != Standing::Live || taken.binary_search(&id).is_ok() {
                    continue;
                }
                choices.push(ListedChoice {
                    leaflink_product: id.0,
                    unit: listed.counted_in(),
                    name: listed.name,
                    sku: listed.sku,
                });
                if choices.len() == rows(limit) {
                    return Ok(choices);
                }
            }
            if last {
                return Ok(choices);
            }
        }
    }

    fn link(product: String, leaflink_product: u64) -> Result<wit::Decision, Failure> {
        let product = known_product(product)?;
        let id = LeafLinkProductId(leaflink_product);
        let found = match leaflink::product(id)? {
            FoundProduct::There(found) => found,
            FoundProduct::Missing => {
                return Err(answer::reject(Reason::new(
                    Code::LeafLinkProductNotFound,
                    format!("LeafLink has no product {id}."),
                )));
            }
            FoundProduct::Unreadable(problem) => return Err(leaflink::try_again(problem)),
        };
        let read = catalogue::state()?;
        let record = Record::of(&found, read.round);
        let listed = record.clone().listed(id, &read.brands);
        if let Some(reason) = obstacle(&product, &listed, &products::linked_to(&[id])?) {
            return Err(answer::reject(reason));
        }
        let mut settled = None;
        if product.leaflink != Some(id) {
            products::link(&product.id, Some(id))?;
            // The ERP may have taken an earlier link away by itself.
            prices::unlinked(&product.id)?;
            state::put_schema()?;
            catalogue::put_record(id, &record)?;
            if let Some(product) = listings::product(&product.id)? {
                note_seen(&product, &shown_in_catalogue(&found), true)?;
                settled = settle_new(&product)?;
            }
            wake("leaflink-product", &id.to_string())?;
            // Its form may have been filled in before it had a link.
            webhooks::announce_product(id)?;
        }
        noted(&product, Some(format!("{id} ({})", listed.name)), product.leaflink == Some(id), settled)
    }

    fn unlink(product: String) -> Result<wit::Decision, Failure> {
        let product = known_product(product)?;
        if product.leaflink.is_some() {
            // It stays unlinked until somebody asks for a LeafLink product anew.
            listings::settle_tick(&product.id)?;
            products::link(&product.id, None)?;
            prices::unlinked(&product.id)?;
        }
        noted(&product, None, product.leaflink.is_none(), None)
    }
}

fn rows(limit: u32) -> usize {
    limit.clamp(1, PAGE) as usize
}

/// Those of the LeafLink products that are linked, in order.
fn taken(ids: &[LeafLinkProductId]) -> Result<Vec<LeafLinkProductId>, Failure> {
    let mut taken: Vec<_> =
        products::linked_to(ids)?.into_iter().filter_map(|product| product.leaflink).collect();
    sort_by(&mut taken, Ord::cmp);
    Ok(taken)
}

fn known_product(id: String) -> Result<Product, Failure> {
    let id = ProductId(id);
    products::product(&id)?.ok_or_else(|| {
        answer::reject(Reason::new(Code::ProductNotFound, format!("The ERP has no product {id}.")))
    })
}

fn shown(
    product: &Product,
    found: Vec<suggest::Suggestion<'_>>,
    instead_of: Option<LeafLinkProductId>,
    how: &str,
) -> Vec<Suggestion> {
    found
        .into_iter()
        .map(|found| Suggestion {
            product: product.id.0.clone(),
            leaflink_product: found.listed.id.0,
            leaflink_name: found.listed.name.clone(),
            score: found.score,
            certain: found.certain,
            because: if how.is_empty() {
                found.because
            } else {
                format!("{how}; this one: {}", found.because)
            },
            instead_of: instead_of.map(|id| id.0),
        })
        .collect()
}

fn doubled(product: &Product, listed: &Listed, link: LeafLinkProductId, how: String) -> Suggestion {
    Suggestion {
        product: product.id.0.clone(),
        leaflink_product: listed.id.0,
        leaflink_name: listed.name.clone(),
        score: DOUBLED,
        certain: false,
        because: how,
        instead_of: Some(link.0),
    }
}

/// The decision, with what was done besides.
fn noted(
    product: &Product,
    after: Option<String>,
    unchanged: bool,
    besides: Option<wit::Effect>,
) -> Result<wit::Decision, Failure> {
    let summary = match &after {
        Some(listed) => format!("Link {} to LeafLink product {listed}.", product.name),
        None => format!("Unlink {} from its LeafLink product.", product.name),
    };
    let change = wit::Change {
        field: "LeafLink Product".to_owned(),
        before: product.leaflink.map(|id| id.to_string()),
        after,
    };
    let decision = wit::Decision {
        stream: wit::Stream::Products,
        subject: product.id.0.clone(),
        label: product.name.clone(),
        outcome: if unchanged { wit::Outcome::Unchanged } else { wit::Outcome::Applied },
        reasons: Vec::new(),
        effects: if unchanged {
            Vec::new()
        } else {
            let mut effects = vec![effect("link-product", &product.id.0, summary, vec![change])];
            effects.extend(besides);
            effects
        },
    };
    if !unchanged {
        host::journal(&decision)?;
    }
    Ok(decision)
}
