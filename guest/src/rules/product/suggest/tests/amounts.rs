//! Pairs of names that a person tells apart by how large the product is or how many are in it,
//! written by hand: nothing here asks the parser what they say.

use super::*;

/// What must never be a sure match, whatever else agrees.
const NEVER_SURE: &[(&str, &str)] = &[
    // Another size.
    ("Blue Dream 3.5g", "Blue Dream 7g"),
    ("Blue Dream 3.5g", "Blue Dream Quarter"),
    ("Blue Dream eighth", "Blue Dream oz"),
    ("Blue Dream 1oz", "Blue Dream 1lb"),
    ("Blue Dream Half Ounce", "Blue Dream Ounce"),
    ("Blue Dream Half Pound", "Blue Dream Quarter Pound"),
    ("Blue Dream QP", "Blue Dream HP"),
    ("Blue Dream QP", "Blue Dream"),
    ("Blue Dream Half", "Blue Dream"),
    ("Blue Dream 1/4", "Blue Dream 1/8"),
    ("Blue Dream Flower 3.5", "Blue Dream Flower 7.0"),
    ("Blue Dream Flower 3.5", "Blue Dream Flower"),
    ("Gummies 100mg", "Gummies"),
    ("Gummies 100mg", "Gummies 1000mg"),
    ("Gummies 100 mg", "Gummies 1,000 mg"),
    ("Drops 100", "Drops 50"),
    ("Tincture 15ml", "Tincture 30ml"),
    ("Tincture 30ml", "Tincture 2 oz"),
    ("Cart 0.5g", "Cart .3g"),
    ("Cart Half Gram", "Cart Full Gram"),
    ("Cart Half G", "Cart 1 G"),
    ("Cart Two Gram", "Cart One Gram"),
    ("Cart Two Gram", "Cart Gram"),
    ("Cart Gram and a Half", "Cart Gram"),
    ("Vape 510 1g", "Vape 510 2g"),
    // Another count, in figures.
    ("Pre-Roll 1g", "Pre-Roll 1g 5pk"),
    ("Pre-Roll 1g", "Pre-Roll 1g 5-pk"),
    ("Pre-Roll 1g", "Pre-Roll 1g x5"),
    ("Pre-Roll 1g", "Pre-Roll 1g 5x"),
    ("Pre-Roll 1g", "Pre-Roll 5 x 1g"),
    ("Pre-Roll 1g", "Pre-Roll 1g (5)"),
    ("Pre-Roll 1g", "Pre-Roll 1g 5ct"),
    ("Pre-Roll 1g", "Pre-Roll 1g 5 count"),
    ("Pre-Roll 1g", "Pre-Roll 1g Count: 5"),
    ("Pre-Roll 1g", "Pre-Roll 1g Pack/5"),
    ("Pre-Roll 1g", "Pre-Roll 1g pk5"),
    ("Pre-Roll 1g", "5 Pre-Rolls 1g"),
    ("Pre-Roll 1g", "Pre-Roll 1g Bundle of 3"),
    ("Pre-Roll 1g (5)", "Pre-Roll 1g (10)"),
    ("Pre-Roll 5 Joints", "Pre-Roll 10 Joints"),
    ("Pre-Roll 5 x 0.5g", "Pre-Roll 10 x 0.5g"),
    ("Pre-Roll 5pk", "Pre-Roll 5 pack 1g 10ct"),
    ("Pre-Roll 6-pack", "Pre-Roll 6 pack of 2"),
    ("Pre-Roll 2-pack", "Pre-Roll 2 x 2-pack"),
    ("Pre-Roll 12 ct", "Pre-Roll 6 pack of 2"),
    ("Cart 1g", "Cart 1g (2 pack)"),
    ("Cart 1g", "Cart 2 x 1g"),
    ("Gummies 100mg 10pk", "Gummies 100mg 20pk"),
    ("Gummies 10mg 10pk", "Gummies 100mg 10pk"),
    ("Gummies 10 ct", "Gummies 100 ct"),
    ("Gummies x10", "Gummies x20"),
    ("Gummies 10's", "Gummies 20's"),
    ("Gummies 10ea", "Gummies 20ea"),
    ("Gummies 10 each", "Gummies 20 each"),
    ("Gummies 10 piece", "Gummies 20 piece"),
    ("Gummies 10 units", "Gummies 20 units"),
    ("Gummies 10 pouches", "Gummies 20 pouches"),
    ("Gummies 10 servings", "Gummies 20 servings"),
    ("Gummies 10 per pack", "Gummies 20 per pack"),
    ("Gummies Pack of 10", "Gummies Pack of 20"),
    ("Gummies Box of 10", "Gummies Box of 20"),
    ("Gummies Tray of 10", "Gummies Tray of 20"),
    ("Gummies Jar of 10", "Gummies Jar of 20"),
    ("Gummies bag of 10", "Gummies bag of 20"),
    ("Gummies set of 10", "Gummies set of 20"),
    ("Soda 4-Pack 12oz", "Soda 12oz"),
    ("Soda 4pk 12oz", "Soda 6pk 12oz"),
    // Another count, in words.
    ("Pre-Roll Five-Pack 0.5g", "Pre-Roll 0.5g"),
    ("Pre-Roll Five Pack 0.5g", "Pre-Roll 10pk 0.5g"),
    ("Pre-Roll Ten Pack 0.5g", "Pre-Roll Twenty Pack 0.5g"),
    ("Pre-Roll Twin Pack 0.5g", "Pre-Roll 0.5g"),
    ("Pre-Roll Twin 0.5g", "Pre-Roll 0.5g"),
    ("Pre-Roll Duo 0.5g", "Pre-Roll 0.5g"),
    ("Pre-Roll Duo 0.5g", "Pre-Roll Trio 0.5g"),
    ("Pre-Roll Trio 0.5g", "Pre-Roll 0.5g"),
    ("Pre-Roll Pair 0.5g", "Pre-Roll 0.5g"),
    ("Pre-Roll Double Pack", "Pre-Roll"),
    ("Pre-Roll Triple", "Pre-Roll"),
    ("Pre-Roll Single", "Pre-Roll Five Pack"),
    ("Pre-Roll Singles", "Pre-Roll Duo"),
    ("Pre-Roll Set of Three", "Pre-Roll"),
    ("Pre-Roll Pack", "Pre-Roll"),
    ("Pre-Roll Multipack", "Pre-Roll"),
    ("Pre-Roll Multi-Pack", "Pre-Roll Single"),
    ("Pre-Roll Variety Pack", "Pre-Roll"),
    ("Pre-Roll Sampler", "Pre-Roll"),
    ("Pre-Roll Bundle", "Pre-Roll"),
    ("Soda Four Pack", "Soda"),
    ("Soda Fourpack", "Soda"),
    ("Soda Four-Pk", "Soda Six-Pk"),
    ("Soda Quad", "Soda"),
    ("Soda Sixer", "Soda"),
    ("Soda Pint", "Soda Quart"),
    ("Soda Baker's Dozen", "Soda Dozen"),
    ("Soda 12 fl oz", "Soda 16 fl oz"),
    ("Soda Sixpack", "Soda Fourpack"),
    ("Soda Twenty-Four Pack", "Soda Twenty Pack"),
    ("Soda Twenty-Four Pack", "Soda Four Pack"),
    ("Soda Half Dozen", "Soda Dozen"),
    ("Soda Dozen", "Soda Two Dozen"),
    ("Gummies Single", "Gummies Dozen"),
    ("Gummies Dozen", "Gummies"),
    ("Gummies Ten", "Gummies Twenty"),
    ("Gummies Ten", "Gummies"),
    ("Gummies Pack of Ten", "Gummies Pack of Twenty"),
    ("Gummies Ten Count", "Gummies Twenty Count"),
    ("Gummies Ten Pieces", "Gummies Twelve Pieces"),
    ("Gummies Tin of Ten", "Gummies Tin of Twenty"),
    // By the case.
    ("Gummies Case of 10", "Gummies Case of 20"),
    ("Gummies Case of Ten", "Gummies Case of Twenty"),
    ("Gummies 10/case", "Gummies 20/case"),
    ("Gummies 10 per case", "Gummies 20 per case"),
    ("Gummies cs10", "Gummies cs20"),
    ("Gummies CS/10", "Gummies CS/20"),
    ("Gummies 10 count case", "Gummies 20 count case"),
    ("Gummies 100mg Case of 10", "Gummies 100mg"),
    ("Gummies 100mg 10/case", "Gummies 100mg 10pk"),
    ("Gummies 10pk, case of 12", "Gummies 10pk, case of 24"),
    ("Gummies Case", "Gummies"),
    // Words of size.
    ("Shatter Small", "Shatter Large"),
    ("Shatter Small", "Shatter"),
    ("Shatter Sm", "Shatter Lg"),
    ("Shatter S", "Shatter L"),
    ("Shatter XL", "Shatter"),
    ("Smalls Blue Dream 14", "Smalls Blue Dream 28"),
    ("Blue Dream Smalls 14g", "Blue Dream 14g"),
    ("Chocolate Bar Mini", "Chocolate Bar King Size"),
    ("Chocolate Bar Minis", "Chocolate Bar"),
    ("Chocolate Bar King Size", "Chocolate Bar"),
    ("Chocolate Bar Kingsize", "Chocolate Bar Fun Size"),
    ("Chocolate Bar Family Size", "Chocolate Bar"),
    ("Chocolate Bar Jumbo", "Chocolate Bar"),
    ("Blue Dream Bulk", "Blue Dream"),
];

#[test]
fn another_size_or_count_is_never_sure() {
    for (ours, theirs) in NEVER_SURE {
        for (one, other) in [(ours, theirs), (theirs, ours)] {
            for (sku, price) in [("", None), ("", Some(18)), ("SAME-1", None), ("SAME-1", Some(18))] {
                let (mut ours, mut theirs) = (product("p", one), listed(1, other));
                (ours.sku, theirs.sku) = (sku.to_owned(), sku.to_owned());
                (ours.price, theirs.price) = (price.map(Into::into), price.map(Into::into));
                (ours.brand, theirs.brand) = (Some("Foxglove".to_owned()), Some("Foxglove".to_owned()));
                let found = Choice::new([&theirs]).suggest(&ours);
                assert!(sku.is_empty() || found.len() == 1, "{one} / {other}");
                assert!(
                    found.iter().all(|found| !found.certain && found.score < SURE),
                    "{one} / {other}: {found:?}"
                );
            }
        }
    }
}

/// Spellings of one product a line; no line's is another's.
const SAME: &[&[&str]] = &[
    &["Pre-Roll 0.5g", "Pre Roll Half Gram", "PR .5 g"],
    &[
        "Pre-Roll 0.5g 5 pack",
        "Pre-Roll Five-Pack 0.5g",
        "Pre-Roll 0.5g 5pk",
        "Pre-Roll 0.5g 5-pk",
        "Pre-Roll 5 x 0.5g",
        "Pre-Roll 0.5g x5",
        "Pre-Roll 0.5g (5ct)",
        "Pre-Roll 0.5g Pack of Five",
        "Pre-Roll 0.5g Fivepack",
    ],
    &["Pre-Roll 0.5g 2pk", "Pre-Roll Twin Pack 0.5g", "Pre-Roll Duo 0.5g", "Pre-Roll 0.5g 2 count"],
    &["Pre-Roll 0.5g 10pk", "Pre-Roll Ten Pack 0.5g", "Pre-Roll 0.5g 10 Pieces"],
    &["Pre-Roll 0.5g 5pk case of 10", "Pre-Roll 0.5g Five Pack, 10/case", "Pre-Roll 0.5g 5ct CS/10"],
    &["Pre-Roll 0.5g Dozen", "Pre-Roll 0.5g 12pk", "Pre-Roll 0.5g Twelve Count"],
    &["Mini Pre-Roll 0.5g", "Pre-Rolls 0.5g Minis"],
];

#[test]
fn spellings_of_one_count_are_sure_among_its_neighbours() {
    for (at, spellings) in SAME.iter().enumerate() {
        for (one, other) in spellings.iter().flat_map(|one| spellings.iter().map(move |other| (one, other))) {
            let names =
                SAME.iter().enumerate().map(|(line, names)| if line == at { other } else { &names[0] });
            let theirs: Vec<Listed> =
                (1..).zip(names).map(|(id, name)| listed(id, &format!("Blue Dream {name}"))).collect();
            let found = Choice::new(&theirs).suggest(&product("p", &format!("Blue Dream {one}")));
            assert_eq!(found[0].listed.id.0, at as u64 + 1, "{one} / {other}: {found:?}");
            assert!(found[0].score >= SURE - 1, "{one} / {other}: {found:?}");
            assert!(found[0].certain, "{one} / {other}: {found:?}");
        }
    }
}
