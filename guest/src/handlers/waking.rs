//! Putting orders on the list of those to be looked at, because what they wait for has come.

use crate::host::answer::Failure;
use crate::host::state;

/// Held orders in one page.
const PAGE: u32 = 500;

/// Puts the orders on the list that wait for a reason with this figure (`staff`,
/// `leaflink-product`, ...).
pub fn wake(figure: &str, value: &str) -> Result<(), Failure> {
    let mut after: Option<String> = None;
    loop {
        let page = state::held(after.as_deref(), PAGE)?;
        for number in &page {
            if let Some(order) = state::readable_order(number)?
                && order.waits_for(figure, value)
            {
                state::look_again(number, &order)?;
            }
        }
        if page.len() < PAGE as usize {
            return Ok(());
        }
        after = page.last().map(|number| number.0.clone());
    }
}
