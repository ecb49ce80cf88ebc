//! What LeafLink does not document, as choices with safe defaults.

use serde::Deserialize;

/// The sandbox's choices. Each default is the one that a client must be able to live with.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Rows on a page when the request names no `limit`.
    pub default_limit: usize,
    /// The most rows on a page, whatever `limit` asks for.
    pub max_limit: usize,
    /// Lists orders newest first, so that a new order shifts every later page; else oldest first.
    pub newest_first: bool,
    /// How an order's total comes about.
    pub total_formula: TotalFormula,
    /// Whether `credits` lower the total; the published example suggests not.
    pub credits_lower_total: bool,
    /// Status code of a refused transition; 409 is the other plausible one.
    pub refused_transition_status: u16,
    /// Whether transitions may leave out steps, such as Accepted to Shipped.
    pub skip_steps: bool,
    /// Whether an order without a payment option can not be accepted.
    pub payment_term_required: bool,
    /// Whether recording a payment moves the order's `modified`.
    pub payment_moves_modified: bool,
    /// Whether payments that cover the total set `paid` and `paid_date`.
    pub payment_sets_paid: bool,
    /// How many characters of a payment's `reason` are kept; the rest is cut off unsaid.
    pub payment_reason_kept: usize,
    /// Whether `include_children=customer,sales_reps` gives bare ids; else fuller objects.
    pub children_as_ids: bool,
    /// The request budget; none by default.
    pub rate_limit: Option<RateLimit>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            default_limit: 100,
            max_limit: 1000,
            newest_first: true,
            total_formula: TotalFormula::DiscountThenTax,
            credits_lower_total: false,
            refused_transition_status: 400,
            skip_steps: false,
            payment_term_required: false,
            payment_moves_modified: false,
            payment_sets_paid: false,
            payment_reason_kept: 255,
            children_as_ids: true,
            rate_limit: None,
        }
    }
}

/// In which order discount, tax and shipping enter an order's total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TotalFormula {
    /// Tax on what is left after the discount; shipping untaxed.
    DiscountThenTax,
    /// Tax on the full subtotal; the discount takes nothing off the tax.
    TaxThenDiscount,
    /// Tax on what is left after the discount, and on shipping.
    TaxOnShipping,
}

/// A budget of requests over a rolling window.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// Requests within the window.
    pub requests: usize,
    /// Length of the window in milliseconds.
    pub window_ms: u64,
    /// Whether a 429 says when to come back (`Retry-After`, in seconds).
    #[serde(default = "yes")]
    pub retry_after: bool,
    /// Whether every other answer says how many are left (`RateLimit-Limit`, `-Remaining`, `-Reset`).
    #[serde(default)]
    pub announced: bool,
}

fn yes() -> bool {
    true
}
