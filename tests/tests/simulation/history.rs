//! A history: what people on both sides do, what the ERP's process calls, and what goes wrong, as
//! data. The same history always plays the same.
//!
//! Orders, lines, products and the like are named by a plain number, which is taken modulo what
//! there is when the act is played. So acts keep a meaning when others before them are left out.

use serde::{Deserialize, Serialize};

/// What happens on one company's day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    /// What the component's random numbers follow from.
    pub seed: u64,
    /// The surroundings.
    pub setup: Setup,
    /// What happens, in order.
    pub acts: Vec<Act>,
}

impl History {
    /// No fault, no crash, no webhook lost and no clock that jumps.
    pub fn nothing_goes_wrong(&self) -> bool {
        self.acts.iter().all(|act| match act {
            Act::Fault(_) | Act::Crash { .. } | Act::ClockJump(_) => false,
            Act::Sync(Sync::Webhooks(arrival)) => *arrival == Arrival::InOrder,
            Act::InLeafLink(_) | Act::Amid { .. } | Act::InErp(_) | Act::Sync(_) | Act::Wait(_) => true,
        })
    }
}

/// What is the same all day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// Records on one page of LeafLink's lists, at most.
    pub page: usize,
    /// A submitted order becomes a sales order that is processing at once.
    pub straight_to_processing: bool,
    /// LeafLink counts a payment as a change of its order.
    pub payment_moves_modified: bool,
    /// Units of the first product that LeafLink never gets to see.
    pub buffer: u32,
    /// How the ERP hears of what happens in LeafLink.
    pub hearing: Hearing,
    /// "Sync Sale Price to LeafLink Wholesale Price" is on.
    #[serde(default)]
    pub prices: bool,
    /// LeafLink's support issued a key, under which a new product bears a mark.
    #[serde(default)]
    pub marked: bool,
}

/// How the ERP hears of what happens in LeafLink. At rest it polls in the end in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hearing {
    Polls,
    Webhooks,
    Both,
}

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Somebody does something in LeafLink.
    InLeafLink(InLeafLink),
    /// The same, just before the so-many-th request of the component from now: in the middle of a
    /// call.
    Amid { request: u32, act: InLeafLink },
    /// Somebody does something in the ERP.
    InErp(InErp),
    /// The ERP's process calls the component.
    Sync(Sync),
    /// Something goes wrong with a request.
    Fault(Fault),
    /// The ERP's process dies in its next call, or in the so-many-th delivery from now.
    Crash { delivery: Option<u32>, at: Crash },
    /// Both clocks move on by so many seconds.
    Wait(u32),
    /// The ERP's clock jumps by so many seconds; LeafLink's does not.
    ClockJump(i32),
}

/// What people do in LeafLink.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InLeafLink {
    /// An order comes in; buyers get what is offered at most.
    Place {
        customer: usize,
        rep: usize,
        lines: Vec<(usize, u32)>,
        discount_percent: u32,
        taxed: bool,
        shipping: u32,
        /// It is sent in a shape that cannot be read.
        malformed: bool,
    },
    /// It is sent well-formed from now on.
    Mend {
        order: usize,
    },
    SetQuantity {
        order: usize,
        line: usize,
        quantity: u32,
    },
    SetPrice {
        order: usize,
        line: usize,
        cents: u32,
    },
    AddLine {
        order: usize,
        product: usize,
        quantity: u32,
    },
    RemoveLine {
        order: usize,
        line: usize,
    },
    SetNotes {
        order: usize,
        note: u32,
    },
    SetRep {
        order: usize,
        rep: usize,
    },
    SetDiscount {
        order: usize,
        percent: u32,
    },
    Accept {
        order: usize,
    },
    Fulfill {
        order: usize,
    },
    Ship {
        order: usize,
    },
    Complete {
        order: usize,
    },
    Reject {
        order: usize,
    },
    Cancel {
        order: usize,
    },
    Combine {
        first: usize,
        second: usize,
    },
    SetWholesalePrice {
        product: usize,
        cents: u32,
    },
}

/// What people do in the ERP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InErp {
    /// A sales order goes one status further; on the way past processing it is packed.
    Advance {
        order: usize,
    },
    /// Back from processing to pending.
    BackToPending {
        order: usize,
    },
    Cancel {
        order: usize,
    },
    /// It is deleted, and the person chose whether LeafLink's order is rejected.
    Delete {
        order: usize,
        reject: bool,
    },
    Pack {
        order: usize,
        line: usize,
        quantity: u32,
    },
    Unpack {
        order: usize,
        line: usize,
    },
    SetQuantity {
        order: usize,
        line: usize,
        quantity: u32,
    },
    AddLine {
        order: usize,
        product: usize,
        quantity: u32,
    },
    RemoveLine {
        order: usize,
        line: usize,
    },
    SetDeliveryDay {
        order: usize,
        day: u32,
    },
    /// An order that is not LeafLink's, processing.
    Sell {
        product: usize,
        quantity: u32,
    },
    Receive {
        product: usize,
        quantity: u32,
    },
    Count {
        product: usize,
        quantity: u32,
    },
    PlanAssembly {
        product: usize,
        quantity: u32,
    },
    /// The oldest assembly is completed, or dropped.
    EndAssembly {
        completed: bool,
    },
    Unlink {
        product: usize,
    },
    /// Every product is linked again.
    Relink,
    Pay {
        order: usize,
        cents: u32,
    },
    TakeBack {
        payment: usize,
        delete: bool,
    },
    SetSalePrice {
        product: usize,
        cents: u32,
    },
    /// "Create LeafLink product" is ticked, and the form filled in.
    CreateListing {
        product: usize,
    },
    /// "Minimum Order (Units)" of a product that is linked or is to be made.
    SetMinimum {
        product: usize,
        quantity: u32,
    },
    Rename {
        product: usize,
        name: u32,
    },
    /// What is open of a sales order is packed, and matched with an outgoing Metrc transfer.
    MatchTransfer {
        order: usize,
    },
    /// It is unmatched, or the buyer turned it away.
    PartTransfer {
        transfer: usize,
        rejected: bool,
    },
}

/// A call of the component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sync {
    /// One page of what changed in LeafLink.
    Poll,
    /// One page of what changed in LeafLink's catalogue.
    PollProducts,
    /// The next order that a poll named.
    Look,
    /// The next product that a poll named.
    LookAtProduct,
    /// The next change that people made in the ERP.
    Follow,
    /// The webhooks that LeafLink has sent since arrive.
    Webhooks(Arrival),
    /// Stock is pushed: the figures are reckoned and the writes queued.
    Push,
    /// At most so many queued writes.
    Deliver(u32),
    /// All of it, until nothing is due, as it happens every few minutes.
    Round,
    /// A round, and a push with its writes.
    RoundAndPush,
}

/// How webhooks arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrival {
    InOrder,
    Reversed,
    Twice,
    /// Every second one is lost.
    HalfLost,
    Lost,
    /// All that ever came, once more.
    AllOver,
}

/// Which requests a fault hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hits {
    Any,
    Reads,
    Writes,
    Payments,
    /// Those that make a payment.
    NewPayments,
    /// Those that make a product, or change one.
    Products,
    /// Those that make a product.
    NewProducts,
}

/// A request that goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    pub hits: Hits,
    /// Matching requests that it lets pass first.
    pub after: u32,
    /// How many it hits then.
    pub times: u32,
    pub effect: Effect,
}

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It is answered with this status and has no effect.
    Status(u16),
    /// 429, perhaps with the seconds to wait.
    TooMany { retry_after: Option<u32> },
    /// It never leaves the house.
    NotSent,
    /// It is lost on its way, and nobody knows.
    LostRequest,
    /// LeafLink carries it out, and the answer is lost.
    LostAnswer,
    /// The answer comes too late to be waited for; LeafLink carries it out so many seconds later.
    CarriedOutLate(u32),
    /// The ERP's process dies while it waits for the answer. LeafLink carries it out so many seconds
    /// later, if ever.
    Dies { carried_out: Option<u32> },
    /// LeafLink carries it out; half of the answer arrives.
    Truncated,
    /// LeafLink carries it out; what arrives is no JSON.
    Garbled,
    /// A read is answered from what was there when the fault was armed. Never one that looks for a
    /// payment or a new product: see `INVARIANTS.md`.
    Stale,
}

/// Where the ERP's process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Crash {
    /// Before the commit: what was sent is sent, what was written is lost.
    BeforeCommit,
    /// After the commit: whoever called never hears of it.
    AfterCommit,
}
