//! "How to Sync Orders": what becomes of a LeafLink order.
//!
//! [`decide`] is the one function that decides; `on-order`, `preview` and `explain` all call it.
//! Each rule of the guide has a module of its own:
//!
//! | guide | module |
//! |---|---|
//! | 2.1, 2.2 sales reps | [`sales_reps`] |
//! | 2.3 products, sufficient inventory | [`products`], [`stock`] |
//! | 3 SO customer, addresses | [`customer`] |
//! | 4 SO location | [`location`] |
//! | 4 locations of lines | [`placement`] |
//! | 5 SO owner | [`owner`] |
//! | 6 SO tax | [`tax`] |
//! | 7 SO credit | [`credit`] |
//! | 8 notes | [`notes`] |
//! | 9 discount, shipping | [`discount`], [`shipping`] |
//! | 10 negative price | [`negative_price`] |
//! | note: medical and recreational | [`classification`] |
//! | note: duplicate lines | [`lines`] |
//! | "Sell in Multiples" | [`cases`] |
//! | statuses | [`status`] |
//! | LeafLink's own total | [`totals`] |
//! | "Updating Orders", combined orders | [`follow`] |
//! | status towards LeafLink, ship date | [`outward`] |

pub mod cases;
pub mod classification;
pub mod credit;
pub mod customer;
mod decide;
pub mod discount;
pub mod draft;
pub mod follow;
pub mod lines;
pub mod location;
mod model;
pub mod negative_price;
pub mod notes;
pub mod outward;
pub mod owner;
pub mod placement;
pub mod products;
pub mod projection;
pub mod sales_reps;
pub mod shipping;
mod snapshot;
pub mod status;
pub mod stock;
pub mod tax;
pub mod totals;

#[cfg(test)]
pub(crate) mod sample;

pub use decide::{Action, CustomerLink, Plan, decide};
pub use model::{Customer, Discount, Order, OrderLine, OrderTax, SalesRep, SourceStatus};
pub use snapshot::{
    Address, Company, ErpProduct, ErpTax, Memory, Relink, Snapshot, StockLevel, UnlinkedCustomer, User,
};
