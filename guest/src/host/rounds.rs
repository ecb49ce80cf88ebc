//! Rounds over things that wait for what people do elsewhere, and of which no call tells: each is
//! looked at once, one a call, for there may be many.

use super::answer::Failure;
use super::state;

/// Payments and products that wait, of one kind.
pub struct Round {
    /// What the keys of those that wait begin with.
    waiting: &'static str,
    /// The key under which the one is that was looked at last, while a round is under way.
    place: &'static str,
}

/// Payments that wait for a user, an order or the setting.
pub const PAYMENTS: Round = Round { waiting: "waiting/payment/", place: "look/payments" };
/// Products that are not made in LeafLink because nobody can say which company sells them.
pub const PRODUCTS: Round = Round { waiting: "waiting/product/", place: "look/products" };

impl Round {
    /// Notes whether one waits.
    pub fn note(&self, id: &str, waits: bool) -> Result<(), Failure> {
        let key = format!("{}{id}", self.waiting);
        if waits { state::put(&key, &()) } else { state::delete(&key) }
    }

    /// Begins a round, if anything waits.
    pub fn begin(&self) -> Result<(), Failure> {
        match self.first(None)? {
            Some(_) => state::put(self.place, &String::new()),
            None => self.end(),
        }
    }

    /// Ends it.
    pub fn end(&self) -> Result<(), Failure> {
        state::delete(self.place)
    }

    /// Whether one is not at its end yet.
    pub fn is_under_way(&self) -> Result<bool, Failure> {
        Ok(state::get_or_default::<String>(self.place)?.is_some())
    }

    /// The next one of the round; absent: none is under way, or it is at its end.
    pub fn next(&self) -> Result<Option<String>, Failure> {
        let Some(after) = state::get_or_default::<String>(self.place)? else { return Ok(None) };
        let next = self.first(Some(after.as_str()).filter(|after| !after.is_empty()))?;
        match &next {
            Some(id) => state::put(self.place, id)?,
            None => self.end()?,
        }
        Ok(next)
    }

    /// The first one that waits after another, by id.
    fn first(&self, after: Option<&str>) -> Result<Option<String>, Failure> {
        let found: Vec<(String, ())> = state::entries_or_default(self.waiting, after, 1)?;
        Ok(found.into_iter().next().map(|(id, ())| id))
    }
}
