//! Tables that copies of a world have in common until one of them writes.

use std::fmt;
use std::hash::{DefaultHasher, Hasher};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, OnceLock};

/// A table: it reads and writes like the one that it holds, a copy of it costs nothing until one of
/// the two is written to, and it can be told from another by a short text. For tests that come back to
/// one moment of a world again and again.
#[derive(Clone, Default)]
pub(crate) struct Shared<T>(Arc<Table<T>>);

#[derive(Default)]
struct Table<T> {
    rows: T,
    /// Of the rows, once somebody asked.
    digest: OnceLock<u64>,
}

impl<T: Clone> Clone for Table<T> {
    /// For whoever is about to write.
    fn clone(&self) -> Self {
        Self { rows: self.rows.clone(), digest: OnceLock::new() }
    }
}

impl<T> From<T> for Shared<T> {
    fn from(rows: T) -> Self {
        Self(Arc::new(Table { rows, digest: OnceLock::new() }))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.rows
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        let table = Arc::make_mut(&mut self.0);
        table.digest = OnceLock::new();
        &mut table.rows
    }
}

impl<T: fmt::Debug> fmt::Debug for Shared<T> {
    /// In place of the rows a number that follows from them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digest = self.0.digest.get_or_init(|| {
            let mut hasher = DefaultHasher::new();
            hasher.write(format!("{:?}", self.0.rows).as_bytes());
            hasher.finish()
        });
        write!(f, "{digest:016x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_of_its_own_once_written_to() {
        let mut first = Shared::from(vec![1, 2]);
        let second = first.clone();
        let text = format!("{second:?}");
        assert_eq!(format!("{first:?}"), text);
        first.push(3);
        assert_eq!((first.len(), second.len()), (3, 2));
        assert_ne!(format!("{first:?}"), text);
        first.pop();
        assert_eq!(format!("{first:?}"), text);
    }
}
