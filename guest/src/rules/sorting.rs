//! Sorting, once for all types.
//!
//! The standard library compiles its sort anew for each type: six kilobytes of component a time.
//! Here one sort works on places, whatever stands there.

use std::cmp::Ordering;

/// Sorts; equal items keep their order. Meant for up to some thousands.
pub fn sort_by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let order = order(items.len(), &|one, other| compare(&items[one], &items[other]));
    for place in 0..items.len() {
        // What stood at a place before was swapped to where that place's own item came from.
        let mut from = order[place];
        while from < place {
            from = order[from];
        }
        items.swap(place, from);
    }
}

/// The places of `count` items in the order of the items.
fn order(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order = Vec::with_capacity(count);
    for place in 0..count {
        let at = order.partition_point(|&before| compare(before, place) != Ordering::Greater);
        order.insert(at, place);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sorts_as_the_standard_library_does(keys in proptest::collection::vec(0_u8..20, 0..60)) {
            let mut items: Vec<_> = keys.into_iter().zip(0..).collect();
            let mut wanted: Vec<(u8, i32)> = items.clone();
            wanted.sort_by_key(|(key, _)| *key);
            sort_by(&mut items, |one, other| one.0.cmp(&other.0));
            prop_assert_eq!(items, wanted);
        }
    }
}
