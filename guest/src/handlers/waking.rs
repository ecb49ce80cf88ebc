//! Putting orders on the list of those to be looked at, because what they wait for has come.

use crate::host::answer::Failure;
use crate::host::state;

/// Puts the orders on the list that wait for a reason with this figure (`staff`,
/// `leaflink-product`, ...).
pub fn wake(figure: &str, value: &str) -> Result<(), Failure> {
    for number in state::all_held()? {
        if let Some(order) = state::readable_order(&number)?
            && order.waits_for(figure, value)
        {
            state::look_again(&number, &order)?;
        }
    }
    Ok(())
}
