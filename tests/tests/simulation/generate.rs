//! From a seed to a history. It knows nothing of what becomes of its acts; it only makes the likely
//! ones likely.

use fastrand::Rng;

use super::history::{
    Act, Arrival, Crash, Effect, Fault, Hearing, History, Hits, InErp, InLeafLink, Setup, Sync,
};

/// How a day goes.
#[derive(Clone, Copy)]
struct Temper {
    /// Faults, crashes and clock jumps among a hundred acts.
    trouble: u32,
    /// Whether calls come one by one, or only whole rounds.
    one_by_one: bool,
}

/// The history of a seed.
pub fn history(seed: u64) -> History {
    let mut rng = Rng::with_seed(seed);
    let temper = Temper {
        trouble: if rng.u32(..10) < 3 { 0 } else { 8 + rng.u32(..24) },
        one_by_one: rng.u32(..10) < 8,
    };
    let setup = Setup {
        page: [1, 2, 100, 500][rng.usize(..4)],
        straight_to_processing: rng.u32(..4) == 0,
        payment_moves_modified: rng.bool(),
        buffer: if rng.u32(..4) == 0 { 5 } else { 0 },
        hearing: [Hearing::Polls, Hearing::Webhooks, Hearing::Both][rng.usize(..3)],
        prices: rng.u32(..3) > 0,
        marked: rng.bool(),
    };
    let mut acts = connecting(&mut rng);
    acts.extend(opening(&mut rng));
    let length = acts.len() + 8 + rng.usize(..24);
    while acts.len() < length {
        if temper.trouble > 0 && rng.u32(..16) == 0 {
            let product = rng.u32(..3) == 0;
            acts.extend(if product {
                a_product_in_trouble(&mut rng)
            } else {
                a_payment_in_trouble(&mut rng)
            });
            continue;
        }
        if rng.u32(..16) == 0 {
            acts.extend(if rng.u32(..3) == 0 { two_prices(&mut rng) } else { a_transfer(&mut rng) });
            continue;
        }
        if rng.u32(..9) == 0 {
            acts.extend(a_rare_moment(&mut rng, temper));
            continue;
        }
        acts.push(act(&mut rng, temper));
        if let Some(Act::Fault(_) | Act::Crash { .. } | Act::Amid { .. }) = acts.last()
            && rng.u32(..3) > 0
        {
            acts.push(Act::Sync([Sync::Round, Sync::RoundAndPush][rng.usize(..2)]));
        }
    }
    History { seed, setup, acts }
}

/// Connecting comes first: with an order that is there already, or with none. What was settled before
/// is history and stays where it is.
fn connecting(rng: &mut Rng) -> Vec<Act> {
    let mut acts = Vec::new();
    if rng.bool() {
        acts.push(Act::InLeafLink(an_order(rng)));
    }
    acts.push(Act::Sync(Sync::RoundAndPush));
    acts
}

/// Orders come in, and mostly come over.
fn opening(rng: &mut Rng) -> Vec<Act> {
    let mut acts: Vec<Act> = (0..1 + rng.usize(..3)).map(|_| Act::InLeafLink(an_order(rng))).collect();
    if rng.u32(..5) > 0 {
        acts.push(Act::Sync(Sync::Round));
    }
    acts
}

/// What hardly ever comes about by acts that know nothing of each other.
fn a_rare_moment(rng: &mut Rng, temper: Temper) -> Vec<Act> {
    let order = rng.usize(..4);
    let line = rng.usize(..3);
    let round = || Act::Sync(Sync::Round);
    let push = || Act::Sync(Sync::RoundAndPush);
    let failing = [Effect::LostAnswer, Effect::Status(503), Effect::LostRequest, Effect::NotSent];
    match rng.u32(..9) {
        // Packed, and then edited or called off in LeafLink.
        0 | 1 => {
            let leaflink = match rng.u32(..3) {
                0 => InLeafLink::SetQuantity { order, line, quantity: 1 + rng.u32(..24) },
                1 => InLeafLink::Reject { order },
                _ => InLeafLink::Cancel { order },
            };
            let packed = InErp::Pack { order, line, quantity: 1 + rng.u32(..6) };
            vec![
                round(),
                Act::InErp(InErp::Advance { order }),
                Act::InErp(packed),
                round(),
                Act::InLeafLink(leaflink),
            ]
        }
        2 => vec![
            round(),
            Act::InErp(InErp::Advance { order }),
            round(),
            Act::InErp(InErp::BackToPending { order }),
        ],
        // Deleted, and edited in LeafLink: it comes over again.
        3 => vec![
            round(),
            Act::InErp(InErp::Delete { order, reject: false }),
            round(),
            Act::InLeafLink(InLeafLink::SetNotes { order, note: rng.u32(..3) }),
            round(),
        ],
        // Writes that fail several times in a row.
        4 if temper.trouble > 0 => vec![
            Act::InErp(InErp::Receive { product: rng.usize(..3), quantity: 1 + rng.u32(..9) }),
            Act::Fault(Fault {
                hits: Hits::Writes,
                after: 0,
                times: 3 + rng.u32(..4),
                effect: failing[rng.usize(..failing.len())],
            }),
            push(),
            Act::Wait(61),
            push(),
            Act::Wait(130),
            push(),
        ],
        // Somebody acts in LeafLink while figures are sent.
        5 | 4 => vec![
            round(),
            Act::InErp(InErp::Receive { product: rng.usize(..3), quantity: 1 + rng.u32(..9) }),
            Act::Sync(Sync::Push),
            Act::Amid { request: 1 + rng.u32(..3), act: an_order(rng) },
            Act::Sync(Sync::Deliver(3)),
        ],
        // Held for its rep, who is connected when another one takes it over.
        6 => {
            let mut held = an_order(rng);
            if let InLeafLink::Place { rep, .. } = &mut held {
                *rep = 7;
            }
            let others = (0..4).map(|order| Act::InLeafLink(InLeafLink::SetRep { order, rep: 0 }));
            [Act::InLeafLink(held), round()].into_iter().chain(others).chain([round()]).collect()
        }
        7 => vec![round(), Act::InLeafLink(InLeafLink::Combine { first: order, second: order + 1 }), round()],
        // All of a product is ordered.
        _ => {
            let all = InLeafLink::Place {
                customer: 0,
                rep: 0,
                lines: vec![(3 * rng.usize(..3), 100)],
                discount_percent: 0,
                taxed: false,
                shipping: 0,
                malformed: false,
            };
            vec![push(), Act::InLeafLink(all), push()]
        }
    }
}

/// A payment whose entry LeafLink makes late or without saying so, or whose sender dies, and rounds
/// before and after: there is a reading between the sending and what LeafLink makes of it.
fn a_payment_in_trouble(rng: &mut Rng) -> [Act; 6] {
    let payment = InErp::Pay { order: rng.usize(..4), cents: 1 + rng.u32(..20_000) };
    let hits = if rng.u32(..4) == 0 { Hits::Writes } else { Hits::NewPayments };
    in_trouble(rng, payment, hits)
}

/// The same for a new product.
fn a_product_in_trouble(rng: &mut Rng) -> [Act; 6] {
    let product = InErp::CreateListing { product: rng.usize(..2) };
    in_trouble(rng, product, Hits::NewProducts)
}

/// A sales order is shipped by a Metrc transfer, which is perhaps parted from it again.
fn a_transfer(rng: &mut Rng) -> Vec<Act> {
    let order = rng.usize(..4);
    let mut acts = vec![
        Act::InErp(InErp::Advance { order }),
        Act::Sync(Sync::Round),
        Act::InErp(InErp::MatchTransfer { order }),
    ];
    if rng.bool() {
        acts.push(Act::Sync(Sync::Round));
    }
    if rng.bool() {
        acts.push(Act::InErp(InErp::PartTransfer { transfer: rng.usize(..2), rejected: rng.bool() }));
    }
    acts
}

/// People on both sides change the price of one product before either change is seen.
fn two_prices(rng: &mut Rng) -> Vec<Act> {
    let product = rng.usize(..3);
    vec![
        Act::InLeafLink(InLeafLink::SetWholesalePrice { product, cents: 100 + rng.u32(..9_900) }),
        Act::InErp(InErp::SetSalePrice { product, cents: 50 + rng.u32(..3_000) }),
        Act::Sync([Sync::Round, Sync::PollProducts, Sync::Follow][rng.usize(..3)]),
    ]
}

fn in_trouble(rng: &mut Rng, made: InErp, hits: Hits) -> [Act; 6] {
    let late = 30 + rng.u32(..80);
    let effect = match rng.u32(..10) {
        0..4 => Effect::CarriedOutLate(late),
        4..6 => Effect::LostAnswer,
        6 => Effect::LostRequest,
        7 => Effect::Dies { carried_out: [None, Some(0)][rng.usize(..2)] },
        _ => Effect::Dies { carried_out: Some(late) },
    };
    [
        Act::InErp(made),
        Act::Fault(Fault { hits, after: rng.u32(..2) * rng.u32(..2), times: 1, effect }),
        Act::Sync(Sync::Round),
        Act::Wait([20, 61][rng.usize(..2)]),
        Act::Sync(Sync::Round),
        Act::Wait([20, 130][rng.usize(..2)]),
    ]
}

/// A calm history whose calls are whole rounds: what it ends in does not depend on how the rounds
/// are cut into calls and pages.
pub fn in_rounds(seed: u64) -> History {
    let mut rng = Rng::with_seed(seed);
    let temper = Temper { trouble: 0, one_by_one: false };
    let setup = Setup {
        page: 500,
        straight_to_processing: rng.bool(),
        payment_moves_modified: rng.bool(),
        buffer: 0,
        hearing: Hearing::Polls,
        // Which price goes first depends on when LeafLink's was heard of.
        prices: false,
        marked: rng.bool(),
    };
    let mut acts = connecting(&mut rng);
    acts.extend((0..10 + rng.usize(..20)).map(|_| act(&mut rng, temper)));
    History { seed, setup, acts }
}

/// A day of goods and money: no faults, and the push comes between any two other things.
pub fn day_of_goods(seed: u64) -> History {
    let mut rng = Rng::with_seed(seed);
    let temper = Temper { trouble: 0, one_by_one: true };
    let setup = Setup {
        page: 100,
        straight_to_processing: rng.bool(),
        payment_moves_modified: false,
        buffer: 0,
        hearing: Hearing::Polls,
        prices: true,
        marked: true,
    };
    let mut acts = connecting(&mut rng);
    while acts.len() < 48 {
        acts.push(act(&mut rng, temper));
        if rng.u32(..4) == 0 {
            acts.extend([Act::Sync(Sync::Push), Act::Sync(Sync::Deliver(3))]);
        }
    }
    History { seed, setup, acts }
}

fn act(rng: &mut Rng, temper: Temper) -> Act {
    if rng.u32(..100) < temper.trouble {
        return trouble(rng);
    }
    match rng.u32(..100) {
        0..24 => Act::InLeafLink(in_leaflink(rng)),
        24..28 if temper.one_by_one => Act::Amid { request: rng.u32(..16), act: in_leaflink(rng) },
        24..56 => Act::InErp(in_erp(rng)),
        56..62 => Act::Wait([1, 20, 61, 130, 600, 4000][rng.usize(..6)]),
        _ => Act::Sync(sync(rng, temper)),
    }
}

fn in_leaflink(rng: &mut Rng) -> InLeafLink {
    let order = rng.usize(..4);
    let line = rng.usize(..3);
    match rng.u32(..100) {
        0..36 => an_order(rng),
        36..38 => InLeafLink::Mend { order },
        38..46 => InLeafLink::SetQuantity { order, line, quantity: 1 + rng.u32(..24) },
        46..49 => InLeafLink::SetPrice { order, line, cents: 100 + rng.u32(..4000) },
        49..54 => InLeafLink::AddLine { order, product: rng.usize(..7), quantity: 1 + rng.u32(..12) },
        54..58 => InLeafLink::RemoveLine { order, line },
        58..60 => InLeafLink::SetNotes { order, note: rng.u32(..3) },
        60..62 => InLeafLink::SetRep { order, rep: rng.usize(..4) },
        62..64 => InLeafLink::SetDiscount { order, percent: 5 * rng.u32(..4) },
        64..74 => InLeafLink::Accept { order },
        74..80 => InLeafLink::Fulfill { order },
        80..83 => InLeafLink::Ship { order },
        83..85 => InLeafLink::Complete { order },
        85..90 => InLeafLink::Reject { order },
        90..93 => InLeafLink::Cancel { order },
        93..97 => InLeafLink::SetWholesalePrice { product: rng.usize(..6), cents: 100 + rng.u32(..9_900) },
        _ => InLeafLink::Combine { first: order, second: order + 1 },
    }
}

fn an_order(rng: &mut Rng) -> InLeafLink {
    InLeafLink::Place {
        // One customer in eight nobody connected, one rep in eight neither.
        customer: rng.usize(..8),
        rep: rng.usize(..8),
        lines: (0..1 + rng.usize(..3)).map(|_| (rng.usize(..10), 1 + rng.u32(..12))).collect(),
        discount_percent: if rng.u32(..4) == 0 { 5 * rng.u32(1..4) } else { 0 },
        taxed: rng.u32(..3) == 0,
        shipping: if rng.u32(..4) == 0 { 25 } else { 0 },
        malformed: rng.u32(..40) == 0,
    }
}

fn in_erp(rng: &mut Rng) -> InErp {
    let order = rng.usize(..4);
    let line = rng.usize(..3);
    let product = rng.usize(..3);
    match rng.u32(..120) {
        100..104 => InErp::SetSalePrice { product: rng.usize(..5), cents: 50 + rng.u32(..3_000) },
        104..108 => InErp::CreateListing { product: rng.usize(..2) },
        108..111 => InErp::SetMinimum { product: rng.usize(..5), quantity: 1 + rng.u32(..6) },
        111..113 => InErp::Rename { product: rng.usize(..5), name: rng.u32(..3) },
        113..117 => InErp::MatchTransfer { order },
        117..120 => InErp::PartTransfer { transfer: rng.usize(..2), rejected: rng.bool() },
        0..24 => InErp::Advance { order },
        24..26 => InErp::BackToPending { order },
        26..30 => InErp::Cancel { order },
        30..34 => InErp::Delete { order, reject: rng.bool() },
        34..41 => InErp::Pack { order, line, quantity: 1 + rng.u32(..12) },
        41..43 => InErp::Unpack { order, line },
        43..47 => InErp::SetQuantity { order, line, quantity: 1 + rng.u32(..16) },
        47..49 => InErp::AddLine { order, product, quantity: 1 + rng.u32(..8) },
        49..51 => InErp::RemoveLine { order, line },
        51..54 => InErp::SetDeliveryDay { order, day: rng.u32(1..28) },
        54..58 => InErp::Sell { product, quantity: 1 + rng.u32(..15) },
        58..65 => InErp::Receive { product, quantity: 1 + rng.u32(..30) },
        65..70 => InErp::Count { product, quantity: rng.u32(..60) },
        70..74 => InErp::PlanAssembly { product, quantity: 1 + rng.u32(..12) },
        74..77 => InErp::EndAssembly { completed: rng.bool() },
        77..78 => InErp::Unlink { product },
        78..80 => InErp::Relink,
        80..93 => InErp::Pay { order, cents: 1 + rng.u32(..20_000) },
        _ => InErp::TakeBack { payment: rng.usize(..4), delete: rng.bool() },
    }
}

fn sync(rng: &mut Rng, temper: Temper) -> Sync {
    if !temper.one_by_one {
        return if rng.bool() { Sync::Round } else { Sync::RoundAndPush };
    }
    match rng.u32(..21) {
        15..18 => Sync::Webhooks(match rng.u32(..8) {
            0 => Arrival::Reversed,
            1 => Arrival::Twice,
            2 => Arrival::HalfLost,
            3 => Arrival::Lost,
            4 => Arrival::AllOver,
            _ => Arrival::InOrder,
        }),
        0..3 => Sync::Poll,
        3..6 => Sync::Look,
        6..8 => Sync::Follow,
        8..10 => Sync::Push,
        10..13 => Sync::Deliver(1 + rng.u32(..3)),
        13..15 => Sync::Round,
        18 => Sync::PollProducts,
        19 => Sync::LookAtProduct,
        _ => Sync::RoundAndPush,
    }
}

fn trouble(rng: &mut Rng) -> Act {
    match rng.u32(..10) {
        0 | 1 => Act::Crash { delivery: None, at: [Crash::AfterCommit, Crash::BeforeCommit][rng.usize(..2)] },
        2 => Act::Crash {
            delivery: Some(rng.u32(..3)),
            at: if rng.u32(..4) == 0 { Crash::AfterCommit } else { Crash::BeforeCommit },
        },
        3 => Act::ClockJump([-86_400, -7_200, -900, -60, 60, 900, 7_200, 86_400][rng.usize(..8)]),
        _ => Act::Fault(fault(rng)),
    }
}

fn fault(rng: &mut Rng) -> Fault {
    let hits = [Hits::Any, Hits::Reads, Hits::Writes, Hits::Writes, Hits::Payments, Hits::Products];
    let hits = hits[rng.usize(..hits.len())];
    let effect = match rng.u32(..20) {
        0 | 16 => Effect::Status([500, 502, 503, 504][rng.usize(..4)]),
        1 | 17 => Effect::TooMany { retry_after: rng.bool().then(|| 1 + rng.u32(..60)) },
        2 => Effect::NotSent,
        3 => Effect::LostRequest,
        4..7 => Effect::LostAnswer,
        7..10 => Effect::CarriedOutLate(1 + rng.u32(..110)),
        10 | 18 | 19 => Effect::Truncated,
        11 => Effect::Garbled,
        12 => Effect::Dies { carried_out: [None, Some(0)][rng.usize(..2)] },
        13 => Effect::Dies { carried_out: Some(1 + rng.u32(..110)) },
        _ => Effect::Stale,
    };
    Fault {
        hits,
        after: rng.u32(..4) * rng.u32(..2),
        times: if rng.u32(..4) == 0 { 1 + rng.u32(..6) } else { 1 },
        effect,
    }
}
